//! Place codes of running networks.

use super::{run, small};
use crate::{Algorithm, Parameters, PlaceCode, Precision, Simulation, Task};

/// The corridor, small.
fn corridor() -> Parameters {
    Parameters {
        task: Task::PredictiveTrack,
        n_samples: 50,
        hidden_units: 30,
        steps: 401,
        update_noise: 0.5,
        place_snapshots: Some(5),
        ..small()
    }
}

#[test]
fn place_codes_are_taken_after_the_steps_they_name() {
    let result = run(corridor());
    let steps: Vec<u64> = result.place_code.snapshots.iter().map(|s| s.step).collect();
    assert_eq!(steps, [0, 100, 200, 300, 400]);
    assert_eq!(result.place_code.bins.len(), 100);
    let pairs = &result.place_code.correlations;
    assert_eq!(pairs.len(), 10);
    assert!(pairs.is_sorted_by_key(|pair| (pair.step, pair.other_step)));
    // Snapshots 0, 1, 2, 4: floor(linspace(0.5, 4, 4)).
    let mut mapped: Vec<u64> = result.place_code.rate_maps.iter().map(|m| m.step).collect();
    mapped.dedup();
    assert_eq!(mapped, [0, 100, 200, 400]);
    let ratio = result.summary.spatial_information_ratio.unwrap();
    let information = |k: usize| {
        result.place_code.snapshots[k]
            .mean_spatial_information
            .unwrap()
    };
    let late = (information(1) + information(2) + information(3)) / 3.0;
    assert!((ratio - late / information(0)).abs() < 1e-15);
    let first = run(Parameters {
        steps: 101,
        place_snapshots: Some(2),
        ..corridor()
    });
    assert_eq!(
        first.place_code.snapshots[..],
        result.place_code.snapshots[..2]
    );
    assert_eq!(first.place_code.correlations[0], pairs[0]);
    let none = run(Parameters {
        place_snapshots: Some(0),
        ..corridor()
    });
    assert_eq!(none.place_code, PlaceCode::default());
    assert_eq!(none.trajectory, result.trajectory);
    assert_ne!(none.digest, result.digest);
}

#[test]
fn both_engines_tell_every_unit_by_its_own_number() {
    // The float32 engine sorts its units; the weights, in the original order, tell whose activity it is.
    for precision in [Precision::F32, Precision::F64] {
        let parameters = Parameters {
            precision,
            // Silenced units are sorted to the end.
            update_noise: 2.0,
            ..corridor()
        };
        let parameters = parameters.check().unwrap();
        let mut simulation = Simulation::new(&parameters, None).unwrap();
        simulation.advance(u64::MAX);
        let observed = simulation.engine.observe().active_samples;
        let activity = simulation.engine.activity();
        assert_eq!(activity.dim(), (30, 50));
        let mut silent = 0;
        let weights = simulation.engine.weights();
        let inputs = simulation.data.inputs();
        for unit in 0..30 {
            let active = activity.row(unit).iter().filter(|&&a| a > 0.0).count();
            assert_eq!(active as u32, observed[unit], "{precision} unit {unit}");
            silent += usize::from(active == 0);
            for sample in 0..50 {
                let drive = inputs.row(sample).dot(&weights.input.row(unit));
                let expected = (drive + weights.bias[unit]).max(0.0);
                let found = f64::from(activity[[unit, sample]]);
                // The walks that silent units have put off leave them silent.
                let near = (found - expected).abs() <= 1e-4 * (1.0 + expected);
                assert!(near, "{precision} unit {unit}: {found} for {expected}");
            }
        }
        assert!(silent > 0 && silent < 30, "{silent} of 30 silent");
    }
}

#[test]
fn a_network_at_rest_has_the_place_code_of_where_it_rests() {
    let place_code = |measure_on_manifold, update_noise| {
        let parameters = Parameters {
            measure_on_manifold,
            update_noise,
            steps: 101,
            place_snapshots: Some(2),
            linear_measurements: 2,
            ..corridor()
        };
        run(parameters).place_code
    };
    let (moving, resting) = (place_code(false, 0.5), place_code(true, 0.5));
    assert_eq!(moving.bins, resting.bins);
    assert_ne!(moving.snapshots, resting.snapshots);
    assert_ne!(moving.correlations, resting.correlations);
}

#[test]
fn representations_on_the_ring_are_compared_over_its_probes() {
    let place_code = run(Parameters {
        algorithm: Algorithm::SimilarityMatching,
        task: Task::Ring,
        hidden_units: 20,
        steps: 30,
        linear_measurements: 2,
        place_snapshots: Some(2),
        ..Parameters::default()
    })
    .place_code;
    assert_eq!(place_code.bins.len(), 250);
    assert!(place_code.snapshots.iter().all(|s| s.place_cells > 0));
    let alike = place_code.correlations[0].population_vectors.unwrap();
    assert!((0.0..1.0).contains(&alike), "{alike}");
}
