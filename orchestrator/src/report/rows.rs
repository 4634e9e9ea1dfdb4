//! Reading the columns of an answer.

use shared::{Table, Value};

/// A column of a table, found once by its name.
#[derive(Clone, Copy)]
pub(crate) struct Column(usize);

impl Column {
    /// # Panics
    /// If the statement has no such column: statement and figure don't fit.
    pub fn of(table: &Table, name: &str) -> Self {
        let index = table.columns.iter().position(|column| column == name);
        Self(index.unwrap_or_else(|| panic!("a column {name} among {:?}", table.columns)))
    }

    /// The number in a row; `None` where it is NULL.
    pub fn real(self, row: &[Value]) -> Option<f64> {
        match &row[self.0] {
            Value::Real(number) => Some(*number),
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// The count in a row; 0 where it is NULL.
    pub fn count(self, row: &[Value]) -> usize {
        match &row[self.0] {
            Value::Integer(number) => usize::try_from(*number).unwrap_or(0),
            _ => 0,
        }
    }

    /// The text in a row; empty where it is NULL.
    pub fn text(self, row: &[Value]) -> &str {
        match &row[self.0] {
            Value::Text(text) => text,
            _ => "",
        }
    }
}

/// Stretches of rows that agree in a text column, in their order.
pub(crate) fn stretches(
    rows: &[Vec<Value>],
    column: Column,
) -> impl Iterator<Item = &[Vec<Value>]> {
    rows.chunk_by(move |a, b| column.text(a) == column.text(b))
}

/// What was measured along one run: the rows of a job.
pub(crate) struct Measured<'a> {
    /// The job's first row, for what doesn't change along the run.
    pub row: &'a [Value],
    /// Length of the run in steps.
    pub steps: f64,
    /// `(step, value)`; rows without a value are left out.
    pub points: Vec<(f64, f64)>,
}

/// One column along every run of an answer that has `job_id`, `steps` and `step`.
pub(crate) fn measured<'a>(table: &'a Table, value: &str) -> Vec<Measured<'a>> {
    let mut runs = measured_with_gaps(table, value);
    for run in &mut runs {
        run.points.retain(|point| !point.1.is_nan());
    }
    runs
}

/// The same, with NaN for rows without a value.
pub(crate) fn measured_with_gaps<'a>(table: &'a Table, value: &str) -> Vec<Measured<'a>> {
    let column = |name| Column::of(table, name);
    let [job, steps, step, value] = ["job_id", "steps", "step", value].map(column);
    let of_job = |rows: &'a [Vec<Value>]| Measured {
        row: &rows[0],
        steps: steps.real(&rows[0]).unwrap_or(f64::NAN),
        points: rows
            .iter()
            .filter_map(|row| Some((step.real(row)?, value.real(row).unwrap_or(f64::NAN))))
            .collect(),
    };
    stretches(&table.rows, job).map(of_job).collect()
}
