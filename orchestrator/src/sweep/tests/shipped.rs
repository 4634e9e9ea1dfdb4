//! The files in `sweeps/`: each plans, and the page about them names every key.

use std::collections::BTreeMap;
use std::path::PathBuf;

use simulation::Parameters;

use super::super::expand;
use super::super::file::{POINT_KEYS, TOP_KEYS};
use super::super::key::Key;
use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sweeps")
}

fn shipped(name: &str) -> PlannedSweep {
    expand(&folder().join(format!("{name}.yaml"))).unwrap_or_else(|error| panic!("{error}"))
}

/// Number of jobs by algorithm and noise type.
fn counts(sweep: &PlannedSweep) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for job in &sweep.jobs {
        let p = &job.parameters;
        *counts
            .entry((p.algorithm.name(), p.noise_type().name()))
            .or_default() += 1;
    }
    counts
}

#[test]
fn every_file_plans_under_its_own_name_without_remarks() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let sweep = shipped(&stem);
            assert_eq!(sweep.sweep.name, stem);
            assert!(sweep.notes.is_empty(), "{stem}: {:?}", sweep.notes);
            names.push(stem);
        }
    }
    assert!(names.len() >= 5, "{names:?}");
}

#[test]
fn the_quickstart_is_small_and_shows_every_algorithm() {
    let sweep = shipped("quickstart");
    let expected = [
        (("adam", "none"), 12),
        (("sed", "none"), 12),
        (("sgd", "label"), 12),
        (("sgd", "update"), 12),
    ];
    assert_eq!(counts(&sweep), BTreeMap::from(expected));
    let steps: u64 = sweep.jobs.iter().map(|job| job.parameters.steps).sum();
    // At 3 microseconds a step, two cores take half a minute.
    assert!(steps <= 20_000_000, "{steps} steps");
}

#[test]
fn table_2_has_the_published_counts_and_ranges() {
    let sweep = shipped("table2");
    let expected = [
        (("adam", "none"), 45),
        (("sed", "none"), 49),
        (("sgd", "update"), 522),
    ];
    assert_eq!(counts(&sweep), BTreeMap::from(expected));
    for job in &sweep.jobs {
        let p = &job.parameters;
        let sed = p.algorithm == Algorithm::Sed;
        let (samples, dims) = if sed {
            (5..=14, 5..=29)
        } else {
            (1..=19, 1..=19)
        };
        assert!(samples.contains(&p.n_samples) && dims.contains(&p.input_dim));
        assert!(dims.contains(&p.output_dim));
        assert_eq!(p.data_range.name(), if sed { "symmetric" } else { "unit" });
        assert_eq!((p.steps, p.hidden_units), (10_000_000, 100));
    }
}

#[test]
fn published_616_has_the_numbers_of_each_published_set() {
    let sweep = shipped("published_616");
    let expected = [
        (("adam", "none"), 45),
        (("sed", "none"), 49),
        (("sgd", "update"), 522),
    ];
    assert_eq!(counts(&sweep), BTreeMap::from(expected));
    assert_eq!((sweep.merged_duplicates, sweep.excluded), (0, 0));
    let count = |meets: &dyn Fn(&Parameters) -> bool| {
        let jobs = sweep.jobs.iter();
        jobs.filter(|job| meets(&job.parameters)).count()
    };
    // The comparison: a tenth of the length, symmetric data, one noise.
    let short = |p: &Parameters| p.steps == 1_000_000;
    assert_eq!(count(&short), 180);
    let comparison = |p: &Parameters| p.data_range.name() == "symmetric" && p.update_noise == 0.03;
    assert_eq!(count(&|p| short(p) && comparison(p)), 180);
    let nominal = |p: &Parameters| short(p) && p.task.name() == "smoothed_autoencoder";
    assert_eq!(count(&nominal), 54);
    assert_eq!(count(&|p| nominal(p) && p.smoothing_dim.is_some()), 54);
    // The scan of low noises, and what is drawn from Table 2.
    assert_eq!(
        count(&|p| p.update_noise > 0.0 && p.update_noise < 0.0099),
        29
    );
    let drawn = |p: &Parameters| p.data_range.name() == "unit" && p.n_samples <= 19;
    assert_eq!(count(&drawn), 312 + 45 + 30);
    let sed = |p: &Parameters| p.algorithm == Algorithm::Sed;
    assert_eq!(count(&|p| sed(p) && (5..=14).contains(&p.n_samples)), 49);
    assert_eq!(
        count(&|p| p.task.name() == "smoothed" && p.smoothing_dim.is_some()),
        0
    );
}

#[test]
fn the_noise_scan_varies_task_and_noise_only() {
    let sweep = shipped("noise_scan");
    assert_eq!(counts(&sweep), BTreeMap::from([(("sgd", "update"), 150)]));
    let predictive = sweep
        .jobs
        .iter()
        .filter(|job| job.parameters.output_dim == 20);
    assert_eq!(predictive.count(), 50);
}

#[test]
fn update_and_label_runs_are_paired() {
    let sweep = shipped("update_vs_label");
    assert_eq!(
        sweep.jobs.len() as u64 + sweep.merged_duplicates + sweep.excluded,
        648
    );
    assert_eq!(sweep.excluded, 108);
    let expected = [(("sgd", "label"), 198), (("sgd", "update"), 198)];
    assert_eq!(counts(&sweep), BTreeMap::from(expected));
    assert!(
        sweep
            .jobs
            .iter()
            .all(|job| job.parameters.seed == sweep.jobs[0].parameters.seed)
    );
}

#[test]
fn the_corridor_is_the_published_run() {
    let sweep = shipped("corridor");
    assert_eq!(sweep.jobs.len(), 3);
    let p = &sweep.jobs[0].parameters;
    assert_eq!((p.n_samples, p.input_dim, p.output_dim), (150, 18, 17));
    assert_eq!((p.hidden_units, p.place_snapshots()), (500, 51));
}

#[test]
fn the_page_about_sweep_files_names_every_key() {
    let page = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let parameters = Key::names();
    let keys = TOP_KEYS.iter().chain(&POINT_KEYS).map(|(name, _)| *name);
    for name in parameters.chain(keys) {
        assert!(page.contains(&format!("| `{name}` |")), "{name} has no row");
    }
    for &key in Key::ALL {
        if let super::super::key::Kind::Choice(names) = key.kind() {
            for name in names {
                assert!(
                    page.contains(&format!("`{name}`")),
                    "{}: {name}",
                    key.name()
                );
            }
        }
    }
}

#[test]
fn defaults_on_the_page_are_the_defaults() {
    let page = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let defaults = serde_json::to_value(Parameters::default()).unwrap();
    for (key, default) in defaults.as_object().unwrap() {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| `{key}` |")))
            .unwrap_or_else(|| panic!("{key} has no row"));
        let cell = row.split('|').nth(2).unwrap().trim().replace('_', "");
        let shown = match default {
            serde_json::Value::String(text) => format!("`{text}`").replace('_', ""),
            serde_json::Value::Null => continue,
            serde_json::Value::Number(number) => number.as_f64().unwrap().to_string(),
            other => other.to_string(),
        };
        assert_eq!(cell, shown, "{key}");
    }
}
