//! The queue's rules in memory, a page of plain code: what SQL is held against.

mod losing;
mod steering;

use std::collections::BTreeMap;

use shared::{Finish, JobId, Renewal, Ticket};
use uuid::Uuid;

use crate::chance::Chance;
use crate::guard::Guard;
use crate::queue::{
    AttemptView, Checked, JobView, LEASE_MS, Limits, Queue, SLACK_MS, State, Steer, demand,
    digest_of,
};

#[derive(Clone, Debug)]
struct Job {
    view: JobView,
    owner: Option<Uuid>,
    lease_until_ms: i64,
    deadline_ms: Option<i64>,
    /// When its newest attempt began, and how many in a row brought it no further.
    started_ms: i64,
    stalls: i64,
    /// A wait with jitter ends somewhere in between.
    available_ms: (i64, i64),
}

#[derive(Clone, Debug)]
struct Attempt {
    worker: Uuid,
    outcome: Option<&'static str>,
    digest: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    User,
    MaxDead,
}

#[derive(Clone, Debug)]
pub struct Model {
    now_ms: i64,
    /// By id.
    jobs: BTreeMap<JobId, Job>,
    attempts: BTreeMap<(JobId, i64), Attempt>,
    paused: Option<Pause>,
    kept: Option<Box<Model>>,
    limits: Limits,
    missing: Option<Guard>,
    chance: Chance,
}

impl Model {
    pub fn new(ids: &[JobId], limits: Limits, missing: Option<Guard>, seed: u64) -> Self {
        let job = |id: &JobId| Job {
            view: JobView {
                id: id.clone(),
                state: State::Queued,
                epoch: 0,
                attempts: 0,
                errors: 0,
                crashes: 0,
                preemptions: 0,
                cancel_requested: false,
                result: None,
            },
            owner: None,
            lease_until_ms: 0,
            deadline_ms: None,
            started_ms: 0,
            stalls: 0,
            available_ms: (0, 0),
        };
        Self {
            now_ms: 0,
            jobs: ids.iter().map(|id| (id.clone(), job(id))).collect(),
            attempts: BTreeMap::new(),
            paused: None,
            kept: None,
            limits,
            missing,
            chance: Chance::new(!seed),
        }
    }

    fn has(&self, guard: Guard) -> bool {
        self.missing != Some(guard)
    }

    /// Jobs that may be claimed now, the first to go first; whether each must be.
    fn claimable(&self) -> Vec<(JobId, bool)> {
        if self.paused.is_some() {
            return Vec::new();
        }
        let now = self.now_ms;
        let open =
            self.jobs.values().rev().filter(|job| {
                job.view.state == State::Queued && job.available_ms.0 <= now + SLACK_MS
            });
        open.map(|job| (job.view.id.clone(), job.available_ms.1 <= now))
            .collect()
    }

    /// Takes in what a database handed out, if the rules allow it.
    pub fn adopt_claims(&mut self, worker: Uuid, limit: u32, tickets: &[Ticket]) -> Checked<()> {
        let claimable = self.claimable();
        for ticket in tickets {
            let may = claimable.iter().any(|(id, _)| *id == ticket.job_id);
            demand(may, || format!("{ticket:?} was not to be claimed"))?;
        }
        let all = tickets.len() == limit as usize;
        for (id, must) in &claimable {
            let taken = tickets.iter().any(|ticket| ticket.job_id == *id);
            demand(taken || all || !must, || format!("{id} was not claimed"))?;
        }
        for ticket in tickets {
            let own = self.take(&ticket.job_id, worker);
            demand(own == *ticket, || format!("{ticket:?} should be {own:?}"))?;
        }
        Ok(())
    }

    fn take(&mut self, id: &JobId, worker: Uuid) -> Ticket {
        let raise = i64::from(self.has(Guard::ClaimRaisesEpoch));
        let job = self.jobs.get_mut(id).expect("a job of this sweep");
        job.view.state = State::Running;
        job.view.epoch += raise;
        job.view.attempts += 1;
        job.view.cancel_requested = false;
        job.owner = Some(worker);
        job.lease_until_ms = self.now_ms + LEASE_MS;
        job.started_ms = self.now_ms;
        job.deadline_ms = self
            .limits
            .max_job_ms
            .map(|limit| self.now_ms + 2 * LEASE_MS + limit);
        let epoch = job.view.epoch;
        self.attempts
            .insert((id.clone(), epoch), Attempt::of(worker));
        Ticket {
            job_id: id.clone(),
            epoch,
            worker,
        }
    }

