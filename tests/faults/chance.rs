//! Seeded moments and choices: a failure can be played again.

use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Lets time pass: a fault comes at a moment that nothing announces, and lasts for a time of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "what is waited for elsewhere is an event"
)]
pub fn pass(time: Duration) {
    std::thread::sleep(time);
}

/// A stream of choices.
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    /// A time from `from_ms` to less than `to_ms`.
    pub fn between_ms(&mut self, from_ms: u64, to_ms: u64) -> Duration {
        Duration::from_millis(from_ms + self.below(to_ms - from_ms))
    }
}
