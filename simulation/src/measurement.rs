//! What is measured of a network, and when.

use serde::{Deserialize, Serialize};

/// The state of a network after a step, from a forward pass without noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Number of the step just taken, from 0 (so 0 is the state after one update).
    pub step: u64,
    /// log10 of the mean squared error over the unbiased variance of all targets. Always finite: an
    /// error of exactly zero counts as 1e-300.
    pub loss: f64,
    /// Share of (unit, sample) pairs with activity > 0.
    pub active_fraction: f64,
    /// Share of units active for at least one sample.
    pub fraction_active_units: f64,
}

/// Where a walker was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Number of the step just taken, from 0.
    pub step: u64,
    /// Along the valley.
    pub x: f64,
    /// Across it.
    pub y: f64,
}

/// How often each unit was active at one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitActivity {
    /// Number of the step just taken, from 0.
    pub step: u64,
    /// Number of samples for which the unit is active, one entry per hidden unit.
    pub active_samples: Vec<u32>,
}
