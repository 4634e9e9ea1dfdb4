//! A symmetric matrix in one half, and what its eigenvalues take: sums and products with a few columns, in
//! one order on every machine.

use std::ops::Range;

use super::panel::{Block, Pair, Panel, WIDTH};
use crate::engine::lanes::{InstructionSet, Kernel, Lanes};

/// Rows that a product takes at once: as many as accumulators fit in registers.
const TILE: usize = 4;

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

    /// `self += left right^T`, where that product is symmetric. Both `[order][depth]`.
    pub fn add_product(&mut self, left: &Panel, right: &Panel) {
        InstructionSet::best().run(AddProduct {
            matrix: self,
            left,
            right,
        });
    }

    /// The same for these bands of eight rows alone, as far as the diagonal. The columns go chunk by chunk, so that
    /// their factors stay in the first cache for all rows.
    #[inline(always)]
    pub fn add_to_bands(&mut self, bands: Range<usize>, left: &Panel, right: &Panel) {
        for chunk in (0..bands.end).step_by(CHUNK) {
            for band in bands.start.max(chunk)..bands.end {
                let columns = chunk..(chunk + CHUNK).min(band + 1);
                for half in 0..WIDTH / TILE {
                    self.add_to_tile(band, half, columns.clone(), left, right);
                }
            }
        }
    }

    #[inline(always)]
    fn add_to_tile(
        &mut self,
        band: usize,
        half: usize,
        columns: Range<usize>,
        left: &Panel,
        right: &Panel,
    ) {
        let first = Self::start(band * WIDTH + half * TILE);
        let tile = &mut self.blocks[first..][..TILE * (band + 1)];
        let (a, rest) = tile.split_at_mut(band + 1);
        let (b, rest) = rest.split_at_mut(band + 1);
        let (c, d) = rest.split_at_mut(band + 1);
        for column in columns {
            let mut sums = [a[column], b[column], c[column], d[column]];
            let factors = left.block(band).iter().zip(right.block(column));
            for (factors, terms) in factors {
                let factors = &factors.0[half * TILE..][..TILE];
                sums[0].add_scaled(factors[0], terms);
                sums[1].add_scaled(factors[1], terms);
                sums[2].add_scaled(factors[2], terms);
                sums[3].add_scaled(factors[3], terms);
            }
            [a[column], b[column], c[column], d[column]] = sums;
        }
    }

    /// `self += left right^T` and then `product += self factors`, of as many leading rows as are given: whole blocks.
    /// One pass, in which each entry serves both its own row and, mirrored, its column's.
    #[inline(always)]
    pub fn add_and_multiply(
        &mut self,
        added: Option<(&Panel, &Panel)>,
        factors: &[Pair],
        product: &mut [Pair],
    ) {
        let bands = factors.len() / WIDTH;
        for chunk in (0..bands).step_by(CHUNK) {
            for band in chunk..bands {
                let columns = chunk..(chunk + CHUNK).min(band + 1);
                let below = chunk..(chunk + CHUNK).min(band);
                for half in 0..WIDTH / TILE {
                    if let Some((left, right)) = added {
                        self.add_to_tile(band, half, columns.clone(), left, right);
                    }
                    for part in 0..2 {
                        self.multiply_tile(band, half, part, below.clone(), factors, product);
                    }
                }
            }
        }
        for (band, sums) in product.chunks_exact_mut(WIDTH).enumerate() {
            let terms = &factors[band * WIDTH..][..WIDTH];
            for (row, sum) in sums.iter_mut().enumerate() {
                let diagonal = &self.blocks[Self::start(band * WIDTH + row) + band];
                for (&value, terms) in diagonal.0.iter().zip(terms) {
                    sum.add_scaled(value, terms);
                }
            }
        }
    }

    #[inline(always)]
    fn multiply_tile(
        &self,
        band: usize,
        half: usize,
        part: usize,
        columns: Range<usize>,
        factors: &[Pair],
        product: &mut [Pair],
    ) {
        let row = band * WIDTH + half * TILE;
        let tile = &self.blocks[Self::start(row)..][..TILE * (band + 1)];
        let (a, rest) = tile.split_at(band + 1);
        let (b, rest) = rest.split_at(band + 1);
        let (c, d) = rest.split_at(band + 1);
        let own: [Block; TILE] = std::array::from_fn(|k| factors[row + k].0[part]);
        let mut sums = [Block::ZERO; TILE];
        for column in columns {
            let values = [&a[column], &b[column], &c[column], &d[column]];
            let terms = &factors[column * WIDTH..][..WIDTH];
            let mirrored = &mut product[column * WIDTH..][..WIDTH];
            for lane in 0..WIDTH {
                let terms = &terms[lane].0[part];
                let mut sum = mirrored[lane].0[part];
                for k in 0..TILE {
                    sums[k].add_scaled(values[k].0[lane], terms);
                    sum.add_scaled(values[k].0[lane], &own[k]);
                }
                mirrored[lane].0[part] = sum;
            }
        }
        for k in 0..TILE {
            product[row + k].0[part].add_scaled(1.0, &sums[k]);
        }
    }
}

struct AddProduct<'a> {
    matrix: &'a mut Symmetric,
    left: &'a Panel,
    right: &'a Panel,
}

impl Kernel for AddProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        let bands = self.matrix.order.div_ceil(WIDTH);
        self.matrix.add_to_bands(0..bands, self.left, self.right);
    }
}
