//! Noticing that the machine slept.

use std::sync::Mutex;
use std::time::Instant;

/// Compares the database's clock with one that stands still while the machine is suspended. On
/// waking, every lease looks expired although nobody was away.
#[derive(Debug, Default)]
pub(super) struct ClockWatch(Mutex<Option<Reading>>);

#[derive(Clone, Copy, Debug)]
struct Reading {
    monotonic: Instant,
    database_ms: i64,
    /// Nobody is reaped before this time of the database's clock.
    grace_until_ms: i64,
}

impl ClockWatch {
    /// Takes a reading; returns whether leases may be judged now.
    pub fn may_reap(&self, monotonic: Instant, database_ms: i64, lease_ms: i64) -> bool {
        let mut last = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut grace_until_ms = i64::MIN;
        if let Some(last) = *last {
            grace_until_ms = last.grace_until_ms;
            let passed = monotonic.saturating_duration_since(last.monotonic);
            let passed_ms = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
            let jumped_ms = (database_ms - last.database_ms).saturating_sub(passed_ms);
            if jumped_ms > lease_ms / 2 {
                grace_until_ms = database_ms + lease_ms;
                tracing::warn!(
                    jump_ms = jumped_ms,
                    lease_ms,
                    "the clock jumped; leases get one more length"
                );
            }
        }
        *last = Some(Reading {
            monotonic,
            database_ms,
            grace_until_ms,
        });
        database_ms >= grace_until_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn after_a_sleep_leases_get_one_more_length() {
        let watch = ClockWatch::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(watch.may_reap(start, 0, 90_000));
        assert!(watch.may_reap(after(10), 10_000, 90_000));
        // The machine sleeps for an hour: the monotonic clock does not count it.
        assert!(!watch.may_reap(after(20), 3_620_000, 90_000));
        assert!(!watch.may_reap(after(60), 3_660_000, 90_000));
        assert!(watch.may_reap(after(111), 3_711_000, 90_000));
    }

    #[test]
    fn a_slow_poll_is_no_jump() {
        let watch = ClockWatch::default();
        let start = Instant::now();
        assert!(watch.may_reap(start, 0, 90_000));
        assert!(watch.may_reap(start + Duration::from_secs(3_600), 3_600_000, 90_000));
    }
}
