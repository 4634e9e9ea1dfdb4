//! Workers' clocks are an hour wrong, and jump. Time is the database's: nobody is affected.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::testing::PostgresCluster;

use crate::chance::pass;
use crate::clock::Clock;
use crate::fleet::{Fleet, LEASE, PATIENCE, STEPS, times};
use crate::ledger;

const JOBS: u32 = 150;
/// Enough work for faults to come in the middle of it.
const SLOW: u32 = 6 * STEPS;
const HOUR_S: u64 = 3600;

fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
}

fn words(wrapper: &[String]) -> Vec<&str> {
    wrapper.iter().map(String::as_str).collect()
}

#[test]
fn a_worker_whose_clock_is_an_hour_wrong_harms_nobody() {
    for offset in ["+3600", "-3600"] {
        let fleet = Fleet::on_postgres(PostgresCluster::shared(), JOBS, SLOW);
        let clock = Clock::new(fleet.sandbox.path("clock"));
        clock.set(offset);
        assert!(
            now_s().abs_diff(clock.shown()) > HOUR_S - 60,
            "the clock is wrong"
        );
        let mut wrong = fleet.worker_with(&words(&clock.wrapper()), &[]);
        let mut right = fleet.worker();
        // It jumps back and forth, too.
        for turn in 0..times(6, 40) {
            pass(LEASE / 10);
            clock.set(if turn % 2 == 0 { "+0" } else { offset });
        }
        wrong.expect_success(PATIENCE);
        right.expect_success(PATIENCE);
        let by_wrong = format!("workers WHERE pid = {}", wrong.pid());
        let taken_part = format!("attempts WHERE worker_id IN (SELECT id FROM {by_wrong})");
        assert!(fleet.count(&taken_part) > 0, "it took part");
        assert_eq!(
            fleet.count("attempts"),
            u64::from(JOBS),
            "no job was taken from anybody"
        );
        let (from, to) = ((now_s() - 600) * 1000, (now_s() + 60) * 1000);
        let strange = format!("attempts WHERE NOT (started_at_ms > {from} AND ended_at_ms < {to})");
        assert_eq!(fleet.count(&strange), 0, "every time on record is right");
        ledger::close(
            &fleet,
            "a worker's clock an hour wrong, and jumping",
            u64::from(times(6, 40)) + 1,
        );
    }
}

/// SQLite's clock is the machine's: it is wrong for everybody at once.
#[test]
fn a_machine_whose_clock_jumps_takes_no_job_from_a_living_worker() {
    let fleet = Fleet::on_sqlite(JOBS, SLOW);
    let clock = Clock::new(fleet.sandbox.path("clock"));
    let mut workers: Vec<_> = (0..3)
        .map(|_| fleet.worker_with(&words(&clock.wrapper()), &[]))
        .collect();
    fleet.wait_for_done(1);
    clock.set("+3600");
    for worker in &mut workers {
        worker.expect_success(PATIENCE);
    }
    assert!(
        workers
            .iter()
            .any(|worker| worker.said("the clock jumped") > 0),
        "they noticed"
    );
    assert_eq!(
        fleet.count("attempts"),
        u64::from(JOBS),
        "no job was taken from anybody"
    );
    ledger::close(&fleet, "the machine's clock jumped an hour", 1);
}
