//! Exclusion rules: labels, summaries and the flow from the plan to the analysis.

use shared::{
    ColumnKind, Comparison, ExclusionRule, NewJob, NewSweep, RESULT_COLUMNS, RuleValue, Store,
    StoreError, Term, Test, Value,
};
use simulation::{Outcome, Parameters, RunResult, Summary};

use crate::bench::{Bench, SWEEP, claim, cost, job, query, result, sweep, text, value, worker};

crate::scenarios!(
    excluded_runs_are_labelled_and_left_out_of_summaries,
    changed_rules_relabel_what_is_there_and_what_comes,
    the_first_rule_that_holds_gives_its_name,
    every_column_can_be_named_in_a_rule,
    a_rule_about_an_unknown_column_is_refused_with_the_submission,
    rules_that_change_while_results_come_in_leave_no_stale_label,
    a_rule_may_hold_any_text,
);

fn rule(name: &str, column: &str, test: Test) -> ExclusionRule {
    let column = column.to_owned();
    ExclusionRule {
        name: name.to_owned(),
        terms: vec![Term { column, test }],
    }
}

fn with_rules(rules: Vec<ExclusionRule>) -> NewSweep {
    NewSweep {
        exclusion_rules: rules,
        ..sweep()
    }
}

fn found(outcome: Outcome, loss: f64) -> RunResult {
    RunResult {
        outcome,
        summary: Summary {
            loss_final: Some(loss),
            ..Summary::default()
        },
        ..result("d")
    }
}

/// Five finished runs with losses 0 to 4, the last of them diverged; two jobs are queued.
async fn finished(store: &Store, sweep: &NewSweep) {
    let jobs: Vec<NewJob> = (0..7).map(job).collect();
    store.submit(sweep, &jobs, &[]).await.expect("submits");
    for (index, claim) in claim(store, worker(), 5).await.iter().enumerate() {
        let outcome = if index == 4 {
            Outcome::Diverged
        } else {
            Outcome::Completed
        };
        let found = found(outcome, index as f64);
        let complete = store.complete(&claim.ticket, &found, &cost()).await;
        complete.expect("completes");
    }
}

async fn labels(store: &Store) -> Vec<Value> {
    let sql = "SELECT excluded FROM runs WHERE outcome IS NOT NULL ORDER BY loss_final";
    let rows = query(store, sql).await.rows;
    rows.into_iter().flatten().collect()
}

async fn excluded_runs_are_labelled_and_left_out_of_summaries(bench: Bench) {
    let store = bench.store().await;
    let mut rules = ExclusionRule::defaults();
    rules.push(rule(
        "poor",
        "loss_final",
        Test::Compare(Comparison::AtLeast, 3.0),
    ));
    finished(&store, &with_rules(rules)).await;
    let expected = [
        Value::Null,
        Value::Null,
        Value::Null,
        text("poor"),
        text("diverged"),
    ];
    assert_eq!(labels(&store).await, expected);
    let summary = query(
        &store,
        "SELECT planned, n, excluded, completed, diverged, unfinished, mean_loss_final, \
         sd_loss_final FROM sweep_summary",
    )
    .await;
    assert_eq!(summary.rows[0][..6], [7, 3, 2, 4, 1, 2].map(Value::Integer));
    assert_eq!(summary.rows[0][6..], [Value::Real(1.0), Value::Real(1.0)]);

    let flow = store.flow(SWEEP).await.expect("counts");
    assert_eq!((flow.planned, flow.unfinished, flow.finished), (7, 2, 5));
    assert_eq!((flow.completed, flow.diverged), (4, 1));
    assert_eq!((flow.excluded, flow.analysed), (2, 3));
    let by_rule: Vec<(&str, &str, u64)> = flow
        .exclusions
        .iter()
        .map(|each| (each.rule.as_str(), each.condition.as_str(), each.runs))
        .collect();
    let expected = [
        ("diverged", "outcome is diverged", 1),
        ("silent", "outcome is silent", 0),
        ("truncated", "outcome is truncated", 0),
        ("poor", "loss_final >= 3", 1),
    ];
    assert_eq!(by_rule, expected);
    let unknown = store.flow("nowhere").await;
    assert!(matches!(unknown, Err(StoreError::UnknownSweep { .. })));
}

async fn changed_rules_relabel_what_is_there_and_what_comes(bench: Bench) {
    let store = bench.store().await;
    finished(&store, &sweep()).await;
    let jobs: Vec<NewJob> = (0..7).map(job).collect();
    let low = rule("low", "loss_final", Test::Compare(Comparison::Below, 2.0));
    let submission = store
        .submit(&with_rules(vec![low.clone()]), &jobs, &[])
        .await
        .expect("submits");
    // Two are excluded now, and the diverged one no longer.
    assert_eq!((submission.inserted, submission.relabelled), (0, 3));
    let claims = claim(&store, worker(), 1).await;
    let last = found(Outcome::Silent, -1.0);
    let complete = store.complete(&claims[0].ticket, &last, &cost()).await;
    complete.expect("completes");
    let low_label = text("low");
    let expected = [
        low_label.clone(),
        low_label.clone(),
        low_label,
        Value::Null,
        Value::Null,
        Value::Null,
    ];
    assert_eq!(labels(&store).await, expected);
    assert_eq!(store.flow(SWEEP).await.expect("counts").analysed, 3);
    // The same rules again change nothing; none at all leave nobody out.
    let again = store.submit(&with_rules(vec![low]), &jobs, &[]).await;
    assert_eq!(again.expect("submits").relabelled, 0);
    let none = store.submit(&with_rules(Vec::new()), &jobs, &[]).await;
    assert_eq!(none.expect("submits").relabelled, 3);
    assert_eq!(store.flow(SWEEP).await.expect("counts").analysed, 6);
    let version = value(&store, "SELECT version FROM analyses").await;
    assert_eq!(version, Value::Integer(3));
}

