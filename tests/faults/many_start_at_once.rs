//! Processes that make the same database, or submit the same sweep, at the same moment.

use shared::testing::PostgresCluster;

use crate::fleet::{PATIENCE, STEPS, sweep, times};
use crate::ledger::{self, Entry};
use crate::support::{Sandbox, block_on, short_sweep};
use crate::worker::Worker;

const PROCESSES: u32 = 16;
const JOBS: u32 = 600;

fn start(sandbox: &Sandbox, number: u32, arguments: &[&str]) -> Worker {
    let log = sandbox.path(&format!("process-{number}.log"));
    Worker::start(sandbox.command(arguments), log)
}

/// Sixteen sweeps into a database that isn't there yet.
fn migrate_together(sandbox: &Sandbox, database: &str) {
    let names: Vec<String> = (0..PROCESSES)
        .map(|number| format!("sweep-{number}"))
        .collect();
    for name in &names {
        let file = format!("{name}.yaml");
        std::fs::write(sandbox.path(&file), short_sweep(name, 3, STEPS)).expect("a sweep file");
    }
    let files: Vec<String> = names.iter().map(|name| format!("{name}.yaml")).collect();
    let mut processes: Vec<Worker> = (0..PROCESSES)
        .map(|number| start(sandbox, number, &["submit", &files[number as usize]]))
        .collect();
    for process in &mut processes {
        process.expect_success(PATIENCE);
    }
    let count = |from: &str| sandbox.value(&format!("SELECT count(*) FROM {from}"));
    assert_eq!(count("sweeps"), PROCESSES);
    assert_eq!(count("jobs"), 3 * PROCESSES);
    let doubled =
        "(SELECT version FROM _sqlx_migrations GROUP BY version HAVING count(*) > 1) AS doubled";
    assert_eq!(count(doubled), 0, "every migration ran once");
    let entry = Entry {
        times: 1,
        jobs: u64::from(3 * PROCESSES),
        ..Entry::default()
    };
    ledger::note(
        "16 processes made one new database at once",
        database,
        entry,
    );
}

/// One sweep by two, at the same moment.
fn submit_together(sandbox: &Sandbox, database: &str) {
    sandbox.write("sweep.yaml", &sweep(JOBS, STEPS));
    let mut processes = [0, 1].map(|number| start(sandbox, number, &["submit", "sweep.yaml"]));
    for process in &mut processes {
        process.expect_success(PATIENCE);
    }
    assert_eq!(sandbox.value("SELECT count(*) FROM jobs"), JOBS);
    assert_eq!(sandbox.value("SELECT count(*) FROM job_parameters"), JOBS);
    let said = |words: &str| {
        processes
            .iter()
            .map(|process| process.said(words))
            .sum::<usize>()
    };
    let (inserted, existing) = (
        format!("{JOBS} jobs"),
        format!("all {JOBS} jobs were submitted before"),
    );
    assert_eq!(
        (said(&inserted), said(&existing)),
        (2, 1),
        "one inserted all of them, the other none"
    );
    let entry = Entry {
        times: 1,
        jobs: u64::from(JOBS),
        ..Entry::default()
    };
    ledger::note("two processes submitted one sweep at once", database, entry);
}

#[test]
fn processes_make_a_sqlite_file_together() {
    for _ in 0..times(1, 10) {
        migrate_together(&Sandbox::new(), "SQLite");
    }
}

#[test]
fn processes_make_a_postgres_schema_together() {
    for _ in 0..times(1, 10) {
        let url = block_on(PostgresCluster::shared().fresh_database());
        migrate_together(&Sandbox::on(&url), "PostgreSQL");
    }
}

#[test]
fn two_submit_one_sweep_to_sqlite() {
    for _ in 0..times(1, 10) {
        submit_together(&Sandbox::new(), "SQLite");
    }
}

#[test]
fn two_submit_one_sweep_to_postgres() {
    for _ in 0..times(1, 10) {
        let url = block_on(PostgresCluster::shared().fresh_database());
        submit_together(&Sandbox::on(&url), "PostgreSQL");
    }
}
