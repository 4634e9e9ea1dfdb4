//! driftsweep-shared
