//! House rules that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// Longest source file, in lines.
const LINES_MAX: usize = 500;

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn no_source_file_is_longer_than_500_lines() {
    for path in files(root(), "rs") {
        let lines = read(&path).lines().count();
        assert!(
            lines <= LINES_MAX,
            "{} has {lines} lines: split it by noun",
            path.display()
        );
    }
}

#[test]
fn sql_stays_in_shared() {
    let statements = [
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
        "DELETE FROM",
        "CREATE TABLE",
    ];
    for crate_name in ["simulation", "worker", "orchestrator"] {
        for path in files(&root().join(crate_name).join("src"), "rs") {
            for (number, line) in read(&path).lines().enumerate() {
                let code = line.trim_start();
                // Help texts show users what a query looks like.
                if code.starts_with("//") {
                    continue;
                }
                let found = statements
                    .iter()
                    .find(|statement| code.contains(*statement));
                assert!(
                    found.is_none(),
                    "{}:{}: SQL outside shared",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

#[test]
fn every_statement_file_is_used() {
    let code: String = files(&root().join("shared"), "rs")
        .iter()
        .map(|path| read(path))
        .collect();
    for path in files(&root().join("shared"), "sql") {
        let name = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let stem = path
            .file_stem()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let used = code.contains(&name) || code.contains(&format!("\"{stem}\""));
        assert!(used, "{} is used nowhere", path.display());
    }
}

#[test]
fn yaml_stays_in_the_sweep_module() {
    for path in files(&root().join("orchestrator").join("src"), "rs") {
        let inside = path.components().any(|part| part.as_os_str() == "sweep")
            || path.file_name().is_some_and(|name| name == "sweep.rs");
        let uses = read(&path).contains("serde_yaml::");
        assert!(inside || !uses, "{} reads YAML", path.display());
    }
}

#[test]
fn nothing_is_left_undone_in_the_code() {
    let banned = ["todo!(", "unimplemented!(", "FIXME", "XXX"];
    for path in files(root(), "rs") {
        if path.ends_with("the_tree_is_tidy.rs") {
            continue;
        }
        let text = read(&path);
        for word in banned {
            assert!(!text.contains(word), "{} contains {word}", path.display());
        }
    }
}
