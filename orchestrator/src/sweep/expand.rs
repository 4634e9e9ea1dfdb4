//! From a sweep file to its jobs.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use simulation::{Dataset, ValidParameters};

use super::PlannedJob;
use super::axis::Axis;
use super::fault::Fault;
use super::file::{Block, Seeds, SweepFile};
use super::node::join;
use super::point::{Point, PointFault};
use super::rule::{self, Condition, Rule};

/// What came of expanding the blocks.
#[derive(Debug, Default)]
pub(super) struct Expansion {
    pub jobs: Vec<PlannedJob>,
    pub merged: u64,
    pub excluded: u64,
    pub notes: Vec<String>,
    /// How many replicates of a point there are already, by the point's digest.
    seen: HashMap<u128, u32>,
}

/// Expands every block, after counting them all.
pub(super) fn expand(file: &SweepFile, datasets: &[(String, Dataset)]) -> Result<Expansion, Fault> {
    let total = file.blocks.iter().fold(0u128, |sum, block| {
        sum.saturating_add(points(block).saturating_mul(replicates(block).into()))
    });
    if total > file.max_jobs.into() {
        return Err(too_many(file, total));
    }
    let mut expansion = Expansion::default();
    for block in &file.blocks {
        expansion.add(file, block, datasets)?;
    }
    if expansion.jobs.is_empty() {
        let place = file.blocks[0].place;
        let message = format!("no jobs: all {} points are excluded", expansion.excluded);
        return Err(Fault::new(place, "exclude", message));
    }
    Ok(expansion)
}

fn replicates(block: &Block) -> u32 {
    block.section.replicates.map_or(1, |(count, _)| count)
}

/// Number of points of a block: the product of its axes' lengths.
fn points(block: &Block) -> u128 {
    let draws = block
        .section
        .random
        .iter()
        .map(|random| random.draws.into());
    let lengths = block.section.listed().map(|axis| axis.len() as u128);
    lengths.chain(draws).fold(1, u128::saturating_mul)
}

fn too_many(file: &SweepFile, total: u128) -> Fault {
    let largest = file
        .blocks
        .iter()
        .max_by_key(|block| points(block))
        .expect("a file has a block");
    let mut factors: Vec<String> = largest
        .section
        .listed()
        .map(|axis| format!("{} {}", axis.label, axis.len()))
        .collect();
    factors.extend(
        (largest.section.random.iter()).map(|random| format!("{} {}", random.label, random.draws)),
    );
    if replicates(largest) > 1 {
        factors.push(format!("replicates {}", replicates(largest)));
    }
    let total = if total == u128::MAX {
        "more than 10^38".to_owned()
    } else {
        total.to_string()
    };
    let factors = match factors.join(" x ") {
        none if none.is_empty() => none,
        some => format!(" ({some})"),
    };
    let message = format!(
        "{total} jobs{factors}: at most {} are planned; shorten the axes or raise max_jobs",
        file.max_jobs
    );
    Fault::new(largest.place, largest.label.clone(), message)
}

impl Expansion {
    fn add(
        &mut self,
        file: &SweepFile,
        block: &Block,
        datasets: &[(String, Dataset)],
    ) -> Result<(), Fault> {
        let section = &block.section;
        let drawn = section
            .random
            .as_ref()
            .map(|random| random.axis(file.sweep.seed, &block.name));
        let axes: Vec<&Axis> = section.listed().chain(&drawn).collect();
        let rules: &[Rule] = section.when.as_ref().map_or(&[], |rules| rules);
        let exclusions: &[Condition] = section.exclude.as_ref().map_or(&[], |all| all);
        let mut rules_used = vec![false; rules.len()];
        let mut exclusions_used = vec![false; exclusions.len()];

        let mut base = Point::default();
        for &setting in &section.fixed {
            base.set(setting);
        }
        let count = u64::try_from(points(block)).expect("bounded by max_jobs");
        let mut indices = vec![0; axes.len()];
        for number in 0..count {
            place_in_grid(number, &axes, &mut indices);
            let mut point = base.clone();
            for (axis, &index) in axes.iter().zip(&indices) {
                axis.point(index).for_each(|setting| point.set(setting));
            }
            let setters = rule::apply(rules, &mut point, &mut rules_used)?;
            if let Some(index) = exclusions.iter().position(|each| each.holds(&point)) {
                exclusions_used[index] = true;
                self.excluded += 1;
                continue;
            }
            let (parameters, seed) = point.finish(datasets).map_err(|fault| {
                let by_rule = setters.of(fault.key).map(|index| &rules[index]);
                locate(block, &axes, &indices, by_rule, &fault)
            })?;
            self.push(file, replicates(block), &parameters, seed);
        }
        self.note_unused(rules.iter().map(|rule| &rule.label), &rules_used);
        self.note_unused(exclusions.iter().map(|each| &each.label), &exclusions_used);
        Ok(())
    }

