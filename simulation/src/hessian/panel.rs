//! Numbers in blocks of eight, and matrices with few columns made of them.
//!
//! Sums have one order on every machine: eight columns side by side, fused multiply-adds, eight
//! partial sums added in one fixed tree.

use std::ops::Range;

use crate::engine::lanes::doubles::Doubles;

/// Columns that go side by side.
pub(super) const WIDTH: usize = 8;

/// Eight neighbours of a row or vector.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Block(pub [f64; WIDTH]);

impl Block {
    pub const ZERO: Self = Self([0.0; WIDTH]);
}

/// Sixteen neighbours of a row or vector.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Pair(pub [f64; 2 * WIDTH]);

impl Pair {
    pub const ZERO: Self = Self([0.0; 2 * WIDTH]);

    #[inline(always)]
    pub fn add_scaled<D: Doubles>(&mut self, factor: f64, other: &Self) {
        for k in (0..2 * WIDTH).step_by(D::LANES) {
            let target = &mut self.0[k..];
            let sum = D::load(&other.0[k..]).mul_add(D::splat(factor), D::load(target));
            sum.store(target);
        }
    }

    /// This row times a matrix.
    #[inline(always)]
    pub fn times<D: Doubles>(&self, matrix: &[Self; 2 * WIDTH]) -> Self {
        let mut product = Self::ZERO;
        for k in (0..2 * WIDTH).step_by(D::LANES) {
            let mut sum = D::splat(0.0);
            for (&factor, row) in self.0.iter().zip(matrix) {
                sum = D::load(&row.0[k..]).mul_add(D::splat(factor), sum);
            }
            sum.store(&mut product.0[k..]);
        }
        product
    }
}

/// Eight rows of sixteen.
pub(super) type Rows = [Pair; WIDTH];

/// A matrix with few columns, `[length][depth]`: for each block of rows its columns follow one another.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    depth: usize,
    blocks: Vec<Block>,
}

impl Panel {
    pub fn zeros(length: usize, depth: usize) -> Self {
        Self {
            depth,
            blocks: vec![Block::ZERO; length.div_ceil(WIDTH) * depth],
        }
    }

    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.blocks[row / WIDTH * self.depth + column].0[row % WIDTH] = value;
    }

    /// The columns of the `index`-th eight rows.
    #[inline(always)]
    pub fn block(&self, index: usize) -> &[Block] {
        &self.blocks[index * self.depth..][..self.depth]
    }

    /// The columns in which the `index`-th eight rows have anything but zeros, as ranges.
    pub fn runs(&self, index: usize) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (column, block) in self.block(index).iter().enumerate() {
            match runs.last_mut() {
                _ if *block == Block::ZERO => {}
                Some(run) if run.end == column => run.end += 1,
                _ => runs.push(column..column + 1),
            }
        }
        runs
    }

    /// The columns of two matrices of sixteen side by side, given row by row, and with the two exchanged.
    #[inline(always)]
    pub fn side_by_side(first: &[Rows], second: &[Rows]) -> [Self; 2] {
        let depth = 4 * WIDTH;
        let mut panels = [(); 2].map(|()| Self {
            depth,
            blocks: Vec::with_capacity(first.len() * depth),
        });
        for rows in first.iter().zip(second) {
            let (first, second) = (transposed(rows.0), transposed(rows.1));
            for (panel, halves) in panels
                .iter_mut()
                .zip([[&first, &second], [&second, &first]])
            {
                panel.blocks.extend_from_slice(halves[0]);
                panel.blocks.extend_from_slice(halves[1]);
            }
        }
        panels
    }
}

#[inline(always)]
fn transposed(rows: &Rows) -> [Block; 2 * WIDTH] {
    let mut columns = [Block::ZERO; 2 * WIDTH];
    for (place, row) in rows.iter().enumerate() {
        for (column, &value) in columns.iter_mut().zip(&row.0) {
            column.0[place] = value;
        }
    }
    columns
}
