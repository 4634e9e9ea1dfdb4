//! The samples as a step sees them: inputs with a constant column, targets, and their noise.

use ndarray::ArrayView1;

use super::dots::{OUTPUTS, output_stride, residuals_len};
use super::span::{Span, with_constant};
use super::state::take;
use crate::engine::lanes::{Block, Lanes, WIDTH, numbers};
use crate::engine::normals::{LaneStream, STATE_BYTES};
use crate::stream::StreamName;
use crate::{Dataset, LabelNoiseDistribution, ValidParameters};

/// Inputs and targets, clean and with this step's noise.
pub(super) struct Samples {
    pub count: usize,
    pub output_dim: usize,
    pub output_stride: usize,
    pub design: Design,
    /// Length of each sample's input, the constant included.
    pub norms: Vec<f64>,
    pub clean: Batch,
    /// What the step trains on; equal to `clean` where there is no noise.
    pub noisy: Batch,
    label_noise: f32,
    label_noise_distribution: LabelNoiseDistribution,
    input_noise: f32,
    label: LaneStream,
    input: LaneStream,
    draws: Vec<Block>,
}

/// The matrix that multiplies the input weights: `[X 1]`, or its coordinates in its own row space.
#[derive(Clone, Copy)]
pub(super) struct Design {
    /// Rows of input weights, biases included: columns of the matrix.
    pub rows: usize,
    /// Whether sample s has zeros after column s.
    pub triangular: bool,
}

impl Design {
    /// Number of rows, from the first, that the samples before `end` see.
    #[inline(always)]
    pub fn rows_seen_by(self, end: usize) -> usize {
        if self.triangular {
            end.min(self.rows)
        } else {
            self.rows
        }
    }
}

#[derive(Clone)]
pub(super) struct Batch {
    /// `[n_samples][design.rows]`.
    pub inputs: Vec<f32>,
    /// `[n_samples][output_stride]`, pads zero.
    pub targets: Vec<f32>,
}

impl Samples {
    /// Clean and noisy samples, in the coordinates and order of `span` if there is one.
    pub fn new(parameters: &ValidParameters, dataset: &Dataset, span: Option<&Span>) -> Self {
        let count = dataset.inputs().nrows();
        let (inputs, order, triangular) = match span {
            Some(span) => (span.coordinates.clone(), span.order.clone(), true),
            None => (with_constant(dataset.inputs()), (0..count).collect(), false),
        };
        let output_dim = dataset.targets().ncols();
        let stride = output_stride(output_dim);
        let mut targets = vec![0.0; residuals_len(count, output_dim)];
        for (position, &sample) in order.iter().enumerate() {
            for (output, &y) in dataset.targets().row(sample).iter().enumerate() {
                targets[position * stride + output] = y as f32;
            }
        }
        let clean = Batch {
            inputs: inputs.iter().map(|&x| x as f32).collect(),
            targets,
        };
        let length = |row: ArrayView1<f64>| row.iter().map(|x| x * x).sum::<f64>().sqrt();
        Self {
            count,
            output_dim,
            output_stride: stride,
            design: Design {
                rows: inputs.ncols(),
                triangular,
            },
            norms: inputs.rows().into_iter().map(length).collect(),
            noisy: clean.clone(),
            clean,
            label_noise: parameters.label_noise as f32,
            label_noise_distribution: parameters.label_noise_distribution,
            input_noise: parameters.input_noise as f32,
            label: LaneStream::new(parameters.seed, StreamName::LabelNoise),
            input: LaneStream::new(parameters.seed, StreamName::InputNoise),
            // Two blocks more: the last labels are read in groups that reach beyond the draws.
            draws: vec![Block::ZERO; (count * output_dim.max(inputs.ncols())).div_ceil(WIDTH) + 2],
        }
    }

    /// Numbers in the residuals of all samples.
    pub fn residuals_len(&self) -> usize {
        self.clean.targets.len()
    }

    /// Factor of the gradient of the mean squared error: 2 over its number of terms.
    pub fn gradient_scale(&self) -> f64 {
        2.0 / (self.count * self.output_dim) as f64
    }

    /// Draws this step's noise.
    #[inline(always)]
    pub fn draw<L: Lanes>(&mut self) {
        if self.input_noise > 0.0 {
            let width = self.design.rows - 1;
            let draws = &mut self.draws[..(self.count * width).div_ceil(WIDTH)];
            let mut generator = self.input.open::<L>();
            generator.normals(draws);
            self.input.close(generator);
            let (clean, noisy) = (&self.clean.inputs, &mut self.noisy.inputs);
            let rows = clean
                .chunks_exact(self.design.rows)
                .zip(noisy.chunks_exact_mut(self.design.rows));
            for ((clean, noisy), noise) in rows.zip(numbers(draws).chunks(width)) {
                for i in 0..width {
                    noisy[i] = noise[i].mul_add(self.input_noise, clean[i]);
                }
            }
        }
        if self.label_noise > 0.0 {
            let blocks = (self.count * self.output_dim).div_ceil(WIDTH);
            let mut generator = self.label.open::<L>();
            let centre = match self.label_noise_distribution {
                LabelNoiseDistribution::Uniform => {
                    generator.uniforms(&mut self.draws[..blocks]);
                    0.5
                }
                LabelNoiseDistribution::Gaussian => {
                    generator.normals(&mut self.draws[..blocks]);
                    0.0
                }
            };
            self.label.close(generator);
            self.add_label_noise::<L>(centre);
        }
    }

    /// Lays the draws over the targets, eight at a time; what falls into pads is read by nobody.
    #[inline(always)]
    fn add_label_noise<L: Lanes>(&mut self, centre: f32) {
        let draws = numbers(&self.draws);
        let groups = self.output_stride / OUTPUTS;
        let total = self.count * groups;
        let (centre, scale) = (L::splat(centre), L::splat(self.label_noise));
        for first in (0..total).step_by(2) {
            let low = first / groups * self.output_dim + first % groups * OUTPUTS;
            let next = first + 1;
            let high = next / groups * self.output_dim + next % groups * OUTPUTS;
            let z = L::load_halves(
                draws[low..][..OUTPUTS].try_into().expect("eight"),
                draws[high..][..OUTPUTS].try_into().expect("eight"),
            );
            let at = first * OUTPUTS;
            let clean = L::load_slice(self.clean.targets[at..][..WIDTH].try_into().expect("16"));
            let noisy = z.sub(centre).mul_add(scale, clean);
            let to = &mut self.noisy.targets[at..][..WIDTH];
            let (low, high) = to.split_at_mut(OUTPUTS);
            noisy.store_low(low.try_into().expect("eight"));
            noisy.store_high(high.try_into().expect("eight"));
        }
    }

    pub fn save(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.label.save());
        bytes.extend(self.input.save());
    }

    /// Takes back what `save` wrote, off the front of `bytes`.
    pub fn restore(&mut self, bytes: &mut &[u8]) {
        for stream in [&mut self.label, &mut self.input] {
            *stream = LaneStream::restore(&take::<STATE_BYTES>(bytes));
        }
    }
}
