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
    #[error("X has {inputs} rows and y has {targets}: both need one row per sample")]
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
}

impl Dataset {
    /// Joins inputs and targets.
    ///
    /// # Errors
    /// Rows that don't match, empty or oversized arrays, values that are not finite, constant
    /// targets (of more than one value).
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
        Ok(Self { inputs, targets })
    }

    /// Inputs, `[n_samples, input_dim]`.
    pub fn inputs(&self) -> &Array2<f64> {
        &self.inputs
    }

    /// Targets, `[n_samples, output_dim]`.
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
