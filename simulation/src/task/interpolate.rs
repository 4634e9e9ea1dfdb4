//! Linear interpolation between evenly spaced knots, as `numpy.interp` does it.

/// Value at `position` of the line through `knots`, which stand at 0, 1, 2, ...; before the first
/// and behind the last it keeps their values.
pub(super) fn at(knots: &[f64], position: f64) -> f64 {
    let last = knots.len() - 1;
    let position = position.clamp(0.0, last as f64);
    let left = (position as usize).min(last.saturating_sub(1));
    let right = (left + 1).min(last);
    knots[left] + (knots[right] - knots[left]) * (position - left as f64)
}

/// `count` evenly spaced numbers from `first` to `last`, both included; `first` alone if one.
pub(super) fn linspace(first: f64, last: f64, count: usize) -> impl Iterator<Item = f64> {
    let step = (last - first) / count.saturating_sub(1).max(1) as f64;
    (0..count).map(move |i| first + step * i as f64)
}
