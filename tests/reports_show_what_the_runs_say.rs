//! A report counts what the database counts, needs no network, and says what it lacks.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{Sandbox, short_sweep};

/// Two algorithms, both noises and a scan of one: enough for every figure that needs no task of
/// its own.
const SWEEP: &str = "name: all
seed: 4
replicates: 2
fixed: {n_samples: 5, input_dim: 6, output_dim: 3, hidden_units: 32, steps: 20000, \
linear_measurements: 200, trajectory_points: 40, hessian_snapshots: 12, \
hessian_eigenvalues: all, place_snapshots: 11}
blocks:
  - name: update
    fixed: {noise_type: update}
    grid: {update_noise: [0.1, 0.2, 0.3]}
  - name: label
    fixed: {noise_type: label, label_noise: 2}
  - name: adam
    fixed: {algorithm: adam}
";

fn finished() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP);
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    sandbox
}

pub fn page(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let mut command = vec!["report"];
    command.extend(arguments);
    sandbox.run(&command).expect_exit(0);
    fs::read_to_string(sandbox.path("report.html")).expect("the page")
}

/// The text between two marks, after the first.
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("`{from}` is missing"));
    rest.split_once(to)
        .unwrap_or_else(|| panic!("`{to}` is missing after `{from}`"))
        .0
}

pub fn section<'a>(page: &'a str, id: &str) -> &'a str {
    between(
        page,
        &format!("<section class=\"figure\" id=\"{id}\">"),
        "</section>",
    )
}

pub fn charts(section: &str) -> Vec<Value> {
    let text = between(section, "class=\"charts\">", "</script>");
    serde_json::from_str(text).expect("charts are JSON")
}

/// The n that a figure names so.
pub fn n(section: &str, name: &str) -> i64 {
    let text = between(section, &format!("data-n=\"{name}\">"), "<");
    text.parse().expect("a number")
}

/// Every statement of a section, as a user copies it.
fn statements(section: &str) -> Vec<String> {
    let pieces = section.split("<pre>").skip(1);
    pieces
        .map(|piece| {
            let sql = piece.split_once("</pre>").expect("a closed element").0;
            sql.replace("&#60;", "<")
                .replace("&#62;", ">")
                .replace("&#39;", "'")
                .replace("&#38;", "&")
        })
        .collect()
}

#[test]
fn every_figure_names_the_n_that_sql_counts() {
    let sandbox = finished();
    let page = page(&sandbox, &["all"]);
    let count = |condition: &str| {
        let sql = format!(
            "SELECT count(*) FROM runs WHERE state = 'done' AND excluded IS NULL AND {condition}"
        );
        sandbox.value(&sql).as_i64().expect("a count")
    };
    let update = count("noise_type = 'update'");
    let label = count("noise_type = 'label'");
    assert!(update >= 3 && label >= 2, "the sweep serves its purpose");

    let figure = section(&page, "figure-4a");
    assert_eq!(n(figure, "SGD, update noise"), update);
    assert_eq!(n(figure, "SGD, label noise"), label);
    assert_eq!(n(figure, "Adam"), count("algorithm = 'adam'"));
    assert_eq!(charts(figure).len(), 2, "two panels");
    assert_eq!(
        n(section(&page, "figure-4-supplement-1"), "Adam"),
        count("algorithm = 'adam'")
    );

    let figure = section(&page, "figure-4b");
    assert_eq!(n(figure, "runs"), update);
    let fitted = count("noise_type = 'update' AND log10_tau < -4");
    assert_eq!(n(figure, "with a fitted rate below 10⁻⁴"), fitted);

    let figure = section(&page, "figure-5b");
    let with_spectra = count("noise_type = 'update' AND hessian_nonzero_fraction IS NOT NULL");
    assert_eq!(n(figure, "random"), with_spectra);
    let dots = charts(figure)[0]["data"][0]["x"]
        .as_array()
        .expect("dots")
        .len();
    assert_eq!(dots as i64, with_spectra);

    assert_eq!(n(section(&page, "figure-5d"), "runs"), 2);
    let pairs = n(section(&page, "figure-5c"), "pairs of eigenvalues");
    let longest = sandbox.value("SELECT max(json_array_length(eigenvalues)) FROM eigenvalues");
    assert!(
        pairs > 10 && pairs <= longest.as_i64().expect("a length"),
        "{pairs}, {longest}"
    );
    let figure = section(&page, "figure-5-supplement-1");
    assert_eq!(n(figure, "update noise"), update);
    assert_eq!(n(figure, "label noise"), label);
    assert_eq!(
        charts(figure).len(),
        6,
        "three of activity and loss, three of spectra"
    );

    let figure = section(&page, "author-response-image");
    let with_place_code = "job_id IN (SELECT job_id FROM place_code) AND noise_type <> 'none'";
    assert_eq!(n(figure, "runs with correlations"), count(with_place_code));
    assert_eq!(
        n(figure, "runs with spatial information"),
        count(with_place_code)
    );
    let cells = charts(figure)[0]["data"][0]["z"]
        .as_array()
        .expect("rows")
        .len();
    assert_eq!(cells, 11, "a row per snapshot");
    assert_eq!(n(section(&page, "table-1"), "SGD, update noise"), update);

    let planned = sandbox.value("SELECT count(*) FROM jobs").to_string();
    assert!(page.contains(&format!("data-stage=\"planned\">{planned}<")));
    let analysed = count("1 = 1");
    assert!(page.contains(&format!("data-stage=\"analysed\">{analysed}<")));
    assert!(!page.contains("Still running"));
}

