//! Transactions: the one layer that knows both drivers.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, TryStreamExt as _};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgQueryResult;
use sqlx::sqlite::SqliteQueryResult;
use sqlx::{AssertSqlSafe, Either, Executor as _, Postgres, Sqlite};

use super::Store;
use super::dialect::Dialect;
use super::failure::{database_error, timeout_error};
use super::message::{Message, Wording};
use super::query::{rows_postgres, rows_sqlite};
use super::together::{Answers, Rows, Write};
use super::value::{Argument, Row};
use crate::{StoreError, Table};

/// A PostgreSQL server that has not answered by then is taken for lost. Longer than the server's
/// own `statement_timeout`, which fires first when it is merely slow.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(75);
/// Takes back what `session_settings` says of plans: as the server likes.
macro_rules! own_plans {
    () => {
        "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT; SET LOCAL jit TO DEFAULT"
    };
}

/// One state of the whole database.
pub(super) const POSTGRES_READ: &str = concat!(
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ",
    own_plans!()
);

pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// An open transaction. Dropped without [`Transaction::commit`], it closes its connection, which
/// rolls back: a connection that failed is not worth keeping.
pub(super) struct Transaction {
    connection: Option<Connection>,
    pub(super) wording: Wording,
    pub(super) doing: &'static str,
    /// How long to wait for each answer; for ever, if a statement may take as long as it takes.
    pub(super) patience: Option<Duration>,
    /// SQLite's statements that go with the next whose answer is needed, `BEGIN` before all.
    pub(super) waiting: Vec<Write>,
}

/// Waits for PostgreSQL's answer, but not for ever: a half-open connection never gives one.
/// SQLite's own busy timeout bounds every wait there.
pub(super) async fn answered<T>(
    doing: &'static str,
    future: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    answered_within(Some(ANSWER_TIMEOUT), doing, future).await
}

pub(super) async fn answered_within<T>(
    patience: Option<Duration>,
    doing: &'static str,
    future: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    let answer = match patience {
        Some(patience) => tokio::time::timeout(patience, future)
            .await
            .map_err(|_| timeout_error(doing, patience))?,
        None => future.await,
    };
    answer.map_err(|error| database_error(doing, error))
}

impl Store {
    /// Begins a transaction that writes. SQLite's lock is taken by the first statement.
    pub(super) async fn write(&self, doing: &'static str) -> Result<Transaction, StoreError> {
        // Deferred, SQLite would fail at the first write after a read (BUSY_SNAPSHOT), whatever the
        // busy timeout.
        self.begin(
            doing,
            "BEGIN IMMEDIATE",
            "BEGIN ISOLATION LEVEL READ COMMITTED",
        )
        .await
    }

    /// Begins a transaction that writes and whose statements may each take as long as they take: a sweep of a
    /// million jobs, or new rules for a million results. Somebody watches it.
    pub(super) async fn write_unhurried(
        &self,
        doing: &'static str,
    ) -> Result<Transaction, StoreError> {
        let mut transaction = self.write(doing).await?;
        transaction
            .plain_postgres(concat!("SET LOCAL statement_timeout = 0; ", own_plans!()))
            .await?;
        transaction.patience = None;
        Ok(transaction)
    }

    /// Begins a transaction that reads one state of the whole database.
    pub(super) async fn read(&self, doing: &'static str) -> Result<Transaction, StoreError> {
        self.begin(doing, "BEGIN", POSTGRES_READ).await
    }

    async fn begin(
        &self,
        doing: &'static str,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Result<Transaction, StoreError> {
        let writes = sqlite != "BEGIN";
        let (connection, dialect, waiting) = match &self.database {
            super::Database::Sqlite(pools) => {
                let pool = if writes { &pools.writer } else { &pools.reader };
                let connection = answered(doing, pool.acquire()).await?;
                let waiting = vec![Write::plain(sqlite)];
                (Connection::Sqlite(connection), Dialect::Sqlite, waiting)
            }
            super::Database::Postgres(pool) => {
                let connection = answered(doing, pool.acquire()).await?;
                let connection = Connection::Postgres(connection);
                (connection, Dialect::Postgres, Vec::new())
            }
        };
        let mut transaction = Transaction {
            connection: Some(connection),
            wording: Wording {
                dialect,
                clock_offset_ms: self.clock_offset_ms(),
                texts: Arc::clone(&self.texts),
            },
            doing,
            patience: Some(ANSWER_TIMEOUT),
            waiting,
        };
        transaction.plain_postgres(postgres).await?;
        Ok(transaction)
    }
}

impl Transaction {
    pub fn dialect(&self) -> Dialect {
        self.wording.dialect
    }

