//! What goes to a database: a text of statements, and the values bound to it.

use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use super::dialect::{Dialect, at_once, in_turn, row_types, with_arrays};
use super::texts::{Shape, Texts};
use super::together::Write;
use super::value::{bind_postgres, columns_of, sqlite_arguments};

/// Placeholders of one SQLite statement; its limit is 32,766.
const SQLITE_PLACEHOLDERS_MAX: usize = 30_000;
/// Rows of one statement. More gain nothing.
const ROWS_MAX: usize = 500;

/// A text of statements, and the values bound to it.
pub(super) enum Message {
    Sqlite(Arc<str>, SqliteArguments),
    Postgres(Arc<str>, PgArguments),
}

/// How a transaction's statements are written.
#[derive(Clone)]
pub(super) struct Wording {
    pub dialect: Dialect,
    pub clock_offset_ms: i64,
    pub texts: Arc<Texts>,
}

impl Wording {
    /// Statements as one message.
    pub fn message(&self, parts: Vec<Write>) -> Message {
        match self.dialect {
            Dialect::Sqlite => self.for_sqlite(parts),
            Dialect::Postgres => self.for_postgres(parts),
        }
    }

    /// How many rows one statement takes.
    pub fn chunk_size(&self, sql: &str, arguments: usize) -> usize {
        let columns = row_types(sql).len().max(1);
        match self.dialect {
            Dialect::Sqlite => ((SQLITE_PLACEHOLDERS_MAX - arguments) / columns).min(ROWS_MAX),
            Dialect::Postgres => ROWS_MAX,
        }
    }

    /// Of sqlx's drivers SQLite's alone runs several statements of one query, and may cease to in a later version.
    fn for_sqlite(&self, parts: Vec<Write>) -> Message {
        let (mut shapes, mut rows, mut arguments) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            shapes.push(Shape {
                sql: part.sql,
                arguments: part.arguments.len(),
                rows: part.rows.len(),
            });
            rows.push(part.rows);
            arguments.extend(part.arguments);
        }
        let text = self.text(shapes, in_turn);
        let rows = rows.into_iter().flatten().flatten();
        Message::Sqlite(text, sqlite_arguments(rows.chain(arguments)))
    }

    fn for_postgres(&self, parts: Vec<Write>) -> Message {
        let (mut shapes, mut values) = (Vec::new(), PgArguments::default());
        for part in parts {
            let arguments = part.arguments.len();
            let columns = columns_of(part.rows, &row_types(&part.sql));
            bind_postgres(&mut values, part.arguments, columns);
            shapes.push(Shape {
                sql: part.sql,
                arguments,
                // An array holds any number.
                rows: 0,
            });
        }
        let text = self.text(shapes, |shapes| {
            let statements = shapes.iter();
            let statements = statements.map(|shape| with_arrays(&shape.sql, shape.arguments));
            let bound = shapes.iter();
            let bound = bound.map(|shape| shape.arguments + row_types(&shape.sql).len());
            at_once(statements.collect(), &bound.collect::<Vec<_>>())
        });
        Message::Postgres(text, values)
    }

    /// The text of statements, in the words of this database.
    fn text(&self, shapes: Vec<Shape>, write: impl FnOnce(&[Shape]) -> String) -> Arc<str> {
        let offset = self.clock_offset_ms;
        self.texts.of(offset, shapes, |shapes| {
            let worded = shapes.iter().map(|shape| Shape {
                sql: self.dialect.render(&shape.sql, offset).into(),
                arguments: shape.arguments,
                rows: shape.rows,
            });
            write(&worded.collect::<Vec<_>>())
        })
    }
}
