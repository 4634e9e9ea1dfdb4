//! How fast the fraction of active units falls, by the published procedure (paper, Methods,
//! "Sparsification timescale"; the authors' `utils.py`): an exponential fitted to the first nine
//! tenths of the fall.

use crate::TimescaleFit;

/// What is added to every value before the logarithm is taken, so that the smallest has one.
const FLOOR: f64 = 1e-10;

/// Fewer points than this make no line worth a name.
const POINTS_MIN: usize = 3;

/// Rate at which `fractions[k]`, measured at `steps[k]`, falls, per step. `Err` says why there is none.
///
/// 1. The fall ends at the first value nearest to `max - 0.9 (max - min)`; only what comes before counts.
/// 2. The smallest of the values kept is subtracted, and [`FLOOR`] added.
/// 3. A line is fitted to the logarithms. Residuals are weighted by the square root of the reversed
///    steps over the largest step, so the last kept point weighs least. (numpy's `polyfit` multiplies
///    residuals by its weights, hence squared residuals by the reversed steps themselves.)
/// 4. The rate is the slope with its sign turned; the timescale is 1/rate.
pub(crate) fn fitted_rate(steps: &[u64], fractions: &[f64]) -> Result<f64, TimescaleFit> {
    assert_eq!(steps.len(), fractions.len());
    let max = fractions.iter().copied().fold(f64::MIN, f64::max);
    let min = fractions.iter().copied().fold(f64::MAX, f64::min);
    if max <= min {
        return Err(TimescaleFit::Flat);
    }
    let end = first_nearest(fractions, max - 0.9 * (max - min));
    if end < POINTS_MIN {
        return Err(TimescaleFit::TooFewPoints);
    }
    let kept = &fractions[..end];
    let kept_min = kept.iter().copied().fold(f64::MAX, f64::min);
    let x: Vec<f64> = steps[..end].iter().map(|&step| step as f64).collect();
    let log_y: Vec<f64> = kept
        .iter()
        .map(|&y| libm::log(y - kept_min + FLOOR))
        .collect();
    let squared_weights: Vec<f64> = x.iter().rev().map(|&step| step / x[end - 1]).collect();
    let slope = weighted_slope(&x, &log_y, &squared_weights);
    if slope < 0.0 {
        Ok(-slope)
    } else {
        Err(TimescaleFit::NotFalling)
    }
}

fn first_nearest(values: &[f64], target: f64) -> usize {
    let mut nearest = 0;
    for (index, value) in values.iter().enumerate() {
        if (value - target).abs() < (values[nearest] - target).abs() {
            nearest = index;
        }
    }
    nearest
}

/// Slope of the line that minimizes the sum of `weight (y - line(x))^2`.
fn weighted_slope(x: &[f64], y: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let mean = |values: &[f64]| -> f64 {
        let sum: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
        sum / total
    };
    let (x_mean, y_mean) = (mean(x), mean(y));
    let mut covariance = 0.0;
    let mut variance = 0.0;
    for ((x, y), w) in x.iter().zip(y).zip(weights) {
        covariance += w * (x - x_mean) * (y - y_mean);
        variance += w * (x - x_mean) * (x - x_mean);
    }
    covariance / variance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_exponential_gives_its_time_constant() {
        // 0.8 exp(-step/tau), down to the floor at the last kept point; then a cliff, so that nine
        // tenths of the fall end right there: 0.8 - 0.9 (0.8 + 1.0) = -0.82.
        let tau = 1_000.0;
        let last = tau * libm::log(0.8 / FLOOR);
        let mut steps: Vec<u64> = (0..20).map(|k| k * last as u64 / 19).collect();
        let mut fractions: Vec<f64> = steps
            .iter()
            .map(|&step| 0.8 * libm::exp(-(step as f64) / tau) - FLOOR)
            .collect();
        steps.extend([30_000, 31_000]);
        fractions.extend([-0.82, -1.0]);
        let rate = fitted_rate(&steps, &fractions).unwrap();
        // The last kept point is rounded to a whole step: the floor is met to 0.1 %.
        assert!((1.0 / rate - tau).abs() < 0.01, "tau {}", 1.0 / rate);
    }

    #[test]
    fn a_hand_made_curve_gives_numpys_fit() {
        // numpy.polyfit(x, log(y - min(y) + 1e-10), 1, w=sqrt((x / x.max())[::-1])) of the first seven.
        let steps: Vec<u64> = (0..10).map(|k| 100 * k).collect();
        let fractions = [0.99, 0.90, 0.85, 0.70, 0.62, 0.62, 0.41, 0.30, 0.26, 0.25];
        let rate = fitted_rate(&steps, &fractions).unwrap();
        assert!((rate - 0.002294189020525972).abs() < 1e-15, "rate {rate}");
    }

    #[test]
    fn a_flat_curve_has_no_timescale() {
        let flat = fitted_rate(&[0, 10, 20, 30], &[0.5; 4]);
        assert_eq!(flat, Err(TimescaleFit::Flat));
    }

    #[test]
    fn a_fall_over_at_the_third_point_is_too_short() {
        let jump = fitted_rate(&[0, 10, 20, 30], &[1.0, 1.0, 0.1, 0.1]);
        assert_eq!(jump, Err(TimescaleFit::TooFewPoints));
    }

    #[test]
    fn a_curve_that_rises_before_it_drops_does_not_fall() {
        let rising = fitted_rate(&[0, 10, 20, 30, 40], &[0.5, 0.6, 0.7, 0.8, 0.1]);
        assert_eq!(rising, Err(TimescaleFit::NotFalling));
    }
}
