//! Bringing an attempt's end into the database: results, errors, checkpoints.

use std::collections::VecDeque;
use std::time::Instant;

use shared::{Finish, Finished, Store, StoreError, Ticket};
use simulation::Checkpoint;

use crate::control::Held;
use crate::spool::{Spool, SpoolError, Spooled};

/// Most results in one transaction: more gain little, and hold locks for longer.
const RESULTS_AT_ONCE: usize = 64;

/// What has to reach the database, in the order in which it came up.
enum Errand {
    Result(Box<Spooled>),
    Failure(Ticket, String),
    Release(Ticket, Option<Checkpoint>),
    /// Given back without having begun.
    Unstarted(Ticket),
    Checkpoint(Ticket, Checkpoint),
}

impl Errand {
    fn ticket(&self) -> &Ticket {
        match self {
            Self::Result(spooled) => &spooled.ticket,
            Self::Failure(ticket, _)
            | Self::Release(ticket, _)
            | Self::Unstarted(ticket)
            | Self::Checkpoint(ticket, _) => ticket,
        }
    }

    /// Whether the attempt is over once this has arrived.
    fn is_final(&self) -> bool {
        !matches!(self, Self::Checkpoint(..))
    }
}

/// What became of an errand that reached the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Recorded,
    Failed,
    Released,
    /// A checkpoint was kept, or an abandoned attempt forgotten.
    Noted,
    /// A newer attempt owns the job, so nothing was written.
    Superseded,
    /// The database has no such job: the result is another's, and stays in the spool.
    Foreign,
    /// The database takes no such values: the result is set aside, and the attempt has failed.
    Refused,
}

/// Carries errands to the database. While it is away they wait, their leases still renewed, and
/// results are safe in the spool.
pub(crate) struct Settlement {
    store: Store,
    spool: Spool,
    held: Held,
    waiting: VecDeque<Errand>,
}

impl Settlement {
    pub fn new(store: Store, spool: Spool, held: Held) -> Self {
        Self {
            store,
            spool,
            held,
            waiting: VecDeque::new(),
        }
    }

    /// Takes over the results that an earlier worker left in the spool.
    pub fn adopt_spool(&mut self) -> Result<usize, SpoolError> {
        let left = self.spool.list()?;
        let count = left.len();
        self.waiting.extend(
            left.into_iter()
                .map(|spooled| Errand::Result(Box::new(spooled))),
        );
        Ok(count)
    }

    /// A finished simulation, already spooled.
    pub fn finished(&mut self, spooled: Box<Spooled>) {
        self.waiting.push_back(Errand::Result(spooled));
    }

    pub fn failed(&mut self, ticket: Ticket, error: String) {
        self.waiting.push_back(Errand::Failure(ticket, error));
    }

    pub fn released(&mut self, ticket: Ticket, checkpoint: Option<Checkpoint>) {
        self.waiting.push_back(Errand::Release(ticket, checkpoint));
    }

    pub fn unstarted(&mut self, ticket: Ticket) {
        self.waiting.push_back(Errand::Unstarted(ticket));
    }

    /// Takes the place of the one before, if that still waits: while the database is away, a
    /// simulation makes many, and only the last is worth its memory.
    pub fn checkpoint(&mut self, ticket: Ticket, checkpoint: Checkpoint) {
        self.waiting
            .retain(|errand| !matches!(errand, Errand::Checkpoint(other, _) if *other == ticket));
        self.waiting
            .push_back(Errand::Checkpoint(ticket, checkpoint));
    }

    /// Errands still on their way.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Delivers the oldest errand, and results that wait right behind it in the same transaction. On an
    /// error they stay the oldest. Says what became of each; nothing, when none waits.
    pub async fn deliver(&mut self) -> Result<Vec<Settled>, StoreError> {
        let settled = match self.deliver_results().await {
            Some(Ok(settled)) => settled,
            Some(Err(error)) if !is_the_results(&error) => return Err(error),
            // One of them is at fault: alone, each shows which.
            None | Some(Err(_)) => match self.waiting.front() {
                Some(errand) => vec![self.deliver_alone(errand).await?],
                None => Vec::new(),
            },
        };
        for &each in &settled {
            self.conclude(each);
        }
        Ok(settled)
    }

