//! Where things are kept: the database and, beside it, the spool.

use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

/// The database used when none is named.
pub(crate) const DEFAULT_DATABASE: &str = "sqlite://driftsweep.db";

/// Folder for finished results that the database doesn't have yet: beside a SQLite file, else
/// in a folder of this database's under the user's state folder, so that workers of one machine
/// share it.
pub(crate) fn default_spool(database: &str) -> PathBuf {
    if let Some(path) = database.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or(path);
        return PathBuf::from(format!("{path}.spool"));
    }
    let state = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local").join("state"))
        });
    state
        .unwrap_or_else(std::env::temp_dir)
        .join("driftsweep")
        .join("spool")
        .join(folder_name(database))
}

/// A name that tells databases apart, whatever the password.
fn folder_name(database: &str) -> String {
    let hash = Sha256::digest(shared::redacted_url(database));
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A password file that can't be used with this database.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordFileError {
    #[error("the password file {file} can't be read ({reason}): let this user read it")]
    Unreadable { file: PathBuf, reason: String },
    #[error("the password file {file} is empty: put the database's password into it")]
    Empty { file: PathBuf },
    #[error(
        "a password file goes with a database of the form postgres://USER@HOST/NAME: name the user, \
         give no password"
    )]
    NoPlace,
}

/// The database's URL with the password of `file` in it. A file keeps the password out of the
/// process list and the environment; its last line break doesn't count.
pub(crate) fn with_password(database: &str, file: &Path) -> Result<String, PasswordFileError> {
    let text = std::fs::read_to_string(file).map_err(|error| PasswordFileError::Unreadable {
        file: file.to_owned(),
        reason: error.to_string(),
    })?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(PasswordFileError::Empty {
            file: file.to_owned(),
        });
    }
    let (scheme, rest) = database
        .split_once("://")
        .filter(|(scheme, _)| ["postgres", "postgresql"].contains(scheme))
        .ok_or(PasswordFileError::NoPlace)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let (user, _) = authority
        .rsplit_once('@')
        .filter(|(user, _)| !user.is_empty() && !user.contains(':'))
        .ok_or(PasswordFileError::NoPlace)?;
    let password = utf8_percent_encode(password, NON_ALPHANUMERIC);
    let place = &rest[user.len()..];
    Ok(format!("{scheme}://{user}:{password}{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(database: &str, password: &str) -> Result<String, PasswordFileError> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), password).expect("a password file");
        with_password(database, file.path())
    }

    #[test]
    fn a_password_file_completes_the_url() {
        assert_eq!(
            with("postgres://anna@db:5432/lab?sslmode=require", "s3cret\n").as_deref(),
            Ok("postgres://anna:s3cret@db:5432/lab?sslmode=require")
        );
        assert_eq!(
            with("postgresql://anna@db", "p@ss/w:rd %\u{e9}\r\n").as_deref(),
            Ok("postgresql://anna:p%40ss%2Fw%3Ard%20%25%C3%A9@db")
        );
    }

    #[test]
    fn a_password_without_a_place_is_refused() {
        for database in [
            "sqlite://driftsweep.db",
            "postgres://db/lab",
            "postgres://db/lab?user=a@b",
            "postgres://@db/lab",
            "postgres://anna:known@db/lab",
        ] {
            assert_eq!(
                with(database, "s3cret"),
                Err(PasswordFileError::NoPlace),
                "{database}"
            );
        }
    }

    #[test]
    fn a_password_file_must_hold_one() {
        let database = "postgres://anna@db/lab";
        assert!(matches!(
            with(database, "\n"),
            Err(PasswordFileError::Empty { .. })
        ));
        let missing = with_password(database, Path::new("/nonexistent/password"));
        assert!(matches!(missing, Err(PasswordFileError::Unreadable { .. })));
    }

    #[test]
    fn the_spool_lies_beside_a_sqlite_file() {
        assert_eq!(
            default_spool("sqlite://a/b.db?mode=rwc"),
            PathBuf::from("a/b.db.spool")
        );
        assert_eq!(default_spool("sqlite:x.db"), PathBuf::from("x.db.spool"));
    }

    #[test]
    fn every_server_database_has_a_spool_of_its_own() {
        let lab = default_spool("postgres://anna:old@db/lab");
        assert_eq!(lab, default_spool("postgres://anna:new@db/lab"));
        assert_ne!(lab, default_spool("postgres://anna:old@db/home"));
    }
}
