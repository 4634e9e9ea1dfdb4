//! Numbers and lists as captions print them.

use crate::output::short_number;

/// What noise regularizes by the paper's theory, for captions of Figure 5.
pub(crate) const THEORY: &str = "Theory: update noise regularizes the sum of the logarithms of the non-zero \
                                 eigenvalues, label noise the sum of the eigenvalues; each silent unit gives as many \
                                 zero eigenvalues as it has parameters (inputs + outputs + 1).";

/// Three significant digits, with a typographic minus; a dash for what is no number.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    let text = if (-3.0..4.0).contains(&magnitude) {
        let digits = (2.0 - magnitude).max(0.0) as usize;
        format!("{value:.digits$}")
    } else {
        short_number(value)
    };
    text.replace('-', "−")
}

/// Mean and standard deviation.
pub(crate) fn spread(mean: f64, deviation: f64) -> String {
    format!("{} ± {}", number(mean), number(deviation))
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Steps, with a power of ten where it is short: `10^6` as the page writes it.
pub(crate) fn steps(steps: f64) -> String {
    let exponent = steps.log10();
    if steps >= 1e4 && (exponent - exponent.round()).abs() < 1e-9 {
        let digits = format!("{exponent:.0}");
        let raised: String = digits.chars().map(superscript).collect();
        return format!("10{raised}");
    }
    let digits = format!("{steps:.0}");
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits are ASCII"))
        .collect();
    groups.join(",")
}

fn superscript(digit: char) -> char {
    let raised = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    digit
        .to_digit(10)
        .map_or(digit, |digit| raised[digit as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!(number(0.123_456), "0.123");
        assert_eq!(number(-12.345), "−12.3");
        assert_eq!(number(1234.5), "1234");
        assert_eq!(number(f64::NAN), "–");
        assert_eq!(number(0.000_012_3), "1.230e−5");
        assert_eq!(spread(0.5, 0.25), "0.500 ± 0.250");
    }

    #[test]
    fn steps_are_powers_of_ten_where_they_can_be() {
        assert_eq!(steps(1e6), "10⁶");
        assert_eq!(steps(3e5), "300,000");
        assert_eq!(steps(1500.0), "1,500");
    }

    #[test]
    fn lists_end_with_and() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&items), "a, b and c");
        assert_eq!(listed(&items[..1]), "a");
    }
}
