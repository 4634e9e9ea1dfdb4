//! Mean Pearson correlation between the rows of two arrays.

use ndarray::{Array2, ArrayView2};

/// Length of a row without its mean, as a share of its length, below which the row is constant.
const CONSTANT: f64 = 1e-12;

/// Rows without their means, of length 1: the product of two is their Pearson correlation.
pub(super) struct Standardized {
    rows: Array2<f64>,
    /// Rows that count and are not constant.
    defined: Vec<bool>,
}

impl Standardized {
    /// Takes the rows for which `counts` holds.
    pub fn new(rows: &ArrayView2<f64>, counts: impl Fn(usize) -> bool) -> Self {
        let mut rows = rows.as_standard_layout().into_owned();
        let standardize = |(index, row): (usize, &mut [f64])| counts(index) && standardize(row);
        let width = rows.ncols().max(1);
        let values = rows.as_slice_mut().expect("standard layout");
        let each_row = values.chunks_exact_mut(width).enumerate();
        let defined = each_row.map(standardize).collect();
        Self { rows, defined }
    }

    /// Mean over the rows that are defined in both; `None` if there are none.
    pub fn mean_correlation(&self, other: &Self) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0_u32);
        for row in 0..self.defined.len() {
            if self.defined[row] && other.defined[row] {
                let pairs = self.rows.row(row).into_iter().zip(other.rows.row(row));
                sum += pairs.map(|(one, other)| one * other).sum::<f64>();
                count += 1;
            }
        }
        (count > 0).then(|| sum / f64::from(count))
    }
}

/// Whether a row has any variation; without, it is left as it is.
fn standardize(row: &mut [f64]) -> bool {
    let mean = row.iter().sum::<f64>() / row.len() as f64;
    let squares: f64 = row.iter().map(|value| value * value).sum();
    let deviations: f64 = row
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    if deviations <= CONSTANT * CONSTANT * squares {
        return false;
    }
    let scale = 1.0 / deviations.sqrt();
    row.iter_mut()
        .for_each(|value| *value = (*value - mean) * scale);
    true
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn assert_close(actual: Option<f64>, expected: f64) {
        let actual = actual.expect("defined");
        assert!((actual - expected).abs() < 1e-15, "{actual} for {expected}");
    }

    #[test]
    fn rows_correlate_as_pearson_says() {
        // 1 2 3 4 against 1 3 2 4: covariance 4, variances 5 and 5.
        let one = Standardized::new(&array![[1.0, 2.0, 3.0, 4.0]].view(), |_| true);
        let other = Standardized::new(&array![[1.0, 3.0, 2.0, 4.0]].view(), |_| true);
        assert_close(one.mean_correlation(&other), 0.8);
        assert_close(one.mean_correlation(&one), 1.0);
    }

    #[test]
    fn scale_and_level_do_not_matter() {
        let rows = array![[1.0, 2.0, 5.0], [0.3, 0.1, 0.2]];
        let one = Standardized::new(&rows.view(), |_| true);
        let other = Standardized::new(&(&rows * 7.0 + 3.0).view(), |_| true);
        let correlation = one.mean_correlation(&other).unwrap();
        assert!((correlation - 1.0).abs() < 1e-14, "{correlation}");
    }

    #[test]
    fn constant_rows_and_rows_that_do_not_count_are_skipped() {
        let rows = array![[1.0, 2.0], [0.1, 0.1], [2.0, 1.0], [0.0, 0.0]];
        let one = Standardized::new(&rows.view(), |_| true);
        let other = Standardized::new(&rows.view(), |row| row != 2);
        assert_eq!(one.defined, [true, false, true, false]);
        assert_eq!(other.defined, [true, false, false, false]);
        assert_close(one.mean_correlation(&other), 1.0);
        let none = Standardized::new(&array![[0.0, 0.0]].view(), |_| true);
        assert_eq!(none.mean_correlation(&none), None);
    }
}
