//! A table of published results, and the inputs of its rows.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use simulation::{
    Algorithm, DataRange, Dataset, Parameters, Regime, Simulation, Task, ValidParameters,
};

use crate::dataset_file::{DatasetFileError, read_npz};

/// The published sets by the version of the authors' code that ran them: the older one left data in
/// [0, 1) and losses as they were, the newer one made data symmetric and divides losses by the variance
/// of the targets. Under label noise the older one's losses are of the noisy targets that the step saw, the newer
/// one's of the targets themselves. The tables state none of it: the share of units active at first, which they
/// give away, tells the ranges apart, and runs of ours with the same noise have the same losses on one scale only.
const SETS: [(&str, DataRange, LossScale); 5] = [
    ("random", DataRange::Unit, LossScale::Raw),
    ("SGD_vary_update_noise", DataRange::Unit, LossScale::Raw),
    ("SGD_update_noise", DataRange::Unit, LossScale::Raw),
    (
        "update_and_label_compare",
        DataRange::Symmetric,
        LossScale::Normalized,
    ),
    ("RLgrad_random", DataRange::Symmetric, LossScale::Normalized),
];

/// What a published loss was divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LossScale {
    /// Nothing: the mean squared error, label noise included.
    Raw,
    /// The variance of the targets, as ours.
    Normalized,
}

/// Hidden units of every published row.
const HIDDEN_UNITS: u32 = 100;

/// Each row runs with two seeds: the distance between them is what a distance to the published
/// value is measured against.
pub(crate) const RUNS: usize = 2;

/// A row as published (columns of the authors' table that a comparison uses).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReferenceRow {
    /// Which of the published sets of simulations.
    pub set: String,
    /// Identity within its set.
    pub id: String,
    /// Task, in the published words, which are ours.
    pub data_type: String,
    /// `rich` or `lazy`.
    pub regime: String,
    /// Size of an input.
    #[serde(rename = "Xdim")]
    pub input_dim: u32,
    /// Nominal size of a target: predictive tasks and autoencoders take the input's.
    #[serde(rename = "ydim")]
    pub output_dim: u32,
    /// Number of samples.
    #[serde(rename = "nsamples")]
    pub n_samples: u32,
    /// `SGD`, `Adam` or `RLgrad` (ours: sed).
    pub learning_algo: String,
    /// Learning rate.
    pub lr: f64,
    /// Standard deviation on the gradient.
    pub update_noise: f64,
    /// Full width of the uniform noise on the targets.
    pub label_noise: f64,
    /// log10 of the last loss, over the variance of the targets in some sets (see [`SETS`]).
    pub loss: f64,
    /// Normalized active fraction.
    pub active: f64,
    /// Normalized fraction of active units.
    pub active_units: f64,
    /// log10 of the rate at which the fraction of active units falls, per step; 0 where the fit failed.
    pub log_tau: f64,
    /// Sum of the Hessian's eigenvalues, late over early.
    pub eig_sum: f64,
    /// Largest eigenvalue, late over early.
    pub eig_max: f64,
    /// Eigenvalues above 0 over the number of parameters, late.
    pub eig_nonzero: f64,
    /// Steps.
    pub sim_len: u64,
    /// File with `X` and `y`, relative to the table; empty when not published.
    pub input_file: String,
}

impl ReferenceRow {
    fn has_inputs(&self) -> bool {
        !self.input_file.is_empty()
    }
}

/// A row that can be run: its parameters (without seed) and data.
#[derive(Clone)]
pub(crate) struct RunnableRow {
    pub row: ReferenceRow,
    pub parameters: Parameters,
    /// The published inputs and targets; none where they are generated.
    pub dataset: Option<Dataset>,
    /// Seeds of its runs.
    pub seeds: [u64; RUNS],
}

impl RunnableRow {
    /// The row of published inputs, run on data made here instead; none of others, or of a set whose range of data
    /// isn't known.
    pub fn on_generated_data(&self) -> Option<Self> {
        self.dataset.as_ref()?;
        let row = ReferenceRow {
            input_file: String::new(),
            ..self.row.clone()
        };
        runnable(Path::new(""), row).ok()
    }

    /// Groups that the row counts in.
    pub fn groups(&self) -> Vec<String> {
        let published = &self.row;
        let noise = match (published.update_noise > 0.0, published.label_noise > 0.0) {
            (false, false) => "no",
            (true, false) => "update",
            (false, true) => "label",
            (true, true) => "both",
        };
        let data = match self.dataset {
            Some(_) => "published",
            None => "generated",
        };
        vec![
            "all".to_owned(),
            format!("data {data}"),
            format!("noise {noise}"),
            format!("regime {}", published.regime),
            format!(
                "set {}: {}, {noise} noise",
                published.set, self.parameters.algorithm
            ),
            format!("task {}", published.data_type),
        ]
    }

    /// log10 of a normalized loss of this run, brought to the scale of the row's.
    pub fn loss_on_its_scale(&self, run: &ValidParameters, log10_loss: f64) -> f64 {
        let known = SETS.iter().find(|(set, ..)| *set == self.row.set);
        match known {
            Some((_, _, LossScale::Raw)) => {
                let simulation = Simulation::new(run, self.dataset.as_ref())
                    .expect("a row's runs have the row's data");
                let variance = simulation.data().target_variance();
                // The variance of a uniform distribution by its width.
                let label_noise = self.row.label_noise.powi(2) / 12.0;
                (10_f64.powf(log10_loss) * variance + label_noise).log10()
            }
            _ => log10_loss,
        }
    }
}

