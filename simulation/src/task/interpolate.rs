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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_knots_the_line_outside_the_ends() {
        let knots = [2.0, -1.0, 5.0, 4.0];
        // numpy.interp([-1, 0, .25, 1.5, 2, 3, 7.5], [0, 1, 2, 3], knots)
        let expected = [2.0, 2.0, 1.25, 2.0, 5.0, 4.0, 4.0];
        for (position, expected) in [-1.0, 0.0, 0.25, 1.5, 2.0, 3.0, 7.5]
            .into_iter()
            .zip(expected)
        {
            assert_eq!(at(&knots, position), expected, "at {position}");
        }
        assert_eq!(at(&[7.0], 0.5), 7.0);
    }

    #[test]
    fn linspace_has_both_ends_or_the_first_alone() {
        assert_eq!(
            linspace(0.0, 30.0, 4).collect::<Vec<_>>(),
            [0.0, 10.0, 20.0, 30.0]
        );
        assert_eq!(linspace(0.0, 30.0, 1).collect::<Vec<_>>(), [0.0]);
    }
}
