//! How much may be claimed ahead of a free slot.
//!
//! Jobs of milliseconds must not wait for the database, so that a worker holds some in advance. A job that waits
//! behind others here is one that nobody else can begin, so that only short ones are, and little of them.

use std::time::Duration;

/// Work held for a slot: enough that jobs of milliseconds don't wait for the database, and none when
/// jobs take longer than this.
const CLAIM_AHEAD: Duration = Duration::from_millis(500);
/// Most jobs held for one slot.
const HELD_PER_SLOT_MAX: usize = 64;

/// What to claim beyond one job a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ahead {
    /// Most jobs.
    pub limit: usize,
    /// Longest estimate of each, in seconds of the estimates.
    pub longest_seconds: f64,
}

/// How long jobs take here, against what was expected of them.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Running means, in seconds, of what finished jobs were expected to take and what they took.
    finished: Option<(f64, f64)>,
    /// Where the queue stands: the shortest estimate of the last claim. Longer ones are handed out first.
    last_estimate: Option<f64>,
}

impl Pace {
    /// A job ended here.
    pub fn finished(&mut self, estimated_seconds: f64, wall_seconds: f64) {
        let (estimated, wall) = self.finished.unwrap_or((estimated_seconds, wall_seconds));
        self.finished = Some((
            0.8 * estimated + 0.2 * estimated_seconds,
            0.8 * wall + 0.2 * wall_seconds,
        ));
    }

    /// Jobs were claimed.
    pub fn claimed(&mut self, estimates: impl Iterator<Item = f64>) {
        if let Some(shortest) = estimates.reduce(f64::min) {
            self.last_estimate = Some(shortest);
        }
    }

    /// How long a job takes here, by its estimate.
    pub fn expected(&self, estimated_seconds: f64) -> Duration {
        let scale = self
            .finished
            .map_or(1.0, |(estimated, wall)| wall / estimated.max(1e-6));
        Duration::try_from_secs_f64(estimated_seconds * scale).unwrap_or(Duration::MAX)
    }

    /// What to claim ahead, when `held` jobs are held that take `expected` of slot time. Nothing before the
    /// first job has shown how long they take.
    pub fn ahead(&self, slots: usize, held: usize, expected: Duration) -> Option<Ahead> {
        self.finished?;
        let longest_seconds = self.last_estimate?;
        let each = self.expected(longest_seconds);
        let slots = u32::try_from(slots).unwrap_or(u32::MAX);
        let wanted = CLAIM_AHEAD.saturating_mul(slots);
        // A claim for a few jobs costs as much as one for many: wait until half are used up.
        if each > CLAIM_AHEAD || expected > wanted / 2 {
            return None;
        }
        let room = (wanted - expected).as_secs_f64() / each.as_secs_f64().max(1e-6);
        let most = (HELD_PER_SLOT_MAX * slots as usize).saturating_sub(held);
        let limit = (room as usize).min(most);
        (limit > 0).then_some(Ahead {
            limit,
            longest_seconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After many jobs that took as long as expected.
    fn steady(seconds: f64) -> Pace {
        let mut pace = Pace::default();
        pace.finished(seconds, seconds);
        pace.claimed([seconds].into_iter());
        pace
    }

    #[test]
    fn nothing_is_claimed_ahead_of_jobs_nobody_has_seen() {
        let mut pace = Pace::default();
        pace.claimed([0.001].into_iter());
        assert_eq!(pace.ahead(4, 0, Duration::ZERO), None);
    }

    #[test]
    fn short_jobs_are_claimed_for_half_a_second_a_slot() {
        let pace = steady(0.01);
        let ahead = pace.ahead(2, 0, Duration::ZERO).expect("room");
        assert_eq!((ahead.limit, ahead.longest_seconds), (100, 0.01));
        let half = pace.ahead(2, 50, Duration::from_millis(500));
        assert_eq!(half.map(|ahead| ahead.limit), Some(50));
        assert_eq!(pace.ahead(2, 51, Duration::from_millis(510)), None);
        // However short they are.
        let pace = steady(1e-5);
        let ahead = pace.ahead(2, 8, Duration::ZERO).expect("room");
        assert_eq!(ahead.limit, 120);
    }

    #[test]
    fn long_jobs_are_not_claimed_ahead_however_short_those_before_were() {
        let mut pace = steady(0.01);
        // The claim's bound keeps a longer sweep's jobs away; once one was claimed, nothing goes ahead.
        let ahead = pace.ahead(1, 1, Duration::from_millis(10)).expect("room");
        assert!(ahead.longest_seconds <= 0.01);
        for long in [0.6, 3_600.0] {
            pace.claimed([long].into_iter());
            assert_eq!(pace.ahead(8, 0, Duration::ZERO), None, "{long} s");
        }
    }

    #[test]
    fn nothing_is_claimed_ahead_behind_a_long_job() {
        assert_eq!(steady(0.01).ahead(1, 1, Duration::from_hours(1)), None);
    }

    #[test]
    fn estimates_are_scaled_to_what_jobs_take_here() {
        let mut pace = Pace::default();
        pace.finished(2.0, 0.02);
        pace.claimed([1.0].into_iter());
        assert_eq!(pace.expected(1.0), Duration::from_millis(10));
        assert_eq!(
            pace.ahead(1, 0, Duration::ZERO).map(|ahead| ahead.limit),
            Some(50)
        );
    }
}
