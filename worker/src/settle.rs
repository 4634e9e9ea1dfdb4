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
        if matches!(errand, Errand::Result(_))
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
                let finish = store.complete(ticket, result, cost).await?;
                (finish != Finish::Superseded, Settled::Recorded)
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
