//! Similarity matching by Hebbian and anti-Hebbian plasticity on a ring (Qin et al., *Nature Neuroscience*
//! 2023; the paper's Figure 4C): units with input weights W and lateral weights M settle for one angle at a
//! time, and both kinds of weights then move towards the correlations of what they connect, with noise.
//!
//! `W <- (1 - eta) W + eta y x^T + sqrt(eta) sigma xi`,
//! `M <- max(0, (1 - eta) M + eta y y^T + sqrt(eta) sigma zeta)`, entry by entry.
//!
//! The paper shows this network without its size, its loss or its schedule. Inferred are the choice of the
//! published ring model, its size (`hidden_units`: 100 when absent, as everywhere; sweeps/similarity_matching.yaml
//! gives 200, which fills the paper's axis), and the loss: the mean square of the difference between
//! the similarities of inputs and of responses, over all pairs of probed angles. The square root of it
//! over the number of angles lies where the paper's axis does.

use ndarray::Array2;

use super::lanes::{Block, InstructionSet, Kernel, Lanes, WIDTH};
use super::normals::{LaneStream, STATE_BYTES};
use super::{Engine, Observation};
use crate::network::Weights;
use crate::stream::{ChaChaStream, StreamName};
use crate::task::{PROBE_EVERY, PROBES, RING_ANGLES, on_ring};
use crate::{CheckpointError, ValidParameters};

mod dynamics;

use dynamics::{Settle, Synapses};

/// Standard deviation of the initial input weights; M starts as the identity.
const INITIAL_SCALE: f64 = 0.1;
/// Activity at the start of a training step is uniform up to here.
const INITIAL_ACTIVITY: f64 = 0.1;
/// A response above this counts.
const RESPONSE_MIN: f64 = 0.05;
/// A unit is active if its response counts at more angles than this.
const RESPONSES_MIN: u32 = 3;

/// A network that learns the ring.
pub(super) struct Ring {
    synapses: Synapses,
    learning_rate: f64,
    noise: f64,
    /// Normals for the weights.
    update: LaneStream,
    /// Uniforms for the input's angle and the activity to start from.
    input: LaneStream,
}

impl Ring {
    pub fn new(parameters: &ValidParameters) -> Self {
        let seed = parameters.weights_seed.unwrap_or(parameters.seed);
        let mut weights = ChaChaStream::new(seed, StreamName::Weights);
        let units = parameters.hidden_units as usize;
        Self {
            synapses: Synapses::initial(units, || INITIAL_SCALE * weights.normal()),
            learning_rate: parameters.learning_rate(),
            noise: parameters.update_noise,
            update: LaneStream::new(parameters.seed, StreamName::UpdateNoise),
            input: LaneStream::new(parameters.seed, StreamName::InputOrder),
        }
    }

    fn step(&mut self) {
        let units = self.synapses.units();
        let drawn = numbers(&mut self.input, 1 + units, LaneStream::uniforms);
        let angle = (drawn[0] * f64::from(RING_ANGLES)) as u32;
        let start: Vec<f64> = drawn[1..=units]
            .iter()
            .map(|uniform| INITIAL_ACTIVITY * uniform)
            .collect();
        let input = on_ring(angle);
        let activity = self.settle(input, start);
        let noise = match self.noise {
            0.0 => Vec::new(),
            _ => numbers(&mut self.update, units * (2 + units), LaneStream::normals),
        };
        let scale = self.learning_rate.sqrt() * self.noise;
        self.synapses
            .learn(self.learning_rate, input, &activity, scale, &noise);
    }

    fn settle(&self, input: [f64; 2], start: Vec<f64>) -> Vec<f64> {
        InstructionSet::best().run(Settle {
            synapses: &self.synapses,
            input,
            start,
        })
    }

    /// The response at every probed angle, `[PROBES][units]`.
    fn responses(&self) -> Vec<Vec<f64>> {
        let probes = (0..PROBES).map(|probe| on_ring(probe * PROBE_EVERY));
        probes
            .map(|input| self.settle(input, vec![0.0; self.synapses.units()]))
            .collect()
    }
}

/// So many numbers of a stream, rounded up to whole pairs of blocks.
fn numbers(
    stream: &mut LaneStream,
    count: usize,
    fill: impl Fn(&mut LaneStream, InstructionSet, &mut [Block]),
) -> Vec<f64> {
    let mut blocks = vec![Block::ZERO; count.div_ceil(WIDTH).next_multiple_of(2)];
    fill(stream, InstructionSet::best(), &mut blocks);
    let drawn = blocks.iter().flat_map(|block| block.0);
    drawn.map(f64::from).collect()
}

/// Mean over all pairs of probes of `(x . x' - y . y')^2`.
fn mismatch(responses: &[Vec<f64>]) -> f64 {
    InstructionSet::best().run(Mismatch { responses })
}

struct Mismatch<'a> {
    responses: &'a [Vec<f64>],
}

impl Kernel for Mismatch<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<L: Lanes>(self) -> f64 {
        let count = self.responses.len();
        let mut sum = 0.0;
        for (i, a) in self.responses.iter().enumerate() {
            for (j, b) in self.responses[..=i].iter().enumerate() {
                let apart = (i - j) as u32 * PROBE_EVERY;
                let error = on_ring(apart)[0] - dynamics::dot(a, b);
                let mirrored = if i == j { 1.0 } else { 2.0 };
                sum += mirrored * error * error;
            }
        }
        sum / (count * count) as f64
    }
}

impl Engine for Ring {
    fn advance(&mut self, count: u64) {
        for _ in 0..count {
            self.step();
        }
    }

    /// Responses count for a unit if there are enough of them to call it active.
    fn observe(&mut self) -> Observation {
        let responses = self.responses();
        let counted = |unit: usize| {
            let active = responses.iter().filter(|y| y[unit] > RESPONSE_MIN);
            let count = active.count() as u32;
            if count > RESPONSES_MIN { count } else { 0 }
        };
        Observation {
            mean_squared_error: mismatch(&responses),
            active_samples: (0..self.synapses.units()).map(counted).collect(),
        }
    }

    /// The responses to the probes, whether or not they are enough to call a unit active.
    fn activity(&mut self) -> Array2<f32> {
        let responses = self.responses();
        let shape = (self.synapses.units(), responses.len());
        Array2::from_shape_fn(shape, |(unit, probe)| responses[probe][unit] as f32)
    }

    /// W as input weights, M as output weights; the biases of the published model don't take part.
    fn weights(&self) -> Weights {
        self.synapses.weights()
    }

    fn save(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let values = self.synapses.values();
        bytes.extend(values.flat_map(|value| value.to_le_bytes()));
        bytes.extend(self.update.save());
        bytes.extend(self.input.save());
        bytes
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), CheckpointError> {
        let numbers = 8 * self.synapses.values().count();
        let expected = numbers + 2 * STATE_BYTES;
        if state.len() != expected {
            let reason = format!(
                "the ring's state takes {expected} bytes, these are {}",
                state.len()
            );
            return Err(CheckpointError::new(reason));
        }
        let (numbers, streams) = state.split_at(numbers);
        let (values, _) = numbers.as_chunks::<8>();
        for (value, bytes) in self.synapses.values_mut().zip(values) {
            *value = f64::from_le_bytes(*bytes);
        }
        let (streams, _) = streams.as_chunks::<STATE_BYTES>();
        self.update = LaneStream::restore(&streams[0]);
        self.input = LaneStream::restore(&streams[1]);
        Ok(())
    }

    fn describe(&self) -> String {
        "f64 ring".to_owned()
    }
}

#[cfg(test)]
mod tests;
