//! Opening a SQLite file: every reason to refuse is found before anything is written.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Access, access};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use super::failure::sqlite_code;
use super::migrate::{Standing, known_version, migrate};
use super::network_filesystem::network_filesystem;
use super::{OpenOptions, Purpose};
use crate::OpenError;

/// Marks the file as ours, in its header: "drsw".
const APPLICATION_ID: i64 = 0x6472_7377;

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

/// Connections to one file.
#[derive(Clone, Debug)]
pub(super) struct SqlitePools {
    /// One connection: SQLite has one writer at a time, and waiting for it is fairer in here.
    pub writer: SqlitePool,
    pub reader: SqlitePool,
}

/// Opens the file, trying again while somebody else is just creating it.
pub(super) async fn open(
    path: &Path,
    read_only: bool,
    purpose: Purpose,
    options: &OpenOptions,
) -> Result<SqlitePools, OpenError> {
    let file = File {
        path,
        lock_wait: options.lock_wait,
    };
    let started = Instant::now();
    let mut attempts = tokio::time::interval(Duration::from_millis(50));
    file.check_place(purpose)?;
    if read_only && purpose != Purpose::Read {
        return Err(file.read_only());
    }
    loop {
        attempts.tick().await;
        match file.prepare(purpose).await {
            // Turning a new file into a write-ahead log can't wait for its lock, only try again.
            Err(OpenError::Locked { .. }) if started.elapsed() < options.lock_wait => {}
            Err(error) => return Err(error),
            Ok(()) => break,
        }
    }
    let reader = SqlitePoolOptions::new()
        .max_connections(2)
        .test_before_acquire(false)
        .acquire_timeout(options.lock_wait * 2)
        .connect_lazy_with(file.reading());
    let writer = match purpose {
        Purpose::Read => reader.clone(),
        Purpose::Migrate | Purpose::Use => SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(options.lock_wait * 2)
            .connect_lazy_with(file.writing()),
    };
    Ok(SqlitePools { writer, reader })
}

struct File<'a> {
    path: &'a Path,
    lock_wait: Duration,
}

