//! Errors, preemptions and crashes are counted apart.

use shared::{Finish, PauseReason, Store, SweepState, Value};
use simulation::Checkpoint;

use crate::bench::{
    Bench, LEASE_MS, SWEEP, claim, claim_one, cost, later, query, result, status, submit, sweep,
    text, value, worker,
};

crate::scenarios!(
    a_failed_job_waits_longer_after_every_error,
    a_job_is_dead_after_its_last_error,
    too_many_dead_jobs_pause_the_sweep,
    retry_gives_a_fresh_budget_and_never_an_old_epoch,
    giving_a_job_back_costs_nothing,
    an_attempt_that_ended_may_not_come_back,
    a_job_that_no_attempt_brings_on_is_dead_and_says_why,
    a_step_further_or_a_short_attempt_is_no_stall,
    a_job_that_waited_for_a_slot_has_not_stalled,
);

async fn a_failed_job_waits_longer_after_every_error(bench: Bench) {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_errors: 100,
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    // 10 s doubling to an hour, times 0.5 to 1.5.
    for base in [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600] {
        let (_, job) = claim_one(&store).await;
        assert!(store.fail(&job.ticket, "it broke").await.expect("fails"));
        later(&store, base / 2 - 1);
        assert!(
            claim(&store, worker(), 1).await.is_empty(),
            "after {base} / 2 s"
        );
        later(&store, base + 2);
        let (_, job) = claim_one(&store).await;
        assert!(store.release(&job.ticket, None).await.expect("releases"));
    }
}

async fn a_job_is_dead_after_its_last_error(bench: Bench) {
    let store = bench.with_jobs(1).await;
    for error in 1..=3 {
        let (_, job) = claim_one(&store).await;
        assert!(
            store
                .fail(&job.ticket, &format!("error {error}\0"))
                .await
                .expect("fails")
        );
        assert!(!store.fail(&job.ticket, "again").await.expect("answers"));
        later(&store, 3_600);
    }
    assert_eq!(status(&store).await.dead, 1);
    assert!(claim(&store, worker(), 1).await.is_empty());
    let failures = store.failures(SWEEP, 10).await.expect("lists");
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].state.as_str(), failures[0].errors),
        ("dead", 3)
    );
    assert_eq!(failures[0].error.as_deref(), Some("error 3\u{fffd}"));
}

async fn too_many_dead_jobs_pause_the_sweep(bench: Bench) {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_errors: 1,
        max_dead: Some(2),
        ..sweep()
    };
    submit(&store, &limits, 4).await;
    let claims = claim(&store, worker(), 2).await;
    store.fail(&claims[0].ticket, "one").await.expect("fails");
    assert_eq!(status(&store).await.state, SweepState::Active);
    store.fail(&claims[1].ticket, "two").await.expect("fails");
    assert_eq!(
        status(&store).await.state,
        SweepState::Paused(PauseReason::MaxDead)
    );
    assert!(claim(&store, worker(), 1).await.is_empty());
    assert_eq!(store.retry(SWEEP).await.expect("retries"), 2);
    assert_eq!(status(&store).await.state, SweepState::Active);
    assert_eq!(claim(&store, worker(), 9).await.len(), 4);
}

async fn retry_gives_a_fresh_budget_and_never_an_old_epoch(bench: Bench) {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_errors: 1,
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    let (holder, old) = claim_one(&store).await;
    store.fail(&old.ticket, "broke").await.expect("fails");
    assert_eq!(store.retry(SWEEP).await.expect("retries"), 1);
    assert_eq!(store.retry(SWEEP).await.expect("retries"), 0);
    let held = [old.ticket.clone()];
    assert_eq!(
        store.heartbeat(holder, &held, 1_000).await.expect("beats"),
        []
    );
    let (_, new) = claim_one(&store).await;
    assert!(new.ticket.epoch > old.ticket.epoch);
    assert_eq!(
        value(&store, "SELECT errors FROM jobs").await,
        Value::Integer(0)
    );
}

async fn giving_a_job_back_costs_nothing(bench: Bench) {
    let store = bench.with_jobs(1).await;
    for _ in 0..10 {
        let (_, job) = claim_one(&store).await;
        assert!(store.release(&job.ticket, None).await.expect("releases"));
    }
    let counts = query(
        &store,
        "SELECT state, errors, crashes, preemptions, attempts FROM jobs",
    )
    .await;
    let [zero, ten] = [0, 10].map(Value::Integer);
    assert_eq!(
        counts.rows,
        [[text("queued"), zero.clone(), zero, ten.clone(), ten]]
    );
    let outcomes = query(&store, "SELECT DISTINCT outcome FROM attempts").await;
    assert_eq!(outcomes.rows, [[text("released")]]);
}

