//! What the loop and the heartbeat tell a running simulation.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use shared::Ticket;

/// What a simulation should do at its next pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Order {
    /// Go on.
    Continue = 0,
    /// Stop and hand a checkpoint over.
    Release = 1,
    /// Stop; the lease is lost or the job cancelled, so nobody wants the result.
    Abandon = 2,
}

/// What became of a job that waited for a slot.
#[derive(Debug)]
enum Fate {
    Begun(Instant),
    Withdrawn,
}

/// One job's mailbox. Orders only ever become stricter.
#[derive(Debug, Default)]
pub(crate) struct Control {
    order: AtomicU8,
    fate: OnceLock<Fate>,
}

impl Control {
    pub fn give(&self, order: Order) {
        self.order.fetch_max(order as u8, Ordering::Relaxed);
    }

    pub fn order(&self) -> Order {
        match self.order.load(Ordering::Relaxed) {
            0 => Order::Continue,
            1 => Order::Release,
            _ => Order::Abandon,
        }
    }

    /// A slot takes the job up. False: it was given back meanwhile.
    pub fn begin(&self) -> bool {
        self.fate.set(Fate::Begun(Instant::now())).is_ok()
    }

    /// Takes the job from the slots' queue. False: a slot has it.
    fn withdraw(&self) -> bool {
        self.fate.set(Fate::Withdrawn).is_ok()
    }

    fn runs_for(&self) -> Duration {
        match self.fate.get() {
            Some(Fate::Begun(at)) => at.elapsed(),
            _ => Duration::ZERO,
        }
    }
}

/// The jobs this worker holds, shared between its loop and its heartbeat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held(Arc<Mutex<Jobs>>);

#[derive(Debug, Default)]
struct Jobs {
    by_ticket: HashMap<Ticket, Job>,
    /// Nothing is to be begun any more.
    stopping: bool,
}

#[derive(Debug)]
struct Job {
    control: Arc<Control>,
    since: Instant,
    estimated_seconds: f64,
}

impl Held {
    pub fn insert(&self, ticket: Ticket, estimated_seconds: f64) -> Arc<Control> {
        let control = Arc::new(Control::default());
        let mut jobs = self.lock();
        if jobs.stopping {
            control.give(Order::Release);
        }
        let job = Job {
            control: Arc::clone(&control),
            since: Instant::now(),
            estimated_seconds,
        };
        jobs.by_ticket.insert(ticket, job);
        control
    }

    pub fn remove(&self, ticket: &Ticket) {
        self.lock().by_ticket.remove(ticket);
    }

    pub fn count(&self) -> usize {
        self.lock().by_ticket.len()
    }

    pub fn tickets(&self) -> Vec<Ticket> {
        self.lock().by_ticket.keys().cloned().collect()
    }

    pub fn contains(&self, ticket: &Ticket) -> bool {
        self.lock().by_ticket.contains_key(ticket)
    }

    pub fn estimated_seconds(&self, ticket: &Ticket) -> Option<f64> {
        let jobs = self.lock();
        jobs.by_ticket.get(ticket).map(|job| job.estimated_seconds)
    }

    /// Slot time that all of them take, each at least as long as it has run so far.
    pub fn expected(&self, of: impl Fn(f64) -> Duration) -> Duration {
        let jobs = self.lock();
        let times = jobs
            .by_ticket
            .values()
            .map(|job| of(job.estimated_seconds).max(job.control.runs_for()));
        times.fold(Duration::ZERO, Duration::saturating_add)
    }

    pub fn give(&self, ticket: &Ticket, order: Order) {
        if let Some(job) = self.lock().by_ticket.get(ticket) {
            job.control.give(order);
        }
    }

    /// Everything held is to be handed over, and what is claimed from now on too.
    pub fn stop(&self) {
        let mut jobs = self.lock();
        jobs.stopping = true;
        for job in jobs.by_ticket.values() {
            job.control.give(Order::Release);
        }
    }

    /// Takes from the slots' queue what has waited there for so long. The caller gives it back.
    pub fn withdraw(&self, waited: Duration) -> Vec<Ticket> {
        let jobs = self.lock();
        let idle = jobs
            .by_ticket
            .iter()
            .filter(|(_, job)| job.since.elapsed() >= waited && job.control.withdraw());
        idle.map(|(ticket, _)| ticket.clone()).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Jobs> {
        self.0
            .lock()
            .expect("no thread panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::JobId;

    fn ticket(epoch: i64) -> Ticket {
        Ticket {
            job_id: JobId("0".repeat(32)),
            epoch,
            worker: uuid::Uuid::nil(),
        }
    }

    #[test]
    fn an_order_is_never_softened() {
        let control = Control::default();
        control.give(Order::Abandon);
        control.give(Order::Release);
        assert_eq!(control.order(), Order::Abandon);
    }

    #[test]
    fn a_job_goes_to_a_slot_or_back_and_never_both_ways() {
        let held = Held::default();
        let begun = held.insert(ticket(1), 1.0);
        let waits = held.insert(ticket(2), 1.0);
        assert!(begun.begin());
        assert!(held.withdraw(Duration::from_hours(1)).is_empty());
        assert_eq!(held.withdraw(Duration::ZERO), [ticket(2)]);
        assert!(!waits.begin());
        assert!(held.withdraw(Duration::ZERO).is_empty());
        assert_eq!(held.count(), 2, "until the database knows");
    }

    #[test]
    fn once_told_to_stop_nothing_new_begins() {
        let held = Held::default();
        let before = held.insert(ticket(1), 1.0);
        held.stop();
        let after = held.insert(ticket(2), 1.0);
        assert_eq!(before.order(), Order::Release);
        assert_eq!(after.order(), Order::Release);
    }

    #[test]
    fn what_is_held_takes_as_long_as_expected_or_longer() {
        let held = Held::default();
        held.insert(ticket(1), 2.0);
        held.insert(ticket(2), 0.5);
        assert_eq!(
            held.expected(Duration::from_secs_f64),
            Duration::from_millis(2_500)
        );
        let late = held.insert(ticket(3), 0.0);
        assert!(late.begin());
        assert!(held.expected(Duration::from_secs_f64) > Duration::from_millis(2_500));
    }
}
