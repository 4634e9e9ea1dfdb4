//! What goes to a database: a text of statements, and the values bound to it.

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use super::dialect::{Dialect, Shape, at_once, in_turn, row_types, with_arrays};
use super::together::Write;
use super::value::{bind_postgres, columns_of, sqlite_arguments};

/// Placeholders of one SQLite statement; its limit is 32,766.
const SQLITE_PLACEHOLDERS_MAX: usize = 30_000;
/// Rows of one statement. More gain nothing.
const ROWS_MAX: usize = 500;

/// A text of statements, and the values bound to it.
pub(super) enum Message {
    Sqlite(String, SqliteArguments),
    Postgres(String, PgArguments),
}

/// How a transaction's statements are written.
#[derive(Clone, Copy)]
pub(super) struct Wording {
    pub dialect: Dialect,
    pub clock_offset_ms: i64,
}

impl Wording {
    /// Statements as one message.
    pub fn message(self, parts: Vec<Write>) -> Message {
        match self.dialect {
            Dialect::Sqlite => self.for_sqlite(parts),
            Dialect::Postgres => self.for_postgres(parts),
        }
    }

    /// How many rows one statement takes.
    pub fn chunk_size(self, sql: &str, arguments: usize) -> usize {
        let columns = row_types(sql).len().max(1);
        match self.dialect {
            Dialect::Sqlite => ((SQLITE_PLACEHOLDERS_MAX - arguments) / columns).min(ROWS_MAX),
            Dialect::Postgres => ROWS_MAX,
        }
    }

    /// Of sqlx's drivers SQLite's alone runs several statements of one query, and may cease to in a later version.
    fn for_sqlite(self, parts: Vec<Write>) -> Message {
        let shapes = parts.iter().map(|part| Shape {
            sql: self.words(&part.sql),
            arguments: part.arguments.len(),
            rows: part.rows.len(),
        });
        let text = in_turn(&shapes.collect::<Vec<_>>());
        let (mut rows, mut arguments) = (Vec::new(), Vec::new());
        for part in parts {
            rows.push(part.rows);
            arguments.extend(part.arguments);
        }
        let rows = rows.into_iter().flatten().flatten();
        Message::Sqlite(text, sqlite_arguments(rows.chain(arguments)))
    }

    fn for_postgres(self, parts: Vec<Write>) -> Message {
        let mut values = PgArguments::default();
        let (mut statements, mut counts) = (Vec::new(), Vec::new());
        for part in parts {
            let types = row_types(&part.sql);
            let arguments = part.arguments.len();
            statements.push(with_arrays(&self.words(&part.sql), arguments));
            counts.push(arguments + types.len());
            bind_postgres(&mut values, part.arguments, columns_of(part.rows, &types));
        }
        Message::Postgres(at_once(statements, &counts), values)
    }

    /// A statement in the words of this database.
    fn words(self, sql: &str) -> String {
        self.dialect.render(sql, self.clock_offset_ms)
    }
}
