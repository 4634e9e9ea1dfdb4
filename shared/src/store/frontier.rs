//! How far down a long queue a store's claims have come.
//!
//! PostgreSQL's index of queued jobs keeps claimed ones until a vacuum, and a claim that begins at the top goes past all of
//! them: 5 ms after 170,000 claims. A store that has claimed many therefore begins where it left off. What is queued again
//! above that place, or submitted, is seen a second later, or as soon as nothing is left below.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Fewer claims are passed in no time that shows.
const CLAIMED_MIN: usize = 256;
/// How long after a look at the whole queue.
const VALID_FOR: Duration = Duration::from_secs(1);

/// A place in the order of claims: a job's expected seconds, and its id.
pub(super) type Place = (f64, String);

/// Where this store's claims have come to, if that is known.
#[derive(Debug, Default)]
pub(super) struct Frontier(Mutex<Option<Mark>>);

#[derive(Debug)]
struct Mark {
    /// Of which sweep's jobs; of all where there is none.
    sweep: Option<String>,
    place: Place,
    claimed: usize,
    /// When a claim last began at the top.
    looked_at: Instant,
}

/// What a claim found.
pub(super) struct Found {
    pub from_the_top: bool,
    pub count: usize,
    /// The last job, if there were as many as were asked for.
    pub last: Option<Place>,
}

impl Frontier {
    /// Where a claim may begin instead of at the top.
    pub fn place(&self, sweep: Option<&str>, now: Instant) -> Option<Place> {
        let mark = self.mark();
        let mark = mark.as_ref()?;
        let recent = now.saturating_duration_since(mark.looked_at) < VALID_FOR;
        let useful = mark.claimed >= CLAIMED_MIN && mark.sweep.as_deref() == sweep;
        (recent && useful).then(|| mark.place.clone())
    }

    /// Takes note of what a claim found.
    pub fn reached(&self, sweep: Option<&str>, found: Found, now: Instant) {
        let mut mark = self.mark();
        let before = mark.take().filter(|mark| mark.sweep.as_deref() == sweep);
        let (claimed, looked_at) = before.map_or((0, now), |mark| (mark.claimed, mark.looked_at));
        *mark = found.last.map(|place| Mark {
            sweep: sweep.map(str::to_owned),
            place,
            claimed: claimed + found.count,
            looked_at: if found.from_the_top { now } else { looked_at },
        });
    }

    fn mark(&self) -> std::sync::MutexGuard<'_, Option<Mark>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(from_the_top: bool, count: usize, last: Option<f64>) -> Found {
        Found {
            from_the_top,
            count,
            last: last.map(|seconds| (seconds, "a".to_owned())),
        }
    }

    #[test]
    fn claims_go_on_where_they_left_off_after_many_and_for_a_second() {
        let (frontier, start) = (Frontier::default(), Instant::now());
        let later = |ms| start + Duration::from_millis(ms);
        assert_eq!(frontier.place(None, start), None);
        frontier.reached(None, found(true, CLAIMED_MIN - 1, Some(9.0)), start);
        assert_eq!(frontier.place(None, start), None, "not yet many");
        frontier.reached(None, found(true, 1, Some(8.0)), later(100));
        let place = Some((8.0, "a".to_owned()));
        assert_eq!(frontier.place(None, later(1_099)), place);
        assert_eq!(frontier.place(Some("other"), later(1_099)), None);
        // What was found below says nothing of the top.
        frontier.reached(None, found(false, 1, Some(7.0)), later(1_099));
        assert_eq!(frontier.place(None, later(1_100)), None);
        frontier.reached(None, found(true, 1, Some(6.0)), later(1_200));
        assert!(frontier.place(None, later(2_100)).is_some());
    }

    #[test]
    fn where_a_queue_ends_or_another_begins_nothing_is_known() {
        let (frontier, now) = (Frontier::default(), Instant::now());
        frontier.reached(None, found(true, 1_000, Some(9.0)), now);
        frontier.reached(None, found(false, 3, None), now);
        assert_eq!(frontier.place(None, now), None);
        frontier.reached(Some("a"), found(true, 1_000, Some(9.0)), now);
        frontier.reached(Some("b"), found(true, 1, Some(9.0)), now);
        assert_eq!(frontier.place(Some("b"), now), None);
    }
}
