//! Deadlines: who hangs is noticed, who could not be heard is not blamed for it.

use shared::{Claim, Finish, NewSweep, Store, Value};
use simulation::Checkpoint;
use uuid::Uuid;

use crate::bench::{
    Bench, LEASE_MS, claim, claim_one, cost, later, query, result, status, submit, sweep, text,
    value,
};

crate::scenarios!(
    a_hung_attempt_is_ended_by_its_deadline,
    a_result_past_its_deadline_is_taken_while_nobody_has_claimed_the_job,
    a_result_past_its_deadline_is_refused_once_somebody_has,
    a_worker_that_slept_past_the_deadline_keeps_its_job,
    a_worker_that_was_reaped_past_the_deadline_takes_its_job_back,
    workers_cut_off_all_at_once_are_not_judged_by_their_deadlines,
);

/// A job that may take 1,000 s, claimed; it is taken for hung two leases later.
async fn limited(bench: &Bench) -> (Store, Uuid, Claim) {
    let store = bench.store().await;
    let limits = NewSweep {
        max_job_ms: Some(1_000_000),
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    let (holder, job) = claim_one(&store).await;
    assert_eq!(job.max_job_ms, Some(1_000_000));
    (store, holder, job)
}

/// Beats every 80 s; returns whether the last beat still renewed.
async fn beat(store: &Store, holder: Uuid, job: &Claim, beats: u32) -> bool {
    let held = [job.ticket.clone()];
    let mut renewed = true;
    for _ in 0..beats {
        later(store, 80);
        let renewals = store.heartbeat(holder, &held, LEASE_MS).await;
        renewed = renewals.expect("beats").len() == 1;
    }
    renewed
}

async fn a_hung_attempt_is_ended_by_its_deadline(bench: Bench) {
    let (store, holder, job) = limited(&bench).await;
    for _ in 0..14 {
        assert!(beat(&store, holder, &job, 1).await);
        assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    }
    assert!(beat(&store, holder, &job, 1).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    assert!(
        !beat(&store, holder, &job, 1).await,
        "the hung attempt may not come back"
    );
    let checkpoint = Checkpoint::from_bytes(vec![1]);
    let saved = store.save_checkpoint(&job.ticket, &checkpoint).await;
    assert!(!saved.expect("answers"), "nor hand anything over");
    assert!(!store.release(&job.ticket, None).await.expect("answers"));
    assert_eq!(
        value(&store, "SELECT outcome FROM attempts").await,
        text("timeout")
    );
    let counts = query(&store, "SELECT errors, crashes, preemptions FROM jobs").await;
    assert_eq!(counts.rows, [[1, 0, 0].map(Value::Integer)]);
}

async fn a_result_past_its_deadline_is_taken_while_nobody_has_claimed_the_job(bench: Bench) {
    let (store, holder, job) = limited(&bench).await;
    assert!(beat(&store, holder, &job, 15).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert_eq!(status(&store).await.done, 1);
    let counts = query(&store, "SELECT errors, crashes FROM jobs").await;
    assert_eq!(counts.rows, [[0, 0].map(Value::Integer)]);
    assert_eq!(
        value(&store, "SELECT outcome FROM attempts").await,
        text("done")
    );
}

async fn a_result_past_its_deadline_is_refused_once_somebody_has(bench: Bench) {
    let (store, holder, job) = limited(&bench).await;
    assert!(beat(&store, holder, &job, 15).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    later(&store, 20);
    let (_, next) = claim_one(&store).await;
    assert_eq!(next.ticket.epoch, job.ticket.epoch + 1);
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("answers"), Finish::Superseded);
}

async fn a_worker_that_slept_past_the_deadline_keeps_its_job(bench: Bench) {
    let (store, holder, job) = limited(&bench).await;
    later(&store, 8 * 3_600);
    assert!(beat(&store, holder, &job, 1).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    // From now on it can be heard, and is given the whole time.
    assert!(beat(&store, holder, &job, 14).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    assert!(beat(&store, holder, &job, 1).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
}

async fn a_worker_that_was_reaped_past_the_deadline_takes_its_job_back(bench: Bench) {
    let (store, holder, job) = limited(&bench).await;
    later(&store, 8 * 3_600);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    let outcome = value(&store, "SELECT outcome FROM attempts").await;
    assert_eq!(outcome, text("lease_expired"), "its lease was judged first");
    assert!(beat(&store, holder, &job, 14).await);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    let counts = query(&store, "SELECT errors, crashes FROM jobs").await;
    assert_eq!(counts.rows, [[0, 0].map(Value::Integer)]);
}

async fn workers_cut_off_all_at_once_are_not_judged_by_their_deadlines(bench: Bench) {
    let store = bench.store().await;
    let limits = NewSweep {
        max_job_ms: Some(1_000),
        ..sweep()
    };
    submit(&store, &limits, 10).await;
    let holder = Uuid::now_v7();
    let held: Vec<_> = claim(&store, holder, 10)
        .await
        .into_iter()
        .map(|claim| claim.ticket)
        .collect();
    for _ in 0..2 {
        later(&store, 80);
        let renewals = store.heartbeat(holder, &held, LEASE_MS).await;
        assert_eq!(renewals.expect("beats").len(), 10);
    }
    // The deadlines are over, and the leases too, for less than the length that they get more.
    later(&store, 100);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    let renewals = store.heartbeat(holder, &held, LEASE_MS).await;
    assert_eq!(renewals.expect("beats").len(), 10);
}
