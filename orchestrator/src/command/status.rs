//! `driftsweep status [SWEEP]`.

use shared::{
    Exclusion, Flow, Mismatch, Purpose, RunOrigin, Store, SweepState, SweepStatus, Table, Value,
};

use super::{open, store_failure};
use crate::cli::Format;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::progress::period;

/// Failures shown per sweep.
const FAILURES: u32 = 5;
/// Jobs with different bits shown per sweep.
const MISMATCHES: u32 = 5;

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
    if format == Format::Json {
        output::write_out(&json(&store, &sweeps).await?)?;
    } else {
        output::print(&table(&sweeps), format)?;
    }
    if format == Format::Table {
        output::write_out(&details(&store, &sweeps).await?)?;
    }
    let dead = sweeps
        .iter()
        .any(|sweep| sweep.dead > 0 && sweep.queued + sweep.running == 0);
    Ok(if dead { Exit::SomeDead } else { Exit::Done })
}

/// The table's rows, each with its exclusion rules and the jobs that gave different bits.
async fn json(store: &Store, sweeps: &[SweepStatus]) -> Result<String, Failure> {
    let mut rows = output::json_rows(&table(sweeps));
    for (row, sweep) in rows.iter_mut().zip(sweeps) {
        let rule = |exclusion: &Exclusion| {
            serde_json::json!({
                "rule": exclusion.rule, "condition": exclusion.condition, "runs": exclusion.runs,
            })
        };
        row["exclusions"] = sweep.exclusions.iter().map(rule).collect();
        let mismatches = store.mismatches(&sweep.name, MISMATCHES).await;
        let mismatches = mismatches.map_err(store_failure)?;
        row["mismatches"] = mismatches.iter().map(mismatch_json).collect();
    }
    Ok(output::json_text(&rows))
}

fn mismatch_json(mismatch: &Mismatch) -> serde_json::Value {
    let origin = |run: &RunOrigin| {
        serde_json::json!({
            "digest": run.digest, "host": run.host, "cpu": run.cpu, "code_version": run.code_version,
        })
    };
    serde_json::json!({
        "job_id": mismatch.job_id, "kind": mismatch.kind,
        "recorded": origin(&mismatch.recorded), "other": origin(&mismatch.other),
    })
}

/// One line per sweep; `planned` is the sum of the five states after it, `done` of the outcomes and
/// of `excluded` and `analysed`.
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
        "excluded",
        "analysed",
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
        let flow = s.flow();
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
            flow.excluded,
            flow.analysed,
            s.steps_done,
        ];
        let mut row = vec![Value::Text(s.name.clone()), Value::Text(state.to_owned())];
        row.extend(counts.map(|count| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))));
        row.push(Value::Real(s.wall_seconds));
        row.push(Value::Real(s.remaining_seconds * s.pace));
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

/// From the plan to the analysis, a line for every place where jobs go another way.
fn flow_text(flow: &Flow) -> String {
    let named = |counts: &[(&str, u64)]| {
        let shown: Vec<String> = counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        if shown.is_empty() {
            "none".to_owned()
        } else {
            shown.join(", ")
        }
    };
    let lost = named(&[
        ("unfinished", flow.unfinished),
        ("dead", flow.dead),
        ("cancelled", flow.cancelled),
    ]);
    let outcomes = named(&[
        ("completed", flow.completed),
        ("diverged", flow.diverged),
        ("silent", flow.silent),
        ("truncated", flow.truncated),
    ]);
    let mut text = format!(
        "{}: {} planned\n  not finished: {lost}\n  {} finished: {outcomes}\n",
        flow.sweep, flow.planned, flow.finished
    );
    for exclusion in &flow.exclusions {
        text.push_str(&format!(
            "  excluded by {} ({}): {}\n",
            exclusion.rule, exclusion.condition, exclusion.runs
        ));
    }
    text.push_str(&format!("  {} analysed\n", flow.analysed));
    text
}

/// Bits that differ are an alarm: whose they are is what one needs to know.
fn mismatch_text(sweep: &str, mismatch: &Mismatch) -> String {
    let origin = |run: &RunOrigin| {
        let digest = run.digest.get(..12).unwrap_or(&run.digest);
        format!(
            "{digest} on {} ({}, {})",
            run.host, run.cpu, run.code_version
        )
    };
    format!(
        "{sweep} job {}: DIFFERENT BITS: {}, but {} in an {}\n",
        mismatch.job_id,
        origin(&mismatch.recorded),
        origin(&mismatch.other),
        if mismatch.kind == "audit" {
            "audit"
        } else {
            "earlier or later run"
        },
    )
}

/// Below the table: the flow, remaining time, workers, and the last failures.
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
        text.push_str(&flow_text(&sweep.flow()));
        if sweep.remaining_seconds > 0.0 && slots > 0 {
            let left = period(sweep.remaining_seconds * sweep.pace / f64::from(slots));
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
        let mismatches = store.mismatches(&sweep.name, MISMATCHES).await;
        for mismatch in mismatches.map_err(store_failure)? {
            text.push_str(&mismatch_text(&sweep.name, &mismatch));
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
