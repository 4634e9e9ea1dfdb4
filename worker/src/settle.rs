//! Bringing an attempt's end into the database: results, errors, checkpoints.

use std::collections::VecDeque;

use shared::{Finish, Store, StoreError, Ticket};
use simulation::Checkpoint;

use crate::control::Held;
use crate::spool::{Spool, SpoolError, Spooled};

/// What has to reach the database, in the order in which it came up.
enum Errand {
    Result(Box<Spooled>),
    Failure(Ticket, String),
    Release(Ticket, Option<Checkpoint>),
    Checkpoint(Ticket, Checkpoint),
}

impl Errand {
    fn ticket(&self) -> &Ticket {
        match self {
            Self::Result(spooled) => &spooled.ticket,
            Self::Failure(ticket, _) | Self::Release(ticket, _) | Self::Checkpoint(ticket, _) => {
                ticket
            }
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

    pub fn checkpoint(&mut self, ticket: Ticket, checkpoint: Checkpoint) {
        self.waiting
            .push_back(Errand::Checkpoint(ticket, checkpoint));
    }

    /// Errands still on their way.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Delivers the oldest errand. On an error it stays the oldest.
    pub async fn deliver_one(&mut self) -> Result<Option<Settled>, StoreError> {
        let Some(errand) = self.waiting.front() else {
            return Ok(None);
        };
        let settled = self.deliver(errand).await?;
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
            && let Err(error) = self.spool.remove(ticket)
        {
            tracing::warn!(error = %chain(&error), "Failed to remove a delivered result from the spool");
        }
        if errand.is_final() {
            self.held.remove(ticket);
        }
        Ok(Some(settled))
    }

    async fn deliver(&self, errand: &Errand) -> Result<Settled, StoreError> {
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
                    finish => (finish? != Finish::Superseded, Settled::Recorded),
                }
            }
            Errand::Failure(ticket, error) => (store.fail(ticket, error).await?, Settled::Failed),
            Errand::Release(ticket, checkpoint) => (
                store.release(ticket, checkpoint.as_ref()).await?,
                Settled::Released,
            ),
            Errand::Checkpoint(ticket, checkpoint) => (
                store.save_checkpoint(ticket, checkpoint).await?,
                Settled::Noted,
            ),
        };
        Ok(if accepted {
            settled
        } else {
            Settled::Superseded
        })
    }
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
    use shared::{JobId, Purpose, RunCost};
    use simulation::{Digest, Outcome, RunResult, Summary};

    fn foreign() -> Spooled {
        Spooled {
            ticket: Ticket {
                job_id: JobId("0".repeat(32)),
                epoch: 1,
            },
            result: RunResult {
                outcome: Outcome::Completed,
                steps_done: 1,
                summary: Summary::default(),
                trajectory: Vec::new(),
                unit_activity: Vec::new(),
                spectra: Vec::new(),
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

    #[tokio::test]
    async fn a_result_of_another_database_stays_in_the_spool_and_stops_nobody() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("queue.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let spool = Spool::open(&folder.path().join("spool")).expect("a folder");
        spool.put(&foreign()).expect("spools");
        let mut settlement = Settlement::new(store, spool.clone(), Held::default());
        assert_eq!(settlement.adopt_spool().expect("lists"), 1);
        let settled = settlement.deliver_one().await.expect("goes on");
        assert_eq!(settled, Some(Settled::Foreign));
        assert_eq!(settlement.waiting(), 0);
        assert_eq!(spool.list().expect("lists").len(), 1);
    }
}
