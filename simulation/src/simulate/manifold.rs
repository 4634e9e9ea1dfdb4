//! Where a network would come to rest: noise switched off, plain descent from the weights as they are,
//! until the loss is gone or no longer falls. A copy descends; the run itself is not touched.
//!
//! (The paper's authors measure like this on request; their code sets no criterion that could be taken
//! over, so those below are this program's own.)

use ndarray::Array2;

use crate::engine::{Engine, Observation, build};
use crate::network::Weights;
use crate::{Algorithm, Dataset, Parameters, ValidParameters};

/// Steps between two looks at the loss.
const PIECE: u64 = 1_000;
/// A descent is cut off after so many steps.
const STEPS_MAX: u64 = 20_000;
/// At this mean squared error, as a share of the targets' variance, a network is on the manifold.
const LOSS_RESTING: f64 = 1e-10;
/// A loss that falls by a smaller share within a piece rests.
const FALL_MIN: f64 = 0.01;
/// How often the rate may be halved.
const HALVINGS_MAX: i32 = 10;

/// A network at rest.
pub(super) struct Resting {
    pub observation: Observation,
    /// H, `[hidden_units, n_samples]`.
    pub activity: Array2<f32>,
    pub weights: Weights,
}

/// Descends from `weights`. None where that leads nowhere: a loss that is no number, or rises at
/// every rate.
///
/// The first rate is half of the run's own: noise holds the largest eigenvalue of the Hessian near 2 over
/// the rate, where full steps would go to and fro across the valley. For Adam and SED, whose rates
/// mean something else, it is half of descent's default. A loss that rises halves it.
pub(super) fn descend(
    parameters: &ValidParameters,
    data: &Dataset,
    weights: &Weights,
    target_variance: f64,
) -> Option<Resting> {
    let full = match parameters.algorithm {
        Algorithm::Sgd => parameters.learning_rate(),
        _ => Algorithm::Sgd.default_learning_rate(),
    };
    (1..=HALVINGS_MAX).find_map(|halvings| {
        let rate = full * libm::pow(0.5, halvings.into());
        descend_at(
            &without_noise(parameters, rate),
            data,
            weights,
            target_variance,
        )
    })
}

fn without_noise(parameters: &ValidParameters, rate: f64) -> ValidParameters {
    let quiet = Parameters {
        algorithm: Algorithm::Sgd,
        learning_rate: Some(rate),
        update_noise: 0.0,
        label_noise: 0.0,
        input_noise: 0.0,
        ..parameters.clone().into_inner()
    };
    quiet
        .check()
        .expect("fewer noises and a smaller rate are valid too")
}

