//! The queue: one API over SQLite and PostgreSQL.
//!
//! Every operation is one short transaction; none is open while a simulation runs. Time is the
//! database's, so workers' clocks don't matter. What fences one attempt of a job from the next is
//! its epoch: the claim raises it, every later write names it, and a write that names an old one
//! changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgPool;

use crate::OpenError;

mod audits;
mod checkpoint_files;
mod checkpoints;
mod claim;
mod complete;
mod costs;
mod database_url;
mod dialect;
mod exclusions;
mod failure;
mod finish;
mod frontier;
mod heartbeat;
mod indexes;
mod job_rows;
mod jump;
mod load;
mod message;
mod migrate;
mod network_filesystem;
mod place_code;
mod planned;
mod postgres;
mod query;
mod reap;
mod report;
mod result_rows;
mod single_statement;
mod sqlite;
mod status;
mod steer;
mod submit;
mod texts;
mod tls;
mod together;
mod totals;
mod transaction;
mod value;
mod workers;

pub use complete::Finished;
pub use costs::FinishedCost;
pub use database_url::redacted_url;
pub use report::{Answer, ReportView, Snapshot};

pub(crate) use failure::refuses_values;

use database_url::DatabaseUrl;

/// Longest wait for a server's last answer, or for SQLite's log to be moved into its file: what is left of it then is
/// safe where it is.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// What the database is opened for: decides who may create and migrate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Create it if missing, migrate it if old (`migrate`, `run`, `submit`, `validate`).
    Migrate,
    /// Read and write a database of the right version (workers, `pause`, ...).
    Use,
    /// Only read it (`status`, `query`, `export`).
    Read,
}

/// Settings of a connection that are rarely changed.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// How long to wait for somebody else's lock, or for a server's answer.
    pub lock_wait: Duration,
    /// How long a PostgreSQL server may work on a statement, but for submissions.
    pub statement_limit: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            lock_wait: Duration::from_secs(30),
            statement_limit: Duration::from_secs(60),
        }
    }
}

/// An open database. Cheap to clone; clones share connections (two on PostgreSQL, a writer and two
/// readers on SQLite).
///
/// A heartbeat that must not wait behind other work opens a store of its own, in its own thread.
#[derive(Clone, Debug)]
pub struct Store {
    database: Database,
    /// Added to the database's clock, in milliseconds; 0 but in tests.
    clock_offset_ms: Arc<AtomicI64>,
    watch: Arc<jump::ClockWatch>,
    /// Which part of the running totals it adds to.
    shard: u32,
    /// How far down the queue its claims have come.
    frontier: Arc<frontier::Frontier>,
    /// What messages have been written.
    texts: Arc<texts::Texts>,
    /// Where large checkpoints lie that the database doesn't keep itself.
    checkpoint_files: Option<checkpoint_files::CheckpointFiles>,
}

#[derive(Clone, Debug)]
enum Database {
    Sqlite(sqlite::SqlitePools),
    Postgres(PgPool),
}

impl Store {
    /// Opens `sqlite://PATH`, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    ///
    /// # Errors
    /// Every reason is a variant of [`OpenError`]; nothing was written.
    pub async fn open(url: &str, purpose: Purpose) -> Result<Self, OpenError> {
        Self::open_with(url, purpose, &OpenOptions::default()).await
    }

    /// [`Store::open`] with settings.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(
        url: &str,
        purpose: Purpose,
        options: &OpenOptions,
    ) -> Result<Self, OpenError> {
        let mut checkpoint_files = None;
        let database = match DatabaseUrl::parse(url)? {
            DatabaseUrl::Sqlite { path, read_only } => {
                checkpoint_files = Some(checkpoint_files::CheckpointFiles::beside(&path));
                Database::Sqlite(sqlite::open(&path, read_only, purpose, options).await?)
            }
            DatabaseUrl::Postgres { url } => {
                Database::Postgres(postgres::open(&url, purpose, options).await?)
            }
        };
        let shard = match &database {
            // One writer at a time, so one shard.
            Database::Sqlite(_) => 0,
            Database::Postgres(_) => uuid::Uuid::now_v7().as_u128() as u32 % totals::SHARDS,
        };
        Ok(Self {
            database,
            shard,
            frontier: Arc::default(),
            texts: Arc::default(),
            checkpoint_files,
            clock_offset_ms: Arc::new(AtomicI64::new(0)),
            watch: Arc::default(),
        })
    }

    /// Whether workers on other machines can use it.
    pub fn is_shared_between_hosts(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    /// Closes the connections. Dropping the store does the same, some time later.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(pools) => {
                let closed = async {
                    pools.reader.close().await;
                    pools.writer.close().await;
                };
                let _ = tokio::time::timeout(CLOSE_TIMEOUT, closed).await;
            }
            // A half-open connection has nobody to say farewell to.
            Database::Postgres(pool) => {
                let _ = tokio::time::timeout(CLOSE_TIMEOUT, pool.close()).await;
            }
        }
    }

    /// Moves this store's clock (and its clones') forward, so that no test has to sleep.
    #[cfg(any(test, feature = "testing"))]
    pub fn advance_clock(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).expect("tests don't last that long");
        self.clock_offset_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    fn clock_offset_ms(&self) -> i64 {
        self.clock_offset_ms.load(Ordering::Relaxed)
    }
}

/// A statement of this crate's, by its file.
macro_rules! sql {
    ($file:literal) => {
        include_str!(concat!("sql/", $file))
    };
}
use sql;
