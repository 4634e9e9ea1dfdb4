//! Nobody reaches the database for longer than a lease, but one idle worker who could take
//! everything over: it is the network that is at fault, and nobody loses a job.

use std::net::Ipv4Addr;

use shared::testing::PostgresCluster;

use crate::chance::pass;
use crate::fleet::{Fleet, LEASE, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::proxy::Proxy;

const WORKERS: u32 = 4;
/// Jobs of seconds: longer than the outage.
const LONG: u32 = 200 * STEPS;

#[test]
fn and_nobody_loses_a_job() {
    let cluster = PostgresCluster::shared();
    for _ in 0..times(1, 5) {
        let fleet = Fleet::on_postgres(cluster, WORKERS, LONG);
        let proxy = Proxy::start(Ipv4Addr::LOCALHOST.into(), cluster.port());
        let url = proxy.url(&fleet.url, "127.0.0.1");
        let arguments = ["--database", url.as_str()];
        let mut workers: Vec<_> = (0..WORKERS)
            .map(|_| fleet.worker_with(&[], &arguments))
            .collect();
        wait_until("every job runs", || {
            fleet.count("jobs WHERE state = 'running'") == u64::from(WORKERS)
        });
        proxy.close(true);
        let mut idle = fleet.worker();
        // Past the lease, within the one that they get on top.
        pass(LEASE * 3 / 2);
        proxy.close(false);
        for worker in workers.iter_mut().chain([&mut idle]) {
            worker.expect_success(PATIENCE);
        }
        assert_eq!(
            fleet.count("attempts"),
            u64::from(WORKERS),
            "no job was taken from anybody"
        );
        ledger::close(
            &fleet,
            "every worker cut off from the database past its lease",
            1,
        );
    }
}
