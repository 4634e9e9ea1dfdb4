//! The products of a step along the hidden units: forward to H, back to dZ.

use super::matrix::{Matrix, Rows};
use super::tile::{Scalars, TileJob, accumulate, sweep};
use crate::engine::lanes::{Kernel, Lanes};

/// H = relu(X W), for every sample; `inputs` is `[n_samples][input_rows]`.
#[inline(always)]
pub(super) fn forward<L: Lanes>(
    weights: &Matrix,
    inputs: &[f32],
    input_rows: usize,
    hidden: &mut Matrix,
) {
    L::call(Forward {
        weights: weights.starting(0),
        inputs,
        input_rows,
        hidden,
    });
}

struct Forward<'a> {
    weights: Rows<'a>,
    inputs: &'a [f32],
    input_rows: usize,
    hidden: &'a mut Matrix,
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self) {
        let (rows, columns) = (self.hidden.rows, self.hidden.columns);
        sweep::<L>(&mut self, rows, columns);
    }
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
        for r in 0..R {
            let sums = sums[r];
            let first = (row + r) * self.hidden.columns + column;
            let to = &mut self.hidden.blocks[first..][..C];
            for c in 0..C {
                sums[c].where_active(sums[c]).store(&mut to[c]);
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
    L::call(Back {
        output_weights,
        scalars: Scalars {
            values: residuals,
            row_step: output_stride,
            source_step: 1,
        },
        output_dim,
        hidden,
        back,
    });
}

struct Back<'a> {
    output_weights: Rows<'a>,
    scalars: Scalars<'a>,
    output_dim: usize,
    hidden: &'a Matrix,
    back: &'a mut Matrix,
}

impl Kernel for Back<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self) {
        let (rows, columns) = (self.hidden.rows, self.hidden.columns);
        sweep::<L>(&mut self, rows, columns);
    }
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
        for r in 0..R {
            let sums = sums[r];
            let first = (row + r) * self.back.columns + column;
            let gates = &self.hidden.blocks[first..][..C];
            let to = &mut self.back.blocks[first..][..C];
            for c in 0..C {
                sums[c].where_active(L::load(&gates[c])).store(&mut to[c]);
            }
        }
    }
}
