//! Lists of values to run through: the axes of `grid`, `zip`, `random` and `rows`.

use super::fault::{Fault, Place};
use super::key::{Key, Scalar};
use super::node::join;

/// One value for one key, and where it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Setting {
    pub key: Key,
    pub value: Scalar,
    pub place: Place,
}

/// One or more keys that vary together through a list of values.
#[derive(Debug)]
pub(super) struct Axis {
    /// Path of keys in the sweep file.
    pub label: String,
    pub keys: Vec<Key>,
    /// `[point][key]`, flattened.
    values: Vec<Scalar>,
    /// Where each value stands; fewer when many come from one place (they repeat cyclically).
    places: Vec<Place>,
}

impl Axis {
    pub fn new(label: String, keys: Vec<Key>, values: Vec<Scalar>, places: Vec<Place>) -> Self {
        debug_assert!(!keys.is_empty() && values.len().is_multiple_of(keys.len()));
        debug_assert!(!places.is_empty());
        Self {
            label,
            keys,
            values,
            places,
        }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.values.len() / self.keys.len()
    }

    /// The settings of one point.
    pub fn point(&self, index: usize) -> impl Iterator<Item = Setting> + '_ {
        let start = index * self.keys.len();
        self.keys
            .iter()
            .enumerate()
            .map(move |(offset, &key)| Setting {
                key,
                value: self.values[start + offset],
                place: self.places[(start + offset) % self.places.len()],
            })
    }

    /// A fault at the place of one point's value for `key`.
    pub fn fault(&self, index: usize, key: Key, message: &str) -> Option<Fault> {
        let setting = self.point(index).find(|setting| setting.key == key)?;
        let at = if self.label.ends_with(key.name()) {
            format!("{}[{index}]", self.label)
        } else {
            join(&self.label, key.name())
        };
        Some(Fault::new(setting.place, at, message))
    }
}
