//! What a simulation gives back.

use serde::{Deserialize, Serialize};

use crate::digest::Fingerprint;
use crate::{
    Digest, FullSpectrum, Measurement, Outcome, PlaceCode, Position, Spectrum, UnitActivity,
};

/// Everything a finished simulation has to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// What the network did.
    pub outcome: Outcome,
    /// Steps taken, at most the parameter `steps`.
    pub steps_done: u64,
    /// One value per metric.
    pub summary: Summary,
    /// The measurements kept, in order of their step.
    pub trajectory: Vec<Measurement>,
    /// Each unit's activity at the snapshots asked for.
    pub unit_activity: Vec<UnitActivity>,
    /// The loss's Hessian at the snapshots asked for.
    pub spectra: Vec<Spectrum>,
    /// All eigenvalues of the snapshots that have them, if asked for.
    pub eigenvalues: Vec<FullSpectrum>,
    /// Where a walker in a valley was, evenly spaced; of a network none.
    pub positions: Vec<Position>,
    /// What units tell about places, at the snapshots asked for.
    pub place_code: PlaceCode,
    /// What the engine was and which reductions it applied, for the job's record.
    pub engine: String,
    /// Fingerprint of all of the above but `engine`, and of the final weights' bits.
    pub digest: Digest,
}

/// One value per metric and run; absent where the outcome leaves it undefined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// log10 of the last measured loss over the variance of the targets.
    pub loss_final: Option<f64>,
    /// Active fraction at the first measurement.
    pub active_fraction_initial: Option<f64>,
    /// Mean active fraction of the last ten measurements but one.
    pub active_fraction_final: Option<f64>,
    /// Final over initial active fraction.
    pub normalized_active_fraction: Option<f64>,
    /// Fraction of active units at the first measurement.
    pub fraction_active_units_initial: Option<f64>,
    /// Mean fraction of active units of the last ten measurements but one.
    pub fraction_active_units_final: Option<f64>,
    /// Final over initial fraction of active units.
    pub normalized_fraction_active_units: Option<f64>,
    /// Whether the exponential fit of the fraction of active units is meaningful.
    pub timescale_fit: TimescaleFit,
    /// Time constant of that fit, in steps.
    pub sparsification_timescale: Option<f64>,
    /// log10 of the fitted rate: the published table's `log_tau` (so -log10 of the timescale).
    pub log10_tau: Option<f64>,
    /// First measured step at which the loss had converged.
    pub converged_step: Option<u64>,
    /// First measured step, of those with a converged loss, from which both fractions rested near their
    /// plateaus: the end of directed drift. Absent if that did not come.
    pub directed_drift_end_step: Option<u64>,
    /// Mean spatial information of place cells over the last ten snapshots but one, over that of the
    /// first.
    pub spatial_information_ratio: Option<f64>,
    /// Mean trace of the loss's Hessian over the last ten snapshots but one, over that of the first ten.
    pub hessian_trace_ratio: Option<f64>,
    /// The same of its largest eigenvalue.
    pub hessian_max_ratio: Option<f64>,
    /// Mean share of non-zero eigenvalues, by the published count, over the last ten snapshots but one.
    pub hessian_nonzero_fraction: Option<f64>,
}

impl Summary {
    /// Adds every value to a fingerprint, in the order of the fields.
    pub(crate) fn add_to(&self, fingerprint: &mut Fingerprint) {
        for value in [
            self.loss_final,
            self.active_fraction_initial,
            self.active_fraction_final,
            self.normalized_active_fraction,
            self.fraction_active_units_initial,
            self.fraction_active_units_final,
            self.normalized_fraction_active_units,
            self.sparsification_timescale,
            self.log10_tau,
            self.hessian_trace_ratio,
            self.hessian_max_ratio,
            self.hessian_nonzero_fraction,
        ] {
            fingerprint.optional_real(value);
        }
        fingerprint.bytes(self.timescale_fit.name().as_bytes());
        fingerprint.whole(u64::from(self.converged_step.is_some()));
        fingerprint.whole(self.converged_step.unwrap_or(0));
        if let Some(step) = self.directed_drift_end_step {
            fingerprint.bytes(b"directed_drift_end_step");
            fingerprint.whole(step);
        }
        if let Some(ratio) = self.spatial_information_ratio {
            fingerprint.bytes(b"spatial_information_ratio");
            fingerprint.real(ratio);
        }
    }
}

/// Verdict on the fit behind the sparsification timescale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimescaleFit {
    /// The fit has a falling slope.
    Ok,
    /// The run did not complete, or was never fitted.
    #[default]
    NotFitted,
    /// The curve never changed.
    Flat,
    /// Fewer than three points lie before the end of the fall.
    TooFewPoints,
    /// The fitted slope does not fall.
    NotFalling,
}

impl TimescaleFit {
    /// All names, in the order of declaration.
    pub const NAMES: [&'static str; 5] =
        ["ok", "not_fitted", "flat", "too_few_points", "not_falling"];

    /// The name used in SQL and in JSON.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}
