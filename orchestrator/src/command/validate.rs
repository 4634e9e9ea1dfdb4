//! `driftsweep validate --reference TABLE.csv`: ours against published results.

use shared::{ExportView, JobId, NewJob, NewSweep, Purpose, Store, Table, Value};
use simulation::{Parameters, Reductions, ValidParameters};

use super::run::{conclude, status_of, submit_jobs, work_on};
use super::{estimate, store_failure, with_store};
use crate::cli::{DataChoice, Format, ValidateArguments};
use crate::comparison::{ComparedRow, Metric, Run, list, metrics, table};
use crate::cost::CostModel;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::reference_table::{RUNS, RunnableRow, Selection, runnable_rows};

pub(super) async fn validate(
    database: &str,
    format: Format,
    arguments: &ValidateArguments,
) -> Result<Exit, Failure> {
    let rows =
        runnable_rows(&arguments.reference, &selection(arguments)).map_err(Failure::input)?;
    let planned: Vec<[ValidParameters; RUNS]> = rows
        .iter()
        .map(|row| runs_of(row, arguments))
        .collect::<Result<_, _>>()?;
    let name = sweep_name(arguments);
    let (runs, exit) = with_store(database, Purpose::Migrate, async |store| {
        let jobs = jobs(&planned, &estimate::from_store(store).await?);
        submit(store, &name, arguments, &rows, &jobs).await?;
        let ending = work_on(store, database, &name, &arguments.slots).await?;
        let runs = store.export_table(&name, ExportView::Runs).await;
        let status = status_of(store, &name).await?;
        Ok((
            runs.map_err(store_failure)?,
            conclude(&status, ending, database),
        ))
    })
    .await?;
    let metrics = metrics(arguments.hessian);
    let compared: Vec<ComparedRow> = rows
        .iter()
        .zip(&planned)
        .map(|(row, jobs)| {
            let ours = jobs.each_ref().map(|job| {
                let mut run = run_of(&runs, &JobId::new(&name, job), metrics);
                run.change("loss", metrics, |loss| row.loss_on_its_scale(job, loss));
                run
            });
            ComparedRow::new(&row.row, row.groups(), metrics, ours)
        })
        .collect();
    let printed = match arguments.list {
        true => list(&compared, metrics),
        false => table(&compared, metrics),
    };
    output::print(&printed, format)?;
    Ok(exit)
}

fn selection(arguments: &ValidateArguments) -> Selection<'_> {
    let count = |count: Option<u32>| count.map(|count| count as usize);
    Selection {
        published: arguments.data != DataChoice::Generated,
        generated: arguments.data != DataChoice::Published,
        set: arguments.set.as_deref(),
        rows: count(arguments.rows),
        sample: count(arguments.sample),
    }
}

/// One sweep per table, length, choice of spectra and of kernels, so that running again goes on and other
/// comparisons don't mix in.
fn sweep_name(arguments: &ValidateArguments) -> String {
    let table = arguments
        .reference
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let table: String = table
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(60)
        .collect();
    let steps = arguments.steps.map(|steps| format!("-{steps}"));
    let hessian = if arguments.hessian { "-hessian" } else { "" };
    let plain = if arguments.plain { "-plain" } else { "" };
    format!(
        "validate-{table}{}{hessian}{plain}",
        steps.unwrap_or_default()
    )
}

/// What a row's runs compute.
fn runs_of(
    row: &RunnableRow,
    arguments: &ValidateArguments,
) -> Result<[ValidParameters; RUNS], Failure> {
    let run = |seed| {
        let parameters = row.parameters.clone();
        // As published, every spectrum with its eigenvalues; else as many as cost little.
        let hessian_cost_max = parameters.hessian_cost_max.filter(|_| !arguments.hessian);
        Parameters {
            seed,
            steps: arguments.steps.unwrap_or(parameters.steps),
            hessian_cost_max,
            reductions: if arguments.plain {
                Reductions::Off
            } else {
                parameters.reductions
            },
            ..parameters
        }
        .check()
        .map_err(|error| Failure::input(format!("row {}: {error}", row.row.id)))
    };
    let [first, second] = row.seeds;
    Ok([run(first)?, run(second)?])
}

/// The jobs of all rows. Published rows that differ in nothing that matters share theirs.
fn jobs(planned: &[[ValidParameters; RUNS]], costs: &CostModel) -> Vec<NewJob> {
    let mut jobs: Vec<NewJob> = Vec::new();
    for (replicate, parameters) in planned.iter().flat_map(|runs| (0..).zip(runs)) {
        let job = NewJob {
            estimated_seconds: costs.seconds(parameters),
            parameters: parameters.clone(),
            replicate,
        };
        if !jobs.contains(&job) {
            jobs.push(job);
        }
    }
    jobs
}

async fn submit(
    store: &Store,
    name: &str,
    arguments: &ValidateArguments,
    rows: &[RunnableRow],
    jobs: &[NewJob],
) -> Result<(), Failure> {
    let seconds: f64 = jobs.iter().map(|job| job.estimated_seconds).sum();
    eprintln!(
        "{name}: {} rows, {RUNS} runs each, about {:.2} core-hours in all",
        rows.len(),
        seconds / 3_600.0
    );
    let source = format!(
        "# driftsweep validate --reference {}",
        arguments.reference.display()
    );
    let sweep = NewSweep::new(name.to_owned(), source, 0);
    let datasets: Vec<_> = rows.iter().filter_map(|row| row.dataset.clone()).collect();
    submit_jobs(store, &sweep, jobs, &datasets, name).await
}

/// What became of a job, from its row of `runs`.
fn run_of(runs: &Table, id: &JobId, metrics: &[Metric]) -> Run {
    let id = Value::Text(id.0.clone());
    let row = runs
        .rows
        .iter()
        .find(|row| runs.value(row, "job_id") == &id);
    Run::of(runs, row.map(Vec::as_slice), metrics)
}
