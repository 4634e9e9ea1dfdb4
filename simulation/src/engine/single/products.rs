//! The products of a step along the hidden units: forward to H, back to dZ.

use super::data::Design;
use super::matrix::{Matrix, Rows};
use super::tile::{Scalars, TileJob, accumulate, accumulate_rows, sweep};
use crate::engine::lanes::{Kernel, Lanes};

/// H = relu(X W), for every sample and the first `columns` blocks of units. Returns how many of these
/// blocks, from the first, hold all active units.
#[inline(always)]
pub(super) fn forward<L: Lanes>(
    weights: &Matrix,
    inputs: &[f32],
    design: Design,
    columns: usize,
    hidden: &mut Matrix,
) -> usize {
    L::call(Forward {
        weights: weights.starting(0),
        inputs,
        design,
        columns,
        hidden,
        rectified: true,
        active_columns: 0,
    })
}

/// X W, for every sample and unit: what `forward` rectifies.
#[inline(always)]
pub(super) fn drive<L: Lanes>(
    weights: &Matrix,
    inputs: &[f32],
    design: Design,
    drive: &mut Matrix,
) {
    L::call(Forward {
        weights: weights.starting(0),
        inputs,
        design,
        columns: drive.columns,
        hidden: drive,
        rectified: false,
        active_columns: 0,
    });
}

struct Forward<'a> {
    weights: Rows<'a>,
    inputs: &'a [f32],
    design: Design,
    columns: usize,
    hidden: &'a mut Matrix,
    rectified: bool,
    active_columns: usize,
}

impl Kernel for Forward<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<L: Lanes>(mut self) -> usize {
        let (rows, columns) = (self.hidden.rows, self.columns);
        sweep::<L>(&mut self, rows, 0..columns);
        self.active_columns
    }
}

impl<L: Lanes> TileJob<L> for Forward<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize) {
        let mut sums = [[L::splat(0.0); C]; R];
        let scalars = Scalars {
            values: self.inputs,
            row_step: self.design.rows,
            source_step: 1,
        };
        let (weights, design) = (self.weights, self.design);
        let by_all = 0..design.rows_seen_by(row + 1);
        accumulate(&mut sums, scalars, row, weights, column, by_all);
        if design.triangular {
            for r in 1..R {
                // A row of weights that sample `row + r` is the first to see.
                if row + r < design.rows {
                    accumulate_rows(&mut sums, scalars, row, weights, column, row + r, r..R);
                }
            }
        }
        if self.rectified {
            for r in 0..R {
                for c in 0..C {
                    sums[r][c] = sums[r][c].where_active(sums[r][c]);
                }
            }
        }
        for r in 0..R {
            let first = (row + r) * self.hidden.columns + column;
            let to = &mut self.hidden.blocks[first..][..C];
            for c in 0..C {
                sums[r][c].store(&mut to[c]);
            }
        }
        // Activities are positive, so a sum over samples is zero where all are.
        for c in 0..C {
            let mut total = sums[0][c];
            for r in 1..R {
                total = total.add(sums[r][c]);
            }
            if total.any_active() {
                self.active_columns = self.active_columns.max(column + c + 1);
            }
        }
    }
}

/// dZ = E V where H is active, for the first `columns` blocks of units; `residuals` is
/// `[n_samples][output_stride]`.
#[inline(always)]
pub(super) fn back<L: Lanes>(
    output_weights: Rows,
    residuals: &[f32],
    (output_dim, output_stride): (usize, usize),
    columns: usize,
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
        columns,
        hidden,
        back,
    });
}

struct Back<'a> {
    output_weights: Rows<'a>,
    scalars: Scalars<'a>,
    output_dim: usize,
    columns: usize,
    hidden: &'a Matrix,
    back: &'a mut Matrix,
}

impl Kernel for Back<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self) {
        let (rows, columns) = (self.hidden.rows, self.columns);
        sweep::<L>(&mut self, rows, 0..columns);
    }
}

impl<L: Lanes> TileJob<L> for Back<'_> {
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize) {
        let mut sums = [[L::splat(0.0); C]; R];
        let sources = 0..self.output_dim;
        accumulate(
            &mut sums,
            self.scalars,
            row,
            self.output_weights,
            column,
            sources,
        );
        for r in 0..R {
            let first = (row + r) * self.back.columns + column;
            let gates = &self.hidden.blocks[first..][..C];
            let to = &mut self.back.blocks[first..][..C];
            for c in 0..C {
                sums[r][c]
                    .where_active(L::load(&gates[c]))
                    .store(&mut to[c]);
            }
        }
    }
}
