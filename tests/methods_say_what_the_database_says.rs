//! A methods section's numbers are those of the database.

use crate::support::Sandbox;

const SWEEP: &str = "name: paper_1
seed: 11
replicates: 2
fixed: {input_dim: 6, hidden_units: 40, steps: 2_000, linear_measurements: 50, trajectory_points: 10}
grid: {n_samples: [3, 5], output_dim: [3, 4], update_noise: [0.02, 0.05]}
zip: {algorithm: [sgd, adam], learning_rate: [0.1, 100]}
";

#[test]
fn counts_and_core_hours_are_those_of_sql() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("paper.yaml", SWEEP);
    sandbox.run(&["run", file]).expect_exit(0);
    let finished = sandbox.run(&["methods", "paper_1"]);
    finished.expect_exit(0);
    let text = finished.stdout();
    let has = |words: &str| assert!(text.contains(words), "{words} is missing in:\n{text}");
    has("In sweep paper_1, 32 networks");
    has("seed 11: 32 seeds for 32 runs, 2 replicates");
    has("16 networks with Adam and update noise");
    has(
        "update noise (16): samples 3 to 5, inputs 6, outputs 3 to 4, hidden units 40, learning rate 0.1",
    );
    let mut parts = 0;
    for (outcome, words) in [
        ("completed", "completed all their steps"),
        ("diverged", "diverged"),
        ("silent", "fell silent"),
    ] {
        let sql = format!("SELECT count(*) AS runs FROM runs WHERE outcome = '{outcome}'");
        let runs = sandbox.value(&sql).as_i64().expect("a count");
        if runs > 0 {
            has(&format!("{runs} {words}"));
        }
        parts += runs;
    }
    assert_eq!(parts, 32, "states add up to the plan");
    let analysed = "SELECT count(*) AS runs FROM runs WHERE state = 'done' AND excluded IS NULL";
    let analysed = sandbox.value(analysed).as_i64().expect("a count");
    assert!(
        analysed < 32,
        "a learning rate of 100 leaves something to exclude"
    );
    has(&format!("{analysed} were analysed"));
    let host = sandbox.value("SELECT max(host) AS host FROM runs");
    has(&format!("32 runs on {} (", host.as_str().expect("a name")));
    let latex = sandbox.run(&["methods", "paper_1", "--latex"]);
    latex.expect_exit(0);
    assert!(latex.stdout().contains("In sweep paper\\_1, 32 networks"));
    sandbox
        .run(&["methods", "paper_2"])
        .expect_refusal(&["paper_2", "paper_1"]);
}

#[test]
fn a_walker_is_no_network_and_what_is_measured_on_request_is_told() {
    let sandbox = Sandbox::new();
    let valley = "name: valley\nreplicates: 3\nfixed: {task: narrowing_valley, learning_rate: 0.01, update_noise: 0.02, \
                  update_noise_on: weights, steps: 100, linear_measurements: 11, trajectory_points: 6}\n";
    let spectra = "name: spectra\nreplicates: 2\nfixed: {n_samples: 3, input_dim: 4, output_dim: 2, hidden_units: 10, \
                   update_noise: 0.05, steps: 500, linear_measurements: 20, trajectory_points: 10, \
                   hessian_snapshots: 5, hessian_cost_max: 0.3, measure_on_manifold: true, place_snapshots: 4}\n";
    let said = |name: &str, text: &str| {
        let file = sandbox.write("sweep.yaml", text);
        sandbox.run(&["submit", file]).expect_exit(0);
        let finished = sandbox.run(&["methods", name]);
        finished.expect_exit(0);
        finished.stdout()
    };
    let text = said("valley", valley);
    for words in [
        "3 walkers in the plane",
        "recorded at 6 evenly spaced steps",
        "either coordinate 0.02",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    assert!(!text.contains("network of one hidden layer") && !text.contains("rectified"));
    let text = said("spectra", spectra);
    for words in [
        "In all of these runs, metrics were those of a copy",
        "trace of the loss's Hessian was computed at 5 evenly spaced steps",
        "where they cost at most 0.3 of the training",
        "at 4 evenly spaced steps; bins were the samples themselves",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
}
