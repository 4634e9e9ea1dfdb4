//! Ours against published results, per group of rows and metric, beside our own seed spread.

use shared::{Table, Value};

use crate::statistics::{mean, pearson, spearman};

/// The compared metrics, by their published names.
pub(crate) const METRICS: [&str; 3] = ["active", "active_units", "loss"];

/// One row that was run with two seeds. Absent values belong to runs that did not complete.
pub(crate) struct ComparedRow {
    pub id: String,
    /// Groups that the row belongs to, such as `noise update`.
    pub groups: Vec<String>,
    /// Published values, in the order of [`METRICS`].
    pub published: [f64; 3],
    /// Ours, first and second seed.
    pub ours: [Option<[f64; 3]>; 2],
}

/// One line per group and metric.
pub(crate) fn table(rows: &[ComparedRow]) -> Table {
    let mut groups: Vec<&str> = Vec::new();
    for group in rows.iter().flat_map(|row| &row.groups) {
        if !groups.contains(&group.as_str()) {
            groups.push(group);
        }
    }
    groups.sort_unstable();
    let columns = [
        "group",
        "metric",
        "rows",
        "n",
        "pearson",
        "spearman",
        "bias",
        "mean_abs_diff",
        "own_pearson",
        "own_mean_abs_diff",
        "diff_ratio",
    ];
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: groups
            .iter()
            .flat_map(|group| {
                let members: Vec<&ComparedRow> = rows
                    .iter()
                    .filter(|row| row.groups.iter().any(|g| g == group))
                    .collect();
                (0..METRICS.len()).map(move |metric| line(group, &members, metric))
            })
            .collect(),
    }
}

fn line(group: &str, rows: &[&ComparedRow], metric: usize) -> Vec<Value> {
    let complete: Vec<(f64, f64, f64)> = rows
        .iter()
        .filter_map(|row| {
            let (first, second) = (row.ours[0]?, row.ours[1]?);
            Some((row.published[metric], first[metric], second[metric]))
        })
        .collect();
    let published: Vec<f64> = complete.iter().map(|row| row.0).collect();
    let first: Vec<f64> = complete.iter().map(|row| row.1).collect();
    let second: Vec<f64> = complete.iter().map(|row| row.2).collect();
    let differences =
        |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    let absolute = |values: &[f64]| mean(&values.iter().map(|v| v.abs()).collect::<Vec<_>>());
    let to_published = differences(&first, &published);
    let (distance, own) = (
        absolute(&to_published),
        absolute(&differences(&first, &second)),
    );
    vec![
        Value::Text(group.to_owned()),
        Value::Text(METRICS[metric].to_owned()),
        Value::Integer(rows.len() as i64),
        Value::Integer(complete.len() as i64),
        Value::Real(pearson(&first, &published)),
        Value::Real(spearman(&first, &published)),
        Value::Real(mean(&to_published)),
        Value::Real(distance),
        Value::Real(pearson(&first, &second)),
        Value::Real(own),
        Value::Real(distance / own),
    ]
}

/// Every row with its published and our values.
pub(crate) fn list(rows: &[ComparedRow]) -> Table {
    let mut columns = vec!["row".to_owned(), "groups".to_owned()];
    for metric in METRICS {
        columns.extend(["published", "seed_1", "seed_2"].map(|kind| format!("{metric}_{kind}")));
    }
    let cell = |value: Option<f64>| value.map_or(Value::Null, Value::Real);
    Table {
        columns,
        rows: rows
            .iter()
            .map(|row| {
                let mut cells = vec![
                    Value::Text(row.id.clone()),
                    Value::Text(row.groups.join(", ")),
                ];
                for metric in 0..METRICS.len() {
                    cells.push(Value::Real(row.published[metric]));
                    cells.extend(row.ours.map(|ours| cell(ours.map(|values| values[metric]))));
                }
                cells
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_counts_only_rows_that_completed_twice() {
        let row = |published: f64, first, second| ComparedRow {
            id: String::new(),
            groups: vec!["all".to_owned()],
            published: [published; 3],
            ours: [first, second].map(|ours: Option<f64>| ours.map(|value| [value; 3])),
        };
        let rows = [
            row(1.0, Some(1.5), Some(1.0)),
            row(2.0, Some(2.5), Some(3.0)),
            row(9.0, None, Some(1.0)),
        ];
        let line = &table(&rows).rows[0];
        assert_eq!(line[2..4], [Value::Integer(3), Value::Integer(2)]);
        let real = |index: usize| match line[index] {
            Value::Real(number) => number,
            _ => panic!("a number"),
        };
        assert!((real(4) - 1.0).abs() < 1e-12, "pearson");
        assert!((real(6) - 0.5).abs() < 1e-12, "bias");
        assert!((real(10) - 1.0).abs() < 1e-12, "0.5 against 0.5");
    }
}
