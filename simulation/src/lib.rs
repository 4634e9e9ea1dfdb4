//! The science of driftsweep: small noisy networks, trained for a long time, and what their hidden
//! units do meanwhile (Ratzon, Derdikman, Barak, *Representational drift as a result of implicit
//! regularization*, eLife 12:RP90069, 2024; below "the paper").
//!
//! Everything here is pure and deterministic: no I/O, no clock, no threads. The same
//! [`ValidParameters`] give the same bits on every machine, however the run is cut into pieces.
//!
//! ```
//! use simulation::{Parameters, Simulation};
//!
//! let parameters = Parameters { steps: 2_000, seed: 7, ..Parameters::default() }.check()?;
//! let mut simulation = Simulation::new(&parameters, None)?;
//! simulation.advance(u64::MAX);
//! let result = simulation.finish();
//! assert!(result.summary.fraction_active_units_initial.unwrap() > 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod dataset;
mod digest;
mod engine;
mod hessian;
mod measurement;
mod network;
mod outcome;
mod parameters;
mod phases;
mod place;
mod result;
mod schedule;
mod simulate;
mod stream;
mod summary;
mod task;
mod timescale;
#[doc(hidden)]
pub mod workload;

pub use dataset::{Dataset, DatasetError};
pub use digest::Digest;
pub use hessian::{
    Eigenvalues, FullSpectrum, LossPoint, Spectrum, hessian_cubes_max, snapshot_order,
};
pub use measurement::{Measurement, Position, UnitActivity};
pub use outcome::Outcome;
pub use parameters::{
    Algorithm, DataRange, HessianEigenvalues, LabelNoiseDistribution, NoiseType, ParameterError,
    Parameters, Precision, Reductions, Regime, Task, UpdateNoiseTarget, ValidParameters,
};
pub use place::{PlaceBin, PlaceCode, PlaceCorrelation, PlaceSnapshot, RateMap};
pub use result::{RunResult, Summary, TimescaleFit};
pub use simulate::{Checkpoint, CheckpointError, SetupError, Simulation};
pub use task::{TrackPath, track_path};

/// Version of the model: part of every job's identity. Raised whenever the same parameters would
/// give other bits, so that old results are never taken for new ones.
pub const MODEL_VERSION: u32 = 3;
