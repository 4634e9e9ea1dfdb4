use super::*;
use crate::stream::{ChaChaStream, StreamName};

/// Measurements in a made run, one every 10 steps.
const COUNT: usize = 2_000;

/// A run with this loss and both fractions, as functions of the share of the run that is over.
fn measured(loss: impl Fn(f64) -> f64, fraction: impl FnMut(f64) -> f64) -> Vec<Measurement> {
    measured_twice(loss, fraction, |_| 0.5)
}

fn measured_twice(
    loss: impl Fn(f64) -> f64,
    mut active_fraction: impl FnMut(f64) -> f64,
    mut fraction_active_units: impl FnMut(f64) -> f64,
) -> Vec<Measurement> {
    let at = |index| {
        let time = index as f64 / COUNT as f64;
        Measurement {
            step: 10 * index as u64,
            loss: loss(time),
            active_fraction: active_fraction(time),
            fraction_active_units: fraction_active_units(time),
        }
    };
    (0..COUNT).map(at).collect()
}

/// A loss that has converged after 5 % of the run.
fn early(time: f64) -> f64 {
    if time < 0.05 { 0.0 } else { -3.0 }
}

/// Falls from 0.5 to 0.1 with a time constant of a tenth of the run.
fn exponential(time: f64) -> f64 {
    0.1 + 0.4 * libm::exp(-10.0 * time)
}

/// Noise that remembers: its correlation falls to 1/e within that share of the run.
fn red_noise(seed: u64, deviation: f64, memory: f64) -> impl FnMut() -> f64 {
    let mut stream = ChaChaStream::new(seed, StreamName::Data);
    let kept = libm::exp(-1.0 / (memory * COUNT as f64));
    let mut state = stream.normal();
    move || {
        state = kept * state + (1.0 - kept * kept).sqrt() * stream.normal();
        deviation * state
    }
}

/// The end of directed drift, as a share of the run.
fn end(linear: &[Measurement]) -> Option<f64> {
    let step = Phases::find(linear).directed_drift_end_step?;
    Some(step as f64 / (10 * COUNT) as f64)
}

#[test]
fn learning_ends_where_the_loss_comes_near_its_plateau() {
    // From 0 down by 0.01 each time to the plateau of -10: within 5 % of the fall at -9.5.
    let linear = measured(|time| -(time * 20.0).min(10.0), |_| 0.5);
    // The median of neighbours on a falling line is the line itself.
    assert_eq!(Phases::find(&linear).converged_step, Some(9_500));
}

#[test]
fn learning_ends_alike_under_noise() {
    // 0 to -3 with a time constant of a tenth of the run: 5 % are left after ln(20) of them.
    let expected = 0.1 * libm::log(20.0);
    for seed in 0..50 {
        let mut noise = red_noise(seed, 0.1, 0.0001);
        let mut linear = measured(|time| 3.0 * (libm::exp(-10.0 * time) - 1.0), |_| 0.5);
        linear[1..].iter_mut().for_each(|m| m.loss += noise());
        let step = Phases::find(&linear).converged_step.unwrap();
        let found = step as f64 / (10 * COUNT) as f64;
        assert!((found / expected - 1.0).abs() < 0.15, "{found} {expected}");
    }
}

#[test]
fn one_lucky_measurement_is_no_convergence() {
    let loss = |time| {
        if time == 0.02 || time >= 0.5 {
            -4.0
        } else {
            0.0
        }
    };
    let linear = measured(loss, |_| 0.5);
    assert_eq!(Phases::find(&linear).converged_step, Some(10_000));
}

#[test]
fn without_learning_there_are_no_phases() {
    let linear = measured(|time| time, exponential);
    assert_eq!(Phases::find(&linear), Phases::default());
}

#[test]
fn directed_drift_ends_where_a_fall_comes_near_its_plateau() {
    let found = end(&measured(early, exponential)).unwrap();
    // Windows cover exp(-0.05) - exp(-9.95) of the fall: a twentieth of that is left at 0.304.
    assert!((found - 0.304).abs() < 0.002, "{found}");
    // A rise is no different.
    let risen = end(&measured(early, |time| 1.0 - exponential(time))).unwrap();
    assert_eq!(risen, found);
}

