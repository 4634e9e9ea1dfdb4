//! Every core is busy several times over; the heartbeat is on time all the same.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use shared::testing::{PostgresCluster, tamper};

use crate::fleet::{Fleet, LEASE, PATIENCE, STEPS, times};
use crate::ledger;
use crate::support::block_on;

/// Jobs of seconds, so that leases have to be renewed.
const LONG: u32 = 100 * STEPS;
/// Threads that do nothing but burn, for each core.
const BURNERS_PER_CORE: usize = 4;

/// Held by whoever burns: two at once would take ten times as long, and slow every test beside them.
static FIRE: Mutex<()> = Mutex::new(());

/// Every sign of life, on record: by the database's clock, as leases are.
const SQLITE_DIARY: &str = "CREATE TABLE beats (worker TEXT, at_ms BIGINT);
    CREATE TRIGGER beat AFTER UPDATE ON workers
    BEGIN INSERT INTO beats VALUES (new.id, new.seen_at_ms); END";
const POSTGRES_DIARY: &str = "CREATE TABLE beats (worker TEXT, at_ms BIGINT);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO beats VALUES (new.id, new.seen_at_ms); RETURN NULL; END';
    CREATE TRIGGER beat AFTER UPDATE ON workers FOR EACH ROW EXECUTE FUNCTION note()";

/// Threads that burn until dropped.
struct Burners(Arc<AtomicBool>);

impl Burners {
    fn start(count: usize) -> Self {
        let out = Arc::new(AtomicBool::new(false));
        for _ in 0..count {
            let out = Arc::clone(&out);
            std::thread::spawn(move || {
                while !out.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        Self(out)
    }
}

impl Drop for Burners {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn beat_under_load(fleet: &Fleet, diary: &str, url: &str) {
    let _alone = FIRE.lock().unwrap_or_else(PoisonError::into_inner);
    block_on(tamper(url, diary));
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let burners = Burners::start(cores * BURNERS_PER_CORE);
    let slots = cores.to_string();
    fleet
        .worker_with(&[], &["--slots", &slots])
        .expect_success(PATIENCE);
    drop(burners);
    assert_eq!(
        fleet.count("attempts"),
        u64::from(fleet.jobs),
        "no lease was lost"
    );
    assert_eq!(fleet.count("attempts WHERE epoch <> 1"), 0);
    let gaps = "SELECT count(*) AS beats, max(gap) AS longest, avg(gap) AS mean FROM (SELECT at_ms - \
                lag(at_ms) OVER (ORDER BY at_ms) AS gap FROM beats) AS gaps WHERE gap IS NOT NULL";
    let row = &fleet.sandbox.query(gaps)[0];
    let (beats, longest) = (row["beats"].as_u64(), row["longest"].as_u64());
    let (beats, longest) = (beats.expect("a count"), longest.expect("a time"));
    let lease_ms = LEASE.as_millis() as u64;
    assert!(beats >= 5, "only {beats} beats");
    // A beat waits for at most 1.2 of the period, which is a quarter of the lease.
    assert!(
        longest < lease_ms * 3 / 4,
        "{longest} ms between two beats, of a lease of {lease_ms}"
    );
    let (least, most) = (lease_ms / 5, lease_ms * 3 / 10);
    let fault = format!(
        "a beat due {least} to {most} ms after the last while every core was busy {} times over",
        BURNERS_PER_CORE + 1
    );
    ledger::remark(&format!(
        "{}: {beats} beats, {longest} ms between two at most, while every core was busy {} times over.",
        fleet.database,
        BURNERS_PER_CORE + 1
    ));
    ledger::close(fleet, &fault, beats);
}

#[test]
fn leases_are_renewed_in_time_in_sqlite() {
    let fleet = Fleet::on_sqlite(times(4, 24), LONG);
    let url = format!("sqlite://{}", fleet.sandbox.path("driftsweep.db").display());
    beat_under_load(&fleet, SQLITE_DIARY, &url);
}

#[test]
fn leases_are_renewed_in_time_in_postgres() {
    let fleet = Fleet::on_postgres(PostgresCluster::shared(), times(4, 24), LONG);
    beat_under_load(&fleet, POSTGRES_DIARY, &fleet.url);
}