    /// Delivers several results at once, if the oldest errands are such.
    async fn deliver_results(&self) -> Option<Result<Vec<Settled>, StoreError>> {
        let results = self.waiting.iter().map_while(|errand| match errand {
            Errand::Result(spooled) => Some((&spooled.ticket, &spooled.result, &spooled.cost)),
            _ => None,
        });
        let finished: Vec<Finished<'_>> = results.take(RESULTS_AT_ONCE).collect();
        if finished.len() < 2 {
            return None;
        }
        let finishes = self.store.complete_all(&finished).await;
        let settled = |finish| match finish {
            Finish::Superseded => Settled::Superseded,
            Finish::Recorded | Finish::AlreadyRecorded => Settled::Recorded,
        };
        Some(finishes.map(|finishes| finishes.into_iter().map(settled).collect()))
    }

    /// Forgets the oldest errand: this became of it.
    fn conclude(&mut self, settled: Settled) {
        let errand = self
            .waiting
            .pop_front()
            .expect("the front was just delivered");
        let ticket = errand.ticket();
        if settled == Settled::Superseded {
            tracing::warn!(job.id = %ticket.job_id, job.epoch = ticket.epoch, "Lost the lease: a newer attempt owns the job");
        }
        if settled == Settled::Foreign {
            tracing::error!(job.id = %ticket.job_id, "Left a result in the spool: this database has no such job; give each database a folder of its own with --spool");
        } else if matches!(errand, Errand::Result(_))
            && settled != Settled::Refused
            && let Err(error) = self.spool.remove(ticket)
        {
            tracing::warn!(error = %chain(&error), "Failed to remove a delivered result from the spool");
        }
        if errand.is_final() {
            self.held.remove(ticket);
        }
    }

    async fn deliver_alone(&self, errand: &Errand) -> Result<Settled, StoreError> {
        let store = &self.store;
        let (accepted, settled) = match errand {
            Errand::Result(spooled) => {
                let Spooled {
                    ticket,
                    result,
                    cost,
                } = spooled.as_ref();
                match store.complete(ticket, result, cost).await {
                    // One stray file must not stop every worker that uses the folder.
                    Err(StoreError::UnknownJob { .. }) => (true, Settled::Foreign),
                    Err(error) if is_the_results(&error) => {
                        self.refuse(spooled, &error).await?;
                        (true, Settled::Refused)
                    }
                    finish => (finish? != Finish::Superseded, Settled::Recorded),
                }
            }
            Errand::Failure(ticket, error) => (store.fail(ticket, error).await?, Settled::Failed),
            Errand::Release(ticket, checkpoint) => {
                let released = match store.release(ticket, checkpoint.as_ref()).await {
                    // An older checkpoint is better than holding everything up.
                    Err(error @ StoreError::CheckpointFile { .. }) => {
                        tracing::error!(job.id = %ticket.job_id, error = %chain(&error), "Gave a job back without its newest checkpoint");
                        store.release(ticket, None).await
                    }
                    released => released,
                };
                (released?, Settled::Released)
            }
            Errand::Unstarted(ticket) => (store.return_unstarted(ticket).await?, Settled::Released),
            Errand::Checkpoint(ticket, checkpoint) => {
                let started = Instant::now();
                let saved = store.save_checkpoint(ticket, checkpoint).await;
                let database_us = started.elapsed().as_micros();
                tracing::debug!(job.id = %ticket.job_id, database_us, "Saved a checkpoint");
                match saved {
                    Err(error @ StoreError::CheckpointFile { .. }) => {
                        tracing::error!(job.id = %ticket.job_id, error = %chain(&error), "Went on without a checkpoint");
                        (true, Settled::Noted)
                    }
                    saved => (saved?, Settled::Noted),
                }
            }
        };
        Ok(if accepted {
            settled
        } else {
            Settled::Superseded
        })
    }

