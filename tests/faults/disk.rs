//! A small disk of its own, which fills up, gets more room, or turns read-only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A tmpfs, unmounted when dropped.
pub struct Disk {
    folder: TempDir,
}

fn mount(arguments: &[&str]) {
    let output = Command::new("mount")
        .args(arguments)
        .output()
        .expect("mount can be started");
    assert!(
        output.status.success(),
        "mount {}: {}: these tests need root (CAP_SYS_ADMIN)",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Disk {
    pub fn new(size_kib: u32) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let disk = Self { folder };
        mount(&[
            "-t",
            "tmpfs",
            "-o",
            &format!("mode=777,size={size_kib}k"),
            "tmpfs",
            disk.shown(),
        ]);
        disk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn shown(&self) -> &str {
        self.path()
            .to_str()
            .expect("temporary folders have plain names")
    }

    pub fn make_read_only(&self) {
        self.remount("ro");
    }

    pub fn make_writable(&self) {
        self.remount("rw");
    }

    fn remount(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}"), self.shown()]);
    }

    /// Takes all room there is.
    pub fn fill(&self) -> Ballast {
        use std::io::Write as _;
        let path = self.path().join("ballast");
        let mut file = fs::File::create(&path).expect("a file");
        while file.write_all(&[0; 4096]).is_ok() {}
        Ballast(path)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, since a process that is being killed may still have files open.
        let _ = Command::new("umount").args(["-l", self.shown()]).status();
    }
}

/// What fills a disk; gone when dropped.
pub struct Ballast(PathBuf);

impl Drop for Ballast {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
