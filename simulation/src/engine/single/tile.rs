//! The register tile: R rows by C vectors of a product, accumulated without touching memory.
//!
//! All products of a step have one form, `result[r] = start[r] + sum over k of scalar(r, k) source[k]`,
//! with k ascending. So no bit depends on how rows and vectors are cut into tiles.

use std::ops::Range;

use super::matrix::Rows;
use crate::engine::lanes::Lanes;

/// What is done with each tile of a result.
pub(super) trait TileJob<L: Lanes> {
    /// Computes rows `row..row + R`, blocks `column..column + C`.
    fn tile<const R: usize, const C: usize>(&mut self, row: usize, column: usize);
}

/// Cuts `rows` by some columns into tiles that fit the registers.
#[inline(always)]
pub(super) fn sweep<L: Lanes>(job: &mut impl TileJob<L>, rows: usize, columns: Range<usize>) {
    let mut column = columns.start;
    while column < columns.end {
        let left = columns.end - column;
        if L::ACCUMULATORS >= 21 && left >= 7 {
            strip::<L, _, 7, 3>(job, rows, column);
            column += 7;
        } else if L::ACCUMULATORS >= 20 && left >= 4 {
            strip::<L, _, 4, 5>(job, rows, column);
            column += 4;
        } else if L::ACCUMULATORS >= 18 && left >= 3 {
            strip::<L, _, 3, 6>(job, rows, column);
            column += 3;
        } else if L::ACCUMULATORS >= 12 && left >= 2 {
            strip::<L, _, 2, 6>(job, rows, column);
            column += 2;
        } else if L::ACCUMULATORS >= 6 && left >= 2 {
            strip::<L, _, 2, 3>(job, rows, column);
            column += 2;
        } else if L::ACCUMULATORS >= 6 {
            strip::<L, _, 1, 6>(job, rows, column);
            column += 1;
        } else {
            strip::<L, _, 1, 2>(job, rows, column);
            column += 1;
        }
    }
}

/// One column of tiles, of at most `MAX` rows each and as even as can be.
#[inline(always)]
fn strip<L: Lanes, J: TileJob<L>, const C: usize, const MAX: usize>(
    job: &mut J,
    rows: usize,
    column: usize,
) {
    let mut row = 0;
    let mut tiles = rows.div_ceil(MAX);
    while tiles > 0 {
        let height = (rows - row).div_ceil(tiles);
        match height {
            6 if MAX >= 6 => job.tile::<6, C>(row, column),
            5 if MAX >= 5 => job.tile::<5, C>(row, column),
            4 if MAX >= 4 => job.tile::<4, C>(row, column),
            3 if MAX >= 3 => job.tile::<3, C>(row, column),
            2 => job.tile::<2, C>(row, column),
            _ => job.tile::<1, C>(row, column),
        }
        row += height;
        tiles -= 1;
    }
}

/// Where the scalars of a product lie.
#[derive(Clone, Copy)]
pub(super) struct Scalars<'a> {
    pub values: &'a [f32],
    /// From a row of the result to the next.
    pub row_step: usize,
    /// From a row of the source to the next.
    pub source_step: usize,
}

/// Adds `sum over k of scalar(row + r, k) source[k]` to the accumulators.
#[inline(always)]
pub(super) fn accumulate<L: Lanes, const R: usize, const C: usize>(
    accumulators: &mut [[L; C]; R],
    scalars: Scalars,
    row: usize,
    source: Rows,
    column: usize,
    sources: Range<usize>,
) {
    for k in sources {
        accumulate_rows(accumulators, scalars, row, source, column, k, 0..R);
    }
}

/// Adds `scalar(row + r, k) source[k]` to some rows of the tile. What a zero of a triangular matrix would
/// multiply is left out row by row, not tile by tile: tiles differ between instruction sets, and zero times
/// infinity is no zero.
#[inline(always)]
pub(super) fn accumulate_rows<L: Lanes, const R: usize, const C: usize>(
    accumulators: &mut [[L; C]; R],
    scalars: Scalars,
    row: usize,
    source: Rows,
    column: usize,
    k: usize,
    rows: Range<usize>,
) {
    let from = &source.blocks[k * source.columns + column..][..C];
    let mut vectors = [L::splat(0.0); C];
    for c in 0..C {
        vectors[c] = L::load(&from[c]);
    }
    let first = row * scalars.row_step + k * scalars.source_step;
    for r in 0..R {
        if r < rows.start || r >= rows.end {
            continue;
        }
        let scalar = L::splat(scalars.values[first + r * scalars.row_step]);
        for c in 0..C {
            accumulators[r][c] = scalar.mul_add(vectors[c], accumulators[r][c]);
        }
    }
}
