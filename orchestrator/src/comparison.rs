//! Ours against published results, per group of rows and metric, beside our own seed spread.

use shared::{Table, Value};

use crate::reference_table::{RUNS, ReferenceRow};
use crate::statistics::{kolmogorov_smirnov, mean, pearson, spearman};

/// A published metric and ours.
pub(crate) struct Metric {
    /// Its published name.
    pub name: &'static str,
    /// Our column of `runs`.
    pub column: &'static str,
    published: fn(&ReferenceRow) -> f64,
    /// Whether a number means anything, theirs or ours.
    counts: fn(f64) -> bool,
}

/// Slower than a thousand of the longest runs: the fit of a curve that hardly moved. The published
/// rates have none between 10^-16.4 and 10^-8.7.
const LOG_TAU_MIN: f64 = -10.0;

/// The compared metrics: first those of every run, then those of the Hessian's spectrum.
const METRICS: [Metric; 7] = [
    Metric {
        name: "active",
        column: "normalized_active_fraction",
        published: |row| row.active,
        counts: f64::is_finite,
    },
    Metric {
        name: "active_units",
        column: "normalized_fraction_active_units",
        published: |row| row.active_units,
        counts: f64::is_finite,
    },
    Metric {
        name: "loss",
        column: "loss_final",
        published: |row| row.loss,
        counts: f64::is_finite,
    },
    Metric {
        name: "log_tau",
        column: "log10_tau",
        published: |row| row.log_tau,
        // 0 is published where the fit failed.
        counts: |log_tau| log_tau > LOG_TAU_MIN && log_tau != 0.0,
    },
    Metric {
        name: "eig_sum",
        column: "hessian_trace_ratio",
        published: |row| row.eig_sum,
        counts: f64::is_finite,
    },
    Metric {
        name: "eig_max",
        column: "hessian_max_ratio",
        published: |row| row.eig_max,
        counts: f64::is_finite,
    },
    Metric {
        name: "eig_nonzero",
        column: "hessian_nonzero_fraction",
        published: |row| row.eig_nonzero,
        counts: f64::is_finite,
    },
];

/// The metrics of runs whose every spectrum has eigenvalues, or of others, which have the sum.
pub(crate) fn metrics(hessian: bool) -> &'static [Metric] {
    if hessian { &METRICS } else { &METRICS[..5] }
}

/// How a run of ours ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Completed,
    Diverged,
    /// Silent, truncated, dead, or not run yet.
    Failed,
    /// There is no second run of the row.
    NotPlanned,
}

/// One run of ours. A metric that is undefined, or of a run that did not complete, is none.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub ending: Ending,
    pub values: Vec<Option<f64>>,
}

impl Run {
    /// What became of a job, from its row of a table with the columns of `runs`; failed without one.
    pub(crate) fn of(runs: &Table, row: Option<&[Value]>, metrics: &[Metric]) -> Self {
        let outcome = row.map_or(&Value::Null, |row| runs.value(row, "outcome"));
        let ending = match outcome {
            Value::Text(outcome) if outcome == "completed" => Ending::Completed,
            Value::Text(outcome) if outcome == "diverged" => Ending::Diverged,
            _ => Ending::Failed,
        };
        let value = |metric: &Metric| match row.map(|row| runs.value(row, metric.column)) {
            Some(Value::Real(number)) if ending == Ending::Completed => Some(*number),
            _ => None,
        };
        Self {
            ending,
            values: metrics.iter().map(value).collect(),
        }
    }

    /// Changes a metric, if it is defined.
    pub(crate) fn change(&mut self, name: &str, metrics: &[Metric], to: impl Fn(f64) -> f64) {
        for (value, metric) in self.values.iter_mut().zip(metrics) {
            if metric.name == name {
                *value = value.map(&to);
            }
        }
    }
}

/// One row and its runs.
pub(crate) struct ComparedRow {
    pub id: String,
    /// Groups that the row belongs to, such as `noise update`.
    pub groups: Vec<String>,
    /// Published values, in the order of the metrics.
    pub published: Vec<Option<f64>>,
    /// Ours, first and second seed.
    pub ours: [Run; RUNS],
}

