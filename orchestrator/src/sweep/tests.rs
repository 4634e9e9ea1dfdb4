//! What sweep files mean, and what is said about wrong ones.

use std::path::Path;

use simulation::{Algorithm, Dataset, ValidParameters};

use super::{PlannedSweep, plan, reader};

mod analysed;
mod bad_input;
mod draws;
mod files;
mod points;
mod properties;
mod shipped;

/// Plans a sweep from its text; the file is called `s.yaml`.
fn planned(yaml: &str) -> Result<PlannedSweep, String> {
    planned_with(yaml, &|_| Err("no data sets here".into()))
}

fn planned_with(yaml: &str, load: super::LoadDataset<'_>) -> Result<PlannedSweep, String> {
    let mut reader = reader::Reader::new(Path::new("s.yaml"), load);
    plan(&mut reader, yaml).map_err(|fault| reader.files.error(fault).to_string())
}

/// The whole message about a wrong file.
fn complaint(yaml: &str) -> String {
    planned(yaml).expect_err("a wrong file")
}

/// `SAMPLES x INPUTS` inputs and `SAMPLES x OUTPUTS` targets.
fn dataset(samples: usize, inputs: usize, outputs: usize) -> Dataset {
    let fill = |(row, column)| (row * 7 + column) as f64;
    Dataset::new(
        ndarray::Array2::from_shape_fn((samples, inputs), fill),
        ndarray::Array2::from_shape_fn((samples, outputs), fill),
    )
    .expect("a data set")
}