impl File<'_> {
    /// What can be said of the path without opening a database.
    fn check_place(&self, purpose: Purpose) -> Result<(), OpenError> {
        let path = self.path;
        let cannot_create = |reason: String| OpenError::CannotCreate {
            path: path.to_owned(),
            reason,
        };
        let directory = self.directory();
        if !directory.is_dir() {
            return Err(cannot_create(format!(
                "{} is not a directory",
                directory.display()
            )));
        }
        let exists = match std::fs::metadata(path) {
            Ok(_) => true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => return Err(cannot_create(error.to_string())),
        };
        let asked = if exists { path } else { &directory };
        let filesystem =
            network_filesystem(asked).map_err(|error| self.other(error.to_string()))?;
        if let Some(filesystem) = filesystem {
            return Err(OpenError::NetworkFilesystem {
                path: path.to_owned(),
                filesystem,
            });
        }
        if exists {
            self.check_file(purpose, &directory)
        } else if purpose != Purpose::Migrate {
            Err(OpenError::Missing {
                path: path.to_owned(),
            })
        } else {
            access(&directory, Access::WRITE_OK)
                .map_err(|error| cannot_create(format!("{}: {error}", directory.display())))
        }
    }

    /// What can be said of an existing file without opening it as a database.
    fn check_file(&self, purpose: Purpose, directory: &Path) -> Result<(), OpenError> {
        if !self.path.is_file() {
            return Err(self.not_ours("it is not a regular file".to_owned()));
        }
        // Never by opening it: closing the file again would take away every lock that this process's own
        // connections have on it, and another program that reads it would then remove their log.
        access(self.path, Access::READ_OK).map_err(|error| self.other(error.to_string()))?;
        if purpose == Purpose::Read {
            return Ok(());
        }
        // SQLite writes beside the file, too: its log and the log's index.
        for place in [self.path, directory] {
            access(place, Access::WRITE_OK).map_err(|_| self.read_only())?;
        }
        Ok(())
    }

    /// Creates or migrates the file where the purpose allows, and checks its version.
    async fn prepare(&self, purpose: Purpose) -> Result<(), OpenError> {
        let found = match std::fs::metadata(self.path) {
            Ok(data) if data.len() > 0 => self.probe().await?,
            _ => 0,
        };
        match (Standing::of(found), purpose) {
            (Standing::Current, _) => Ok(()),
            (Standing::Newer { found }, _) => Err(OpenError::Newer {
                database: self.shown(),
                found,
                known: known_version(),
            }),
            (Standing::Older { .. }, Purpose::Migrate) => {
                self.migrate().await.map_err(|error| self.explain(&error))?
            }
            (Standing::Older { found }, _) => Err(OpenError::Older {
                database: self.shown(),
                found,
                known: known_version(),
            }),
        }
    }

    /// The file's schema version, read without any chance of changing the file; 0 if it is empty.
    async fn probe(&self) -> Result<i64, OpenError> {
        let options = self.reading();
        let mut connection = options
            .connect()
            .await
            .map_err(|error| self.explain(&error))?;
        // In one transaction, or a file that another process has just finished making would show
        // no mark in one answer and its tables in the next.
        let mut transaction = connection
            .begin()
            .await
            .map_err(|error| self.explain(&error))?;
        let version = self.version(&mut transaction).await;
        drop(transaction);
        connection
            .close()
            .await
            .map_err(|error| self.explain(&error))?;
        version
    }

    async fn version(&self, connection: &mut SqliteConnection) -> Result<i64, OpenError> {
        let identity: i64 = sqlx::query_scalar("PRAGMA application_id")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.explain(&error))?;
        if identity == APPLICATION_ID {
            let row = sqlx::query(include_str!("sql/schema_version.sql"))
                .fetch_one(&mut *connection)
                .await
                .map_err(|error| self.explain(&error))?;
            return row.try_get("version").map_err(|error| self.explain(&error));
        }
        let tables: Vec<String> = sqlx::query_scalar(include_str!("sql/list_tables.sqlite.sql"))
            .fetch_all(&mut *connection)
            .await
            .map_err(|error| self.explain(&error))?;
        match (identity, tables.first()) {
            (0, None) => Ok(0),
            (0, Some(table)) => Err(self.not_ours(format!("it has a table `{table}`"))),
            _ => Err(self.not_ours("another program has put its mark on it".to_owned())),
        }
    }

    async fn migrate(&self) -> Result<Result<(), OpenError>, sqlx::Error> {
        let options = self
            .writing()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let mut connection = options.connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        // Somebody else may have been faster, or may have made something else of it.
        if let Err(error) = self.version(&mut transaction).await {
            return Ok(Err(error));
        }
        if let Err(error) = migrate(&mut *transaction).await {
            return Ok(Err(self.other(error.to_string())));
        }
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "PRAGMA application_id = {APPLICATION_ID}"
        )))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        connection.close().await?;
        Ok(Ok(()))
    }

    fn writing(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(self.path)
            .busy_timeout(self.lock_wait)
            .foreign_keys(true)
            // A claim that a power cut rolls back would hand its epoch out twice.
            .synchronous(SqliteSynchronous::Full)
            // Pages that a batch comes back to: SQLite's own 2 MB would read them again and again.
            .pragma("cache_size", "-65536")
            // A page that many batches change is copied from the log to the file once for all of them.
            .pragma("wal_autocheckpoint", "8000")
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging()
    }

    fn reading(&self) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new()
            .filename(self.path)
            .busy_timeout(self.lock_wait)
            .read_only(true)
            .pragma("query_only", "ON")
            .disable_statement_logging();
        if access(self.directory(), Access::WRITE_OK).is_err() && !self.log_path().exists() {
            // Nobody can have the file open for writing, and there is no room for a log's index.
            return options.immutable(true);
        }
        options
    }

    fn log_path(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push("-wal");
        PathBuf::from(name)
    }

    fn directory(&self) -> PathBuf {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    fn explain(&self, error: &sqlx::Error) -> OpenError {
        match sqlite_code(error) {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => OpenError::Locked {
                database: self.shown(),
                waited_seconds: self.lock_wait.as_secs(),
            },
            Some(SQLITE_READONLY) => self.read_only(),
            Some(SQLITE_IOERR | SQLITE_FULL) => OpenError::Disk {
                database: self.shown(),
                reason: error.to_string(),
            },
            Some(SQLITE_NOTADB) => self.not_ours("it is not a SQLite file".to_owned()),
            Some(SQLITE_CANTOPEN) => OpenError::CannotCreate {
                path: self.path.to_owned(),
                reason: error.to_string(),
            },
            _ => self.other(error.to_string()),
        }
    }

    fn not_ours(&self, reason: String) -> OpenError {
        OpenError::NotOurs {
            database: self.shown(),
            reason,
        }
    }

    fn read_only(&self) -> OpenError {
        OpenError::ReadOnly {
            database: self.shown(),
        }
    }

    fn other(&self, reason: String) -> OpenError {
        OpenError::Database {
            database: self.shown(),
            reason,
        }
    }
}
