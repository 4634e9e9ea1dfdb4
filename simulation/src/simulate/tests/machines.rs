//! A job's digest is the same on every instruction set, and where a run moves from one to another.

use super::*;
use crate::engine::lanes::InstructionSet;

/// Long enough that units fall asleep and wake, and short enough for every kind of run.
const STEPS: u64 = 1_500;

/// Every algorithm with every noise that it carries.
fn kinds() -> Vec<Parameters> {
    let kind = |change: fn(&mut Parameters)| {
        let mut parameters = Parameters {
            n_samples: 5,
            input_dim: 9,
            output_dim: 3,
            hidden_units: 37,
            steps: STEPS,
            linear_measurements: 100,
            hessian_snapshots: 5,
            ..Parameters::default()
        };
        change(&mut parameters);
        parameters
    };
    vec![
        kind(|_| {}),
        kind(|p| p.update_noise = 0.1),
        kind(|p| p.label_noise = 1.0),
        kind(|p| (p.input_noise, p.update_noise) = (0.1, 0.05)),
        kind(|p| p.algorithm = Algorithm::Adam),
        kind(|p| (p.algorithm, p.update_noise) = (Algorithm::Adam, 0.05)),
        kind(|p| (p.algorithm, p.label_noise) = (Algorithm::Adam, 0.5)),
        kind(|p| p.algorithm = Algorithm::Sed),
        kind(|p| (p.algorithm, p.label_noise) = (Algorithm::Sed, 0.2)),
        kind(|p| (p.update_noise, p.reductions) = (0.1, crate::Reductions::Off)),
        // Diverges on the way.
        kind(|p| p.learning_rate = Some(20.0)),
    ]
}

#[test]
fn every_instruction_set_gives_the_same_digest_also_half_way() {
    let sets = InstructionSet::available();
    for parameters in kinds() {
        let expected = run(parameters.clone()).digest;
        let valid = parameters.check().unwrap();
        for &set in &sets {
            let mut simulation = Simulation::new(&valid, None).unwrap();
            simulation.engine = crate::engine::on(set, &valid, &simulation.data);
            simulation.advance(STEPS / 2);
            let half = simulation.checkpoint();
            simulation.advance(u64::MAX);
            assert_eq!(simulation.finish().digest, expected, "{set}: {valid:?}");
            let mut moved = Simulation::restore(&valid, None, &half).unwrap();
            moved.advance(u64::MAX);
            assert_eq!(
                moved.finish().digest,
                expected,
                "{set}, then the best: {valid:?}"
            );
        }
    }
}

/// `DRIFTSWEEP_INSTRUCTION_SETS=avx512,avx2,portable` makes sure that a machine tries what it is meant to try.
#[test]
fn no_instruction_set_is_missing_that_was_asked_for() {
    let available: Vec<String> = InstructionSet::available()
        .iter()
        .map(ToString::to_string)
        .collect();
    println!("tried here: {}", available.join(", "));
    if let Ok(wanted) = std::env::var("DRIFTSWEEP_INSTRUCTION_SETS") {
        for set in wanted.split(',') {
            assert!(
                available.iter().any(|name| name == set),
                "{set} is not here"
            );
        }
    }
}
