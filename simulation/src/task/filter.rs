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

/// Smooths each column; standard deviation in entries, 0 for none.
pub(crate) fn gaussian_along_axis_0(values: &Array2<f64>, sigma: f64) -> Array2<f64> {
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

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn assert_close(
        actual: impl IntoIterator<Item = f64>,
        expected: impl IntoIterator<Item = f64>,
    ) {
        for (actual, expected) in actual.into_iter().zip(expected) {
            assert!((actual - expected).abs() < 1e-13, "{actual} for {expected}");
        }
    }

    // The expected numbers are scipy 1.x's gaussian_filter1d and gaussian_filter of the same arrays.

    #[test]
    fn a_sequence_is_smoothed_as_scipy_does_it() {
        let rough = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0];
        let narrow = [
            2.1494860724004106,
            0.9060763600919282,
            2.2608475692846666,
            0.44169020085534516,
            -0.7374602834472141,
            4.542030709368664,
            3.437329371446201,
        ];
        assert_close(gaussian_1d(&rough, 0.7), narrow);
        // The kernel reaches 20 entries: the mirror images are mirrored again.
        let wide = [
            1.7911657199061197,
            1.804087196217887,
            1.82784855090182,
            1.8571048514045074,
            1.8864477312574586,
            1.9101477621737173,
            1.9231981881384916,
        ];
        assert_close(gaussian_1d(&rough, 5.0), wide);
    }

    #[test]
    fn an_array_is_smoothed_as_scipy_does_it() {
        let rough = array![
            [0.0, 3.0, 1.0],
            [5.0, 8.0, 6.0],
            [10.0, 2.0, 0.0],
            [4.0, 7.0, 5.0]
        ];
        let both = array![
            [1.9412594423226777, 3.4313899797888068, 2.564763418045537],
            [4.9463448437737245, 4.938371643454948, 3.696739865499728],
            [6.703491587048854, 4.72573362205393, 2.991025468319422],
            [5.5590310816226225, 5.3916872369346684, 4.110161811135095],
        ];
        assert_close(gaussian_2d(&rough, [0.8, 0.6]), both);
        let columns_alone = array![
            [1.181730180129906, 1.3453284886143984, 1.4729413312556956],
            [6.1817301801299065, 6.345328488614399, 6.472941331255695],
            [5.4632528487975875, 3.985605813662722, 2.5511413375396916],
            [5.181730180129906, 5.345328488614398, 5.472941331255695],
        ];
        assert_close(gaussian_2d(&rough, [0.0, 1.5]), columns_alone);
    }

    #[test]
    fn a_constant_stays_and_a_single_entry_too() {
        assert_close(gaussian_1d(&[2.5; 9], 3.0), [2.5; 9]);
        assert_close(gaussian_2d(&array![[0.3]], [0.2, 200.0]), [0.3]);
    }
}
