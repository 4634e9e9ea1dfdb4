//! `driftsweep worker`, and what `run` and `validate` share with it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::worker::{Ending, Lease, Progress, WorkReport, WorkerOptions, work};
use shared::{Purpose, Store};
use tokio::sync::watch;

use super::with_store;
use crate::cli::{SlotArguments, WorkerArguments};
use crate::failure::{Exit, Failure};
use crate::interrupt::stop_flag;
use crate::location::default_spool;

pub(super) async fn worker(database: &str, arguments: &WorkerArguments) -> Result<Exit, Failure> {
    let mut options = options(database, &arguments.slots)?;
    options.sweep.clone_from(&arguments.sweep);
    options.drain = arguments.drain;
    options.idle_exit = arguments.idle_exit;
    options.time_limit = arguments.time_limit;
    let report = with_store(database, Purpose::Use, async |store| {
        let stop = stop_flag()?;
        tracing::info!(slots = options.slots, "Worker started");
        employ(store, &options, stop, Arc::default()).await
    })
    .await?;
    tracing::info!(
        recorded = report.recorded,
        failed = report.failed,
        released = report.released,
        superseded = report.superseded,
        "Worker ended: {}",
        match report.ending {
            Ending::Drained => "nothing is queued or running",
            Ending::Idle => "no job came for the idle time",
            Ending::TimeLimit => "the time limit is reached",
            Ending::Stopped => "told to stop",
        }
    );
    Ok(Exit::Done)
}

/// Options from the command line, or what is wrong with them.
pub(super) fn options(database: &str, slots: &SlotArguments) -> Result<WorkerOptions, Failure> {
    if slots.heartbeat * 4 > slots.lease {
        return Err(Failure::input(
            "the lease must last at least four heartbeats: raise --lease or lower --heartbeat",
        ));
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(WorkerOptions {
        database: database.to_owned(),
        slots: slots.slots.map_or(cores, usize::from),
        sweep: None,
        drain: false,
        watched: false,
        idle_exit: None,
        time_limit: None,
        lease: Lease {
            lease_ms: milliseconds(slots.lease) as i64,
            heartbeat_ms: milliseconds(slots.heartbeat),
        },
        checkpoint_every: slots.checkpoint_every,
        spool: slots
            .spool
            .clone()
            .unwrap_or_else(|| default_spool(database)),
    })
}

/// Works with these options until the end.
pub(super) async fn employ(
    store: &Store,
    options: &WorkerOptions,
    stop: watch::Receiver<bool>,
    progress: Arc<Progress>,
) -> Result<WorkReport, Failure> {
    let report = work(store, options, stop, progress)
        .await
        .map_err(Failure::machine)?;
    remove_if_empty(&options.spool);
    Ok(report)
}

/// An empty spool beside the database would only puzzle people.
fn remove_if_empty(folder: &Path) {
    // Fails where results wait or another worker uses it, which is the point.
    let _ = std::fs::remove_dir(folder);
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