    /// Gives back the crash or the error that this attempt was counted as.
    fn uncount(&mut self, ticket: &Ticket) {
        match self.outcome(ticket) {
            Some("lease_expired") => self.job(&ticket.job_id).view.crashes -= 1,
            Some("timeout") => self.job(&ticket.job_id).view.errors -= 1,
            _ => {}
        }
    }

    fn outcome(&self, ticket: &Ticket) -> Option<&'static str> {
        self.attempts[&(ticket.job_id.clone(), ticket.epoch)].outcome
    }

    /// Whether this attempt may go on: it is the newest, and not one that hung past its deadline.
    fn may_go_on(&mut self, ticket: &Ticket) -> bool {
        let open = [State::Running, State::Queued, State::Dead];
        self.is_newest(ticket, &open) && self.outcome(ticket) != Some("timeout")
    }

    fn job(&mut self, id: &JobId) -> &mut Job {
        self.jobs.get_mut(id).expect("a job of this sweep")
    }

    fn end_attempt(&mut self, id: &JobId, epoch: i64, outcome: &'static str) {
        let attempt = self.attempts.get_mut(&(id.clone(), epoch));
        attempt.expect("every epoch was claimed").outcome = Some(outcome);
    }

    /// The attempt of this ticket, unless a restored database has forgotten it.
    fn own_attempt(&mut self, ticket: &Ticket) -> Option<&mut Attempt> {
        let named = self.has(Guard::TicketNamesWorker);
        let key = (ticket.job_id.clone(), ticket.epoch);
        let attempt = self.attempts.get_mut(&key)?;
        (attempt.worker == ticket.worker || !named).then_some(attempt)
    }

    /// Whether this is still the newest attempt, in a state in which it may go on.
    fn is_newest(&mut self, ticket: &Ticket, states: &[State]) -> bool {
        if self.own_attempt(ticket).is_none() {
            return false;
        }
        let job = self.job(&ticket.job_id);
        job.view.epoch == ticket.epoch && states.contains(&job.view.state)
    }
}

impl Attempt {
    fn of(worker: Uuid) -> Self {
        Self {
            worker,
            outcome: None,
            digest: None,
        }
    }
}

fn id_of(job: &Job) -> JobId {
    job.view.id.clone()
}

impl Queue for Model {
    async fn claim(&mut self, worker: Uuid, limit: u32) -> Checked<Vec<Ticket>> {
        let mut tickets = Vec::new();
        for (id, must) in self.claimable() {
            if tickets.len() < limit as usize && (must || self.chance.percent(50)) {
                tickets.push(self.take(&id, worker));
            }
        }
        Ok(tickets)
    }

    async fn heartbeat(&mut self, worker: Uuid, held: &[Ticket]) -> Checked<Vec<Renewal>> {
        let mut renewals = Vec::new();
        for ticket in held {
            let newest = self.may_go_on(ticket);
            if !newest && self.has(Guard::HeartbeatChecksEpoch) {
                continue;
            }
            if newest {
                self.uncount(ticket);
                let (now, lease_until_ms) = (self.now_ms, self.now_ms + LEASE_MS);
                let limit = self.limits.max_job_ms;
                let job = self.job(&ticket.job_id);
                if job.view.state != State::Running || job.lease_until_ms < now {
                    job.deadline_ms = limit.map(|limit| now + 2 * LEASE_MS + limit);
                }
                job.view.state = State::Running;
                job.owner = Some(worker);
                job.lease_until_ms = lease_until_ms;
                let attempt = self.own_attempt(ticket).expect("it is the newest");
                *attempt = Attempt::of(attempt.worker);
            }
            renewals.push(Renewal {
                ticket: ticket.clone(),
                cancel_requested: self.job(&ticket.job_id).view.cancel_requested,
            });
        }
        renewals.sort_by(|a, b| a.ticket.job_id.cmp(&b.ticket.job_id));
        Ok(renewals)
    }

    async fn reap(&mut self) -> Checked<u64> {
        if !self.has(Guard::ReapHappens) {
            return Ok(0);
        }
        Ok(self.expire_leases() + self.expire_deadlines())
    }

    async fn abandon(&mut self, worker: Uuid, as_crash: bool) -> Checked<u64> {
        let held = |job: &&Job| job.view.state == State::Running && job.owner == Some(worker);
        let lost: Vec<JobId> = self.jobs.values().filter(held).map(id_of).collect();
        self.lose(&lost, as_crash);
        Ok(lost.len() as u64)
    }