    /// Sets a result aside that the database won't take, and says so in its job: it must stop nobody.
    async fn refuse(&self, spooled: &Spooled, error: &StoreError) -> Result<(), StoreError> {
        let (ticket, why) = (&spooled.ticket, chain(error));
        let kept = match self.spool.set_aside(spooled) {
            Ok(path) => path.display().to_string(),
            Err(error) => chain(&error),
        };
        tracing::error!(
            job.id = %ticket.job_id,
            error = %why,
            spool.file = %kept,
            "Set a result aside that the database refuses; its job has failed. Report the error with the file; \
             once its cause is mended, `driftsweep retry` runs the job again"
        );
        let text = format!("the database refused the result: {why}; it is kept: {kept}");
        // Changes nothing if the attempt is another's by now.
        self.store.fail(ticket, &text).await?;
        Ok(())
    }
}

/// Whether recording failed because of this one result, and would fail again whoever tried.
fn is_the_results(error: &StoreError) -> bool {
    matches!(error, StoreError::UnknownJob { .. }) || error.refuses_values()
}

/// An error with its causes, for a log line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{ClaimRequest, JobId, NewJob, NewSweep, Purpose, RunCost};
    use simulation::{Digest, Measurement, Outcome, Parameters, PlaceCode, RunResult, Summary};

    fn foreign() -> Spooled {
        Spooled {
            ticket: Ticket {
                job_id: JobId("0".repeat(32)),
                epoch: 1,
                worker: uuid::Uuid::nil(),
            },
            result: RunResult {
                outcome: Outcome::Completed,
                steps_done: 1,
                summary: Summary::default(),
                trajectory: Vec::new(),
                unit_activity: Vec::new(),
                spectra: Vec::new(),
                eigenvalues: Vec::new(),
                positions: Vec::new(),
                place_code: PlaceCode::default(),
                engine: "none".to_owned(),
                digest: Digest("d".to_owned()),
            },
            cost: RunCost {
                wall_seconds: 1.0,
                host: "host".to_owned(),
                code_version: "1".to_owned(),
            },
        }
    }

    fn job(seed: u64) -> NewJob {
        let parameters = Parameters {
            seed,
            ..Parameters::default()
        };
        NewJob {
            parameters: parameters.check().expect("valid"),
            replicate: 0,
            estimated_seconds: 1.0,
        }
    }

    async fn claim(store: &Store, limit: u32) -> Vec<Ticket> {
        let request = ClaimRequest {
            sweep: None,
            limit,
            lease_ms: 90_000,
            remaining_seconds: None,
        };
        let claims = store.claim(uuid::Uuid::now_v7(), &request).await;
        let claims = claims.expect("claims");
        claims.into_iter().map(|claim| claim.ticket).collect()
    }

    #[tokio::test]
    async fn a_checkpoint_that_waits_gives_way_to_the_next() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("queue.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let spool = Spool::open(&folder.path().join("spool")).expect("a folder");
        let mut settlement = Settlement::new(store, spool, Held::default());
        let checkpoint = |number| Checkpoint::from_bytes(vec![number]);
        for number in 0..3 {
            for epoch in [1, 2] {
                let ticket = Ticket {
                    job_id: JobId("0".repeat(32)),
                    epoch,
                    worker: uuid::Uuid::nil(),
                };
                settlement.checkpoint(ticket, checkpoint(number));
            }
        }
        assert_eq!(settlement.waiting(), 2);
        for errand in &settlement.waiting {
            assert!(matches!(errand, Errand::Checkpoint(_, last) if *last == checkpoint(2)));
        }
    }

    #[tokio::test]
    async fn a_checkpoint_that_cannot_be_written_holds_nothing_up() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let database = folder.path().join("queue.db");
        let url = format!("sqlite://{}", database.display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let sweep = NewSweep::new("sweep", "", 1);
        store.submit(&sweep, &[job(1)], &[]).await.expect("submits");
        let ticket = &claim(&store, 1).await[0];
        // Where the folder for large checkpoints should be, there is a file.
        std::fs::write(folder.path().join("queue.db.checkpoints"), "x").expect("writes");
        let large = Checkpoint::from_bytes(vec![0; 2 << 20]);
        let spool = Spool::open(&folder.path().join("spool")).expect("a folder");
        let mut settlement = Settlement::new(store, spool, Held::default());
        settlement.checkpoint(ticket.clone(), large.clone());
        settlement.released(ticket.clone(), Some(large));
        let noted = settlement.deliver().await.expect("goes on");
        assert_eq!(noted, [Settled::Noted]);
        let released = settlement.deliver().await.expect("goes on");
        assert_eq!(released, [Settled::Released]);
    }

    #[tokio::test]
    async fn a_result_that_the_database_refuses_is_set_aside_and_stops_nobody() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("queue.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let jobs: Vec<NewJob> = [1, 2].map(job).into();
        let sweep = NewSweep::new("sweep", "", 1);
        store.submit(&sweep, &jobs, &[]).await.expect("submits");
        let tickets = claim(&store, 2).await;
        let spool = Spool::open(&folder.path().join("spool")).expect("a folder");
        let held = Held::default();
        let mut settlement = Settlement::new(store.clone(), spool.clone(), held.clone());
        for (number, ticket) in tickets.iter().enumerate() {
            let mut spooled = foreign();
            spooled.ticket = ticket.clone();
            if number == 0 {
                // The same step twice, which no table takes.
                spooled.result.trajectory = vec![
                    Measurement {
                        step: 1,
                        loss: 0.0,
                        active_fraction: 0.5,
                        fraction_active_units: 0.5,
                    };
                    2
                ];
            }
            held.insert(ticket.clone(), 1.0);
            spool.put(&spooled).expect("spools");
            settlement.finished(Box::new(spooled));
        }
        let refused = settlement.deliver().await.expect("goes on");
        assert_eq!(refused, [Settled::Refused]);
        let recorded = settlement.deliver().await.expect("goes on");
        assert_eq!(recorded, [Settled::Recorded]);
        assert_eq!((settlement.waiting(), held.count()), (0, 0));
        // No successor meets it again, and nothing is lost.
        assert!(spool.list().expect("lists").is_empty());
        let aside = format!("{}-{}.refused", tickets[0].job_id, tickets[0].epoch);
        assert!(folder.path().join("spool").join(aside).exists());
        let failures = store.failures("sweep", 10).await.expect("lists");
        assert_eq!(failures.len(), 1);
        let error = failures[0].error.as_deref().unwrap_or_default();
        assert!(error.starts_with("the database refused"), "{error}");
    }

    #[tokio::test]
    async fn a_result_of_another_database_stays_in_the_spool_and_stops_nobody() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("queue.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let spool = Spool::open(&folder.path().join("spool")).expect("a folder");
        spool.put(&foreign()).expect("spools");
        let mut settlement = Settlement::new(store, spool.clone(), Held::default());
        assert_eq!(settlement.adopt_spool().expect("lists"), 1);
        // A second one, so that both go together first.
        let mut second = foreign();
        second.ticket.job_id = JobId("1".repeat(32));
        settlement.finished(Box::new(second));
        for _ in 0..2 {
            let settled = settlement.deliver().await.expect("goes on");
            assert_eq!(settled, [Settled::Foreign]);
        }
        assert_eq!(settlement.waiting(), 0);
        assert!(
            settlement
                .deliver()
                .await
                .expect("nothing to do")
                .is_empty()
        );
        assert_eq!(spool.list().expect("lists").len(), 1);
    }
}
