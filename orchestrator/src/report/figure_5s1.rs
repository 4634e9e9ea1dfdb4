//! Figure 5, supplement 1: update noise against label noise, everything else equal.

use std::collections::BTreeMap;

use shared::Answer;

use super::claim::{Claim, Verdict};
use super::curve::{Curve, TimeAxis, normalized, resample};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{LABEL_NOISE, UPDATE_NOISE};
use super::rows::{Column, measured_with_gaps};
use super::words::{THEORY, number, spread};
use crate::statistics::{deviation, mean, sign_test, superiority};

/// The two noises: name in the database, color.
const NOISES: [(&str, &str); 2] = [("update", UPDATE_NOISE), ("label", LABEL_NOISE)];

/// Published means and standard deviations (180 runs with update, 182 with label noise).
const PUBLISHED: [(&str, [[f64; 2]; 2]); 5] = [
    ("active fraction", [[0.090, 0.052], [0.551, 0.094]]),
    ("fraction of active units", [[0.264, 0.250], [0.915, 0.112]]),
    (
        "sum of eigenvalues, last over first ten",
        [[0.829, 0.636], [0.325, 0.097]],
    ),
    (
        "share of non-zero eigenvalues",
        [[0.149, 0.138], [0.436, 0.087]],
    ),
    ("log₁₀ normalized loss", [[-1.77, 0.47], [-3.01, 0.29]]),
];

/// "Falls much less": by less than this share of the other fall.
const LESS: f64 = 0.5;
/// A difference between pairs holds if chance would bring it about less often.
const P_MAX: f64 = 0.01;
/// Pairs below which even all of them could be chance by that.
const PAIRS_MIN: usize = 7;

pub(crate) fn draw(curves: &Answer, spectra: &Answer, finals: &Answer) -> Drawn {
    let values = Finals::of(finals);
    if values.n().contains(&0) {
        return Drawn::Missing(Missing {
            number: "Figure 5, supplement 1",
            title: "Update noise against label noise",
            needs: "analysed runs of sgd with update noise and with label noise, as in \
                    sweeps/update_vs_label.yaml"
                .to_owned(),
        });
    }
    let axis = time_axis(curves);
    let panel = |title: &str, y: Axis, answer: &Answer, column: &str, form: Form| {
        let series: Vec<Series> = NOISES
            .iter()
            .filter_map(|(noise, color)| {
                let curves = curves_of(answer, noise, column, form);
                let name = format!("{noise} noise");
                Some(match y.log {
                    true => vec![axis.mean_line(name, color, &curves, true)?],
                    // Eigenvalues may be missing in between.
                    false => axis.mean_pieces(&name, color, &curves),
                })
            })
            .flat_map(|pieces: Vec<Series>| pieces)
            .collect();
        let x = Axis::new(axis.label.clone()).range(0.0, axis.end);
        (!series.is_empty()).then(|| Panel::new(title, x, y, series))
    };
    let over_first = || Axis::new("over first measurement");
    let panels = [
        panel(
            "Active fraction",
            over_first(),
            curves,
            "active_fraction",
            Form::OverFirst,
        ),
        panel(
            "Fraction of active units",
            over_first(),
            curves,
            "fraction_active_units",
            Form::OverFirst,
        ),
        panel(
            "Loss",
            Axis::new("log₁₀ normalized loss"),
            curves,
            "loss",
            Form::Plain,
        ),
        panel(
            "Sum of eigenvalues",
            over_first().log(),
            spectra,
            "trace",
            Form::OverFirst,
        ),
        panel(
            "Non-zero eigenvalues",
            Axis::new("share of all"),
            spectra,
            "nonzero_fraction",
            Form::Plain,
        ),
        panel(
            "Sum of log eigenvalues",
            Axis::new("over number of parameters"),
            spectra,
            "log_sum_per_parameter",
            Form::Plain,
        ),
    ];
    let panels: Vec<Panel> = panels.into_iter().flatten().collect();
    let [update, label] = values.n();
    Figure {
        id: "figure-5-supplement-1",
        number: "Figure 5, supplement 1",
        title: "Update noise against label noise".to_owned(),
        n: vec![
            ("update noise".to_owned(), update),
            ("label noise".to_owned(), label),
        ],
        columns: if panels.len() > 4 { 3 } else { 2 },
        caption: caption(spectra.table.rows.is_empty()),
        panels,
        comparisons: vec![values.comparison()],
        claims: values.claims(),
        statements: vec![curves.sql.clone(), spectra.sql.clone(), finals.sql.clone()],
    }
    .into()
}

