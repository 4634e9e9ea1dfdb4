//! `driftsweep reproduce JOB`: the same parameters must give the same bits.

use shared::{JobId, Purpose};

use super::rerun::rerun;
use super::{open, store_failure};
use crate::failure::{Exit, Failure};

pub(super) async fn reproduce(database: &str, job: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let planned = store
        .planned_job(&JobId(job.to_owned()))
        .await
        .map_err(store_failure)?;
    let (result, wall) = rerun(&store, &planned).await?;
    println!("here      {} ({:.1} s)", result.digest, wall.as_secs_f64());
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