#[test]
fn the_later_of_the_two_fractions_decides() {
    let late = |time| if time < 0.6 { 0.9 } else { 0.4 };
    for linear in [
        measured_twice(early, late, exponential),
        measured_twice(early, exponential, late),
    ] {
        let found = end(&linear).unwrap();
        assert!((found - 0.6).abs() < 0.001, "{found}");
    }
}

#[test]
fn statistics_that_rest_before_the_loss_leave_no_directed_drift() {
    let loss = |time| if time < 0.5 { 0.0 } else { -3.0 };
    let phases = Phases::find(&measured(loss, exponential));
    assert_eq!(phases.converged_step, Some(10_000));
    assert_eq!(phases.directed_drift_end_step, Some(10_000));
}

#[test]
fn drift_that_goes_on_has_no_end() {
    let linear = |time: f64| 0.9 - 0.5 * time;
    let slow = |time: f64| 0.1 + 0.8 * libm::exp(-2.0 * time);
    let last_minute = |time| if time < 0.85 { 0.9 } else { 0.4 };
    let logarithmic = |time: f64| 0.5 - 0.1 * libm::log(1.0 + 100.0 * time);
    for curve in [&linear as &dyn Fn(f64) -> f64, &slow, &last_minute] {
        assert_eq!(end(&measured(early, curve)), None);
        assert!(
            Phases::find(&measured(early, curve))
                .converged_step
                .is_some()
        );
    }
    // A logarithm changes by 4.8 % of its range over the last fifth: by this criterion it rests.
    assert!(end(&measured(early, logarithmic)).is_some());
}

#[test]
fn a_visit_to_the_plateau_is_no_rest() {
    let visit = |time| match time {
        _ if time < 0.2 => 0.8,
        _ if time < 0.3 => 0.3,
        _ if time < 0.5 => 0.6,
        _ => 0.3,
    };
    let found = end(&measured(early, visit)).unwrap();
    assert!((found - 0.5).abs() < 0.001, "{found}");
}

#[test]
fn fast_noise_moves_the_end_little() {
    for seed in 0..50 {
        let mut noise = red_noise(seed, 0.02, 0.0001);
        let found = end(&measured(early, |time| exponential(time) + noise())).unwrap();
        assert!((0.23..0.34).contains(&found), "{found}");
    }
}

#[test]
fn slow_noise_does_not_hide_the_end() {
    let found: Vec<f64> = (0..200)
        .filter_map(|seed| {
            let mut noise = red_noise(seed, 0.01, 0.01);
            end(&measured(early, |time| exponential(time) + noise()))
        })
        .collect();
    assert!(found.len() >= 185, "{} of 200", found.len());
    let near = found
        .iter()
        .filter(|&&end| (0.2..0.4).contains(&end))
        .count();
    assert!(near >= 175, "{near} of 200 near 0.304");
}

#[test]
fn slow_noise_around_a_constant_is_no_drift() {
    // Without drift, null drift begins with convergence.
    let ends = (0..200).map(|seed| {
        let mut noise = red_noise(seed, 0.02, 0.01);
        end(&measured(early, |_| 0.3 + noise()))
    });
    let at_once = ends
        .filter(|&end| end.is_some_and(|end| end < 0.06))
        .count();
    assert!(at_once >= 180, "{at_once} of 200");
}

#[test]
fn noise_does_not_end_drift_that_goes_on() {
    let ended = (0..200).filter(|&seed| {
        let mut noise = red_noise(seed, 0.01, 0.005);
        end(&measured(early, |time| 0.9 - 0.5 * time + noise())).is_some()
    });
    assert!(ended.count() <= 2);
}

#[test]
fn too_few_measurements_show_no_end() {
    let mut linear = measured(early, |time| if time < 0.02 { 0.9 } else { 0.4 });
    assert!(Phases::find(&linear[..]).directed_drift_end_step.is_some());
    linear.truncate(99);
    linear.last_mut().unwrap().loss = -3.0;
    assert_eq!(Phases::find(&linear).directed_drift_end_step, None);
}
