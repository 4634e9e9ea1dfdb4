//! Running totals: what they say is what counting every row would say.

use shared::{Comparison, ExclusionRule, Finish, NewJob, NewSweep, Store, Term, Test, Value};
use simulation::{Algorithm, Outcome, Parameters, Regime, RunResult, Summary, TimescaleFit};

use crate::bench::{
    Bench, SWEEP, claim, cost, query, result, status, submit, sweep, value, worker,
};

crate::scenarios!(
    totals_equal_a_count_of_every_row,
    results_recorded_together_are_as_if_alone,
    a_batch_with_a_strange_job_records_nothing,
);

/// Jobs of four groups.
fn jobs() -> Vec<NewJob> {
    let job = |seed: u64| {
        let parameters = Parameters {
            seed,
            steps: 1_000,
            algorithm: [Algorithm::Sgd, Algorithm::Adam][(seed % 2) as usize],
            regime: [Regime::Lazy, Regime::Rich][(seed / 2 % 2) as usize],
            ..Parameters::default()
        };
        NewJob {
            parameters: parameters.check().expect("valid"),
            replicate: 0,
            estimated_seconds: 1.0,
        }
    };
    (0..120).map(job).collect()
}

/// A result whose numbers lie close together and far from zero, and are missing here and there.
fn found(seed: u64) -> RunResult {
    let noise = |salt: u64| {
        let mixed = (seed + salt * 1_000_003).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40) as f64 / f64::from(1 << 24)
    };
    let outcome = match seed % 11 {
        3 => Outcome::Diverged,
        7 => Outcome::Truncated,
        _ => Outcome::Completed,
    };
    RunResult {
        outcome,
        summary: Summary {
            loss_final: Some(1e6 + noise(1)),
            normalized_active_fraction: Some(noise(2)),
            normalized_fraction_active_units: Some(0.7),
            timescale_fit: TimescaleFit::Ok,
            log10_tau: (!seed.is_multiple_of(3)).then(|| -1e4 + noise(3)),
            hessian_trace_ratio: Some(if seed.is_multiple_of(5) {
                f64::NAN
            } else {
                1e-9 * noise(4)
            }),
            ..Summary::default()
        },
        ..result("d")
    }
}

const METRICS: [&str; 5] = [
    "loss_final",
    "normalized_active_fraction",
    "normalized_fraction_active_units",
    "log10_tau",
    "hessian_trace_ratio",
];

fn numbers(row: &[Value]) -> Vec<Option<f64>> {
    let number = |value: &Value| match value {
        Value::Real(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    };
    row.iter().map(number).collect()
}

/// Mean and sample standard deviation in two passes.
fn two_passes(values: &[f64]) -> (Option<f64>, Option<f64>) {
    let n = values.len() as f64;
    if values.is_empty() {
        return (None, None);
    }
    let base = values[0];
    let mean = base + values.iter().map(|x| x - base).sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    (Some(mean), (n > 1.0).then(|| (squares / (n - 1.0)).sqrt()))
}

fn close(found: Option<f64>, expected: Option<f64>, what: &str) {
    let same = match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs(),
        (None, None) => true,
        _ => false,
    };
    assert!(same, "{what}: {found:?} {expected:?}");
}

/// Compares `sweep_summary` and the status with what `runs` and `jobs` hold.
async fn check(store: &Store) {
    let sql = format!(
        "SELECT algorithm, regime, planned, n, excluded, completed, diverged, silent, truncated, dead, \
         cancelled, unfinished, {} FROM sweep_summary",
        METRICS.map(|m| format!("mean_{m}, sd_{m}")).join(", ")
    );
    let summary = query(store, &sql).await;
    assert_eq!(summary.rows.len(), 4);
    for row in &summary.rows {
        let (Value::Text(algorithm), Value::Text(regime)) = (&row[0], &row[1]) else {
            panic!("{row:?} has names");
        };
        let group = format!("FROM runs WHERE algorithm = '{algorithm}' AND regime = '{regime}'");
        let counted = format!(
            "SELECT count(*), count(outcome) - count(excluded), count(excluded), \
             count(CASE outcome WHEN 'completed' THEN 1 END), \
             count(CASE outcome WHEN 'diverged' THEN 1 END), \
             count(CASE outcome WHEN 'silent' THEN 1 END), \
             count(CASE outcome WHEN 'truncated' THEN 1 END), \
             count(CASE state WHEN 'dead' THEN 1 END), count(CASE state WHEN 'cancelled' THEN 1 END), \
             count(CASE WHEN state IN ('queued', 'running') THEN 1 END) {group}"
        );
        assert_eq!(row[2..12], query(store, &counted).await.rows[0]);
        let measured = format!(
            "SELECT {} {group} AND outcome IS NOT NULL AND excluded IS NULL",
            METRICS.join(", ")
        );
        let rows: Vec<_> = (query(store, &measured).await.rows.iter())
            .map(|row| numbers(row))
            .collect();
        let said = numbers(&row[12..]);
        for (index, metric) in METRICS.iter().enumerate() {
            let values: Vec<f64> = rows.iter().filter_map(|row| row[index]).collect();
            let (mean, sd) = two_passes(&values);
            close(said[2 * index], mean, metric);
            close(said[2 * index + 1], sd, metric);
        }
    }
    let counts = status(store).await;
    for (state, count) in [
        ("queued", counts.queued),
        ("running", counts.running),
        ("done", counts.done),
        ("dead", counts.dead),
        ("cancelled", counts.cancelled),
    ] {
        let sql = format!("SELECT count(*) FROM jobs WHERE state = '{state}'");
        let counted = value(store, &sql).await;
        assert_eq!(counted, Value::Integer(count.cast_signed()), "{state}");
    }
    let seconds = "SELECT CAST(COALESCE(sum(estimated_seconds), 0) AS DOUBLE PRECISION) FROM jobs \
                   WHERE state IN ('queued', 'running')";
    let left = numbers(&[value(store, seconds).await])[0].expect("a number");
    assert!((counts.remaining_seconds - left).abs() < 1e-6);
}

