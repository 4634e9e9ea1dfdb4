//! Values on their way into a statement and out of a row, in the words of either driver.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::StoreError;

/// A value bound to a statement.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    Integer(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

/// A row of either database.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column.
    pub fn get<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite>
            + Type<Sqlite>
            + for<'r> Decode<'r, Postgres>
            + Type<Postgres>,
    {
        let value = match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        };
        value.map_err(|error| StoreError::Unreadable {
            what: format!("column {column}"),
            reason: error.to_string(),
        })
    }

    /// A count, or anything else that is never negative.
    pub fn count(&self, column: &str) -> Result<u64, StoreError> {
        let value: i64 = self.get(column)?;
        u64::try_from(value).map_err(|error| StoreError::Unreadable {
            what: format!("column {column}"),
            reason: format!("{value}: {error}"),
        })
    }
}

pub(super) fn sqlite_arguments(values: impl IntoIterator<Item = Argument>) -> SqliteArguments {
    use sqlx::Arguments as _;
    let mut bound = SqliteArguments::default();
    for value in values {
        match value {
            Argument::Integer(value) => bound.add(value),
            Argument::Real(value) => bound.add(value),
            Argument::Text(value) => bound.add(value),
            Argument::Bytes(value) => bound.add(value),
        }
        .expect("numbers, text and bytes can be encoded");
    }
    bound
}

/// The values of one column.
pub(super) enum Column {
    Integer(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
}

pub(super) fn columns_of(rows: Vec<Vec<Argument>>, types: &[&str]) -> Vec<Column> {
    let mut columns: Vec<Column> = types
        .iter()
        .map(|kind| match *kind {
            "bigint" => Column::Integer(Vec::with_capacity(rows.len())),
            "double precision" => Column::Real(Vec::with_capacity(rows.len())),
            _ => Column::Text(Vec::with_capacity(rows.len())),
        })
        .collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            match (column, value) {
                (Column::Integer(values), Argument::Integer(value)) => values.push(value),
                (Column::Real(values), Argument::Real(value)) => values.push(value),
                (Column::Text(values), Argument::Text(value)) => values.push(value),
                (_, value) => unreachable!("{value:?} is not of the type its statement names"),
            }
        }
    }
    columns
}

pub(super) fn bind_postgres(bound: &mut PgArguments, values: Vec<Argument>, columns: Vec<Column>) {
    use sqlx::Arguments as _;
    for value in values {
        match value {
            Argument::Integer(value) => bound.add(value),
            Argument::Real(value) => bound.add(value),
            Argument::Text(value) => bound.add(value),
            Argument::Bytes(value) => bound.add(value),
        }
        .expect("numbers, text and bytes can be encoded");
    }
    for column in columns {
        match column {
            Column::Integer(values) => bound.add(values),
            Column::Real(values) => bound.add(values),
            Column::Text(values) => bound.add(values),
        }
        .expect("arrays of numbers and text can be encoded");
    }
}

macro_rules! argument_from {
    ($($kind:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$kind> for Argument {
            fn from(value: $kind) -> Self { Self::$variant(Some(value)) }
        }
        impl From<Option<$kind>> for Argument {
            fn from(value: Option<$kind>) -> Self { Self::$variant(value) }
        }
    )+};
}

argument_from!(i64 => Integer, f64 => Real, String => Text);

impl From<&str> for Argument {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<u32> for Argument {
    fn from(value: u32) -> Self {
        Self::Integer(Some(value.into()))
    }
}

impl From<Vec<u8>> for Argument {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A list of arguments of mixed types.
macro_rules! arguments {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::value::Argument::from($value)),*] };
}
pub(super) use arguments;
