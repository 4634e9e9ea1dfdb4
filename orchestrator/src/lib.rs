//! driftsweep-orchestrator
