//! The noise of each step, from the same float32 streams and in the same layout as in the float32
//! engine, so that the two can be compared step by step.
//!
//! The blocks of 16 numbers that a step needs are drawn in one go. Noise on weights lays them along
//! rows: those of W^T (`[input][hidden]`), the biases, the rows of V (`[output][hidden]`), each padded
//! to whole blocks whose surplus is dropped. Noise on labels and inputs lays them along
//! `[sample][feature]`, padded once at the end.

use ndarray::ArrayViewMut1;

use super::gradient::Batch;
use crate::engine::lanes::{Block, InstructionSet, WIDTH};
use crate::engine::normals::{LaneStream, STATE_BYTES};
use crate::network::Weights;
use crate::stream::StreamName;
use crate::{LabelNoiseDistribution, ValidParameters};

/// The streams of a run's noise. A noise of amplitude zero draws nothing.
pub(super) struct Noise {
    label_noise: f64,
    label_noise_distribution: LabelNoiseDistribution,
    input_noise: f64,
    update: LaneStream,
    label: LaneStream,
    input: LaneStream,
    perturbation: LaneStream,
}

impl Noise {
    pub fn new(parameters: &ValidParameters) -> Self {
        let stream = |name: StreamName| LaneStream::new(parameters.seed, name);
        Self {
            label_noise: parameters.label_noise,
            label_noise_distribution: parameters.label_noise_distribution,
            input_noise: parameters.input_noise,
            update: stream(StreamName::UpdateNoise),
            label: stream(StreamName::LabelNoise),
            input: stream(StreamName::InputNoise),
            perturbation: stream(StreamName::Perturbation),
        }
    }

    /// The samples with this step's noise on inputs and targets.
    pub fn noisy(&mut self, clean: &Batch) -> Batch {
        let mut batch = clean.clone();
        if self.input_noise > 0.0 {
            let values = batch.inputs.iter_mut();
            add(
                values,
                self.input_noise,
                &normals(&mut self.input, clean.inputs.len()),
            );
        }
        if self.label_noise > 0.0 {
            let count = clean.targets.len();
            let noise = match self.label_noise_distribution {
                LabelNoiseDistribution::Uniform => centred_uniforms(&mut self.label, count),
                LabelNoiseDistribution::Gaussian => normals(&mut self.label, count),
            };
            add(batch.targets.iter_mut(), self.label_noise, &noise);
        }
        batch
    }

    /// Standard normal numbers for every weight: this step's noise on the update.
    pub fn update(&mut self, shape: &Weights) -> Weights {
        for_weights(&mut self.update, shape)
    }

    /// Standard normal numbers for every weight: this step's perturbation.
    pub fn perturbation(&mut self, shape: &Weights) -> Weights {
        for_weights(&mut self.perturbation, shape)
    }

    pub fn save(&self, state: &mut Vec<u8>) {
        for stream in [&self.update, &self.label, &self.input, &self.perturbation] {
            state.extend(stream.save());
        }
    }

    pub fn restore(&mut self, state: &[u8]) {
        let streams = [
            &mut self.update,
            &mut self.label,
            &mut self.input,
            &mut self.perturbation,
        ];
        for (stream, bytes) in streams.into_iter().zip(state.chunks_exact(STATE_BYTES)) {
            *stream = LaneStream::restore(bytes.try_into().expect("exact chunks"));
        }
    }
}

/// Adds `amplitude` times the noise to the values, one by one.
fn add<'a>(values: impl Iterator<Item = &'a mut f64>, amplitude: f64, noise: &[f64]) {
    for (value, noise) in values.zip(noise) {
        *value += amplitude * noise;
    }
}

/// Standard normal numbers, `count` of them rounded up to whole blocks.
fn normals(stream: &mut LaneStream, count: usize) -> Vec<f64> {
    let mut blocks = vec![Block::ZERO; count.div_ceil(WIDTH)];
    stream.normals(InstructionSet::best(), &mut blocks);
    widened(&blocks).collect()
}

/// Numbers uniform on [-1/2, 1/2), `count` of them rounded up to whole blocks.
fn centred_uniforms(stream: &mut LaneStream, count: usize) -> Vec<f64> {
    let mut blocks = vec![Block::ZERO; count.div_ceil(WIDTH)];
    stream.uniforms(InstructionSet::best(), &mut blocks);
    widened(&blocks).map(|u| u - 0.5).collect()
}

fn widened(blocks: &[Block]) -> impl Iterator<Item = f64> {
    blocks.iter().flat_map(|block| block.0).map(f64::from)
}

fn for_weights(stream: &mut LaneStream, shape: &Weights) -> Weights {
    let (output_dim, hidden) = shape.output.dim();
    let row_length = hidden.next_multiple_of(WIDTH);
    let drawn = normals(stream, (shape.input.ncols() + 1 + output_dim) * row_length);
    let mut noise = shape.clone();
    let mut drawn_rows = drawn.chunks_exact(row_length);
    let mut fill = |row: ArrayViewMut1<f64>| {
        let drawn = drawn_rows.next().expect("one row was drawn for each");
        for (value, z) in row.into_iter().zip(drawn) {
            *value = *z;
        }
    };
    noise.input.columns_mut().into_iter().for_each(&mut fill);
    fill(noise.bias.view_mut());
    noise.output.rows_mut().into_iter().for_each(&mut fill);
    noise
}
