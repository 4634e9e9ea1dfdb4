//! `driftsweep plan SWEEP.yaml`: what would run, and how long; writes nothing.

use std::path::Path;

use shared::{JobId, Table, Value};

use super::{estimate, run};
use crate::cli::Format;
use crate::cost::CostModel;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::progress::period;
use crate::sweep::{PlannedJob, PlannedSweep};

/// Rows of the head of the table.
const HEAD: usize = 10;

pub(super) async fn plan(
    database: &str,
    format: Format,
    sweep_file: &Path,
) -> Result<Exit, Failure> {
    let planned = run::plan(sweep_file)?;
    let costs = estimate::from_database(database).await;
    // Scripts get every job, people the head.
    let shown = if format == Format::Table {
        HEAD
    } else {
        usize::MAX
    };
    output::print(&table(&planned, &costs, shown), format)?;
    let seconds: f64 = planned
        .jobs
        .iter()
        .map(|job| costs.seconds(&job.parameters))
        .sum();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let steps: u64 = planned.jobs.iter().map(|job| job.parameters.steps).sum();
    eprintln!(
        "{}: {} jobs, {steps:.2e} steps, about {:.3} core-hours: {} on the {cores} cores here",
        planned.sweep.name,
        planned.jobs.len(),
        seconds / 3_600.0,
        period(seconds / cores as f64),
        steps = steps as f64,
    );
    if planned.merged_duplicates > 0 {
        eprintln!("{} equal points were merged", planned.merged_duplicates);
    }
    if planned.excluded > 0 {
        eprintln!("{} points were excluded", planned.excluded);
    }
    Ok(Exit::Done)
}

fn table(planned: &PlannedSweep, costs: &CostModel, rows: usize) -> Table {
    let columns = [
        "job_id",
        "algorithm",
        "task",
        "regime",
        "noise_type",
        "n_samples",
        "input_dim",
        "output_dim",
        "hidden_units",
        "learning_rate",
        "update_noise",
        "label_noise",
        "steps",
        "replicate",
        "seed",
        "estimated_seconds",
    ];
    let row = |job: &PlannedJob| {
        let p = &job.parameters;
        let text = |text: &str| Value::Text(text.to_owned());
        let whole = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        vec![
            text(&JobId::new(&planned.sweep.name, p).0),
            text(p.algorithm.name()),
            text(p.task.name()),
            text(p.regime.name()),
            text(p.noise_type().name()),
            whole(p.n_samples.into()),
            whole(p.input_dim.into()),
            whole(p.output_dim.into()),
            whole(p.hidden_units.into()),
            Value::Real(p.learning_rate()),
            Value::Real(p.update_noise),
            Value::Real(p.label_noise),
            whole(p.steps),
            whole(job.replicate.into()),
            whole(p.seed),
            Value::Real(costs.seconds(p)),
        ]
    };
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: planned.jobs.iter().take(rows).map(row).collect(),
    }
}
