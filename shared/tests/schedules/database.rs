//! A real database, its clock moved by the schedule. Many schedules share one, each with a sweep of
//! its own.

use std::sync::Arc;
use std::time::Duration;

use shared::testing::PostgresCluster;
use shared::{
    ClaimRequest, Finish, JobId, NewJob, NewSweep, Purpose, Renewal, RunCost, Store, StoreError,
    Ticket,
};
use simulation::{Digest, Outcome, Parameters, PlaceCode, RunResult, Summary};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::copies;
use crate::queue::{
    AttemptView, Checked, JobView, LEASE_MS, Queue, State, Steer, Violation, demand, digest_of,
};
use crate::schedule::Setting;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A connection beside the store's, to see what is there.
#[derive(Debug)]
enum Eyes {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Columns of the two views, in their order.
const JOBS: &str = "SELECT j.id, j.state, j.epoch, j.attempts, j.errors, j.crashes, j.preemptions, \
     j.cancel_requested, r.epoch, r.digest \
     FROM jobs AS j LEFT JOIN results AS r ON r.job_id = j.id WHERE j.sweep = '{sweep}' ORDER BY j.id";
const ATTEMPTS: &str = "SELECT a.job_id, a.epoch, a.outcome, a.digest, a.worker_id \
     FROM attempts AS a JOIN jobs AS j ON j.id = a.job_id WHERE j.sweep = '{sweep}' \
     ORDER BY a.job_id, a.epoch";

pub struct Database {
    store: Store,
    eyes: Arc<tokio::sync::Mutex<Eyes>>,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    pub async fn open(kind: Kind) -> Self {
        let (url, folder) = match kind {
            Kind::Sqlite => {
                let folder = memory_folder();
                let url = format!("sqlite://{}", folder.path().join("queue.db").display());
                (url, Some(folder))
            }
            Kind::Postgres => (unsafe_but_fast().await.fresh_database().await, None),
        };
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        // A server that has just started does not judge leases.
        store.advance_clock(Duration::from_hours(48));
        let eyes = match kind {
            Kind::Sqlite => Eyes::Sqlite(SqliteConnection::connect(&url).await.expect("opens")),
            Kind::Postgres => Eyes::Postgres(PgConnection::connect(&url).await.expect("opens")),
        };
        Self {
            store,
            eyes: Arc::new(tokio::sync::Mutex::new(eyes)),
            _folder: folder,
        }
    }

    /// A fresh sweep; the ids of its jobs come sorted.
    pub async fn submit(&mut self, setting: &Setting) -> (StoreQueue, Vec<JobId>) {
        let name = format!("schedule-{}", setting.seed);
        let sweep = NewSweep {
            max_errors: setting.limits.max_errors,
            max_crashes: setting.limits.max_crashes,
            max_dead: setting.limits.max_dead,
            max_job_ms: setting.limits.max_job_ms,
            ..NewSweep::new(&name, "name: schedule", setting.seed)
        };
        let jobs: Vec<NewJob> = (0..setting.jobs as u64).map(job).collect();
        self.store
            .submit(&sweep, &jobs, &[])
            .await
            .expect("submits");
        let mut ids: Vec<JobId> = jobs
            .iter()
            .map(|job| JobId::new(&name, &job.parameters))
            .collect();
        ids.sort();
        let queue = StoreQueue {
            store: self.store.clone(),
            eyes: Arc::clone(&self.eyes),
            sweep: name,
        };
        (queue, ids)
    }
}

/// In memory where the system has a folder for that: what a schedule shows does not depend on disks.
fn memory_folder() -> tempfile::TempDir {
    let made = tempfile::Builder::new()
        .prefix("driftsweep-")
        .tempdir_in("/dev/shm");
    made.or_else(|_| tempfile::tempdir())
        .expect("a temporary folder")
}

/// A server that flushes nothing: no schedule crashes the server itself.
async fn unsafe_but_fast() -> &'static PostgresCluster {
    let cluster = PostgresCluster::shared();
    cluster.administer("ALTER SYSTEM SET fsync = off").await;
    cluster.administer("SELECT pg_reload_conf()").await;
    cluster
}