/// Which rows of a table to run.
#[derive(Clone, Debug)]
pub(crate) struct Selection<'a> {
    /// Rows with published inputs.
    pub published: bool,
    /// Rows without.
    pub generated: bool,
    /// Only rows of this set.
    pub set: Option<&'a str>,
    /// Only the first so many of those.
    pub rows: Option<usize>,
    /// Only so many of those, spread evenly.
    pub sample: Option<usize>,
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
        expected: String,
    },
    #[error("{path}, row {id}")]
    Inputs {
        path: PathBuf,
        id: String,
        #[source]
        source: DatasetFileError,
    },
    #[error(
        "{path}: none of its {rows} rows is asked for: {with_inputs} have an input file \
         (`--data generated` runs the others on generated data), and its sets are {sets}"
    )]
    Empty {
        path: PathBuf,
        rows: usize,
        with_inputs: usize,
        sets: String,
    },
}

/// Reads the rows asked for, in the table's order.
pub(crate) fn runnable_rows(
    path: &Path,
    selection: &Selection<'_>,
) -> Result<Vec<RunnableRow>, ReferenceError> {
    let unreadable = |source| ReferenceError::Read {
        path: path.to_owned(),
        source,
    };
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let all: Vec<ReferenceRow> = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    let selected = select(&all, selection);
    if selected.is_empty() {
        let mut sets: Vec<&str> = all.iter().map(|row| row.set.as_str()).collect();
        sets.sort_unstable();
        sets.dedup();
        return Err(ReferenceError::Empty {
            path: path.to_owned(),
            rows: all.len(),
            with_inputs: all.iter().filter(|row| row.has_inputs()).count(),
            sets: sets.join(", "),
        });
    }
    let runnable = |row: &&ReferenceRow| runnable(path, (*row).clone());
    selected.iter().map(runnable).collect()
}

fn select<'a>(rows: &'a [ReferenceRow], selection: &Selection<'_>) -> Vec<&'a ReferenceRow> {
    let wanted = |row: &&ReferenceRow| {
        let data = match row.has_inputs() {
            true => selection.published,
            false => selection.generated,
        };
        data && selection.set.is_none_or(|set| row.set == set)
    };
    let mut selected: Vec<&ReferenceRow> = rows.iter().filter(wanted).collect();
    selected.truncate(selection.rows.unwrap_or(usize::MAX));
    match selection.sample {
        Some(count) if count < selected.len() => {
            let every = |k: usize| selected[k * selected.len() / count];
            (0..count).map(every).collect()
        }
        _ => selected,
    }
}

fn runnable(path: &Path, row: ReferenceRow) -> Result<RunnableRow, ReferenceError> {
    let parameters = row_parameters(path, &row)?;
    if !row.has_inputs() {
        let seeds = [1, 2].map(|run| derived_seed(&row, run));
        return Ok(RunnableRow {
            row,
            parameters,
            dataset: None,
            seeds,
        });
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let dataset =
        read_npz(&folder.join(&row.input_file)).map_err(|source| ReferenceError::Inputs {
            path: path.to_owned(),
            id: row.id.clone(),
            source,
        })?;
    let size = |count: usize| u32::try_from(count).expect("a data set's sides are at most 1000");
    Ok(RunnableRow {
        row,
        parameters: Parameters {
            task: Task::Dataset,
            n_samples: size(dataset.inputs().nrows()),
            input_dim: size(dataset.inputs().ncols()),
            output_dim: size(dataset.targets().ncols()),
            smoothing_dim: None,
            data_range: Parameters::default().data_range,
            dataset: Some(dataset.id()),
            ..parameters
        },
        dataset: Some(dataset),
        seeds: [1, 2],
    })
}

/// A seed of its own for every generated row and run, so that rows of equal sizes don't share data
/// and initial weights.
fn derived_seed(row: &ReferenceRow, run: u64) -> u64 {
    let text = format!("{}/{}/{run}", row.set, row.id);
    let hash = Sha256::digest(text.as_bytes());
    let (first, _) = hash.as_slice().split_at(8);
    u64::from_le_bytes(first.try_into().expect("eight bytes")) >> 1
}

/// What the row's columns say; the data range is its set's.
fn row_parameters(path: &Path, row: &ReferenceRow) -> Result<Parameters, ReferenceError> {
    let wrong = |column, value: &str, expected: String| ReferenceError::Word {
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
        other => return Err(wrong("learning_algo", other, "SGD, Adam or RLgrad".into())),
    };
    let regime = match row.regime.as_str() {
        "rich" => Regime::Rich,
        "lazy" => Regime::Lazy,
        other => return Err(wrong("regime", other, "rich or lazy".into())),
    };
    let task = Task::ALL
        .iter()
        .find(|task| task.name() == row.data_type && **task != Task::Dataset)
        .ok_or_else(|| wrong("data_type", &row.data_type, "a task's name".into()))?;
    let known = SETS.iter().find(|(set, ..)| *set == row.set);
    let data_range = match known {
        Some((_, range, _)) => *range,
        // The range is that of generated data: rows with inputs don't need one.
        None if row.has_inputs() => Parameters::default().data_range,
        None => {
            let sets = SETS.map(|(set, ..)| set).join(", ");
            let expected = format!("one of {sets}, or the row's input_file");
            return Err(wrong("set", &row.set, expected));
        }
    };
    Ok(Parameters {
        algorithm,
        regime,
        task: *task,
        n_samples: row.n_samples,
        input_dim: row.input_dim,
        output_dim: row.output_dim,
        smoothing_dim: (*task == Task::SmoothedAutoencoder).then_some(row.output_dim),
        hidden_units: HIDDEN_UNITS,
        data_range,
        learning_rate: Some(row.lr),
        update_noise: row.update_noise,
        label_noise: row.label_noise,
        steps: row.sim_len,
        ..Parameters::default()
    })
}

#[cfg(test)]
mod tests;