fn descend_at(
    parameters: &ValidParameters,
    data: &Dataset,
    weights: &Weights,
    target_variance: f64,
) -> Option<Resting> {
    let mut engine = build(parameters, data, weights);
    let mut loss = engine.observe().mean_squared_error;
    let rest = |mut engine: Box<dyn Engine + Send>| Resting {
        observation: engine.observe(),
        activity: engine.activity(),
        weights: engine.weights(),
    };
    for _ in 0..STEPS_MAX / PIECE {
        if loss <= LOSS_RESTING * target_variance {
            break;
        }
        engine.advance(PIECE);
        let before = std::mem::replace(&mut loss, engine.observe().mean_squared_error);
        if loss.is_nan() || loss > (1.0 + FALL_MIN) * before {
            return None;
        }
        if loss > (1.0 - FALL_MIN) * before {
            break;
        }
    }
    Some(rest(engine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Precision, Simulation, Task};

    /// Ten samples, a hundred units: the targets can be met exactly.
    fn learnable() -> Parameters {
        Parameters {
            n_samples: 4,
            input_dim: 10,
            output_dim: 3,
            hidden_units: 60,
            steps: 20_000,
            linear_measurements: 21,
            trajectory_points: 21,
            update_noise: 0.05,
            seed: 11,
            ..Parameters::default()
        }
    }

    fn both(parameters: &Parameters) -> [Simulation; 2] {
        [false, true].map(|measure_on_manifold| {
            let parameters = Parameters {
                measure_on_manifold,
                ..parameters.clone()
            };
            let mut simulation = Simulation::new(&parameters.check().unwrap(), None).unwrap();
            simulation.advance(u64::MAX);
            simulation
        })
    }

    #[test]
    fn a_run_goes_on_where_it_was() {
        for algorithm in [Algorithm::Sgd, Algorithm::Adam, Algorithm::Sed] {
            for precision in [Precision::F32, Precision::F64] {
                let parameters = Parameters {
                    algorithm,
                    precision,
                    steps: 300,
                    linear_measurements: 4,
                    update_noise: if algorithm == Algorithm::Sed {
                        0.0
                    } else {
                        0.05
                    },
                    label_noise: 0.1,
                    input_noise: 0.01,
                    hessian_snapshots: 3,
                    ..learnable()
                };
                let [plain, measured] = both(&parameters);
                // Weights, moments and streams: all that the engine saves.
                assert_eq!(
                    plain.engine.save(),
                    measured.engine.save(),
                    "{algorithm} {precision}"
                );
                assert_ne!(plain.linear, measured.linear);
                assert_ne!(plain.spectra, measured.spectra);
            }
        }
    }

    #[test]
    fn an_interrupted_run_measures_the_same() {
        let parameters = Parameters {
            measure_on_manifold: true,
            steps: 2_000,
            unit_activity_snapshots: 2,
            hessian_snapshots: 3,
            ..learnable()
        };
        let parameters = parameters.check().unwrap();
        let mut whole = Simulation::new(&parameters, None).unwrap();
        whole.advance(u64::MAX);
        let mut simulation = Simulation::new(&parameters, None).unwrap();
        for piece in [1, 99, 1_111] {
            simulation.advance(piece);
            let checkpoint = simulation.checkpoint();
            simulation = Simulation::restore(&parameters, None, &checkpoint).unwrap();
        }
        simulation.advance(u64::MAX);
        assert_eq!(simulation.finish(), whole.finish());
    }

    #[test]
    fn on_the_manifold_nothing_is_lost() {
        for algorithm in [Algorithm::Sgd, Algorithm::Adam] {
            let [plain, measured] = both(&Parameters {
                algorithm,
                ..learnable()
            });
            let [plain, measured] = [plain, measured].map(|s| s.finish().trajectory);
            let late = |m: &&crate::Measurement| m.step > 5_000;
            for (plain, measured) in plain.iter().zip(&measured).filter(|(m, _)| late(m)) {
                assert!(plain.loss > -4.0, "noise keeps it up: {plain:?}");
                assert!(measured.loss <= -9.9, "{algorithm}: {measured:?}");
            }
        }
    }

    #[test]
    fn a_network_without_noise_rests_where_it_is() {
        let parameters = Parameters {
            update_noise: 0.0,
            precision: Precision::F64,
            ..learnable()
        };
        let [plain, measured] = both(&parameters);
        assert_eq!(plain.linear.last(), measured.linear.last());
    }

    #[test]
    fn units_and_spectra_are_measured_there_too() {
        let parameters = Parameters {
            unit_activity_snapshots: 2,
            hessian_snapshots: 2,
            hessian_cost_max: None,
            hessian_eigenvalues: crate::HessianEigenvalues::All,
            ..learnable()
        };
        let [_, measured] = both(&parameters);
        // At rest no residual couples weights: the spectrum is the Gauss-Newton part's, 4 x 3 values
        // and nothing below zero.
        let last = measured.spectra.last().unwrap().eigenvalues.unwrap();
        assert_eq!((last.positive, last.negative), (12, 0));
        let active: u32 = measured.snapshots.last().unwrap().iter().sum();
        assert_eq!(active, measured.linear.last().unwrap().active_pairs);
    }

    #[test]
    fn what_cannot_be_learned_rests_above_zero() {
        // One unit for ten samples.
        let parameters = Parameters {
            task: Task::Random,
            n_samples: 10,
            hidden_units: 1,
            steps: 2_000,
            seed: 4,
            ..learnable()
        };
        let [plain, measured] = both(&parameters);
        let (plain, measured) = (
            plain.linear.last().unwrap(),
            measured.linear.last().unwrap(),
        );
        assert!(
            measured.loss > -1.0 && measured.loss <= plain.loss,
            "{plain:?} {measured:?}"
        );
    }

    #[test]
    fn a_diverged_network_is_measured_as_it_is() {
        let parameters = Parameters {
            learning_rate: Some(50.0),
            ..learnable()
        };
        let [plain, measured] = both(&parameters);
        assert_eq!(plain.outcome, Some(crate::Outcome::Diverged));
        assert_eq!(measured.outcome, plain.outcome);
        assert_eq!(measured.steps_done, plain.steps_done);
    }
}
