//! Which points a file means.

use super::*;

fn column<T>(sweep: &PlannedSweep, read: impl Fn(&ValidParameters) -> T) -> Vec<T> {
    sweep.jobs.iter().map(|job| read(&job.parameters)).collect()
}

#[test]
fn a_file_with_a_name_is_one_job_of_defaults() {
    let sweep = planned("name: one\n").unwrap();
    assert_eq!(sweep.sweep, shared::NewSweep::new("one", "name: one\n", 0));
    assert_eq!(sweep.jobs.len(), 1);
    assert_eq!(sweep.jobs[0].parameters.algorithm, Algorithm::Sgd);
}

#[test]
fn the_key_of_the_contract_all_work_at_once() {
    let sweep = planned(
        "
name: table2
seed: 20240417
replicates: 2
fixed: {hidden_units: 100, linear_measurements: 1_000}
grid:   {algorithm: [sgd, adam, sed], regime: [lazy, rich], noise_type: [update, label]}
zip:    {input_dim: [4, 8, 16], steps: [1_000_000, 1e5, 10_000]}
random: {draws: 5, axes: {n_samples: {int_uniform: [1, 19]}, update_noise: {log_uniform: [0.01, 0.1]}}}
when:
  - {if: {noise_type: label}, set: {update_noise: 0, label_noise: 1}}
exclude: [{algorithm: sed}]
",
    )
    .unwrap();
    assert_eq!(sweep.jobs.len(), 2 * 2 * 2 * 3 * 5 * 2);
    assert_eq!(sweep.excluded, 2 * 2 * 3 * 5);
    for job in &sweep.jobs {
        let p = &job.parameters;
        assert_eq!(p.input_dim * u32::try_from(p.steps).unwrap() % 4_000, 0);
        assert_eq!(p.update_noise > 0.0, p.label_noise == 0.0);
        assert!((1..=19).contains(&p.n_samples));
    }
}

#[test]
fn zipped_lists_step_together() {
    let sweep = planned("name: z\nzip: {update_noise: [0.01, 0.1], steps: [1e6, 1e5]}\n").unwrap();
    assert_eq!(
        column(&sweep, |p| (p.update_noise, p.steps)),
        [(0.01, 1_000_000), (0.1, 100_000)]
    );
}

#[test]
fn whole_number_keys_round_even_spreads() {
    let yaml = "name: s\ngrid: {steps: {log_spaced: {from: 10, to: 1000, count: 4}}}\n";
    assert_eq!(
        column(&planned(yaml).unwrap(), |p| p.steps),
        [10, 46, 215, 1000]
    );
}

#[test]
fn rules_apply_in_order_and_see_each_other() {
    let sweep = planned(
        "
name: w
grid: {algorithm: [sgd, adam]}
when:
  - {if: {algorithm: adam}, set: {hidden_units: 50}}
  - {if: {hidden_units: 50}, set: {steps: 7}}
  - {if: {algorithm: sed}, set: {steps: 8}}
",
    )
    .unwrap();
    assert_eq!(
        column(&sweep, |p| (p.hidden_units, p.steps)),
        [(100, 1_000_000), (50, 7)]
    );
    assert_eq!(sweep.notes, ["when[2] applies to no point"]);
}

#[test]
fn conditions_may_list_values_and_see_defaults() {
    let sweep = planned(
        "
name: c
grid: {algorithm: [sgd, adam, sed], regime: [lazy, rich]}
exclude: [{algorithm: [adam, sed], regime: rich}, {learning_rate: 0.1, noise_type: none, regime: lazy}]
",
    )
    .unwrap();
    assert_eq!(
        column(&sweep, |p| (p.algorithm.name(), p.regime.name())),
        [("sgd", "rich"), ("adam", "lazy"), ("sed", "lazy")]
    );
}

#[test]
fn blocks_inherit_what_they_do_not_set() {
    let sweep = planned(
        "
name: b
fixed: {hidden_units: 50, steps: 10}
grid: {regime: [lazy, rich]}
when: [{if: {regime: lazy}, set: {n_samples: 3}}]
blocks:
  - {}
  - {fixed: {steps: 20}, when: []}
  - {grid: {hidden_units: [7, 8]}, replicates: 2}
",
    )
    .unwrap();
    assert_eq!(
        column(&sweep, |p| (
            p.regime.name(),
            p.hidden_units,
            p.steps,
            p.n_samples
        )),
        [
            ("lazy", 50, 10, 3),
            ("rich", 50, 10, 10),
            ("lazy", 50, 20, 10),
            ("rich", 50, 20, 10),
            ("rich", 7, 10, 10),
            ("rich", 7, 10, 10),
            ("rich", 8, 10, 10),
            ("rich", 8, 10, 10),
        ]
    );
}

