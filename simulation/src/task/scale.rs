//! The authors' min-max scaling: `A <- A - min(A) - 1e-5`, then `A <- A / (max(A) + 1e-5)`, over a
//! whole array. The result spans `[-d, 1 - d]`, where `d = 1e-5 / (max(A) - min(A))`.

use ndarray::{Array2, ArrayViewMut2};

use crate::DataRange;

const OFFSET: f64 = 1e-5;

/// Scales all entries together to `[0, 1)`, as far as the offset allows.
///
/// An array whose entries differ by less than the offset (a single entry; the actions of an agent
/// that never turns) has no scale of its own, and the formula would divide by almost nothing: it
/// stays as it is.
pub(super) fn min_max(mut values: ArrayViewMut2<'_, f64>) {
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max - min < OFFSET {
        return;
    }
    values.mapv_inplace(|value| value - min - OFFSET);
    let highest = max - min - OFFSET;
    values.mapv_inplace(|value| value / (highest + OFFSET));
}

/// Scales a whole array to `[0, 1)` (unit) or, from there, to `[-1, 1)` (symmetric).
pub(super) fn to_range(mut values: Array2<f64>, range: DataRange) -> Array2<f64> {
    min_max(values.view_mut());
    if range == DataRange::Symmetric {
        values.mapv_inplace(|value| 2.0 * value - 1.0);
    }
    values
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_published_formula_by_hand() {
        // A - 1 - 1e-5 = [-1e-5, 1 - 1e-5, 4 - 1e-5], divided by its maximum + 1e-5 = 4.
        let unit = to_range(array![[1.0, 2.0, 5.0]], DataRange::Unit);
        let symmetric = to_range(array![[1.0, 2.0, 5.0]], DataRange::Symmetric);
        for (value, exact) in unit.iter().zip([-0.25e-5, 0.25 - 0.25e-5, 1.0 - 0.25e-5]) {
            assert!((value - exact).abs() < 1e-15);
        }
        for (value, exact) in symmetric.iter().zip(&unit) {
            assert_eq!(*value, 2.0 * exact - 1.0);
        }
    }

    #[test]
    fn what_has_no_spread_stays_as_it_is() {
        assert_eq!(to_range(array![[0.25]], DataRange::Unit), array![[0.25]]);
        assert_eq!(
            to_range(array![[0.25]], DataRange::Symmetric),
            array![[-0.5]]
        );
        assert_eq!(
            to_range(array![[0.5], [0.5]], DataRange::Unit),
            array![[0.5], [0.5]]
        );
    }
}
