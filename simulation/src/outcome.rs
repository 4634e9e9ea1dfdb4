//! How a simulation ended.

use serde::{Deserialize, Serialize};

/// What the network did. All four are results: none is ever retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All steps were taken.
    Completed,
    /// After the first hundred steps the normalized loss exceeded 10 and where it started, or at any step
    /// it stopped being a number.
    Diverged,
    /// No hidden unit was active for any sample.
    Silent,
    /// Stopped early on request, before all steps were taken.
    Truncated,
}

impl Outcome {
    /// All names, in the order of declaration.
    pub const NAMES: [&'static str; 4] = ["completed", "diverged", "silent", "truncated"];

    /// The name used in SQL and in JSON.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}
