//! The same parameters give the same bits, whatever the number of slots.

use crate::support::{Sandbox, short_sweep};

#[test]
fn digests_do_not_depend_on_the_number_of_slots() {
    let digests = ["1", "2", "5"].map(|slots| {
        let sandbox = Sandbox::new();
        sandbox.write("sweep.yaml", &short_sweep("slots", 10, 20_000));
        sandbox
            .run(&["run", "sweep.yaml", "--slots", slots])
            .expect_exit(0);
        sandbox.digests()
    });
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], digests[2]);
}

#[test]
fn a_job_can_be_reproduced_and_a_forged_digest_is_noticed() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("again", 1, 20_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    let job = sandbox.value("SELECT job_id FROM runs");
    let job = job.as_str().expect("text");
    let finished = sandbox.run(&["reproduce", job]);
    finished.expect_exit(0);
    assert!(finished.stdout().contains("equal"));
}

#[test]
fn running_again_inserts_nothing_and_an_edited_sweep_adds_what_is_new() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("extended", 3, 2_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    let before = sandbox.digests();
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    assert_eq!(sandbox.digests(), before);
    sandbox.write("sweep.yaml", &short_sweep("extended", 5, 2_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    assert_eq!(sandbox.digests().len(), 5);
    assert_eq!(
        sandbox.value("SELECT count(*) FROM attempts"),
        5,
        "no job ran twice"
    );
    sandbox.write("sweep.yaml", &short_sweep("extended", 2, 2_000));
    let finished = sandbox.run(&["run", "sweep.yaml"]);
    finished.expect_exit(0);
    assert!(
        finished.stderr().contains("3 jobs are no longer named"),
        "{}",
        finished.stderr()
    );
    assert_eq!(sandbox.digests().len(), 5, "nothing was deleted");
}
