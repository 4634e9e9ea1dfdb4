//! The ranges of parameters.

use super::{Algorithm, HessianEigenvalues, Parameters, Task, model};
use crate::place::TRACK_BINS;
use crate::task::{TRACK_INPUT_DIM, TRACK_OUTPUT_DIM};

/// A value that can't be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{key} is {value}: {expected}")]
pub struct ParameterError {
    /// The parameter's key.
    pub key: &'static str,
    /// The value given, as text.
    pub value: String,
    /// What would be right.
    pub expected: String,
}

const SIZE_MAX: u32 = 1_000;
const HIDDEN_MAX: u32 = 10_000;
const STEPS_MAX: u64 = 1_000_000_000_000;
const MEASUREMENTS_MAX: u32 = 10_000_000;
const SNAPSHOTS_MAX: u32 = 100_000;
/// Lists of up to 4,000 eigenvalues travel with every checkpoint: at most 32 MB of them.
const FULL_SPECTRA_MAX: u32 = 1_000;
const PLACE_SNAPSHOTS_MAX: u32 = 500;
/// Activities in all snapshots of the place code together: 80 MB while a job runs, some hundred when it
/// ends.
const PLACE_ACTIVITIES_MAX: u64 = 20_000_000;
const SEED_MAX: u64 = i64::MAX as u64;

pub(super) fn check(mut p: Parameters) -> Result<Parameters, ParameterError> {
    // Before the task drops it: a mistake is a mistake in any task.
    let smoothing_dim = p.smoothing_dim.unwrap_or(1);
    whole("smoothing_dim", smoothing_dim.into(), 1, SIZE_MAX.into())?;
    p = with_task_sizes(p)?;
    model::fill_in(&mut p);
    whole("n_samples", p.n_samples.into(), 1, SIZE_MAX.into())?;
    whole("input_dim", p.input_dim.into(), 1, SIZE_MAX.into())?;
    whole("output_dim", p.output_dim.into(), 1, SIZE_MAX.into())?;
    whole("hidden_units", p.hidden_units.into(), 1, HIDDEN_MAX.into())?;
    whole("steps", p.steps, 1, STEPS_MAX)?;
    whole(
        "linear_measurements",
        p.linear_measurements.into(),
        2,
        MEASUREMENTS_MAX.into(),
    )?;
    whole(
        "logarithmic_measurements",
        p.logarithmic_measurements.into(),
        0,
        MEASUREMENTS_MAX.into(),
    )?;
    whole(
        "trajectory_points",
        p.trajectory_points.into(),
        2,
        MEASUREMENTS_MAX.into(),
    )?;
    whole(
        "unit_activity_snapshots",
        p.unit_activity_snapshots.into(),
        0,
        SNAPSHOTS_MAX.into(),
    )?;
    check_hessian(&mut p)?;
    check_place_snapshots(&mut p)?;
    for (key, seed) in [
        ("seed", Some(p.seed)),
        ("data_seed", p.data_seed),
        ("weights_seed", p.weights_seed),
    ] {
        whole(key, seed.unwrap_or(0), 0, SEED_MAX)?;
    }
    let rate = p
        .learning_rate
        .unwrap_or_else(|| p.algorithm.default_learning_rate());
    if !(rate.is_finite() && rate > 0.0 && rate <= 100.0) {
        return Err(wrong(
            "learning_rate",
            &rate,
            "give a number above 0, at most 100",
        ));
    }
    p.learning_rate = Some(rate);
    for (key, amplitude) in [
        ("update_noise", &mut p.update_noise),
        ("label_noise", &mut p.label_noise),
        ("input_noise", &mut p.input_noise),
    ] {
        if !(amplitude.is_finite() && (0.0..=1_000.0).contains(&*amplitude)) {
            return Err(wrong(key, &*amplitude, "give a number from 0 to 1000"));
        }
        // -0.0 is 0.0, so that equal runs have equal parameters.
        *amplitude = amplitude.abs();
    }
    if p.algorithm == Algorithm::Sed && p.update_noise > 0.0 {
        let expected = "sed perturbs the weights itself: give 0 (as the paper does)";
        return Err(wrong("update_noise", &p.update_noise, expected));
    }
    model::check(&p)?;
    Ok(p)
}

