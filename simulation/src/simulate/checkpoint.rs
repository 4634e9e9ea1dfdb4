//! A simulation's state as bytes.
//!
//! Little endian, in this order: [`MAGIC`], format version, model version, SHA-256 of the parameters'
//! canonical JSON, steps done, outcome, the measurements' counts and values, the engine's state, and
//! SHA-256 of all that. The steps of the measurements follow from the parameters and aren't stored.

use sha2::{Digest as _, Sha256};

use super::{Sample, Simulation};
use crate::{Dataset, MODEL_VERSION, Outcome, ValidParameters};

mod activities;
mod spectra;

const MAGIC: &[u8; 8] = b"drftswp\0";
const FORMAT_VERSION: u32 = 1;
const CHECKSUM_LENGTH: usize = 32;

/// Every outcome that ends a run by itself; the byte 0 is a run under way, 1 the first of these.
const OUTCOMES: [Outcome; 3] = [Outcome::Completed, Outcome::Diverged, Outcome::Silent];

/// Everything needed to go on later, elsewhere, to the same bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint(Vec<u8>);

/// Why a checkpoint can't be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("checkpoint can't be used: {reason}")]
pub struct CheckpointError {
    /// What is wrong with it.
    pub reason: String,
}

impl Checkpoint {
    /// Wraps bytes that came from [`Checkpoint::as_bytes`]; they are checked when restored.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Steps taken until it was made; `None` for bytes too short to be a checkpoint.
    pub fn steps_done(&self) -> Option<u64> {
        // Behind the magic bytes, two versions and the parameters' hash.
        let start = MAGIC.len() + 4 + 4 + 32;
        let bytes = self.0.get(start..start + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().expect("eight bytes")))
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl CheckpointError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

pub(super) fn save(simulation: &Simulation) -> Checkpoint {
    let mut bytes = Vec::new();
    bytes.extend(MAGIC);
    bytes.extend(FORMAT_VERSION.to_le_bytes());
    bytes.extend(MODEL_VERSION.to_le_bytes());
    bytes.extend(identity(&simulation.parameters));
    bytes.extend(simulation.steps_done.to_le_bytes());
    let ended = |outcome| OUTCOMES.iter().position(|&o| Some(o) == outcome);
    bytes.push(ended(simulation.outcome).map_or(0, |index| index as u8 + 1));
    for samples in [&simulation.linear, &simulation.logarithmic] {
        bytes.extend((samples.len() as u64).to_le_bytes());
        for sample in samples {
            bytes.extend(sample.loss.to_le_bytes());
            bytes.extend(sample.active_pairs.to_le_bytes());
            bytes.extend(sample.active_units.to_le_bytes());
        }
    }
    bytes.extend((simulation.snapshots.len() as u64).to_le_bytes());
    for &active_samples in simulation.snapshots.iter().flatten() {
        // At most 1000 samples: two bytes hold the count.
        bytes.extend((active_samples as u16).to_le_bytes());
    }
    spectra::save(&simulation.spectra, &mut bytes);
    spectra::save_full(&simulation.eigenvalues, &mut bytes);
    bytes.extend(simulation.budget.spent_ns().to_le_bytes());
    bytes.extend((simulation.positions.len() as u64).to_le_bytes());
    for coordinate in simulation.positions.iter().flatten() {
        bytes.extend(coordinate.to_le_bytes());
    }
    activities::save(&simulation.activities, &mut bytes);
    bytes.extend(simulation.engine.save());
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum);
    Checkpoint(bytes)
}

