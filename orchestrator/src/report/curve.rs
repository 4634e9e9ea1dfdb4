//! Curves of many runs on one axis, and their mean.

use super::figure::Series;
use crate::statistics::{deviation, mean};

/// Lower end of a band on a logarithmic axis, as a share of the mean.
const LOG_BAND_MIN: f64 = 0.1;

/// Points of a curve after resampling, as in the published data; one more for the start.
pub(crate) const POINTS: usize = 101;

/// A run's curve at evenly spaced fractions of the run, from 0 to 1; NaN before its first and after
/// its last measurement, and where one is missing.
pub(crate) type Curve = Vec<f64>;

/// Resamples by straight lines between the points, `(step, value)` with rising steps, of a run of
/// `steps` steps. No line is drawn to a point whose value is NaN: beside one, a value counts at the
/// nearest place alone.
///
/// `None` of fewer than two points.
pub(crate) fn resample(points: &[(f64, f64)], steps: f64) -> Option<Curve> {
    let (first, last) = (points.first()?.0, points.last()?.0);
    if last <= first {
        return None;
    }
    let mut next = 1;
    let spacing = (steps - 1.0) / (POINTS - 1) as f64;
    let at = |index: usize| {
        let x = spacing * index as f64;
        if x < first || x > last {
            return f64::NAN;
        }
        while points[next].0 < x && next + 1 < points.len() {
            next += 1;
        }
        let ((x0, y0), (x1, y1)) = (points[next - 1], points[next]);
        let is_nearest = |other: f64| (x - other).abs() <= spacing / 2.0;
        match (y0.is_nan(), y1.is_nan()) {
            (true, false) if is_nearest(x1) => return y1,
            (false, true) if is_nearest(x0) => return y0,
            _ => {}
        }
        y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).clamp(0.0, 1.0)
    };
    Some((0..POINTS).map(at).collect())
}

/// Divides a curve by its first value; `None` where that is zero or no number.
pub(crate) fn normalized(points: &[(f64, f64)]) -> Option<Vec<(f64, f64)>> {
    let first = points.first()?.1;
    if first == 0.0 || !first.is_finite() {
        return None;
    }
    Some(points.iter().map(|(x, y)| (*x, y / first)).collect())
}

/// Mean of curves and the interval of one standard deviation around it, point by point. NaN where
/// fewer than half of the curves have a value: a mean over the few would be of other runs.
fn mean_and_band(curves: &[Curve]) -> (Curve, Vec<(f64, f64)>) {
    let points = curves.first().map_or(0, Vec::len);
    (0..points)
        .map(|point| {
            let values = curves.iter().map(|curve| curve[point]);
            let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
            if 2 * values.len() < curves.len() {
                return (f64::NAN, (f64::NAN, f64::NAN));
            }
            let (centre, spread) = (mean(&values), deviation(&values));
            (centre, (centre - spread, centre + spread))
        })
        .unzip()
}

/// The x axis that curves share: training steps if all runs are equally long, else the fraction of
/// the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TimeAxis {
    pub label: String,
    /// Length of the axis in its own unit.
    pub end: f64,
}

impl TimeAxis {
    /// For runs of these lengths in steps.
    pub fn of(steps: impl IntoIterator<Item = f64>) -> Self {
        let mut steps = steps.into_iter();
        let fraction = Self {
            label: "fraction of the run".to_owned(),
            end: 1.0,
        };
        let Some(first) = steps.next() else {
            return fraction;
        };
        match steps.all(|other| other == first) {
            true => Self::in_steps(first),
            false => fraction,
        }
    }

    /// For this many steps, in units that keep the numbers short.
    pub fn in_steps(steps: f64) -> Self {
        let (unit, name) = if steps >= 1e6 {
            (1e6, "training step (millions)")
        } else if steps >= 1e4 {
            (1e3, "training step (thousands)")
        } else {
            (1.0, "training step")
        };
        Self {
            label: name.to_owned(),
            end: steps / unit,
        }
    }

    /// Points of a resampled curve, where it has values.
    pub fn points(&self, curve: &[f64]) -> Vec<(f64, f64)> {
        let known = self.places(curve.len()).zip(curve);
        let known = known.filter(|(_, y)| y.is_finite());
        known.map(|(x, y)| (x, *y)).collect()
    }

