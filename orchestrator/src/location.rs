//! Where things are kept: the database and, beside it, the spool.

use std::path::PathBuf;

/// The database used when none is named.
pub(crate) const DEFAULT_DATABASE: &str = "sqlite://driftsweep.db";

/// Folder for finished results that the database doesn't have yet: beside a SQLite file, else
/// under the user's state folder, so that workers of one machine share it.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spool_lies_beside_a_sqlite_file() {
        assert_eq!(
            default_spool("sqlite://a/b.db?mode=rwc"),
            PathBuf::from("a/b.db.spool")
        );
        assert_eq!(default_spool("sqlite:x.db"), PathBuf::from("x.db.spool"));
    }
}