fn caption(without_spectra: bool) -> String {
    let spectra = if without_spectra {
        " Spectra of the Hessian are absent: these runs lack the key hessian_snapshots."
    } else {
        " A run has the sum of eigenvalues at every snapshot, the eigenvalues themselves where its sweep spends time on \
         them (hessian_cost_max): their means are shown where at least half of the runs have a value, as dots \
         where the neighbouring snapshots have none; where other runs join or leave, the line steps. The sum of log eigenvalues is that of the natural logarithms \
         of those above 10⁻⁸ of the largest, over the number of parameters; fewer such eigenvalues are fewer terms."
    };
    format!(
        "Mean over runs and one standard deviation (divided by n, as published) around it, each run's curve brought \
         to 101 evenly spaced points by straight lines. Activity and the sum of eigenvalues are divided \
         by their first measurement; on the logarithmic axis the band is cut at a tenth of the mean. The \
         table holds summary values: the mean of the last ten measurements but one over the first (of \
         eigenvalues, over the first ten); loss is the last measurement. The published set counts runs \
         of predictive tasks and random autoencoders that differ only in an output size they don't use up to \
         three times; by theirs smoothed autoencoders are smoothed, so that those are different problems.{spectra} \
         {THEORY}"
    )
}

/// How a curve is shown.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Plain,
    OverFirst,
}

fn time_axis(curves: &Answer) -> TimeAxis {
    let steps = Column::of(&curves.table, "steps");
    TimeAxis::of(curves.table.rows.iter().filter_map(|row| steps.real(row)))
}

fn curves_of(answer: &Answer, wanted: &str, value: &str, form: Form) -> Vec<Curve> {
    let noise = Column::of(&answer.table, "noise_type");
    let runs = measured_with_gaps(&answer.table, value).into_iter();
    runs.filter(|run| noise.text(run.row) == wanted)
        .filter_map(|run| match form {
            Form::Plain => resample(&run.points, run.steps),
            Form::OverFirst => resample(&normalized(&run.points)?, run.steps),
        })
        .collect()
}

/// Summary values by noise, in the order of [`PUBLISHED`] and [`NOISES`].
struct Finals {
    values: [[Vec<f64>; 2]; 5],
    /// Ratios of the trace under update and under label noise on the same problem.
    trace_pairs: Vec<[f64; 2]>,
}

impl Finals {
    fn of(answer: &Answer) -> Self {
        let column = |name| Column::of(&answer.table, name);
        let [algorithm, noise] = ["algorithm", "noise_type"].map(column);
        let columns = [
            "normalized_active_fraction",
            "normalized_fraction_active_units",
            "hessian_trace_ratio",
            "hessian_nonzero_fraction",
            "loss_final",
        ]
        .map(column);
        let values = columns.map(|value| {
            NOISES.map(|(wanted, _)| {
                let rows = answer.table.rows.iter();
                rows.filter(|row| algorithm.text(row) == "sgd" && noise.text(row) == wanted)
                    .filter_map(|row| value.real(row))
                    .collect()
            })
        });
        Self {
            values,
            trace_pairs: pairs(answer, "hessian_trace_ratio"),
        }
    }

    fn n(&self) -> [usize; 2] {
        [0, 1].map(|noise| self.values[0][noise].len())
    }

    fn comparison(&self) -> Comparison {
        let columns = [
            "summary value",
            "update noise",
            "published (n = 180)",
            "label noise",
            "published (n = 182)",
        ];
        let rows = PUBLISHED.iter().zip(&self.values);
        let rows = rows.map(|((name, published), ours)| {
            let mut row = vec![(*name).to_owned()];
            for (ours, [centre, sd]) in ours.iter().zip(published) {
                row.push(format!("{} (n = {})", spread_of(ours), ours.len()));
                row.push(spread(*centre, *sd));
            }
            row
        });
        Comparison {
            columns: columns.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        }
    }

    fn claims(&self) -> Vec<Claim> {
        let mut claims = vec![self.units_fall_less()];
        if self.values[2].iter().all(|values| !values.is_empty()) {
            claims.push(self.trace_falls());
            claims.push(self.trace_falls_less());
        }
        claims
    }

    fn units_fall_less(&self) -> Claim {
        let [update, label] = &self.values[1];
        let falls = [update, label].map(|values| 1.0 - mean(values));
        let held = falls[0] > 0.0 && falls[1] < LESS * falls[0];
        Claim {
            claim: "The fraction of active units falls much less under label noise than under update noise.",
            verdict: Verdict::of(held, &[update.len(), label.len()]),
            statistic: format!(
                "it falls by {} under label and {} under update noise (held below half); a label run keeps \
                 more units than an update run with probability {}",
                number(falls[1]),
                number(falls[0]),
                number(superiority(label, update)),
            ),
        }
    }

