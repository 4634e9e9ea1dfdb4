//! What a step changes: weights, Adam's moments, the stream of the noise on the weights.

use ndarray::{Array1, Array2};

use super::adam::Moments;
use super::matrix::{Matrix, Rows};
use super::sed::PerturbationScale;
use crate::engine::lanes::{Block, WIDTH};
use crate::engine::normals::{LaneStream, STATE_BYTES};
use crate::network::Weights;
use crate::stream::StreamName;
use crate::{Algorithm, UpdateNoiseTarget, ValidParameters};

/// The state of training, and the constants that go with it.
pub(super) struct State {
    pub hidden_units: usize,
    pub learning_rate: f64,
    /// The rows of W^T, the biases, the rows of V.
    pub weights: Matrix,
    pub moments: Option<Moments>,
    pub perturbation: Option<PerturbationScale>,
    /// Draws update noise, or SED's perturbation.
    pub stream: LaneStream,
    pub noise: NoiseScale,
}

/// Standard deviations by lane, zero in the pads.
pub(super) struct NoiseScale {
    /// Added to Adam's gradient. Empty where there is none.
    pub gradient: Vec<Block>,
    /// Added to the weights, with its sign. Empty where there is none.
    pub weights: Vec<Block>,
}

impl State {
    pub fn new(parameters: &ValidParameters, weights: &Weights) -> Self {
        let hidden_units = weights.bias.len();
        let (input_dim, output_dim) = (weights.input.ncols(), weights.output.nrows());
        let columns = hidden_units.div_ceil(WIDTH);
        let mut matrix = Matrix::zeros(input_dim + 1 + output_dim, columns);
        for ((unit, input), &weight) in weights.input.indexed_iter() {
            matrix.set(input, unit, weight as f32);
        }
        for (unit, &weight) in weights.bias.iter().enumerate() {
            matrix.set(input_dim, unit, weight as f32);
        }
        for ((output, unit), &weight) in weights.output.indexed_iter() {
            matrix.set(input_dim + 1 + output, unit, weight as f32);
        }
        let adam = parameters.algorithm == Algorithm::Adam;
        let name = match parameters.algorithm {
            Algorithm::Sgd | Algorithm::Adam => StreamName::UpdateNoise,
            Algorithm::Sed => StreamName::Perturbation,
        };
        Self {
            hidden_units,
            learning_rate: parameters.learning_rate(),
            moments: adam.then(|| Moments::new(&matrix)),
            perturbation: (parameters.algorithm == Algorithm::Sed)
                .then(|| PerturbationScale::new(hidden_units, output_dim)),
            weights: matrix,
            stream: LaneStream::new(parameters.seed, name),
            noise: NoiseScale::new(parameters, hidden_units),
        }
    }

    /// The weights in double precision and the paper's shapes.
    pub fn weights(&self, input_rows: usize) -> Weights {
        let (units, outputs) = (self.hidden_units, self.weights.rows - input_rows);
        let value = |row, unit| f64::from(self.weights.value(row, unit));
        Weights {
            input: Array2::from_shape_fn((units, input_rows - 1), |(unit, input)| {
                value(input, unit)
            }),
            bias: Array1::from_shape_fn(units, |unit| value(input_rows - 1, unit)),
            output: Array2::from_shape_fn((outputs, units), |(output, unit)| {
                value(input_rows + output, unit)
            }),
        }
    }

    /// V's rows; they follow the `input_rows` of W^T and the biases.
    pub fn output_weights(&self, input_rows: usize) -> Rows<'_> {
        self.weights.starting(input_rows)
    }

    pub fn save(&self, bytes: &mut Vec<u8>) {
        self.weights.save(bytes);
        if let Some(moments) = &self.moments {
            moments.save(bytes);
        }
        bytes.extend(self.stream.save());
    }

    /// Takes back what `save` wrote, off the front of `bytes`.
    pub fn restore(&mut self, bytes: &mut &[u8]) {
        self.weights.restore(bytes);
        if let Some(moments) = &mut self.moments {
            moments.restore(bytes);
        }
        let (first, rest) = bytes
            .split_first_chunk::<STATE_BYTES>()
            .expect("the length was checked");
        self.stream = LaneStream::restore(first);
        *bytes = rest;
    }
}

impl NoiseScale {
    fn new(parameters: &ValidParameters, hidden_units: usize) -> Self {
        let on_gradient = parameters.update_noise_on == UpdateNoiseTarget::Gradient;
        let lanes = |scale: f64| {
            if parameters.update_noise > 0.0 {
                by_lane(scale * parameters.update_noise, hidden_units)
            } else {
                Vec::new()
            }
        };
        match parameters.algorithm {
            Algorithm::Adam if on_gradient => Self {
                gradient: lanes(1.0),
                weights: Vec::new(),
            },
            // On the gradient of plain descent: the weights move by minus the learning rate times it.
            Algorithm::Sgd if on_gradient => Self {
                gradient: Vec::new(),
                weights: lanes(-parameters.learning_rate()),
            },
            _ => Self {
                gradient: Vec::new(),
                weights: lanes(1.0),
            },
        }
    }
}

/// `value` in the lanes of units, zero in the pads.
pub(super) fn by_lane(value: f64, hidden_units: usize) -> Vec<Block> {
    let mut blocks = vec![Block::ZERO; hidden_units.div_ceil(WIDTH)];
    for unit in 0..hidden_units {
        blocks[unit / WIDTH].0[unit % WIDTH] = value as f32;
    }
    blocks
}
