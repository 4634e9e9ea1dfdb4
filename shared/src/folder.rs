//! Folders that come with their first file and go with their last.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Runs `write` in a folder, which is made first if it is missing, so that it outlives a crash of the machine. Once
/// more if another process removed the folder in between, because it was empty.
///
/// # Errors
/// The system's; those of `write`.
pub fn in_folder<T>(folder: &Path, mut write: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    make(folder)?;
    match write() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(folder)?;
            write()
        }
        written => written,
    }
}

fn make(folder: &Path) -> io::Result<()> {
    let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let made: Vec<&Path> = folder.ancestors().take_while(missing).collect();
    fs::create_dir_all(folder)?;
    for folder in made {
        // A relative path's first part lies in the working directory.
        let above = folder.parent().filter(|path| !path.as_os_str().is_empty());
        File::open(above.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_another_process_removes_meanwhile_is_made_again() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("a").join("b");
        let mut others = 1;
        let written = in_folder(&folder, || {
            if others > 0 {
                others -= 1;
                fs::remove_dir(&folder)?;
            }
            fs::write(folder.join("file"), "kept")
        });
        written.expect("the second time");
        assert!(folder.join("file").exists());
    }
}