async fn an_attempt_that_ended_may_not_come_back(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let holder = worker();
    let claims = claim(&store, holder, 2).await;
    assert!(store.fail(&claims[0].ticket, "broke").await.expect("fails"));
    assert!(
        store
            .release(&claims[1].ticket, None)
            .await
            .expect("releases")
    );
    // Both are queued, as a reaped job is; a stray heartbeat or result must not take them for one.
    for claim in &claims {
        let held = [claim.ticket.clone()];
        assert_eq!(
            store
                .heartbeat(holder, &held, LEASE_MS)
                .await
                .expect("beats"),
            []
        );
        let finish = store.complete(&claim.ticket, &result("d"), &cost()).await;
        assert_eq!(finish.expect("answers"), Finish::Superseded);
    }
    assert_eq!(status(&store).await.queued, 2);
}

/// Bytes that start like a checkpoint made after so many steps.
fn checkpoint(steps: u64) -> Checkpoint {
    let mut bytes = vec![0; 48];
    bytes.extend(steps.to_le_bytes());
    Checkpoint::from_bytes(bytes)
}

/// Claims the job, holds it for so long, and gives it back.
async fn hold(store: &Store, seconds: u64, kept: Option<u64>) {
    let (_, job) = claim_one(store).await;
    later(store, seconds);
    let checkpoint = kept.map(checkpoint);
    let released = store.release(&job.ticket, checkpoint.as_ref()).await;
    assert!(released.expect("releases"));
}

async fn a_job_that_no_attempt_brings_on_is_dead_and_says_why(bench: Bench) {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_dead: Some(1),
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    hold(&store, 60, Some(500)).await;
    // The second brings what was there, the third nothing, the fourth less.
    hold(&store, 60, Some(500)).await;
    hold(&store, 60, None).await;
    assert_eq!(status(&store).await.queued, 1);
    hold(&store, 60, Some(400)).await;
    let counts = status(&store).await;
    assert_eq!(
        (counts.dead, counts.state),
        (1, SweepState::Paused(PauseReason::MaxDead))
    );
    let failures = store.failures(SWEEP, 9).await.expect("lists");
    assert_eq!((failures[0].errors, failures[0].crashes), (0, 0));
    assert_eq!(failures[0].outcome, "stalled");
    let reason = failures[0].error.as_deref().expect("a reason");
    assert!(
        reason.contains("--time-limit") && reason.contains("3 times"),
        "{reason}"
    );
    // A retry gives three more chances.
    store.retry(SWEEP).await.expect("queues again");
    hold(&store, 60, None).await;
    hold(&store, 60, None).await;
    assert_eq!(status(&store).await.queued, 1);
}

async fn a_step_further_or_a_short_attempt_is_no_stall(bench: Bench) {
    let store = bench.with_jobs(1).await;
    for round in 0..8 {
        // Saved on the way counts as much as what comes with the release.
        let (_, job) = claim_one(&store).await;
        let saved = checkpoint(100 + round);
        assert!(
            store
                .save_checkpoint(&job.ticket, &saved)
                .await
                .expect("saves")
        );
        later(&store, 600);
        assert!(store.release(&job.ticket, None).await.expect("releases"));
    }
    for _ in 0..8 {
        hold(&store, 59, None).await;
    }
    let counts = status(&store).await;
    assert_eq!((counts.queued, counts.dead), (1, 0));
    assert_eq!(
        value(&store, "SELECT preemptions FROM jobs").await,
        Value::Integer(16)
    );
}

async fn a_job_that_waited_for_a_slot_has_not_stalled(bench: Bench) {
    let store = bench.with_jobs(1).await;
    for _ in 0..5 {
        let (_, job) = claim_one(&store).await;
        later(&store, 80);
        let returned = store.return_unstarted(&job.ticket).await;
        assert!(returned.expect("answers"));
    }
    let counts = query(&store, "SELECT state, stalls, preemptions FROM jobs").await;
    assert_eq!(
        counts.rows,
        [[text("queued"), Value::Integer(0), Value::Integer(5)]]
    );
}
