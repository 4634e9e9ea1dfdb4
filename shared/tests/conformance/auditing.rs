//! Jobs that ran twice, by mishap or to compare.

use shared::{AuditedRun, JobId, NewJob, RunOrigin, Store, StoreError};
use simulation::{Outcome, RunResult};

use crate::bench::{
    Bench, LEASE_MS, SWEEP, claim, claim_one, cost, job, later, result, status, submit, sweep,
    worker, worker_info,
};

crate::scenarios!(
    equal_bits_are_no_alarm_and_different_ones_name_both_machines,
    a_refused_result_is_compared_with_the_recorded_one,
    what_the_clock_cut_short_is_not_compared,
    samples_are_repeatable_and_of_the_asked_size,
    results_of_other_hosts_are_sampled_first,
);

fn audited(job_id: &JobId, digest: &str) -> AuditedRun {
    AuditedRun {
        job_id: job_id.clone(),
        found: RunOrigin {
            digest: digest.to_owned(),
            host: "elsewhere".to_owned(),
            cpu: "another processor".to_owned(),
            code_version: "2".to_owned(),
        },
        wall_seconds: 0.25,
    }
}

async fn equal_bits_are_no_alarm_and_different_ones_name_both_machines(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let info = worker_info(worker());
    store.register_worker(&info).await.expect("registers");
    let claimed = claim(&store, info.id, 1).await.remove(0);
    let finish = store.complete(&claimed.ticket, &result("d"), &cost()).await;
    finish.expect("completes");
    let id = &claimed.ticket.job_id;
    store
        .record_audit(&audited(id, "d"))
        .await
        .expect("records");
    assert_eq!(store.mismatches(SWEEP, 9).await.expect("compares"), []);
    store
        .record_audit(&audited(id, "e"))
        .await
        .expect("records");
    let found = store.mismatches(SWEEP, 9).await.expect("compares");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].job_id, found[0].kind.as_str()), (id, "audit"));
    assert_eq!(found[0].other, audited(id, "e").found);
    let recorded = RunOrigin {
        digest: "d".to_owned(),
        host: "host".to_owned(),
        cpu: "processor".to_owned(),
        code_version: "1".to_owned(),
    };
    assert_eq!(found[0].recorded, recorded);
    let planned = store.planned_job(id).await.expect("finds");
    assert_eq!(planned.cpu.as_deref(), Some("processor"));
    let unknown = store.mismatches("nowhere", 9).await;
    assert!(matches!(unknown, Err(StoreError::UnknownSweep { .. })));
}

/// Claims a job twice: the first worker fell silent. Both tickets.
async fn claimed_twice(store: &Store) -> [shared::Ticket; 2] {
    let (_, first) = claim_one(store).await;
    later(store, 2 * LEASE_MS as u64 / 1_000 + 1);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    let (_, second) = claim_one(store).await;
    [first.ticket, second.ticket]
}

async fn a_refused_result_is_compared_with_the_recorded_one(bench: Bench) {
    for (digest, alarms) in [("same", 0), ("other", 1)] {
        let store = bench.store().await;
        let sweep = shared::NewSweep::new(digest, "", 7);
        submit(&store, &sweep, 1).await;
        let [first, second] = claimed_twice(&store).await;
        let finish = store.complete(&first, &result(digest), &cost()).await;
        assert_eq!(finish.expect("refuses"), shared::Finish::Superseded);
        let finish = store.complete(&second, &result("same"), &cost()).await;
        assert_eq!(finish.expect("completes"), shared::Finish::Recorded);
        let found = store.mismatches(digest, 9).await.expect("compares");
        assert_eq!(found.len(), alarms);
        for mismatch in found {
            assert_eq!(mismatch.kind, "second run");
            assert_eq!(
                (
                    mismatch.recorded.digest.as_str(),
                    mismatch.other.digest.as_str()
                ),
                ("same", digest)
            );
            assert_eq!(mismatch.other.cpu, "unknown", "its worker never registered");
        }
    }
}

