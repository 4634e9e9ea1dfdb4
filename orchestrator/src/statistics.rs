//! The few statistics that a comparison needs.

use statrs::distribution::{Binomial, DiscreteCDF as _};
use statrs::stats_tests::NaNPolicy;
use statrs::stats_tests::ks_test::{KSTwoSampleAlternativeMethod, ks_twosample};

/// Largest product of sample sizes for which the exact distribution is counted out.
const EXACT_MAX: usize = 10_000;

/// Arithmetic mean; NaN of nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation of the values themselves (divided by their number, as the paper's error
/// bands are); NaN of nothing.
pub(crate) fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    mean(
        &values
            .iter()
            .map(|v| (v - centre).powi(2))
            .collect::<Vec<_>>(),
    )
    .sqrt()
}

/// The middle value, or the mean of the two middle ones; NaN of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// A straight line, fitted by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub slope: f64,
    pub intercept: f64,
}

/// The line of least squared distances in y; NaN where x doesn't vary.
pub(crate) fn fit_line(x: &[f64], y: &[f64]) -> Line {
    let (mean_x, mean_y) = (mean(x), mean(y));
    let xy: f64 = x
        .iter()
        .zip(y)
        .map(|(a, b)| (a - mean_x) * (b - mean_y))
        .sum();
    let xx: f64 = x.iter().map(|a| (a - mean_x).powi(2)).sum();
    let slope = xy / xx;
    Line {
        slope,
        intercept: mean_y - slope * mean_x,
    }
}

/// Probability that a value of `a` is above one of `b`, ties counted half: the Mann-Whitney
/// statistic over the number of pairs. NaN where a side is empty.
pub(crate) fn superiority(a: &[f64], b: &[f64]) -> f64 {
    let pooled: Vec<f64> = a.iter().chain(b).copied().collect();
    let above: f64 = ranks(&pooled)[..a.len()].iter().sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    (above - n * (n - 1.0) / 2.0) / (n * m)
}

/// One-sided p-value of the sign test: the probability that at least so many of these pairs would come out one
/// way if both ways were as likely. NaN of no pairs.
pub(crate) fn sign_test(one_way: usize, pairs: usize) -> f64 {
    match (pairs, one_way) {
        (0, _) => f64::NAN,
        (_, 0) => 1.0,
        (pairs, one_way) => {
            let chance = Binomial::new(0.5, pairs as u64).expect("a half is a probability");
            chance.sf(one_way as u64 - 1)
        }
    }
}

/// Pearson's correlation; NaN where a side doesn't vary.
pub(crate) fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        xy += (a - mean_x) * (b - mean_y);
        xx += (a - mean_x).powi(2);
        yy += (b - mean_y).powi(2);
    }
    xy / (xx * yy).sqrt()
}

/// Spearman's rank correlation, ties at their mean rank.
pub(crate) fn spearman(x: &[f64], y: &[f64]) -> f64 {
    pearson(&ranks(x), &ranks(y))
}

