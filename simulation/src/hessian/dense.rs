//! The Hessian of the live units, entry by entry: the published route, to check its column with.

use super::LossPoint;
use super::panel::Panel;
use super::symmetric::Symmetric;

/// Rows and columns of every live unit, in turn its output weights, its input weights, its bias.
pub(super) fn live_block(point: &LossPoint) -> Symmetric {
    let (samples, input_dim) = point.inputs.dim();
    let output_dim = point.residuals.ncols();
    let of_unit = output_dim + input_dim + 1;
    let live: Vec<usize> = point.live_units().collect();
    let order = live.len() * of_unit;
    let scale = point.scale();
    let mut derivatives = Panel::zeros(order, samples * output_dim);
    let mut block = Symmetric::zeros(order);
    for (place, &unit) in live.iter().enumerate() {
        let (first, inputs) = (place * of_unit, place * of_unit + output_dim);
        for sample in (0..samples).filter(|&sample| point.hidden[[sample, unit]] > 0.0) {
            let extended = || point.inputs.row(sample).into_iter().copied().chain([1.0]);
            for output in 0..output_dim {
                let row = sample * output_dim + output;
                let activity = point.hidden[[sample, unit]];
                derivatives.set(first + output, row, scale.sqrt() * activity);
                let weight = point.output_weights[[output, unit]];
                let residual = point.residuals[[sample, output]];
                for (input, x) in extended().enumerate() {
                    derivatives.set(inputs + input, row, scale.sqrt() * weight * x);
                    block.add(first + output, inputs + input, scale * residual * x);
                }
            }
        }
    }
    block.add_square(&derivatives);
    block
}
