//! A straight line through points, and whether its slope could be chance.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

use crate::statistics::{Line, fit_line, mean};

/// A line fitted by ordinary least squares, with intercept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TestedLine {
    /// Change of y per unit of x.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
    /// Standard error of the slope, from residuals with n - 2 degrees of freedom.
    pub slope_se: f64,
    /// Slope over its standard error.
    pub t: f64,
    /// Two-sided p-value of that under Student's distribution with n - 2 degrees of freedom.
    pub p: f64,
    /// Share of y's variance on the line.
    pub r_squared: f64,
}

/// Fits a line. None for fewer than three points, or points at a single x. A line without residuals
/// has p = 0, or, if it is level, no t, no p and no share.
pub(crate) fn tested_line(x: &[f64], y: &[f64]) -> Option<TestedLine> {
    assert_eq!(x.len(), y.len(), "one y for each x");
    if x.len() < 3 {
        return None;
    }
    let about = |values: &[f64]| -> f64 {
        let centre = mean(values);
        values.iter().map(|value| (value - centre).powi(2)).sum()
    };
    let (xx, yy) = (about(x), about(y));
    if xx == 0.0 {
        return None;
    }
    let Line { slope, intercept } = fit_line(x, y);
    let residual = |(x, y): (&f64, &f64)| (y - intercept - slope * x).powi(2);
    let residuals: f64 = x.iter().zip(y).map(residual).sum();
    let freedom = (x.len() - 2) as f64;
    let slope_se = (residuals / freedom / xx).sqrt();
    let t = slope / slope_se;
    Some(TestedLine {
        slope,
        intercept,
        slope_se,
        t,
        p: two_sided_p(t, freedom),
        r_squared: 1.0 - residuals / yy,
    })
}

fn two_sided_p(t: f64, freedom: f64) -> f64 {
    if t.is_nan() {
        return f64::NAN;
    }
    let student = StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom");
    2.0 * student.sf(t.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_by_hand() {
        // Mean 2 and 3; xx = 2, xy = 3, yy = 14/3; residuals -1/6, 1/3, -1/6 squared: 1/6.
        let line = tested_line(&[1.0, 2.0, 3.0], &[4.0 / 3.0, 10.0 / 3.0, 13.0 / 3.0]).unwrap();
        let close = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
        assert!(close(line.slope, 1.5));
        assert!(close(line.intercept, 0.0));
        assert!(close(line.slope_se, (1.0_f64 / 12.0).sqrt()));
        assert!(close(line.r_squared, 1.0 - (1.0 / 6.0) / (14.0 / 3.0)));
        // With one degree of freedom Student's distribution is Cauchy's.
        let cauchy = 1.0 - 2.0 / std::f64::consts::PI * line.t.atan();
        assert!(close(line.p, cauchy), "{} for {cauchy}", line.p);
    }

    #[test]
    fn a_level_line_says_nothing() {
        let line = tested_line(&[0.0, 1.0, 2.0, 3.0], &[1.0, 2.0, 2.0, 1.0]).unwrap();
        assert_eq!((line.slope, line.t, line.r_squared), (0.0, 0.0, 0.0));
        assert!((line.p - 1.0).abs() < 1e-12);
    }

    #[test]
    fn too_little_is_no_line() {
        assert_eq!(tested_line(&[0.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(tested_line(&[2.0; 4], &[1.0, 2.0, 3.0, 4.0]), None);
    }
}
