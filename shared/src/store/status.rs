//! How far sweeps have come. All counts of one call are of one moment, so they always add up.

use super::transaction::Transaction;
use super::value::{Row, arguments};
use super::{Store, sql};
use crate::{Exclusion, Failure, JobId, PauseReason, StoreError, SweepState, SweepStatus};

impl Store {
    /// How far one sweep, or every sweep in the order of submission, has come.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn status(&self, sweep: Option<&str>) -> Result<Vec<SweepStatus>, StoreError> {
        let mut transaction = self.read("counting jobs").await?;
        if let Some(sweep) = sweep {
            known_sweep(&mut transaction, sweep).await?;
        }
        let filter = sweep.map(str::to_owned);
        let sweeps = transaction
            .fetch(sql!("status_sweeps.sql"), arguments![filter.clone()])
            .await?;
        let mut statuses: Vec<SweepStatus> =
            sweeps.iter().map(empty_status).collect::<Result<_, _>>()?;
        for (statement, add) in [
            (sql!("status_planned.sql"), add_planned as Add),
            (sql!("status_ended.sql"), add_ended),
            (sql!("status_running.sql"), add_running),
            (sql!("status_other_model.sql"), add_other_model),
            (sql!("status_rules.sql"), add_rules),
            (sql!("status_results.sql"), add_results),
        ] {
            let mut values = arguments![filter.clone()];
            if statement.contains("$2") {
                values.push(simulation::MODEL_VERSION.into());
            }
            for row in transaction.fetch(statement, values).await? {
                let name: String = row.get("sweep")?;
                if let Some(status) = statuses.iter_mut().find(|status| status.name == name) {
                    add(status, &row)?;
                }
            }
        }
        transaction.commit().await?;
        statuses.iter_mut().for_each(settle);
        Ok(statuses)
    }

    /// Names of all sweeps, in the order of their submission.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweeps(&self) -> Result<Vec<String>, StoreError> {
        let mut transaction = self.read("listing the sweeps").await?;
        let names = names(&mut transaction).await?;
        transaction.commit().await?;
        Ok(names)
    }

    /// Jobs of a sweep that failed and are not done, with the newest failure of each: dead ones
    /// first, then the newest, at most `limit`.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn failures(&self, sweep: &str, limit: u32) -> Result<Vec<Failure>, StoreError> {
        let mut transaction = self.read("listing failures").await?;
        known_sweep(&mut transaction, sweep).await?;
        let rows = transaction
            .fetch(sql!("failures.sql"), arguments![sweep, limit])
            .await?;
        transaction.commit().await?;
        rows.iter().map(read_failure).collect()
    }
}

type Add = fn(&mut SweepStatus, &Row) -> Result<(), StoreError>;

async fn names(transaction: &mut Transaction) -> Result<Vec<String>, StoreError> {
    let rows = transaction
        .fetch(sql!("sweep_names.sql"), Vec::new())
        .await?;
    rows.iter().map(|row| row.get("name")).collect()
}

/// Fails with the most similar name if there is no such sweep.
pub(super) async fn known_sweep(
    transaction: &mut Transaction,
    sweep: &str,
) -> Result<(), StoreError> {
    let names = names(transaction).await?;
    if names.iter().any(|name| name == sweep) {
        return Ok(());
    }
    // A name that can't be one is shown in part, and escaped.
    super::submit::check_name(sweep)?;
    let nearest = names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&name, sweep), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name);
    Err(StoreError::UnknownSweep {
        name: sweep.to_owned(),
        nearest,
    })
}

fn empty_status(row: &Row) -> Result<SweepStatus, StoreError> {
    let reason: Option<String> = row.get("pause_reason")?;
    let state = match reason.as_deref() {
        None => SweepState::Active,
        Some("max_dead") => SweepState::Paused(PauseReason::MaxDead),
        Some(_) => SweepState::Paused(PauseReason::User),
    };
    Ok(SweepStatus {
        name: row.get("name")?,
        state,
        planned: 0,
        queued: 0,
        running: 0,
        done: 0,
        dead: 0,
        cancelled: 0,
        completed: 0,
        diverged: 0,
        silent: 0,
        truncated: 0,
        exclusions: Vec::new(),
        queued_other_model: 0,
        steps_done: 0,
        wall_seconds: 0.0,
        remaining_seconds: 0.0,
        pace: 1.0,
        live_workers: 0,
        submitted_at_ms: row.get("submitted_at_ms")?,
    })
}

