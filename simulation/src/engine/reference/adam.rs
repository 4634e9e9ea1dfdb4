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

#[cfg(test)]
mod tests {
    use super::*;

    /// Adam written out as published (Kingma and Ba 2015, Algorithm 1), for one weight.
    fn published_adam(gradients: &[f64], rate: f64) -> f64 {
        let (mut theta, mut m, mut v) = (0.0, 0.0, 0.0);
        for (index, g) in gradients.iter().enumerate() {
            let t = index as i32 + 1;
            m = 0.9 * m + (1.0 - 0.9) * g;
            v = 0.999 * v + (1.0 - 0.999) * g.powi(2);
            let m_hat = m / (1.0 - 0.9_f64.powi(t));
            let v_hat = v / (1.0 - 0.999_f64.powi(t));
            theta -= rate * m_hat / (v_hat.sqrt() + 1e-8);
        }
        theta
    }

    #[test]
    fn adam_follows_its_published_recurrences() {
        let gradients: Vec<f64> = (0..50)
            .map(|t| libm::sin(f64::from(t) * 0.7) * 1e-3)
            .collect();
        let mut weights = Weights::zeros(1, 1, 1);
        let mut adam = Adam::new(&weights);
        for (t, &g) in gradients.iter().enumerate() {
            let mut gradient = Weights::zeros(1, 1, 1);
            gradient.input[[0, 0]] = g;
            adam.step(&mut weights, &gradient, 0.01);
            let expected = published_adam(&gradients[..=t], 0.01);
            let error = (weights.input[[0, 0]] - expected).abs();
            assert!(error < 1e-14, "step {t}: off by {error}");
        }
        // A weight without gradient stays where it is.
        assert_eq!((weights.bias[0], weights.output[[0, 0]]), (0.0, 0.0));
    }
}
