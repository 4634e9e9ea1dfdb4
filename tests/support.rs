//! A folder of its own for each test, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder, in which the program is run on `driftsweep.db` or on another database.
pub struct Sandbox {
    folder: TempDir,
    database: Option<String>,
}

impl Sandbox {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a temporary folder"),
            database: None,
        }
    }

    /// The program uses this database, unless an argument names another.
    pub fn on(database: &str) -> Self {
        Self {
            database: Some(database.to_owned()),
            ..Self::new()
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its name.
    pub fn write<'a>(&self, name: &'a str, text: &str) -> &'a str {
        fs::write(self.path(name), text).expect("a file in the sandbox");
        name
    }

    /// The program, to be run here; no setting of the machine reaches it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.wrapped(&[], arguments)
    }

    /// The program, started by a program that becomes it, such as `ip netns exec NAME`.
    pub fn wrapped(&self, wrapper: &[&str], arguments: &[&str]) -> Command {
        let line = [wrapper, &[env!("CARGO_BIN_EXE_driftsweep")], arguments].concat();
        let mut command = Command::new(line[0]);
        command
            .args(&line[1..])
            .current_dir(self.folder.path())
            // Where spools of server databases lie.
            .env("XDG_STATE_HOME", self.folder.path())
            .env_remove("DATABASE_URL")
            .env_remove("DATABASE_PASSWORD_FILE")
            .env_remove("DRIFTSWEEP_FORMAT")
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        Finished(
            self.command(arguments)
                .output()
                .expect("the program starts"),
        )
    }

    /// Starts the program and returns at once.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// Rows of a query, as JSON objects.
    pub fn query(&self, sql: &str) -> Vec<Value> {
        let finished = self.run(&["query", sql, "--format", "json"]);
        finished.expect_exit(0);
        serde_json::from_str(&finished.stdout()).expect("query prints JSON")
    }

    /// The only value of a query's only row.
    pub fn value(&self, sql: &str) -> Value {
        let rows = self.query(sql);
        assert_eq!(rows.len(), 1, "one row of {sql}");
        rows[0]
            .as_object()
            .expect("an object")
            .values()
            .next()
            .expect("a column")
            .clone()
    }

    /// Digest of every job that is done, in the order of the jobs' ids.
    pub fn digests(&self) -> Vec<Value> {
        self.query("SELECT job_id, digest FROM runs WHERE state = 'done' ORDER BY job_id")
    }

    /// Names of the files here.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the sandbox");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into()
            })
            .collect();
        names.sort();
        names
    }
}

/// What a finished program left behind.
pub struct Finished(Output);

impl Finished {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    #[track_caller]
    pub fn expect_exit(&self, status: i32) {
        let (out, err) = (self.stdout(), self.stderr());
        assert_eq!(
            self.0.status.code(),
            Some(status),
            "stdout:\n{out}\nstderr:\n{err}"
        );
    }

    /// Exit status 2, and every one of these words on stderr.
    #[track_caller]
    pub fn expect_refusal(&self, words: &[&str]) {
        self.expect_exit(2);
        for word in words {
            assert!(
                self.stderr().contains(word),
                "`{word}` is missing in: {}",
                self.stderr()
            );
        }
    }
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("crates lie in the root")
}

/// A sweep of `jobs` short runs, each of `steps` steps.
pub fn short_sweep(name: &str, jobs: u32, steps: u32) -> String {
    format!(
        "name: {name}\nseed: 3\nreplicates: {jobs}\n\
         fixed: {{n_samples: 5, input_dim: 6, output_dim: 3, hidden_units: 32, update_noise: 0.05, \
         steps: {steps}, linear_measurements: 100, trajectory_points: 20, hessian_snapshots: 3}}\n\
         grid: {{regime: [lazy]}}\n"
    )
}

/// Runs to the end a future of the tests' own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
