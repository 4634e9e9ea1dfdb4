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

/// Whether the database refuses the very values it was given, as it would from anybody at any time: too large, out
/// of range, against a constraint.
pub(crate) fn refuses_values(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Encode(_) => true,
        sqlx::Error::Database(database) => database
            .code()
            .is_some_and(|code| code_refuses_values(&code)),
        _ => false,
    }
}

fn code_refuses_values(code: &str) -> bool {
    if code.len() == 5 {
        return matches!(&code[..2], "22" | "23" | "54");
    }
    let too_big_constraint_mismatch_range = [18, 19, 20, 25];
    code.parse::<u32>()
        .is_ok_and(|number| too_big_constraint_mismatch_range.contains(&(number & 0xff)))
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
    fn values_are_told_from_the_state_of_the_database() {
        for code in ["22021", "23505", "54000", "18", "19", "2067"] {
            assert!(code_refuses_values(code), "{code}");
        }
        for code in ["42501", "25006", "42703", "08006", "8", "11", "26"] {
            assert!(!code_refuses_values(code), "{code}");
        }
    }

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
