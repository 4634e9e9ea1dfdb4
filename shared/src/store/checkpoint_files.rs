//! Large checkpoints of a SQLite database: files in a folder beside it.
//!
//! Megabytes that are rewritten every minute would pass through the log and swell the file for good. A
//! PostgreSQL database keeps every size itself: the next attempt may run on another machine.
//!
//! Files are written and orphans removed while the database's write lock is held, so that nobody takes a
//! file for an orphan that is about to be named. A file's name holds the hash of its content: what a crash
//! left half written is not read.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::hexadecimal::hexadecimal;
use crate::{StoreError, Ticket, in_folder};

/// Checkpoints above this size get a file, in bytes.
pub(super) const LARGE: usize = 1 << 20;

/// The folder. It is made with its first file and goes with its last.
#[derive(Clone, Debug)]
pub(super) struct CheckpointFiles(Arc<Path>);

impl CheckpointFiles {
    /// The folder of the database in this file.
    pub fn beside(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".checkpoints");
        Self(PathBuf::from(name).into())
    }

    /// Writes a checkpoint so that it survives a crash of the machine; returns the file's name, which no
    /// other attempt's file has.
    pub async fn put(&self, ticket: &Ticket, bytes: &[u8]) -> Result<String, StoreError> {
        let name = format!("{}-{}-{}", ticket.job_id, ticket.epoch, hash(bytes));
        let (folder, file, bytes) = (Arc::clone(&self.0), name.clone(), bytes.to_vec());
        on_disk(move || {
            // Whoever removes the last file removes the folder too.
            in_folder(&folder, || {
                let unfinished = folder.join(format!("{file}.part"));
                let mut written = File::create(&unfinished)?;
                written.write_all(&bytes)?;
                written.sync_all()?;
                fs::rename(&unfinished, folder.join(&file))?;
                File::open(&folder)?.sync_all()
            })
        })
        .await
        .map_err(|source| StoreError::CheckpointFile {
            folder: self.0.to_path_buf(),
            source,
        })?;
        Ok(name)
    }

    /// The content of a file; nothing if it is not what its name says.
    pub async fn get(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.0.join(name);
        let shown = path.display().to_string();
        let read = on_disk(move || fs::read(path)).await;
        match read {
            Ok(bytes) if name.ends_with(&hash(&bytes)) => return Some(bytes),
            Ok(_) => tracing::warn!(checkpoint.file = %shown, "Passed over a damaged checkpoint"),
            Err(error) => {
                tracing::warn!(checkpoint.file = %shown, %error, "Failed to read a checkpoint");
            }
        }
        None
    }

    /// Removes files that no row names any more. What can't be removed now is an orphan for later.
    pub async fn remove(&self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let folder = Arc::clone(&self.0);
        let removed = on_disk(move || {
            for name in names {
                match fs::remove_file(folder.join(name)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            // Fails while there are others, which is the point.
            let _ = fs::remove_dir(&folder);
            Ok(())
        });
        if let Err(error) = removed.await {
            tracing::warn!(%error, "Failed to remove a checkpoint that nobody needs");
        }
    }

    /// Names of all files, half-written ones among them.
    pub async fn list(&self) -> Vec<String> {
        let folder = Arc::clone(&self.0);
        let listed = on_disk(move || {
            let entries = fs::read_dir(folder)?;
            entries
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect()
        });
        // No folder, no files.
        listed.await.unwrap_or_default()
    }
}

/// Keeps the disk's pace off the threads that serve everybody else.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|failure| Err(io::Error::other(failure)))
}

fn hash(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