/// Two problems of one task: three levels of noise on one, two on the other, which is no scan.
const TWO_PROBLEMS: &str = "name: mixed
seed: 4
fixed: {input_dim: 6, output_dim: 3, hidden_units: 32, steps: 20000, linear_measurements: 200, \
trajectory_points: 40, hessian_snapshots: 12}
blocks:
  - name: scan
    fixed: {n_samples: 5}
    grid: {update_noise: [0.1, 0.2, 0.3]}
  - name: other
    fixed: {n_samples: 4}
    grid: {update_noise: [0.1, 0.4]}
";

#[test]
fn a_scan_is_drawn_of_problems_whose_noise_alone_varies() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", TWO_PROBLEMS);
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    let page = page(&sandbox, &["mixed"]);
    let analysed = |samples: u32| {
        let sql =
            format!("SELECT count(*) FROM runs WHERE excluded IS NULL AND n_samples = {samples}");
        sandbox.value(&sql).as_i64().expect("a count")
    };
    assert_eq!(
        (analysed(5), analysed(4)),
        (3, 2),
        "the sweep serves its purpose"
    );
    let figure = section(&page, "figure-4b");
    assert_eq!(n(figure, "runs"), 3);
    let caption = between(figure, "<p class=\"caption\">", "</p>");
    for words in [
        "5 samples, 6 inputs, 3 outputs, 32 hidden units",
        "20,000 steps",
    ] {
        assert!(caption.contains(words), "`{words}` is missing in {caption}");
    }
    assert!(!caption.contains("4 samples"), "{caption}");
    assert_eq!(n(section(&page, "figure-5b"), "random"), 3);
}

#[test]
fn the_corridor_has_figures_of_its_own() {
    let sandbox = Sandbox::new();
    let corridor = "name: corridor\nreplicates: 2\nfixed: {task: predictive_track, regime: lazy, \
         n_samples: 60, hidden_units: 30, update_noise: 0.03, steps: 2000, linear_measurements: 100, \
         trajectory_points: 20, place_snapshots: 15}\n";
    sandbox.write("corridor.yaml", corridor);
    sandbox.run(&["run", "corridor.yaml"]).expect_exit(0);
    let page = page(&sandbox, &["corridor"]);
    assert_eq!(n(section(&page, "figure-2b"), "runs"), 2);
    assert_eq!(n(section(&page, "figure-2c"), "runs"), 2);
    let figure = section(&page, "figure-2d");
    assert_eq!(charts(figure).len(), 16, "four orders of four snapshots");
    let first = "SELECT job_id FROM runs ORDER BY replicate LIMIT 1";
    let tuned = format!(
        "SELECT count(*) FROM rate_maps WHERE job_id = ({first}) AND spatial_information > 0.01 \
         AND step = (SELECT max(step) FROM rate_maps)"
    );
    assert_eq!(
        n(figure, "place cells after step 2,000"),
        sandbox.value(&tuned)
    );
    let figure = section(&page, "figure-2e");
    assert_eq!(n(figure, "snapshots"), 15);
    let pair = format!(
        "SELECT rate_map_correlation FROM place_correlations WHERE job_id = ({first}) AND step = 0 \
         ORDER BY other_step LIMIT 1"
    );
    let stored = sandbox.value(&pair).as_f64().expect("a correlation");
    for claim in [
        "The mean spatial information of place cells at least doubles.",
        "The active fraction falls steadily on average",
        "The fraction of active units falls steadily on average",
        "Drift slows down",
    ] {
        assert!(page.contains(claim), "`{claim}` is missing");
    }
    let shown = charts(figure)[0]["data"][0]["z"][0][1]
        .as_f64()
        .expect("a cell");
    assert!(
        (shown - stored).abs() <= 0.005 + 1e-9,
        "{shown} of {stored}"
    );
}

