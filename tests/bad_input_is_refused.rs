//! Bad input: a clear error, exit status 2, nothing written.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use shared::testing::tamper;

use crate::support::{Sandbox, block_on, short_sweep};

/// Runs a sweep file that must be refused with all of these words; no database may appear.
#[track_caller]
fn refused(sweep: &str, words: &[&str]) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", sweep);
    let mut all = vec!["sweep.yaml"];
    all.extend(words);
    sandbox.run(&["run", "sweep.yaml"]).expect_refusal(&all);
    assert_eq!(sandbox.files(), ["sweep.yaml"], "nothing was written");
}

#[test]
fn a_missing_file() {
    let sandbox = Sandbox::new();
    sandbox
        .run(&["run", "nowhere.yaml"])
        .expect_refusal(&["nowhere.yaml"]);
    assert!(sandbox.files().is_empty());
}

#[test]
fn a_file_that_is_not_yaml() {
    refused("name: [unclosed\nseed: 1\n", &[]);
}

#[test]
fn an_unknown_key_with_the_nearest_known_one() {
    refused(
        "name: a\nseed: 1\nfixed: {update_nose: 0.1}\n",
        &["update_nose", "update_noise"],
    );
}

#[test]
fn a_wrong_type() {
    refused(
        "name: a\nseed: 1\nfixed: {hidden_units: many}\n",
        &["hidden_units", "many"],
    );
}

#[test]
fn values_that_are_no_finite_number_in_range() {
    for value in [".nan", ".inf", "-0.1", "1e300"] {
        refused(
            &format!("name: a\nseed: 1\nfixed: {{update_noise: {value}}}\n"),
            &["update_noise"],
        );
    }
    refused(
        "name: a\nseed: 1\nfixed: {n_samples: 0}\n",
        &["n_samples", "1000"],
    );
}

#[test]
fn an_empty_axis() {
    refused("name: a\nseed: 1\ngrid: {regime: []}\n", &["regime"]);
}

#[test]
fn a_grid_beyond_the_bound_says_how_many() {
    let hundred: Vec<String> = (1..=101).map(|n| n.to_string()).collect();
    let axis = hundred.join(", ");
    refused(
        &format!(
            "name: a\nseed: 1\ngrid: {{n_samples: [{axis}], input_dim: [{axis}], output_dim: [{axis}]}}\n"
        ),
        &["1030301"],
    );
}

#[test]
fn names_that_can_not_be_used() {
    for name in ["\"it's\"", "\"two\\nlines\"", "\"\"", &"x".repeat(10_000)] {
        refused(&format!("name: {name}\nseed: 1\n"), &["name"]);
    }
}

#[test]
fn databases_that_are_not_ours() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 1, 100));
    sandbox.write(
        "notes.txt",
        "these are not the tables you are looking for, not at all\n",
    );
    for command in [vec!["run", "sweep.yaml"], vec!["status"], vec!["worker"]] {
        let mut arguments = command.clone();
        arguments.extend(["--database", "sqlite://notes.txt"]);
        sandbox.run(&arguments).expect_refusal(&["notes.txt"]);
    }
    let text = fs::read_to_string(sandbox.path("notes.txt")).unwrap();
    assert!(text.starts_with("these are not"), "the file is as it was");
}

#[test]
fn a_database_path_that_can_not_be_made() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 1, 100));
    sandbox.write("file", "");
    sandbox
        .run(&["run", "sweep.yaml", "--database", "sqlite://file/below.db"])
        .expect_refusal(&["file/below.db"]);
}

#[test]
fn a_database_that_is_missing_is_not_made_by_readers() {
    let sandbox = Sandbox::new();
    for command in [
        vec!["status"],
        vec!["query", "SELECT 1"],
        vec!["pause", "a"],
        vec!["worker"],
    ] {
        sandbox.run(&command).expect_refusal(&["driftsweep.db"]);
    }
    assert!(sandbox.files().is_empty());
    // Nor have they anything to refuse once it has been made, be it empty.
    for _ in 0..2 {
        sandbox.run(&["migrate"]).expect_exit(0);
    }
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    sandbox.run(&["status"]).expect_exit(0);
    assert_eq!(sandbox.value("SELECT count(*) FROM jobs"), 0);
}

#[test]
fn a_database_of_an_older_program_names_the_command_that_updates_it() {
    let sandbox = Sandbox::new();
    sandbox.run(&["migrate"]).expect_exit(0);
    let url = format!("sqlite://{}", sandbox.path("driftsweep.db").display());
    let forget = "DELETE FROM _sqlx_migrations WHERE version = 3";
    block_on(tamper(&url, forget));
    sandbox
        .run(&["worker", "--drain"])
        .expect_refusal(&["schema version 2", "driftsweep migrate"]);
}

#[test]
fn a_url_of_another_kind() {
    let sandbox = Sandbox::new();
    sandbox
        .run(&["status", "--database", "mysql://x"])
        .expect_refusal(&["mysql://x", "sqlite://"]);
}

#[test]
fn sql_that_writes() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 2, 100));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    for sql in [
        "DELETE FROM jobs",
        "UPDATE jobs SET state = 'done'",
        "SELECT 1; DELETE FROM jobs",
        "WITH x AS (SELECT 1) DELETE FROM jobs",
        "PRAGMA query_only = 0",
        "ATTACH 'other.db' AS other",
        "SELECT nothing FROM nowhere",
        "",
    ] {
        sandbox.run(&["query", sql]).expect_refusal(&[]);
    }
    assert_eq!(sandbox.value("SELECT count(*) FROM jobs"), 2);
    assert!(!sandbox.path("other.db").exists());
}

#[test]
fn a_sweep_that_is_not_there_with_the_nearest_name() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("quickstart", 1, 100));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    sandbox
        .run(&["pause", "quikstart"])
        .expect_refusal(&["quikstart", "`quickstart`"]);
    sandbox
        .run(&["reproduce", "0123"])
        .expect_refusal(&["0123"]);
}

#[test]
fn a_lease_too_short_for_its_heartbeat() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 1, 100));
    sandbox
        .run(&["run", "sweep.yaml", "--lease", "10s", "--heartbeat", "5s"])
        .expect_refusal(&["--lease", "--heartbeat"]);
    assert_eq!(sandbox.files(), ["sweep.yaml"]);
}

#[test]
fn an_export_folder_that_can_not_be_made() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 1, 100));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    sandbox.write("file", "");
    sandbox
        .run(&["export", "a", "--out", "file/below"])
        .expect_refusal(&["file/below"]);
}

#[test]
fn a_form_that_files_or_the_terminal_do_not_have() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 1, 100));
    sandbox
        .run(&["run", "sweep.yaml", "--format", "parquet"])
        .expect_refusal(&["parquet", "driftsweep export", "csv"]);
    assert_eq!(sandbox.files(), ["sweep.yaml"]);
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    sandbox
        .run(&["export", "a", "--out", "tables", "--format", "json"])
        .expect_refusal(&["--format csv", "--format parquet"]);
}

#[test]
fn a_read_only_database_can_be_read_but_not_run() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("a", 1, 100));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    // Permissions don't bind root, so a read-only file would prove nothing for it: ask for a
    // read-only connection as well.
    let database = sandbox.path("driftsweep.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o444)).unwrap();
    sandbox
        .run(&[
            "run",
            "sweep.yaml",
            "--database",
            "sqlite://driftsweep.db?mode=ro",
        ])
        .expect_refusal(&["read-only"]);
}
