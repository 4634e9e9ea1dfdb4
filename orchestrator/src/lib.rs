//! driftsweep-orchestrator

pub mod dataset_file;
pub mod sweep;
