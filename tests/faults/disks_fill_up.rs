//! The disk of the database, of the spool or of a checkpoint is full for a while.

use std::net::Ipv4Addr;

use shared::testing::PostgresCluster;

use crate::disk::Disk;
use crate::fleet::{Fleet, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::proxy::Proxy;
use crate::support::{Sandbox, block_on};
use crate::worker::Worker;

const JOBS: u32 = 40;
/// Of a tenth of a second, so that the disk fills up in the middle.
const SLOW: u32 = 10 * STEPS;
const ROOM_KIB: u32 = 128 * 1024;
/// A job of seconds.
const LONG: u32 = 300 * STEPS;
/// Lines of the log that tell of it.
const NOT_RECORDED: &str = "Failed to record";
const NOT_SPOOLED: &str = "Failed to spool";
const NO_CHECKPOINT: &str = "saving a checkpoint failed";

fn on_sqlite(disk: &Disk, jobs: u32, steps: u32) -> Fleet {
    let url = format!("sqlite://{}", disk.path().join("driftsweep.db").display());
    Fleet::submitted(Sandbox::on(&url), &url, "SQLite", jobs, steps)
}

/// A server with a database whose tables lie on the disk.
fn on_postgres(disk: &Disk, jobs: u32, steps: u32) -> (PostgresCluster, Fleet) {
    let cluster = PostgresCluster::start();
    let url = block_on(cluster.fresh_database_in(disk.path()));
    let fleet = Fleet::submitted(Sandbox::on(&url), &url, "PostgreSQL", jobs, steps);
    (cluster, fleet)
}

/// Fills the database's disk until the workers say these words, and makes room again.
fn fill_until(disk: &Disk, workers: &[Worker], words: &str) {
    let ballast = disk.fill();
    wait_until("a worker notices", || {
        workers.iter().any(|worker| worker.said(words) > 0)
    });
    drop(ballast);
}

fn fill_under_results(disk: &Disk, fleet: &Fleet) {
    let mut workers = fleet.workers(2);
    fleet.wait_for_done(1);
    fill_until(disk, &workers, NOT_RECORDED);
    for worker in &mut workers {
        worker.expect_success(PATIENCE);
    }
    ledger::close(fleet, "the database's disk full for a while", 1);
}

#[test]
fn results_wait_for_room_in_sqlite() {
    for _ in 0..times(1, 5) {
        let disk = Disk::new(ROOM_KIB);
        fill_under_results(&disk, &on_sqlite(&disk, JOBS, SLOW));
    }
}

#[test]
fn results_wait_for_room_in_postgres() {
    for _ in 0..times(1, 5) {
        let disk = Disk::new(ROOM_KIB);
        let (_cluster, fleet) = on_postgres(&disk, JOBS, SLOW);
        fill_under_results(&disk, &fleet);
    }
}

fn fill_under_checkpoints(disk: &Disk, fleet: &Fleet) {
    let mut worker = [fleet.worker_with(&[], &["--checkpoint-every", "50ms"])];
    wait_until("there is a checkpoint", || fleet.count("checkpoints") > 0);
    fill_until(disk, &worker, NO_CHECKPOINT);
    worker[0].expect_success(PATIENCE);
    assert_eq!(fleet.count("attempts"), 1, "nothing was done twice");
    ledger::close(fleet, "the disk of a checkpoint full for a while", 1);
}

#[test]
fn a_simulation_does_without_its_checkpoint_in_sqlite() {
    let disk = Disk::new(ROOM_KIB);
    fill_under_checkpoints(&disk, &on_sqlite(&disk, 1, LONG));
}

#[test]
fn a_simulation_does_without_its_checkpoint_in_postgres() {
    let disk = Disk::new(ROOM_KIB);
    let (_cluster, fleet) = on_postgres(&disk, 1, LONG);
    fill_under_checkpoints(&disk, &fleet);
}

#[test]
fn results_that_find_no_room_in_the_spool_reach_the_database_all_the_same() {
    let disk = Disk::new(64);
    let _ballast = disk.fill();
    let spool = disk.path().to_str().expect("a plain name");
    let fleet = Fleet::on_sqlite(JOBS, SLOW);
    let mut worker = fleet.worker_with(&[], &["--spool", spool]);
    worker.expect_success(PATIENCE);
    assert_eq!(
        worker.said(NOT_SPOOLED),
        JOBS as usize,
        "the spool was full"
    );
    ledger::close(&fleet, "the spool's disk full", u64::from(JOBS));
}

#[test]
fn results_wait_in_memory_when_spool_and_database_are_away() {
    let cluster = PostgresCluster::shared();
    let disk = Disk::new(64);
    let _ballast = disk.fill();
    let proxy = Proxy::start(Ipv4Addr::LOCALHOST.into(), cluster.port());
    let fleet = Fleet::on_postgres(cluster, JOBS, SLOW);
    let url = proxy.url(&fleet.url, "127.0.0.1");
    let spool = disk.path().to_str().expect("a plain name");
    // No lease ends while the database is away, and it goes while a job runs: one cut off between two jobs
    // would have nothing to record.
    let place = ["--database", url.as_str(), "--spool", spool];
    let lease = ["--lease", "60s", "--heartbeat", "1s"];
    let mut worker = fleet.lone_worker(&[], &[place, lease].concat());
    fleet.wait_for_done(1);
    wait_until("the next job runs", || {
        fleet.count("jobs WHERE state = 'running'") > 0
    });
    proxy.close(true);
    wait_until("results wait", || worker.said(NOT_RECORDED) > 0);
    proxy.close(false);
    worker.expect_success(PATIENCE);
    assert_eq!(
        worker.said(NOT_SPOOLED),
        JOBS as usize,
        "the spool was full"
    );
    ledger::close(&fleet, "the spool's disk full and the database away", 1);
}

#[test]
fn a_submission_that_finds_no_room_leaves_nothing_behind() {
    let disk = Disk::new(ROOM_KIB);
    let fleet = on_sqlite(&disk, 1, STEPS);
    let ballast = disk.fill();
    let sandbox = &fleet.sandbox;
    sandbox.write(
        "more.yaml",
        &crate::support::short_sweep("more", 20_000, 10),
    );
    let refused = sandbox.run(&["submit", "more.yaml"]);
    refused.expect_exit(1);
    assert!(refused.stderr().contains("full"), "{}", refused.stderr());
    drop(ballast);
    assert_eq!(fleet.count("jobs"), 1);
    sandbox.run(&["submit", "more.yaml"]).expect_exit(0);
    assert_eq!(fleet.count("jobs"), 20_001);
}
