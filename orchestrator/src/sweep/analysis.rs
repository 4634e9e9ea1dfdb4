//! `analysis`: which finished runs are left out of summaries.

use shared::{ColumnKind, Comparison, ExclusionRule, RESULT_COLUMNS, RuleValue, Term, Test};

use super::fault::{Fault, nearest, quoted};
use super::key::{Key, Kind, Scalar};
use super::literal::Literal;
use super::node::{Content, Entry, Node, join};
use super::reader::Reader;

/// Most rules of one sweep.
const RULES_MAX: usize = 50;

/// Reads the `analysis` map: the rules in the order in which they are tried, the defaults first.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Result<Vec<ExclusionRule>, Fault> {
    let mut rules = ExclusionRule::defaults();
    for entry in node.map("analysis")? {
        match entry.key.as_str() {
            "exclude" => exclusions(reader, &entry.value, &mut rules)?,
            _ => return Err(entry.unknown("analysis", ["exclude"])),
        }
    }
    Ok(rules)
}

fn exclusions(
    reader: &mut Reader<'_>,
    node: &Node,
    rules: &mut Vec<ExclusionRule>,
) -> Result<(), Fault> {
    let at = "analysis.exclude";
    let entries = node.map(at)?;
    if entries.len() > RULES_MAX {
        let message = format!("{} rules: at most {RULES_MAX}", entries.len());
        return Err(node.fault(at, message));
    }
    for entry in entries {
        super::file::check_name(&entry.key, &|message| {
            Fault::new(entry.key_place, at, message)
        })?;
        let place = rules.iter().position(|rule| rule.name == entry.key);
        if let Content::Scalar(Literal::Flag(false)) = entry.value.content {
            let Some(place) = place else {
                return Err(entry.value.fault(
                    &join(at, &entry.key),
                    "no rule to switch off: false goes with diverged, silent and truncated",
                ));
            };
            rules.remove(place);
            continue;
        }
        let rule = ExclusionRule {
            name: entry.key.clone(),
            terms: terms(reader, &entry.value, &join(at, &entry.key))?,
        };
        match place {
            Some(place) => rules[place] = rule,
            None => rules.push(rule),
        }
    }
    Ok(())
}

fn terms(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Vec<Term>, Fault> {
    let entries = node.map(at)?;
    if entries.is_empty() {
        return Err(node.fault(at, "no condition: name at least one column"));
    }
    let mut terms = Vec::new();
    for entry in entries {
        let column = Column::named(&entry.key).ok_or_else(|| entry.unknown(at, Column::names()))?;
        let at = join(at, &entry.key);
        let term = |test| Term {
            column: entry.key.clone(),
            test,
        };
        match &entry.value.content {
            Content::Map(comparisons) => {
                if !column.is_number() {
                    let message = "found a map: only numbers are compared; give a value or a list";
                    return Err(entry.value.fault(&at, message));
                }
                if comparisons.is_empty() {
                    return Err(entry
                        .value
                        .fault(&at, "no comparison: give above, below, at_least or at_most"));
                }
                for comparison in comparisons {
                    terms.push(term(compared(comparison, &at)?));
                }
            }
            Content::List(nodes) => {
                if nodes.is_empty() {
                    return Err(entry
                        .value
                        .fault(&at, "empty list: give at least one value"));
                }
                let values = nodes
                    .iter()
                    .enumerate()
                    .map(|(index, node)| column.value(reader, node, &format!("{at}[{index}]")))
                    .collect::<Result<_, _>>()?;
                terms.push(term(Test::AnyOf(values)));
            }
            Content::Scalar(_) => {
                let value = column.value(reader, &entry.value, &at)?;
                terms.push(term(Test::AnyOf(vec![value])));
            }
        }
    }
    Ok(terms)
}

fn compared(entry: &Entry, at: &str) -> Result<Test, Fault> {
    let comparison = Comparison::ALL
        .into_iter()
        .find(|comparison| comparison.name() == entry.key)
        .ok_or_else(|| entry.unknown(at, Comparison::ALL.map(Comparison::name)))?;
    let number = entry.value.finite(&join(at, &entry.key))?;
    Ok(Test::Compare(comparison, number))
}

/// Every column that a rule may name.
pub(super) fn columns() -> impl Iterator<Item = &'static str> {
    Column::names()
}

