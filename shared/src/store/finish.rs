//! The other ends of an attempt: an error, or the job given back.

use simulation::Checkpoint;

use super::checkpoints::steps;
use super::reap::trip_breaker;
use super::transaction::Transaction;
use super::value::arguments;
use super::{Store, sql};
use crate::{StoreError, Ticket};

impl Store {
    /// Records that an attempt failed. The job waits (10 s, doubling with every error, at most an
    /// hour, with jitter) and is queued again, or is dead after `max_errors`; one that was
    /// cancelled meanwhile ends cancelled. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn fail(&self, ticket: &Ticket, error: &str) -> Result<bool, StoreError> {
        let mut transaction = self.write("recording an error").await?;
        let rows = transaction
            .fetch(sql!("fail_job.sql"), ticket.row())
            .await?;
        if let Some(row) = rows.first() {
            end_attempt(&mut transaction, ticket, "error", Some(error)).await?;
            if row.get::<String>("state")? == "dead" {
                trip_breaker(&mut transaction, &row.get::<String>("sweep")?).await?;
            }
        }
        transaction.commit().await?;
        Ok(!rows.is_empty())
    }

    /// Gives a job back unfinished, with its checkpoint if there is a new one, at no cost to its
    /// budget of errors and crashes; one that was cancelled meanwhile ends cancelled. One that was
    /// given back three times in a row after a minute or more, with no step more to go on from, is dead:
    /// it would go on like that for ever. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(
        &self,
        ticket: &Ticket,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<bool, StoreError> {
        self.give_back(ticket, checkpoint, true).await
    }

    /// Gives a job back that was claimed and not begun: [`Store::release`], but however long it waited
    /// is no sign that its steps don't fit.
    ///
    /// # Errors
    /// The database's.
    pub async fn return_unstarted(&self, ticket: &Ticket) -> Result<bool, StoreError> {
        self.give_back(ticket, None, false).await
    }

    async fn give_back(
        &self,
        ticket: &Ticket,
        checkpoint: Option<&Checkpoint>,
        begun: bool,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write("giving a job back").await?;
        let mut values = ticket.row();
        values.extend([checkpoint.map(steps).into(), i64::from(begun).into()]);
        let rows = transaction.fetch(sql!("release_job.sql"), values).await?;
        let mut replaced = Vec::new();
        if let Some(row) = rows.first() {
            if let Some(checkpoint) = checkpoint {
                replaced = self
                    .write_checkpoint(&mut transaction, ticket, checkpoint)
                    .await?;
            }
            let (outcome, error) = match row.get::<String>("state")?.as_str() {
                "cancelled" => ("cancelled", None),
                "dead" => ("stalled", Some(NEVER_FITS)),
                _ => ("released", None),
            };
            end_attempt(&mut transaction, ticket, outcome, error).await?;
            if outcome == "stalled" {
                trip_breaker(&mut transaction, &row.get::<String>("sweep")?).await?;
            }
        }
        transaction.commit().await?;
        self.remove_files(replaced).await;
        Ok(!rows.is_empty())
    }
}

/// Why a job is dead that no attempt has brought on.
const NEVER_FITS: &str = "given back 3 times in a row after a minute or more without one step more to go on \
     from: its steps don't fit the time that workers have; give them longer (--time-limit, the grace before \
     SIGKILL) or make the job smaller, then retry the sweep";

async fn end_attempt(
    transaction: &mut Transaction,
    ticket: &Ticket,
    outcome: &str,
    error: Option<&str>,
) -> Result<(), StoreError> {
    // PostgreSQL's text holds no zero bytes.
    let error = error.map(|text| text.replace('\0', "\u{fffd}"));
    let row = arguments![ticket.job_id.0.as_str(), ticket.epoch, outcome, error];
    transaction.execute(sql!("end_attempt.sql"), row).await?;
    Ok(())
}
