//! When a network is measured: evenly and logarithmically spaced steps, and snapshots of its units.
//!
//! Nothing here is stored: the k-th step of a series follows from k, and how many measurements a run
//! has taken is the counter. Steps are numbered from 0; the step `k` is over after `k + 1` updates.

use crate::parameters::Model;
use crate::{Parameters, ValidParameters};

/// The measured steps of one run, as series.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    linear: Evenly,
    logarithmic: Vec<u64>,
    snapshots: Evenly,
    hessians: Evenly,
    positions: Evenly,
    places: Evenly,
    /// Indices into `linear` of the measurements that become rows of the trajectory.
    kept: Evenly,
}

impl Schedule {
    pub fn new(parameters: &ValidParameters) -> Self {
        let p: &Parameters = parameters;
        let linear = Evenly::new(p.steps, u64::from(p.linear_measurements));
        Self {
            linear,
            logarithmic: logarithmic_steps(p.steps, p.logarithmic_measurements),
            snapshots: Evenly::new(p.steps, u64::from(p.unit_activity_snapshots)),
            hessians: Evenly::new(p.steps, hessians(p)),
            positions: Evenly::new(p.steps, positions(p)),
            places: Evenly::new(p.steps, u64::from(parameters.place_snapshots())),
            kept: Evenly::new(linear.count, u64::from(p.trajectory_points)),
        }
    }

    /// Step of the `index`-th evenly spaced measurement, if there are so many.
    pub fn linear(&self, index: usize) -> Option<u64> {
        self.linear.get(index)
    }

    /// Step of the `index`-th logarithmically spaced measurement, if there are so many.
    pub fn logarithmic(&self, index: usize) -> Option<u64> {
        self.logarithmic.get(index).copied()
    }

    /// Step of the `index`-th snapshot of all units, if there are so many.
    pub fn snapshot(&self, index: usize) -> Option<u64> {
        self.snapshots.get(index)
    }

    /// Step of the `index`-th snapshot of the Hessian, if there are so many.
    pub fn hessian(&self, index: usize) -> Option<u64> {
        self.hessians.get(index)
    }

    /// Number of spectra.
    pub fn hessian_count(&self) -> usize {
        self.hessians.count as usize
    }

    /// Step of a walker's `index`-th position, if there are so many.
    pub fn position(&self, index: usize) -> Option<u64> {
        self.positions.get(index)
    }

    /// Step of the `index`-th snapshot of the place code, if there are so many.
    pub fn place(&self, index: usize) -> Option<u64> {
        self.places.get(index)
    }

    /// Which evenly spaced measurements are kept as rows of the trajectory, in order.
    pub fn kept(&self) -> impl Iterator<Item = usize> {
        let kept = self.kept;
        (0..).map_while(move |index| kept.get(index).map(|index| index as usize))
    }
}

/// A loss that no targets define has no Hessian to speak of.
fn hessians(parameters: &Parameters) -> u64 {
    match parameters.model() {
        Model::Network => parameters.hessian_snapshots.into(),
        Model::Ring | Model::Valley => 0,
    }
}

/// A walker's positions, as many as its trajectory has points; a network has none.
fn positions(parameters: &Parameters) -> u64 {
    match parameters.model() {
        Model::Valley => parameters.trajectory_points.into(),
        Model::Network | Model::Ring => 0,
    }
}

/// `count` whole numbers from 0 to `length - 1`, evenly spaced: floor(linspace(0, length - 1, count)),
/// in exact arithmetic, without repetition. A single one is the last.
#[derive(Clone, Copy, Debug)]
struct Evenly {
    last: u64,
    count: u64,
}

impl Evenly {
    /// More points than whole numbers mean all of them.
    fn new(length: u64, count: u64) -> Self {
        Self {
            last: length - 1,
            count: count.min(length),
        }
    }

    fn get(self, index: usize) -> Option<u64> {
        let index = index as u64;
        if index >= self.count {
            return None;
        }
        if self.count == 1 {
            return Some(self.last);
        }
        let floor = u128::from(index) * u128::from(self.last) / u128::from(self.count - 1);
        Some(floor as u64)
    }
}

