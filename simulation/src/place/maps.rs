//! Rate maps and what they tell about the place.

use ndarray::{Array2, ArrayView1, Axis};

use super::bins::Bins;
use super::correlation::Standardized;
use super::{PlaceSnapshot, RateMap};
use crate::task::gaussian_along_axis_0;

/// A unit whose spatial information exceeds this, in bits, is a place cell (the authors' `utils.py`).
const PLACE_CELL_MIN: f64 = 0.01;

/// All units' maps at one snapshot.
pub(super) struct Maps {
    /// Of the maps before smoothing, one entry per unit, in bits.
    spatial_information: Vec<f64>,
    /// Smoothed, `[bins, hidden_units]`.
    smoothed: Array2<f64>,
}

impl Maps {
    /// From activities `[hidden_units, n_samples]`.
    pub fn new(activity: &Array2<f64>, bins: &Bins) -> Self {
        let rates = rates(activity, bins);
        let occupancy = bins.occupancy();
        let units = rates.axis_iter(Axis(1));
        Self {
            spatial_information: units
                .map(|unit| spatial_information(&occupancy, &unit))
                .collect(),
            smoothed: gaussian_along_axis_0(&rates, bins.smoothing),
        }
    }

    /// The maps of place cells, ready to be compared.
    pub fn standardized(&self) -> Standardized {
        Standardized::new(&self.smoothed.t(), |unit| {
            is_place_cell(self.spatial_information[unit])
        })
    }

    /// Number of place cells and their mean spatial information.
    pub fn sum_up(&self, step: u64) -> PlaceSnapshot {
        let tuned = self.spatial_information.iter().copied();
        let tuned: Vec<f64> = tuned.filter(|&bits| is_place_cell(bits)).collect();
        let mean = tuned.iter().sum::<f64>() / tuned.len() as f64;
        PlaceSnapshot {
            step,
            mean_spatial_information: (!tuned.is_empty()).then_some(mean),
            place_cells: tuned.len() as u32,
        }
    }

    /// The maps of the units active anywhere.
    pub fn rate_maps(&self, step: u64) -> impl Iterator<Item = RateMap> {
        let units = (0..).zip(self.smoothed.axis_iter(Axis(1)));
        let active = units.filter(|(_, rates)| rates.iter().any(|&rate| rate > 0.0));
        active.map(move |(unit, rates)| RateMap {
            step,
            unit,
            spatial_information: self.spatial_information[unit as usize],
            rates: rates.iter().map(|&rate| rate as f32).collect(),
        })
    }
}

fn is_place_cell(spatial_information: f64) -> bool {
    spatial_information > PLACE_CELL_MIN
}

/// Mean activity of each unit over the samples in each bin, 0 in empty ones, `[bins, hidden_units]`.
fn rates(activity: &Array2<f64>, bins: &Bins) -> Array2<f64> {
    let mut rates = Array2::<f64>::zeros((bins.samples_in.len(), activity.nrows()));
    for (sample, &bin) in bins.of_sample.iter().enumerate() {
        rates.row_mut(bin).scaled_add(1.0, &activity.column(sample));
    }
    for (mut row, &samples) in rates.axis_iter_mut(Axis(0)).zip(&bins.samples_in) {
        row /= f64::from(samples.max(1));
    }
    rates
}

/// Skaggs's spatial information in bits: the sum of `p (r/m) log2(r/m)` over the bins, with p their
/// occupancy and m the mean rate, the sum of `p r`. 0 for a silent unit.
fn spatial_information(occupancy: &[f64], rates: &ArrayView1<f64>) -> f64 {
    let mean: f64 = occupancy.iter().zip(rates).map(|(p, r)| p * r).sum();
    if mean <= 0.0 {
        return 0.0;
    }
    let bits = |(p, r): (&f64, &f64)| {
        let ratio = r / mean;
        if ratio > 0.0 {
            p * ratio * libm::log2(ratio)
        } else {
            0.0
        }
    };
    occupancy.iter().zip(rates).map(bits).sum()
}
