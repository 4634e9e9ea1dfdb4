//! The table that a finished sweep is summed up in.

use shared::{ExportView, Store, StoreError, Table};

/// One line per task, algorithm, noise and regime of a sweep.
pub(crate) async fn of_sweep(store: &Store, sweep: &str) -> Result<Table, StoreError> {
    let mut table = store.export_table(sweep, ExportView::SweepSummary).await?;
    keep_columns(&mut table);
    Ok(table)
}

/// What fits a terminal; `query` shows every column of `sweep_summary`.
const COLUMNS: [(&str, &str); 12] = [
    ("algorithm", "algorithm"),
    ("noise_type", "noise"),
    ("task", "task"),
    ("regime", "regime"),
    ("planned", "planned"),
    ("n", "n"),
    ("mean_normalized_active_fraction", "active fraction"),
    ("sd_normalized_active_fraction", "sd"),
    ("mean_normalized_fraction_active_units", "active units"),
    ("sd_normalized_fraction_active_units", "sd"),
    ("mean_log10_tau", "log10 tau"),
    ("mean_loss_final", "log10 loss"),
];

fn keep_columns(table: &mut Table) {
    let kept: Vec<(usize, &str)> = COLUMNS
        .iter()
        .filter_map(|(column, title)| {
            Some((
                table.columns.iter().position(|name| name == column)?,
                *title,
            ))
        })
        .collect();
    for row in &mut table.rows {
        *row = kept.iter().map(|(index, _)| row[*index].clone()).collect();
    }
    table.columns = kept.iter().map(|(_, title)| (*title).to_owned()).collect();
}
