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

use ndarray::Array2;

use super::lanes::{InstructionSet, Kernel, Lanes};
use super::{Engine, Observation};
use crate::network::Weights;
use crate::{Algorithm, CheckpointError, Dataset, Reductions, UpdateNoiseTarget, ValidParameters};

mod adam;
mod data;
mod descent;
mod dots;
mod matrix;
mod noise;
mod packing;
mod products;
mod sed;
mod snapshot;
mod span;
mod state;
mod tile;
mod update;

use data::Samples;
use matrix::Matrix;
use packing::{Packing, Sorter};
use snapshot::Rotation;
use span::Span;
use state::State;

/// A network in training, in single precision.
pub(crate) struct SingleEngine {
    instruction_set: InstructionSet,
    algorithm: Algorithm,
    seed: u64,
    input_dim: usize,
    rotation: Option<Rotation>,
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
    sorter: Sorter,
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
        let span = spans(parameters).then(|| Span::of(dataset.inputs()));
        let samples = Samples::new(parameters, dataset, span.as_ref());
        let input = match &span {
            Some(span) => span.reduce(weights),
            None => span::input_side(weights),
        };
        let state = State::new(parameters, &input, weights, packs(parameters));
        let rotation = span.map(|span| Rotation::new(span, weights));
        let (rows, columns) = (state.weights.rows, state.weights.columns);
        let (noise, trial) = match parameters.algorithm {
            Algorithm::Sed => (rows, rows),
            _ => (noise::window_len(columns).div_ceil(columns), 0),
        };
        let scratch = Scratch {
            hidden: Matrix::zeros(samples.count, columns),
            back: Matrix::zeros(samples.count, columns),
            noise: Matrix::zeros(noise, columns),
            trial: Matrix::zeros(trial, columns),
            residuals: vec![0.0; samples.residuals_len()],
            sorter: Sorter::new(state.hidden_units),
        };
        Self {
            instruction_set,
            algorithm: parameters.algorithm,
            seed: parameters.seed,
            input_dim: dataset.inputs().ncols(),
            rotation,
            samples,
            state,
            scratch,
        }
    }
}

/// Whether the data's span may stand for the inputs: not for Adam, whose steps depend on the
/// coordinates, and not with noise on the inputs, which leaves the span.
fn spans(parameters: &ValidParameters) -> bool {
    parameters.reductions == Reductions::Auto
        && parameters.algorithm != Algorithm::Adam
        && parameters.input_noise == 0.0
}

/// How silent units are treated. Under Adam they move on by their moments, under SED a trial may wake
/// them, and noise on the inputs may at any step: there they are only sorted.
fn packs(parameters: &ValidParameters) -> Packing {
    if parameters.reductions == Reductions::Off {
        return Packing::Off;
    }
    if parameters.algorithm != Algorithm::Sgd || parameters.input_noise > 0.0 {
        return Packing::Sort;
    }
    match (parameters.update_noise, parameters.update_noise_on) {
        (0.0, _) => Packing::Freeze,
        (noise, UpdateNoiseTarget::Weights) => Packing::Sleep { deviation: noise },
        (noise, UpdateNoiseTarget::Gradient) => Packing::Sleep {
            deviation: noise * parameters.learning_rate(),
        },
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

    fn activity(&mut self) -> Array2<f32> {
        // An observation leaves them behind, in the order of lanes and of the span's samples.
        self.observe();
        let order = self.rotation.as_ref().map(Rotation::order);
        let mut activity = Array2::zeros((self.state.hidden_units, self.samples.count));
        for (lane, &unit) in self.state.places.units.iter().enumerate() {
            for row in 0..self.samples.count {
                let sample = order.map_or(row, |order| order[row]);
                activity[[unit as usize, sample]] = self.scratch.hidden.value(row, lane);
            }
        }
        activity
    }

    fn weights(&self) -> Weights {
        let rows = self.samples.design.rows;
        snapshot::weights(&self.state, rows, self.rotation.as_ref(), self.seed)
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
        let mut description = "f32".to_owned();
        if let Some(rotation) = &self.rotation {
            let (rank, width) = (rotation.rank(), self.input_dim + 1);
            description += &format!(" span:{rank}/{width}");
        }
        description
            + match self.state.packing {
                Packing::Off => "",
                Packing::Sort => " packing",
                Packing::Freeze => " packing freezing",
                Packing::Sleep { .. } => " packing sleeping",
            }
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
            if state.steps.is_multiple_of(packing::PERIOD) {
                let Scratch { hidden, sorter, .. } = scratch;
                packing::pack::<L>(state, samples, hidden, sorter);
            }
            samples.draw::<L>();
            match algorithm {
                Algorithm::Sgd => descent::step::<L>(state, samples, scratch),
                Algorithm::Adam => adam::step::<L>(state, samples, scratch),
                Algorithm::Sed => sed::step::<L>(state, samples, scratch),
                Algorithm::SimilarityMatching => unreachable!("it has an engine of its own"),
            }
            state.steps += 1;
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
        let columns = products::forward::<L>(
            &state.weights,
            &samples.clean.inputs,
            samples.design,
            state.weights.columns,
            &mut scratch.hidden,
        );
        dots::residuals::<L>(
            &state.weights.starting(samples.design.rows),
            (&scratch.hidden, columns),
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
            for (lane, &unit) in state.places.units.iter().enumerate() {
                let active = scratch.hidden.value(sample, lane) > 0.0;
                active_samples[unit as usize] += u32::from(active);
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
