//! Published against ours, row by row and in distribution.

use shared::{Answer, Value};

use super::claim::RUNS_MIN;
use super::figure::{Axis, Comparison, Drawn, Figure, Missing, Panel, Series};
use super::group::{BLACK, SERIES, UPDATE_NOISE};
use super::words::number;
use crate::comparison::{ComparedRow, table};
use crate::matching::{Matched, matched};
use crate::reference_table::RunnableRow;

/// A published table.
pub(crate) struct Reference {
    /// The file's name.
    pub name: String,
    pub rows: Vec<RunnableRow>,
}

/// Panels side by side at most.
const COLUMNS_MAX: usize = 3;

/// Names of published metrics and sets, as people write them.
const METRICS: [(&str, &str); 7] = [
    ("active", "active fraction"),
    ("active_units", "fraction of active units"),
    ("loss", "log₁₀ loss"),
    ("log_tau", "log₁₀ rate"),
    ("eig_sum", "sum of eigenvalues"),
    ("eig_max", "largest eigenvalue"),
    ("eig_nonzero", "non-zero eigenvalues"),
];
const SETS: [(&str, &str); 5] = [
    ("set random: ", "drawn: "),
    ("set SGD_vary_update_noise: ", "low noise: "),
    ("set SGD_update_noise: ", "noise scan: "),
    ("set update_and_label_compare: ", "comparison: "),
    // Named by its algorithm alone.
    ("set RLgrad_random: ", ""),
];

/// A metric's values: published, first and second seed of ours, of every row that has them.
struct Measured {
    name: &'static str,
    /// By set, algorithm and noise.
    groups: Vec<(String, Vec<[f64; 3]>)>,
}

/// Row by row, and in distribution.
pub(crate) fn draw(reference: &Reference, runs: &Answer) -> [Drawn; 2] {
    let matched = matched(&reference.rows, &runs.table);
    let measured = measured(&matched);
    if measured.is_empty() {
        return ["Validation", "Validation, distributions"]
            .map(|number| missing(number, reference));
    }
    [
        row_by_row(reference, &matched, &measured, runs).into(),
        distributions(reference, &measured, runs),
    ]
}

fn missing(number: &'static str, reference: &Reference) -> Drawn {
    Drawn::Missing(Missing {
        number,
        title: "Published against ours",
        needs: format!(
            "finished runs of what rows of {0} say, as `driftsweep validate --reference {0}` makes them",
            reference.name
        ),
    })
}

fn measured(matched: &Matched) -> Vec<Measured> {
    let of_metric = |(index, metric): (usize, &crate::comparison::Metric)| {
        let known = METRICS.iter().find(|(name, _)| *name == metric.name);
        let mut groups: Vec<(String, Vec<[f64; 3]>)> = Vec::new();
        for row in &matched.rows {
            let Some(values) = row.complete(index) else {
                continue;
            };
            let name = set_of(row);
            match groups.iter_mut().find(|(group, _)| *group == name) {
                Some((_, members)) => members.push(values),
                None => groups.push((name, vec![values])),
            }
        }
        groups.sort_by(|a, b| a.0.cmp(&b.0));
        let name = known.map_or(metric.name, |(_, words)| words);
        (!groups.is_empty()).then_some(Measured { name, groups })
    };
    let metrics = matched.metrics.iter().enumerate();
    metrics.filter_map(of_metric).collect()
}

/// The row's set, algorithm and noise, in words: every row is in one such group.
fn set_of(row: &ComparedRow) -> String {
    let group = row.groups.iter().find(|group| group.starts_with("set "));
    let group = group.map_or("all", String::as_str);
    let known = SETS.iter().find_map(|(set, words)| {
        let rest = group.strip_prefix(set)?;
        Some(format!("{words}{rest}"))
    });
    known.unwrap_or_else(|| group.trim_start_matches("set ").to_owned())
}

