//! Figure 2B and 2C: learning of the corridor, and what goes on after it.

use ndarray::Array2;
use shared::{Answer, Value};
use simulation::{Parameters, Simulation};

use super::claim::{Claim, TREND_MIN, Verdict};
use super::curve::{Curve, TimeAxis, resample};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{BLACK, GREY, RED, UPDATE_NOISE};
use super::rows::{Column, Measured, measured};
use super::words::number;
use crate::statistics::{deviation, mean, spearman};

/// Fractions of the run, and what one independent run on the published data had there: log10 loss,
/// active fraction, fraction of active units, mean spatial information.
const EXPECTED: [(f64, [f64; 4]); 5] = [
    (0.0, [0.85, 0.511, 0.744, 1.08]),
    (0.1, [-0.99, 0.302, 0.652, 1.78]),
    (0.34, [-1.08, 0.150, 0.484, 2.54]),
    (0.64, [-1.02, 0.109, 0.414, 2.87]),
    (1.0, [-0.99, 0.085, 0.322, 2.82]),
];

pub(crate) fn draw(curves: &Answer, parameters: &Answer, place_code: &Answer) -> [Drawn; 2] {
    let loss = losses(curves, parameters);
    if loss.is_empty() {
        return [
            missing(
                "Figure 2B",
                "The task is learned soon",
                "task `predictive_track`",
            ),
            missing(
                "Figure 2C",
                "Activity becomes sparse and informative",
                "task `predictive_track`",
            ),
        ];
    }
    let axis = TimeAxis::of(measured(&curves.table, "loss").iter().map(|run| run.steps));
    let information = along(place_code, "mean_spatial_information");
    let active = along(curves, "active_fraction");
    let units = along(curves, "fraction_active_units");
    let table = comparison([&loss, &active, &units, &information]);
    let second = if information.is_empty() {
        missing(
            "Figure 2C",
            "Activity becomes sparse and informative",
            "task `predictive_track` and the key `place_snapshots` (51 in the paper)",
        )
    } else {
        activity(&axis, [&active, &units, &information], [curves, place_code]).into()
    };
    [
        performance(&axis, &loss, table, [curves, parameters]).into(),
        second,
    ]
}

fn missing(number: &'static str, title: &'static str, of: &str) -> Drawn {
    Drawn::Missing(Missing {
        number,
        title,
        needs: format!("an analysed run of {of}, as in sweeps/corridor.yaml"),
    })
}

fn along(answer: &Answer, value: &str) -> Vec<Curve> {
    let runs = measured(&answer.table, value).into_iter();
    runs.filter_map(|run| resample(&run.points, run.steps))
        .collect()
}

/// log10 of the loss over that of the mean estimator, along each run.
fn losses(curves: &Answer, parameters: &Answer) -> Vec<Curve> {
    let [job, text] = ["job_id", "parameters"].map(|name| Column::of(&parameters.table, name));
    let job_of_run = Column::of(&curves.table, "job_id");
    let runs = measured(&curves.table, "loss").into_iter();
    let curve = |run: Measured| {
        let of_run = |row: &&Vec<Value>| job.text(row) == job_of_run.text(run.row);
        let row = parameters.table.rows.iter().find(of_run)?;
        let offset = to_mean_estimator(text.text(row))?.log10();
        let points: Vec<(f64, f64)> = run.points.iter().map(|(x, y)| (*x, y + offset)).collect();
        resample(&points, run.steps)
    };
    runs.filter_map(curve).collect()
}

/// What a loss over the targets' variance is multiplied with to be over the mean estimator's; the data are made
/// again from the run's parameters. None if they are not of today's.
fn to_mean_estimator(parameters: &str) -> Option<f64> {
    let parameters = serde_json::from_str::<Parameters>(parameters).ok()?;
    let parameters = parameters.check().ok()?;
    let simulation = Simulation::new(&parameters, None).ok()?;
    let data = simulation.data();
    Some(data.target_variance() / mean_estimator_loss(data.targets()))
}

