//! One simulation from first step to result, in pieces of any length.

use crate::{Dataset, RunResult, ValidParameters};

/// A simulation under way.
pub struct Simulation {}

/// Why a simulation can't start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The data set that the parameters name was not given.
    #[error("data set {id} was not given")]
    MissingDataset {
        /// Identity of the data set.
        id: String,
    },
    /// The data set is not the one that the parameters name.
    #[error("data set {given} was given where {expected} was asked for")]
    OtherDataset {
        /// Identity asked for.
        expected: String,
        /// Identity given.
        given: String,
    },
    /// The data set's shape is not that of the parameters.
    #[error("data set of shape {given} was given where the parameters say {expected}")]
    Shape {
        /// Samples x inputs x outputs of the parameters.
        expected: String,
        /// Samples x inputs x outputs of the data.
        given: String,
    },
}

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

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Simulation {
    /// Sets up data, weights and streams. `dataset` is read by task `dataset` alone.
    ///
    /// # Errors
    /// A data set that is missing or is not the one that the parameters name.
    pub fn new(_p: &ValidParameters, _d: Option<&Dataset>) -> Result<Self, SetupError> {
        unimplemented!()
    }

    /// Goes on from a checkpoint.
    ///
    /// # Errors
    /// A checkpoint of other parameters, another model version, or damaged.
    pub fn restore(
        _p: &ValidParameters,
        _d: Option<&Dataset>,
        _c: &Checkpoint,
    ) -> Result<Self, CheckpointError> {
        unimplemented!()
    }

    /// Takes up to `steps_max` steps; returns whether the simulation has finished.
    pub fn advance(&mut self, _steps_max: u64) -> bool {
        unimplemented!()
    }

    /// Steps taken so far.
    pub fn steps_done(&self) -> u64 {
        unimplemented!()
    }

    /// The state as it is.
    pub fn checkpoint(&self) -> Checkpoint {
        unimplemented!()
    }

    /// Ends the simulation; one that has not finished is truncated.
    pub fn finish(self) -> RunResult {
        unimplemented!()
    }
}
