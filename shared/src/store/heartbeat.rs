//! Renewing leases.

use uuid::Uuid;

use super::value::arguments;
use super::{Store, sql};
use crate::{Renewal, StoreError, Ticket};

impl Store {
    /// Renews the leases of these attempts, all in one transaction, and takes back those that were
    /// reaped but not yet claimed by anybody else. A ticket missing from the reply is lost: stop
    /// that simulation. Also a sign of life of a worker that holds nothing.
    ///
    /// # Errors
    /// The database's. No lease was renewed, or that is unknown: take it for a lost lease only when
    /// it has run out.
    pub async fn heartbeat(
        &self,
        worker: Uuid,
        held: &[Ticket],
        lease_ms: i64,
    ) -> Result<Vec<Renewal>, StoreError> {
        let worker = worker.to_string();
        let mut transaction = self.write("renewing leases").await?;
        let mut renewals = Vec::with_capacity(held.len());
        if !held.is_empty() {
            // Sorted, so that two transactions lock the same rows in the same order.
            let mut held: Vec<&Ticket> = held.iter().collect();
            held.sort_by(|a, b| a.job_id.cmp(&b.job_id));
            let pairs: Vec<_> = held.iter().map(|ticket| ticket.row()).collect();
            let shared = arguments![worker.as_str(), lease_ms];
            let rows = transaction
                .fetch_rows(sql!("heartbeat.sql"), &shared, pairs)
                .await?;
            for row in &rows {
                renewals.push(Renewal {
                    ticket: Ticket::read(row)?,
                    cancel_requested: row.get::<i64>("cancel_requested")? != 0,
                });
            }
            let renewed = renewals
                .iter()
                .map(|renewal| renewal.ticket.key())
                .collect();
            transaction
                .execute_rows(sql!("reopen_attempts.sql"), &[], renewed)
                .await?;
        }
        transaction
            .execute(sql!("worker_seen.sql"), arguments![worker])
            .await?;
        transaction.commit().await?;
        Ok(renewals)
    }
}