#[test]
fn walkers_and_hebbian_networks_have_figures_of_their_own() {
    let sandbox = Sandbox::new();
    let shared = "steps: 400, linear_measurements: 21, trajectory_points: 21, update_noise";
    let valley = format!(
        "name: valley\nreplicates: 3\n\
         fixed: {{algorithm: sgd, learning_rate: 0.01, update_noise_on: weights, {shared}: 0.02}}\n\
         grid: {{task: [narrowing_valley, flat_valley]}}\n"
    );
    let ring = format!(
        "name: ring\nreplicates: 2\n\
         fixed: {{algorithm: similarity_matching, task: ring, hidden_units: 10, place_snapshots: 9, {shared}: \
         0.001}}\n"
    );
    for (name, text) in [("valley.yaml", &valley), ("ring.yaml", &ring)] {
        sandbox.write(name, text);
        sandbox.run(&["run", name]).expect_exit(0);
    }
    let page = page(&sandbox, &["ring", "valley"]);
    let walkers = |task: &str| {
        let sql = format!("SELECT count(*) FROM runs WHERE task = '{task}' AND excluded IS NULL");
        sandbox.value(&sql).as_i64().expect("a count")
    };
    assert_eq!(walkers("flat_valley"), 3);
    let figure = section(&page, "figure-1");
    assert_eq!(n(figure, "flat valley"), 3);
    assert_eq!(n(figure, "narrowing valley"), walkers("narrowing_valley"));
    assert_eq!(
        n(section(&page, "figure-5a"), "walkers"),
        walkers("narrowing_valley")
    );
    let figure = section(&page, "figure-4c");
    assert_eq!(n(figure, "runs"), walkers("ring"));
    let panels = charts(figure);
    assert_eq!(panels.len(), 2, "loss and activity, representations");
    let stored = "SELECT avg(population_vector_correlation) FROM place_correlations \
                  WHERE step = 0 AND other_step = 399";
    let stored = sandbox.value(stored).as_f64().expect("a correlation");
    let mut line = panels[1]["data"].as_array().expect("traces").iter();
    let line = line.rfind(|trace| trace["name"] == "with the start");
    let shown = line.expect("the line")["y"]
        .as_array()
        .expect("numbers")
        .last();
    let shown = shown.expect("the last").as_f64().expect("a number");
    assert!((shown - stored).abs() < 1e-5, "{shown} of {stored}");
    assert!(!page.contains("id=\"figure-4a\""), "walkers have no units");
}

#[test]
fn the_page_shows_the_very_statements_and_loads_nothing() {
    let sandbox = finished();
    let page = page(&sandbox, &["all"]);
    let mut shown = 0;
    for figure in page.split("<section ").skip(1) {
        for sql in statements(figure) {
            let rows = sandbox.query(&sql);
            assert!(!rows.is_empty(), "{sql}");
            shown += 1;
        }
    }
    assert!(shown >= 9, "{shown} statements");

    let script = between(&page, "<script type=\"text/javascript\">", "</script>");
    let own = page.replace(script, "");
    for loading in [
        "src=", "<link", "@import", "url(", "http://", "https://", "fetch(",
    ] {
        assert!(!own.contains(loading), "the page has `{loading}`");
    }
}

