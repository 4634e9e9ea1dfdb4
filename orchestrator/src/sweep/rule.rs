//! Conditional parameters (`when`) and points left out (`exclude`).

use super::axis::Setting;
use super::fault::{Fault, Place};
use super::key::{Key, Scalar};
use super::node::{Content, Entry, Node, join};
use super::point::Point;
use super::reader::{Reader, named};

/// Most rules of one block.
const RULES_MAX: usize = 250;

/// Keys and the values they must have, all of them at once; a list of values means any of it.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub label: String,
    terms: Vec<(Key, Vec<Scalar>)>,
}

/// Sets values where its condition holds.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub condition: Condition,
    pub set: Vec<Setting>,
    pub label: String,
    pub place: Place,
}

impl Condition {
    fn of_node(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Self, Fault> {
        let entries = node.map(at)?;
        if entries.is_empty() {
            return Err(node.fault(at, "no condition: name at least one key"));
        }
        let mut terms = Vec::new();
        for entry in entries {
            terms.push(term(reader, entry, at)?);
        }
        Ok(Self {
            label: at.to_owned(),
            terms,
        })
    }

    pub fn holds(&self, point: &Point) -> bool {
        self.terms.iter().all(|(key, values)| {
            let value = point.get(*key);
            values.contains(&value)
        })
    }
}

fn term(reader: &mut Reader<'_>, entry: &Entry, at: &str) -> Result<(Key, Vec<Scalar>), Fault> {
    let key = named(entry, at)?;
    let at = join(at, key.name());
    let values = match entry.value.content {
        Content::List(_) => reader.values(key, &entry.value, &at)?.0,
        _ => vec![reader.value(key, &entry.value, &at)?],
    };
    Ok((key, values))
}

/// Reads the `exclude` list.
pub(super) fn exclusions(
    reader: &mut Reader<'_>,
    node: &Node,
    at: &str,
) -> Result<Vec<Condition>, Fault> {
    items(node, at)?
        .map(|(node, at)| Condition::of_node(reader, node, &at))
        .collect()
}

/// Reads the `when` list.
pub(super) fn rules(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Vec<Rule>, Fault> {
    items(node, at)?
        .map(|(node, at)| rule(reader, node, at))
        .collect()
}

fn items<'a>(
    node: &'a Node,
    at: &'a str,
) -> Result<impl Iterator<Item = (&'a Node, String)>, Fault> {
    let nodes = node.list(at)?;
    if nodes.len() > RULES_MAX {
        let message = format!("{} rules: at most {RULES_MAX}", nodes.len());
        return Err(node.fault(at, message));
    }
    Ok(nodes
        .iter()
        .enumerate()
        .map(move |(index, node)| (node, format!("{at}[{index}]"))))
}

fn rule(reader: &mut Reader<'_>, node: &Node, at: String) -> Result<Rule, Fault> {
    let (mut condition, mut set) = (None, None);
    for entry in node.map(&at)? {
        let path = join(&at, &entry.key);
        match entry.key.as_str() {
            "if" => condition = Some(Condition::of_node(reader, &entry.value, &path)?),
            "set" => set = Some(reader.settings(&entry.value, &path)?),
            _ => return Err(entry.unknown(&at, ["if", "set"])),
        }
    }
    let (Some(condition), Some(set)) = (condition, set) else {
        return Err(node.fault(&at, "give both if and set"));
    };
    if set.is_empty() {
        return Err(node.fault(&at, "set is empty: name at least one key"));
    }
    Ok(Rule {
        condition,
        set,
        label: at,
        place: node.place,
    })
}

/// Which rule set which key of one point.
pub(super) struct Setters([usize; Key::ALL.len()]);

impl Setters {
    const NOBODY: usize = usize::MAX;

    /// The number of the rule that set the key.
    pub fn of(&self, key: Key) -> Option<usize> {
        Some(self.0[key as usize]).filter(|&rule| rule != Self::NOBODY)
    }
}

/// Applies the rules in order; each sees what those before it did. `used[i]` becomes true when
/// rule `i` applies.
///
/// Two rules that give one point different values for one key contradict each other.
pub(super) fn apply(
    rules: &[Rule],
    point: &mut Point,
    used: &mut [bool],
) -> Result<Setters, Fault> {
    let mut setters = Setters([Setters::NOBODY; Key::ALL.len()]);
    for (index, rule) in rules.iter().enumerate() {
        if !rule.condition.holds(point) {
            continue;
        }
        used[index] = true;
        for &setting in &rule.set {
            match setters.of(setting.key) {
                Some(earlier) if point.get(setting.key) != setting.value => {
                    return Err(contradiction(&rules[earlier], rule, setting));
                }
                _ => setters.0[setting.key as usize] = index,
            }
            point.set(setting);
        }
    }
    Ok(setters)
}

fn contradiction(earlier: &Rule, later: &Rule, setting: Setting) -> Fault {
    let key = setting.key;
    let before = earlier.set.iter().find(|other| other.key == key);
    let message = format!(
        "sets {} to {}, but {} (line {}) set it to {} for the same point: \
         make one `if` exclude the other",
        key.name(),
        key.show(setting.value),
        earlier.label,
        earlier.place.line,
        before.map_or_else(String::new, |other| key.show(other.value)),
    );
    Fault::new(setting.place, later.label.clone(), message)
}
