//! A database and the model, asked the same and held against each other.

use std::fmt::Debug;

use shared::{Finish, Renewal, Ticket};
use uuid::Uuid;

use crate::model::Model;
use crate::queue::{AttemptView, Checked, JobView, Queue, Steer, demand};

pub struct Twin<Q> {
    real: Q,
    model: Model,
}

impl<Q: Queue> Twin<Q> {
    pub fn new(real: Q, model: Model) -> Self {
        Self { real, model }
    }

    fn same<T: PartialEq + Debug>(&self, what: &str, real: T, model: &T) -> Checked<T> {
        demand(real == *model, || {
            format!("{what}: the database says {real:?}, the rules {model:?}")
        })?;
        Ok(real)
    }
}

impl<Q: Queue> Queue for Twin<Q> {
    async fn claim(&mut self, worker: Uuid, limit: u32) -> Checked<Vec<Ticket>> {
        let tickets = self.real.claim(worker, limit).await?;
        self.model.adopt_claims(worker, limit, &tickets)?;
        Ok(tickets)
    }

    async fn heartbeat(&mut self, worker: Uuid, held: &[Ticket]) -> Checked<Vec<Renewal>> {
        let real = self.real.heartbeat(worker, held).await?;
        let model = self.model.heartbeat(worker, held).await?;
        self.same("renewals", real, &model)
    }

    async fn reap(&mut self) -> Checked<u64> {
        let real = self.real.reap().await?;
        let model = self.model.reap().await?;
        self.same("reaped", real, &model)
    }

    async fn abandon(&mut self, worker: Uuid, as_crash: bool) -> Checked<u64> {
        let real = self.real.abandon(worker, as_crash).await?;
        let model = self.model.abandon(worker, as_crash).await?;
        self.same("abandoned", real, &model)
    }

    async fn complete(&mut self, ticket: &Ticket) -> Checked<Finish> {
        let real = self.real.complete(ticket).await?;
        let model = self.model.complete(ticket).await?;
        self.same("completed", real, &model)
    }

    async fn fail(&mut self, ticket: &Ticket) -> Checked<bool> {
        let real = self.real.fail(ticket).await?;
        let model = self.model.fail(ticket).await?;
        self.same("failed", real, &model)
    }

    async fn release(&mut self, ticket: &Ticket) -> Checked<bool> {
        let real = self.real.release(ticket).await?;
        let model = self.model.release(ticket).await?;
        self.same("released", real, &model)
    }

    async fn steer(&mut self, steer: Steer) -> Checked<u64> {
        let real = self.real.steer(steer).await?;
        let model = self.model.steer(steer).await?;
        self.same("steered", real, &model)
    }

    async fn advance(&mut self, by_ms: i64) -> Checked<()> {
        self.real.advance(by_ms).await?;
        self.model.advance(by_ms).await
    }

    async fn keep(&mut self) -> Checked<()> {
        self.real.keep().await?;
        self.model.keep().await
    }

    async fn restore(&mut self) -> Checked<()> {
        self.real.restore().await?;
        self.model.restore().await
    }

    async fn jobs(&mut self) -> Checked<Vec<JobView>> {
        let real = self.real.jobs().await?;
        let model = self.model.jobs().await?;
        self.same("jobs", real, &model)
    }

    async fn attempts(&mut self) -> Checked<Vec<AttemptView>> {
        let real = self.real.attempts().await?;
        let model = self.model.attempts().await?;
        self.same("attempts", real, &model)
    }
}
