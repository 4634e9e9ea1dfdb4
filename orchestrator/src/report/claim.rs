//! What the paper says, and whether these runs say it too.

/// A qualitative claim, tried on the runs of a figure.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// The claim, as a sentence.
    pub claim: &'static str,
    pub verdict: Verdict,
    /// The numbers that decide, and the bound that they are held against.
    pub statistic: String,
}

/// Whether a claim held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Held,
    Failed,
    /// Too few runs to tell.
    Open,
}

/// Runs of each side below which no verdict is given.
pub(crate) const RUNS_MIN: usize = 3;

impl Verdict {
    /// Of a comparison between samples of these sizes.
    pub fn of(held: bool, samples: &[usize]) -> Self {
        if samples.iter().any(|n| *n < RUNS_MIN) {
            Self::Open
        } else if held {
            Self::Held
        } else {
            Self::Failed
        }
    }

    /// As the page prints it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failed => "did not hold",
            Self::Open => "too few runs",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_runs_decide_nothing() {
        assert_eq!(Verdict::of(true, &[2, 50]), Verdict::Open);
        assert_eq!(Verdict::of(true, &[3, 50]), Verdict::Held);
        assert_eq!(Verdict::of(false, &[3]), Verdict::Failed);
    }
}
