//! Claims jobs, simulates them in parallel, records the results, drains. A library: the command
//! line embeds it in `run` and wraps it in `worker`.
//!
//! Three kinds of thread, none of which waits for another:
//! - the rayon pool, one thread a slot, which does nothing but simulate (`execution`);
//! - the tokio loop, which claims and records ([`work()`]);
//! - the heartbeat, a thread of its own with a connection of its own (`heartbeat`).

mod control;
mod execution;
mod heartbeat;
mod machine;
mod options;
mod pace;
mod progress;
mod settle;
mod spool;
mod work;

pub use machine::{code_version, cpu_name, host_name};
pub use options::{Lease, WorkerOptions};
pub use progress::{Progress, Snapshot};
pub use spool::{Spool, SpoolError};
pub use work::{Ending, WorkError, WorkReport, work};
