//! `driftsweep schema`.

use crate::failure::{Exit, Failure};
use crate::output::write_out;
use crate::sweep;

pub(super) fn schema() -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(&sweep::schema()).expect("a schema is JSON");
    write_out(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
