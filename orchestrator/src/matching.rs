//! Which runs of some sweeps stand beside which rows of a published table.
//!
//! A row's runs are those that compute what it says: same problem, algorithm and noise. Runs with the seeds
//! that `validate` gives the row come first; other sweeps have seeds of their own, and a row is met in
//! distribution, not in bits, so that any will do.

use std::collections::{BTreeMap, BTreeSet};

use shared::{Table, Value};
use simulation::{Parameters, ValidParameters};

use crate::comparison::{ComparedRow, Ending, Metric, Run, metrics};
use crate::reference_table::{RUNS, RunnableRow};

/// Rows that have runs.
pub(crate) struct Matched {
    pub rows: Vec<ComparedRow>,
    pub metrics: &'static [Metric],
    /// Different runs beside them.
    pub runs: usize,
    /// Rows whose runs are longer or shorter than the published one.
    pub other_lengths: usize,
    /// Rows with a single run.
    pub single: usize,
}

/// A run of ours: its row in the table of runs, and what it computes.
struct Job<'a> {
    row: &'a [Value],
    parameters: ValidParameters,
    /// Whether eigenvalues were had where the summary needs them.
    has_spectrum: bool,
}

/// Puts rows and runs together. `runs` has a row per job, its canonical parameters among the columns.
pub(crate) fn matched(rows: &[RunnableRow], runs: &Table) -> Matched {
    let jobs: Vec<Job> = runs.rows.iter().filter_map(|row| job(runs, row)).collect();
    let mut of_problem = BTreeMap::<String, Vec<usize>>::new();
    for (index, job) in jobs.iter().enumerate() {
        let same = of_problem.entry(problem(&job.parameters)).or_default();
        same.push(index);
    }
    let metrics = metrics(jobs.iter().any(|job| job.has_spectrum));
    let mut matched = Matched {
        rows: Vec::new(),
        metrics,
        runs: 0,
        other_lengths: 0,
        single: 0,
    };
    let mut used = BTreeSet::<usize>::new();
    // Rows of one problem so far: where there are enough runs, each has its own.
    let mut turns = BTreeMap::<String, usize>::new();
    for row in rows {
        let Some((key, row)) = known(row, &of_problem) else {
            continue;
        };
        let turn = turns.entry(key.clone()).or_default();
        let same = preferred(&of_problem[&key], &jobs, row.row.sim_len);
        let chosen = choose(&same, &jobs, &row, *turn);
        *turn += 1;
        used.extend(chosen.iter().flatten());
        let lengths = chosen.iter().flatten();
        if lengths
            .clone()
            .any(|index| jobs[*index].parameters.steps != row.row.sim_len)
        {
            matched.other_lengths += 1;
        }
        matched.single += usize::from(chosen[1].is_none());
        let ours = chosen.map(|index| match index {
            Some(index) => {
                let mut run = Run::of(runs, Some(jobs[index].row), metrics);
                run.change("loss", metrics, |loss| {
                    row.loss_on_its_scale(&jobs[index].parameters, loss)
                });
                run
            }
            None => Run {
                ending: Ending::NotPlanned,
                values: vec![None; metrics.len()],
            },
        });
        let compared = ComparedRow::new(&row.row, row.groups(), metrics, ours);
        matched.rows.push(compared);
    }
    matched.runs = used.len();
    matched
}

fn job<'a>(runs: &Table, row: &'a [Value]) -> Option<Job<'a>> {
    let Value::Text(text) = runs.value(row, "parameters") else {
        return None;
    };
    // What an older version planned and this one refuses can't be told from other problems.
    let parameters = serde_json::from_str::<Parameters>(text).ok()?;
    let parameters = parameters.check().ok()?;
    Some(Job {
        row,
        parameters,
        has_spectrum: *runs.value(row, "hessian_max_ratio") != Value::Null,
    })
}

/// A row as there are runs of it: on its published inputs, else on data made here.
fn known(
    row: &RunnableRow,
    of_problem: &BTreeMap<String, Vec<usize>>,
) -> Option<(String, RunnableRow)> {
    [Some(row.clone()), row.on_generated_data()]
        .into_iter()
        .flatten()
        .find_map(|row| {
            let key = problem(&row.parameters.clone().check().ok()?);
            of_problem.contains_key(&key).then_some((key, row))
        })
}

/// The runs of one problem that are of one length, the published one if there are such; with spectra of the
/// Hessian first.
fn preferred(same: &[usize], jobs: &[Job], published: u64) -> Vec<usize> {
    let steps = |index: usize| jobs[index].parameters.steps;
    let mut sorted = same.to_vec();
    sorted.sort_by_key(|index| {
        let job = &jobs[*index];
        (job.parameters.steps != published, !job.has_spectrum)
    });
    let length = sorted.first().map(|first| steps(*first));
    sorted.retain(|index| Some(steps(*index)) == length);
    sorted
}

/// The row's own two runs, if both are there; else the next two in turn, or the only one.
fn choose(same: &[usize], jobs: &[Job], row: &RunnableRow, turn: usize) -> [Option<usize>; RUNS] {
    let own = row.seeds.map(|seed| {
        let mut same = same.iter().copied();
        same.find(|index| jobs[*index].parameters.seed == seed)
    });
    match (own.iter().all(Option::is_some), same) {
        (true, _) => own,
        (false, [only]) => [Some(*only), None],
        (false, _) => [0, 1].map(|run| Some(same[(RUNS * turn + run) % same.len()])),
    }
}

/// What a run computes, but for its seeds, its length and what is measured: equal for equal problems,
/// algorithms and noises.
fn problem(parameters: &ValidParameters) -> String {
    let any = Parameters::default();
    let problem = Parameters {
        learning_rate: Some(parameters.learning_rate()),
        steps: any.steps,
        linear_measurements: any.linear_measurements,
        logarithmic_measurements: any.logarithmic_measurements,
        trajectory_points: any.trajectory_points,
        unit_activity_snapshots: any.unit_activity_snapshots,
        hessian_snapshots: any.hessian_snapshots,
        hessian_eigenvalues: any.hessian_eigenvalues,
        hessian_cost_max: any.hessian_cost_max,
        place_snapshots: any.place_snapshots,
        precision: any.precision,
        reductions: any.reductions,
        seed: any.seed,
        data_seed: any.data_seed,
        weights_seed: any.weights_seed,
        ..Parameters::clone(parameters)
    };
    serde_json::to_string(&problem).expect("parameters are plain data")
}
