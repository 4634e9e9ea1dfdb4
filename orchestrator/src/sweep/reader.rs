//! What reading a sweep file needs at hand: its files, and the data sets it has named so far.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use simulation::Dataset;

use super::axis::Setting;
use super::fault::{Fault, Files, Place, quoted};
use super::key::{Key, Kind, Scalar};
use super::literal::Literal;
use super::node::{Entry, Node, join};

/// Reads the data set of a file; the error says why it is none.
pub type LoadDataset<'a> = &'a dyn Fn(&Path) -> Result<Dataset, String>;

/// Reads values, and the data sets they name.
pub(super) struct Reader<'a> {
    pub files: Files,
    load: LoadDataset<'a>,
    numbers: HashMap<PathBuf, u32>,
    datasets: Vec<(String, Dataset)>,
}

impl<'a> Reader<'a> {
    pub fn new(sweep: &Path, load: LoadDataset<'a>) -> Self {
        Self {
            files: Files::new(sweep),
            load,
            numbers: HashMap::new(),
            datasets: Vec::new(),
        }
    }

    /// Identity and content of the data sets read so far, in the order of their numbers.
    pub fn datasets(&self) -> &[(String, Dataset)] {
        &self.datasets
    }

    /// The value of one key.
    pub fn value(&mut self, key: Key, node: &Node, at: &str) -> Result<Scalar, Fault> {
        let literal = node.scalar(at, &key.expected())?;
        self.literal(key, literal)
            .map_err(|message| node.fault(at, message))
    }

    /// The same for a value that doesn't come from YAML.
    pub fn literal(&mut self, key: Key, literal: &Literal) -> Result<Scalar, String> {
        match (key.kind(), literal) {
            (Kind::Data, Literal::Text(path)) => self.dataset(path).map(Scalar::Data),
            _ => key.decode(literal),
        }
    }

    /// The number of a data set, read at its first mention.
    fn dataset(&mut self, path: &str) -> Result<u32, String> {
        let path = self.files.resolve(path);
        if let Some(&number) = self.numbers.get(&path) {
            return Ok(number);
        }
        let shown = quoted(&path.display().to_string());
        let dataset = (self.load)(&path).map_err(|why| format!("data set {shown}: {why}"))?;
        let number = u32::try_from(self.datasets.len()).expect("few data sets");
        self.datasets.push((dataset.id(), dataset));
        self.numbers.insert(path, number);
        Ok(number)
    }

    /// A map of keys to values, in the order of [`Key`] whatever the order in the file.
    pub fn settings(&mut self, node: &Node, at: &str) -> Result<Vec<Setting>, Fault> {
        let mut settings = Vec::new();
        for entry in node.map(at)? {
            let key = named(entry, at)?;
            settings.push(Setting {
                key,
                value: self.value(key, &entry.value, &join(at, key.name()))?,
                place: entry.value.place,
            });
        }
        settings.sort_by_key(|setting| setting.key);
        Ok(settings)
    }

    /// The values of a list, each with its place.
    pub fn values(
        &mut self,
        key: Key,
        node: &Node,
        at: &str,
    ) -> Result<(Vec<Scalar>, Vec<Place>), Fault> {
        let nodes = node.list(at)?;
        if nodes.is_empty() {
            return Err(node.fault(
                at,
                "empty list: give at least one value, or leave the key out",
            ));
        }
        let mut values = Vec::with_capacity(nodes.len());
        for (index, value) in nodes.iter().enumerate() {
            values.push(self.value(key, value, &format!("{at}[{index}]"))?);
        }
        Ok((values, nodes.iter().map(|value| value.place).collect()))
    }
}

/// The parameter that an entry names.
pub(super) fn named(entry: &Entry, at: &str) -> Result<Key, Fault> {
    Key::named(&entry.key).ok_or_else(|| entry.unknown(at, Key::names()))
}
