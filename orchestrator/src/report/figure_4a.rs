//! Figure 4A and its supplement 1: activity becomes sparse for every algorithm.

use std::collections::BTreeMap;

use shared::Answer;

use super::claim::{Claim, Verdict};
use super::curve::{Curve, TimeAxis, normalized, resample};
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::Group;
use super::rows::{Column, stretches};
use super::words::{listed, number, spread, steps};
use crate::statistics::{deviation, mean};

/// Runs of the authors' table of one set and length: how many the paper has, and the mean and standard
/// deviation of their final over initial values.
struct Stratum {
    runs: f64,
    active_fraction: [f64; 2],
    active_units: [f64; 2],
}

impl Stratum {
    const fn new(runs: f64, active_fraction: [f64; 2], active_units: [f64; 2]) -> Self {
        Self {
            runs,
            active_fraction,
            active_units,
        }
    }
}

/// What the authors' table has of one algorithm and noise. Half of its rows are at hand; where all are known by
/// their mean alone, the mean is of all and the deviation of that half.
struct Published {
    algorithm: &'static str,
    noise: &'static str,
    strata: &'static [Stratum],
}

const PUBLISHED: [Published; 4] = [
    Published {
        algorithm: "sgd",
        noise: "update",
        strata: &[
            // Drawn from Table 2: means of all 312, deviations of 157.
            Stratum::new(312.0, [0.062, 0.039], [0.115, 0.100]),
            // The scan of low noises: 15 of 30.
            Stratum::new(30.0, [0.314, 0.256], [0.465, 0.250]),
            // The comparison's, of a million steps: none of that half, all of Figure 5, supplement 1.
            Stratum::new(180.0, [0.090, 0.052], [0.264, 0.250]),
        ],
    },
    Published {
        algorithm: "sgd",
        noise: "label",
        strata: &[
            // Drawn from Table 2: means of all 353, deviations of 187.
            Stratum::new(353.0, [0.555, 0.225], [0.859, 0.254]),
            // The comparison's, of a million steps: all 182.
            Stratum::new(182.0, [0.551, 0.094], [0.915, 0.112]),
        ],
    },
    Published {
        algorithm: "adam",
        noise: "none",
        strata: &[Stratum::new(12.0, [0.087, 0.057], [0.193, 0.118])],
    },
    Published {
        algorithm: "sed",
        noise: "none",
        strata: &[Stratum::new(26.0, [0.448, 0.177], [0.703, 0.167])],
    },
];

impl Published {
    /// Mean and standard deviation of all strata's runs together.
    fn pooled(&self, value: fn(&Stratum) -> [f64; 2]) -> [f64; 2] {
        let weighted = |of: &dyn Fn([f64; 2]) -> f64| -> f64 {
            let runs: f64 = self.strata.iter().map(|stratum| stratum.runs).sum();
            let sum: f64 = self
                .strata
                .iter()
                .map(|stratum| stratum.runs * of(value(stratum)))
                .sum();
            sum / runs
        };
        let centre = weighted(&|[mean, _]| mean);
        let variance = weighted(&|[mean, sd]| sd.powi(2) + (mean - centre).powi(2));
        [centre, variance.sqrt()]
    }
}

/// The curves of one run, normalized and resampled.
struct Run {
    steps: f64,
    active_fraction: Curve,
    active_units: Curve,
}

type Groups = BTreeMap<Group, Vec<Run>>;

/// Figure 4A (means) and Figure 4, supplement 1 (every curve).
pub(crate) fn draw(curves: &Answer, finals: &Answer) -> [Drawn; 2] {
    let groups = groups(curves);
    if groups.is_empty() {
        return [
            ("Figure 4A", "Activity becomes sparse for every algorithm"),
            ("Figure 4, supplement 1", "Every single curve of Figure 4A"),
        ]
        .map(|(number, title)| {
            Drawn::Missing(Missing {
                number,
                title,
                needs: "an analysed run of sgd, adam or sed with at least two trajectory points"
                    .to_owned(),
            })
        });
    }
    let finals = Finals::of(finals);
    [
        means(&groups, &finals, curves, finals.sql).into(),
        single_curves(&groups, curves).into(),
    ]
}

fn groups(answer: &Answer) -> Groups {
    let column = |name| Column::of(&answer.table, name);
    let [job, algorithm, noise, length, step, active, units] = [
        "job_id",
        "algorithm",
        "noise_type",
        "steps",
        "step",
        "active_fraction",
        "fraction_active_units",
    ]
    .map(column);
    let mut groups = Groups::new();
    for rows in stretches(&answer.table.rows, job) {
        let steps = length.real(&rows[0]).unwrap_or(f64::NAN);
        let curve = |value: Column| {
            let points: Vec<(f64, f64)> = rows
                .iter()
                .filter_map(|row| Some((step.real(row)?, value.real(row)?)))
                .collect();
            resample(&normalized(&points)?, steps)
        };
        let (Some(active_fraction), Some(active_units)) = (curve(active), curve(units)) else {
            continue;
        };
        let group = Group {
            algorithm: algorithm.text(&rows[0]).to_owned(),
            noise: noise.text(&rows[0]).to_owned(),
        };
        groups.entry(group).or_default().push(Run {
            steps,
            active_fraction,
            active_units,
        });
    }
    groups
}

