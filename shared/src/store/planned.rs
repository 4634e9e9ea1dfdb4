//! Looking a job up.

use super::claim::read_parameters;
use super::value::arguments;
use super::{Store, sql};
use crate::{JobId, PlannedJob, StoreError};

impl Store {
    /// A job as it was planned, and its result's digest: what `reproduce` needs.
    ///
    /// # Errors
    /// An unknown job; the database's; parameters that this program can't read.
    pub async fn planned_job(&self, id: &JobId) -> Result<PlannedJob, StoreError> {
        let mut transaction = self.read("looking up the job").await?;
        let rows = transaction
            .fetch(sql!("planned_job.sql"), arguments![id.0.as_str()])
            .await?;
        transaction.commit().await?;
        let row = rows.first().ok_or_else(|| StoreError::UnknownJob {
            id: id.0.escape_debug().take(80).collect(),
        })?;
        Ok(PlannedJob {
            sweep: row.get("sweep")?,
            parameters: read_parameters(&id.0, &row.get::<String>("parameters")?)?,
            replicate: row.count("replicate")? as u32,
            state: row.get("state")?,
            digest: row.get("digest")?,
            host: row.get("host")?,
            code_version: row.get("code_version")?,
            cpu: row.get("cpu")?,
        })
    }
}
