//! Jobs that their workers lost, and what that costs.

use shared::JobId;

use super::{Job, Model, Pause, id_of};
use crate::guard::Guard;
use crate::queue::{LEASE_MS, State};

impl Model {
    /// The state of a job whose attempt was lost or failed.
    pub(super) fn after(job: &Job, count: i64, limit: u32) -> State {
        if job.view.cancel_requested {
            State::Cancelled
        } else if count >= i64::from(limit) {
            State::Dead
        } else {
            State::Queued
        }
    }

    pub(super) fn expire_leases(&mut self) -> u64 {
        let now = self.now_ms;
        let running = |job: &&Job| job.view.state == State::Running;
        let held = self.jobs.values().filter(running).count();
        let late = |job: &&Job| running(job) && job.lease_until_ms < now;
        let expired = self.jobs.values().filter(late).count();
        let few = held < 4 || expired * 2 <= held;
        let unchecked = !self.has(Guard::ReapChecksLease);
        let silent = |job: &&Job| {
            running(job) && (unchecked || late(job) && (few || job.lease_until_ms < now - LEASE_MS))
        };
        let lost: Vec<JobId> = self.jobs.values().filter(silent).map(id_of).collect();
        self.lose(&lost, true);
        lost.len() as u64
    }

    /// Takes jobs from workers that are gone.
    pub(super) fn lose(&mut self, lost: &[JobId], as_crash: bool) {
        let (now, limit) = (self.now_ms, self.limits.max_crashes);
        for id in lost {
            let job = self.job(id);
            let delay = match job.view.crashes {
                0 => 0,
                _ if !as_crash => 0,
                crashes => (10_000 << (crashes - 1)).min(600_000),
            };
            let epoch = job.view.epoch;
            job.view.epoch += i64::from(job.view.cancel_requested);
            if as_crash {
                job.view.crashes += 1;
                job.view.state = Self::after(job, job.view.crashes, limit);
            } else {
                job.view.preemptions += 1;
                job.view.state = Self::after(job, 0, 1);
            }
            job.owner = None;
            job.available_ms = (now + delay / 2, now + delay + delay / 2);
            let outcome = if as_crash {
                "lease_expired"
            } else {
                "released"
            };
            let died = job.view.state == State::Dead;
            self.end_attempt(id, epoch, outcome);
            if died {
                self.trip_breaker();
            }
        }
    }

    pub(super) fn expire_deadlines(&mut self) -> u64 {
        let now = self.now_ms;
        let overdue = |job: &&Job| {
            let late = job.deadline_ms.is_some_and(|limit| limit < now);
            job.view.state == State::Running && late && job.lease_until_ms >= now
        };
        let lost: Vec<JobId> = self.jobs.values().filter(overdue).map(id_of).collect();
        for id in &lost {
            // Only a cancelled job's epoch is raised: nobody wants its result any more.
            let raise = i64::from(self.job(id).view.cancel_requested);
            self.count_error(id, "timeout", raise);
        }
        lost.len() as u64
    }

    pub(super) fn count_error(&mut self, id: &JobId, outcome: &'static str, raise: i64) {
        let (now, limit) = (self.now_ms, self.limits.max_errors);
        let job = self.job(id);
        let delay = 10_000 << job.view.errors;
        let epoch = job.view.epoch;
        job.view.errors += 1;
        job.view.epoch += raise;
        job.view.state = Self::after(job, job.view.errors, limit);
        job.owner = None;
        job.available_ms = (now + delay / 2, now + delay + delay / 2);
        let died = job.view.state == State::Dead;
        self.end_attempt(id, epoch, outcome);
        if died {
            self.trip_breaker();
        }
    }

    /// Called after each death, and only then: a user may resume in spite of the dead.
    pub(super) fn trip_breaker(&mut self) {
        let dead = |job: &&Job| job.view.state == State::Dead;
        let dead = self.jobs.values().filter(dead).count();
        let over = |limit| dead >= limit as usize;
        if self.paused.is_none() && self.limits.max_dead.is_some_and(over) {
            self.paused = Some(Pause::MaxDead);
        }
    }
}
