//! The sweep file as a whole: its name, seed and limits, and its blocks of points.

use shared::NewSweep;

use super::analysis;
use super::fault::{Fault, Place, quoted};
use super::key::Key;
use super::node::{Entry, Node, join};
use super::reader::Reader;
use super::section::Section;

/// Most jobs unless the file says otherwise.
const JOBS_MAX_DEFAULT: u64 = 1_000_000;
/// Most jobs that a file may ask for: beyond, the plan fits no memory.
const JOBS_MAX: u64 = 100_000_000;
/// The store keeps seeds as signed 64-bit integers.
const SEED_MAX: u64 = i64::MAX as u64;

/// How job seeds relate across points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// Every job has its own.
    Independent,
    /// Equal replicates of all points share one: common random numbers, for paired comparisons.
    Common,
}

/// A sweep file, read but not expanded.
#[derive(Debug)]
pub(super) struct SweepFile {
    /// Name, seed and limits, as the store takes them; the source is filled in later.
    pub sweep: NewSweep,
    pub description: String,
    pub seeds: Seeds,
    pub max_jobs: u64,
    /// At least one: a file without `blocks` is its own only block.
    pub blocks: Vec<Block>,
}

/// One list of points.
#[derive(Debug)]
pub(super) struct Block {
    /// Path of keys in front of this block's; empty when the file has no blocks.
    pub label: String,
    /// Given name; part of what its draws derive from.
    pub name: String,
    pub section: Section,
    pub place: Place,
}

/// A key of the sweep file: its name and what it means.
pub(super) type Documented = (&'static str, &'static str);

/// Keys of the top level that describe the sweep.
pub(super) const TOP_KEYS: [Documented; 11] = [
    (
        "name",
        "Name of the sweep in the database: 1 to 100 of A-Z a-z 0-9 . _ -",
    ),
    ("description", "Free text."),
    (
        "seed",
        "Every draw and every job seed derives from it. Default 0.",
    ),
    (
        "seeds",
        "independent (default): every job has its own seed; common: equal replicates of all points share one.",
    ),
    (
        "max_jobs",
        "Refuse to plan more jobs than this. Default 1000000.",
    ),
    (
        "max_dead",
        "Pause the sweep after so many dead jobs. Default: never.",
    ),
    (
        "max_errors",
        "Give a job up after so many errors. Default 3.",
    ),
    (
        "max_crashes",
        "Give a job up after its worker was lost so many times. Default 3.",
    ),
    (
        "max_job_hours",
        "Cut a job off after so many hours (outcome truncated). Default: never.",
    ),
    (
        "analysis",
        "exclude: named conditions on parameters and results; finished runs that meet one are left out of summaries. diverged, silent and truncated ones are, unless set to false.",
    ),
    (
        "blocks",
        "Several lists of points, one after the other; each inherits the top level's point keys.",
    ),
];

/// Keys that describe points, of the top level and of a block.
pub(super) const POINT_KEYS: [Documented; 8] = [
    (
        "replicates",
        "Jobs per point, each with its own seed. Default 1.",
    ),
    ("fixed", "Values that all points share."),
    ("grid", "Axes that multiply: every combination is a point."),
    ("zip", "Axes of equal length that step together."),
    (
        "random",
        "Drawn points: how many draws, and a distribution per axis.",
    ),
    (
        "rows",
        "CSV file of explicit points, relative to the sweep file; the header names keys.",
    ),
    (
        "when",
        "Rules {if, set}, in order: where the condition holds, the values are set.",
    ),
    ("exclude", "Conditions: points that meet one are left out."),
];

impl SweepFile {
    pub fn of_node(reader: &mut Reader<'_>, root: &Node) -> Result<Self, Fault> {
        let mut file = Self {
            sweep: NewSweep::new("", "", 0),
            description: String::new(),
            seeds: Seeds::Independent,
            max_jobs: JOBS_MAX_DEFAULT,
            blocks: Vec::new(),
        };
        let mut top = Section::default();
        let mut blocks = None;
        let entries = root.map("").map_err(|fault| Fault {
            message: "no sweep file: give a map of keys, at least name".into(),
            ..fault
        })?;
        for entry in entries {
            if entry.key == "blocks" {
                blocks = Some(&entry.value);
            } else if entry.key == "analysis" {
                file.sweep.exclusion_rules = analysis::read(reader, &entry.value)?;
            } else if !top.read(reader, entry, "")? && !file.read(entry)? {
                return Err(unknown(entry, "", TOP_KEYS.iter().chain(&POINT_KEYS)));
            }
        }
        if file.sweep.name.is_empty() {
            return Err(root.fault("name", "missing: give the sweep a name"));
        }
        top.check_owners()?;
        file.blocks = match blocks {
            Some(node) => read_blocks(reader, node, &top)?,
            None => vec![Block {
                label: String::new(),
                name: String::new(),
                section: top,
                place: root.place,
            }],
        };
        Ok(file)
    }