/// Tasks that decide sizes themselves overwrite them, so that equal runs have equal parameters.
fn with_task_sizes(mut p: Parameters) -> Result<Parameters, ParameterError> {
    match p.task {
        Task::Predictive | Task::RandomAutoencoder | Task::SmoothedAutoencoder => {
            p.output_dim = p.input_dim;
        }
        Task::PredictiveTrack => {
            (p.input_dim, p.output_dim) = (TRACK_INPUT_DIM, TRACK_OUTPUT_DIM);
        }
        Task::Random
        | Task::Smoothed
        | Task::Dataset
        | Task::Ring
        | Task::NarrowingValley
        | Task::FlatValley => {}
    }
    let smoothed = matches!(p.task, Task::Smoothed | Task::SmoothedAutoencoder);
    if !smoothed || p.smoothing_dim == Some(p.output_dim) {
        p.smoothing_dim = None;
    }
    match (p.task == Task::Dataset, &p.dataset) {
        (true, None) => Err(wrong(
            "dataset",
            &"missing",
            "task dataset needs `dataset: file.npz`",
        )),
        (false, Some(id)) => Err(wrong(
            "dataset",
            id,
            "only task dataset reads one: leave task or dataset out",
        )),
        _ => Ok(p),
    }
}

fn check_hessian(p: &mut Parameters) -> Result<(), ParameterError> {
    let key = "hessian_snapshots";
    if p.hessian_snapshots == 1 || p.hessian_snapshots > SNAPSHOTS_MAX {
        let expected = format!("give 0, or a whole number from 2 to {SNAPSHOTS_MAX}");
        return Err(wrong(key, &p.hessian_snapshots, &expected));
    }
    if let Some(share) = p.hessian_cost_max
        && !(share.is_finite() && (0.0..=1_000.0).contains(&share))
    {
        let expected = "give a number from 0 to 1000";
        return Err(wrong("hessian_cost_max", &share, expected));
    }
    let all = p.hessian_eigenvalues == HessianEigenvalues::All;
    if p.hessian_snapshots == 0 {
        if all {
            let expected = "hessian_eigenvalues needs snapshots: give at least 2";
            return Err(wrong(key, &0, expected));
        }
        // A limit on nothing changes nothing.
        p.hessian_cost_max = Parameters::default().hessian_cost_max;
    }
    if all && p.hessian_snapshots > FULL_SPECTRA_MAX {
        let expected = format!(
            "with hessian_eigenvalues all, give a whole number from 2 to {FULL_SPECTRA_MAX}"
        );
        return Err(wrong(key, &p.hessian_snapshots, &expected));
    }
    Ok(())
}

/// Snapshots of the place code stay in memory until they are compared, pair by pair. As many as by default
/// are none of their own, so that equal runs have equal parameters.
fn check_place_snapshots(p: &mut Parameters) -> Result<(), ParameterError> {
    let Some(snapshots) = p.place_snapshots else {
        return Ok(());
    };
    let key = "place_snapshots";
    whole(key, snapshots.into(), 0, PLACE_SNAPSHOTS_MAX.into())?;
    let fitting = fitting_place_snapshots(p);
    if u64::from(snapshots) > fitting {
        let expected = format!(
            "{} hidden units and {} samples leave room for at most {fitting}",
            p.hidden_units, p.n_samples
        );
        return Err(wrong(key, &snapshots, &expected));
    }
    if snapshots == default_place_snapshots(p) {
        p.place_snapshots = None;
    }
    Ok(())
}

fn fitting_place_snapshots(p: &Parameters) -> u64 {
    let activities = u64::from(p.hidden_units) * u64::from(p.n_samples.max(TRACK_BINS));
    PLACE_ACTIVITIES_MAX / activities
}

