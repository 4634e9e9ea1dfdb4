//! Simulations with the published inputs end where the published ones ended.

use serde_json::Value;

use crate::support::{Sandbox, root};

/// Ten rows at full length (a million steps), two seeds each. Their own seeds are not published,
/// so a row is met up to the spread between seeds.
#[test]
fn ten_published_rows_are_met_within_the_spread_between_seeds() {
    let sandbox = Sandbox::new();
    let reference = root().join("tests/data/published_rows.csv");
    let reference = reference.to_str().expect("a path of plain text");
    let finished = sandbox.run(&["validate", "--reference", reference, "--format", "json"]);
    finished.expect_exit(0);
    let lines: Vec<Value> = serde_json::from_str(&finished.stdout()).expect("JSON");
    let all = |metric: &str| {
        lines
            .iter()
            .find(|l| l["group"] == "all" && l["metric"] == metric)
            .expect("the line")
            .clone()
    };
    let number = |line: &Value, key: &str| line[key].as_f64().expect("a number");

    let active = all("active");
    assert_eq!(active["n"], 10);
    assert!(number(&active, "pearson") >= 0.985, "{active}");
    assert!(number(&active, "bias").abs() <= 0.02, "{active}");
    let units = all("active_units");
    assert!(number(&units, "pearson") >= 0.985, "{units}");
    assert!(number(&units, "bias").abs() <= 0.02, "{units}");
    // Ten rows estimate the ratio of two mean distances to about a third.
    assert!(number(&active, "diff_ratio") <= 1.3 * 1.33, "{active}");
    let loss = all("loss");
    assert!(number(&loss, "pearson") >= 0.9, "{loss}");
}
