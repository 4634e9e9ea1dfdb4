use std::path::Path;

use shared::{ClaimRequest, NewJob, NewSweep, Purpose};
use simulation::Parameters;

use super::claiming::unknown_claims;
use super::*;
use crate::options::Lease;

/// With an estimate that decides when it is claimed, and a length that need not be like it.
fn job(seed: u64, estimated_seconds: f64, steps: u64) -> NewJob {
    let parameters = Parameters {
        seed,
        steps,
        ..Parameters::default()
    };
    NewJob {
        parameters: parameters.check().expect("valid"),
        replicate: 0,
        estimated_seconds,
    }
}

async fn database(folder: &Path, jobs: &[NewJob]) -> (String, Store) {
    let url = format!("sqlite://{}", folder.join("queue.db").display());
    let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
    let sweep = NewSweep::new("sweep", "", 1);
    store.submit(&sweep, jobs, &[]).await.expect("submits");
    (url, store)
}

fn up_to(limit: u32) -> ClaimRequest {
    ClaimRequest {
        sweep: None,
        limit,
        lease_ms: 90_000,
        remaining_seconds: None,
    }
}

fn options(database: String, folder: &Path) -> WorkerOptions {
    WorkerOptions {
        database,
        slots: 1,
        sweep: None,
        drain: true,
        watched: false,
        idle_exit: None,
        time_limit: None,
        lease: Lease::default(),
        checkpoint_every: Duration::from_hours(1),
        spool: folder.join("spool"),
    }
}

/// The first shows how fast jobs go, the second takes the slot for longer than it should, and the third, which is
/// as short as expected, waits behind it.
fn one_in_the_way() -> [NewJob; 3] {
    [
        job(1, 0.003, 1_000),
        job(2, 0.002, 1_000_000_000),
        job(3, 0.001, 1_000),
    ]
}

/// Lets a worker take these up, until so many are held and so many are queued.
async fn until(store: &Store, running: u64, queued: u64) {
    let started = Instant::now();
    loop {
        let status = store.status(None).await.expect("counts").remove(0);
        if (status.running, status.queued) == (running, queued) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{status:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_slot_is_given_back_without_having_begun() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let (url, store) = database(folder.path(), &one_in_the_way()).await;
    let (stop, stopped) = watch::channel(false);
    let options = options(url, folder.path());
    let own = store.clone();
    let worker = tokio::spawn(async move { work(&own, &options, stopped, Arc::default()).await });
    until(&store, 2, 0).await;
    stop.send_replace(true);
    let report = worker.await.expect("no panic").expect("works");
    assert_eq!(report.ending, Ending::Stopped);
    assert_eq!((report.recorded, report.released), (1, 2));
    // Only what had begun hands a checkpoint over.
    let left = store.claim(Uuid::now_v7(), &up_to(9)).await;
    let left: Vec<_> = left
        .expect("claims")
        .into_iter()
        .map(|claim| claim.checkpoint.is_some())
        .collect();
    assert_eq!(left, [true, false], "the longer first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_whole_lease_is_given_back_to_others() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let (url, store) = database(folder.path(), &one_in_the_way()).await;
    let (stop, stopped) = watch::channel(false);
    let lease = Lease {
        lease_ms: 1_000,
        heartbeat_ms: 200,
    };
    let options = WorkerOptions {
        lease,
        ..options(url, folder.path())
    };
    let own = store.clone();
    let worker = tokio::spawn(async move { work(&own, &options, stopped, Arc::default()).await });
    until(&store, 2, 0).await;
    until(&store, 1, 1).await;
    let other = store.claim(Uuid::now_v7(), &up_to(9)).await;
    assert_eq!(other.expect("claims").len(), 1, "somebody else begins it");
    stop.send_replace(true);
    worker.await.expect("no panic").expect("works");
}

#[tokio::test]
async fn a_claim_that_was_never_answered_is_found() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let (_, store) = database(folder.path(), &[job(1, 1.0, 1_000), job(2, 1.0, 1_000)]).await;
    let worker = Uuid::now_v7();
    let claims = store.claim(worker, &up_to(2)).await.expect("claims");
    let held = Held::default();
    held.insert(claims[0].ticket.clone(), 1.0);
    let unknown = unknown_claims(&store, worker, &held).await;
    assert_eq!(unknown.expect("looks up"), [claims[1].ticket.clone()]);
    let others = unknown_claims(&store, Uuid::now_v7(), &held).await;
    assert_eq!(others.expect("looks up"), []);
}

#[tokio::test]
async fn an_order_to_stop_reaches_simulations_whatever_the_loop_waits_for() {
    let held = Held::default();
    let ticket = shared::Ticket {
        job_id: shared::JobId("0".repeat(32)),
        epoch: 1,
        worker: Uuid::nil(),
    };
    let control = held.insert(ticket, 1.0);
    let (stop, stopped) = watch::channel(false);
    let heeded = tokio::spawn(heed(stopped, held));
    stop.send_replace(true);
    heeded.await.expect("no panic");
    assert_eq!(control.order(), crate::control::Order::Release);
}
