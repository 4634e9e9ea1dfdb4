//! Handing out jobs.

use std::cmp::Ordering;
use std::time::Instant;

use simulation::{MODEL_VERSION, Parameters, ValidParameters};
use uuid::Uuid;

use super::dialect::Dialect;
use super::frontier::{Found, Place};
use super::together::Write;
use super::value::{Argument, Row, arguments};
use super::{Store, sql};
use crate::{Claim, ClaimRequest, JobId, StoreError, Ticket};

impl Store {
    /// Hands out queued jobs, longest expected first: of active sweeps, of this program's model
    /// version, not waiting after a failure. No two workers get the same job. Claims commit before
    /// they are returned. Of a long queue, what is queued again may be passed over for a second.
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
        let sweep = request.sweep.as_deref();
        if let Some(place) = self.frontier.place(sweep, Instant::now()) {
            let claims = self.claim_from(worker, request, Some(place)).await?;
            if !claims.is_empty() {
                return Ok(claims);
            }
        }
        self.claim_from(worker, request, None).await
    }

    /// Hands out jobs from this place on, or from the top.
    async fn claim_from(
        &self,
        worker: Uuid,
        request: &ClaimRequest,
        place: Option<Place>,
    ) -> Result<Vec<Claim>, StoreError> {
        let from_the_top = place.is_none();
        let (seconds, id) = first(request.remaining_seconds, place);
        let worker = worker.to_string();
        let mut values = arguments![
            worker.as_str(),
            request.lease_ms,
            MODEL_VERSION,
            seconds,
            request.limit,
            id,
        ];
        // Each form has an index that yields the jobs in order; one that serves both has none.
        let in_sweep = match &request.sweep {
            Some(sweep) => {
                values.push(sweep.as_str().into());
                "AND j.sweep = $7"
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
        let last = claims
            .last()
            .filter(|_| claims.len() as u64 >= u64::from(request.limit));
        let found = Found {
            from_the_top,
            count: claims.len(),
            last: last.map(|claim| (claim.estimated_seconds, claim.ticket.job_id.0.clone())),
        };
        self.frontier
            .reached(request.sweep.as_deref(), found, Instant::now());
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

/// The first place that a claim looks at: the given one, or that of the longest job that still fits.
fn first(remaining_seconds: Option<f64>, place: Option<Place>) -> Place {
    // Behind every id, which are hexadecimal.
    let top = (remaining_seconds.unwrap_or(f64::INFINITY), "g".to_owned());
    place
        .filter(|(seconds, _)| *seconds <= top.0)
        .unwrap_or(top)
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
