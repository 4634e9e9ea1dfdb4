//! A symmetric matrix in one half, and what its eigenvalues take: sums and products with a few columns, in
//! one order on every machine.

use std::ops::Range;

use super::panel::{Block, Panel, Rows, WIDTH};
use crate::engine::lanes::doubles::Doubles;
use crate::engine::lanes::{InstructionSet, Kernel, Lanes};
use tile::{Sums, Tile};

mod tile;

/// Blocks of columns whose factors stay in the first cache.
const CHUNK: usize = 8;

/// The lower triangle of a symmetric matrix, row by row in whole blocks. What lies right of the
/// diagonal in a diagonal block mirrors what lies below it; rows are padded with zeros.
#[derive(Clone, Debug)]
pub(super) struct Symmetric {
    pub order: usize,
    blocks: Vec<Block>,
}

impl Symmetric {
    pub fn zeros(order: usize) -> Self {
        let bands = order.div_ceil(WIDTH);
        Self {
            order,
            blocks: vec![Block::ZERO; WIDTH * bands * (bands + 1) / 2],
        }
    }

    /// Adds to an entry and to its mirror image.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        let (row, column) = (row.max(column), row.min(column));
        self.row_mut(row)[column / WIDTH].0[column % WIDTH] += value;
        if row / WIDTH == column / WIDTH && row != column {
            self.row_mut(column)[row / WIDTH].0[row % WIDTH] += value;
        }
    }

    pub fn get(&self, row: usize, column: usize) -> f64 {
        let (row, column) = (row.max(column), row.min(column));
        let start = Self::start(row);
        self.blocks[start + column / WIDTH].0[column % WIDTH]
    }

    /// The largest absolute value of an entry that is a number.
    #[inline(always)]
    pub fn largest(&self) -> f64 {
        let mut largest = Block::ZERO;
        for block in &self.blocks {
            for (largest, value) in largest.0.iter_mut().zip(&block.0) {
                *largest = largest.max(value.abs());
            }
        }
        largest.0.into_iter().fold(0.0, f64::max)
    }

    #[inline(always)]
    pub fn multiply(&mut self, factor: f64) {
        for block in &mut self.blocks {
            for value in &mut block.0 {
                *value *= factor;
            }
        }
    }

    /// Row by row from the diagonal block down: the values left of and on the diagonal, to be changed.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = (usize, &mut [Block])> {
        let mut rest = self.blocks.as_mut_slice();
        (0..self.order).map(move |row| {
            let (taken, left) = std::mem::take(&mut rest).split_at_mut(row / WIDTH + 1);
            rest = left;
            (row, taken)
        })
    }

    #[inline(always)]
    pub fn row_mut(&mut self, row: usize) -> &mut [Block] {
        let start = Self::start(row);
        &mut self.blocks[start..=start + row / WIDTH]
    }

    /// Blocks before a row: every band of eight rows is one block wider than the one above.
    #[inline(always)]
    fn start(row: usize) -> usize {
        let (band, inside) = (row / WIDTH, row % WIDTH);
        (WIDTH / 2 * band + inside) * (band + 1)
    }

    /// `self += factors factors^T`, of factors `[order][depth]`. Costs what factors have that is not zero.
    pub fn add_square(&mut self, factors: &Panel) {
        InstructionSet::best().run(AddSquare {
            matrix: self,
            factors,
        });
    }

    /// `self += left right^T`, where that product is symmetric, for these bands of eight rows as far as the
    /// diagonal. The columns go chunk by chunk, so that their factors stay in the first cache for all rows.
    #[inline(always)]
    pub fn add_to_bands<D: Doubles>(&mut self, bands: Range<usize>, left: &Panel, right: &Panel) {
        for chunk in (0..bands.end).step_by(CHUNK) {
            for band in bands.start.max(chunk)..bands.end {
                let columns = chunk..(chunk + CHUNK).min(band + 1);
                for first in (0..WIDTH).step_by(D::LANES) {
                    self.add_to_tile::<D>(band, first, columns.clone(), left, right);
                }
            }
        }
    }

    /// The same for as many rows as a register has lanes: those from `first` on in a band.
    #[inline(always)]
    fn add_to_tile<D: Doubles>(
        &mut self,
        band: usize,
        first: usize,
        columns: Range<usize>,
        left: &Panel,
        right: &Panel,
    ) {
        let width = band + 1;
        let tile = &mut self.blocks[Self::start(band * WIDTH + first)..][..D::LANES * width];
        let factors = left.block(band);
        for column in columns {
            let mut sums = Sums::<D>::load(&tile[column..], width);
            sums.add(first, factors, right.block(column));
            sums.store(&mut tile[column..], width);
        }
    }

    /// `self += left right^T` and then `product += self factors`, of as many leading bands of eight rows as there are
    /// factors. One pass, in which each entry serves both its own row and, mirrored, its column's.
    #[inline(always)]
    pub fn add_and_multiply<D: Doubles>(
        &mut self,
        added: Option<&[Panel; 2]>,
        factors: &[Rows],
        product: &mut [Rows],
    ) {
        let bands = factors.len();
        for chunk in (0..bands).step_by(CHUNK) {
            for band in chunk..bands {
                let columns = chunk..(chunk + CHUNK).min(band + 1);
                let below = chunk..(chunk + CHUNK).min(band);
                for first in (0..WIDTH).step_by(D::LANES) {
                    if let Some([left, right]) = added {
                        self.add_to_tile::<D>(band, first, columns.clone(), left, right);
                    }
                    self.multiply_tile::<D>(band, first, below.clone(), factors, product);
                }
            }
        }
        for (band, (sums, terms)) in product.iter_mut().zip(factors).enumerate() {
            for (row, sum) in sums.iter_mut().enumerate() {
                let diagonal = &self.blocks[Self::start(band * WIDTH + row) + band];
                for (&value, terms) in diagonal.0.iter().zip(terms) {
                    sum.add_scaled::<D>(value, terms);
                }
            }
        }
    }

    /// The products of as many rows as a register has lanes, left of the diagonal: whole chunks of columns at once,
    /// or what is left of one column by column.
    #[inline(always)]
    fn multiply_tile<D: Doubles>(
        &self,
        band: usize,
        first: usize,
        columns: Range<usize>,
        factors: &[Rows],
        product: &mut [Rows],
    ) {
        let width = band + 1;
        let tile = &self.blocks[Self::start(band * WIDTH + first)..][..D::LANES * width];
        let (above, own_product) = product.split_at_mut(band);
        let rows = &factors[band][first..][..D::LANES];
        let sums = &mut own_product[0][first..][..D::LANES];
        if columns.len() == CHUNK {
            let tile = Tile::<CHUNK>::new::<D>(tile, width, columns.start);
            tile.multiply::<D>(&factors[columns.clone()], &mut above[columns], rows, sums);
        } else {
            for column in columns {
                let tile = Tile::<1>::new::<D>(tile, width, column);
                let column = column..column + 1;
                tile.multiply::<D>(&factors[column.clone()], &mut above[column], rows, sums);
            }
        }
    }
}

