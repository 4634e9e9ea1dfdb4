//! Running a planned job once more, here.

use std::time::{Duration, Instant};

use shared::{PlannedJob, Store};
use simulation::{RunResult, Simulation};

use super::store_failure;
use crate::failure::Failure;

/// Runs a job from start to end on a thread of its own; says how long that took.
pub(super) async fn rerun(
    store: &Store,
    planned: &PlannedJob,
) -> Result<(RunResult, Duration), Failure> {
    let dataset = match &planned.parameters.dataset {
        Some(id) => store.dataset(id).await.map_err(store_failure)?,
        None => None,
    };
    let parameters = planned.parameters.clone();
    tokio::task::spawn_blocking(move || {
        let started = Instant::now();
        let mut simulation = Simulation::new(&parameters, dataset.as_ref())?;
        simulation.advance(u64::MAX);
        Ok::<_, simulation::SetupError>((simulation.finish(), started.elapsed()))
    })
    .await
    .map_err(Failure::machine)?
    .map_err(Failure::machine)
}
