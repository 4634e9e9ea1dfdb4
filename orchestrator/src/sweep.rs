//! The sweep file: from YAML to jobs. The only module that knows YAML.
//!
//! A file describes points (combinations of parameter values): `fixed` values, axes that multiply
//! (`grid`, `zip`, `random`, `rows`), then `when` rules in order, then `exclude`. Each point that is
//! left is checked, and becomes one job per replicate. `sweeps/README.md` explains every key.
//!
//! Everything here is a plain function of the file and the files it names: the same on every
//! machine, whatever the order of keys.

use std::path::Path;

use shared::NewSweep;
use simulation::{Dataset, ValidParameters};

use crate::dataset_file::read_npz;

mod analysis;
mod axis;
mod draw;
mod expand;
mod fault;
mod file;
mod key;
mod literal;
mod node;
mod point;
mod reader;
mod rows;
mod rule;
mod schema;
mod section;
mod spread;

pub use fault::SweepError;
pub use file::Seeds;
pub use reader::LoadDataset;
pub use schema::schema;

/// Sweep files are written by people: beyond this size it is something else.
const BYTES_MAX: u64 = 64 << 20;

/// One job to be: checked parameters (the job's seed among them), and which replicate of its point
/// it is, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedJob {
    /// What to simulate.
    pub parameters: ValidParameters,
    /// Number of the replicate, from 0.
    pub replicate: u32,
}

/// A sweep, expanded.
#[derive(Clone, Debug)]
pub struct PlannedSweep {
    /// Name, text, seed and limits, as the store takes them.
    pub sweep: NewSweep,
    /// Free text.
    pub description: String,
    /// The jobs, all different.
    pub jobs: Vec<PlannedJob>,
    /// The data sets that jobs name, each once.
    pub datasets: Vec<Dataset>,
    /// Jobs that another one equals, and that were left out therefore.
    pub merged_duplicates: u64,
    /// Points that `exclude` left out.
    pub excluded: u64,
    /// What looks like a mistake but is none for sure.
    pub notes: Vec<String>,
}

/// Reads and expands a sweep file, and the files it names.
///
/// # Errors
/// The first fault, with its place in the file, what is wrong and what would be right.
pub fn expand(path: &Path) -> Result<PlannedSweep, SweepError> {
    expand_with(path, &|file| {
        // The fault names the path already.
        read_npz(file).map_err(|error| with_causes(&error.source))
    })
}

/// The same, with data sets from elsewhere.
///
/// # Errors
/// As [`expand()`].
pub fn expand_with(path: &Path, load: LoadDataset<'_>) -> Result<PlannedSweep, SweepError> {
    let source = read(path)?;
    let mut reader = reader::Reader::new(path, load);
    plan(&mut reader, &source).map_err(|fault| reader.files.error(fault))
}

/// An error and what caused it, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn plan(reader: &mut reader::Reader<'_>, source: &str) -> Result<PlannedSweep, fault::Fault> {
    let root = node::parse(source)?;
    let file = file::SweepFile::of_node(reader, &root)?;
    let expansion = expand::expand(&file, reader.datasets())?;
    let mut datasets = reader.datasets().to_vec();
    datasets.sort_by(|a, b| a.0.cmp(&b.0));
    datasets.dedup_by(|a, b| a.0 == b.0);
    Ok(PlannedSweep {
        sweep: NewSweep {
            source: source.to_owned(),
            ..file.sweep
        },
        description: file.description,
        jobs: expansion.jobs,
        datasets: datasets.into_iter().map(|(_, dataset)| dataset).collect(),
        merged_duplicates: expansion.merged,
        excluded: expansion.excluded,
        notes: expansion.notes,
    })
}

fn read(path: &Path) -> Result<String, SweepError> {
    let fail = |message: String| SweepError {
        file: path.to_owned(),
        place: None,
        at: String::new(),
        message,
    };
    let size = std::fs::metadata(path)
        .map_err(|error| fail(format!("can't read the sweep file: {error}")))?
        .len();
    if size > BYTES_MAX {
        return Err(fail(format!(
            "{size} bytes: a sweep file has at most {BYTES_MAX}"
        )));
    }
    let bytes =
        std::fs::read(path).map_err(|error| fail(format!("can't read the sweep file: {error}")))?;
    String::from_utf8(bytes).map_err(|_| fail("not YAML: the text must be UTF-8".into()))
}

#[cfg(test)]
mod tests;
