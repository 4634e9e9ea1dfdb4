//! Normals for the weights, made some rows before they are used, so that they stay in the cache.

use super::matrix::Rows;
use crate::engine::lanes::{Block, Lanes};
use crate::engine::normals::Generator;

/// Rows whose noise is made at a time.
pub(super) const ROWS: usize = 6;

/// A window on one step's noise, `[row][hidden]` without gaps. Normals come in pairs of blocks: a
/// pair may reach into the next window, so its second half is kept.
pub(super) struct Window<'a, L: Lanes> {
    blocks: &'a mut [Block],
    columns: usize,
    generator: Generator<L>,
    kept: bool,
}

/// Blocks that a window needs for rows of `columns` blocks.
pub(super) fn window_len(columns: usize) -> usize {
    ROWS * columns + 2
}

impl<'a, L: Lanes> Window<'a, L> {
    #[inline(always)]
    pub fn new(blocks: &'a mut [Block], columns: usize, generator: Generator<L>) -> Self {
        Self {
            blocks,
            columns,
            generator,
            kept: false,
        }
    }

    /// The next `count` rows of noise, at most [`ROWS`].
    #[inline(always)]
    pub fn rows(&mut self, count: usize) -> Rows<'_> {
        let needed = count * self.columns;
        let start = usize::from(self.kept);
        let end = start + (needed - start).next_multiple_of(2);
        self.generator.normals(&mut self.blocks[start..end]);
        // The block after the last is moved to the front by the next call; reading comes first, so
        // the window is returned shifted by one block instead.
        self.kept = end > needed;
        Rows {
            columns: self.columns,
            blocks: &self.blocks[..needed],
        }
    }

    /// Moves the second half of a pair to where the next rows begin. Call after the rows were used.
    #[inline(always)]
    pub fn turn(&mut self, count: usize) {
        if self.kept {
            self.blocks[0] = self.blocks[count * self.columns];
        }
    }

    /// The generator, with the step's noise drawn.
    pub fn close(self) -> Generator<L> {
        self.generator
    }
}