/// What a browser without a network makes of a page.
fn opened(sandbox: &Sandbox, page: &str) -> String {
    for browser in ["chromium", "google-chrome"] {
        let profile = sandbox.path("profile");
        let answer = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .args([
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--virtual-time-budget=60000",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("file://{}", sandbox.path(page).display()))
            .output();
        match answer {
            Ok(answer) if answer.status.success() => {
                return String::from_utf8_lossy(&answer.stdout).into_owned();
            }
            Ok(answer) => panic!("{browser}: {}", String::from_utf8_lossy(&answer.stderr)),
            Err(_) => {}
        }
    }
    panic!("no chromium and no google-chrome on the PATH: `make needs` installs one");
}

#[test]
fn a_browser_without_a_network_draws_every_panel() {
    let sandbox = finished();
    let page = page(&sandbox, &["all"]);
    let dom = opened(&sandbox, "report.html");
    let mut panels = 0;
    for figure in page.split("<section class=\"figure\" id=\"").skip(1) {
        let id = figure.split('"').next().expect("an id");
        let asked_for = charts(section(&page, id)).len();
        let drawn = section(&dom, id);
        assert_eq!(drawn.matches("js-plotly-plot").count(), asked_for, "{id}");
        assert!(
            drawn.matches("class=\"main-svg\"").count() >= asked_for,
            "{id}"
        );
        panels += asked_for;
    }
    assert!(panels >= 18, "{panels} panels");
}

#[test]
fn every_figure_is_written_as_svg_and_png() {
    let sandbox = finished();
    let page = page(&sandbox, &["all", "--figures", "figures"]);
    // Table 1 is a table.
    let drawn = page.matches("<section class=\"figure\"").count() - 1;
    let files: Vec<_> = fs::read_dir(sandbox.path("figures"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(files.len(), 2 * drawn);
    for path in files {
        let bytes = fs::read(&path).expect("a file");
        if path.extension().is_some_and(|kind| kind == "svg") {
            let text = String::from_utf8(bytes).expect("UTF-8");
            let svg = roxmltree::Document::parse(&text).expect("well-formed");
            assert_eq!(svg.root_element().tag_name().name(), "svg");
            let of_kind = |kind: &str| {
                let nodes = svg.descendants();
                nodes.filter(|node| node.tag_name().name() == kind).count()
            };
            assert!(of_kind("text") > 5, "{} has labels", path.display());
            assert!(
                text.contains("data:font/truetype"),
                "{} has its font",
                path.display()
            );
            let other_faces = ["font-weight=\"bold\"", "font-style=\"italic\"", "monospace"];
            assert!(
                !other_faces.iter().any(|face| text.contains(face)),
                "{}",
                path.display()
            );
        } else {
            let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
            let mut reader = decoder.read_info().expect("a PNG");
            let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
            reader.next_frame(&mut pixels).expect("pixels");
            let first = pixels[0];
            assert!(
                pixels.iter().any(|pixel| *pixel != first),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn a_sweep_that_still_runs_is_reported_with_its_counts() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("growing", 4, 2_000));
    sandbox.run(&["run", "sweep.yaml"]).expect_exit(0);
    // Three more replicates are planned, and nobody works on them.
    sandbox.write("sweep.yaml", &short_sweep("growing", 7, 2_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    let page = page(&sandbox, &["growing"]);
    let notice = between(&page, "<p class=\"running\">", "</p>");
    for words in ["Still running", "3 wait", "4 of 7"] {
        assert!(
            notice.replace('\n', " ").contains(words),
            "`{words}` is missing in {notice}"
        );
    }
    assert_eq!(n(section(&page, "figure-4a"), "SGD, update noise"), 4);
}

#[test]
fn a_sweep_without_a_figures_data_says_what_would_give_it() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("plain", 2, 1_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    let before = page(&sandbox, &["plain"]);
    assert!(
        !before.contains("<section class=\"figure\""),
        "no empty charts"
    );
    sandbox.run(&["worker", "--drain"]).expect_exit(0);
    let after = page(&sandbox, &["plain"]);
    let missing = between(&after, "id=\"missing\">", "</section>");
    for words in [
        "Figure 4B",
        "`update_noise`",
        "Figure 5B",
        "`hessian_snapshots`",
        "Figure 5D",
    ] {
        assert!(missing.contains(words), "`{words}` is missing in {missing}");
    }
    assert!(!missing.contains("Figure 4A"));
}

#[test]
fn claims_are_printed_as_the_page_has_them() {
    let sandbox = finished();
    let answer = sandbox.run(&["report", "all", "--format", "json"]);
    answer.expect_exit(0);
    let claims: Vec<Value> = serde_json::from_str(&answer.stdout()).expect("one document");
    let page = fs::read_to_string(sandbox.path("report.html")).expect("the page");
    assert!(claims.iter().any(|claim| claim["figure"] == "Figure 4A"));
    let table = between(&page, "<table class=\"claims\">", "</table>");
    for claim in &claims {
        for key in ["figure", "claim", "verdict"] {
            let text = claim[key].as_str().expect("text");
            assert!(table.contains(text), "`{text}` is missing in {table}");
        }
    }
    assert_eq!(table.matches("<tr>").count(), 1 + claims.len());
}

#[test]
fn an_unknown_sweep_is_the_users_mistake() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", &short_sweep("plain", 1, 1_000));
    sandbox.run(&["submit", "sweep.yaml"]).expect_exit(0);
    sandbox
        .run(&["report", "plane"])
        .expect_refusal(&["plane", "plain"]);
    assert!(!sandbox.files().contains(&"report.html".to_owned()));
}
