//! Large checkpoints: handed on, fenced and cleaned up like small ones.

use std::path::PathBuf;

use shared::Value;
use simulation::Checkpoint;

use crate::bench::{Bench, LEASE_MS, claim_one, cost, later, result, value};

crate::scenarios!(
    a_large_checkpoint_is_handed_on_and_goes_with_its_job,
    a_stale_attempt_replaces_no_large_checkpoint,
    small_and_large_checkpoints_replace_each_other,
    a_lost_or_damaged_file_costs_work_and_not_the_job,
    orphans_are_removed_and_nothing_else,
);

fn large(tag: u8) -> Checkpoint {
    Checkpoint::from_bytes(vec![tag; (1 << 20) + 1])
}

/// Where a SQLite database's files lie; a PostgreSQL database has none.
fn folder(bench: &Bench) -> Option<PathBuf> {
    let path = bench.url.strip_prefix("sqlite://")?;
    Some(PathBuf::from(format!("{path}.checkpoints")))
}

/// Names of the files there are.
fn files(bench: &Bench) -> Vec<PathBuf> {
    let entries = folder(bench).and_then(|folder| std::fs::read_dir(folder).ok());
    let entries = entries.into_iter().flatten();
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

fn expect_files(bench: &Bench, count: usize) {
    let expected = if folder(bench).is_some() { count } else { 0 };
    assert_eq!(files(bench).len(), expected);
}

async fn a_large_checkpoint_is_handed_on_and_goes_with_its_job(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, first) = claim_one(&store).await;
    for tag in [1, 2] {
        let saved = store.save_checkpoint(&first.ticket, &large(tag)).await;
        assert!(saved.expect("saves"));
        expect_files(&bench, 1);
    }
    let released = store.release(&first.ticket, Some(&large(3))).await;
    assert!(released.expect("releases"));
    expect_files(&bench, 1);
    // Another process opens the database anew.
    let other = bench.store().await;
    later(&other, 1);
    let (_, second) = claim_one(&other).await;
    assert_eq!(second.checkpoint, Some(large(3)));
    let finish = other.complete(&second.ticket, &result("d"), &cost()).await;
    finish.expect("completes");
    expect_files(&bench, 0);
    assert!(folder(&bench).is_none_or(|folder| !folder.exists()));
}

async fn a_stale_attempt_replaces_no_large_checkpoint(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let (_, stale) = claim_one(&store).await;
    later(&store, 2 * LEASE_MS as u64 / 1_000 + 1);
    store.reap(LEASE_MS).await.expect("reaps");
    let (_, newest) = claim_one(&store).await;
    assert!(
        store
            .save_checkpoint(&newest.ticket, &large(1))
            .await
            .expect("saves")
    );
    assert!(
        !store
            .save_checkpoint(&stale.ticket, &large(2))
            .await
            .expect("answers")
    );
    assert!(
        !store
            .release(&stale.ticket, Some(&large(2)))
            .await
            .expect("answers")
    );
    expect_files(&bench, 1);
    store.release(&newest.ticket, None).await.expect("releases");
    let (_, third) = claim_one(&store).await;
    assert_eq!(third.checkpoint, Some(large(1)));
}

async fn small_and_large_checkpoints_replace_each_other(bench: Bench) {
    let store = bench.with_jobs(1).await;
    let small = Checkpoint::from_bytes(vec![9; 1 << 20]);
    for (checkpoint, count) in [(&small, 0), (&large(1), 1), (&small, 0), (&large(1), 1)] {
        let (_, job) = claim_one(&store).await;
        let released = store.release(&job.ticket, Some(checkpoint)).await;
        assert!(released.expect("releases"));
        expect_files(&bench, count);
        let (_, next) = claim_one(&store).await;
        assert_eq!(next.checkpoint.as_ref(), Some(checkpoint));
        store.release(&next.ticket, None).await.expect("releases");
    }
}

async fn a_lost_or_damaged_file_costs_work_and_not_the_job(bench: Bench) {
    let store = bench.with_jobs(1).await;
    for damage in [
        |path: PathBuf| std::fs::remove_file(path).expect("removes"),
        |path: PathBuf| std::fs::write(path, vec![1; 1 << 20]).expect("cuts"),
    ] {
        let (_, job) = claim_one(&store).await;
        let released = store.release(&job.ticket, Some(&large(1))).await;
        assert!(released.expect("releases"));
        let intact = folder(&bench).is_none();
        files(&bench).into_iter().for_each(damage);
        let (_, next) = claim_one(&store).await;
        assert_eq!(next.checkpoint.is_some(), intact);
        store.release(&next.ticket, None).await.expect("releases");
    }
}

async fn orphans_are_removed_and_nothing_else(bench: Bench) {
    let store = bench.with_jobs(2).await;
    assert_eq!(store.remove_orphans().await.expect("cleans"), 0);
    let (_, job) = claim_one(&store).await;
    assert!(
        store
            .save_checkpoint(&job.ticket, &large(1))
            .await
            .expect("saves")
    );
    let mut orphans = 0;
    if let Some(folder) = folder(&bench) {
        // What crashes leave: a file half written, and one whose transaction never committed.
        for name in ["a-1-0.part", "a-1-0"] {
            std::fs::write(folder.join(name), "x").expect("writes");
            orphans += 1;
        }
    }
    assert_eq!(store.remove_orphans().await.expect("cleans"), orphans);
    expect_files(&bench, 1);
    store.release(&job.ticket, None).await.expect("releases");
    let held = value(&store, "SELECT count(*) FROM checkpoints").await;
    assert_eq!(held, Value::Integer(1));
    let again = store
        .claim(uuid::Uuid::now_v7(), &crate::bench::up_to(2))
        .await;
    let claims = again.expect("claims");
    let kept = claims
        .iter()
        .filter(|claim| claim.checkpoint == Some(large(1)));
    assert_eq!(kept.count(), 1);
}
