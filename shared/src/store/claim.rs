//! Handing out jobs.

use std::cmp::Ordering;

use simulation::{MODEL_VERSION, Parameters, ValidParameters};
use uuid::Uuid;

use super::dialect::Dialect;
use super::together::Write;
use super::value::{Argument, Row, arguments};
use super::{Store, sql};
use crate::{Claim, ClaimRequest, JobId, StoreError, Ticket};

impl Store {
    /// Hands out queued jobs, longest expected first: of active sweeps, of this program's model
    /// version, not waiting after a failure. No two workers get the same job. Claims commit before
    /// they are returned.
    ///
    /// # Errors
    /// The database's; parameters that this program can't read (then nothing was claimed).
    pub async fn claim(
        &self,
        worker: Uuid,
        request: &ClaimRequest,
    ) -> Result<Vec<Claim>, StoreError> {
        if request.limit == 0 {
            return Ok(Vec::new());
        }
        let worker = worker.to_string();
        let mut values = arguments![
            worker.as_str(),
            request.lease_ms,
            MODEL_VERSION,
            request.remaining_seconds,
            request.limit,
        ];
        // Each form has an index that yields the jobs in order; one that serves both has none.
        let in_sweep = match &request.sweep {
            Some(sweep) => {
                values.push(sweep.as_str().into());
                "AND j.sweep = $6"
            }
            None => "",
        };
        let mut transaction = self.write("claiming jobs").await?;
        let dialect = transaction.dialect();
        let statement = match dialect {
            Dialect::Sqlite => sql!("claim.sql"),
            Dialect::Postgres => sql!("claim.postgres.sql"),
        };
        let rows = transaction
            .fetch(&statement.replace("{in_sweep}", in_sweep), values)
            .await?;
        let mut claims = Vec::with_capacity(rows.len());
        for row in &rows {
            claims.push(self.read_claim(row).await?);
        }
        let mut opened = Vec::new();
        if dialect == Dialect::Sqlite {
            let tickets = claims.iter().map(|claim| claim.ticket.key());
            opened.push(Write::new(
                sql!("insert_attempts.sql"),
                arguments![worker],
                tickets.collect(),
            ));
        }
        transaction.commit_together(opened).await?;
        // Databases return what they changed in whatever order.
        claims.sort_by(|a, b| {
            let (a_id, b_id) = (&a.ticket.job_id, &b.ticket.job_id);
            longest_first((a.estimated_seconds, a_id), (b.estimated_seconds, b_id))
        });
        Ok(claims)
    }

    /// What a worker holds by the database: after a claim whose answer was lost, perhaps more than it knows.
    ///
    /// # Errors
    /// The database's.
    pub async fn held_by(&self, worker: Uuid) -> Result<Vec<Ticket>, StoreError> {
        let mut transaction = self.read("looking up what a worker holds").await?;
        let rows = transaction
            .fetch(sql!("held_by.sql"), arguments![worker.to_string()])
            .await?;
        transaction.commit().await?;
        rows.iter().map(Ticket::read).collect()
    }

    async fn read_claim(&self, row: &Row) -> Result<Claim, StoreError> {
        let ticket = Ticket::read(row)?;
        Ok(Claim {
            sweep: row.get("sweep")?,
            parameters: read_parameters(&ticket.job_id.0, &row.get::<String>("parameters")?)?,
            replicate: row.count("replicate")? as u32,
            checkpoint: self.read_checkpoint(row).await?,
            estimated_seconds: row.get("estimated_seconds")?,
            max_job_ms: row.get("max_job_ms")?,
            ticket,
        })
    }
}

/// The order of claims, by expected seconds and id: longest first, equal ones by id.
pub(super) fn longest_first(a: (f64, &JobId), b: (f64, &JobId)) -> Ordering {
    b.0.total_cmp(&a.0).then_with(|| b.1.cmp(a.1))
}

impl Ticket {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let worker: String = row.get("worker_id")?;
        Ok(Self {
            job_id: JobId(row.get("id")?),
            epoch: row.get("epoch")?,
            worker: worker.parse().map_err(|error| StoreError::Unreadable {
                what: format!("the worker {worker:?} of an attempt"),
                reason: format!("{error}"),
            })?,
        })
    }

    /// What fences an attempt's writes in SQL: the job, the epoch, and whom it was given to.
    pub(super) fn row(&self) -> Vec<Argument> {
        arguments![self.job_id.0.as_str(), self.epoch, self.worker.to_string()]
    }

    /// The key of an attempt that is known to be its worker's.
    pub(super) fn key(&self) -> Vec<Argument> {
        arguments![self.job_id.0.as_str(), self.epoch]
    }
}

pub(super) fn read_parameters(job_id: &str, json: &str) -> Result<ValidParameters, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable {
        what: format!("the parameters of job {job_id}"),
        reason,
    };
    let parameters: Parameters =
        serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))?;
    parameters
        .check()
        .map_err(|error| unreadable(error.to_string()))
}
