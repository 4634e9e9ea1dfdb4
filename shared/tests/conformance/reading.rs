//! Queries, exports and the views.

use shared::{Claim, ExportView, Purpose, RunCost, Store, StoreError, Value};
use simulation::{Outcome, RunResult, Summary};

use crate::bench::{
    Bench, SWEEP, claim, cost, later, query, result, status, submit, sweep, text, value, worker,
};

crate::scenarios!(
    queries_that_write_are_refused,
    a_query_returns_typed_values_in_the_columns_order,
    bad_sql_is_the_users_mistake,
    the_summary_adds_up,
    the_summarys_spread_is_the_sample_standard_deviation,
    every_table_can_be_exported,
    runs_has_the_promised_columns,
    drift_is_told_by_the_distance_of_snapshots,
    a_store_opened_to_read_can_read_everything,
    only_jobs_that_ran_undisturbed_tell_what_they_cost,
    completed_jobs_tell_the_pace,
);

async fn queries_that_write_are_refused(bench: Bench) {
    let store = bench.with_jobs(2).await;
    for sql in [
        "DELETE FROM jobs",
        "UPDATE sweeps SET source = 'x'",
        "DROP TABLE trajectory",
        "SELECT 1; DELETE FROM jobs",
        "WITH gone AS (SELECT 1) DELETE FROM jobs",
        "WITH gone AS (DELETE FROM jobs RETURNING id) SELECT * FROM gone",
        "WITH changed AS (UPDATE sweeps SET seed = 1 RETURNING name) SELECT * FROM changed",
        "EXPLAIN ANALYZE UPDATE sweeps SET seed = 1",
        "PRAGMA query_only = OFF",
        "COMMIT",
        "",
    ] {
        let error = store.query(sql).await.expect_err(sql);
        assert!(error.is_users(), "{sql}: {error}");
    }
    assert_eq!(status(&store).await.planned, 2);
    submit(&store, &sweep(), 3).await;
    assert_eq!(status(&store).await.planned, 3, "the store still writes");
}

async fn a_query_returns_typed_values_in_the_columns_order(bench: Bench) {
    let store = bench.store().await;
    let table = query(
        &store,
        "SELECT 'b;' AS z, 1 AS a, 0.5 AS m, NULL AS n, CAST(0.1 AS DOUBLE PRECISION) AS d",
    )
    .await;
    assert_eq!(table.columns, ["z", "a", "m", "n", "d"]);
    let half = Value::Real(0.5);
    let values = [
        text("b;"),
        Value::Integer(1),
        half,
        Value::Null,
        Value::Real(0.1),
    ];
    assert_eq!(table.rows, [values]);
    let empty = query(&store, "SELECT name, seed FROM sweeps WHERE 1 = 0;").await;
    assert_eq!(empty.columns, ["name", "seed"]);
    assert!(empty.rows.is_empty());
}

async fn bad_sql_is_the_users_mistake(bench: Bench) {
    let store = bench.store().await;
    for sql in ["SELECT nonsense FROM nowhere", "SELECT 'open", "SELECT ("] {
        let error = store.query(sql).await.expect_err("refused");
        assert!(matches!(error, StoreError::QueryFailed { .. }), "{error:?}");
        assert!(error.is_users());
    }
}

/// Six jobs in every kind of end, and two not ended.
async fn mixed(bench: &Bench) -> Store {
    let store = bench.store().await;
    let limits = shared::NewSweep {
        max_errors: 1,
        ..sweep()
    };
    submit(&store, &limits, 7).await;
    let claims = claim(&store, worker(), 6).await;
    let outcomes = [
        Outcome::Completed,
        Outcome::Diverged,
        Outcome::Silent,
        Outcome::Truncated,
    ];
    for (claim, outcome) in claims.iter().zip(outcomes) {
        let found = RunResult {
            outcome,
            ..result("d")
        };
        store
            .complete(&claim.ticket, &found, &cost())
            .await
            .expect("completes");
    }
    store.fail(&claims[4].ticket, "broke").await.expect("fails");
    // One stays running, one queued; then the queued one is cancelled.
    store.cancel(SWEEP).await.expect("cancels");
    submit(&store, &limits, 8).await;
    store
}

