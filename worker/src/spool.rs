//! Finished results on local disk, until the database has them.
//!
//! A job may have taken ten hours: its result is written here and flushed before the database is
//! asked to take it, and removed only after the database has. What is left by a worker that died,
//! or whose database was down, is delivered by the next worker that uses the folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::{RunCost, Ticket, in_folder};
use simulation::RunResult;

/// A folder of results.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
}

/// A result that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Spooled {
    pub ticket: Ticket,
    pub result: RunResult,
    pub cost: RunCost,
}

/// The spool folder can't be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "spool folder {folder} can't be used for {action}; free space there or name another with --spool"
)]
pub struct SpoolError {
    folder: PathBuf,
    action: &'static str,
    #[source]
    source: std::io::Error,
}

impl Spool {
    /// Opens the folder, making it when missing.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn open(folder: &Path) -> Result<Self, SpoolError> {
        let spool = Self {
            folder: folder.to_owned(),
        };
        in_folder(folder, || Ok(())).map_err(|source| spool.error("making it", source))?;
        Ok(spool)
    }

    /// Writes a result so that it survives a crash of the machine.
    pub(crate) fn put(&self, spooled: &Spooled) -> Result<(), SpoolError> {
        let bytes = serde_json::to_vec(spooled).expect("a result is plain data");
        self.write(&bytes, &self.path(&spooled.ticket))
            .map_err(|source| self.error("writing a result", source))
    }

    fn write(&self, bytes: &[u8], path: &Path) -> std::io::Result<()> {
        let unfinished = path.with_extension("part");
        // Another worker that found the folder empty at its end may have removed it.
        in_folder(&self.folder, || {
            let mut file = File::create(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            // A reader sees the whole file or none; the folder's own entry must last too.
            fs::rename(&unfinished, path)?;
            File::open(&self.folder)?.sync_all()
        })
    }

    /// Takes a result out of the way of every worker that lists the folder, without losing it. Returns where it is.
    pub(crate) fn set_aside(&self, spooled: &Spooled) -> Result<PathBuf, SpoolError> {
        let path = self.path(&spooled.ticket);
        let aside = path.with_extension("refused");
        let moved = match fs::rename(&path, &aside) {
            // It could not be spooled, or was set aside before.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let bytes = serde_json::to_vec(spooled).expect("a result is plain data");
                self.write(&bytes, &aside)
            }
            moved => moved.and_then(|()| File::open(&self.folder)?.sync_all()),
        };
        match moved {
            Ok(()) => Ok(aside),
            Err(source) => Err(self.error("setting a result aside", source)),
        }
    }

    /// Removes a result that the database has, or never wants.
    pub(crate) fn remove(&self, ticket: &Ticket) -> Result<(), SpoolError> {
        match fs::remove_file(self.path(ticket)) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(self.error("removing a result", source))
            }
            _ => Ok(()),
        }
    }

    /// Every whole result in the folder. A file that can't be read is named in the log and left.
    pub(crate) fn list(&self) -> Result<Vec<Spooled>, SpoolError> {
        let mut found = Vec::new();
        let entries = fs::read_dir(&self.folder).map_err(|e| self.error("listing it", e))?;
        for entry in entries {
            let path = entry.map_err(|e| self.error("listing it", e))?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                // A worker that shares the folder has delivered it in the meantime.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                // Another's, or on a bad block: the others need not wait for somebody to look.
                Err(error) => {
                    tracing::error!(spool.file = %path.display(), %error, "Left a result in the spool that can't be read");
                    continue;
                }
            };
            match serde_json::from_slice(&bytes) {
                Ok(spooled) => found.push(spooled),
                Err(error) => {
                    tracing::error!(spool.file = %path.display(), %error, "Left an unreadable result in the spool");
                }
            }
        }
        Ok(found)
    }

    fn path(&self, ticket: &Ticket) -> PathBuf {
        self.folder
            .join(format!("{}-{}.json", ticket.job_id, ticket.epoch))
    }

    fn error(&self, action: &'static str, source: std::io::Error) -> SpoolError {
        SpoolError {
            folder: self.folder.clone(),
            action,
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_that_another_worker_delivers_meanwhile_is_passed_over() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let spool = Spool::open(folder.path()).expect("a folder");
        // Listed, and gone when it is read.
        std::os::unix::fs::symlink("delivered", folder.path().join("job-1.json")).expect("a link");
        assert!(spool.list().expect("a list").is_empty());
    }

    #[test]
    fn a_file_that_can_not_be_read_keeps_no_other_from_being_delivered() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let spool = Spool::open(folder.path()).expect("a folder");
        // To read a folder as a file fails even for root.
        fs::create_dir(folder.path().join("job-1.json")).expect("a folder");
        assert!(spool.list().expect("a list").is_empty());
    }
}