fn add_planned(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    status.planned += row.count("jobs")?;
    status.remaining_seconds += row.get::<f64>("planned_seconds")?;
    Ok(())
}

fn add_ended(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    let jobs = row.count("jobs")?;
    match row.get::<String>("state")?.as_str() {
        "dead" => status.dead += jobs,
        _ => status.cancelled += jobs,
    }
    status.remaining_seconds -= row.get::<f64>("planned_seconds")?;
    Ok(())
}

fn add_running(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    status.running += row.count("jobs")?;
    status.live_workers += row.count("workers")?;
    Ok(())
}

fn add_other_model(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    status.queued_other_model += row.count("jobs")?;
    status.remaining_seconds -= row.get::<f64>("planned_seconds")?;
    Ok(())
}

/// What is left of the plan is queued: a million jobs that wait need not be counted.
fn settle(status: &mut SweepStatus) {
    let elsewhere = status.running + status.done + status.dead + status.cancelled;
    status.queued = status.planned.saturating_sub(elsewhere);
    let waits = status.queued + status.running > status.queued_other_model;
    // Sums of floating-point numbers leave a rest where nothing is left.
    status.remaining_seconds = if waits {
        status.remaining_seconds.max(0.0)
    } else {
        0.0
    };
}

fn add_results(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    let results = row.count("results")?;
    status.done += results;
    status.remaining_seconds -= row.get::<f64>("planned_seconds")?;
    match row.get::<String>("outcome")?.as_str() {
        "completed" => add_completed(status, row)?,
        "diverged" => status.diverged += results,
        "silent" => status.silent += results,
        _ => status.truncated += results,
    }
    let rule: String = row.get("excluded")?;
    if !rule.is_empty() {
        add_excluded(status, rule, results);
    }
    status.steps_done += row.count("steps_done")?;
    status.wall_seconds += row.get::<f64>("wall_seconds")?;
    Ok(())
}

/// Only completed runs tell the pace: the others ended before their time. A sweep has a row of them
/// per exclusion rule that takes some, so that the pace is an average by count.
fn add_completed(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    let results = row.count("results")?;
    let planned_seconds: f64 = row.get("planned_seconds")?;
    if planned_seconds > 0.0 {
        let pace = row.get::<f64>("wall_seconds")? / planned_seconds;
        let share = results as f64 / (status.completed + results) as f64;
        status.pace = share * pace + (1.0 - share) * status.pace;
    }
    status.completed += results;
    Ok(())
}

fn add_rules(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    let rules = super::exclusions::parse(&status.name, &row.get::<String>("rules")?)?;
    status.exclusions = rules
        .into_iter()
        .map(|rule| Exclusion {
            condition: rule.to_string(),
            rule: rule.name,
            runs: 0,
        })
        .collect();
    Ok(())
}

/// Every label is some rule's, but a label without one must not vanish from the count.
fn add_excluded(status: &mut SweepStatus, rule: String, runs: u64) {
    match status.exclusions.iter_mut().find(|each| each.rule == rule) {
        Some(exclusion) => exclusion.runs += runs,
        None => status.exclusions.push(Exclusion {
            condition: String::new(),
            rule,
            runs,
        }),
    }
}

fn read_failure(row: &Row) -> Result<Failure, StoreError> {
    Ok(Failure {
        job_id: JobId(row.get("id")?),
        state: row.get("state")?,
        errors: row.count("errors")?,
        crashes: row.count("crashes")?,
        outcome: row.get("outcome")?,
        error: row.get("error")?,
        host: row.get("host")?,
    })
}
