//! What a job's time is made of.

use simulation::{
    Algorithm, NoiseType, Precision, Reductions, UpdateNoiseTarget, ValidParameters,
    hessian_cubes_max, snapshot_order,
};

/// Jobs whose steps cost alike: one set of coefficients each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gradient descent with noise on the weights' way: its silent units fall asleep.
    SgdNoisy,
    /// Gradient descent without: its silent units freeze.
    SgdQuiet,
    /// Adam with update noise.
    AdamNoisy,
    /// Adam without.
    AdamQuiet,
    /// Stochastic error descent.
    Sed,
    /// The float64 reference, whatever the algorithm.
    F64,
}

/// Number of [`Kind`]s.
pub const KINDS: usize = 6;

/// Number of terms.
pub const TERMS: usize = 7;

/// Hidden units are padded to whole vectors.
const LANES: u32 = 16;

/// Steps that a copy descends before it is measured, where that is asked for; roughly.
const DESCENT_STEPS: f64 = 5_000.0;

/// A job's kind and its terms: steps; multiplications of training; weights' updates; residuals;
/// multiplications of measuring; measurements; cubes of the Hessian's order.
pub fn terms(p: &ValidParameters) -> (Kind, [f64; TERMS]) {
    if p.algorithm == Algorithm::SimilarityMatching {
        return (Kind::F64, ring_terms(p));
    }
    let kind = kind(p);
    let steps = p.steps as f64;
    let (samples, outputs) = (f64::from(p.n_samples), f64::from(p.output_dim));
    let units = f64::from(match kind {
        Kind::F64 => p.hidden_units,
        _ => p.hidden_units.next_multiple_of(LANES),
    });
    let inputs = f64::from(p.input_dim + 1);
    let rows = if spans(p) {
        inputs.min(samples)
    } else {
        inputs
    };
    let multiplications = match p.algorithm {
        Algorithm::Sed => 2.0 * samples * units * (rows + outputs),
        _ => samples * units * (2.0 * rows + 3.0 * outputs),
    };
    let awake = mean_share_awake(p);
    let measured = f64::from(p.linear_measurements + p.logarithmic_measurements).min(steps);
    let hessians = f64::from(p.hessian_snapshots).min(steps);
    let order = hessian_share(p) * snapshot_order(p) as f64;
    let cube = order * order * order;
    let cubes = (hessians * cube).min(hessian_cubes_max(p));
    let steps = if p.measure_on_manifold {
        steps + measured * DESCENT_STEPS
    } else {
        steps
    };
    let terms = [
        steps,
        steps * awake * multiplications,
        steps * awake * units * (rows + outputs),
        steps * samples * outputs,
        measured * samples * units * (rows + outputs),
        measured,
        cubes,
    ];
    (kind, terms)
}

/// On the ring, units settle once for a step and once for each of 250 probes. In terms of the reference's
/// multiplications, which are slower, settling takes about so many for each pair of units.
fn ring_terms(p: &ValidParameters) -> [f64; TERMS] {
    const MULTIPLICATIONS: f64 = 45.0;
    const PROBES: f64 = 250.0;

    let steps = p.steps as f64;
    let snapshots = p.linear_measurements + p.logarithmic_measurements + p.unit_activity_snapshots;
    let units = f64::from(p.hidden_units);
    let mut terms = [0.0; TERMS];
    terms[0] = steps;
    terms[1] = (steps + PROBES * f64::from(snapshots).min(steps)) * MULTIPLICATIONS * units * units;
    terms
}

fn kind(p: &ValidParameters) -> Kind {
    match (p.precision, p.algorithm, p.update_noise > 0.0) {
        (Precision::F64, _, _) | (_, Algorithm::SimilarityMatching, _) => Kind::F64,
        (_, Algorithm::Sgd, true) => Kind::SgdNoisy,
        (_, Algorithm::Sgd, false) => Kind::SgdQuiet,
        (_, Algorithm::Adam, true) => Kind::AdamNoisy,
        (_, Algorithm::Adam, false) => Kind::AdamQuiet,
        (_, Algorithm::Sed, _) => Kind::Sed,
    }
}

