//! `driftsweep status [SWEEP]`.

use shared::{Purpose, Store, SweepState, SweepStatus, Table, Value};

use super::{open, store_failure};
use crate::cli::Format;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::progress::period;

/// Failures shown per sweep.
const FAILURES: u32 = 5;

pub(super) async fn status(
    database: &str,
    format: Format,
    sweep: Option<&str>,
) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let sweeps = store.status(sweep).await.map_err(store_failure)?;
    if sweeps.is_empty() {
        eprintln!("the database holds no sweep yet");
    }
    output::print(&table(&sweeps), format)?;
    if format == Format::Table {
        output::write_out(&details(&store, &sweeps).await?)?;
    }
    let dead = sweeps
        .iter()
        .any(|sweep| sweep.dead > 0 && sweep.queued + sweep.running == 0);
    Ok(if dead { Exit::SomeDead } else { Exit::Done })
}

/// One line per sweep; `planned` is the sum of the five states after it, `done` of the outcomes.
pub(super) fn table(sweeps: &[SweepStatus]) -> Table {
    let columns = [
        "sweep",
        "state",
        "planned",
        "queued",
        "running",
        "done",
        "dead",
        "cancelled",
        "completed",
        "diverged",
        "silent",
        "truncated",
        "steps_done",
        "wall_seconds",
        "remaining_seconds",
        "live_workers",
    ];
    let row = |s: &SweepStatus| {
        let state = match s.state {
            SweepState::Active => "active",
            SweepState::Paused(shared::PauseReason::User) => "paused",
            SweepState::Paused(shared::PauseReason::MaxDead) => "paused: too many dead jobs",
        };
        let counts = [
            s.planned,
            s.queued,
            s.running,
            s.done,
            s.dead,
            s.cancelled,
            s.completed,
            s.diverged,
            s.silent,
            s.truncated,
            s.steps_done,
        ];
        let mut row = vec![Value::Text(s.name.clone()), Value::Text(state.to_owned())];
        row.extend(counts.map(|count| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))));
        row.push(Value::Real(s.wall_seconds));
        row.push(Value::Real(s.remaining_seconds));
        row.push(Value::Integer(
            i64::try_from(s.live_workers).unwrap_or(i64::MAX),
        ));
        row
    };
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: sweeps.iter().map(row).collect(),
    }
}

/// Below the table: remaining time, workers, and the last failures.
pub(super) async fn details(store: &Store, sweeps: &[SweepStatus]) -> Result<String, Failure> {
    let workers = store.live_workers().await.map_err(store_failure)?;
    let slots: u32 = workers.iter().map(|worker| worker.info.slots).sum();
    let mut text = String::new();
    for worker in &workers {
        text.push_str(&format!(
            "worker on {} (pid {}): {} jobs on {} slots, last heard of {} ago\n",
            worker.info.host,
            worker.info.pid,
            worker.jobs,
            worker.info.slots,
            period(worker.silent_ms as f64 / 1e3),
        ));
    }
    for sweep in sweeps {
        if sweep.remaining_seconds > 0.0 && slots > 0 {
            let left = period(sweep.remaining_seconds / f64::from(slots));
            text.push_str(&format!(
                "{}: about {left} left on {slots} slots\n",
                sweep.name
            ));
        }
        if sweep.queued_other_model > 0 {
            text.push_str(&format!(
                "{}: {} queued jobs are of another model version and wait for such a worker\n",
                sweep.name, sweep.queued_other_model
            ));
        }
        for failure in store
            .failures(&sweep.name, FAILURES)
            .await
            .map_err(store_failure)?
        {
            text.push_str(&format!(
                "{} job {}: {} ({} errors, {} crashes){}\n",
                sweep.name,
                failure.job_id,
                failure.state,
                failure.errors,
                failure.crashes,
                failure
                    .error
                    .map(|error| format!(": {error}"))
                    .unwrap_or_default(),
            ));
        }
    }
    Ok(text)
}
