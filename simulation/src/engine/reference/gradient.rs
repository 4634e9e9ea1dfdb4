//! Forward pass, loss and gradient, written as the formulas are (`c = 2/(S O)`, residuals `E = Yhat - Y`):
//! `dV = c E^T H`, `dZ = c (E V)` where H > 0, `dW = dZ^T X`, `db` the column sums of `dZ`.

use ndarray::{Array1, Array2, ArrayView1};

use crate::network::Weights;

/// All samples, as one step sees them.
#[derive(Clone)]
pub(super) struct Batch {
    /// X, `[n_samples, input_dim]`.
    pub inputs: Array2<f64>,
    /// Y, `[n_samples, output_dim]`.
    pub targets: Array2<f64>,
}

/// Activities of one forward pass.
pub(super) struct Pass {
    /// H, `[n_samples, hidden_units]`.
    pub hidden: Array2<f64>,
    /// Yhat, `[n_samples, output_dim]`.
    pub output: Array2<f64>,
}

/// `H = relu(X W^T + b)`, `Yhat = H V^T`.
pub(super) fn forward(weights: &Weights, data: &Batch) -> Pass {
    let (samples, output_dim) = data.targets.dim();
    let units = weights.bias.len();
    let hidden = Array2::from_shape_fn((samples, units), |(sample, unit)| {
        let drive = dot(&data.inputs.row(sample), &weights.input.row(unit));
        // Not `max`: a diverged network must stay visible, and max(NaN, 0) is 0.
        let total = weights.bias[unit] + drive;
        if total < 0.0 { 0.0 } else { total }
    });
    let output = Array2::from_shape_fn((samples, output_dim), |(sample, output)| {
        dot(&hidden.row(sample), &weights.output.row(output))
    });
    Pass { hidden, output }
}

/// Mean of the squared residuals over samples and outputs.
pub(super) fn mean_squared_error(pass: &Pass, data: &Batch) -> f64 {
    let squares: f64 = pass
        .output
        .iter()
        .zip(&data.targets)
        .map(|(output, target)| (output - target) * (output - target))
        .sum();
    squares / data.targets.len() as f64
}

/// Gradient of the mean squared error with respect to every weight.
pub(super) fn gradient(weights: &Weights, data: &Batch) -> Weights {
    let (output_dim, units) = weights.output.dim();
    let mut gradient = Weights::zeros(units, data.inputs.ncols(), output_dim);
    let pass = forward(weights, data);
    let residual_scale = 2.0 / data.targets.len() as f64;
    for (sample, inputs) in data.inputs.rows().into_iter().enumerate() {
        let hidden = pass.hidden.row(sample);
        let mut back = Array1::<f64>::zeros(units);
        for output in 0..output_dim {
            let residual = pass.output[[sample, output]] - data.targets[[sample, output]];
            let scaled = residual_scale * residual;
            for unit in 0..units {
                gradient.output[[output, unit]] += scaled * hidden[unit];
                back[unit] += scaled * weights.output[[output, unit]];
            }
        }
        for unit in (0..units).filter(|&unit| hidden[unit] > 0.0) {
            gradient.bias[unit] += back[unit];
            for (input, x) in inputs.iter().enumerate() {
                gradient.input[[unit, input]] += back[unit] * x;
            }
        }
    }
    gradient
}

fn dot(a: &ArrayView1<f64>, b: &ArrayView1<f64>) -> f64 {
    a.iter().zip(b.iter()).map(|(a, b)| a * b).sum()
}
