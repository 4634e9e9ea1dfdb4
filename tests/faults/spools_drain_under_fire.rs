//! Results pile up in the spool while the database is away; every worker that delivers them is
//! killed on the way.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use shared::testing::PostgresCluster;

use crate::chance::{Chance, pass};
use crate::disk::Disk;
use crate::fleet::{Fleet, PATIENCE, STEPS, times, wait_until};
use crate::ledger;
use crate::proxy::Proxy;
use crate::support::Sandbox;
use crate::worker::Worker;

const JOBS: u32 = 400;
/// So many teach a worker that it should hold many.
const LESSON: u64 = 20;
/// So many it holds when the database goes away; half of them may be recorded meanwhile.
const HELD: u64 = 8;
/// Short enough that a worker on a slow and busy machine holds many: it claims ahead what half a second of a slot can do.
const SHORT: u32 = STEPS / 2;
const SLOTS: [&str; 2] = ["--slots", "4"];
/// Life of a worker that delivers, in milliseconds.
const LIFE_MS: (u64, u64) = (5, 80);
const KILLS_MAX: u32 = 30;
/// A spool that doesn't grow for so long is complete.
const STILL: Duration = Duration::from_secs(2);

/// Tickets in the spool, as its files name them.
fn spooled(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    names
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect()
}

/// Waits until a worker holds many jobs.
fn learn_to_hold_many(fleet: &Fleet) {
    fleet.wait_for_done(LESSON);
    wait_until("it holds many", || {
        fleet.count("jobs WHERE state = 'running'") >= HELD
    });
}

/// Waits until the spool grows no more, and kills the worker; the tickets.
fn kill_with_full_spool(mut worker: Worker, spool: &Path) -> BTreeSet<String> {
    let mut tickets = BTreeSet::new();
    let mut since = Instant::now();
    wait_until("all that it holds is done", || {
        let now = spooled(spool);
        if now != tickets {
            tickets = now;
            since = Instant::now();
        }
        !tickets.is_empty() && since.elapsed() > STILL
    });
    assert!(worker.kill());
    spooled(spool)
}

/// Starts workers and kills them until the spool is empty; how many.
fn deliver_under_fire(fleet: &Fleet, spool: &str, seed: u64) -> u64 {
    let mut chance = Chance::new(seed);
    let mut kills = 0;
    for _ in 0..KILLS_MAX {
        if spooled(Path::new(spool)).is_empty() {
            break;
        }
        let mut worker = fleet.worker_with(&[], &[&SLOTS[..], &["--spool", spool]].concat());
        pass(chance.between_ms(LIFE_MS.0, LIFE_MS.1));
        kills += u64::from(worker.kill());
    }
    let mut last = fleet.worker_with(&[], &[&SLOTS[..], &["--spool", spool]].concat());
    last.expect_success(PATIENCE);
    kills
}

/// None of these was computed again.
fn expect_delivered(fleet: &Fleet, tickets: &BTreeSet<String>) {
    let rows = fleet.sandbox.query("SELECT job_id, epoch FROM results");
    let recorded: BTreeSet<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{}-{}",
                row["job_id"].as_str().expect("an id"),
                row["epoch"]
            )
        })
        .collect();
    let again: Vec<_> = tickets.difference(&recorded).collect();
    assert!(
        again.is_empty(),
        "{again:?} of {} were done again",
        tickets.len()
    );
}

fn folder_of(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("spool-under-fire")
}

fn finish(fleet: &Fleet, tickets: &BTreeSet<String>, spool: &str, seed: u64) {
    assert!(
        tickets.len() >= 4,
        "only {} results in the spool",
        tickets.len()
    );
    let kills = deliver_under_fire(fleet, spool, seed);
    assert!(kills > 0, "delivery was too fast to be disturbed");
    expect_delivered(fleet, tickets);
    ledger::close(fleet, "a worker killed while it delivered its spool", kills);
}

#[test]
fn postgres_gets_every_result() {
    let cluster = PostgresCluster::shared();
    for seed in 0..u64::from(times(1, 8)) {
        let fleet = Fleet::on_postgres(cluster, JOBS, SHORT);
        let proxy = Proxy::start(Ipv4Addr::LOCALHOST.into(), cluster.port());
        let folder = folder_of(&fleet.sandbox);
        let spool = folder.to_str().expect("a plain name");
        let url = proxy.url(&fleet.url, "127.0.0.1");
        let arguments = [&SLOTS[..], &["--database", &url, "--spool", spool]].concat();
        let worker = fleet.worker_with(&[], &arguments);
        learn_to_hold_many(&fleet);
        proxy.close(true);
        let tickets = kill_with_full_spool(worker, &folder);
        finish(&fleet, &tickets, spool, seed);
    }
}

#[test]
fn sqlite_gets_every_result() {
    for seed in 0..u64::from(times(1, 8)) {
        let disk = Disk::new(128 * 1024);
        let url = format!("sqlite://{}", disk.path().join("driftsweep.db").display());
        let fleet = Fleet::submitted(Sandbox::on(&url), &url, "SQLite", JOBS, SHORT);
        let folder = folder_of(&fleet.sandbox);
        let spool = folder.to_str().expect("a plain name");
        let worker = fleet.worker_with(&[], &[&SLOTS[..], &["--spool", spool]].concat());
        learn_to_hold_many(&fleet);
        let ballast = disk.fill();
        let tickets = kill_with_full_spool(worker, &folder);
        drop(ballast);
        finish(&fleet, &tickets, spool, seed);
    }
}
