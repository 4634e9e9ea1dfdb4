//! The loop: claim, hand to the slots, settle what they report, until told or time to stop.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};
use shared::{Store, StoreError, SweepState, SweepStatus, WorkerInfo};
use simulation::Dataset;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use uuid::Uuid;

use crate::control::Held;
use crate::execution::{End, Report};
use crate::heartbeat::Heartbeat;
use crate::machine::{code_version, cpu_name, host_name, is_gone, process_identity};
use crate::options::WorkerOptions;
use crate::pace::Pace;
use crate::progress::Progress;
use crate::settle::{Settled, Settlement, chain};
use crate::spool::{Spool, SpoolError};

mod claiming;
#[cfg(test)]
mod tests;

/// Shortest and longest wait for new jobs.
const POLL_MIN: Duration = Duration::from_secs(1);
const POLL_MAX: Duration = Duration::from_secs(30);
/// Longest wait when the end of a sweep is awaited.
const POLL_MAX_DRAIN: Duration = Duration::from_secs(4);

/// Shortest wait after the database has failed.
const RETRY_MIN: Duration = Duration::from_millis(100);

/// Why the worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing was queued or running any more.
    Drained,
    /// Nothing came for the idle time.
    Idle,
    /// The time limit was reached.
    TimeLimit,
    /// It was told to stop.
    Stopped,
}

/// What a worker did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkReport {
    /// Why it ended.
    pub ending: Ending,
    /// Results it recorded.
    pub recorded: u64,
    /// Attempts that ended in an error.
    pub failed: u64,
    /// Jobs it gave back with a checkpoint.
    pub released: u64,
    /// Ends that a newer attempt had overtaken.
    pub superseded: u64,
}

/// Why a worker can't work.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The slots can't be made.
    #[error("failed to start {slots} simulation threads")]
    Pool {
        /// Threads asked for.
        slots: usize,
        /// Why not.
        #[source]
        source: rayon::ThreadPoolBuildError,
    },
    /// The heartbeat thread can't be made.
    #[error("failed to start the heartbeat thread")]
    Heartbeat(#[source] std::io::Error),
    /// The spool can't be used.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The database refuses for good.
    #[error("the database refuses to go on; finished results wait in the spool")]
    Store(#[from] StoreError),
}

/// Works until drained, idle, out of time, or told to stop through `stop`.
///
/// # Errors
/// Threads or the spool folder can't be made; the database fails in a way that waiting won't mend.
pub async fn work(
    store: &Store,
    options: &WorkerOptions,
    stop: watch::Receiver<bool>,
    progress: Arc<Progress>,
) -> Result<WorkReport, WorkError> {
    let slots = options.slots;
    let pool = ThreadPoolBuilder::new()
        .num_threads(slots)
        .thread_name(|slot| format!("slot-{slot}"))
        .build()
        .map_err(|source| WorkError::Pool { slots, source })?;
    let worker = Uuid::now_v7();
    let info = WorkerInfo {
        id: worker,
        host: host_name(),
        pid: std::process::id(),
        process: process_identity(),
        slots: u32::try_from(slots).unwrap_or(u32::MAX),
        cpu: cpu_name(),
        code_version: code_version(),
    };
    store.register_worker(&info).await?;
    remove_orphans(store).await?;
    take_back_from_the_dead(store, options.watched).await?;
    let held = Held::default();
    let heartbeat = Heartbeat::start(&options.database, worker, options.lease, held.clone())
        .map_err(WorkError::Heartbeat)?;
    let spool = Spool::open(&options.spool)?;
    let mut settlement = Settlement::new(store.clone(), spool.clone(), held.clone());
    let adopted = settlement.adopt_spool()?;
    if adopted > 0 {
        tracing::info!(
            results = adopted,
            "Delivering results that an earlier worker left"
        );
    }
    let (reports, reported) = unbounded_channel();
    let heeded = tokio::spawn(heed(stop.clone(), held.clone()));
    let report = WorkReport {
        ending: Ending::Drained,
        recorded: 0,
        failed: 0,
        released: 0,
        superseded: 0,
    };
    let ended = Loop {
        store,
        options,
        worker,
        pool,
        held,
        heartbeat,
        settlement,
        spool,
        progress,
        reports,
        reported,
        stop,
        stop_closed: false,
        datasets: HashMap::new(),
        started: Instant::now(),
        idle_since: Instant::now(),
        poll: POLL_MIN,
        troubled: false,
        reached: false,
        retry: None,
        pace: Pace::default(),
        claim_is_unknown: false,
        stopping: None,
        report,
    }
    .run()
    .await;
    heeded.abort();
    ended
}

/// Passes an order to stop on to the simulations at once, however long the loop waits for the database.
async fn heed(mut stop: watch::Receiver<bool>, held: Held) {
    if stop.wait_for(|stop| *stop).await.is_ok() {
        held.stop();
    }
}

/// Removes the checkpoints of crashed workers that no job goes on from.
async fn remove_orphans(store: &Store) -> Result<(), StoreError> {
    let orphans = store.remove_orphans().await?;
    if orphans > 0 {
        tracing::info!(orphans, "Removed checkpoint files that no job goes on from");
    }
    Ok(())
}

/// Takes back at once what processes of this machine held that are gone, instead of waiting for
/// their leases.
async fn take_back_from_the_dead(store: &Store, watched: bool) -> Result<(), StoreError> {
    for (worker, process) in store.local_holders(&host_name()).await? {
        if is_gone(&process) {
            let jobs = store.abandon(worker, !watched).await?;
            tracing::info!(jobs, "Took back what a process that is gone held");
        }
    }
    Ok(())
}

struct Loop<'a> {
    store: &'a Store,
    options: &'a WorkerOptions,
    worker: Uuid,
    pool: ThreadPool,
    held: Held,
    heartbeat: Heartbeat,
    settlement: Settlement,
    spool: Spool,
    progress: Arc<Progress>,
    reports: UnboundedSender<Report>,
    reported: UnboundedReceiver<Report>,
    stop: watch::Receiver<bool>,
    stop_closed: bool,
    datasets: HashMap<String, Arc<Dataset>>,
    started: Instant,
    idle_since: Instant,
    poll: Duration,
    /// Whether the database failed in this round, whether it served, and the wait before the next if it failed.
    troubled: bool,
    reached: bool,
    retry: Option<Duration>,
    pace: Pace,
    /// A claim's answer was lost: jobs may be this worker's that it knows nothing of.
    claim_is_unknown: bool,
    stopping: Option<Ending>,
    report: WorkReport,
}

