//! Crates depend on each other in one direction: orchestrator, worker, shared, simulation.

use std::process::Command;

use serde_json::Value;

use crate::support::root;

/// From the top down: each may use those after it.
const ORDER: [&str; 4] = [
    "driftsweep-orchestrator",
    "driftsweep-worker",
    "driftsweep-shared",
    "driftsweep-simulation",
];

fn workspace_packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Names of what a crate is built with; its tests may use more.
fn dependencies(package: &Value) -> Vec<&str> {
    let all = package["dependencies"]
        .as_array()
        .expect("dependencies")
        .iter();
    all.filter(|dependency| dependency["kind"].is_null())
        .filter_map(|dependency| dependency["name"].as_str())
        .collect()
}

#[test]
fn a_crate_depends_only_on_crates_below_it() {
    let packages = workspace_packages();
    assert_eq!(
        packages.len(),
        ORDER.len(),
        "a new crate needs its place in ORDER"
    );
    for package in &packages {
        let name = package["name"].as_str().expect("a name");
        let place = ORDER
            .iter()
            .position(|known| *known == name)
            .expect("a known crate");
        for dependency in dependencies(package) {
            if let Some(below) = ORDER.iter().position(|known| *known == dependency) {
                assert!(below > place, "{name} must not depend on {dependency}");
            }
        }
    }
}

#[test]
fn only_shared_knows_the_database_and_only_orchestrator_knows_yaml() {
    for package in &workspace_packages() {
        let name = package["name"].as_str().expect("a name");
        let uses = dependencies(package);
        assert_eq!(
            uses.contains(&"sqlx"),
            name == "driftsweep-shared",
            "sqlx in {name}"
        );
        let yaml = uses.contains(&"serde-saphyr");
        assert_eq!(yaml, name == "driftsweep-orchestrator", "YAML in {name}");
    }
}

#[test]
fn the_science_waits_for_nothing() {
    let packages = workspace_packages();
    let science = packages
        .iter()
        .find(|p| p["name"] == "driftsweep-simulation")
        .expect("it is there");
    for banned in ["tokio", "rayon", "tracing", "sqlx", "rustix"] {
        assert!(
            !dependencies(science).contains(&banned),
            "simulation uses {banned}"
        );
    }
}
