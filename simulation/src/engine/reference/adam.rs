//! Adam (Kingma and Ba 2015) in PyTorch's form: epsilon is added after the bias-corrected root.

use super::{put, take};
use crate::network::Weights;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Running moments of the gradient.
pub(super) struct Adam {
    first: Weights,
    second: Weights,
    steps: u64,
}

impl Adam {
    /// Moments at zero, in the shapes of `weights`.
    pub fn new(weights: &Weights) -> Self {
        let (output_dim, hidden) = weights.output.dim();
        let zeros = Weights::zeros(hidden, weights.input.ncols(), output_dim);
        Self {
            first: zeros.clone(),
            second: zeros,
            steps: 0,
        }
    }

    pub fn step(&mut self, weights: &mut Weights, gradient: &Weights, learning_rate: f64) {
        self.steps += 1;
        let exponent = self.steps as f64;
        let first_correction = 1.0 - libm::pow(BETA_1, exponent);
        let second_correction = (1.0 - libm::pow(BETA_2, exponent)).sqrt();
        let rate = learning_rate / first_correction;
        let moments = self.first.values_mut().zip(self.second.values_mut());
        for ((weight, g), (first, second)) in
            weights.values_mut().zip(gradient.values()).zip(moments)
        {
            *first = BETA_1 * *first + (1.0 - BETA_1) * g;
            *second = BETA_2 * *second + (1.0 - BETA_2) * g * g;
            *weight -= rate * *first / (second.sqrt() / second_correction + EPSILON);
        }
    }

    pub fn save(&self, state: &mut Vec<u8>) {
        state.extend(self.steps.to_le_bytes());
        put(state, &self.first);
        put(state, &self.second);
    }

    pub fn restore(&mut self, state: &mut &[u8]) {
        let (bytes, rest) = state.split_first_chunk().expect("the length was checked");
        self.steps = u64::from_le_bytes(*bytes);
        *state = rest;
        take(state, &mut self.first);
        take(state, &mut self.second);
    }
}
