//! A copy of what a database knows of a sweep, and the way back to it: what restoring a backup does, for one sweep
//! among many. In SQL that both databases understand.

/// Tables that are restored row by row, with the condition for the sweep's rows.
const TABLES: [(&str, &str); 4] = [
    (
        "attempts",
        "job_id IN (SELECT id FROM jobs WHERE sweep = '{sweep}')",
    ),
    (
        "results",
        "job_id IN (SELECT id FROM jobs WHERE sweep = '{sweep}')",
    ),
    (
        "group_outcomes",
        "group_id IN (SELECT id FROM job_groups WHERE sweep = '{sweep}')",
    ),
    (
        "group_moments",
        "group_id IN (SELECT id FROM job_groups WHERE sweep = '{sweep}')",
    ),
];

/// What changes of a job, and of a sweep; other rows name them, so they are never deleted.
const OF_JOBS: &[&str] = &[
    "state",
    "available_at_ms",
    "epoch",
    "attempts",
    "errors",
    "crashes",
    "preemptions",
    "stalls",
    "steps_kept",
    "cancel_requested",
    "owner",
    "lease_until_ms",
    "deadline_at_ms",
    "taken_back",
];
const OF_SWEEPS: &[&str] = &["state", "pause_reason"];

/// Statements that copy the sweep.
pub fn keeping(sweep: &str) -> String {
    let mut statements = String::new();
    let rows = TABLES.into_iter().chain([
        ("jobs", "sweep = '{sweep}'"),
        ("sweeps", "name = '{sweep}'"),
    ]);
    for (table, condition) in rows {
        let condition = condition.replace("{sweep}", sweep);
        statements += &format!(
            "DROP TABLE IF EXISTS kept_{table}; \
             CREATE TABLE kept_{table} AS SELECT * FROM {table} WHERE {condition};"
        );
    }
    statements
}

/// Statements that make the sweep what it was when it was copied.
pub fn restoring(sweep: &str) -> String {
    let mut statements = String::from("BEGIN;");
    for (table, condition) in TABLES {
        let condition = condition.replace("{sweep}", sweep);
        statements += &format!(
            "DELETE FROM {table} WHERE {condition}; INSERT INTO {table} SELECT * FROM kept_{table};"
        );
    }
    for (table, key, columns) in [("jobs", "id", OF_JOBS), ("sweeps", "name", OF_SWEEPS)] {
        let values: Vec<String> = columns
            .iter()
            .map(|column| format!("{column} = kept.{column}"))
            .collect();
        statements += &format!(
            "UPDATE {table} SET {} FROM kept_{table} AS kept WHERE kept.{key} = {table}.{key};",
            values.join(", ")
        );
    }
    statements + "COMMIT"
}
