use ndarray::{Array1, Array2, array};

use super::*;
use crate::{Algorithm, Parameters, Task};

fn parameters(change: impl FnOnce(&mut Parameters)) -> ValidParameters {
    let mut parameters = Parameters {
        algorithm: Algorithm::SimilarityMatching,
        task: Task::Ring,
        hidden_units: 40,
        update_noise: 0.001,
        seed: 1,
        ..Parameters::default()
    };
    change(&mut parameters);
    parameters.check().unwrap()
}

fn ring(change: impl FnOnce(&mut Parameters)) -> Ring {
    Ring::new(&parameters(change))
}

/// The published dynamics as they are written, with matrices.
fn plain_settle(weights: &Weights, input: [f64; 2], start: &[f64]) -> Array1<f64> {
    let m = &weights.output;
    let own = m.diag().to_owned();
    let lateral = m - &Array2::from_diag(&own);
    let drive = weights.input.dot(&array![input[0], input[1]]);
    let mut y = Array1::from(start.to_vec());
    let mut u = &y * (0.01 + own.mean().unwrap());
    let mut errors = [f64::NAN; 5];
    for _ in 0..10_000 {
        u = &u + &((&drive - &u - lateral.dot(&y)) * 0.05);
        let next = (&u / &(&own + 0.01)).mapv(|value| value.max(0.0));
        let norm = |values: &Array1<f64>| values.dot(values).sqrt();
        let error = norm(&(&next - &y)) / (norm(&y) + 1e-12) / 0.05;
        y = next;
        errors.rotate_right(1);
        errors[0] = error;
        if error < 1e-4 || (errors[0] - errors[4]).abs() < 1e-10 {
            break;
        }
    }
    y
}

#[test]
fn steps_are_those_of_the_formulas() {
    let mut engine = ring(|_| {});
    let mut weights = engine.weights();
    let (eta, sigma): (f64, f64) = (0.02, 0.001);
    for step in 0..300 {
        let (mut input, mut update) = (engine.input.clone(), engine.update.clone());
        let uniforms = numbers(&mut input, 41, LaneStream::uniforms);
        let normals = numbers(&mut update, 42 * 40, LaneStream::normals);
        let phi = std::f64::consts::TAU * (1_000.0 * uniforms[0]).floor() / 1_000.0;
        let x = [libm::cos(phi), libm::sin(phi)];
        let start: Vec<f64> = uniforms[1..41].iter().map(|u| 0.1 * u).collect();
        let y = plain_settle(&weights, x, &start);
        for i in 0..40 {
            for (k, x) in x.into_iter().enumerate() {
                let noise = eta.sqrt() * sigma * normals[40 * k + i];
                let weight = &mut weights.input[[i, k]];
                *weight = (1.0 - eta) * *weight + eta * y[i] * x + noise;
            }
            for j in 0..40 {
                let noise = eta.sqrt() * sigma * normals[40 * (2 + j) + i];
                let weight = &mut weights.output[[i, j]];
                *weight = ((1.0 - eta) * *weight + eta * y[i] * y[j] + noise).max(0.0);
            }
        }
        engine.advance(1);
        let found = engine.weights();
        let differences = found.values().zip(weights.values());
        let largest = differences.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(largest < 1e-11, "step {step}: {largest}");
        weights = found;
    }
}

#[test]
fn what_has_settled_is_in_balance() {
    let mut engine = ring(|_| {});
    engine.advance(500);
    let weights = engine.weights();
    for (probe, y) in engine.responses().iter().enumerate() {
        let x = on_ring(probe as u32 * PROBE_EVERY);
        let y = Array1::from(y.clone());
        let drive = weights.input.dot(&array![x[0], x[1]]);
        let pull = &drive - &(weights.output.dot(&y) + &(&y * 0.01));
        // Where a unit is active the pull is gone, elsewhere it is not upwards.
        for (unit, (&y, &pull)) in y.iter().zip(&pull).enumerate() {
            let balanced = if y > 0.0 {
                pull.abs() < 1e-3
            } else {
                pull < 1e-3
            };
            assert!(balanced, "probe {probe}, unit {unit}: {y} {pull}");
        }
    }
}

#[test]
fn one_unit_and_two_settle_where_algebra_says() {
    let mut engine = ring(|p| p.hidden_units = 1);
    engine.synapses.input = [vec![0.5], vec![0.0]];
    let settled = engine.settle([1.0, 0.0], vec![0.0]);
    assert!((settled[0] - 0.5 / 1.01).abs() < 1e-4, "{settled:?}");
    assert_eq!(engine.settle([-1.0, 0.0], vec![0.0]), [0.0]);
    let mut engine = ring(|p| p.hidden_units = 2);
    engine.synapses.input = [vec![1.0, 0.9], vec![0.0; 2]];
    engine.synapses.lateral = vec![vec![0.0, 0.5], vec![0.4, 0.0]];
    let settled = engine.settle([1.0, 0.0], vec![0.05, 0.0]);
    // 1.01 a + 0.4 b = 1, 0.5 a + 1.01 b = 0.9, by Cramer's rule.
    let determinant = 1.01 * 1.01 - 0.4 * 0.5;
    let expected = [(1.01 - 0.36) / determinant, (0.909 - 0.5) / determinant];
    for (found, expected) in settled.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-3, "{settled:?}");
    }
    // A strong enough neighbour silences a unit.
    engine.synapses.lateral[0][1] = 5.0;
    let settled = engine.settle([1.0, 0.0], vec![0.05, 0.0]);
    assert!(
        (settled[0] - 1.0 / 1.01).abs() < 1e-3 && settled[1] == 0.0,
        "{settled:?}"
    );
}