/// Whether the engine replaces the inputs by their span.
fn spans(p: &ValidParameters) -> bool {
    p.reductions == Reductions::Auto
        && p.precision == Precision::F32
        && p.algorithm != Algorithm::Adam
        && p.input_noise == 0.0
}

/// The share of units that a step deals with, averaged over the run. Update noise silences units at
/// a rate that goes with the square of the weights' noise (second-order theory, and the published
/// noise scan) and falls with the number of samples; a unit that is silent for long sleeps. The
/// numbers are fitted to 132 runs of `benches/cost.yaml`, within 0.11 (root mean square).
fn mean_share_awake(p: &ValidParameters) -> f64 {
    const RATE: f64 = 3.0;
    const RATE_BY_SAMPLES: f64 = -1.3;
    const LEAST: f64 = 0.09;
    /// At first: smoothed data leave a fifth of the units silent from the start.
    const MOST: f64 = 0.9;

    if kind(p) != Kind::SgdNoisy || p.reductions == Reductions::Off || p.input_noise > 0.0 {
        return 1.0;
    }
    let deviation = match p.update_noise_on {
        UpdateNoiseTarget::Gradient => p.learning_rate() * p.update_noise,
        UpdateNoiseTarget::Weights => p.update_noise,
    };
    let rate = RATE * f64::from(p.n_samples).powf(RATE_BY_SAMPLES) * deviation * deviation;
    LEAST + (MOST - LEAST) * mean_of_decay(rate * p.steps as f64)
}

/// Mean of exp(-t) for t from 0 to `end`.
fn mean_of_decay(end: f64) -> f64 {
    if end < 1e-6 {
        1.0
    } else {
        -(-end).exp_m1() / end
    }
}

/// Units are active for half of the samples at first, and update noise silences most of them.
fn hessian_share(p: &ValidParameters) -> f64 {
    if p.noise_type() == NoiseType::Update {
        0.25
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use simulation::Parameters;

    use super::*;

    fn of(change: impl FnOnce(&mut Parameters)) -> [f64; TERMS] {
        let mut parameters = Parameters {
            update_noise: 0.03,
            ..Parameters::default()
        };
        change(&mut parameters);
        terms(&parameters.check().unwrap()).1
    }

    #[test]
    fn silent_units_make_long_noisy_runs_cheaper_by_the_step() {
        let per_step = |steps: u64| of(|p| p.steps = steps)[1] / steps as f64;
        assert!(per_step(10_000_000) < 0.3 * per_step(10_000));
        let whole = |steps: u64| {
            of(|p| {
                p.steps = steps;
                p.reductions = Reductions::Off;
            })[1]
                / steps as f64
        };
        assert_eq!(whole(10_000_000), whole(10_000));
    }

    #[test]
    fn more_inputs_than_samples_cost_nothing_but_under_adam() {
        let wide = |algorithm| {
            let at = |input_dim| {
                of(|p| {
                    p.algorithm = algorithm;
                    p.input_dim = input_dim;
                })[1]
            };
            at(100) / at(10)
        };
        assert_eq!(wide(Algorithm::Sgd), 1.0);
        assert!(wide(Algorithm::Adam) > 3.0);
    }

    #[test]
    fn a_limit_on_the_hessians_cost_limits_it() {
        let cubes = |share| {
            of(|p| {
                p.n_samples = 20;
                p.hessian_cost_max = share;
            })[TERMS - 1]
        };
        assert!(cubes(Some(0.1)) < 0.2 * cubes(None));
        assert_eq!(cubes(Some(0.2)), 2.0 * cubes(Some(0.1)));
        assert!(cubes(Some(0.2)) < cubes(None));
        assert!(cubes(Some(0.0)) < cubes(Some(0.1)));
        assert_eq!(cubes(Some(1_000.0)), cubes(None));
    }

    #[test]
    fn the_mean_of_a_decay_is_its_integral_over_its_length() {
        for end in [1e-9, 1e-3, 1.0, 20.0] {
            let rounds = 100_000;
            let middle = |k: i32| (-(f64::from(k) + 0.5) / f64::from(rounds) * end).exp();
            let sum: f64 = (0..rounds).map(middle).sum();
            assert!((mean_of_decay(end) - sum / f64::from(rounds)).abs() < 1e-6);
        }
    }
}