/// Mean squared distance of targets from the mean of their kind.
fn mean_estimator_loss(targets: &Array2<f64>) -> f64 {
    let columns = targets.columns().into_iter();
    let variances: Vec<f64> = columns
        .map(|column| deviation(&column.to_vec()).powi(2))
        .collect();
    mean(&variances)
}

fn time(axis: &TimeAxis) -> Axis {
    Axis::new(axis.label.clone()).range(0.0, axis.end)
}

fn performance(
    axis: &TimeAxis,
    loss: &[Curve],
    table: Comparison,
    answers: [&Answer; 2],
) -> Figure {
    let line = axis.mean_line("loss".to_owned(), BLACK, loss, false);
    Figure {
        id: "figure-2b",
        number: "Figure 2B",
        title: "The task is learned soon".to_owned(),
        n: vec![("runs".to_owned(), loss.len())],
        panels: vec![Panel::new(
            "",
            time(axis),
            Axis::new("log₁₀ loss over the mean estimator's"),
            line.into_iter().collect(),
        )],
        columns: 1,
        caption: "Mean over runs and one standard deviation. Mean squared error over that of the mean estimator, which \
                  knows the mean of each target: zero is no better than it. The database has losses over the \
                  variance of all targets together; each run's targets were made again from its parameters to \
                  bring its losses to this scale (on the published data the two differ by 0.3 %). The paper \
                  gives no numbers; those beside ours are of one independent run on the published data."
            .to_owned(),
        comparisons: vec![table],
        claims: Vec::new(),
        statements: answers.map(|answer| answer.sql.clone()).to_vec(),
    }
}

fn activity(axis: &TimeAxis, curves: [&[Curve]; 3], answers: [&Answer; 2]) -> Figure {
    let [active, units, information] = curves;
    let ratio = Column::of(&answers[1].table, "spatial_information_ratio");
    let runs = measured(&answers[1].table, "mean_spatial_information");
    let ratios: Vec<f64> = runs.iter().filter_map(|run| ratio.real(run.row)).collect();
    let line =
        |name: &str, color, curves: &[Curve]| axis.mean_line(name.to_owned(), color, curves, false);
    let fractions = [
        line("fraction of active units (right)", RED, units),
        line("active fraction (right)", GREY, active),
    ];
    let mut series: Vec<Series> =
        line("mean spatial information (left)", UPDATE_NOISE, information)
            .into_iter()
            .collect();
    series.extend(fractions.into_iter().flatten().map(Series::on_second_axis));
    Figure {
        id: "figure-2c",
        number: "Figure 2C",
        title: "Activity becomes sparse and informative".to_owned(),
        n: vec![("runs".to_owned(), information.len())],
        panels: vec![Panel {
            y2: Some(Axis::new("fraction").range(0.0, 1.0)),
            ..Panel::new(
                "",
                time(axis),
                Axis::new("mean spatial information (bits)"),
                series,
            )
        }],
        columns: 1,
        caption: "Mean over runs and one standard deviation. Spatial information is the mean over the units with more \
                  than 0.01 bits at that time, each from its rate map in 100 bins of the signed distance along \
                  the corridor. The paper's legend names the fraction of active units and its script draws \
                  the active fraction: here are both."
            .to_owned(),
        comparisons: Vec::new(),
        claims: vec![
            information_doubles(&ratios),
            falls(
                "The active fraction falls steadily on average along the corridor's runs.",
                active,
            ),
            falls(
                "The fraction of active units falls steadily on average along the corridor's runs.",
                units,
            ),
        ],
        statements: answers.map(|answer| answer.sql.clone()).to_vec(),
    }
}

