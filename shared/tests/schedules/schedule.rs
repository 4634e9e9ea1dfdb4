//! One schedule: workers, faults, a clock and a user, in an order given by a seed.

use shared::{Finish, JobId, Ticket};
use uuid::Uuid;

use crate::chance::Chance;
use crate::ledger::Ledger;
use crate::queue::{Checked, LEASE_MS, Limits, MAX_JOB_MS, Queue, Steer, Violation, demand};
use crate::worker::{Errand, Worker};

/// What a seed decides before the first step.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub seed: u64,
    pub workers: usize,
    pub jobs: usize,
    pub steps: usize,
    pub limits: Limits,
}

impl Setting {
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            seed,
            workers: 2 + chance.below(4),
            jobs: 1 + chance.below(8),
            steps: 30 + chance.below(60),
            limits: Limits {
                max_errors: 1 + chance.below(3) as u32,
                max_crashes: 1 + chance.below(4) as u32,
                max_dead: chance.percent(30).then_some(2),
                max_job_ms: chance.percent(30).then_some(MAX_JOB_MS),
            },
        }
    }
}

/// What becomes of one message to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Arrives,
    /// The sender sees an error; nothing happened.
    LostBefore,
    /// The sender sees an error; it happened.
    LostAfter,
}

/// How often each thing happened, to show that schedules are not empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub steps: usize,
    pub crashes: usize,
    pub pauses: usize,
    pub cuts: usize,
    pub lost_answers: usize,
    pub restored: usize,
    pub superseded: usize,
    pub results: usize,
}

pub struct Schedule<Q> {
    queue: Q,
    chance: Chance,
    workers: Vec<Worker>,
    started: u128,
    ledger: Ledger,
    /// The ledger of the moment to which the database may be restored.
    kept: Option<Ledger>,
    now_ms: i64,
    tally: Tally,
    trace: Vec<String>,
}

/// Plays a schedule to its end. A violation comes with the steps that led to it.
pub async fn play<Q: Queue>(setting: Setting, mut queue: Q) -> Checked<Tally> {
    let jobs = queue.jobs().await?;
    let mut schedule = Schedule {
        queue,
        chance: Chance::new(setting.seed ^ 0x5eed),
        workers: Vec::new(),
        started: 0,
        ledger: Ledger::new(jobs, setting.limits.max_job_ms.is_some()),
        kept: None,
        now_ms: 0,
        tally: Tally::default(),
        trace: Vec::new(),
    };
    for _ in 0..setting.workers {
        let id = schedule.fresh_id();
        schedule.workers.push(Worker::new(id));
    }
    match schedule.run(setting.steps).await {
        Ok(()) => Ok(schedule.tally),
        Err(Violation(what)) => Err(Violation(format!(
            "{what}\n{setting:?}\nlast steps:\n  {}",
            schedule.trace.join("\n  ")
        ))),
    }
}

impl<Q: Queue> Schedule<Q> {
    async fn run(&mut self, steps: usize) -> Checked<()> {
        for _ in 0..steps {
            self.step().await?;
        }
        self.recover().await?;
        let attempts = self.queue.attempts().await?;
        self.ledger.close(&attempts)
    }

    fn fresh_id(&mut self) -> Uuid {
        self.started += 1;
        Uuid::from_u128(self.started)
    }

    fn note(&mut self, what: String) {
        self.tally.steps += 1;
        self.trace.push(what);
        if self.trace.len() > 40 {
            self.trace.remove(0);
        }
    }

    async fn step(&mut self) -> Checked<()> {
        let who = self.chance.below(self.workers.len());
        match self.chance.below(100) {
            0..66 => self.act(who).await,
            66..80 => {
                let seconds = self.chance.pick(&[10, 20, 60, 100, 110, 200, 600]);
                self.advance(seconds).await
            }
            80..86 => self.crash(who).await,
            86..90 => {
                self.note(format!("worker {who} is stopped or goes on"));
                self.tally.pauses += 1;
                self.workers[who].asleep = !self.workers[who].asleep;
                Ok(())
            }
            90..94 => {
                self.note(format!("worker {who} is cut off or let back"));
                self.tally.cuts += 1;
                self.workers[who].cut_off = !self.workers[who].cut_off;
                Ok(())
            }
            94..96 => self.late_beat(who).await,
            96 => self.keep().await,
            97 => self.restore().await,
            _ => self.steer().await,
        }
    }

