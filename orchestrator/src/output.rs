//! Printing data as a table, JSON or CSV.

use std::io::{self, IsTerminal, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table as TextTable, presets};
use shared::{Table, Value};

use crate::cli::Format;
use crate::failure::Failure;

/// Prints a table in the form asked for.
pub(crate) fn print(table: &Table, format: Format) -> Result<(), Failure> {
    let text = match format {
        Format::Table => text_table(table),
        Format::Json => json(table),
        Format::Csv => csv_text(table)?,
        Format::Parquet => return Err(not_printed()),
    };
    write_out(&text)
}

/// Why nothing is printed as Parquet.
pub(crate) fn not_printed() -> Failure {
    Failure::input(
        "--format parquet is for the files of `driftsweep export`; print as table, json or csv",
    )
}

/// Writes to stdout. A reader that left, such as `head`, is no failure.
pub(crate) fn write_out(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::machine),
    }
}

fn text_table(table: &Table) -> String {
    let mut text = TextTable::new();
    // Markdown, so that a table can be pasted where people talk about it.
    text.load_style(presets::ASCII_MARKDOWN)
        .set_header(&table.columns);
    // Piped output is never folded: a script or a pager decides.
    let arrangement = if io::stdout().is_terminal() {
        ContentArrangement::Dynamic
    } else {
        ContentArrangement::Disabled
    };
    text.set_content_arrangement(arrangement);
    for row in &table.rows {
        text.add_row(row.iter().map(short));
    }
    for (index, column) in text.column_iter_mut().enumerate() {
        let numeric = table
            .rows
            .iter()
            .all(|row| !matches!(row[index], Value::Text(_)));
        if numeric && !table.rows.is_empty() {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{text}\n")
}

/// A value for reading: numbers with four significant digits.
fn short(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Real(number) => short_number(*number),
    }
}

/// Four significant digits, with an exponent only where it is shorter.
pub(crate) fn short_number(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let magnitude = number.abs().log10().floor() as i32;
    if (-4..7).contains(&magnitude) {
        format!("{number:.*}", usize::try_from(3 - magnitude).unwrap_or(0))
    } else {
        format!("{number:.3e}")
    }
}

fn json(table: &Table) -> String {
    json_text(&json_rows(table))
}

/// One JSON document, over several lines.
pub(crate) fn json_text(document: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("plain data is JSON");
    text.push('\n');
    text
}

/// One object per row.
pub(crate) fn json_rows(table: &Table) -> Vec<serde_json::Value> {
    table
        .rows
        .iter()
        .map(|row| {
            let fields = table
                .columns
                .iter()
                .cloned()
                .zip(row.iter().map(json_value));
            serde_json::Value::Object(fields.collect())
        })
        .collect()
}

fn json_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

/// The table as CSV; numbers keep every digit, NULL is empty.
pub(crate) fn csv_text(table: &Table) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(&table.columns)
        .map_err(Failure::machine)?;
    for row in &table.rows {
        let fields = row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text.clone(),
        });
        writer.write_record(fields).map_err(Failure::machine)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::machine(error.into_error()))?;
    Ok(String::from_utf8(bytes).expect("every field is UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_four_digits() {
        assert_eq!(short_number(0.123_456), "0.1235");
        assert_eq!(short_number(-12.345_6), "-12.35");
        assert_eq!(short_number(123_456.7), "123457");
        assert_eq!(short_number(0.000_001_234_5), "1.234e-6");
        assert_eq!(short_number(0.0), "0");
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let table = Table {
            columns: vec!["a".into(), "b".into()],
            rows: vec![vec![Value::Text("x,\"y\"\n".into()), Value::Null]],
        };
        assert_eq!(csv_text(&table).unwrap(), "a,b\n\"x,\"\"y\"\"\n\",\n");
    }
}
