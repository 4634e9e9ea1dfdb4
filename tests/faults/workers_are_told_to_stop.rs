//! SIGTERM: a worker hands over what it holds; a second one ends it wherever it is.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use shared::testing::PostgresCluster;

use crate::fleet::{Fleet, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::proxy::Proxy;

/// A job of seconds.
const LONG: u32 = 200 * STEPS;
/// Exit status of a program that was told to stop twice.
const INTERRUPTED: i32 = 130;

fn hand_over(fleet: &Fleet) {
    let stops = u64::from(times(3, 10));
    for _ in 0..stops {
        let mut worker = fleet.worker();
        wait_until("it holds the job", || {
            fleet.count("jobs WHERE state = 'running'") == 1
        });
        worker.signal(Signal::TERM);
        worker.expect_success(Duration::from_secs(20));
        assert_eq!(
            fleet.count("jobs WHERE state = 'queued'"),
            1,
            "{}",
            worker.log()
        );
        assert_eq!(fleet.count("checkpoints"), 1, "with what it came to");
    }
    fleet.worker().expect_success(PATIENCE);
    assert_eq!(fleet.count("attempts WHERE outcome = 'released'"), stops);
    assert_eq!(
        fleet.count("jobs WHERE errors + crashes > 0"),
        0,
        "at no cost to its budget"
    );
    ledger::close(
        fleet,
        "a worker told to stop (SIGTERM), its job handed over",
        stops,
    );
}

#[test]
fn the_next_worker_goes_on_sqlite() {
    hand_over(&Fleet::on_sqlite(1, LONG));
}

#[test]
fn the_next_worker_goes_on_postgres() {
    hand_over(&Fleet::on_postgres(PostgresCluster::shared(), 1, LONG));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let cluster = PostgresCluster::shared();
    let fleet = Fleet::on_postgres(cluster, 1, LONG);
    let proxy = Proxy::start(Ipv4Addr::LOCALHOST.into(), cluster.port());
    let url = proxy.url(&fleet.url, "127.0.0.1");
    let mut worker = fleet.worker_with(&[], &["--database", &url]);
    wait_until("it holds the job", || {
        fleet.count("jobs WHERE state = 'running'") == 1
    });
    // It can't hand its job over, and waits for the database.
    proxy.close(true);
    worker.signal(Signal::TERM);
    wait_until("it tries", || worker.said("giving a job back failed") > 0);
    assert!(!worker.has_ended());
    let told = Instant::now();
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait(PATIENCE), INTERRUPTED);
    assert!(told.elapsed() < Duration::from_secs(2), "at once");
    fleet.worker().expect_success(PATIENCE);
    ledger::close(
        &fleet,
        "a worker told to stop twice (SIGTERM) while the database was away",
        1,
    );
}
