//! What docker-compose.yml and the Dockerfile promise, read off the files: needs no engine.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

use crate::engine::compose;
use crate::support::root;

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn services() -> Map<String, Value> {
    let mut file: Value =
        serde_yaml::from_str(&read("docker-compose.yml")).expect("docker-compose.yml is YAML");
    let Value::Object(services) = file["services"].take() else {
        panic!("docker-compose.yml has services");
    };
    services
}

/// The files' versions of images: a tag that names at least a release, not `latest`.
fn assert_pinned(image: &str) {
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    assert!(!tag.is_empty() && tag != "latest", "{image} is not pinned");
}

#[test]
fn programs_have_no_rights_they_dont_need() {
    let services = services();
    for (name, service) in &services {
        assert_eq!(service["read_only"], json!(true), "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        let options = json!(["no-new-privileges:true"]);
        assert_eq!(service["security_opt"], options, "{name}");
    }
    for name in ["postgres", "roles"] {
        assert_eq!(services[name]["user"], json!("postgres"), "{name}");
    }
    for (name, service) in &services {
        assert!(service.get("ports").is_none(), "{name} is not published");
        assert!(service.get("privileged").is_none(), "{name}");
        assert_pinned(service["image"].as_str().expect("an image"));
    }
}

#[test]
fn secrets_come_from_a_file_outside() {
    for (name, service) in services() {
        let environment = service["environment"].as_object().expect("an environment");
        for (key, value) in environment {
            let value = value.as_str().unwrap_or_default();
            let secret = key.contains("PASSWORD") && !value.starts_with("/run/secrets/");
            assert!(!secret, "{name} has a secret in {key}");
            let password = value
                .split_once("://")
                .and_then(|(_, rest)| rest.split_once('@'))
                .is_some_and(|(user, _)| user.contains(':'));
            assert!(!password, "{name} has a password in {key}");
        }
    }
}

#[test]
fn the_image_is_pinned_and_runs_as_nobody_in_particular() {
    let dockerfile = read("Dockerfile");
    let images: Vec<&str> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("ARG ")?.split_once("_IMAGE="))
        .map(|(_, image)| image)
        .collect();
    assert_eq!(images.len(), 2);
    images.into_iter().for_each(assert_pinned);
    assert!(dockerfile.contains("\nUSER 10001:10001\n"));
    assert!(dockerfile.contains("\nENTRYPOINT [\"driftsweep\"]\n"));
}

#[test]
fn workers_are_not_the_owner() {
    let services = services();
    let worker = &services["worker"];
    let url = worker["environment"]["DATABASE_URL"].as_str();
    assert!(url.is_some_and(|url| url.starts_with("postgres://driftsweep_worker@")));
    assert_eq!(worker["secrets"], json!(["worker-password"]));
    // Their role is there, and as roles.sql says, before the first of them starts.
    let granted = json!({"condition": "service_completed_successfully"});
    assert_eq!(worker["depends_on"]["roles"], granted);
    let file = json!(["./migrations/roles.sql:/roles.sql:ro"]);
    assert_eq!(services["roles"]["volumes"], file);
}

/// `config` of Compose on the file, with these files of passwords.
fn checked(mut compose: Command, owner: &str, worker: &str) -> Output {
    compose
        .args(["--file", "docker-compose.yml", "config", "--quiet"])
        .current_dir(root())
        .env("POSTGRES_PASSWORD_FILE", owner)
        .env("WORKER_PASSWORD_FILE", worker)
        .output()
        .expect("Compose starts")
}

#[test]
fn a_missing_password_is_named() {
    for (owner, worker, missing) in [
        ("", "Cargo.toml", "POSTGRES_PASSWORD_FILE"),
        ("Cargo.toml", "", "WORKER_PASSWORD_FILE"),
    ] {
        let Some(compose) = compose() else {
            crate::say("NO DOCKER COMPOSE: docker-compose.yml was read as YAML only");
            return;
        };
        let output = checked(compose, owner, worker);
        assert!(!output.status.success());
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        for word in [missing, "docs/containers.md"] {
            assert!(complaint.contains(word), "{complaint}");
        }
    }
}

#[test]
fn compose_accepts_the_file() {
    let Some(compose) = compose() else {
        return;
    };
    let output = checked(compose, "Cargo.toml", "Cargo.toml");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
}