async fn totals_equal_a_count_of_every_row(bench: Bench) {
    let limits = NewSweep {
        max_errors: 1,
        ..sweep()
    };
    let first = bench.store().await;
    first.submit(&limits, &jobs(), &[]).await.expect("submits");
    check(&first).await;
    // Stores add to shards of their own.
    for round in 0..6 {
        let store = bench.store().await;
        let claims = claim(&store, worker(), 15).await;
        for (index, claim) in claims.iter().enumerate() {
            if index % 7 == 6 {
                store.fail(&claim.ticket, "broke").await.expect("fails");
            } else if index % 7 != round {
                let found = found(claim.parameters.seed);
                let finish = store.complete(&claim.ticket, &found, &cost()).await;
                assert_eq!(finish.expect("completes"), Finish::Recorded);
            }
        }
    }
    check(&first).await;
    let ruled = |rules| NewSweep {
        exclusion_rules: rules,
        ..limits.clone()
    };
    let low = ExclusionRule {
        name: "low".to_owned(),
        terms: vec![Term {
            column: "normalized_active_fraction".to_owned(),
            test: Test::Compare(Comparison::Below, 0.5),
        }],
    };
    for rules in [vec![low], Vec::new()] {
        first
            .submit(&ruled(rules), &jobs(), &[])
            .await
            .expect("submits");
        check(&first).await;
        for claim in claim(&first, worker(), 4).await {
            let found = found(claim.parameters.seed);
            let finish = first.complete(&claim.ticket, &found, &cost()).await;
            assert_eq!(finish.expect("completes"), Finish::Recorded);
        }
        check(&first).await;
    }
    first.cancel(SWEEP).await.expect("cancels");
    check(&first).await;
    first.retry(SWEEP).await.expect("queues again");
    check(&first).await;
    // Another sweep's jobs are another's.
    submit(&first, &NewSweep::new("other", "", 1), 3).await;
    assert_eq!(status(&first).await.planned, 120);
}

async fn results_recorded_together_are_as_if_alone(bench: Bench) {
    let store = bench.store().await;
    let limits = sweep();
    store.submit(&limits, &jobs(), &[]).await.expect("submits");
    let claims = claim(&store, worker(), 40).await;
    // One was recorded before, one was given back, one is named twice.
    let results: Vec<RunResult> = claims.iter().map(|c| found(c.parameters.seed)).collect();
    let spent = cost();
    let alone = store.complete(&claims[0].ticket, &results[0], &spent).await;
    assert_eq!(alone.expect("completes"), Finish::Recorded);
    assert!(
        store
            .release(&claims[1].ticket, None)
            .await
            .expect("releases")
    );
    let mut batch: Vec<shared::Finished<'_>> = claims
        .iter()
        .zip(&results)
        .map(|(claim, result)| (&claim.ticket, result, &spent))
        .collect();
    batch.push(batch[5]);
    let finishes = store.complete_all(&batch).await.expect("completes");
    assert_eq!(finishes[0], Finish::AlreadyRecorded);
    assert_eq!(finishes[1], Finish::Superseded);
    assert_eq!(finishes[40], Finish::AlreadyRecorded);
    assert!(
        finishes[2..40]
            .iter()
            .all(|finish| *finish == Finish::Recorded)
    );
    assert_eq!(store.complete_all(&[]).await.expect("nothing to do"), []);
    check(&store).await;
    let points = value(&store, "SELECT count(*) FROM trajectory").await;
    assert_eq!(points, Value::Integer(39 * 2));
    let attempts = "SELECT count(*) FROM attempts WHERE outcome = 'done' AND digest IS NOT NULL";
    assert_eq!(value(&store, attempts).await, Value::Integer(39));
}

async fn a_batch_with_a_strange_job_records_nothing(bench: Bench) {
    let store = bench.with_jobs(2).await;
    let claims = claim(&store, worker(), 1).await;
    let strange = shared::Ticket {
        job_id: shared::JobId("0".repeat(32)),
        epoch: 1,
        worker: worker(),
    };
    let (found, spent) = (result("d"), cost());
    let batch = [
        (&claims[0].ticket, &found, &spent),
        (&strange, &found, &spent),
    ];
    let error = store.complete_all(&batch).await.expect_err("refused");
    assert!(
        matches!(error, shared::StoreError::UnknownJob { .. }),
        "{error}"
    );
    assert_eq!(status(&store).await.done, 0);
    let finish = store.complete(&claims[0].ticket, &found, &spent).await;
    assert_eq!(finish.expect("completes"), Finish::Recorded);
}
