//! The ends of an attempt: a result, an error, or the job given back.

use simulation::{Checkpoint, Measurement, RunResult, Spectrum, UnitActivity};

use super::reap::trip_breaker;
use super::transaction::Transaction;
use super::value::{Argument, arguments};
use super::{Store, sql};
use crate::{Finish, RunCost, StoreError, Ticket};

impl Store {
    /// Records a result and ends its job: result, trajectory, attempt and job state in one
    /// transaction. May be repeated until it answers: the same ticket is recorded once.
    ///
    /// # Errors
    /// The database's; a job that is not in this database.
    pub async fn complete(
        &self,
        ticket: &Ticket,
        result: &RunResult,
        cost: &RunCost,
    ) -> Result<Finish, StoreError> {
        let mut transaction = self.write("recording a result").await?;
        let ended = transaction
            .fetch(sql!("complete_job.sql"), ticket.row())
            .await?;
        let finish = match ended.first() {
            Some(row) => {
                let sweep: String = row.get("sweep")?;
                record(&mut transaction, &sweep, ticket, result, cost).await?;
                Finish::Recorded
            }
            None => refuse(&mut transaction, ticket, result, cost).await?,
        };
        transaction.commit().await?;
        Ok(finish)
    }

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
    /// budget of errors and crashes; one that was cancelled meanwhile ends cancelled. False:
    /// superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(
        &self,
        ticket: &Ticket,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write("giving a job back").await?;
        let rows = transaction
            .fetch(sql!("release_job.sql"), ticket.row())
            .await?;
        if let Some(row) = rows.first() {
            if let Some(checkpoint) = checkpoint {
                write_checkpoint(&mut transaction, ticket, checkpoint).await?;
            }
            let cancelled = row.get::<String>("state")? == "cancelled";
            let outcome = if cancelled { "cancelled" } else { "released" };
            end_attempt(&mut transaction, ticket, outcome, None).await?;
        }
        transaction.commit().await?;
        Ok(!rows.is_empty())
    }

    /// Replaces the job's checkpoint. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn save_checkpoint(
        &self,
        ticket: &Ticket,
        checkpoint: &Checkpoint,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write("saving a checkpoint").await?;
        let held = transaction
            .fetch(sql!("hold_job.sql"), ticket.row())
            .await?;
        if !held.is_empty() {
            write_checkpoint(&mut transaction, ticket, checkpoint).await?;
        }
        transaction.commit().await?;
        Ok(!held.is_empty())
    }
}

/// The attempt was no longer the newest, or has been recorded before.
async fn refuse(
    transaction: &mut Transaction,
    ticket: &Ticket,
    result: &RunResult,
    cost: &RunCost,
) -> Result<Finish, StoreError> {
    let id = ticket.job_id.0.as_str();
    let rows = transaction
        .fetch(sql!("select_recorded.sql"), arguments![id])
        .await?;
    let Some(row) = rows.first() else {
        return Err(StoreError::UnknownJob { id: id.to_owned() });
    };
    if row.get::<Option<i64>>("recorded_epoch")? == Some(ticket.epoch) {
        return Ok(Finish::AlreadyRecorded);
    }
    transaction
        .execute(
            sql!("supersede_attempt.sql"),
            attempt_row(ticket, result, cost),
        )
        .await?;
    Ok(Finish::Superseded)
}

async fn record(
    transaction: &mut Transaction,
    sweep: &str,
    ticket: &Ticket,
    result: &RunResult,
    cost: &RunCost,
) -> Result<(), StoreError> {
    transaction
        .execute(
            sql!("finish_attempt.sql"),
            attempt_row(ticket, result, cost),
        )
        .await?;
    transaction
        .execute(
            sql!("insert_result.sql"),
            result_row(sweep, ticket, result, cost),
        )
        .await?;
    let job = arguments![ticket.job_id.0.as_str()];
    let points = result.trajectory.iter().map(trajectory_row).collect();
    transaction
        .execute_rows(sql!("insert_trajectory.sql"), &job, points)
        .await?;
    let snapshots = result.unit_activity.iter().map(activity_row).collect();
    transaction
        .execute_rows(sql!("insert_unit_activity.sql"), &job, snapshots)
        .await?;
    let spectra = result.spectra.iter().map(spectrum_row).collect();
    transaction
        .execute_rows(sql!("insert_spectra.sql"), &job, spectra)
        .await?;
    transaction
        .execute(sql!("delete_checkpoint.sql"), job)
        .await?;
    Ok(())
}

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

async fn write_checkpoint(
    transaction: &mut Transaction,
    ticket: &Ticket,
    checkpoint: &Checkpoint,
) -> Result<(), StoreError> {
    let row = arguments![
        ticket.job_id.0.as_str(),
        ticket.epoch,
        checkpoint.as_bytes().to_vec(),
    ];
    transaction
        .execute(sql!("upsert_checkpoint.sql"), row)
        .await?;
    Ok(())
}

fn attempt_row(ticket: &Ticket, result: &RunResult, cost: &RunCost) -> Vec<Argument> {
    arguments![
        ticket.job_id.0.as_str(),
        ticket.epoch,
        result.digest.0.as_str(),
        cost.wall_seconds,
        cost.host.as_str(),
        cost.code_version.as_str(),
    ]
}

fn result_row(sweep: &str, ticket: &Ticket, result: &RunResult, cost: &RunCost) -> Vec<Argument> {
    let summary = &result.summary;
    arguments![
        ticket.job_id.0.as_str(),
        sweep,
        ticket.epoch,
        result.outcome.name(),
        result.steps_done.cast_signed(),
        number(summary.loss_final),
        number(summary.active_fraction_initial),
        number(summary.active_fraction_final),
        number(summary.normalized_active_fraction),
        number(summary.fraction_active_units_initial),
        number(summary.fraction_active_units_final),
        number(summary.normalized_fraction_active_units),
        summary.timescale_fit.name(),
        number(summary.sparsification_timescale),
        number(summary.log10_tau),
        summary.converged_step.map(u64::cast_signed),
        number(summary.hessian_trace_ratio),
        number(summary.hessian_max_ratio),
        number(summary.hessian_nonzero_fraction),
        result.engine.as_str(),
        result.digest.0.as_str(),
        cost.wall_seconds,
        cost.host.as_str(),
        cost.code_version.as_str(),
    ]
}

fn trajectory_row(point: &Measurement) -> Vec<Argument> {
    arguments![
        point.step.cast_signed(),
        number(Some(point.loss)),
        number(Some(point.active_fraction)),
        number(Some(point.fraction_active_units)),
    ]
}

fn activity_row(snapshot: &UnitActivity) -> Vec<Argument> {
    let counts = serde_json::to_string(&snapshot.active_samples).expect("whole numbers are JSON");
    arguments![snapshot.step.cast_signed(), counts]
}

fn spectrum_row(spectrum: &Spectrum) -> Vec<Argument> {
    let values = spectrum.eigenvalues.as_ref();
    arguments![
        spectrum.step.cast_signed(),
        number(Some(spectrum.trace)),
        values.map(|values| i64::from(values.exact)),
        number(values.map(|values| values.largest)),
        values.map(|values| i64::from(values.positive)),
        values.map(|values| i64::from(values.negative)),
        number(values.map(|values| values.nonzero_fraction)),
        number(values.map(|values| values.nonzero_tol)),
        number(values.map(|values| values.log_sum)),
    ]
}

/// What is not a finite number is NULL: SQLite turns NaN into that by itself, PostgreSQL would
/// keep it and spoil every mean.
fn number(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