impl ComparedRow {
    /// A row beside its runs, whose values are as `runs` holds them, in the order of the metrics.
    pub(crate) fn new(
        row: &ReferenceRow,
        groups: Vec<String>,
        metrics: &[Metric],
        mut ours: [Run; RUNS],
    ) -> Self {
        for run in &mut ours {
            for (value, metric) in run.values.iter_mut().zip(metrics) {
                *value = value.filter(|value| (metric.counts)(*value));
            }
        }
        let published = |metric: &Metric| {
            let value = (metric.published)(row);
            (metric.counts)(value).then_some(value)
        };
        Self {
            id: row.id.clone(),
            groups,
            published: metrics.iter().map(published).collect(),
            ours,
        }
    }

    /// Published, first and second seed: only where there are all three. A second run that was never planned is
    /// NaN.
    pub(crate) fn complete(&self, metric: usize) -> Option<[f64; 3]> {
        let [first, second] = &self.ours;
        let second = match second.ending {
            Ending::NotPlanned => f64::NAN,
            _ => second.values[metric]?,
        };
        Some([self.published[metric]?, first.values[metric]?, second])
    }
}

const COLUMNS: [&str; 17] = [
    "group",
    "metric",
    "rows",
    "diverged",
    "failed",
    "n",
    "pearson",
    "own_pearson",
    "spearman",
    "own_spearman",
    "bias",
    "mean_abs_diff",
    "own_mean_abs_diff",
    "diff_ratio",
    "ks",
    "ks_p",
    "own_ks",
];

/// One line per group and metric.
pub(crate) fn table(rows: &[ComparedRow], metrics: &[Metric]) -> Table {
    let mut groups: Vec<&str> = Vec::new();
    for group in rows.iter().flat_map(|row| &row.groups) {
        if !groups.contains(&group.as_str()) {
            groups.push(group);
        }
    }
    groups.sort_unstable();
    let lines_of = |group: &&str| -> Vec<Vec<Value>> {
        let in_group = |row: &&ComparedRow| row.groups.iter().any(|name| name == group);
        let members: Vec<&ComparedRow> = rows.iter().filter(in_group).collect();
        let line = |(index, metric): (usize, &Metric)| line(group, metric.name, &members, index);
        metrics.iter().enumerate().map(line).collect()
    };
    Table {
        columns: COLUMNS.map(str::to_owned).to_vec(),
        rows: groups.iter().flat_map(lines_of).collect(),
    }
}

fn line(group: &str, name: &str, rows: &[&ComparedRow], metric: usize) -> Vec<Value> {
    let complete: Vec<[f64; 3]> = rows.iter().filter_map(|row| row.complete(metric)).collect();
    let column = |index: usize| -> Vec<f64> { complete.iter().map(|row| row[index]).collect() };
    let (published, first) = (column(0), column(1));
    // Without second runs there is nothing to compare our first ones with.
    let twice = complete.iter().filter(|row| row[2].is_finite());
    let (own_first, second): (Vec<f64>, Vec<f64>) = twice.map(|row| (row[1], row[2])).unzip();
    let differences =
        |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    let absolute = |values: &[f64]| mean(&values.iter().map(|v| v.abs()).collect::<Vec<_>>());
    let to_published = differences(&first, &published);
    let distance = absolute(&to_published);
    let own = absolute(&differences(&own_first, &second));
    let ended = |ending: Ending| {
        let runs = rows.iter().flat_map(|row| &row.ours);
        whole(runs.filter(|run| run.ending == ending).count())
    };
    let (ks, ks_p) = kolmogorov_smirnov(&first, &published);
    let (own_ks, _) = kolmogorov_smirnov(&own_first, &second);
    let mut cells = vec![
        Value::Text(group.to_owned()),
        Value::Text(name.to_owned()),
        whole(rows.len()),
        ended(Ending::Diverged),
        ended(Ending::Failed),
        whole(complete.len()),
    ];
    let numbers = [
        pearson(&first, &published),
        pearson(&own_first, &second),
        spearman(&first, &published),
        spearman(&own_first, &second),
        mean(&to_published),
        distance,
        own,
        distance / own,
        ks,
        ks_p,
        own_ks,
    ];
    cells.extend(numbers.map(number));
    cells
}

