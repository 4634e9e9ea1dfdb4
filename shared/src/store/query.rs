//! Reading: the user's own SQL, and whole tables.

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{
    AssertSqlSafe, Executor as _, Postgres, Row as _, SqlSafeStr as _, Sqlite, Statement as _,
    TypeInfo as _, ValueRef as _,
};

use super::failure::database_error;
use super::single_statement::refusal;
use super::transaction::POSTGRES_READ;
use super::{Database, Store, sql};
use crate::hexadecimal::hexadecimal;
use crate::{ExportView, StoreError, Table, Value};

const DOING: &str = "reading";

impl Store {
    /// Runs one read-only statement of the user's: on SQLite over a read-only connection, on
    /// PostgreSQL in a read-only transaction that is rolled back, for at most ten minutes.
    ///
    /// # Errors
    /// SQL that writes, is more than one statement, or that the database does not understand.
    pub async fn query(&self, sql: &str) -> Result<Table, StoreError> {
        if let Some(reason) = refusal(sql) {
            return Err(StoreError::QueryRefused { reason });
        }
        match &self.database {
            Database::Sqlite(pools) => query_sqlite(&pools.reader, sql).await,
            Database::Postgres(pool) => query_postgres(pool, sql).await,
        }
    }

    /// A whole table or view, for one sweep.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn export_table(&self, sweep: &str, view: ExportView) -> Result<Table, StoreError> {
        let mut transaction = self.read(DOING).await?;
        super::status::known_sweep(&mut transaction, sweep).await?;
        transaction.commit().await?;
        let statement = match view {
            ExportView::Runs => sql!("export_runs.sql"),
            ExportView::SweepSummary => sql!("export_sweep_summary.sql"),
            ExportView::Trajectory => sql!("export_trajectory.sql"),
            ExportView::Spectra => sql!("export_spectra.sql"),
            ExportView::Eigenvalues => sql!("export_eigenvalues.sql"),
            ExportView::Positions => sql!("export_positions.sql"),
            ExportView::PlaceBins => sql!("export_place_bins.sql"),
            ExportView::PlaceCode => sql!("export_place_code.sql"),
            ExportView::PlaceCorrelations => sql!("export_place_correlations.sql"),
            ExportView::RateMaps => sql!("export_rate_maps.sql"),
            ExportView::Attempts => sql!("export_attempts.sql"),
        };
        // The name of a sweep that exists holds no quotes: submission checked it.
        self.query(&statement.replace("{sweep}", sweep)).await
    }
}

async fn query_sqlite(pool: &SqlitePool, sql: &str) -> Result<Table, StoreError> {
    let mut connection = pool
        .acquire()
        .await
        .map_err(|error| database_error(DOING, error))?;
    rows_sqlite(&mut connection, sql).await
}

pub(super) async fn rows_sqlite(
    connection: &mut PoolConnection<Sqlite>,
    sql: &str,
) -> Result<Table, StoreError> {
    let text = AssertSqlSafe(sql).into_sql_str();
    let statement = (&mut **connection).prepare(text).await.map_err(said)?;
    let columns = names(statement.columns());
    let rows = statement
        .query()
        .persistent(false)
        .fetch_all(&mut **connection)
        .await
        .map_err(said)?;
    let rows = rows.iter().map(sqlite_values).collect::<Result<_, _>>()?;
    Ok(Table { columns, rows })
}

async fn query_postgres(pool: &PgPool, sql: &str) -> Result<Table, StoreError> {
    let mut connection = pool
        .acquire()
        .await
        .map_err(|error| database_error(DOING, error))?;
    // The connection is not used again: whatever the statement set on it goes with it.
    connection.close_on_drop();
    let begin = format!("{POSTGRES_READ}; SET LOCAL statement_timeout = 600000");
    sqlx::raw_sql(AssertSqlSafe(begin))
        .execute(&mut *connection)
        .await
        .map_err(|error| database_error(DOING, error))?;
    let table = rows_postgres(&mut connection, sql).await?;
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut *connection)
        .await
        .map_err(|error| database_error(DOING, error))?;
    Ok(table)
}

pub(super) async fn rows_postgres(
    connection: &mut PoolConnection<Postgres>,
    sql: &str,
) -> Result<Table, StoreError> {
    // Preparing it names the columns of an empty table, and refuses a second statement.
    let statement = (&mut **connection)
        .prepare(AssertSqlSafe(sql).into_sql_str())
        .await
        .map_err(said)?;
    let columns = names(statement.columns());
    // The simple protocol sends every type as text, so there is none that we can't show.
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(&mut **connection)
        .await
        .map_err(said)?;
    let rows = rows.iter().map(postgres_values).collect::<Result<_, _>>()?;
    Ok(Table { columns, rows })
}

fn names<C: sqlx::Column>(columns: &[C]) -> Vec<String> {
    columns
        .iter()
        .map(|column| column.name().to_owned())
        .collect()
}

fn sqlite_values(row: &SqliteRow) -> Result<Vec<Value>, StoreError> {
    let value = |index: usize| -> Result<Value, sqlx::Error> {
        let raw = row.try_get_raw(index)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        Ok(match raw.type_info().name() {
            "INTEGER" | "BOOLEAN" => Value::Integer(row.try_get_unchecked(index)?),
            "REAL" => Value::Real(row.try_get_unchecked(index)?),
            "BLOB" => Value::Text(hexadecimal(row.try_get_unchecked(index)?)),
            _ => Value::Text(row.try_get_unchecked(index)?),
        })
    };
    (0..row.len())
        .map(|index| value(index).map_err(said))
        .collect()
}

fn postgres_values(row: &PgRow) -> Result<Vec<Value>, StoreError> {
    let value = |index: usize| -> Result<Value, sqlx::Error> {
        let raw = row.try_get_raw(index)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let kind = raw.type_info().name().to_owned();
        let text = raw.as_str().map_err(sqlx::Error::Decode)?;
        let number = match kind.as_str() {
            "INT2" | "INT4" | "INT8" | "OID" => text.parse().ok().map(Value::Integer),
            "FLOAT4" | "FLOAT8" | "NUMERIC" => text.parse().ok().map(Value::Real),
            "BOOL" => Some(Value::Text(
                if text == "t" { "true" } else { "false" }.to_owned(),
            )),
            _ => None,
        };
        Ok(number.unwrap_or_else(|| Value::Text(text.to_owned())))
    };
    (0..row.len())
        .map(|index| value(index).map_err(said))
        .collect()
}

/// What the database said of the user's SQL.
fn said(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default().into_owned();
            let message = database.message().to_owned();
            // 25006: read_only_sql_transaction. 8: SQLITE_READONLY.
            let read_only = code == "25006" || code.parse::<u32>().is_ok_and(|c| c & 0xff == 8);
            match read_only {
                true => StoreError::QueryRefused { reason: message },
                false => StoreError::QueryFailed { message },
            }
        }
        _ => database_error(DOING, error),
    }
}
