//! When eigenvalues are worth their cost. The cost is counted by the fixed formulas below, in about the
//! nanoseconds of a fast core, and never timed: the same parameters give the same snapshots everywhere.

use std::ops::Range;

use crate::summary::{averaged, early};
use crate::{Algorithm, Parameters, Precision, Reductions, ValidParameters};

/// Nanoseconds for the third power of a matrix's order.
const NS_PER_CUBE: f64 = 0.06;

/// The most that the eigenvalues of a run may cost, as the sum of the third powers of their matrices' orders;
/// infinite without a limit. For what a job will cost.
pub fn hessian_cubes_max(parameters: &ValidParameters) -> f64 {
    limit_ns(parameters).map_or(f64::INFINITY, |limit| limit / NS_PER_CUBE)
}

/// A share of the whole training.
fn limit_ns(parameters: &ValidParameters) -> Option<f64> {
    let training = parameters.steps as f64 * step_ns(parameters);
    parameters.hessian_cost_max.map(|share| share * training)
}

/// What eigenvalues have cost, against what they may, and who has them first.
///
/// The published summaries compare the first ten snapshots with the last ten but one. So no snapshot takes what
/// the last ten will need, and of the first ten all have eigenvalues or, but for the very first, none:
/// taking the order of their matrices, which falls as units fall silent, to stay what it is.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    /// None if there is no limit.
    limit_ns: Option<f64>,
    spent_ns: f64,
    early: usize,
    late: Range<usize>,
}

impl Budget {
    /// For a run with so many snapshots.
    pub fn new(parameters: &ValidParameters, snapshots: usize) -> Self {
        Self {
            limit_ns: limit_ns(parameters),
            spent_ns: 0.0,
            early: early(snapshots),
            late: averaged(snapshots.max(1)),
        }
    }

    /// Whether the matrix of this snapshot, of this order, may be solved. If it may, it is paid for.
    pub fn affords(&mut self, snapshot: usize, order: usize) -> bool {
        let cost = matrix_ns(order);
        let reserved = cost * self.reserved(snapshot) as f64;
        let spent = self.spent_ns + cost;
        let affordable = self.limit_ns.is_none_or(|limit| spent + reserved <= limit);
        if affordable {
            self.spent_ns = spent;
        }
        affordable
    }

    /// Number of later snapshots that have eigenvalues before this one has.
    fn reserved(&self, snapshot: usize) -> usize {
        match snapshot {
            // A run's curve has a start if it has an end.
            0 => 1,
            index if index < self.early => self.early - 1 - index + self.late.len(),
            index if index < self.late.start => self.late.len(),
            _ => 0,
        }
    }

    pub fn spent_ns(&self) -> f64 {
        self.spent_ns
    }

    pub fn set_spent_ns(&mut self, spent_ns: f64) {
        self.spent_ns = spent_ns;
    }
}

fn matrix_ns(order: usize) -> f64 {
    NS_PER_CUBE * (order as f64) * (order as f64) * (order as f64)
}

/// A training step with all units active: its multiplications, its random numbers, a fixed part.
fn step_ns(parameters: &ValidParameters) -> f64 {
    const NS: f64 = 100.0;
    const NS_PER_NORMAL: f64 = 0.12;
    const NS_PER_MOMENTS: f64 = 0.25;

    let p: &Parameters = parameters;
    let samples = f64::from(p.n_samples);
    let units = f64::from(p.hidden_units.next_multiple_of(16));
    let outputs = f64::from(p.output_dim);
    let spanned = p.precision == Precision::F32
        && p.reductions == Reductions::Auto
        && p.algorithm != Algorithm::Adam
        && p.input_noise == 0.0;
    let inputs = match spanned {
        true => f64::from(p.n_samples.min(p.input_dim + 1)),
        false => f64::from(p.input_dim + 1),
    };
    let weights = units * (inputs + outputs);
    let products = samples
        * units
        * match p.algorithm {
            Algorithm::Sed => 2.0 * (inputs + outputs),
            _ => 2.0 * inputs + 3.0 * outputs,
        };
    let moments = match p.algorithm {
        Algorithm::Adam => NS_PER_MOMENTS * weights,
        _ => 0.0,
    };
    let noisy = p.update_noise > 0.0 || p.algorithm == Algorithm::Sed;
    let normals = if noisy { NS_PER_NORMAL * weights } else { 0.0 };
    let ns_per_product = match p.precision {
        Precision::F32 => 0.0075,
        Precision::F64 => 0.5,
    };
    NS + ns_per_product * products + moments + normals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(hessian_cost_max: Option<f64>) -> ValidParameters {
        let parameters = Parameters {
            update_noise: 0.03,
            n_samples: 5,
            input_dim: 20,
            output_dim: 5,
            hessian_cost_max,
            ..Parameters::default()
        };
        parameters.check().unwrap()
    }

    /// Which of 101 snapshots have eigenvalues of a matrix of that order.
    fn afforded(share: f64, order: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut budget = Budget::new(&parameters(Some(share)), 101);
        let afforded = (0..101).filter(|&k| budget.affords(k, order(k)));
        let afforded: Vec<usize> = afforded.collect();
        let spent: f64 = afforded.iter().map(|&k| matrix_ns(order(k))).sum();
        assert!((budget.spent_ns() - spent).abs() <= 1e-9 * spent);
        assert!(budget.spent_ns() <= share * 1e6 * step_ns(&parameters(None)));
        afforded
    }

    #[test]
    fn a_step_costs_about_what_was_measured() {
        // 0.311 us on the core of the README.
        let ns = step_ns(&parameters(None));
        assert!((250.0..400.0).contains(&ns), "{ns}");
    }

    #[test]
    fn what_summaries_are_made_of_comes_first() {
        // A matrix of order 525 costs 8.7 ms, a fifth of a million steps 66 ms: seven of them.
        assert_eq!(afforded(0.2, |_| 525), [0, 90, 91, 92, 93, 94, 95]);
        // Thirty: the first ten, the last ten but one, and ten that are next.
        let expected: Vec<usize> = (0..20).chain(90..100).collect();
        assert_eq!(afforded(0.78, |_| 525), expected);
        // As units fall silent, matrices become small enough for all that is left.
        let falling = afforded(0.2, |k| if k < 50 { 525 } else { 100 });
        let expected: Vec<usize> = [0].into_iter().chain(50..101).collect();
        assert_eq!(falling, expected);
    }

    #[test]
    fn without_a_limit_everything_is_affordable() {
        assert!(Budget::new(&parameters(None), 101).affords(50, 4_000));
        let mut none = Budget::new(&parameters(Some(0.0)), 101);
        assert!((0..101).all(|k| !none.affords(k, 10)));
        assert_eq!(none.spent_ns(), 0.0);
    }
}
