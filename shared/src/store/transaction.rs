//! Transactions: the one layer that knows both drivers.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use super::Store;
use super::dialect::{Dialect, row_types};
use super::failure::{database_error, timeout_error};
use super::query::{rows_postgres, rows_sqlite};
use super::value::{Argument, Row, bind_postgres, columns_of, sqlite_arguments};
use crate::{StoreError, Table};

/// A PostgreSQL server that has not answered by then is taken for lost. Longer than the server's
/// own `statement_timeout`, which fires first when it is merely slow.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(75);
/// Placeholders of one SQLite statement; its limit is 32,766.
const SQLITE_PLACEHOLDERS_MAX: usize = 30_000;
/// Rows of one statement. More gain nothing.
const ROWS_MAX: usize = 500;

/// Whatever is written is found by an index, whatever the values: one plan serves all. Left to itself,
/// PostgreSQL plans each of these statements again each time, for longer than it takes to run, or goes through a
/// whole table that was small when it planned.
const POSTGRES_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; \
     SET LOCAL plan_cache_mode = force_generic_plan";

enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// An open transaction. Dropped without [`Transaction::commit`], it closes its connection, which
/// rolls back: a connection that failed is not worth keeping.
pub(super) struct Transaction {
    connection: Option<Connection>,
    clock_offset_ms: i64,
    doing: &'static str,
    /// How long to wait for each answer; for ever, if a statement may take as long as it takes.
    patience: Option<Duration>,
}

/// Waits for PostgreSQL's answer, but not for ever: a half-open connection never gives one.
/// SQLite's own busy timeout bounds every wait there.
pub(super) async fn answered<T>(
    doing: &'static str,
    future: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    answered_within(Some(ANSWER_TIMEOUT), doing, future).await
}

async fn answered_within<T>(
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
    /// Begins a transaction that writes.
    pub(super) async fn write(&self, doing: &'static str) -> Result<Transaction, StoreError> {
        // Deferred, SQLite would fail at the first write after a read (BUSY_SNAPSHOT), whatever the
        // busy timeout.
        self.begin(doing, "BEGIN IMMEDIATE", POSTGRES_WRITE).await
    }

    /// Begins a transaction that writes and whose statements may each take as long as they take: a sweep of a
    /// million jobs, or new rules for a million results. Somebody watches it.
    pub(super) async fn write_unhurried(
        &self,
        doing: &'static str,
    ) -> Result<Transaction, StoreError> {
        let mut transaction = self.write(doing).await?;
        transaction
            .plain(
                "SELECT 1",
                "SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on; \
                 SET LOCAL plan_cache_mode = auto",
            )
            .await?;
        transaction.patience = None;
        Ok(transaction)
    }

    /// Begins a transaction that reads one state of the whole database.
    pub(super) async fn read(&self, doing: &'static str) -> Result<Transaction, StoreError> {
        self.begin(
            doing,
            "BEGIN",
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )
        .await
    }

    async fn begin(
        &self,
        doing: &'static str,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Result<Transaction, StoreError> {
        let writes = sqlite != "BEGIN";
        let connection = match &self.database {
            super::Database::Sqlite(pools) => {
                let pool = if writes { &pools.writer } else { &pools.reader };
                let connection = answered(doing, pool.acquire()).await?;
                Connection::Sqlite(connection)
            }
            super::Database::Postgres(pool) => {
                Connection::Postgres(answered(doing, pool.acquire()).await?)
            }
        };
        let mut transaction = Transaction {
            connection: Some(connection),
            clock_offset_ms: self.clock_offset_ms(),
            doing,
            patience: Some(ANSWER_TIMEOUT),
        };
        transaction.plain(sqlite, postgres).await?;
        Ok(transaction)
    }
}

impl Transaction {
    pub fn dialect(&self) -> Dialect {
        match self.connection {
            Some(Connection::Postgres(_)) => Dialect::Postgres,
            _ => Dialect::Sqlite,
        }
    }

