//! Sweeps: what is submitted, and how far it has come.

use crate::ExclusionRule;

/// A sweep to be planned.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSweep {
    /// Its name, the key in SQL: 1 to 100 of `A-Z a-z 0-9 . _ -`.
    pub name: String,
    /// The sweep file's text, kept for the record.
    pub source: String,
    /// Seed from which every draw and every job's seed derive. Below 2^63.
    pub seed: u64,
    /// Pause the sweep once this many of its jobs are dead.
    pub max_dead: Option<u32>,
    /// A job is dead after this many errors.
    pub max_errors: u32,
    /// A job is dead after its worker was lost this many times.
    pub max_crashes: u32,
    /// Longest an attempt may take, in milliseconds: the worker ends it as a truncated result. A
    /// worker that hangs beyond it by two leases loses the job, which counts as an error.
    pub max_job_ms: Option<i64>,
    /// Which finished runs are left out of summaries, in the order in which the rules are tried.
    pub exclusion_rules: Vec<ExclusionRule>,
}

impl NewSweep {
    /// A sweep with the usual limits and rules: 3 errors, 3 crashes, no circuit breaker, no deadline;
    /// diverged, silent and truncated runs are excluded.
    pub fn new(name: impl Into<String>, source: impl Into<String>, seed: u64) -> Self {
        Self {
            name: name.into(),
            source: source.into(),
            seed,
            max_dead: None,
            max_errors: 3,
            max_crashes: 3,
            max_job_ms: None,
            exclusion_rules: ExclusionRule::defaults(),
        }
    }
}

/// What a submission changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// Jobs that are new.
    pub inserted: u64,
    /// Jobs that were there already, in whatever state.
    pub existing: u64,
    /// Jobs of this sweep in the database that the submission no longer names. They stay.
    pub unnamed: u64,
    /// Results that the exclusion rules now label differently.
    pub relabelled: u64,
}

/// Whether a sweep's jobs may be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepState {
    /// They may.
    Active,
    /// Not until it is resumed; what runs goes on.
    Paused(PauseReason),
}

/// Who paused a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseReason {
    /// The user.
    User,
    /// Itself: `max_dead` jobs are dead. `retry` resumes it.
    MaxDead,
}

/// How far a sweep has come. `queued + running + done + dead + cancelled` is `planned`, and
/// `completed + diverged + silent + truncated` is `done`, always.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepStatus {
    /// The sweep.
    pub name: String,
    /// Whether its jobs may be claimed.
    pub state: SweepState,
    /// All its jobs.
    pub planned: u64,
    /// Jobs waiting for a worker.
    pub queued: u64,
    /// Jobs held by a worker.
    pub running: u64,
    /// Jobs with a result.
    pub done: u64,
    /// Jobs given up.
    pub dead: u64,
    /// Jobs cancelled by the user.
    pub cancelled: u64,
    /// Results whose network took all steps.
    pub completed: u64,
    /// Results whose network diverged.
    pub diverged: u64,
    /// Results whose network fell silent.
    pub silent: u64,
    /// Results that were cut short.
    pub truncated: u64,
    /// Every exclusion rule in the order in which they are tried, with what it excludes.
    pub exclusions: Vec<Exclusion>,
    /// Queued jobs of another model version, which this program can't run.
    pub queued_other_model: u64,
    /// Steps taken by all results.
    pub steps_done: u64,
    /// Time spent by all results, in seconds of one slot.
    pub wall_seconds: f64,
    /// Expected duration of everything queued or running, in seconds of one slot.
    pub remaining_seconds: f64,
    /// How much longer completed jobs took than was expected of them; 1 before any has.
    pub pace: f64,
    /// Workers that hold a job of this sweep under a lease that has not expired.
    pub live_workers: u64,
    /// When it was first submitted, by the database's clock, in milliseconds since 1970.
    pub submitted_at_ms: i64,
}

/// An exclusion rule and what it excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The rule's name, as in column `excluded` of `runs`.
    pub rule: String,
    /// Its condition, for people.
    pub condition: String,
    /// Finished runs that it excludes, and no rule before it.
    pub runs: u64,
}

/// The way of a sweep's jobs from the plan to the analysis. `planned` is `unfinished + dead + cancelled
/// + finished`, `finished` the sum of the four outcomes and also `excluded + analysed`, always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The sweep.
    pub sweep: String,
    /// All its jobs.
    pub planned: u64,
    /// Jobs that wait or run.
    pub unfinished: u64,
    /// Jobs given up.
    pub dead: u64,
    /// Jobs cancelled by the user.
    pub cancelled: u64,
    /// Jobs with a result.
    pub finished: u64,
    /// Results whose network took all steps.
    pub completed: u64,
    /// Results whose network diverged.
    pub diverged: u64,
    /// Results whose network fell silent.
    pub silent: u64,
    /// Results that were cut short.
    pub truncated: u64,
    /// Every exclusion rule in the order in which they are tried, with what it excludes.
    pub exclusions: Vec<Exclusion>,
    /// Results that some rule excludes.
    pub excluded: u64,
    /// Results in means and standard deviations.
    pub analysed: u64,
}

impl SweepStatus {
    /// The way from the plan to the analysis.
    pub fn flow(&self) -> Flow {
        let excluded = self.exclusions.iter().map(|each| each.runs).sum();
        Flow {
            sweep: self.name.clone(),
            planned: self.planned,
            unfinished: self.queued + self.running,
            dead: self.dead,
            cancelled: self.cancelled,
            finished: self.done,
            completed: self.completed,
            diverged: self.diverged,
            silent: self.silent,
            truncated: self.truncated,
            exclusions: self.exclusions.clone(),
            excluded,
            analysed: self.done - excluded,
        }
    }
}

/// The last word on a job that is dead or waits after an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The job.
    pub job_id: crate::JobId,
    /// Its state.
    pub state: String,
    /// Errors so far.
    pub errors: u64,
    /// Lost workers so far.
    pub crashes: u64,
    /// How its last ended attempt ended.
    pub outcome: String,
    /// What that attempt said, if it said anything.
    pub error: Option<String>,
    /// Machine of that attempt.
    pub host: Option<String>,
}
