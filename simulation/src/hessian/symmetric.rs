//! A symmetric matrix in one half, and the two products that its eigenvalues take.
//!
//! Sums have one order on every machine: eight columns side by side, fused multiply-adds, eight
//! partial sums added in one fixed tree. The loops are plain arrays that the compiler vectorizes for
//! the instruction set they run on.

use crate::engine::lanes::{InstructionSet, Kernel, Lanes};

/// Columns that go side by side.
pub(super) const WIDTH: usize = 8;

/// Rows that a product takes at once: as many as accumulators fit in registers.
const TILE: usize = 4;

/// Eight neighbours of a row or vector.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Block(pub [f64; WIDTH]);

impl Block {
    pub const ZERO: Self = Self([0.0; WIDTH]);

    #[inline(always)]
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        for lane in 0..WIDTH {
            self.0[lane] = other.0[lane].mul_add(factor, self.0[lane]);
        }
    }

    #[inline(always)]
    pub fn add_products(&mut self, a: &Self, b: &Self) {
        for lane in 0..WIDTH {
            self.0[lane] = a.0[lane].mul_add(b.0[lane], self.0[lane]);
        }
    }

    #[inline(always)]
    pub fn sum(&self) -> f64 {
        let x = &self.0;
        ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
    }
}

/// A vector of whole blocks.
pub(super) fn zeros(length: usize) -> Vec<Block> {
    vec![Block::ZERO; length.div_ceil(WIDTH)]
}

/// A matrix with few columns, `[length][depth]`: for each block of rows its columns follow one another.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub depth: usize,
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

    #[inline(always)]
    pub fn get(&self, row: usize, column: usize) -> f64 {
        self.blocks[row / WIDTH * self.depth + column].0[row % WIDTH]
    }

    /// The columns of the `index`-th eight rows.
    #[inline(always)]
    pub fn block(&self, index: usize) -> &[Block] {
        &self.blocks[index * self.depth..][..self.depth]
    }

    #[inline(always)]
    pub fn set_column(&mut self, column: usize, vector: &[Block], factor: f64) {
        for (columns, values) in self.blocks.chunks_exact_mut(self.depth).zip(vector) {
            columns[column] = Block(values.0.map(|value| factor * value));
        }
    }
}

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
        let rows = self.order;
        InstructionSet::best().run(AddProduct {
            matrix: self,
            left,
            right,
            rows,
        });
    }

    /// The same for the leading `rows` alone.
    #[inline(always)]
    pub fn add_leading_product(&mut self, rows: usize, left: &Panel, right: &Panel) {
        for band in 0..rows.div_ceil(WIDTH) {
            let row_factors = left.block(band);
            for half in 0..WIDTH / TILE {
                let first = Self::start(band * WIDTH + half * TILE);
                let tile = &mut self.blocks[first..][..TILE * (band + 1)];
                let (a, rest) = tile.split_at_mut(band + 1);
                let (b, rest) = rest.split_at_mut(band + 1);
                let (c, d) = rest.split_at_mut(band + 1);
                let columns = a.iter_mut().zip(b).zip(c).zip(d).enumerate();
                for (index, (((a, b), c), d)) in columns {
                    let (mut a_sum, mut b_sum, mut c_sum, mut d_sum) = (*a, *b, *c, *d);
                    for (factors, terms) in row_factors.iter().zip(right.block(index)) {
                        let factors = &factors.0[half * TILE..][..TILE];
                        a_sum.add_scaled(factors[0], terms);
                        b_sum.add_scaled(factors[1], terms);
                        c_sum.add_scaled(factors[2], terms);
                        d_sum.add_scaled(factors[3], terms);
                    }
                    (*a, *b, *c, *d) = (a_sum, b_sum, c_sum, d_sum);
                }
            }
        }
    }

    /// `product = self vector`, of the leading `rows`; the vector is zero in the pads.
    #[inline(always)]
    pub fn multiply_leading(&self, rows: usize, vector: &[Block], product: &mut [Block]) {
        product.fill(Block::ZERO);
        for band in 0..rows.div_ceil(WIDTH) {
            let mut sums = Block::ZERO;
            for half in 0..WIDTH / TILE {
                let first = Self::start(band * WIDTH + half * TILE);
                let tile = &self.blocks[first..][..TILE * (band + 1)];
                let (a, rest) = tile.split_at(band + 1);
                let (b, rest) = rest.split_at(band + 1);
                let (c, d) = rest.split_at(band + 1);
                let factors = &vector[band].0[half * TILE..][..TILE];
                let mut partial = [Block::ZERO; TILE];
                let operands = vector[..band].iter().zip(&mut product[..band]);
                let rows = a.iter().zip(b).zip(c).zip(d);
                for ((((a, b), c), d), (terms, mirrored)) in rows.zip(operands) {
                    partial[0].add_products(a, terms);
                    partial[1].add_products(b, terms);
                    partial[2].add_products(c, terms);
                    partial[3].add_products(d, terms);
                    let mut sum = *mirrored;
                    sum.add_scaled(factors[0], a);
                    sum.add_scaled(factors[1], b);
                    sum.add_scaled(factors[2], c);
                    sum.add_scaled(factors[3], d);
                    *mirrored = sum;
                }
                for (row, (partial, diagonal)) in partial
                    .iter()
                    .zip([a[band], b[band], c[band], d[band]])
                    .enumerate()
                {
                    sums.0[half * TILE + row] += partial.sum();
                    product[band].add_scaled(factors[row], &diagonal);
                }
            }
            for lane in 0..WIDTH {
                product[band].0[lane] += sums.0[lane];
            }
        }
    }
}

struct AddProduct<'a> {
    matrix: &'a mut Symmetric,
    left: &'a Panel,
    right: &'a Panel,
    rows: usize,
}

impl Kernel for AddProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        self.matrix
            .add_leading_product(self.rows, self.left, self.right);
    }
}
