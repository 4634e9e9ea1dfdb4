//! The float32 engine: vectorized, fused, the same bits on every instruction set.
//!
//! Weights lie row by row with the hidden units along the lanes: the rows of W^T, the bias as the
//! row of a constant input, the rows of V. Units are padded to whole vectors; the pads' weights are
//! zero and stay so, as noise reaches them with factor zero.
#![expect(
    clippy::needless_range_loop,
    clippy::manual_map,
    reason = "loops with constant bounds unroll into registers, and closures may stay outside the kernel"
)]

use super::lanes::{InstructionSet, Kernel, Lanes};
use super::{Engine, Observation};
use crate::network::Weights;
use crate::{Algorithm, CheckpointError, Dataset, ValidParameters};

mod adam;
mod data;
mod descent;
mod dots;
mod matrix;
mod noise;
mod products;
mod sed;
mod state;
mod tile;
mod update;

use data::Samples;
use matrix::Matrix;
use state::State;

/// A network in training, in single precision.
pub(crate) struct SingleEngine {
    instruction_set: InstructionSet,
    algorithm: Algorithm,
    samples: Samples,
    state: State,
    scratch: Scratch,
}

/// Places for what one step computes; nothing in them outlives it.
struct Scratch {
    /// H, `[n_samples][hidden]`.
    hidden: Matrix,
    /// dZ, `[n_samples][hidden]`.
    back: Matrix,
    /// Noise of some rows; SED's perturbation of all.
    noise: Matrix,
    /// SED's perturbed weights.
    trial: Matrix,
    /// Scaled residuals, `[n_samples][output_stride]`.
    residuals: Vec<f32>,
}

impl SingleEngine {
    /// Starts from `weights`, with every stream at its beginning.
    pub fn new(parameters: &ValidParameters, dataset: &Dataset, weights: &Weights) -> Self {
        Self::with(InstructionSet::best(), parameters, dataset, weights)
    }

    /// The same on an instruction set of choice: no bit depends on it.
    pub fn with(
        instruction_set: InstructionSet,
        parameters: &ValidParameters,
        dataset: &Dataset,
        weights: &Weights,
    ) -> Self {
        let samples = Samples::new(parameters, dataset);
        let state = State::new(parameters, weights);
        let (rows, columns) = (state.weights.rows, state.weights.columns);
        let (noise, trial) = match parameters.algorithm {
            Algorithm::Sed => (rows, rows),
            Algorithm::Sgd | Algorithm::Adam => (noise::window_len(columns).div_ceil(columns), 0),
        };
        let scratch = Scratch {
            hidden: Matrix::zeros(samples.count, columns),
            back: Matrix::zeros(samples.count, columns),
            noise: Matrix::zeros(noise, columns),
            trial: Matrix::zeros(trial, columns),
            residuals: vec![0.0; samples.residuals_len()],
        };
        Self {
            instruction_set,
            algorithm: parameters.algorithm,
            samples,
            state,
            scratch,
        }
    }
}

impl Engine for SingleEngine {
    fn advance(&mut self, count: u64) {
        self.instruction_set.run(Advance {
            engine: self,
            count,
        });
    }

    fn observe(&mut self) -> Observation {
        self.instruction_set.run(Observe { engine: self })
    }

    fn weights(&self) -> Weights {
        self.state.weights(self.samples.input_rows)
    }

    fn save(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.state.save(&mut bytes);
        self.samples.save(&mut bytes);
        bytes
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), CheckpointError> {
        let expected = self.save().len();
        if state.len() != expected {
            let reason = format!(
                "the engine's state takes {expected} bytes, these are {}",
                state.len()
            );
            return Err(CheckpointError { reason });
        }
        let mut rest = state;
        self.state.restore(&mut rest);
        self.samples.restore(&mut rest);
        Ok(())
    }

    fn describe(&self) -> String {
        "f32".to_owned()
    }
}

struct Advance<'a> {
    engine: &'a mut SingleEngine,
    count: u64,
}

impl Kernel for Advance<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        let SingleEngine {
            algorithm,
            samples,
            state,
            scratch,
            ..
        } = self.engine;
        for _ in 0..self.count {
            samples.draw::<L>();
            match algorithm {
                Algorithm::Sgd => descent::step::<L>(state, samples, scratch),
                Algorithm::Adam => adam::step::<L>(state, samples, scratch),
                Algorithm::Sed => sed::step::<L>(state, samples, scratch),
            }
        }
    }
}

struct Observe<'a> {
    engine: &'a mut SingleEngine,
}

impl Kernel for Observe<'_> {
    type Output = Observation;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Observation {
        let SingleEngine {
            samples,
            state,
            scratch,
            ..
        } = self.engine;
        products::forward::<L>(
            &state.weights,
            &samples.clean.inputs,
            samples.input_rows,
            &mut scratch.hidden,
        );
        dots::residuals::<L>(
            &state.output_weights(samples.input_rows),
            &scratch.hidden,
            &samples.clean.targets,
            samples.output_dim,
            1.0,
            &mut scratch.residuals,
        );
        let mut squares = 0.0;
        for sample in scratch
            .residuals
            .chunks_exact(samples.output_stride)
            .take(samples.count)
        {
            for &residual in &sample[..samples.output_dim] {
                squares += f64::from(residual) * f64::from(residual);
            }
        }
        let mut active_samples = vec![0; state.hidden_units];
        for sample in 0..samples.count {
            for (unit, count) in active_samples.iter_mut().enumerate() {
                *count += u32::from(scratch.hidden.value(sample, unit) > 0.0);
            }
        }
        Observation {
            mean_squared_error: squares / (samples.count * samples.output_dim) as f64,
            active_samples,
        }
    }
}

#[cfg(test)]
mod tests;
