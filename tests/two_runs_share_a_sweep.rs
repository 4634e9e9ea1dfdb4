//! Two runs of one sweep at once help each other.

use crate::support::{Sandbox, short_sweep};

#[test]
fn two_runs_at_once_do_every_job_once() {
    let sandbox = Sandbox::new();
    // Alone, the first would need many times as long as the second needs to start.
    sandbox.write("sweep.yaml", &short_sweep("shared", 40, 1_500_000));
    let mut first = sandbox.start(&["run", "sweep.yaml", "--slots", "1"]);
    let mut second = sandbox.start(&["run", "sweep.yaml", "--slots", "1"]);
    assert_eq!(first.wait().expect("a child").code(), Some(0));
    assert_eq!(second.wait().expect("a child").code(), Some(0));
    assert_eq!(
        sandbox.value("SELECT count(*) FROM runs WHERE state = 'done'"),
        40
    );
    assert_eq!(
        sandbox.value("SELECT count(*) FROM attempts"),
        40,
        "no job ran twice"
    );
    let workers = sandbox.value("SELECT count(DISTINCT worker_id) FROM attempts");
    assert_eq!(workers, 2, "both took part");
}
