//! Where inputs and targets come from (paper, Methods, and the authors' `make_data.py`).
//!
//! Each task is drawn from the stream [`StreamName::Data`] alone, then scaled by [`scale`].

use ndarray::Array2;

use crate::stream::{ChaChaStream, StreamName};
use crate::{Dataset, Task, ValidParameters};

mod corridor;
mod filter;
mod interpolate;
mod predictive;
mod random;
mod ring;
mod scale;
mod track;

pub(crate) use filter::gaussian_along_axis_0;
pub(crate) use ring::{PROBE_EVERY, PROBES, RING_ANGLES, on_ring};
pub use track::{TrackPath, track_path};

/// Size of the corridor's input: 17 rays and one action.
pub(crate) const TRACK_INPUT_DIM: u32 = 18;
/// Size of the corridor's target: 17 rays.
pub(crate) const TRACK_OUTPUT_DIM: u32 = 17;

/// Generates the data of any task but `dataset`: the same bits for the same task, sizes, range,
/// heading jitter and data seed.
///
/// # Panics
/// For task `dataset`, whose data are the user's.
pub(crate) fn generate(parameters: &ValidParameters) -> Dataset {
    let n_samples = parameters.n_samples as usize;
    let input_dim = parameters.input_dim as usize;
    let output_dim = parameters.output_dim as usize;
    let smoothing_dim = parameters
        .smoothing_dim
        .map_or(output_dim, |dim| dim as usize);
    let mut stream = data_stream(parameters);
    let (inputs, targets) = match parameters.task {
        Task::Random => (
            random::uniform(&mut stream, n_samples, input_dim),
            random::uniform(&mut stream, n_samples, output_dim),
        ),
        Task::RandomAutoencoder => twice(random::uniform(&mut stream, n_samples, input_dim)),
        Task::Smoothed => (
            random::smoothed(&mut stream, n_samples, input_dim, smoothing_dim),
            random::smoothed(&mut stream, n_samples, output_dim, smoothing_dim),
        ),
        Task::SmoothedAutoencoder => twice(random::smoothed(
            &mut stream,
            n_samples,
            input_dim,
            smoothing_dim,
        )),
        Task::Predictive => predictive::views(&mut stream, n_samples, input_dim),
        Task::PredictiveTrack => {
            track::views_and_actions(&mut stream, n_samples, parameters.heading_jitter)
        }
        Task::Ring => return unscaled(twice(ring::points())),
        // As a network: one linear unit, whose target for the input 1 is 0.
        Task::NarrowingValley | Task::FlatValley => {
            return unscaled((Array2::ones((1, 1)), Array2::zeros((1, 1))));
        }
        Task::Dataset => unreachable!("task dataset brings its own data"),
    };
    let range = parameters.data_range;
    Dataset::new(
        scale::to_range(inputs, range),
        scale::to_range(targets, range),
    )
    .expect("checked sizes and continuous draws make a data set")
}

fn data_stream(parameters: &ValidParameters) -> ChaChaStream {
    let seed = parameters.data_seed.unwrap_or(parameters.seed);
    ChaChaStream::new(seed, StreamName::Data)
}

fn unscaled((inputs, targets): (Array2<f64>, Array2<f64>)) -> Dataset {
    Dataset::new(inputs, targets).expect("constants make a data set")
}

fn twice(values: Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    (values.clone(), values)
}

#[cfg(test)]
mod tests;
