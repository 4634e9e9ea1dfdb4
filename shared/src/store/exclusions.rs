//! Exclusion rules: kept with their sweep, applied to every result when it is recorded, and to all of
//! them when they change.

use super::together::Write;
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
    let (label, texts) = ExclusionRule::label(rules, 2);
    let statement = sql!("label_results.sql").replace("{label}", &label);
    let mut values = arguments![sweep];
    values.extend(texts.into_iter().map(Argument::from));
    let relabelled = transaction.execute(&statement, values).await?;
    if relabelled > 0 {
        recount(transaction, sweep).await?;
    }
    Ok(relabelled)
}

/// The statement that inserts results labelled by these rules, without rows. Where there are rules, it returns
/// the labels.
pub(super) fn insertion(rules: &[ExclusionRule]) -> Write {
    let (label, texts) = ExclusionRule::label(rules, 1);
    let labels = match rules {
        [] => "",
        _ => "RETURNING job_id, excluded",
    };
    let statement = sql!("insert_results.sql")
        .replace("{label}", &label)
        .replace("{labels}", labels);
    let texts = texts.into_iter().map(Argument::from).collect();
    Write::new(statement, texts, Vec::new())
}

pub(super) fn parse(sweep: &str, json: &str) -> Result<Vec<ExclusionRule>, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable {
        what: format!("the exclusion rules of sweep {sweep}"),
        reason: error.to_string(),
    })
}
