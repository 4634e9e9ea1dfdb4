//! Householder's QR decomposition of a small matrix.

use ndarray::Array2;

use crate::engine::lanes::{InstructionSet, Kernel, Lanes};

/// Makes the matrix upper triangular by reflections of its rows, in place, and lets the companion's
/// rows take them over: with `Q^T matrix = R` it becomes `Q^T companion`.
pub(super) fn triangularize(matrix: &mut Array2<f64>, companion: &mut Array2<f64>) {
    debug_assert_eq!(companion.nrows(), matrix.nrows());
    InstructionSet::best().run(Triangularize { matrix, companion });
}

struct Triangularize<'a> {
    matrix: &'a mut Array2<f64>,
    companion: &'a mut Array2<f64>,
}

impl Kernel for Triangularize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        let (rows, columns) = self.matrix.dim();
        for column in 0..columns.min(rows.saturating_sub(1)) {
            let mut vector: Vec<f64> = (column..rows)
                .map(|row| self.matrix[[row, column]])
                .collect();
            let rest: f64 = vector[1..].iter().map(|v| v * v).sum();
            if rest == 0.0 {
                continue;
            }
            let pivot = vector[0];
            let norm = (pivot * pivot + rest).sqrt();
            vector[0] = pivot + if pivot < 0.0 { -norm } else { norm };
            let scale = 1.0 / (norm * (norm + pivot.abs()));
            // Columns before this one are zero in these rows.
            reflect(self.matrix, &vector, scale, [column, column]);
            reflect(self.companion, &vector, scale, [column, 0]);
            for row in column + 1..rows {
                self.matrix[[row, column]] = 0.0;
            }
        }
    }
}

/// Multiplies by `1 - scale v v^T` from the left what begins at a row and column.
#[inline(always)]
fn reflect(matrix: &mut Array2<f64>, vector: &[f64], scale: f64, [row, column]: [usize; 2]) {
    let width = matrix.ncols();
    if width == 0 {
        return;
    }
    let entries = matrix.as_slice_mut().expect("row by row in memory");
    let entries = &mut entries[row * width..];
    let mut sums = vec![0.0; width - column];
    for (row, &factor) in entries.chunks_exact(width).zip(vector) {
        for (sum, value) in sums.iter_mut().zip(&row[column..]) {
            *sum = value.mul_add(factor, *sum);
        }
    }
    for (row, &factor) in entries.chunks_exact_mut(width).zip(vector) {
        let factor = -scale * factor;
        for (value, sum) in row[column..].iter_mut().zip(&sums) {
            *value = sum.mul_add(factor, *value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reflections_make_a_triangle_and_keep_all_products() {
        for (rows, columns) in [(6, 3), (3, 6), (4, 4), (1, 3), (5, 1)] {
            let matrix = Array2::from_shape_fn((rows, columns), |(i, j)| {
                libm::sin((1 + 7 * i + 3 * j) as f64)
            });
            let (mut triangle, mut turned) = (matrix.clone(), Array2::eye(rows));
            triangularize(&mut triangle, &mut turned);
            for ((i, j), value) in triangle.indexed_iter() {
                assert!(i <= j || *value == 0.0);
            }
            // Q^T is orthogonal, and Q R is the matrix.
            let unit: Array2<f64> = turned.t().dot(&turned) - Array2::<f64>::eye(rows);
            assert!(unit.iter().all(|v| v.abs() < 1e-14));
            let error = turned.t().dot(&triangle) - matrix;
            assert!(error.iter().all(|v| v.abs() < 1e-14));
        }
    }

    #[test]
    fn a_zero_column_is_left_as_it_is() {
        let mut matrix = Array2::<f64>::zeros((3, 2));
        let mut companion = Array2::eye(3);
        triangularize(&mut matrix, &mut companion);
        assert_eq!(matrix, Array2::<f64>::zeros((3, 2)));
        assert_eq!(companion, Array2::<f64>::eye(3));
    }
}
