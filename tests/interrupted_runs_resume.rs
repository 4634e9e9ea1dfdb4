//! Ctrl-C and SIGTERM hand running jobs over, with their checkpoints.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::support::{Sandbox, short_sweep};

/// Long enough that nobody waits for it, short enough to finish in an optimized test.
const STEPS: u32 = 1_500_000;

fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, signal).expect("a living child");
}

/// Waits until `sandbox` says so, or fails the test after a minute.
fn wait_until(mut reached: impl FnMut() -> bool, what: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !reached() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::yield_now();
    }
}

fn wait(mut child: Child) -> ExitStatus {
    wait_until(
        || child.try_wait().expect("a child").is_some(),
        "the program ends",
    );
    child.wait().expect("a child")
}

fn running(sandbox: &Sandbox) -> bool {
    sandbox.path("driftsweep.db").exists()
        && sandbox
            .run(&[
                "query",
                "SELECT count(*) AS n FROM jobs WHERE state = 'running'",
                "--format",
                "json",
            ])
            .stdout()
            .contains("\"n\": 1")
}

#[test]
fn an_interrupted_job_goes_on_where_it_stopped() {
    let sweep = short_sweep("interrupted", 1, STEPS);
    let undisturbed = Sandbox::new();
    undisturbed.write("sweep.yaml", &sweep);
    undisturbed.run(&["run", "sweep.yaml"]).expect_exit(0);

    let interrupted = Sandbox::new();
    interrupted.write("sweep.yaml", &sweep);
    for name in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let child = interrupted.start(&["run", "sweep.yaml"]);
        wait_until(|| running(&interrupted), "the job runs");
        signal(&child, name);
        assert_eq!(wait(child).code(), Some(130));
        let state = interrupted.value("SELECT state FROM jobs");
        assert_eq!(state, "queued", "the job is given back");
    }
    let kept = interrupted.value("SELECT count(*) FROM checkpoints");
    assert_eq!(kept, 1, "with a checkpoint");
    interrupted.run(&["run", "sweep.yaml"]).expect_exit(0);
    assert_eq!(interrupted.digests(), undisturbed.digests());
    let budget = interrupted.value("SELECT errors + crashes FROM jobs");
    assert_eq!(budget, 0, "a planned stop costs no budget");
}
