//! Facts about the data of every task.

use super::*;
use crate::network::Weights;
use crate::{DataRange, Parameters};

fn generated(change: impl FnOnce(&mut Parameters)) -> (ValidParameters, Dataset) {
    let mut parameters = Parameters::default();
    change(&mut parameters);
    let parameters = parameters.check().unwrap();
    let dataset = generate(&parameters);
    (parameters, dataset)
}

fn generated_tasks() -> impl Iterator<Item = Task> {
    let tasks = Task::ALL.iter().copied();
    let drawn = |task| {
        !matches!(
            task,
            Task::Dataset | Task::Ring | Task::NarrowingValley | Task::FlatValley
        )
    };
    tasks.filter(move |&task| drawn(task))
}

#[test]
fn every_task_fills_its_shape_from_one_sample_and_one_feature_on() {
    for task in generated_tasks() {
        for (samples, inputs, outputs) in [
            (1, 1, 1),
            (1, 7, 3),
            (7, 1, 1),
            (2, 2, 2),
            (150, 20, 5),
            (19, 1, 19),
        ] {
            for seed in 0..20 {
                let (parameters, dataset) = generated(|p| {
                    p.task = task;
                    (p.n_samples, p.input_dim, p.output_dim) = (samples, inputs, outputs);
                    p.heading_jitter = seed % 2 == 0;
                    p.seed = seed;
                });
                let rows = samples as usize;
                assert_eq!(
                    dataset.inputs().dim(),
                    (rows, parameters.input_dim as usize)
                );
                assert_eq!(
                    dataset.targets().dim(),
                    (rows, parameters.output_dim as usize)
                );
                assert!(dataset.target_variance() > 0.0);
            }
        }
    }
}

#[test]
fn ranges_are_zero_or_minus_one_to_one() {
    for task in generated_tasks() {
        for (range, low) in [(DataRange::Unit, 0.0), (DataRange::Symmetric, -1.0)] {
            let (_, dataset) = generated(|p| {
                p.task = task;
                p.n_samples = 20;
                p.data_range = range;
            });
            for values in [dataset.inputs(), dataset.targets()] {
                let min = values.iter().copied().fold(f64::INFINITY, f64::min);
                let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                // The published data miss by up to 3e-4 too: the offset over a small spread.
                assert!((low - 1e-3..low).contains(&min), "{task} {range}: {min}");
                assert!((0.999..1.0).contains(&max), "{task} {range}: {max}");
            }
        }
    }
}

#[test]
fn data_follow_the_data_seed_alone() {
    let inputs = |seed, data_seed| {
        let (_, dataset) = generated(|p| (p.seed, p.data_seed) = (seed, data_seed));
        dataset
    };
    assert_eq!(inputs(1, Some(9)), inputs(9, None));
    assert_ne!(inputs(1, None), inputs(9, None));
}

#[test]
fn autoencoders_reproduce_their_inputs() {
    for task in [Task::RandomAutoencoder, Task::SmoothedAutoencoder] {
        let (_, dataset) = generated(|p| p.task = task);
        assert_eq!(dataset.inputs(), dataset.targets());
    }
}

/// The published smoothed autoencoders of 30 inputs and nominal output sizes 5, 10 and 15 are, to 1e-15,
/// what numpy makes of this recipe.
#[test]
fn an_autoencoder_smoothed_by_a_nominal_size_has_the_inputs_of_a_task_of_that_output_size() {
    for smoothing_dim in [5, 10, 15] {
        let (parameters, autoencoder) = generated(|p| {
            p.task = Task::SmoothedAutoencoder;
            (p.input_dim, p.smoothing_dim) = (30, Some(smoothing_dim));
        });
        assert_eq!(parameters.output_dim, 30);
        let (_, smoothed) = generated(|p| {
            p.task = Task::Smoothed;
            (p.input_dim, p.output_dim) = (30, smoothing_dim);
        });
        assert_eq!(autoencoder.inputs(), smoothed.inputs());
        assert_eq!(autoencoder.inputs(), autoencoder.targets());
    }
}

