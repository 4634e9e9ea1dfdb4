//! A filesystem that other hosts may share is refused for SQLite, with the ways out.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::fleet::{STEPS, sweep};
use crate::support::Sandbox;

/// A folder seen through FUSE, as sshfs and cloud drives show theirs.
struct Mounted {
    folder: TempDir,
}

impl Mounted {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for name in ["own", "shown"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let status = Command::new("bindfs")
            .args([folder.path().join("own"), folder.path().join("shown")])
            .status()
            .expect("bindfs is installed (tests/install-needs)");
        assert!(status.success(), "this test needs /dev/fuse, and root");
        Self { folder }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg(self.folder.path().join("shown"))
            .status();
    }
}

#[test]
fn sqlite_is_refused_there() {
    let mounted = Mounted::new();
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &sweep(1, STEPS));
    let path = mounted.folder.path().join("shown/driftsweep.db");
    let database = format!("sqlite://{}", path.display());
    let shown = path.to_str().expect("a plain name");
    let words = [
        shown,
        "network filesystem (FUSE)",
        "use PostgreSQL",
        "local disk",
    ];
    // A new database, and one that was made on the filesystem beneath.
    sandbox
        .run(&["run", "sweep.yaml", "--database", &database])
        .expect_refusal(&words);
    assert!(!path.exists(), "nothing was made");
    let beneath = format!(
        "sqlite://{}",
        mounted.folder.path().join("own/driftsweep.db").display()
    );
    sandbox
        .run(&["submit", "sweep.yaml", "--database", &beneath])
        .expect_exit(0);
    for command in [
        ["worker", "--drain"].as_slice(),
        &["status"],
        &["run", "sweep.yaml"],
    ] {
        let arguments = [command, &["--database", &database]].concat();
        sandbox.run(&arguments).expect_refusal(&words);
    }
}
