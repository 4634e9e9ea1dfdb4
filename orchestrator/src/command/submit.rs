//! `driftsweep submit SWEEP.yaml`.

use std::path::Path;

use shared::Purpose;

use super::{run, with_store};
use crate::failure::{Exit, Failure};

pub(super) async fn submit(database: &str, sweep_file: &Path) -> Result<Exit, Failure> {
    let planned = run::plan(sweep_file)?;
    with_store(database, Purpose::Migrate, async |store| {
        run::submit(store, planned).await
    })
    .await?;
    Ok(Exit::Done)
}
