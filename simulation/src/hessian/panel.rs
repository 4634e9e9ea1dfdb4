//! Numbers in blocks of eight, and matrices with few columns made of them.
//!
//! Sums have one order on every machine: eight columns side by side, fused multiply-adds, eight
//! partial sums added in one fixed tree. The loops are plain arrays that the compiler vectorizes for
//! the instruction set they run on.

/// Columns that go side by side.
pub(super) const WIDTH: usize = 8;

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

#[inline(always)]
pub(super) fn dot(a: &[Block], b: &[Block]) -> f64 {
    let mut sum = Block::ZERO;
    for (a, b) in a.iter().zip(b) {
        sum.add_products(a, b);
    }
    sum.sum()
}

/// Sixteen neighbours of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair(pub [Block; 2]);

impl Pair {
    pub const ZERO: Self = Self([Block::ZERO; 2]);

    #[inline(always)]
    pub fn get(&self, index: usize) -> f64 {
        self.0[index / WIDTH].0[index % WIDTH]
    }

    #[inline(always)]
    pub fn set(&mut self, index: usize, value: f64) {
        self.0[index / WIDTH].0[index % WIDTH] = value;
    }

    #[inline(always)]
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        self.0[0].add_scaled(factor, &other.0[0]);
        self.0[1].add_scaled(factor, &other.0[1]);
    }

    #[inline(always)]
    pub fn dot(&self, other: &Self) -> f64 {
        let mut sum = Block::ZERO;
        sum.add_products(&self.0[0], &other.0[0]);
        sum.add_products(&self.0[1], &other.0[1]);
        sum.sum()
    }

    #[inline(always)]
    pub fn times(&self, matrix: &[Self; 2 * WIDTH]) -> Self {
        let mut product = Self::ZERO;
        for (index, row) in matrix.iter().enumerate() {
            product.add_scaled(self.get(index), row);
        }
        product
    }
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

    /// The columns of the `index`-th eight rows.
    #[inline(always)]
    pub fn block(&self, index: usize) -> &[Block] {
        &self.blocks[index * self.depth..][..self.depth]
    }

    /// Takes over columns that are given row by row.
    #[inline(always)]
    pub fn set_rows(&mut self, first: usize, rows: &[Pair], factor: f64) {
        let depth = self.depth;
        for (blocks, rows) in self.blocks.chunks_exact_mut(depth).zip(rows.chunks(WIDTH)) {
            for (column, block) in blocks[first..first + 2 * WIDTH].iter_mut().enumerate() {
                for (value, row) in block.0.iter_mut().zip(rows) {
                    *value = factor * row.get(column);
                }
            }
        }
    }
}
