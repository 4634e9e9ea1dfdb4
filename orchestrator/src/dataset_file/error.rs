//! What can be wrong with a data set's file.

use std::io;
use std::path::PathBuf;

use ndarray_npy::WriteNpzError;
use simulation::DatasetError;

/// Why a file gives or takes no data set.
#[derive(Debug, thiserror::Error)]
#[error("can't use data set {}", path.display())]
pub struct DatasetFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: DatasetFileErrorKind,
}

/// What is wrong with a data set's file.
#[derive(Debug, thiserror::Error)]
pub enum DatasetFileErrorKind {
    /// It can't be opened.
    #[error("it can't be opened")]
    Open(#[source] io::Error),
    /// It is no archive.
    #[error("it is no .npz archive (write it with numpy.savez): {0}")]
    NotNpz(String),
    /// One of the two arrays is missing.
    #[error(
        "it has no array {missing}, but {present}: give X [n_samples, input_dim] and y [n_samples, output_dim]"
    )]
    MissingArray {
        /// `X` or `y`.
        missing: &'static str,
        /// Names of the arrays that it has.
        present: String,
    },
    /// An array is no matrix.
    #[error(
        "{array} is {dimensions}-dimensional: it must be 2-dimensional, [n_samples, {features}]"
    )]
    Dimensions {
        /// `X` or `y`.
        array: &'static str,
        /// How many it has.
        dimensions: usize,
        /// Name of the second one.
        features: &'static str,
    },
    /// An array's entries are no numbers that we read.
    #[error("{array} holds numpy type {found}: it must hold float64, float32 or integers")]
    ElementType {
        /// `X` or `y`.
        array: &'static str,
        /// Type descriptor of the array.
        found: String,
    },
    /// An array is cut off, damaged or beyond all bounds.
    #[error("{array} can't be read: {reason}")]
    Unreadable {
        /// `X` or `y`.
        array: &'static str,
        /// What failed.
        reason: String,
    },
    /// The arrays are read but don't make a data set.
    #[error(transparent)]
    NotADataset(#[from] DatasetError),
    /// It can't be written.
    #[error("it can't be written")]
    Write(#[source] WriteNpzError),
}
