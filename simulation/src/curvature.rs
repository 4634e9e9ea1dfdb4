//! How sharp a minimum is: the trace of the loss's Hessian, which label noise lowers.

use crate::Dataset;
use crate::network::Weights;

/// Sum of all eigenvalues of the Hessian of the mean squared error, exactly, on and off the minimum.
///
/// The output is linear in each tensor where no unit crosses its kink, so only squared first
/// derivatives stand on the diagonal. With `c = 2/(S O)` and `g_ih = 1` where unit h is active for
/// sample i (S samples, O outputs):
///
/// `tr = c [ sum_i (|x_i|^2 + 1) sum_h g_ih sum_o V_oh^2  +  O sum_ih H_ih^2 ]`.
pub(crate) fn hessian_trace(weights: &Weights, data: &Dataset) -> f64 {
    let squared_output_weights: Vec<f64> = weights
        .output
        .columns()
        .into_iter()
        .map(|unit| unit.iter().map(|v| v * v).sum())
        .collect();
    let output_dim = data.targets().ncols() as f64;
    let mut sum = 0.0;
    for sample in data.inputs().rows() {
        let squared_length: f64 = sample.iter().map(|x| x * x).sum();
        let units = weights.input.rows().into_iter().zip(&weights.bias);
        for ((unit, bias), squared_weight) in units.zip(&squared_output_weights) {
            let drive: f64 = unit.iter().zip(sample).map(|(w, x)| w * x).sum();
            let activity = bias + drive;
            if activity > 0.0 {
                sum += (squared_length + 1.0) * squared_weight + output_dim * activity * activity;
            }
        }
    }
    2.0 / data.targets().len() as f64 * sum
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_small_network_has_the_trace_of_paper_and_pencil() {
        // One sample (1, 2): unit 0 has activity 2.5 and output weight 2, unit 1 is silent.
        // c = 2, so 2 [ (1 + 4 + 1) 2^2 + 2.5^2 ] = 60.5.
        let data = Dataset::new(array![[1.0, 2.0]], array![[1.0]]).unwrap();
        let weights = Weights {
            input: array![[1.0, 1.0], [1.0, -1.0]],
            bias: array![-0.5, 0.0],
            output: array![[2.0, 7.0]],
        };
        assert_eq!(hessian_trace(&weights, &data), 60.5);
    }
}
