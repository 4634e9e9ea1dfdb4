//! Comparing bits: a job that ran twice must have found the same.

use crate::JobId;

/// A finished job that was run again.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditedRun {
    /// The job.
    pub job_id: JobId,
    /// What the second run found, and where.
    pub found: RunOrigin,
    /// Time spent simulating, in seconds.
    pub wall_seconds: f64,
}

/// The fingerprint of a run, and what computed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOrigin {
    /// SHA-256 of all that the run found.
    pub digest: String,
    /// Name of the machine.
    pub host: String,
    /// Its processor.
    pub cpu: String,
    /// Version of the program.
    pub code_version: String,
}

/// A job that ran twice and gave different bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The job.
    pub job_id: JobId,
    /// `audit`, or `second run`: a result that was refused because a newer attempt owned the job.
    pub kind: String,
    /// The run whose result is on record.
    pub recorded: RunOrigin,
    /// The other run.
    pub other: RunOrigin,
}