/// Every row with its published and our values.
pub(crate) fn list(rows: &[ComparedRow], metrics: &[Metric]) -> Table {
    let mut columns = vec!["row".to_owned(), "groups".to_owned()];
    for metric in metrics {
        let kinds = ["published", "seed_1", "seed_2"];
        columns.extend(kinds.map(|kind| format!("{}_{kind}", metric.name)));
    }
    let cell = |value: Option<f64>| value.map_or(Value::Null, Value::Real);
    let cells = |row: &ComparedRow| {
        let mut cells = vec![
            Value::Text(row.id.clone()),
            Value::Text(row.groups.join(", ")),
        ];
        for metric in 0..metrics.len() {
            cells.push(cell(row.published[metric]));
            cells.extend(row.ours.each_ref().map(|run| cell(run.values[metric])));
        }
        cells
    };
    Table {
        columns,
        rows: rows.iter().map(cells).collect(),
    }
}

fn whole(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A statistic of too few values is no number.
fn number(value: f64) -> Value {
    if value.is_finite() {
        Value::Real(value)
    } else {
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(value: Option<f64>, ending: Ending) -> Run {
        Run {
            ending,
            values: vec![value],
        }
    }

    fn row(published: Option<f64>, first: Option<f64>, second: Option<f64>) -> ComparedRow {
        let ended = |value: Option<f64>| match value {
            Some(_) => Ending::Completed,
            None => Ending::Diverged,
        };
        ComparedRow {
            id: String::new(),
            groups: vec!["all".to_owned()],
            published: vec![published],
            ours: [first, second].map(|value| run(value, ended(value))),
        }
    }

    fn cell(table: &Table, column: &str) -> Value {
        table.value(&table.rows[0], column).clone()
    }

    fn real(table: &Table, column: &str) -> f64 {
        match cell(table, column) {
            Value::Real(number) => number,
            other => panic!("{column} is {other:?}"),
        }
    }

    #[test]
    fn a_group_counts_only_rows_that_completed_twice() {
        let rows = [
            row(Some(1.0), Some(1.5), Some(1.0)),
            row(Some(2.0), Some(2.5), Some(3.0)),
            row(Some(9.0), None, Some(1.0)),
            row(None, Some(1.0), Some(1.0)),
        ];
        let table = table(&rows, &METRICS[..1]);
        assert_eq!(cell(&table, "rows"), Value::Integer(4));
        assert_eq!(cell(&table, "diverged"), Value::Integer(1));
        assert_eq!(cell(&table, "failed"), Value::Integer(0));
        assert_eq!(cell(&table, "n"), Value::Integer(2));
        assert!((real(&table, "pearson") - 1.0).abs() < 1e-12);
        assert!((real(&table, "bias") - 0.5).abs() < 1e-12);
        assert!((real(&table, "diff_ratio") - 1.0).abs() < 1e-12);
        // Two values each, interleaved: the steps differ by half at most.
        assert!((real(&table, "ks") - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_group_without_complete_rows_has_counts_but_no_statistics() {
        let table = table(&[row(Some(1.0), None, None)], &METRICS[..1]);
        assert_eq!(cell(&table, "diverged"), Value::Integer(2));
        assert_eq!(cell(&table, "n"), Value::Integer(0));
        for column in ["pearson", "bias", "diff_ratio", "ks", "ks_p"] {
            assert_eq!(cell(&table, column), Value::Null, "{column}");
        }
    }

    #[test]
    fn a_row_with_a_single_run_is_compared_without_our_own_spread() {
        let mut rows = [
            row(Some(1.0), Some(1.5), None),
            row(Some(2.0), Some(2.5), None),
        ];
        for row in &mut rows {
            row.ours[1].ending = Ending::NotPlanned;
        }
        let table = table(&rows, &METRICS[..1]);
        assert_eq!(cell(&table, "n"), Value::Integer(2));
        assert_eq!(cell(&table, "diverged"), Value::Integer(0));
        assert!((real(&table, "bias") - 0.5).abs() < 1e-12);
        for column in ["own_pearson", "own_mean_abs_diff", "diff_ratio", "own_ks"] {
            assert_eq!(cell(&table, column), Value::Null, "{column}");
        }
    }

    #[test]
    fn rates_of_curves_that_hardly_moved_do_not_count() {
        let counts = METRICS[3].counts;
        assert!(counts(-8.7) && counts(-1.5));
        assert!(!counts(0.0) && !counts(-16.4) && !counts(f64::NAN));
    }
}
