//! `driftsweep reproduce JOB`: the same parameters must give the same bits.

use std::time::Instant;

use shared::{JobId, Purpose};
use simulation::Simulation;

use super::{open, store_failure};
use crate::failure::{Exit, Failure};

pub(super) async fn reproduce(database: &str, job: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let planned = store
        .planned_job(&JobId(job.to_owned()))
        .await
        .map_err(store_failure)?;
    let dataset = match &planned.parameters.dataset {
        Some(id) => store.dataset(id).await.map_err(store_failure)?,
        None => None,
    };
    let parameters = planned.parameters.clone();
    let started = Instant::now();
    let result = tokio::task::spawn_blocking(move || {
        let mut simulation = Simulation::new(&parameters, dataset.as_ref())?;
        simulation.advance(u64::MAX);
        Ok::<_, simulation::SetupError>(simulation.finish())
    })
    .await
    .map_err(Failure::machine)?
    .map_err(Failure::machine)?;
    println!(
        "here      {} ({:.1} s)",
        result.digest,
        started.elapsed().as_secs_f64()
    );
    let Some(recorded) = planned.digest else {
        println!("recorded  none yet: the job is {}", planned.state);
        return Ok(Exit::Done);
    };
    println!(
        "recorded  {recorded} (on {}, {})",
        planned.host.as_deref().unwrap_or("an unknown host"),
        planned.code_version.as_deref().unwrap_or("unknown version"),
    );
    if recorded == result.digest.0 {
        println!("equal");
        return Ok(Exit::Done);
    }
    Err(Failure::machine(format!(
        "job {job} gives other bits here than on {}: compare the two builds and processors, and report it",
        planned.host.as_deref().unwrap_or("the host that ran it")
    )))
}
