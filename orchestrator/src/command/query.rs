//! `driftsweep query "SELECT ..."`.

use shared::Purpose;

use super::{open, store_failure};
use crate::cli::Format;
use crate::failure::{Exit, Failure};
use crate::output;

pub(super) async fn query(database: &str, format: Format, sql: &str) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let table = store.query(sql).await.map_err(store_failure)?;
    output::print(&table, format)?;
    Ok(Exit::Done)
}
