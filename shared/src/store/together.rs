//! Statements that travel together.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;

use super::dialect::{Dialect, row_types, together};
use super::transaction::Transaction;
use super::value::{Argument, Row, bind_postgres, columns_of};
use crate::StoreError;

/// Rows of a statement that travels with others. The message is made in memory.
const ROWS_TOGETHER_MAX: usize = 20_000;

/// A statement and what is bound to it: values, and the rows of its `{rows: ...}`.
pub(super) struct Write {
    pub sql: Cow<'static, str>,
    pub arguments: Vec<Argument>,
    pub rows: Vec<Vec<Argument>>,
}

impl Write {
    /// A statement of rows alone.
    pub fn rows(sql: &'static str, rows: Vec<Vec<Argument>>) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            arguments: Vec::new(),
            rows,
        }
    }
}

impl Transaction {
    /// Runs statements of rows that don't see each other's changes; returns the rows of the last, which must
    /// have some. To PostgreSQL they travel together: a round trip costs more than most of them.
    pub async fn execute_together(
        &mut self,
        writes: Vec<Write>,
        last: Write,
    ) -> Result<Vec<Row>, StoreError> {
        let mut parts: Vec<Write> = Vec::with_capacity(writes.len() + 1);
        for write in writes.into_iter().filter(|write| !write.rows.is_empty()) {
            if self.dialect() == Dialect::Sqlite || write.rows.len() > ROWS_TOGETHER_MAX {
                self.execute_rows(&write.sql, &write.arguments, write.rows)
                    .await?;
            } else {
                parts.push(write);
            }
        }
        if parts.is_empty() {
            return self.fetch_rows(&last.sql, &last.arguments, last.rows).await;
        }
        parts.push(last);
        self.fetch_together(parts).await
    }

    async fn fetch_together(&mut self, parts: Vec<Write>) -> Result<Vec<Row>, StoreError> {
        let mut values = PgArguments::default();
        let (mut statements, mut counts) = (Vec::new(), Vec::new());
        for part in parts {
            let types = row_types(&part.sql);
            let arguments = part.arguments.len();
            statements.push(self.rendered(&part.sql, arguments, part.rows.len()));
            counts.push(arguments + types.len());
            bind_postgres(&mut values, part.arguments, columns_of(part.rows, &types));
        }
        self.fetch_postgres(together(&statements, &counts), values)
            .await
    }
}
