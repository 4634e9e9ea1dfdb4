//! Server processes are terminated, most of them in the middle of a COMMIT: whether the work was
//! committed is unknown to the worker.

use shared::testing::PostgresCluster;

use crate::fleet::{Fleet, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::support::block_on;

/// Enough work for faults to come in the middle of it.
const SLOW: u32 = 8 * STEPS;
const WORKERS: u32 = 4;
/// A commit waits this long, so that it can be met.
const SLOW_COMMITS: &str = "ALTER SYSTEM SET commit_delay = 20000";
const ALL_COMMITS: &str = "ALTER SYSTEM SET commit_siblings = 0";
const RELOAD: &str = "SELECT pg_reload_conf()";
const OURS: &str =
    "FROM pg_stat_activity WHERE application_name = 'driftsweep' AND state = 'active'";

/// Terminates every server process that is just committing; how many there were.
fn strike(cluster: &PostgresCluster) -> u64 {
    let committing = format!("SELECT pg_terminate_backend(pid) {OURS} AND query = 'COMMIT'");
    block_on(cluster.administer(&committing))
}

#[test]
fn a_commit_of_unknown_outcome_is_settled() {
    let cluster = PostgresCluster::start();
    for statement in [SLOW_COMMITS, ALL_COMMITS, RELOAD] {
        block_on(cluster.administer(statement));
    }
    // As many more jobs as commits are wanted: a quick machine is done with few before enough were met.
    let fleet = Fleet::on_postgres(&cluster, times(150, 1500), SLOW);
    let mut workers = fleet.workers(WORKERS);
    let wanted = u64::from(times(100, 1000));
    let mut struck = 0;
    wait_until("enough commits were met, or all is done", || {
        struck += strike(&cluster);
        struck >= wanted || fleet.is_done()
    });
    assert!(struck >= wanted / 4, "only {struck} commits were met");
    for worker in &mut workers {
        worker.expect_success(PATIENCE);
    }
    ledger::close(&fleet, "a server process terminated in its COMMIT", struck);
}