fn means(groups: &Groups, finals: &Finals, curves: &Answer, finals_sql: &str) -> Figure {
    let axis = time_axis(groups);
    let panel = |title: &str, curve: fn(&Run) -> &Curve| {
        let series = groups.iter().filter_map(|(group, runs)| {
            let curves: Vec<Curve> = runs.iter().map(|run| curve(run).clone()).collect();
            axis.mean_line(group.name(), group.color(), &curves, false)
        });
        Panel::new(
            title,
            Axis::new(axis.label.clone()).range(0.0, axis.end),
            Axis::new(format!("{}, normalized", title.to_lowercase())),
            series.collect(),
        )
    };
    Figure {
        id: "figure-4a",
        number: "Figure 4A",
        title: "Activity becomes sparse for every algorithm".to_owned(),
        n: sizes(groups),
        panels: vec![
            panel("Active fraction", |run| &run.active_fraction),
            panel("Fraction of active units", |run| &run.active_units),
        ],
        columns: 2,
        caption: format!(
            "Each run's curve is divided by its first measurement and brought to 101 evenly spaced points \
             by straight lines; line and band are mean and standard deviation over runs. {} The corridor \
             is left out. The published columns are means and standard deviations over the authors' rows. Those \
             of update noise pool, weighted by their numbers among the 522 of the paper's figure, 312 runs drawn \
             from its Table 2, 30 of low noise (both of 10⁷ steps) and the 180 of Figure 5, supplement 1 (of 10⁶); \
             those of label noise, which the paper's figure leaves out, pool 353 drawn runs (10⁷) and 182 of that \
             supplement (10⁶). Deviations of drawn runs are of 157 and 187 rows, those of low noise of 15, and Adam \
             and SED of 12 and 26 (10⁷): half of the table.",
            lengths(groups)
        ),
        comparisons: vec![finals.comparison()],
        claims: finals.claims(),
        statements: vec![curves.sql.clone(), finals_sql.to_owned()],
    }
}

fn single_curves(groups: &Groups, curves: &Answer) -> Figure {
    let axis = time_axis(groups);
    let panels = groups.iter().map(|(group, runs)| {
        let lines = runs.iter().map(|run| axis.points(&run.active_fraction));
        let bundle = Series::Bundle {
            name: String::new(),
            color: group.color(),
            lines: lines.collect(),
        };
        Panel::new(
            format!("{} (n = {})", group.name(), runs.len()),
            Axis::new(axis.label.clone()).range(0.0, axis.end),
            Axis::new("active fraction, normalized"),
            vec![bundle],
        )
    });
    Figure {
        id: "figure-4-supplement-1",
        number: "Figure 4, supplement 1",
        title: "Every single curve of Figure 4A".to_owned(),
        n: sizes(groups),
        panels: panels.collect(),
        columns: groups.len().min(2),
        caption: format!(
            "Active fraction of each run, divided by its first measurement. {} The paper's legend says 516 \
             simulations; its data hold 616.",
            lengths(groups)
        ),
        comparisons: Vec::new(),
        claims: Vec::new(),
        statements: vec![curves.sql.clone()],
    }
}

fn time_axis(groups: &Groups) -> TimeAxis {
    TimeAxis::of(groups.values().flatten().map(|run| run.steps))
}

fn sizes(groups: &Groups) -> Vec<(String, usize)> {
    groups
        .iter()
        .map(|(group, runs)| (group.name(), runs.len()))
        .collect()
}

/// How long the runs of each group are, where the axis doesn't say it.
fn lengths(groups: &Groups) -> String {
    if time_axis(groups).end != 1.0 {
        return String::new();
    }
    let of_groups = groups.iter().map(|(group, runs)| {
        let mut lengths: Vec<f64> = runs.iter().map(|run| run.steps).collect();
        lengths.sort_by(f64::total_cmp);
        lengths.dedup();
        let lengths: Vec<String> = lengths.into_iter().map(steps).collect();
        format!("{} of {} steps", group.name(), listed(&lengths))
    });
    let of_groups: Vec<String> = of_groups.collect();
    format!(
        "Runs differ in length ({}), so the axis is the fraction of each run.",
        of_groups.join("; ")
    )
}

