//! What the database itself can do: rows claimed and marked as done by one worker with two bare statements,
//! without fencing, attempts or results. The measure for the queue's rates, of the same minute.

use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

use super::rig::{Kind, Rig};

const ROWS: u32 = 400_000;

/// Rows a second, so many at a time.
pub async fn rate(rig: &Rig, at_once: u32, seconds: f64) -> f64 {
    let url = rig.fresh(&format!("bare-{at_once}.db")).await;
    match rig.kind {
        Kind::Sqlite => sqlite(&url, at_once, seconds).await,
        Kind::Postgres => postgres(&url, at_once, seconds).await,
    }
}

const TABLE: &str = "CREATE TABLE bare (id TEXT PRIMARY KEY, state BIGINT NOT NULL);
     CREATE INDEX waiting ON bare (id) WHERE state = 0";

async fn sqlite(url: &str, at_once: u32, seconds: f64) -> f64 {
    let options: SqliteConnectOptions = url.parse().expect("a URL");
    let pool: SqlitePool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full),
        )
        .await
        .expect("opens");
    sqlx::raw_sql(TABLE).execute(&pool).await.expect("creates");
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
         INSERT INTO bare SELECT lower(hex(randomblob(16))), 0 FROM n",
    )
    .bind(ROWS)
    .execute(&pool)
    .await
    .expect("fills");
    let (started, mut done) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_secs_f64(seconds) {
        let claimed: Vec<String> = sqlx::query_scalar(
            "UPDATE bare SET state = 1 WHERE id IN
             (SELECT id FROM bare WHERE state = 0 ORDER BY id LIMIT $1) RETURNING id",
        )
        .bind(at_once)
        .fetch_all(&pool)
        .await
        .expect("claims");
        let ids = serde_json::to_string(&claimed).expect("text");
        sqlx::query("UPDATE bare SET state = 2 WHERE id IN (SELECT value FROM json_each($1))")
            .bind(ids)
            .execute(&pool)
            .await
            .expect("completes");
        done += claimed.len();
    }
    done as f64 / started.elapsed().as_secs_f64()
}

async fn postgres(url: &str, at_once: u32, seconds: f64) -> f64 {
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(1)
        .connect(url)
        .await
        .expect("connects");
    sqlx::raw_sql(TABLE).execute(&pool).await.expect("creates");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "INSERT INTO bare SELECT md5(i::text), 0 FROM generate_series(1, {ROWS}) AS i; ANALYZE bare"
    )))
    .execute(&pool)
    .await
    .expect("fills");
    let (started, mut done) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_secs_f64(seconds) {
        let claimed: Vec<String> = sqlx::query_scalar(
            "UPDATE bare SET state = 1 WHERE id IN (SELECT id FROM bare WHERE state = 0
             ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id",
        )
        .bind(i64::from(at_once))
        .fetch_all(&pool)
        .await
        .expect("claims");
        sqlx::query("UPDATE bare SET state = 2 WHERE id = ANY($1)")
            .bind(&claimed)
            .execute(&pool)
            .await
            .expect("completes");
        done += claimed.len();
    }
    done as f64 / started.elapsed().as_secs_f64()
}