/// Tasks about places have snapshots, if two fit.
pub(super) fn default_place_snapshots(p: &Parameters) -> u32 {
    let wanted = match p.task {
        Task::PredictiveTrack => 51,
        Task::Predictive => 21,
        _ => return 0,
    };
    let fitting = fitting_place_snapshots(p).min(wanted) as u32;
    if fitting < 2 { 0 } else { fitting }
}

fn whole(key: &'static str, value: u64, min: u64, max: u64) -> Result<(), ParameterError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(wrong(
        key,
        &value,
        &format!("give a whole number from {min} to {max}"),
    ))
}

fn wrong(key: &'static str, value: &dyn ToString, expected: &str) -> ParameterError {
    ParameterError {
        key,
        value: value.to_string(),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LabelNoiseDistribution, UpdateNoiseTarget};

    fn error_key(change: impl FnOnce(&mut Parameters)) -> &'static str {
        let mut parameters = Parameters::default();
        change(&mut parameters);
        parameters.check().expect_err("out of range").key
    }

    #[test]
    fn values_out_of_range_are_named() {
        assert_eq!(error_key(|p| p.n_samples = 0), "n_samples");
        assert_eq!(error_key(|p| p.input_dim = 1_001), "input_dim");
        assert_eq!(error_key(|p| p.hidden_units = 0), "hidden_units");
        assert_eq!(error_key(|p| p.steps = 0), "steps");
        assert_eq!(error_key(|p| p.hessian_snapshots = 1), "hessian_snapshots");
        assert_eq!(
            error_key(|p| p.place_snapshots = Some(501)),
            "place_snapshots"
        );
        assert_eq!(
            error_key(|p| p.learning_rate = Some(f64::NAN)),
            "learning_rate"
        );
        assert_eq!(error_key(|p| p.learning_rate = Some(-0.1)), "learning_rate");
        assert_eq!(
            error_key(|p| p.update_noise = f64::INFINITY),
            "update_noise"
        );
        assert_eq!(error_key(|p| p.label_noise = -1.0), "label_noise");
        assert_eq!(error_key(|p| p.seed = u64::MAX), "seed");
        assert_eq!(error_key(|p| p.task = Task::Dataset), "dataset");
        assert_eq!(error_key(|p| p.dataset = Some("ab".into())), "dataset");
    }

    #[test]
    fn what_asks_for_eigenvalues_needs_snapshots() {
        let all = |p: &mut Parameters| p.hessian_eigenvalues = HessianEigenvalues::All;
        let without = |p: &mut Parameters| {
            all(p);
            p.hessian_snapshots = 0;
        };
        assert_eq!(error_key(without), "hessian_snapshots");
        assert_eq!(
            error_key(|p| p.hessian_cost_max = Some(-0.2)),
            "hessian_cost_max"
        );
        let many = |p: &mut Parameters| {
            all(p);
            p.hessian_snapshots = 1_001;
        };
        assert_eq!(error_key(many), "hessian_snapshots");
        let valid = Parameters {
            hessian_eigenvalues: HessianEigenvalues::All,
            hessian_cost_max: Some(0.2),
            hessian_snapshots: 1_000,
            ..Parameters::default()
        };
        assert!(valid.check().is_ok());
    }

    #[test]
    fn a_limit_on_no_snapshots_is_dropped() {
        let none = |hessian_cost_max| Parameters {
            hessian_snapshots: 0,
            hessian_cost_max,
            ..Parameters::default()
        };
        let checked = |share| none(share).check().unwrap();
        assert_eq!(checked(Some(0.5)), checked(None));
        assert_eq!(checked(Some(0.5)), checked(Some(0.2)));
    }

    #[test]
    fn tasks_about_places_have_snapshots_of_their_code() {
        let snapshots = |task, place_snapshots, hidden_units| {
            let valid = Parameters {
                task,
                place_snapshots,
                hidden_units,
                ..Parameters::default()
            };
            let valid = valid.check().unwrap();
            (valid.place_snapshots, valid.place_snapshots())
        };
        assert_eq!(snapshots(Task::PredictiveTrack, None, 500), (None, 51));
        assert_eq!(snapshots(Task::PredictiveTrack, Some(51), 500), (None, 51));
        assert_eq!(snapshots(Task::PredictiveTrack, Some(0), 500), (Some(0), 0));
        assert_eq!(snapshots(Task::Predictive, None, 100), (None, 21));
        assert_eq!(snapshots(Task::Predictive, None, 10_000), (None, 20));
        assert_eq!(snapshots(Task::Random, None, 100), (None, 0));
        assert_eq!(snapshots(Task::Random, Some(0), 100), (None, 0));
        assert_eq!(snapshots(Task::Random, Some(3), 100), (Some(3), 3));
    }

    #[test]
    fn place_snapshots_are_limited_by_what_they_hold() {
        let wide = |place_snapshots| Parameters {
            hidden_units: 10_000,
            n_samples: 1_000,
            place_snapshots: Some(place_snapshots),
            ..Parameters::default()
        };
        assert!(wide(2).check().is_ok());
        let error = wide(3).check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "place_snapshots is 3: 10000 hidden units and 1000 samples leave room for at most 2"
        );
    }

    #[test]
    fn predictive_tasks_take_the_inputs_size() {
        let valid = Parameters {
            task: Task::Predictive,
            input_dim: 7,
            ..Parameters::default()
        };
        assert_eq!(valid.check().unwrap().output_dim, 7);
    }

    #[test]
    fn a_smoothing_that_changes_nothing_is_dropped() {
        let smoothing_dim = |task, smoothing_dim| {
            let valid = Parameters {
                task,
                smoothing_dim,
                ..Parameters::default()
            };
            valid.check().unwrap().smoothing_dim
        };
        assert_eq!(smoothing_dim(Task::Smoothed, Some(4)), Some(4));
        assert_eq!(smoothing_dim(Task::SmoothedAutoencoder, Some(4)), Some(4));
        assert_eq!(smoothing_dim(Task::SmoothedAutoencoder, Some(10)), None);
        assert_eq!(smoothing_dim(Task::Random, Some(4)), None);
        assert_eq!(error_key(|p| p.smoothing_dim = Some(0)), "smoothing_dim");
    }

    #[test]
    fn canonical_json_leaves_defaults_out() {
        let valid = Parameters {
            steps: 5,
            ..Parameters::default()
        }
        .check()
        .unwrap();
        assert_eq!(valid.canonical_json(), r#"{"learning_rate":0.1,"steps":5}"#);
    }

    #[test]
    fn a_negative_zero_is_zero() {
        let json = |noise| {
            let parameters = Parameters {
                update_noise: noise,
                label_noise: noise,
                input_noise: noise,
                ..Parameters::default()
            };
            parameters.check().unwrap().canonical_json()
        };
        assert_eq!(json(-0.0), json(0.0));
    }

    #[test]
    fn canonical_json_says_what_a_map_of_values_says() {
        let keys = |p: &Parameters| serde_json::to_value(p).unwrap();
        let defaults = keys(&Parameters::default());
        let valid = Parameters {
            task: Task::Smoothed,
            smoothing_dim: Some(7),
            update_noise: 1.0 / 3.0,
            update_noise_on: UpdateNoiseTarget::Weights,
            label_noise: 1e-7,
            label_noise_distribution: LabelNoiseDistribution::Gaussian,
            heading_jitter: false,
            steps: 123_456_789,
            seed: (1 << 63) - 1,
            data_seed: Some(0),
            ..Parameters::default()
        }
        .check()
        .unwrap();
        let mut kept = keys(&valid);
        let entries = kept.as_object_mut().unwrap();
        entries.retain(|key, value| defaults[key] != *value);
        assert_eq!(
            valid.canonical_json(),
            serde_json::to_string(&kept).unwrap()
        );
        let read: Parameters = serde_json::from_str(&valid.canonical_json()).unwrap();
        assert_eq!(read.check().unwrap(), valid);
    }
}