fn job(seed: u64) -> NewJob {
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

fn result(ticket: &Ticket) -> RunResult {
    RunResult {
        outcome: Outcome::Completed,
        steps_done: 1_000,
        summary: Summary::default(),
        trajectory: Vec::new(),
        unit_activity: Vec::new(),
        spectra: Vec::new(),
        eigenvalues: Vec::new(),
        positions: Vec::new(),
        place_code: PlaceCode::default(),
        engine: "none".to_owned(),
        digest: Digest(digest_of(ticket)),
    }
}

/// A sweep in a database.
#[derive(Debug)]
pub struct StoreQueue {
    store: Store,
    eyes: Arc<tokio::sync::Mutex<Eyes>>,
    sweep: String,
}

impl StoreQueue {
    /// Runs a statement that no store would.
    pub async fn execute(&mut self, sql: &str) {
        let done = match &mut *self.eyes.lock().await {
            Eyes::Sqlite(eyes) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(eyes)
                .await
                .map(drop),
            Eyes::Postgres(eyes) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(eyes)
                .await
                .map(drop),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

fn wrong(error: &StoreError) -> Violation {
    Violation(format!("the store failed: {error:?}"))
}

/// Reads every row of a view, on either database.
macro_rules! rows {
    ($queue:expr, $sql:expr, $read:ident) => {{
        let sql = AssertSqlSafe($sql.replace("{sweep}", &$queue.sweep));
        match &mut *$queue.eyes.lock().await {
            Eyes::Sqlite(eyes) => {
                let rows = sqlx::query(sql).fetch_all(eyes).await.expect("reads");
                rows.iter().map(|row| $read!(row)).collect()
            }
            Eyes::Postgres(eyes) => {
                let rows = sqlx::query(sql).fetch_all(eyes).await.expect("reads");
                rows.iter().map(|row| $read!(row)).collect()
            }
        }
    }};
}

macro_rules! job_view {
    ($row:expr) => {
        JobView {
            id: JobId($row.get(0)),
            state: state($row.get(1)),
            epoch: $row.get(2),
            attempts: $row.get(3),
            errors: $row.get(4),
            crashes: $row.get(5),
            preemptions: $row.get(6),
            cancel_requested: $row.get::<i64, _>(7) != 0,
            result: $row
                .get::<Option<i64>, _>(8)
                .map(|epoch| (epoch, $row.get(9))),
        }
    };
}

macro_rules! attempt_view {
    ($row:expr) => {
        AttemptView {
            ticket: Ticket {
                job_id: JobId($row.get(0)),
                epoch: $row.get(1),
                worker: $row.get::<String, _>(4).parse().expect("an id"),
            },
            outcome: $row.get(2),
            digest: $row.get(3),
        }
    };
}

fn state(name: &str) -> State {
    match name {
        "queued" => State::Queued,
        "running" => State::Running,
        "done" => State::Done,
        "dead" => State::Dead,
        "cancelled" => State::Cancelled,
        _ => panic!("no state is called {name}"),
    }
}

impl Queue for StoreQueue {
    async fn claim(&mut self, worker: Uuid, limit: u32) -> Checked<Vec<Ticket>> {
        let request = ClaimRequest {
            sweep: Some(self.sweep.clone()),
            limit,
            lease_ms: LEASE_MS,
            remaining_seconds: None,
        };
        let claims = self
            .store
            .claim(worker, &request)
            .await
            .map_err(|e| wrong(&e))?;
        Ok(claims.into_iter().map(|claim| claim.ticket).collect())
    }

    async fn heartbeat(&mut self, worker: Uuid, held: &[Ticket]) -> Checked<Vec<Renewal>> {
        let renewals = self.store.heartbeat(worker, held, LEASE_MS).await;
        let mut renewals = renewals.map_err(|error| wrong(&error))?;
        renewals.sort_by(|a, b| a.ticket.job_id.cmp(&b.ticket.job_id));
        Ok(renewals)
    }

    async fn reap(&mut self) -> Checked<u64> {
        self.store
            .reap(LEASE_MS)
            .await
            .map_err(|error| wrong(&error))
    }

    async fn abandon(&mut self, worker: Uuid, as_crash: bool) -> Checked<u64> {
        let taken = self.store.abandon(worker, as_crash).await;
        taken.map_err(|error| wrong(&error))
    }

    async fn complete(&mut self, ticket: &Ticket) -> Checked<Finish> {
        let cost = RunCost {
            wall_seconds: 1.0,
            host: "host".to_owned(),
            code_version: "1".to_owned(),
        };
        let finish = self.store.complete(ticket, &result(ticket), &cost).await;
        finish.map_err(|error| wrong(&error))
    }

    async fn fail(&mut self, ticket: &Ticket) -> Checked<bool> {
        let failed = self.store.fail(ticket, "broke").await;
        failed.map_err(|error| wrong(&error))
    }

    async fn release(&mut self, ticket: &Ticket) -> Checked<bool> {
        let released = self.store.release(ticket, None).await;
        released.map_err(|error| wrong(&error))
    }

    async fn steer(&mut self, steer: Steer) -> Checked<u64> {
        let steered = match steer {
            Steer::Pause => self.store.pause(&self.sweep).await,
            Steer::Resume => self.store.resume(&self.sweep).await,
            Steer::Cancel => self.store.cancel(&self.sweep).await,
            Steer::Retry => self.store.retry(&self.sweep).await,
        };
        steered.map_err(|error| wrong(&error))
    }

    async fn advance(&mut self, by_ms: i64) -> Checked<()> {
        self.store
            .advance_clock(Duration::from_millis(by_ms.unsigned_abs()));
        Ok(())
    }

    async fn keep(&mut self) -> Checked<()> {
        self.execute(&copies::keeping(&self.sweep)).await;
        Ok(())
    }

    async fn restore(&mut self) -> Checked<()> {
        self.execute(&copies::restoring(&self.sweep)).await;
        Ok(())
    }

    async fn jobs(&mut self) -> Checked<Vec<JobView>> {
        Ok(rows!(self, JOBS, job_view))
    }

    /// At the end of a schedule, when the running totals must equal what is counted.
    async fn attempts(&mut self) -> Checked<Vec<AttemptView>> {
        self.check_totals().await?;
        Ok(self.attempts_alone().await)
    }
}

impl StoreQueue {
    pub async fn attempts_alone(&self) -> Vec<AttemptView> {
        rows!(self, ATTEMPTS, attempt_view)
    }

    async fn check_totals(&mut self) -> Checked<()> {
        let jobs = self.jobs().await?;
        let counted = |wanted| jobs.iter().filter(|job| job.state == wanted).count() as u64;
        let status = self.store.status(Some(&self.sweep)).await;
        let status = status.map_err(|error| wrong(&error))?.remove(0);
        for (total, state) in [
            (status.queued, State::Queued),
            (status.running, State::Running),
            (status.done, State::Done),
            (status.completed, State::Done),
            (status.dead, State::Dead),
            (status.cancelled, State::Cancelled),
        ] {
            demand(total == counted(state), || {
                format!(
                    "{total} jobs are {state:?} by the totals, {} by count",
                    counted(state)
                )
            })?;
        }
        Ok(())
    }
}
