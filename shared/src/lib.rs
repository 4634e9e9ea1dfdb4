//! The queue and the vocabulary of driftsweep: sweeps, jobs, attempts, results, and the one place
//! that talks to a database.
//!
//! A [`Store`] is a SQLite file or a PostgreSQL database; every operation means the same on both.
//! The promise it keeps: every job runs at least once; exactly one result per job becomes visible,
//! from its newest committed attempt; a crash costs at most one lease plus the work since the last
//! checkpoint.
//!
//! **Invariant:** no other crate contains SQL or names a type of the database driver.

mod audit;
mod exclusion;
mod folder;
mod hexadecimal;
mod job;
mod open_error;
mod store;
mod store_error;
mod sweep;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod worker_info;

pub use audit::{AuditedRun, Mismatch, RunOrigin};
pub use exclusion::{ColumnKind, Comparison, ExclusionRule, RESULT_COLUMNS, RuleValue, Term, Test};
pub use folder::in_folder;
pub use job::{
    Claim, ClaimRequest, Finish, JobId, NewJob, PlannedJob, Renewal, RunCost, Ticket, job_identity,
};
pub use open_error::OpenError;
pub use store::{
    Answer, Finished, FinishedCost, OpenOptions, Purpose, ReportView, Snapshot, Store, redacted_url,
};
pub use store_error::StoreError;
pub use sweep::{
    Exclusion, Failure, Flow, NewSweep, PauseReason, Submission, SweepState, SweepStatus,
};
pub use table::{ExportView, Table, Value};
pub use worker_info::{LiveWorker, WorkerInfo};
