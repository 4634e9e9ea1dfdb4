//! The place code: what hidden units tell about where the agent is (paper, Methods, "Tuning properties";
//! the authors' `utils.py`), and how much of it lasts from one snapshot to another.

use serde::{Deserialize, Serialize};

use crate::ValidParameters;
use crate::digest::Fingerprint;
use crate::summary::averaged;

mod activity;
mod bins;
mod correlation;
mod maps;

pub(crate) use activity::Activity;
use bins::Bins;
pub(crate) use bins::TRACK_BINS;
use correlation::Standardized;
use maps::Maps;

/// Snapshots whose rate maps are kept, as in the paper's Figure 2D.
const MAPPED: u64 = 4;

/// The place code of a run; empty unless the parameter `place_snapshots` asks for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaceCode {
    /// Where activity is counted. In the corridor 100 bins along its length, first those of the way
    /// down, then those of the way up; in every other task one for each sample (on the ring, probe).
    pub bins: Vec<PlaceBin>,
    /// Tuning at each snapshot, in order of its step.
    pub snapshots: Vec<PlaceSnapshot>,
    /// Every pair of snapshots.
    pub correlations: Vec<PlaceCorrelation>,
    /// Maps of the units active at four of the snapshots, by step and unit.
    pub rate_maps: Vec<RateMap>,
}

/// One bin of all rate maps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceBin {
    /// Its number, from 0.
    pub bin: u32,
    /// Its centre: distance from the corridor's lower end, negative on the way down. Absent where
    /// samples have no place.
    pub position: Option<f64>,
    /// Share of the samples that fall into it.
    pub occupancy: f64,
}

/// Tuning of all units at one snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceSnapshot {
    /// Number of the step just taken, from 0.
    pub step: u64,
    /// Mean spatial information of the place cells, in bits; absent if there are none.
    pub mean_spatial_information: Option<f64>,
    /// Units with a spatial information above 0.01 bits.
    pub place_cells: u32,
}

/// How much two snapshots have in common. Absent where no correlation is defined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceCorrelation {
    /// Step of the earlier snapshot.
    pub step: u64,
    /// Step of the later one.
    pub other_step: u64,
    /// Pearson correlation of a unit's two smoothed rate maps, mean over the units that are place
    /// cells in both.
    pub rate_maps: Option<f64>,
    /// Pearson correlation over all units of a sample's two activities, mean over samples.
    pub population_vectors: Option<f64>,
}

/// Where one unit was active at one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateMap {
    /// Number of the step just taken, from 0.
    pub step: u64,
    /// The unit, from 0.
    pub unit: u32,
    /// In bits, of the map before smoothing.
    pub spatial_information: f64,
    /// Mean activity in each bin, smoothed along the corridor.
    pub rates: Vec<f32>,
}

impl PlaceCode {
    /// Works out the snapshots taken, `(step, activity)` in order. All activities are finite.
    pub(crate) fn new(parameters: &ValidParameters, taken: &[(u64, &Activity)]) -> Self {
        if taken.is_empty() {
            return Self::default();
        }
        let planned = parameters.steps.min(parameters.place_snapshots().into());
        Self::of(&Bins::new(parameters), &mapped(planned), taken)
    }

    /// The same for any bins; `mapped` are the indices of the snapshots whose maps are kept.
    fn of(bins: &Bins, mapped: &[u64], taken: &[(u64, &Activity)]) -> Self {
        let steps: Vec<u64> = taken.iter().map(|&(step, _)| step).collect();
        let activities: Vec<_> = taken.iter().map(|(_, activity)| activity.dense()).collect();
        let maps: Vec<Maps> = activities.iter().map(|a| Maps::new(a, bins)).collect();
        let of_maps: Vec<_> = maps.iter().map(Maps::standardized).collect();
        let of_samples: Vec<_> = activities
            .iter()
            .map(|activity| Standardized::new(&activity.t(), |_| true))
            .collect();
        let snapshots = steps.iter().zip(&maps);
        let kept = (0..).zip(snapshots.clone());
        let kept = kept.filter(|(index, _)| mapped.contains(index));
        Self {
            bins: bins.describe(),
            correlations: correlations(&steps, &of_maps, &of_samples),
            rate_maps: kept
                .flat_map(|(_, (&step, maps))| maps.rate_maps(step))
                .collect(),
            snapshots: snapshots.map(|(&step, maps)| maps.sum_up(step)).collect(),
        }
    }

    /// Mean spatial information of the last ten snapshots but one, over that of the first snapshot.
    /// Absent if one of them has no place cell, and for a single snapshot.
    pub(crate) fn spatial_information_ratio(&self) -> Option<f64> {
        let values = self.snapshots.iter().map(|s| s.mean_spatial_information);
        let values: Vec<Option<f64>> = values.collect();
        if values.len() < 2 {
            return None;
        }
        let late = values[averaged(values.len())].iter().copied();
        let late: Vec<f64> = late.collect::<Option<_>>()?;
        Some(late.iter().sum::<f64>() / late.len() as f64 / values[0]?)
    }

    /// Adds every value to a fingerprint, if there are any.
    pub(crate) fn add_to(&self, fingerprint: &mut Fingerprint) {
        if self.snapshots.is_empty() {
            return;
        }
        fingerprint.whole(self.bins.len() as u64);
        for bin in &self.bins {
            fingerprint.whole(bin.bin.into());
            fingerprint.optional_real(bin.position);
            fingerprint.real(bin.occupancy);
        }
        fingerprint.whole(self.snapshots.len() as u64);
        for snapshot in &self.snapshots {
            fingerprint.whole(snapshot.step);
            fingerprint.optional_real(snapshot.mean_spatial_information);
            fingerprint.whole(snapshot.place_cells.into());
        }
        fingerprint.whole(self.correlations.len() as u64);
        for pair in &self.correlations {
            fingerprint.whole(pair.step);
            fingerprint.whole(pair.other_step);
            fingerprint.optional_real(pair.rate_maps);
            fingerprint.optional_real(pair.population_vectors);
        }
        fingerprint.whole(self.rate_maps.len() as u64);
        for map in &self.rate_maps {
            fingerprint.whole(map.step);
            fingerprint.whole(map.unit.into());
            fingerprint.real(map.spatial_information);
            fingerprint.whole(map.rates.len() as u64);
            for &rate in &map.rates {
                fingerprint.real(rate.into());
            }
        }
    }
}

fn correlations(
    steps: &[u64],
    of_maps: &[Standardized],
    of_samples: &[Standardized],
) -> Vec<PlaceCorrelation> {
    let count = steps.len();
    let pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
    let correlation = |(one, other): (usize, usize)| PlaceCorrelation {
        step: steps[one],
        other_step: steps[other],
        rate_maps: of_maps[one].mean_correlation(&of_maps[other]),
        population_vectors: of_samples[one].mean_correlation(&of_samples[other]),
    };
    pairs.map(correlation).collect()
}

/// Which of `count` snapshots have their maps kept: floor(linspace(count / 10, count - 1, 4)), in exact
/// arithmetic, without repetition.
fn mapped(count: u64) -> Vec<u64> {
    let (tenths, last) = (count, 10 * (count - 1));
    let intervals = MAPPED - 1;
    let mut mapped: Vec<u64> = (0..MAPPED)
        .map(|k| (tenths.min(last) * (intervals - k) + last * k) / (10 * intervals))
        .collect();
    mapped.dedup();
    mapped
}

#[cfg(test)]
mod tests;
