//! Pause, resume, cancel, retry, status and export do what they say.

use crate::support::{Sandbox, short_sweep};

fn submitted() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("steered", 4, 2_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    sandbox
}

#[test]
fn a_paused_sweep_is_left_alone_until_resumed() {
    let sandbox = submitted();
    sandbox.run(&["pause", "steered"]).expect_exit(0);
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    assert_eq!(
        sandbox.value("SELECT count(*) FROM jobs WHERE state = 'queued'"),
        4
    );
    let resumed = sandbox.run(&["resume", "steered"]);
    resumed.expect_exit(0);
    let said = resumed.stderr();
    assert!(said.contains("queued jobs can be claimed"), "{said}");
    let again = sandbox.run(&["resume", "steered"]);
    again.expect_exit(0);
    assert!(again.stderr().contains("was not paused"));
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    assert_eq!(
        sandbox.value("SELECT count(*) FROM jobs WHERE state = 'done'"),
        4
    );
}

#[test]
fn a_cancelled_sweep_can_be_queued_again() {
    let sandbox = submitted();
    sandbox.run(&["cancel", "steered"]).expect_exit(0);
    assert_eq!(
        sandbox.value("SELECT count(*) FROM jobs WHERE state = 'cancelled'"),
        4
    );
    sandbox.run(&["retry", "steered"]).expect_exit(0);
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    assert_eq!(
        sandbox.value("SELECT count(*) FROM jobs WHERE state = 'done'"),
        4
    );
}

#[test]
fn an_idle_worker_ends_when_told_to() {
    let sandbox = submitted();
    sandbox.run(&["pause", "steered"]).expect_exit(0);
    sandbox
        .run(&["worker", "--idle-exit", "10ms"])
        .expect_exit(0);
}

#[test]
fn status_adds_up_to_the_planned_count() {
    let sandbox = submitted();
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    let finished = sandbox.run(&["status", "steered", "--format", "json"]);
    finished.expect_exit(0);
    let rows: serde_json::Value = serde_json::from_str(&finished.stdout()).expect("JSON");
    let count = |key: &str| rows[0][key].as_u64().expect("a count");
    let states = ["queued", "running", "done", "dead", "cancelled"].map(count);
    assert_eq!(count("planned"), states.iter().sum::<u64>());
    let outcomes = ["completed", "diverged", "silent", "truncated"].map(count);
    assert_eq!(count("done"), outcomes.iter().sum::<u64>());
}

#[test]
fn export_writes_one_file_a_table() {
    let sandbox = submitted();
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    sandbox
        .run(&["export", "steered", "--out", "tables"])
        .expect_exit(0);
    let runs = std::fs::read_to_string(sandbox.path("tables/runs.csv")).expect("runs.csv");
    assert_eq!(runs.lines().count(), 5, "a header and four jobs");
    assert!(
        runs.starts_with("sweep,job_id,state,outcome,"),
        "{}",
        runs.lines().next().unwrap()
    );
    let trajectory =
        std::fs::read_to_string(sandbox.path("tables/trajectory.csv")).expect("trajectory.csv");
    assert_eq!(trajectory.lines().count(), 1 + 4 * 20);
    sandbox
        .run(&[
            "export", "steered", "--out", "tables", "--format", "parquet",
        ])
        .expect_exit(0);
    let runs = std::fs::read(sandbox.path("tables/runs.parquet")).expect("runs.parquet");
    assert!(runs.starts_with(b"PAR1") && runs.ends_with(b"PAR1"));
}

#[test]
fn plan_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("planned", 4, 2_000));
    let finished = sandbox.run(&["plan", "sweep.yaml"]);
    finished.expect_exit(0);
    assert!(
        finished.stderr().contains("4 jobs"),
        "{}",
        finished.stderr()
    );
    assert_eq!(sandbox.files(), ["sweep.yaml"]);
}

#[test]
fn changed_exclusion_rules_relabel_results_and_run_nothing_again() {
    let sandbox = submitted();
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    let ruled = format!(
        "{}analysis: {{exclude: {{late: {{replicate: {{at_least: 1}}}}}}}}\n",
        short_sweep("steered", 4, 2_000)
    );
    sandbox.write("sweep.yaml", &ruled);
    let submitted = sandbox.run(&["submit", "sweep.yaml"]);
    submitted.expect_exit(0);
    let said = submitted.stderr();
    assert!(said.contains("3 results are labelled anew"), "{said}");
    assert_eq!(sandbox.value("SELECT sum(n) FROM sweep_summary"), 1);
    assert_eq!(sandbox.value("SELECT count(*) FROM attempts"), 4);
    let shown = sandbox.run(&["status", "steered"]);
    shown.expect_exit(0);
    let shown = shown.stdout();
    assert!(
        shown.contains(
            "steered: 4 planned\n  not finished: none\n  4 finished: 4 completed\n  \
             excluded by diverged (outcome is diverged): 0\n"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("  excluded by late (replicate >= 1): 3\n  1 analysed\n"),
        "{shown}"
    );
    let json = sandbox
        .run(&["status", "steered", "--format", "json"])
        .stdout();
    let rows: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(rows[0]["excluded"], 3);
    assert_eq!(rows[0]["exclusions"][3]["rule"], "late");
    assert_eq!(rows[0]["exclusions"][3]["runs"], 3);
}
