//! One `driftsweep` process, its log, and its end.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::chance::pass;

/// A process that is killed when the test is done with it.
pub struct Worker {
    child: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts `command`, what it says going to `log`.
    pub fn start(mut command: Command, log: PathBuf) -> Self {
        let file = File::create(&log).expect("a log file");
        let child = command
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, log }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a living process");
    }

    /// SIGKILL, unless it has ended before; true if it was killed.
    pub fn kill(&mut self) -> bool {
        if self.has_ended() {
            return false;
        }
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("a child");
        true
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// Waits for the end, which must come in time; the exit status.
    #[track_caller]
    pub fn wait(&mut self, limit: Duration) -> i32 {
        let deadline = Instant::now() + limit;
        while !self.has_ended() {
            assert!(
                Instant::now() < deadline,
                "still at work after {limit:?}:\n{}",
                self.log()
            );
            pass(Duration::from_millis(5));
        }
        let status = self.child.wait().expect("a child");
        status
            .code()
            .unwrap_or_else(|| panic!("{status}:\n{}", self.log()))
    }

    /// Waits for exit status 0.
    #[track_caller]
    pub fn expect_success(&mut self, limit: Duration) {
        let status = self.wait(limit);
        assert_eq!(status, 0, "{}", self.log());
    }

    /// What it said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log file")
    }

    /// How often a line of the log contains these words.
    pub fn said(&self, words: &str) -> usize {
        self.log()
            .lines()
            .filter(|line| line.contains(words))
            .count()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}