    fn trace_falls(&self) -> Claim {
        let label = &self.values[2][1];
        Claim {
            claim: "The trace of the Hessian falls under label noise.",
            verdict: Verdict::of(mean(label) + deviation(label) < 1.0, &[label.len()]),
            statistic: format!(
                "last over first ten: {} (held if mean plus one standard deviation is below 1, published 0.325 ± \
                 0.097); it falls in {}",
                spread_of(label),
                falling(label),
            ),
        }
    }

    /// That it does not fall at all is not what was published: it does in the mean of the authors' runs.
    fn trace_falls_less(&self) -> Claim {
        let [update, label] = &self.values[2];
        let pairs = &self.trace_pairs;
        let larger = pairs.iter().filter(|[update, label]| update > label);
        let larger = larger.count();
        let p = sign_test(larger, pairs.len());
        let verdict = match pairs.len() < PAIRS_MIN {
            true => Verdict::Open,
            false => Verdict::of(p < P_MAX, &[update.len(), label.len()]),
        };
        Claim {
            claim: "The trace of the Hessian keeps more of its size under update noise than under label noise.",
            verdict,
            statistic: format!(
                "of {} pairs of runs on one problem, last over first ten is larger under update noise in {larger} \
                 (held if p < {P_MAX} in a sign test: p = {}); over all runs with probability {}. Under update \
                 noise it is {} (published 0.829 ± 0.636) and falls in {}, under label noise it falls in {}",
                pairs.len(),
                number(p),
                number(superiority(update, label)),
                spread_of(update),
                falling(update),
                falling(label),
            ),
        }
    }
}

/// A value's means under update and under label noise, problem by problem.
fn pairs(answer: &Answer, value: &str) -> Vec<[f64; 2]> {
    let column = |name| Column::of(&answer.table, name);
    let [algorithm, noise, sweep, task, regime] =
        ["algorithm", "noise_type", "sweep", "task", "regime"].map(column);
    let sizes = [
        "n_samples",
        "input_dim",
        "output_dim",
        "smoothing_dim",
        "hidden_units",
        "steps",
        "replicate",
    ]
    .map(column);
    let value = column(value);
    let mut problems = BTreeMap::<_, [Vec<f64>; 2]>::new();
    for row in &answer.table.rows {
        let side = NOISES.iter().position(|(name, _)| *name == noise.text(row));
        let (Some(side), Some(value)) = (side, value.real(row)) else {
            continue;
        };
        if algorithm.text(row) == "sgd" {
            let names = [sweep, task, regime].map(|name| name.text(row).to_owned());
            let problem = (names, sizes.map(|size| size.count(row)));
            problems.entry(problem).or_default()[side].push(value);
        }
    }
    let both = problems.into_values();
    both.filter(|sides| sides.iter().all(|side| !side.is_empty()))
        .map(|sides| sides.map(|side| mean(&side)))
        .collect()
}

/// `31 of 40 runs`.
fn falling(ratios: &[f64]) -> String {
    let falling = ratios.iter().filter(|ratio| **ratio < 1.0).count();
    format!("{falling} of {} runs", ratios.len())
}

fn spread_of(values: &[f64]) -> String {
    spread(mean(values), deviation(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finals(trace_pairs: Vec<[f64; 2]>) -> Finals {
        let [update, label] =
            [0, 1].map(|side| trace_pairs.iter().map(|pair| pair[side]).collect());
        let mut values: [[Vec<f64>; 2]; 5] = Default::default();
        values[2] = [update, label];
        Finals {
            values,
            trace_pairs,
        }
    }

    #[test]
    fn the_trace_is_compared_pair_by_pair() {
        // Large in the mean for the sake of one run: that is not enough.
        let mut unlike = vec![[0.2, 0.4]; 9];
        unlike.push([30.0, 0.4]);
        assert_eq!(finals(unlike).trace_falls_less().verdict, Verdict::Failed);
        let alike = finals(vec![[0.9, 0.3]; 8]).trace_falls_less();
        assert_eq!(alike.verdict, Verdict::Held);
        for words in ["of 8 pairs", "in 8 (held", "falls in 8 of 8 runs, under"] {
            assert!(alike.statistic.contains(words), "{}", alike.statistic);
        }
        let few = finals(vec![[0.9, 0.3]; 6]).trace_falls_less();
        assert_eq!(few.verdict, Verdict::Open);
    }
}
