//! driftsweep-orchestrator

pub mod dataset_file;