/// The two-sample Kolmogorov-Smirnov statistic and its two-sided p-value: exact for samples of up to
/// a hundred values, asymptotic beyond. NaN of an empty sample, or one that holds NaN.
pub(crate) fn kolmogorov_smirnov(x: &[f64], y: &[f64]) -> (f64, f64) {
    let method = if x.len() * y.len() <= EXACT_MAX {
        KSTwoSampleAlternativeMethod::TwoSidedExact
    } else {
        KSTwoSampleAlternativeMethod::TwoSidedAsymptotic
    };
    let tested = ks_twosample(x.to_vec(), y.to_vec(), method, NaNPolicy::Error);
    let (statistic, p) = tested.unwrap_or((f64::NAN, f64::NAN));
    // Counting paths may end a rounding error below 0.
    (statistic, p.clamp(0.0, 1.0))
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let tied = order[start..]
            .iter()
            .take_while(|&&i| values[i] == value)
            .count();
        let rank = start as f64 + (tied as f64 - 1.0) / 2.0;
        for &index in &order[start..start + tied] {
            ranks[index] = rank;
        }
        start += tied;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_correlates_perfectly() {
        let x = [1.0, 2.0, 4.0];
        let y = [-2.0, -4.0, -8.0];
        assert!((pearson(&x, &y) + 1.0).abs() < 1e-12);
    }

    #[test]
    fn spread_and_middle_of_a_few_numbers() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(median(&values), 2.5);
        assert_eq!(median(&values[..3]), 3.0);
        assert!((deviation(&values) - 1.25_f64.sqrt()).abs() < 1e-15);
        assert!(median(&[]).is_nan() && deviation(&[]).is_nan());
    }

    #[test]
    fn a_line_is_found_again_and_noise_that_is_orthogonal_changes_nothing() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let exact = x.map(|x| 2.0 * x - 1.0);
        // Sums to zero, alone and times x.
        let noise = [1.0, -1.0, -1.0, 1.0];
        let noisy = [0, 1, 2, 3].map(|i| exact[i] + noise[i]);
        for y in [exact, noisy] {
            let line = fit_line(&x, &y);
            assert!((line.slope - 2.0).abs() < 1e-12);
            assert!((line.intercept + 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn superiority_counts_pairs() {
        assert_eq!(superiority(&[2.0, 3.0], &[0.0, 1.0]), 1.0);
        assert_eq!(superiority(&[0.0], &[1.0, 2.0]), 0.0);
        // Of six pairs, 2 > 1 and two ties.
        assert!((superiority(&[1.0, 2.0], &[1.0, 2.0, 3.0]) - (1.0 + 1.0) / 6.0).abs() < 1e-12);
    }

    #[test]
    fn the_sign_test_counts_coin_tosses() {
        assert!((sign_test(3, 3) - 0.125).abs() < 1e-12);
        assert!((sign_test(9, 10) - 11.0 / 1024.0).abs() < 1e-12);
        assert_eq!(sign_test(0, 4), 1.0);
        assert!(sign_test(0, 0).is_nan());
    }

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [2.5, 0.0, 2.5, 1.0]);
    }

    /// Against scipy 1.17.1, `ks_2samp(x, y, method="exact")`.
    #[test]
    fn the_distance_of_two_samples_is_scipys() {
        let x = [
            0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64,
            -0.82, 0.37,
        ];
        let y = [
            1.77, 1.09, -1.28, 2.36, 1.31, 1.05, 0.32, 2.40, 0.81, 1.15, 1.62,
        ];
        let (statistic, p) = kolmogorov_smirnov(&x, &y);
        assert!(
            (statistic - 0.751_515_151_515_151_5).abs() < 1e-12,
            "{statistic}"
        );
        assert!((p - 0.000_532_217_815_836_068_6).abs() < 1e-9, "{p}");
    }

    #[test]
    fn large_samples_have_an_asymptotic_p_value() {
        let sample = |count: u32, power: f64| -> Vec<f64> {
            let value = |k: u32| (f64::from(k) / f64::from(count)).powf(power);
            (0..count).map(value).collect()
        };
        let (statistic, p) = kolmogorov_smirnov(&sample(150, 1.0), &sample(120, 1.2));
        assert!((statistic - 0.075).abs() < 1e-9, "{statistic}");
        // scipy 1.17.1, `kstwobign.sf(sqrt(150 * 120 / 270) * 0.075)`; its exact value is 0.821.
        assert!((p - 0.847_488_453_947_684_4).abs() < 1e-9, "{p}");
    }

    #[test]
    fn an_empty_sample_has_no_distance() {
        let (statistic, p) = kolmogorov_smirnov(&[], &[1.0]);
        assert!(statistic.is_nan() && p.is_nan());
        assert_eq!(kolmogorov_smirnov(&[1.0, 2.0], &[1.0, 2.0]).1, 1.0);
    }

    #[test]
    fn spearman_sees_only_order() {
        assert!((spearman(&[1.0, 2.0, 3.0, 9.0], &[0.1, 0.2, 0.4, 100.0]) - 1.0).abs() < 1e-12);
    }
}