async fn what_the_clock_cut_short_is_not_compared(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let [first, second] = claimed_twice(&store).await;
    let cut = RunResult {
        outcome: Outcome::Truncated,
        ..result("cut")
    };
    store
        .complete(&first, &cut, &cost())
        .await
        .expect("refuses");
    store
        .complete(&second, &result("d"), &cost())
        .await
        .expect("completes");
    assert_eq!(store.mismatches(SWEEP, 9).await.expect("compares"), []);
    // And the other way round.
    submit(&store, &shared::NewSweep::new("cut", "", 7), 1).await;
    let [first, second] = claimed_twice(&store).await;
    store
        .complete(&first, &result("d"), &cost())
        .await
        .expect("refuses");
    store
        .complete(&second, &cut, &cost())
        .await
        .expect("completes");
    assert_eq!(store.mismatches("cut", 9).await.expect("compares"), []);
    assert_eq!(
        store
            .sample_results("cut", 1.0, 0, "host")
            .await
            .expect("samples"),
        []
    );
}

async fn samples_are_repeatable_and_of_the_asked_size(bench: Bench) {
    let store = bench.with_jobs(60).await;
    assert_eq!(
        store
            .sample_results(SWEEP, 0.5, 0, "host")
            .await
            .expect("samples"),
        []
    );
    for claim in claim(&store, worker(), 50).await {
        let finish = store.complete(&claim.ticket, &result("d"), &cost()).await;
        finish.expect("completes");
    }
    let sample = async |share, seed| {
        let mut jobs = store
            .sample_results(SWEEP, share, seed, "host")
            .await
            .expect("samples");
        jobs.sort();
        jobs.dedup();
        jobs
    };
    let tenth = sample(0.1, 3).await;
    assert_eq!(tenth.len(), 5);
    assert_eq!(tenth, sample(0.1, 3).await);
    let others = [sample(0.1, 4).await, sample(0.1, 5).await];
    assert!(others.iter().any(|other| *other != tenth));
    assert_eq!(sample(0.001, 3).await.len(), 1, "at least one");
    let all = sample(1.0, 3).await;
    assert_eq!(all.len(), 50);
    assert!(tenth.iter().all(|id| all.contains(id)));
    // Jobs submitted again are what they were.
    let jobs: Vec<NewJob> = (0..60).map(job).collect();
    store.submit(&sweep(), &jobs, &[]).await.expect("submits");
    assert_eq!(tenth, sample(0.1, 3).await);
    assert_eq!(status(&store).await.done, 50);
}

async fn results_of_other_hosts_are_sampled_first(bench: Bench) {
    let store = bench.with_jobs(20).await;
    for (number, claim) in claim(&store, worker(), 20).await.iter().enumerate() {
        let host = if number % 4 == 0 { "elsewhere" } else { "here" };
        let cost = shared::RunCost {
            host: host.to_owned(),
            ..cost()
        };
        let finish = store.complete(&claim.ticket, &result("d"), &cost).await;
        finish.expect("completes");
    }
    let sample = async |share, here| {
        let sampled = store.sample_results(SWEEP, share, 3, here).await;
        sampled.expect("samples")
    };
    let hosts = async |jobs: Vec<JobId>| {
        let mut hosts = Vec::new();
        for job in jobs {
            let planned = store.planned_job(&job).await.expect("finds");
            hosts.push(planned.host.expect("recorded somewhere"));
        }
        hosts
    };
    assert_eq!(hosts(sample(0.25, "here").await).await, ["elsewhere"; 5]);
    let half = hosts(sample(0.5, "here").await).await;
    assert_eq!(half[..5], ["elsewhere"; 5]);
    assert_eq!(half[5..], ["here"; 5]);
    assert_eq!(hosts(sample(0.75, "elsewhere").await).await, ["here"; 15]);
    assert_eq!(sample(1.0, "here").await.len(), 20);
}
