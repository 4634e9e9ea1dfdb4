//! The keys of a sweep file that describe points: those of the top level and of each block.

use std::rc::Rc;

use super::axis::{Axis, Setting};
use super::draw::Random;
use super::fault::{Fault, Place};
use super::key::Key;
use super::node::{Content, Entry, Node, join};
use super::reader::{Reader, named};
use super::rows;
use super::rule::{self, Condition, Rule};
use super::spread::Spread;

/// Most replicates of one point.
const REPLICATES_MAX: u64 = 1_000_000;

/// What one level of the file says about points; `None` where it says nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    pub replicates: Option<(u32, Place)>,
    pub fixed: Vec<Setting>,
    pub grid: Option<Rc<Vec<Axis>>>,
    pub zip: Option<Rc<Axis>>,
    pub random: Option<Rc<Random>>,
    pub rows: Option<Rc<Axis>>,
    pub when: Option<Rc<Vec<Rule>>>,
    pub exclude: Option<Rc<Vec<Condition>>>,
}

impl Section {
    /// Reads one entry; `false` if the key describes no points.
    pub fn read(
        &mut self,
        reader: &mut Reader<'_>,
        entry: &Entry,
        at: &str,
    ) -> Result<bool, Fault> {
        let node = &entry.value;
        let at = &join(at, &entry.key);
        match entry.key.as_str() {
            "replicates" => {
                let count = node.whole(at, 1, REPLICATES_MAX)?;
                self.replicates = Some((u32::try_from(count).expect("bounded"), node.place));
            }
            "fixed" => self.fixed = reader.settings(node, at)?,
            "grid" => self.grid = Some(Rc::new(grid(reader, node, at)?)),
            "zip" => self.zip = zip(reader, node, at)?.map(Rc::new),
            "random" => self.random = Some(Rc::new(Random::of_node(reader, node, at)?)),
            "rows" => self.rows = Some(Rc::new(rows::read(reader, node, at)?)),
            "when" => self.when = Some(Rc::new(rule::rules(reader, node, at)?)),
            "exclude" => self.exclude = Some(Rc::new(rule::exclusions(reader, node, at)?)),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes over what `top` says and this block doesn't: `fixed` key by key, the rest whole.
    pub fn inherit(mut self, top: &Self) -> Self {
        // A block that varies a key means not to fix it.
        let varied: Vec<Key> = self.varied().map(|(key, ..)| key).collect();
        let own: Vec<Key> = self.fixed.iter().map(|setting| setting.key).collect();
        let inherited = top.fixed.iter().copied();
        self.fixed
            .extend(inherited.filter(|s| !varied.contains(&s.key) && !own.contains(&s.key)));
        self.fixed.sort_by_key(|setting| setting.key);
        Self {
            replicates: self.replicates.or(top.replicates),
            fixed: self.fixed,
            grid: self.grid.or_else(|| top.grid.clone()),
            zip: self.zip.or_else(|| top.zip.clone()),
            random: self.random.or_else(|| top.random.clone()),
            rows: self.rows.or_else(|| top.rows.clone()),
            when: self.when.or_else(|| top.when.clone()),
            exclude: self.exclude.or_else(|| top.exclude.clone()),
        }
    }

    /// Every key that varies, with the place and the label of its axis.
    pub fn varied(&self) -> impl Iterator<Item = (Key, Place, &str)> + '_ {
        let random = self.random.iter().flat_map(|random| {
            random
                .keys()
                .map(|(key, place)| (key, place, random.label.as_str()))
        });
        self.listed()
            .flat_map(|axis| {
                axis.point(0)
                    .map(|first| (first.key, first.place, axis.label.as_str()))
            })
            .chain(random)
    }

    /// The axes whose values the file lists, slowest first.
    pub fn listed(&self) -> impl Iterator<Item = &Axis> + '_ {
        let rows = self.rows.iter().map(Rc::as_ref);
        let grid = self.grid.iter().flat_map(|axes| axes.iter());
        rows.chain(grid).chain(self.zip.iter().map(Rc::as_ref))
    }

    /// Each key may be given a value in one place only (`when` aside).
    pub fn check_owners(&self) -> Result<(), Fault> {
        let fixed = self.fixed.iter().map(|s| (s.key, s.place, "fixed"));
        let mut owners: Vec<Option<&str>> = vec![None; Key::ALL.len()];
        for (key, place, label) in fixed.chain(self.varied()) {
            if let Some(owner) = owners[key as usize].replace(label) {
                let message = format!(
                    "{} is set by {owner} too: keep it in one of them",
                    key.name()
                );
                return Err(Fault::new(place, label, message));
            }
        }
        self.check_seed_is_single()
    }

    /// Replicates differ in nothing but the seed, so a given seed would make them all equal.
    fn check_seed_is_single(&self) -> Result<(), Fault> {
        let ruled = self.when.iter().flat_map(|rules| rules.iter());
        let given = (self.fixed.iter().map(|setting| setting.key))
            .chain(self.varied().map(|(key, ..)| key))
            .chain(ruled.flat_map(|rule| rule.set.iter().map(|setting| setting.key)))
            .any(|key| key == Key::Seed);
        match self.replicates {
            Some((count, place)) if count > 1 && given => Err(Fault::new(
                place,
                "replicates",
                format!("{count} replicates of a given seed are {count} equal jobs: leave one out"),
            )),
            _ => Ok(()),
        }
    }
}

fn grid(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Vec<Axis>, Fault> {
    let mut axes = node
        .map(at)?
        .iter()
        .map(|entry| listed_axis(reader, entry, at))
        .collect::<Result<Vec<_>, _>>()?;
    // The order of keys in the file must not matter.
    axes.sort_by_key(|axis| axis.keys[0]);
    Ok(axes)
}

/// One key with its list of values, or an even spread.
fn listed_axis(reader: &mut Reader<'_>, entry: &Entry, at: &str) -> Result<Axis, Fault> {
    let key = named(entry, at)?;
    let label = join(at, key.name());
    let node = &entry.value;
    if let Content::Scalar(_) = node.content {
        let message = format!(
            "found {}: give a list in brackets, or put it under fixed",
            node.describe()
        );
        return Err(node.fault(&label, message));
    }
    let (values, places) = match Spread::of_node(node, &label) {
        Some(spread) => (spread?.scalars(key, node, &label)?, vec![node.place]),
        None => reader.values(key, node, &label)?,
    };
    Ok(Axis::new(label, vec![key], values, places))
}

/// Axes of one length that step together, as one axis of several keys.
fn zip(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Option<Axis>, Fault> {
    let mut axes = grid(reader, node, at)?;
    let Some(first) = axes.first() else {
        return Ok(None);
    };
    let length = first.len();
    if let Some(other) = axes.iter().find(|axis| axis.len() != length) {
        let message = format!(
            "{} values, but {} has {length}: zipped lists are equally long",
            other.len(),
            first.label
        );
        return Err(Fault::new(
            other
                .point(0)
                .next()
                .map_or(node.place, |first| first.place),
            other.label.clone(),
            message,
        ));
    }
    if axes.len() == 1 {
        return Ok(axes.pop());
    }
    let settings: Vec<Setting> = (0..length)
        .flat_map(|index| axes.iter().flat_map(move |axis| axis.point(index)))
        .collect();
    Ok(Some(Axis::new(
        at.to_owned(),
        axes.iter().map(|axis| axis.keys[0]).collect(),
        settings.iter().map(|setting| setting.value).collect(),
        settings.iter().map(|setting| setting.place).collect(),
    )))
}
