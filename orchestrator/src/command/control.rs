//! `driftsweep pause`, `resume`, `cancel`, `retry`.

use shared::{Purpose, Store, StoreError};

use super::{store_failure, with_store};
use crate::failure::{Exit, Failure};

pub(super) async fn pause(database: &str, sweep: &str) -> Result<Exit, Failure> {
    steer(database, async |store| store.pause(sweep).await).await?;
    eprintln!("paused {sweep}: running jobs finish; go on with `driftsweep resume {sweep}`");
    Ok(Exit::Done)
}

pub(super) async fn resume(database: &str, sweep: &str) -> Result<Exit, Failure> {
    let resumed = steer(database, async |store| store.resume(sweep).await).await?;
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
    let stopped = steer(database, async |store| store.cancel(sweep).await).await?;
    eprintln!("cancelled {sweep}: {stopped} jobs; what runs stops at its next heartbeat");
    Ok(Exit::Done)
}

pub(super) async fn retry(database: &str, sweep: &str) -> Result<Exit, Failure> {
    let queued = steer(database, async |store| store.retry(sweep).await).await?;
    eprintln!("queued {queued} dead or cancelled jobs of {sweep} again");
    Ok(Exit::Done)
}

async fn steer<T>(
    database: &str,
    change: impl AsyncFnOnce(&Store) -> Result<T, StoreError>,
) -> Result<T, Failure> {
    with_store(database, Purpose::Use, async |store| {
        change(store).await.map_err(store_failure)
    })
    .await
}
