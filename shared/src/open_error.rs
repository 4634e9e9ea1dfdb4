//! Why a database can't be opened. Nothing was written when one of these comes back.

use std::path::PathBuf;

/// Why a database can't be opened; each says what to do. URLs are shown without their password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither a SQLite path nor a PostgreSQL URL.
    #[error(
        "`{url}` is no database URL ({reason}): give sqlite://PATH or postgres://USER@HOST/DATABASE"
    )]
    InvalidUrl {
        /// The URL, without its password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such file, and this command makes none.
    #[error("there is no database at {}: `driftsweep run` or `submit` makes it, or give --database", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The file can't be made where the path says.
    #[error("the database {} can't be made: {reason}", path.display())]
    CannotCreate {
        /// The path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// SQLite's locks don't work between hosts.
    #[error(
        "{} is on a network filesystem ({filesystem}), where SQLite's locks are not safe: \
         use PostgreSQL (--database postgres://...), or keep the file on a local disk of one host \
         and run its workers there",
        path.display()
    )]
    NetworkFilesystem {
        /// The path.
        path: PathBuf,
        /// What the filesystem calls itself.
        filesystem: &'static str,
    },
    /// It holds something else.
    #[error(
        "{database} is not a database of driftsweep ({reason}): give another --database; nothing was changed"
    )]
    NotOurs {
        /// Path or URL without password.
        database: String,
        /// How it shows.
        reason: String,
    },
    /// A later version of the program has migrated it.
    #[error(
        "{database} has schema version {found}, this program knows {known}: use the newer driftsweep that made it"
    )]
    Newer {
        /// Path or URL without password.
        database: String,
        /// Version found.
        found: i64,
        /// Newest version known.
        known: i64,
    },
    /// It has not been migrated, and this command may not do it.
    #[error(
        "{database} has schema version {found}, this program needs {known}: \
         run `driftsweep migrate` with this version, as the database's owner, then start the workers again"
    )]
    Older {
        /// Path or URL without password.
        database: String,
        /// Version found; 0 in an empty database.
        found: i64,
        /// Version needed.
        known: i64,
    },
    /// It can be read but not written.
    #[error(
        "{database} is read-only: make it and its directory writable, or give another --database"
    )]
    ReadOnly {
        /// Path or URL without password.
        database: String,
    },
    /// Somebody else holds the write lock.
    #[error(
        "{database} is locked by another program (waited {waited_seconds} s): close what holds it open, then try again"
    )]
    Locked {
        /// Path or URL without password.
        database: String,
        /// How long we waited.
        waited_seconds: u64,
    },
    /// No server answers, or it turns us away.
    #[error("{database} can't be reached: {reason}")]
    Unreachable {
        /// URL without password.
        database: String,
        /// What the connection said.
        reason: String,
    },
    /// The connection can't be as safe as the URL asks; nothing was sent that needed it.
    #[error("no safe connection to {database}: {reason}")]
    Unsafe {
        /// URL without password.
        database: String,
        /// What is missing or wrong, and what to do.
        reason: String,
    },
    /// The disk fails: most often it is full.
    #[error(
        "{database} can't be opened ({reason}): its disk may be full; free space there, then try again"
    )]
    Disk {
        /// Path.
        database: String,
        /// What the database said.
        reason: String,
    },
    /// Anything else the database says.
    #[error("{database} can't be opened: {reason}")]
    Database {
        /// Path or URL without password.
        database: String,
        /// What it said.
        reason: String,
    },
}
