//! The numbers of a methods section, all of one moment.

use std::collections::BTreeSet;

use shared::{ReportView, Snapshot, StoreError, Table, Value};

use crate::report::Column;

/// Smallest and largest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub min: f64,
    pub max: f64,
}

impl Range {
    /// The range of all of them; 0 of none.
    pub fn over(ranges: impl Iterator<Item = Self>) -> Self {
        let widest = ranges.reduce(|a, b| Self {
            min: a.min.min(b.min),
            max: a.max.max(b.max),
        });
        widest.unwrap_or(Self { min: 0.0, max: 0.0 })
    }
}

/// Jobs of one algorithm and noise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub algorithm: String,
    pub noise_type: String,
    pub jobs: usize,
    pub n_samples: Range,
    pub input_dim: Range,
    pub output_dim: Range,
    pub hidden_units: Range,
    pub learning_rate: Range,
    pub update_noise: Range,
    pub label_noise: Range,
    pub input_noise: Range,
    pub steps: Range,
    pub linear_measurements: Range,
    pub hessian_snapshots: Range,
}

/// Results of one machine and version.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hardware {
    pub host: String,
    pub code_version: String,
    /// Absent where the worker is no longer on record.
    pub cpu: Option<String>,
    pub slots: Option<usize>,
    pub runs: usize,
    /// Of one slot.
    pub seconds: f64,
}

/// Where the planned jobs went: states and outcomes add up to them, as do exclusions, `analysed` and
/// what is not finished.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attrition {
    pub completed: usize,
    pub diverged: usize,
    pub silent: usize,
    pub truncated: usize,
    pub dead: usize,
    pub cancelled: usize,
    pub unfinished: usize,
    /// Rules, and how many runs each excludes.
    pub excluded: Vec<(String, usize)>,
    pub analysed: usize,
}

/// All that a methods section says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub sweep: String,
    pub planned: usize,
    pub seed: i64,
    pub seeds: usize,
    pub replicates: usize,
    pub data_seeds: usize,
    pub weights_seeds: usize,
    pub groups: Vec<Group>,
    pub tasks: BTreeSet<String>,
    pub regimes: BTreeSet<String>,
    pub data_ranges: BTreeSet<String>,
    pub update_noise_on: BTreeSet<String>,
    pub label_noise_distributions: BTreeSet<String>,
    pub precisions: BTreeSet<String>,
    pub model_versions: BTreeSet<i64>,
    pub code_versions: Vec<String>,
    pub attrition: Attrition,
    pub hardware: Vec<Hardware>,
}

impl Facts {
    /// Reads them.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(snapshot: &mut Snapshot, sweep: &str) -> Result<Self, StoreError> {
        let sweeps = [sweep.to_owned()];
        let mut tables = Vec::new();
        for view in [
            ReportView::MethodsConditions,
            ReportView::MethodsRanges,
            ReportView::MethodsSeeds,
            ReportView::Attrition,
            ReportView::MethodsHardware,
        ] {
            tables.push(snapshot.report(view, &sweeps).await?.table);
        }
        let tables: [Table; 5] = tables.try_into().expect("five statements, five answers");
        Ok(Self::of(sweep, &tables))
    }

    /// From what the five statements answered, in the order of [`Facts::read`].
    fn of(sweep: &str, [conditions, ranges, seeds, attrition, hardware]: &[Table; 5]) -> Self {
        let names = |name| -> BTreeSet<String> {
            let column = Column::of(conditions, name);
            let rows = conditions.rows.iter();
            rows.map(|row| column.text(row).to_owned()).collect()
        };
        let versions = Column::of(conditions, "model_version");
        let groups: Vec<Group> = ranges.rows.iter().map(|row| group(ranges, row)).collect();
        let hardware: Vec<Hardware> = hardware
            .rows
            .iter()
            .map(|row| machine(hardware, row))
            .collect();
        let of_seeds = |name| {
            let first = seeds.rows.first();
            first.map_or(0, |row| Column::of(seeds, name).count(row))
        };
        let mut code_versions: Vec<String> = hardware
            .iter()
            .map(|machine| machine.code_version.clone())
            .collect();
        code_versions.sort_unstable();
        code_versions.dedup();
        Self {
            sweep: sweep.to_owned(),
            planned: groups.iter().map(|group| group.jobs).sum(),
            seed: match seeds.rows.first().map(|row| seeds.value(row, "seed")) {
                Some(Value::Integer(seed)) => *seed,
                _ => 0,
            },
            seeds: of_seeds("seeds"),
            replicates: of_seeds("replicates"),
            data_seeds: of_seeds("data_seeds"),
            weights_seeds: of_seeds("weights_seeds"),
            groups,
            tasks: names("task"),
            regimes: names("regime"),
            data_ranges: names("data_range"),
            update_noise_on: names("update_noise_on"),
            label_noise_distributions: names("label_noise_distribution"),
            precisions: names("precision"),
            model_versions: conditions
                .rows
                .iter()
                .map(|row| versions.count(row) as i64)
                .collect(),
            code_versions,
            attrition: Attrition::of(attrition),
            hardware,
        }
    }

    /// Whether some job trains so.
    pub fn uses(&self, algorithm: &str) -> bool {
        self.groups.iter().any(|group| group.algorithm == algorithm)
    }

    /// What the amplitude of update noise is.
    pub fn update_noise_name(&self) -> &'static str {
        match (
            self.update_noise_on.contains("gradient"),
            self.update_noise_on.contains("weights"),
        ) {
            (true, false) => {
                "standard deviation of the normal noise on every entry of the gradient"
            }
            (false, true) => "standard deviation of the normal noise on every weight and bias",
            _ => "standard deviation of the normal noise on gradient or weights",
        }
    }

    /// What the amplitude of label noise is.
    pub fn label_noise_name(&self) -> &'static str {
        let has = |name| self.label_noise_distributions.contains(name);
        match (has("uniform"), has("gaussian")) {
            (true, false) => "full width of the uniform noise on the targets",
            (false, true) => "standard deviation of the normal noise on the targets",
            _ => {
                "amplitude of the noise on the targets (full width if uniform, standard deviation if normal)"
            }
        }
    }
}

