//! Tables of values, as queries and exports return them.

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Absent.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text (booleans of PostgreSQL come as `true` and `false`, bytes as hexadecimal).
    Text(String),
}

/// Columns in the order of the statement, and rows of as many values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// The value of a named column in one of this table's rows; null if there is no such column.
    pub fn value<'a>(&self, row: &'a [Value], column: &str) -> &'a Value {
        let index = self.columns.iter().position(|name| name == column);
        index
            .and_then(|index| row.get(index))
            .unwrap_or(&Value::Null)
    }
}

/// A table that can be exported, one sweep at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportView {
    /// One row per job.
    Runs,
    /// One row per group of jobs.
    SweepSummary,
    /// Measurements of every job that is done.
    Trajectory,
    /// Spectra of the Hessian of every job that is done and asked for them.
    Spectra,
    /// Their eigenvalues one by one, where asked for.
    Eigenvalues,
    /// Positions of walkers in valleys.
    Positions,
    /// Bins of the rate maps of every job that is done and asked for its place code.
    PlaceBins,
    /// Tuning of the units of such jobs.
    PlaceCode,
    /// Correlations between snapshots of the place codes of such jobs.
    PlaceCorrelations,
    /// Rate maps of such jobs.
    RateMaps,
    /// Every execution of every job.
    Attempts,
}

impl ExportView {
    /// Every table, in a fixed order.
    pub const ALL: &[Self] = &[
        Self::Runs,
        Self::SweepSummary,
        Self::Trajectory,
        Self::Spectra,
        Self::Eigenvalues,
        Self::Positions,
        Self::PlaceBins,
        Self::PlaceCode,
        Self::PlaceCorrelations,
        Self::RateMaps,
        Self::Attempts,
    ];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::SweepSummary => "sweep_summary",
            Self::Trajectory => "trajectory",
            Self::Spectra => "spectra",
            Self::Eigenvalues => "eigenvalues",
            Self::Positions => "positions",
            Self::PlaceBins => "place_bins",
            Self::PlaceCode => "place_code",
            Self::PlaceCorrelations => "place_correlations",
            Self::RateMaps => "rate_maps",
            Self::Attempts => "attempts",
        }
    }
}
