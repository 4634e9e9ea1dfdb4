//! What a user may do to every job at once.

use super::{Model, Pause};
use crate::guard::Guard;
use crate::queue::State;

impl Model {
    pub(super) fn cancel(&mut self) -> u64 {
        let mut changed = 0;
        let attempts = &self.attempts;
        for job in self.jobs.values_mut() {
            let newest = attempts.get(&(job.view.id.clone(), job.view.epoch));
            let presumed = newest.is_some_and(|attempt| {
                matches!(attempt.outcome, Some("lease_expired" | "timeout"))
            });
            match job.view.state {
                // Its worker may be alive after all, and may not take it back.
                State::Dead if presumed => {
                    job.view.epoch += 1;
                    continue;
                }
                State::Queued => {
                    job.view.state = State::Cancelled;
                    job.view.epoch += 1;
                }
                State::Running if !job.view.cancel_requested => job.view.cancel_requested = true,
                _ => continue,
            }
            changed += 1;
        }
        changed
    }

    pub(super) fn retry(&mut self) -> u64 {
        let (now, keep) = (self.now_ms, self.has(Guard::RetryKeepsEpoch));
        let mut changed = 0;
        for job in self.jobs.values_mut() {
            if matches!(job.view.state, State::Dead | State::Cancelled) {
                job.view.state = State::Queued;
                job.view.epoch = if keep { job.view.epoch + 1 } else { 0 };
                (job.view.errors, job.view.crashes, job.stalls) = (0, 0, 0);
                job.view.cancel_requested = false;
                job.available_ms = (now, now);
                changed += 1;
            }
        }
        if self.paused == Some(Pause::MaxDead) {
            self.paused = None;
        }
        changed
    }
}