fn group(table: &Table, row: &[Value]) -> Group {
    let range = |name: &str| {
        let end = |end: &str| Column::of(table, &format!("{name}_{end}")).real(row);
        Range {
            min: end("min").unwrap_or(0.0),
            max: end("max").unwrap_or(0.0),
        }
    };
    Group {
        algorithm: Column::of(table, "algorithm").text(row).to_owned(),
        noise_type: Column::of(table, "noise_type").text(row).to_owned(),
        jobs: Column::of(table, "jobs").count(row),
        n_samples: range("n_samples"),
        input_dim: range("input_dim"),
        output_dim: range("output_dim"),
        hidden_units: range("hidden_units"),
        learning_rate: range("learning_rate"),
        update_noise: range("update_noise"),
        label_noise: range("label_noise"),
        input_noise: range("input_noise"),
        steps: range("steps"),
        linear_measurements: range("linear_measurements"),
        hessian_snapshots: range("hessian_snapshots"),
    }
}

fn machine(table: &Table, row: &[Value]) -> Hardware {
    let cpu = Column::of(table, "cpu").text(row);
    let slots = Column::of(table, "slots").count(row);
    Hardware {
        host: Column::of(table, "host").text(row).to_owned(),
        code_version: Column::of(table, "code_version").text(row).to_owned(),
        cpu: (!cpu.is_empty()).then(|| cpu.to_owned()),
        slots: (slots > 0).then_some(slots),
        runs: Column::of(table, "runs").count(row),
        seconds: Column::of(table, "wall_seconds").real(row).unwrap_or(0.0),
    }
}

impl Attrition {
    fn of(table: &Table) -> Self {
        let column = |name| Column::of(table, name);
        let [state, outcome, rule, runs] = ["state", "outcome", "excluded", "runs"].map(column);
        let mut attrition = Self::default();
        for row in &table.rows {
            let jobs = runs.count(row);
            let counter = match (state.text(row), outcome.text(row)) {
                ("done", "completed") => &mut attrition.completed,
                ("done", "diverged") => &mut attrition.diverged,
                ("done", "silent") => &mut attrition.silent,
                ("done", _) => &mut attrition.truncated,
                ("dead", _) => &mut attrition.dead,
                ("cancelled", _) => &mut attrition.cancelled,
                _ => &mut attrition.unfinished,
            };
            *counter += jobs;
            let rule = rule.text(row);
            if rule.is_empty() {
                if state.text(row) == "done" {
                    attrition.analysed += jobs;
                }
                continue;
            }
            match attrition.excluded.iter_mut().find(|(name, _)| name == rule) {
                Some((_, excluded)) => *excluded += jobs,
                None => attrition.excluded.push((rule.to_owned(), jobs)),
            }
        }
        attrition
    }
}
