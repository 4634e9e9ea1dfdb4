//! One simulation from first step to result, in pieces of any length.

use std::borrow::Cow;

use crate::engine::{Engine, Observation, ReferenceEngine, SingleEngine};
use crate::network::Weights;
use crate::schedule::Schedule;
use crate::{
    Dataset, LossPoint, Outcome, Precision, RunResult, Spectrum, Task, ValidParameters, task,
};

mod checkpoint;
mod conclusion;
mod setup;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use setup::SetupError;

/// A network whose normalized loss exceeds this has diverged (the authors' `analyzer.py`).
const NORMALIZED_LOSS_MAX: f64 = 10.0;

/// The loss of a network without any error: its logarithm must be a number.
const NORMALIZED_LOSS_MIN: f64 = 1e-300;

/// A simulation under way.
pub struct Simulation {
    parameters: ValidParameters,
    data: Dataset,
    engine: Box<dyn Engine + Send>,
    schedule: Schedule,
    target_variance: f64,
    /// Beyond this the network has diverged. One that starts above the published limit, as rich
    /// networks on unit data do, has not diverged but not learned yet: its start is its limit.
    normalized_loss_max: f64,
    steps_done: u64,
    outcome: Option<Outcome>,
    /// The evenly spaced measurements taken so far; the schedule knows their steps.
    linear: Vec<Sample>,
    /// The logarithmically spaced ones.
    logarithmic: Vec<Sample>,
    /// Snapshots of each unit's activity: for each unit the number of samples it is active for.
    snapshots: Vec<Vec<u32>>,
    /// Snapshots of the loss's Hessian.
    spectra: Vec<Spectrum>,
}

/// A measurement in its smallest form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    /// log10 of the normalized loss; not finite if the loss is not.
    loss: f64,
    /// (unit, sample) pairs with activity > 0.
    active_pairs: u32,
    /// Units active for at least one sample.
    active_units: u32,
}

impl Simulation {
    /// Sets up data, weights and streams. `dataset` is read by task `dataset` alone.
    ///
    /// # Errors
    /// A data set that is missing or is not the one that the parameters name.
    pub fn new(
        parameters: &ValidParameters,
        dataset: Option<&Dataset>,
    ) -> Result<Self, SetupError> {
        let data = match parameters.task {
            Task::Dataset => Cow::Borrowed(setup::given(parameters, dataset)?),
            _ => Cow::Owned(task::generate(parameters)),
        };
        let (input_dim, output_dim) = (data.inputs().ncols(), data.targets().ncols());
        let weights = Weights::initial(parameters, input_dim, output_dim);
        let mut engine: Box<dyn Engine + Send> = match parameters.precision {
            Precision::F32 => Box::new(SingleEngine::new(parameters, &data, &weights)),
            Precision::F64 => Box::new(ReferenceEngine::new(parameters, &data, weights)),
        };
        let target_variance = setup::target_variance(&data);
        let untrained_loss = engine.observe().mean_squared_error / target_variance;
        Ok(Self {
            engine,
            schedule: Schedule::new(parameters),
            target_variance,
            normalized_loss_max: untrained_loss.max(NORMALIZED_LOSS_MAX),
            data: data.into_owned(),
            parameters: parameters.clone(),
            steps_done: 0,
            outcome: None,
            linear: Vec::new(),
            logarithmic: Vec::new(),
            snapshots: Vec::new(),
            spectra: Vec::new(),
        })
    }

    /// Goes on from a checkpoint.
    ///
    /// # Errors
    /// A checkpoint of other parameters, another model version, or damaged.
    pub fn restore(
        parameters: &ValidParameters,
        dataset: Option<&Dataset>,
        checkpoint: &Checkpoint,
    ) -> Result<Self, CheckpointError> {
        checkpoint::restore(parameters, dataset, checkpoint)
    }

    /// Takes up to `steps_max` steps; returns whether the simulation has finished.
    pub fn advance(&mut self, steps_max: u64) -> bool {
        let mut left = steps_max;
        while self.outcome.is_none() && left > 0 {
            let target = self
                .next_measured()
                .map_or(self.parameters.steps, |step| step + 1);
            let count = left.min(target - self.steps_done);
            self.engine.advance(count);
            self.steps_done += count;
            left -= count;
            if self.steps_done == target {
                self.measure();
            }
            if self.steps_done == self.parameters.steps && self.outcome.is_none() {
                self.outcome = Some(Outcome::Completed);
            }
        }
        self.outcome.is_some()
    }

    /// Steps taken so far.
    pub fn steps_done(&self) -> u64 {
        self.steps_done
    }

    /// The state as it is.
    pub fn checkpoint(&self) -> Checkpoint {
        checkpoint::save(self)
    }

    /// Ends the simulation; one that has not finished is truncated.
    pub fn finish(self) -> RunResult {
        conclusion::conclude(&self)
    }

    /// The next step after which something is measured. How much was measured is what tells.
    fn next_measured(&self) -> Option<u64> {
        let next = [
            self.schedule.linear(self.linear.len()),
            self.schedule.logarithmic(self.logarithmic.len()),
            self.schedule.snapshot(self.snapshots.len()),
            self.schedule.hessian(self.spectra.len()),
        ];
        next.into_iter().flatten().min()
    }

    /// Measures what is due after the step just taken, and ends a run that has failed. A snapshot
    /// alone ends none, so asking for snapshots changes no outcome.
    fn measure(&mut self) {
        let due = Some(self.steps_done - 1);
        if self.schedule.hessian(self.spectra.len()) == due {
            let point = LossPoint::new(&self.engine.weights(), &self.data);
            self.spectra.push(point.summarize(self.steps_done - 1));
        }
        let linear = self.schedule.linear(self.linear.len()) == due;
        let logarithmic = self.schedule.logarithmic(self.logarithmic.len()) == due;
        let snapshot = self.schedule.snapshot(self.snapshots.len()) == due;
        if !(linear || logarithmic || snapshot) {
            return;
        }
        let observation = self.engine.observe();
        let normalized_loss = observation.mean_squared_error / self.target_variance;
        let sample = Sample::new(normalized_loss, &observation);
        if linear {
            self.linear.push(sample);
        }
        if logarithmic {
            self.logarithmic.push(sample);
        }
        if linear || logarithmic {
            if normalized_loss.is_nan() || normalized_loss > self.normalized_loss_max {
                self.outcome = Some(Outcome::Diverged);
            } else if sample.active_pairs == 0 {
                self.outcome = Some(Outcome::Silent);
            }
        }
        if snapshot {
            self.snapshots.push(observation.active_samples);
        }
    }
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("engine", &self.engine.describe())
            .field("steps_done", &self.steps_done)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

impl Sample {
    fn new(normalized_loss: f64, observation: &Observation) -> Self {
        let active = &observation.active_samples;
        let loss = if normalized_loss.is_nan() {
            f64::NAN
        } else {
            libm::log10(normalized_loss.max(NORMALIZED_LOSS_MIN))
        };
        Self {
            loss,
            active_pairs: active.iter().sum(),
            active_units: active.iter().filter(|&&samples| samples > 0).count() as u32,
        }
    }
}

#[cfg(test)]
mod tests;
