//! The image and the compose file run a fleet that loses nothing, whatever happens to its containers.
//!
//! A test target of its own, because it needs a Docker engine: `make test-containers`.

#[path = "containers/compose_file.rs"]
mod compose_file;
#[path = "containers/engine.rs"]
mod engine;
#[path = "containers/fleet.rs"]
mod fleet;
#[expect(dead_code, reason = "the other guarantees use the rest")]
mod support;

use std::io::Write;

use crate::fleet::Fleet;
use crate::support::Sandbox;

/// One for each worker; claimed first.
const LONG_JOBS: u32 = 3;
const SHORT_JOBS: u32 = 24;

fn sweep(name: &str, long_jobs: u32, short_jobs: u32) -> String {
    format!(
        "name: {name}\nseed: 3\n\
         fixed: {{n_samples: 5, input_dim: 6, output_dim: 3, hidden_units: 32, update_noise: 0.05, \
         linear_measurements: 100, trajectory_points: 20, regime: lazy}}\n\
         blocks:\n\
         - {{replicates: {long_jobs}, grid: {{steps: [10_000_000]}}}}\n\
         - {{replicates: {short_jobs}, grid: {{steps: [1_000_000]}}}}\n"
    )
}

/// Says that there is no engine, where the harness doesn't hide it.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

#[test]
fn killed_and_cut_off_containers_cost_no_result() {
    if !engine::answers() {
        say(
            "NO DOCKER ENGINE ANSWERS: no container was started; only docker-compose.yml was checked",
        );
        return;
    }
    let text = sweep("fleet", LONG_JOBS, SHORT_JOBS);
    let undisturbed = Sandbox::new();
    undisturbed.write("fleet.yaml", &text);
    let mut undisturbed_run = undisturbed.start(&["run", "fleet.yaml"]);

    let fleet = Fleet::start(
        &[("fleet.yaml", &text), ("later.yaml", &sweep("later", 1, 2))],
        3,
    );
    fleet.wait_for(
        "every worker holds a job",
        "(SELECT count(DISTINCT owner) FROM jobs WHERE state = 'running') = 3",
    );
    let workers = fleet.workers();
    let [killed, cut_off, steady] = workers.as_slice() else {
        panic!("three workers: {workers:?}");
    };
    let rights = fleet.rights(steady);
    assert_eq!(rights, "true 10001:10001 [ALL] [no-new-privileges:true]");

    assert_workers_own_nothing(&fleet);

    fleet.freeze_at_work(killed);
    fleet.kill(killed);
    fleet.freeze_at_work(cut_off);
    fleet.cut_off(cut_off);
    fleet.thaw(cut_off);
    for (worker, what) in [(killed, "the killed"), (cut_off, "the cut off")] {
        fleet.wait_for(
            &format!("{what} worker's lease runs out"),
            &format!(
                "EXISTS (SELECT FROM attempts WHERE outcome = 'lease_expired' AND {})",
                fleet::by(worker, "worker_id")
            ),
        );
    }
    fleet.let_back(cut_off);
    fleet.wait_for(
        "all jobs are done",
        &format!(
            "(SELECT count(*) FROM jobs WHERE state = 'done') = {}",
            LONG_JOBS + SHORT_JOBS
        ),
    );

    assert_eq!(fleet.stop(steady), 0, "SIGTERM ends a worker in order");
    fleet.submit("later.yaml");
    fleet.wait_for(
        "the worker that was let back does a whole sweep alone",
        &format!(
            "(SELECT count(*) FROM attempts JOIN jobs ON jobs.id = job_id \
                   WHERE sweep = 'later' AND outcome = 'done' AND {}) = 3",
            fleet::by(cut_off, "worker_id")
        ),
    );

    let doubled = "SELECT job_id FROM attempts GROUP BY job_id \
                   HAVING count(*) FILTER (WHERE outcome = 'done') <> 1";
    assert_eq!(
        fleet.sql(doubled),
        "",
        "every job was done by exactly one attempt"
    );
    let budget = "SELECT count(*) FROM jobs WHERE errors > 0 OR state <> 'done'";
    assert_eq!(fleet.sql(budget), "0", "nothing failed");
    let run = undisturbed_run.wait().expect("a child");
    assert!(run.success(), "{run}");
    let expected: Vec<String> = undisturbed
        .digests()
        .iter()
        .map(|row| format!("{}|{}", text_of(row, "job_id"), text_of(row, "digest")))
        .collect();
    let digests = "SELECT job_id, digest FROM runs WHERE sweep = 'fleet' AND state = 'done' ORDER BY job_id COLLATE \"C\"";
    assert_eq!(fleet.sql(digests).lines().collect::<Vec<_>>(), expected);
    assert_eq!(expected.len(), (LONG_JOBS + SHORT_JOBS) as usize);
}

/// Whoever gets hold of a worker gets neither the schema nor the owner's password.
fn assert_workers_own_nothing(fleet: &Fleet) {
    let connected =
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'driftsweep'";
    assert_eq!(fleet.sql(connected), "driftsweep_worker");
    for (statement, reason) in [
        ("CREATE TABLE theirs (x int)", "permission denied"),
        ("DROP TABLE checkpoints", "must be owner"),
        ("DELETE FROM results", "permission denied"),
        ("CREATE ROLE theirs", "permission denied"),
    ] {
        let refusal = fleet.refusal("driftsweep_worker", statement);
        assert!(refusal.contains(reason), "{statement}: {refusal}");
    }
    for worker in fleet.workers() {
        let secrets = fleet.secrets(&worker);
        assert_eq!(secrets, "/run/secrets/worker-password");
    }
}

fn text_of<'a>(row: &'a serde_json::Value, column: &str) -> &'a str {
    row[column].as_str().expect("a text")
}
