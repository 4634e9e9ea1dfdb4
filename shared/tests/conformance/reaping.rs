//! Leases: who fell silent is noticed, who is alive is not robbed.

use shared::{Finish, Renewal, Value};
use simulation::Checkpoint;

use crate::bench::{
    Bench, LEASE_MS, claim, claim_one, cost, later, query, result, status, submit, sweep, text,
    value, worker,
};

crate::scenarios!(
    a_renewed_lease_is_not_reaped,
    a_silent_worker_loses_its_job,
    a_heartbeat_takes_back_a_reaped_job,
    a_heartbeat_reports_a_superseded_attempt_as_lost,
    when_most_leases_expire_at_once_they_get_one_more_length,
    at_most_sixty_four_are_reaped_at_once,
    a_job_that_keeps_killing_its_worker_ends_dead,
    a_worker_taken_for_dead_hands_over_its_last_attempt,
    a_worker_known_to_be_gone_is_reaped_at_once,
    a_person_who_runs_again_loses_no_time_and_no_budget,
    what_a_stopped_run_left_in_its_spool_is_taken,
);

async fn a_renewed_lease_is_not_reaped(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (holder, job) = claim_one(&store).await;
    for _ in 0..5 {
        later(&store, 80);
        let held = [job.ticket.clone()];
        let renewals = store
            .heartbeat(holder, &held, LEASE_MS)
            .await
            .expect("beats");
        let expected = Renewal {
            ticket: job.ticket.clone(),
            cancel_requested: false,
        };
        assert_eq!(renewals, [expected]);
        assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    }
}

async fn a_silent_worker_loses_its_job(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    later(&store, 89);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 0);
    later(&store, 2);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    assert_eq!(
        value(&store, "SELECT outcome FROM attempts").await,
        text("lease_expired")
    );
    assert_eq!(
        value(&store, "SELECT crashes FROM jobs").await,
        Value::Integer(1)
    );
    let (_, next) = claim_one(&store).await;
    assert_eq!(next.ticket.epoch, job.ticket.epoch + 1);
}

async fn a_heartbeat_takes_back_a_reaped_job(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (holder, job) = claim_one(&store).await;
    later(&store, 100);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    let held = [job.ticket.clone()];
    let renewals = store
        .heartbeat(holder, &held, LEASE_MS)
        .await
        .expect("beats");
    assert_eq!(renewals.len(), 1);
    assert_eq!(status(&store).await.running, 1);
    assert_eq!(
        value(&store, "SELECT crashes FROM jobs").await,
        Value::Integer(0)
    );
    let attempt = query(&store, "SELECT outcome, ended_at_ms FROM attempts").await;
    assert_eq!(attempt.rows, [[Value::Null, Value::Null]]);
    assert!(claim(&store, worker(), 1).await.is_empty());
}

async fn a_heartbeat_reports_a_superseded_attempt_as_lost(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let holder = worker();
    let claims = claim(&store, holder, 2).await;
    later(&store, 100);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 2);
    let (_, stolen) = claim_one(&store).await;
    let held: Vec<_> = claims.into_iter().map(|claim| claim.ticket).collect();
    let renewals = store
        .heartbeat(holder, &held, LEASE_MS)
        .await
        .expect("beats");
    assert_eq!(renewals.len(), 1);
    assert_ne!(renewals[0].ticket.job_id, stolen.ticket.job_id);
}

async fn when_most_leases_expire_at_once_they_get_one_more_length(bench: Bench) {
    let store = bench.with_jobs(10).await;
    claim(&store, worker(), 10).await;
    later(&store, 100);
    assert_eq!(
        store.reap(LEASE_MS).await.expect("reaps"),
        0,
        "everybody was cut off"
    );
    later(&store, 90);
    assert_eq!(
        store.reap(LEASE_MS).await.expect("reaps"),
        10,
        "nobody came back"
    );
}

async fn at_most_sixty_four_are_reaped_at_once(bench: Bench) {
    let store = bench.with_jobs(100).await;
    claim(&store, worker(), 100).await;
    later(&store, 200);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 64);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 36);
}

async fn a_job_that_keeps_killing_its_worker_ends_dead(bench: Bench) {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_crashes: 3,
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    let mut last = None;
    for crash in 1..=3 {
        let (holder, job) = claim_one(&store).await;
        last = Some((holder, job.ticket));
        later(&store, 91);
        assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
        assert_eq!(status(&store).await.dead, u64::from(crash == 3));
        later(&store, 3_600);
    }
    let failures = store
        .failures(crate::bench::SWEEP, 10)
        .await
        .expect("lists");
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].crashes, failures[0].outcome.as_str()),
        (3, "lease_expired")
    );
    // Even then: a worker that was alive after all keeps its work.
    let (holder, ticket) = last.expect("claimed");
    assert_eq!(
        store
            .heartbeat(holder, &[ticket], LEASE_MS)
            .await
            .expect("beats")
            .len(),
        1
    );
    assert_eq!(status(&store).await.dead, 0);
}

async fn a_worker_taken_for_dead_hands_over_its_last_attempt(bench: Bench) {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_crashes: 1,
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    let (_, job) = claim_one(&store).await;
    later(&store, 91);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    assert_eq!(status(&store).await.dead, 1);
    let [kept, last] = [1, 2].map(|byte| Checkpoint::from_bytes(vec![byte]));
    assert!(
        store
            .save_checkpoint(&job.ticket, &kept)
            .await
            .expect("saves")
    );
    let released = store.release(&job.ticket, Some(&last)).await;
    assert!(released.expect("releases"));
    let (_, next) = claim_one(&store).await;
    assert_eq!(next.checkpoint, Some(last));
    let crashes = value(&store, "SELECT crashes FROM jobs").await;
    assert_eq!(crashes, Value::Integer(0));
}

async fn a_worker_known_to_be_gone_is_reaped_at_once(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let gone = worker();
    claim(&store, gone, 2).await;
    claim(&store, worker(), 1).await;
    assert_eq!(store.abandon(gone, true).await.expect("takes back"), 2);
    assert_eq!(claim(&store, worker(), 3).await.len(), 2);
    let crashes = value(&store, "SELECT max(crashes) FROM jobs").await;
    assert_eq!(crashes, Value::Integer(1));
}

async fn a_person_who_runs_again_loses_no_time_and_no_budget(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let gone = worker();
    claim(&store, gone, 2).await;
    assert_eq!(store.abandon(gone, false).await.expect("takes back"), 2);
    assert_eq!(claim(&store, worker(), 3).await.len(), 2);
    let crashes = value(&store, "SELECT max(crashes) FROM jobs").await;
    assert_eq!(crashes, Value::Integer(0));
}

async fn what_a_stopped_run_left_in_its_spool_is_taken(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let gone = worker();
    let left = claim(&store, gone, 2).await;
    assert_eq!(store.abandon(gone, false).await.expect("takes back"), 2);
    // Nothing was counted as a crash, so no crash may be uncounted.
    let finish = store.complete(&left[0].ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert!(store.release(&left[1].ticket, None).await.expect("answers"));
    let crashes = value(&store, "SELECT max(crashes) + min(crashes) FROM jobs").await;
    assert_eq!(crashes, Value::Integer(0));
}