    /// Mean of curves as [`mean_line`](Self::mean_line) draws it, in pieces: a line where it has values at
    /// neighbouring points, a dot where it has one alone.
    pub fn mean_pieces(&self, name: &str, color: &'static str, curves: &[Curve]) -> Vec<Series> {
        let (centre, band) = mean_and_band(curves);
        let places: Vec<f64> = self.places(centre.len()).collect();
        let known: Vec<usize> = (0..centre.len())
            .filter(|index| centre[*index].is_finite())
            .collect();
        let pieces = known.chunk_by(|a, b| a + 1 == *b);
        let of = |piece: &[usize]| {
            let points = piece.iter().map(|index| (places[*index], centre[*index]));
            let points: Vec<(f64, f64)> = points.collect();
            match piece {
                [_] => Series::Dots {
                    name: name.to_owned(),
                    color,
                    points,
                },
                _ => Series::Line {
                    name: name.to_owned(),
                    color,
                    points,
                    band: piece.iter().map(|index| band[*index]).collect(),
                    dashed: false,
                    second_axis: false,
                },
            }
        };
        pieces.map(of).collect()
    }

    /// Mean of curves with its band; `None` where there is none. On a logarithmic axis the band is
    /// cut at a tenth of the mean.
    pub fn mean_line(
        &self,
        name: String,
        color: &'static str,
        curves: &[Curve],
        log: bool,
    ) -> Option<Series> {
        let (centre, band) = mean_and_band(curves);
        let cut = |(low, high): (f64, f64), centre: f64| match log {
            true => (low.max(LOG_BAND_MIN * centre), high),
            false => (low, high),
        };
        let known = centre
            .iter()
            .zip(&band)
            .filter(|(centre, _)| centre.is_finite());
        let band: Vec<(f64, f64)> = known.map(|(centre, band)| cut(*band, *centre)).collect();
        (!band.is_empty()).then(|| Series::Line {
            name,
            color,
            points: self.points(&centre),
            band,
            dashed: false,
            second_axis: false,
        })
    }

    fn places(&self, points: usize) -> impl Iterator<Item = f64> {
        let last = points.max(2) - 1;
        (0..points).map(move |index| self.end * index as f64 / last as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_stays_one_wherever_it_was_measured() {
        let points = [(0.0, 1.0), (3.0, 7.0), (4.0, 9.0), (100.0, 201.0)];
        let curve = resample(&points, 101.0).expect("a curve");
        assert_eq!(curve.len(), POINTS);
        for (index, y) in curve.iter().enumerate() {
            assert!((y - (1.0 + 2.0 * index as f64)).abs() < 1e-9);
        }
        assert_eq!(resample(&points[..1], 101.0), None);
        let late = resample(&points[1..], 101.0).expect("a curve");
        assert!(
            late[2].is_nan() && late[3] == 7.0,
            "nothing is made up before the start"
        );
    }

    #[test]
    fn no_line_is_drawn_across_what_was_not_measured() {
        let gap = f64::NAN;
        let points = [
            (0.0, 1.0),
            (10.0, 1.0),
            (20.0, gap),
            (50.0, 3.0),
            (60.0, gap),
            (90.0, gap),
            (100.0, 5.0),
        ];
        let curve = resample(&points, 101.0).expect("a curve");
        let known: Vec<usize> = (0..POINTS)
            .filter(|index| curve[*index].is_finite())
            .collect();
        let expected: Vec<usize> = (0..=10).chain([50, 100]).collect();
        assert_eq!(known, expected);
        let axis = TimeAxis::of([101.0]);
        let pieces = axis.mean_pieces("", "#000000", &[curve]);
        let [
            Series::Line { points, .. },
            Series::Dots { points: dots, .. },
            _,
        ] = pieces.as_slice()
        else {
            panic!("a line and two dots");
        };
        assert_eq!((points.len(), dots[0].1), (11, 3.0));
    }

    #[test]
    fn the_band_is_one_standard_deviation_wide() {
        let (centre, band) = mean_and_band(&[vec![1.0, 2.0], vec![3.0, 2.0]]);
        assert_eq!(centre, [2.0, 2.0]);
        assert_eq!(band, [(1.0, 3.0), (2.0, 2.0)]);
        let gap = f64::NAN;
        let (centre, _) = mean_and_band(&[vec![1.0, gap], vec![gap, gap], vec![3.0, 5.0]]);
        assert_eq!(centre[0], 2.0, "two of three");
        assert!(centre[1].is_nan(), "one of three");
    }

    #[test]
    fn runs_of_unequal_length_share_fractions() {
        assert_eq!(TimeAxis::of([1e7, 1e6]).end, 1.0);
        assert_eq!(TimeAxis::of([1e7, 1e7]).end, 10.0);
        assert_eq!(TimeAxis::of([3e5]).label, "training step (thousands)");
    }

    #[test]
    fn a_curve_that_starts_at_zero_has_no_normalized_form() {
        assert_eq!(normalized(&[(0.0, 0.0), (1.0, 1.0)]), None);
        assert_eq!(
            normalized(&[(0.0, 2.0), (1.0, 1.0)]),
            Some(vec![(0.0, 1.0), (1.0, 0.5)])
        );
    }
}
