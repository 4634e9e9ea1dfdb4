//! From a symmetric matrix to a band: sixteen reflections at a time, so that each pass over the matrix is made
//! of products of matrices, which wait less for memory than those with vectors (Bischof, Lang and Sun, *A
//! framework for symmetric band reduction*, 2000: the first of its two steps).

use std::ops::Range;

use super::band::{BAND, Band};
use super::reflection;
use crate::engine::lanes::doubles::Doubles;
use crate::hessian::panel::{Pair, Panel, Rows, WIDTH};
use crate::hessian::symmetric::Symmetric;

/// Works from the last rows up. Each sixteen are reflected onto the sixteen columns left of their diagonal
/// block, and the leading rows take the reflections over.
#[inline(always)]
pub(super) fn to_band<D: Doubles>(mut matrix: Symmetric) -> Band {
    let mut band = Band::zeros(matrix.order);
    let mut end = matrix.order;
    // What the leading rows still lack, one times the other transposed. They get it in the pass that multiplies them
    // next.
    let mut update: Option<[Panel; 2]> = None;
    while end > 0 {
        let start = (end - 1) / BAND * BAND;
        if let Some([left, right]) = &update {
            matrix.add_to_bands::<D>(start / WIDTH..end / WIDTH, left, right);
        }
        for row in start..end {
            let blocks = &matrix.row_mut(row)[start / WIDTH..];
            for column in start..=row {
                let place = column - start;
                band.set(row, column, blocks[place / WIDTH].0[place % WIDTH]);
            }
        }
        if start > 0 {
            let reflections = Reflections::onto_band::<D>(&mut matrix, &mut band, start..end);
            update = Some(reflections.update::<D>(&mut matrix, update.as_ref()));
        }
        end = start;
    }
    band
}

/// `1 - V T V^T`, of the leading coordinates.
struct Reflections {
    /// V, row by row.
    vectors: Vec<Pair>,
    /// T, upper triangular.
    factor: [Pair; BAND],
}

impl Reflections {
    /// Those that leave of these rows' leading part what lies in the band, which they write there.
    #[inline(always)]
    fn onto_band<D: Doubles>(matrix: &mut Symmetric, band: &mut Band, rows: Range<usize>) -> Self {
        let length = rows.start;
        let mut reflections = Self {
            vectors: columns(matrix, rows.clone()),
            factor: [Pair::ZERO; BAND],
        };
        let mut products = Pair::ZERO;
        for vector in &reflections.vectors[..length - 1] {
            products.add_scaled::<D>(vector.0[0], vector);
        }
        for (index, row) in rows.rev().enumerate() {
            let target = length - 1 - index;
            for column in target + 1..length {
                let entry = &mut reflections.vectors[column].0[index];
                band.set(row, column, std::mem::take(entry));
            }
            let (value, next) = reflections.reflect_onto::<D>(index, target, &products);
            band.set(row, target, value);
            products = next;
        }
        reflections
    }

    /// Makes of the column `index`, zero below `target`, the vector of the reflection that leaves of it that
    /// coordinate, and reflects the columns after it. `products` are those of the part above the
    /// target with the same part of all columns. What the target becomes, and the next column's products.
    #[inline(always)]
    fn reflect_onto<D: Doubles>(
        &mut self,
        index: usize,
        target: usize,
        products: &Pair,
    ) -> (f64, Pair) {
        let pivot = self.vectors[target].0[index];
        let Some((value, scale)) = reflection(pivot, products.0[index]) else {
            // Nothing to reflect: the vector is zero, the next column's products are still to be made.
            self.vectors[target].0[index] = 0.0;
            return (pivot, self.pass::<D>(index, target, &Pair::ZERO));
        };
        self.vectors[target].0[index] = pivot - value;
        let mut products = *products;
        products.add_scaled::<D>(pivot - value, &self.vectors[target]);
        // T becomes `[T, -scale T V^T v; 0, scale]`.
        for row in 0..index {
            let mut sum = 0.0f64;
            for column in row..index {
                sum = products.0[column].mul_add(self.factor[row].0[column], sum);
            }
            self.factor[row].0[index] = -scale * sum;
        }
        self.factor[index].0[index] = scale;
        let mut factors = Pair::ZERO;
        for later in index + 1..BAND {
            factors.0[later] = -scale * products.0[later];
        }
        (value, self.pass::<D>(index, target, &factors))
    }

