//! Figure 4C: the same three phases in a network that learns by Hebb's rule.

use shared::{Answer, Value};

use super::claim::{Claim, TREND_MIN, Verdict};
use super::curve::{Curve, POINTS, TimeAxis, resample};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Region, Series};
use super::group::{BLACK, GREY, LABEL_NOISE, PURPLE, UPDATE_NOISE};
use super::rows::{Column, Measured, measured, stretches};
use super::words::{listed, number, steps};
use crate::statistics::{mean, spearman};

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

/// Times that representations are compared with: name of the line, steps trained by then, color.
const REFERENCES: [(&str, f64, &str); 3] = [
    ("with the start", 1.0, GREY),
    ("with the end of learning", PHASES[1].1, LABEL_NOISE),
    ("with the start of null drift", PHASES[2].1, PURPLE),
];
/// Null drift must have lasted so much longer than what came before it to be judged.
const NULL_DRIFT_MIN: f64 = 1.4;
/// Change of loss (log10) and of the fraction of active units between two halves of null drift that is rest.
const REST_MAX: f64 = 0.05;

pub(crate) fn draw(answer: &Answer, representations: &Answer) -> Drawn {
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
                .chain(fraction.map(Series::on_second_axis))
                .collect(),
        )
    };
    let mut panels = vec![panel];
    panels.extend(representation_panel(&axis, representations, longest));
    Figure {
        id: "figure-4c",
        number: "Figure 4C",
        title: "The three phases under Hebbian learning".to_owned(),
        n: vec![("runs".to_owned(), losses.len())],
        columns: panels.len(),
        caption: caption(answer, panels.len() > 1),
        panels,
        comparisons: vec![comparison(&losses, &units)],
        claims: null_drift(&losses, &units, representations)
            .into_iter()
            .collect(),
        statements: vec![answer.sql.clone(), representations.sql.clone()],
    }
    .into()
}

/// What representations have in common with those at a few times before.
fn representation_panel(axis: &TimeAxis, answer: &Answer, longest: f64) -> Option<Panel> {
    let references = REFERENCES.iter().filter(|(_, from, _)| *from < longest);
    let lines = references.filter_map(|(name, from, color)| {
        let curves = since(answer, *from);
        let curves: Vec<Curve> = curves
            .iter()
            .filter_map(|points| resample(points, longest))
            .collect();
        axis.mean_line((*name).to_owned(), color, &curves, false)
    });
    let lines: Vec<Series> = lines.collect();
    (!lines.is_empty()).then(|| Panel {
        regions: regions(longest),
        ..Panel::new(
            "",
            Axis::new(axis.label.clone()).range(0.0, axis.end),
            Axis::new("population-vector correlation"),
            lines,
        )
    })
}

/// Each run's correlations with its first snapshot after so many steps, which is 1 with itself.
fn since(answer: &Answer, from: f64) -> Vec<Vec<(f64, f64)>> {
    let column = |name| Column::of(&answer.table, name);
    let [job, reference, step, correlation] = [
        "job_id",
        "reference_step",
        "step",
        "population_vector_correlation",
    ]
    .map(column);
    let of_run = |rows: &[Vec<Value>]| -> Option<Vec<(f64, f64)>> {
        let steps = rows.iter().filter_map(|row| reference.real(row));
        let start = steps.filter(|step| step + 1.0 >= from).reduce(f64::min)?;
        let later = rows.iter().filter(|row| reference.real(row) == Some(start));
        let later = later.filter_map(|row| Some((step.real(row)?, correlation.real(row)?)));
        Some([(start, 1.0)].into_iter().chain(later).collect())
    };
    stretches(&answer.table.rows, job)
        .filter_map(of_run)
        .collect()
}

