//! `driftsweep methods SWEEP`: a methods section, ready to paste.

use shared::Purpose;

use super::{open, store_failure};
use crate::failure::{Exit, Failure};
use crate::methods::{Facts, latex, text};
use crate::output;

pub(super) async fn methods(database: &str, sweep: &str, as_latex: bool) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let mut snapshot = store
        .snapshot(&[sweep.to_owned()])
        .await
        .map_err(store_failure)?;
    let facts = Facts::read(&mut snapshot, sweep)
        .await
        .map_err(store_failure)?;
    snapshot.end().await.map_err(store_failure)?;
    let section = if as_latex {
        latex(&facts)
    } else {
        text(&facts)
    };
    output::write_out(&section)?;
    Ok(Exit::Done)
}
