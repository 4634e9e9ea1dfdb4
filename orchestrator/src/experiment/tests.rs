//! Facts about recordings, and about the lines through them.

use std::fs;

use super::*;

fn analyzed(lines: &str) -> Result<Vec<Panel>, ExperimentError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recordings.csv");
    fs::write(&path, format!("dataset,measure,animal,time,value\n{lines}")).unwrap();
    panels(&path)
}

/// Ten sessions of an animal whose values fall from its own first by 3 % of it a day.
fn falling(animal: &str, first: f64) -> String {
    (0..10)
        .map(|day| {
            let value = first * (1.0 - 0.03 * f64::from(day));
            format!("made,place_cells,{animal},{day},{value}\n")
        })
        .collect()
}

#[test]
fn a_known_slope_is_found_whatever_the_animals_scales() {
    let text = falling("a", 212.0) + &falling("b", 7.0);
    let panel = &analyzed(&text).unwrap()[0];
    assert_eq!(
        (panel.animals, panel.left_out, panel.points.len()),
        (2, 0, 20)
    );
    assert!((panel.line.slope + 0.03).abs() < 1e-12);
    assert!((panel.line.intercept - 1.0).abs() < 1e-12);
    assert!((panel.line.r_squared - 1.0).abs() < 1e-12);
    assert!(panel.line.p < 1e-12);
}

#[test]
fn the_first_session_is_the_earliest_with_a_value_wherever_it_stands() {
    let text = "made,m,a,2,8\nmade,m,a,0,\nmade,m,a,1,4\nmade,m,a,3,12\n";
    let panel = &analyzed(text).unwrap()[0];
    assert_eq!(panel.points, [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]);
}

#[test]
fn an_animal_that_starts_at_nothing_is_left_out_and_counted() {
    let text = falling("a", 3.0) + "made,place_cells,b,0,0\nmade,place_cells,b,1,5\n";
    let panel = &analyzed(&text).unwrap()[0];
    assert_eq!(
        (panel.animals, panel.left_out, panel.points.len()),
        (1, 1, 10)
    );
}

#[test]
fn error_bars_are_the_papers() {
    // At time 1 the animals stand at 0.5 and 0.8: SD (of two, uncorrected) 0.15, over root 2.
    let text = "made,m,a,0,2\nmade,m,a,1,1\nmade,m,b,0,10\nmade,m,b,1,8\n";
    let sessions = analyzed(text).unwrap()[0].sessions();
    assert_eq!((sessions[0].time, sessions[0].error), (0.0, 0.0));
    let last = sessions[1];
    assert_eq!((last.time, last.n), (1.0, 2));
    assert!((last.mean - 0.65).abs() < 1e-12);
    assert!((last.error - 0.15 / 2.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn every_mistake_names_its_line() {
    let first = "made,m,a,0,1\n";
    for (line, words) in [
        ("made,m,a,1,-2\n", ["line 3", "value is -2"]),
        ("made,m,a,NaN,2\n", ["line 3", "time is NaN"]),
        ("made,m,a,0,2\n", ["line 3", "animal a has a m at time 0"]),
        ("made,m,a,1\n", ["failed to read", "columns are"]),
        ("", ["made has 1 values", "three"]),
    ] {
        let error = analyzed(&format!("{first}{line}")).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{word} is missing in: {error}");
        }
    }
    assert!(matches!(analyzed(""), Err(ExperimentError::Empty { .. })));
}

/// Numbers of statsmodels for the same file: `tests/data/README.md` shows how they were made.
#[test]
fn fits_are_those_of_statsmodels() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data");
    let found = panels(&folder.join("recordings.csv")).unwrap();
    let mut expected = csv::Reader::from_path(folder.join("recordings_fitted.csv")).unwrap();
    let mut count = 0;
    for row in expected.deserialize() {
        let row: (String, String, usize, f64, f64, f64, f64, f64, f64) = row.unwrap();
        let (dataset, measure, n, numbers) = (
            row.0,
            row.1,
            row.2,
            [row.3, row.4, row.5, row.6, row.7, row.8],
        );
        let panel = found
            .iter()
            .find(|panel| panel.dataset == dataset && panel.measure == measure)
            .unwrap_or_else(|| panic!("{dataset} {measure}"));
        assert_eq!(panel.points.len(), n);
        let line = panel.line;
        let ours = [
            line.slope,
            line.slope_se,
            line.t,
            line.p,
            line.r_squared,
            line.intercept,
        ];
        for (ours, theirs) in ours.iter().zip(numbers) {
            let distance = ((ours - theirs) / theirs).abs();
            assert!(distance < 1e-9, "{dataset} {measure}: {ours} for {theirs}");
        }
        count += 1;
    }
    assert_eq!(count, found.len());
}
