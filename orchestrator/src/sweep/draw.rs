//! Random axes: `random: {draws, axes: {key: distribution}}`.
//!
//! Each axis draws from its own stream, named by the sweep's seed, the block's name and the key.
//! So another axis, or more draws, changes none that were there before.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest as _, Sha256};

use super::axis::Axis;
use super::fault::{Fault, Place};
use super::key::{Key, Scalar};
use super::node::{Entry, Node, join};
use super::reader::{Reader, named};
use super::spread::{Spread, in_range};

/// The distributions of a random axis, for messages and the schema.
pub(super) const DISTRIBUTIONS: [&str; 6] = [
    "int_uniform",
    "uniform",
    "log_uniform",
    "choice",
    "log_spaced",
    "linear_spaced",
];

/// Enough to overrun every bound on jobs, so that the message about those counts the draws.
const DRAWS_MAX: u64 = 1_000_000_000_000;

/// What a value is drawn from.
#[derive(Clone, Debug, PartialEq)]
enum Distribution {
    /// Whole numbers from a to b, both included.
    IntUniform(u64, u64),
    /// Numbers in [a, b).
    Uniform(f64, f64),
    /// Numbers whose logarithm is uniform in [ln a, ln b).
    LogUniform(f64, f64),
    /// One of a list.
    Choice(Vec<Scalar>),
}

/// The `random` section.
#[derive(Debug)]
pub(super) struct Random {
    pub draws: u64,
    pub label: String,
    axes: Vec<RandomAxis>,
}

#[derive(Debug)]
struct RandomAxis {
    key: Key,
    distribution: Distribution,
    place: Place,
}

impl Random {
    pub fn of_node(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Self, Fault> {
        let (mut draws, mut axes) = (None, None);
        for entry in node.map(at)? {
            let path = join(at, &entry.key);
            match entry.key.as_str() {
                "draws" => draws = Some(entry.value.whole(&path, 1, DRAWS_MAX)?),
                "axes" => axes = Some((&entry.value, path)),
                _ => return Err(entry.unknown(at, ["draws", "axes"])),
            }
        }
        let (Some(draws), Some((list, path))) = (draws, axes) else {
            return Err(node.fault(at, "give both draws and axes"));
        };
        let mut axes = Vec::new();
        for entry in list.map(&path)? {
            let key = named(entry, &path)?;
            let at = join(&path, key.name());
            axes.push(RandomAxis {
                key,
                distribution: Distribution::of_node(reader, key, &entry.value, &at)?,
                place: entry.value.place,
            });
        }
        if axes.is_empty() {
            return Err(list.fault(&path, "no axes: give at least one key to draw"));
        }
        axes.sort_by_key(|axis| axis.key);
        Ok(Self {
            draws,
            label: path,
            axes,
        })
    }

    /// The keys drawn, each with its place.
    pub fn keys(&self) -> impl Iterator<Item = (Key, Place)> + '_ {
        self.axes.iter().map(|axis| (axis.key, axis.place))
    }

    /// Draws. The caller has bounded the number of draws.
    pub fn axis(&self, seed: u64, block: &str) -> Axis {
        let mut streams: Vec<ChaCha8Rng> = self
            .axes
            .iter()
            .map(|axis| stream(seed, block, axis.key))
            .collect();
        let mut values = Vec::new();
        for _ in 0..self.draws {
            for (axis, stream) in self.axes.iter().zip(&mut streams) {
                values.push(axis.distribution.draw(axis.key, stream));
            }
        }
        Axis::new(
            self.label.clone(),
            self.axes.iter().map(|axis| axis.key).collect(),
            values,
            self.axes.iter().map(|axis| axis.place).collect(),
        )
    }
}

fn stream(seed: u64, block: &str, key: Key) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(b"driftsweep draw\0");
    hash.update(seed.to_le_bytes());
    hash.update(block.as_bytes());
    hash.update([0]);
    hash.update(key.name().as_bytes());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

