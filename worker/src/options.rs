//! How a worker works.

use std::path::PathBuf;
use std::time::Duration;

/// How long a claim lasts, and how often it is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Length of a lease, in milliseconds of the database's clock.
    pub lease_ms: i64,
    /// Mean time between two renewals; each waits 0.8 to 1.2 of it.
    pub heartbeat_ms: u64,
}

impl Default for Lease {
    /// 90 s and 15 s: five renewals may fail before a lease is lost.
    fn default() -> Self {
        Self {
            lease_ms: 90_000,
            heartbeat_ms: 15_000,
        }
    }
}

/// What a worker is told at its start.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Database, as a URL; the heartbeat opens a connection of its own to it.
    pub database: String,
    /// Jobs simulated at once, one rayon thread each.
    pub slots: usize,
    /// Works on this sweep alone; on every active one when absent.
    pub sweep: Option<String>,
    /// Ends when nothing is queued or running any more.
    pub drain: bool,
    /// A person is watching: what a dead process of this machine held is taken back at no cost to its
    /// jobs' budget of crashes. Unwatched, a job that kills every worker must end.
    pub watched: bool,
    /// Ends after this long without a job.
    pub idle_exit: Option<Duration>,
    /// Stops after this long, handing checkpoints over, and claims nothing that can't finish in time.
    pub time_limit: Option<Duration>,
    /// Lease and heartbeat.
    pub lease: Lease,
    /// Time between two checkpoints of one simulation.
    pub checkpoint_every: Duration,
    /// Folder in which finished results wait until the database has them.
    pub spool: PathBuf,
}
