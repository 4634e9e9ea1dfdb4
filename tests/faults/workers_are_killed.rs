//! Eight workers, one of them killed at every moment that chance names, until the sweep is done.

use shared::testing::PostgresCluster;

use crate::chance::{Chance, pass};
use crate::fleet::{Fleet, PATIENCE, STEPS, times};
use crate::ledger;
use crate::worker::Worker;

const JOBS: u32 = 600;
const WORKERS: usize = 8;
/// Between two kills, in milliseconds.
const PAUSE_MS: (u64, u64) = (20, 250);
const KILLS_MIN: u64 = 10;

fn kill_until_done(fleet: &Fleet, seed: u64) -> u64 {
    let mut chance = Chance::new(seed);
    let mut workers: Vec<Worker> = fleet.workers(WORKERS as u32);
    let (mut kills, mut rounds) = (0, 0_u32);
    loop {
        pass(chance.between_ms(PAUSE_MS.0, PAUSE_MS.1));
        let victim = &mut workers[chance.below(WORKERS as u64) as usize];
        kills += u64::from(victim.kill());
        *victim = fleet.worker();
        rounds += 1;
        if rounds.is_multiple_of(8) && fleet.is_done() {
            break;
        }
        assert!(rounds < 20_000, "the sweep never ends");
    }
    for worker in &mut workers {
        worker.expect_success(PATIENCE);
    }
    kills
}

fn kill_workers_of(fleets: impl Fn() -> Fleet) {
    for seed in 0..u64::from(times(1, 4)) {
        let fleet = fleets();
        let killed = kill_until_done(&fleet, seed);
        assert!(
            killed >= KILLS_MIN,
            "only {killed} kills met a living worker"
        );
        assert!(
            fleet.count("attempts WHERE outcome = 'lease_expired'") > 0,
            "some held a job"
        );
        ledger::close(
            &fleet,
            "8 workers, one after the other killed (SIGKILL)",
            killed,
        );
    }
}

#[test]
fn sqlite_loses_nothing() {
    kill_workers_of(|| Fleet::on_sqlite(JOBS, STEPS));
}

#[test]
fn postgres_loses_nothing() {
    kill_workers_of(|| Fleet::on_postgres(PostgresCluster::shared(), JOBS, STEPS));
}
