//! Workers, as the database knows them.

use uuid::Uuid;

/// A worker process, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerInfo {
    /// Fresh at every start of the process.
    pub id: Uuid,
    /// Name of the machine.
    pub host: String,
    /// Process id on that machine.
    pub pid: u32,
    /// What no other process of that machine ever has or had: boot, namespace, id and start time.
    /// Empty where the system doesn't tell.
    pub process: String,
    /// Jobs it runs at once.
    pub slots: u32,
    /// Model of the processor.
    pub cpu: String,
    /// Version of the program.
    pub code_version: String,
}

/// A worker heard of lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveWorker {
    /// Who it is.
    pub info: WorkerInfo,
    /// Jobs it holds.
    pub jobs: u64,
    /// Time since its last sign of life, in milliseconds.
    pub silent_ms: i64,
}
