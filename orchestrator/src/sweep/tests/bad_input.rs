//! Wrong files: the whole message, with its place.

use super::*;

/// Checks the message about each file; the files go without the first line `name: x`.
fn complaints(cases: &[(&str, &str)]) {
    for (yaml, message) in cases {
        let found = complaint(&format!("name: x\n{yaml}\n"));
        assert_eq!(found, format!("s.yaml:{message}"), "\n{yaml}");
    }
}

#[test]
fn text_that_is_no_sweep_file() {
    for (yaml, message) in [
        ("", "1:1: no sweep file: give a map of keys, at least name"),
        (
            "[1, 2]",
            "1:1: no sweep file: give a map of keys, at least name",
        ),
        ("seed: 1", "1:1: name: missing: give the sweep a name"),
        (
            "name: x\ngrid: {steps: [1, 2",
            "2:15: not YAML: unclosed bracket '['",
        ),
        (
            "name: x\n\tseed: 1",
            "1:7: not YAML: while scanning a plain scalar, found a tab",
        ),
        (
            "name: x\nname: y",
            "2:1: not YAML: duplicate mapping key `name` is not allowed here",
        ),
        (
            "name: x\n---\nname: y",
            "3:1: not YAML: only single YAML document expected but multiple found",
        ),
        (
            "name: x\ngrid: *axes",
            "2:7: not YAML: reference to unknown value",
        ),
    ] {
        assert_eq!(complaint(yaml), format!("s.yaml:{message}"), "\n{yaml}");
    }
}

