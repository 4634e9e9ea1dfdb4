//! What of a matrix is in registers at one time: as many rows as a register has lanes.

use crate::engine::lanes::doubles::Doubles;
use crate::hessian::panel::{Block, Pair, Rows, WIDTH};

/// Registers of sums, and most rows of a tile.
const TILE: usize = WIDTH;

/// As many rows of a block as a register has lanes.
#[derive(Clone, Copy)]
pub(super) struct Sums<D>([D; TILE]);

impl<D: Doubles> Sums<D> {
    /// Row and first column of a register.
    #[inline(always)]
    const fn place(k: usize) -> (usize, usize) {
        (k * D::LANES / WIDTH, k * D::LANES % WIDTH)
    }

    /// From a block on, and those below it in rows that are `width` long.
    #[inline(always)]
    pub fn load(blocks: &[Block], width: usize) -> Self {
        let mut sums = [D::splat(0.0); TILE];
        for (k, sum) in sums.iter_mut().enumerate() {
            let (row, lane) = Self::place(k);
            *sum = D::load(&blocks[row * width].0[lane..]);
        }
        Self(sums)
    }

    /// Where they were loaded from.
    #[inline(always)]
    pub fn store(self, blocks: &mut [Block], width: usize) {
        for (k, sum) in self.0.into_iter().enumerate() {
            let (row, lane) = Self::place(k);
            sum.store(&mut blocks[row * width].0[lane..]);
        }
    }

    /// Adds the products of the rows from `first` on with columns, over a common depth.
    #[inline(always)]
    pub fn add(&mut self, first: usize, rows: &[Block], columns: &[Block]) {
        for (factors, terms) in rows.iter().zip(columns) {
            let factors = &factors.0[first..][..D::LANES];
            for (k, sum) in self.0.iter_mut().enumerate() {
                let (row, lane) = Self::place(k);
                *sum = D::load(&terms.0[lane..]).mul_add(D::splat(factors[row]), *sum);
            }
        }
    }
}

/// Some rows of some blocks.
pub(super) struct Tile<'a, const COLUMNS: usize> {
    rows: [&'a [Block; COLUMNS]; TILE],
}

impl<'a, const COLUMNS: usize> Tile<'a, COLUMNS> {
    /// From `column` on, of as many rows as a register has lanes, all `width` long.
    #[inline(always)]
    pub fn new<D: Doubles>(tile: &'a [Block], width: usize, column: usize) -> Self {
        let first: &[Block; COLUMNS] = tile[column..].first_chunk().expect("as many blocks");
        let mut rows = [first; TILE];
        for row in 1..D::LANES {
            let blocks = &tile[row * width + column..];
            rows[row] = blocks.first_chunk().expect("as many blocks");
        }
        Self { rows }
    }

    /// `sums += self factors` and `mirrored += self^T rows`.
    #[inline(always)]
    pub fn multiply<D: Doubles>(
        &self,
        factors: &[Rows],
        mirrored: &mut [Rows],
        rows: &[Pair],
        sums: &mut [Pair],
    ) {
        let factors: &[Rows; COLUMNS] = factors.first_chunk().expect("as many blocks");
        let mirrored: &mut [Rows; COLUMNS] = mirrored.first_chunk_mut().expect("as many blocks");
        for part in (0..2 * WIDTH).step_by(D::LANES) {
            let mut own = [D::splat(0.0); TILE];
            let mut totals = own;
            for k in 0..D::LANES {
                own[k] = D::load(&rows[k].0[part..]);
                totals[k] = D::load(&sums[k].0[part..]);
            }
            for column in 0..COLUMNS {
                for lane in 0..WIDTH {
                    let term = D::load(&factors[column][lane].0[part..]);
                    let target = &mut mirrored[column][lane].0[part..];
                    let mut sum = D::load(target);
                    for k in 0..D::LANES {
                        let value = D::splat(self.rows[k][column].0[lane]);
                        totals[k] = value.mul_add(term, totals[k]);
                        sum = value.mul_add(own[k], sum);
                    }
                    sum.store(target);
                }
            }
            for k in 0..D::LANES {
                totals[k].store(&mut sums[k].0[part..]);
            }
        }
    }
}
