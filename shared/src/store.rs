//! The queue: one API over SQLite and PostgreSQL.

use simulation::{Checkpoint, Dataset, RunResult};
use uuid::Uuid;

use crate::{
    Claim, ClaimRequest, ExportView, Failure, Finish, LiveWorker, NewJob, NewSweep, OpenError,
    Renewal, RunCost, StoreError, Submission, SweepStatus, Table, Ticket, WorkerInfo,
};

/// What the database is opened for: decides who may create and migrate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Create it if missing, migrate it if old (`run`, `submit`, `migrate`).
    Migrate,
    /// Read and write a database of the right version (workers, `pause`, ...).
    Use,
    /// Only read it (`status`, `query`, `export`).
    Read,
}

/// Settings of a connection that are rarely changed.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// How long to wait for somebody else's lock.
    pub lock_wait: std::time::Duration,
    /// Tests only: added to the database's clock, in milliseconds.
    pub clock_offset_ms: i64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            lock_wait: std::time::Duration::from_secs(30),
            clock_offset_ms: 0,
        }
    }
}

/// An open database. Cheap to clone; clones share connections.
///
/// A heartbeat that must not wait behind other work opens a store of its own, in its own thread.
#[derive(Clone, Debug)]
pub struct Store {}

/// The URL without its password, for logs and errors.
pub fn redacted_url(url: &str) -> String {
    url.to_owned()
}

const PENDING: StoreError = StoreError::Timeout {
    doing: "not built yet",
    seconds: 0,
};

impl Store {
    /// Opens `sqlite://PATH`, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    ///
    /// # Errors
    /// Every reason is a variant of [`OpenError`]; nothing was written.
    pub async fn open(url: &str, purpose: Purpose) -> Result<Self, OpenError> {
        Self::open_with(url, purpose, OpenOptions::default()).await
    }

    /// [`Store::open`] with settings.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(
        url: &str,
        _purpose: Purpose,
        _options: OpenOptions,
    ) -> Result<Self, OpenError> {
        Err(OpenError::InvalidUrl {
            url: url.to_owned(),
            reason: "not built yet".to_owned(),
        })
    }

    /// Plans a sweep, in one transaction: submit, resume and extend in one. Jobs already there are
    /// left as they are, whatever their state; the sweep's source and limits are replaced.
    ///
    /// # Errors
    /// An invalid sweep name; the database's.
    pub async fn submit(
        &self,
        _sweep: &NewSweep,
        _jobs: &[NewJob],
        _datasets: &[Dataset],
    ) -> Result<Submission, StoreError> {
        Err(PENDING)
    }

    /// The data set of this identity ([`Dataset::id`]).
    ///
    /// # Errors
    /// The database's; bytes that are no data set.
    pub async fn dataset(&self, _id: &str) -> Result<Option<Dataset>, StoreError> {
        Err(PENDING)
    }

    /// Puts a worker process on record.
    ///
    /// # Errors
    /// The database's.
    pub async fn register_worker(&self, _worker: &WorkerInfo) -> Result<(), StoreError> {
        Err(PENDING)
    }

    /// Workers heard of within the last lease or two, busiest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn live_workers(&self) -> Result<Vec<LiveWorker>, StoreError> {
        Err(PENDING)
    }

    /// Hands out queued jobs, longest expected first. No two workers get the same job.
    ///
    /// # Errors
    /// The database's; parameters that this program can't read.
    pub async fn claim(
        &self,
        _worker: Uuid,
        _request: &ClaimRequest,
    ) -> Result<Vec<Claim>, StoreError> {
        Err(PENDING)
    }

    /// Renews the leases of these attempts and takes back those that were reaped but not yet
    /// claimed by anybody else. A ticket missing from the reply is lost.
    ///
    /// # Errors
    /// The database's; no lease was renewed.
    pub async fn heartbeat(
        &self,
        _worker: Uuid,
        _held: &[Ticket],
        _lease_ms: i64,
    ) -> Result<Vec<Renewal>, StoreError> {
        Err(PENDING)
    }

    /// Takes back jobs whose lease has expired, at most 64; call it before each claim. Returns how
    /// many.
    ///
    /// # Errors
    /// The database's.
    pub async fn reap(&self, _lease_ms: i64) -> Result<u64, StoreError> {
        Err(PENDING)
    }

    /// Records a result and ends its job, in one transaction. May be repeated.
    ///
    /// # Errors
    /// The database's; a job that is not in this database.
    pub async fn complete(
        &self,
        _ticket: &Ticket,
        _result: &RunResult,
        _cost: &RunCost,
    ) -> Result<Finish, StoreError> {
        Err(PENDING)
    }

    /// Records that an attempt failed: the job waits (10 s, doubling, with jitter) and is queued
    /// again, or is dead. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn fail(&self, _ticket: &Ticket, _error: &str) -> Result<bool, StoreError> {
        Err(PENDING)
    }

    /// Gives a job back unfinished, at no cost to its budget of errors and crashes; one that was
    /// cancelled meanwhile ends cancelled. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(
        &self,
        _ticket: &Ticket,
        _checkpoint: Option<&Checkpoint>,
    ) -> Result<bool, StoreError> {
        Err(PENDING)
    }

    /// Replaces the job's checkpoint. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn save_checkpoint(
        &self,
        _ticket: &Ticket,
        _checkpoint: &Checkpoint,
    ) -> Result<bool, StoreError> {
        Err(PENDING)
    }

    /// Lets no more jobs of the sweep be claimed; what runs goes on. Returns 1 if it was active.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn pause(&self, _sweep: &str) -> Result<u64, StoreError> {
        Err(PENDING)
    }

    /// Undoes a pause. Returns 1 if it was paused.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn resume(&self, _sweep: &str) -> Result<u64, StoreError> {
        Err(PENDING)
    }

    /// Cancels every queued job and asks the workers (by their next heartbeat) to stop every
    /// running one. Returns how many jobs that are.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn cancel(&self, _sweep: &str) -> Result<u64, StoreError> {
        Err(PENDING)
    }

    /// Queues every dead or cancelled job again with a fresh budget, and resumes a sweep that had
    /// paused itself. Epochs and checkpoints stay. Returns how many jobs.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn retry(&self, _sweep: &str) -> Result<u64, StoreError> {
        Err(PENDING)
    }

    /// How far one sweep, or every sweep, has come.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn status(&self, _sweep: Option<&str>) -> Result<Vec<SweepStatus>, StoreError> {
        Err(PENDING)
    }

    /// Names of all sweeps, in the order of their submission.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweeps(&self) -> Result<Vec<String>, StoreError> {
        Err(PENDING)
    }

    /// The newest failures of a sweep's unfinished jobs, dead ones first, at most `limit`.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn failures(&self, _sweep: &str, _limit: u32) -> Result<Vec<Failure>, StoreError> {
        Err(PENDING)
    }

    /// A job by its id, as it was planned, and its result's digest, for `reproduce`.
    ///
    /// # Errors
    /// An unknown job; the database's; parameters that this program can't read.
    pub async fn planned_job(&self, _id: &crate::JobId) -> Result<crate::PlannedJob, StoreError> {
        Err(PENDING)
    }

    /// Runs one read-only statement of the user's.
    ///
    /// # Errors
    /// SQL that writes, is more than one statement, or that the database does not understand.
    pub async fn query(&self, _sql: &str) -> Result<Table, StoreError> {
        Err(PENDING)
    }

    /// A whole table or view, for one sweep.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn export_table(&self, _sweep: &str, _view: ExportView) -> Result<Table, StoreError> {
        Err(PENDING)
    }
}
