//! One value per metric and run, by the rules of the published table (the authors' `collector.py`).

use std::ops::Range;

use crate::phases::Phases;
use crate::timescale::fitted_rate;
use crate::{Eigenvalues, Measurement, Outcome, Spectrum, Summary, TimescaleFit};

/// The published summary leaves the last measurement out and averages the ten before it.
const AVERAGED: usize = 10;

/// Summarizes the evenly spaced measurements of a run and the spectra of its Hessian, in order of
/// their steps.
///
/// A run that did not complete has initial values, its last loss if that is a number, and nothing
/// else: its last measurements are not those of the same steps in other runs.
pub(crate) fn summarize(outcome: Outcome, linear: &[Measurement], spectra: &[Spectrum]) -> Summary {
    let (Some(first), Some(last)) = (linear.first(), linear.last()) else {
        return Summary::default();
    };
    let initial = Summary {
        loss_final: Some(last.loss).filter(|loss| loss.is_finite()),
        active_fraction_initial: Some(first.active_fraction),
        fraction_active_units_initial: Some(first.fraction_active_units),
        ..Summary::default()
    };
    if outcome != Outcome::Completed {
        return initial;
    }
    let averaged = &linear[averaged(linear.len())];
    let active_fraction = mean(averaged, |m| m.active_fraction);
    let fraction_active_units = mean(averaged, |m| m.fraction_active_units);
    let fit = fit(linear);
    let phases = Phases::find(linear);
    let traces: Vec<Option<f64>> = spectra
        .iter()
        .map(|spectrum| Some(spectrum.trace))
        .collect();
    let largest = of_eigenvalues(spectra, |values| values.largest);
    let nonzero = of_eigenvalues(spectra, |values| values.nonzero_fraction);
    Summary {
        active_fraction_final: Some(active_fraction),
        normalized_active_fraction: ratio(active_fraction, first.active_fraction),
        fraction_active_units_final: Some(fraction_active_units),
        normalized_fraction_active_units: ratio(fraction_active_units, first.fraction_active_units),
        timescale_fit: fit.err().unwrap_or(TimescaleFit::Ok),
        sparsification_timescale: fit.ok().map(|rate| 1.0 / rate),
        log10_tau: fit.ok().map(libm::log10),
        converged_step: phases.converged_step,
        directed_drift_end_step: phases.directed_drift_end_step,
        hessian_trace_ratio: late_over_early(&traces),
        hessian_max_ratio: late_over_early(&largest),
        hessian_nonzero_fraction: late(&nonzero),
        ..initial
    }
}

/// The measurements `[-11:-1]`; with fewer than twelve all but the first and the last; with fewer
/// than three the last.
pub(crate) fn averaged(count: usize) -> Range<usize> {
    let end = count - 1;
    let start = end.saturating_sub(AVERAGED).max(1);
    if start < end { start..end } else { end..count }
}

fn mean(measurements: &[Measurement], value: impl Fn(&Measurement) -> f64) -> f64 {
    measurements.iter().map(value).sum::<f64>() / measurements.len() as f64
}

/// One value of each spectrum, if it has eigenvalues.
fn of_eigenvalues(spectra: &[Spectrum], value: impl Fn(&Eigenvalues) -> f64) -> Vec<Option<f64>> {
    let values = spectra.iter().map(|spectrum| spectrum.eigenvalues);
    values.map(|values| values.as_ref().map(&value)).collect()
}

/// Number of snapshots, from the first, that late ones are compared with: ten, or half of fewer.
pub(crate) fn early(count: usize) -> usize {
    AVERAGED.min(count / 2)
}