#[test]
fn the_mismatch_is_that_of_all_pairs() {
    let mut engine = ring(|_| {});
    engine.advance(50);
    let responses = engine.responses();
    let count = responses.len();
    let y = Array2::from_shape_fn((count, 40), |(probe, unit)| responses[probe][unit]);
    let x = Array2::from_shape_fn((count, 2), |(probe, k)| on_ring(4 * probe as u32)[k]);
    let difference = x.dot(&x.t()) - y.dot(&y.t());
    let expected = difference.mapv(|value| value * value).mean().unwrap();
    let found = engine.observe().mean_squared_error;
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    // Before anything is learned hardly anybody responds: the inputs' similarities, mean square 1/2, remain.
    let silent = vec![vec![0.0; 40]; count];
    assert!((mismatch(&silent) - 0.5).abs() < 1e-12);
}

#[test]
fn few_responses_make_no_active_unit() {
    let mut engine = ring(|_| {});
    engine.advance(1_000);
    let responses = engine.responses();
    let active = engine.observe().active_samples;
    assert!(
        active
            .iter()
            .all(|&count| count == 0 || (4..=PROBES).contains(&count))
    );
    for (unit, &count) in active.iter().enumerate() {
        let counted = responses.iter().filter(|y| y[unit] > 0.05).count() as u32;
        assert_eq!(count, if counted > 3 { counted } else { 0 });
    }
}

/// The published course, as an independent port shows it (one seed): mean square of the mismatch and fraction of
/// active units after so many steps.
const COURSE: [(u64, f64, f64); 7] = [
    (1, 0.296, 0.92),
    (100, 0.262, 0.89),
    (200, 0.254, 0.80),
    (300, 0.254, 0.69),
    (500, 0.254, 0.48),
    (1_000, 0.254, 0.37),
    (2_500, 0.254, 0.33),
];

#[test]
fn two_hundred_units_take_the_expected_course() {
    let seeds = 3;
    let mut engines: Vec<Ring> = (0..seeds)
        .map(|seed| ring(|p| (p.hidden_units, p.seed) = (200, seed)))
        .collect();
    let mut before = 0;
    for (steps, loss, active) in COURSE {
        let (mut mean_loss, mut mean_active) = (0.0, 0.0);
        for engine in &mut engines {
            engine.advance(steps - before);
            let observation = engine.observe();
            mean_loss += observation.mean_squared_error / f64::from(seeds as u32);
            let units = observation
                .active_samples
                .iter()
                .filter(|&&count| count > 0);
            mean_active += units.count() as f64 / 200.0 / f64::from(seeds as u32);
        }
        before = steps;
        assert!(
            (mean_loss - loss).abs() < 0.006,
            "{steps}: loss {mean_loss} for {loss}"
        );
        assert!(
            (mean_active - active).abs() < 0.06,
            "{steps}: active {mean_active} for {active}"
        );
    }
}

#[test]
fn a_saved_ring_goes_on_to_the_same_bits() {
    let mut whole = ring(|_| {});
    whole.advance(60);
    let mut first = ring(|_| {});
    first.advance(23);
    let mut second = ring(|_| {});
    second.restore(&first.save()).unwrap();
    second.observe();
    second.advance(37);
    assert_eq!(second.save(), whole.save());
    assert_eq!(second.synapses, whole.synapses);
    assert!(second.restore(&[0; 7]).is_err());
    // Other seeds, and another seed of the weights alone.
    let other = |p: &mut Parameters| p.seed = 2;
    assert_ne!(ring(other).synapses, ring(|_| {}).synapses);
    let weights = |p: &mut Parameters| (p.seed, p.weights_seed) = (2, Some(1));
    assert_eq!(ring(weights).synapses, ring(|_| {}).synapses);
}

#[test]
fn every_instruction_set_settles_to_the_same_bits() {
    let mut engine = ring(|p| p.hidden_units = 37);
    engine.advance(40);
    let settled = |set: InstructionSet| {
        set.run(Settle {
            synapses: &engine.synapses,
            input: on_ring(123),
            start: vec![0.01; 37],
        })
    };
    let expected = settled(InstructionSet::best());
    for set in InstructionSet::available() {
        assert_eq!(settled(set), expected, "{set}");
    }
}

/// Pearson correlation over units of two responses to one angle, mean over angles.
fn correlation(one: &[Vec<f64>], other: &[Vec<f64>]) -> f64 {
    let centred = |y: &[f64]| {
        let y = Array1::from(y.to_vec());
        let mean = y.mean().unwrap();
        y - mean
    };
    let pairs = one.iter().zip(other).map(|(a, b)| {
        let (a, b) = (centred(a), centred(b));
        a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
    });
    pairs.sum::<f64>() / one.len() as f64
}

#[test]
fn in_the_end_only_representations_change() {
    let mut engine = ring(|p| p.hidden_units = 100);
    engine.advance(2_500);
    let active = |engine: &mut Ring| {
        let observation = engine.observe();
        let units = observation
            .active_samples
            .iter()
            .filter(|&&count| count > 0);
        (observation.mean_squared_error, units.count() as f64 / 100.0)
    };
    let (loss, units) = active(&mut engine);
    let reference = engine.responses();
    let mut before = 1.0;
    for _ in 0..3 {
        engine.advance(800);
        let (later_loss, later_units) = active(&mut engine);
        assert!(
            (later_loss / loss - 1.0).abs() < 0.01,
            "{loss} {later_loss}"
        );
        assert!((later_units - units).abs() < 0.1, "{units} {later_units}");
        let common = correlation(&reference, &engine.responses());
        assert!(common < before - 0.05, "{common} after {before}");
        before = common;
    }
}
