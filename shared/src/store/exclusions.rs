//! Exclusion rules: kept with their sweep, applied to every result when it is recorded, and to all of
//! them when they change.

use super::totals::recount;
use super::transaction::Transaction;
use super::value::{Argument, arguments};
use super::{Store, sql};
use crate::{ExclusionRule, Flow, StoreError};

impl Store {
    /// The way of a sweep's jobs from the plan to the analysis, at one moment.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn flow(&self, sweep: &str) -> Result<Flow, StoreError> {
        let statuses = self.status(Some(sweep)).await?;
        // An unknown sweep is an error by now, and a name has one status.
        let status = statuses.first().ok_or_else(|| StoreError::UnknownSweep {
            name: sweep.to_owned(),
            nearest: None,
        })?;
        Ok(status.flow())
    }
}

/// Keeps a sweep's rules and, if they are new, labels its results by them. Returns how many labels
/// changed. Waits for results that are being recorded; those after it follow the new rules.
pub(super) async fn adopt_rules(
    transaction: &mut Transaction,
    sweep: &str,
    rules: &[ExclusionRule],
) -> Result<u64, StoreError> {
    let json = serde_json::to_string(rules).expect("rules are plain data");
    let changed = transaction
        .execute(sql!("upsert_analysis.sql"), arguments![sweep, json])
        .await?;
    if changed == 0 {
        return Ok(0);
    }
    let (statement, texts) = label_statement(rules, "x.sweep = $1", 2);
    let mut values = arguments![sweep];
    values.extend(texts);
    let relabelled = transaction.execute(&statement, values).await?;
    if relabelled > 0 {
        recount(transaction, sweep).await?;
    }
    Ok(relabelled)
}

/// Labels results just recorded; returns the rule of each that is excluded, by job. Locks the sweep's
/// rules until the transaction ends.
pub(super) async fn label(
    transaction: &mut Transaction,
    sweep: &str,
    jobs: Vec<Vec<Argument>>,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows = transaction
        .fetch(sql!("select_rules.sql"), arguments![sweep])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(Vec::new());
    };
    let rules = parse(sweep, &row.get::<String>("rules")?)?;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let which = "x.job_id IN (SELECT column1 FROM {rows: text})";
    let (statement, texts) = label_statement(&rules, which, 1);
    let labelled = transaction.fetch_rows(&statement, &texts, jobs).await?;
    labelled
        .iter()
        .map(|row| Ok((row.get("job_id")?, row.get("excluded")?)))
        .collect()
}

pub(super) fn parse(sweep: &str, json: &str) -> Result<Vec<ExclusionRule>, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable {
        what: format!("the exclusion rules of sweep {sweep}"),
        reason: error.to_string(),
    })
}

/// The statement, and the values of its placeholders from `$first` on.
fn label_statement(rules: &[ExclusionRule], which: &str, first: usize) -> (String, Vec<Argument>) {
    let (label, texts) = ExclusionRule::label(rules, first);
    let statement = sql!("label_results.sql")
        .replace("{which}", which)
        .replace("{label}", &label);
    (statement, texts.into_iter().map(Argument::from).collect())
}
