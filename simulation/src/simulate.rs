//! One simulation from first step to result, in pieces of any length.

use std::borrow::Cow;

use crate::engine::{Engine, Observation, start};
use crate::hessian::Budget;
use crate::network::Weights;
use crate::parameters::Model;
use crate::place::Activity;
use crate::schedule::Schedule;
use crate::{
    Dataset, FullSpectrum, HessianEigenvalues, LossPoint, Outcome, RunResult, Spectrum, Task,
    ValidParameters, task,
};

mod checkpoint;
mod conclusion;
mod manifold;
mod setup;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use setup::SetupError;

/// A network whose normalized loss exceeds this has diverged (the authors' `analyzer.py`).
const NORMALIZED_LOSS_MAX: f64 = 10.0;

/// Steps before a large loss means anything. With few outputs the first steps overshoot: at the published
/// learning rate nearly every network of one or two outputs exceeds the limit after its first step, is
/// back below it within 20, and learns. Published rows are as many for one output as for nineteen.
const TRANSIENT_STEPS: u64 = 100;

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
    /// Their eigenvalues, if they are to be kept.
    eigenvalues: Vec<FullSpectrum>,
    /// A walker's positions, x and y.
    positions: Vec<[f64; 2]>,
    /// What the eigenvalues have cost.
    budget: Budget,
    /// Snapshots of every activity, for the place code.
    activities: Vec<Activity>,
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
        let mut engine = start(parameters, &data);
        let target_variance = match parameters.model() {
            Model::Network => setup::target_variance(&data),
            // Neither the mismatch of similarities nor the height in a valley is measured against targets.
            Model::Ring | Model::Valley => 1.0,
        };
        let untrained_loss = engine.observe().mean_squared_error / target_variance;
        let schedule = Schedule::new(parameters);
        Ok(Self {
            engine,
            budget: Budget::new(parameters, schedule.hessian_count()),
            schedule,
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
            eigenvalues: Vec::new(),
            positions: Vec::new(),
            activities: Vec::new(),
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

    /// Inputs and targets, generated or given.
    pub fn data(&self) -> &Dataset {
        &self.data
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
            self.schedule.position(self.positions.len()),
            self.schedule.place(self.activities.len()),
        ];
        next.into_iter().flatten().min()
    }

    /// Measures what is due after the step just taken, and ends a run that has failed. A snapshot
    /// alone ends none, so asking for snapshots changes no outcome.
    fn measure(&mut self) {
        let due = Some(self.steps_done - 1);
        let resting = self.at_rest();
        if self.schedule.hessian(self.spectra.len()) == due {
            let weights = match &resting {
                Some(resting) => &resting.weights,
                None => &self.engine.weights(),
            };
            self.take_spectrum(weights);
        }
        if self.schedule.position(self.positions.len()) == due {
            let Weights { input, output, .. } = self.engine.weights();
            self.positions.push([input[[0, 0]], output[[0, 0]]]);
        }
        if self.schedule.place(self.activities.len()) == due {
            let activity = match &resting {
                Some(resting) => Activity::new(&resting.activity),
                None => Activity::new(&self.engine.activity()),
            };
            self.activities.push(activity);
        }
        let linear = self.schedule.linear(self.linear.len()) == due;
        let logarithmic = self.schedule.logarithmic(self.logarithmic.len()) == due;
        let snapshot = self.schedule.snapshot(self.snapshots.len()) == due;
        if !(linear || logarithmic || snapshot) {
            return;
        }
        let observation = self.engine.observe();
        let normalized_loss = observation.mean_squared_error / self.target_variance;
        // How the run goes is judged by its own state, wherever its metrics are taken.
        let failed = self.failure(normalized_loss, &observation);
        let shown = resting.map_or(observation, |resting| resting.observation);
        let sample = Sample::new(shown.mean_squared_error / self.target_variance, &shown);
        if linear {
            self.linear.push(sample);
        }
        if logarithmic {
            self.logarithmic.push(sample);
        }
        if linear || logarithmic {
            self.outcome = failed;
        }
        if snapshot {
            self.snapshots.push(shown.active_samples);
        }
    }

    fn failure(&self, normalized_loss: f64, observation: &Observation) -> Option<Outcome> {
        if self.has_diverged(normalized_loss) {
            Some(Outcome::Diverged)
        } else if observation
            .active_samples
            .iter()
            .all(|&samples| samples == 0)
        {
            Some(Outcome::Silent)
        } else {
            None
        }
    }

    /// Whether a loss measured now is that of a network that has diverged.
    fn has_diverged(&self, normalized_loss: f64) -> bool {
        let last = self.steps_done == self.parameters.steps;
        let judged = last || self.steps_done > TRANSIENT_STEPS;
        !normalized_loss.is_finite() || judged && normalized_loss > self.normalized_loss_max
    }

    /// A copy of the network on the manifold of least loss, if metrics are to be taken there. None
    /// also if it can't get there, having diverged.
    fn at_rest(&self) -> Option<manifold::Resting> {
        let weights = self
            .parameters
            .measure_on_manifold
            .then(|| self.engine.weights())?;
        manifold::descend(&self.parameters, &self.data, &weights, self.target_variance)
    }

    /// The trace, and the eigenvalues if they may cost so much.
    fn take_spectrum(&mut self, weights: &Weights) {
        let steps = self.steps_done;
        // Its units would count as silent, and its trace as 0.
        if !weights.values().all(|weight| weight.is_finite()) {
            self.spectra.push(Spectrum {
                step: steps - 1,
                trace: f64::NAN,
                eigenvalues: None,
            });
            return;
        }
        let (budget, index) = (&mut self.budget, self.spectra.len());
        let affordable = |order| budget.affords(index, order);
        let point = LossPoint::new(weights, &self.data);
        let (spectrum, eigenvalues) = point.measure(steps - 1, affordable);
        self.spectra.push(spectrum);
        if let (HessianEigenvalues::All, Some(eigenvalues)) =
            (self.parameters.hessian_eigenvalues, eigenvalues)
        {
            self.eigenvalues.push(FullSpectrum {
                step: steps - 1,
                eigenvalues,
            });
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
