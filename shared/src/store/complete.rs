//! Recording results: the only place where one becomes visible.

use std::collections::{BTreeMap, HashMap};

use simulation::{FullSpectrum, Measurement, Outcome, Position, RunResult, Spectrum, UnitActivity};

use super::checkpoints::named_files;
use super::place_code::{bin_row, map_row, pair_row, place_row};
use super::totals::Totals;
use super::transaction::Transaction;
use super::value::{Argument, arguments};
use super::{Store, exclusions, sql};
use crate::{Finish, RunCost, StoreError, Ticket};

/// A finished attempt: who may record it, what it found, what it cost.
pub type Finished<'a> = (&'a Ticket, &'a RunResult, &'a RunCost);

/// A job that this transaction ended.
struct Ended<'a> {
    sweep: String,
    group: i64,
    planned_seconds: f64,
    finished: Finished<'a>,
}

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
        let finishes = self.complete_all(&[(ticket, result, cost)]).await?;
        Ok(finishes[0])
    }

    /// [`Store::complete`] for several results in one transaction: all of them are recorded or refused,
    /// each as if alone, or none is. Answers in their order.
    ///
    /// # Errors
    /// The database's; a job that is not in this database, and then nothing was recorded.
    pub async fn complete_all(&self, finished: &[Finished<'_>]) -> Result<Vec<Finish>, StoreError> {
        let mut transaction = self.write("recording results").await?;
        let pairs = finished.iter().map(|(ticket, ..)| ticket.row()).collect();
        let rows = transaction
            .fetch_rows(sql!("complete_jobs.sql"), &[], pairs)
            .await?;
        let mut jobs = HashMap::with_capacity(rows.len());
        for row in &rows {
            jobs.insert(Ticket::read(row)?, row);
        }
        let (mut ended, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
        let mut finishes = vec![Finish::Recorded; finished.len()];
        for (index, finished) in finished.iter().enumerate() {
            // Taken out, so that a result given twice is recorded once.
            let Some(row) = jobs.remove(finished.0) else {
                refused.push(index);
                continue;
            };
            ended.push(Ended {
                sweep: row.get("sweep")?,
                group: row.get("group_id")?,
                planned_seconds: row.get("estimated_seconds")?,
                finished: *finished,
            });
        }
        let mut unneeded = Vec::new();
        if !ended.is_empty() {
            unneeded = record(&mut transaction, &ended, self.shard).await?;
        }
        for index in refused {
            finishes[index] = refuse(&mut transaction, finished[index]).await?;
        }
        transaction.commit().await?;
        self.remove_files(unneeded).await;
        Ok(finishes)
    }
}

/// Writes what these jobs found. Returns the files of their checkpoints, to be removed after the commit.
async fn record(
    transaction: &mut Transaction,
    ended: &[Ended<'_>],
    shard: u32,
) -> Result<Vec<String>, StoreError> {
    let results = ended.iter().map(|each| each.finished);
    let attempts = results.clone().map(attempt_row).collect();
    transaction
        .execute_rows(sql!("finish_attempts.sql"), &[], attempts)
        .await?;
    let rows = ended.iter().map(result_row).collect();
    transaction
        .execute_rows(sql!("insert_results.sql"), &[], rows)
        .await?;
    let excluded = label(transaction, ended).await?;
    let mut totals = Totals::default();
    for each in ended {
        let (ticket, result, cost) = each.finished;
        let rule = excluded.get(ticket.job_id.0.as_str()).map(String::as_str);
        totals.add(each.group, each.planned_seconds, rule, result, cost);
    }
    totals.write(transaction, shard).await?;
    for (statement, rows) in [
        (
            sql!("insert_trajectory.sql"),
            rows_of(ended, |result| &result.trajectory, trajectory_row),
        ),
        (
            sql!("insert_unit_activity.sql"),
            rows_of(ended, |result| &result.unit_activity, activity_row),
        ),
        (
            sql!("insert_spectra.sql"),
            rows_of(ended, |result| &result.spectra, spectrum_row),
        ),
        (
            sql!("insert_eigenvalues.sql"),
            rows_of(ended, |result| &result.eigenvalues, eigenvalues_row),
        ),
        (
            sql!("insert_positions.sql"),
            rows_of(ended, |result| &result.positions, position_row),
        ),
        (
            sql!("insert_place_bins.sql"),
            rows_of(ended, |result| &result.place_code.bins, bin_row),
        ),
        (
            sql!("insert_place_code.sql"),
            rows_of(ended, |result| &result.place_code.snapshots, place_row),
        ),
        (
            sql!("insert_place_correlations.sql"),
            rows_of(ended, |result| &result.place_code.correlations, pair_row),
        ),
        (
            sql!("insert_rate_maps.sql"),
            rows_of(ended, |result| &result.place_code.rate_maps, map_row),
        ),
    ] {
        transaction.execute_rows(statement, &[], rows).await?;
    }
    let jobs = results.map(|(ticket, ..)| job_row(ticket)).collect();
    let gone = transaction
        .fetch_rows(sql!("delete_checkpoints.sql"), &[], jobs)
        .await?;
    named_files(&gone)
}

/// Labels the results by the rules of their sweeps; returns the rule of each that is excluded.
async fn label(
    transaction: &mut Transaction,
    ended: &[Ended<'_>],
) -> Result<HashMap<String, String>, StoreError> {
    let mut sweeps: BTreeMap<&str, Vec<Vec<Argument>>> = BTreeMap::new();
    for each in ended {
        let jobs = sweeps.entry(each.sweep.as_str()).or_default();
        jobs.push(job_row(each.finished.0));
    }
    let mut excluded = HashMap::new();
    for (sweep, jobs) in sweeps {
        excluded.extend(exclusions::label(transaction, sweep, jobs).await?);
    }
    Ok(excluded)
}

/// The attempt was no longer the newest, or has been recorded before.
async fn refuse(
    transaction: &mut Transaction,
    finished: Finished<'_>,
) -> Result<Finish, StoreError> {
    let (ticket, ..) = finished;
    let rows = transaction
        .fetch(sql!("select_recorded.sql"), job_row(ticket))
        .await?;
    let Some(row) = rows.first() else {
        return Err(StoreError::UnknownJob {
            id: ticket.job_id.0.clone(),
        });
    };
    if row.get::<Option<i64>>("recorded_epoch")? == Some(ticket.epoch) {
        return Ok(Finish::AlreadyRecorded);
    }
    let mut row = attempt_row(finished);
    if finished.1.outcome == Outcome::Truncated {
        // Where the clock cut it short is no property of the job: nothing to compare.
        row[2] = None::<String>.into();
    }
    transaction
        .execute(sql!("supersede_attempt.sql"), row)
        .await?;
    Ok(Finish::Superseded)
}

/// The rows of one kind that results bring along, each behind its job's id.
fn rows_of<T>(
    ended: &[Ended<'_>],
    list: fn(&RunResult) -> &Vec<T>,
    row: fn(&T) -> Vec<Argument>,
) -> Vec<Vec<Argument>> {
    let mut rows = Vec::new();
    for each in ended {
        let (ticket, result, _) = each.finished;
        for item in list(result) {
            let mut values = job_row(ticket);
            values.extend(row(item));
            rows.push(values);
        }
    }
    rows
}

fn job_row(ticket: &Ticket) -> Vec<Argument> {
    arguments![ticket.job_id.0.as_str()]
}

fn attempt_row((ticket, result, cost): Finished<'_>) -> Vec<Argument> {
    arguments![
        ticket.job_id.0.as_str(),
        ticket.epoch,
        result.digest.0.as_str(),
        cost.wall_seconds,
        cost.host.as_str(),
        cost.code_version.as_str(),
    ]
}

fn result_row(ended: &Ended<'_>) -> Vec<Argument> {
    let (ticket, result, cost) = ended.finished;
    let summary = &result.summary;
    arguments![
        ticket.job_id.0.as_str(),
        ended.sweep.as_str(),
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
        summary.directed_drift_end_step.map(u64::cast_signed),
        number(summary.hessian_trace_ratio),
        number(summary.hessian_max_ratio),
        number(summary.hessian_nonzero_fraction),
        number(summary.spatial_information_ratio),
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

fn eigenvalues_row(spectrum: &FullSpectrum) -> Vec<Argument> {
    let values = serde_json::to_string(&spectrum.eigenvalues).expect("numbers are JSON");
    arguments![spectrum.step.cast_signed(), values]
}

fn position_row(position: &Position) -> Vec<Argument> {
    arguments![
        position.step.cast_signed(),
        number(Some(position.x)),
        number(Some(position.y)),
    ]
}

/// What is not a finite number is NULL: SQLite turns NaN into that by itself, PostgreSQL would
/// keep it and spoil every mean.
pub(super) fn number(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
