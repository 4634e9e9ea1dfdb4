//! Running totals of each group's results, so that counts and means of a million jobs are read at once.
//!
//! They change in the transaction that records a result, and are counted anew when the exclusion rules
//! change. Each store adds to a shard of its own, so that workers don't wait for each other's commits.

use std::collections::BTreeMap;

use simulation::{RunResult, Summary};

use super::sql;
use super::together::Write;
use super::transaction::Transaction;
use super::value::{Argument, arguments};
use crate::{RunCost, StoreError};

/// Shards of a group's totals: as many workers can record at the same time.
pub(super) const SHARDS: u32 = 16;

/// A column of `results` that summaries give a mean and a standard deviation of.
type Metric = (&'static str, fn(&Summary) -> Option<f64>);

const METRICS: [Metric; 8] = [
    ("loss_final", |s| s.loss_final),
    ("normalized_active_fraction", |s| {
        s.normalized_active_fraction
    }),
    ("normalized_fraction_active_units", |s| {
        s.normalized_fraction_active_units
    }),
    ("log10_tau", |s| s.log10_tau),
    ("hessian_trace_ratio", |s| s.hessian_trace_ratio),
    ("hessian_max_ratio", |s| s.hessian_max_ratio),
    ("hessian_nonzero_fraction", |s| s.hessian_nonzero_fraction),
    ("spatial_information_ratio", |s| s.spatial_information_ratio),
];

/// What results recorded together add to their groups.
#[derive(Debug, Default)]
pub(super) struct Totals {
    outcomes: BTreeMap<(i64, &'static str, String), OutcomeTotals>,
    moments: BTreeMap<(i64, &'static str), Moments>,
}

#[derive(Debug, Default)]
struct OutcomeTotals {
    results: i64,
    steps_done: i64,
    wall_seconds: f64,
    planned_seconds: f64,
}

impl Totals {
    /// Adds a result of a group. `excluded`: the rule that leaves it out of means.
    pub fn add(
        &mut self,
        group: i64,
        planned_seconds: f64,
        excluded: Option<&str>,
        result: &RunResult,
        cost: &RunCost,
    ) {
        let rule = excluded.unwrap_or_default().to_owned();
        let outcome = self
            .outcomes
            .entry((group, result.outcome.name(), rule))
            .or_default();
        outcome.results += 1;
        outcome.steps_done += result.steps_done.cast_signed();
        outcome.wall_seconds += cost.wall_seconds;
        outcome.planned_seconds += planned_seconds;
        if excluded.is_some() {
            return;
        }
        for (metric, value) in METRICS {
            if let Some(value) = super::result_rows::number(value(&result.summary)) {
                self.moments.entry((group, metric)).or_default().add(value);
            }
        }
    }

    /// The statements that add them, in an order that is the same for everybody.
    pub fn writes(self, shard: u32) -> [Write; 2] {
        let shard = || vec![Argument::from(shard)];
        let outcomes = self
            .outcomes
            .into_iter()
            .map(|((group, outcome, rule), t)| {
                arguments![
                    group,
                    outcome,
                    rule,
                    t.results,
                    t.steps_done,
                    t.wall_seconds,
                    t.planned_seconds,
                ]
            });
        let moments = self
            .moments
            .into_iter()
            .map(|((group, metric), m)| arguments![group, metric, m.n, m.mean, m.squares]);
        [
            Write {
                sql: sql!("add_outcomes.sql").into(),
                arguments: shard(),
                rows: outcomes.collect(),
            },
            Write {
                sql: sql!("add_moments.sql").into(),
                arguments: shard(),
                rows: moments.collect(),
            },
        ]
    }
}

/// Counts a sweep's totals anew from its results. The caller holds the sweep's rules, so nobody records
/// a result meanwhile.
pub(super) async fn recount(transaction: &mut Transaction, sweep: &str) -> Result<(), StoreError> {
    for statement in [
        sql!("clear_outcomes.sql"),
        sql!("clear_moments.sql"),
        sql!("count_outcomes.sql"),
        sql!("count_moments.sql"),
    ] {
        transaction.execute(statement, arguments![sweep]).await?;
    }
    Ok(())
}

/// Number, mean and sum of squared deviations from it (Welford 1962): no digits are lost to a large mean,
/// and equal numbers have no deviation at all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Moments {
    n: i64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, x: f64) {
        self.n += 1;
        let before = x - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (x - self.mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_two_passes_however_large_the_mean() {
        let values: Vec<f64> = (0..1000_u32)
            .map(|i| 1e8 + f64::from(i.wrapping_mul(2_654_435_761) >> 8) * 1e-7)
            .collect();
        let mut moments = Moments::default();
        values.iter().for_each(|value| moments.add(*value));
        let mean = values.iter().map(|x| x - 1e8).sum::<f64>() / 1000.0 + 1e8;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        assert!((moments.mean / mean - 1.0).abs() < 1e-14);
        assert!((moments.squares / squares - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_metric_is_a_column_that_recounting_knows() {
        let statement = sql!("count_moments.sql");
        for (metric, _) in METRICS {
            assert!(statement.contains(&format!("'{metric}'")), "{metric}");
        }
    }
}
