//! Pausing, resuming, cancelling, retrying.

use super::value::arguments;
use super::{Store, sql};
use crate::StoreError;

impl Store {
    /// Lets no more jobs of the sweep be claimed; what runs goes on. Returns 1 if it was active.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn pause(&self, sweep: &str) -> Result<u64, StoreError> {
        self.steer("pausing the sweep", sweep, sql!("pause.sql"))
            .await
    }

    /// Undoes a pause. Returns 1 if it was paused.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn resume(&self, sweep: &str) -> Result<u64, StoreError> {
        self.steer("resuming the sweep", sweep, sql!("resume.sql"))
            .await
    }

    /// Cancels every queued job and asks the workers (by their next heartbeat) to stop every
    /// running one. Returns how many jobs that are.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn cancel(&self, sweep: &str) -> Result<u64, StoreError> {
        let mut transaction = self.write("cancelling the sweep").await?;
        super::status::known_sweep(&mut transaction, sweep).await?;
        let rows = transaction
            .fetch(sql!("count_dead_taken_back.sql"), arguments![sweep])
            .await?;
        let dead = rows[0].count("jobs")?;
        let changed = transaction
            .execute(sql!("cancel.sql"), arguments![sweep])
            .await?;
        transaction.commit().await?;
        Ok(changed.saturating_sub(dead))
    }

    /// Queues every dead or cancelled job again with a fresh budget, and resumes a sweep that had
    /// paused itself. Epochs only grow, and checkpoints stay. Returns how many jobs.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn retry(&self, sweep: &str) -> Result<u64, StoreError> {
        let mut transaction = self.write("retrying the sweep").await?;
        super::status::known_sweep(&mut transaction, sweep).await?;
        let jobs = transaction
            .execute(sql!("retry.sql"), arguments![sweep])
            .await?;
        transaction
            .execute(sql!("resume_tripped.sql"), arguments![sweep])
            .await?;
        transaction.commit().await?;
        Ok(jobs)
    }

    async fn steer(
        &self,
        doing: &'static str,
        sweep: &str,
        statement: &str,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.write(doing).await?;
        super::status::known_sweep(&mut transaction, sweep).await?;
        let changed = transaction.execute(statement, arguments![sweep]).await?;
        transaction.commit().await?;
        Ok(changed)
    }
}
