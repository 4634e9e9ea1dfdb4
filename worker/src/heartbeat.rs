//! The heartbeat: renews the leases of everything this worker holds, from a thread and a
//! connection of its own, so that no amount of simulating or recording can delay it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use shared::{Purpose, Store};
use uuid::Uuid;

use crate::control::{Held, Order};
use crate::options::Lease;

/// A running heartbeat; stops when dropped.
pub(crate) struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Closes when the thread ends.
    ended: Receiver<()>,
    health: Health,
}

/// How the beats fare, as the loop sees it.
#[derive(Clone, Debug)]
struct Health {
    last: Arc<Mutex<LastBeat>>,
    /// A beat that has said nothing for so long hangs, whatever it hangs in.
    lapses_after: Duration,
}

#[derive(Clone, Copy, Debug)]
struct LastBeat {
    at: Instant,
    reached: bool,
}

impl Health {
    fn new(lease: Lease) -> Self {
        let first = LastBeat {
            at: Instant::now(),
            reached: true,
        };
        Self {
            last: Arc::new(Mutex::new(first)),
            lapses_after: Duration::from_millis(lease.lease_ms.unsigned_abs()),
        }
    }

    fn note(&self, reached: bool) {
        let at = Instant::now();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = LastBeat { at, reached };
    }

    fn is_good_at(&self, now: Instant) -> bool {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.reached && now.saturating_duration_since(last.at) < self.lapses_after
    }
}

impl Heartbeat {
    /// Starts the thread.
    pub fn start(database: &str, worker: Uuid, lease: Lease, held: Held) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let (running, ended) = channel();
        let health = Health::new(lease);
        let beat = Beat {
            database: database.to_owned(),
            worker,
            lease,
            held,
            health: health.clone(),
            store: None,
        };
        let thread = std::thread::Builder::new()
            .name("heartbeat".to_owned())
            .spawn(move || {
                beat.run(&stopped);
                drop(running);
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
            ended,
            health,
        })
    }

    /// Whether the last renewal reached the database, less than a lease ago. While it doesn't, nothing
    /// new is claimed.
    pub fn is_healthy(&self) -> bool {
        self.health.is_good_at(Instant::now())
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
        // One that hangs in the system ends with the process, which it must not keep from ending.
        if self.ended.recv_timeout(self.health.lapses_after / 2) == Err(RecvTimeoutError::Timeout) {
            return;
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Beat {
    database: String,
    worker: Uuid,
    lease: Lease,
    held: Held,
    health: Health,
    store: Option<Store>,
}

impl Beat {
    fn run(mut self, stopped: &Receiver<()>) {
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(%error, "Failed to start the heartbeat");
                self.health.note(false);
                return;
            }
        };
        let mut renewed = Instant::now();
        // The channel carries no message: it closes when the worker ends.
        while stopped.recv_timeout(self.wait()) == Err(RecvTimeoutError::Timeout) {
            let reached = runtime.block_on(self.beat_in_time());
            self.health.note(reached);
            if reached {
                renewed = Instant::now();
            } else if renewed.elapsed() > Duration::from_millis(self.lease.lease_ms as u64) {
                tracing::warn!(
                    since_s = renewed.elapsed().as_secs(),
                    "Leases have run out while the database can't be reached; simulations go on and \
                     their results will be offered when it can"
                );
            }
        }
        if let Some(store) = self.store.take() {
            runtime.block_on(store.close());
        }
    }

    /// 0.8 to 1.2 of the period, so that workers started together don't beat together.
    fn wait(&self) -> Duration {
        let spread = f64::from(Uuid::now_v7().as_bytes()[15]) / 255.0;
        Duration::from_millis(self.lease.heartbeat_ms).mul_f64(0.8 + 0.4 * spread)
    }

    /// Connecting is bounded like the rest: a server that accepts and says nothing must not hold the beats
    /// until the leases are gone.
    fn limit(&self) -> Duration {
        Duration::from_millis(self.lease.lease_ms.unsigned_abs() / 4).max(Duration::from_secs(1))
    }

    async fn beat_in_time(&mut self) -> bool {
        let limit = self.limit();
        if let Ok(reached) = tokio::time::timeout(limit, self.beat()).await {
            return reached;
        }
        tracing::warn!("Failed to renew leases: the database did not answer in time");
        self.store = None;
        false
    }

    /// Renews every lease; tells simulations whose lease is lost. False if the database is away.
    async fn beat(&mut self) -> bool {
        let tickets = self.held.tickets();
        if self.store.is_none() {
            match Store::open(&self.database, Purpose::Use).await {
                Ok(store) => self.store = Some(store),
                Err(error) => {
                    tracing::warn!(%error, "Failed to connect for the heartbeat");
                    return false;
                }
            }
        }
        let Some(store) = &self.store else {
            return false;
        };
        let renewal = store.heartbeat(self.worker, &tickets, self.lease.lease_ms);
        match renewal.await {
            Ok(renewals) => {
                for ticket in &tickets {
                    match renewals.iter().find(|renewal| renewal.ticket == *ticket) {
                        Some(renewal) if !renewal.cancel_requested => {}
                        _ => self.held.give(ticket, Order::Abandon),
                    }
                }
                true
            }
            Err(error) => {
                tracing::warn!(%error, "Failed to renew leases");
                self.store = None;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Lease = Lease {
        lease_ms: 4_000,
        heartbeat_ms: 1_000,
    };

    #[test]
    fn health_lapses_with_age() {
        let health = Health::new(LEASE);
        let now = Instant::now();
        assert!(health.is_good_at(now + Duration::from_secs(3)));
        assert!(!health.is_good_at(now + Duration::from_secs(5)));
        health.note(false);
        assert!(!health.is_good_at(now));
        health.note(true);
        assert!(health.is_good_at(Instant::now()));
    }

    #[tokio::test]
    async fn a_beat_that_can_not_connect_ends_in_time() {
        // Connections are accepted by the system, and nobody reads them.
        let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("some port is free");
        let port = silent.local_addr().expect("bound").port();
        let mut beat = Beat {
            database: format!("postgres://u:hush@127.0.0.1:{port}/db"),
            worker: Uuid::now_v7(),
            lease: LEASE,
            held: Held::default(),
            health: Health::new(LEASE),
            store: None,
        };
        // Within a lease or two, which is less than a connection may take elsewhere.
        let limit = Duration::from_secs(10);
        let reached = tokio::time::timeout(limit, beat.beat_in_time()).await;
        assert!(!reached.expect("in time"));
    }
}
