//! `driftsweep pause`, `resume`, `cancel`, `retry`.

use shared::Purpose;

use super::{open, store_failure};
use crate::failure::{Exit, Failure};

pub(super) async fn pause(database: &str, sweep: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Use).await?;
    store.pause(sweep).await.map_err(store_failure)?;
    eprintln!("paused {sweep}: running jobs finish; go on with `driftsweep resume {sweep}`");
    Ok(Exit::Done)
}

pub(super) async fn resume(database: &str, sweep: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Use).await?;
    let resumed = store.resume(sweep).await.map_err(store_failure)?;
    if resumed == 0 {
        eprintln!(
            "{sweep} was not paused; queue cancelled or dead jobs again with `driftsweep retry {sweep}`"
        );
    } else {
        eprintln!("resumed {sweep}: its queued jobs can be claimed again");
    }
    Ok(Exit::Done)
}

pub(super) async fn cancel(database: &str, sweep: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Use).await?;
    let stopped = store.cancel(sweep).await.map_err(store_failure)?;
    eprintln!("cancelled {sweep}: {stopped} jobs; what runs stops at its next heartbeat");
    Ok(Exit::Done)
}

pub(super) async fn retry(database: &str, sweep: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Use).await?;
    let queued = store.retry(sweep).await.map_err(store_failure)?;
    eprintln!("queued {queued} dead or cancelled jobs of {sweep} again");
    Ok(Exit::Done)
}
