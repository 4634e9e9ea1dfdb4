//! driftsweep-worker
