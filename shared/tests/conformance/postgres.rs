//! What only a server can do: crash, hang, restart, refuse a role.

use std::time::Duration;

use shared::testing::{PostgresCluster, tamper};
use shared::{OpenError, OpenOptions, Purpose, Store};
use sqlx::Connection as _;

use crate::bench::{
    Bench, LEASE_MS, SWEEP, claim, claim_one, cost, later, result, status, submit, sweep, text,
    up_to, value, worker, worker_info,
};

#[tokio::test]
async fn after_a_restart_nobody_is_reaped_for_one_lease() {
    let bench = Bench::postgres().await;
    let store = Store::open(&bench.url, Purpose::Migrate)
        .await
        .expect("opens");
    submit(&store, &sweep(), 1).await;
    let request = shared::ClaimRequest {
        lease_ms: 1_000,
        ..up_to(1)
    };
    store.claim(worker(), &request).await.expect("claims");
    later(&store, 60);
    // The server has been up for the minute just passed and as long as these tests run.
    let hours_ms = 5 * 3_600_000;
    assert_eq!(
        store.reap(hours_ms).await.expect("reaps"),
        0,
        "nobody could renew before"
    );
    later(&store, 5 * 3_600);
    assert_eq!(store.reap(hours_ms).await.expect("reaps"), 1);
}

