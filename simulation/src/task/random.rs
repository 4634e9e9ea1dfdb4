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
/// `output_dim / 5` along the features: the authors smooth the inputs too by the outputs' number.
///
/// An autoencoder's `output_dim` is its `input_dim`. The published smoothed autoencoders kept a
/// nominal one of 5, 10 or 15 for this smoothing: they are rougher along the features than ours.
pub(super) fn smoothed(
    stream: &mut ChaChaStream,
    n_samples: usize,
    features: usize,
    output_dim: usize,
) -> Array2<f64> {
    let sigma = [n_samples, output_dim].map(|side| side as f64 / SMOOTH_FACTOR);
    gaussian_2d(&uniform(stream, n_samples, features), sigma)
}
