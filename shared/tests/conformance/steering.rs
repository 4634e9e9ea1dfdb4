//! Pause, resume, cancel.

use shared::{Finish, NewSweep, PauseReason, StoreError, SweepState};

use crate::bench::{
    Bench, LEASE_MS, SWEEP, claim, claim_one, cost, later, result, status, submit, sweep, worker,
};

crate::scenarios!(
    a_paused_sweep_hands_out_nothing,
    cancelling_ends_queued_jobs_and_asks_for_running_ones,
    a_cancelled_job_whose_worker_is_gone_ends_cancelled,
    a_result_in_time_beats_the_cancellation,
    a_cancelled_job_can_be_retried,
    cancelling_keeps_what_is_dead_from_coming_back,
    an_unknown_sweep_is_answered_with_the_nearest,
    two_who_read_before_they_write_wait_for_each_other,
);

/// A transaction of SQLite's that began as a reader fails at its first write, whatever the busy timeout, if
/// somebody has written since.
async fn two_who_read_before_they_write_wait_for_each_other(bench: Bench) {
    let (one, other) = (bench.with_jobs(1).await, bench.store().await);
    let toggle = |store: shared::Store| async move {
        for _ in 0..40 {
            store.pause(SWEEP).await.expect("pauses");
            store.resume(SWEEP).await.expect("resumes");
        }
    };
    tokio::join!(toggle(one), toggle(other));
}

async fn a_paused_sweep_hands_out_nothing(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let (holder, job) = claim_one(&store).await;
    assert_eq!(store.pause(SWEEP).await.expect("pauses"), 1);
    assert_eq!(store.pause(SWEEP).await.expect("is paused"), 0);
    assert_eq!(
        status(&store).await.state,
        SweepState::Paused(PauseReason::User)
    );
    assert!(claim(&store, worker(), 2).await.is_empty());
    // What runs goes on.
    let held = [job.ticket.clone()];
    let renewals = store
        .heartbeat(holder, &held, LEASE_MS)
        .await
        .expect("beats");
    assert!(!renewals[0].cancel_requested);
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert_eq!(store.resume(SWEEP).await.expect("resumes"), 1);
    assert_eq!(store.resume(SWEEP).await.expect("is active"), 0);
    assert_eq!(claim(&store, worker(), 2).await.len(), 1);
}

async fn cancelling_ends_queued_jobs_and_asks_for_running_ones(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let (holder, job) = claim_one(&store).await;
    assert_eq!(store.cancel(SWEEP).await.expect("cancels"), 3);
    assert_eq!(store.cancel(SWEEP).await.expect("cancels"), 0);
    let counts = status(&store).await;
    assert_eq!((counts.cancelled, counts.running), (2, 1));
    let held = [job.ticket.clone()];
    let renewals = store
        .heartbeat(holder, &held, LEASE_MS)
        .await
        .expect("beats");
    assert!(renewals[0].cancel_requested);
    assert!(store.release(&job.ticket, None).await.expect("releases"));
    assert_eq!(status(&store).await.cancelled, 3);
}

async fn a_cancelled_job_whose_worker_is_gone_ends_cancelled(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (holder, job) = claim_one(&store).await;
    store.cancel(SWEEP).await.expect("cancels");
    later(&store, 100);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    assert_eq!(status(&store).await.cancelled, 1);
    let held = [job.ticket.clone()];
    assert_eq!(
        store
            .heartbeat(holder, &held, LEASE_MS)
            .await
            .expect("beats"),
        []
    );
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("answers"), Finish::Superseded);
    let outcome = crate::bench::value(&store, "SELECT outcome FROM attempts").await;
    assert_eq!(outcome, crate::bench::text("superseded"));
}

async fn a_result_in_time_beats_the_cancellation(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    store.cancel(SWEEP).await.expect("cancels");
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert_eq!(status(&store).await.done, 1);
}

async fn a_cancelled_job_can_be_retried(bench: Bench) {
    let store = bench.with_jobs(2).await;
    store.cancel(SWEEP).await.expect("cancels");
    assert_eq!(store.retry(SWEEP).await.expect("retries"), 2);
    let claims = claim(&store, worker(), 2).await;
    assert_eq!(claims.len(), 2);
    let held: Vec<_> = claims.into_iter().map(|claim| claim.ticket).collect();
    let renewals = store
        .heartbeat(worker(), &held, LEASE_MS)
        .await
        .expect("beats");
    assert!(renewals.iter().all(|renewal| !renewal.cancel_requested));
}

async fn cancelling_keeps_what_is_dead_from_coming_back(bench: Bench) {
    let store = bench.store().await;
    let limits = NewSweep {
        max_crashes: 1,
        ..sweep()
    };
    submit(&store, &limits, 2).await;
    let (holder, job) = claim_one(&store).await;
    later(&store, 100);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    assert_eq!(status(&store).await.dead, 1);
    assert_eq!(store.cancel(SWEEP).await.expect("cancels"), 1);
    assert_eq!(store.cancel(SWEEP).await.expect("cancels"), 0);
    // Its worker was alive after all.
    let held = [job.ticket.clone()];
    let renewals = store.heartbeat(holder, &held, LEASE_MS).await;
    assert_eq!(renewals.expect("beats"), []);
    assert!(!store.release(&job.ticket, None).await.expect("answers"));
    let counts = status(&store).await;
    assert_eq!((counts.dead, counts.cancelled), (1, 1));
}

async fn an_unknown_sweep_is_answered_with_the_nearest(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let error = store.pause("sweeep").await.expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "there is no sweep `sweeep`: did you mean `sweep`?"
    );
    let error = store.status(Some("xyz")).await.expect_err("unknown");
    assert_eq!(error.to_string(), "there is no sweep `xyz`");
    let error = store
        .cancel("'; drop table jobs; --")
        .await
        .expect_err("no name");
    assert!(
        matches!(error, StoreError::InvalidSweepName { .. }),
        "{error}"
    );
    assert!(error.is_users());
}
