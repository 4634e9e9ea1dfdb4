//! Named rules that leave finished runs out of summaries. They label results and delete nothing, so
//! they can be changed after the fact.

use std::fmt;

use serde::{Deserialize, Serialize};
use simulation::{Outcome, TimescaleFit};

/// A named condition on a finished run: where all of its terms hold, the run is excluded from means
/// and standard deviations. The first rule that holds gives its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExclusionRule {
    /// 1 to 100 of `A-Z a-z 0-9 . _ -`.
    pub name: String,
    /// At least one; all of them must hold.
    pub terms: Vec<Term>,
}

/// What one column of `runs` must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// A parameter, `noise_type`, `replicate`, or one of [`RESULT_COLUMNS`].
    pub column: String,
    /// What is asked of it.
    pub test: Test,
}

/// A test of one value. A missing value passes no comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Equal to any of these.
    AnyOf(Vec<RuleValue>),
    /// Compared with a number.
    Compare(Comparison, f64),
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Greater.
    Above,
    /// Less.
    Below,
    /// Greater or equal.
    AtLeast,
    /// Less or equal.
    AtMost,
}

/// A value to be equal to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RuleValue {
    /// No value at all.
    Missing,
    /// A whole number; flags are 0 or 1.
    Whole(i64),
    /// A number.
    Real(f64),
    /// A name.
    Text(String),
}

/// What a column of results holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A number.
    Number,
    /// One of these names.
    Name(&'static [&'static str]),
    /// Any text.
    Text,
}

/// The columns of `runs` that say what came of a job, for rules to name.
pub const RESULT_COLUMNS: [(&str, ColumnKind); 23] = {
    use ColumnKind::{Name, Number, Text};
    [
        ("outcome", Name(&Outcome::NAMES)),
        ("steps_done", Number),
        ("loss_final", Number),
        ("active_fraction_initial", Number),
        ("active_fraction_final", Number),
        ("normalized_active_fraction", Number),
        ("fraction_active_units_initial", Number),
        ("fraction_active_units_final", Number),
        ("normalized_fraction_active_units", Number),
        ("timescale_fit", Name(&TimescaleFit::NAMES)),
        ("sparsification_timescale", Number),
        ("log10_tau", Number),
        ("converged_step", Number),
        ("directed_drift_end_step", Number),
        ("hessian_trace_ratio", Number),
        ("hessian_max_ratio", Number),
        ("hessian_nonzero_fraction", Number),
        ("spatial_information_ratio", Number),
        ("attempts", Number),
        ("wall_seconds", Number),
        ("engine", Text),
        ("host", Text),
        ("code_version", Text),
    ]
};

impl Comparison {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Above, Self::Below, Self::AtLeast, Self::AtMost];

    /// Its word in a sweep file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::Below => "<",
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
        }
    }
}

impl ExclusionRule {
    /// The paper's: networks that diverged or fell silent, and runs that were cut short.
    pub fn defaults() -> Vec<Self> {
        let outcomes = [Outcome::Diverged, Outcome::Silent, Outcome::Truncated];
        let rule = |outcome: Outcome| Self {
            name: outcome.name().to_owned(),
            terms: vec![Term {
                column: "outcome".to_owned(),
                test: Test::AnyOf(vec![RuleValue::Text(outcome.name().to_owned())]),
            }],
        };
        outcomes.map(rule).to_vec()
    }

    /// Several rules as one SQL expression over a row `r` of parameters and results: the name of the
    /// first that holds, or NULL. Its texts are bound, whatever they hold, from placeholder `first` on.
    pub(crate) fn label(rules: &[Self], first: usize) -> (String, Vec<String>) {
        let mut texts = Texts {
            first,
            bound: Vec::new(),
        };
        if rules.is_empty() {
            return ("CAST(NULL AS TEXT)".to_owned(), texts.bound);
        }
        let mut cases = Vec::with_capacity(rules.len());
        for rule in rules {
            let terms: Vec<String> = rule.terms.iter().map(|term| term.sql(&mut texts)).collect();
            let name = texts.bind(&rule.name);
            cases.push(format!("WHEN {} THEN {name}", terms.join(" AND ")));
        }
        (format!("CASE {} END", cases.join(" ")), texts.bound)
    }
}

