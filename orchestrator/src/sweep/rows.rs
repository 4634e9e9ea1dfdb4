//! Explicit points: a CSV file whose header names keys, one point a line.

use super::axis::Axis;
use super::fault::{Fault, Place, quoted, suggestion};
use super::key::{Key, Scalar};
use super::literal::Literal;
use super::node::Node;
use super::reader::Reader;

/// Most rows of one file.
const ROWS_MAX: usize = 1_000_000;

/// Reads the file that `rows:` names. Lines that start with `#` are comments.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, at: &str) -> Result<Axis, Fault> {
    let path = reader.files.resolve(node.text(at)?);
    let bytes = std::fs::read(&path).map_err(|error| {
        let shown = quoted(&path.display().to_string());
        node.fault(at, format!("can't read {shown}: {error}"))
    })?;
    let file = reader.files.add(path);
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(bytes.as_slice());
    let mut records = csv.records();
    let place = |line: u64| Place {
        file,
        line: u32::try_from(line).unwrap_or(0),
        column: 0,
    };
    let header = match records.next() {
        Some(record) => record.map_err(|error| not_csv(file, &error))?,
        None => return Err(Fault::new(place(1), "", "empty: the first line names keys")),
    };
    let header_place = place(line(&bytes, &header));
    let keys = columns(&header, header_place)?;

    let (mut values, mut places) = (Vec::new(), Vec::new());
    for record in records {
        let record = record.map_err(|error| not_csv(file, &error))?;
        let place = place(line(&bytes, &record));
        if places.len() / keys.len() == ROWS_MAX {
            let message = format!("more than {ROWS_MAX} rows: split the file");
            return Err(Fault::new(place, "", message));
        }
        row(reader, &keys, &record, place, &mut values)?;
        places.resize(values.len(), place);
    }
    if values.is_empty() {
        return Err(Fault::new(
            header_place,
            "",
            "no rows: give at least one point",
        ));
    }
    Ok(Axis::new(at.to_owned(), keys, values, places))
}

/// The line that a record starts on: its position is where the reader began to look for it, which
/// may be blank lines and comments earlier.
fn line(bytes: &[u8], record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let start = usize::try_from(position.byte()).unwrap_or(bytes.len());
    let skipped = bytes[start.min(bytes.len())..]
        .split(|&byte| byte == b'\n')
        .take_while(|text| text.trim_ascii().is_empty() || text.starts_with(b"#"))
        .count();
    position.line() + skipped as u64
}

fn columns(header: &csv::StringRecord, place: Place) -> Result<Vec<Key>, Fault> {
    let mut keys: Vec<Key> = Vec::new();
    for name in header {
        let key = Key::named(name).ok_or_else(|| {
            let nearest = suggestion(name, Key::names());
            let message = format!("unknown column {}{nearest}", quoted(name));
            Fault::new(place, "", message)
        })?;
        if keys.contains(&key) {
            return Err(Fault::new(
                place,
                key.name(),
                "two columns of this name: keep one",
            ));
        }
        keys.push(key);
    }
    Ok(keys)
}

fn row(
    reader: &mut Reader<'_>,
    keys: &[Key],
    record: &csv::StringRecord,
    place: Place,
    values: &mut Vec<Scalar>,
) -> Result<(), Fault> {
    if record.len() != keys.len() {
        let message = format!(
            "{} columns, but the header names {}: give every column a value",
            record.len(),
            keys.len()
        );
        return Err(Fault::new(place, "", message));
    }
    for (&key, cell) in keys.iter().zip(record) {
        if cell.is_empty() {
            let message = format!("empty cell: {}", key.expected());
            return Err(Fault::new(place, key.name(), message));
        }
        let value = reader
            .literal(key, &Literal::from_cell(cell))
            .map_err(|message| Fault::new(place, key.name(), message))?;
        values.push(value);
    }
    Ok(())
}

fn not_csv(file: u32, error: &csv::Error) -> Fault {
    let line = error.position().map_or(0, csv::Position::line);
    let place = Place {
        file,
        line: u32::try_from(line).unwrap_or(0),
        column: 0,
    };
    Fault::new(place, "", format!("not CSV in UTF-8: {error}"))
}
