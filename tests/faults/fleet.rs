//! A sweep in a database of its own, workers on it, and the check that nothing was lost.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use shared::testing::PostgresCluster;

use crate::chance::pass;
use crate::support::{Sandbox, block_on, short_sweep};
use crate::worker::Worker;

/// Of a job of a hundredth of a second.
pub const STEPS: u32 = 100_000;
/// Short, so that a test outlives leases; beats are a quarter of it.
pub const LEASE: Duration = Duration::from_secs(2);
/// Longest wait for the end of anything.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// Whether everything is done more often (`make test-faults`).
pub fn is_full() -> bool {
    std::env::var("DRIFTSWEEP_FAULTS").is_ok_and(|form| form == "full")
}

/// `short` times in `make test`, `full` times in `make test-faults`.
pub fn times(short: u32, full: u32) -> u32 {
    if is_full() { full } else { short }
}

/// The sweep that every fault is tried on. No job dies of being killed too often.
pub fn sweep(jobs: u32, steps: u32) -> String {
    short_sweep("faults", jobs, steps) + "max_crashes: 10000\nmax_errors: 10000\n"
}

/// One of each job.
type Digests = Arc<Vec<Value>>;

/// Those of a run that nobody disturbed.
fn undisturbed(jobs: u32, steps: u32) -> Digests {
    static KNOWN: Mutex<BTreeMap<(u32, u32), Digests>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let digests = known.entry((jobs, steps)).or_insert_with(|| {
        let sandbox = Sandbox::new();
        sandbox.write("sweep.yaml", &sweep(jobs, steps));
        sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
        Arc::new(sandbox.digests())
    });
    Arc::clone(digests)
}

/// A submitted sweep and its workers.
pub struct Fleet {
    pub sandbox: Sandbox,
    pub url: String,
    pub database: &'static str,
    pub jobs: u32,
    steps: u32,
    started: Cell<u32>,
}

impl Fleet {
    /// On a new SQLite file.
    pub fn on_sqlite(jobs: u32, steps: u32) -> Self {
        Self::submitted(
            Sandbox::new(),
            "sqlite://driftsweep.db",
            "SQLite",
            jobs,
            steps,
        )
    }

    /// On a new database of a PostgreSQL server.
    pub fn on_postgres(cluster: &PostgresCluster, jobs: u32, steps: u32) -> Self {
        let url = block_on(cluster.fresh_database());
        Self::submitted(Sandbox::on(&url), &url, "PostgreSQL", jobs, steps)
    }

    /// On a database that `sandbox` uses already.
    pub fn submitted(
        sandbox: Sandbox,
        url: &str,
        database: &'static str,
        jobs: u32,
        steps: u32,
    ) -> Self {
        sandbox.write("sweep.yaml", &sweep(jobs, steps));
        sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
        Self {
            sandbox,
            url: url.to_owned(),
            database,
            jobs,
            steps,
            started: Cell::new(0),
        }
    }

    /// A worker with one slot and a short lease that ends when the sweep does.
    pub fn worker(&self) -> Worker {
        self.worker_with(&[], &[])
    }

    /// The same, started by a wrapping program or with further arguments.
    pub fn worker_with(&self, wrapper: &[&str], arguments: &[&str]) -> Worker {
        let lease = format!("{}ms", LEASE.as_millis());
        let beat = format!("{}ms", LEASE.as_millis() / 4);
        let short = ["--lease", &lease, "--heartbeat", &beat];
        self.lone_worker(wrapper, &[&short, arguments].concat())
    }

    /// The same with the usual lease, unless the arguments name another.
    pub fn lone_worker(&self, wrapper: &[&str], arguments: &[&str]) -> Worker {
        self.started.set(self.started.get() + 1);
        let usual = ["worker", "--drain"];
        let mut command = self.sandbox.wrapped(wrapper, &[&usual, arguments].concat());
        command.env("DRIFTSWEEP_SLOTS", "1");
        let log = self
            .sandbox
            .path(&format!("worker-{}.log", self.started.get()));
        Worker::start(command, log)
    }

