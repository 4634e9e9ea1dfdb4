//! Counters that a progress display reads while simulations run.

use std::sync::atomic::{AtomicU64, Ordering};

/// Estimated seconds are kept in whole microseconds, so that they can be added atomically.
const PER_SECOND: f64 = 1e6;

/// What this worker has done so far. Simulations add to it a few times a second, never per step.
#[derive(Debug, Default)]
pub struct Progress {
    steps: AtomicU64,
    jobs_recorded: AtomicU64,
    jobs_running: AtomicU64,
    jobs_failed: AtomicU64,
    estimated_done: AtomicU64,
    estimated_finished: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Training steps taken.
    pub steps: u64,
    /// Results this worker recorded.
    pub jobs_recorded: u64,
    /// Jobs it holds.
    pub jobs_running: u64,
    /// Attempts that ended in an error.
    pub jobs_failed: u64,
    /// Work done, in the seconds that the jobs were estimated to take.
    pub estimated_seconds_done: f64,
    /// The part of it that belongs to finished simulations.
    pub estimated_seconds_finished: f64,
}

impl Progress {
    /// Reads all counters.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            steps: self.steps.load(Ordering::Relaxed),
            jobs_recorded: self.jobs_recorded.load(Ordering::Relaxed),
            jobs_running: self.jobs_running.load(Ordering::Relaxed),
            jobs_failed: self.jobs_failed.load(Ordering::Relaxed),
            estimated_seconds_done: seconds(&self.estimated_done),
            estimated_seconds_finished: seconds(&self.estimated_finished),
        }
    }

    pub(crate) fn add_steps(&self, count: u64, estimated_seconds: f64) {
        self.steps.fetch_add(count, Ordering::Relaxed);
        self.estimated_done
            .fetch_add((estimated_seconds * PER_SECOND) as u64, Ordering::Relaxed);
    }

    /// A simulation ended; one that diverged early has the rest of its estimate behind it too.
    pub(crate) fn add_finished(&self, estimated_seconds: f64, share_done: f64) {
        let (whole, rest) = (estimated_seconds, estimated_seconds * (1.0 - share_done));
        self.estimated_done
            .fetch_add((rest * PER_SECOND) as u64, Ordering::Relaxed);
        self.estimated_finished
            .fetch_add((whole * PER_SECOND) as u64, Ordering::Relaxed);
    }

    pub(crate) fn add_recorded(&self) {
        self.jobs_recorded.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_failed(&self) {
        self.jobs_failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_running(&self, count: usize) {
        self.jobs_running.store(count as u64, Ordering::Relaxed);
    }
}

fn seconds(counter: &AtomicU64) -> f64 {
    counter.load(Ordering::Relaxed) as f64 / PER_SECOND
}
