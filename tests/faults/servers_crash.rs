//! PostgreSQL crashes and comes back, again and again, in the middle of a sweep.

use shared::testing::PostgresCluster;

use crate::chance::{Chance, pass};
use crate::fleet::{Fleet, PATIENCE, STEPS, times};
use crate::ledger;

const JOBS: u32 = 300;
/// Enough work for faults to come in the middle of it.
const SLOW: u32 = 4 * STEPS;
const WORKERS: u32 = 4;

#[test]
fn a_crashing_server_costs_no_result() {
    let cluster = PostgresCluster::start();
    let fleet = Fleet::on_postgres(&cluster, JOBS, SLOW);
    let mut chance = Chance::new(11);
    let mut workers = fleet.workers(WORKERS);
    let mut crashes = 0;
    fleet.wait_for_done(1);
    for _ in 0..times(8, 60) {
        pass(chance.between_ms(50, 800));
        cluster.restart("immediate");
        crashes += 1;
    }
    let met = workers
        .iter()
        .map(|worker| worker.said("Failed to"))
        .sum::<usize>();
    assert!(met > 0, "some worker noticed");
    // None of them gave up.
    for worker in &mut workers {
        worker.expect_success(PATIENCE);
    }
    ledger::close(
        &fleet,
        "the server crashed (pg_ctl restart -m immediate)",
        crashes,
    );
}