fn row_by_row(
    reference: &Reference,
    matched: &Matched,
    measured: &[Measured],
    runs: &Answer,
) -> Figure {
    let mut names: Vec<&str> = measured
        .iter()
        .flat_map(|metric| metric.groups.iter().map(|(name, _)| name.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let color = |name: &str| {
        let index = names.iter().position(|known| *known == name);
        SERIES[index.unwrap_or(0) % SERIES.len()]
    };
    let panels = measured.iter().map(|metric| scatter(metric, color));
    Figure {
        id: "validation",
        number: "Validation",
        title: "Published against ours".to_owned(),
        n: vec![
            ("rows of the table".to_owned(), reference.rows.len()),
            ("rows with runs".to_owned(), matched.rows.len()),
            ("runs beside them".to_owned(), matched.runs),
        ],
        panels: panels.collect(),
        columns: measured.len().min(3),
        caption: caption(reference, matched),
        comparisons: vec![statistics(matched)],
        claims: Vec::new(),
        statements: vec![runs.sql.clone()],
    }
}

fn caption(reference: &Reference, matched: &Matched) -> String {
    let mut caveats = String::new();
    if matched.other_lengths > 0 {
        caveats.push_str(&format!(
            " Runs of {} rows are longer or shorter than the published ones.",
            matched.other_lengths
        ));
    }
    if matched.single > 0 {
        caveats.push_str(&format!(
            " {} rows have a single run: they are left out of what compares our seeds.",
            matched.single
        ));
    }
    format!(
        "One dot is a row of {0} and the first of its two runs here; on the dashed line they agree. A row's runs are \
         those of its problem, algorithm and noise: with the seeds that `driftsweep validate --reference {0}` \
         gives it if they are there, else in the order of their replicates; where there are too few, rows of one \
         problem share them.{caveats} The published seeds are not known, so that a row can be met only up to the \
         distance between two seeds. Losses stand on the scale of their set (the mean squared error, or over the \
         variance of the targets); rates from fits that failed are left out on either side. The table is the one \
         that `driftsweep validate` prints: n rows with a published value and ours; correlations, mean (bias) \
         and mean absolute difference between our first run and the published value, and the distance of the two \
         distributions (Kolmogorov-Smirnov, with its p-value); own_: the same between our two runs, which is what \
         chance alone does.",
        reference.name
    )
}

fn scatter(metric: &Measured, color: impl Fn(&str) -> &'static str) -> Panel {
    let ends = metric
        .groups
        .iter()
        .flat_map(|(_, rows)| rows)
        .flat_map(|row| [row[0], row[1]])
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    let groups = metric.groups.iter().map(|(name, rows)| Series::Dots {
        name: name.clone(),
        color: color(name),
        points: rows.iter().map(|row| (row[0], row[1])).collect(),
    });
    let line = Series::guide(
        "published = ours",
        BLACK,
        vec![(ends.0, ends.0), (ends.1, ends.1)],
    );
    let count: usize = metric.groups.iter().map(|(_, rows)| rows.len()).sum();
    Panel::new(
        format!("{} (n = {count})", metric.name),
        Axis::new("published"),
        Axis::new("ours"),
        groups.chain([line]).collect(),
    )
}

fn distributions(reference: &Reference, measured: &[Measured], runs: &Answer) -> Drawn {
    let shown = |metric: &Measured| {
        let groups = metric.groups.iter();
        let large = groups.filter(|(_, rows)| rows.len() >= RUNS_MIN);
        large.cloned().collect::<Vec<_>>()
    };
    let panels = measured.iter().flat_map(|metric| {
        shown(metric).into_iter().map(|(name, rows)| {
            let column = |index: usize| rows.iter().map(|row| row[index]).collect();
            Panel::new(
                format!("{name} (n = {})", rows.len()),
                Axis::new(metric.name),
                Axis::new("share of rows below").range(0.0, 1.0),
                vec![
                    Series::line("published", BLACK, cumulative(column(0))),
                    Series::line("ours", UPDATE_NOISE, cumulative(column(1))),
                ],
            )
        })
    });
    let panels: Vec<Panel> = panels.collect();
    if panels.is_empty() {
        return missing("Validation, distributions", reference);
    }
    let rows = |metric: &Measured| {
        let rows = shown(metric);
        let rows = rows.iter().map(|(_, rows)| rows.len());
        (metric.name.to_owned(), rows.sum())
    };
    // A row of panels is a metric, where that many fit.
    let widest = measured.iter().map(|metric| shown(metric).len()).max();
    let columns = widest.filter(|widest| *widest <= COLUMNS_MAX).unwrap_or(3);
    Figure {
        id: "validation-distributions",
        number: "Validation, distributions",
        title: "Published against ours".to_owned(),
        n: measured.iter().map(rows).collect(),
        columns: if widest == Some(1) { panels.len().min(3) } else { columns },
        panels,
        caption: format!(
            "Empirical cumulative distributions of the rows of {} above, by set, algorithm and noise ({RUNS_MIN} rows or \
             more): the published values, and those of the first run of each row here. Rows and runs share their \
             parameters, so that the two are closer than independent samples: the p-value (ks_p in the table above) \
             is evidence against us where it is small, and no proof where it is large.",
            reference.name
        ),
        comparisons: Vec::new(),
        claims: Vec::new(),
        statements: vec![runs.sql.clone()],
    }
    .into()
}

/// The corners of the empirical distribution: a step up at each value.
fn cumulative(mut values: Vec<f64>) -> Vec<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let share = |count: usize| count as f64 / values.len() as f64;
    values
        .iter()
        .enumerate()
        .flat_map(|(below, value)| [(*value, share(below)), (*value, share(below + 1))])
        .collect()
}

fn statistics(matched: &Matched) -> Comparison {
    let table = table(&matched.rows, matched.metrics);
    let cell = |value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::Integer(count) => count.to_string(),
        Value::Real(value) => number(*value),
        Value::Text(text) => text.clone(),
    };
    let rows = table.rows.iter();
    Comparison {
        columns: table.columns.clone(),
        rows: rows.map(|row| row.iter().map(cell).collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_climbs_from_0_to_1_by_equal_steps() {
        let curve = cumulative(vec![3.0, 1.0]);
        assert_eq!(curve, [(1.0, 0.0), (1.0, 0.5), (3.0, 0.5), (3.0, 1.0)]);
    }
}
