//! `driftsweep submit SWEEP.yaml`.

use std::path::Path;

use shared::Purpose;

use super::{open, run};
use crate::failure::{Exit, Failure};

pub(super) async fn submit(database: &str, sweep_file: &Path) -> Result<Exit, Failure> {
    let planned = run::plan(sweep_file)?;
    let store = open(database, Purpose::Migrate).await?;
    run::submit(&store, planned).await?;
    Ok(Exit::Done)
}
