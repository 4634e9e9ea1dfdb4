//! A worker that was away comes back with the result of a job that another one is just computing: the
//! newer attempt owns the job, and the late result changes nothing but the record of its own.

use std::net::Ipv4Addr;

use shared::testing::PostgresCluster;

use crate::fleet::{Fleet, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::proxy::Proxy;

/// A job of many seconds: longer than a lease and some looks at the database.
const LONG: u32 = 500 * STEPS;

#[test]
fn and_change_nothing_while_a_newer_attempt_runs() {
    let cluster = PostgresCluster::shared();
    for _ in 0..times(1, 5) {
        let fleet = Fleet::on_postgres(cluster, 1, LONG);
        let proxy = Proxy::start(Ipv4Addr::LOCALHOST.into(), cluster.port());
        let (url, folder) = (
            proxy.url(&fleet.url, "127.0.0.1"),
            fleet.sandbox.path("late"),
        );
        let spool = folder.to_str().expect("a plain name");
        let mut late = fleet.worker_with(&[], &["--database", &url, "--spool", spool]);
        wait_until("it holds the job", || {
            fleet.count("jobs WHERE epoch = 1") == 1
        });
        proxy.close(true);
        wait_until("its result waits", || {
            let results = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            let waits = results
                .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
                .count();
            waits == 1
        });
        let mut newer = fleet.worker();
        wait_until("another attempt runs", || {
            fleet.count("jobs WHERE epoch = 2 AND state = 'running'") == 1
        });
        proxy.close(false);
        wait_until("the late result is refused", || {
            fleet.count("attempts WHERE epoch = 1 AND outcome = 'superseded'") == 1
        });
        assert_eq!(
            fleet.count("jobs WHERE state = 'running' AND epoch = 2"),
            1,
            "the newer attempt still runs"
        );
        late.expect_success(PATIENCE);
        newer.expect_success(PATIENCE);
        ledger::close(
            &fleet,
            "a result that came after its lease, while a newer attempt ran",
            1,
        );
    }
}
