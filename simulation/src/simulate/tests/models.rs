//! Runs of what is no network: the ring, the valleys.

use super::*;
use crate::{Position, Task, UpdateNoiseTarget};

fn valley() -> Parameters {
    Parameters {
        task: Task::NarrowingValley,
        learning_rate: Some(0.01),
        update_noise: 0.02,
        update_noise_on: UpdateNoiseTarget::Weights,
        steps: 1_000,
        linear_measurements: 11,
        trajectory_points: 5,
        seed: 9,
        ..Parameters::default()
    }
}

fn ring() -> Parameters {
    Parameters {
        algorithm: Algorithm::SimilarityMatching,
        task: Task::Ring,
        hidden_units: 30,
        update_noise: 0.001,
        steps: 40,
        linear_measurements: 5,
        unit_activity_snapshots: 3,
        place_snapshots: Some(3),
        seed: 9,
        ..Parameters::default()
    }
}

/// The result of a run in pieces, with a checkpoint between any two.
fn in_pieces(parameters: Parameters) -> RunResult {
    let parameters = parameters.check().unwrap();
    let mut simulation = Simulation::new(&parameters, None).unwrap();
    for piece in [1, 7, 0, 24] {
        simulation.advance(piece);
        let checkpoint = simulation.checkpoint();
        simulation = Simulation::restore(&parameters, None, &checkpoint).unwrap();
        assert_eq!(simulation.checkpoint(), checkpoint);
    }
    simulation.advance(u64::MAX);
    simulation.finish()
}

#[test]
fn a_walkers_path_is_kept_beside_its_height() {
    let result = run(valley());
    assert_eq!(result.outcome, Outcome::Completed);
    assert_eq!(result.engine, "f64 valley");
    let steps: Vec<u64> = result.positions.iter().map(|p| p.step).collect();
    assert_eq!(steps, [0, 249, 499, 749, 999]);
    for position in &result.positions {
        let Position { step, x, y } = *position;
        let measured = result.trajectory.iter().find(|m| m.step == step);
        if let Some(measured) = measured {
            let height = x * y * (x * y);
            assert!(
                (measured.loss - libm::log10(height)).abs() < 1e-12,
                "{position:?}"
            );
            assert_eq!(measured.fraction_active_units, 1.0);
        }
    }
    assert!((result.positions[0].x - 2.0).abs() < 0.2);
    assert_eq!(result.summary.timescale_fit, TimescaleFit::Flat);
}

#[test]
fn networks_have_no_positions() {
    assert!(run(small()).positions.is_empty());
    assert!(run(ring()).positions.is_empty());
}

#[test]
fn the_ring_is_measured_at_its_probes() {
    let result = run(ring());
    assert_eq!(result.outcome, Outcome::Completed);
    assert_eq!(result.engine, "f64 ring");
    for (activity, step) in result.unit_activity.iter().zip([0, 19, 39]) {
        let measured = result.trajectory.iter().find(|m| m.step == step).unwrap();
        let active = activity
            .active_samples
            .iter()
            .filter(|&&count| count > 0)
            .count();
        assert_eq!(measured.fraction_active_units, active as f64 / 30.0);
        let pairs: u32 = activity.active_samples.iter().sum();
        assert_eq!(measured.active_fraction, f64::from(pairs) / (30.0 * 250.0));
    }
    // The inputs' similarities alone have a mean square of a half.
    let losses: Vec<f64> = result.trajectory.iter().map(|m| m.loss).collect();
    assert!(
        losses.iter().all(|loss| (-0.62..-0.3).contains(loss)),
        "{losses:?}"
    );
}

#[test]
fn every_model_goes_on_from_checkpoints_to_the_same_digest() {
    for parameters in [valley(), ring()] {
        let whole = run(parameters.clone());
        assert_eq!(in_pieces(parameters.clone()), whole);
        let other = run(Parameters {
            seed: 10,
            ..parameters
        });
        assert_ne!(other.digest, whole.digest);
    }
}
