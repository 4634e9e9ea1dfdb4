//! Drawn points: the same on every machine, and independent of each other's neighbours.

use super::*;

const YAML: &str = "
name: r
seed: 20240417
random:
  draws: 3
  axes:
    n_samples: {int_uniform: [1, 19]}
    update_noise: {log_uniform: [0.01, 0.1]}
    input_noise: {uniform: [0, 1]}
    label_noise: {log_spaced: {from: 0.1, to: 1, count: 50}}
    regime: {choice: [lazy, rich]}
";

fn draws(yaml: &str) -> Vec<(u32, f64, f64, f64, &'static str)> {
    let sweep = planned(yaml).unwrap();
    let read = |p: &ValidParameters| {
        (
            p.n_samples,
            p.update_noise,
            p.input_noise,
            p.label_noise,
            p.regime.name(),
        )
    };
    sweep.jobs.iter().map(|job| read(&job.parameters)).collect()
}

#[test]
fn draws_are_the_same_everywhere() {
    let expected = [
        (
            18,
            0.021801863818979656,
            0.7120852126180297,
            0.22229964825261944,
            "lazy",
        ),
        (
            13,
            0.036184612297431605,
            0.5560754765481485,
            0.13894954943731375,
            "rich",
        ),
        (
            7,
            0.055952974915309976,
            0.8908568851147397,
            0.22229964825261944,
            "rich",
        ),
    ];
    assert_eq!(draws(YAML), expected);
}

#[test]
fn another_axis_and_more_draws_change_no_draw() {
    let more = YAML.replace("draws: 3", "draws: 5").replace(
        "  axes:",
        "  axes:\n    hidden_units: {int_uniform: [5, 9]}",
    );
    assert_eq!(draws(&more)[..3], draws(YAML));
}

#[test]
fn another_seed_and_a_named_block_draw_others() {
    let seeded = YAML.replace("20240417", "20240418");
    assert_ne!(draws(&seeded), draws(YAML));
    let blocks = format!("{YAML}blocks: [{{}}, {{name: second}}]\n");
    let both = draws(&blocks);
    assert_eq!(both[..3], draws(YAML));
    assert_ne!(both[3..], draws(YAML));
}

#[test]
fn draws_multiply_with_the_grid() {
    let sweep = planned(&format!("{YAML}grid: {{steps: [10, 20]}}\n")).unwrap();
    let levels: Vec<f64> = sweep
        .jobs
        .iter()
        .map(|job| job.parameters.update_noise)
        .collect();
    assert_eq!(levels.len(), 6);
    assert_eq!(levels[..3], levels[3..]);
}

#[test]
fn draws_fill_their_ranges_evenly() {
    let sweep = planned(
        "
name: u
random:
  draws: 10000
  axes:
    n_samples: {int_uniform: [1, 4]}
    update_noise: {log_uniform: [0.01, 0.1]}
    input_noise: {uniform: [2, 4]}
",
    )
    .unwrap();
    let share = |holds: &dyn Fn(&ValidParameters) -> bool| {
        sweep
            .jobs
            .iter()
            .filter(|job| holds(&job.parameters))
            .count() as f64
            / 1e4
    };
    // Five standard errors of a share of 10000: 0.022 at a quarter, 0.025 at a half.
    for size in 1..=4 {
        assert!((share(&|p| p.n_samples == size) - 0.25).abs() < 0.022);
    }
    assert!((share(&|p| p.update_noise < 0.1f64.powf(1.5)) - 0.5).abs() < 0.025);
    assert!((share(&|p| p.input_noise < 3.0) - 0.5).abs() < 0.025);
    assert_eq!(share(&|p| (0.01..=0.1).contains(&p.update_noise)), 1.0);
    assert_eq!(share(&|p| (2.0..4.0).contains(&p.input_noise)), 1.0);
}
