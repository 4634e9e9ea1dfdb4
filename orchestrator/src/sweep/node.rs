//! YAML as a tree in which every node knows its place. The only module that calls the YAML library.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

use super::fault::{Fault, Place, quoted, suggestion};
use super::literal::Literal;

/// One node: a value, where it starts.
#[derive(Debug)]
pub(super) struct Node {
    pub place: Place,
    pub content: Content,
}

/// What a node holds.
#[derive(Debug)]
pub(super) enum Content {
    Scalar(Literal),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One `key: value` of a map.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_place: Place,
    pub value: Node,
}

/// Parses a whole file.
pub(super) fn parse(source: &str) -> Result<Node, Fault> {
    // YAML 1.1 reads `off` and `no` as false, but `reductions: off` is a name.
    // NaN and infinity are let through to be refused by name and range.
    let options = serde_yaml::options! {
        strict_booleans: true,
        non_finite_float_policy: serde_yaml::options::NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(source, options).map_err(|error| {
        let place = error.location().map(place).unwrap_or_default();
        let text = error.render_with_formatter(&serde_yaml::UserMessageFormatter);
        // The library ends its messages with the place, which stands in front of ours.
        let message = text.split(" at line ").next().unwrap_or(&text);
        Fault::new(place, "", format!("not YAML: {message}"))
    })
}

fn place(location: serde_yaml::Location) -> Place {
    let known = |number: u64| u32::try_from(number).unwrap_or(0);
    Place {
        file: 0,
        line: known(location.line()),
        column: known(location.column()),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self {
            place: place(spanned.referenced),
            content: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Literal::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(Literal::Flag(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(Literal::Integer(value.into())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(Literal::Integer(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Scalar(Literal::Real(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(Literal::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Content::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            entries.push(Entry {
                key_place: place(key.referenced),
                key: key.value,
                value: map.next_value()?,
            });
        }
        Ok(Content::Map(entries))
    }
}

impl Node {
    /// What the node holds, for messages.
    pub fn describe(&self) -> String {
        match &self.content {
            Content::Scalar(literal) => literal.describe(),
            Content::List(_) => "a list".into(),
            Content::Map(_) => "a map".into(),
        }
    }

    /// A fault at this node.
    pub fn fault(&self, at: &str, message: impl Into<String>) -> Fault {
        Fault::new(self.place, at, message)
    }

    /// A fault that says what was found and what would be right.
    pub fn wrong(&self, at: &str, expected: &str) -> Fault {
        self.fault(at, format!("found {}: {expected}", self.describe()))
    }

    pub fn map(&self, at: &str) -> Result<&[Entry], Fault> {
        match &self.content {
            Content::Map(entries) => Ok(entries),
            _ => Err(self.wrong(at, "give a map of keys and values")),
        }
    }

    pub fn list(&self, at: &str) -> Result<&[Node], Fault> {
        match &self.content {
            Content::List(nodes) => Ok(nodes),
            _ => Err(self.wrong(at, "give a list in brackets")),
        }
    }

    pub fn scalar(&self, at: &str, expected: &str) -> Result<&Literal, Fault> {
        match &self.content {
            Content::Scalar(literal) => Ok(literal),
            _ => Err(self.wrong(at, expected)),
        }
    }

    pub fn text(&self, at: &str) -> Result<&str, Fault> {
        match &self.content {
            Content::Scalar(Literal::Text(text)) => Ok(text),
            Content::Scalar(Literal::Integer(_) | Literal::Real(_) | Literal::Flag(_)) => {
                Err(self.wrong(at, "give text (put it in quotes)"))
            }
            _ => Err(self.wrong(at, "give text")),
        }
    }

    /// A whole number between `min` and `max`.
    pub fn whole(&self, at: &str, min: u64, max: u64) -> Result<u64, Fault> {
        let expected = format!("give a whole number from {min} to {max}");
        self.scalar(at, &expected)?
            .whole()
            .and_then(|value| u64::try_from(value).ok())
            .filter(|value| (min..=max).contains(value))
            .ok_or_else(|| self.wrong(at, &expected))
    }

    /// A finite number.
    pub fn finite(&self, at: &str) -> Result<f64, Fault> {
        let expected = "give a finite number";
        self.scalar(at, expected)?
            .real()
            .filter(|value| value.is_finite())
            .ok_or_else(|| self.wrong(at, expected))
    }
}

impl Entry {
    /// The key is none of `known`: names the nearest.
    pub fn unknown<'a>(&self, at: &str, known: impl IntoIterator<Item = &'a str>) -> Fault {
        self.unknown_because(at, &suggestion(&self.key, known))
    }

    /// The key is unknown here, with a hint that starts with "; " or is empty.
    pub fn unknown_because(&self, at: &str, hint: &str) -> Fault {
        let shown = if self.key.len() <= 60 && !self.key.contains(char::is_control) {
            self.key.clone()
        } else {
            quoted(&self.key)
        };
        Fault::new(
            self.key_place,
            join(at, &shown),
            format!("unknown key{hint}"),
        )
    }
}

/// `at.key`, or the key alone at the top.
pub(super) fn join(at: &str, key: &str) -> String {
    if at.is_empty() {
        key.to_owned()
    } else {
        format!("{at}.{key}")
    }
}