    /// Adds the vector of the column `index`, which ends at `target`, to all columns, times its factors. The
    /// products of the part of the next column above its own target with all columns.
    #[inline(always)]
    fn pass<D: Doubles>(&mut self, index: usize, target: usize, factors: &Pair) -> Pair {
        let mut products = Pair::ZERO;
        let next = index + 1;
        if next == BAND {
            return products;
        }
        let (above, last) = self.vectors[..=target].split_at_mut(target.saturating_sub(1));
        for row in above {
            let own = row.0[index];
            row.add_scaled::<D>(own, factors);
            products.add_scaled::<D>(row.0[next], row);
        }
        for row in last {
            let own = row.0[index];
            row.add_scaled::<D>(own, factors);
        }
        products
    }

    /// From A to `A - V W^T - W V^T`, where `Z = A V T` and `W = Z - V (T^T V^T Z) / 2`: what is to be added, as
    /// `[V, N]` and `[N, V]` with `N = -W`. What A lacks from before is added on the way.
    #[inline(always)]
    fn update<D: Doubles>(
        &self,
        matrix: &mut Symmetric,
        earlier: Option<&[Panel; 2]>,
    ) -> [Panel; 2] {
        let mut product = vec![Pair::ZERO; self.vectors.len()];
        let (vectors, _) = self.vectors.as_chunks();
        matrix.add_and_multiply::<D>(earlier, vectors, product.as_chunks_mut().0);
        for row in &mut product {
            *row = row.times::<D>(&self.factor);
        }
        let between = products::<D>(vectors, product.as_chunks().0);
        let mut half = [Pair::ZERO; BAND];
        for (factors, terms) in self.factor.iter().zip(&between) {
            for (&factor, sum) in factors.0.iter().zip(&mut half) {
                sum.add_scaled::<D>(0.5 * factor, terms);
            }
        }
        for (vector, row) in self.vectors.iter().zip(&mut product) {
            let mut other = vector.times::<D>(&half);
            other.add_scaled::<D>(-1.0, row);
            *row = other;
        }
        Panel::side_by_side(vectors, product.as_chunks().0)
    }
}

/// `left^T right`.
#[inline(always)]
fn products<D: Doubles>(left: &[Rows], right: &[Rows]) -> [Pair; BAND] {
    let mut products = [Pair::ZERO; BAND];
    for (left, right) in left.iter().zip(right) {
        for (column, sums) in products.iter_mut().enumerate() {
            for k in (0..BAND).step_by(D::LANES) {
                let mut sum = D::load(&sums.0[k..]);
                for (left, right) in left.iter().zip(right) {
                    sum = D::load(&right.0[k..]).mul_add(D::splat(left.0[column]), sum);
                }
                sum.store(&mut sums.0[k..]);
            }
        }
    }
    products
}

/// The leading part of these rows as columns, from the last row to the first.
#[inline(always)]
fn columns(matrix: &mut Symmetric, rows: Range<usize>) -> Vec<Pair> {
    let mut columns = vec![Pair::ZERO; rows.start];
    for (index, row) in rows.rev().enumerate() {
        let blocks = matrix.row_mut(row);
        for (column, block) in columns.chunks_exact_mut(WIDTH).zip(blocks) {
            for (column, &value) in column.iter_mut().zip(&block.0) {
                column.0[index] = value;
            }
        }
    }
    columns
}
