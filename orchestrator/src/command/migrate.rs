//! `driftsweep migrate`.

use shared::{Purpose, redacted_url};

use super::with_store;
use crate::failure::{Exit, Failure};

pub(super) async fn migrate(database: &str) -> Result<Exit, Failure> {
    with_store(database, Purpose::Migrate, async |_| Ok(())).await?;
    eprintln!("{} is up to date", redacted_url(database));
    Ok(Exit::Done)
}
