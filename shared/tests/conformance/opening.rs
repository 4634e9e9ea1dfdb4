//! Databases that must not be touched.

use std::path::Path;
use std::time::Duration;

use shared::testing::PostgresCluster;
use shared::{OpenError, OpenOptions, Purpose, Store};
use sqlx::Connection as _;

use crate::bench::Bench;

async fn refused(url: &str) -> OpenError {
    let options = OpenOptions {
        lock_wait: Duration::from_millis(200),
        ..OpenOptions::default()
    };
    let opened = Store::open_with(url, Purpose::Migrate, &options).await;
    opened.expect_err("refused")
}

async fn execute(path: &Path, sql: &'static str) -> sqlx::SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .expect("opens");
    sqlx::raw_sql(sql)
        .execute(&mut connection)
        .await
        .expect("executes");
    connection
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

#[tokio::test]
async fn files_that_are_not_ours_are_left_alone() {
    let folder = folder();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but a text of some length").expect("writes");
    let foreign = folder.path().join("foreign.db");
    execute(&foreign, "CREATE TABLE theirs (x)")
        .await
        .close()
        .await
        .expect("closes");
    let marked = folder.path().join("marked.db");
    execute(&marked, "PRAGMA application_id = 7")
        .await
        .close()
        .await
        .expect("closes");
    for path in [&text, &foreign, &marked] {
        let before = std::fs::read(path).expect("reads");
        let error = refused(&url(path)).await;
        assert!(matches!(error, OpenError::NotOurs { .. }), "{error}");
        assert_eq!(std::fs::read(path).expect("reads"), before);
    }
    let error = refused(&url(folder.path())).await;
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 3);
}

#[tokio::test]
async fn an_empty_file_becomes_ours() {
    let folder = folder();
    let path = folder.path().join("empty.db");
    std::fs::write(&path, "").expect("writes");
    Store::open(&url(&path), Purpose::Migrate)
        .await
        .expect("opens");
    Store::open(&url(&path), Purpose::Use).await.expect("opens");
}

#[tokio::test]
async fn a_path_that_cannot_be_made_is_refused() {
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("writes");
    for path in [
        folder.path().join("no").join("such").join("queue.db"),
        file.join("queue.db"),
        folder.path().join("x".repeat(10_000)),
    ] {
        let error = refused(&url(&path)).await;
        assert!(matches!(error, OpenError::CannotCreate { .. }), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 1);
}

#[tokio::test]
async fn a_schema_newer_than_us_is_refused() {
    let bench = Bench::sqlite();
    bench.store().await.close().await;
    let path = bench.url.trim_start_matches("sqlite://");
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
         execution_time) VALUES (1000, 'later', TRUE, X'00', 0)";
    execute(Path::new(path), newer)
        .await
        .close()
        .await
        .expect("closes");
    for purpose in [Purpose::Migrate, Purpose::Use, Purpose::Read] {
        let error = Store::open(&bench.url, purpose).await.expect_err("refused");
        assert!(
            matches!(error, OpenError::Newer { found: 1000, .. }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_read_only_database_can_be_read_but_not_used() {
    let bench = Bench::sqlite();
    bench.store().await.close().await;
    let url = format!("{}?mode=ro", bench.url);
    for purpose in [Purpose::Migrate, Purpose::Use] {
        let error = Store::open(&url, purpose).await.expect_err("refused");
        assert!(matches!(error, OpenError::ReadOnly { .. }), "{error}");
    }
    let store = Store::open(&url, Purpose::Read).await.expect("opens");
    assert!(store.sweeps().await.expect("lists").is_empty());
}

#[tokio::test]
async fn a_locked_database_says_so() {
    let folder = folder();
    let path = folder.path().join("locked.db");
    let holder = execute(&path, "BEGIN EXCLUSIVE; CREATE TABLE theirs (x)").await;
    let error = refused(&url(&path)).await;
    assert!(matches!(error, OpenError::Locked { .. }), "{error}");
    drop(holder);
}

#[tokio::test]
async fn a_foreign_postgres_schema_is_left_alone() {
    let bench = Bench::postgres().await;
    let mut connection = sqlx::PgConnection::connect(&bench.url)
        .await
        .expect("connects");
    sqlx::raw_sql("CREATE TABLE theirs (x INTEGER)")
        .execute(&mut connection)
        .await
        .expect("executes");
    let error = refused(&bench.url).await;
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error}");
    assert!(!error.to_string().contains("not-a-secret"), "{error}");
}

#[tokio::test]
async fn a_newer_or_read_only_postgres_database_is_refused() {
    let bench = Bench::postgres().await;
    bench.store().await;
    let mut connection = sqlx::PgConnection::connect(&bench.url)
        .await
        .expect("connects");
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
         execution_time) VALUES (1000, 'later', TRUE, '\\x00', 0)";
    sqlx::raw_sql(newer)
        .execute(&mut connection)
        .await
        .expect("executes");
    let error = refused(&bench.url).await;
    assert!(
        matches!(error, OpenError::Newer { found: 1000, .. }),
        "{error}"
    );
    let read_only = format!("{}?options[default_transaction_read_only]=on", bench.url);
    let error = refused(&read_only).await;
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let port = PostgresCluster::shared().port();
    for address in [
        "postgres://u:hush@127.0.0.1:1/db".to_owned(),
        format!("postgres://driftsweep:hush@127.0.0.1:{port}/no_such_database"),
        format!("postgres://nobody:hush@127.0.0.1:{port}/postgres"),
    ] {
        let error = refused(&address).await;
        assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn other_urls_are_refused() {
    for url in [
        "mysql://u:hush@h/d",
        "queue.db",
        "sqlite::memory:",
        &"x".repeat(10_000),
    ] {
        let error = refused(url).await;
        assert!(matches!(error, OpenError::InvalidUrl { .. }), "{error}");
        let shown = error.to_string();
        assert!(!shown.contains("hush") && shown.len() < 500, "{shown}");
    }
}
