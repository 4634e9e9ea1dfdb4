//! Claiming jobs and handing them to the slots.

use std::sync::Arc;
use std::time::Instant;

use shared::{Claim, ClaimRequest, Store, StoreError, Ticket};
use simulation::Dataset;
use uuid::Uuid;

use super::{Loop, POLL_MIN, WorkError};
use crate::control::Held;
use crate::execution::Execution;
use crate::pace::Ahead;
use crate::settle::chain;

impl Loop<'_> {
    /// Claims a job for every free slot, and short ones ahead of that.
    pub(super) async fn claim(&mut self) -> Result<(), WorkError> {
        let free = self.options.slots.saturating_sub(self.held.count());
        if free == 0 && self.ahead().is_none() {
            return Ok(());
        }
        if !self.heartbeat.is_healthy() {
            self.troubled = true;
            return Ok(());
        }
        match self.claim_all(free).await {
            Err(WorkError::Store(error)) if error.is_transient() => {
                tracing::warn!(error = %chain(&error), "Failed to claim; trying again");
                self.troubled = true;
                Ok(())
            }
            claimed => claimed,
        }
    }

    async fn claim_all(&mut self, free: usize) -> Result<(), WorkError> {
        self.store.reap(self.options.lease.lease_ms).await?;
        self.reached = true;
        if free > 0 {
            self.claim_up_to(free, self.remaining_seconds()).await?;
        }
        if let Some(ahead) = self.ahead() {
            let remaining = self.remaining_seconds().unwrap_or(f64::INFINITY);
            let longest = ahead.longest_seconds.min(remaining);
            self.claim_up_to(ahead.limit, Some(longest)).await?;
        }
        Ok(())
    }

    fn ahead(&self) -> Option<Ahead> {
        let expected = self.held.expected(|estimate| self.pace.expected(estimate));
        self.pace
            .ahead(self.options.slots, self.held.count(), expected)
    }

    fn remaining_seconds(&self) -> Option<f64> {
        let limit = self.options.time_limit?;
        Some(limit.saturating_sub(self.started.elapsed()).as_secs_f64())
    }

    async fn claim_up_to(&mut self, limit: usize, longest: Option<f64>) -> Result<(), WorkError> {
        if *self.stop.borrow() {
            return Ok(());
        }
        let request = ClaimRequest {
            sweep: self.options.sweep.clone(),
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            lease_ms: self.options.lease.lease_ms,
            remaining_seconds: longest,
        };
        let claims = self.store.claim(self.worker, &request).await;
        self.claim_is_unknown |= claims.is_err();
        let claims = claims?;
        self.reached = true;
        if !claims.is_empty() {
            self.idle_since = Instant::now();
            self.poll = POLL_MIN;
        }
        self.pace
            .claimed(claims.iter().map(|claim| claim.estimated_seconds));
        for claim in claims {
            self.start(claim).await;
        }
        Ok(())
    }

    /// After a claim whose answer was lost: what it took is given back, for nobody simulates it.
    pub(super) async fn look_up_claims(&mut self) -> Result<(), WorkError> {
        if !self.claim_is_unknown {
            return Ok(());
        }
        let unknown = match unknown_claims(self.store, self.worker, &self.held).await {
            Ok(unknown) => unknown,
            Err(error) if error.is_transient() => {
                self.troubled = true;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.claim_is_unknown = false;
        self.reached = true;
        for ticket in unknown {
            tracing::warn!(job.id = %ticket.job_id, "Gave back a job whose claim was never answered");
            self.settlement.unstarted(ticket);
        }
        Ok(())
    }

    async fn start(&mut self, claim: Claim) {
        let ticket = claim.ticket.clone();
        let control = self.held.insert(ticket.clone(), claim.estimated_seconds);
        let dataset = match self.dataset(&claim).await {
            Ok(dataset) => dataset,
            Err(error) if error.is_transient() => {
                self.settlement.unstarted(ticket);
                return;
            }
            Err(error) => {
                self.settlement.failed(ticket, chain(&error));
                return;
            }
        };
        let execution = Execution {
            claim,
            dataset,
            control,
            progress: Arc::clone(&self.progress),
            checkpoint_every: self.options.checkpoint_every,
            spool: self.spool.clone(),
            reports: self.reports.clone(),
        };
        self.pool.spawn_fifo(move || execution.run());
    }

    async fn dataset(&mut self, claim: &Claim) -> Result<Option<Arc<Dataset>>, StoreError> {
        let Some(id) = claim.parameters.dataset.clone() else {
            return Ok(None);
        };
        if let Some(dataset) = self.datasets.get(&id) {
            return Ok(Some(Arc::clone(dataset)));
        }
        let dataset = self.store.dataset(&id).await?.map(Arc::new);
        if let Some(dataset) = &dataset {
            self.datasets.insert(id, Arc::clone(dataset));
        }
        Ok(dataset)
    }
}

/// What this worker holds by the database and not by its own books.
pub(super) async fn unknown_claims(
    store: &Store,
    worker: Uuid,
    held: &Held,
) -> Result<Vec<Ticket>, StoreError> {
    let mut owned = store.held_by(worker).await?;
    owned.retain(|ticket| !held.contains(ticket));
    Ok(owned)
}
