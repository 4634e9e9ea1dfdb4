//! Figure 5B: the share of non-zero eigenvalues follows the fraction of active units.

use shared::Answer;

use super::claim::{Claim, Verdict};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{BLACK, task_color, task_name};
use super::scan::{NoisyRun, problems};
use super::words::{THEORY, number};
use crate::statistics::{fit_line, pearson, spearman};

/// From the authors' table, 118 runs.
const PUBLISHED: [(&str, f64); 4] = [
    ("Pearson's r", 0.956),
    ("Spearman's ρ", 0.933),
    ("slope", 2.22),
    ("intercept", 0.001),
];
const PEARSON_MIN: f64 = 0.9;
const RUNS_MIN: usize = 3;

pub(crate) fn draw(answer: &Answer) -> Drawn {
    let mut of_tasks: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    let runs = NoisyRun::all(answer);
    for run in &runs {
        let (Some(nonzero), Some(units)) = (run.nonzero, run.active_units) else {
            continue;
        };
        match of_tasks.last_mut() {
            Some((task, points)) if *task == run.task => points.push((nonzero, units)),
            _ => of_tasks.push((run.task.clone(), vec![(nonzero, units)])),
        }
    }
    let all: Vec<(f64, f64)> = of_tasks
        .iter()
        .flat_map(|(_, points)| points.clone())
        .collect();
    if all.len() < RUNS_MIN {
        return Drawn::Missing(Missing {
            number: "Figure 5B",
            title: "Non-zero eigenvalues follow the active units",
            needs:
                "three or more analysed runs of sgd that vary `update_noise` alone, with the key \
                    `hessian_snapshots` (101 in the paper), as in sweeps/noise_scan.yaml"
                    .to_owned(),
        });
    }
    let (x, y): (Vec<f64>, Vec<f64>) = all.iter().copied().unzip();
    let line = fit_line(&x, &y);
    let (r, rank) = (pearson(&x, &y), spearman(&x, &y));
    let mut series: Vec<Series> = of_tasks
        .iter()
        .map(|(task, points)| Series::Dots {
            name: task_name(task),
            color: task_color(task),
            points: points.clone(),
        })
        .collect();
    let ends = [
        x.iter().copied().fold(f64::INFINITY, f64::min),
        x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    ];
    series.push(Series::guide(
        "least-squares fit",
        BLACK,
        ends.map(|x| (x, line.slope * x + line.intercept)).to_vec(),
    ));
    let ours = [r, rank, line.slope, line.intercept];
    let rows = PUBLISHED.iter().zip(ours).map(|((name, published), ours)| {
        vec![(*name).to_owned(), number(ours), number(*published)]
    });
    Figure {
        id: "figure-5b",
        number: "Figure 5B",
        title: "Non-zero eigenvalues follow the active units".to_owned(),
        n: of_tasks
            .iter()
            .map(|(task, points)| (task_name(task), points.len()))
            .collect(),
        panels: vec![Panel::new(
            "",
            Axis::new("share of non-zero eigenvalues"),
            Axis::new("fraction of active units, normalized"),
            series,
        )],
        columns: 1,
        caption: format!(
            "One dot is a run with update noise. {} Eigenvalues of the Hessian of the loss, mean of the last \
             ten snapshots but one; the share is the published count over the number of parameters, as \
             exact arithmetic expects it: the positive ones and half of the live units' null ones, \
             which rounding makes positive as often as negative. Active units: final over initial. {THEORY}",
            problems(&runs)
        ),
        comparisons: vec![Comparison {
            columns: ["", "ours", "published (n = 118)"].map(str::to_owned).to_vec(),
            rows: rows.collect(),
        }],
        claims: vec![Claim {
            claim: "The share of non-zero eigenvalues tracks the fraction of active units.",
            verdict: Verdict::of(r > PEARSON_MIN, &[x.len()]),
            statistic: format!(
                "r = {} (held above {PEARSON_MIN}, published 0.956), Spearman's ρ = {}, n = {}",
                number(r),
                number(rank),
                x.len()
            ),
        }],
        statements: vec![answer.sql.clone()],
    }
    .into()
}
