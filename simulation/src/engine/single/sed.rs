//! A step of stochastic error descent (Cauwenberghs 1993; paper, Equation 6).

use super::data::{Batch, Samples};
use super::matrix::Matrix;
use super::state::{State, by_lane};
use super::{Scratch, dots, products};
use crate::engine::lanes::{Block, Lanes, WIDTH};

/// Standard deviation of the perturbation, times the square root of a tensor's rows.
const SCALE: f64 = 0.1;

/// Standard deviations of the perturbation by lane, for W and biases and for V.
pub(super) struct PerturbationScale {
    /// That of W and biases.
    pub deviation: f64,
    input: Vec<Block>,
    output: Vec<Block>,
}

impl PerturbationScale {
    pub fn new(hidden_units: usize, output_dim: usize) -> Self {
        let deviation = SCALE / (hidden_units as f64).sqrt();
        Self {
            deviation,
            input: by_lane(deviation, hidden_units),
            output: by_lane(SCALE / (output_dim as f64).sqrt(), hidden_units),
        }
    }
}

/// Moves the weights against a random perturbation, in proportion to how much that raised the loss.
/// The loss before is that of this step's data, the loss after that of the clean data.
#[inline(always)]
pub(super) fn step<L: Lanes>(state: &mut State, samples: &Samples, scratch: &mut Scratch) {
    let perturbation = &mut scratch.noise;
    let mut generator = state.stream.open::<L>();
    generator.normals(&mut perturbation.blocks);
    state.stream.close(generator);

    let before = squares::<L>(
        &state.weights,
        &samples.noisy,
        samples,
        &mut scratch.hidden,
        &mut scratch.residuals,
    );
    let scale = state.perturbation.as_ref().expect("SED has a scale");
    for (row, (perturbation, trial)) in perturbation
        .blocks
        .chunks_exact_mut(state.weights.columns)
        .zip(scratch.trial.blocks.chunks_exact_mut(state.weights.columns))
        .enumerate()
    {
        let scales = if row < samples.design.rows {
            &scale.input
        } else {
            &scale.output
        };
        let first = row * state.weights.columns;
        let weights = &state.weights.blocks[first..][..scales.len()];
        for (((z, scale), weight), trial) in
            perturbation.iter_mut().zip(scales).zip(weights).zip(trial)
        {
            let moved = L::load(z).mul(L::load(scale));
            moved.store(z);
            moved.add(L::load(weight)).store(trial);
        }
    }
    let after = squares::<L>(
        &scratch.trial,
        &samples.clean,
        samples,
        &mut scratch.hidden,
        &mut scratch.residuals,
    );
    let mean = f64::from(after - before) / (samples.count * samples.output_dim) as f64;
    let factor = -state.learning_rate * mean;
    state.factor_squares += factor * factor;
    let factor = L::splat(factor as f32);
    for (weight, z) in state.weights.blocks.iter_mut().zip(&perturbation.blocks) {
        factor.mul_add(L::load(z), L::load(weight)).store(weight);
    }
}

/// Sum of the squared residuals.
#[inline(always)]
fn squares<L: Lanes>(
    weights: &Matrix,
    data: &Batch,
    samples: &Samples,
    hidden: &mut Matrix,
    residuals: &mut [f32],
) -> f32 {
    let (inputs, design) = (&data.inputs, samples.design);
    let columns = products::forward::<L>(weights, inputs, design, weights.columns, hidden);
    dots::residuals::<L>(
        &weights.starting(design.rows),
        (hidden, columns),
        &data.targets,
        samples.output_dim,
        1.0,
        residuals,
    );
    let mut lanes = [0.0f32; WIDTH];
    for sample in residuals
        .chunks_exact(samples.output_stride)
        .take(samples.count)
    {
        for (i, residual) in sample[..samples.output_dim].iter().enumerate() {
            lanes[i % WIDTH] = residual.mul_add(*residual, lanes[i % WIDTH]);
        }
    }
    crate::engine::lanes::sum_tree(&lanes)
}
