//! Curvature of the loss: the spectrum of its Hessian in all parameters (paper, Methods, "Hessian and
//! sparseness", Equations 16 to 18), exactly, on and off the minimum, in double precision.
//!
//! With c = 2/(S O), J the derivatives of all outputs and residuals E = Yhat - Y, the Hessian is
//! `H = c (J^T J + R)`, where R holds the outputs' second derivatives times E. Rows and columns of
//! silent units are zero. Four routes lead to its eigenvalues:
//!
//! - [`LossPoint::trace`]: their sum, in closed form.
//! - [`LossPoint::eigenvalues`]: all that aren't zero, from a matrix of a fraction of the order.
//! - [`LossPoint::gauss_newton_eigenvalues`]: those of `c J^T J` alone, for large networks.
//! - [`LossPoint::dense_eigenvalues`]: of the live units' block as it stands. The published counts
//!   of positive eigenvalues include about half of its null ones, made positive by rounding.
//!
//! The same point gives the same bits on every machine.

use ndarray::{Array2, ArrayView1};

use crate::Dataset;
use crate::network::Weights;

mod budget;
mod dense;
mod eigenvalues;
mod gram;
mod panel;
mod reflection;
mod spectrum;
mod structured;
mod symmetric;

pub(crate) use budget::Budget;
pub use budget::hessian_cubes_max;
pub use spectrum::{Eigenvalues, FullSpectrum, Spectrum, snapshot_order};

/// A network on its samples without noise, as far as second derivatives see it.
#[derive(Clone, Debug, PartialEq)]
pub struct LossPoint {
    /// X, `[n_samples, input_dim]`.
    pub inputs: Array2<f64>,
    /// E = Yhat - Y, `[n_samples, output_dim]`.
    pub residuals: Array2<f64>,
    /// H, `[n_samples, hidden_units]`, none negative.
    pub hidden: Array2<f64>,
    /// V, `[output_dim, hidden_units]`.
    pub output_weights: Array2<f64>,
}

impl LossPoint {
    /// The network on its data, every sum in one order.
    pub(crate) fn new(weights: &Weights, data: &Dataset) -> Self {
        let (inputs, targets) = (data.inputs(), data.targets());
        let (samples, units) = (inputs.nrows(), weights.bias.len());
        let hidden = Array2::from_shape_fn((samples, units), |(sample, unit)| {
            let drive = dot(&weights.input.row(unit), &inputs.row(sample)) + weights.bias[unit];
            if drive > 0.0 { drive } else { 0.0 }
        });
        let residuals = Array2::from_shape_fn(targets.dim(), |(sample, output)| {
            dot(&hidden.row(sample), &weights.output.row(output)) - targets[[sample, output]]
        });
        Self {
            inputs: inputs.clone(),
            residuals,
            hidden,
            output_weights: weights.output.clone(),
        }
    }

    /// Number of the network's parameters: hidden (input + output + 1).
    pub fn parameter_count(&self) -> usize {
        self.hidden.ncols() * self.parameters_of_unit()
    }

    /// Sum of all eigenvalues. Only squared first derivatives stand on the diagonal:
    /// `tr H = c [ sum_i (|x_i|^2 + 1) sum_h g_ih sum_o V_oh^2 + O sum_ih H_ih^2 ]`,
    /// with `g_ih` 1 where `H_ih` > 0 and 0 elsewhere.
    pub fn trace(&self) -> f64 {
        let squares = |values: ArrayView1<f64>| dot(&values, &values);
        let output_weights: Vec<f64> = self
            .output_weights
            .columns()
            .into_iter()
            .map(squares)
            .collect();
        let output_dim = self.residuals.ncols() as f64;
        let mut sum = 0.0;
        for (input, hidden) in self.inputs.rows().into_iter().zip(self.hidden.rows()) {
            let extended = squares(input) + 1.0;
            for (&activity, &weights) in hidden.iter().zip(&output_weights) {
                if activity > 0.0 {
                    sum += extended * weights + output_dim * activity * activity;
                }
            }
        }
        self.scale() * sum
    }

    /// The eigenvalues of the whole Hessian, falling, without those that are zero because a unit is
    /// silent, its inputs span few dimensions or the samples are few. None where a value of the point
    /// is not finite.
    ///
    /// Time grows with the third power of their number: 0.05 to 0.07 s for 1,000.
    pub fn eigenvalues(&self) -> Option<Vec<f64>> {
        eigenvalues::eigenvalues(structured::nonzero_block(self))
    }

    /// The eigenvalues of `c J^T J`, falling: S O of them, or as many as there are parameters of live
    /// units, if those are fewer. Time grows with the third power of S O.
    pub fn gauss_newton_eigenvalues(&self) -> Option<Vec<f64>> {
        let mut values = eigenvalues::eigenvalues(gram::gram_matrix(self))?;
        values.truncate(self.live_parameter_count());
        Some(values)
    }

    /// The eigenvalues of the live units' block, falling, null ones as rounding left them:
    /// [`LossPoint::live_parameter_count`] of them. Slow; to check the other routes and the published
    /// counts.
    pub fn dense_eigenvalues(&self) -> Option<Vec<f64>> {
        eigenvalues::eigenvalues(dense::live_block(self))
    }

    /// Number of parameters of units that are active for some sample.
    pub fn live_parameter_count(&self) -> usize {
        self.live_units().count() * self.parameters_of_unit()
    }

    fn parameters_of_unit(&self) -> usize {
        self.inputs.ncols() + self.residuals.ncols() + 1
    }

    /// c = 2/(S O), of the mean squared error over samples and outputs.
    fn scale(&self) -> f64 {
        2.0 / self.residuals.len() as f64
    }

    /// The units that are active for some sample.
    fn live_units(&self) -> impl Iterator<Item = usize> {
        let units = self.hidden.columns().into_iter().enumerate();
        units
            .filter(|(_, activity)| activity.iter().any(|&h| h > 0.0))
            .map(|(unit, _)| unit)
    }
}

fn dot(a: &ArrayView1<f64>, b: &ArrayView1<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests;
