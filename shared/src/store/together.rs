//! Statements that travel together.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;

use super::dialect::{Dialect, Shape, at_once, in_turn, row_types, with_arrays};
use super::transaction::Transaction;
use super::value::{Argument, Bound, Row, bind_postgres, columns_of, sqlite_arguments};
use crate::StoreError;

/// Rows of a statement that travels with others. The message is made in memory.
const ROWS_TOGETHER_MAX: usize = 20_000;

/// A statement and what is bound to it: values, and the rows of its `{rows: ...}`.
pub(super) struct Write {
    pub sql: Cow<'static, str>,
    pub arguments: Vec<Argument>,
    pub rows: Vec<Vec<Argument>>,
}

/// What a database answered to statements that went together: rows, which no more than one of them has, and how many the
/// last changed.
#[derive(Default)]
pub(super) struct Answers {
    pub rows: Vec<Row>,
    pub changed: u64,
}

impl Write {
    pub fn new(
        sql: impl Into<Cow<'static, str>>,
        arguments: Vec<Argument>,
        rows: Vec<Vec<Argument>>,
    ) -> Self {
        Self {
            sql: sql.into(),
            arguments,
            rows,
        }
    }

    /// A statement of rows alone.
    pub fn rows(sql: &'static str, rows: Vec<Vec<Argument>>) -> Self {
        Self::new(sql, Vec::new(), rows)
    }

    /// A statement that nothing is bound to.
    pub fn plain(sql: &'static str) -> Self {
        Self::new(sql, Vec::new(), Vec::new())
    }
}

impl Transaction {
    /// Runs statements of rows that don't see each other's changes; returns the rows of the last, which must
    /// have some. They travel together: the way to the database costs more than most of them.
    pub async fn execute_together(
        &mut self,
        writes: Vec<Write>,
        last: Write,
    ) -> Result<Vec<Row>, StoreError> {
        let mut parts: Vec<Write> = Vec::with_capacity(writes.len() + 1);
        for write in writes.into_iter().filter(|write| !write.rows.is_empty()) {
            if self.too_many(&write) {
                self.execute_rows(&write.sql, &write.arguments, write.rows)
                    .await?;
            } else {
                parts.push(write);
            }
        }
        if self.dialect() == Dialect::Sqlite {
            self.waiting.append(&mut parts);
        }
        if parts.is_empty() {
            return self.fetch_rows(&last.sql, &last.arguments, last.rows).await;
        }
        parts.push(last);
        Ok(self.ask(parts).await?.rows)
    }

    /// [`Transaction::execute_together`], of which the last may have rows, then commits.
    pub async fn commit_together(mut self, mut writes: Vec<Write>) -> Result<Vec<Row>, StoreError> {
        if self.dialect() == Dialect::Sqlite && !writes.iter().any(|write| self.too_many(write)) {
            writes.retain(|write| !write.rows.is_empty());
            self.waiting.extend(writes);
            return self.end().await;
        }
        let mut rows = Vec::new();
        if let Some(last) = writes.pop() {
            rows = self.execute_together(writes, last).await?;
        }
        self.commit().await?;
        Ok(rows)
    }

    fn too_many(&self, write: &Write) -> bool {
        write.rows.len()
            > match self.dialect() {
                Dialect::Sqlite => self.chunk_size(&write.sql, write.arguments.len()),
                Dialect::Postgres => ROWS_TOGETHER_MAX,
            }
    }

    /// Runs statements, after those of SQLite's that wait, and returns what the last answers. PostgreSQL's don't see
    /// each other's changes.
    pub(super) async fn ask(&mut self, parts: Vec<Write>) -> Result<Answers, StoreError> {
        let (text, bound) = match self.dialect() {
            Dialect::Sqlite => {
                let mut all = std::mem::take(&mut self.waiting);
                all.extend(parts);
                self.for_sqlite(all)
            }
            Dialect::Postgres => self.for_postgres(parts),
        };
        self.send(text, bound).await
    }

    /// Of sqlx's drivers SQLite's alone runs several statements of one query, and may cease to in a later version.
    fn for_sqlite(&self, parts: Vec<Write>) -> (String, Bound) {
        let shapes = parts.iter().map(|part| Shape {
            sql: self.worded(&part.sql),
            arguments: part.arguments.len(),
            rows: part.rows.len(),
        });
        let text = in_turn(&shapes.collect::<Vec<_>>());
        let (mut rows, mut arguments) = (Vec::new(), Vec::new());
        for part in parts {
            rows.extend(part.rows.into_iter().flatten());
            arguments.extend(part.arguments);
        }
        let bound = sqlite_arguments(rows.into_iter().chain(arguments));
        (text, Bound::Sqlite(bound))
    }

    fn for_postgres(&self, parts: Vec<Write>) -> (String, Bound) {
        let mut values = PgArguments::default();
        let (mut statements, mut counts) = (Vec::new(), Vec::new());
        for part in parts {
            let types = row_types(&part.sql);
            let arguments = part.arguments.len();
            statements.push(with_arrays(&self.worded(&part.sql), arguments));
            counts.push(arguments + types.len());
            bind_postgres(&mut values, part.arguments, columns_of(part.rows, &types));
        }
        (at_once(statements, &counts), Bound::Postgres(values))
    }
}
