//! How a simulation ended.

use serde::{Deserialize, Serialize};

/// What the network did. All four are results: none is ever retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All steps were taken.
    Completed,
    /// The normalized loss rose above 10 and above where it started, or stopped being a number.
    Diverged,
    /// No hidden unit was active for any sample.
    Silent,
    /// Stopped early on request, before all steps were taken.
    Truncated,
}

impl Outcome {
    /// The name used in SQL and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Diverged => "diverged",
            Self::Silent => "silent",
            Self::Truncated => "truncated",
        }
    }
}
