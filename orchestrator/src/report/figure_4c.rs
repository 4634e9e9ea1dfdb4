//! Figure 4C: the same three phases in a network that learns by Hebb's rule.

use shared::Answer;

use super::curve::{Curve, POINTS, TimeAxis, resample};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Region};
use super::group::{BLACK, UPDATE_NOISE};
use super::rows::{Column, Measured, measured};
use super::words::{listed, number, steps};
use crate::statistics::mean;

/// Angles that are probed: the paper's loss divides by their number.
const PROBES: f64 = 250.0;
/// Where the published figure changes its background.
const PHASES: [(&str, f64, f64, &str); 3] = [
    ("learning", 0.0, 300.0, "#d73027"),
    ("directed drift", 300.0, 2500.0, "#f2c230"),
    ("null drift", 2500.0, f64::INFINITY, "#1a9850"),
];
/// Step, mean square of the difference, fraction of active units in one port of the published
/// program with 200 units.
const EXPECTED: [(f64, [f64; 2]); 8] = [
    (1.0, [0.296, 0.92]),
    (100.0, [0.262, 0.89]),
    (200.0, [0.254, 0.80]),
    (300.0, [0.254, 0.69]),
    (500.0, [0.254, 0.48]),
    (1000.0, [0.254, 0.37]),
    (2500.0, [0.254, 0.33]),
    (5000.0, [0.254, 0.34]),
];

pub(crate) fn draw(answer: &Answer) -> Drawn {
    let losses = measured(&answer.table, "loss");
    let units = measured(&answer.table, "fraction_active_units");
    let Some(longest) = losses.iter().map(|run| run.steps).reduce(f64::max) else {
        return Drawn::Missing(Missing {
            number: "Figure 4C",
            title: "The three phases under Hebbian learning",
            needs: "an analysed run of algorithm `similarity_matching` with task `ring`, as in \
                    sweeps/similarity_matching.yaml"
                .to_owned(),
        });
    };
    // Runs are shown step by step, not by fractions: the phases are counted in steps.
    let axis = TimeAxis {
        label: "training step".to_owned(),
        end: longest - 1.0,
    };
    let curves = |runs: &[Measured], form: fn(f64) -> f64| -> Vec<Curve> {
        let curve = |run: &Measured| {
            let points: Vec<(f64, f64)> = run.points.iter().map(|(x, y)| (*x, form(*y))).collect();
            resample(&points, longest)
        };
        runs.iter().filter_map(curve).collect()
    };
    let similarity = curves(&losses, |log10| 1e3 * 10_f64.powf(log10).sqrt() / PROBES);
    let active = curves(&units, |fraction| fraction);
    let line =
        |name: &str, color, curves: &[Curve]| axis.mean_line(name.to_owned(), color, curves, false);
    let fraction = line("fraction of active units (right)", UPDATE_NOISE, &active);
    let panel = Panel {
        y2: Some(Axis::new("fraction of active units").range(0.0, 1.0)),
        regions: regions(longest),
        ..Panel::new(
            "",
            Axis::new(axis.label.clone()).range(0.0, axis.end),
            Axis::new("loss (10⁻³)"),
            line("loss (left)", BLACK, &similarity)
                .into_iter()
                .chain(fraction.map(super::figure::Series::on_second_axis))
                .collect(),
        )
    };
    Figure {
        id: "figure-4c",
        number: "Figure 4C",
        title: "The three phases under Hebbian learning".to_owned(),
        n: vec![("runs".to_owned(), losses.len())],
        panels: vec![panel],
        columns: 1,
        caption: caption(answer),
        comparisons: vec![comparison(&losses, &units)],
        claims: Vec::new(),
        statements: vec![answer.sql.clone()],
    }
    .into()
}

fn regions(end: f64) -> Vec<Region> {
    let shown = PHASES.iter().filter(|phase| phase.1 < end);
    shown
        .map(|(name, from, to, color)| Region {
            name: (*name).to_owned(),
            from: *from,
            to: to.min(end - 1.0),
            color,
        })
        .collect()
}

fn caption(answer: &Answer) -> String {
    let units = Column::of(&answer.table, "hidden_units");
    let mut sizes: Vec<usize> = answer
        .table
        .rows
        .iter()
        .map(|row| units.count(row))
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    format!(
        "Mean over runs and one standard deviation, at {POINTS} evenly spaced points, of the similarity-matching \
         network of Qin et al. (2023) on the ring, {} units. Backgrounds are the paper's phases, up to 300, up \
         to 2,500 and beyond. Inferred: the paper says only that published code was used, and the file \
         behind its figure is not shipped. That it is the ring model, its size, the loss ‖XᵀX − YᵀY‖/T² \
         over T = 250 probed angles, and a unit being active with a response above 0.05 at more than 3 of them \
         are choices that fit the published axes (loss around 2·10⁻³, fraction from 0.9 to 0.3). The \
         numbers beside ours are of one port of the published program.",
        listed(&sizes)
    )
}

fn comparison(losses: &[Measured], units: &[Measured]) -> Comparison {
    let columns = [
        "step",
        "mean square of the difference",
        "one port",
        "fraction of active units",
        "one port",
    ];
    let at = |runs: &[Measured], step: f64| {
        let nearest = runs.iter().filter_map(|run| {
            let known = run.points.iter().filter(|_| step <= run.steps);
            known.min_by(|a, b| {
                (a.0 + 1.0 - step)
                    .abs()
                    .total_cmp(&(b.0 + 1.0 - step).abs())
            })
        });
        let values: Vec<f64> = nearest.map(|point| point.1).collect();
        mean(&values)
    };
    let rows = EXPECTED.iter().map(|(step, [loss, fraction])| {
        vec![
            steps(*step),
            number(10_f64.powf(at(losses, *step))),
            number(*loss),
            number(at(units, *step)),
            number(*fraction),
        ]
    });
    Comparison {
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}