    /// Lets a worker do one thing that workers do.
    async fn act(&mut self, who: usize) -> Checked<()> {
        if !self.workers[who].up {
            let id = self.fresh_id();
            self.note(format!("worker {who} starts"));
            self.workers[who].start(id);
            return Ok(());
        }
        if self.workers[who].asleep {
            return Ok(());
        }
        let fate = match self.chance.below(100) {
            _ if self.workers[who].cut_off => Fate::LostBefore,
            0..8 => Fate::LostBefore,
            8..18 => Fate::LostAfter,
            _ => Fate::Arrives,
        };
        match self.chance.below(10) {
            0..3 => self.claim(who, fate).await,
            3..5 => self.beat(who, fate).await,
            5..7 => {
                self.note(format!("worker {who} ends a simulation"));
                self.workers[who].work(&mut self.chance);
                Ok(())
            }
            _ => self.deliver(who, fate).await,
        }
    }

    async fn claim(&mut self, who: usize, fate: Fate) -> Checked<()> {
        let limit = 1 + self.chance.below(3) as u32;
        self.note(format!("worker {who} reaps and claims {limit}: {fate:?}"));
        if fate == Fate::LostBefore {
            return Ok(());
        }
        let worker = self.workers[who].id;
        self.queue.reap().await?;
        let tickets = self.queue.claim(worker, limit).await?;
        self.ledger.claimed(worker, &tickets, self.now_ms)?;
        if fate == Fate::Arrives {
            self.workers[who].take(tickets);
        } else {
            self.tally.lost_answers += 1;
        }
        self.look().await
    }

    async fn beat(&mut self, who: usize, fate: Fate) -> Checked<()> {
        self.note(format!("worker {who} beats: {fate:?}"));
        let tickets = self.workers[who].tickets();
        self.workers[who].beat_on_its_way.clone_from(&tickets);
        if fate == Fate::LostBefore {
            return Ok(());
        }
        let renewed = self.renew(who, &tickets).await?;
        if fate == Fate::Arrives {
            for ticket in tickets.iter().filter(|ticket| !renewed.contains(ticket)) {
                self.workers[who].drop_lease(ticket);
            }
        }
        Ok(())
    }

    /// The heartbeat's thread wrote its list before the loop ended some of the attempts.
    async fn late_beat(&mut self, who: usize) -> Checked<()> {
        let worker = &self.workers[who];
        if !worker.up || worker.cut_off {
            return Ok(());
        }
        let tickets = worker.beat_on_its_way.clone();
        self.note(format!("an old heartbeat of worker {who} arrives"));
        self.renew(who, &tickets).await.map(drop)
    }

    async fn renew(&mut self, who: usize, tickets: &[Ticket]) -> Checked<Vec<Ticket>> {
        let worker = self.workers[who].id;
        let renewals = self.queue.heartbeat(worker, tickets).await?;
        self.look().await?;
        self.ledger.renewed(worker, &renewals, self.now_ms)?;
        let wanted = renewals
            .into_iter()
            .filter(|renewal| !renewal.cancel_requested);
        Ok(wanted.map(|renewal| renewal.ticket).collect())
    }

