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
