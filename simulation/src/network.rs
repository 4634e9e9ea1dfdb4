//! The network: `H = relu(X W^T + b)`, `Yhat = H V^T`, no output bias (paper, Equations 1 and 2).

use ndarray::{Array1, Array2};

use crate::stream::{ChaChaStream, StreamName};
use crate::{Regime, ValidParameters};

/// Weights in double precision, in the paper's shapes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    /// Input weights W, `[hidden_units, input_dim]` (the paper's m).
    pub input: Array2<f64>,
    /// Hidden biases b, `[hidden_units]`.
    pub bias: Array1<f64>,
    /// Output weights V, `[output_dim, hidden_units]` (the paper's n).
    pub output: Array2<f64>,
}

impl Weights {
    /// Initial weights: W and b with standard deviation sqrt(2/input_dim), V with sqrt(2/hidden)
    /// (rich) or 2/hidden (lazy); the authors' `model.py`.
    pub fn initial(parameters: &ValidParameters, input_dim: usize, output_dim: usize) -> Self {
        let hidden = parameters.hidden_units as usize;
        let seed = parameters.weights_seed.unwrap_or(parameters.seed);
        let mut stream = ChaChaStream::new(seed, StreamName::Weights);
        let input_scale = (2.0 / input_dim as f64).sqrt();
        let output_scale = match parameters.regime {
            Regime::Rich => (2.0 / hidden as f64).sqrt(),
            Regime::Lazy => 2.0 / hidden as f64,
        };
        Self {
            input: Array2::from_shape_simple_fn((hidden, input_dim), || {
                input_scale * stream.normal()
            }),
            bias: Array1::from_shape_simple_fn(hidden, || input_scale * stream.normal()),
            output: Array2::from_shape_simple_fn((output_dim, hidden), || {
                output_scale * stream.normal()
            }),
        }
    }
}
