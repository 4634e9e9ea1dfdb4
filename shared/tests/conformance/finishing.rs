//! Results: one per job, from its newest attempt.

use shared::{Finish, JobId, Store, StoreError, Ticket, Value};
use simulation::Measurement;

use crate::bench::{
    Bench, LEASE_MS, claim, claim_one, cost, later, query, result, status, text, value, worker,
};

crate::scenarios!(
    a_result_is_recorded_whole,
    a_trajectory_longer_than_a_statement_is_recorded_whole,
    completing_twice_records_once,
    a_late_finisher_nobody_superseded_is_adopted,
    a_superseded_finisher_leaves_only_its_digest,
    stale_tickets_change_nothing,
    an_attempt_that_a_restored_database_forgot_records_nothing,
    a_job_of_another_database_is_named,
);

async fn a_trajectory_longer_than_a_statement_is_recorded_whole(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    let mut long = result("d1");
    let (steps, point) = (20_500, long.trajectory[0]);
    long.trajectory = (0..steps)
        .map(|step| Measurement { step, ..point })
        .collect();
    let finish = store.complete(&job.ticket, &long, &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    let recorded = query(
        &store,
        "SELECT count(*), CAST(sum(step) AS BIGINT), count(*) FILTER (WHERE loss = 0.0) FROM trajectory",
    )
    .await;
    let steps = steps.cast_signed();
    assert_eq!(
        recorded.rows,
        [[steps, steps * (steps - 1) / 2, steps].map(Value::Integer)]
    );
    assert_eq!(status(&store).await.done, 1);
}

async fn a_result_is_recorded_whole(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    let finish = store.complete(&job.ticket, &result("d1"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    let run = query(
        &store,
        "SELECT state, outcome, loss_final, normalized_active_fraction, log10_tau, converged_step, \
         directed_drift_end_step, spatial_information_ratio, \
         wall_seconds, steps_per_second, digest, timescale_fit, steps_done, engine FROM runs",
    )
    .await;
    assert_eq!(
        run.rows,
        [[
            text("done"),
            text("completed"),
            Value::Real(-3.5),
            Value::Real(0.1 + 0.2),
            Value::Real(-4.25),
            Value::Integer(300),
            Value::Integer(700),
            Value::Real(1.25),
            Value::Real(0.5),
            Value::Real(2_000.0),
            text("d1"),
            text("ok"),
            Value::Integer(1_000),
            text("test"),
        ]]
    );
    let points = query(
        &store,
        "SELECT step, loss, active_fraction, fraction_active_units FROM trajectory ORDER BY step",
    )
    .await;
    let third = Value::Real(1.0 / 3.0);
    let half = Value::Real(0.5);
    assert_eq!(
        points.rows,
        [
            [
                Value::Integer(0),
                Value::Real(0.0),
                half.clone(),
                third.clone()
            ],
            // A loss that is not a number is absent.
            [Value::Integer(999), Value::Null, half, third],
        ]
    );
    let activity = value(&store, "SELECT active_samples FROM unit_activity").await;
    assert_eq!(activity, text("[0,3,10]"));
    let spectra = query(
        &store,
        "SELECT step, trace, exact, largest, positive, negative, nonzero_fraction, nonzero_tol, log_sum \
         FROM spectra ORDER BY step",
    )
    .await;
    let (whole, real) = (Value::Integer, Value::Real);
    let mut first = vec![
        whole(0),
        real(40.5),
        whole(1),
        real(20.25),
        whole(3),
        whole(1),
    ];
    first.extend([real(0.45), real(0.1), real(-7.5)]);
    let mut last = vec![whole(999), real(30.0)];
    last.resize(first.len(), Value::Null);
    assert_eq!(spectra.rows, [first, last]);
    let eigenvalues = query(&store, "SELECT step, eigenvalues FROM eigenvalues").await;
    let list = text("[20.25,0.30000000000000004,1e-9,-0.5]");
    assert_eq!(eigenvalues.rows, [[whole(0), list]]);
    let positions = query(&store, "SELECT step, x, y FROM positions").await;
    assert_eq!(positions.rows, [[whole(7), real(2.0), real(-0.1)]]);
    the_place_code_is_there(&store).await;
    let attempt = query(&store, "SELECT outcome, digest, host FROM attempts").await;
    assert_eq!(attempt.rows, [[text("done"), text("d1"), text("host")]]);
    assert_eq!(status(&store).await.steps_done, 1_000);
}

async fn the_place_code_is_there(store: &Store) {
    let (whole, real) = (Value::Integer, Value::Real);
    let bins = "SELECT bin, position, occupancy FROM place_bins ORDER BY bin";
    let expected = [
        [whole(0), real(-5.5), real(0.25)],
        [whole(1), Value::Null, real(0.75)],
    ];
    assert_eq!(query(store, bins).await.rows, expected);
    let snapshots =
        "SELECT step, mean_spatial_information, place_cells FROM place_code ORDER BY step";
    let expected = [
        [whole(0), real(1.5), whole(2)],
        [whole(500), real(1.75), whole(1)],
        [whole(999), Value::Null, whole(0)],
    ];
    assert_eq!(query(store, snapshots).await.rows, expected);
    let pairs = "SELECT step, other_step, rate_map_correlation, population_vector_correlation \
         FROM place_correlations ORDER BY step, other_step";
    let expected = [
        [whole(0), whole(500), real(0.5), real(0.75)],
        [whole(0), whole(999), Value::Null, real(0.125)],
        [whole(500), whole(999), real(1.0), real(0.25)],
    ];
    assert_eq!(query(store, pairs).await.rows, expected);
    let maps = "SELECT step, unit, spatial_information, rate_map FROM rate_maps ORDER BY unit";
    let expected = [
        [whole(999), whole(0), real(0.5), text("[0.1,0.0]")],
        [whole(999), whole(7), real(0.0), text("[1.0,2.5]")],
    ];
    assert_eq!(query(store, maps).await.rows, expected);
}

async fn completing_twice_records_once(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    let again = bench.store().await;
    let (found, cost) = (result("d"), cost());
    let both = tokio::join!(
        store.complete(&job.ticket, &found, &cost),
        again.complete(&job.ticket, &found, &cost),
    );
    let mut finishes = [both.0.expect("completes"), both.1.expect("completes")];
    finishes.sort_by_key(|finish| *finish != Finish::Recorded);
    assert_eq!(finishes, [Finish::Recorded, Finish::AlreadyRecorded]);
    assert_eq!(
        value(&store, "SELECT count(*) FROM results").await,
        Value::Integer(1)
    );
}

async fn a_late_finisher_nobody_superseded_is_adopted(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    later(&store, 200);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    assert_eq!(status(&store).await.queued, 1);
    let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    assert_eq!(status(&store).await.completed, 1);
    assert_eq!(
        value(&store, "SELECT crashes FROM jobs").await,
        Value::Integer(0)
    );
    assert_eq!(
        value(&store, "SELECT outcome FROM attempts").await,
        text("done")
    );
}

async fn a_superseded_finisher_leaves_only_its_digest(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, old) = claim_one(&store).await;
    later(&store, 200);
    store.reap(LEASE_MS).await.expect("reaps");
    let (_, new) = claim_one(&store).await;
    assert!(new.ticket.epoch > old.ticket.epoch);
    let finish = store.complete(&old.ticket, &result("old"), &cost()).await;
    assert_eq!(finish.expect("answers"), Finish::Superseded);
    assert_eq!(status(&store).await.running, 1);
    store
        .complete(&new.ticket, &result("new"), &cost())
        .await
        .expect("completes");
    let finish = store.complete(&old.ticket, &result("old"), &cost()).await;
    assert_eq!(finish.expect("answers"), Finish::Superseded);
    assert_eq!(value(&store, "SELECT digest FROM runs").await, text("new"));
    let attempts = query(
        &store,
        "SELECT outcome, digest FROM attempts ORDER BY epoch",
    )
    .await;
    assert_eq!(
        attempts.rows,
        [
            [text("superseded"), text("old")],
            [text("done"), text("new")]
        ]
    );
}

async fn stale_tickets_change_nothing(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (holder, old) = claim_one(&store).await;
    assert!(store.release(&old.ticket, None).await.expect("releases"));
    let (_, new) = claim_one(&store).await;
    let everything = "SELECT j.state, j.epoch, j.errors, j.crashes, j.preemptions, j.owner, \
         j.lease_until_ms, j.available_at_ms, a.epoch, a.outcome, a.error \
         FROM jobs AS j JOIN attempts AS a ON a.job_id = j.id ORDER BY a.epoch";
    let before = query(&store, everything).await;
    let future = Ticket {
        epoch: new.ticket.epoch + 1,
        ..new.ticket.clone()
    };
    let foreign = Ticket {
        worker: holder,
        ..new.ticket.clone()
    };
    for ticket in [&old.ticket, &future, &foreign] {
        let checkpoint = simulation::Checkpoint::from_bytes(vec![1]);
        assert!(!store.fail(ticket, "late").await.expect("answers"));
        assert!(
            !store
                .release(ticket, Some(&checkpoint))
                .await
                .expect("answers")
        );
        assert!(
            !store
                .save_checkpoint(ticket, &checkpoint)
                .await
                .expect("answers")
        );
        let held = std::slice::from_ref(ticket);
        assert_eq!(
            store
                .heartbeat(holder, held, LEASE_MS)
                .await
                .expect("answers"),
            []
        );
    }
    assert_eq!(query(&store, everything).await, before);
    assert_eq!(
        value(&store, "SELECT count(*) FROM checkpoints").await,
        Value::Integer(0)
    );
    // A job that was never claimed has no attempt to write for.
    let unclaimed = bench.store().await;
    crate::bench::submit(&unclaimed, &crate::bench::sweep(), 2).await;
    let zero = Ticket {
        epoch: 0,
        job_id: JobId::new(crate::bench::SWEEP, &crate::bench::job(1).parameters),
        worker: worker(),
    };
    assert!(!store.release(&zero, None).await.expect("answers"));
    assert!(
        store
            .heartbeat(worker(), &[zero], LEASE_MS)
            .await
            .expect("answers")
            .is_empty()
    );
    assert_eq!(claim(&store, worker(), 9).await.len(), 1);
}

/// Restored to a moment before a claim, a database gives the same epoch to somebody else.
async fn an_attempt_that_a_restored_database_forgot_records_nothing(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, job) = claim_one(&store).await;
    let forgotten = Ticket {
        worker: worker(),
        ..job.ticket.clone()
    };
    let everything = "SELECT state, outcome, digest FROM attempts JOIN jobs ON id = job_id";
    let before = query(&store, everything).await;
    let finish = store.complete(&forgotten, &result("old"), &cost()).await;
    assert_eq!(finish.expect("answers"), Finish::Superseded);
    assert_eq!(query(&store, everything).await, before);
    let finish = store.complete(&job.ticket, &result("new"), &cost()).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
    let finish = store.complete(&forgotten, &result("old"), &cost()).await;
    assert_eq!(finish.expect("answers"), Finish::Superseded);
    assert_eq!(value(&store, "SELECT digest FROM runs").await, text("new"));
    assert_eq!(
        value(&store, "SELECT digest FROM attempts").await,
        text("new")
    );
}

async fn a_job_of_another_database_is_named(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let ticket = Ticket {
        job_id: JobId("0".repeat(32)),
        epoch: 1,
        worker: worker(),
    };
    let error = store
        .complete(&ticket, &result("d"), &cost())
        .await
        .expect_err("unknown");
    assert!(matches!(error, StoreError::UnknownJob { .. }), "{error}");
    let error = store
        .planned_job(&ticket.job_id)
        .await
        .expect_err("unknown");
    assert!(matches!(error, StoreError::UnknownJob { .. }), "{error}");
}
