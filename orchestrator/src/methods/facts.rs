//! The numbers of a methods section, all of one moment.

use std::collections::{BTreeMap, BTreeSet};

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

/// What jobs simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Model {
    /// A network with a hidden layer that learns targets.
    Network,
    /// Units that match the similarities of points on a ring.
    Ring,
    /// A walker in a valley of two dimensions.
    Valley,
}

impl Model {
    pub const ALL: [Self; 3] = [Self::Network, Self::Ring, Self::Valley];

    fn of_task(task: &str) -> Self {
        match task {
            "ring" => Self::Ring,
            "narrowing_valley" | "flat_valley" => Self::Valley,
            _ => Self::Network,
        }
    }

    /// As the statement calls it.
    fn named(name: &str) -> Self {
        match name {
            "ring" => Self::Ring,
            "valley" => Self::Valley,
            _ => Self::Network,
        }
    }
}

/// What jobs of one model chose among names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Choices {
    pub tasks: BTreeSet<String>,
    pub regimes: BTreeSet<String>,
    pub data_ranges: BTreeSet<String>,
    pub update_noise_on: BTreeSet<String>,
    pub label_noise_distributions: BTreeSet<String>,
}

/// Jobs of one model, algorithm and noise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub model: Model,
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
    pub logarithmic_measurements: Range,
    pub trajectory_points: Range,
    /// Jobs whose metrics are of a copy at rest.
    pub measured_on_manifold: usize,
    /// Jobs with spectra of the Hessian, and at how many snapshots.
    pub hessian_jobs: usize,
    pub hessian_snapshots: Range,
    /// Those of them that limit what eigenvalues may cost, and to what share of the training.
    pub hessian_limited: usize,
    pub hessian_cost_max: Range,
    /// Jobs with a place code, and at how many snapshots.
    pub place_jobs: usize,
    pub place_snapshots: Range,
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
    pub choices: BTreeMap<Model, Choices>,
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
            choices: choices(conditions),
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

    /// Groups of one model.
    pub fn groups_of(&self, model: Model) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |group| group.model == model)
    }

    /// Jobs of one model.
    pub fn jobs(&self, model: Model) -> usize {
        self.groups_of(model).map(|group| group.jobs).sum()
    }

    /// What jobs of one model chose.
    pub fn choices(&self, model: Model) -> Choices {
        self.choices.get(&model).cloned().unwrap_or_default()
    }
}

impl Choices {
    /// What the amplitude of update noise is.
    pub fn update_noise_name(&self, model: Model) -> &'static str {
        let has = |name| self.update_noise_on.contains(name);
        match (model, has("gradient"), has("weights")) {
            (Model::Ring, ..) => {
                "standard deviation of the normal noise on every weight over the root of the learning rate"
            }
            (Model::Valley, false, true) => {
                "standard deviation of the normal noise on either coordinate"
            }
            (_, true, false) => {
                "standard deviation of the normal noise on every entry of the gradient"
            }
            (Model::Network, false, true) => {
                "standard deviation of the normal noise on every weight and bias"
            }
            (Model::Valley, ..) => {
                "standard deviation of the normal noise on gradient or coordinates"
            }
            (Model::Network, ..) => "standard deviation of the normal noise on gradient or weights",
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

fn choices(conditions: &Table) -> BTreeMap<Model, Choices> {
    let column = |name| Column::of(conditions, name);
    let task = column("task");
    let [regime, range, noise_on, distribution] = [
        "regime",
        "data_range",
        "update_noise_on",
        "label_noise_distribution",
    ]
    .map(column);
    let mut choices = BTreeMap::<Model, Choices>::new();
    for row in &conditions.rows {
        let of = choices.entry(Model::of_task(task.text(row))).or_default();
        of.tasks.insert(task.text(row).to_owned());
        of.regimes.insert(regime.text(row).to_owned());
        of.data_ranges.insert(range.text(row).to_owned());
        of.update_noise_on.insert(noise_on.text(row).to_owned());
        of.label_noise_distributions
            .insert(distribution.text(row).to_owned());
    }
    choices
}

fn group(table: &Table, row: &[Value]) -> Group {
    let range = |name: &str| {
        let end = |end: &str| Column::of(table, &format!("{name}_{end}")).real(row);
        Range {
            min: end("min").unwrap_or(0.0),
            max: end("max").unwrap_or(0.0),
        }
    };
    let count = |name: &str| Column::of(table, name).count(row);
    Group {
        model: Model::named(Column::of(table, "model").text(row)),
        algorithm: Column::of(table, "algorithm").text(row).to_owned(),
        noise_type: Column::of(table, "noise_type").text(row).to_owned(),
        jobs: count("jobs"),
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
        logarithmic_measurements: range("logarithmic_measurements"),
        trajectory_points: range("trajectory_points"),
        measured_on_manifold: count("measured_on_manifold"),
        hessian_jobs: count("hessian_jobs"),
        hessian_snapshots: range("hessian_snapshots"),
        hessian_limited: count("hessian_limited"),
        hessian_cost_max: range("hessian_cost_max"),
        place_jobs: count("place_jobs"),
        place_snapshots: range("place_snapshots"),
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
