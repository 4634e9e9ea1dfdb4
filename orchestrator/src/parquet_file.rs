//! Tables as Parquet files.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use shared::{Table, Value};

/// Rows of a row group: what a reader has in memory at least.
const ROWS_PER_GROUP: usize = 100_000;

/// What a column holds: the narrowest kind that all its values are of. One without values counts as numbers, as readers
/// of CSV take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integers,
    Reals,
    Texts,
}

/// The table as the bytes of a Parquet file, compressed by snappy; every column may have nulls.
///
/// # Errors
/// The library's, of which none is known to arise from such a table.
pub(crate) fn parquet_bytes(table: &Table) -> Result<Vec<u8>, ParquetError> {
    let kinds: Vec<Kind> = (0..table.columns.len())
        .map(|column| kind(table, column))
        .collect();
    let fields = table.columns.iter().zip(&kinds);
    let fields: Result<Vec<_>, ParquetError> = fields
        .map(|(name, kind)| Ok(Arc::new(field(name, *kind)?)))
        .collect();
    let schema = Type::group_type_builder("table")
        .with_fields(fields?)
        .build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    for rows in table.rows.chunks(ROWS_PER_GROUP) {
        let mut group = writer.next_row_group()?;
        for (column, kind) in kinds.iter().enumerate() {
            let mut open = group.next_column()?.expect("as many as in the schema");
            let values = rows.iter().map(|row| &row[column]);
            match kind {
                Kind::Integers => write::<Int64Type>(&mut open, values, integer)?,
                Kind::Reals => write::<DoubleType>(&mut open, values, real)?,
                Kind::Texts => write::<ByteArrayType>(&mut open, values, text)?,
            }
            open.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}

fn kind(table: &Table, column: usize) -> Kind {
    let mut kind = None;
    for row in &table.rows {
        match row[column] {
            Value::Null => {}
            Value::Integer(_) => kind = kind.or(Some(Kind::Integers)),
            Value::Real(_) => kind = Some(Kind::Reals),
            Value::Text(_) => return Kind::Texts,
        }
    }
    kind.unwrap_or(Kind::Reals)
}

fn field(name: &str, kind: Kind) -> Result<Type, ParquetError> {
    let physical = match kind {
        Kind::Integers => Physical::INT64,
        Kind::Reals => Physical::DOUBLE,
        Kind::Texts => Physical::BYTE_ARRAY,
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type((kind == Kind::Texts).then_some(LogicalType::String))
        .build()
}

/// Writes a column's values, those that are there, and which are.
fn write<'a, Kind: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = &'a Value>,
    convert: fn(&Value) -> Option<Kind::T>,
) -> Result<(), ParquetError> {
    let (mut present, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        let value = convert(value);
        levels.push(i16::from(value.is_some()));
        present.extend(value);
    }
    column
        .typed::<Kind>()
        .write_batch(&present, Some(&levels), None)?;
    Ok(())
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Real(number) => Some(*number),
        _ => None,
    }
}

fn text(value: &Value) -> Option<ByteArray> {
    let text = match value {
        Value::Null => return None,
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    };
    Some(ByteArray::from(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;

    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    fn reader(bytes: &[u8]) -> SerializedFileReader<File> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("writes");
        SerializedFileReader::new(file).expect("Parquet")
    }

    fn read(bytes: &[u8]) -> Vec<Vec<(String, Field)>> {
        let reader = reader(bytes);
        let rows = reader.get_row_iter(None).expect("rows");
        rows.map(|row| row.expect("a row").into_columns()).collect()
    }

    fn table(columns: &[&str], rows: Vec<Vec<Value>>) -> Table {
        Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows,
        }
    }

    #[test]
    fn values_come_back_as_they_were() {
        let columns = ["name", "steps", "loss", "nothing", "mixed"];
        let rows = vec![
            vec![
                Value::Text("é".to_owned()),
                Value::Integer(i64::MAX),
                Value::Real(0.1 + 0.2),
                Value::Null,
                Value::Integer(1),
            ],
            vec![
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Real(0.5),
            ],
        ];
        let found = read(&parquet_bytes(&table(&columns, rows)).expect("writes"));
        let expected = [
            [
                Field::Str("é".to_owned()),
                Field::Long(i64::MAX),
                Field::Double(0.1 + 0.2),
                Field::Null,
                Field::Double(1.0),
            ],
            [
                Field::Null,
                Field::Null,
                Field::Null,
                Field::Null,
                Field::Double(0.5),
            ],
        ];
        for (found, expected) in found.iter().zip(expected) {
            let named: Vec<_> = columns
                .iter()
                .map(ToString::to_string)
                .zip(expected)
                .collect();
            assert_eq!(*found, named);
        }
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let bytes = parquet_bytes(&table(&["a", "b"], Vec::new())).expect("writes");
        let reader = reader(&bytes);
        let schema = reader.metadata().file_metadata().schema_descr();
        let names: Vec<&str> = schema.columns().iter().map(|c| c.name()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn rows_of_several_groups_keep_their_order() {
        let rows = (0..ROWS_PER_GROUP as i64 + 3).map(|i| vec![Value::Integer(i)]);
        let bytes = parquet_bytes(&table(&["i"], rows.collect())).expect("writes");
        assert_eq!(reader(&bytes).num_row_groups(), 2);
        let found = read(&bytes);
        assert!(
            found
                .iter()
                .zip(0..)
                .all(|(row, i)| row[0].1 == Field::Long(i))
        );
        assert_eq!(found.len(), ROWS_PER_GROUP + 3);
    }
}
