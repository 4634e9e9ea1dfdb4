//! Eigenvalues of a symmetric matrix: Householder reflections to a tridiagonal matrix, then implicit
//! QL steps (Golub and Van Loan, *Matrix Computations*, 8.3; the reflections in panels as in LAPACK's
//! `dsytrd`). Own code, because libraries choose their kernels, and so their last bits, by the
//! processor at hand.

use super::symmetric::{Block, Panel, Symmetric, WIDTH, zeros};
use crate::engine::lanes::{InstructionSet, Kernel, Lanes};

/// Reflections gathered before the matrix is touched: one pass over it for so many.
const PANEL: usize = 24;

/// QL steps allowed for one eigenvalue; two are usual.
const STEPS_MAX: u32 = 60;

/// All eigenvalues, falling; none if an entry isn't finite.
pub(super) fn eigenvalues(matrix: Symmetric) -> Option<Vec<f64>> {
    let mut values = InstructionSet::best().run(Solve { matrix })?;
    values.sort_by(|a, b| b.total_cmp(a));
    Some(values)
}

struct Solve {
    matrix: Symmetric,
}

impl Kernel for Solve {
    type Output = Option<Vec<f64>>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Output {
        let (mut diagonal, mut beside) = tridiagonalize(self.matrix);
        let mut values = diagonal.iter().chain(&beside);
        if !values.all(|value| value.is_finite()) {
            return None;
        }
        diagonalize(&mut diagonal, &mut beside)?;
        Some(diagonal)
    }
}

/// Diagonal, and what stands left of it (0 in the first row). Works from the last row up: each row
/// is reflected onto the entry left of the diagonal, and the leading rows take the reflection over.
///
/// What the matrix still lacks is `left right^T`, two columns for a reflection.
#[inline(always)]
fn tridiagonalize(mut matrix: Symmetric) -> (Vec<f64>, Vec<f64>) {
    let order = matrix.order;
    let (mut diagonal, mut beside) = (vec![0.0; order], vec![0.0; order]);
    let mut left = Panel::zeros(order, 2 * PANEL);
    let mut right = left.clone();
    let mut pending = 0;
    let mut row = zeros(order);
    let mut product = zeros(order);
    for last in (0..order).rev() {
        let blocks = last / WIDTH + 1;
        row[..blocks].copy_from_slice(matrix.row_mut(last));
        for (index, block) in row[..blocks].iter_mut().enumerate() {
            for (column, terms) in right.block(index)[..2 * pending].iter().enumerate() {
                block.add_scaled(left.get(last, column), terms);
            }
        }
        diagonal[last] = row[last / WIDTH].0[last % WIDTH];
        // From here on the row is a vector of the leading `last` coordinates.
        row[last / WIDTH].0[last % WIDTH..].fill(0.0);
        let vector = &mut row[..last.div_ceil(WIDTH)];
        let Some((target, scale)) = reflector(vector, last) else {
            beside[last] = last
                .checked_sub(1)
                .map_or(0.0, |k| row[k / WIDTH].0[k % WIDTH]);
            continue;
        };
        beside[last] = target;
        let product = &mut product[..vector.len()];
        matrix.multiply_leading(last, vector, product);
        add_pending(pending, vector, product, &left, &right);
        finish_update(last, scale, vector, product);
        left.set_column(2 * pending, vector, 1.0);
        left.set_column(2 * pending + 1, product, 1.0);
        right.set_column(2 * pending, product, -1.0);
        right.set_column(2 * pending + 1, vector, -1.0);
        pending += 1;
        if pending == PANEL {
            matrix.add_leading_product(last, &left, &right);
            pending = 0;
        }
    }
    (diagonal, beside)
}

/// Turns the vector into that of the reflection `1 - scale v v^T` which takes it to its last
/// coordinate; gives what it becomes there, and the scale. None if it is there already.
#[inline(always)]
fn reflector(vector: &mut [Block], length: usize) -> Option<(f64, f64)> {
    let last = length.checked_sub(1)?;
    let (block, lane) = (last / WIDTH, last % WIDTH);
    let pivot = vector[block].0[lane];
    vector[block].0[lane] = 0.0;
    let rest = dot(vector, vector);
    if rest == 0.0 {
        vector[block].0[lane] = pivot;
        return None;
    }
    let norm = pivot.mul_add(pivot, rest).sqrt();
    let target = if pivot > 0.0 { -norm } else { norm };
    vector[block].0[lane] = pivot - target;
    Some((target, 1.0 / (norm * (norm + pivot.abs()))))
}