    async fn complete(&mut self, ticket: &Ticket) -> Checked<Finish> {
        let mut states = vec![State::Running, State::Queued, State::Dead];
        if !self.has(Guard::LateFinisherIsAdopted) {
            states.truncate(1);
        }
        let unfenced = !self.has(Guard::CompleteChecksEpoch);
        let digest = Some(digest_of(ticket));
        let newest = self.is_newest(ticket, &states);
        if !newest && !unfenced {
            let recorded = self.job(&ticket.job_id).view.result.clone();
            let idempotent = self.has(Guard::CompleteIsIdempotent);
            let Some(attempt) = self.own_attempt(ticket) else {
                return Ok(Finish::Superseded);
            };
            if recorded.is_some_and(|(epoch, _)| epoch == ticket.epoch) && idempotent {
                return Ok(Finish::AlreadyRecorded);
            }
            (attempt.outcome, attempt.digest) = (Some("superseded"), digest);
            return Ok(Finish::Superseded);
        }
        self.uncount(ticket);
        let job = self.job(&ticket.job_id);
        job.view.state = State::Done;
        job.view.cancel_requested = false;
        job.view.result = Some((ticket.epoch, digest_of(ticket)));
        job.owner = None;
        let key = (ticket.job_id.clone(), ticket.epoch);
        let attempt = self.attempts.get_mut(&key).expect("claimed");
        (attempt.outcome, attempt.digest) = (Some("done"), digest);
        Ok(Finish::Recorded)
    }

    async fn fail(&mut self, ticket: &Ticket) -> Checked<bool> {
        if !self.is_newest(ticket, &[State::Running]) {
            return Ok(false);
        }
        let raise = i64::from(self.has(Guard::FailRaisesEpoch));
        self.count_error(&ticket.job_id, "error", raise);
        Ok(true)
    }

    async fn release(&mut self, ticket: &Ticket) -> Checked<bool> {
        if !self.may_go_on(ticket) {
            return Ok(false);
        }
        self.uncount(ticket);
        let (now, raise) = (self.now_ms, i64::from(self.has(Guard::ReleaseRaisesEpoch)));
        let job = self.job(&ticket.job_id);
        job.view.preemptions += 1;
        job.view.epoch += raise;
        // No release of a schedule brings a checkpoint.
        job.stalls += i64::from(now - job.started_ms >= 60_000);
        job.view.state = Self::after(job, job.stalls, 3);
        job.owner = None;
        job.available_ms = (now, now);
        let outcome = match job.view.state {
            State::Cancelled => "cancelled",
            State::Dead => "stalled",
            _ => "released",
        };
        self.end_attempt(&ticket.job_id, ticket.epoch, outcome);
        if outcome == "stalled" {
            self.trip_breaker();
        }
        Ok(true)
    }

    async fn steer(&mut self, steer: Steer) -> Checked<u64> {
        Ok(match (steer, self.paused) {
            (Steer::Pause, None) => {
                self.paused = Some(Pause::User);
                1
            }
            (Steer::Resume, Some(_)) => {
                self.paused = None;
                1
            }
            (Steer::Pause | Steer::Resume, _) => 0,
            (Steer::Cancel, _) => self.cancel(),
            (Steer::Retry, _) => self.retry(),
        })
    }

    async fn advance(&mut self, by_ms: i64) -> Checked<()> {
        self.now_ms += by_ms;
        Ok(())
    }

    async fn keep(&mut self) -> Checked<()> {
        self.kept = None;
        self.kept = Some(Box::new(self.clone()));
        Ok(())
    }

    async fn restore(&mut self) -> Checked<()> {
        let kept = self.kept.as_ref().expect("something was kept");
        self.jobs.clone_from(&kept.jobs);
        self.attempts.clone_from(&kept.attempts);
        self.paused = kept.paused;
        Ok(())
    }

    async fn jobs(&mut self) -> Checked<Vec<JobView>> {
        Ok(self.jobs.values().map(|job| job.view.clone()).collect())
    }

    async fn attempts(&mut self) -> Checked<Vec<AttemptView>> {
        let view = |((job_id, epoch), attempt): (&(JobId, i64), &Attempt)| AttemptView {
            ticket: Ticket {
                job_id: job_id.clone(),
                epoch: *epoch,
                worker: attempt.worker,
            },
            outcome: attempt.outcome.map(str::to_owned),
            digest: attempt.digest.clone(),
        };
        Ok(self.attempts.iter().map(view).collect())
    }
}
