//! From a symmetric matrix to a band: sixteen reflections at a time, so that each pass over the matrix is made
//! of products of matrices, which wait less for memory than those with vectors (Bischof, Lang and Sun, *A
//! framework for symmetric band reduction*, 2000: the first of its two steps).

use std::ops::Range;

use super::band::{BAND, Band};
use super::reflection;
use crate::hessian::panel::{Block, Pair, Panel, WIDTH, dot};
use crate::hessian::symmetric::Symmetric;

/// Works from the last rows up. Each sixteen are reflected onto the sixteen columns left of their diagonal
/// block, and the leading rows take the reflections over.
#[inline(always)]
pub(super) fn to_band(mut matrix: Symmetric) -> Band {
    let mut band = Band::zeros(matrix.order);
    let mut end = matrix.order;
    let mut update: Option<Update> = None;
    while end > 0 {
        let start = (end - 1) / BAND * BAND;
        if let Some(Update { left, right }) = &update {
            matrix.add_to_bands(start / WIDTH..end / WIDTH, left, right);
        }
        for row in start..end {
            let blocks = &matrix.row_mut(row)[start / WIDTH..];
            for column in start..=row {
                let place = column - start;
                band.set(row, column, blocks[place / WIDTH].0[place % WIDTH]);
            }
        }
        if start > 0 {
            let reflections = Reflections::onto_band(&mut matrix, &mut band, start..end);
            update = Some(reflections.update(&mut matrix, update.as_ref()));
        }
        end = start;
    }
    band
}

/// What the leading rows still lack, `left right^T`. They get it in the pass that multiplies them next.
struct Update {
    left: Panel,
    right: Panel,
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
    fn onto_band(matrix: &mut Symmetric, band: &mut Band, rows: Range<usize>) -> Self {
        let length = rows.start;
        let mut left: Vec<Vec<Block>> = Vec::with_capacity(BAND);
        for row in rows.clone() {
            left.push(matrix.row_mut(row)[..length / WIDTH].to_vec());
        }
        let mut reflections = Self {
            vectors: vec![Pair::ZERO; length],
            factor: [Pair::ZERO; BAND],
        };
        let mut columns: Vec<Vec<Block>> = Vec::with_capacity(BAND);
        for (index, row) in rows.rev().enumerate() {
            let mut vector = left.pop().expect("one for each row");
            let target = length - 1 - index;
            for column in target + 1..length {
                let value = &mut vector[column / WIDTH].0[column % WIDTH];
                band.set(row, column, *value);
                *value = 0.0;
            }
            let (value, scale) = reflect_onto(&mut vector, target);
            band.set(row, target, value);
            for other in &mut left {
                let factor = -scale * dot(other, &vector);
                for (value, term) in other.iter_mut().zip(&vector) {
                    value.add_scaled(factor, term);
                }
            }
            reflections.push(index, scale, &vector, &columns);
            columns.push(vector);
        }
        reflections
    }

    /// Appends `1 - scale v v^T`: T becomes `[T, -scale T V^T v; 0, scale]`.
    #[inline(always)]
    fn push(&mut self, index: usize, scale: f64, vector: &[Block], earlier: &[Vec<Block>]) {
        for (rows, block) in self.vectors.chunks_exact_mut(WIDTH).zip(vector) {
            for (row, &value) in rows.iter_mut().zip(&block.0) {
                row.set(index, value);
            }
        }
        let mut products = [0.0; BAND];
        for (product, other) in products.iter_mut().zip(earlier) {
            *product = dot(other, vector);
        }
        for row in 0..index {
            let mut sum = 0.0f64;
            for (column, &product) in products[..index].iter().enumerate().skip(row) {
                sum = product.mul_add(self.factor[row].get(column), sum);
            }
            self.factor[row].set(index, -scale * sum);
        }
        self.factor[index].set(index, scale);
    }

    /// From A to `A - V W^T - W V^T`, where `Z = A V T` and `W = Z - V (T^T V^T Z) / 2`: what is to be added. What
    /// A lacks from before is added on the way.
    #[inline(always)]
    fn update(&self, matrix: &mut Symmetric, earlier: Option<&Update>) -> Update {
        let mut product = vec![Pair::ZERO; self.vectors.len()];
        let lacking = earlier.map(|update| (&update.left, &update.right));
        matrix.add_and_multiply(lacking, &self.vectors, &mut product);
        for row in &mut product {
            *row = row.times(&self.factor);
        }
        let mut between = [Pair::ZERO; BAND];
        for (vector, row) in self.vectors.iter().zip(&product) {
            for (index, sum) in between.iter_mut().enumerate() {
                sum.add_scaled(vector.get(index), row);
            }
        }
        let mut half = [Pair::ZERO; BAND];
        for (factors, terms) in self.factor.iter().zip(&between) {
            for (index, sum) in half.iter_mut().enumerate() {
                sum.add_scaled(-0.5 * factors.get(index), terms);
            }
        }
        for (vector, row) in self.vectors.iter().zip(&mut product) {
            row.add_scaled(1.0, &vector.times(&half));
        }
        let mut left = Panel::zeros(self.vectors.len(), 2 * BAND);
        let mut right = left.clone();
        left.set_rows(0, &self.vectors, 1.0);
        left.set_rows(BAND, &product, 1.0);
        right.set_rows(0, &product, -1.0);
        right.set_rows(BAND, &self.vectors, -1.0);
        Update { left, right }
    }
}

/// Turns a vector that is zero beyond `target` into that of the reflection which leaves of it that coordinate:
/// what the coordinate becomes, and the reflection's scale, 0 if there is nothing to reflect.
#[inline(always)]
fn reflect_onto(vector: &mut [Block], target: usize) -> (f64, f64) {
    let (block, lane) = (target / WIDTH, target % WIDTH);
    let pivot = std::mem::take(&mut vector[block].0[lane]);
    match reflection(pivot, dot(vector, vector)) {
        Some((value, scale)) => {
            vector[block].0[lane] = pivot - value;
            (value, scale)
        }
        None => {
            vector.fill(Block::ZERO);
            (pivot, 0.0)
        }
    }
}
