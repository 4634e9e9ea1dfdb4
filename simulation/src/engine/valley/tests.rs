use super::*;
use crate::{Algorithm, Parameters};

/// The walkers of `sweeps/valley.yaml`.
fn parameters(task: Task, seed: u64) -> Parameters {
    Parameters {
        algorithm: Algorithm::Sgd,
        task,
        learning_rate: Some(0.01),
        update_noise: 0.02,
        update_noise_on: UpdateNoiseTarget::Weights,
        steps: 10_000,
        seed,
        ..Parameters::default()
    }
}

fn walker(parameters: Parameters) -> Valley {
    Valley::new(&parameters.check().unwrap())
}

fn walkers(task: Task, count: u64) -> Vec<Valley> {
    (0..count)
        .map(|seed| walker(parameters(task, seed)))
        .collect()
}

fn mean(walkers: &[Valley], value: impl Fn([f64; 2]) -> f64) -> f64 {
    walkers
        .iter()
        .map(|walker| value(walker.position))
        .sum::<f64>()
        / walkers.len() as f64
}

fn quiet(task: Task) -> Valley {
    walker(Parameters {
        update_noise: 0.0,
        ..parameters(task, 0)
    })
}

#[test]
fn the_gradient_is_the_losses_difference() {
    for task in [Task::NarrowingValley, Task::FlatValley] {
        let mut valley = quiet(task);
        for position in [[2.0, 1.0], [-0.7, 0.3], [1.1, -1.9]] {
            valley.position = position;
            let gradient = valley.gradient();
            for (axis, slope) in gradient.into_iter().enumerate() {
                let loss_at = |shift: f64| {
                    let mut moved = quiet(task);
                    moved.position = position;
                    moved.position[axis] += shift;
                    moved.loss()
                };
                let difference = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5;
                assert!((slope - difference).abs() < 1e-8, "{task} {position:?}");
            }
        }
    }
}

#[test]
fn without_noise_a_walker_falls_to_the_bottom_and_stays() {
    let mut narrowing = quiet(Task::NarrowingValley);
    narrowing.advance(10_000);
    let [x, y] = narrowing.position;
    // Gradient flow keeps x^2 - y^2; steps of 0.01 miss that by little.
    assert!(
        y.abs() < 1e-12 && (x - 3.0_f64.sqrt()).abs() < 0.03,
        "{x} {y}"
    );
    narrowing.advance(10_000);
    assert_eq!(narrowing.position[0], x);
    let mut flat = quiet(Task::FlatValley);
    flat.advance(10_000);
    assert_eq!(flat.position[0], 2.0);
    assert!(flat.position[1].abs() < 1e-12);
}

#[test]
fn noise_across_a_narrowing_valley_drives_along_it() {
    let mut walkers = walkers(Task::NarrowingValley, 20_000);
    for walker in &mut walkers {
        walker.position = [2.0, 0.0];
        walker.advance(50);
    }
    let start = mean(&walkers, |[x, _]| x);
    let (mut across, mut predicted_across, mut predicted_drift) = (0.0, 0.0, 0.0);
    for _ in 0..40 {
        // s^2 / (4 eta x^2) and s^2 / (2 x), and what they lack at this eta x^2, 0.04.
        let slow = |x: f64| 1.0 - 0.01 * x * x;
        predicted_across += mean(&walkers, |[x, _]| 4e-4 / (0.04 * x * x * slow(x))) / 40.0;
        predicted_drift += mean(&walkers, |[x, _]| 4e-4 / (2.0 * x * slow(x))) / 40.0;
        walkers.iter_mut().for_each(|walker| walker.advance(10));
        across += mean(&walkers, |[_, y]| y * y) / 40.0;
    }
    let drift = (start - mean(&walkers, |[x, _]| x)) / 400.0;
    assert!(
        (across / predicted_across - 1.0).abs() < 0.03,
        "{across} {predicted_across}"
    );
    // Standard error of the mean drift: s / sqrt(400 steps x 20,000 walkers) = 7e-6.
    assert!(
        (drift - predicted_drift).abs() < 2.5e-5,
        "{drift} {predicted_drift}"
    );
    assert!(predicted_drift > 1e-4, "{predicted_drift}");
}

#[test]
fn the_mean_walker_reaches_the_flat_side_while_the_mean_square_stays() {
    let mut walkers = walkers(Task::NarrowingValley, 4_000);
    let mut before = 0;
    // From an independent program with 4,000 walkers of its own: the standard error of a mean is
    // s sqrt(t / 4000) at most, 0.032 at the end, and there are two of them.
    for (steps, expected) in [
        (300, 1.69),
        (1_000, 1.59),
        (2_000, 1.45),
        (5_000, 1.13),
        (10_000, 0.88),
    ] {
        walkers
            .iter_mut()
            .for_each(|walker| walker.advance(steps - before));
        before = steps;
        let found = mean(&walkers, |[x, _]| x);
        let error = 0.02 * (steps as f64 / 4_000.0).sqrt();
        let tolerance = 0.006 + 4.0 * 2.0_f64.sqrt() * error;
        assert!(
            (found - expected).abs() < tolerance,
            "{steps}: {found} for {expected}"
        );
        let square = mean(&walkers, |[x, _]| x * x);
        assert!((2.85..3.4).contains(&square), "{steps}: {square}");
    }
}

#[test]
fn in_a_flat_valley_a_walker_only_diffuses() {
    let mut walkers = walkers(Task::FlatValley, 4_000);
    walkers.iter_mut().for_each(|walker| walker.advance(10_000));
    let x = mean(&walkers, |[x, _]| x);
    let spread = mean(&walkers, |[x, _]| (x - 2.0) * (x - 2.0));
    // A walk of 10,000 steps of 0.02: standard deviation 2. Five standard errors.
    assert!((x - 2.0).abs() < 0.16, "{x}");
    assert!((spread / 4.0 - 1.0).abs() < 0.12, "{spread}");
    // y is autoregressive with factor 1 - 2 eta x_0^2 = 0.92: variance s^2 / (1 - 0.92^2).
    let across = mean(&walkers, |[_, y]| y * y);
    let expected = 4e-4 / (1.0 - 0.92 * 0.92);
    assert!(
        (across / expected - 1.0).abs() < 0.12,
        "{across} {expected}"
    );
}

#[test]
fn noise_on_the_gradient_is_scaled_by_the_learning_rate() {
    let on_gradient = Parameters {
        update_noise_on: UpdateNoiseTarget::Gradient,
        update_noise: 2.0,
        ..parameters(Task::FlatValley, 3)
    };
    let (mut a, mut b) = (walker(on_gradient), walker(parameters(Task::FlatValley, 3)));
    for _ in 0..100 {
        a.advance(1);
        b.advance(1);
        // The same normals with the other sign.
        let sum = (a.position[0] - 2.0) + (b.position[0] - 2.0);
        assert!(sum.abs() < 1e-12, "{sum}");
    }
}

#[test]
fn a_saved_walker_goes_on_at_any_step() {
    let mut whole = walker(parameters(Task::NarrowingValley, 5));
    whole.advance(100);
    for cut in [0, 1, 15, 16, 17, 32, 99] {
        let mut first = walker(parameters(Task::NarrowingValley, 5));
        first.advance(cut);
        let mut second = walker(parameters(Task::NarrowingValley, 5));
        second.restore(&first.save()).unwrap();
        second.advance(100 - cut);
        assert_eq!(second.position, whole.position, "{cut}");
        assert_eq!(second.save(), whole.save(), "{cut}");
    }
    assert!(whole.restore(&[0; 3]).is_err());
}