async fn the_summary_adds_up(bench: Bench) {
    let store = mixed(&bench).await;
    let counts = status(&store).await;
    assert_eq!((counts.planned, counts.done, counts.dead), (8, 4, 1));
    assert_eq!((counts.cancelled, counts.running, counts.queued), (1, 1, 1));
    let summary = query(
        &store,
        "SELECT n, planned, completed, diverged, silent, truncated, dead, cancelled, unfinished, \
         mean_loss_final, n_log10_tau FROM sweep_summary",
    )
    .await;
    let expected: Vec<Value> = [1, 8, 1, 1, 1, 1, 1, 1, 2].map(Value::Integer).to_vec();
    assert_eq!(summary.rows.len(), 1);
    assert_eq!(summary.rows[0][..9], expected);
    assert_eq!(summary.rows[0][9..], [Value::Real(-3.5), Value::Integer(1)]);
}

async fn the_summarys_spread_is_the_sample_standard_deviation(bench: Bench) {
    let store = bench.with_jobs(6).await;
    let values = [1.0, 2.0, 4.0, 8.0, 16.0];
    let claims = claim(&store, worker(), 6).await;
    for (claim, value) in claims.iter().zip(values) {
        let found = RunResult {
            summary: Summary {
                loss_final: Some(-value * 1e-6),
                normalized_active_fraction: Some(value * 1e3),
                normalized_fraction_active_units: Some(0.7),
                hessian_trace_ratio: Some(value),
                hessian_max_ratio: Some(value + 1.0),
                hessian_nonzero_fraction: Some(value / 100.0),
                spatial_information_ratio: Some(value / 2.0),
                ..Summary::default()
            },
            ..result("d")
        };
        store
            .complete(&claim.ticket, &found, &cost())
            .await
            .expect("completes");
    }
    let summary = query(
        &store,
        "SELECT n, mean_normalized_active_fraction, sd_normalized_active_fraction, sd_loss_final, \
         sd_normalized_fraction_active_units, mean_log10_tau, sd_log10_tau, n_log10_tau, \
         mean_hessian_trace_ratio, sd_hessian_trace_ratio, mean_hessian_max_ratio, \
         sd_hessian_max_ratio, mean_hessian_nonzero_fraction, sd_hessian_nonzero_fraction, \
         mean_spatial_information_ratio, sd_spatial_information_ratio \
         FROM sweep_summary",
    )
    .await;
    // Mean 6.2; squared deviations 27.04 + 17.64 + 4.84 + 3.24 + 96.04 = 148.8; / 4 = 37.2.
    let spread = 37.2_f64.sqrt();
    let close = |value: &Value, expected: f64| match value {
        Value::Real(value) => assert!((value / expected - 1.0).abs() < 1e-12, "{value} {expected}"),
        other => panic!("{other:?} is no number"),
    };
    let row = &summary.rows[0];
    assert_eq!(row[0], Value::Integer(5));
    close(&row[1], 6_200.0);
    close(&row[2], spread * 1e3);
    close(&row[3], spread * 1e-6);
    assert_eq!(row[4], Value::Real(0.0), "equal values have no spread");
    assert_eq!(row[5..8], [Value::Null, Value::Null, Value::Integer(0)]);
    let expected = [
        6.2,
        spread,
        7.2,
        spread,
        0.062,
        spread / 100.0,
        3.1,
        spread / 2.0,
    ];
    for (value, expected) in row[8..].iter().zip(expected) {
        close(value, expected);
    }
}

async fn every_table_can_be_exported(bench: Bench) {
    let store = mixed(&bench).await;
    submit(&store, &shared::NewSweep::new("other", "", 1), 5).await;
    for (view, rows) in [
        (ExportView::Runs, 8),
        (ExportView::SweepSummary, 1),
        (ExportView::Trajectory, 8),
        (ExportView::Spectra, 8),
        (ExportView::Eigenvalues, 4),
        (ExportView::Positions, 4),
        (ExportView::PlaceBins, 8),
        (ExportView::PlaceCode, 12),
        (ExportView::PlaceCorrelations, 12),
        (ExportView::RateMaps, 8),
        (ExportView::Attempts, 6),
    ] {
        let table = store.export_table(SWEEP, view).await.expect("exports");
        assert_eq!(table.rows.len(), rows, "{view:?}");
        assert!(
            table
                .rows
                .iter()
                .all(|row| row.len() == table.columns.len())
        );
    }
    let error = store.export_table("x' OR '1'='1", ExportView::Runs).await;
    assert!(matches!(error, Err(StoreError::InvalidSweepName { .. })));
}

