//! The network: `H = relu(X W^T + b)`, `Yhat = H V^T`, no output bias (paper, Equations 1 and 2).

use ndarray::{Array1, Array2};

use crate::stream::{ChaChaStream, StreamName};
use crate::{Regime, ValidParameters};

/// Weights in double precision, in the paper's shapes. Gradients and noise take the same shapes.
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

    /// All zero.
    pub fn zeros(hidden: usize, input_dim: usize, output_dim: usize) -> Self {
        Self {
            input: Array2::zeros((hidden, input_dim)),
            bias: Array1::zeros(hidden),
            output: Array2::zeros((output_dim, hidden)),
        }
    }

    /// Every value: W, then b, then V, each row by row.
    pub fn values(&self) -> impl Iterator<Item = &f64> {
        self.input.iter().chain(&self.bias).chain(&self.output)
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let (input, bias, output) = (&mut self.input, &mut self.bias, &mut self.output);
        input.iter_mut().chain(bias).chain(output)
    }

    /// Adds `factor` times `other`.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        for (value, change) in self.values_mut().zip(other.values()) {
            *value += factor * change;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parameters;

    fn standard_deviation<'a>(values: impl Iterator<Item = &'a f64> + Clone) -> f64 {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        (values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt()
    }

    fn initial(regime: Regime) -> Weights {
        let parameters = Parameters {
            regime,
            hidden_units: 5_000,
            ..Parameters::default()
        };
        Weights::initial(&parameters.check().unwrap(), 8, 4)
    }

    #[test]
    fn initial_weights_have_the_published_scales() {
        for (regime, output_scale) in [
            (Regime::Rich, (2.0 / 5_000.0_f64).sqrt()),
            (Regime::Lazy, 2.0 / 5_000.0),
        ] {
            let weights = initial(regime);
            let ratios = [
                standard_deviation(weights.input.iter()) / 0.5,
                standard_deviation(weights.bias.iter()) / 0.5,
                standard_deviation(weights.output.iter()) / output_scale,
            ];
            // Five standard errors of the smallest sample: 5 / sqrt(2 * 5000).
            assert!(
                ratios.iter().all(|ratio| (ratio - 1.0).abs() < 0.05),
                "{ratios:?}"
            );
        }
    }

    #[test]
    fn the_regime_scales_the_output_weights_alone() {
        let (rich, lazy) = (initial(Regime::Rich), initial(Regime::Lazy));
        assert_eq!((&rich.input, &rich.bias), (&lazy.input, &lazy.bias));
        assert_ne!(rich.output, lazy.output);
    }

    #[test]
    fn weights_seed_replaces_the_seed() {
        let weights = |seed, weights_seed| {
            let p = Parameters {
                seed,
                weights_seed,
                ..Parameters::default()
            };
            Weights::initial(&p.check().unwrap(), 3, 2)
        };
        assert_eq!(weights(1, Some(9)), weights(2, Some(9)));
        assert_eq!(weights(1, None), weights(2, Some(1)));
        assert_ne!(weights(1, None), weights(2, None));
    }
}
