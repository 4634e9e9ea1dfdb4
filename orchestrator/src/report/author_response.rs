//! The image of the authors' response to the reviews: activity goes on changing, and becomes
//! informative, long after the loss has converged.

use shared::Answer;

use super::curve::{TimeAxis, normalized, resample};
use super::figure::{Axis, Drawn, Figure, Missing, Panel, Region, Series};
use super::group::{RED, UPDATE_NOISE};
use super::rows::{Column, measured};
use crate::statistics::{deviation, mean};

pub(crate) fn draw(correlations: &Answer, place_code: &Answer) -> Drawn {
    let information = measured(&place_code.table, "mean_spatial_information");
    let axis = TimeAxis::of(information.iter().map(|run| run.steps));
    let curves: Vec<_> = information
        .iter()
        .filter_map(|run| resample(&normalized(&run.points)?, run.steps))
        .collect();
    let Some((matrix, pairs_n)) = matrix(correlations) else {
        return missing();
    };
    let Some(rising) = axis.mean_line(String::new(), UPDATE_NOISE, &curves, false) else {
        return missing();
    };
    let converged = Column::of(&place_code.table, "converged_step");
    let converged: Vec<f64> = information
        .iter()
        .filter_map(|run| Some(axis.end * converged.real(run.row)? / run.steps))
        .collect();
    let mut series = vec![rising];
    series.extend(at_time(mean(&converged), &series[0]));
    let lowest = matrix
        .iter()
        .flatten()
        .flatten()
        .copied()
        .fold(1.0, f64::min);
    let time = || Axis::new(axis.label.clone()).range(0.0, axis.end);
    let heat = Series::Heat {
        label: "correlation".to_owned(),
        x: (0.0, axis.end),
        y: (0.0, axis.end),
        values: matrix,
        shown: (lowest, 1.0),
    };
    let (centre, spread) = (mean(&converged), deviation(&converged));
    let regions = (!converged.is_empty()).then(|| Region {
        name: "± one standard deviation".to_owned(),
        from: (centre - spread).max(0.0),
        to: (centre + spread).min(axis.end),
        color: "#b2182b",
    });
    Figure {
        id: "author-response-image",
        number: "Author response, image 1",
        title: "Activity changes long after the loss has converged".to_owned(),
        n: vec![
            ("runs with correlations".to_owned(), pairs_n),
            ("runs with spatial information".to_owned(), curves.len()),
            ("runs whose loss converged".to_owned(), converged.len()),
        ],
        panels: vec![
            Panel::new("Population-vector correlation", time(), time(), vec![heat]),
            Panel {
                regions: regions.into_iter().collect(),
                ..Panel::new(
                    "Mean spatial information",
                    time(),
                    Axis::new("over first measurement"),
                    series,
                )
            },
        ],
        columns: 2,
        caption: "Left: for each input, Pearson's correlation over units of the activity at two times; mean over \
                  inputs, then over runs with update or label noise. Right: mean spatial information of tuned units \
                  (above 0.01 bits), each input a bin of its own, over its first value: mean over runs and one \
                  standard deviation; shaded is the mean time at which the loss converges, and one standard \
                  deviation. All of it is inferred: the authors' code for this image is not shipped."
            .to_owned(),
        comparisons: Vec::new(),
        claims: Vec::new(),
        statements: vec![correlations.sql.clone(), place_code.sql.clone()],
    }
    .into()
}

/// A vertical line as high as a series.
fn at_time(time: f64, series: &Series) -> Option<Series> {
    let Series::Line { points, .. } = series else {
        return None;
    };
    let values = || points.iter().map(|point| point.1);
    let ends = [values().reduce(f64::min)?, values().reduce(f64::max)?];
    time.is_finite().then(|| {
        Series::guide(
            "mean time of convergence",
            RED,
            ends.map(|y| (time, y)).to_vec(),
        )
    })
}

fn missing() -> Drawn {
    Drawn::Missing(Missing {
        number: "Author response, image 1",
        title: "Activity changes long after the loss has converged",
        needs: "analysed runs of sgd with update or label noise and the key `place_snapshots`; \
                sweeps/update_vs_label.yaml with that key"
            .to_owned(),
    })
}

/// The mean correlation between every two snapshots, and over how many runs it is.
fn matrix(answer: &Answer) -> Option<(Vec<Vec<Option<f64>>>, usize)> {
    let column = |name| Column::of(&answer.table, name);
    let [step, other, correlation, runs] = [
        "step",
        "other_step",
        "population_vector_correlation",
        "runs",
    ]
    .map(column);
    let rows = &answer.table.rows;
    let most = rows.iter().map(|row| runs.count(row)).max()?;
    // Snapshots of runs of other lengths have steps of their own: the most frequent are shown.
    let shared_by_most = || rows.iter().filter(|row| 2 * runs.count(row) > most);
    let mut times: Vec<f64> = shared_by_most()
        .flat_map(|row| [step.real(row), other.real(row)])
        .flatten()
        .collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let mut matrix = vec![vec![None; times.len()]; times.len()];
    for (diagonal, row) in matrix.iter_mut().enumerate() {
        row[diagonal] = Some(1.0);
    }
    for row in shared_by_most() {
        let index = |time: Option<f64>| times.iter().position(|known| Some(*known) == time);
        if let (Some(a), Some(b)) = (index(step.real(row)), index(other.real(row))) {
            matrix[a][b] = correlation.real(row);
            matrix[b][a] = correlation.real(row);
        }
    }
    (times.len() > 2).then_some((matrix, most))
}