async fn the_first_rule_that_holds_gives_its_name(bench: Bench) {
    let store = bench.store().await;
    let above = |name, limit| rule(name, "loss_final", Test::Compare(Comparison::Above, limit));
    finished(
        &store,
        &with_rules(vec![above("far", 3.0), above("near", 1.0)]),
    )
    .await;
    let expected = [
        Value::Null,
        Value::Null,
        text("near"),
        text("near"),
        text("far"),
    ];
    assert_eq!(labels(&store).await, expected);
}

/// A test that every run here passes for columns that are given, and none for those that are not.
fn passing(kind: ColumnKind) -> Test {
    match kind {
        ColumnKind::Number => Test::Compare(Comparison::AtLeast, -1e300),
        ColumnKind::Name(names) => Test::AnyOf(
            names
                .iter()
                .map(|name| RuleValue::Text((*name).to_owned()))
                .collect(),
        ),
        ColumnKind::Text => Test::AnyOf(vec![RuleValue::Text("nobody's".to_owned())]),
    }
}

async fn every_column_can_be_named_in_a_rule(bench: Bench) {
    let store = bench.store().await;
    finished(&store, &sweep()).await;
    let jobs: Vec<NewJob> = (0..7).map(job).collect();
    let mut rules: Vec<ExclusionRule> = RESULT_COLUMNS
        .into_iter()
        .map(|(column, kind)| rule(column, column, passing(kind)))
        .collect();
    let parameters = serde_json::to_value(Parameters::default()).expect("plain data");
    for key in parameters.as_object().expect("a struct").keys() {
        rules.push(rule(key, key, Test::AnyOf(vec![RuleValue::Missing])));
    }
    for rule in rules {
        let name = rule.name.clone();
        let submission = store.submit(&with_rules(vec![rule]), &jobs, &[]).await;
        submission.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let steps = rule("steps", "steps", Test::AnyOf(vec![RuleValue::Whole(1_000)]));
    let submission = store.submit(&with_rules(vec![steps]), &jobs, &[]).await;
    assert_eq!(submission.expect("submits").relabelled, 5);
}

async fn a_rule_about_an_unknown_column_is_refused_with_the_submission(bench: Bench) {
    let store = bench.store().await;
    let wrong = rule("wrong", "no\"thing", Test::AnyOf(vec![RuleValue::Missing]));
    assert!(
        store
            .submit(&with_rules(vec![wrong]), &[job(1)], &[])
            .await
            .is_err()
    );
    assert!(store.sweeps().await.expect("lists").is_empty());
}

/// Results are recorded by several workers while the rules change under them.
async fn rules_that_change_while_results_come_in_leave_no_stale_label(bench: Bench) {
    let jobs: Vec<NewJob> = (0..120).map(job).collect();
    let store = bench.store().await;
    store.submit(&sweep(), &jobs, &[]).await.expect("submits");
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let store = bench.store().await;
        tasks.push(tokio::spawn(async move {
            for claim in claim(&store, worker(), 30).await {
                let outcome = if claim.parameters.seed % 2 == 0 {
                    Outcome::Completed
                } else {
                    Outcome::Diverged
                };
                let found = found(outcome, 0.0);
                let complete = store.complete(&claim.ticket, &found, &cost()).await;
                complete.expect("completes");
            }
        }));
    }
    for round in 0..12 {
        let rules = if round % 2 == 0 {
            Vec::new()
        } else {
            ExclusionRule::defaults()
        };
        store
            .submit(&with_rules(rules), &jobs, &[])
            .await
            .expect("submits");
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    let flow = store.flow(SWEEP).await.expect("counts");
    assert_eq!((flow.finished, flow.diverged, flow.excluded), (120, 60, 60));
}

async fn a_rule_may_hold_any_text(bench: Bench) {
    let store = bench.store().await;
    let odd = "it's $5, {rows: text} of {now}? $1 \u{e9}\\";
    let here = |host: &str| Test::AnyOf(vec![RuleValue::Text(host.to_owned())]);
    let rules = [
        rule("$2 {rows:", "host", here("host")),
        rule(odd, "host", here(odd)),
    ];
    // Labelled as they are recorded, and again when the rules change.
    finished(&store, &with_rules(rules.to_vec())).await;
    assert_eq!(labels(&store).await, vec![text("$2 {rows:"); 5]);
    finished(&store, &with_rules(vec![rule(odd, "host", here("host"))])).await;
    assert_eq!(labels(&store).await[0], text(odd));
    let column = with_rules(vec![rule("odd", "host\" = $9 {rows: text}", here("host"))]);
    assert!(store.submit(&column, &[], &[]).await.is_err());
}
