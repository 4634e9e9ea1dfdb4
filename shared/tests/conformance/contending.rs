//! What only PostgreSQL can do: two transactions on one job at once, each step in the order that hurts. SQLite has
//! one writer at a time.

use shared::{Finish, Store, Value};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::task::JoinHandle;

use crate::bench::{
    Bench, LEASE_MS, SWEEP, claim, claim_one, cost, later, result, status, value, worker,
};

/// A connection that holds rows' locks until told to let go.
struct Blocker(PgConnection);

impl Blocker {
    async fn of(bench: &Bench, rows: &str) -> Self {
        let mut connection = PgConnection::connect(&bench.url).await.expect("connects");
        let lock = format!("BEGIN; SELECT 1 FROM {rows} FOR UPDATE");
        sqlx::raw_sql(AssertSqlSafe(lock))
            .execute(&mut connection)
            .await
            .expect("locks");
        Self(connection)
    }

    /// Waits until so many others wait for somebody's lock, or until `done`.
    async fn await_waiting<T>(&mut self, wanted: i64, done: Option<&JoinHandle<T>>) {
        let waiting = "SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'";
        loop {
            // The activity is read once per transaction, unless told to look again.
            let cleared = sqlx::raw_sql("SELECT pg_stat_clear_snapshot()");
            cleared.execute(&mut self.0).await.expect("answers");
            let found: i64 = sqlx::query_scalar(waiting)
                .fetch_one(&mut self.0)
                .await
                .expect("counts");
            if found >= wanted || done.is_some_and(JoinHandle::is_finished) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn let_go(mut self) {
        sqlx::raw_sql("ROLLBACK")
            .execute(&mut self.0)
            .await
            .expect("lets go");
    }
}

/// Reaps the only job, and stops the reaper between the job's row and the attempt's; lets `late` begin, and wait
/// for the job's row; then both go on.
async fn while_reaping<T: Send + 'static>(
    bench: &Bench,
    store: &Store,
    late: impl Future<Output = T> + Send + 'static,
) -> T {
    later(store, 100);
    let mut blocker = Blocker::of(bench, "attempts").await;
    let reaper = store.clone();
    let reaped = tokio::spawn(async move { reaper.reap(LEASE_MS).await });
    blocker.await_waiting::<()>(1, None).await;
    let late = tokio::spawn(late);
    blocker.await_waiting::<()>(2, None).await;
    blocker.let_go().await;
    assert_eq!(reaped.await.expect("no panic").expect("reaps"), 1);
    late.await.expect("no panic")
}

async fn crashes(store: &Store) -> Value {
    value(store, "SELECT crashes FROM jobs").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_heartbeat_that_waits_for_the_reaper_uncounts_its_crash() {
    let bench = Bench::postgres().await;
    let store = bench.with_jobs(1).await;
    let (holder, job) = claim_one(&store).await;
    let (own, held) = (store.clone(), [job.ticket]);
    let beat = async move { own.heartbeat(holder, &held, LEASE_MS).await };
    let renewals = while_reaping(&bench, &store, beat).await.expect("beats");
    assert_eq!(renewals.len(), 1);
    assert_eq!(crashes(&store).await, Value::Integer(0));
    assert_eq!(status(&store).await.running, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_result_that_waits_for_the_reaper_uncounts_its_crash() {
    let bench = Bench::postgres().await;
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    let own = store.clone();
    let record = async move { own.complete(&job.ticket, &result("d"), &cost()).await };
    let finish = while_reaping(&bench, &store, record).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert_eq!(crashes(&store).await, Value::Integer(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_job_given_back_while_it_is_reaped_costs_no_crash() {
    let bench = Bench::postgres().await;
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    let own = store.clone();
    let release = async move { own.release(&job.ticket, None).await };
    let released = while_reaping(&bench, &store, release).await;
    assert!(released.expect("releases"));
    assert_eq!(crashes(&store).await, Value::Integer(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_job_given_back_while_its_sweep_is_cancelled_is_cancelled_too() {
    let bench = Bench::postgres().await;
    let store = bench.with_jobs(3).await;
    // The last id goes first, and lies last in the table: the cancellation waits before it comes to it.
    let running = claim(&store, worker(), 1).await.remove(0);
    let first = "jobs WHERE id = (SELECT min(id) FROM jobs)";
    let mut blocker = Blocker::of(&bench, first).await;
    let own = store.clone();
    let cancelled = tokio::spawn(async move { own.cancel(SWEEP).await });
    blocker.await_waiting::<()>(1, None).await;
    let own = store.clone();
    let released = tokio::spawn(async move { own.release(&running.ticket, None).await });
    blocker.await_waiting(2, Some(&released)).await;
    blocker.let_go().await;
    assert_eq!(cancelled.await.expect("no panic").expect("cancels"), 3);
    assert!(released.await.expect("no panic").expect("releases"));
    assert_eq!(status(&store).await.cancelled, 3);
}