    async fn deliver(&mut self, who: usize, fate: Fate) -> Checked<()> {
        let Some((ticket, errand)) = self.workers[who].errand() else {
            return Ok(());
        };
        self.note(format!(
            "worker {who} delivers {errand:?} of {ticket:?}: {fate:?}"
        ));
        if fate == Fate::LostBefore {
            return Ok(());
        }
        let accepted = match errand {
            Errand::Result => {
                let finish = self.queue.complete(&ticket).await?;
                self.look().await?;
                self.ledger.completed(&ticket, finish)?;
                match finish {
                    Finish::Recorded => self.tally.results += 1,
                    Finish::AlreadyRecorded => {}
                    Finish::Superseded => self.tally.superseded += 1,
                }
                false
            }
            Errand::Failure => self.queue.fail(&ticket).await?,
            Errand::Release => self.queue.release(&ticket).await?,
        };
        if accepted {
            self.ledger.gave_up(&ticket);
        }
        if fate == Fate::Arrives {
            self.workers[who].acknowledged(&ticket);
        } else {
            self.tally.lost_answers += 1;
        }
        self.look().await
    }

    /// Somebody makes a backup.
    async fn keep(&mut self) -> Checked<()> {
        self.note("the database is copied".to_owned());
        self.queue.keep().await?;
        self.kept = Some(self.ledger.clone());
        Ok(())
    }

    /// Somebody restores the backup, under workers that go on with what was given to them since.
    async fn restore(&mut self) -> Checked<()> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        self.ledger = kept.clone();
        self.note("the database is restored from its copy".to_owned());
        self.tally.restored += 1;
        self.queue.restore().await?;
        self.look().await
    }

    async fn advance(&mut self, seconds: i64) -> Checked<()> {
        self.note(format!("{seconds} s pass"));
        self.now_ms += seconds * 1_000;
        self.queue.advance(seconds * 1_000).await
    }

    async fn crash(&mut self, who: usize) -> Checked<()> {
        if !self.workers[who].up {
            return Ok(());
        }
        self.note(format!("worker {who} is killed"));
        self.tally.crashes += 1;
        self.workers[who].crash();
        // Sometimes somebody on the same machine notices at once.
        if self.chance.percent(30) {
            let worker = self.workers[who].id;
            let as_crash = self.chance.percent(50);
            self.note(format!("which is noticed (as a crash: {as_crash})"));
            self.queue.abandon(worker, as_crash).await?;
            self.ledger.gone(worker);
        }
        self.look().await
    }

    async fn steer(&mut self) -> Checked<()> {
        let choices = [
            Steer::Pause,
            Steer::Resume,
            Steer::Resume,
            Steer::Retry,
            Steer::Cancel,
        ];
        let steer = self.chance.pick(&choices);
        self.note(format!("the user: {steer:?}"));
        self.queue.steer(steer).await?;
        self.look().await
    }

    async fn look(&mut self) -> Checked<()> {
        let jobs = self.queue.jobs().await?;
        self.ledger.look(jobs)
    }

    /// All faults end; then every job must.
    async fn recover(&mut self) -> Checked<()> {
        for who in 0..self.workers.len() {
            if !self.workers[who].up {
                let id = self.fresh_id();
                self.workers[who].start(id);
            }
            self.workers[who].asleep = false;
            self.workers[who].cut_off = false;
        }
        for _ in 0..60 {
            self.queue.steer(Steer::Resume).await?;
            self.look().await?;
            for who in 0..self.workers.len() {
                self.finish_everything(who).await?;
            }
            if self.ledger.all_ended() {
                return Ok(());
            }
            self.advance(2 * LEASE_MS / 1_000 + 2).await?;
        }
        demand(false, || "a job never ends".to_owned())
    }

    async fn finish_everything(&mut self, who: usize) -> Checked<()> {
        self.beat(who, Fate::Arrives).await?;
        for _ in 0..self.workers[who].held.len() {
            self.workers[who].work(&mut self.chance);
        }
        while self.workers[who].errand().is_some() {
            self.deliver(who, Fate::Arrives).await?;
        }
        if !self.ledger.all_ended() {
            self.claim(who, Fate::Arrives).await?;
        }
        Ok(())
    }
}

/// Ids for a queue that has none of its own.
pub fn model_ids(jobs: usize) -> Vec<JobId> {
    (0..jobs).map(|job| JobId(format!("{job:032x}"))).collect()
}
