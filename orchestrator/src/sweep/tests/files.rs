//! Files on disk: the sweep file itself, CSV rows, data sets.

use super::super::{SweepError, expand};
use super::*;

/// Writes the files into a new folder, expands `s.yaml` there, and shortens the folder's name to `DIR`.
fn expanded(files: &[(&str, &[u8])]) -> Result<PlannedSweep, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let shorten = |error: SweepError| {
        let prefix = folder.path().display().to_string();
        error.to_string().replace(&prefix, "DIR")
    };
    expand(&folder.path().join("s.yaml")).map_err(shorten)
}

fn with_rows(csv: &str) -> Result<PlannedSweep, String> {
    let yaml = b"name: r\nrows: points.csv\n";
    expanded(&[("s.yaml", yaml), ("points.csv", csv.as_bytes())])
}

#[test]
fn rows_are_points() {
    let sweep = with_rows(
        "# the authors' table\nalgorithm,steps, update_noise\nsgd,1e3,0.01\n\nadam,2_000,0\r\n\"sed\",3,0\n",
    )
    .unwrap();
    let found: Vec<_> = sweep
        .jobs
        .iter()
        .map(|job| &job.parameters)
        .map(|p| (p.algorithm.name(), p.steps, p.update_noise))
        .collect();
    assert_eq!(
        found,
        [("sgd", 1_000, 0.01), ("adam", 2_000, 0.0), ("sed", 3, 0.0)]
    );
}

#[test]
fn wrong_rows_are_named_by_file_and_line() {
    for (csv, message) in [
        ("", "DIR/points.csv:1: empty: the first line names keys"),
        (
            "algorithm,steps\n",
            "DIR/points.csv:1: no rows: give at least one point",
        ),
        (
            "algorithm,stepz\nsgd,5\n",
            "DIR/points.csv:1: unknown column \"stepz\"; did you mean steps?",
        ),
        (
            "steps,steps\n1,2\n",
            "DIR/points.csv:1: steps: two columns of this name: keep one",
        ),
        (
            "algorithm,steps\nsgd,5\nsgd\n",
            "DIR/points.csv:3: 1 columns, but the header names 2: give every column a value",
        ),
        (
            "algorithm,steps\nsgd,5,7\n",
            "DIR/points.csv:2: 3 columns, but the header names 2: give every column a value",
        ),
        (
            "algorithm,steps\nsgd,\n",
            "DIR/points.csv:2: steps: empty cell: give a whole number from 1 to 1000000000000",
        ),
        (
            "algorithm,steps\n#c\n\nsgd,five\n",
            "DIR/points.csv:4: steps: found text \"five\": give a whole number from 1 to 1000000000000",
        ),
        (
            "algorithm,update_noise\nsgd,nan\n",
            "DIR/points.csv:2: update_noise: found NaN: give a number from 0 to 1000",
        ),
        (
            "algorithm,update_noise\nsed,0.5\n",
            "DIR/points.csv:2: rows.update_noise: found 0.5: sed perturbs the weights itself: give 0 (as the paper does)",
        ),
    ] {
        assert_eq!(with_rows(csv).unwrap_err(), message, "\n{csv}");
    }
}

#[test]
fn files_that_are_missing_or_no_text() {
    let named = |yaml: &[u8]| expanded(&[("s.yaml", yaml)]).unwrap_err();
    assert_eq!(
        expanded(&[]).unwrap_err(),
        "DIR/s.yaml: can't read the sweep file: No such file or directory (os error 2)"
    );
    assert_eq!(
        named(b"name: \xff\xfe"),
        "DIR/s.yaml: not YAML: the text must be UTF-8"
    );
    assert_eq!(
        named(b"name: x\nrows: none.csv"),
        "DIR/s.yaml:2:7: rows: can't read \"DIR/none.csv\": No such file or directory (os error 2)"
    );
    assert_eq!(
        named(b"name: x\nfixed: {dataset: none.npz}"),
        "DIR/s.yaml:2:18: fixed.dataset: data set \"DIR/none.npz\": it can't be opened: No such file or directory (os error 2)"
    );
    assert_eq!(
        named(b"name: x\nfixed: {dataset: s.yaml}"),
        "DIR/s.yaml:2:18: fixed.dataset: data set \"DIR/s.yaml\": it is no .npz archive (write it with numpy.savez): zip file error: invalid Zip archive: Could not find EOCD"
    );
    assert_eq!(
        expand(Path::new("/")).unwrap_err().to_string(),
        "/: can't read the sweep file: Is a directory (os error 21)"
    );
}
