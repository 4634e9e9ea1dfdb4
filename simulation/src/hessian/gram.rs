//! The part of the Hessian that squared first derivatives make, `c J^T J`, by the Gram matrix `c J J^T`
//! of J's S O rows, which has the same eigenvalues but for zeros. Near zero loss it is the Hessian.

use ndarray::Array2;

use super::LossPoint;
use super::panel::Panel;
use super::symmetric::Symmetric;

/// `c J J^T`, of order S O. Between (i, o) and (j, p) stands, times c,
/// `delta_op sum_h H_ih H_jh + (x_i . x_j + 1) sum_h g_ih V_oh g_jh V_ph`.
pub(super) fn gram_matrix(point: &LossPoint) -> Symmetric {
    let (samples, output_dim) = point.residuals.dim();
    let live: Vec<usize> = point.live_units().collect();
    let order = samples * output_dim;
    let mut weights = Panel::zeros(order, live.len());
    let mut activities = Panel::zeros(samples, live.len());
    for (place, &unit) in live.iter().enumerate() {
        for sample in (0..samples).filter(|&sample| point.hidden[[sample, unit]] > 0.0) {
            activities.set(sample, place, point.hidden[[sample, unit]]);
            for output in 0..output_dim {
                let weight = point.output_weights[[output, unit]];
                weights.set(sample * output_dim + output, place, weight);
            }
        }
    }
    let mut between_activities = Symmetric::zeros(samples);
    between_activities.add_square(&activities);
    let between_inputs = Array2::from_shape_fn((samples, samples), |(i, j)| {
        let pairs = point.inputs.row(i).into_iter().zip(point.inputs.row(j));
        pairs.map(|(a, b)| a * b).sum::<f64>() + 1.0
    });
    let scale = point.scale();
    let mut gram = Symmetric::zeros(order);
    gram.add_square(&weights);
    for (row, values) in gram.rows_mut() {
        let (i, o) = (row / output_dim, row % output_dim);
        for (column, value) in values.iter_mut().flat_map(|block| &mut block.0).enumerate() {
            let (j, p) = (column / output_dim, column % output_dim);
            if j >= samples {
                continue;
            }
            let same_output = if o == p {
                between_activities.get(i, j)
            } else {
                0.0
            };
            *value = scale * (between_inputs[[i, j]] * *value + same_output);
        }
    }
    gram
}
