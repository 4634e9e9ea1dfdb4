//! Rows of lane blocks.

use super::state::take;
use crate::engine::lanes::{Block, WIDTH};

/// A matrix whose rows are whole blocks of sixteen numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix {
    pub rows: usize,
    /// Blocks in a row.
    pub columns: usize,
    pub blocks: Vec<Block>,
}

/// Some rows of a matrix, to read.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub columns: usize,
    pub blocks: &'a [Block],
}

impl Matrix {
    /// All zeros; `columns` in blocks.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            blocks: vec![Block::ZERO; rows * columns],
        }
    }

    pub fn value(&self, row: usize, lane: usize) -> f32 {
        self.blocks[row * self.columns + lane / WIDTH].0[lane % WIDTH]
    }

    /// Moves lanes of every row: lane `i` takes what was in lane `from[i]`. `before` is a place for a row.
    pub fn permute(&mut self, from: &[u32], before: &mut [Block]) {
        for row in self.blocks.chunks_exact_mut(self.columns) {
            before.copy_from_slice(row);
            for (lane, &from) in from.iter().enumerate() {
                let from = from as usize;
                row[lane / WIDTH].0[lane % WIDTH] = before[from / WIDTH].0[from % WIDTH];
            }
        }
    }

    pub fn set(&mut self, row: usize, lane: usize, value: f32) {
        self.blocks[row * self.columns + lane / WIDTH].0[lane % WIDTH] = value;
    }

    /// Every number, pads too, row by row.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        self.blocks.iter().flat_map(|block| block.0)
    }

    /// The rows from `first` on.
    #[inline(always)]
    pub fn starting(&self, first: usize) -> Rows<'_> {
        Rows {
            columns: self.columns,
            blocks: &self.blocks[first * self.columns..],
        }
    }

    /// Writes every number. All NaN are written alike: their payload depends on the machine.
    pub fn save(&self, bytes: &mut Vec<u8>) {
        for value in self.values() {
            let value = if value.is_nan() { f32::NAN } else { value };
            bytes.extend(value.to_le_bytes());
        }
    }

    /// Takes back what `save` wrote, off the front of `bytes`.
    pub fn restore(&mut self, bytes: &mut &[u8]) {
        for value in self.blocks.iter_mut().flat_map(|block| &mut block.0) {
            *value = f32::from_le_bytes(take(bytes));
        }
    }
}