    pub fn workers(&self, count: u32) -> Vec<Worker> {
        (0..count).map(|_| self.worker()).collect()
    }

    /// How many rows; the condition may be any SQL after FROM.
    pub fn count(&self, from: &str) -> u64 {
        let sql = format!("SELECT count(*) FROM {from}");
        self.sandbox.value(&sql).as_u64().expect("a count")
    }

    pub fn done(&self) -> u64 {
        self.count("jobs WHERE state = 'done'")
    }

    pub fn is_done(&self) -> bool {
        self.done() == u64::from(self.jobs)
    }

    /// Waits until so many jobs are done.
    #[track_caller]
    pub fn wait_for_done(&self, jobs: u64) {
        wait_until(&format!("{jobs} jobs are done"), || self.done() >= jobs);
    }

    /// Every job has one result, from one attempt, with the bits of an undisturbed run, and is counted once.
    #[track_caller]
    pub fn expect_complete(&self) {
        let jobs = u64::from(self.jobs);
        assert_eq!(self.done(), jobs, "every job is done");
        assert_eq!(self.count("results"), jobs, "one result for each");
        assert_eq!(self.doubled(), 0, "every job was done by one attempt");
        assert_eq!(
            self.count(
                "jobs j JOIN results r ON r.job_id = j.id JOIN attempts a ON a.job_id = j.id \
                        AND a.epoch = r.epoch AND a.outcome = 'done' AND a.digest = r.digest"
            ),
            jobs,
            "and the result is that attempt's"
        );
        assert_eq!(self.sandbox.digests(), *undisturbed(self.jobs, self.steps));
        self.expect_totals();
    }

    /// The totals that every recording added to are those of the results that are there.
    #[track_caller]
    fn expect_totals(&self) {
        let groups = "sweep, task, algorithm, noise_type, regime";
        let counted = format!(
            "SELECT {groups}, count(*) AS n, avg(loss_final) AS loss, \
             avg(normalized_active_fraction) AS active, avg(log10_tau) AS tau \
             FROM runs WHERE state = 'done' AND excluded IS NULL GROUP BY {groups}"
        );
        let differs = |mean: &str, counted: &str| {
            format!(
                "(s.{mean} IS NULL) <> (c.{counted} IS NULL) \
                 OR abs(s.{mean} - c.{counted}) > 1e-9 * (1 + abs(c.{counted}))"
            )
        };
        let wrong = format!(
            "sweep_summary AS s LEFT JOIN ({counted}) AS c ON c.sweep = s.sweep AND c.task = s.task \
             AND c.algorithm = s.algorithm AND c.noise_type = s.noise_type AND c.regime = s.regime \
             WHERE s.n <> COALESCE(c.n, 0) OR s.unfinished <> 0 OR {} OR {} OR {}",
            differs("mean_loss_final", "loss"),
            differs("mean_normalized_active_fraction", "active"),
            differs("mean_log10_tau", "tau"),
        );
        let summed = "SELECT CAST(sum(n + excluded) AS BIGINT) FROM sweep_summary";
        let summed = self.sandbox.value(summed);
        assert_eq!(summed, self.jobs, "every job is counted once");
        assert_eq!(self.count(&wrong), 0, "and the means are those of the runs");
    }

    /// Jobs without a result.
    pub fn lost(&self) -> u64 {
        u64::from(self.jobs) - self.count("results")
    }

    /// Jobs that were done by more than one attempt.
    pub fn doubled(&self) -> u64 {
        self.count(
            "(SELECT job_id FROM attempts WHERE outcome = 'done' GROUP BY job_id HAVING count(*) > 1) AS doubled",
        )
    }
}

/// Waits for an event, which must come within [`PATIENCE`].
#[track_caller]
pub fn wait_until(what: &str, mut reached: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !reached() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        pass(Duration::from_millis(50));
    }
}
