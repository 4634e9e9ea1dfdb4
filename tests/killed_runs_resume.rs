//! kill -9 at any moment costs time, never a result.

use std::process::Child;
use std::time::{Duration, Instant};

use crate::support::{Sandbox, short_sweep};

const JOBS: u32 = 48;
const KILLS: u32 = 24;

/// Pseudo-random delays, the same in every run of the test.
fn delays() -> impl Iterator<Item = Duration> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        Duration::from_millis((state >> 33) % 400)
    })
}

/// Kills the process after `delay`, unless it ends before; true if it was killed.
fn kill_after(mut child: Child, delay: Duration) -> bool {
    let deadline = Instant::now() + delay;
    while Instant::now() < deadline {
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("a child");
    true
}

#[test]
fn a_run_killed_many_times_ends_like_an_undisturbed_one() {
    let sweep = short_sweep("killed", JOBS, 400_000);
    let undisturbed = Sandbox::new();
    undisturbed.write("sweep.yaml", &sweep);
    undisturbed.run(&["run", "sweep.yaml"]).expect_exit(0);

    let killed = Sandbox::new();
    killed.write("sweep.yaml", &sweep);
    let mut kills = 0;
    for delay in delays().take(KILLS as usize) {
        if !kill_after(killed.start(&["run", "sweep.yaml"]), delay) {
            break;
        }
        kills += 1;
    }
    assert!(
        kills >= 3,
        "the sweep must be long enough to be killed in the middle"
    );
    killed.run(&["run", "sweep.yaml"]).expect_exit(0);

    assert_eq!(killed.digests(), undisturbed.digests());
    assert_eq!(killed.digests().len(), JOBS as usize);
    let doubled = "SELECT count(*) AS n FROM attempts GROUP BY job_id HAVING \
                   sum(CASE WHEN outcome = 'done' THEN 1 ELSE 0 END) <> 1";
    assert!(
        killed.query(doubled).is_empty(),
        "every job was done by exactly one attempt"
    );
}
