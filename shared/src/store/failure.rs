//! What a driver's error means for the caller.

use std::time::Duration;

use crate::StoreError;

pub(super) fn timeout_error(doing: &'static str, waited: Duration) -> StoreError {
    StoreError::Timeout {
        doing,
        seconds: waited.as_secs(),
    }
}

pub(super) fn database_error(doing: &'static str, error: sqlx::Error) -> StoreError {
    StoreError::Database {
        doing,
        transient: is_transient(&error),
        source: Box::new(error),
    }
}

/// Whether the same call may succeed later: a lost connection, somebody else's lock, a deadlock, a
/// server that is going down or coming up, a full disk.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some(code) => code_is_transient(code),
            None => false,
        },
        _ => false,
    }
}

/// PostgreSQL's codes have five characters (SQLSTATE), SQLite's are smaller numbers whose low byte
/// names the class.
fn code_is_transient(code: &str) -> bool {
    if code.len() == 5 {
        return matches!(&code[..2], "08" | "40" | "53" | "57" | "58") || code == "55P03";
    }
    let busy_locked_io_full = [5, 6, 10, 13];
    code.parse::<u32>()
        .is_ok_and(|number| busy_locked_io_full.contains(&(number & 0xff)))
}

/// SQLite's primary result code, if that is where the error comes from.
pub(super) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let sqlx::Error::Database(database) = error else {
        return None;
    };
    let code = database.code()?;
    code.parse::<u32>().ok().map(|number| number & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_connections_and_locks_are_transient() {
        for code in ["08006", "40P01", "57P01", "53300", "5", "261", "517", "13"] {
            assert!(code_is_transient(code), "{code}");
        }
        for code in ["42601", "23505", "25006", "1", "8", "19", "2067"] {
            assert!(!code_is_transient(code), "{code}");
        }
    }
}
