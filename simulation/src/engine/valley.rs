//! Noisy descent in a valley of two dimensions: the paper's Figure 5A, and the two kinds of movement of
//! its Figure 1.
//!
//! The *narrowing* valley is `L = (x y)^2` (paper, Equations 8 to 11): its bottom is `y = 0`, the steeper
//! the larger |x|. Noise across the valley makes a walker feel the mean of the slopes there, which leads to
//! where it is flat: for `eta x^2` far below 1, `E[y^2] = s^2 / (4 eta x^2)` and x moves by `-s^2 / (2 x)` a
//! step on average, s being the noise's standard deviation on the position. The *flat* valley
//! `L = (x_0 y)^2` is as steep everywhere as the other is at its start: there x only diffuses.
//!
//! Start, rate and noise of the paper's figure are not published; the start below is this program's own.

use ndarray::Array2;

use super::lanes::{Block, InstructionSet, WIDTH};
use super::normals::{LaneStream, STATE_BYTES};
use super::{Engine, Observation};
use crate::network::Weights;
use crate::stream::StreamName;
use crate::{CheckpointError, Task, UpdateNoiseTarget, ValidParameters};

/// Where every walker starts: (x, y).
const START: [f64; 2] = [2.0, 1.0];
/// Steps, three numbers of eight bytes in all, and the stream.
const SAVED_BYTES: usize = 24 + STATE_BYTES;

/// One walker. In the shapes of a network it is a single linear unit, with x its input weight and y its
/// output weight, whose target for the input 1 is 0.
pub(super) struct Valley {
    narrows: bool,
    learning_rate: f64,
    /// Standard deviation of the noise on the gradient, and on the position.
    noise: [f64; 2],
    position: [f64; 2],
    steps: u64,
    /// The normals of sixteen steps: those of x, those of y.
    drawn: [Block; 2],
    stream: LaneStream,
    /// The stream as it was before they were drawn.
    before: LaneStream,
}

impl Valley {
    pub fn new(parameters: &ValidParameters) -> Self {
        let noise = parameters.update_noise;
        let stream = LaneStream::new(parameters.seed, StreamName::UpdateNoise);
        Self {
            narrows: parameters.task == Task::NarrowingValley,
            learning_rate: parameters.learning_rate(),
            noise: match parameters.update_noise_on {
                UpdateNoiseTarget::Gradient => [noise, 0.0],
                UpdateNoiseTarget::Weights => [0.0, noise],
            },
            position: START,
            steps: 0,
            drawn: [Block::ZERO; 2],
            before: stream.clone(),
            stream,
        }
    }

    fn loss(&self) -> f64 {
        let [x, y] = self.position;
        let steepness = if self.narrows { x } else { START[0] };
        steepness * y * (steepness * y)
    }

    fn gradient(&self) -> [f64; 2] {
        let [x, y] = self.position;
        if self.narrows {
            [2.0 * x * y * y, 2.0 * x * x * y]
        } else {
            [0.0, 2.0 * START[0] * START[0] * y]
        }
    }

    fn step(&mut self) {
        let place = (self.steps % WIDTH as u64) as usize;
        if place == 0 {
            self.draw();
        }
        let gradient = self.gradient();
        let [on_gradient, on_position] = self.noise;
        for (axis, slope) in gradient.into_iter().enumerate() {
            let normal = f64::from(self.drawn[axis].0[place]);
            let force = slope + on_gradient * normal;
            self.position[axis] += on_position * normal - self.learning_rate * force;
        }
        self.steps += 1;
    }

    fn draw(&mut self) {
        self.before = self.stream.clone();
        self.stream.normals(InstructionSet::best(), &mut self.drawn);
    }
}

impl Engine for Valley {
    fn advance(&mut self, count: u64) {
        for _ in 0..count {
            self.step();
        }
    }

    fn observe(&mut self) -> Observation {
        Observation {
            mean_squared_error: self.loss(),
            active_samples: vec![1],
        }
    }

    /// The walker, as the one unit it stands for, is always there.
    fn activity(&mut self) -> Array2<f32> {
        Array2::ones((1, 1))
    }

    fn weights(&self) -> Weights {
        let mut weights = Weights::zeros(1, 1, 1);
        weights.input[[0, 0]] = self.position[0];
        weights.output[[0, 0]] = self.position[1];
        weights
    }

    fn save(&self) -> Vec<u8> {
        let mut bytes = self.steps.to_le_bytes().to_vec();
        bytes.extend(self.position.iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend(self.before.save());
        bytes
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), CheckpointError> {
        let state: &[u8; SAVED_BYTES] = state.try_into().map_err(|_| {
            CheckpointError::new(format!(
                "the walker's state takes {SAVED_BYTES} bytes, these are {}",
                state.len()
            ))
        })?;
        let (numbers, stream) = state.split_at(SAVED_BYTES - STATE_BYTES);
        let [steps, x, y] = std::array::from_fn(|k| {
            u64::from_le_bytes(numbers[8 * k..][..8].try_into().expect("eight bytes"))
        });
        self.steps = steps;
        self.position = [f64::from_bits(x), f64::from_bits(y)];
        self.stream = LaneStream::restore(stream.try_into().expect("the length was checked"));
        if self.steps > 0 {
            self.draw();
        }
        Ok(())
    }

    fn describe(&self) -> String {
        "f64 valley".to_owned()
    }
}

#[cfg(test)]
mod tests;
