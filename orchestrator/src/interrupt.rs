//! Ctrl-C and SIGTERM: the first stops gracefully, the second at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::failure::{Exit, Failure};

/// A flag that turns true at the first SIGINT or SIGTERM; the second ends the process.
pub(crate) fn stop_flag() -> Result<watch::Receiver<bool>, Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::machine)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::machine)?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if !first {
                std::process::exit(Exit::Interrupted as i32);
            }
            tracing::info!(
                "Stopping: running simulations hand their checkpoints over; once more stops at once"
            );
            stop.send_replace(true);
        }
    });
    Ok(stopped)
}