/// Final over initial values, by group: active fraction and fraction of active units.
struct Finals<'a> {
    groups: BTreeMap<Group, Vec<(f64, f64)>>,
    sql: &'a str,
}

impl<'a> Finals<'a> {
    fn of(answer: &'a Answer) -> Self {
        let column = |name| Column::of(&answer.table, name);
        let [algorithm, noise, active, units] = [
            "algorithm",
            "noise_type",
            "normalized_active_fraction",
            "normalized_fraction_active_units",
        ]
        .map(column);
        let mut groups = BTreeMap::<Group, Vec<(f64, f64)>>::new();
        for row in &answer.table.rows {
            let (Some(active), Some(units)) = (active.real(row), units.real(row)) else {
                continue;
            };
            let group = Group {
                algorithm: algorithm.text(row).to_owned(),
                noise: noise.text(row).to_owned(),
            };
            groups.entry(group).or_default().push((active, units));
        }
        let sql = &answer.sql;
        Self { groups, sql }
    }

    fn comparison(&self) -> Comparison {
        let columns = [
            "runs",
            "n",
            "active fraction",
            "published",
            "active units",
            "published",
            "end below start",
        ];
        let rows = self.groups.iter().map(|(group, values)| {
            let (active, units): (Vec<f64>, Vec<f64>) = values.iter().copied().unzip();
            let published = PUBLISHED
                .iter()
                .find(|row| row.algorithm == group.algorithm && row.noise == group.noise);
            let of_paper = |value: fn(&Stratum) -> [f64; 2]| {
                let pooled = published.map(|published| published.pooled(value));
                pooled.map_or("–".to_owned(), |[centre, sd]| spread(centre, sd))
            };
            vec![
                group.name(),
                values.len().to_string(),
                spread(mean(&active), deviation(&active)),
                of_paper(|stratum| stratum.active_fraction),
                spread(mean(&units), deviation(&units)),
                of_paper(|stratum| stratum.active_units),
                format!("{} of {}", falling(&active), active.len()),
            ]
        });
        Comparison {
            columns: columns.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        }
    }

    /// One claim per kind of noise that gradient descent has here, as the paper makes it of both.
    fn claims(&self) -> Vec<Claim> {
        // And how many rows of half of the authors' table fall, of how many.
        let claims = [
            (
                "update",
                "Under update noise, the active fraction falls in all simulations.",
                172,
            ),
            (
                "label",
                "Under label noise, the active fraction falls in all simulations.",
                369,
            ),
        ];
        claims
            .into_iter()
            .filter_map(|(noise, claim, published)| {
                let (_, values) = self
                    .groups
                    .iter()
                    .find(|(group, _)| group.algorithm == "sgd" && group.noise == noise)?;
                let active: Vec<f64> = values.iter().map(|value| value.0).collect();
                Some(falls_in_all(claim, &active, published))
            })
            .collect()
    }
}

/// Of the falling in every run: one that doesn't fall refutes it.
fn falls_in_all(claim: &'static str, active: &[f64], published: usize) -> Claim {
    let falling = falling(active);
    Claim {
        claim,
        verdict: Verdict::of(falling == active.len(), &[active.len()]),
        statistic: format!(
            "it falls in {falling} of {} (held if in all; published {published} of {published}, half of the \
             table); mean final over initial {}",
            active.len(),
            number(mean(active)),
        ),
    }
}

fn falling(values: &[f64]) -> usize {
    values.iter().filter(|value| **value < 1.0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_means_all() {
        let mut active = vec![0.5; 40];
        let verdict = |active: &[f64]| falls_in_all("", active, 1).verdict;
        assert_eq!(verdict(&active), Verdict::Held);
        active[7] = 1.01;
        assert_eq!(verdict(&active), Verdict::Failed, "39 of 40 are not all");
        let claim = falls_in_all("", &active, 1);
        assert!(claim.statistic.starts_with("it falls in 39 of 40 "));
    }

    #[test]
    fn published_sets_are_pooled_as_if_their_runs_lay_together() {
        const TWO: Published = Published {
            algorithm: "",
            noise: "",
            strata: &[
                Stratum::new(2.0, [1.0, 1.0], [0.0, 0.0]),
                Stratum::new(2.0, [3.0, 1.0], [0.0, 0.0]),
            ],
        };
        // 0, 2, 2, 4.
        let [centre, sd] = TWO.pooled(|stratum| stratum.active_fraction);
        assert_eq!((centre, sd), (2.0, 2.0_f64.sqrt()));
        let runs = |of: &Published| of.strata.iter().map(|stratum| stratum.runs).sum::<f64>();
        assert_eq!(runs(&PUBLISHED[0]), 522.0);
        assert_eq!(runs(&PUBLISHED[1]), 535.0);
    }
}
