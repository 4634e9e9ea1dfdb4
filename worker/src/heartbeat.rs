//! The heartbeat: renews the leases of everything this worker holds, from a thread and a
//! connection of its own, so that no amount of simulating or recording can delay it.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
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
    healthy: Arc<std::sync::atomic::AtomicBool>,
}

impl Heartbeat {
    /// Starts the thread.
    pub fn start(database: &str, worker: Uuid, lease: Lease, held: Held) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let healthy = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let beat = Beat {
            database: database.to_owned(),
            worker,
            lease,
            held,
            healthy: Arc::clone(&healthy),
            store: None,
        };
        let thread = std::thread::Builder::new()
            .name("heartbeat".to_owned())
            .spawn(move || beat.run(&stopped))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
            healthy,
        })
    }

    /// Whether the last renewal reached the database. While it doesn't, nothing new is claimed.
    pub fn is_healthy(&self) -> bool {
        self.healthy.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
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
    healthy: Arc<std::sync::atomic::AtomicBool>,
    store: Option<Store>,
}

impl Beat {
    fn run(mut self, stopped: &std::sync::mpsc::Receiver<()>) {
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(%error, "Failed to start the heartbeat");
                self.healthy
                    .store(false, std::sync::atomic::Ordering::Relaxed);
                return;
            }
        };
        let mut renewed = Instant::now();
        // The channel carries no message: it closes when the worker ends.
        while stopped.recv_timeout(self.wait()) == Err(RecvTimeoutError::Timeout) {
            let reached = runtime.block_on(self.beat());
            self.healthy
                .store(reached, std::sync::atomic::Ordering::Relaxed);
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
        runtime.block_on(async { drop(self.store.take()) });
    }

    /// 0.8 to 1.2 of the period, so that workers started together don't beat together.
    fn wait(&self) -> Duration {
        let spread = f64::from(Uuid::now_v7().as_bytes()[15]) / 255.0;
        Duration::from_millis(self.lease.heartbeat_ms).mul_f64(0.8 + 0.4 * spread)
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
        // A half-open connection must not hold the beat for longer than a beat.
        let limit = Duration::from_millis(self.lease.heartbeat_ms.max(1_000));
        let renewal = store.heartbeat(self.worker, &tickets, self.lease.lease_ms);
        match tokio::time::timeout(limit, renewal).await {
            Ok(Ok(renewals)) => {
                for ticket in &tickets {
                    match renewals.iter().find(|renewal| renewal.ticket == *ticket) {
                        Some(renewal) if !renewal.cancel_requested => {}
                        _ => self.held.give(ticket, Order::Abandon),
                    }
                }
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "Failed to renew leases");
                self.store = None;
                false
            }
            Err(_) => {
                tracing::warn!("Failed to renew leases: the database did not answer in time");
                self.store = None;
                false
            }
        }
    }
}