#[test]
fn smoothing_follows_the_output_size_unless_it_is_given() {
    let smoothed = |smoothing_dim| {
        let (_, dataset) = generated(|p| {
            p.task = Task::Smoothed;
            p.smoothing_dim = smoothing_dim;
        });
        dataset
    };
    assert_eq!(smoothed(Some(10)), smoothed(None));
    assert_ne!(smoothed(Some(3)), smoothed(None));
}

/// Entries of data of seed 1, made by numpy and scipy from the same draws of the stream. Given
/// numpy's own draws of seed 0 instead, that program makes the published inputs and targets of the
/// random and smoothed tasks to 1e-14.
#[test]
fn data_are_what_numpy_and_scipy_make_of_the_same_draws() {
    let (first, last) = ([0, 1], [4, 19]);
    let cases = [
        (
            Task::Random,
            0.5176569338358574,
            0.7556366775087737,
            0.7200096346930869,
        ),
        (
            Task::Smoothed,
            -0.10247817175247487,
            0.49040664509285414,
            0.2125933510184721,
        ),
        (
            Task::Predictive,
            -0.9037585666327169,
            -0.8943387120377557,
            0.6161670450473449,
        ),
        (
            Task::SmoothedAutoencoder,
            -0.5729256370225511,
            0.4893884594298141,
            -0.5643374411963133,
        ),
    ];
    for (task, first_input, last_input, first_target) in cases {
        let (_, dataset) = generated(|p| {
            p.task = task;
            (p.n_samples, p.input_dim, p.output_dim, p.seed) = (5, 20, 5, 1);
        });
        assert_close(dataset.inputs()[first], first_input);
        assert_close(dataset.inputs()[last], last_input);
        assert_close(dataset.targets()[[0, 0]], first_target);
    }
}

#[test]
fn the_corridor_is_what_numpy_and_scipy_make_of_the_same_draws() {
    let cases = [
        (
            1,
            false,
            -0.443146982887371,
            5.177122272792545e-05,
            0.9882568324927417,
        ),
        (
            2,
            true,
            0.38025290344528506,
            0.0034543360287495606,
            -0.9571295987582087,
        ),
    ];
    for (seed, jitter, ray, action, target) in cases {
        let (_, dataset) = generated(|p| {
            p.task = Task::PredictiveTrack;
            (p.n_samples, p.heading_jitter, p.seed) = (150, jitter, seed);
        });
        assert_close(dataset.inputs()[[70, 12]], ray);
        assert_close(dataset.inputs()[[70, 17]], action);
        assert_close(dataset.targets()[[149, 3]], target);
    }
}

fn assert_close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-12, "{actual} for {expected}");
}

/// Of 100 units 72 +- 5 are active at first with unit data, 94 +- 3 with symmetric data: it tells
/// which range a published row had.
#[test]
fn as_many_units_are_active_at_first_as_published() {
    for (range, mean_published, deviation_published) in [
        (DataRange::Unit, 72.0, 5.0),
        (DataRange::Symmetric, 94.0, 3.0),
    ] {
        let counts: Vec<f64> = (0..100).map(|seed| active_units(range, seed)).collect();
        let mean = counts.iter().sum::<f64>() / 100.0;
        let squares = counts.iter().map(|count| (count - mean).powi(2));
        let deviation = (squares.sum::<f64>() / 99.0).sqrt();
        assert!((mean - mean_published).abs() < 1.5, "{range}: {mean}");
        assert!(
            (deviation - deviation_published).abs() < 1.0,
            "{range}: {deviation}"
        );
    }
}

fn active_units(data_range: DataRange, seed: u64) -> f64 {
    let (parameters, dataset) = generated(|p| {
        (p.n_samples, p.input_dim, p.output_dim) = (5, 20, 5);
        (p.data_range, p.seed) = (data_range, seed);
    });
    let weights = Weights::initial(&parameters, 20, 5);
    let hidden = dataset.inputs().dot(&weights.input.t()) + &weights.bias;
    let units = hidden.columns().into_iter();
    units.filter(|unit| unit.iter().any(|&h| h > 0.0)).count() as f64
}

#[test]
fn a_track_path_has_a_position_for_each_sample_of_the_track_alone() {
    let (track, _) = generated(|p| p.task = Task::PredictiveTrack);
    assert_eq!(track_path(&track).unwrap().positions.len(), 10);
    let (random, _) = generated(|_| ());
    assert_eq!(track_path(&random), None);
}
