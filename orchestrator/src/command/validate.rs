//! `driftsweep validate --reference TABLE.csv`: ours against published results.

use shared::{ExportView, JobId, NewJob, NewSweep, Purpose, Store, Value};
use simulation::{Parameters, ValidParameters};

use super::run::{conclude, status_of, submit_jobs, work_on};
use super::{open, store_failure};
use crate::cli::{Format, ValidateArguments};
use crate::comparison::{ComparedRow, list, table};
use crate::failure::{Exit, Failure};
use crate::reference_table::{RunnableRow, runnable_rows};
use crate::{cost, output};

/// Each row runs with two seeds: the distance between them is what a distance to the published
/// value is measured against.
const SEEDS: [u64; 2] = [1, 2];

pub(super) async fn validate(
    database: &str,
    format: Format,
    arguments: &ValidateArguments,
) -> Result<Exit, Failure> {
    let rows = runnable_rows(&arguments.reference, arguments.rows).map_err(Failure::input)?;
    let name = sweep_name(arguments);
    let mut jobs = Vec::new();
    for (row, seed) in rows.iter().flat_map(|row| SEEDS.map(|seed| (row, seed))) {
        let parameters = job_parameters(row, seed, arguments.steps)?;
        let job = NewJob {
            estimated_seconds: cost::estimated_seconds(&parameters),
            parameters,
            replicate: u32::try_from(seed).expect("seeds are small"),
        };
        // Published rows that differ in nothing that matters share a job.
        if !jobs.contains(&job) {
            jobs.push(job);
        }
    }
    let store = open(database, Purpose::Migrate).await?;
    let source = format!(
        "# driftsweep validate --reference {}",
        arguments.reference.display()
    );
    let sweep = NewSweep::new(name.clone(), source, 0);
    let datasets: Vec<_> = rows.iter().map(|row| row.dataset.clone()).collect();
    submit_jobs(&store, &sweep, &jobs, &datasets, &name).await?;
    let ending = work_on(&store, database, &name, &arguments.slots).await?;
    let compared = compare(&store, &name, &rows, arguments.steps).await?;
    if arguments.list {
        output::print(&list(&compared), format)?;
    }
    output::print(&table(&compared), format)?;
    Ok(conclude(&status_of(&store, &name).await?, ending, database))
}

/// One sweep per table and length, so that running again goes on and other tables don't mix in.
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
    match arguments.steps {
        Some(steps) => format!("validate-{table}-{steps}"),
        None => format!("validate-{table}"),
    }
}

fn job_parameters(
    row: &RunnableRow,
    seed: u64,
    steps: Option<u64>,
) -> Result<ValidParameters, Failure> {
    let parameters = row.parameters.clone();
    Parameters {
        seed,
        steps: steps.unwrap_or(parameters.steps),
        ..parameters
    }
    .check()
    .map_err(|error| Failure::input(format!("row {}: {error}", row.row.id)))
}

/// Reads the results of every row back.
async fn compare(
    store: &Store,
    sweep: &str,
    rows: &[RunnableRow],
    steps: Option<u64>,
) -> Result<Vec<ComparedRow>, Failure> {
    let runs = store
        .export_table(sweep, ExportView::Runs)
        .await
        .map_err(store_failure)?;
    let found = |id: &JobId| {
        let row = runs
            .rows
            .iter()
            .find(|row| runs.value(row, "job_id") == &Value::Text(id.0.clone()))?;
        let completed = runs.value(row, "outcome") == &Value::Text("completed".to_owned());
        let metric = |column| match runs.value(row, column) {
            Value::Real(number) if completed => Some(*number),
            _ => None,
        };
        Some([
            metric("normalized_active_fraction")?,
            metric("normalized_fraction_active_units")?,
            metric("loss_final")?,
        ])
    };
    let mut compared = Vec::new();
    for row in rows {
        let mut ours = [None; 2];
        for (value, seed) in ours.iter_mut().zip(SEEDS) {
            *value = found(&JobId::new(sweep, &job_parameters(row, seed, steps)?));
        }
        let published = &row.row;
        let noise = if published.label_noise > 0.0 {
            "label"
        } else {
            "update"
        };
        compared.push(ComparedRow {
            id: published.id.clone(),
            groups: vec![
                "all".to_owned(),
                format!("noise {noise}"),
                format!("regime {}", published.regime),
                format!("task {}", published.data_type),
            ],
            published: [published.active, published.active_units, published.loss],
            ours,
        });
    }
    Ok(compared)
}