    /// Reads one entry that describes the sweep; `false` if the key is none of these.
    fn read(&mut self, entry: &Entry) -> Result<bool, Fault> {
        const ANY: u64 = u32::MAX as u64;
        let (node, at) = (&entry.value, entry.key.as_str());
        let bounded = |min| -> Result<u32, Fault> {
            Ok(u32::try_from(node.whole(at, min, ANY)?).expect("bounded"))
        };
        match at {
            "name" => self.sweep.name = name(node, at)?,
            "description" => self.description = node.text(at)?.to_owned(),
            "seed" => self.sweep.seed = node.whole(at, 0, SEED_MAX)?,
            "seeds" => self.seeds = seeds(node, at)?,
            "max_jobs" => self.max_jobs = node.whole(at, 1, JOBS_MAX)?,
            "max_dead" => self.sweep.max_dead = Some(bounded(1)?),
            "max_errors" => self.sweep.max_errors = bounded(1)?,
            "max_crashes" => self.sweep.max_crashes = bounded(1)?,
            "max_job_hours" => self.sweep.max_job_ms = Some(job_ms(node, at)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn read_blocks(reader: &mut Reader<'_>, node: &Node, top: &Section) -> Result<Vec<Block>, Fault> {
    let nodes = node.list("blocks")?;
    if nodes.is_empty() {
        return Err(node.fault(
            "blocks",
            "empty list: give at least one block, or leave the key out",
        ));
    }
    let mut blocks = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let label = format!("blocks[{index}]");
        let mut own = Section::default();
        let mut given_name = String::new();
        for entry in node.map(&label)? {
            if entry.key == "name" {
                given_name = name(&entry.value, &join(&label, "name"))?;
            } else if !own.read(reader, entry, &label)? {
                let named = [("name", "")];
                return Err(unknown(entry, &label, named.iter().chain(&POINT_KEYS)));
            }
        }
        let section = own.inherit(top);
        section.check_owners()?;
        blocks.push(Block {
            label,
            name: given_name,
            section,
            place: node.place,
        });
    }
    Ok(blocks)
}

fn unknown<'a>(entry: &Entry, at: &str, known: impl Iterator<Item = &'a Documented>) -> Fault {
    if TOP_KEYS.iter().any(|(name, _)| *name == entry.key) {
        return entry.unknown_because(at, "; it belongs at the top level");
    }
    if Key::named(&entry.key).is_some() {
        let hint = "; it is a parameter: put it under fixed, or as a list under grid";
        return entry.unknown_because(at, hint);
    }
    entry.unknown(at, known.map(|(name, _)| *name))
}

fn name(node: &Node, at: &str) -> Result<String, Fault> {
    let text = node.text(at)?;
    check_name(text, &|message| node.fault(at, message))?;
    Ok(text.to_owned())
}

/// Names become keys in SQL, parts of file names and of web addresses.
pub(super) fn check_name(text: &str, fault: &dyn Fn(String) -> Fault) -> Result<(), Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if (1..=100).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(());
    }
    let message = format!(
        "{} is no name: give 1 to 100 of A-Z a-z 0-9 . _ -",
        quoted(text)
    );
    Err(fault(message))
}

fn seeds(node: &Node, at: &str) -> Result<Seeds, Fault> {
    match node.text(at)? {
        "independent" => Ok(Seeds::Independent),
        "common" => Ok(Seeds::Common),
        _ => Err(node.wrong(at, "give independent or common")),
    }
}

/// Hours as milliseconds, at least one.
fn job_ms(node: &Node, at: &str) -> Result<i64, Fault> {
    const HOURS_MAX: f64 = 1e6;
    let hours = node.finite(at)?;
    if hours > 0.0 && hours <= HOURS_MAX {
        return Ok((hours * 3_600_000.0).ceil() as i64);
    }
    Err(node.wrong(at, "give a number of hours above 0, at most 1000000"))
}
