//! Whatever else opens the database while a worker works, and closes it again, costs no result.

use std::fs::OpenOptions;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, fcntl_lock};

use crate::support::{Sandbox, short_sweep};

/// SQLite removes its log when the last connection closes, which it knows by locks on the file. A process that
/// opens and closes that file by other means than SQLite gives its own locks away, all of them: then whoever
/// looks into the database, with Python or with SQLite's shell, removes the log that a worker still writes, and
/// every later result with it.
#[test]
fn a_worker_keeps_its_locks_on_the_database_while_its_heartbeat_opens_it_too() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("looked_at", 1, 1_000_000_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    let mut worker = sandbox.start(&["worker", "--lease", "2s", "--heartbeat", "100ms"]);
    let beats = "SELECT count(*) FROM workers WHERE seen_at_ms > started_at_ms + 500";
    let limit = Instant::now() + Duration::from_mins(1);
    while sandbox.value(beats) != 1 {
        assert!(Instant::now() < limit, "no heartbeat in a minute");
    }
    let database = OpenOptions::new()
        .read(true)
        .write(true)
        .open(sandbox.path("driftsweep.db"))
        .expect("opens");
    let alone = fcntl_lock(&database, FlockOperation::NonBlockingLockExclusive);
    worker.kill().expect("SIGKILL");
    worker.wait().expect("a child");
    assert!(alone.is_err(), "nobody can tell that a worker is there");
}

/// What somebody has who copies the file alone.
fn copied(sandbox: &Sandbox) -> Sandbox {
    let copy = Sandbox::new();
    std::fs::copy(sandbox.path("driftsweep.db"), copy.path("driftsweep.db")).expect("copies");
    copy
}

#[test]
fn commands_that_have_ended_leave_everything_in_one_file() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("copied", 8, 1_000_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    assert_eq!(copied(&sandbox).value("SELECT count(*) FROM jobs"), 8);
    // With a heartbeat, which opens connections of its own.
    let beating = ["--slots", "1", "--lease", "2s", "--heartbeat", "50ms"];
    sandbox
        .run(&[&["worker", "--drain"], &beating[..]].concat())
        .expect_exit(0);
    assert_eq!(copied(&sandbox).digests().len(), 8);
    sandbox.write("more.yaml", &short_sweep("copied", 10, 1_000_000));
    sandbox.run(&["run", "more.yaml"]).expect_exit(0);
    assert_eq!(copied(&sandbox).digests().len(), 10);
    assert_eq!(copied(&sandbox).digests(), sandbox.digests());
}