/// Mean of those of the last ten but one that are there. Of a single snapshot nothing is late.
fn late(values: &[Option<f64>]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let late = values[averaged(values.len())].iter().flatten();
    let (sum, count) = late.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// The mean of the last ten but one over that of the first ten, if all of these are there: means of fewer would
/// not be the published ratio.
fn late_over_early(values: &[Option<f64>]) -> Option<f64> {
    let late_mean = late(values)?;
    let (early, late) = (&values[..early(values.len())], averaged(values.len()));
    if early.iter().chain(&values[late]).any(Option::is_none) {
        return None;
    }
    let early_mean = early.iter().flatten().sum::<f64>() / early.len() as f64;
    ratio(late_mean, early_mean)
}

/// A share of nothing is undefined.
fn ratio(value: f64, initial: f64) -> Option<f64> {
    (initial > 0.0).then(|| value / initial)
}

fn fit(linear: &[Measurement]) -> Result<f64, TimescaleFit> {
    let steps: Vec<u64> = linear.iter().map(|m| m.step).collect();
    let fractions: Vec<f64> = linear.iter().map(|m| m.fraction_active_units).collect();
    fitted_rate(&steps, &fractions)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measurements every 10 steps with these losses and both fractions as given.
    fn measured(values: impl IntoIterator<Item = (f64, f64)>) -> Vec<Measurement> {
        values
            .into_iter()
            .enumerate()
            .map(|(index, (loss, active))| Measurement {
                step: 10 * index as u64,
                loss,
                active_fraction: active / 2.0,
                fraction_active_units: active,
            })
            .collect()
    }

    #[test]
    fn final_values_average_the_last_ten_but_one() {
        // 20 measurements, active 1.00, 0.96, ..., 0.24: [-11:-1] are numbers 9 to 18, mean 1 - 0.04 * 13.5.
        let linear = measured((0..20).map(|k| (-f64::from(k), 1.0 - 0.04 * f64::from(k))));
        let summary = summarize(Outcome::Completed, &linear, &[]);
        assert_eq!(summary.loss_final, Some(-19.0));
        assert_eq!(summary.active_fraction_initial, Some(0.5));
        assert_eq!(summary.fraction_active_units_initial, Some(1.0));
        let close = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-12;
        assert!(close(summary.fraction_active_units_final, 0.46));
        assert!(close(summary.normalized_fraction_active_units, 0.46));
        assert!(close(summary.active_fraction_final, 0.23));
        assert!(close(summary.normalized_active_fraction, 0.46));
        assert_eq!(summary.timescale_fit, TimescaleFit::Ok);
        let timescale = summary.sparsification_timescale.unwrap();
        assert!((summary.log10_tau.unwrap() + libm::log10(timescale)).abs() < 1e-12);
    }

    #[test]
    fn short_runs_average_what_there_is() {
        assert_eq!(averaged(1), 0..1);
        assert_eq!(averaged(2), 1..2);
        assert_eq!(averaged(3), 1..2);
        assert_eq!(averaged(11), 1..10);
        assert_eq!(averaged(12), 1..11);
        assert_eq!(averaged(30), 19..29);
    }

    #[test]
    fn a_run_that_did_not_complete_has_initial_values_and_its_last_loss() {
        let linear = measured((0..20).map(|k| (-f64::from(k), 1.0 - 0.04 * f64::from(k))));
        for outcome in [Outcome::Diverged, Outcome::Silent, Outcome::Truncated] {
            let expected = Summary {
                loss_final: Some(-19.0),
                active_fraction_initial: Some(0.5),
                fraction_active_units_initial: Some(1.0),
                ..Summary::default()
            };
            assert_eq!(summarize(outcome, &linear, &[]), expected);
        }
        assert_eq!(summarize(Outcome::Diverged, &[], &[]), Summary::default());
        let exploded = measured([(0.0, 1.0), (f64::NAN, 0.5)]);
        let summary = summarize(Outcome::Diverged, &exploded, &[]);
        assert_eq!(summary.loss_final, None);
        assert_eq!(summary.fraction_active_units_initial, Some(1.0));
    }

    fn spectrum(trace: f64, largest: Option<f64>) -> Spectrum {
        Spectrum {
            step: 0,
            trace,
            eigenvalues: largest.map(|largest| Eigenvalues {
                exact: true,
                largest,
                positive: 3,
                negative: 2,
                log_sum: 0.0,
                nonzero_fraction: largest / 100.0,
                nonzero_tol: 0.1,
            }),
        }
    }

    #[test]
    fn spectra_are_compared_late_over_early() {
        // 101 snapshots 101, 100, ..., 1: [-11:-1] has mean 6.5, the first ten 96.5.
        let linear = measured([(0.0, 1.0), (-1.0, 0.5)]);
        let summary = |spectra: &[Spectrum]| summarize(Outcome::Completed, &linear, spectra);
        let falling: Vec<Spectrum> = (0..101)
            .map(|k| spectrum(f64::from(101 - k), Some(f64::from(202 - 2 * k))))
            .collect();
        let of_falling = summary(&falling);
        assert_eq!(of_falling.hessian_trace_ratio, Some(6.5 / 96.5));
        assert_eq!(of_falling.hessian_max_ratio, Some(6.5 / 96.5));
        assert!((of_falling.hessian_nonzero_fraction.unwrap() - 0.13).abs() < 1e-15);
        let traces = [4.0, 1.0].map(|trace| spectrum(trace, None));
        assert_eq!(summary(&traces).hessian_trace_ratio, Some(0.25));
        assert_eq!(summary(&traces).hessian_max_ratio, None);
        assert_eq!(summary(&traces).hessian_nonzero_fraction, None);
        assert_eq!(summary(&traces[..1]).hessian_trace_ratio, None);
        // One that lacks eigenvalues lacks to the ratio; of the share of what is not zero one is enough.
        let with = |missing: &[usize]| {
            let mut spectra = falling.clone();
            missing.iter().for_each(|&k| spectra[k].eigenvalues = None);
            summary(&spectra)
        };
        assert_eq!(
            with(&[50, 100]).hessian_max_ratio,
            of_falling.hessian_max_ratio
        );
        assert_eq!(with(&[9]).hessian_max_ratio, None);
        assert_eq!(with(&[90]).hessian_max_ratio, None);
        let late: Vec<usize> = (91..101).collect();
        assert_eq!(with(&late).hessian_nonzero_fraction, Some(0.22));
        assert_eq!(summary(&falling[..1]), summary(&[]));
        let diverged = summarize(Outcome::Diverged, &linear, &falling);
        assert_eq!(diverged.hessian_trace_ratio, None);
        assert_eq!(diverged.hessian_nonzero_fraction, None);
    }
}
