//! Worker processes on record.

use uuid::Uuid;

use super::value::arguments;
use super::{Store, sql};
use crate::{LiveWorker, StoreError, WorkerInfo};

/// A worker that has not been heard of for this long is no longer listed.
const LISTED_MS: i64 = 180_000;

impl Store {
    /// Puts a worker process on record. May be repeated.
    ///
    /// # Errors
    /// The database's.
    pub async fn register_worker(&self, worker: &WorkerInfo) -> Result<(), StoreError> {
        let mut transaction = self.write("registering the worker").await?;
        let row = arguments![
            worker.id.to_string(),
            worker.host.as_str(),
            worker.pid,
            worker.process.as_str(),
            worker.slots,
            worker.cpu.as_str(),
            worker.code_version.as_str(),
        ];
        transaction.execute(sql!("upsert_worker.sql"), row).await?;
        transaction.commit().await
    }

    /// Workers heard of within the last three minutes, busiest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn live_workers(&self) -> Result<Vec<LiveWorker>, StoreError> {
        let mut transaction = self.read("listing the workers").await?;
        let rows = transaction
            .fetch(sql!("live_workers.sql"), arguments![LISTED_MS])
            .await?;
        transaction.commit().await?;
        rows.iter()
            .map(|row| {
                Ok(LiveWorker {
                    info: WorkerInfo {
                        id: parse_id(&row.get::<String>("id")?)?,
                        host: row.get("host")?,
                        pid: row.count("pid")? as u32,
                        process: row.get("process")?,
                        slots: row.count("slots")? as u32,
                        cpu: row.get("cpu")?,
                        code_version: row.get("code_version")?,
                    },
                    jobs: row.count("jobs")?,
                    silent_ms: row.get("silent_ms")?,
                })
            })
            .collect()
    }

    /// Workers of this machine that hold jobs, with their processes: one whose process is gone can be
    /// [abandoned](Store::abandon) at once, without waiting for its leases.
    ///
    /// # Errors
    /// The database's.
    pub async fn local_holders(&self, host: &str) -> Result<Vec<(Uuid, String)>, StoreError> {
        let mut transaction = self.read("listing this machine's workers").await?;
        let rows = transaction
            .fetch(sql!("local_holders.sql"), arguments![host])
            .await?;
        transaction.commit().await?;
        rows.iter()
            .map(|row| Ok((parse_id(&row.get::<String>("id")?)?, row.get("process")?)))
            .collect()
    }
}

fn parse_id(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|error| StoreError::Unreadable {
        what: format!("worker id {text:?}"),
        reason: error.to_string(),
    })
}
