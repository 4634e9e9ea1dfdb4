//! A worker frozen in the middle of its jobs until others have done them, and thawed: it wakes up in
//! the past, sure of leases that it lost.

use std::time::Instant;

use rustix::process::Signal;
use shared::testing::PostgresCluster;

use crate::chance::{Chance, pass};
use crate::fleet::{Fleet, LEASE, PATIENCE, STEPS, times};
use crate::ledger;
use crate::worker::Worker;

const JOBS: u32 = 120;
/// Enough work for the fault to come in the middle of it.
const SLOW: u32 = 3 * STEPS;
const OTHERS: u32 = 2;
const TRIES_MAX: u32 = 50;

/// Freezes the worker at a moment when it holds a job.
fn freeze_at_work(fleet: &Fleet, worker: &Worker, chance: &mut Chance) {
    let held = format!(
        "jobs j JOIN workers w ON w.id = j.owner WHERE j.state = 'running' AND w.pid = {}",
        worker.pid()
    );
    for _ in 0..TRIES_MAX {
        pass(chance.between_ms(30, 200));
        worker.signal(Signal::STOP);
        if fleet.count(&held) > 0 {
            return;
        }
        worker.signal(Signal::CONT);
    }
    panic!("held no job at {TRIES_MAX} moments:\n{}", worker.log());
}

/// Whether the others do everything in the meantime. A frozen worker may hold SQLite's only write
/// lock, too: then nobody gets on, and it must not stay.
fn is_overtaken(fleet: &Fleet) -> bool {
    let (mut done, mut since) = (fleet.done(), Instant::now());
    while since.elapsed() < LEASE * 8 {
        if fleet.is_done() {
            return true;
        }
        pass(LEASE / 10);
        if fleet.done() != done {
            (done, since) = (fleet.done(), Instant::now());
        }
    }
    false
}

fn freeze_workers_of(fleets: impl Fn() -> Fleet) {
    let mut chance = Chance::new(7);
    let mut overtaken = 0;
    while overtaken < times(1, 10) {
        let fleet = fleets();
        let mut frozen = fleet.worker();
        fleet.wait_for_done(1);
        freeze_at_work(&fleet, &frozen, &mut chance);
        let mut others = fleet.workers(OTHERS);
        let in_time = is_overtaken(&fleet);
        frozen.signal(Signal::CONT);
        for worker in others.iter_mut().chain([&mut frozen]) {
            worker.expect_success(PATIENCE);
        }
        if in_time {
            let taken = "attempts WHERE outcome IN ('lease_expired', 'superseded')";
            assert!(fleet.count(taken) > 0, "its jobs were taken from it");
        }
        overtaken += u32::from(in_time);
        ledger::close(
            &fleet,
            "a worker frozen past its lease, and thawed (SIGSTOP)",
            u64::from(in_time),
        );
    }
}

#[test]
fn sqlite_loses_nothing() {
    freeze_workers_of(|| Fleet::on_sqlite(JOBS, SLOW));
}

#[test]
fn postgres_loses_nothing() {
    freeze_workers_of(|| Fleet::on_postgres(PostgresCluster::shared(), JOBS, SLOW));
}
