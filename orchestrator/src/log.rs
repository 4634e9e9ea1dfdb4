//! Log lines: to stderr, coloured on a terminal only.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::progress::LogWriter;

/// Starts logging. `DRIFTSWEEP_LOG` chooses what is logged, in the syntax of `RUST_LOG`.
pub fn start() {
    let filter = EnvFilter::try_from_env("DRIFTSWEEP_LOG")
        .unwrap_or_else(|_| EnvFilter::new("error,orchestrator=info,worker=info,shared=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .with_writer(|| LogWriter)
        .init();
}
