//! What finished jobs took, for whoever estimates those to come.

use simulation::{Parameters, ValidParameters};

use super::value::arguments;
use super::{Store, sql};
use crate::StoreError;

/// A job that ran undisturbed from start to end.
#[derive(Clone, Debug)]
pub struct FinishedCost {
    /// What was run.
    pub parameters: ValidParameters,
    /// Seconds of its slot.
    pub wall_seconds: f64,
}

impl Store {
    /// A sample of at most `limit` completed jobs, of any sweep; on `host` alone, if one is named.
    ///
    /// # Errors
    /// The database's.
    pub async fn finished_costs(
        &self,
        host: Option<&str>,
        limit: u32,
    ) -> Result<Vec<FinishedCost>, StoreError> {
        let mut transaction = self.read("reading what finished jobs took").await?;
        let rows = transaction
            .fetch(
                sql!("finished_costs.sql"),
                arguments![host.map(str::to_owned), limit],
            )
            .await?;
        transaction.commit().await?;
        let mut costs = Vec::with_capacity(rows.len());
        for row in &rows {
            // Parameters of another version of the program may not be readable: they teach nothing.
            let text: String = row.get("parameters")?;
            let parameters: Option<Parameters> = serde_json::from_str(&text).ok();
            if let Some(parameters) = parameters.and_then(|p| p.check().ok()) {
                let wall_seconds = row.get("wall_seconds")?;
                costs.push(FinishedCost {
                    parameters,
                    wall_seconds,
                });
            }
        }
        Ok(costs)
    }
}