/// Of each run's ratio: the mean of the last ten snapshots but one over the first.
fn information_doubles(ratios: &[f64]) -> Claim {
    let doubled = ratios.iter().filter(|ratio| **ratio >= 2.0).count();
    let lowest = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    Claim {
        claim: "The mean spatial information of place cells at least doubles.",
        verdict: Verdict::in_all(doubled, ratios.len()),
        statistic: format!(
            "the mean of the last ten snapshots but one is twice the first or more in {doubled} of {} runs (held if \
             in all): {} times in the mean, {} at least",
            ratios.len(),
            number(mean(ratios)),
            number(lowest),
        ),
    }
}

fn falls(claim: &'static str, curves: &[Curve]) -> Claim {
    let trends: Vec<f64> = curves.iter().map(trend).collect();
    let falling = trends.iter().filter(|trend| **trend < -TREND_MIN).count();
    let weakest = trends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Claim {
        claim,
        verdict: Verdict::in_all(falling, trends.len()),
        statistic: format!(
            "Spearman's correlation with time is below −{TREND_MIN} in {falling} of {} runs (held if in all): {} in \
             the mean, {} at most",
            trends.len(),
            number(mean(&trends)),
            number(weakest),
        ),
    }
}

/// Spearman's correlation of a curve with time, where it has values.
fn trend(curve: &Curve) -> f64 {
    let known = (0..).zip(curve).filter(|(_, value)| value.is_finite());
    let (time, values): (Vec<f64>, Vec<f64>) = known
        .map(|(index, value)| (f64::from(index), *value))
        .unzip();
    spearman(&time, &values)
}

fn comparison(curves: [&[Curve]; 4]) -> Comparison {
    let names = [
        "log₁₀ loss",
        "active fraction",
        "active units",
        "spatial information (bits)",
    ];
    let mut columns = vec!["fraction of the run".to_owned()];
    for name in names {
        columns.extend([name.to_owned(), "one run elsewhere".to_owned()]);
    }
    let rows = EXPECTED.iter().map(|(fraction, expected)| {
        let mut row = vec![number(*fraction)];
        for (curves, expected) in curves.iter().zip(expected) {
            let at = curves.iter().filter_map(|curve| {
                let index = (fraction * (curve.len() - 1) as f64).round() as usize;
                // The last measurements may lie a little before the end.
                let known = curve[..=index].iter().rev().take(3);
                known.copied().find(|value| value.is_finite())
            });
            row.push(number(mean(&at.collect::<Vec<f64>>())));
            row.push(number(*expected));
        }
        row
    });
    Comparison {
        columns,
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_estimator_knows_each_targets_mean() {
        let targets = ndarray::array![[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]];
        // Squares 4, 0, 4 and none, over six entries.
        assert!((mean_estimator_loss(&targets) - 8.0 / 6.0).abs() < 1e-12);
        let corridor =
            r#"{"task": "predictive_track", "n_samples": 60, "hidden_units": 5, "seed": 3}"#;
        let factor = to_mean_estimator(corridor).expect("a corridor");
        assert!(
            factor >= 1.0,
            "means of targets leave less than the mean of all: {factor}"
        );
        assert_eq!(to_mean_estimator("{}x"), None);
    }

    #[test]
    fn one_run_that_does_not_double_or_fall_refutes_the_claim() {
        let verdict = |ratios: &[f64]| information_doubles(ratios).verdict;
        assert_eq!(verdict(&[2.0, 3.0]), Verdict::Held);
        assert_eq!(verdict(&[2.0, 1.9]), Verdict::Failed);
        assert_eq!(verdict(&[]), Verdict::Open);
        let falling: Curve = (0..101).map(|k| 1.0 / f64::from(k + 1)).collect();
        let rising: Curve = falling.iter().rev().copied().collect();
        assert_eq!(
            falls("", std::slice::from_ref(&falling)).verdict,
            Verdict::Held
        );
        assert_eq!(falls("", &[falling, rising]).verdict, Verdict::Failed);
    }
}
