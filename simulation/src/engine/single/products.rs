//! The products of a step along the hidden units: forward to H, back to dZ.

use super::matrix::{Matrix, Rows};
use super::tile::{Scalars, TileJob, accumulate, sweep};
use crate::engine::lanes::Lanes;

/// H = relu(X W), for every sample; `inputs` is `[n_samples][input_rows]`.
#[inline(always)]
pub(super) fn forward<L: Lanes>(
    weights: &Matrix,
    inputs: &[f32],
    input_rows: usize,
    hidden: &mut Matrix,
) {
    let (rows, columns) = (hidden.rows, hidden.columns);
    let mut job = Forward {
        weights: weights.starting(0),
        inputs,
        input_rows,
        hidden,
    };
    sweep::<L>(&mut job, rows, columns);
}

struct Forward<'a> {
    weights: Rows<'a>,
    inputs: &'a [f32],
    input_rows: usize,
    hidden: &'a mut Matrix,
}

impl<L: Lanes> TileJob<L> for Forward<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize) {
        let mut sums = [[L::splat(0.0); C]; R];
        let scalars = Scalars {
            values: self.inputs,
            row_step: self.input_rows,
            source_step: 1,
        };
        accumulate(
            &mut sums,
            scalars,
            row,
            self.weights,
            column,
            self.input_rows,
        );
        for (r, sums) in sums.into_iter().enumerate() {
            let first = (row + r) * self.hidden.columns + column;
            let to = &mut self.hidden.blocks[first..][..C];
            for (sum, to) in sums.into_iter().zip(to) {
                sum.where_active(sum).store(to);
            }
        }
    }
}

/// dZ = E V where H is active; `residuals` is `[n_samples][output_stride]`.
#[inline(always)]
pub(super) fn back<L: Lanes>(
    output_weights: Rows,
    residuals: &[f32],
    (output_dim, output_stride): (usize, usize),
    hidden: &Matrix,
    back: &mut Matrix,
) {
    let (rows, columns) = (hidden.rows, hidden.columns);
    let mut job = Back {
        output_weights,
        scalars: Scalars {
            values: residuals,
            row_step: output_stride,
            source_step: 1,
        },
        output_dim,
        hidden,
        back,
    };
    sweep::<L>(&mut job, rows, columns);
}

struct Back<'a> {
    output_weights: Rows<'a>,
    scalars: Scalars<'a>,
    output_dim: usize,
    hidden: &'a Matrix,
    back: &'a mut Matrix,
}

impl<L: Lanes> TileJob<L> for Back<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize) {
        let mut sums = [[L::splat(0.0); C]; R];
        accumulate(
            &mut sums,
            self.scalars,
            row,
            self.output_weights,
            column,
            self.output_dim,
        );
        for (r, sums) in sums.into_iter().enumerate() {
            let first = (row + r) * self.back.columns + column;
            let gates = &self.hidden.blocks[first..][..C];
            let to = &mut self.back.blocks[first..][..C];
            for ((sum, gate), to) in sums.into_iter().zip(gates).zip(to) {
                sum.where_active(L::load(gate)).store(to);
            }
        }
    }
}