    /// Adds the replicates of a point that are not there yet.
    fn push(
        &mut self,
        file: &SweepFile,
        replicates: u32,
        parameters: &ValidParameters,
        seed: Option<u64>,
    ) {
        let json = parameters.canonical_json();
        let present = self.seen.entry(digest(&json, seed)).or_insert(0);
        self.merged += u64::from(replicates.min(*present));
        for replicate in *present..replicates {
            let mut parameters = parameters.clone().into_inner();
            parameters.seed = seed.unwrap_or_else(|| match file.seeds {
                Seeds::Independent => job_seed(file.sweep.seed, &json, replicate),
                Seeds::Common => job_seed(file.sweep.seed, "", replicate),
            });
            let parameters = parameters.check().expect("a 63-bit seed spoils no point");
            self.jobs.push(PlannedJob {
                parameters,
                replicate,
            });
        }
        *present = replicates.max(*present);
    }

    fn note_unused<'a>(&mut self, labels: impl Iterator<Item = &'a String>, used: &[bool]) {
        let unused = labels.zip(used).filter(|(_, used)| !**used);
        self.notes
            .extend(unused.map(|(label, _)| format!("{label} applies to no point")));
    }
}

/// Splits a point's number into one index per axis, the last running fastest.
fn place_in_grid(number: u64, axes: &[&Axis], indices: &mut [usize]) {
    let mut rest = number;
    for (axis, index) in axes.iter().zip(indices).rev() {
        let length = axis.len() as u64;
        *index = usize::try_from(rest % length).expect("within an axis");
        rest /= length;
    }
}

/// Tells points apart, the given seed included.
fn digest(json: &str, seed: Option<u64>) -> u128 {
    let mut hash = Sha256::new();
    hash.update(json.as_bytes());
    if let Some(seed) = seed {
        hash.update([0]);
        hash.update(seed.to_le_bytes());
    }
    let bytes: [u8; 32] = hash.finalize().into();
    u128::from_be_bytes(bytes[..16].try_into().expect("half of it"))
}

/// The seed of a job: the first 63 bits of SHA-256 over the sweep's seed, the point and the
/// replicate. An empty point makes seeds that all points share.
fn job_seed(sweep_seed: u64, point: &str, replicate: u32) -> u64 {
    let mut hash = Sha256::new();
    hash.update(b"driftsweep job\0");
    hash.update(sweep_seed.to_le_bytes());
    hash.update(point.as_bytes());
    hash.update([0]);
    hash.update(replicate.to_le_bytes());
    let bytes: [u8; 32] = hash.finalize().into();
    u64::from_be_bytes(bytes[..8].try_into().expect("a quarter of it")) >> 1
}

/// The place of who set the key at fault: a rule, an axis, or `fixed`; else the block's.
fn locate(
    block: &Block,
    axes: &[&Axis],
    indices: &[usize],
    by_rule: Option<&Rule>,
    PointFault { key, message }: &PointFault,
) -> Fault {
    let in_rule = by_rule.and_then(|rule| {
        let setting = rule.set.iter().find(|setting| setting.key == *key)?;
        Some(Fault::new(setting.place, rule.label.clone(), message))
    });
    let in_axis = || {
        let mut at = axes.iter().zip(indices);
        at.find_map(|(axis, &index)| axis.fault(index, *key, message))
    };
    let in_fixed = || {
        let mut fixed = block.section.fixed.iter();
        let setting = fixed.find(|setting| setting.key == *key)?;
        let at = join("fixed", key.name());
        Some(Fault::new(setting.place, at, message))
    };
    in_rule
        .or_else(in_axis)
        .or_else(in_fixed)
        .unwrap_or_else(|| {
            let at = join(&block.label, key.name());
            Fault::new(block.place, at, message)
        })
}