/// `product += left (right^T vector)`, of the reflections that the matrix lacks.
#[inline(always)]
fn add_pending(
    pending: usize,
    vector: &[Block],
    product: &mut [Block],
    left: &Panel,
    right: &Panel,
) {
    let mut sums = [Block::ZERO; 2 * PANEL];
    for (index, values) in vector.iter().enumerate() {
        for (sum, terms) in sums[..2 * pending].iter_mut().zip(right.block(index)) {
            sum.add_products(values, terms);
        }
    }
    let factors = sums.map(|sum| sum.sum());
    for (index, values) in product.iter_mut().enumerate() {
        for (factor, terms) in factors[..2 * pending].iter().zip(left.block(index)) {
            values.add_scaled(*factor, terms);
        }
    }
}

/// From `A v` to the `w` with which the reflection is `A - v w^T - w v^T`.
#[inline(always)]
fn finish_update(length: usize, scale: f64, vector: &[Block], product: &mut [Block]) {
    if !length.is_multiple_of(WIDTH) {
        product[length / WIDTH].0[length % WIDTH..].fill(0.0);
    }
    let share = -0.5 * scale * dot(vector, product);
    for (values, terms) in product.iter_mut().zip(vector) {
        values.add_scaled(share, terms);
        values.0 = values.0.map(|value| scale * value);
    }
}

#[inline(always)]
fn dot(a: &[Block], b: &[Block]) -> f64 {
    let mut sum = Block::ZERO;
    for (a, b) in a.iter().zip(b) {
        sum.add_products(a, b);
    }
    sum.sum()
}

/// Eigenvalues of the tridiagonal matrix into its diagonal, unsorted; none if QL doesn't converge.
/// `beside[k]` stands between rows `k - 1` and `k`.
#[inline(always)]
fn diagonalize(diagonal: &mut [f64], beside: &mut [f64]) -> Option<()> {
    let order = diagonal.len();
    if order == 0 {
        return Some(());
    }
    // From here on `beside[k]` stands between rows k and k + 1.
    beside.rotate_left(1);
    beside[order - 1] = 0.0;
    for first in 0..order {
        for step in 0.. {
            let is_small = |k: usize| {
                let neighbours = diagonal[k].abs() + diagonal[k + 1].abs();
                beside[k].abs() <= f64::EPSILON * neighbours
            };
            let end = (first..order - 1)
                .find(|&k| is_small(k))
                .unwrap_or(order - 1);
            if end == first {
                break;
            }
            if step == STEPS_MAX {
                return None;
            }
            ql_step(diagonal, beside, first, end);
        }
    }
    Some(())
}

/// One implicit QL step with Wilkinson's shift on the rows `first` to `end`.
#[inline(always)]
fn ql_step(diagonal: &mut [f64], beside: &mut [f64], first: usize, end: usize) {
    let half = (diagonal[first + 1] - diagonal[first]) / (2.0 * beside[first]);
    let root = half.mul_add(half, 1.0).sqrt();
    let root = if half < 0.0 { half - root } else { half + root };
    let mut bulge = diagonal[end] - diagonal[first] + beside[first] / root;
    let (mut sine, mut cosine, mut shift) = (1.0, 1.0, 0.0);
    for k in (first..end).rev() {
        let across = sine * beside[k];
        let along = cosine * beside[k];
        let length = across.mul_add(across, bulge * bulge).sqrt();
        beside[k + 1] = length;
        if length == 0.0 {
            diagonal[k + 1] -= shift;
            beside[end] = 0.0;
            return;
        }
        sine = across / length;
        cosine = bulge / length;
        let remaining = diagonal[k + 1] - shift;
        let turned = (diagonal[k] - remaining).mul_add(sine, 2.0 * cosine * along);
        shift = sine * turned;
        diagonal[k + 1] = remaining + shift;
        bulge = cosine.mul_add(turned, -along);
    }
    diagonal[first] -= shift;
    beside[first] = bulge;
    beside[end] = 0.0;
}

#[cfg(test)]
mod tests;
