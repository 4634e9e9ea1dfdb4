//! The services of docker-compose.yml on stand-in images, under a project name of their own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

use crate::engine::{complaint, compose, docker, output, pauses};
use crate::support::root;

const DEADLINE_S: u32 = 120;
const FREEZES_MAX: u32 = 40;

/// A condition on a column of workers' ids: it is this container's. Its host name is its short id.
pub fn by(worker: &str, column: &str) -> String {
    format!(
        "{column} IN (SELECT id FROM workers WHERE host = '{}')",
        &worker[..12]
    )
}

/// Containers, networks, volumes and images, all gone when dropped.
pub struct Fleet {
    project: String,
    folder: TempDir,
    started: Instant,
}

impl Fleet {
    /// Builds the images, then brings everything up, the first of the sweeps submitted.
    pub fn start(sweeps: &[(&str, &str)], workers: u32) -> Self {
        let fleet = Self {
            project: format!("driftsweep-test-{}", std::process::id()),
            folder: TempDir::new().expect("a temporary folder"),
            started: Instant::now(),
        };
        fs::create_dir(fleet.sweeps()).expect("a folder of sweeps");
        for (name, text) in sweeps {
            fs::write(fleet.sweeps().join(name), text).expect("a sweep file");
        }
        // Characters that a URL can't hold as they are.
        for (file, password) in [
            (fleet.owner_password(), "p@ss/w:rd\\ %\n"),
            (fleet.worker_password(), "w:rk'\"\\ $er@/%\n"),
        ] {
            fs::write(file, password).expect("a password file");
        }
        output(
            Command::new(root().join("tests/containers/make-stand-ins"))
                .arg(env!("CARGO_BIN_EXE_driftsweep"))
                .arg(fleet.rust_image()),
        );
        fleet.note("the stand-ins are made");
        output(&mut fleet.compose(&["build", "submit"]));
        fleet.note("the image is built");
        let scale = format!("worker={workers}");
        output(&mut fleet.compose(&["up", "--detach", "--scale", &scale]));
        fleet
    }

    /// Ids of the workers' containers.
    pub fn workers(&self) -> Vec<String> {
        self.containers("worker")
    }

    /// Stops the container's clock, so to speak, at a moment when its worker holds a job.
    pub fn freeze_at_work(&self, container: &str) {
        let holds = format!(
            "SELECT EXISTS (SELECT FROM jobs WHERE state = 'running' AND {})",
            by(container, "owner")
        );
        for _ in 0..FREEZES_MAX {
            // On a busy machine the kernel may not freeze a working process in time; it then goes on.
            if !pauses(container) {
                continue;
            }
            if self.sql(&holds) == "t" {
                return;
            }
            self.thaw(container);
        }
        panic!("{container} could not be frozen with a job at {FREEZES_MAX} moments");
    }

    /// Lets a frozen container go on.
    pub fn thaw(&self, container: &str) {
        docker(["unpause", container]);
    }

    /// SIGKILL, as from a machine that loses power.
    pub fn kill(&self, container: &str) {
        docker(["kill", container]);
    }

    /// SIGTERM and as long as it takes; the exit status.
    pub fn stop(&self, container: &str) -> i32 {
        docker(["stop", container]);
        docker(["inspect", "--format", "{{.State.ExitCode}}", container])
            .parse()
            .expect("an exit status")
    }

    /// Takes a container off the network in the middle of whatever it is saying.
    pub fn cut_off(&self, container: &str) {
        docker(["network", "disconnect", &self.network(), container]);
    }

    /// Puts it on the network again, where it may get another address.
    pub fn let_back(&self, container: &str) {
        docker(["network", "connect", &self.network(), container]);
    }

    /// What a container may do: read-only root, user, capabilities dropped, security options.
    pub fn rights(&self, container: &str) -> String {
        let rights = "{{.HostConfig.ReadonlyRootfs}} {{.Config.User}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}";
        docker(["inspect", "--format", rights, container])
    }

    /// Paths of the secrets that a container was given.
    pub fn secrets(&self, container: &str) -> String {
        let secrets = r#"{{range .Mounts}}{{if eq .Type "bind"}}{{.Destination}} {{end}}{{end}}"#;
        docker(["inspect", "--format", secrets, container])
    }

