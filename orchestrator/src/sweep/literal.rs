//! Values as people write them, before anybody knows which parameter they are for.

use super::fault::quoted;

/// A scalar of a YAML file, or a cell of a CSV file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Flag(bool),
    Integer(i128),
    Real(f64),
    Text(String),
}

/// Whole numbers above this lose digits as floating point, so `1e17` can't mean one of them.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

impl Literal {
    /// A cell: numbers and truth values by their look, the rest is text.
    pub fn from_cell(cell: &str) -> Self {
        match cell {
            "true" => Self::Flag(true),
            "false" => Self::Flag(false),
            _ => number(cell).unwrap_or_else(|| Self::Text(cell.to_owned())),
        }
    }

    /// A whole number: `100`, `10_000`, `1e7`.
    pub fn whole(&self) -> Option<i128> {
        match self.numeric()? {
            Self::Integer(value) => Some(value),
            Self::Real(value) if value.fract() == 0.0 && value.abs() <= EXACT_MAX => {
                Some(value as i128)
            }
            _ => None,
        }
    }

    /// Any number, finite or not.
    pub fn real(&self) -> Option<f64> {
        match self.numeric()? {
            Self::Integer(value) => Some(value as f64),
            Self::Real(value) => Some(value),
            _ => None,
        }
    }

    /// The number, if it is one. YAML itself knows no `0.000_1`: that arrives as text.
    fn numeric(&self) -> Option<Self> {
        match self {
            Self::Text(text) if text.contains('_') => number(text),
            Self::Integer(_) | Self::Real(_) => Some(self.clone()),
            _ => None,
        }
    }

    /// For messages: "text "ten"", "5", "nothing".
    pub fn describe(&self) -> String {
        match self {
            Self::Null => "nothing".into(),
            Self::Flag(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Real(value) => value.to_string(),
            Self::Text(text) => format!("text {}", quoted(text)),
        }
    }
}

/// Reads `12`, `-1.5e-3`, `10_000_000`, `.nan`; an underscore must stand between two digits.
fn number(text: &str) -> Option<Literal> {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let misplaced = |(index, &byte): (usize, &u8)| {
        byte == b'_' && !(index > 0 && digit(index - 1) && digit(index + 1))
    };
    if bytes.iter().enumerate().any(misplaced) {
        return None;
    }
    let plain = text.replace('_', "");
    if let Ok(value) = plain.parse::<i128>() {
        return Some(Literal::Integer(value));
    }
    match plain.as_str() {
        ".nan" => Some(Literal::Real(f64::NAN)),
        ".inf" => Some(Literal::Real(f64::INFINITY)),
        "-.inf" => Some(Literal::Real(f64::NEG_INFINITY)),
        _ => plain.parse().ok().map(Literal::Real),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_carry_underscores_and_exponents() {
        assert_eq!(
            Literal::from_cell("10_000_000").whole(),
            Literal::from_cell("1e7").whole()
        );
        assert_eq!(Literal::from_cell("0.000_1").real(), Some(1e-4));
        assert_eq!(Literal::Text("0.000_1".into()).real(), Some(1e-4));
        assert_eq!(Literal::Text("100".into()).whole(), None);
        for wrong in ["_1", "1_", "1__0", "1_e3", "10k", "", "ten"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_exact_floating_point_numbers_are_whole() {
        assert_eq!(Literal::Real(1e15).whole(), Some(1_000_000_000_000_000));
        assert_eq!(Literal::Real(1e17).whole(), None);
        assert_eq!(Literal::Real(1.5).whole(), None);
        assert_eq!(Literal::Real(f64::NAN).whole(), None);
    }
}
