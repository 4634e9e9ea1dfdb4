//! `driftsweep report SWEEP... --out report.html`: every figure on one page.

use std::fs;
use std::path::Path;

use shared::{Purpose, Table, Value};

use super::{open, store_failure};
use crate::cli::{Format, ReportArguments};
use crate::failure::{Exit, Failure};
use crate::output;
use crate::reference_table::{Selection, runnable_rows};
use crate::report::{Reference, Report, page, print};

pub(super) async fn report(
    database: &str,
    format: Format,
    arguments: &ReportArguments,
) -> Result<Exit, Failure> {
    let reference = arguments.reference.as_deref().map(reference).transpose()?;
    let store = open(database, Purpose::Read).await?;
    let report = Report::read(&store, &arguments.sweeps, reference.as_ref())
        .await
        .map_err(store_failure)?;
    let text = page(&report).map_err(Failure::machine)?;
    write_whole(&arguments.out, &text)?;
    eprintln!(
        "wrote {} ({} figures)",
        arguments.out.display(),
        report.drawn().count()
    );
    if let Some(folder) = &arguments.figures {
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        // Table 1 is a table.
        for figure in report.drawn().filter(|figure| !figure.panels.is_empty()) {
            for path in print(figure, folder).map_err(|error| failed(folder, &error))? {
                eprintln!("wrote {}", path.display());
            }
        }
    }
    output::print(&claims(&report), format)?;
    Ok(Exit::Done)
}

/// A row for each claim.
fn claims(report: &Report) -> Table {
    let rows = report.claims().map(|(figure, claim)| {
        let cells = [
            figure.number,
            claim.verdict.word(),
            claim.claim,
            &claim.statistic,
        ];
        cells.map(|cell| Value::Text(cell.to_owned())).to_vec()
    });
    Table {
        columns: ["figure", "verdict", "claim", "statistic"]
            .map(String::from)
            .to_vec(),
        rows: rows.collect(),
    }
}

/// Every row of a published table.
fn reference(path: &Path) -> Result<Reference, Failure> {
    let every = Selection {
        published: true,
        generated: true,
        set: None,
        rows: None,
        sample: None,
    };
    let rows = runnable_rows(path, &every).map_err(Failure::input)?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Reference {
        name: name.to_string_lossy().into_owned(),
        rows,
    })
}

/// A reader never sees half a page under its final name.
fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = Path::new(&unfinished);
    fs::write(unfinished, text).map_err(|error| failed(unfinished, &error))?;
    fs::rename(unfinished, path).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!(
        "failed to write {}: {error}; name a place you can write to",
        path.display()
    ))
}
