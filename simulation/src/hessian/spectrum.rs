//! A spectrum in a few numbers.

use serde::{Deserialize, Serialize};

use super::LossPoint;
use crate::digest::Fingerprint;

/// Share of the largest eigenvalue below which one counts as zero. Counts are the same for any
/// share from 1e-12 to 1e-6.
const TOLERANCE: f64 = 1e-8;

/// Largest matrix whose eigenvalues are sought at a snapshot: some seconds.
const ORDER_MAX: usize = 4_000;

/// The Hessian of the loss at one snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spectrum {
    /// Number of the step just taken, from 0.
    pub step: u64,
    /// Sum of all eigenvalues, in closed form.
    pub trace: f64,
    /// What the eigenvalues say; absent where they were not computed, as the matrix is too large (see
    /// [`LossPoint::summarize`]) or the network has diverged.
    pub eigenvalues: Option<Eigenvalues>,
}

/// Counts and sums over a Hessian's eigenvalues. P is the number of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eigenvalues {
    /// Whether they are the whole Hessian's, not only those of its Gauss-Newton part.
    pub exact: bool,
    /// The largest; 0 if all units are silent.
    pub largest: f64,
    /// Number above 1e-8 of the largest.
    pub positive: u32,
    /// Number below minus 1e-8 of the largest. The Gauss-Newton part has none.
    pub negative: u32,
    /// Sum of the natural logarithms of the positive ones.
    pub log_sum: f64,
    /// The published count over P, as exact arithmetic expects it: the positive eigenvalues, and
    /// half of the live units' null ones, which rounding makes positive as often as negative.
    pub nonzero_fraction: f64,
    /// The positive eigenvalues over P.
    pub nonzero_tol: f64,
}

impl Spectrum {
    /// Adds every value to a fingerprint, in the order of the fields.
    pub(crate) fn add_to(&self, fingerprint: &mut Fingerprint) {
        fingerprint.whole(self.step);
        fingerprint.real(self.trace);
        fingerprint.whole(u64::from(self.eigenvalues.is_some()));
        let Some(values) = &self.eigenvalues else {
            return;
        };
        fingerprint.whole(u64::from(values.exact));
        fingerprint.real(values.largest);
        fingerprint.whole(u64::from(values.positive));
        fingerprint.whole(u64::from(values.negative));
        fingerprint.real(values.log_sum);
        fingerprint.real(values.nonzero_fraction);
        fingerprint.real(values.nonzero_tol);
    }
}

impl LossPoint {
    /// Trace and eigenvalues in a few numbers.
    ///
    /// Which route is taken depends on the sizes alone, so that all snapshots of a run are alike: the
    /// exact one if its matrix can't exceed order 4,000, else the Gauss-Newton part if that doesn't, else
    /// the trace alone.
    pub fn summarize(&self, step: u64) -> Spectrum {
        let trace = self.trace();
        let exact = self.order_max() <= ORDER_MAX;
        let values = if !trace.is_finite() {
            None
        } else if exact {
            self.eigenvalues()
        } else if self.residuals.len() <= ORDER_MAX {
            self.gauss_newton_eigenvalues()
        } else {
            None
        };
        Spectrum {
            step,
            trace,
            eigenvalues: values.map(|values| self.count(exact, &values)),
        }
    }

    /// Order of the matrix behind [`LossPoint::eigenvalues`] if all units are active for all samples
    /// or for as many as make it largest.
    fn order_max(&self) -> usize {
        let (samples, output_dim) = self.residuals.dim();
        let coupled = output_dim.min(samples).min(self.inputs.ncols() + 1);
        let (units, rows) = (self.hidden.ncols(), self.residuals.len());
        let free = units * (output_dim + samples.min(self.inputs.ncols() + 1));
        2 * units * coupled + rows.min(free)
    }

    /// The numbers that `values`, falling and without zeros that are known, amount to.
    pub fn count(&self, exact: bool, values: &[f64]) -> Eigenvalues {
        let largest = values.first().copied().unwrap_or(0.0).max(0.0);
        let bound = TOLERANCE * largest;
        let positive = values.iter().filter(|&&value| value > bound).count();
        let negative = values.iter().filter(|&&value| value < -bound).count();
        let parameters = self.parameter_count() as f64;
        // positive + (live - positive - negative) / 2
        let expected = (self.live_parameter_count() + positive - negative) as f64 / 2.0;
        Eigenvalues {
            exact,
            largest,
            positive: positive as u32,
            negative: negative as u32,
            log_sum: values[..positive]
                .iter()
                .map(|&value| libm::log(value))
                .sum(),
            nonzero_fraction: expected / parameters,
            nonzero_tol: positive as f64 / parameters,
        }
    }
}
