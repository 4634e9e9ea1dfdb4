//! A result is on disk, flushed with its folder, before a word of it is said to the database, and
//! leaves the disk only afterwards: watched from outside, system call by system call.

use shared::testing::PostgresCluster;

use crate::fleet::{Fleet, PATIENCE, STEPS};
use crate::ledger;

const JOBS: u32 = 5;
const CALLS: &str = "trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,write,writev,send,sendto,sendmsg";

/// The first call from `start` on whose line contains all of these words.
#[track_caller]
fn find(calls: &[String], start: usize, words: &[&str]) -> usize {
    let found = calls[start..]
        .iter()
        .position(|call| words.iter().all(|word| call.contains(word)));
    start
        + found.unwrap_or_else(|| {
            panic!(
                "no {words:?} from call {start} on in:\n{}",
                calls.join("\n")
            )
        })
}

/// strace's lines, a call that was interrupted by others where it ended.
fn completed(trace: &str) -> Vec<String> {
    let mut open: Vec<(&str, &str)> = Vec::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let (process, call) = line.split_once(' ').unwrap_or((line, ""));
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            open.push((process, begun));
        } else if let Some((_, end)) = call.split_once(" resumed>") {
            let begun = open.iter().position(|(other, _)| *other == process);
            let begun = begun.map_or("", |position| open.swap_remove(position).1);
            calls.push(format!("{begun}{end}"));
        } else {
            calls.push(call.to_owned());
        }
    }
    calls
}

#[test]
fn a_result_is_flushed_before_the_database_hears_of_it() {
    let fleet = Fleet::on_postgres(PostgresCluster::shared(), JOBS, STEPS);
    let trace = fleet.sandbox.path("trace");
    let spool = fleet.sandbox.path("spool");
    let shown = spool.to_str().expect("a plain name");
    let wrapper = [
        "strace",
        "-f",
        "-y",
        "-s",
        "100000",
        "-e",
        CALLS,
        "-o",
        trace.to_str().expect("a plain name"),
    ];
    // No beat falls into the test: it names its jobs, too.
    let arguments = ["--lease", "1h", "--heartbeat", "10m", "--spool", shown];
    let mut worker = fleet.lone_worker(&wrapper, &arguments);
    worker.expect_success(PATIENCE);
    let calls = completed(&std::fs::read_to_string(&trace).expect("strace wrote"));
    for row in fleet.sandbox.query("SELECT job_id FROM runs") {
        let job = row["job_id"].as_str().expect("an id");
        let part = format!("{shown}/{job}-1.part");
        let flushed = find(&calls, 0, &["fsync(", &part]);
        let named = find(&calls, flushed, &["rename", &part]);
        let kept = find(&calls, named, &["fsync(", &format!("<{shown}>")]);
        let written = find(&calls, 0, &["write(", &part]);
        let said = find(&calls, written, &["send", job]);
        assert!(
            said > kept,
            "{job}: the database hears of it in call {said}, it is on disk in {kept}"
        );
        let committed = find(&calls, said, &["send", "COMMIT"]);
        let removed = find(&calls, 0, &["unlink", &format!("{shown}/{job}-1.json")]);
        assert!(
            removed > committed,
            "{job}: removed in call {removed}, committed in {committed}"
        );
    }
    ledger::close(
        &fleet,
        "a result's way watched with strace: flushed, then committed, then removed",
        u64::from(JOBS),
    );
}