async fn runs_has_the_promised_columns(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let promised = "sweep, job_id, state, outcome, task, algorithm, regime, noise_type, n_samples, \
         input_dim, output_dim, hidden_units, learning_rate, update_noise, label_noise, \
         input_noise, steps, replicate, seed, attempts, loss_final, active_fraction_initial, \
         active_fraction_final, normalized_active_fraction, fraction_active_units_initial, \
         fraction_active_units_final, normalized_fraction_active_units, \
         sparsification_timescale, log10_tau, hessian_trace_ratio, hessian_max_ratio, \
         hessian_nonzero_fraction, spatial_information_ratio, converged_step, wall_seconds, \
         steps_per_second, host, code_version, digest";
    let runs = query(&store, "SELECT * FROM runs").await;
    let promised: Vec<&str> = promised.split(", ").collect();
    assert_eq!(runs.columns[..promised.len()], promised);
    assert_eq!(
        value(&store, "SELECT noise_type FROM runs").await,
        text("none")
    );
    query(
        &store,
        "SELECT job_id, step, trace, largest, nonzero_fraction, log_sum FROM spectra",
    )
    .await;
    query(&store, "SELECT job_id, step, eigenvalues FROM eigenvalues").await;
}

async fn drift_is_told_by_the_distance_of_snapshots(bench: Bench) {
    let store = bench.with_jobs(2).await;
    for claim in claim(&store, worker(), 2).await {
        let finish = store.complete(&claim.ticket, &result("d"), &cost()).await;
        finish.expect("completes");
    }
    let drift = query(
        &store,
        "SELECT lag, lag_steps, pairs, rate_map_correlation, population_vector_correlation \
         FROM place_drift ORDER BY job_id, lag",
    )
    .await;
    // Snapshots 0, 500 and 999: two pairs of neighbours, one with a snapshot between.
    let (whole, real) = (Value::Integer, Value::Real);
    let of_one = [
        [whole(1), real(499.5), whole(2), real(0.75), real(0.5)],
        [whole(2), real(999.0), whole(1), Value::Null, real(0.125)],
    ];
    assert_eq!(drift.rows, [of_one.clone(), of_one].concat());
}

async fn a_store_opened_to_read_can_read_everything(bench: Bench) {
    mixed(&bench).await;
    let reader = Store::open(&bench.url, Purpose::Read).await.expect("opens");
    assert_eq!(status(&reader).await.planned, 8);
    assert_eq!(
        value(&reader, "SELECT count(*) FROM runs").await,
        Value::Integer(8)
    );
    assert!(!reader.failures(SWEEP, 5).await.expect("lists").is_empty());
    assert!(reader.pause(SWEEP).await.is_err(), "it may not write");
}

async fn only_jobs_that_ran_undisturbed_tell_what_they_cost(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let worker = worker();
    let claims = claim(&store, worker, 3).await;
    // One job finishes, one goes back and finishes later, one diverges.
    let finish = async |claim: &Claim, result: RunResult| {
        let spooled = store.complete(&claim.ticket, &result, &cost()).await;
        spooled.expect("completes");
    };
    finish(&claims[0], result("first")).await;
    store
        .fail(&claims[1].ticket, "told to")
        .await
        .expect("fails");
    later(&store, 86_400);
    let again = claim(&store, worker, 1).await;
    finish(&again[0], result("again")).await;
    let diverged = RunResult {
        outcome: Outcome::Diverged,
        ..result("diverged")
    };
    finish(&claims[2], diverged).await;

    let costs = store.finished_costs(None, 10).await.expect("reads");
    assert_eq!(costs.len(), 1);
    assert_eq!(costs[0].parameters, claims[0].parameters);
    assert_eq!(costs[0].wall_seconds, cost().wall_seconds);
    for (host, count) in [("host", 1), ("elsewhere", 0)] {
        let costs = store.finished_costs(Some(host), 10).await.expect("reads");
        assert_eq!(costs.len(), count, "{host}");
    }
    assert!(
        store
            .finished_costs(None, 0)
            .await
            .expect("reads")
            .is_empty()
    );
}

async fn completed_jobs_tell_the_pace(bench: Bench) {
    let store = bench.with_jobs(4).await;
    assert_eq!(status(&store).await.pace, 1.0);
    let claims = claim(&store, worker(), 3).await;
    let diverged = RunResult {
        outcome: Outcome::Diverged,
        ..result("diverged")
    };
    for (claim, found, wall_seconds) in [
        (&claims[0], result("a"), 2.0),
        (&claims[1], result("b"), 3.0),
        (&claims[2], diverged, 0.001),
    ] {
        let cost = RunCost {
            wall_seconds,
            ..cost()
        };
        store
            .complete(&claim.ticket, &found, &cost)
            .await
            .expect("completes");
    }
    // Two jobs of one expected second each took five; the one that ended early says nothing.
    let status = status(&store).await;
    assert_eq!((status.pace, status.remaining_seconds), (2.5, 1.0));
}
