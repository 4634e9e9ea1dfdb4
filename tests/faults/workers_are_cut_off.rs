//! A worker's network is cut until its leases have run out and others have done its jobs, and mended.

use shared::testing::PostgresCluster;

use crate::chance::{Chance, pass};
use crate::fleet::{Fleet, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::namespace::Namespace;
use crate::proxy::Proxy;

const JOBS: u32 = 150;
/// Enough work for the fault to come in the middle of it.
const SLOW: u32 = 3 * STEPS;
const NEIGHBOURS: u32 = 2;
const TRIES_MAX: u32 = 50;

#[test]
fn a_worker_cut_off_past_its_lease_overwrites_nothing() {
    let cluster = PostgresCluster::shared();
    let namespace = Namespace::new();
    let proxy = Proxy::start(namespace.outside().into(), cluster.port());
    let mut chance = Chance::new(13);
    for _ in 0..times(1, 10) {
        let fleet = Fleet::on_postgres(cluster, JOBS, SLOW);
        let url = proxy.url(&fleet.url, &namespace.outside().to_string());
        let mut cut_off = fleet.worker_with(&namespace.wrapper(), &["--database", &url]);
        fleet.wait_for_done(1);
        let held = format!(
            "jobs j JOIN workers w ON w.id = j.owner WHERE j.state = 'running' AND w.pid = {}",
            cut_off.pid()
        );
        let mut tries = 0;
        loop {
            pass(chance.between_ms(20, 100));
            namespace.cut();
            if fleet.count(&held) > 0 {
                break;
            }
            namespace.mend();
            tries += 1;
            assert!(tries < TRIES_MAX, "held no job:\n{}", cut_off.log());
        }
        let mut neighbours = fleet.workers(NEIGHBOURS);
        wait_until("the others have done its jobs", || fleet.is_done());
        fleet.expect_complete();
        namespace.mend();
        for worker in neighbours.iter_mut().chain([&mut cut_off]) {
            worker.expect_success(PATIENCE);
        }
        assert!(
            fleet.count("attempts WHERE outcome IN ('lease_expired', 'superseded')") > 0,
            "its jobs were taken from it"
        );
        ledger::close(
            &fleet,
            "a worker's network cut past its lease, and mended (ip netns)",
            1,
        );
    }
}
