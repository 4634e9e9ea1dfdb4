//! A report stands published rows beside the runs that compute what they say.

use serde_json::Value;

use crate::published_rows_are_met::table_without_inputs;
use crate::reports_show_what_the_runs_say::{between, charts, n, page, section};
use crate::support::Sandbox;

/// The cells of the row of a section's table that begins with these.
fn cells(section: &str, first: &[&str]) -> Vec<String> {
    let rows = section.split("<tr>").skip(1).map(|row| {
        let cells = row.split("<td>").skip(1);
        cells
            .map(|cell| {
                cell.split_once("</td>")
                    .expect("a closed cell")
                    .0
                    .to_owned()
            })
            .collect::<Vec<String>>()
    });
    let mut rows = rows.filter(|row| row.len() >= first.len());
    rows.find(|row| row.iter().zip(first).all(|(cell, wanted)| cell == wanted))
        .unwrap_or_else(|| panic!("no row {first:?}"))
}

#[test]
fn a_published_table_is_stood_beside_the_runs_of_its_rows() {
    let sandbox = Sandbox::new();
    let table = sandbox.write("scan.csv", &table_without_inputs());
    let validate = [
        "validate",
        "--reference",
        table,
        "--data",
        "generated",
        "--steps",
        "3000",
    ];
    let finished = sandbox.run(&[&validate[..], &["--format", "json"]].concat());
    finished.expect_exit(0);
    let lines: Vec<Value> = serde_json::from_str(&finished.stdout()).expect("JSON");
    let line = lines
        .iter()
        .find(|line| line["group"] == "all" && line["metric"] == "active")
        .expect("the line");
    let complete = line["n"].as_i64().expect("a count");

    let report = page(&sandbox, &["validate-scan-3000", "--reference", table]);
    let figure = section(&report, "validation");
    assert_eq!(n(figure, "rows of the table"), 6);
    assert_eq!(n(figure, "rows with runs"), 6);
    assert_eq!(n(figure, "runs beside them"), 12);
    // The table is that of `validate`: the statistics have three digits.
    let printed = cells(figure, &["all", "active"]);
    assert_eq!(printed[5], complete.to_string());
    for (index, column) in [(6, "pearson"), (10, "bias"), (14, "ks")] {
        let printed: f64 = printed[index].replace('−', "-").parse().expect("a number");
        let whole = line[column].as_f64().expect("a number");
        assert!(
            (printed - whole).abs() <= 5e-3 * whole.abs(),
            "{column}: {printed} of {whole}"
        );
    }
    let panels = charts(figure);
    let dots = &panels[0]["data"][0];
    assert_eq!(dots["x"].as_array().expect("dots").len() as i64, complete);
    let published = dots["x"][0].as_f64().expect("a number");
    let ours = "SELECT normalized_active_fraction FROM runs WHERE abs(update_noise - 0.02) < 1e-9 \
                ORDER BY replicate LIMIT 1";
    let ours = sandbox.value(ours).as_f64().expect("a number");
    assert!((published - 0.30).abs() < 1e-9);
    assert!((dots["y"][0].as_f64().expect("a number") - ours).abs() < 1e-5);
    let curves = charts(section(&report, "validation-distributions"));
    assert!(
        (3..=panels.len()).contains(&curves.len()),
        "one set, a panel a metric of three rows or more"
    );
    let steps = curves[0]["data"][0]["y"].as_array().expect("a curve");
    assert_eq!(
        (steps.len() as i64, &steps[steps.len() - 1]),
        (2 * complete, &1.0.into())
    );
    let caption = between(figure, "<p class=\"caption\">", "</p>");
    assert!(
        caption.contains("Runs of 6 rows are longer or shorter"),
        "{caption}"
    );

    // A sweep of the user's own, with seeds of its own: one run a row, and one noise of no row.
    let own = "name: own\nfixed: {regime: rich, input_dim: 10, output_dim: 6, n_samples: 3, hidden_units: 100, \
               data_range: unit, learning_rate: 0.1, steps: 3000, linear_measurements: 100}\n\
               grid: {update_noise: [0.02, 0.021, 0.05]}\n";
    sandbox.write("own.yaml", own);
    sandbox.run(&["run", "own.yaml"]).expect_exit(0);
    let report = page(&sandbox, &["own", "--reference", table]);
    let figure = section(&report, "validation");
    assert_eq!(n(figure, "rows with runs"), 2);
    assert!(figure.contains("2 rows have a single run"));
    assert_eq!(
        cells(figure, &["all", "active"])[7],
        "–",
        "no seeds to compare"
    );
    let without = page(&sandbox, &["own"]);
    assert!(
        !without.contains("id=\"validation\""),
        "only when asked for"
    );
}
