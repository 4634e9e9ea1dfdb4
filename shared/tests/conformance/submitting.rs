//! Submit = resume = extend.

use ndarray::Array2;
use shared::testing::tamper;
use shared::{NewJob, StoreError, Submission};
use simulation::{
    Algorithm, DataRange, Dataset, HessianEigenvalues, LabelNoiseDistribution, Parameters,
    Reductions, Regime, Task, UpdateNoiseTarget,
};

use crate::bench::{Bench, SWEEP, claim_one, cost, job, result, status, submit, sweep, value};

crate::scenarios!(
    submitting_again_inserts_nothing,
    an_edited_sweep_adds_what_is_new_and_deletes_nothing,
    submissions_at_once_insert_every_job_once,
    equal_jobs_are_one,
    a_refused_submission_writes_nothing,
    data_sets_are_stored_once,
    a_planned_job_can_be_looked_up,
    every_parameter_is_in_its_column,
    large_submissions_go_in_batches,
    a_submission_that_the_database_refuses_midway_leaves_nothing,
);

async fn submitting_again_inserts_nothing(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let (_, claimed) = claim_one(&store).await;
    store
        .complete(&claimed.ticket, &result("d"), &cost())
        .await
        .expect("completes");
    let jobs: Vec<NewJob> = (0..3).map(job).collect();
    let submission = store.submit(&sweep(), &jobs, &[]).await.expect("submits");
    let expected = Submission {
        inserted: 0,
        existing: 3,
        unnamed: 0,
        relabelled: 0,
    };
    assert_eq!(submission, expected);
    let counts = status(&store).await;
    assert_eq!((counts.planned, counts.done, counts.queued), (3, 1, 2));
}

async fn an_edited_sweep_adds_what_is_new_and_deletes_nothing(bench: Bench) {
    let store = bench.with_jobs(3).await;
    let jobs: Vec<NewJob> = (2..7).map(job).collect();
    let edited = shared::NewSweep {
        source: "edited".to_owned(),
        ..sweep()
    };
    let submission = store.submit(&edited, &jobs, &[]).await.expect("submits");
    let expected = Submission {
        inserted: 4,
        existing: 1,
        unnamed: 2,
        relabelled: 0,
    };
    assert_eq!(submission, expected);
    assert_eq!(status(&store).await.planned, 7);
    assert_eq!(store.sweeps().await.expect("lists"), [SWEEP]);
    assert_eq!(
        value(&store, "SELECT source FROM sweeps").await,
        crate::bench::text("edited")
    );
}

async fn submissions_at_once_insert_every_job_once(bench: Bench) {
    bench.store().await;
    let mut submissions = Vec::new();
    for order in 0..6 {
        let store = bench.store().await;
        submissions.push(tokio::spawn(async move {
            let mut jobs: Vec<NewJob> = (0..500).map(job).collect();
            jobs.rotate_left(order * 77);
            store
                .submit(&sweep(), &jobs, &[])
                .await
                .expect("submits")
                .inserted
        }));
    }
    let mut inserted = 0;
    for submission in submissions {
        inserted += submission.await.expect("no panic");
    }
    assert_eq!(inserted, 500);
    assert_eq!(status(&bench.store().await).await.planned, 500);
}

async fn equal_jobs_are_one(bench: Bench) {
    let store = bench.store().await;
    let submission = store.submit(&sweep(), &[job(1), job(1), job(2)], &[]).await;
    assert_eq!(submission.expect("submits").inserted, 2);
    // The same job in another sweep is another job.
    submit(&store, &shared::NewSweep::new("other", "", 7), 3).await;
    assert_eq!(status(&store).await.planned, 2);
}

async fn a_refused_submission_writes_nothing(bench: Bench) {
    let store = bench.store().await;
    for name in ["", "a'b", "a\nb", &"x".repeat(10_000)] {
        let named = shared::NewSweep::new(name, "", 7);
        let error = store
            .submit(&named, &[job(1)], &[])
            .await
            .expect_err("refused");
        assert!(
            matches!(error, StoreError::InvalidSweepName { .. }),
            "{error}"
        );
    }
    assert!(store.sweeps().await.expect("lists").is_empty());
}

async fn data_sets_are_stored_once(bench: Bench) {
    let store = bench.store().await;
    let inputs = Array2::from_shape_fn((4, 3), |(i, j)| (i * 7 + j) as f64 / 3.0);
    let targets = Array2::from_shape_fn((4, 2), |(i, j)| i as f64 - j as f64);
    let dataset = Dataset::new(inputs, targets).expect("valid");
    for _ in 0..2 {
        let given = [dataset.clone(), dataset.clone()];
        store
            .submit(&sweep(), &[job(1)], &given)
            .await
            .expect("submits");
    }
    let count = value(&store, "SELECT count(*) FROM datasets").await;
    assert_eq!(count, shared::Value::Integer(1));
    let stored = store.dataset(&dataset.id()).await.expect("reads");
    assert_eq!(stored, Some(dataset));
    assert_eq!(store.dataset("none").await.expect("reads"), None);
}

