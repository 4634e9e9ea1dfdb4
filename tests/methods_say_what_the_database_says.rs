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
