//! The part of the input weights that the data can see.
//!
//! The loss depends on the input weights W and biases b only through `[X 1] [W b]^T`. With the rows of
//! `basis` an orthonormal basis of the rows of `[X 1]`, that product is `coordinates (basis [W b]^T)`:
//! rank rows of weights instead of input_dim + 1. Descent and SED commute with the rotation, and so
//! does noise that is equal and independent in all directions. What lies across the basis is moved by
//! noise alone: a walk without drift that nothing reads until somebody asks for the weights.

use ndarray::Array2;

use crate::network::Weights;

/// A residue below this share of the longest sample counts as rounding: far below float32's 6e-8.
const TOLERANCE: f64 = 1e-9;

/// Inputs in coordinates of their own row space.
pub(super) struct Span {
    /// Samples in the order in which they were made orthogonal.
    pub order: Vec<usize>,
    /// `[n_samples][rank]`, samples in that order; zero right of the diagonal.
    pub coordinates: Array2<f64>,
    /// `[rank][input_dim + 1]`, orthonormal rows.
    basis: Array2<f64>,
}

impl Span {
    /// Gram and Schmidt with pivoting, each vector made orthogonal twice.
    pub fn of(inputs: &Array2<f64>) -> Self {
        let extended = with_constant(inputs);
        let (samples, width) = extended.dim();
        let mut residues = extended.clone();
        let mut order: Vec<usize> = (0..samples).collect();
        let longest = largest(&residues, &order).1;
        let mut basis: Vec<Vec<f64>> = Vec::new();
        while basis.len() < samples.min(width) {
            let rank = basis.len();
            let (pivot, length) = largest(&residues, &order[rank..]);
            if length <= TOLERANCE * longest {
                break;
            }
            order.swap(rank, rank + pivot);
            let mut vector = residues.row(order[rank]).to_vec();
            for earlier in &basis {
                let overlap = dot(earlier, &vector);
                (0..width).for_each(|i| vector[i] -= overlap * earlier[i]);
            }
            let length = dot(&vector, &vector).sqrt();
            vector.iter_mut().for_each(|value| *value /= length);
            for &sample in &order[rank..] {
                let mut residue = residues.row_mut(sample);
                let overlap = (0..width).map(|i| vector[i] * residue[i]).sum::<f64>();
                (0..width).for_each(|i| residue[i] -= overlap * vector[i]);
            }
            basis.push(vector);
        }
        let coordinates = Array2::from_shape_fn((samples, basis.len()), |(position, k)| {
            if position < k {
                return 0.0;
            }
            let sample = extended.row(order[position]);
            sample.iter().zip(&basis[k]).map(|(x, q)| x * q).sum()
        });
        let basis = Array2::from_shape_fn((basis.len(), width), |(k, i)| basis[k][i]);
        Self {
            order,
            coordinates,
            basis,
        }
    }

    pub fn rank(&self) -> usize {
        self.basis.nrows()
    }

    /// Input weights and biases in the coordinates of the basis, `[rank][hidden]`.
    pub fn reduce(&self, weights: &Weights) -> Array2<f64> {
        self.along(&input_side(weights))
    }

    /// The overlap of every unit's weights with every row of the basis, `[rank][hidden]`.
    fn along(&self, input: &Array2<f64>) -> Array2<f64> {
        // Not `dot`: ndarray's picks its kernel, and with it the bits, by the machine.
        let mut overlaps = Array2::zeros((self.rank(), input.ncols()));
        for (mut overlap, direction) in overlaps.rows_mut().into_iter().zip(self.basis.rows()) {
            for (&share, weights) in direction.iter().zip(input.rows()) {
                overlap.scaled_add(share, &weights);
            }
        }
        overlaps
    }

    /// The inverse of `reduce` with nothing across the basis, `[input_dim + 1][hidden]`.
    pub fn expand(&self, reduced: &Array2<f64>) -> Array2<f64> {
        let mut input = Array2::zeros((self.basis.ncols(), reduced.ncols()));
        for (direction, weights) in self.basis.rows().into_iter().zip(reduced.rows()) {
            for (&share, mut row) in direction.iter().zip(input.rows_mut()) {
                row.scaled_add(share, &weights);
            }
        }
        input
    }