#[tokio::test]
async fn after_a_restart_no_deadline_is_judged_for_one_lease() {
    let bench = Bench::postgres().await;
    let store = Store::open(&bench.url, Purpose::Migrate)
        .await
        .expect("opens");
    let limits = shared::NewSweep {
        max_job_ms: Some(1),
        ..sweep()
    };
    submit(&store, &limits, 1).await;
    let request = shared::ClaimRequest {
        lease_ms: 1_000,
        ..up_to(1)
    };
    let holder = worker();
    let claims = store.claim(holder, &request).await.expect("claims");
    let hours_ms = 5 * 3_600_000;
    let held = [claims[0].ticket.clone()];
    let renewals = store.heartbeat(holder, &held, 2 * hours_ms).await;
    assert_eq!(renewals.expect("beats").len(), 1);
    later(&store, 60);
    assert_eq!(
        store.reap(hours_ms).await.expect("reaps"),
        0,
        "no result could be delivered before"
    );
    later(&store, 5 * 3_600);
    assert_eq!(store.reap(hours_ms).await.expect("reaps"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crashed_server_keeps_what_was_committed() {
    let cluster = PostgresCluster::start();
    let url = cluster.fresh_database().await;
    let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
    submit(&store, &sweep(), 20).await;
    for round in 0..5 {
        let (_, job) = claim_one(&store).await;
        let held = claim(&store, worker(), 1).await;
        let finish = store.complete(&job.ticket, &result("d"), &cost()).await;
        assert_eq!(finish.expect("completes"), shared::Finish::Recorded);
        cluster.restart("immediate");
        // Connections that died are replaced; an error, if one is seen, says to try again.
        let again = loop {
            match store.complete(&job.ticket, &result("d"), &cost()).await {
                Ok(finish) => break finish,
                Err(error) => assert!(error.is_transient(), "{error:?}"),
            }
        };
        assert_eq!(again, shared::Finish::AlreadyRecorded);
        let counts = status(&store).await;
        assert_eq!((counts.done, counts.running), (round + 1, round + 1));
        assert_eq!(held.len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    // Connections are accepted by the system, and nobody reads them.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("some port is free");
    let port = silent.local_addr().expect("bound").port();
    let options = OpenOptions {
        lock_wait: Duration::from_millis(300),
        ..OpenOptions::default()
    };
    let url = format!("postgres://u:hush@127.0.0.1:{port}/db");
    let error = Store::open_with(&url, Purpose::Use, &options)
        .await
        .expect_err("no answer");
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_large_submission_takes_as_long_as_it_takes() {
    let bench = Bench::postgres().await;
    bench.store().await;
    // A disk on which every statement that touches jobs takes half a second.
    let slow = "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'; \
         CREATE TRIGGER slow AFTER INSERT OR UPDATE ON jobs EXECUTE FUNCTION dawdle()";
    tamper(&bench.url, slow).await;
    let options = OpenOptions {
        statement_limit: Duration::from_millis(200),
        ..OpenOptions::default()
    };
    let store = Store::open_with(&bench.url, Purpose::Use, &options).await;
    let store = store.expect("opens");
    submit(&store, &sweep(), 3).await;
    assert_eq!(status(&store).await.queued, 3);
    // Nothing else may hold its locks for so long, also on the same connection.
    let hasty = store.claim(worker(), &up_to(1)).await.expect_err("refuses");
    assert!(hasty.is_transient(), "{hasty:?}");
}

/// How PostgreSQL plans statements now.
const PLANNING: &str = "SELECT current_setting('plan_cache_mode') || ' ' || current_setting('enable_seqscan') || ' ' || \
     current_setting('jit')";

#[tokio::test]
async fn what_writes_is_planned_once_and_never_compiled_and_what_reads_as_the_server_likes() {
    let bench = Bench::postgres().await;
    let store = bench.with_jobs(2).await;
    let watch = format!(
        "CREATE TABLE planned (how TEXT); \
         CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS \
         $$BEGIN INSERT INTO planned {PLANNING}; RETURN NULL; END$$; \
         CREATE TRIGGER watched AFTER UPDATE ON jobs EXECUTE FUNCTION look()"
    );
    tamper(&bench.url, &watch).await;
    let as_written = text("force_generic_plan off off");
    let as_read = value(&store, PLANNING).await;
    assert_ne!(as_read, as_written);
    claim_one(&store).await;
    // After a read on the same connections, too.
    assert_eq!(value(&store, PLANNING).await, as_read);
    claim_one(&store).await;
    let seen = value(&store, "SELECT string_agg(how, ', ') FROM planned").await;
    let twice = "force_generic_plan off off, force_generic_plan off off";
    assert_eq!(seen, text(twice));
}

/// The roles and their rights, as an administrator makes them.
const ROLES: &str = include_str!("../../../migrations/roles.sql");

#[tokio::test]
async fn the_documented_roles_can_do_their_work_and_no_more() {
    let bench = Bench::postgres().await;
    let owner = bench.store().await;
    submit(&owner, &sweep(), 4).await;
    tamper(&bench.url, ROLES).await;

    let url = bench
        .url
        .replace("driftsweep:not-a-secret", "driftsweep_worker");
    let store = Store::open(&url, Purpose::Use).await.expect("opens");
    later(&store, 2 * 86_400);
    let id = worker();
    store
        .register_worker(&worker_info(id))
        .await
        .expect("registers");
    let claims = claim(&store, id, 4).await;
    let held: Vec<_> = claims.iter().map(|claim| claim.ticket.clone()).collect();
    assert_eq!(
        store
            .heartbeat(id, &held, LEASE_MS)
            .await
            .expect("beats")
            .len(),
        4
    );
    let checkpoint = simulation::Checkpoint::from_bytes(vec![1]);
    store
        .save_checkpoint(&held[0], &checkpoint)
        .await
        .expect("saves");
    store
        .save_checkpoint(&held[0], &checkpoint)
        .await
        .expect("saves again");
    store
        .complete(&held[0], &result("d"), &cost())
        .await
        .expect("completes");
    store
        .release(&held[1], Some(&checkpoint))
        .await
        .expect("releases");
    store.fail(&held[2], "broke").await.expect("fails");
    later(&store, 200);
    assert_eq!(store.reap(LEASE_MS).await.expect("reaps"), 1);
    store.pause(SWEEP).await.expect("pauses");
    let planning = store.submit(&sweep(), &[crate::bench::job(9)], &[]).await;
    assert!(planning.is_err(), "a worker plans nothing");

    let url = bench
        .url
        .replace("driftsweep:not-a-secret", "driftsweep_reader");
    let store = Store::open(&url, Purpose::Read).await.expect("opens");
    assert_eq!(status(&store).await.planned, 4);
    let store = Store::open(&url, Purpose::Use).await.expect("opens");
    assert!(
        store.resume(SWEEP).await.is_err(),
        "a reader changes nothing"
    );
}

#[tokio::test]
async fn no_role_changes_the_schema_or_keeps_a_right_that_is_no_longer_its() {
    let bench = Bench::postgres().await;
    bench.store().await;
    let excess = "GRANT DELETE ON jobs TO driftsweep_worker; \
         GRANT UPDATE (source) ON sweeps TO driftsweep_worker; GRANT CREATE ON SCHEMA public TO PUBLIC";
    for statements in [ROLES, excess, ROLES] {
        tamper(&bench.url, statements).await;
    }
    for role in ["driftsweep_worker", "driftsweep_reader"] {
        let url = bench.url.replace("driftsweep:not-a-secret", role);
        let mut connection = sqlx::PgConnection::connect(&url).await.expect("connects");
        for statement in [
            "CREATE TABLE theirs (x INTEGER)",
            "DROP TABLE checkpoints",
            "ALTER TABLE jobs ADD COLUMN theirs INTEGER",
            "DELETE FROM jobs",
            "UPDATE sweeps SET source = ''",
        ] {
            let refused = sqlx::raw_sql(statement).execute(&mut connection).await;
            let error = refused.expect_err(statement).into_database_error();
            let code = error.as_ref().and_then(|error| error.code());
            assert_eq!(code.as_deref(), Some("42501"), "{role}: {statement}");
        }
    }
}
