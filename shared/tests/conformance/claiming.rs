//! Claims: no job to two workers, and in the right order.

use std::collections::HashSet;

use shared::ClaimRequest;
use simulation::Checkpoint;

use crate::bench::{
    Bench, LEASE_MS, SWEEP, claim, claim_one, job, later, query, status, submit, sweep, up_to,
    value, worker, worker_info,
};

crate::scenarios!(
    claims_of_many_workers_never_overlap,
    a_claim_carries_what_was_submitted,
    longer_jobs_are_claimed_first_if_they_fit,
    a_claim_within_one_sweep_leaves_the_others,
    a_checkpoint_is_handed_on,
    workers_are_listed_while_they_are_heard_of,
    what_a_worker_holds_is_known_to_the_database,
    claims_from_a_long_queue_leave_nothing_behind,
);

async fn claims_of_many_workers_never_overlap(bench: Bench) {
    bench.with_jobs(200).await;
    let mut workers = Vec::new();
    for _ in 0..8 {
        let store = bench.store().await;
        workers.push(tokio::spawn(async move {
            let mut held = Vec::new();
            loop {
                let claims = claim(&store, worker(), 3).await;
                if claims.is_empty() {
                    return held;
                }
                held.extend(claims.into_iter().map(|claim| claim.ticket.job_id));
            }
        }));
    }
    let mut held = Vec::new();
    for worker in workers {
        held.extend(worker.await.expect("no panic"));
    }
    let distinct: HashSet<_> = held.iter().collect();
    assert_eq!((held.len(), distinct.len()), (200, 200));
}

async fn a_claim_carries_what_was_submitted(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (worker, claimed) = claim_one(&store).await;
    assert_eq!(claimed.parameters, job(0).parameters);
    assert_eq!((claimed.sweep.as_str(), claimed.ticket.epoch), (SWEEP, 1));
    assert_eq!((claimed.replicate, claimed.estimated_seconds), (0, 1.0));
    assert_eq!(claimed.checkpoint, None);
    let attempt = query(&store, "SELECT worker_id, epoch, outcome FROM attempts").await;
    assert_eq!(attempt.rows.len(), 1);
    assert_eq!(attempt.rows[0][0], crate::bench::text(&worker.to_string()));
}

async fn longer_jobs_are_claimed_first_if_they_fit(bench: Bench) {
    let store = bench.store().await;
    let jobs: Vec<_> = [5.0, 50.0, 0.5, 500.0]
        .into_iter()
        .enumerate()
        .map(|(seed, estimated_seconds)| shared::NewJob {
            estimated_seconds,
            ..job(seed as u64)
        })
        .collect();
    store.submit(&sweep(), &jobs, &[]).await.expect("submits");
    let request = ClaimRequest {
        remaining_seconds: Some(60.0),
        ..up_to(10)
    };
    let claims = store.claim(worker(), &request).await.expect("claims");
    let seconds: Vec<f64> = claims.iter().map(|claim| claim.estimated_seconds).collect();
    assert_eq!(seconds, [50.0, 5.0, 0.5]);
    assert_eq!(
        claim(&store, worker(), 10).await[0].estimated_seconds,
        500.0
    );
}

async fn a_claim_within_one_sweep_leaves_the_others(bench: Bench) {
    let store = bench.with_jobs(2).await;
    submit(&store, &shared::NewSweep::new("other", "", 1), 3).await;
    let request = ClaimRequest {
        sweep: Some("other".to_owned()),
        ..up_to(10)
    };
    let claims = store.claim(worker(), &request).await.expect("claims");
    assert_eq!(claims.len(), 3);
    assert!(claims.iter().all(|claim| claim.sweep == "other"));
    assert_eq!(status(&store).await.queued, 2);
}

async fn a_checkpoint_is_handed_on(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, first) = claim_one(&store).await;
    let halfway = Checkpoint::from_bytes(vec![0, 255, 7]);
    assert!(
        store
            .save_checkpoint(&first.ticket, &halfway)
            .await
            .expect("saves")
    );
    let later_on = Checkpoint::from_bytes(vec![8; 100_000]);
    assert!(
        store
            .release(&first.ticket, Some(&later_on))
            .await
            .expect("releases")
    );
    let (_, second) = claim_one(&store).await;
    assert_eq!(second.checkpoint, Some(later_on));
    assert!(
        !store
            .save_checkpoint(&first.ticket, &halfway)
            .await
            .expect("refuses")
    );
    store
        .complete(
            &second.ticket,
            &crate::bench::result("d"),
            &crate::bench::cost(),
        )
        .await
        .expect("completes");
    let left = value(&store, "SELECT count(*) FROM checkpoints").await;
    assert_eq!(left, shared::Value::Integer(0));
}

async fn workers_are_listed_while_they_are_heard_of(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let id = worker();
    store
        .register_worker(&worker_info(id))
        .await
        .expect("registers");
    store
        .register_worker(&worker_info(id))
        .await
        .expect("may be repeated");
    let claims = claim(&store, id, 2).await;
    let workers = store.live_workers().await.expect("lists");
    assert_eq!((workers.len(), workers[0].jobs), (1, 2));
    assert_eq!(workers[0].info, worker_info(id));
    assert_eq!(
        store.local_holders("host").await.expect("lists"),
        [(id, "boot 42".to_owned())]
    );
    assert_eq!(store.local_holders("elsewhere").await.expect("lists"), []);
    assert_eq!(status(&store).await.live_workers, 1);
    later(&store, 600);
    assert_eq!(status(&store).await.live_workers, 0);
    assert_eq!(store.live_workers().await.expect("lists"), []);
    let tickets: Vec<_> = claims.into_iter().map(|claim| claim.ticket).collect();
    store
        .heartbeat(id, &tickets, LEASE_MS)
        .await
        .expect("beats");
    assert_eq!(store.live_workers().await.expect("lists").len(), 1);
}

async fn what_a_worker_holds_is_known_to_the_database(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let holder = worker();
    let claims = claim(&store, holder, 2).await;
    claim(&store, worker(), 1).await;
    let mut expected: Vec<_> = claims.into_iter().map(|claim| claim.ticket).collect();
    expected.sort_by(|a, b| a.job_id.cmp(&b.job_id));
    assert_eq!(store.held_by(holder).await.expect("looks up"), expected);
    store.release(&expected[0], None).await.expect("releases");
    assert_eq!(
        store.held_by(holder).await.expect("looks up"),
        expected[1..]
    );
}

async fn claims_from_a_long_queue_leave_nothing_behind(bench: Bench) {
    let jobs = 700;
    let store = bench.with_jobs(jobs).await;
    let worker = worker();
    let mut claimed = Vec::new();
    for _ in 0..5 {
        claimed.extend(claim(&store, worker, 64).await);
    }
    // At the top of the queue again, where this store need not look at once.
    let first = claimed.remove(0).ticket;
    assert!(store.release(&first, None).await.expect("releases"));
    loop {
        // Tens, of which what is left has a whole number: nothing tells that the end has come but a claim of nothing.
        let claims = claim(&store, worker, 10).await;
        if claims.is_empty() {
            break;
        }
        claimed.extend(claims);
    }
    let mut ids: Vec<String> = claimed
        .into_iter()
        .map(|claim| claim.ticket.job_id.0)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len() as u64, jobs, "every job is claimed");
    assert_eq!(status(&store).await.running, jobs);
    assert!(ids.contains(&first.job_id.0));
}
