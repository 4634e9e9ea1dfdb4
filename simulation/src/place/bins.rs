//! Where samples are, in bins.

use super::PlaceBin;
use crate::{ValidParameters, track_path};

/// Bins along the corridor and back (the authors' `utils.py`).
pub(crate) const TRACK_BINS: u32 = 100;
/// Standard deviation of the smoothing along the corridor, in bins.
const TRACK_SMOOTHING: f64 = 0.06 * TRACK_BINS as f64;

/// The bins of one task.
pub(super) struct Bins {
    /// The bin of each sample.
    pub of_sample: Vec<usize>,
    /// Number of samples in each bin.
    pub samples_in: Vec<u32>,
    /// Centre of each bin, where bins have a place.
    centres: Option<Vec<f64>>,
    /// Standard deviation of the smoothing of maps, in bins; 0 for none.
    pub smoothing: f64,
}

impl Bins {
    /// Bins of the corridor, or one for each sample (on the ring, probe) of any other task. Those have no order along
    /// which to smooth: successive views of the abstract predictive task are independent by design.
    pub fn new(parameters: &ValidParameters) -> Self {
        match track_path(parameters) {
            Some(path) => Self::along_track(&path.positions),
            None => Self::one_each(parameters.observed_samples() as usize),
        }
    }

    /// 100 equal bins over the range of [`signed_places`]; the last is closed.
    pub fn along_track(positions: &[f64]) -> Self {
        let places = signed_places(positions);
        let start = places.iter().copied().fold(f64::INFINITY, f64::min);
        let end = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let bins_per_length = if end > start {
            f64::from(TRACK_BINS) / (end - start)
        } else {
            0.0
        };
        let bin = |place: &f64| ((place - start) * bins_per_length) as usize;
        let of_sample: Vec<usize> = places
            .iter()
            .map(|place| bin(place).min(TRACK_BINS as usize - 1))
            .collect();
        let mut samples_in = vec![0; TRACK_BINS as usize];
        for &bin in &of_sample {
            samples_in[bin] += 1;
        }
        let share = |bin| (f64::from(bin) + 0.5) / f64::from(TRACK_BINS);
        let centres = (0..TRACK_BINS).map(|bin| start + share(bin) * (end - start));
        Self {
            of_sample,
            samples_in,
            centres: Some(centres.collect()),
            smoothing: TRACK_SMOOTHING,
        }
    }

    fn one_each(samples: usize) -> Self {
        Self {
            of_sample: (0..samples).collect(),
            samples_in: vec![1; samples],
            centres: None,
            smoothing: 0.0,
        }
    }

    /// Share of the samples in each bin.
    pub fn occupancy(&self) -> Vec<f64> {
        let samples = self.of_sample.len() as f64;
        let shares = self.samples_in.iter().map(|&n| f64::from(n) / samples);
        shares.collect()
    }

    /// The bins as a result tells them.
    pub fn describe(&self) -> Vec<PlaceBin> {
        let occupancy = (0..).zip(self.occupancy());
        occupancy
            .map(|(bin, occupancy)| PlaceBin {
                bin,
                position: self.centres.as_ref().map(|centres| centres[bin as usize]),
                occupancy,
            })
            .collect()
    }
}

/// Distance from the lowest position, with the sign of the step that led there: each direction is a
/// half line of its own. The first sample takes the second's sign; a step of no length has sign 0.
fn signed_places(positions: &[f64]) -> Vec<f64> {
    let lowest = positions.iter().copied().fold(f64::INFINITY, f64::min);
    let sign = |step: f64| match step {
        _ if step > 0.0 => 1.0,
        _ if step < 0.0 => -1.0,
        _ => 0.0,
    };
    let mut signs: Vec<f64> = positions
        .windows(2)
        .map(|pair| sign(pair[1] - pair[0]))
        .collect();
    signs.insert(0, signs.first().copied().unwrap_or(0.0));
    let places = positions.iter().zip(signs);
    places.map(|(y, sign)| (y - lowest) * sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameters, Task};

    #[test]
    fn each_direction_is_a_half_line() {
        let positions = [-1.0, 0.0, 2.0, 2.0, 1.0, -3.0, -2.0];
        let expected = [2.0, 3.0, 5.0, 0.0, -4.0, -0.0, 1.0];
        assert_eq!(signed_places(&positions), expected);
        assert_eq!(signed_places(&[4.0]), [0.0]);
    }

    #[test]
    fn bins_are_equal_and_the_last_is_closed() {
        // Up from 0 to 10 in tenths: places 0 to 10, bins a tenth wide, the last sample in the last bin.
        let positions: Vec<f64> = (0..=100).map(|k| f64::from(k) / 10.0 + 1e-6).collect();
        let bins = Bins::along_track(&positions);
        assert_eq!(bins.samples_in[0], 1);
        assert_eq!(bins.samples_in[99], 2);
        assert_eq!(bins.samples_in.iter().sum::<u32>(), 101);
        let described = bins.describe();
        assert_eq!(described.len(), 100);
        let centre = described[30].position.unwrap();
        assert!((centre - 3.05).abs() < 1e-12, "{centre}");
        let occupied: f64 = described.iter().map(|bin| bin.occupancy).sum();
        assert!((occupied - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_corridors_bins_span_both_ways() {
        let parameters = Parameters {
            task: Task::PredictiveTrack,
            n_samples: 150,
            heading_jitter: false,
            ..Parameters::default()
        };
        let bins = Bins::new(&parameters.check().unwrap()).describe();
        let centres: Vec<f64> = bins.iter().map(|bin| bin.position.unwrap()).collect();
        // From the turn at the top (11.2 above the other) down to 0, and from 0 up to it.
        assert!((-11.2..-10.0).contains(&centres[0]), "{}", centres[0]);
        assert!((10.0..11.2).contains(&centres[99]), "{}", centres[99]);
        assert!(centres.is_sorted());
    }

    #[test]
    fn without_places_each_sample_is_a_bin() {
        let parameters = Parameters {
            n_samples: 4,
            ..Parameters::default()
        };
        let bins = Bins::new(&parameters.check().unwrap()).describe();
        let bin = |bin| PlaceBin {
            bin,
            position: None,
            occupancy: 0.25,
        };
        assert_eq!(bins, [0, 1, 2, 3].map(bin));
    }

    #[test]
    fn an_agent_that_never_moved_is_in_one_bin() {
        let bins = Bins::along_track(&[1.0; 5]);
        assert_eq!(bins.samples_in[0], 5);
    }
}
