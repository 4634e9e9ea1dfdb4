//! Evenly spread numbers: `{log_spaced: {from, to, count}}` and `{linear_spaced: {..}}`.

use super::fault::Fault;
use super::key::{Key, Scalar};
use super::node::{Content, Entry, Node, join};

/// Most values of one spread.
const COUNT_MAX: u64 = 1_000_000;

/// The names that open a spread.
pub(super) const SPREADS: [&str; 2] = ["log_spaced", "linear_spaced"];

/// Numbers evenly spread between two ends (both included), on a linear or logarithmic scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    logarithmic: bool,
    from: f64,
    to: f64,
    count: usize,
}

impl Spread {
    /// The spread that a one-entry map spells, if the node is a map at all.
    pub fn of_node(node: &Node, at: &str) -> Option<Result<Self, Fault>> {
        match &node.content {
            Content::Map(entries) => Some(Self::of_map(node, entries, at)),
            _ => None,
        }
    }

    fn of_map(node: &Node, entries: &[Entry], at: &str) -> Result<Self, Fault> {
        let [entry] = entries else {
            return Err(node.fault(at, "give a list, or one of log_spaced, linear_spaced"));
        };
        if !SPREADS.contains(&entry.key.as_str()) {
            return Err(entry.unknown(at, SPREADS));
        }
        Self::of_ends(
            &entry.value,
            &join(at, &entry.key),
            entry.key == "log_spaced",
        )
    }

    /// Reads `{from, to, count}`.
    pub fn of_ends(node: &Node, at: &str, logarithmic: bool) -> Result<Self, Fault> {
        const KEYS: [&str; 3] = ["from", "to", "count"];
        let (mut from, mut to, mut count) = (None, None, None);
        for entry in node.map(at)? {
            let path = join(at, &entry.key);
            match entry.key.as_str() {
                "from" => from = Some(entry.value.finite(&path)?),
                "to" => to = Some(entry.value.finite(&path)?),
                "count" => count = Some(entry.value.whole(&path, 1, COUNT_MAX)?),
                _ => return Err(entry.unknown(at, KEYS)),
            }
        }
        let (Some(from), Some(to), Some(count)) = (from, to, count) else {
            return Err(node.fault(at, "give all of from, to and count"));
        };
        if logarithmic && !(from > 0.0 && to > 0.0) {
            return Err(node.fault(
                at,
                format!("from {from} to {to}: both ends must be above 0"),
            ));
        }
        let count = usize::try_from(count).expect("bounded");
        Ok(Self {
            logarithmic,
            from,
            to,
            count,
        })
    }

    /// The value at `index`. Both ends are exact; between them the authors' arithmetic is followed
    /// (numpy's `logspace`: ten to the power of an even step), so that their values are met.
    pub fn value(&self, index: usize) -> f64 {
        if index == 0 {
            return self.from;
        }
        if index + 1 == self.count {
            return self.to;
        }
        let even =
            |from: f64, to: f64| from + index as f64 * ((to - from) / (self.count - 1) as f64);
        if self.logarithmic {
            libm::pow(10.0, even(libm::log10(self.from), libm::log10(self.to)))
        } else {
            even(self.from, self.to)
        }
    }

    /// All values, for a key. Faults if the key takes no numbers, or not these.
    pub fn scalars(&self, key: Key, node: &Node, at: &str) -> Result<Vec<Scalar>, Fault> {
        (0..self.count)
            .map(|index| in_range(key, self.value(index)).map_err(|why| node.fault(at, why)))
            .collect()
    }
}

/// A computed number for a key (rounded if the key is whole), within the key's range.
pub(super) fn in_range(key: Key, number: f64) -> Result<Scalar, String> {
    use super::literal::Literal;
    match key.of_number(number) {
        // Decoding once more checks the range.
        Some(Scalar::Whole(whole)) => key.decode(&Literal::Integer(whole.into())),
        Some(Scalar::Real(real)) => key.decode(&Literal::Real(real)),
        _ if matches!(key.kind(), super::key::Kind::Whole { .. }) => {
            key.decode(&Literal::Real(number))
        }
        _ => Err(format!(
            "{} is no number: {} in a list (or under choice)",
            key.name(),
            key.expected()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_noise_levels_are_met() {
        let levels = Spread {
            logarithmic: true,
            from: 0.01,
            to: 0.1,
            count: 50,
        };
        // The corridor run's update noise, as its authors' configuration writes it.
        assert_eq!(levels.value(7), 0.013_894_954_943_731_374);
        assert_eq!((levels.value(0), levels.value(49)), (0.01, 0.1));
    }

    #[test]
    fn linear_spreads_are_even() {
        let levels = Spread {
            logarithmic: false,
            from: 0.0,
            to: 1.0,
            count: 5,
        };
        let values: Vec<f64> = (0..levels.count).map(|index| levels.value(index)).collect();
        assert_eq!(values, [0.0, 0.25, 0.5, 0.75, 1.0]);
    }
}
