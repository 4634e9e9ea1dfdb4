//! A fresh database, jobs to fill it, and the table's lines.

use std::time::{Duration, Instant};

use shared::testing::PostgresCluster;
use shared::{ClaimRequest, NewJob, Purpose, RunCost, Store};
use simulation::{
    Algorithm, Digest, Outcome, Parameters, PlaceCode, Regime, RunResult, Summary, Task,
    TimescaleFit,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

pub struct Options {
    pub jobs: u64,
    pub rounds: usize,
    pub seconds: f64,
    /// How many jobs at a time, and by how many workers; all that are known where none is given.
    pub at_once: Option<u32>,
    pub workers: Option<usize>,
    /// Measure jobs a second.
    pub throughput: bool,
    /// Measure planning, reading and heartbeats at a million jobs.
    pub large: bool,
    only: Option<Kind>,
}

impl Options {
    /// `cargo bench` itself passes `--bench`.
    pub fn from_arguments() -> Self {
        let mut options = Self {
            jobs: 1_000_000,
            rounds: 5,
            seconds: 2.0,
            at_once: None,
            workers: None,
            throughput: true,
            large: true,
            only: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || -> f64 {
                let given = arguments.next().and_then(|text| text.parse().ok());
                given.unwrap_or_else(|| panic!("{argument} takes a number"))
            };
            match argument.as_str() {
                "--jobs" => options.jobs = number() as u64,
                "--rounds" => options.rounds = number() as usize,
                "--seconds" => options.seconds = number(),
                "--at-once" => options.at_once = Some(number() as u32),
                "--workers" => options.workers = Some(number() as usize),
                "sqlite" => options.only = Some(Kind::Sqlite),
                "postgres" => options.only = Some(Kind::Postgres),
                "throughput" => options.large = false,
                "large" => options.throughput = false,
                "--bench" => {}
                _ => panic!(
                    "{argument}: give --jobs, --rounds, --seconds, --at-once, --workers, sqlite or postgres, throughput or large"
                ),
            }
        }
        options
    }

    pub fn wants(&self, kind: Kind) -> bool {
        self.only.is_none_or(|only| only == kind)
    }
}

/// Where databases are made.
pub struct Rig {
    pub kind: Kind,
    cluster: Option<PostgresCluster>,
    folder: tempfile::TempDir,
}

impl Rig {
    pub async fn new(kind: Kind) -> Self {
        let cluster = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(PostgresCluster::start()),
        };
        if let Some(cluster) = &cluster {
            // Room for 64 workers with two connections each; memory and log of a small server.
            cluster
                .administer("ALTER SYSTEM SET shared_buffers = '1GB'")
                .await;
            cluster
                .administer("ALTER SYSTEM SET max_wal_size = '4GB'")
                .await;
            cluster.restart("fast");
        }
        Self {
            kind,
            cluster,
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// The URL of an empty database.
    pub async fn fresh(&self, name: &str) -> String {
        match &self.cluster {
            Some(cluster) => cluster.fresh_database().await,
            None => format!("sqlite://{}", self.folder.path().join(name).display()),
        }
    }

    /// One line of the table.
    pub fn line(&self, what: &str, value: f64, unit: &str) {
        let database = match self.kind {
            Kind::Sqlite => "SQLite",
            Kind::Postgres => "PostgreSQL",
        };
        let digits = match value.abs() {
            0.0..10.0 => 2,
            10.0..100.0 => 1,
            _ => 0,
        };
        println!("| {database} | {what} | {value:.digits$} | {unit} |");
    }
}

pub async fn open(url: &str) -> Store {
    Store::open(url, Purpose::Migrate).await.expect("opens")
}

/// A job of one of a hundred or so groups.
pub fn job(number: u64) -> NewJob {
    let tasks = [Task::Random, Task::Smoothed, Task::RandomAutoencoder];
    let parameters = Parameters {
        seed: number,
        steps: 1_000_000,
        task: tasks[(number % 3) as usize],
        algorithm: [Algorithm::Sgd, Algorithm::Adam][(number / 3 % 2) as usize],
        regime: [Regime::Lazy, Regime::Rich][(number / 6 % 2) as usize],
        label_noise: [0.0, 0.1][(number / 12 % 2) as usize],
        ..Parameters::default()
    };
    NewJob {
        parameters: parameters.check().expect("valid"),
        replicate: 0,
        estimated_seconds: 1.0 + (number % 1_000) as f64 / 1e3,
    }
}

/// The result of a job that does nothing: every column, no trajectory.
pub fn result(seed: u64) -> RunResult {
    let value = (seed % 1_000) as f64 / 1e3;
    RunResult {
        outcome: if seed.is_multiple_of(50) {
            Outcome::Diverged
        } else {
            Outcome::Completed
        },
        steps_done: 1_000_000,
        summary: Summary {
            loss_final: Some(-3.0 - value),
            normalized_active_fraction: Some(value),
            normalized_fraction_active_units: Some(1.0 - value),
            timescale_fit: TimescaleFit::Ok,
            log10_tau: Some(-4.0 - value),
            ..Summary::default()
        },
        trajectory: Vec::new(),
        unit_activity: Vec::new(),
        spectra: Vec::new(),
        eigenvalues: Vec::new(),
        positions: Vec::new(),
        place_code: PlaceCode::default(),
        engine: "none".to_owned(),
        digest: Digest(format!("{seed:064x}")),
    }
}

pub fn cost() -> RunCost {
    RunCost {
        wall_seconds: 1.0,
        host: "host".to_owned(),
        code_version: "1".to_owned(),
    }
}

pub fn up_to(limit: u32) -> ClaimRequest {
    ClaimRequest {
        sweep: None,
        limit,
        lease_ms: 3_600_000,
        remaining_seconds: None,
    }
}

/// Median time of some rounds, in milliseconds.
pub async fn milliseconds<F: Future>(rounds: usize, mut work: impl FnMut(usize) -> F) -> f64 {
    let mut taken: Vec<Duration> = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let started = Instant::now();
        work(round).await;
        taken.push(started.elapsed());
    }
    taken.sort();
    taken[rounds / 2].as_secs_f64() * 1e3
}