    /// Takes from `input`, `[input_dim + 1][hidden]`, what lies along the basis.
    pub fn across(&self, input: Array2<f64>) -> Array2<f64> {
        let along = self.expand(&self.along(&input));
        input - along
    }
}

/// W^T over the biases, `[input_dim + 1][hidden]`.
pub(super) fn input_side(weights: &Weights) -> Array2<f64> {
    let (units, inputs) = weights.input.dim();
    Array2::from_shape_fn((inputs + 1, units), |(input, unit)| {
        weights
            .input
            .get((unit, input))
            .copied()
            .unwrap_or(weights.bias[unit])
    })
}

/// `[X 1]`.
pub(super) fn with_constant(inputs: &Array2<f64>) -> Array2<f64> {
    let (samples, width) = inputs.dim();
    Array2::from_shape_fn((samples, width + 1), |(sample, input)| {
        inputs.get((sample, input)).copied().unwrap_or(1.0)
    })
}

/// Position and length of the longest of some rows; the first of equal ones.
fn largest(rows: &Array2<f64>, among: &[usize]) -> (usize, f64) {
    let mut found = (0, -1.0);
    for (position, &row) in among.iter().enumerate() {
        let length = rows.row(row).iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > found.1 {
            found = (position, length);
        }
    }
    found
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{ChaChaStream, StreamName};

    fn inputs(samples: usize, width: usize, rank: usize) -> Array2<f64> {
        let mut stream = ChaChaStream::new(1, StreamName::Data);
        let mut draw = |shape| Array2::from_shape_simple_fn(shape, || stream.uniform());
        let (left, right) = (draw((samples, rank)), draw((rank, width)));
        Array2::from_shape_fn((samples, width), |(s, i)| {
            (0..rank).map(|k| left[[s, k]] * right[[k, i]]).sum()
        })
    }

    #[test]
    fn the_basis_is_orthonormal_and_gives_the_inputs_back() {
        for (samples, width, rank) in [(5, 20, 5), (10, 4, 4), (7, 7, 3), (1, 1, 1), (60, 40, 40)] {
            let inputs = inputs(samples, width, rank);
            let span = Span::of(&inputs);
            let expected = (rank + 1).min(samples);
            assert_eq!(span.rank(), expected, "{samples} x {width} of rank {rank}");
            let extended = with_constant(&inputs);
            for (position, &sample) in span.order.iter().enumerate() {
                for i in 0..=width {
                    let value: f64 = (0..span.rank())
                        .map(|k| span.coordinates[[position, k]] * span.basis[[k, i]])
                        .sum();
                    assert!((value - extended[[sample, i]]).abs() < 1e-8);
                }
            }
            for j in 0..span.rank() {
                for k in 0..span.rank() {
                    let product = span.basis.row(j).dot(&span.basis.row(k));
                    let expected = f64::from(u8::from(j == k));
                    assert!((product - expected).abs() < 1e-12, "{product}");
                }
            }
        }
    }

    #[test]
    fn what_lies_along_the_basis_and_across_it_are_the_whole() {
        let span = Span::of(&inputs(4, 9, 4));
        let weights = Weights {
            input: inputs(6, 9, 5),
            bias: ndarray::Array1::from_elem(6, 0.3),
            output: Array2::zeros((2, 6)),
        };
        let across = span.across(input_side(&weights));
        let sum = span.expand(&span.reduce(&weights)) + &across;
        let error = (sum - input_side(&weights)).mapv(f64::abs);
        assert!(error.iter().all(|&e| e < 1e-12));
        // The inputs don't see what lies across.
        let seen = with_constant(&inputs(4, 9, 4)).dot(&across);
        assert!(seen.iter().all(|&value| value.abs() < 1e-12));
    }
}
