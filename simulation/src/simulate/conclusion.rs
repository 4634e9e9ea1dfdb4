//! From what was recorded of a run to its result.

use super::{Sample, Simulation};
use crate::digest::Fingerprint;
use crate::network::Weights;
use crate::summary::summarize;
use crate::{
    Digest, FullSpectrum, Measurement, Outcome, PlaceCode, Position, RunResult, Spectrum, Summary,
    UnitActivity,
};

/// The result of a run as it stands; one that has not finished is truncated.
pub(super) fn conclude(simulation: &Simulation) -> RunResult {
    let outcome = simulation.outcome.unwrap_or(Outcome::Truncated);
    let linear = simulation.linear_measurements();
    let place_code = simulation.place_code();
    let mut summary = summarize(outcome, &linear, &simulation.spectra);
    if outcome == Outcome::Completed {
        summary.spatial_information_ratio = place_code.spatial_information_ratio();
    }
    let trajectory = simulation.trajectory(&linear);
    let unit_activity = simulation.unit_activity();
    let spectra = simulation.spectra();
    let positions = simulation.positions();
    let digest = digest(
        (outcome, simulation.steps_done),
        &summary,
        &trajectory,
        &unit_activity,
        (&spectra, &simulation.eigenvalues, &positions),
        &simulation.engine.weights(),
        &place_code,
    );
    RunResult {
        outcome,
        steps_done: simulation.steps_done,
        summary,
        trajectory,
        unit_activity,
        spectra,
        eigenvalues: simulation.eigenvalues.clone(),
        positions,
        place_code,
        engine: simulation.engine.describe(),
        digest,
    }
}

impl Simulation {
    fn linear_measurements(&self) -> Vec<Measurement> {
        let steps = (0..).map_while(|index| self.schedule.linear(index));
        let measured = steps.zip(&self.linear);
        measured
            .map(|(step, sample)| self.measurement(step, sample))
            .collect()
    }

    /// The evenly spaced measurements that are kept, the last one taken, and all logarithmic ones;
    /// without those of a loss that is no number.
    fn trajectory(&self, linear: &[Measurement]) -> Vec<Measurement> {
        let kept = self.schedule.kept().map_while(|index| linear.get(index));
        let steps = (0..).map_while(|index| self.schedule.logarithmic(index));
        let logarithmic = steps.zip(&self.logarithmic);
        let mut trajectory: Vec<Measurement> = logarithmic
            .map(|(step, sample)| self.measurement(step, sample))
            .chain(kept.chain(linear.last()).copied())
            .filter(|measurement| measurement.loss.is_finite())
            .collect();
        trajectory.sort_by_key(|measurement| measurement.step);
        trajectory.dedup_by_key(|measurement| measurement.step);
        trajectory
    }

    fn measurement(&self, step: u64, sample: &Sample) -> Measurement {
        let units = f64::from(self.parameters.hidden_units);
        let pairs = units * f64::from(self.parameters.observed_samples());
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

    fn positions(&self) -> Vec<Position> {
        let steps = (0..).map_while(|index| self.schedule.position(index));
        steps
            .zip(&self.positions)
            .map(|(step, &[x, y])| Position { step, x, y })
            .collect()
    }

    /// Without those of a network that has diverged beyond numbers.
    fn spectra(&self) -> Vec<Spectrum> {
        let spectra = self.spectra.iter().copied();
        spectra
            .filter(|spectrum| spectrum.trace.is_finite())
            .collect()
    }

    /// Without snapshots of a network that has diverged beyond numbers.
    fn place_code(&self) -> PlaceCode {
        let steps = (0..).map_while(|index| self.schedule.place(index));
        let taken = steps.zip(&self.activities);
        let taken: Vec<_> = taken.filter(|(_, activity)| activity.is_finite()).collect();
        PlaceCode::new(&self.parameters, &taken)
    }
}

fn digest(
    (outcome, steps_done): (Outcome, u64),
    summary: &Summary,
    trajectory: &[Measurement],
    unit_activity: &[UnitActivity],
    (spectra, eigenvalues, positions): (&[Spectrum], &[FullSpectrum], &[Position]),
    weights: &Weights,
    place_code: &PlaceCode,
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
    fingerprint.whole(spectra.len() as u64);
    for spectrum in spectra {
        spectrum.add_to(&mut fingerprint);
    }
    if !eigenvalues.is_empty() {
        fingerprint.bytes(b"eigenvalues");
        fingerprint.whole(eigenvalues.len() as u64);
        for spectrum in eigenvalues {
            spectrum.add_to(&mut fingerprint);
        }
    }
    if !positions.is_empty() {
        fingerprint.bytes(b"positions");
        fingerprint.whole(positions.len() as u64);
        for position in positions {
            fingerprint.whole(position.step);
            fingerprint.real(position.x);
            fingerprint.real(position.y);
        }
    }
    for &weight in weights.values() {
        fingerprint.real(weight);
    }
    place_code.add_to(&mut fingerprint);
    fingerprint.finish()
}
