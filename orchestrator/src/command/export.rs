//! `driftsweep export SWEEP --out DIR`: one CSV file per table.

use std::fs;
use std::path::Path;

use shared::{ExportView, Purpose};

use super::{open, store_failure};
use crate::failure::{Exit, Failure};
use crate::output::csv_text;

pub(super) async fn export(database: &str, sweep: &str, folder: &Path) -> Result<Exit, Failure> {
    let store = open(database, Purpose::Read).await?;
    let failed = |path: &Path, error: std::io::Error| {
        Failure::input(format!(
            "failed to write {}: {error}; name a folder you can write to",
            path.display()
        ))
    };
    for view in ExportView::ALL {
        let table = store
            .export_table(sweep, *view)
            .await
            .map_err(store_failure)?;
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        let path = folder.join(format!("{}.csv", view.name()));
        // A reader never sees half a file under its final name.
        let unfinished = path.with_extension("csv.part");
        fs::write(&unfinished, csv_text(&table)?).map_err(|error| failed(&unfinished, error))?;
        fs::rename(&unfinished, &path).map_err(|error| failed(&path, error))?;
        eprintln!("wrote {} ({} rows)", path.display(), table.rows.len());
    }
    Ok(Exit::Done)
}
