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

/// Mean and standard deviation over rows of the authors' table.
struct Published {
    algorithm: &'static str,
    noise: &'static str,
    active_fraction: [f64; 2],
    active_units: [f64; 2],
}

/// Every second row of `Tables/All.csv`: 172, 369, 12 and 26 rows.
const PUBLISHED: [Published; 4] = [
    Published {
        algorithm: "sgd",
        noise: "update",
        active_fraction: [0.074, 0.112],
        active_units: [0.140, 0.157],
    },
    Published {
        algorithm: "sgd",
        noise: "label",
        active_fraction: [0.534, 0.174],
        active_units: [0.871, 0.202],
    },
    Published {
        algorithm: "adam",
        noise: "none",
        active_fraction: [0.087, 0.057],
        active_units: [0.193, 0.118],
    },
    Published {
        algorithm: "sed",
        noise: "none",
        active_fraction: [0.448, 0.177],
        active_units: [0.703, 0.167],
    },
];

/// Share of runs that must end below their start for "in all simulations".
const FALLING_MIN: f64 = 0.95;

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
             is left out. The published column is the mean of every second row of the authors' table, whose \
             runs are 10⁷ steps long but for 180 of 10⁶.",
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
            let of_paper = |pair: Option<[f64; 2]>| {
                pair.map_or("–".to_owned(), |[centre, sd]| spread(centre, sd))
            };
            vec![
                group.name(),
                values.len().to_string(),
                spread(mean(&active), deviation(&active)),
                of_paper(published.map(|row| row.active_fraction)),
                spread(mean(&units), deviation(&units)),
                of_paper(published.map(|row| row.active_units)),
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
        let claims = [
            (
                "update",
                "Under update noise, the active fraction falls in all simulations.",
            ),
            (
                "label",
                "Under label noise, the active fraction falls in all simulations.",
            ),
        ];
        claims
            .into_iter()
            .filter_map(|(noise, claim)| {
                let (_, values) = self
                    .groups
                    .iter()
                    .find(|(group, _)| group.algorithm == "sgd" && group.noise == noise)?;
                let active: Vec<f64> = values.iter().map(|value| value.0).collect();
                let falling = falling(&active);
                let held = falling as f64 >= FALLING_MIN * active.len() as f64;
                Some(Claim {
                    claim,
                    verdict: Verdict::of(held, &[active.len()]),
                    statistic: format!(
                        "{falling} of {} runs end below their start (held from {} %); mean final over \
                         initial {}",
                        active.len(),
                        FALLING_MIN * 100.0,
                        number(mean(&active)),
                    ),
                })
            })
            .collect()
    }
}

fn falling(values: &[f64]) -> usize {
    values.iter().filter(|value| **value < 1.0).count()
}
