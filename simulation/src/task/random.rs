//! Random and random smoothed tasks.

use ndarray::Array2;

use super::filter::gaussian_2d;
use crate::stream::ChaChaStream;

/// The smoothing spans this fraction of each side.
const SMOOTH_FACTOR: f64 = 5.0;

/// Independent numbers, uniform on [0, 1), `[rows, columns]`.
pub(super) fn uniform(stream: &mut ChaChaStream, rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || stream.uniform())
}

/// Uniform numbers, smoothed with standard deviations `n_samples / 5` along the samples and
/// `smoothing_dim / 5` along the features.
///
/// The authors smooth inputs and targets by the outputs' number, which is the default. Their smoothed
/// autoencoders kept a nominal one of 5, 10 or 15 here: give that to have data like theirs.
pub(super) fn smoothed(
    stream: &mut ChaChaStream,
    n_samples: usize,
    features: usize,
    smoothing_dim: usize,
) -> Array2<f64> {
    let sigma = [n_samples, smoothing_dim].map(|side| side as f64 / SMOOTH_FACTOR);
    gaussian_2d(&uniform(stream, n_samples, features), sigma)
}
