//! A worker as the queue sees one: what it holds, what it has yet to say, what it left on disk.

use shared::Ticket;
use uuid::Uuid;

use crate::chance::Chance;

/// How an attempt ended, for the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    Result,
    Failure,
    Release,
}

#[derive(Clone, Debug)]
pub struct Held {
    pub ticket: Ticket,
    /// Over, but not yet acknowledged by the database.
    pub errand: Option<Errand>,
}

#[derive(Clone, Debug)]
pub struct Worker {
    /// Fresh at every start.
    pub id: Uuid,
    pub up: bool,
    /// Stopped by the system: does nothing, and believes what it believed.
    pub asleep: bool,
    /// Nothing it sends arrives.
    pub cut_off: bool,
    pub held: Vec<Held>,
    /// Results on disk; they outlive the process.
    spool: Vec<Ticket>,
    /// A heartbeat that was written before, and is on its way.
    pub beat_on_its_way: Vec<Ticket>,
}

impl Worker {
    pub fn new(id: Uuid) -> Self {
        Self {
            id,
            up: true,
            asleep: false,
            cut_off: false,
            held: Vec::new(),
            spool: Vec::new(),
            beat_on_its_way: Vec::new(),
        }
    }

    /// SIGKILL: what is on disk stays.
    pub fn crash(&mut self) {
        self.up = false;
        self.asleep = false;
        self.held.clear();
        self.beat_on_its_way.clear();
    }

    /// A new process, which delivers what the old one left.
    pub fn start(&mut self, id: Uuid) {
        self.id = id;
        self.up = true;
        let left = self.spool.iter().map(|ticket| Held {
            ticket: ticket.clone(),
            errand: Some(Errand::Result),
        });
        self.held = left.collect();
    }

    /// A restored database may hand out again what this worker holds already.
    pub fn take(&mut self, tickets: Vec<Ticket>) {
        for ticket in tickets {
            if !self.held.iter().any(|held| held.ticket == ticket) {
                self.held.push(Held {
                    ticket,
                    errand: None,
                });
            }
        }
    }

    /// Tickets whose leases it wants to keep: also of what is over but not acknowledged.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.held.iter().map(|held| held.ticket.clone()).collect()
    }

    /// Ends one running attempt, if there is one.
    pub fn work(&mut self, chance: &mut Chance) {
        let mut running = self.held.iter_mut().filter(|held| held.errand.is_none());
        if let Some(held) = running.next() {
            let errand = match chance.below(20) {
                0..15 => Errand::Result,
                15..18 => Errand::Release,
                _ => Errand::Failure,
            };
            held.errand = Some(errand);
            if errand == Errand::Result {
                self.spool.push(held.ticket.clone());
            }
        }
    }

    /// Stops what nobody wants any more.
    pub fn drop_lease(&mut self, ticket: &Ticket) {
        let lost = self.held.iter_mut().find(|held| held.ticket == *ticket);
        if let Some(held) = lost.filter(|held| held.errand.is_none()) {
            held.errand = Some(Errand::Release);
        }
    }

    /// The oldest end that the database has not acknowledged.
    pub fn errand(&self) -> Option<(Ticket, Errand)> {
        let told = |held: &Held| Some((held.ticket.clone(), held.errand?));
        self.held.iter().find_map(told)
    }

    /// The database has acknowledged the end of this attempt.
    pub fn acknowledged(&mut self, ticket: &Ticket) {
        self.held.retain(|held| held.ticket != *ticket);
        self.spool.retain(|spooled| spooled != ticket);
    }
}
