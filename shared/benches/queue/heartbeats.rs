//! What heartbeats leave behind.

use std::time::{Duration, Instant};

use shared::{Store, Ticket, Value};
use uuid::Uuid;

use super::rig::{Kind, Options, Rig, up_to};

/// Jobs held at once; as many heartbeats are one call.
const HELD: u32 = 64;

pub async fn measure(rig: &Rig, store: &Store, options: &Options) {
    let worker = Uuid::now_v7();
    let claims = store.claim(worker, &up_to(HELD)).await.expect("claims");
    let held: Vec<Ticket> = claims.into_iter().map(|claim| claim.ticket).collect();
    let before = size(rig.kind, store).await;
    let (hot, all) = updates(rig.kind, store).await;
    let calls = options.jobs / u64::from(HELD);
    let started = Instant::now();
    for _ in 0..calls {
        let renewals = store.heartbeat(worker, &held, 3_600_000).await;
        assert_eq!(renewals.expect("renews").len(), held.len());
    }
    let seconds = started.elapsed().as_secs_f64();
    let beats = calls * u64::from(HELD);
    rig.line(
        &format!("leases renewed, {HELD} at a time"),
        beats as f64 / seconds,
        "1/s",
    );
    let grown = size(rig.kind, store).await - before;
    rig.line(
        &format!("jobs and its indexes before {beats} heartbeats"),
        before / 1e6,
        "MB",
    );
    rig.line("what they added", grown / 1e6, "MB");
    if rig.kind == Kind::Postgres {
        let (hot_after, all_after) = updates_from(store, all + beats as f64).await;
        let share = (hot_after - hot) / (all_after - all).max(1.0);
        rig.line(
            "heartbeats that stayed within their page (HOT)",
            100.0 * share,
            "%",
        );
    }
}

/// Bytes of the table and its indexes; of the whole file on SQLite.
async fn size(kind: Kind, store: &Store) -> f64 {
    number(
        store,
        match kind {
            Kind::Sqlite => {
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            }
            Kind::Postgres => "SELECT pg_total_relation_size('jobs')",
        },
    )
    .await
}

/// Updates of `jobs` once the server has counted so many: its counters follow within seconds.
async fn updates_from(store: &Store, all: f64) -> (f64, f64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    loop {
        ticks.tick().await;
        let counted = updates(Kind::Postgres, store).await;
        if counted.1 >= all {
            return counted;
        }
    }
}

/// Updates of `jobs`: within their page, and all.
async fn updates(kind: Kind, store: &Store) -> (f64, f64) {
    if kind == Kind::Sqlite {
        return (0.0, 0.0);
    }
    let of = "FROM pg_stat_user_tables WHERE relname = 'jobs'";
    (
        number(store, &format!("SELECT n_tup_hot_upd {of}")).await,
        number(store, &format!("SELECT n_tup_upd {of}")).await,
    )
}

async fn number(store: &Store, sql: &str) -> f64 {
    let table = store.query(sql).await.expect("reads");
    match table.rows[0][0] {
        Value::Integer(number) => number as f64,
        Value::Real(number) => number,
        ref other => panic!("{other:?} is no number"),
    }
}
