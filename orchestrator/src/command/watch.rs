//! `driftsweep watch [SWEEP]`: the status again and again.

use std::io::IsTerminal;
use std::time::Duration;

use shared::Purpose;

use super::status::{details, table};
use super::{open, store_failure};
use crate::cli::Format;
use crate::failure::{Exit, Failure};
use crate::interrupt::stop_flag;
use crate::output;

/// Moves the cursor home and clears the screen.
const CLEAR: &str = "\x1b[H\x1b[2J";

pub(super) async fn watch(
    database: &str,
    sweep: Option<&str>,
    every_s: u64,
) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let mut stop = stop_flag()?;
    let mut ticks = tokio::time::interval(Duration::from_secs(every_s));
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return Ok(Exit::Done),
        }
        let sweeps = store.status(sweep).await.map_err(store_failure)?;
        if std::io::stdout().is_terminal() {
            output::write_out(CLEAR)?;
        }
        output::print(&table(&sweeps), Format::Table)?;
        output::write_out(&details(&store, &sweeps).await?)?;
        if sweeps.iter().all(|sweep| sweep.queued + sweep.running == 0) {
            let dead = sweeps.iter().any(|sweep| sweep.dead > 0);
            return Ok(if dead { Exit::SomeDead } else { Exit::Done });
        }
    }
}
