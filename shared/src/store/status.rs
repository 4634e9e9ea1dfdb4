//! How far sweeps have come. All counts of one call are of one moment, so they always add up.

use super::transaction::Transaction;
use super::value::{Row, arguments};
use super::{Store, sql};
use crate::{Failure, JobId, PauseReason, StoreError, SweepState, SweepStatus};

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
            (sql!("status_jobs.sql"), add_jobs as Add),
            (sql!("status_results.sql"), add_results),
            (sql!("status_workers.sql"), add_workers),
        ] {
            for row in transaction
                .fetch(statement, arguments![filter.clone()])
                .await?
            {
                let name: String = row.get("sweep")?;
                if let Some(status) = statuses.iter_mut().find(|status| status.name == name) {
                    add(status, &row)?;
                }
            }
        }
        transaction.commit().await?;
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
        queued_other_model: 0,
        steps_done: 0,
        wall_seconds: 0.0,
        remaining_seconds: 0.0,
        live_workers: 0,
        submitted_at_ms: row.get("submitted_at_ms")?,
    })
}

fn add_jobs(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    let jobs = row.count("jobs")?;
    let ours = row.count("model_version")? == u64::from(simulation::MODEL_VERSION);
    let state: String = row.get("state")?;
    status.planned += jobs;
    match state.as_str() {
        "queued" => status.queued += jobs,
        "running" => status.running += jobs,
        "done" => status.done += jobs,
        "dead" => status.dead += jobs,
        _ => status.cancelled += jobs,
    }
    if state == "queued" && !ours {
        status.queued_other_model += jobs;
    } else if state == "queued" || state == "running" {
        status.remaining_seconds += row.get::<f64>("estimated_seconds")?;
    }
    Ok(())
}

fn add_results(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    let results = row.count("results")?;
    match row.get::<String>("outcome")?.as_str() {
        "completed" => status.completed += results,
        "diverged" => status.diverged += results,
        "silent" => status.silent += results,
        _ => status.truncated += results,
    }
    status.steps_done += row.count("steps_done")?;
    status.wall_seconds += row.get::<f64>("wall_seconds")?;
    Ok(())
}

fn add_workers(status: &mut SweepStatus, row: &Row) -> Result<(), StoreError> {
    status.live_workers += row.count("workers")?;
    Ok(())
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
