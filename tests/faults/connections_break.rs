//! Connections break at the worst moment, the COMMIT, and in the worst way, without a word: the
//! worker can't know whether its work was committed.

use std::net::Ipv4Addr;

use shared::testing::PostgresCluster;

use crate::fleet::{Fleet, PATIENCE, STEPS, times};
use crate::ledger;
use crate::proxy::{AtCommit, Proxy};

const JOBS: u32 = 200;
/// Enough work for faults to come in the middle of it.
const SLOW: u32 = 4 * STEPS;
const WORKERS: u32 = 4;

fn through_proxy(judge: impl Fn(u64) -> AtCommit + Send + 'static) -> (Fleet, Proxy) {
    let cluster = PostgresCluster::shared();
    let fleet = Fleet::on_postgres(cluster, JOBS, SLOW);
    let proxy = Proxy::start(Ipv4Addr::LOCALHOST.into(), cluster.port());
    proxy.judge(judge);
    (fleet, proxy)
}

fn work_through(fleet: &Fleet, proxy: &Proxy) {
    let url = proxy.url(&fleet.url, "127.0.0.1");
    let arguments = ["--database", url.as_str()];
    let mut workers: Vec<_> = (0..WORKERS)
        .map(|_| fleet.worker_with(&[], &arguments))
        .collect();
    for worker in &mut workers {
        worker.expect_success(PATIENCE);
    }
}

#[test]
fn a_connection_closed_at_its_commit_costs_no_result() {
    for round in 0..u64::from(times(1, 5)) {
        // Not the first ones: a worker that can't even register ends, and says so.
        let (fleet, proxy) = through_proxy(move |commit| match (commit + round) % 7 {
            _ if commit < 40 => AtCommit::Forward,
            2 => AtCommit::CloseBefore,
            5 => AtCommit::CloseAfter,
            _ => AtCommit::Forward,
        });
        work_through(&fleet, &proxy);
        assert!(
            proxy.struck() > 10,
            "only {} commits were met",
            proxy.struck()
        );
        ledger::close(&fleet, "a connection closed at its COMMIT", proxy.struck());
    }
}

#[test]
fn a_connection_that_falls_silent_at_its_commit_costs_no_result() {
    let silent = u64::from(times(4, 24));
    let (fleet, proxy) = through_proxy(move |commit| match commit {
        40.. if commit >= 40 + silent * 5 => AtCommit::Forward,
        40.. if commit % 10 == 0 => AtCommit::FallSilentBefore,
        40.. if commit % 10 == 5 => AtCommit::FallSilentAfter,
        _ => AtCommit::Forward,
    });
    work_through(&fleet, &proxy);
    assert_eq!(proxy.struck(), silent);
    ledger::close(&fleet, "a connection half open from its COMMIT on", silent);
}
