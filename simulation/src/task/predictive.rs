//! The abstract predictive task: from one view of a circular scene, predict the next one.
//!
//! The scene has length 120, a view 30. Steps average ten scenes over the number of samples, so
//! successive views are nearly independent: the task has no useful order in space, by design.

use ndarray::{Array2, s};

use super::filter::gaussian_1d;
use super::interpolate::{at, linspace};
use super::scale::min_max;
use crate::stream::ChaChaStream;

/// Length of the scene; its knots stand at 0, 1, ..., 120.
const SCENE_LENGTH: usize = 120;
/// Length of a view.
const VIEW_LENGTH: usize = 30;

/// Inputs and targets, `[n_samples, view_dim]` each: targets are the views one step ahead.
///
/// The published symmetric targets differ in one thing: their last row stands on a scale twice as
/// wide as the others, an accident, it seems, of scaling in place two arrays that share memory. The
/// paper describes no such thing, and it is not repeated here.
pub(super) fn views(
    stream: &mut ChaChaStream,
    n_samples: usize,
    view_dim: usize,
) -> (Array2<f64>, Array2<f64>) {
    let scene = scene(stream);
    let step_max = SCENE_LENGTH as f64 / n_samples as f64 * 20.0;
    let mut views = Array2::zeros((n_samples + 1, view_dim));
    let mut position = 0.0;
    for mut view in views.rows_mut() {
        position += step_max * stream.uniform();
        let places = linspace(0.0, VIEW_LENGTH as f64, view_dim);
        for (seen, place) in view.iter_mut().zip(places) {
            *seen = at(&scene, (position + place).rem_euclid(SCENE_LENGTH as f64));
        }
    }
    let inputs = views.slice(s![..n_samples, ..]).to_owned();
    let targets = views.slice(s![1.., ..]).to_owned();
    (inputs, targets)
}

/// Uniform numbers, smoothed with standard deviation 120/30, from 0 to 1.
fn scene(stream: &mut ChaChaStream) -> Vec<f64> {
    let rough: Vec<f64> = (0..=SCENE_LENGTH).map(|_| stream.uniform()).collect();
    let mut scene = gaussian_1d(&rough, (SCENE_LENGTH / VIEW_LENGTH) as f64);
    let column = ndarray::ArrayViewMut2::from_shape((scene.len(), 1), &mut scene);
    min_max(column.expect("a sequence is one column"));
    scene
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::StreamName;

    #[test]
    fn each_target_is_the_next_input() {
        let (inputs, targets) = views(&mut ChaChaStream::new(3, StreamName::Data), 9, 12);
        assert_eq!(inputs.slice(s![1.., ..]), targets.slice(s![..8, ..]));
    }

    #[test]
    fn a_scene_is_smooth_and_goes_from_zero_to_one() {
        for seed in 0..20 {
            let scene = scene(&mut ChaChaStream::new(seed, StreamName::Data));
            assert_eq!(scene.len(), 121);
            let max = scene.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!((0.999..=1.0).contains(&max));
            // Neighbours correlate by exp(-1/64), so a step is 0.18 deviations on average.
            assert!(
                scene
                    .windows(2)
                    .all(|pair| (pair[1] - pair[0]).abs() < 0.25)
            );
        }
    }
}
