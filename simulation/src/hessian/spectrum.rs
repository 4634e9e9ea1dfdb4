//! A spectrum in a few numbers.

use serde::{Deserialize, Serialize};

use super::{LossPoint, structured};
use crate::ValidParameters;
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
    /// [`LossPoint::summarize`]), cost too much (parameter `hessian_cost_max`) or the network has diverged.
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
    /// half of the live units' null ones, which rounding makes positive as often as negative. The
    /// published rows whose units are all active agree to 0.001.
    pub nonzero_fraction: f64,
    /// The positive eigenvalues over P.
    pub nonzero_tol: f64,
}

/// Every eigenvalue of a snapshot that is not known to be zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FullSpectrum {
    /// Number of the step just taken, from 0.
    pub step: u64,
    /// Falling. What lacks to the number of parameters is zero: a unit is silent, its inputs span few
    /// dimensions, or the samples are few.
    pub eigenvalues: Vec<f64>,
}

/// Order of the matrix whose eigenvalues a snapshot of such a network takes, if every unit is active
/// for every sample; 0 if it would be too large and the trace is all. For what a job will cost.
pub fn snapshot_order(parameters: &ValidParameters) -> usize {
    let sizes = Sizes {
        samples: parameters.n_samples as usize,
        inputs: parameters.input_dim as usize + 1,
        outputs: parameters.output_dim as usize,
        units: parameters.hidden_units as usize,
    };
    sizes.route().map_or(0, |(_, order)| order)
}

/// Where a snapshot's eigenvalues come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Exact,
    GaussNewton,
}

/// What decides the route; `inputs` counts the bias.
struct Sizes {
    samples: usize,
    inputs: usize,
    outputs: usize,
    units: usize,
}

impl Sizes {
    /// The route, and the order of its matrix at most.
    fn route(&self) -> Option<(Route, usize)> {
        let rows = self.samples * self.outputs;
        let spanned = self.samples.min(self.inputs);
        let coupled = 2 * self.units * spanned.min(self.outputs);
        let exact = coupled + rows.min(self.units * (spanned + self.outputs));
        let routes = [(Route::Exact, exact), (Route::GaussNewton, rows)];
        routes.into_iter().find(|&(_, order)| order <= ORDER_MAX)
    }
}

impl FullSpectrum {
    /// Adds step and eigenvalues to a fingerprint.
    pub(crate) fn add_to(&self, fingerprint: &mut Fingerprint) {
        fingerprint.whole(self.step);
        fingerprint.whole(self.eigenvalues.len() as u64);
        for &value in &self.eigenvalues {
            fingerprint.real(value);
        }
    }
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
        self.measure(step, |_| true).0
    }

    /// The same with the eigenvalues, if there are any: the trace alone too where `affordable`, asked with
    /// the order of the matrix to be solved, declines.
    pub(crate) fn measure(
        &self,
        step: u64,
        affordable: impl FnOnce(usize) -> bool,
    ) -> (Spectrum, Option<Vec<f64>>) {
        let trace = self.trace();
        let route = self.sizes().route().map(|(route, _)| route);
        let order = match route {
            Some(Route::Exact) => structured::order(self),
            _ => self.residuals.len(),
        };
        let values = match route {
            Some(route) if trace.is_finite() && affordable(order) => match route {
                Route::Exact => self.eigenvalues(),
                Route::GaussNewton => self.gauss_newton_eigenvalues(),
            },
            _ => None,
        };
        let exact = route == Some(Route::Exact);
        let spectrum = Spectrum {
            step,
            trace,
            eigenvalues: values.as_ref().map(|values| self.count(exact, values)),
        };
        (spectrum, values)
    }

    fn sizes(&self) -> Sizes {
        let (samples, output_dim) = self.residuals.dim();
        Sizes {
            samples,
            inputs: self.inputs.ncols() + 1,
            outputs: output_dim,
            units: self.hidden.ncols(),
        }
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
