//! Thousands of schedules of crashes, pauses, cut-off workers, lost answers, restored databases and a user, each given
//! by a seed, against a model of the queue's rules and against both databases. A seed that fails is
//! printed; `SCHEDULE_SEED=17 cargo test -p driftsweep-shared --test schedules` plays it again,
//! everywhere, and `SCHEDULES=10000` plays so many on each database (`make test-schedules`). The one thing a seed does not decide is how long a database makes a failed job wait:
//! the jitter is its own `random()`.

mod chance;
mod copies;
mod database;
mod guard;
mod ledger;
mod model;
mod queue;
mod schedule;
mod twin;
mod unfenced;
mod worker;

use std::ops::Range;
use std::time::Instant;

use database::{Database, Kind};
use guard::Guard;
use model::Model;
use queue::{Checked, SLACK_MS, Violation};
use schedule::{Setting, Tally, model_ids, play};
use twin::Twin;
use unfenced::Unfenced;

const AGAINST_MODEL: u64 = 40_000;
const AGAINST_SQLITE: u64 = 800;
const AGAINST_POSTGRES: u64 = 400;
/// A missing guard must show within this many schedules.
const TO_FIND: u64 = 2_000;
/// Databases played at once.
const LANES: u64 = 2;

/// The seeds to play: all of them, or the one asked for.
fn seeds(all: u64) -> Range<u64> {
    match std::env::var("SCHEDULE_SEED") {
        Ok(text) => {
            let seed = text.parse().expect("SCHEDULE_SEED is a whole number");
            seed..seed + 1
        }
        Err(_) => 0..all,
    }
}

/// How many to play on a database: as many as asked for, or the usual number.
fn wanted(usual: u64) -> u64 {
    match std::env::var("SCHEDULES") {
        Ok(text) => text.parse().expect("SCHEDULES is a whole number"),
        Err(_) => usual,
    }
}

#[track_caller]
fn accept(seed: u64, played: Checked<Tally>) -> Tally {
    match played {
        Ok(tally) => tally,
        Err(Violation(what)) => panic!("SCHEDULE_SEED={seed} breaks a rule: {what}"),
    }
}

fn model(setting: &Setting, missing: Option<Guard>) -> Model {
    let ids = model_ids(setting.jobs);
    Model::new(&ids, setting.limits, missing, setting.seed)
}

fn show(what: &str, started: Instant, tallies: &[Tally]) {
    let sum = |count: fn(&Tally) -> usize| tallies.iter().map(count).sum::<usize>();
    println!(
        "{what}: {} schedules, {} steps, {} crashes, {} pauses, {} cuts, {} lost answers, {} restored, \
         {} results, {} refused, {} s",
        tallies.len(),
        sum(|tally| tally.steps),
        sum(|tally| tally.crashes),
        sum(|tally| tally.pauses),
        sum(|tally| tally.cuts),
        sum(|tally| tally.lost_answers),
        sum(|tally| tally.restored),
        sum(|tally| tally.results),
        sum(|tally| tally.superseded),
        started.elapsed().as_secs(),
    );
}

#[tokio::test]
async fn the_rules_keep_the_promise_in_every_schedule() {
    let started = Instant::now();
    let mut tallies = Vec::new();
    for seed in seeds(AGAINST_MODEL) {
        let setting = Setting::of(seed);
        tallies.push(accept(seed, play(setting, model(&setting, None)).await));
    }
    show("model", started, &tallies);
}

#[tokio::test]
async fn every_rule_left_out_is_missed() {
    for guard in Guard::ALL {
        let mut found = None;
        for seed in 0..TO_FIND {
            let setting = Setting::of(seed);
            if let Err(Violation(what)) = play(setting, model(&setting, Some(guard))).await {
                found = Some((seed, what));
                break;
            }
        }
        let (seed, what) = found.unwrap_or_else(|| panic!("nothing breaks without {guard:?}"));
        println!(
            "without {guard:?}: seed {seed}: {}",
            what.lines().next().unwrap_or_default()
        );
    }
}

/// Plays a seed on a database and the model, again if it took so long that the database's clock, which runs on,
/// may have decided what the model's did not.
async fn play_twins(database: &mut Database, seed: u64) -> Checked<Tally> {
    for _ in 0..10 {
        let setting = Setting::of(seed);
        let (queue, ids) = database.submit(&setting).await;
        let model = Model::new(&ids, setting.limits, None, seed);
        let started = Instant::now();
        let played = play(setting, Twin::new(queue, model)).await;
        if started.elapsed().as_millis() < SLACK_MS as u128 {
            return played;
        }
        if let Err(Violation(what)) = played {
            println!("SCHEDULE_SEED={seed} took too long to be sure, and is played again: {what}");
        }
    }
    panic!("the machine takes longer than {SLACK_MS} ms for one schedule, ten times in turn");
}

/// Plays seeds on databases of this kind, each compared with the model after every step.
async fn compare(kind: Kind, count: u64) {
    let started = Instant::now();
    let lane = |lane: u64| async move {
        let mut database = Database::open(kind).await;
        let mut tallies = Vec::new();
        for seed in seeds(wanted(count)).filter(|seed| seed % LANES == lane) {
            let played = play_twins(&mut database, seed).await;
            let broken = played.is_err();
            tallies.push((seed, played));
            if broken {
                break;
            }
        }
        tallies
    };
    let lanes: Vec<_> = (0..LANES)
        .map(|number| tokio::spawn(lane(number)))
        .collect();
    let mut tallies = Vec::new();
    for lane in lanes {
        let played = lane.await.expect("a lane reports what it finds");
        tallies.extend(
            played
                .into_iter()
                .map(|(seed, played)| accept(seed, played)),
        );
    }
    show(&format!("{kind:?}"), started, &tallies);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_agrees_with_the_model_step_by_step() {
    compare(Kind::Sqlite, AGAINST_SQLITE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_agrees_with_the_model_step_by_step() {
    compare(Kind::Postgres, AGAINST_POSTGRES).await;
}

/// Results written by job alone, as most queues do it: some schedule must show why that is wrong.
async fn misattribution_is_found(kind: Kind) {
    let mut database = Database::open(kind).await;
    for seed in 0..TO_FIND {
        let setting = Setting::of(seed);
        let (queue, _) = database.submit(&setting).await;
        if let Err(Violation(what)) = play(setting, Unfenced(queue)).await {
            println!(
                "{kind:?}, unfenced: seed {seed}: {}",
                what.lines().next().unwrap_or_default()
            );
            return;
        }
    }
    panic!("{kind:?} without a fence breaks no rule");
}

#[tokio::test]
async fn without_the_fence_sqlite_breaks_the_promise() {
    misattribution_is_found(Kind::Sqlite).await;
}

#[tokio::test]
async fn without_the_fence_postgres_breaks_the_promise() {
    misattribution_is_found(Kind::Postgres).await;
}
