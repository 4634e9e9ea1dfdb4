//! `driftsweep export SWEEP --out DIR`: one file per table.

use std::fs;
use std::path::Path;

use shared::{ExportView, Purpose};

use super::{open, store_failure};
use crate::cli::Format;
use crate::failure::{Exit, Failure};
use crate::output::csv_text;
use crate::parquet_file::parquet_bytes;

pub(super) async fn export(
    database: &str,
    format: Format,
    sweep: &str,
    folder: &Path,
) -> Result<Exit, Failure> {
    let extension = match format {
        Format::Table | Format::Csv => "csv",
        Format::Parquet => "parquet",
        Format::Json => {
            return Err(Failure::input(
                "files are written as CSV or Parquet: say --format csv or --format parquet",
            ));
        }
    };
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
        let path = folder.join(format!("{}.{extension}", view.name()));
        // A reader never sees half a file under its final name.
        let unfinished = path.with_added_extension("part");
        let contents = match format {
            Format::Parquet => parquet_bytes(&table).map_err(Failure::machine)?,
            _ => csv_text(&table)?.into_bytes(),
        };
        fs::write(&unfinished, contents).map_err(|error| failed(&unfinished, error))?;
        fs::rename(&unfinished, &path).map_err(|error| failed(&path, error))?;
        eprintln!("wrote {} ({} rows)", path.display(), table.rows.len());
    }
    Ok(Exit::Done)
}
