//! From a band to a tridiagonal matrix: every column is reflected onto its first entry below the diagonal,
//! and what that adds outside the band is chased down, sixteen rows at a time (Bischof, Lang and Sun
//! 2000, the second step). Sixteen columns of sixteen rows fit in the first cache.

use super::reflection;
use crate::engine::lanes::doubles::Quad;
use crate::hessian::panel::{Pair, WIDTH};

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
    pub fn tridiagonalize<Q: Quad>(mut self) -> (Vec<f64>, Vec<f64>) {
        for column in 0..self.order.saturating_sub(2) {
            let mut start = column + 1;
            let mut reflection = self.begin::<Q>(column);
            reflect_both::<Q>(self.block(start, start), &reflection);
            while start + BAND < self.order {
                reflection = self.pass_on::<Q>(start, &reflection);
                start += BAND;
                reflect_both::<Q>(self.block(start, start), &reflection);
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

    /// Leaves of a column one entry below the diagonal, by the reflection of the rows from there on that is
    /// returned.
    #[inline(always)]
    fn begin<Q: Quad>(&mut self, column: usize) -> Reflection {
        let block = self.block(column + 1, column);
        let (target, reflection) = Reflection::onto_first::<Q>(first_column(block));
        set_first_column(block, target);
        reflection
    }

    /// The columns from `from` on take their reflection over in the rows below those reflected. Of the first of
    /// these columns that leaves one entry there, by the reflection that is returned.
    #[inline(always)]
    fn pass_on<Q: Quad>(&mut self, from: usize, right: &Reflection) -> Reflection {
        let start = from + BAND;
        let block = self.block(start, from);
        let left = pass_on::<Q>(block, right);
        // The next column's diagonal block reaches down to this row.
        for column in from + 1..start {
            *self.entry(column, start) = *self.entry(start, column);
        }
        left
    }
}

/// `1 - scale v v^T`, of sixteen coordinates.
struct Reflection {
    scale: f64,
    vector: Pair,
}

impl Reflection {
    /// That which leaves of a vector the first coordinate, and what that becomes.
    #[inline(always)]
    fn onto_first<Q: Quad>(mut vector: Pair) -> (f64, Self) {
        let pivot = std::mem::take(&mut vector.0[0]);
        let quads = quads::<Q>(&vector.0);
        let Some((target, scale)) = reflection(pivot, dot(&quads, &quads)) else {
            let vector = Pair::ZERO;
            return (pivot, Self { scale: 0.0, vector });
        };
        vector.0[0] = pivot - target;
        (target, Self { scale, vector })
    }
}

/// Quads of a row.
const QUADS: usize = BAND / 4;

#[inline(always)]
fn quads<Q: Quad>(row: &[f64]) -> [Q; QUADS] {
    let mut quads = [Q::splat(0.0); QUADS];
    for (k, quad) in quads.iter_mut().enumerate() {
        *quad = Q::load(&row[4 * k..]);
    }
    quads
}

/// `row + factor terms`.
#[inline(always)]
fn add_scaled<Q: Quad>(mut row: [Q; QUADS], factor: f64, terms: &[Q; QUADS]) -> [Q; QUADS] {
    let factor = Q::splat(factor);
    for (value, term) in row.iter_mut().zip(terms) {
        *value = term.mul_add(factor, *value);
    }
    row
}

#[inline(always)]
fn store<Q: Quad>(row: [Q; QUADS], to: &mut [f64]) {
    for (k, quad) in row.into_iter().enumerate() {
        quad.store(&mut to[4 * k..]);
    }
}

/// Four partial sums of the products of two rows.
#[inline(always)]
fn products<Q: Quad>(a: &[Q; QUADS], b: &[Q; QUADS]) -> Q {
    let sum = a[1].mul_add(b[1], a[0].mul(b[0]));
    a[3].mul_add(b[3], a[2].mul_add(b[2], sum))
}

#[inline(always)]
fn dot<Q: Quad>(a: &[Q; QUADS], b: &[Q; QUADS]) -> f64 {
    let mut sums = [0.0; 4];
    Q::sums([products(a, b); 4]).store(&mut sums);
    sums[0]
}

/// The sixteen entries of a block's row.
#[inline(always)]
fn row(block: &[f64; SPAN], index: usize) -> &[f64] {
    &block[index * NEXT_ROW..][..BAND]
}

#[inline(always)]
fn row_mut(block: &mut [f64; SPAN], index: usize) -> &mut [f64] {
    &mut block[index * NEXT_ROW..][..BAND]
}

#[inline(always)]
fn first_column(block: &[f64; SPAN]) -> Pair {
    Pair(std::array::from_fn(|k| block[k * NEXT_ROW]))
}

/// One entry and zeros.
#[inline(always)]
fn set_first_column(block: &mut [f64; SPAN], first: f64) {
    block[0] = first;
    for k in 1..BAND {
        block[k * NEXT_ROW] = 0.0;
    }
}

/// `B <- (1 - t w w^T) B (1 - s v v^T)`, where the left reflection leaves of the first column its first entry: with
/// `y = B v` and `z = B^T w - s (w^T y) v` it is `B - s y v^T - t w z^T`, in two passes of reading and one of writing.
#[inline(always)]
fn pass_on<Q: Quad>(block: &mut [f64; SPAN], right: &Reflection) -> Reflection {
    let v = quads::<Q>(&right.vector.0);
    let mut y = Pair::ZERO;
    for first in (0..BAND).step_by(4) {
        let mut terms = [Q::splat(0.0); 4];
        for (k, terms) in terms.iter_mut().enumerate() {
            *terms = products(&quads(row(block, first + k)), &v);
        }
        Q::sums(terms).store(&mut y.0[first..]);
    }
    let y_quads = quads::<Q>(&y.0);
    let mut column = first_column(block);
    let reflected = add_scaled(quads(&column.0), -right.scale * right.vector.0[0], &y_quads);
    store(reflected, &mut column.0);
    let (target, left) = Reflection::onto_first::<Q>(column);
    let w_y = dot(&quads(&left.vector.0), &y_quads);
    let z = add_scaled(times(&left.vector, block), -right.scale * w_y, &v);
    for k in 0..BAND {
        let entries = row_mut(block, k);
        let half = add_scaled(quads(entries), -right.scale * y.0[k], &v);
        store(
            add_scaled(half, -left.scale * left.vector.0[k], &z),
            entries,
        );
    }
    set_first_column(block, target);
    left
}

/// The diagonal block: `D <- D - v w^T - w v^T` with `w = scale (D v - scale (v^T D v) v / 2)`.
#[inline(always)]
fn reflect_both<Q: Quad>(block: &mut [f64; SPAN], reflection: &Reflection) {
    let Reflection { scale, vector } = reflection;
    let v = quads::<Q>(&vector.0);
    let product = times(vector, block);
    let product = add_scaled(product, -0.5 * scale * dot(&product, &v), &v);
    let minus_w = add_scaled([Q::splat(0.0); QUADS], -scale, &product);
    let mut factors = Pair::ZERO;
    store(minus_w, &mut factors.0);
    for k in 0..BAND {
        let entries = row_mut(block, k);
        let half = add_scaled(quads(entries), vector.0[k], &minus_w);
        store(add_scaled(half, factors.0[k], &v), entries);
    }
}

/// `v^T B`.
#[inline(always)]
fn times<Q: Quad>(vector: &Pair, block: &[f64; SPAN]) -> [Q; QUADS] {
    let (mut even, mut odd) = ([Q::splat(0.0); QUADS], [Q::splat(0.0); QUADS]);
    for k in (0..BAND).step_by(2) {
        even = add_scaled(even, vector.0[k], &quads(row(block, k)));
        odd = add_scaled(odd, vector.0[k + 1], &quads(row(block, k + 1)));
    }
    add_scaled(even, 1.0, &odd)
}
