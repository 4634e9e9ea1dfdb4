//! Recordings of animals over sessions, as `analyze experiment` reads them, relative to their first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::regression::{TestedLine, tested_line};
use crate::statistics::{deviation, mean};

mod drawing;
mod published;

pub(crate) use drawing::drawn;
pub(crate) use published::published;

/// A line of the file. Other columns may stand beside these.
#[derive(Debug, Deserialize)]
struct Recording {
    dataset: String,
    measure: String,
    animal: String,
    time: f64,
    value: Option<f64>,
}

/// One measure of one data set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    pub dataset: String,
    pub measure: String,
    /// How many animals (or cells) are in it.
    pub animals: usize,
    /// How many are not, because their first value is 0.
    pub left_out: usize,
    /// Time and value of every animal and session; the value is divided by the animal's first.
    pub points: Vec<(f64, f64)>,
    /// The line through all of them.
    pub line: TestedLine,
}

/// All animals at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Session {
    pub time: f64,
    /// Animals recorded then.
    pub n: usize,
    pub mean: f64,
    /// Standard deviation (that of the n values themselves, no correction) over the root of n.
    pub error: f64,
}

/// Why a file of recordings can't be analyzed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExperimentError {
    #[error("failed to read {path}: its columns are dataset, measure, animal, time and value")]
    Read {
        path: PathBuf,
        #[source]
        source: csv::Error,
    },
    #[error("{path}, line {line}: {column} is {value}: give {expected}")]
    Value {
        path: PathBuf,
        line: u64,
        column: &'static str,
        value: f64,
        expected: &'static str,
    },
    #[error("{path}, line {line}: animal {animal} has a {measure} at time {time} already")]
    Twice {
        path: PathBuf,
        line: u64,
        animal: String,
        measure: String,
        time: f64,
    },
    #[error(
        "{path}: {measure} of {dataset} has {points} values: a line needs three, at two times or more"
    )]
    TooFew {
        path: PathBuf,
        dataset: String,
        measure: String,
        points: usize,
    },
    #[error("{path} holds no value")]
    Empty { path: PathBuf },
}

/// Time and value of each session, by animal.
type Animals = BTreeMap<String, Vec<(f64, f64)>>;

/// Animals by data set and measure, in the order in which these appear in the file.
type Recorded = Vec<((String, String), Animals)>;

/// Reads a file of recordings, a panel for each data set and measure, in the file's order.
pub(crate) fn panels(path: &Path) -> Result<Vec<Panel>, ExperimentError> {
    let recorded = read(path)?;
    if recorded.is_empty() {
        return Err(ExperimentError::Empty {
            path: path.to_owned(),
        });
    }
    let panel = |((dataset, measure), mut animals): ((String, String), Animals)| {
        let all = animals.len();
        animals.retain(|_, sessions| first(sessions) > 0.0);
        let points = normalized(&animals);
        let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        match tested_line(&x, &y) {
            Some(line) => Ok(Panel {
                dataset,
                measure,
                animals: animals.len(),
                left_out: all - animals.len(),
                points,
                line,
            }),
            None => Err(ExperimentError::TooFew {
                path: path.to_owned(),
                dataset,
                measure,
                points: points.len(),
            }),
        }
    };
    recorded.into_iter().map(panel).collect()
}

fn read(path: &Path) -> Result<Recorded, ExperimentError> {
    let unreadable = |source| ExperimentError::Read {
        path: path.to_owned(),
        source,
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_path(path)
        .map_err(unreadable)?;
    let headers = reader.headers().map_err(unreadable)?.clone();
    let mut recorded = Recorded::new();
    for record in reader.into_records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let recording: Recording = record.deserialize(Some(&headers)).map_err(unreadable)?;
        let Some(value) = checked(path, line, &recording)? else {
            continue;
        };
        let panel = (recording.dataset, recording.measure);
        let index = recorded.iter().position(|(known, _)| *known == panel);
        let index = index.unwrap_or_else(|| {
            recorded.push((panel, Animals::new()));
            recorded.len() - 1
        });
        let ((_, measure), animals) = &mut recorded[index];
        let sessions = animals.entry(recording.animal.clone()).or_default();
        if sessions.iter().any(|(time, _)| *time == recording.time) {
            return Err(ExperimentError::Twice {
                path: path.to_owned(),
                line,
                animal: recording.animal,
                measure: measure.clone(),
                time: recording.time,
            });
        }
        sessions.push((recording.time, value));
    }
    Ok(recorded)
}

/// The value, if there is one that can be divided by and into.
fn checked(path: &Path, line: u64, recording: &Recording) -> Result<Option<f64>, ExperimentError> {
    let wrong = |column, value, expected| ExperimentError::Value {
        path: path.to_owned(),
        line,
        column,
        value,
        expected,
    };
    if !recording.time.is_finite() {
        return Err(wrong("time", recording.time, "a number"));
    }
    match recording.value {
        Some(value) if !(value.is_finite() && value >= 0.0) => {
            let expected = "a number from 0 on, or leave it empty";
            Err(wrong("value", value, expected))
        }
        value => Ok(value),
    }
}

/// The value of the earliest session. An animal where it is 0 has no scale.
fn first(sessions: &[(f64, f64)]) -> f64 {
    let earliest = sessions.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    earliest.map_or(0.0, |(_, value)| *value)
}

/// Every animal's values over its first, in the order of time.
fn normalized(animals: &Animals) -> Vec<(f64, f64)> {
    let of_animal = |sessions: &Vec<(f64, f64)>| {
        let first = first(sessions);
        let mut sessions = sessions.clone();
        sessions.sort_by(|a, b| a.0.total_cmp(&b.0));
        let relative = move |(time, value): (f64, f64)| (time, value / first);
        sessions.into_iter().map(relative)
    };
    animals.values().flat_map(of_animal).collect()
}

impl Panel {
    /// Means and error bars, in the order of time.
    pub(crate) fn sessions(&self) -> Vec<Session> {
        let mut times: Vec<f64> = self.points.iter().map(|(time, _)| *time).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let session = |time: f64| {
            let at_time = self.points.iter().filter(|point| point.0 == time);
            let values: Vec<f64> = at_time.map(|point| point.1).collect();
            Session {
                time,
                n: values.len(),
                mean: mean(&values),
                error: deviation(&values) / (values.len() as f64).sqrt(),
            }
        };
        times.into_iter().map(session).collect()
    }
}

#[cfg(test)]
mod tests;
