//! A table of published results, and the inputs of its rows.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use simulation::{Algorithm, Dataset, Parameters, Regime, Task};

use crate::dataset_file::{DatasetFileError, read_npz};

/// A row as published (columns of the authors' table that a comparison uses).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReferenceRow {
    /// Identity within its set.
    pub id: String,
    /// Task, in the published words, which are ours.
    pub data_type: String,
    /// `rich` or `lazy`.
    pub regime: String,
    /// `SGD`, `Adam` or `RLgrad` (ours: sed).
    pub learning_algo: String,
    /// Learning rate.
    pub lr: f64,
    /// Standard deviation on the gradient.
    pub update_noise: f64,
    /// Full width of the uniform noise on the targets.
    pub label_noise: f64,
    /// log10 of the last loss over the variance of the targets.
    pub loss: f64,
    /// Normalized active fraction.
    pub active: f64,
    /// Normalized fraction of active units.
    pub active_units: f64,
    /// Steps.
    pub sim_len: u64,
    /// File with `X` and `y`, relative to the table; empty when not published.
    pub input_file: String,
}

/// A row that can be run: its parameters (without seed) and data.
pub(crate) struct RunnableRow {
    pub row: ReferenceRow,
    pub parameters: Parameters,
    pub dataset: Dataset,
}

/// Why a reference table can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReferenceError {
    #[error("failed to read {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: csv::Error,
    },
    #[error("{path}, row {id}: {column} is `{value}`: give {expected}")]
    Word {
        path: PathBuf,
        id: String,
        column: &'static str,
        value: String,
        expected: &'static str,
    },
    #[error("{path}, row {id}")]
    Inputs {
        path: PathBuf,
        id: String,
        #[source]
        source: DatasetFileError,
    },
    #[error("{path} has no row with an input file, so nothing can be run")]
    Empty { path: PathBuf },
}

/// Reads the rows that have inputs, in the table's order, at most `limit`.
pub(crate) fn runnable_rows(
    path: &Path,
    limit: Option<usize>,
) -> Result<Vec<RunnableRow>, ReferenceError> {
    let unreadable = |source| ReferenceError::Read {
        path: path.to_owned(),
        source,
    };
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let mut rows = Vec::new();
    for row in reader.deserialize() {
        let row: ReferenceRow = row.map_err(unreadable)?;
        if !row.input_file.is_empty() {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Err(ReferenceError::Empty {
            path: path.to_owned(),
        });
    }
    rows.truncate(limit.unwrap_or(usize::MAX));
    rows.into_iter().map(|row| runnable(path, row)).collect()
}

fn runnable(path: &Path, row: ReferenceRow) -> Result<RunnableRow, ReferenceError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let dataset =
        read_npz(&folder.join(&row.input_file)).map_err(|source| ReferenceError::Inputs {
            path: path.to_owned(),
            id: row.id.clone(),
            source,
        })?;
    let wrong = |column, value: &str, expected| ReferenceError::Word {
        path: path.to_owned(),
        id: row.id.clone(),
        column,
        value: value.to_owned(),
        expected,
    };
    let algorithm = match row.learning_algo.as_str() {
        "SGD" => Algorithm::Sgd,
        "Adam" => Algorithm::Adam,
        "RLgrad" => Algorithm::Sed,
        other => return Err(wrong("learning_algo", other, "SGD, Adam or RLgrad")),
    };
    let regime = match row.regime.as_str() {
        "rich" => Regime::Rich,
        "lazy" => Regime::Lazy,
        other => return Err(wrong("regime", other, "rich or lazy")),
    };
    let size = |count: usize| u32::try_from(count).expect("a data set's sides are at most 1000");
    let parameters = Parameters {
        algorithm,
        regime,
        task: Task::Dataset,
        n_samples: size(dataset.inputs().nrows()),
        input_dim: size(dataset.inputs().ncols()),
        output_dim: size(dataset.targets().ncols()),
        learning_rate: Some(row.lr),
        update_noise: row.update_noise,
        label_noise: row.label_noise,
        steps: row.sim_len,
        dataset: Some(dataset.id()),
        ..Parameters::default()
    };
    Ok(RunnableRow {
        row,
        parameters,
        dataset,
    })
}
