//! The training loop: a state, advanced step by step.

pub(crate) mod lanes;
pub(crate) mod normals;
mod reference;
mod ring;
mod single;
mod valley;

use reference::ReferenceEngine;
use ring::Ring;
use single::SingleEngine;
use valley::Valley;

use ndarray::Array2;

use crate::network::Weights;
use crate::parameters::Model;
use crate::{Dataset, Precision, ValidParameters};

/// The engine of what the task is about, in its initial state.
pub(crate) fn start(parameters: &ValidParameters, data: &Dataset) -> Box<dyn Engine + Send> {
    match parameters.model() {
        Model::Network => {
            let (input_dim, output_dim) = (data.inputs().ncols(), data.targets().ncols());
            let weights = Weights::initial(parameters, input_dim, output_dim);
            build(parameters, data, &weights)
        }
        Model::Ring => Box::new(Ring::new(parameters)),
        Model::Valley => Box::new(Valley::new(parameters)),
    }
}

/// A network's engine of the parameters' precision, with every stream at its beginning.
pub(crate) fn build(
    parameters: &ValidParameters,
    data: &Dataset,
    weights: &Weights,
) -> Box<dyn Engine + Send> {
    match parameters.precision {
        Precision::F32 => Box::new(SingleEngine::new(parameters, data, weights)),
        Precision::F64 => Box::new(ReferenceEngine::new(parameters, data, weights.clone())),
    }
}

/// The float32 engine on an instruction set of choice.
#[cfg(test)]
pub(crate) fn on(
    set: lanes::InstructionSet,
    parameters: &ValidParameters,
    data: &Dataset,
) -> Box<dyn Engine + Send> {
    let (input_dim, output_dim) = (data.inputs().ncols(), data.targets().ncols());
    let weights = Weights::initial(parameters, input_dim, output_dim);
    Box::new(SingleEngine::with(set, parameters, data, &weights))
}

/// A network in training, or what stands for one. Implemented by the float64 reference and the float32
/// kernels, by the ring and by the valley.
///
/// An engine owns its random streams. Cutting `advance(a + b)` into `advance(a); advance(b)`, or
/// saving and restoring in between, changes no bit of what follows.
pub(crate) trait Engine {
    /// Takes `count` steps.
    fn advance(&mut self, count: u64);

    /// Forward pass without noise over all samples; changes nothing that a later step can see.
    fn observe(&mut self) -> Observation;

    /// H of the same forward pass, `[hidden_units, n_samples]` (on the ring, probes), units in their original order; rounded
    /// to single precision where the engine has more.
    fn activity(&mut self) -> Array2<f32>;

    /// The weights as they are, widened if need be, in the paper's shapes.
    fn weights(&self) -> Weights;

    /// The state that `restore` of the same engine, made for the same parameters, takes back.
    fn save(&self) -> Vec<u8>;

    /// Takes back what `save` gave. Fails on bytes of another length.
    fn restore(&mut self, state: &[u8]) -> Result<(), crate::CheckpointError>;

    /// Name of the engine and the reductions it applied, for the job's record: `f64`, `f64 ring`, `f64 valley`, `f32`, or
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
