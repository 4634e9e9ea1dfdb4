//! The training loop: a state, advanced step by step.

pub(crate) mod lanes;
pub(crate) mod normals;
mod reference;
mod single;

pub(crate) use reference::ReferenceEngine;
pub(crate) use single::SingleEngine;

use crate::network::Weights;

/// A network in training. Implemented by the float64 reference and the float32 kernels.
///
/// An engine owns its random streams. Cutting `advance(a + b)` into `advance(a); advance(b)`, or
/// saving and restoring in between, changes no bit of what follows.
pub(crate) trait Engine {
    /// Takes `count` steps.
    fn advance(&mut self, count: u64);

    /// Forward pass without noise over all samples; changes nothing that a later step can see.
    fn observe(&mut self) -> Observation;

    /// The weights as they are, widened if need be, in the paper's shapes.
    fn weights(&self) -> Weights;

    /// The state that `restore` of the same engine, made for the same parameters, takes back.
    fn save(&self) -> Vec<u8>;

    /// Takes back what `save` gave. Fails on bytes of another length.
    fn restore(&mut self, state: &[u8]) -> Result<(), crate::CheckpointError>;

    /// Name of the engine and the reductions it applied, for the job's record: `f64`, `f32`, or
    /// `f32 span:5/21 packing sleeping` (rank of the data of 21 input rows; units sorted; silent ones
    /// asleep, or `freezing`). The instruction set is not part of it: it changes no bit.
    fn describe(&self) -> String;
}

/// What one noiseless forward pass shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observation {
    /// Mean squared error over samples and outputs.
    pub mean_squared_error: f64,
    /// For each hidden unit, in its original order, the number of samples for which it is active.
    pub active_samples: Vec<u32>,
}