impl Loop<'_> {
    async fn run(mut self) -> Result<WorkReport, WorkError> {
        loop {
            (self.troubled, self.reached) = (false, false);
            self.check_limits();
            self.give_back_what_waits();
            self.look_up_claims().await?;
            self.settle().await?;
            if self.stopping.is_none() {
                self.claim().await?;
            }
            self.retry = match (self.troubled, self.reached) {
                (false, _) => None,
                // Connections break, and the database is there: no reason to stay away longer and longer.
                (true, true) => Some(RETRY_MIN),
                (true, false) => Some(next_retry(self.retry)),
            };
            self.progress.set_running(self.held.count());
            if self.held.count() == 0
                && self.settlement.waiting() == 0
                && let Some(ending) = self.ending().await?
            {
                self.report.ending = ending;
                return Ok(self.report);
            }
            self.wait().await;
        }
    }

    /// Delivers everything that waits, until done or the database is away.
    async fn settle(&mut self) -> Result<(), WorkError> {
        loop {
            match self.settlement.deliver().await {
                Ok(settled) if settled.is_empty() => return Ok(()),
                Ok(settled) => {
                    self.reached = true;
                    settled.into_iter().for_each(|each| self.count(each));
                }
                Err(error) if error.is_transient() => {
                    tracing::warn!(error = %chain(&error), "Failed to record; trying again");
                    self.troubled = true;
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn count(&mut self, settled: Settled) {
        match settled {
            Settled::Recorded => {
                self.report.recorded += 1;
                self.progress.add_recorded();
            }
            Settled::Failed | Settled::Refused => {
                self.report.failed += 1;
                self.progress.add_failed();
            }
            Settled::Released => self.report.released += 1,
            Settled::Superseded => self.report.superseded += 1,
            Settled::Noted | Settled::Foreign => {}
        }
    }

    fn check_limits(&mut self) {
        if self.stopping.is_some() {
            return;
        }
        let over = self
            .options
            .time_limit
            .is_some_and(|limit| self.started.elapsed() >= limit);
        self.stopping = match (*self.stop.borrow(), over) {
            (true, _) => Some(Ending::Stopped),
            (false, true) => Some(Ending::TimeLimit),
            (false, false) => return,
        };
        self.held.stop();
    }

    /// Gives back, for others to begin, what has waited here for a slot for a whole lease; once stopping, all
    /// that waits.
    fn give_back_what_waits(&mut self) {
        let patience = match self.stopping {
            Some(_) => Duration::ZERO,
            None => Duration::from_millis(self.options.lease.lease_ms.unsigned_abs()),
        };
        for ticket in self.held.withdraw(patience) {
            self.settlement.unstarted(ticket);
        }
    }

    /// Whether it is time to go, asked only while nothing is held.
    async fn ending(&mut self) -> Result<Option<Ending>, WorkError> {
        if self.stopping.is_some() {
            return Ok(self.stopping);
        }
        if self
            .options
            .idle_exit
            .is_some_and(|limit| self.idle_since.elapsed() >= limit)
        {
            return Ok(Some(Ending::Idle));
        }
        if !self.options.drain {
            return Ok(None);
        }
        match self.store.status(self.options.sweep.as_deref()).await {
            Ok(sweeps) if sweeps.iter().map(outstanding).sum::<u64>() == 0 => {
                Ok(Some(Ending::Drained))
            }
            Ok(_) => Ok(None),
            Err(error) if error.is_transient() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for a report, a stop, or the next poll; takes in every report that has come.
    async fn wait(&mut self) {
        let longest = if self.options.drain {
            POLL_MAX_DRAIN
        } else {
            POLL_MAX
        };
        let poll = if let Some(retry) = self.retry {
            retry.min(longest)
        } else if self.held.count() == 0 || self.settlement.waiting() > 0 {
            let poll = self.poll.min(longest);
            self.poll = (self.poll * 2).min(POLL_MAX);
            poll
        } else {
            POLL_MIN
        };
        tokio::select! {
            report = self.reported.recv() => {
                let report = report.expect("this loop holds a sender too");
                self.take(report);
                while let Ok(report) = self.reported.try_recv() {
                    self.take(report);
                }
            }
            changed = self.stop.changed(), if self.stopping.is_none() && !self.stop_closed => {
                // A dropped sender can't ask for anything any more: go on to the natural end.
                self.stop_closed = changed.is_err();
            }
            () = pause(poll) => {}
        }
    }

    fn take(&mut self, report: Report) {
        match report {
            Report::Checkpoint(ticket, checkpoint) => {
                self.settlement.checkpoint(ticket, checkpoint);
            }
            Report::Ended(_, End::Finished(spooled)) => {
                if let Some(estimated) = self.held.estimated_seconds(&spooled.ticket) {
                    self.pace.finished(estimated, spooled.cost.wall_seconds);
                }
                self.settlement.finished(spooled);
            }
            Report::Ended(ticket, End::Unstarted) => self.settlement.unstarted(ticket),
            Report::Ended(ticket, End::Released(checkpoint)) => {
                self.settlement.released(ticket, Some(checkpoint));
            }
            // A cancelled job is given back for good; for a lost lease this changes nothing.
            Report::Ended(ticket, End::Abandoned) => self.settlement.released(ticket, None),
            Report::Ended(ticket, End::Failed(error)) => {
                tracing::warn!(job.id = %ticket.job_id, %error, "A job failed");
                self.settlement.failed(ticket, error);
            }
        }
    }
}

/// What fails is tried again sooner than an empty queue is asked again, as most failures pass at once; and ever
/// more seldom where they don't.
fn next_retry(last: Option<Duration>) -> Duration {
    last.map_or(RETRY_MIN, |last| (last * 2).min(POLL_MAX))
}

/// Jobs of a sweep that some worker will still run: none of a paused one's that wait.
fn outstanding(sweep: &SweepStatus) -> u64 {
    match sweep.state {
        SweepState::Active => sweep.running + sweep.queued - sweep.queued_other_model,
        SweepState::Paused(_) => sweep.running,
    }
}

/// Waits for half to the whole of `longest`, so that workers don't poll in step.
async fn pause(longest: Duration) {
    let spread = f64::from(Uuid::now_v7().as_bytes()[15]) / 255.0;
    let deadline = tokio::time::Instant::now() + longest.mul_f64(0.5 + 0.5 * spread);
    tokio::time::sleep_until(deadline).await;
}
