//! Why an operation on an open database failed.

/// Why an operation failed. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No sweep of this name.
    #[error("there is no sweep `{name}`{}", nearest.as_ref().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default())]
    UnknownSweep {
        /// The name asked for.
        name: String,
        /// The most similar one there is.
        nearest: Option<String>,
    },
    /// A name that can't be a sweep's.
    #[error(
        "a sweep's name is 1 to 100 letters, digits, dots, dashes or underscores: {shown} is not"
    )]
    InvalidSweepName {
        /// The beginning of the name, quotes and newlines escaped.
        shown: String,
    },
    /// No job of this id: a ticket of another database.
    #[error("there is no job {id} in this database")]
    UnknownJob {
        /// The id.
        id: String,
    },
    /// SQL of the user's that writes, or is more than one statement, or is none.
    #[error(
        "query is read-only and takes one statement that starts with SELECT, WITH, VALUES or EXPLAIN: {reason}"
    )]
    QueryRefused {
        /// What it does instead.
        reason: String,
    },
    /// SQL of the user's that the database does not understand.
    #[error("query failed: {message}")]
    QueryFailed {
        /// What the database said.
        message: String,
    },
    /// A row that this program can't read.
    #[error("{what} in the database can't be read: {reason}")]
    Unreadable {
        /// Which value.
        what: String,
        /// Why.
        reason: String,
    },
    /// The database did not answer in time; whether it did the work is unknown.
    #[error("{doing}: the database did not answer within {seconds} s")]
    Timeout {
        /// The operation.
        doing: &'static str,
        /// How long we waited.
        seconds: u64,
    },
    /// A large checkpoint can't be written beside the database.
    #[error("a checkpoint can't be written to {folder}: free space there, or let this user write")]
    CheckpointFile {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Anything else the database says. After a lost connection, whether a write was committed is
    /// unknown: every write may be repeated with the same ticket.
    #[error("{doing} failed")]
    Database {
        /// The operation.
        doing: &'static str,
        /// Whether trying again may help: lost connection, lock, deadlock, shutdown.
        transient: bool,
        /// What the database said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the same call may succeed later, without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            // The disk may have room again.
            Self::Timeout { .. } | Self::CheckpointFile { .. } => true,
            Self::Database { transient, .. } => *transient,
            _ => false,
        }
    }

    /// Whether the database refuses these very values, and would again whoever wrote them.
    pub fn refuses_values(&self) -> bool {
        match self {
            // Rules that this program can't read: as hopeless, until somebody changes them.
            Self::Unreadable { .. } => true,
            Self::Database { source, .. } => source
                .downcast_ref::<sqlx::Error>()
                .is_some_and(crate::store::refuses_values),
            _ => false,
        }
    }

    /// Whether the user's input is at fault (exit code 2), not the machine.
    pub fn is_users(&self) -> bool {
        matches!(
            self,
            Self::UnknownSweep { .. }
                | Self::UnknownJob { .. }
                | Self::InvalidSweepName { .. }
                | Self::QueryRefused { .. }
                | Self::QueryFailed { .. }
        )
    }
}