#[test]
fn equal_points_are_merged_and_the_larger_number_of_replicates_stays() {
    let sweep = planned(
        "
name: m
grid: {output_dim: [3, 4], task: [predictive]}
blocks: [{}, {replicates: 3}]
",
    )
    .unwrap();
    // The predictive task takes its output size from the input, so all four points are one.
    assert_eq!(column(&sweep, |p| p.output_dim), [10, 10, 10]);
    assert_eq!(
        sweep
            .jobs
            .iter()
            .map(|job| job.replicate)
            .collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert_eq!(sweep.merged_duplicates, 8 - 3);
}

#[test]
fn job_seeds_follow_point_and_replicate_and_nothing_else() {
    let seeds = |yaml: &str| column(&planned(yaml).unwrap(), |p| p.seed);
    let one = seeds("name: a\nseed: 5\nreplicates: 2\ngrid: {steps: [10, 20]}\n");
    let distinct: std::collections::HashSet<_> = one.iter().collect();
    assert_eq!(distinct.len(), 4);
    assert!(one.iter().all(|seed| *seed < 1 << 63));
    // Another name, another order and another axis value change no seed that was there.
    let other = seeds("grid: {steps: [5, 10]}\nreplicates: 2\nseed: 5\nname: b\n");
    assert_eq!(other[2..], one[..2]);
    assert_ne!(seeds("name: a\nseed: 6\ngrid: {steps: [10]}\n")[0], one[0]);
}

#[test]
fn common_seeds_are_shared_by_all_points() {
    let yaml = "name: a\nseeds: common\nreplicates: 2\ngrid: {steps: [10, 20]}\n";
    let seeds = column(&planned(yaml).unwrap(), |p| p.seed);
    assert_eq!(seeds[0..2], seeds[2..4]);
    assert_ne!(seeds[0], seeds[1]);
}

#[test]
fn a_given_seed_is_kept() {
    let yaml = "name: a\nseeds: common\ngrid: {seed: [0, 7]}\n";
    assert_eq!(column(&planned(yaml).unwrap(), |p| p.seed), [0, 7]);
}

#[test]
fn a_data_set_sets_task_and_sizes_and_is_kept_once() {
    let yaml = "name: d\ngrid: {dataset: [a.npz, ./b.npz], regime: [lazy, rich]}\n";
    let sweep = planned_with(yaml, &|_| Ok(dataset(4, 3, 2))).unwrap();
    let expected = ("dataset", 4, 3, 2, Some(dataset(4, 3, 2).id()));
    let found = column(&sweep, |p| {
        (
            p.task.name(),
            p.n_samples,
            p.input_dim,
            p.output_dim,
            p.dataset.clone(),
        )
    });
    // Two files of the same content are the same points.
    assert_eq!(found, [expected.clone(), expected]);
    assert_eq!(sweep.merged_duplicates, 2);
    assert_eq!(sweep.datasets, [dataset(4, 3, 2)]);
}

#[test]
fn data_sets_are_looked_for_beside_the_sweep_file() {
    let paths = std::cell::RefCell::new(Vec::new());
    let load = |path: &Path| {
        paths.borrow_mut().push(path.to_owned());
        Ok(dataset(2, 2, 2))
    };
    let mut reader = reader::Reader::new(Path::new("dir/s.yaml"), &load);
    plan(
        &mut reader,
        "name: d\ngrid: {dataset: [a.npz, /b.npz, a.npz]}\n",
    )
    .unwrap();
    assert_eq!(
        paths.into_inner(),
        [Path::new("dir/a.npz"), Path::new("/b.npz")]
    );
}

#[test]
fn limits_reach_the_store() {
    let yaml = "
name: l
description: |
  A \"quoted\" text
  of two lines.
max_dead: 5
max_errors: 1
max_crashes: 2
max_job_hours: 0.5
";
    let planned = planned(yaml).unwrap();
    assert_eq!(planned.description, "A \"quoted\" text\nof two lines.\n");
    let sweep = planned.sweep;
    assert_eq!(
        (
            sweep.max_dead,
            sweep.max_errors,
            sweep.max_crashes,
            sweep.max_job_ms
        ),
        (Some(5), 1, 2, Some(1_800_000))
    );
}

#[test]
fn names_that_yaml_once_read_as_truth_values_stay_names() {
    let sweep = planned("name: off\nfixed: {reductions: off, heading_jitter: false}\n").unwrap();
    assert_eq!(sweep.jobs[0].parameters.reductions.name(), "off");
}
