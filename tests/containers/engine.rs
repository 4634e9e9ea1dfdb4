//! The Docker engine and its Compose, whichever of the two there is.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

/// Whether a Docker engine answers.
pub fn answers() -> bool {
    succeeds("docker", &["info"])
}

/// `docker compose`, or `docker-compose` where that plugin is missing.
pub fn compose() -> Option<Command> {
    if succeeds("docker", &["compose", "version"]) {
        let mut command = Command::new("docker");
        command.arg("compose");
        Some(command)
    } else if succeeds("docker-compose", &["version"]) {
        Some(Command::new("docker-compose"))
    } else {
        None
    }
}

/// Runs to success and returns what was printed, without white space around it.
#[track_caller]
pub fn output(command: &mut Command) -> String {
    let output = ended(command);
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{printed}\n{complaints}",
        output.status
    );
    printed.trim().to_owned()
}

/// Runs to failure and returns what it complained of.
#[track_caller]
pub fn complaint(command: &mut Command) -> String {
    let output = ended(command);
    assert!(!output.status.success(), "{command:?} succeeds");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ended(command: &mut Command) -> Output {
    command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Runs `docker` with these arguments to success.
#[track_caller]
pub fn docker<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> String {
    output(Command::new("docker").args(arguments))
}

/// Whether a container could be frozen.
pub fn pauses(container: &str) -> bool {
    succeeds("docker", &["pause", container])
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
