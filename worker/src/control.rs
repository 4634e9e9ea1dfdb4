//! What the loop and the heartbeat tell a running simulation.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

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

/// One job's mailbox. Orders only ever become stricter.
#[derive(Debug, Default)]
pub(crate) struct Control(AtomicU8);

impl Control {
    pub fn give(&self, order: Order) {
        self.0.fetch_max(order as u8, Ordering::Relaxed);
    }

    pub fn order(&self) -> Order {
        match self.0.load(Ordering::Relaxed) {
            0 => Order::Continue,
            1 => Order::Release,
            _ => Order::Abandon,
        }
    }
}

/// The jobs this worker holds, shared between its loop and its heartbeat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held(Arc<Mutex<HashMap<Ticket, Arc<Control>>>>);

impl Held {
    pub fn insert(&self, ticket: Ticket) -> Arc<Control> {
        let control = Arc::new(Control::default());
        self.lock().insert(ticket, Arc::clone(&control));
        control
    }

    pub fn remove(&self, ticket: &Ticket) {
        self.lock().remove(ticket);
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    pub fn tickets(&self) -> Vec<Ticket> {
        self.lock().keys().cloned().collect()
    }

    pub fn give(&self, ticket: &Ticket, order: Order) {
        if let Some(control) = self.lock().get(ticket) {
            control.give(order);
        }
    }

    pub fn give_all(&self, order: Order) {
        for control in self.lock().values() {
            control.give(order);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Ticket, Arc<Control>>> {
        self.0
            .lock()
            .expect("no thread panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_never_softened() {
        let control = Control::default();
        control.give(Order::Abandon);
        control.give(Order::Release);
        assert_eq!(control.order(), Order::Abandon);
    }
}
