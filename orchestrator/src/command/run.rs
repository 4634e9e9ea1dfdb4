//! `driftsweep run SWEEP.yaml`: plan, submit, work here, sum up. Run again, it resumes.

use std::path::Path;
use std::sync::Arc;

use ::worker::{Ending, Progress};
use shared::{NewJob, Purpose, Store, Submission, SweepStatus};
use simulation::Dataset;

use super::worker::{employ, options};
use super::{estimate, store_failure, with_store};
use crate::cli::{Format, RunArguments, SlotArguments};
use crate::failure::{Exit, Failure};
use crate::interrupt::stop_flag;
use crate::progress::Display;
use crate::sweep::{PlannedSweep, expand};
use crate::{output, summary};

pub(super) async fn run(
    database: &str,
    format: Format,
    arguments: &RunArguments,
) -> Result<Exit, Failure> {
    // Everything that can be wrong with the input is found before anything is written.
    let planned = plan(&arguments.sweep_file)?;
    options(database, &arguments.slots)?;
    let name = planned.sweep.name.clone();
    with_store(database, Purpose::Migrate, async |store| {
        submit(store, planned).await?;
        let ending = work_on(store, database, &name, &arguments.slots).await?;
        let status = status_of(store, &name).await?;
        let table = summary::of_sweep(store, &name)
            .await
            .map_err(store_failure)?;
        output::print(&table, format)?;
        Ok(conclude(&status, ending, database))
    })
    .await
}

/// Expands a sweep file, reporting what was merged and left out.
pub(super) fn plan(path: &Path) -> Result<PlannedSweep, Failure> {
    let planned = expand(path).map_err(Failure::input)?;
    if planned.jobs.is_empty() {
        return Err(Failure::input(format!(
            "{}: no job is left: every point is excluded",
            path.display()
        )));
    }
    for note in &planned.notes {
        tracing::warn!("{note}");
    }
    Ok(planned)
}

/// Inserts what is new and says what was there.
pub(super) async fn submit(store: &Store, planned: PlannedSweep) -> Result<(), Failure> {
    let name = planned.sweep.name.clone();
    let costs = estimate::from_store(store).await?;
    let jobs: Vec<NewJob> = planned
        .jobs
        .into_iter()
        .map(|job| NewJob {
            estimated_seconds: costs.seconds(&job.parameters),
            parameters: job.parameters,
            replicate: job.replicate,
        })
        .collect();
    submit_jobs(store, &planned.sweep, &jobs, &planned.datasets, &name).await
}

/// Inserts jobs and says on stderr how many are new.
pub(super) async fn submit_jobs(
    store: &Store,
    sweep: &shared::NewSweep,
    jobs: &[NewJob],
    datasets: &[Dataset],
    name: &str,
) -> Result<(), Failure> {
    let Submission {
        inserted,
        existing,
        unnamed,
        relabelled,
    } = store
        .submit(sweep, jobs, datasets)
        .await
        .map_err(store_failure)?;
    match (inserted, existing) {
        (_, 0) => eprintln!("{name}: {inserted} jobs"),
        (0, _) => eprintln!("{name}: all {existing} jobs were submitted before"),
        _ => eprintln!("{name}: {inserted} new jobs beside {existing} submitted before"),
    }
    if unnamed > 0 {
        eprintln!("{name}: {unnamed} jobs are no longer named by the file; they stay as they are");
    }
    if relabelled > 0 {
        eprintln!(
            "{name}: the exclusion rules have changed: {relabelled} results are labelled anew"
        );
    }
    Ok(())
}

/// Works on one sweep in this process until nothing of it is left, with a progress display.
pub(super) async fn work_on(
    store: &Store,
    database: &str,
    sweep: &str,
    slots: &SlotArguments,
) -> Result<Ending, Failure> {
    let mut options = options(database, slots)?;
    options.sweep = Some(sweep.to_owned());
    options.drain = true;
    options.watched = true;
    let stop = stop_flag()?;
    let progress = Arc::new(Progress::default());
    let planned = status_of(store, sweep).await?.planned;
    let display = Display::new(
        store.clone(),
        sweep.to_owned(),
        Arc::clone(&progress),
        planned,
    );
    let drawing = tokio::spawn(display.run());
    let report = employ(store, &options, stop, progress).await;
    drawing.abort();
    // Waiting for the abort clears the display before anything else is printed.
    let _ = drawing.await;
    Ok(report?.ending)
}

pub(super) async fn status_of(store: &Store, sweep: &str) -> Result<SweepStatus, Failure> {
    let mut found = store.status(Some(sweep)).await.map_err(store_failure)?;
    found
        .pop()
        .ok_or_else(|| Failure::machine(format!("sweep {sweep} vanished from the database")))
}

/// The exit status of a sweep, and what the user may want to do next.
pub(super) fn conclude(status: &SweepStatus, ending: Ending, database: &str) -> Exit {
    let name = &status.name;
    let left = status.queued + status.running;
    if ending == Ending::Stopped && left > 0 {
        eprintln!(
            "{name}: {} of {} jobs done; run the same command to go on",
            status.done, status.planned
        );
        return Exit::Interrupted;
    }
    if status.dead > 0 {
        eprintln!(
            "{name}: {} jobs are dead; see `driftsweep status {name} --database {database}`, then `driftsweep retry {name}`",
            status.dead
        );
        return Exit::SomeDead;
    }
    if left > 0 {
        eprintln!("{name}: paused with {left} jobs left; go on with `driftsweep resume {name}`");
    }
    Exit::Done
}
