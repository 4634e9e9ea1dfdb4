//! What kind of system a task is about, and which parameters mean nothing to it.

use super::{Algorithm, ParameterError, Parameters, Precision, Task};
use crate::task::{PROBES, RING_ANGLES};

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    /// A network with one hidden layer that learns targets.
    Network,
    /// Units that match the similarities of points on a ring.
    Ring,
    /// A walker in a valley of two dimensions.
    Valley,
}

/// Matrices of this size settle in about a second for a measurement.
const RING_UNITS_MAX: u32 = 1_000;

/// What has no samples, no targets and no hidden layer makes no use of these.
const UNUSED: &[&str] = &[
    "regime",
    "label_noise",
    "label_noise_distribution",
    "input_noise",
    "data_range",
    "heading_jitter",
    "hessian_snapshots",
    "measure_on_manifold",
    "reductions",
    "data_seed",
];
const UNUSED_BY_RING: &[&str] = &["update_noise_on"];
const UNUSED_BY_VALLEY: &[&str] = &["unit_activity_snapshots", "place_snapshots", "weights_seed"];

impl Parameters {
    /// What is simulated: the task tells.
    pub(crate) fn model(&self) -> Model {
        match self.task {
            Task::Random
            | Task::Smoothed
            | Task::Predictive
            | Task::RandomAutoencoder
            | Task::SmoothedAutoencoder
            | Task::PredictiveTrack
            | Task::Dataset => Model::Network,
            Task::Ring => Model::Ring,
            Task::NarrowingValley | Task::FlatValley => Model::Valley,
        }
    }

    /// Number of samples, or probes, that metrics are taken over.
    pub(crate) fn observed_samples(&self) -> u32 {
        match self.model() {
            Model::Network | Model::Valley => self.n_samples,
            Model::Ring => PROBES,
        }
    }
}

/// Sizes and arithmetic that a model decides itself are overwritten, so that equal runs have equal
/// parameters.
pub(super) fn fill_in(p: &mut Parameters) {
    match p.model() {
        Model::Network => {}
        Model::Ring => {
            (p.n_samples, p.input_dim, p.output_dim) = (RING_ANGLES, 2, 2);
            p.precision = Precision::F64;
        }
        Model::Valley => {
            (p.n_samples, p.input_dim, p.output_dim, p.hidden_units) = (1, 1, 1, 1);
            p.precision = Precision::F64;
        }
    }
}

/// Refuses an algorithm that can't learn the task, and values that the task makes no use of.
pub(super) fn check(p: &Parameters) -> Result<(), ParameterError> {
    let learns_ring = p.algorithm == Algorithm::SimilarityMatching;
    match p.model() {
        Model::Network if learns_ring => Err(wrong(
            "task",
            p.task.name(),
            "similarity_matching learns one task: give ring",
        )),
        Model::Network => Ok(()),
        Model::Ring if !learns_ring => Err(wrong(
            "algorithm",
            p.algorithm.name(),
            "one algorithm learns the ring: give similarity_matching",
        )),
        Model::Ring if p.hidden_units > RING_UNITS_MAX => Err(wrong(
            "hidden_units",
            &p.hidden_units.to_string(),
            &format!("on the ring, give a whole number from 1 to {RING_UNITS_MAX}"),
        )),
        Model::Ring => refuse(p, UNUSED_BY_RING),
        Model::Valley if p.algorithm != Algorithm::Sgd => Err(wrong(
            "algorithm",
            p.algorithm.name(),
            "in a valley walkers descend: give sgd",
        )),
        Model::Valley => refuse(p, UNUSED_BY_VALLEY),
    }
}

fn refuse(p: &Parameters, keys: &[&'static str]) -> Result<(), ParameterError> {
    let values = |p: &Parameters| serde_json::to_value(p).expect("parameters are plain data");
    let (given, defaults) = (values(p), values(&Parameters::default()));
    for &key in UNUSED.iter().chain(keys) {
        if given[key] != defaults[key] {
            let value = &given[key];
            let shown = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let expected = format!("task {} makes no use of it: leave it out", p.task);
            return Err(wrong(key, &shown, &expected));
        }
    }
    Ok(())
}

fn wrong(key: &'static str, value: &str, expected: &str) -> ParameterError {
    ParameterError {
        key,
        value: value.to_owned(),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Parameters {
        Parameters {
            algorithm: Algorithm::SimilarityMatching,
            task: Task::Ring,
            ..Parameters::default()
        }
    }

    fn valley() -> Parameters {
        Parameters {
            task: Task::NarrowingValley,
            ..Parameters::default()
        }
    }

    fn error(parameters: Parameters) -> String {
        parameters.check().expect_err("refused").to_string()
    }

    #[test]
    fn algorithm_and_task_must_fit() {
        let alone = Parameters {
            algorithm: Algorithm::SimilarityMatching,
            ..Parameters::default()
        };
        assert_eq!(
            error(alone),
            "task is random: similarity_matching learns one task: give ring"
        );
        let ring = Parameters {
            algorithm: Algorithm::Adam,
            ..ring()
        };
        assert_eq!(
            error(ring),
            "algorithm is adam: one algorithm learns the ring: give similarity_matching"
        );
        let valley = Parameters {
            algorithm: Algorithm::Sed,
            ..valley()
        };
        assert_eq!(
            error(valley),
            "algorithm is sed: in a valley walkers descend: give sgd"
        );
    }

    #[test]
    fn what_means_nothing_is_refused_by_its_name() {
        type Change = fn(&mut Parameters);
        let changes: [(&str, Change); 7] = [
            ("regime is lazy", |p| p.regime = crate::Regime::Lazy),
            ("label_noise is 0.5", |p| p.label_noise = 0.5),
            ("input_noise is 0.5", |p| p.input_noise = 0.5),
            ("hessian_snapshots is 2", |p| p.hessian_snapshots = 2),
            ("measure_on_manifold is true", |p| {
                p.measure_on_manifold = true;
            }),
            ("data_seed is 3", |p| p.data_seed = Some(3)),
            ("heading_jitter is false", |p| p.heading_jitter = false),
        ];
        for start in [ring(), valley()] {
            for (expected, change) in changes {
                let mut changed = start.clone();
                change(&mut changed);
                let expected = format!(
                    "{expected}: task {} makes no use of it: leave it out",
                    start.task
                );
                assert_eq!(error(changed), expected);
            }
        }
        let seeded = Parameters {
            weights_seed: Some(1),
            ..valley()
        };
        assert!(error(seeded).starts_with("weights_seed is 1"));
        let moved = Parameters {
            update_noise_on: crate::UpdateNoiseTarget::Weights,
            ..ring()
        };
        assert!(error(moved).starts_with("update_noise_on is weights"));
    }

    #[test]
    fn sizes_that_a_model_sets_are_overwritten() {
        let valid = ring().check().unwrap();
        let sizes = (valid.n_samples, valid.input_dim, valid.output_dim);
        assert_eq!((sizes, valid.hidden_units), ((1_000, 2, 2), 100));
        assert_eq!(valid.learning_rate(), 0.02);
        assert_eq!(valid.precision, Precision::F64);
        // Checked once more nothing changes.
        assert_eq!(valid.clone().into_inner().check().unwrap(), valid);
        let valid = valley().check().unwrap();
        assert_eq!((valid.hidden_units, valid.parameter_count()), (1, 3));
    }
}
