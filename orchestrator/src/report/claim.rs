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

/// Spearman's correlation with time from which on a course counts as a rise, and below its negative as a
/// fall: steady on average, whatever its fluctuations.
pub(crate) const TREND_MIN: f64 = 0.8;

impl Verdict {
    /// Of what a single run may tell, where the paper shows a single one: held if it is so in all of some.
    pub fn in_all(held: usize, of: usize) -> Self {
        match of {
            0 => Self::Open,
            _ if held == of => Self::Held,
            _ => Self::Failed,
        }
    }

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
        let verdicts = [(0, 0), (1, 1), (1, 2)].map(|(held, of)| Verdict::in_all(held, of));
        assert_eq!(verdicts, [Verdict::Open, Verdict::Held, Verdict::Failed]);
    }
}
