//! What was done how often, and what was lost: the table of `docs/reliability.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use crate::fleet::Fleet;

const HEAD: &str = "| what was done | database | times | jobs | results lost | results doubled |\n\
                    | --- | --- | --- | --- | --- | --- |\n";

/// Of one fault on one database, summed over the sweeps that it was done to.
#[derive(Clone, Copy, Default)]
pub struct Entry {
    pub times: u64,
    pub jobs: u64,
    pub lost: u64,
    pub doubled: u64,
}

/// Checks that nothing was lost, and writes down what was done to the fleet.
#[track_caller]
pub fn close(fleet: &Fleet, fault: &str, times: u64) {
    let entry = Entry {
        times,
        jobs: u64::from(fleet.jobs),
        lost: fleet.lost(),
        doubled: fleet.doubled(),
    };
    note(fault, fleet.database, entry);
    fleet.expect_complete();
}

/// What `target/tmp/faults.md` says of this run.
struct Report {
    table: BTreeMap<(String, String), Entry>,
    remarks: Vec<String>,
}

/// Adds to the table.
pub fn note(fault: &str, database: &str, more: Entry) {
    change(|report| add(&mut report.table, fault, database, more));
}

/// Adds a line below the table: something measured.
pub fn remark(line: &str) {
    change(|report| report.remarks.push(line.to_owned()));
}

fn add(table: &mut BTreeMap<(String, String), Entry>, fault: &str, database: &str, more: Entry) {
    let entry = table
        .entry((fault.to_owned(), database.to_owned()))
        .or_default();
    entry.times += more.times;
    entry.jobs += more.jobs;
    entry.lost += more.lost;
    entry.doubled += more.doubled;
}

fn change(change: impl FnOnce(&mut Report)) {
    static REPORT: Mutex<Report> = Mutex::new(Report {
        table: BTreeMap::new(),
        remarks: Vec::new(),
    });
    let mut report = REPORT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    change(&mut report);
    let mut text = HEAD.to_owned();
    for ((fault, database), entry) in &report.table {
        let Entry {
            times,
            jobs,
            lost,
            doubled,
        } = entry;
        writeln!(
            text,
            "| {fault} | {database} | {times} | {jobs} | {lost} | {doubled} |"
        )
        .expect("text grows");
    }
    for remark in &report.remarks {
        writeln!(text, "\n{remark}").expect("text grows");
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults.md");
    std::fs::write(path, text).expect("the table can be written");
}