#[test]
fn names_are_short_and_plain() {
    let long = format!("name: {}", "n".repeat(10_000));
    let cut = format!("1:7: name: \"{}…\" (10000 characters)", "n".repeat(40));
    let rule = "is no name: give 1 to 100 of A-Z a-z 0-9 . _ -";
    for (yaml, message) in [
        (long.as_str(), format!("{cut} {rule}")),
        (r#"name: "a\nb""#, format!(r#"1:7: name: "a\nb" {rule}"#)),
        (
            r#"name: "a'b\"c""#,
            format!(r#"1:7: name: "a'b\"c" {rule}"#),
        ),
        ("name: ''", format!("1:7: name: \"\" {rule}")),
        (
            "name: 5",
            "1:7: name: found 5: give text (put it in quotes)".into(),
        ),
        ("name: [a]", "1:7: name: found a list: give text".into()),
    ] {
        assert_eq!(complaint(yaml), format!("s.yaml:{message}"));
    }
}

#[test]
fn unknown_keys_name_the_nearest() {
    let long = format!("{}: 1", "k".repeat(10_000));
    complaints(&[
        (
            "grid:\n  update_nose: [1]",
            "3:3: grid.update_nose: unknown key; did you mean update_noise?",
        ),
        (
            "gird: {steps: [1]}",
            "2:1: gird: unknown key; did you mean grid?",
        ),
        (
            "steps: 5",
            "2:1: steps: unknown key; it is a parameter: put it under fixed, or as a list under grid",
        ),
        (
            "fixed: {hiden_units: 5}",
            "2:9: fixed.hiden_units: unknown key; did you mean hidden_units?",
        ),
        (
            "fixed: {banana: 5}",
            "2:9: fixed.banana: unknown key; known are algorithm, task, regime, n_samples, input_dim, output_dim, smoothing_dim, hidden_units, learning_rate, update_noise, update_noise_on, label_noise, label_noise_distribution, input_noise, data_range, heading_jitter, steps, linear_measurements, logarithmic_measurements, trajectory_points, unit_activity_snapshots, hessian_snapshots, hessian_eigenvalues, hessian_cost_max, measure_on_manifold, place_snapshots, precision, reductions, seed, data_seed, weights_seed, noise_type, dataset",
        ),
        (&long, "2:1: not YAML: simple key expected ':'"),
        (
            "random: {draw: 5}",
            "2:10: random.draw: unknown key; did you mean draws?",
        ),
        (
            "random: {draws: 5, axes: {steps: {int_unifrom: [1, 2]}}}",
            "2:35: random.axes.steps.int_unifrom: unknown key; did you mean int_uniform?",
        ),
        (
            "grid: {steps: {log_space: {from: 1, to: 2, count: 3}}}",
            "2:16: grid.steps.log_space: unknown key; did you mean log_spaced?",
        ),
        (
            "grid: {steps: {log_spaced: {form: 1, to: 2, count: 3}}}",
            "2:29: grid.steps.log_spaced.form: unknown key; did you mean from?",
        ),
        (
            "when: [{if: {algoritm: sgd}, set: {steps: 1}}]",
            "2:14: when[0].if.algoritm: unknown key; did you mean algorithm?",
        ),
        (
            "when: [{if: {algorithm: sgd}, sets: {steps: 1}}]",
            "2:31: when[0].sets: unknown key; did you mean set?",
        ),
        (
            "when: [{if: {algorithm: sgd}, set: {step: 1}}]",
            "2:37: when[0].set.step: unknown key; did you mean steps?",
        ),
        (
            "exclude: [{noisetype: label}]",
            "2:12: exclude[0].noisetype: unknown key; did you mean noise_type?",
        ),
        (
            "blocks: [{seed: 5}]",
            "2:11: blocks[0].seed: unknown key; it belongs at the top level",
        ),
    ]);
}

#[test]
fn values_of_the_wrong_type() {
    complaints(&[
        (
            "seed: -1",
            "2:7: seed: found -1: give a whole number from 0 to 9223372036854775807",
        ),
        (
            "seed: ten",
            "2:7: seed: found text \"ten\": give a whole number from 0 to 9223372036854775807",
        ),
        (
            "seeds: shared",
            "2:8: seeds: found text \"shared\": give independent or common",
        ),
        (
            "replicates: 0",
            "2:13: replicates: found 0: give a whole number from 1 to 1000000",
        ),
        (
            "replicates: 1.5",
            "2:13: replicates: found 1.5: give a whole number from 1 to 1000000",
        ),
        (
            "max_job_hours: -1",
            "2:16: max_job_hours: found -1: give a number of hours above 0, at most 1000000",
        ),
        (
            "max_errors: 1e10",
            "2:13: max_errors: found 10000000000: give a whole number from 1 to 4294967295",
        ),
        (
            "fixed: {n_samples: ten}",
            "2:20: fixed.n_samples: found text \"ten\": give a whole number from 1 to 1000",
        ),
        (
            "fixed: {n_samples: \"10\"}",
            "2:20: fixed.n_samples: found text \"10\": give a whole number from 1 to 1000",
        ),
        (
            "fixed: {n_samples: 10k}",
            "2:20: fixed.n_samples: found text \"10k\": give a whole number from 1 to 1000",
        ),
        (
            "fixed: {n_samples: [1, 2]}",
            "2:20: fixed.n_samples: found a list: give a whole number from 1 to 1000",
        ),
        (
            "fixed: {n_samples: }",
            "2:18: fixed.n_samples: found nothing: give a whole number from 1 to 1000",
        ),
        (
            "fixed: {algorithm: sdg}",
            "2:20: fixed.algorithm: found \"sdg\": give one of sgd, adam, sed, similarity_matching; did you mean sgd?",
        ),
        (
            "fixed: {algorithm: 5}",
            "2:20: fixed.algorithm: found 5: give one of sgd, adam, sed, similarity_matching",
        ),
        (
            "fixed: {heading_jitter: yes}",
            "2:25: fixed.heading_jitter: found text \"yes\": give true or false",
        ),
        (
            "fixed: [steps]",
            "2:8: fixed: found a list: give a map of keys and values",
        ),
        (
            "grid: {steps: 5}",
            "2:15: grid.steps: found 5: give a list in brackets, or put it under fixed",
        ),
        ("rows: [a.csv]", "2:7: rows: found a list: give text"),
        (
            "when: {if: {algorithm: sgd}, set: {steps: 5}}",
            "2:7: when: found a map: give a list in brackets",
        ),
        ("blocks: 5", "2:9: blocks: found 5: give a list in brackets"),
    ]);
}

#[test]
fn values_out_of_range() {
    complaints(&[
        (
            "fixed: {update_noise: .nan}",
            "2:23: fixed.update_noise: found NaN: give a number from 0 to 1000",
        ),
        (
            "fixed: {update_noise: -.inf}",
            "2:23: fixed.update_noise: found -inf: give a number from 0 to 1000",
        ),
        (
            "fixed: {update_noise: -0.1}",
            "2:23: fixed.update_noise: found -0.1: give a number from 0 to 1000",
        ),
        (
            "fixed: {update_noise: 1e999}",
            "2:23: fixed.update_noise: found inf: give a number from 0 to 1000",
        ),
        (
            "fixed: {learning_rate: 0}",
            "2:24: fixed.learning_rate: found 0: give a number above 0, at most 100",
        ),
        (
            "fixed: {n_samples: 5_000}",
            "2:20: fixed.n_samples: found 5000: give a whole number from 1 to 1000",
        ),
        (
            "fixed: {n_samples: 99999999999999999999999999}",
            "2:20: fixed.n_samples: found 100000000000000000000000000: give a whole number from 1 to 1000",
        ),
        (
            "fixed: {seed: 18446744073709551615}",
            "2:15: fixed.seed: found 18446744073709551615: give a whole number from 0 to 9223372036854775807",
        ),
        (
            "grid: {steps: [10, 0]}",
            "2:20: grid.steps[1]: found 0: give a whole number from 1 to 1000000000000",
        ),
        (
            "grid: {steps: {linear_spaced: {from: -5, to: 5, count: 3}}}",
            "2:15: grid.steps: found -5: give a whole number from 1 to 1000000000000",
        ),
        (
            "grid: {steps: {log_spaced: {from: 0, to: 5, count: 3}}}",
            "2:28: grid.steps.log_spaced: from 0 to 5: both ends must be above 0",
        ),
        (
            "grid: {steps: {log_spaced: {from: 1, to: .inf, count: 3}}}",
            "2:42: grid.steps.log_spaced.to: found inf: give a finite number",
        ),
        (
            "grid: {algorithm: {log_spaced: {from: 1, to: 5, count: 3}}}",
            "2:19: grid.algorithm: algorithm is no number: give one of sgd, adam, sed, similarity_matching in a list (or under choice)",
        ),
        (
            "random: {draws: 5, axes: {n_samples: {int_uniform: [0, 5]}}}",
            "2:52: random.axes.n_samples.int_uniform: found 0: give a whole number from 1 to 1000",
        ),
        (
            "random: {draws: 5, axes: {n_samples: {int_uniform: [6, 5]}}}",
            "2:52: random.axes.n_samples.int_uniform: the first end is above the second: give [lowest, highest]",
        ),
        (
            "random: {draws: 5, axes: {update_noise: {log_uniform: [0, 1]}}}",
            "2:55: random.axes.update_noise.log_uniform: from 0: both ends must be above 0",
        ),
        (
            "random: {draws: 5, axes: {update_noise: {uniform: [0]}}}",
            "2:51: random.axes.update_noise.uniform: give two ends: [lowest, highest]",
        ),
        (
            "random: {draws: 0, axes: {update_noise: {uniform: [0, 1]}}}",
            "2:17: random.draws: found 0: give a whole number from 1 to 1000000000000",
        ),
    ]);
}

#[test]
fn axes_that_make_no_sense() {
    complaints(&[
        (
            "grid: {steps: []}",
            "2:15: grid.steps: empty list: give at least one value, or leave the key out",
        ),
        (
            "random: {draws: 5, axes: {}}",
            "2:26: random.axes: no axes: give at least one key to draw",
        ),
        (
            "random: {draws: 5}",
            "2:9: random: give both draws and axes",
        ),
        (
            "blocks: []",
            "2:9: blocks: empty list: give at least one block, or leave the key out",
        ),
        (
            "zip: {steps: [1, 2], n_samples: [1, 2, 3]}",
            "2:15: zip.steps: 2 values, but zip.n_samples has 3: zipped lists are equally long",
        ),
        (
            "fixed: {steps: 5}\ngrid: {steps: [1, 2]}",
            "3:16: grid.steps: steps is set by fixed too: keep it in one of them",
        ),
        (
            "grid: {steps: [1, 2]}\nrandom: {draws: 5, axes: {steps: {int_uniform: [1, 5]}}}",
            "3:34: random.axes: steps is set by grid.steps too: keep it in one of them",
        ),
        (
            "replicates: 2\nfixed: {seed: 5}",
            "2:13: replicates: 2 replicates of a given seed are 2 equal jobs: leave one out",
        ),
        (
            "exclude: [{algorithm: sgd}]",
            "1:1: exclude: no jobs: all 1 points are excluded",
        ),
        (
            "exclude: [{}]",
            "2:11: exclude[0]: no condition: name at least one key",
        ),
    ]);
}

#[test]
fn sweeps_that_are_too_large_are_counted_not_built() {
    let all = "{from: 1, to: 1e6, count: 1e6}";
    let huge = format!(
        "grid: {{steps: {{log_spaced: {all}}}, seed: {{linear_spaced: {all}}}}}\n\
         random: {{draws: 1e12, axes: {{update_noise: {{uniform: [0, 1]}}}}}}\n\
         replicates: 1_000_000"
    );
    complaints(&[
        (
            "random: {draws: 1_000_001, axes: {update_noise: {uniform: [0, 1]}}}",
            "1:1: 1000001 jobs (random.axes 1000001): at most 1000000 are planned; shorten the axes or raise max_jobs",
        ),
        (
            "max_jobs: 10\nreplicates: 3\ngrid: {regime: [lazy, rich], n_samples: [1, 2]}",
            "1:1: 12 jobs (grid.regime 2 x grid.n_samples 2 x replicates 3): at most 10 are planned; shorten the axes or raise max_jobs",
        ),
        (
            "max_jobs: 1\nblocks: [{}, {}]",
            "3:14: blocks[1]: 2 jobs: at most 1 are planned; shorten the axes or raise max_jobs",
        ),
        (
            &huge.replace("1_000_000", "1").replace("replicates: 1", ""),
            "1:1: 1000000000000000000000000 jobs (grid.steps 1000000 x grid.seed 1000000 x random.axes 1000000000000): at most 1000000 are planned; shorten the axes or raise max_jobs",
        ),
    ]);
}

#[test]
fn rules_that_contradict_each_other_are_both_named() {
    complaints(&[(
        "
grid: {algorithm: [sgd, adam], regime: [lazy, rich]}
when:
  - {if: {algorithm: adam}, set: {steps: 10}}
  - {if: {regime: rich}, set: {n_samples: 3, steps: 20}}",
        "6:53: when[1]: sets steps to 20, but when[0] (line 5) set it to 10 for the same point: make one `if` exclude the other",
    )]);
}

#[test]
fn combinations_that_cannot_be_simulated() {
    complaints(&[
        (
            "grid: {algorithm: [sgd, sed], update_noise: [0.5]}",
            "2:46: grid.update_noise[0]: found 0.5: sed perturbs the weights itself: give 0 (as the paper does)",
        ),
        (
            "fixed: {update_noise: 0.5}\nwhen: [{if: {algorithm: sgd}, set: {algorithm: sed}}]",
            "2:23: fixed.update_noise: found 0.5: sed perturbs the weights itself: give 0 (as the paper does)",
        ),
        (
            "grid: {noise_type: [update, label]}\nfixed: {update_noise: 0.03}",
            "2:29: grid.noise_type[1]: noise_type label contradicts update_noise 0.03: add to `when`: {if: {noise_type: label}, set: {update_noise: 0}}",
        ),
        (
            "grid: {noise_type: [label]}",
            "2:21: grid.noise_type[0]: noise_type label contradicts label_noise 0: add to `when`: {if: {noise_type: label}, set: {label_noise: AMPLITUDE}}",
        ),
        (
            "fixed: {task: dataset}",
            "1:1: dataset: task dataset needs `dataset: file.npz`",
        ),
    ]);
}

#[test]
fn data_sets_that_do_not_fit() {
    let load = |path: &Path| match path.to_str() {
        Some("good.npz") => Ok(dataset(4, 3, 2)),
        _ => Err("X[1, 2] is NaN: every value must be finite".to_owned()),
    };
    for (yaml, message) in [
        (
            "fixed: {dataset: bad.npz}",
            "2:18: fixed.dataset: data set \"bad.npz\": X[1, 2] is NaN: every value must be finite",
        ),
        (
            "fixed: {dataset: good.npz, n_samples: 5}",
            "2:39: fixed.n_samples: 5 contradicts the data set, which has 4: leave n_samples out",
        ),
        (
            "fixed: {dataset: good.npz, task: random}",
            "2:18: fixed.dataset: only task dataset reads one: leave task or dataset out",
        ),
        (
            "fixed: {dataset: 5}",
            "2:18: fixed.dataset: found 5: give the path of an .npz file",
        ),
        (
            "grid: {dataset: [good.npz, \"a\\nb\"]}",
            "2:28: grid.dataset[1]: data set \"a\\nb\": X[1, 2] is NaN: every value must be finite",
        ),
    ] {
        let found = planned_with(&format!("name: x\n{yaml}\n"), &load).unwrap_err();
        assert_eq!(found, format!("s.yaml:{message}"), "\n{yaml}");
    }
}
