//! `analyze experiment` finds the slopes that made recordings were made with.

use serde_json::Value;

use crate::support::{Sandbox, root};

fn analyzed(sandbox: &Sandbox, more: &[&str]) -> Vec<Value> {
    let data = root().join("tests/data/recordings.csv");
    let data = data.to_str().expect("a path of plain text");
    let finished =
        sandbox.run(&[&["analyze", "experiment", data, "--format", "json"], more].concat());
    finished.expect_exit(0);
    serde_json::from_str(&finished.stdout()).expect("JSON")
}

#[test]
fn slopes_of_made_recordings_are_found_within_their_standard_errors() {
    let sandbox = Sandbox::new();
    let fits = analyzed(&sandbox, &[]);
    let known = [
        ("made", "place_cells", -0.03),
        ("made", "spatial_information", 0.05),
        ("made_still", "place_cells", 0.0),
    ];
    assert_eq!(fits.len(), known.len());
    for (fit, (dataset, measure, slope)) in fits.iter().zip(known) {
        assert_eq!(
            (&fit["dataset"], &fit["measure"]),
            (&dataset.into(), &measure.into())
        );
        let number = |key: &str| fit[key].as_f64().expect("a number");
        let errors = (number("slope") - slope).abs() / number("slope_se");
        assert!(errors < 2.5, "{fit}");
        assert_eq!(number("p") < 0.001, slope != 0.0, "{fit}");
    }
    assert!(sandbox.files().is_empty(), "no database is needed");
}

#[test]
fn points_are_means_of_sessions_that_start_at_one() {
    let sandbox = Sandbox::new();
    let points = analyzed(&sandbox, &["--points"]);
    assert_eq!(points.len(), 10 + 10 + 6);
    for first in points.iter().filter(|point| point["time"] == 0.0) {
        assert_eq!(
            (&first["mean"], &first["error"]),
            (&1.0.into(), &0.0.into())
        );
        assert_eq!(first["n"], 8);
    }
}

#[test]
fn panels_are_drawn_with_their_slopes() {
    let sandbox = Sandbox::new();
    analyzed(&sandbox, &["--figures", "plots"]);
    let svg = std::fs::read_to_string(sandbox.path("plots/figure-3.svg")).expect("a figure");
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"));
    for words in [
        "made: place cells",
        "slope -0.02857",
        "relative to the first session",
    ] {
        assert!(svg.contains(words), "{words} is missing");
    }
    let png = std::fs::read(sandbox.path("plots/figure-3.png")).expect("a figure");
    assert_eq!(&png[1..4], b"PNG");
}

#[test]
fn a_file_of_other_columns_is_refused_with_the_right_ones() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("wrong.csv", "mouse,day\nm1,2\n");
    sandbox
        .run(&["analyze", "experiment", file])
        .expect_refusal(&["wrong.csv", "dataset, measure, animal, time and value"]);
    sandbox
        .run(&["analyze", "experiment", "missing.csv"])
        .expect_refusal(&["missing.csv"]);
}
