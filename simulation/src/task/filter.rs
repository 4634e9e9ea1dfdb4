//! Gaussian smoothing, as `scipy.ndimage.gaussian_filter` does it by default.
//!
//! Weights `w_k ~ exp(-k^2 / (2 sigma^2))` for `|k| <= r = floor(4 sigma + 0.5)`, of sum 1. Beyond
//! its ends an array goes on as its mirror image, the end itself included: `d c b a | a b c d`.

use ndarray::{Array2, Axis};

/// Truncation of the kernel, in standard deviations.
const TRUNCATE: f64 = 4.0;

/// Smooths along both axes, axis 0 first; standard deviations in entries, 0 for none.
pub(super) fn gaussian_2d(values: &Array2<f64>, sigma: [f64; 2]) -> Array2<f64> {
    let along_rows = gaussian_along_axis_0(values, sigma[0]);
    let transposed = along_rows.reversed_axes().as_standard_layout().into_owned();
    let along_both = gaussian_along_axis_0(&transposed, sigma[1]);
    along_both.reversed_axes().as_standard_layout().into_owned()
}

/// Smooths a sequence.
pub(super) fn gaussian_1d(values: &[f64], sigma: f64) -> Vec<f64> {
    let column = Array2::from_shape_vec((values.len(), 1), values.to_vec())
        .expect("a sequence is one column");
    gaussian_along_axis_0(&column, sigma)
        .into_raw_vec_and_offset()
        .0
}

fn gaussian_along_axis_0(values: &Array2<f64>, sigma: f64) -> Array2<f64> {
    let half = half_kernel(sigma);
    let length = values.nrows();
    let mut smoothed = values * half[0];
    for (centre, mut row) in smoothed.axis_iter_mut(Axis(0)).enumerate() {
        for (distance, &weight) in (1_isize..).zip(&half[1..]) {
            let centre = centre as isize;
            row.scaled_add(weight, &values.row(mirrored(centre - distance, length)));
            row.scaled_add(weight, &values.row(mirrored(centre + distance, length)));
        }
    }
    smoothed
}

/// The kernel's weights at distances 0, 1, ..., r.
fn half_kernel(sigma: f64) -> Vec<f64> {
    if sigma <= 0.0 {
        return vec![1.0];
    }
    let radius = (TRUNCATE * sigma + 0.5) as usize;
    let mut half: Vec<f64> = (0..=radius)
        .map(|k| libm::exp(-0.5 / (sigma * sigma) * (k * k) as f64))
        .collect();
    let total = half[0] + 2.0 * half[1..].iter().sum::<f64>();
    half.iter_mut().for_each(|weight| *weight /= total);
    half
}

/// The entry that stands at any position of the mirrored continuation, whose period is `2 length`.
fn mirrored(position: isize, length: usize) -> usize {
    let length = length as isize;
    let position = position.rem_euclid(2 * length);
    position.min(2 * length - 1 - position) as usize
}
