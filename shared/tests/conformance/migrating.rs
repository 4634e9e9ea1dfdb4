//! The schema: made once, checked always.

use shared::{OpenError, Purpose, Store};

use crate::bench::{Bench, submit, sweep};

crate::scenarios!(
    sixteen_migrations_at_once_work,
    only_some_commands_migrate,
    opening_again_changes_nothing,
);

async fn sixteen_migrations_at_once_work(bench: Bench) {
    let mut openings = Vec::new();
    for _ in 0..16 {
        let url = bench.url.clone();
        openings.push(tokio::spawn(async move {
            let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
            store.sweeps().await.expect("lists")
        }));
    }
    for opening in openings {
        assert!(opening.await.expect("no panic").is_empty());
    }
    let store = bench.store().await;
    submit(&store, &sweep(), 1).await;
}

async fn only_some_commands_migrate(bench: Bench) {
    for purpose in [Purpose::Use, Purpose::Read] {
        let error = Store::open(&bench.url, purpose)
            .await
            .expect_err("not there yet");
        assert!(
            matches!(
                error,
                OpenError::Missing { .. } | OpenError::Older { found: 0, .. }
            ),
            "{error}"
        );
        assert!(
            ["submit", "migrate"]
                .iter()
                .any(|remedy| error.to_string().contains(remedy)),
            "names the remedy: {error}"
        );
    }
    bench.store().await;
    for purpose in [Purpose::Use, Purpose::Read] {
        Store::open(&bench.url, purpose).await.expect("opens now");
    }
}

async fn opening_again_changes_nothing(bench: Bench) {
    let store = bench.with_jobs(3).await;
    drop(store);
    let store = bench.store().await;
    assert_eq!(crate::bench::status(&store).await.planned, 3);
}