    /// Commits. After an error, whether the commit took place is unknown.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.end().await.map(drop)
    }

    /// Commits, after the statements of SQLite's that still wait; returns their rows.
    pub(super) async fn end(mut self) -> Result<Vec<Row>, StoreError> {
        let rows = match self.dialect() {
            Dialect::Sqlite => self.ask(vec![Write::plain("COMMIT")]).await?.rows,
            Dialect::Postgres => {
                self.plain_postgres("COMMIT").await?;
                Vec::new()
            }
        };
        // Back to its pool.
        drop(self.connection.take());
        Ok(rows)
    }

    /// Runs a statement; returns how many rows it changed.
    pub async fn execute(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
    ) -> Result<u64, StoreError> {
        let write = Write::new(sql.to_owned(), arguments, Vec::new());
        Ok(self.ask(vec![write]).await?.changed)
    }

    /// Runs a statement; returns its rows.
    pub async fn fetch(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
    ) -> Result<Vec<Row>, StoreError> {
        let write = Write::new(sql.to_owned(), arguments, Vec::new());
        Ok(self.ask(vec![write]).await?.rows)
    }

    /// Runs a statement without arguments; returns its rows as values of whatever type.
    pub async fn table(&mut self, sql: &str) -> Result<Table, StoreError> {
        if !self.waiting.is_empty() {
            self.ask(Vec::new()).await?;
        }
        match self.connection() {
            Connection::Sqlite(connection) => rows_sqlite(connection, sql).await,
            Connection::Postgres(connection) => rows_postgres(connection, sql).await,
        }
    }

    /// Runs a statement with `{rows: ...}`, in chunks; returns all its rows.
    pub async fn fetch_rows(
        &mut self,
        sql: &str,
        arguments: &[Argument],
        rows: Vec<Vec<Argument>>,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = Box::new(rows.into_iter());
        Ok(self.ask_rows(sql, arguments, rows).await?.rows)
    }

    /// Runs a statement with `{rows: ...}`, in chunks; returns how many rows it changed.
    pub async fn execute_rows(
        &mut self,
        sql: &str,
        arguments: &[Argument],
        rows: Vec<Vec<Argument>>,
    ) -> Result<u64, StoreError> {
        self.execute_each(sql, arguments, Box::new(rows.into_iter()))
            .await
    }

    /// [`Transaction::execute_rows`] of rows that are made meanwhile.
    pub async fn execute_each(
        &mut self,
        sql: &str,
        arguments: &[Argument],
        rows: Rows<'_>,
    ) -> Result<u64, StoreError> {
        Ok(self.ask_rows(sql, arguments, rows).await?.changed)
    }

    /// Runs the statements of a message; returns their rows, and how many the last changed.
    pub(super) async fn send(&mut self, message: Message) -> Result<Answers, StoreError> {
        let (doing, patience) = (self.doing, self.patience);
        match (self.connection(), message) {
            (Connection::Sqlite(connection), Message::Sqlite(text, values)) => {
                let query = sqlx::query_with(AssertSqlSafe(text), values);
                let answers = connection.fetch_many(query);
                let answers = collect(answers, SqliteQueryResult::rows_affected, Row::Sqlite);
                answered_within(patience, doing, answers).await
            }
            (Connection::Postgres(connection), Message::Postgres(text, values)) => {
                let query = sqlx::query_with(AssertSqlSafe(text), values);
                let answers = connection.fetch_many(query);
                let answers = collect(answers, PgQueryResult::rows_affected, Row::Postgres);
                answered_within(patience, doing, answers).await
            }
            _ => unreachable!("a message is made for its transaction's database"),
        }
    }

    /// A statement of PostgreSQL's without values, prepared nowhere; nothing on SQLite.
    async fn plain_postgres(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let (doing, patience) = (self.doing, self.patience);
        if let Connection::Postgres(connection) = self.connection() {
            let query = sqlx::raw_sql(sql).execute(&mut **connection);
            answered_within(patience, doing, query).await?;
        }
        Ok(())
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection
            .as_mut()
            .expect("only commit takes the connection, and it takes the transaction too")
    }
}

/// Reads answers to their end.
async fn collect<Done, Found>(
    mut answers: impl Stream<Item = Result<Either<Done, Found>, sqlx::Error>> + Unpin,
    changed: fn(&Done) -> u64,
    row: fn(Found) -> Row,
) -> Result<Answers, sqlx::Error> {
    let mut all = Answers::default();
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Left(done) => all.changed = changed(&done),
            Either::Right(found) => all.rows.push(row(found)),
        }
    }
    Ok(all)
}

impl Drop for Transaction {
    fn drop(&mut self) {
        match self.connection.as_mut() {
            Some(Connection::Sqlite(connection)) => connection.close_on_drop(),
            Some(Connection::Postgres(connection)) => connection.close_on_drop(),
            None => {}
        }
    }
}