impl Distribution {
    fn of_node(reader: &mut Reader<'_>, key: Key, node: &Node, at: &str) -> Result<Self, Fault> {
        let [entry] = node.map(at)? else {
            let expected = format!("give one of {}", DISTRIBUTIONS.join(", "));
            return Err(node.fault(at, expected));
        };
        let path = join(at, &entry.key);
        let drawn = Self::of_entry(reader, key, entry, at, &path)?;
        for end in drawn.ends() {
            in_range(key, end).map_err(|why| entry.value.fault(&path, why))?;
        }
        Ok(drawn)
    }

    fn of_entry(
        reader: &mut Reader<'_>,
        key: Key,
        entry: &Entry,
        at: &str,
        path: &str,
    ) -> Result<Self, Fault> {
        let node = &entry.value;
        Ok(match entry.key.as_str() {
            "int_uniform" => {
                let [a, b] = pair(node, path)?;
                let whole = |end: &Node| end.whole(path, 0, u64::MAX);
                let (a, b) = (whole(a)?, whole(b)?);
                rising(a <= b, node, path)?;
                Self::IntUniform(a, b)
            }
            "uniform" | "log_uniform" => {
                let [a, b] = pair(node, path)?;
                let (a, b) = (a.finite(path)?, b.finite(path)?);
                rising(a <= b, node, path)?;
                if entry.key == "uniform" {
                    Self::Uniform(a, b)
                } else if a > 0.0 {
                    Self::LogUniform(a, b)
                } else {
                    return Err(node.fault(path, format!("from {a}: both ends must be above 0")));
                }
            }
            "choice" => Self::Choice(reader.values(key, node, path)?.0),
            "log_spaced" | "linear_spaced" => {
                let spread = Spread::of_ends(node, path, entry.key == "log_spaced")?;
                Self::Choice(spread.scalars(key, node, path)?)
            }
            _ => return Err(entry.unknown(at, DISTRIBUTIONS)),
        })
    }

    /// The extreme values, where they are still to be checked against the key's range.
    fn ends(&self) -> Vec<f64> {
        match self {
            Self::IntUniform(a, b) => vec![*a as f64, *b as f64],
            Self::Uniform(a, b) | Self::LogUniform(a, b) => vec![*a, *b],
            Self::Choice(_) => Vec::new(),
        }
    }

    fn draw(&self, key: Key, stream: &mut ChaCha8Rng) -> Scalar {
        let number = match self {
            Self::IntUniform(a, b) => {
                let whole = a + below(b - a, stream);
                return match key.kind() {
                    super::key::Kind::Real { .. } => Scalar::Real(whole as f64),
                    _ => Scalar::Whole(whole),
                };
            }
            Self::Choice(values) => {
                let index = below(values.len() as u64 - 1, stream);
                return values[usize::try_from(index).expect("within a list")];
            }
            Self::Uniform(a, b) => a + (b - a) * unit(stream),
            Self::LogUniform(a, b) => {
                (a * libm::exp(libm::log(b / a) * unit(stream))).clamp(*a, *b)
            }
        };
        key.of_number(number)
            .expect("both ends suit the key, so does all between")
    }
}

/// A whole number from 0 to `max`, both included, without bias: draws beyond the last full
/// multiple of the range are drawn again.
fn below(max: u64, stream: &mut ChaCha8Rng) -> u64 {
    let Some(count) = max.checked_add(1) else {
        return stream.next_u64();
    };
    let excess = (u64::MAX % count + 1) % count;
    loop {
        let bits = stream.next_u64();
        if bits <= u64::MAX - excess {
            return bits % count;
        }
    }
}

/// Uniform on [0, 1), with 53 random bits.
fn unit(stream: &mut ChaCha8Rng) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn pair<'a>(node: &'a Node, at: &str) -> Result<&'a [Node; 2], Fault> {
    node.list(at)?
        .try_into()
        .map_err(|_| node.fault(at, "give two ends: [lowest, highest]"))
}

fn rising(holds: bool, node: &Node, at: &str) -> Result<(), Fault> {
    if holds {
        return Ok(());
    }
    Err(node.fault(
        at,
        "the first end is above the second: give [lowest, highest]",
    ))
}