pub(super) fn restore(
    parameters: &ValidParameters,
    dataset: Option<&Dataset>,
    checkpoint: &Checkpoint,
) -> Result<Simulation, CheckpointError> {
    let mut reader = Reader(checked_content(&checkpoint.0)?);
    if u32::from_le_bytes(reader.take()?) != FORMAT_VERSION {
        return Err(CheckpointError::new("its format is of another version"));
    }
    let model = u32::from_le_bytes(reader.take()?);
    if model != MODEL_VERSION {
        let reason = format!("it was made by model version {model}, this is {MODEL_VERSION}");
        return Err(CheckpointError::new(reason));
    }
    if reader.take::<32>()? != identity(parameters) {
        return Err(CheckpointError::new("it belongs to other parameters"));
    }
    let mut simulation = Simulation::new(parameters, dataset)
        .map_err(|error| CheckpointError::new(error.to_string()))?;
    simulation.steps_done = u64::from_le_bytes(reader.take()?);
    simulation.outcome = match reader.take::<1>()? {
        [0] => None,
        [index] => Some(
            *OUTCOMES
                .get(usize::from(index) - 1)
                .ok_or_else(inconsistent)?,
        ),
    };
    simulation.linear = reader.samples()?;
    simulation.logarithmic = reader.samples()?;
    simulation.snapshots = reader.snapshots(parameters.hidden_units as usize)?;
    simulation.spectra = spectra::restore(&mut reader, |k| simulation.schedule.hessian(k))?;
    simulation.eigenvalues = spectra::restore_full(&mut reader)?;
    simulation.budget.set_spent_ns(reader.real()?);
    simulation.positions = reader.positions()?;
    let sizes = (parameters.hidden_units, parameters.observed_samples());
    simulation.activities = activities::restore(&mut reader, sizes)?;
    simulation.engine.restore(reader.0)?;
    let done = simulation.steps_done;
    let overdue = simulation.next_measured().is_some_and(|step| step < done);
    if done > parameters.steps || (overdue && simulation.outcome.is_none()) {
        return Err(inconsistent());
    }
    Ok(simulation)
}

fn identity(parameters: &ValidParameters) -> [u8; 32] {
    Sha256::digest(parameters.canonical_json()).into()
}

/// What lies between the magic bytes and the checksum, if both are right.
fn checked_content(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(CheckpointError::new("it does not start like a checkpoint"));
    };
    let Some(content_length) = rest.len().checked_sub(CHECKSUM_LENGTH) else {
        return Err(CheckpointError::new("it is cut short"));
    };
    let (content, checksum) = rest.split_at(content_length);
    let covered = &bytes[..MAGIC.len() + content_length];
    if Sha256::digest(covered).as_slice() != checksum {
        return Err(CheckpointError::new(
            "its checksum is wrong: bytes were lost or changed",
        ));
    }
    Ok(content)
}

fn inconsistent() -> CheckpointError {
    CheckpointError::new("its values contradict each other")
}

/// The bytes not yet read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], CheckpointError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(inconsistent)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// A count of entries of `entry_length` bytes, of which so many must still be there.
    fn count(&mut self, entry_length: usize) -> Result<usize, CheckpointError> {
        let count = u64::from_le_bytes(self.take()?) as usize;
        if count > self.0.len() / entry_length {
            return Err(inconsistent());
        }
        Ok(count)
    }

    fn samples(&mut self) -> Result<Vec<Sample>, CheckpointError> {
        let count = self.count(16)?;
        let sample = |_| {
            Ok(Sample {
                loss: f64::from_le_bytes(self.take()?),
                active_pairs: u32::from_le_bytes(self.take()?),
                active_units: u32::from_le_bytes(self.take()?),
            })
        };
        (0..count).map(sample).collect()
    }

    fn snapshots(&mut self, units: usize) -> Result<Vec<Vec<u32>>, CheckpointError> {
        let count = self.count(2 * units)?;
        let mut unit = || Ok(u32::from(u16::from_le_bytes(self.take()?)));
        (0..count)
            .map(|_| (0..units).map(|_| unit()).collect())
            .collect()
    }

    fn positions(&mut self) -> Result<Vec<[f64; 2]>, CheckpointError> {
        let count = self.count(16)?;
        (0..count)
            .map(|_| Ok([self.real()?, self.real()?]))
            .collect()
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>, CheckpointError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(inconsistent)?;
        self.0 = rest;
        Ok(taken.to_vec())
    }

    fn real(&mut self) -> Result<f64, CheckpointError> {
        Ok(f64::from_le_bytes(self.take()?))
    }
}

#[cfg(test)]
mod tests;
