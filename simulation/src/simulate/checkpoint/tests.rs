use super::*;
use crate::{Algorithm, Parameters};

fn parameters(seed: u64) -> ValidParameters {
    let parameters = Parameters {
        steps: 200,
        hidden_units: 12,
        update_noise: 0.05,
        linear_measurements: 20,
        logarithmic_measurements: 5,
        unit_activity_snapshots: 4,
        algorithm: Algorithm::Sgd,
        seed,
        ..Parameters::default()
    };
    parameters.check().unwrap()
}

fn halfway() -> Checkpoint {
    let mut simulation = Simulation::new(&parameters(1), None).unwrap();
    simulation.advance(97);
    simulation.checkpoint()
}

fn refusal(parameters: &ValidParameters, bytes: Vec<u8>) -> String {
    Simulation::restore(parameters, None, &Checkpoint::from_bytes(bytes))
        .expect_err("damaged")
        .reason
}

/// The bytes with a change inside and a checksum that is right again.
fn forged(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = halfway().0;
    bytes.truncate(bytes.len() - CHECKSUM_LENGTH);
    change(&mut bytes);
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum);
    bytes
}

#[test]
fn a_restored_simulation_saves_the_same_bytes() {
    let checkpoint = halfway();
    let restored = Simulation::restore(&parameters(1), None, &checkpoint).unwrap();
    assert_eq!(restored.steps_done(), 97);
    assert_eq!(restored.checkpoint(), checkpoint);
}

#[test]
fn a_finished_simulation_restores_as_finished() {
    let mut simulation = Simulation::new(&parameters(1), None).unwrap();
    assert!(simulation.advance(u64::MAX));
    let mut restored = Simulation::restore(&parameters(1), None, &simulation.checkpoint()).unwrap();
    assert!(restored.advance(0));
    assert_eq!(restored.finish(), simulation.finish());
}

#[test]
fn every_flipped_bit_is_noticed() {
    let bytes = halfway().0;
    for index in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[index] ^= 1 << (index % 8);
        refusal(&parameters(1), damaged);
    }
}

#[test]
fn cut_and_foreign_bytes_are_refused_with_a_reason() {
    let bytes = halfway().0;
    let p = parameters(1);
    for length in [8, 20, 39, 40, 100, bytes.len() - 1] {
        let reason = refusal(&p, bytes[..length].to_vec());
        assert!(
            reason.contains("cut short") || reason.contains("checksum"),
            "{reason}"
        );
    }
    for foreign in [b"".to_vec(), b"PNG".to_vec(), vec![0; 1_000]] {
        assert_eq!(refusal(&p, foreign), "it does not start like a checkpoint");
    }
}

#[test]
fn other_parameters_and_versions_are_refused_with_a_reason() {
    let p = parameters(1);
    assert_eq!(
        refusal(&parameters(2), halfway().0),
        "it belongs to other parameters"
    );
    let format = forged(|bytes| bytes[8] = 9);
    assert_eq!(refusal(&p, format), "its format is of another version");
    let model = forged(|bytes| bytes[12..16].copy_from_slice(&77_u32.to_le_bytes()));
    let reason = format!("it was made by model version 77, this is {MODEL_VERSION}");
    assert_eq!(refusal(&p, model), reason);
}

#[test]
fn contradictions_behind_a_right_checksum_are_refused() {
    let p = parameters(1);
    // Steps done lie at 48, the outcome at 56, the count of linear measurements at 57.
    for (at, value) in [
        (48, 150_u64),
        (48, 500),
        (57, 3),
        (57, u64::MAX),
        (57, 1 << 60),
    ] {
        refusal(
            &p,
            forged(|b| b[at..at + 8].copy_from_slice(&value.to_le_bytes())),
        );
    }
    refusal(&p, forged(|bytes| bytes[56] = 7));
    refusal(&p, forged(|bytes| bytes.truncate(300)));
    refusal(&p, forged(|bytes| bytes.push(0)));
}
