//! What a step changes: weights, Adam's moments, the stream of the noise on the weights.

use ndarray::Array2;

use super::adam::Moments;
use super::matrix::Matrix;
use super::packing::{Packing, Places};
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
    /// Steps taken.
    pub steps: u64,
    /// Sum of the squares of SED's factors: the perturbation's variance times it has moved the weights.
    pub factor_squares: f64,
    /// Rows of input weights (those of W^T and the biases, or their coordinates), then those of V.
    pub weights: Matrix,
    pub moments: Option<Moments>,
    pub perturbation: Option<PerturbationScale>,
    /// Draws update noise, or SED's perturbation.
    pub stream: LaneStream,
    pub noise: NoiseScale,
    pub packing: Packing,
    pub places: Places,
}

/// Standard deviations of the noise. By lane, they are zero in the pads and where a unit sleeps.
pub(super) struct NoiseScale {
    /// Added to Adam's gradient. Empty where there is none.
    pub gradient: Vec<Block>,
    /// Added to the weights, with its sign. Empty where there is none.
    pub weights: Vec<Block>,
    /// The value in `weights`, 0 where there is none.
    pub deviation: f64,
}

impl State {
    /// Starts from `input`, `[rows][hidden]`, and the output weights of `weights`.
    pub fn new(
        parameters: &ValidParameters,
        input: &Array2<f64>,
        weights: &Weights,
        packing: Packing,
    ) -> Self {
        let hidden_units = weights.bias.len();
        let columns = hidden_units.div_ceil(WIDTH);
        let output_dim = weights.output.nrows();
        let mut matrix = Matrix::zeros(input.nrows() + output_dim, columns);
        for ((row, unit), &weight) in input.indexed_iter() {
            matrix.set(row, unit, weight as f32);
        }
        for ((output, unit), &weight) in weights.output.indexed_iter() {
            matrix.set(input.nrows() + output, unit, weight as f32);
        }
        let algorithm = parameters.algorithm;
        let name = match algorithm {
            Algorithm::Sed => StreamName::Perturbation,
            _ => StreamName::UpdateNoise,
        };
        Self {
            hidden_units,
            learning_rate: parameters.learning_rate(),
            steps: 0,
            factor_squares: 0.0,
            moments: (algorithm == Algorithm::Adam).then(|| Moments::new(&matrix)),
            perturbation: (algorithm == Algorithm::Sed)
                .then(|| PerturbationScale::new(hidden_units, output_dim)),
            weights: matrix,
            stream: LaneStream::new(parameters.seed, name),
            noise: NoiseScale::new(parameters, hidden_units),
            packing,
            places: Places::new(hidden_units),
        }
    }

    /// Variance of the walk that noise has sent every weight on by now, where no gradient acts.
    pub fn walk_variance(&self) -> f64 {
        match &self.perturbation {
            Some(perturbation) => perturbation.deviation.powi(2) * self.factor_squares,
            None => self.noise.deviation.powi(2) * self.steps as f64,
        }
    }

    /// Lets noise reach the units that are awake alone.
    pub fn scale_noise(&mut self) {
        if self.noise.weights.is_empty() {
            return;
        }
        for lane in 0..self.hidden_units {
            let awake = self.places.wake_at[lane] == 0;
            let scale = if awake {
                self.noise.deviation as f32
            } else {
                0.0
            };
            self.noise.weights[lane / WIDTH].0[lane % WIDTH] = scale;
        }
    }

    pub fn save(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.steps.to_le_bytes());
        bytes.extend(self.factor_squares.to_le_bytes());
        self.weights.save(bytes);
        if let Some(moments) = &self.moments {
            moments.save(bytes);
        }
        bytes.extend(self.stream.save());
        self.places.save(bytes);
    }

    /// Takes back what `save` wrote, off the front of `bytes`.
    pub fn restore(&mut self, bytes: &mut &[u8]) {
        self.steps = u64::from_le_bytes(take(bytes));
        self.factor_squares = f64::from_le_bytes(take(bytes));
        self.weights.restore(bytes);
        if let Some(moments) = &mut self.moments {
            moments.restore(bytes);
        }
        self.stream = LaneStream::restore(&take::<STATE_BYTES>(bytes));
        self.places.restore(bytes);
        self.scale_noise();
    }
}

/// Takes bytes off the front; the caller has checked that they are there.
pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (first, rest) = bytes.split_first_chunk().expect("the length was checked");
    *bytes = rest;
    *first
}

impl NoiseScale {
    fn new(parameters: &ValidParameters, hidden_units: usize) -> Self {
        let on_gradient = parameters.update_noise_on == UpdateNoiseTarget::Gradient;
        let noise = parameters.update_noise;
        let (gradient, weights) = match parameters.algorithm {
            Algorithm::Adam if on_gradient => (noise, 0.0),
            // On the gradient of plain descent: the weights move by minus the learning rate times it.
            Algorithm::Sgd if on_gradient => (0.0, -parameters.learning_rate() * noise),
            _ => (0.0, noise),
        };
        let lanes = |deviation: f64| match deviation {
            0.0 => Vec::new(),
            _ => by_lane(deviation, hidden_units),
        };
        Self {
            gradient: lanes(gradient),
            weights: lanes(weights),
            deviation: weights,
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
