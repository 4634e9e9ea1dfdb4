//! Figure 5D: label noise flattens the loss, update noise does not.

use shared::Answer;

use super::curve::TimeAxis;
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{LABEL_NOISE, UPDATE_NOISE};
use super::rows::{Column, measured, stretches};
use super::words::{THEORY, number, steps};

/// Published summary values of this run: kind of noise, active fraction, active units, trace.
const PUBLISHED: [(&str, [f64; 3]); 2] = [
    ("label", [0.502, 0.990, 0.235]),
    ("update", [0.206, 0.807, 1.81]),
];
/// Step, and the trace with label and with update noise in one independent run of the same settings.
const EXPECTED: [(f64, [f64; 2]); 7] = [
    (1e4, [81.0, 189.0]),
    (5e4, [52.0, 543.0]),
    (1e5, [35.0, 780.0]),
    (2e5, [22.0, 958.0]),
    (4e5, [16.0, 1083.0]),
    (7e5, [13.6, 1161.0]),
    (1e6, [12.6, 898.0]),
];
/// How far from such a step a snapshot may be, as a share of it.
const NEAR: f64 = 0.1;
/// Snapshots at either end that the summary is over; the last one is left out, as published.
const SNAPSHOTS: usize = 10;

pub(crate) fn draw(answer: &Answer) -> Drawn {
    let column = |name| Column::of(&answer.table, name);
    let [noise, task, regime] = ["noise_type", "task", "regime"].map(column);
    let [length, step, trace] = ["steps", "step", "trace"].map(column);
    let Some(first) = answer.table.rows.first() else {
        return missing();
    };
    let [samples, inputs, outputs] =
        ["n_samples", "input_dim", "output_dim"].map(|name| column(name).count(first));
    let problem = format!(
        "{} task, {} regime, {samples} samples, {inputs} inputs, {outputs} outputs",
        task.text(first),
        regime.text(first),
    );
    let axis = TimeAxis::of([length.real(first).unwrap_or(f64::NAN)]);
    let per_step = axis.end / length.real(first).unwrap_or(f64::NAN);
    let mut series = Vec::new();
    let mut rows = Vec::new();
    for of_run in stretches(&answer.table.rows, noise) {
        let kind = noise.text(&of_run[0]);
        let traces: Vec<(f64, f64)> = of_run
            .iter()
            .filter_map(|row| Some((step.real(row)? * per_step, trace.real(row)?)))
            .collect();
        let color = if kind == "label" {
            LABEL_NOISE
        } else {
            UPDATE_NOISE
        };
        rows.push(line(answer, kind, &of_run[0], &traces));
        series.push(Series::line(format!("{kind} noise"), color, traces));
    }
    let columns = [
        "run",
        "active fraction",
        "published",
        "active units",
        "published",
        "sum of eigenvalues, last over first ten",
        "published",
    ];
    Figure {
        id: "figure-5d",
        number: "Figure 5D",
        title: "Label noise flattens the loss, update noise does not".to_owned(),
        n: vec![("runs".to_owned(), series.len())],
        panels: vec![Panel::new(
            "",
            Axis::new(axis.label.clone()).range(0.0, axis.end),
            Axis::new("sum of Hessian eigenvalues").log(),
            series,
        )],
        columns: 1,
        caption: format!(
            "Trace of the Hessian of the loss along one run with label noise, and along the run with update noise \
             on the same problem: {problem}. Shown is the run nearest to the published one (random task, \
             rich regime, 20 samples, 20 inputs, 10 outputs). The paper's legend describes Figure 5B in \
             linear units; what its script draws is this. Run elsewhere: one independent run with the published \
             settings. {THEORY}"
        ),
        comparisons: vec![
            Comparison {
                columns: columns.map(str::to_owned).to_vec(),
                rows,
            },
            over_time(answer),
        ],
        claims: Vec::new(),
        statements: vec![answer.sql.clone()],
    }
    .into()
}

fn missing() -> Drawn {
    Drawn::Missing(Missing {
        number: "Figure 5D",
        title: "Label noise flattens the loss, update noise does not",
        needs: "an analysed run of sgd with label noise and the key `hessian_snapshots` (101 in the paper), \
                and its twin with update noise; sweeps/update_vs_label.yaml with that key"
            .to_owned(),
    })
}

fn line(answer: &Answer, kind: &str, row: &[shared::Value], traces: &[(f64, f64)]) -> Vec<String> {
    let real = |name| {
        Column::of(&answer.table, name)
            .real(row)
            .unwrap_or(f64::NAN)
    };
    let ours = [
        real("normalized_active_fraction"),
        real("normalized_fraction_active_units"),
        ends(traces).map_or(f64::NAN, |(first, last)| last / first),
    ];
    let published = PUBLISHED.iter().find(|(noise, _)| *noise == kind);
    let mut cells = vec![format!("{kind} noise")];
    for (index, ours) in ours.iter().enumerate() {
        let of_paper = published.map_or(f64::NAN, |(_, values)| values[index]);
        cells.extend([number(*ours), number(of_paper)]);
    }
    cells
}

/// The trace at the steps of [`EXPECTED`], where a snapshot is near.
fn over_time(answer: &Answer) -> Comparison {
    let noise = Column::of(&answer.table, "noise_type");
    let runs = measured(&answer.table, "trace");
    let at = |kind: &str, step: f64| {
        let run = runs.iter().find(|run| noise.text(run.row) == kind);
        let points = run.map_or(&[][..], |run| &run.points);
        let distance = |point: &(f64, f64)| (point.0 + 1.0 - step).abs();
        let near = points.iter().filter(|point| distance(point) <= NEAR * step);
        let nearest = near.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.map_or(f64::NAN, |point| point.1)
    };
    let columns = [
        "sum of eigenvalues after step",
        "label noise",
        "one run elsewhere",
        "update noise",
        "one run elsewhere",
    ];
    let rows = EXPECTED.iter().map(|(step, [label, update])| {
        vec![
            steps(*step),
            number(at("label", *step)),
            number(*label),
            number(at("update", *step)),
            number(*update),
        ]
    });
    Comparison {
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// Mean of the first ten, and of the last ten but one, as far as there are so many.
fn ends(traces: &[(f64, f64)]) -> Option<(f64, f64)> {
    let values: Vec<f64> = traces.iter().map(|point| point.1).collect();
    let taken = SNAPSHOTS.min(values.len().checked_sub(1)?).max(1);
    let before_last = values.len().saturating_sub(1).max(1);
    let mean = |values: &[f64]| crate::statistics::mean(values);
    Some((
        mean(&values[..taken]),
        mean(&values[before_last - taken..before_last]),
    ))
}
