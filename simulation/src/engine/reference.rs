//! The float64 engine: plain loops in the order of the formulas, slow and obvious. It is the oracle
//! of the float32 engine, and does the work where losses fall below what float32 can hold.
//!
//! No product goes through a linear-algebra library: those choose their kernels, and so the order of
//! their sums, by the machine at hand.

use ndarray::Array2;

use super::{Engine, Observation};
use crate::network::Weights;
use crate::{Algorithm, CheckpointError, Dataset, UpdateNoiseTarget, ValidParameters};

mod adam;
mod gradient;
mod noise;

use adam::Adam;
use gradient::{Batch, forward, gradient, mean_squared_error};
use noise::Noise;

/// Standard deviation of SED's perturbation, times the square root of a tensor's rows.
const SED_SCALE: f64 = 0.1;

/// A network in training, in double precision.
pub(crate) struct ReferenceEngine {
    /// The samples without noise.
    clean: Batch,
    algorithm: Algorithm,
    learning_rate: f64,
    update_noise: f64,
    update_noise_on: UpdateNoiseTarget,
    pub(super) weights: Weights,
    adam: Adam,
    noise: Noise,
}

impl ReferenceEngine {
    /// Starts from `weights`, with every stream at its beginning.
    pub fn new(parameters: &ValidParameters, dataset: &Dataset, weights: Weights) -> Self {
        Self {
            algorithm: parameters.algorithm,
            learning_rate: parameters.learning_rate(),
            update_noise: parameters.update_noise,
            update_noise_on: parameters.update_noise_on,
            adam: Adam::new(&weights),
            noise: Noise::new(parameters),
            clean: Batch {
                inputs: dataset.inputs().clone(),
                targets: dataset.targets().clone(),
            },
            weights,
        }
    }

    fn step(&mut self) {
        let data = self.noise.noisy(&self.clean);
        match self.algorithm {
            Algorithm::Sgd => {
                let update = self.noisy_gradient(&data);
                self.weights.add_scaled(-self.learning_rate, &update);
            }
            Algorithm::Adam => {
                let update = self.noisy_gradient(&data);
                self.adam
                    .step(&mut self.weights, &update, self.learning_rate);
            }
            Algorithm::Sed => self.sed_step(&data),
            Algorithm::SimilarityMatching => unreachable!("it has an engine of its own"),
        }
        if self.update_noise > 0.0 && self.update_noise_on == UpdateNoiseTarget::Weights {
            let noise = self.noise.update(&self.weights);
            self.weights.add_scaled(self.update_noise, &noise);
        }
    }

    /// The gradient of the loss on this step's data, and the noise that goes into the optimizer with it.
    fn noisy_gradient(&mut self, data: &Batch) -> Weights {
        let mut update = gradient(&self.weights, data);
        if self.update_noise > 0.0 && self.update_noise_on == UpdateNoiseTarget::Gradient {
            update.add_scaled(self.update_noise, &self.noise.update(&self.weights));
        }
        update
    }

    /// Stochastic error descent (paper, Equation 6; Cauwenberghs 1993): a random perturbation is
    /// subtracted in proportion to how much it raised the loss. The loss before is that on this step's
    /// targets, the loss after that on the targets without noise, as in the authors' `train.py`.
    fn sed_step(&mut self, data: &Batch) {
        let perturbation = self.perturbation();
        let before = mean_squared_error(&forward(&self.weights, data), data);
        let mut trial = self.weights.clone();
        trial.add_scaled(1.0, &perturbation);
        let after = mean_squared_error(&forward(&trial, &self.clean), &self.clean);
        let factor = -self.learning_rate * (after - before);
        self.weights.add_scaled(factor, &perturbation);
    }

    fn perturbation(&mut self) -> Weights {
        let mut perturbation = self.noise.perturbation(&self.weights);
        let (output_dim, hidden) = perturbation.output.dim();
        let hidden_scale = SED_SCALE / (hidden as f64).sqrt();
        perturbation.input *= hidden_scale;
        perturbation.bias *= hidden_scale;
        perturbation.output *= SED_SCALE / (output_dim as f64).sqrt();
        perturbation
    }
}

impl Engine for ReferenceEngine {
    fn advance(&mut self, count: u64) {
        for _ in 0..count {
            self.step();
        }
    }

    fn observe(&mut self) -> Observation {
        let pass = forward(&self.weights, &self.clean);
        Observation {
            mean_squared_error: mean_squared_error(&pass, &self.clean),
            active_samples: pass
                .hidden
                .columns()
                .into_iter()
                .map(|unit| unit.iter().filter(|&&activity| activity > 0.0).count() as u32)
                .collect(),
        }
    }

    fn activity(&mut self) -> Array2<f32> {
        let pass = forward(&self.weights, &self.clean);
        pass.hidden.t().mapv(|activity| activity as f32)
    }

    fn weights(&self) -> Weights {
        self.weights.clone()
    }

    fn save(&self) -> Vec<u8> {
        let mut state = Vec::new();
        put(&mut state, &self.weights);
        if self.algorithm == Algorithm::Adam {
            self.adam.save(&mut state);
        }
        self.noise.save(&mut state);
        state
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
        take(&mut rest, &mut self.weights);
        if self.algorithm == Algorithm::Adam {
            self.adam.restore(&mut rest);
        }
        self.noise.restore(rest);
        Ok(())
    }

    fn describe(&self) -> String {
        "f64".to_owned()
    }
}

fn put(state: &mut Vec<u8>, weights: &Weights) {
    for value in weights.values() {
        state.extend(value.to_le_bytes());
    }
}

/// Takes as many values off the front as `weights` holds.
fn take(state: &mut &[u8], weights: &mut Weights) {
    for value in weights.values_mut() {
        let (bytes, rest) = state.split_first_chunk().expect("the length was checked");
        *value = f64::from_le_bytes(*bytes);
        *state = rest;
    }
}

#[cfg(test)]
mod tests;
