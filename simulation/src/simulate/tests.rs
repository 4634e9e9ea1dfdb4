use proptest::prelude::*;
use proptest::test_runner::Config;

use super::*;
use crate::{Algorithm, Measurement, Parameters, Precision, Regime, Summary, TimescaleFit};

mod machines;
mod models;
mod place;

fn run(parameters: Parameters) -> RunResult {
    let mut simulation = Simulation::new(&parameters.check().unwrap(), None).unwrap();
    assert!(simulation.advance(u64::MAX));
    simulation.finish()
}

fn small() -> Parameters {
    Parameters {
        n_samples: 4,
        input_dim: 6,
        output_dim: 2,
        hidden_units: 20,
        steps: 100,
        linear_measurements: 20,
        hessian_cost_max: None,
        seed: 5,
        ..Parameters::default()
    }
}

prop_compose! {
    /// Any kind of short run.
    fn any_parameters()(
        algorithm in prop::sample::select(vec![Algorithm::Sgd, Algorithm::Adam, Algorithm::Sed]),
        precision in prop::sample::select(Precision::ALL),
        n_samples in 1..12_u32,
        input_dim in 1..12_u32,
        output_dim in 1..12_u32,
        hidden_units in 1..40_u32,
        noises in prop::array::uniform3(prop::sample::select(vec![0.0, 0.1])),
        steps in 1..80_u64,
        (linear_measurements, logarithmic_measurements) in (2..40_u32, 0..10_u32),
        (unit_activity_snapshots, hessian_snapshots) in (0..5_u32, 2..5_u32),
        hessian_eigenvalues in prop::sample::select(HessianEigenvalues::ALL),
        hessian_cost_max in prop::sample::select(vec![None, Some(0.0), Some(0.5)]),
        (place_snapshots, task) in (0..5_u32, prop::sample::select(vec![Task::Random, Task::PredictiveTrack])),
        seed in 0..1_000_u64,
    ) -> Parameters {
        Parameters {
            algorithm, precision, n_samples, input_dim, output_dim, hidden_units,
            update_noise: if algorithm == Algorithm::Sed { 0.0 } else { noises[0] },
            label_noise: noises[1],
            input_noise: noises[2],
            steps, linear_measurements, logarithmic_measurements,
            unit_activity_snapshots, hessian_snapshots, hessian_eigenvalues, hessian_cost_max,
            place_snapshots: Some(place_snapshots), task, seed,
            ..Parameters::default()
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_cutting_of_a_run_gives_the_same_digest(
        parameters in any_parameters(),
        pieces in prop::collection::vec(0..30_u64, 0..20),
    ) {
        let whole = run(parameters.clone());
        let mut simulation = Simulation::new(&parameters.check().unwrap(), None).unwrap();
        for piece in pieces {
            let before = simulation.steps_done();
            simulation.advance(piece);
            prop_assert!(simulation.steps_done() - before <= piece);
        }
        simulation.advance(u64::MAX);
        prop_assert_eq!(simulation.finish(), whole);
    }

    #[test]
    fn going_on_from_checkpoints_gives_the_same_digest(
        parameters in any_parameters(),
        pieces in prop::collection::vec(0..30_u64, 1..6),
    ) {
        let whole = run(parameters.clone());
        let parameters = parameters.check().unwrap();
        let mut simulation = Simulation::new(&parameters, None).unwrap();
        for piece in pieces {
            simulation.advance(piece);
            let checkpoint = Checkpoint::from_bytes(simulation.checkpoint().as_bytes().to_vec());
            prop_assert_eq!(checkpoint.steps_done(), Some(simulation.steps_done()));
            simulation = Simulation::restore(&parameters, None, &checkpoint).unwrap();
        }
        simulation.advance(u64::MAX);
        prop_assert_eq!(simulation.finish(), whole);
    }
}

#[test]
fn measurements_are_taken_after_the_steps_they_name() {
    // A run of one step more than another shares its first measurements.
    let parameters = Parameters {
        steps: 4,
        linear_measurements: 4,
        ..small()
    };
    let every = run(parameters.clone());
    let steps: Vec<u64> = every.trajectory.iter().map(|m| m.step).collect();
    assert_eq!(steps, [0, 1, 2, 3]);
    let first = run(Parameters {
        steps: 1,
        ..parameters
    });
    assert_eq!(first.trajectory[0], every.trajectory[0]);
    assert_eq!(first.steps_done, 1);
}

#[test]
fn the_trajectory_joins_thinned_linear_and_all_logarithmic_measurements() {
    let result = run(Parameters {
        steps: 101,
        linear_measurements: 11,
        trajectory_points: 3,
        logarithmic_measurements: 3,
        ..small()
    });
    // Linear 0, 50, 100; updates 1, sqrt(101) = 10.05, 101 are the steps 0, 9, 100.
    let steps: Vec<u64> = result.trajectory.iter().map(|m| m.step).collect();
    assert_eq!(steps, [0, 9, 50, 100]);
}

#[test]
fn measuring_more_changes_nothing_of_what_is_measured() {
    let plain = run(Parameters {
        update_noise: 0.1,
        ..small()
    });
    let more = run(Parameters {
        update_noise: 0.1,
        logarithmic_measurements: 30,
        unit_activity_snapshots: 9,
        ..small()
    });
    assert_eq!(plain.summary, more.summary);
    assert_eq!(more.unit_activity.len(), 9);
    let first = &more.unit_activity[0];
    let pairs: u32 = first.active_samples.iter().sum();
    assert_eq!(first.step, 0);
    assert_eq!(f64::from(pairs) / 80.0, more.trajectory[0].active_fraction);
}

#[test]
fn spectra_are_taken_after_the_steps_they_name() {
    let parameters = Parameters {
        steps: 101,
        hessian_snapshots: 3,
        update_noise: 0.1,
        ..small()
    };
    let result = run(parameters.clone());
    let steps: Vec<u64> = result.spectra.iter().map(|s| s.step).collect();
    assert_eq!(steps, [0, 50, 100]);
    let first = run(Parameters {
        steps: 2,
        hessian_snapshots: 2,
        ..parameters.clone()
    });
    assert_eq!(first.spectra[0], result.spectra[0]);
    let none = run(Parameters {
        hessian_snapshots: 0,
        ..parameters
    });
    assert_eq!(none.trajectory, result.trajectory);
    assert!(none.spectra.is_empty());
}

#[test]
fn eigenvalues_are_kept_on_request_and_change_nothing_else() {
    let parameters = Parameters {
        hessian_snapshots: 3,
        update_noise: 0.1,
        ..small()
    };
    let counted = run(parameters.clone());
    assert!(counted.eigenvalues.is_empty());
    let kept = run(Parameters {
        hessian_eigenvalues: HessianEigenvalues::All,
        ..parameters
    });
    assert_eq!(kept.spectra, counted.spectra);
    assert_ne!(kept.digest, counted.digest);
    let steps: Vec<u64> = kept.eigenvalues.iter().map(|full| full.step).collect();
    assert_eq!(steps, [0, 49, 99]);
    for (full, spectrum) in kept.eigenvalues.iter().zip(&kept.spectra) {
        let values = &full.eigenvalues;
        assert!(values.is_sorted_by(|a, b| a >= b));
        let sum: f64 = values.iter().sum();
        assert!((sum - spectrum.trace).abs() < 1e-10 * spectrum.trace);
        assert_eq!(values[0], spectrum.eigenvalues.unwrap().largest);
        // 20 units of 9 parameters; the 4 samples of 2 outputs leave 20 x 4 + 8 at most.
        assert!(values.len() <= 88, "{}", values.len());
    }
}

#[test]
fn eigenvalues_too_dear_are_left_out_and_the_trace_is_not() {
    let parameters = Parameters {
        steps: 100_000,
        hessian_eigenvalues: HessianEigenvalues::All,
        update_noise: 0.1,
        ..small()
    };
    let all = run(parameters.clone());
    let with = |share| {
        run(Parameters {
            hessian_cost_max: Some(share),
            ..parameters.clone()
        })
    };
    let few = with(0.03);
    let traces = |result: &RunResult| -> Vec<f64> {
        let spectra = result.spectra.iter();
        spectra.map(|spectrum| spectrum.trace).collect()
    };
    assert_eq!(traces(&few), traces(&all));
    assert_eq!(
        few.summary.hessian_trace_ratio,
        all.summary.hessian_trace_ratio
    );
    let count = few.eigenvalues.len();
    assert!((3..90).contains(&count), "{count}");
    for full in &few.eigenvalues {
        assert!(all.eigenvalues.contains(full));
    }
    assert_eq!(few.eigenvalues[0].step, 0);
    assert_eq!(
        few.summary.hessian_nonzero_fraction,
        all.summary.hessian_nonzero_fraction
    );
    assert_eq!(few.summary.hessian_max_ratio, None);
    assert!(all.summary.hessian_max_ratio.is_some());
    // For nothing there are none, for plenty all.
    assert!(with(0.0).eigenvalues.is_empty());
    assert_eq!(with(1_000.0).eigenvalues, all.eigenvalues);
}

#[test]
fn snapshots_of_a_network_beyond_numbers_are_left_out() {
    // Other seeds die of their first steps: without an active unit nothing moves any more.
    let outcome = |seed| {
        let parameters = Parameters {
            steps: 1_000,
            linear_measurements: 2,
            hessian_snapshots: 11,
            place_snapshots: Some(11),
            learning_rate: Some(50.0),
            seed,
            ..small()
        };
        run(parameters)
    };
    let beyond = (0..20).map(outcome).find(|r| r.spectra.len() < 11);
    let result = beyond.expect("one of twenty");
    assert_eq!(result.outcome, Outcome::Diverged);
    assert!(result.spectra.iter().all(|s| s.trace.is_finite()));
    let places = &result.place_code.snapshots;
    assert!(places.len() < 11);
    assert!(
        places
            .iter()
            .all(|s| s.mean_spatial_information.is_none_or(f64::is_finite))
    );
}

#[test]
fn descent_without_noise_freezes_once_it_has_converged() {
    let result = run(Parameters {
        steps: 40_000,
        linear_measurements: 400,
        precision: Precision::F64,
        ..small()
    });
    assert_eq!(result.outcome, Outcome::Completed);
    let late = &result.trajectory[result.trajectory.len() / 2..];
    assert!(late.iter().all(|m| m.loss < -20.0), "{late:?}");
    let frozen = |m: &Measurement| {
        m.active_fraction == late[0].active_fraction
            && m.fraction_active_units == late[0].fraction_active_units
    };
    assert!(late.iter().all(frozen));
    assert!(result.summary.converged_step.is_some());
}

#[test]
fn too_large_a_learning_rate_is_a_diverged_result() {
    for precision in [Precision::F32, Precision::F64] {
        let result = run(Parameters {
            hidden_units: 100,
            learning_rate: Some(50.0),
            update_noise: 1_000.0,
            precision,
            ..small()
        });
        assert_eq!(result.outcome, Outcome::Diverged);
        assert!(result.steps_done < 100);
        assert_eq!(result.summary.timescale_fit, TimescaleFit::NotFitted);
        assert_eq!(result.summary.normalized_active_fraction, None);
        assert!(result.trajectory.iter().all(|m| m.loss.is_finite()));
        assert!(result.summary.loss_final.is_none_or(f64::is_finite));
    }
}

#[test]
fn a_network_that_starts_above_the_limit_may_learn() {
    let result = run(Parameters {
        algorithm: Algorithm::Adam,
        data_range: crate::DataRange::Unit,
        n_samples: 10,
        input_dim: 8,
        output_dim: 5,
        hidden_units: 100,
        steps: 2_000,
        linear_measurements: 20,
        seed: 3,
        ..Parameters::default()
    });
    assert!(
        result.trajectory[0].loss > libm::log10(NORMALIZED_LOSS_MAX),
        "{:?}",
        result.trajectory[0]
    );
    assert_eq!(result.outcome, Outcome::Completed);
    assert!(result.summary.loss_final.unwrap() < 0.0);
}

/// As every second draw of Table 2 with one to four outputs does.
#[test]
fn a_network_whose_first_steps_overshoot_may_learn() {
    for regime in [Regime::Lazy, Regime::Rich] {
        let overshooting = Parameters {
            regime,
            data_range: crate::DataRange::Unit,
            n_samples: 12,
            input_dim: 10,
            output_dim: 2,
            hidden_units: 100,
            label_noise: 0.3,
            steps: 5_000,
            linear_measurements: 50,
            seed: 2,
            ..Parameters::default()
        };
        let result = run(overshooting.clone());
        assert!(
            result.trajectory[0].loss > libm::log10(NORMALIZED_LOSS_MAX),
            "{:?}",
            result.trajectory[0]
        );
        assert_eq!(result.outcome, Outcome::Completed);
        assert!(result.summary.loss_final.unwrap() < -1.0);
        // A run that ends up there has diverged, however short it was.
        let short = run(Parameters {
            steps: 1,
            ..overshooting
        });
        assert_eq!(short.outcome, Outcome::Diverged);
    }
}

#[test]
fn a_network_without_activity_is_a_silent_result() {
    // A single unit sees a single sample: half of the seeds leave it silent from the start.
    let outcome = |seed| {
        let parameters = Parameters {
            n_samples: 1,
            hidden_units: 1,
            seed,
            ..small()
        };
        run(parameters)
    };
    let silent = (0..20).map(outcome).find(|r| r.outcome == Outcome::Silent);
    let result = silent.expect("half of the seeds");
    assert_eq!(result.steps_done, 1);
    assert_eq!(result.summary.active_fraction_initial, Some(0.0));
    assert_eq!(result.trajectory.len(), 1);
}

#[test]
fn a_run_ended_early_is_truncated() {
    let mut simulation = Simulation::new(&small().check().unwrap(), None).unwrap();
    assert!(!simulation.advance(60));
    let result = simulation.finish();
    assert_eq!(
        (result.outcome, result.steps_done),
        (Outcome::Truncated, 60)
    );
    assert_eq!(result.summary.normalized_active_fraction, None);
    assert!(result.summary.loss_final.is_some());
    assert!(result.trajectory.last().unwrap().step < 60);
}

#[test]
fn a_run_ended_before_its_first_step_says_nothing() {
    let simulation = Simulation::new(&small().check().unwrap(), None).unwrap();
    let result = simulation.finish();
    assert_eq!(result.summary, Summary::default());
    assert!(result.trajectory.is_empty());
}

#[test]
fn other_seeds_give_other_digests() {
    let digest = |seed| run(Parameters { seed, ..small() }).digest;
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

/// A problem like the paper's, small enough for a test: fits are reached within 10,000 steps.
fn noisy(update_noise: f64, label_noise: f64) -> RunResult {
    run(Parameters {
        n_samples: 5,
        input_dim: 10,
        output_dim: 3,
        hidden_units: 40,
        steps: 100_000,
        linear_measurements: 1_000,
        hessian_cost_max: None,
        update_noise,
        label_noise,
        seed: 3,
        ..Parameters::default()
    })
}

#[test]
fn update_noise_silences_units_and_label_noise_keeps_them() {
    let update = noisy(0.1, 0.0);
    let label = noisy(0.0, 0.5);
    for result in [&update, &label] {
        assert_eq!(result.outcome, Outcome::Completed);
        assert!(result.summary.loss_final.unwrap() < -0.5);
    }
    let [update, label] = [update, label].map(|result| result.summary);
    // The published means: active fraction 0.09 and 0.55 of the start, active units 0.26 and 0.92.
    assert!(update.normalized_active_fraction.unwrap() < 0.35);
    assert!(update.normalized_fraction_active_units.unwrap() < 0.6);
    assert!((0.35..0.8).contains(&label.normalized_active_fraction.unwrap()));
    assert!(label.normalized_fraction_active_units.unwrap() > 0.75);
    // Of the Hessian's trace label noise leaves 0.33, update noise 0.83; 0.44 and 0.15 of the
    // eigenvalues are non-zero in the end.
    let traces = [&update, &label].map(|s| s.hessian_trace_ratio.unwrap());
    assert!(traces[1] < 0.5 && traces[0] > 2.0 * traces[1], "{traces:?}");
    let nonzero = [&update, &label].map(|s| s.hessian_nonzero_fraction.unwrap());
    assert!((0.35..0.5).contains(&nonzero[1]), "{nonzero:?}");
    assert!(nonzero[0] < 0.6 * nonzero[1], "{nonzero:?}");
    assert!(label.hessian_max_ratio.unwrap() < update.hessian_max_ratio.unwrap());
}

/// Digests of known runs. A change here is a change of the model: raise [`crate::MODEL_VERSION`].
#[test]
fn known_runs_keep_their_bits() {
    let digest = |precision, algorithm, update_noise| {
        let parameters = Parameters {
            precision,
            algorithm,
            update_noise,
            label_noise: 0.1,
            unit_activity_snapshots: 2,
            hessian_snapshots: 2,
            ..small()
        };
        run(parameters).digest.0[..16].to_owned()
    };
    for (precision, algorithm, update_noise, expected) in [
        (Precision::F64, Algorithm::Sgd, 0.1, "196c86c146c16677"),
        (Precision::F64, Algorithm::Adam, 0.1, "948861b401ec268f"),
        (Precision::F64, Algorithm::Sed, 0.0, "c3f33773347bff4c"),
        (Precision::F32, Algorithm::Sgd, 0.1, "4ba3c9b614db7375"),
        (Precision::F32, Algorithm::Adam, 0.1, "acd6802ef53b919a"),
        (Precision::F32, Algorithm::Sed, 0.0, "cae8325f0ba9def9"),
    ] {
        let digest = digest(precision, algorithm, update_noise);
        assert_eq!(digest, expected, "{precision} {algorithm}");
    }
}
