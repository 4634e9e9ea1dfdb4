//! Inputs and targets of one learning problem.

use ndarray::Array2;
use sha2::{Digest as _, Sha256};

/// Inputs `[n_samples, input_dim]` and targets `[n_samples, output_dim]`, all finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    inputs: Array2<f64>,
    targets: Array2<f64>,
}

/// Why two arrays are no data set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DatasetError {
    /// Inputs and targets count different samples.
    #[error("X and y have {inputs} and {targets} rows: both need one row per sample")]
    SampleCount {
        /// Rows of X.
        inputs: usize,
        /// Rows of y.
        targets: usize,
    },
    /// A dimension is zero or beyond what a network may have.
    #[error("{array} is {rows} x {columns}: each side must be 1 to 1000")]
    Shape {
        /// `X` or `y`.
        array: &'static str,
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A value is not finite.
    #[error("{array}[{row}, {column}] is {value}: every value must be finite")]
    NotFinite {
        /// `X` or `y`.
        array: &'static str,
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// All targets are equal, so the loss can't be normalized by their variance.
    #[error("every value of y is the same: the loss is measured against the variance of y")]
    ConstantTargets,
    /// The variance of the targets is 0 or infinite in double precision.
    #[error("the variance of y is {variance:e}, out of double precision's range: scale y")]
    Variance {
        /// The variance, as far as it can be calculated.
        variance: f64,
    },
}

impl Dataset {
    /// Joins inputs and targets, each kept row by row whatever its layout was.
    ///
    /// # Errors
    /// Rows that don't match, empty or oversized arrays, values that are not finite, targets (more
    /// than one) without a variance to measure losses by.
    pub fn new(inputs: Array2<f64>, targets: Array2<f64>) -> Result<Self, DatasetError> {
        for (array, values) in [("X", &inputs), ("y", &targets)] {
            let (rows, columns) = values.dim();
            if !(1..=1_000).contains(&rows) || !(1..=1_000).contains(&columns) {
                return Err(DatasetError::Shape {
                    array,
                    rows,
                    columns,
                });
            }
            if let Some(((row, column), &value)) =
                values.indexed_iter().find(|(_, value)| !value.is_finite())
            {
                return Err(DatasetError::NotFinite {
                    array,
                    row,
                    column,
                    value,
                });
            }
        }
        if inputs.nrows() != targets.nrows() {
            return Err(DatasetError::SampleCount {
                inputs: inputs.nrows(),
                targets: targets.nrows(),
            });
        }
        let first = targets[[0, 0]];
        if targets.len() > 1 && targets.iter().all(|&value| value == first) {
            return Err(DatasetError::ConstantTargets);
        }
        let [inputs, targets] =
            [inputs, targets].map(|values| values.as_standard_layout().into_owned());
        let dataset = Self { inputs, targets };
        let variance = dataset.target_variance();
        if !variance.is_normal() {
            return Err(DatasetError::Variance { variance });
        }
        Ok(dataset)
    }

    /// Inputs, `[n_samples, input_dim]`, row by row.
    pub fn inputs(&self) -> &Array2<f64> {
        &self.inputs
    }

    /// Targets, `[n_samples, output_dim]`, row by row.
    pub fn targets(&self) -> &Array2<f64> {
        &self.targets
    }

    /// What losses are normalized by: the unbiased variance over all entries of the targets.
    ///
    /// A single entry has no variance; it counts as 1, so that its loss is the plain squared error.
    pub fn target_variance(&self) -> f64 {
        let count = self.targets.len();
        if count == 1 {
            return 1.0;
        }
        let mean = self.targets.iter().sum::<f64>() / count as f64;
        let squares = self.targets.iter().map(|y| (y - mean) * (y - mean));
        squares.sum::<f64>() / (count - 1) as f64
    }

    /// Identity of the data: SHA-256 over the shapes and the bits of every value, in hexadecimal.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        for values in [&self.inputs, &self.targets] {
            let (rows, columns) = values.dim();
            hash.update((rows as u64).to_le_bytes());
            hash.update((columns as u64).to_le_bytes());
            for value in values {
                hash.update(value.to_bits().to_le_bytes());
            }
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn what_is_no_data_set_is_refused_with_the_place() {
        let error = |inputs, targets| Dataset::new(inputs, targets).unwrap_err().to_string();
        let two = array![[1.0], [2.0]];
        assert_eq!(
            error(array![[1.0]], two.clone()),
            "X and y have 1 and 2 rows: both need one row per sample"
        );
        assert_eq!(
            error(two.clone(), array![[1.0, 2.0], [3.0, f64::NAN]]),
            "y[1, 1] is NaN: every value must be finite"
        );
        assert_eq!(
            error(Array2::zeros((2, 1_001)), two.clone()),
            "X is 2 x 1001: each side must be 1 to 1000"
        );
        assert_eq!(
            error(Array2::zeros((2, 0)), two.clone()),
            "X is 2 x 0: each side must be 1 to 1000"
        );
        assert_eq!(
            error(two.clone(), array![[1e-200], [2e-200]]),
            "the variance of y is 0e0, out of double precision's range: scale y"
        );
        assert_eq!(
            error(two.clone(), array![[-1e200], [1e200]]),
            "the variance of y is inf, out of double precision's range: scale y"
        );
        assert_eq!(
            error(two, array![[3.0], [3.0]]),
            "every value of y is the same: the loss is measured against the variance of y"
        );
    }

    #[test]
    fn target_variance_is_unbiased_over_all_entries() {
        let dataset = Dataset::new(array![[0.0], [0.0]], array![[1.0, 2.0], [3.0, 6.0]]).unwrap();
        // Mean 3; squares 4, 1, 0, 9 over 3.
        assert_eq!(dataset.target_variance(), 14.0 / 3.0);
    }

    #[test]
    fn a_single_target_counts_as_variance_one() {
        let dataset = Dataset::new(array![[0.5]], array![[7.0]]).unwrap();
        assert_eq!(dataset.target_variance(), 1.0);
    }

    #[test]
    fn identity_tells_values_shapes_and_roles_apart() {
        let id = |x, y| Dataset::new(x, y).unwrap().id();
        let base = id(array![[1.0], [2.0]], array![[3.0], [4.0]]);
        assert_eq!(base.len(), 64);
        assert_eq!(base, id(array![[1.0], [2.0]], array![[3.0], [4.0]]));
        assert_ne!(base, id(array![[3.0], [4.0]], array![[1.0], [2.0]]));
        assert_ne!(base, id(array![[1.0, 2.0]], array![[3.0, 4.0]]));
        // The layout in memory is not part of it.
        let by_column = array![[3.0, 4.0], [5.0, 6.0]].reversed_axes();
        let dataset = Dataset::new(array![[1.0], [2.0]], by_column).unwrap();
        assert_eq!(
            dataset.targets().as_slice(),
            Some(&[3.0, 5.0, 4.0, 6.0][..])
        );
        let by_row = array![[3.0, 5.0], [4.0, 6.0]];
        assert_eq!(dataset.id(), id(array![[1.0], [2.0]], by_row));
    }
}
