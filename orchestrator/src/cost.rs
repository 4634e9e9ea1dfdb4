//! How long a job will take, before it has run.
//!
//! A job's time is a sum of terms, each with a coefficient of its `Kind`. The coefficients come
//! from a benchmark sweep (`shipped`); one short timing tells how much faster or slower this machine
//! is, and jobs that have finished correct what either got wrong.

use simulation::ValidParameters;

pub mod fit;
mod pace;
mod shipped;
mod terms;

pub use terms::{KINDS, Kind, TERMS, terms};

/// A finished job: what it was, and the seconds of one core that it took.
#[derive(Clone, Debug)]
pub struct Observation {
    /// What was run.
    pub parameters: ValidParameters,
    /// Seconds from start to end on one slot.
    pub seconds: f64,
}

/// Seconds by parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct CostModel {
    /// Nanoseconds per unit of each term, by kind.
    coefficients: [[f64; TERMS]; KINDS],
}

impl CostModel {
    /// The model of the machine that the benchmarks ran on.
    pub fn shipped() -> Self {
        Self {
            coefficients: shipped::NANOSECONDS,
        }
    }

    /// The model of this machine: what finished jobs teach, or, without any, two short timings.
    pub fn of_this_machine(finished: &[Observation]) -> Self {
        if finished.is_empty() {
            Self::shipped().slowed(pace::against_shipped())
        } else {
            fit::learned(Self::shipped(), finished)
        }
    }

    /// Seconds of one core that a job takes.
    pub fn seconds(&self, parameters: &ValidParameters) -> f64 {
        let (kind, terms) = terms(parameters);
        let coefficients = &self.coefficients[kind as usize];
        let nanoseconds: f64 = terms.iter().zip(coefficients).map(|(t, c)| t * c).sum();
        1e-9 * nanoseconds
    }

    /// Nanoseconds per unit of each term, by kind.
    pub fn coefficients(&self) -> &[[f64; TERMS]; KINDS] {
        &self.coefficients
    }

    fn slowed(mut self, factor: f64) -> Self {
        self.coefficients
            .iter_mut()
            .flatten()
            .for_each(|c| *c *= factor);
        self
    }
}
