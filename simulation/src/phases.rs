//! The three phases of drift (paper, Table 1), by stated criteria; the authors give none.
//!
//! *Learning* lasts until the loss has converged, *directed drift* until the activity's statistics rest
//! too, and *null drift*, in which representations alone change, from then on. All is read off the
//! evenly spaced measurements, of which 1 % make a window and the last fifth makes the plateau.

use crate::Measurement;

/// Windows in a run: 1 % of the measurements each.
const WINDOWS: usize = 100;

/// Windows of the plateau.
const PLATEAU: usize = WINDOWS / 5;

/// Share of a curve's whole change within which it counts as being at its plateau.
const SHARE: f64 = 0.05;

/// Standard deviations of the plateau's own fluctuations within which it does too.
const DEVIATIONS: f64 = 3.0;

/// One in so many may leave the plateau again: slow noise does.
const EXCURSIONS: usize = 10;

/// Change of a fraction that doesn't count: one of the paper's hundred units.
const FRACTION_MIN: f64 = 0.01;

/// Where phases end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Phases {
    /// First measured step of directed drift. None: the loss did not fall.
    pub converged_step: Option<u64>,
    /// First measured step of null drift. None: it did not begin before the plateau's last fifth of the
    /// run, or learning did not end.
    pub directed_drift_end_step: Option<u64>,
}

impl Phases {
    /// Finds them in the evenly spaced measurements of a completed run, at least one.
    pub fn find(linear: &[Measurement]) -> Self {
        let Some(converged) = converged(linear) else {
            return Self::default();
        };
        let fractions = [
            resting_from(linear, |m| m.active_fraction),
            resting_from(linear, |m| m.fraction_active_units),
        ];
        let end = match fractions {
            [Some(one), Some(other)] => Some(one.max(other).max(converged)),
            _ => None,
        };
        Self {
            converged_step: Some(linear[converged].step),
            directed_drift_end_step: end.map(|index| linear[index].step),
        }
    }
}

/// First measurement whose running-median loss lies within 5 % of the whole fall above the plateau. The
/// plateau is the median of the last fifth; the window is 1 % of the measurements, centred, and must
/// lie within the run. None if the loss did not fall.
fn converged(linear: &[Measurement]) -> Option<usize> {
    let plateau = median(linear[plateau_start(linear.len())..].iter().map(|m| m.loss));
    let initial = linear[0].loss;
    if initial <= plateau {
        return None;
    }
    let bound = plateau + SHARE * (initial - plateau);
    let below = most(linear, |m| m.loss <= bound);
    let first = below.iter().position(|&below| below);
    first.map(|index| index + half_window(linear.len()))
}

/// First measurement at which the running median of a fraction lies within a band around its plateau, the
/// median of the last fifth, and from which on nine in ten do. The band is the largest of 5 % of the range that medians of windows
/// cover, 3 standard deviations of the plateau's windows around a straight line, and 0.01. None if that
/// is later than the plateau begins, or if the line changes by more than the band over the plateau: then
/// the fraction was still under way.
fn resting_from(linear: &[Measurement], fraction: impl Fn(&Measurement) -> f64) -> Option<usize> {
    let count = linear.len();
    if count < WINDOWS {
        return None;
    }
    let values: Vec<f64> = linear.iter().map(fraction).collect();
    let windows: Vec<f64> = (0..WINDOWS)
        .map(|k| {
            median(
                values[k * count / WINDOWS..(k + 1) * count / WINDOWS]
                    .iter()
                    .copied(),
            )
        })
        .collect();
    let plateau = &windows[WINDOWS - PLATEAU..];
    let level = median(plateau.iter().copied());
    let (trend, deviation) = line(plateau);
    let range = windows.iter().copied().fold(f64::MIN, f64::max)
        - windows.iter().copied().fold(f64::MAX, f64::min);
    let band = (SHARE * range)
        .max(DEVIATIONS * deviation)
        .max(FRACTION_MIN);
    if trend.abs() > band {
        return None;
    }
    let low = most(&values, |&value| value >= level - band);
    let high = most(&values, |&value| value <= level + band);
    let inside: Vec<bool> = low
        .iter()
        .zip(&high)
        .map(|(&low, &high)| low && high)
        .collect();
    let start = match first_kept(&inside)? {
        0 => 0,
        first => first + half_window(count),
    };
    (start <= plateau_start(count)).then_some(start)
}

/// First of the places that hold and from which on at most one in ten doesn't.
fn first_kept(holds: &[bool]) -> Option<usize> {
    let mut missing = holds.iter().filter(|&&holds| !holds).count();
    for (index, &holding) in holds.iter().enumerate() {
        if holding && missing * EXCURSIONS <= holds.len() - index {
            return Some(index);
        }
        missing -= usize::from(!holding);
    }
    None
}

/// Index of the first measurement of the last fifth.
fn plateau_start(count: usize) -> usize {
    count - count.div_ceil(5)
}

/// Measurements to either side of a window's centre.
fn half_window(count: usize) -> usize {
    count / (2 * WINDOWS)
}

/// For each window within the run whether a condition holds for most of it. The median of an odd window
/// is at most a bound if most of the window is: no need to sort.
fn most<T>(values: &[T], condition: impl Fn(&T) -> bool) -> Vec<bool> {
    let half = half_window(values.len());
    let window = 2 * half + 1;
    let holds = |value: &T| usize::from(condition(value));
    let mut held: usize = values[..window].iter().map(holds).sum();
    let mut most = vec![held > half];
    for (gone, come) in values.iter().zip(&values[window..]) {
        held = held - holds(gone) + holds(come);
        most.push(held > half);
    }
    most
}

/// The least-squares line through evenly spaced values: by how much it changes from the first to the
/// last, and the standard deviation around it.
fn line(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let places = (0..values.len()).map(|k| k as f64 - (count - 1.0) / 2.0);
    let covariance: f64 = places.clone().zip(values).map(|(x, y)| x * y).sum();
    let variance: f64 = places.clone().map(|x| x * x).sum();
    let slope = covariance / variance;
    let squares: f64 = places
        .zip(values)
        .map(|(x, y)| y - mean - slope * x)
        .map(|residual| residual * residual)
        .sum();
    (slope * (count - 1.0), (squares / (count - 2.0)).sqrt())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests;
