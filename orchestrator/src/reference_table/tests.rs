//! Facts about reading and choosing published rows.

use std::fs;

use super::*;

const HEADER: &str = "set,id,data_type,regime,Xdim,ydim,nsamples,learning_algo,lr,update_noise,\
label_noise,loss,active,active_units,log_tau,eig_sum,eig_max,eig_nonzero,sim_len,input_file\n";

fn row(set: &str, id: u32, task: &str, sizes: &str, algorithm: &str) -> String {
    format!(
        "{set},{id},{task},rich,{sizes},{algorithm},0.1,0.03,0,-1.5,0.1,0.2,-5.0,0.4,0.9,0.03,10000000,\n"
    )
}

const EVERYTHING: Selection<'_> = Selection {
    published: true,
    generated: true,
    set: None,
    rows: None,
    sample: None,
};

fn read(rows: &str, selection: &Selection<'_>) -> Result<Vec<RunnableRow>, ReferenceError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    runnable_rows(&path, selection)
}

fn scan(count: u32) -> String {
    (0..count)
        .map(|id| row("SGD_update_noise", id, "random", "20,5,5", "SGD"))
        .collect()
}

#[test]
fn rows_without_inputs_take_the_range_of_their_set_and_a_seed_of_their_own() {
    let text = [
        row("SGD_update_noise", 1, "random", "20,5,5", "SGD"),
        row("update_and_label_compare", 1, "random", "20,5,5", "SGD"),
        row("RLgrad_random", 1, "random", "20,5,5", "Adam"),
    ]
    .concat();
    let rows = read(&text, &EVERYTHING).unwrap();
    let ranges: Vec<DataRange> = rows.iter().map(|row| row.parameters.data_range).collect();
    let (unit, symmetric) = (DataRange::Unit, DataRange::Symmetric);
    assert_eq!(ranges, [unit, symmetric, symmetric]);
    let mut seeds: Vec<u64> = rows.iter().flat_map(|row| row.seeds).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 3 * RUNS);
    let first = rows[0].parameters.clone().check().unwrap();
    assert_eq!((first.steps, first.hidden_units), (10_000_000, 100));
    assert_eq!((first.update_noise, first.label_noise), (0.03, 0.0));
}

#[test]
fn losses_of_older_sets_are_compared_as_they_were() {
    // Of a network as bad as one that knows the mean alone.
    let loss = |set| {
        let rows = read(&row(set, 1, "random", "20,15,18", "SGD"), &EVERYTHING).unwrap();
        let run = rows[0].parameters.clone().check().unwrap();
        rows[0].loss_on_its_scale(&run, 0.0)
    };
    assert_eq!(loss("update_and_label_compare"), 0.0);
    // 270 values uniform on [0, 1) have a variance of 1/12.
    assert!((loss("random") - (1.0_f64 / 12.0).log10()).abs() < 0.1);
}

#[test]
fn losses_of_older_sets_include_the_label_noise() {
    let loss = |set| {
        let text = row(set, 1, "random", "20,15,18", "SGD").replace(",0.03,0,", ",0,0.6,");
        let rows = read(&text, &EVERYTHING).unwrap();
        let run = rows[0].parameters.clone().check().unwrap();
        assert_eq!(run.label_noise, 0.6);
        rows[0].loss_on_its_scale(&run, -9.0)
    };
    assert_eq!(loss("update_and_label_compare"), -9.0);
    // A network that fits the targets leaves the noise: uniform, 0.6 wide.
    assert!((loss("random") - 0.03_f64.log10()).abs() < 1e-6);
}

#[test]
fn smoothed_autoencoders_smooth_by_their_nominal_output() {
    let text = [
        row("RLgrad_random", 1, "smoothed_autoencoder", "22,11,6", "SGD"),
        row("RLgrad_random", 2, "smoothed", "22,11,6", "SGD"),
        row("random", 3, "predictive", "9,0,6", "SGD"),
    ]
    .concat();
    let rows = read(&text, &EVERYTHING).unwrap();
    let valid = |index: usize| {
        let row: &RunnableRow = &rows[index];
        row.parameters.clone().check().unwrap()
    };
    assert_eq!(valid(0).smoothing_dim, Some(11));
    assert_eq!(valid(0).output_dim, 22);
    assert_eq!(valid(1).smoothing_dim, None);
    assert_eq!(valid(2).output_dim, 9);
}

#[test]
fn a_sample_is_spread_over_the_rows_that_are_left() {
    let ids = |selection: &Selection<'_>| -> Vec<String> {
        let rows = read(&scan(10), selection).unwrap();
        rows.into_iter().map(|row| row.row.id).collect()
    };
    let sample = |rows, sample| Selection {
        rows,
        sample,
        ..EVERYTHING
    };
    assert_eq!(ids(&sample(None, Some(3))), ["0", "3", "6"]);
    assert_eq!(ids(&sample(Some(4), Some(2))), ["0", "2"]);
    assert_eq!(ids(&sample(Some(2), Some(5))), ["0", "1"]);
}

#[test]
fn rows_that_nobody_asked_for_are_explained() {
    let published = Selection {
        generated: false,
        ..EVERYTHING
    };
    let other_set = Selection {
        set: Some("random"),
        ..EVERYTHING
    };
    for selection in [published, other_set] {
        let error = read(&scan(2), &selection).err().unwrap().to_string();
        for word in ["2 rows", "0 have", "--data generated", "SGD_update_noise"] {
            assert!(error.contains(word), "{word} is missing in: {error}");
        }
    }
}

#[test]
fn words_that_mean_nothing_are_named() {
    for (text, words) in [
        (
            row("other", 7, "random", "20,5,5", "SGD"),
            ["row 7", "set is `other`"],
        ),
        (
            row("random", 7, "maze", "20,5,5", "SGD"),
            ["row 7", "data_type is `maze`"],
        ),
        (
            row("random", 7, "random", "20,5,5", "GD"),
            ["row 7", "learning_algo is `GD`"],
        ),
    ] {
        let error = read(&text, &EVERYTHING).err().unwrap().to_string();
        for word in words {
            assert!(error.contains(word), "{word} is missing in: {error}");
        }
    }
}
