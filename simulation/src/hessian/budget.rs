//! When eigenvalues are worth their cost. The cost is counted by the fixed formulas below, in about the
//! nanoseconds of a fast core, and never timed: the same parameters give the same snapshots everywhere.

use crate::{Algorithm, Parameters, Precision, Reductions, ValidParameters};

/// Nanoseconds for the third power of a matrix's order.
const NS_PER_CUBE: f64 = 0.1;

/// The most that the eigenvalues of a run may cost but for its first and last snapshot, as the sum of the third
/// powers of their matrices' orders; infinite without a limit. For what a job will cost.
pub fn hessian_cubes_max(parameters: &ValidParameters) -> f64 {
    let training = parameters.steps as f64 * step_ns(parameters);
    let share = parameters.hessian_cost_max;
    share.map_or(f64::INFINITY, |share| share * training / NS_PER_CUBE)
}

/// What eigenvalues have cost, against what they may. Those of the first and the last snapshot, which are had
/// whatever they cost, don't count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Share of the training's cost; none if there is no limit.
    share: Option<f64>,
    step_ns: f64,
    spent_ns: f64,
}

impl Budget {
    pub fn new(parameters: &ValidParameters) -> Self {
        Self {
            share: parameters.hessian_cost_max,
            step_ns: step_ns(parameters),
            spent_ns: 0.0,
        }
    }

    /// Whether a matrix of this order may be solved after so many steps. If it may, it is paid for.
    pub fn affords(&mut self, steps: u64, order: usize) -> bool {
        let spent = self.spent_ns + matrix_ns(order);
        let affordable = self
            .share
            .is_none_or(|share| spent <= share * self.step_ns * steps as f64);
        if affordable {
            self.spent_ns = spent;
        }
        affordable
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

    fn budget(share: Option<f64>) -> Budget {
        let parameters = Parameters {
            update_noise: 0.03,
            n_samples: 5,
            input_dim: 20,
            output_dim: 5,
            hessian_snapshots: 101,
            hessian_cost_max: share,
            ..Parameters::default()
        };
        Budget::new(&parameters.check().unwrap())
    }

    #[test]
    fn a_step_costs_about_what_was_measured() {
        // 0.311 us on the core of the README.
        let ns = budget(None).step_ns;
        assert!((250.0..400.0).contains(&ns), "{ns}");
    }

    #[test]
    fn no_more_is_spent_than_the_share() {
        let mut budget = budget(Some(0.2));
        // A matrix of order 525 costs 14.5 ms; a step about a third of a microsecond.
        let snapshots = (1..=100).filter(|k| budget.affords(k * 10_000, 525));
        let count = snapshots.count();
        let spent = count as f64 * matrix_ns(525);
        let most = 0.2 * budget.step_ns * 1e6;
        assert_eq!(budget.spent_ns(), spent);
        assert!(spent <= most && most < spent + matrix_ns(525), "{count}");
        // Smaller matrices are had more often.
        let small = (1..=100).filter(|k| budget.affords(1_000_000 + k * 10_000, 100));
        assert!(small.count() > count);
    }

    #[test]
    fn without_a_limit_everything_is_affordable() {
        assert!(budget(None).affords(0, 4_000));
        let mut none = budget(Some(0.0));
        assert!(!none.affords(1_000_000, 10));
        assert_eq!(none.spent_ns(), 0.0);
    }
}
