//! One simulation from first step to result, in pieces of any length.

use std::borrow::Cow;

use crate::digest::Fingerprint;
use crate::engine::{Engine, Observation, ReferenceEngine};
use crate::network::Weights;
use crate::schedule::Schedule;
use crate::summary::summarize;
use crate::{
    Dataset, Digest, Measurement, Outcome, RunResult, Summary, Task, UnitActivity, ValidParameters,
    task,
};

mod checkpoint;
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
    engine: Box<dyn Engine + Send>,
    schedule: Schedule,
    target_variance: f64,
    steps_done: u64,
    outcome: Option<Outcome>,
    /// The evenly spaced measurements taken so far; the schedule knows their steps.
    linear: Vec<Sample>,
    /// The logarithmically spaced ones.
    logarithmic: Vec<Sample>,
    /// Snapshots of each unit's activity: for each unit the number of samples it is active for.
    snapshots: Vec<Vec<u32>>,
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
        Ok(Self {
            engine: Box::new(ReferenceEngine::new(parameters, &data, weights)),
            schedule: Schedule::new(parameters),
            target_variance: setup::target_variance(&data),
            parameters: parameters.clone(),
            steps_done: 0,
            outcome: None,
            linear: Vec::new(),
            logarithmic: Vec::new(),
            snapshots: Vec::new(),
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
        let outcome = self.outcome.unwrap_or(Outcome::Truncated);
        let linear = self.linear_measurements();
        let summary = summarize(outcome, &linear);
        let trajectory = self.trajectory(&linear);
        let unit_activity = self.unit_activity();
        let digest = digest(
            (outcome, self.steps_done),
            &summary,
            &trajectory,
            &unit_activity,
            &self.engine.save(),
        );
        RunResult {
            outcome,
            steps_done: self.steps_done,
            summary,
            trajectory,
            unit_activity,
            engine: self.engine.describe(),
            digest,
        }
    }

    /// The next step after which something is measured. How much was measured is what tells.
    fn next_measured(&self) -> Option<u64> {
        let next = [
            self.schedule.linear(self.linear.len()),
            self.schedule.logarithmic(self.logarithmic.len()),
            self.schedule.snapshot(self.snapshots.len()),
        ];
        next.into_iter().flatten().min()
    }

    /// Measures what is due after the step just taken, and ends a run that has failed. A snapshot
    /// alone ends none, so asking for snapshots changes no outcome.
    fn measure(&mut self) {
        let due = Some(self.steps_done - 1);
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
            if normalized_loss.is_nan() || normalized_loss > NORMALIZED_LOSS_MAX {
                self.outcome = Some(Outcome::Diverged);
            } else if sample.active_pairs == 0 {
                self.outcome = Some(Outcome::Silent);
            }
        }
        if snapshot {
            self.snapshots.push(observation.active_samples);
        }
    }

    fn linear_measurements(&self) -> Vec<Measurement> {
        let steps = (0..).map_while(|index| self.schedule.linear(index));
        let measured = steps.zip(&self.linear);
        measured
            .map(|(step, sample)| self.measurement(step, sample))
            .filter(|measurement| measurement.loss.is_finite())
            .collect()
    }

    /// The evenly spaced measurements that are kept, the last one taken, and all logarithmic ones.
    fn trajectory(&self, linear: &[Measurement]) -> Vec<Measurement> {
        let kept = self.schedule.kept().map_while(|index| linear.get(index));
        let steps = (0..).map_while(|index| self.schedule.logarithmic(index));
        let logarithmic = steps.zip(&self.logarithmic);
        let mut trajectory: Vec<Measurement> = logarithmic
            .map(|(step, sample)| self.measurement(step, sample))
            .filter(|measurement| measurement.loss.is_finite())
            .chain(kept.chain(linear.last()).copied())
            .collect();
        trajectory.sort_by_key(|measurement| measurement.step);
        trajectory.dedup_by_key(|measurement| measurement.step);
        trajectory
    }

    fn measurement(&self, step: u64, sample: &Sample) -> Measurement {
        let units = f64::from(self.parameters.hidden_units);
        let pairs = units * f64::from(self.parameters.n_samples);
        Measurement {
            step,
            loss: sample.loss,
            active_fraction: f64::from(sample.active_pairs) / pairs,
            fraction_active_units: f64::from(sample.active_units) / units,
        }
    }

    fn unit_activity(&self) -> Vec<UnitActivity> {
        let steps = (0..).map_while(|index| self.schedule.snapshot(index));
        steps
            .zip(&self.snapshots)
            .map(|(step, active_samples)| UnitActivity {
                step,
                active_samples: active_samples.clone(),
            })
            .collect()
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

fn digest(
    (outcome, steps_done): (Outcome, u64),
    summary: &Summary,
    trajectory: &[Measurement],
    unit_activity: &[UnitActivity],
    engine_state: &[u8],
) -> Digest {
    let mut fingerprint = Fingerprint::new();
    fingerprint.bytes(outcome.name().as_bytes());
    fingerprint.whole(steps_done);
    summary.add_to(&mut fingerprint);
    fingerprint.whole(trajectory.len() as u64);
    for measurement in trajectory {
        fingerprint.whole(measurement.step);
        fingerprint.real(measurement.loss);
        fingerprint.real(measurement.active_fraction);
        fingerprint.real(measurement.fraction_active_units);
    }
    fingerprint.whole(unit_activity.len() as u64);
    for activity in unit_activity {
        fingerprint.whole(activity.step);
        fingerprint.whole(activity.active_samples.len() as u64);
        for &samples in &activity.active_samples {
            fingerprint.whole(u64::from(samples));
        }
    }
    fingerprint.bytes(engine_state);
    fingerprint.finish()
}

#[cfg(test)]
mod tests;