struct AddSquare<'a> {
    matrix: &'a mut Symmetric,
    factors: &'a Panel,
}

impl Kernel for AddSquare<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self) {
        let bands = self.matrix.order.div_ceil(WIDTH);
        let mut both = Vec::new();
        let runs: Vec<_> = (0..bands).map(|band| self.factors.runs(band)).collect();
        for chunk in (0..bands).step_by(CHUNK) {
            for band in chunk..bands {
                for column in chunk..(chunk + CHUNK).min(band + 1) {
                    intersect(&runs[band], &runs[column], &mut both);
                    self.add_block::<L::Doubles>(band, column, &both);
                }
            }
        }
    }
}

impl AddSquare<'_> {
    #[inline(always)]
    fn add_block<D: Doubles>(&mut self, band: usize, column: usize, runs: &[Range<usize>]) {
        let (rows, columns) = (self.factors.block(band), self.factors.block(column));
        for first in (0..WIDTH).step_by(D::LANES) {
            let blocks = &mut self.matrix.blocks[Symmetric::start(band * WIDTH + first) + column..];
            let mut sums = Sums::<D>::load(blocks, band + 1);
            for run in runs {
                sums.add(first, &rows[run.clone()], &columns[run.clone()]);
            }
            sums.store(blocks, band + 1);
        }
    }
}

/// What two rising lists of ranges have in common.
fn intersect(a: &[Range<usize>], b: &[Range<usize>], both: &mut Vec<Range<usize>>) {
    both.clear();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        let common = left.start.max(right.start)..left.end.min(right.end);
        if left.end < right.end {
            a.next();
        } else {
            b.next();
        }
        if !common.is_empty() {
            both.push(common);
        }
    }
}