    /// Submits another of the sweeps.
    pub fn submit(&self, name: &str) {
        let file = format!("/sweeps/{name}");
        output(&mut self.compose(&["run", "--rm", "submit", "submit", &file]));
    }

    /// Rows of a statement in PostgreSQL, columns divided by `|`.
    #[track_caller]
    pub fn sql(&self, statement: &str) -> String {
        output(&mut self.psql("driftsweep", statement))
    }

    /// Why PostgreSQL refuses a statement to a role.
    #[track_caller]
    pub fn refusal(&self, role: &str, statement: &str) -> String {
        complaint(&mut self.psql(role, statement))
    }

    /// Lets PostgreSQL wait until the condition holds.
    #[track_caller]
    pub fn wait_for(&self, what: &str, condition: &str) {
        self.sql(&format!(
            "DO $$ DECLARE deadline timestamptz := clock_timestamp() + interval '{DEADLINE_S} s'; BEGIN \
             WHILE NOT ({condition}) LOOP \
             IF clock_timestamp() > deadline THEN RAISE 'waited in vain until {}'; END IF; \
             PERFORM pg_sleep(0.1); END LOOP; END $$",
            what.replace('\'', "''")
        ));
        self.note(what);
    }

    /// Tells what has been reached, and when, to whoever reads a failed test's output.
    fn note(&self, what: &str) {
        eprintln!("{:6.1} s: {what}", self.started.elapsed().as_secs_f64());
    }

    fn psql(&self, role: &str, statement: &str) -> Command {
        let mut command = Command::new("docker");
        command
            .args(["exec", &self.containers("postgres")[0], "psql"])
            .args(["--dbname=driftsweep", "--username", role, "--no-psqlrc"])
            .args(["--quiet", "--tuples-only", "--no-align"])
            .args(["--set=ON_ERROR_STOP=1", "--command", statement]);
        command
    }

    fn containers(&self, service: &str) -> Vec<String> {
        let listed = docker([
            "ps",
            "--quiet",
            "--no-trunc",
            "--filter",
            &format!("label=com.docker.compose.project={}", self.project),
            "--filter",
            &format!("label=com.docker.compose.service={service}"),
            "--filter",
            "label=com.docker.compose.oneoff=False",
        ]);
        listed.lines().map(str::to_owned).collect()
    }

    fn compose(&self, arguments: &[&str]) -> Command {
        let mut command = compose().expect("Compose beside the engine");
        command
            .current_dir(root())
            .args(["--project-name", &self.project])
            .args(["--file", "docker-compose.yml"])
            .args(["--file", "tests/containers/override.yml"])
            .args(arguments)
            .env("DRIFTSWEEP_TAG", &self.project)
            .env("POSTGRES_PASSWORD_FILE", self.owner_password())
            .env("WORKER_PASSWORD_FILE", self.worker_password())
            .env("RUST_IMAGE", self.rust_image())
            .env("SWEEP", "fleet.yaml")
            .env("SWEEPS", self.sweeps())
            .env("WORKER_SLOTS", "1");
        command
    }

    fn network(&self) -> String {
        format!("{}_default", self.project)
    }

    fn owner_password(&self) -> PathBuf {
        self.folder.path().join("owner-password")
    }

    fn worker_password(&self) -> PathBuf {
        self.folder.path().join("worker-password")
    }

    fn rust_image(&self) -> String {
        format!("driftsweep-stand-in/rust:{}", self.project)
    }

    fn sweeps(&self) -> PathBuf {
        self.folder.path().join("sweeps")
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.compose(&["logs", "--no-color", "--tail=60"]).status();
        }
        // Nothing here may panic: what one step leaves, the next may still remove.
        let down = ["down", "--volumes", "--remove-orphans", "--timeout=5"];
        let _ = self.compose(&down).output();
        let image = format!("driftsweep:{}", self.project);
        let leftover = format!("label=driftsweep.stand-in={}", self.rust_image());
        for arguments in [
            vec!["image", "rm", "--force", &image],
            // The classic builder keeps the Dockerfile's first stage, which inherits the label.
            vec!["image", "prune", "--force", "--filter", &leftover],
            vec!["image", "rm", "--force", &self.rust_image()],
        ] {
            let _ = Command::new("docker").args(arguments).output();
        }
    }
}
