//! A fresh database per scenario, and small sweeps to fill it.

use shared::testing::PostgresCluster;
use shared::{
    Claim, ClaimRequest, NewJob, NewSweep, Purpose, RunCost, Store, SweepStatus, Table, Value,
    WorkerInfo,
};
use simulation::{
    Digest, Eigenvalues, FullSpectrum, Measurement, Outcome, Parameters, PlaceBin, PlaceCode,
    PlaceCorrelation, PlaceSnapshot, Position, RateMap, RunResult, Spectrum, Summary, TimescaleFit,
    UnitActivity,
};
use uuid::Uuid;

/// Length of a lease in these tests.
pub const LEASE_MS: i64 = 90_000;
pub const SWEEP: &str = "sweep";

/// An empty database.
pub struct Bench {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Bench {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite://{}", folder.path().join("queue.db").display()),
            _folder: Some(folder),
        }
    }

    pub async fn postgres() -> Self {
        Self {
            url: PostgresCluster::shared().fresh_database().await,
            _folder: None,
        }
    }

    /// Opens the database, and makes it if need be. Its clock is two days late by now, so that a
    /// PostgreSQL server that has just started is trusted to judge leases.
    pub async fn store(&self) -> Store {
        let store = Store::open(&self.url, Purpose::Migrate)
            .await
            .expect("opens");
        later(&store, 2 * 86_400);
        store
    }

    /// A store with this many queued jobs of one second each.
    pub async fn with_jobs(&self, jobs: u64) -> Store {
        let store = self.store().await;
        submit(&store, &sweep(), jobs).await;
        store
    }
}

/// Moves the store's clock.
pub fn later(store: &Store, seconds: u64) {
    store.advance_clock(std::time::Duration::from_secs(seconds));
}

pub fn sweep() -> NewSweep {
    NewSweep::new(SWEEP, "name: sweep", 7)
}

/// The job with this seed.
pub fn job(seed: u64) -> NewJob {
    let parameters = Parameters {
        seed,
        steps: 1_000,
        ..Parameters::default()
    };
    NewJob {
        parameters: parameters.check().expect("valid"),
        replicate: 0,
        estimated_seconds: 1.0,
    }
}

pub async fn submit(store: &Store, sweep: &NewSweep, jobs: u64) {
    let jobs: Vec<NewJob> = (0..jobs).map(job).collect();
    store.submit(sweep, &jobs, &[]).await.expect("submits");
}

pub fn worker() -> Uuid {
    Uuid::now_v7()
}

pub fn worker_info(id: Uuid) -> WorkerInfo {
    WorkerInfo {
        id,
        host: "host".to_owned(),
        pid: 42,
        process: "boot 42".to_owned(),
        slots: 2,
        cpu: "processor".to_owned(),
        code_version: "1".to_owned(),
    }
}

pub fn up_to(limit: u32) -> ClaimRequest {
    ClaimRequest {
        sweep: None,
        limit,
        lease_ms: LEASE_MS,
        remaining_seconds: None,
    }
}

pub async fn claim(store: &Store, worker: Uuid, limit: u32) -> Vec<Claim> {
    store.claim(worker, &up_to(limit)).await.expect("claims")
}

/// Claims the only job there is.
pub async fn claim_one(store: &Store) -> (Uuid, Claim) {
    let worker = worker();
    let mut claims = claim(store, worker, 1).await;
    assert_eq!(claims.len(), 1, "one job can be claimed");
    (worker, claims.remove(0))
}

pub async fn status(store: &Store) -> SweepStatus {
    let mut statuses = store.status(Some(SWEEP)).await.expect("counts");
    let status = statuses.remove(0);
    let states = status.queued + status.running + status.done + status.dead + status.cancelled;
    assert_eq!(states, status.planned, "states add up to the plan");
    let outcomes = status.completed + status.diverged + status.silent + status.truncated;
    assert_eq!(
        outcomes, status.done,
        "outcomes add up to the jobs that are done"
    );
    status
}

/// A result that tells its attempt by its digest.
pub fn result(digest: &str) -> RunResult {
    let point = |step, loss| Measurement {
        step,
        loss,
        active_fraction: 0.5,
        fraction_active_units: 1.0 / 3.0,
    };
    RunResult {
        outcome: Outcome::Completed,
        steps_done: 1_000,
        summary: Summary {
            loss_final: Some(-3.5),
            normalized_active_fraction: Some(0.1 + 0.2),
            timescale_fit: TimescaleFit::Ok,
            log10_tau: Some(-4.25),
            converged_step: Some(300),
            directed_drift_end_step: Some(700),
            spatial_information_ratio: Some(1.25),
            ..Summary::default()
        },
        trajectory: vec![point(0, 0.0), point(999, f64::NAN)],
        unit_activity: vec![UnitActivity {
            step: 999,
            active_samples: vec![0, 3, 10],
        }],
        spectra: vec![
            Spectrum {
                step: 0,
                trace: 40.5,
                eigenvalues: Some(Eigenvalues {
                    exact: true,
                    largest: 20.25,
                    positive: 3,
                    negative: 1,
                    log_sum: -7.5,
                    nonzero_fraction: 0.45,
                    nonzero_tol: 0.1,
                }),
            },
            Spectrum {
                step: 999,
                trace: 30.0,
                eigenvalues: None,
            },
        ],
        eigenvalues: vec![FullSpectrum {
            step: 0,
            eigenvalues: vec![20.25, 0.1 + 0.2, 1e-9, -0.5],
        }],
        positions: vec![Position {
            step: 7,
            x: 2.0,
            y: -0.1,
        }],
        place_code: place_code(),
        engine: "test".to_owned(),
        digest: Digest(digest.to_owned()),
    }
}

/// Three snapshots of two units over two bins.
fn place_code() -> PlaceCode {
    let bin = |bin, position, occupancy| PlaceBin {
        bin,
        position,
        occupancy,
    };
    let snapshot = |step, mean_spatial_information, place_cells| PlaceSnapshot {
        step,
        mean_spatial_information,
        place_cells,
    };
    let pair = |step, other_step, rate_maps, population_vectors| PlaceCorrelation {
        step,
        other_step,
        rate_maps,
        population_vectors,
    };
    let map = |unit, spatial_information, rates| RateMap {
        step: 999,
        unit,
        spatial_information,
        rates,
    };
    PlaceCode {
        bins: vec![bin(0, Some(-5.5), 0.25), bin(1, None, 0.75)],
        snapshots: vec![
            snapshot(0, Some(1.5), 2),
            snapshot(500, Some(1.75), 1),
            snapshot(999, None, 0),
        ],
        correlations: vec![
            pair(0, 500, Some(0.5), Some(0.75)),
            pair(0, 999, None, Some(0.125)),
            pair(500, 999, Some(1.0), Some(0.25)),
        ],
        rate_maps: vec![map(0, 0.5, vec![0.1, 0.0]), map(7, 0.0, vec![1.0, 2.5])],
    }
}

pub fn cost() -> RunCost {
    RunCost {
        wall_seconds: 0.5,
        host: "host".to_owned(),
        code_version: "1".to_owned(),
    }
}

/// The result of a query.
pub async fn query(store: &Store, sql: &str) -> Table {
    store
        .query(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The single value of a query.
pub async fn value(store: &Store, sql: &str) -> Value {
    query(store, sql).await.rows[0][0].clone()
}

pub fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}