async fn a_planned_job_can_be_looked_up(bench: Bench) {
    let store = bench.store().await;
    let parameters = Parameters {
        seed: i64::MAX as u64,
        learning_rate: Some(0.1 + 0.2),
        update_noise: 1e-300,
        data_seed: Some(5),
        heading_jitter: false,
        ..Parameters::default()
    };
    let planned = NewJob {
        parameters: parameters.check().expect("valid"),
        replicate: 6,
        estimated_seconds: 0.25,
    };
    store
        .submit(&sweep(), std::slice::from_ref(&planned), &[])
        .await
        .expect("submits");
    let (_, claimed) = claim_one(&store).await;
    store
        .complete(&claimed.ticket, &result("d"), &cost())
        .await
        .expect("completes");
    let found = store
        .planned_job(&claimed.ticket.job_id)
        .await
        .expect("finds");
    assert_eq!(found.parameters, planned.parameters);
    assert_eq!((found.replicate, found.state.as_str()), (6, "done"));
    assert_eq!(found.digest.as_deref(), Some("d"));
    let rate = value(&store, "SELECT learning_rate FROM runs").await;
    assert_eq!(rate, shared::Value::Real(0.1 + 0.2));
    let seed = value(&store, "SELECT seed FROM runs").await;
    assert_eq!(seed, shared::Value::Integer(i64::MAX));
}

async fn every_parameter_is_in_its_column(bench: Bench) {
    let store = bench.store().await;
    // Within each, no two of a kind are alike, so that none can be in another's place.
    let noisy = Parameters {
        algorithm: Algorithm::Sgd,
        task: Task::Smoothed,
        regime: Regime::Lazy,
        n_samples: 7,
        input_dim: 11,
        output_dim: 5,
        smoothing_dim: Some(4),
        hidden_units: 13,
        learning_rate: Some(0.03),
        update_noise: 0.01,
        update_noise_on: UpdateNoiseTarget::Weights,
        label_noise: 0.02,
        label_noise_distribution: LabelNoiseDistribution::Gaussian,
        input_noise: 0.04,
        data_range: DataRange::Symmetric,
        steps: 12_345,
        linear_measurements: 123,
        logarithmic_measurements: 45,
        trajectory_points: 67,
        unit_activity_snapshots: 8,
        hessian_snapshots: 9,
        hessian_eigenvalues: HessianEigenvalues::All,
        hessian_cost_max: Some(0.5),
        seed: 1 << 62,
        data_seed: Some(2),
        weights_seed: Some(3),
        reductions: Reductions::Off,
        ..Parameters::default()
    };
    let on_a_track = Parameters {
        task: Task::PredictiveTrack,
        heading_jitter: false,
        measure_on_manifold: true,
        place_snapshots: Some(14),
        ..Parameters::default()
    };
    let jobs: Vec<NewJob> = [noisy, on_a_track]
        .into_iter()
        .zip([6, 16])
        .map(|(parameters, replicate)| NewJob {
            parameters: parameters.check().expect("valid"),
            replicate,
            estimated_seconds: 1.0,
        })
        .collect();
    store.submit(&sweep(), &jobs, &[]).await.expect("submits");
    for NewJob {
        parameters,
        replicate,
        ..
    } in &jobs
    {
        let mut wanted = serde_json::to_value(&**parameters).expect("plain data");
        // Given or default, as what it comes to.
        wanted["place_snapshots"] = parameters.place_snapshots().into();
        wanted["noise_type"] = parameters.noise_type().name().into();
        wanted["parameters"] = parameters.canonical_json().into();
        for (column, wanted) in wanted.as_object().expect("a struct") {
            let wanted = match wanted {
                serde_json::Value::Null => shared::Value::Null,
                serde_json::Value::Bool(flag) => shared::Value::Integer((*flag).into()),
                serde_json::Value::String(text) => crate::bench::text(text),
                number if number.is_i64() => shared::Value::Integer(number.as_i64().unwrap()),
                number => shared::Value::Real(number.as_f64().expect("a number")),
            };
            let sql = format!("SELECT {column} FROM job_parameters WHERE replicate = {replicate}");
            assert_eq!(value(&store, &sql).await, wanted, "{column}");
        }
    }
}

async fn large_submissions_go_in_batches(bench: Bench) {
    let jobs = 10_001;
    let store = bench.with_jobs(jobs).await;
    assert_eq!(status(&store).await.queued, jobs);
    let parameters = value(&store, "SELECT count(*) FROM job_parameters").await;
    assert_eq!(parameters, shared::Value::Integer(jobs.cast_signed()));
    let remaining = status(&store).await.remaining_seconds;
    assert!((remaining - jobs as f64).abs() < 1e-6, "{remaining}");
    // What is there already is read in pages, too.
    let more: Vec<NewJob> = (0..=jobs).map(job).collect();
    let submission = store.submit(&sweep(), &more, &[]).await.expect("submits");
    assert_eq!((submission.inserted, submission.existing), (1, jobs));
}

async fn a_submission_that_the_database_refuses_midway_leaves_nothing(bench: Bench) {
    let store = bench.store().await;
    tamper(
        &bench.url,
        "CREATE UNIQUE INDEX seeds_differ ON job_parameters (seed)",
    )
    .await;
    let mut jobs: Vec<NewJob> = (0..3_000).map(job).collect();
    let parameters = Parameters {
        seed: 1_500,
        steps: 2_000,
        ..Parameters::default()
    };
    jobs[2_000].parameters = parameters.check().expect("valid");
    let error = store.submit(&sweep(), &jobs, &[]).await;
    let error = error.expect_err("the same seed twice");
    assert!(error.refuses_values(), "{error:?}");
    assert!(store.sweeps().await.expect("lists").is_empty());
    let left = value(&store, "SELECT count(*) FROM jobs").await;
    assert_eq!(left, shared::Value::Integer(0));
    // The same store goes on.
    submit(&store, &sweep(), 3).await;
    assert_eq!(status(&store).await.queued, 3);
}
