//! Taking back jobs from workers that fell silent, or that hang.

use std::collections::BTreeSet;
use std::time::Instant;

use uuid::Uuid;

use super::transaction::Transaction;
use super::value::{Row, arguments};
use super::{Store, sql};
use crate::StoreError;

impl Store {
    /// Takes back jobs whose lease has expired, and those that overran their sweep's deadline, at
    /// most 64 of each. Any worker calls it before each claim; there is no leader. Returns how many
    /// it took.
    ///
    /// Leases are given one more length after the database was down, after the machine slept, and
    /// when more than half of them expire at once. A deadline is for attempts that hang while their
    /// worker renews them; it is judged only when leases are.
    ///
    /// # Errors
    /// The database's.
    pub async fn reap(&self, lease_ms: i64) -> Result<u64, StoreError> {
        let mut transaction = self.write("taking back expired leases").await?;
        let now = transaction.fetch(sql!("now.sql"), Vec::new()).await?;
        // Without the offset of tests: it is the machine that may have slept.
        let database_ms = now[0].get::<i64>("now_ms")? - self.clock_offset_ms();
        let mut taken = 0;
        if self.watch.may_reap(Instant::now(), database_ms, lease_ms) {
            let rows = transaction
                .fetch(sql!("reap.sql"), arguments![lease_ms])
                .await?;
            taken += bury(&mut transaction, &rows, "lease_expired").await?;
            let rows = transaction
                .fetch(sql!("expire_deadlines.sql"), arguments![lease_ms])
                .await?;
            taken += bury(&mut transaction, &rows, "timeout").await?;
        }
        transaction.commit().await?;
        if taken > 0 {
            tracing::warn!(
                jobs = taken,
                "took back jobs of workers that fell silent or hang"
            );
        }
        Ok(taken)
    }

    /// Takes back every job of a worker that is known to be gone: its process was on this machine
    /// and has ended. Returns how many jobs.
    ///
    /// `as_crash` counts it like an expired lease. Without it the jobs can be claimed at once at no
    /// cost to their budget: for a person who runs again what they or their machine stopped.
    ///
    /// # Errors
    /// The database's.
    pub async fn abandon(&self, worker: Uuid, as_crash: bool) -> Result<u64, StoreError> {
        let mut transaction = self.write("taking back a lost worker's jobs").await?;
        let rows = transaction
            .fetch(
                sql!("abandon.sql"),
                arguments![worker.to_string(), i64::from(as_crash)],
            )
            .await?;
        // The outcome tells whether a crash was counted, for whoever adopts a late result.
        let outcome = if as_crash {
            "lease_expired"
        } else {
            "released"
        };
        let taken = bury(&mut transaction, &rows, outcome).await?;
        transaction.commit().await?;
        Ok(taken)
    }
}

/// Ends the attempts of jobs just taken back, and counts the dead against their sweeps' limits.
async fn bury(
    transaction: &mut Transaction,
    rows: &[Row],
    outcome: &'static str,
) -> Result<u64, StoreError> {
    let mut attempts = Vec::with_capacity(rows.len());
    let mut mourning = BTreeSet::new();
    for row in rows {
        let state: String = row.get("state")?;
        let epoch: i64 = row.get("epoch")?;
        // The epoch stays, so that the worker may come back, unless nobody wants its job any more.
        let raised = state == "cancelled";
        attempts.push(arguments![
            row.get::<String>("id")?,
            epoch - i64::from(raised)
        ]);
        if state == "dead" {
            mourning.insert(row.get::<String>("sweep")?);
        }
    }
    transaction
        .execute_rows(sql!("end_attempts.sql"), &[outcome.into()], attempts)
        .await?;
    for sweep in mourning {
        trip_breaker(transaction, &sweep).await?;
    }
    Ok(rows.len() as u64)
}

/// Pauses the sweep if too many of its jobs are dead.
pub(super) async fn trip_breaker(
    transaction: &mut Transaction,
    sweep: &str,
) -> Result<(), StoreError> {
    transaction
        .fetch(sql!("lock_sweep.sql"), arguments![sweep])
        .await?;
    let tripped = transaction
        .execute(sql!("trip_breaker.sql"), arguments![sweep])
        .await?;
    if tripped > 0 {
        tracing::error!(
            sweep.name = sweep,
            "too many dead jobs: the sweep paused itself"
        );
    }
    Ok(())
}
