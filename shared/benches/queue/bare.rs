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

/// Claims and completes for some seconds: `$ids` is how a database takes the claimed ids.
macro_rules! work {
    ($pool:expr, $at_once:expr, $seconds:expr, $claim:expr, $done:expr, $ids:expr) => {{
        let (started, mut done) = (Instant::now(), 0);
        while started.elapsed() < Duration::from_secs_f64($seconds) {
            let claim = sqlx::query_scalar($claim).bind(i64::from($at_once));
            let claimed: Vec<String> = claim.fetch_all($pool).await.expect("claims");
            let complete = sqlx::query($done).bind($ids(&claimed));
            complete.execute($pool).await.expect("completes");
            done += claimed.len();
        }
        done as f64 / started.elapsed().as_secs_f64()
    }};
}

async fn sqlite(url: &str, at_once: u32, seconds: f64) -> f64 {
    let options: SqliteConnectOptions = url.parse().expect("a URL");
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool: SqlitePool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .expect("opens");
    sqlx::raw_sql(TABLE).execute(&pool).await.expect("creates");
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
         INSERT INTO bare SELECT lower(hex(randomblob(16))), 0 FROM n";
    let filled = sqlx::query(fill).bind(ROWS).execute(&pool).await;
    filled.expect("fills");
    work!(
        &pool,
        at_once,
        seconds,
        "UPDATE bare SET state = 1 WHERE id IN
         (SELECT id FROM bare WHERE state = 0 ORDER BY id LIMIT $1) RETURNING id",
        "UPDATE bare SET state = 2 WHERE id IN (SELECT value FROM json_each($1))",
        |claimed: &Vec<String>| serde_json::to_string(claimed).expect("text")
    )
}

async fn postgres(url: &str, at_once: u32, seconds: f64) -> f64 {
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(1)
        .connect(url)
        .await
        .expect("connects");
    sqlx::raw_sql(TABLE).execute(&pool).await.expect("creates");
    let fill = format!(
        "INSERT INTO bare SELECT md5(i::text), 0 FROM generate_series(1, {ROWS}) AS i; ANALYZE bare"
    );
    let filled = sqlx::raw_sql(sqlx::AssertSqlSafe(fill))
        .execute(&pool)
        .await;
    filled.expect("fills");
    work!(
        &pool,
        at_once,
        seconds,
        "UPDATE bare SET state = 1 WHERE id IN (SELECT id FROM bare WHERE state = 0
         ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id",
        "UPDATE bare SET state = 2 WHERE id = ANY($1)",
        Vec::clone
    )
}
