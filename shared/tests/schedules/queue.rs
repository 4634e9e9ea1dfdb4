//! What a schedule needs of a queue, whether it is the model or a database.

use shared::{Finish, JobId, Renewal, Ticket};
use uuid::Uuid;

/// Length of a lease, in milliseconds. The clock moves in whole steps of ten seconds, and every
/// limit lies just below such a step: a database's own seconds can't turn a verdict.
pub const LEASE_MS: i64 = 99_000;
/// Longest attempt, in sweeps that limit it. Jobs are lost two leases later.
pub const MAX_JOB_MS: i64 = 401_000;
/// A database's schedule may take this long by a real clock before its verdicts are in doubt.
pub const SLACK_MS: i64 = 7_000;

/// What is wrong, in words.
#[derive(Debug)]
pub struct Violation(pub String);

pub type Checked<T> = Result<T, Violation>;

/// Fails the schedule unless `holds`.
pub fn demand(holds: bool, what: impl FnOnce() -> String) -> Checked<()> {
    if holds {
        Ok(())
    } else {
        Err(Violation(what()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Queued,
    Running,
    Done,
    Dead,
    Cancelled,
}

impl State {
    pub fn is_end(self) -> bool {
        matches!(self, Self::Done | Self::Dead | Self::Cancelled)
    }
}

/// A job as anybody can see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    pub id: JobId,
    pub state: State,
    pub epoch: i64,
    pub attempts: i64,
    pub errors: i64,
    pub crashes: i64,
    pub preemptions: i64,
    pub cancel_requested: bool,
    /// Epoch and digest.
    pub result: Option<(i64, String)>,
}

/// An attempt as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptView {
    pub ticket: Ticket,
    pub outcome: Option<String>,
    pub digest: Option<String>,
}

/// What a user does to a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steer {
    Pause,
    Resume,
    Cancel,
    Retry,
}

/// The sweep's limits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub max_errors: u32,
    pub max_crashes: u32,
    pub max_dead: Option<u32>,
    pub max_job_ms: Option<i64>,
}

/// The digest by which an attempt's result can be told from every other's.
pub fn digest_of(ticket: &Ticket) -> String {
    format!("{}-{}-{}", ticket.job_id, ticket.epoch, ticket.worker)
}

pub trait Queue {
    async fn claim(&mut self, worker: Uuid, limit: u32) -> Checked<Vec<Ticket>>;
    async fn heartbeat(&mut self, worker: Uuid, held: &[Ticket]) -> Checked<Vec<Renewal>>;
    async fn reap(&mut self) -> Checked<u64>;
    async fn abandon(&mut self, worker: Uuid, as_crash: bool) -> Checked<u64>;
    async fn complete(&mut self, ticket: &Ticket) -> Checked<Finish>;
    async fn fail(&mut self, ticket: &Ticket) -> Checked<bool>;
    async fn release(&mut self, ticket: &Ticket) -> Checked<bool>;
    async fn steer(&mut self, steer: Steer) -> Checked<u64>;
    async fn advance(&mut self, by_ms: i64) -> Checked<()>;
    /// Keeps a copy of everything, to be restored from.
    async fn keep(&mut self) -> Checked<()>;
    /// Restores the copy that was kept last. The clock goes on.
    async fn restore(&mut self) -> Checked<()>;
    /// Every job, by id.
    async fn jobs(&mut self) -> Checked<Vec<JobView>>;
    /// Every attempt, by job and epoch.
    async fn attempts(&mut self) -> Checked<Vec<AttemptView>>;
}
