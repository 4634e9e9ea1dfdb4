//! What must hold after every step, and at the end. Knows every answer, also the lost ones.

use std::collections::{BTreeMap, BTreeSet};

use shared::{Finish, JobId, Renewal, Ticket};
use uuid::Uuid;

use crate::queue::{AttemptView, Checked, JobView, LEASE_MS, State, demand, digest_of};

/// The newest grant of a job.
#[derive(Clone, Debug)]
struct Grant {
    worker: Uuid,
    until_ms: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    jobs: Vec<JobView>,
    /// Every attempt that the database knows of: a restored one forgets those since.
    issued: Vec<Ticket>,
    /// Attempts that were given up, and said so.
    ended: BTreeSet<(JobId, i64)>,
    grants: BTreeMap<JobId, Grant>,
    /// A deadline may end an attempt whose lease holds.
    deadlines: bool,
}

impl Ledger {
    pub fn new(jobs: Vec<JobView>, deadlines: bool) -> Self {
        Self {
            jobs,
            deadlines,
            ..Self::default()
        }
    }

    pub fn all_ended(&self) -> bool {
        self.jobs.iter().all(|job| job.state.is_end())
    }

    pub fn job(&self, id: &JobId) -> &JobView {
        let found = self.jobs.iter().find(|job| job.id == *id);
        found.expect("a job of this sweep")
    }

    /// Compares what is seen now with what was seen before.
    pub fn look(&mut self, jobs: Vec<JobView>) -> Checked<()> {
        demand(jobs.len() == self.jobs.len(), || "a job is missing".into())?;
        for (before, now) in self.jobs.iter().zip(&jobs) {
            let id = &now.id;
            demand(before.id == *id, || format!("{id} is new"))?;
            demand(now.epoch >= before.epoch, || {
                format!(
                    "the epoch of {id} went back from {} to {}",
                    before.epoch, now.epoch
                )
            })?;
            demand(now.attempts >= before.attempts, || {
                format!("an attempt of {id} is gone")
            })?;
            demand(now.crashes >= 0 && now.errors >= 0, || {
                format!("{id} counts below 0")
            })?;
            demand((now.state == State::Done) == now.result.is_some(), || {
                format!("{id} is {:?} with the result {:?}", now.state, now.result)
            })?;
            demand(
                before.result.is_none() || before.result == now.result,
                || {
                    format!(
                        "the result of {id} was replaced: {:?}, {:?}",
                        before.result, now.result
                    )
                },
            )?;
            if let Some((epoch, digest)) = &now.result {
                demand(*epoch == now.epoch, || {
                    format!(
                        "{id} has the result of attempt {epoch}, superseded by {}",
                        now.epoch
                    )
                })?;
                let own = |ticket: &Ticket| ticket.job_id == *id && ticket.epoch == *epoch;
                let mut issued = self.issued.iter().filter(|ticket| own(ticket));
                demand(issued.any(|ticket| *digest == digest_of(ticket)), || {
                    format!("{id} has a foreign result")
                })?;
            }
            let given_up = self.ended.contains(&(id.clone(), now.epoch));
            demand(now.state != State::Running || !given_up, || {
                format!("{id} runs as attempt {}, which was given up", now.epoch)
            })?;
        }
        self.jobs = jobs;
        Ok(())
    }

    pub fn claimed(&mut self, worker: Uuid, tickets: &[Ticket], now_ms: i64) -> Checked<()> {
        for ticket in tickets {
            let same = |old: &Ticket| old.job_id == ticket.job_id && old.epoch == ticket.epoch;
            demand(!self.issued.iter().any(same), || {
                format!("{ticket:?} was handed out twice")
            })?;
            self.issued.push(ticket.clone());
            let grant = Grant {
                worker,
                until_ms: now_ms + LEASE_MS,
            };
            if let Some(old) = self.grants.insert(ticket.job_id.clone(), grant) {
                demand(self.deadlines || old.until_ms < now_ms, || {
                    format!("{ticket:?} was taken from a worker whose lease holds")
                })?;
            }
        }
        Ok(())
    }

    pub fn renewed(&mut self, worker: Uuid, renewals: &[Renewal], now_ms: i64) -> Checked<()> {
        for renewal in renewals {
            let ticket = &renewal.ticket;
            let job = self.job(&ticket.job_id);
            let newest = job.epoch == ticket.epoch && job.state == State::Running;
            demand(newest && self.issued.contains(ticket), || {
                format!("a lease of {ticket:?} was renewed: {job:?}")
            })?;
            let grant = Grant {
                worker,
                until_ms: now_ms + LEASE_MS,
            };
            self.grants.insert(ticket.job_id.clone(), grant);
        }
        Ok(())
    }

    pub fn completed(&mut self, ticket: &Ticket, finish: Finish) -> Checked<()> {
        let job = self.job(&ticket.job_id);
        let own = job
            .result
            .as_ref()
            .is_some_and(|(epoch, _)| *epoch == ticket.epoch);
        let known = self.issued.contains(ticket);
        match finish {
            Finish::Recorded | Finish::AlreadyRecorded => demand(own && known, || {
                format!("{ticket:?} was {finish:?}, but: {job:?}")
            }),
            Finish::Superseded => demand(!known || job.epoch > ticket.epoch && !own, || {
                format!("{ticket:?} was refused though nobody superseded it: {job:?}")
            }),
        }
    }

    /// A failure or a release was accepted.
    pub fn gave_up(&mut self, ticket: &Ticket) {
        self.ended.insert((ticket.job_id.clone(), ticket.epoch));
        self.grants.remove(&ticket.job_id);
    }

    /// A worker is known to be gone.
    pub fn gone(&mut self, worker: Uuid) {
        self.grants.retain(|_, grant| grant.worker != worker);
    }

    /// Everything has ended: the books must balance.
    pub fn close(&self, attempts: &[AttemptView]) -> Checked<()> {
        for job in &self.jobs {
            let own: Vec<&AttemptView> = attempts
                .iter()
                .filter(|attempt| attempt.ticket.job_id == job.id)
                .collect();
            demand(own.len() as i64 == job.attempts, || {
                format!("{} kept {} of {} attempts", job.id, own.len(), job.attempts)
            })?;
            let issued = own
                .iter()
                .all(|attempt| self.issued.contains(&attempt.ticket));
            demand(issued, || {
                format!("{} has an attempt nobody was given", job.id)
            })?;
            let done: Vec<(i64, Option<String>)> = own
                .iter()
                .filter(|attempt| attempt.outcome.as_deref() == Some("done"))
                .map(|attempt| (attempt.ticket.epoch, attempt.digest.clone()))
                .collect();
            let result: Vec<(i64, Option<String>)> = job
                .result
                .iter()
                .map(|(epoch, digest)| (*epoch, Some(digest.clone())))
                .collect();
            demand(done == result, || {
                format!("{}: result {result:?}, done {done:?}", job.id)
            })?;
            let open = own.iter().find(|attempt| attempt.outcome.is_none());
            demand(open.is_none(), || format!("{open:?} never ended"))?;
        }
        Ok(())
    }
}
