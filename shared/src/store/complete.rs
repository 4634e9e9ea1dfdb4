//! Recording results: the only place where one becomes visible.

use std::collections::HashMap;
use std::collections::btree_map::{BTreeMap, Entry};

use simulation::{Outcome, RunResult};

use super::checkpoints::named_files;
use super::result_rows::{self, attempt_row, job_row, result_row};
use super::together::Write;
use super::totals::Totals;
use super::transaction::Transaction;
use super::{Store, exclusions, sql};
use crate::{ExclusionRule, Finish, RunCost, StoreError, Ticket};

/// A finished attempt: who may record it, what it found, what it cost.
pub type Finished<'a> = (&'a Ticket, &'a RunResult, &'a RunCost);

/// A job that this transaction ended.
struct Ended<'a> {
    sweep: String,
    /// The sweep's exclusion rules, as JSON.
    rules: String,
    group: i64,
    planned_seconds: f64,
    finished: Finished<'a>,
}

impl Store {
    /// Records a result and ends its job: result, trajectory, attempt and job state in one
    /// transaction. May be repeated until it answers: the same ticket is recorded once.
    ///
    /// # Errors
    /// The database's; a job that is not in this database.
    pub async fn complete(
        &self,
        ticket: &Ticket,
        result: &RunResult,
        cost: &RunCost,
    ) -> Result<Finish, StoreError> {
        let finishes = self.complete_all(&[(ticket, result, cost)]).await?;
        Ok(finishes[0])
    }

    /// [`Store::complete`] for several results in one transaction: all of them are recorded or refused,
    /// each as if alone, or none is. Answers in their order.
    ///
    /// # Errors
    /// The database's; a job that is not in this database, and then nothing was recorded.
    pub async fn complete_all(&self, finished: &[Finished<'_>]) -> Result<Vec<Finish>, StoreError> {
        let mut transaction = self.write("recording results").await?;
        let pairs = finished.iter().map(|(ticket, ..)| ticket.row()).collect();
        let rows = transaction
            .fetch_rows(sql!("complete_jobs.sql"), &[], pairs)
            .await?;
        let mut jobs = HashMap::with_capacity(rows.len());
        for row in &rows {
            jobs.insert(Ticket::read(row)?, row);
        }
        let (mut ended, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
        let mut finishes = vec![Finish::Recorded; finished.len()];
        for (index, finished) in finished.iter().enumerate() {
            // Taken out, so that a result given twice is recorded once.
            let Some(row) = jobs.remove(finished.0) else {
                refused.push(index);
                continue;
            };
            ended.push(Ended {
                sweep: row.get("sweep")?,
                rules: row.get("rules")?,
                group: row.get("group_id")?,
                planned_seconds: row.get("estimated_seconds")?,
                finished: *finished,
            });
        }
        let mut last = Vec::new();
        if !ended.is_empty() {
            last = record(&mut transaction, &ended, self.shard).await?;
        }
        for index in refused {
            finishes[index] = refuse(&mut transaction, finished[index]).await?;
        }
        let gone = transaction.commit_together(last).await?;
        self.remove_files(named_files(&gone)?).await;
        Ok(finishes)
    }
}

/// Writes what these jobs found. Returns what is left to be written, the last of which returns the files of their
/// checkpoints, which nobody needs after the commit.
async fn record(
    transaction: &mut Transaction,
    ended: &[Ended<'_>],
    shard: u32,
) -> Result<Vec<Write>, StoreError> {
    let finished: Vec<Finished<'_>> = ended.iter().map(|each| each.finished).collect();
    let mut writes = result_rows::writes(&finished);
    let mut excluded = HashMap::new();
    for (rules, insertion) in insertions(ended)? {
        if rules.is_empty() {
            writes.push(insertion);
            continue;
        }
        for row in transaction
            .execute_together(std::mem::take(&mut writes), insertion)
            .await?
        {
            if let Some(rule) = row.get::<Option<String>>("excluded")? {
                excluded.insert(row.get::<String>("job_id")?, rule);
            }
        }
    }
    let mut totals = Totals::default();
    for each in ended {
        let (ticket, result, cost) = each.finished;
        let rule = excluded.get(&ticket.job_id.0).map(String::as_str);
        totals.add(each.group, each.planned_seconds, rule, result, cost);
    }
    writes.extend(totals.writes(shard));
    let jobs = finished.iter().map(|(ticket, ..)| job_row(ticket));
    writes.push(Write::rows(sql!("delete_checkpoints.sql"), jobs.collect()));
    Ok(writes)
}

/// The results' insertion of each sweep, labelled by its exclusion rules.
fn insertions(ended: &[Ended<'_>]) -> Result<Vec<(Vec<ExclusionRule>, Write)>, StoreError> {
    let mut insertions: BTreeMap<&str, (Vec<ExclusionRule>, Write)> = BTreeMap::new();
    for each in ended {
        let (_, insertion) = match insertions.entry(&each.sweep) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => {
                let rules = exclusions::parse(&each.sweep, &each.rules)?;
                let insertion = exclusions::insertion(&rules);
                place.insert((rules, insertion))
            }
        };
        insertion.rows.push(result_row(&each.finished));
    }
    Ok(insertions.into_values().collect())
}

/// The attempt was no longer the newest, or has been recorded before.
async fn refuse(
    transaction: &mut Transaction,
    finished: Finished<'_>,
) -> Result<Finish, StoreError> {
    let (ticket, ..) = finished;
    let rows = transaction
        .fetch(sql!("select_recorded.sql"), ticket.row())
        .await?;
    let Some(row) = rows.first() else {
        return Err(StoreError::UnknownJob {
            id: ticket.job_id.0.clone(),
        });
    };
    if row.get::<i64>("own")? != 0 {
        return Ok(Finish::AlreadyRecorded);
    }
    let mut row = attempt_row(&finished);
    if finished.1.outcome == Outcome::Truncated {
        // Where the clock cut it short is no property of the job: nothing to compare.
        row[2] = None::<String>.into();
    }
    row.push(ticket.worker.to_string().into());
    transaction
        .execute(sql!("supersede_attempt.sql"), row)
        .await?;
    Ok(Finish::Superseded)
}