/// What a rule may name: a parameter, the replicate, or a result.
#[derive(Clone, Copy)]
enum Column {
    Parameter(Key),
    Result(ColumnKind),
}

impl Column {
    fn named(name: &str) -> Option<Self> {
        if name == "replicate" {
            return Some(Self::Result(ColumnKind::Number));
        }
        let result = RESULT_COLUMNS.iter().find(|(column, _)| *column == name);
        match result {
            Some((_, kind)) => Some(Self::Result(*kind)),
            None => Key::named(name)
                .filter(|key| key.kind() != Kind::Data)
                .map(Self::Parameter),
        }
    }

    fn names() -> impl Iterator<Item = &'static str> {
        let parameters = Key::ALL
            .iter()
            .filter(|key| key.kind() != Kind::Data)
            .map(|key| key.name());
        let results = RESULT_COLUMNS.iter().map(|(name, _)| *name);
        results.chain(["replicate"]).chain(parameters)
    }

    fn is_number(self) -> bool {
        match self {
            Self::Parameter(key) => matches!(key.kind(), Kind::Whole { .. } | Kind::Real { .. }),
            Self::Result(kind) => kind == ColumnKind::Number,
        }
    }

    /// A value that the column may be equal to; `null` is a missing one.
    fn value(self, reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<RuleValue, Fault> {
        match self {
            Self::Parameter(key) => reader
                .value(key, node, at)
                .map(|value| of_parameter(key, value)),
            Self::Result(kind) => {
                let expected = expected(kind);
                let literal = node.scalar(at, &expected)?;
                of_result(kind, literal).ok_or_else(|| wrong(kind, node, at, literal))
            }
        }
    }
}

fn of_parameter(key: Key, value: Scalar) -> RuleValue {
    match value {
        Scalar::Flag(flag) => RuleValue::Whole(flag.into()),
        Scalar::Whole(number) => RuleValue::Whole(number.cast_signed()),
        Scalar::Real(number) => RuleValue::Real(number),
        Scalar::Choice(_) => RuleValue::Text(key.show(value)),
        Scalar::Absent | Scalar::Data(_) => RuleValue::Missing,
    }
}

fn of_result(kind: ColumnKind, literal: &Literal) -> Option<RuleValue> {
    match (kind, literal) {
        (_, Literal::Null) => Some(RuleValue::Missing),
        (ColumnKind::Name(names), Literal::Text(text)) => names
            .contains(&text.as_str())
            .then(|| RuleValue::Text(text.clone())),
        (ColumnKind::Text, Literal::Text(text)) => {
            (!text.contains('\0')).then(|| RuleValue::Text(text.clone()))
        }
        (ColumnKind::Number, _) => {
            let number = literal.real().filter(|number| number.is_finite())?;
            Some(RuleValue::Real(number))
        }
        _ => None,
    }
}

fn expected(kind: ColumnKind) -> String {
    match kind {
        ColumnKind::Number => "give a finite number, or a map such as {above: 1}".to_owned(),
        ColumnKind::Name(names) => format!("give one of {}", names.join(", ")),
        ColumnKind::Text => "give text (put it in quotes)".to_owned(),
    }
}

fn wrong(kind: ColumnKind, node: &Node, at: &str, literal: &Literal) -> Fault {
    let (ColumnKind::Name(names), Literal::Text(text)) = (kind, literal) else {
        return node.wrong(at, &expected(kind));
    };
    let hint =
        nearest(text, names).map_or_else(String::new, |name| format!("; did you mean {name}?"));
    node.fault(
        at,
        format!("found {}: {}{hint}", quoted(text), expected(kind)),
    )
}
