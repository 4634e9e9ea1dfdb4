//! The `driftsweep` command.
fn main() {}
