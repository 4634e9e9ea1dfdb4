//! From a band to a tridiagonal matrix: every column is reflected onto its first entry below the diagonal,
//! and what that adds outside the band is chased down, sixteen rows at a time (Bischof, Lang and Sun
//! 2000, the second step). Sixteen columns of sixteen rows fit in the first cache.

use super::reflection;
use crate::hessian::panel::{Block, Pair, WIDTH};

/// How far from the diagonal a band reaches.
pub(super) const BAND: usize = 2 * WIDTH;

/// Left of the diagonal a row holds what a chase puts there, right of it the mirror image of the diagonal
/// block that it takes part in.
const LEFT: usize = 2 * BAND - 1;
const STRIDE: usize = 3 * BAND;

/// From an entry to the one below it.
const NEXT_ROW: usize = STRIDE - 1;
const SPAN: usize = (BAND - 1) * NEXT_ROW + BAND;

/// A symmetric band, row by row, with rows of zeros below for blocks that reach beyond the last.
#[derive(Clone, Debug)]
pub(super) struct Band {
    order: usize,
    numbers: Vec<f64>,
}

impl Band {
    pub fn zeros(order: usize) -> Self {
        Self {
            order,
            numbers: vec![0.0; (order + 3 * BAND) * STRIDE],
        }
    }

    /// Sets an entry on or below the diagonal, and its mirror image.
    #[inline(always)]
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        *self.entry(row, column) = value;
        if row - column < BAND {
            *self.entry(column, row) = value;
        }
    }

    #[inline(always)]
    fn entry(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.numbers[row * STRIDE + LEFT + column - row]
    }

    /// Sixteen rows, of each sixteen entries from the same column on; row k starts at `k * NEXT_ROW`.
    #[inline(always)]
    fn block(&mut self, row: usize, column: usize) -> &mut [f64; SPAN] {
        let start = row * STRIDE + LEFT + column - row;
        (&mut self.numbers[start..start + SPAN])
            .try_into()
            .expect("as long as asked for")
    }

    /// Diagonal, and what stands left of it (0 in the first row).
    #[inline(always)]
    pub fn tridiagonalize(mut self) -> (Vec<f64>, Vec<f64>) {
        for column in 0..self.order.saturating_sub(2) {
            let mut from = column;
            let mut start = column + 1;
            while start < self.order {
                self.chase(from, start, from != column);
                from = start;
                start += BAND;
            }
        }
        let (mut diagonal, mut beside) = (vec![0.0; self.order], vec![0.0; self.order]);
        for row in 0..self.order {
            diagonal[row] = *self.entry(row, row);
            if row > 0 {
                beside[row] = *self.entry(row, row - 1);
            }
        }
        (diagonal, beside)
    }

    /// Reflects the rows from `start` on so that of column `from` one entry is left, and the columns too.
    /// `left` says that those rows have more columns right of `from`.
    #[inline(always)]
    fn chase(&mut self, from: usize, start: usize, left: bool) {
        let block = self.block(start, from);
        let mut vector = column(block);
        let Some((target, scale)) = reflect(&mut vector) else {
            for k in 1..BAND {
                block[k * NEXT_ROW] = 0.0;
            }
            return self.mirror(start, from, left);
        };
        if left {
            reflect_rows(block, scale, &vector);
        }
        block[0] = target;
        for k in 1..BAND {
            block[k * NEXT_ROW] = 0.0;
        }
        self.mirror(start, from, left);
        reflect_both(self.block(start, start), scale, &vector);
        reflect_columns(self.block(start + BAND, start), scale, &vector);
    }

    /// The next column's diagonal block reaches down to the row `start`.
    #[inline(always)]
    fn mirror(&mut self, start: usize, from: usize, left: bool) {
        if left {
            for column in from + 1..start {
                *self.entry(column, start) = *self.entry(start, column);
            }
        }
    }
}

#[inline(always)]
fn part(block: &[f64; SPAN], row: usize) -> Pair {
    pair(|k| block[row * NEXT_ROW + k])
}

#[inline(always)]
fn set_part(block: &mut [f64; SPAN], row: usize, part: &Pair) {
    for (half, values) in part.0.iter().enumerate() {
        block[row * NEXT_ROW + half * WIDTH..][..WIDTH].copy_from_slice(&values.0);
    }
}

#[inline(always)]
fn column(block: &[f64; SPAN]) -> Pair {
    pair(|k| block[k * NEXT_ROW])
}

#[inline(always)]
fn pair(value: impl Fn(usize) -> f64) -> Pair {
    Pair([0, WIDTH].map(|first| Block(std::array::from_fn(|k| value(first + k)))))
}

/// The block below: `B <- B (1 - scale v v^T)`.
#[inline(always)]
fn reflect_columns(block: &mut [f64; SPAN], scale: f64, vector: &Pair) {
    for k in 0..BAND {
        let mut row = part(block, k);
        row.add_scaled(-scale * row.dot(vector), vector);
        set_part(block, k, &row);
    }
}

/// The block left of the diagonal block: `B <- (1 - scale v v^T) B`.
#[inline(always)]
fn reflect_rows(block: &mut [f64; SPAN], scale: f64, vector: &Pair) {
    let sum = times(vector, block);
    for k in 0..BAND {
        let mut row = part(block, k);
        row.add_scaled(-scale * vector.get(k), &sum);
        set_part(block, k, &row);
    }
}

/// The diagonal block: `D <- D - v w^T - w v^T` with `w = scale (D v - scale (v^T D v) v / 2)`.
#[inline(always)]
fn reflect_both(block: &mut [f64; SPAN], scale: f64, vector: &Pair) {
    let mut product = times(vector, block);
    product.add_scaled(-0.5 * scale * product.dot(vector), vector);
    let mut w = Pair::ZERO;
    w.add_scaled(scale, &product);
    for k in 0..BAND {
        let mut row = part(block, k);
        row.add_scaled(-vector.get(k), &w);
        row.add_scaled(-w.get(k), vector);
        set_part(block, k, &row);
    }
}

/// `v^T B`.
#[inline(always)]
fn times(vector: &Pair, block: &[f64; SPAN]) -> Pair {
    let mut sums = [Pair::ZERO; 2];
    for k in 0..BAND {
        sums[k % 2].add_scaled(vector.get(k), &part(block, k));
    }
    let [mut sum, other] = sums;
    sum.add_scaled(1.0, &other);
    sum
}

/// Turns the vector into that of the reflection which leaves of it the first coordinate; what that becomes, and
/// the scale. None if nothing else is there.
#[inline(always)]
fn reflect(vector: &mut Pair) -> Option<(f64, f64)> {
    let pivot = vector.get(0);
    vector.set(0, 0.0);
    let (target, scale) = reflection(pivot, vector.dot(vector))?;
    vector.set(0, pivot - target);
    Some((target, scale))
}
