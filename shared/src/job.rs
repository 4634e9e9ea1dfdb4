//! Jobs: what is to be run, who may run it, and what it cost.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use simulation::{Checkpoint, MODEL_VERSION, ValidParameters};
use uuid::Uuid;

use crate::hexadecimal::hexadecimal;

/// Identity of a job: 32 hexadecimal digits, the same for the same sweep in every database.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

impl JobId {
    /// The job of this sweep with these parameters (their seed included), at today's model version.
    pub fn new(sweep: &str, parameters: &ValidParameters) -> Self {
        let mut hash = Sha256::new();
        hash.update(sweep.as_bytes());
        hash.update([0]);
        hash.update(job_identity(parameters).as_bytes());
        Self(hexadecimal(&hash.finalize()[..16]))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a job computes, whichever sweep names it: SHA-256 over the canonical parameters (their
/// seed included) and the model version, in hexadecimal.
pub fn job_identity(parameters: &ValidParameters) -> String {
    let mut hash = Sha256::new();
    hash.update(parameters.canonical_json().as_bytes());
    hash.update([0]);
    hash.update(MODEL_VERSION.to_string().as_bytes());
    hexadecimal(&hash.finalize())
}

/// A job to be planned.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What to simulate.
    pub parameters: ValidParameters,
    /// Which replicate of its point, from 0.
    pub replicate: u32,
    /// Expected duration on one slot, in seconds. Longer jobs are claimed first.
    pub estimated_seconds: f64,
}

/// The right to run one attempt of a job. Every write names it; a write with an epoch that is no
/// longer the newest changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ticket {
    /// The job.
    pub job_id: JobId,
    /// Number of the attempt: the fencing token. Grows with every claim, and goes back only where a database is
    /// restored to an earlier moment.
    pub epoch: i64,
    /// Whom the attempt was given to: tells it from one that a restored database gave the same number.
    pub worker: Uuid,
}

/// What a worker asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRequest {
    /// Only jobs of this sweep.
    pub sweep: Option<String>,
    /// Most jobs to hand out.
    pub limit: u32,
    /// How long the lease lasts without a heartbeat, in milliseconds.
    pub lease_ms: i64,
    /// Only jobs expected to end within this time, in seconds.
    pub remaining_seconds: Option<f64>,
}

/// A job handed to a worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The right to run it.
    pub ticket: Ticket,
    /// Its sweep.
    pub sweep: String,
    /// What to simulate.
    pub parameters: ValidParameters,
    /// Which replicate of its point, from 0.
    pub replicate: u32,
    /// Where an earlier attempt got to.
    pub checkpoint: Option<Checkpoint>,
    /// Expected duration of the whole job on one slot, in seconds.
    pub estimated_seconds: f64,
    /// The worker ends an attempt that takes longer than this, in milliseconds, as a truncated
    /// result.
    pub max_job_ms: Option<i64>,
}

/// A job as it was planned, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedJob {
    /// Its sweep.
    pub sweep: String,
    /// What to simulate.
    pub parameters: ValidParameters,
    /// Which replicate of its point, from 0.
    pub replicate: u32,
    /// Its state: queued, running, done, dead or cancelled.
    pub state: String,
    /// Fingerprint of its result, if it is done.
    pub digest: Option<String>,
    /// Machine that computed the result.
    pub host: Option<String>,
    /// Version of the program that computed the result.
    pub code_version: Option<String>,
    /// Processor that computed the result.
    pub cpu: Option<String>,
}

/// A lease that still holds after a heartbeat. A ticket missing from the reply is lost: stop that
/// simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The attempt.
    pub ticket: Ticket,
    /// Whether the user cancelled it: stop, then [`crate::Store::release`] it.
    pub cancel_requested: bool,
}

/// What became of a finished attempt's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Committed now: the job is done.
    Recorded,
    /// Committed by an earlier call with the same ticket.
    AlreadyRecorded,
    /// A newer attempt owns the job (or the job was cancelled). Only the digest was kept, for the
    /// audit.
    Superseded,
}

/// What an attempt cost, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunCost {
    /// Time spent simulating, in seconds.
    pub wall_seconds: f64,
    /// Name of the machine.
    pub host: String,
    /// Version of the program.
    pub code_version: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulation::Parameters;

    fn parameters(seed: u64) -> ValidParameters {
        let parameters = Parameters {
            seed,
            ..Parameters::default()
        };
        parameters.check().expect("valid")
    }

    #[test]
    fn the_same_parameters_are_the_same_job_of_a_sweep() {
        let id = JobId::new("a", &parameters(1));
        assert_eq!(id.0.len(), 32);
        assert_eq!(id, JobId::new("a", &parameters(1)));
        assert_ne!(id, JobId::new("b", &parameters(1)));
        assert_ne!(id, JobId::new("a", &parameters(2)));
    }
}