/// Texts of rules, each of which becomes a placeholder: in the statement itself they could be taken for one,
/// or for a word in braces.
struct Texts {
    first: usize,
    bound: Vec<String>,
}

impl Texts {
    fn bind(&mut self, text: &str) -> String {
        // PostgreSQL's text holds no zero bytes.
        self.bound.push(text.replace('\0', ""));
        format!("CAST(${} AS TEXT)", self.first + self.bound.len() - 1)
    }
}

impl Term {
    /// The term as a condition that is never NULL for a value that is there.
    fn sql(&self, texts: &mut Texts) -> String {
        // From a file: what no column's name holds can't make one that exists.
        let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let column = format!("r.\"{}\"", self.column.replace(|c| !known(c), "?"));
        match &self.test {
            Test::Compare(comparison, number) => {
                format!("{column} {} {}", comparison.sign(), real(*number))
            }
            Test::AnyOf(values) => {
                let each: Vec<String> = values
                    .iter()
                    .map(|value| match value {
                        RuleValue::Missing => format!("{column} IS NULL"),
                        RuleValue::Whole(number) => format!("{column} = {number}"),
                        RuleValue::Real(number) => format!("{column} = {}", real(*number)),
                        RuleValue::Text(text) => format!("{column} = {}", texts.bind(text)),
                    })
                    .collect();
                format!("({})", each.join(" OR "))
            }
        }
    }
}

/// A finite number with every digit, and as what both databases take for a double.
fn real(number: f64) -> String {
    format!("CAST({number:e} AS DOUBLE PRECISION)")
}

/// The rule's condition as people read it: `outcome is diverged`, `loss_final > 1 and steps is 10`.
impl fmt::Display for ExclusionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            let and = if index == 0 { "" } else { " and " };
            write!(f, "{and}{} ", term.column)?;
            match &term.test {
                Test::Compare(comparison, number) => {
                    write!(f, "{} {number}", comparison.sign())?;
                }
                Test::AnyOf(values) => {
                    let shown: Vec<String> = values.iter().map(ToString::to_string).collect();
                    write!(f, "is {}", shown.join(" or "))?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for RuleValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> ExclusionRule {
        let term = |column: &str, test| Term {
            column: column.to_owned(),
            test,
        };
        ExclusionRule {
            name: "o'clock".to_owned(),
            terms: vec![
                term("loss_final", Test::Compare(Comparison::AtLeast, -1.5)),
                term(
                    "host",
                    Test::AnyOf(vec![RuleValue::Missing, RuleValue::Text("a'b".to_owned())]),
                ),
                term("replicate", Test::AnyOf(vec![RuleValue::Whole(3)])),
            ],
        }
    }

    #[test]
    fn rules_become_sql_that_holds_no_text_of_theirs() {
        let (sql, texts) = ExclusionRule::label(&[rule()], 2);
        assert_eq!(
            sql,
            "CASE WHEN r.\"loss_final\" >= CAST(-1.5e0 AS DOUBLE PRECISION) \
             AND (r.\"host\" IS NULL OR r.\"host\" = CAST($2 AS TEXT)) AND (r.\"replicate\" = 3) \
             THEN CAST($3 AS TEXT) END"
        );
        assert_eq!(texts, ["a'b", "o'clock"]);
        assert_eq!(ExclusionRule::label(&[], 1).0, "CAST(NULL AS TEXT)");
    }

    #[test]
    fn rules_survive_their_json_and_can_be_read_aloud() {
        let json = serde_json::to_string(&rule()).expect("plain data");
        let back: ExclusionRule = serde_json::from_str(&json).expect("its own JSON");
        assert_eq!(back, rule());
        assert_eq!(
            rule().to_string(),
            "loss_final >= -1.5 and host is missing or a'b and replicate is 3"
        );
    }
}