    /// Commits. After an error, whether the commit took place is unknown.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.plain("COMMIT", "COMMIT").await?;
        // Back to its pool.
        drop(self.connection.take());
        Ok(())
    }

    /// Runs a statement; returns how many rows it changed.
    pub async fn execute(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
    ) -> Result<u64, StoreError> {
        self.execute_chunk(sql, arguments, Vec::new()).await
    }

    /// Runs a statement; returns its rows.
    pub async fn fetch(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
    ) -> Result<Vec<Row>, StoreError> {
        self.fetch_chunk(sql, arguments, Vec::new()).await
    }

    /// Runs a statement without arguments; returns its rows as values of whatever type.
    pub async fn table(&mut self, sql: &str) -> Result<Table, StoreError> {
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
        let size = self.chunk_size(sql, arguments.len());
        let mut found = Vec::new();
        let mut rest = rows.into_iter().peekable();
        while rest.peek().is_some() {
            let chunk = rest.by_ref().take(size).collect();
            found.extend(self.fetch_chunk(sql, arguments.to_vec(), chunk).await?);
        }
        Ok(found)
    }

    /// Runs a statement with `{rows: ...}`, in chunks; returns how many rows it changed.
    pub async fn execute_rows(
        &mut self,
        sql: &str,
        arguments: &[Argument],
        rows: Vec<Vec<Argument>>,
    ) -> Result<u64, StoreError> {
        let size = self.chunk_size(sql, arguments.len());
        let mut changed = 0;
        let mut rest = rows.into_iter().peekable();
        while rest.peek().is_some() {
            let chunk = rest.by_ref().take(size).collect();
            changed += self.execute_chunk(sql, arguments.to_vec(), chunk).await?;
        }
        Ok(changed)
    }

    /// Runs a statement of PostgreSQL's as it stands; returns its rows.
    pub(super) async fn fetch_postgres(
        &mut self,
        text: String,
        values: PgArguments,
    ) -> Result<Vec<Row>, StoreError> {
        let (doing, patience) = (self.doing, self.patience);
        let Connection::Postgres(connection) = self.connection() else {
            unreachable!("only its dialect makes such statements");
        };
        let query = sqlx::query_with(AssertSqlSafe(text), values);
        let found = answered_within(patience, doing, query.fetch_all(&mut **connection)).await?;
        Ok(found.into_iter().map(Row::Postgres).collect())
    }

    fn chunk_size(&self, sql: &str, arguments: usize) -> usize {
        let columns = row_types(sql).len().max(1);
        match self.dialect() {
            Dialect::Sqlite => ((SQLITE_PLACEHOLDERS_MAX - arguments) / columns).min(ROWS_MAX),
            Dialect::Postgres => ROWS_MAX,
        }
    }

    async fn execute_chunk(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
        rows: Vec<Vec<Argument>>,
    ) -> Result<u64, StoreError> {
        let text = self.text(sql, arguments.len(), rows.len());
        let (doing, patience) = (self.doing, self.patience);
        match self.connection() {
            Connection::Sqlite(connection) => {
                let bound = sqlite_arguments(rows.into_iter().flatten().chain(arguments));
                let query = sqlx::query_with(text, bound);
                let done =
                    answered_within(patience, doing, query.execute(&mut **connection)).await?;
                Ok(done.rows_affected())
            }
            Connection::Postgres(connection) => {
                let mut bound = PgArguments::default();
                bind_postgres(&mut bound, arguments, columns_of(rows, &row_types(sql)));
                let query = sqlx::query_with(text, bound);
                let done =
                    answered_within(patience, doing, query.execute(&mut **connection)).await?;
                Ok(done.rows_affected())
            }
        }
    }

    async fn fetch_chunk(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
        rows: Vec<Vec<Argument>>,
    ) -> Result<Vec<Row>, StoreError> {
        let text = self.text(sql, arguments.len(), rows.len());
        let (doing, patience) = (self.doing, self.patience);
        match self.connection() {
            Connection::Sqlite(connection) => {
                let bound = sqlite_arguments(rows.into_iter().flatten().chain(arguments));
                let query = sqlx::query_with(text, bound);
                let found =
                    answered_within(patience, doing, query.fetch_all(&mut **connection)).await?;
                Ok(found.into_iter().map(Row::Sqlite).collect())
            }
            Connection::Postgres(connection) => {
                let mut bound = PgArguments::default();
                bind_postgres(&mut bound, arguments, columns_of(rows, &row_types(sql)));
                let query = sqlx::query_with(text, bound);
                let found =
                    answered_within(patience, doing, query.fetch_all(&mut **connection)).await?;
                Ok(found.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// A statement without values, prepared nowhere.
    pub(super) async fn plain(
        &mut self,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Result<(), StoreError> {
        let (doing, patience) = (self.doing, self.patience);
        match self.connection() {
            Connection::Sqlite(connection) => {
                answered_within(
                    patience,
                    doing,
                    sqlx::raw_sql(sqlite).execute(&mut **connection),
                )
                .await?;
            }
            Connection::Postgres(connection) => {
                answered_within(
                    patience,
                    doing,
                    sqlx::raw_sql(postgres).execute(&mut **connection),
                )
                .await?;
            }
        }
        Ok(())
    }

    fn text(&self, sql: &str, arguments: usize, rows: usize) -> AssertSqlSafe<String> {
        AssertSqlSafe(self.rendered(sql, arguments, rows))
    }

    pub(super) fn rendered(&self, sql: &str, arguments: usize, rows: usize) -> String {
        let dialect = self.dialect();
        let text = dialect.render(sql, self.clock_offset_ms);
        dialect.render_rows(&text, arguments, rows)
    }

    fn connection(&mut self) -> &mut Connection {
        self.connection
            .as_mut()
            .expect("only commit takes the connection, and it takes the transaction too")
    }
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
