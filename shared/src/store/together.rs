//! Statements that travel together.

use std::borrow::Cow;

use futures_util::future::join;

use super::dialect::Dialect;
use super::transaction::Transaction;
use super::value::{Argument, Row};
use crate::StoreError;

/// Rows of a statement that travels with others. The message is made in memory.
const ROWS_TOGETHER_MAX: usize = 20_000;

/// A statement and what is bound to it: values, and the rows of its `{rows: ...}`.
pub(super) struct Write {
    pub sql: Cow<'static, str>,
    pub arguments: Vec<Argument>,
    pub rows: Vec<Vec<Argument>>,
}

/// Rows for a statement's `{rows: ...}`, each made when its turn comes.
pub(super) type Rows<'a> = Box<dyn Iterator<Item = Vec<Argument>> + Send + 'a>;

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
                Dialect::Sqlite => self.wording.chunk_size(&write.sql, write.arguments.len()),
                Dialect::Postgres => ROWS_TOGETHER_MAX,
            }
    }

    /// Runs statements, after those of SQLite's that wait, and returns what the last answers. PostgreSQL's don't see
    /// each other's changes.
    pub(super) async fn ask(&mut self, parts: Vec<Write>) -> Result<Answers, StoreError> {
        let mut all = std::mem::take(&mut self.waiting);
        all.extend(parts);
        let message = self.wording.message(all);
        self.send(message).await
    }

    /// Runs a statement with `{rows: ...}`, in chunks. A chunk is made while the one before it is with the database.
    pub(super) async fn ask_rows(
        &mut self,
        sql: &str,
        arguments: &[Argument],
        mut rows: Rows<'_>,
    ) -> Result<Answers, StoreError> {
        let wording = self.wording.clone();
        let size = wording.chunk_size(sql, arguments.len());
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut next_message = || {
            let chunk: Vec<Vec<Argument>> = rows.by_ref().take(size).collect();
            (!chunk.is_empty()).then(|| {
                let mut parts = std::mem::take(&mut waiting);
                parts.push(Write::new(sql.to_owned(), arguments.to_vec(), chunk));
                wording.message(parts)
            })
        };
        let mut all = Answers::default();
        let mut next = next_message();
        while let Some(message) = next {
            let (answers, made) = join(self.send(message), async { next_message() }).await;
            let answers = answers?;
            all.rows.extend(answers.rows);
            all.changed += answers.changed;
            next = made;
        }
        // Without rows nothing was sent.
        self.waiting = waiting;
        Ok(all)
    }
}