/// That representations go on changing when loss and activity rest; nothing of runs that end before.
fn null_drift(losses: &[Measured], units: &[Measured], answer: &Answer) -> Option<Claim> {
    let (_, start, ..) = PHASES[2];
    let last = losses.iter().map(|run| run.steps).reduce(f64::min)?;
    let runs = since(answer, start);
    if last < NULL_DRIFT_MIN * start || runs.is_empty() {
        return None;
    }
    let trends: Vec<f64> = runs
        .iter()
        .map(|points| {
            let (time, values): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
            spearman(&time, &values)
        })
        .collect();
    let falling = trends.iter().filter(|trend| **trend < -TREND_MIN).count();
    let ends = runs.iter().filter_map(|points| points.last());
    let ends: Vec<f64> = ends.map(|point| point.1).collect();
    // From the first to the second half of the phase.
    let change = |runs: &[Measured]| {
        let changes = runs.iter().filter_map(|run| {
            let middle = (start + run.steps) / 2.0;
            let of = |from: f64, to: f64| {
                let points = run.points.iter().map(|(step, value)| (step + 1.0, value));
                let inside = points.filter(|(trained, _)| *trained >= from && *trained < to);
                mean(&inside.map(|(_, value)| *value).collect::<Vec<f64>>())
            };
            let change = of(middle, f64::INFINITY) - of(start, middle);
            change.is_finite().then_some(change)
        });
        mean(&changes.collect::<Vec<f64>>())
    };
    let (of_loss, of_units) = (change(losses), change(units));
    let rests = of_loss.abs() < REST_MAX && of_units.abs() < REST_MAX;
    Some(Claim {
        claim: "Under Hebbian learning, representations go on changing when loss and activity rest.",
        verdict: Verdict::of(rests && falling == runs.len(), &[runs.len()]),
        statistic: format!(
            "from step {} on, correlation with the population vectors of that step falls in {falling} of {} runs \
             (held if in all; Spearman's correlation with time below −{TREND_MIN}, {} in the mean), from 1 to {}; \
             between the two halves of that time log₁₀ loss changes by {} and the fraction of active units by {} \
             (both held below {REST_MAX})",
            steps(start),
            runs.len(),
            number(mean(&trends)),
            number(mean(&ends)),
            number(of_loss),
            number(of_units),
        ),
    })
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

fn caption(answer: &Answer, with_representations: bool) -> String {
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
    let representations = match with_representations {
        true => {
            " Right, not in the paper: what responses have in common with those at a few earlier times, Pearson's \
             correlation over units at each probed angle, mean over angles (place_correlations)."
        }
        false => {
            " Whether representations go on changing is not shown: these runs lack the key `place_snapshots`."
        }
    };
    format!(
        "Mean over runs and one standard deviation, at {POINTS} evenly spaced points, of the similarity-matching \
         network of Qin et al. (2023) on the ring, {} units. Backgrounds are the paper's phases, up to 300, up \
         to 2,500 and beyond. Inferred: the paper says only that published code was used, and the file \
         behind its figure is not shipped. That it is the ring model, its size, the loss ‖XᵀX − YᵀY‖/T² \
         over T = 250 probed angles, and a unit being active with a response above 0.05 at more than 3 of them \
         are choices that fit the published axes (loss around 2·10⁻³, fraction from 0.9 to 0.3). The \
         numbers beside ours are of one port of the published program.{representations}",
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

#[cfg(test)]
mod tests {
    use shared::Table;

    use super::*;

    fn table(columns: &[&str], rows: Vec<Vec<Value>>) -> Table {
        Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows,
        }
    }

    /// A loss or a fraction of 4,000 steps in each of three runs, and correlations with snapshot 2,499.
    fn claim(at: fn(f64) -> f64, correlation: fn(f64) -> f64) -> Claim {
        let real = Value::Real;
        let along = |run: &str, step: f64| {
            vec![
                Value::Text(run.to_owned()),
                real(4e3),
                real(step),
                real(at(step)),
            ]
        };
        let later = |run: &str, step: f64| {
            let row = [2_499.0, step, correlation(step)].map(real);
            [vec![Value::Text(run.to_owned())], row.to_vec()].concat()
        };
        let runs = ["a", "b", "c"];
        let steps = || (0..40_u32).map(|k| 100.0 * f64::from(k) + 99.0);
        let curves = runs
            .iter()
            .flat_map(|run| steps().map(move |step| along(run, step)));
        let curves = table(&["job_id", "steps", "step", "value"], curves.collect());
        let pairs = runs.iter().flat_map(|run| {
            let after = steps().filter(|step| *step > 2_499.0);
            after.map(move |step| later(run, step))
        });
        let columns = [
            "job_id",
            "reference_step",
            "step",
            "population_vector_correlation",
        ];
        let correlations = Answer {
            sql: String::new(),
            table: table(&columns, pairs.collect()),
        };
        let measured = || measured(&curves, "value");
        null_drift(&measured(), &measured(), &correlations).expect("runs that are long enough")
    }

    #[test]
    fn null_drift_is_change_of_representations_alone() {
        let falling = |step: f64| 1.0 - step / 1e4;
        assert_eq!(claim(|_| 0.3, falling).verdict, Verdict::Held);
        let directed = claim(falling, falling);
        assert_eq!(directed.verdict, Verdict::Failed, "activity still falls");
        assert_eq!(
            claim(|_| 0.3, |_| 1.0).verdict,
            Verdict::Failed,
            "nothing changes"
        );
    }
}
