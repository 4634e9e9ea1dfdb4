//! The schema's versions.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migrator};

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The newest version that this program knows.
pub(super) fn known_version() -> i64 {
    MIGRATOR
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// Applies what is missing. The caller holds a lock and an open transaction, so that everybody else
/// sees all of it or nothing.
pub(super) async fn migrate<C: Migrate>(connection: &mut C) -> Result<(), MigrateError> {
    let unlocked = Migrator {
        migrations: Cow::Borrowed(&MIGRATOR.migrations),
        locking: false,
        ..Migrator::DEFAULT
    };
    unlocked.run_direct(None, connection, false).await
}

/// How a database stands to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Current,
    Older { found: i64 },
    Newer { found: i64 },
}

impl Standing {
    pub fn of(found: i64) -> Self {
        match found.cmp(&known_version()) {
            std::cmp::Ordering::Equal => Self::Current,
            std::cmp::Ordering::Less => Self::Older { found },
            std::cmp::Ordering::Greater => Self::Newer { found },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbered_from_one_without_gaps() {
        let versions: Vec<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
        let expected: Vec<i64> = (1..=known_version()).collect();
        assert_eq!(versions, expected);
    }
}
