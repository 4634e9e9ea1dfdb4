//! The statements of the report, on both databases.

use shared::{Purpose, ReportView, Store, StoreError, Value};

use crate::bench::{Bench, SWEEP, claim, cost, result, submit, sweep, worker};

crate::scenarios!(
    every_statement_of_the_report_runs,
    a_snapshot_stays_as_it_was,
    a_snapshot_of_an_unknown_sweep_is_refused,
);

/// Finishes the next job.
async fn finish_one(store: &Store) {
    let claims = claim(store, worker(), 1).await;
    let ticket = &claims.first().expect("a queued job").ticket;
    store
        .complete(ticket, &result("digest"), &cost())
        .await
        .expect("completes");
}

async fn every_statement_of_the_report_runs(bench: Bench) {
    let store = bench.with_jobs(2).await;
    finish_one(&store).await;
    let reader = Store::open(&bench.url, Purpose::Read).await.expect("opens");
    let sweeps = [SWEEP.to_owned()];
    let mut snapshot = reader.snapshot(&sweeps).await.expect("begins");
    for view in ReportView::ALL {
        let answer = snapshot.report(*view, &sweeps).await.expect("answers");
        assert!(!answer.table.columns.is_empty(), "{view:?}");
        assert!(answer.sql.contains("'sweep'"), "{view:?}");
        let again = reader.query(&answer.sql).await.expect("a user's query");
        assert_eq!(again, answer.table, "{view:?} as a user runs it");
    }
    snapshot.end().await.expect("ends");
}

async fn a_snapshot_stays_as_it_was(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let sweeps = [SWEEP.to_owned()];
    let mut snapshot = store.snapshot(&sweeps).await.expect("begins");
    let view = ReportView::Attrition;
    let before = snapshot.report(view, &sweeps).await.expect("answers");
    finish_one(&store).await;
    submit(&store, &sweep(), 5).await;
    let after = snapshot.report(view, &sweeps).await.expect("answers");
    assert_eq!(before, after);
    snapshot.end().await.expect("ends");
    let mut snapshot = store.snapshot(&sweeps).await.expect("begins");
    let now = snapshot.report(view, &sweeps).await.expect("answers");
    let jobs: i64 = now
        .table
        .rows
        .iter()
        .map(|row| match now.table.value(row, "runs") {
            Value::Integer(jobs) => *jobs,
            other => panic!("a count, not {other:?}"),
        })
        .sum();
    assert_eq!(jobs, 5);
}

async fn a_snapshot_of_an_unknown_sweep_is_refused(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let error = store.snapshot(&["sweeq".to_owned()]).await.err();
    assert!(
        matches!(&error, Some(StoreError::UnknownSweep { nearest: Some(nearest), .. }) if nearest == SWEEP),
        "{error:?}"
    );
}
