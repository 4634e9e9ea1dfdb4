//! Jobs claimed and completed a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use shared::{Finish, Finished, NewJob, NewSweep, Store};
use simulation::RunResult;
use uuid::Uuid;

use super::rig::{Options, Rig, cost, job, open, result, up_to};

/// How many at a time, and how many jobs wait at the start: more than any machine here uses up.
const AT_ONCE: [(u32, u64); 3] = [(1, 30_000), (16, 150_000), (64, 400_000)];
const WORKERS: [usize; 4] = [1, 4, 16, 64];

pub async fn measure(rig: &Rig, options: &Options) {
    for (at_once, waiting) in AT_ONCE {
        if options.at_once.is_some_and(|only| only != at_once) {
            continue;
        }
        let bare = super::bare::rate(rig, at_once, options.seconds).await;
        let what = format!("two bare statements, {at_once} at a time, one worker");
        rig.line(&what, bare, "rows/s");
        for workers in WORKERS {
            if options.workers.is_some_and(|only| only != workers) {
                continue;
            }
            let mut rates = Vec::new();
            let url = rig.fresh(&format!("queue-{at_once}-{workers}.db")).await;
            let store = open(&url).await;
            fill(&store, waiting).await;
            for _ in 0..options.rounds.min(3) {
                rates.push(rate(&url, at_once, workers, options.seconds).await);
            }
            store.close().await;
            rates.sort_by(f64::total_cmp);
            let what = format!("claimed and completed, {at_once} at a time, workers: {workers}");
            rig.line(&what, rates[rates.len() / 2], "jobs/s");
        }
    }
}

async fn fill(store: &Store, waiting: u64) {
    let jobs: Vec<NewJob> = (0..waiting).map(job).collect();
    let sweep = NewSweep::new("queue", "", 1);
    store.submit(&sweep, &jobs, &[]).await.expect("submits");
}

/// Jobs a second of some workers, each with a store of its own.
async fn rate(url: &str, at_once: u32, workers: usize, seconds: f64) -> f64 {
    let (done, over) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let mut stores = Vec::new();
    for _ in 0..workers {
        stores.push(open(url).await);
    }
    let started = Instant::now();
    let tasks: Vec<_> = stores
        .into_iter()
        .map(|store| {
            let (done, over) = (Arc::clone(&done), Arc::clone(&over));
            tokio::spawn(async move { work(&store, at_once, &done, &over).await })
        })
        .collect();
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(seconds));
    ticks.tick().await;
    ticks.tick().await;
    let (count, elapsed) = (done.load(Ordering::Relaxed), started.elapsed());
    over.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("no panic");
    }
    count as f64 / elapsed.as_secs_f64()
}

async fn work(store: &Store, at_once: u32, done: &AtomicU64, over: &AtomicBool) {
    let (worker, cost) = (Uuid::now_v7(), cost());
    while !over.load(Ordering::Relaxed) {
        let claims = store.claim(worker, &up_to(at_once)).await.expect("claims");
        assert!(
            !claims.is_empty(),
            "the queue ran dry: shorten the measurement"
        );
        let results: Vec<RunResult> = claims
            .iter()
            .map(|claim| result(claim.parameters.seed))
            .collect();
        let finished: Vec<Finished<'_>> = claims
            .iter()
            .zip(&results)
            .map(|(claim, result)| (&claim.ticket, result, &cost))
            .collect();
        let finishes = store.complete_all(&finished).await.expect("completes");
        assert!(finishes.iter().all(|finish| *finish == Finish::Recorded));
        done.fetch_add(finishes.len() as u64, Ordering::Relaxed);
    }
}