/// `count` steps of a run, evenly spaced in the logarithm of the number of updates: the first is
/// step 0, the last the run's last. Rounding makes neighbours equal at the start; each is kept once.
fn logarithmic_steps(steps: u64, count: u32) -> Vec<u64> {
    let intervals = f64::from(count.max(2) - 1);
    let log_last = libm::log(steps as f64);
    let mut measured: Vec<u64> = (0..count)
        .map(|index| libm::exp(f64::from(index) / intervals * log_last))
        .map(|updates| (libm::round(updates) as u64).clamp(1, steps) - 1)
        .collect();
    // exp(ln(steps)) may miss the last step of a very long run by its rounding.
    if let [_, .., last] = measured.as_mut_slice() {
        *last = steps - 1;
    }
    measured.dedup();
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(change: impl FnOnce(&mut Parameters)) -> Schedule {
        let mut parameters = Parameters::default();
        change(&mut parameters);
        Schedule::new(&parameters.check().unwrap())
    }

    fn all(step: impl Fn(usize) -> Option<u64>) -> Vec<u64> {
        (0..).map_while(step).collect()
    }

    #[test]
    fn linear_steps_are_numpys_floored_linspace() {
        // numpy.floor(numpy.linspace(0, 99, 8))
        let s = schedule(|p| (p.steps, p.linear_measurements) = (100, 8));
        assert_eq!(all(|i| s.linear(i)), [0, 14, 28, 42, 56, 70, 84, 99]);
    }

    #[test]
    fn linear_steps_span_the_longest_run_exactly() {
        let s = schedule(|p| (p.steps, p.linear_measurements) = (1_000_000_000_000, 10_000_000));
        assert_eq!(s.linear(0), Some(0));
        assert_eq!(s.linear(9_999_999), Some(999_999_999_999));
        assert_eq!(s.linear(10_000_000), None);
        // floor(3 (10^12 - 1) / (10^7 - 1)) by hand.
        assert_eq!(s.linear(3), Some(300_000));
    }

    #[test]
    fn a_short_run_is_measured_at_every_step_once() {
        let s = schedule(|p| (p.steps, p.linear_measurements) = (4, 10_000));
        assert_eq!(all(|i| s.linear(i)), [0, 1, 2, 3]);
        let s = schedule(|p| p.steps = 1);
        assert_eq!(all(|i| s.linear(i)), [0]);
    }

    #[test]
    fn logarithmic_steps_are_powers_when_the_length_is_one() {
        let s = schedule(|p| (p.steps, p.logarithmic_measurements) = (10_000, 5));
        assert_eq!(all(|i| s.logarithmic(i)), [0, 9, 99, 999, 9_999]);
    }

    #[test]
    fn logarithmic_steps_repeat_nothing_and_end_with_the_run() {
        let s = schedule(|p| (p.steps, p.logarithmic_measurements) = (1_000_000_000_000, 500));
        let steps = all(|i| s.logarithmic(i));
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((steps[0], *steps.last().unwrap()), (0, 999_999_999_999));
        let s = schedule(|p| (p.steps, p.logarithmic_measurements) = (3, 100));
        assert_eq!(all(|i| s.logarithmic(i)), [0, 1, 2]);
        assert_eq!(schedule(|_| {}).logarithmic(0), None);
    }

    #[test]
    fn snapshots_are_evenly_spaced_and_one_is_the_last() {
        let s = schedule(|p| (p.steps, p.unit_activity_snapshots) = (11, 3));
        assert_eq!(all(|i| s.snapshot(i)), [0, 5, 10]);
        let s = schedule(|p| (p.steps, p.unit_activity_snapshots) = (11, 1));
        assert_eq!(all(|i| s.snapshot(i)), [10]);
        assert_eq!(schedule(|_| {}).snapshot(0), None);
        let s = schedule(|p| (p.steps, p.place_snapshots) = (1_000_000, Some(51)));
        assert_eq!(
            [0, 5, 50].map(|i| s.place(i)),
            [Some(0), Some(99_999), Some(999_999)]
        );
        assert_eq!(schedule(|_| {}).place(0), None);
    }

    #[test]
    fn kept_measurements_include_the_first_and_the_last() {
        let s = schedule(|p| (p.linear_measurements, p.trajectory_points) = (101, 5));
        assert_eq!(s.kept().collect::<Vec<_>>(), [0, 25, 50, 75, 100]);
        let s = schedule(|p| (p.linear_measurements, p.trajectory_points) = (3, 200));
        assert_eq!(s.kept().collect::<Vec<_>>(), [0, 1, 2]);
    }
}
