//! What is done to driftsweep, and that nothing is lost by it: real processes of the real program on
//! both databases, one file a fault.
//!
//! `make test` runs this in a short form; `make test-faults` does everything more often and prints
//! the table of `docs/reliability.md`.

mod backends_are_terminated;
mod chance;
mod checkpoints_are_cheap;
mod clock;
mod clocks_are_wrong;
mod connections_break;
mod cores_are_saturated;
mod databases_are_read_only;
mod disk;
mod disks_fill_up;
mod everybody_is_cut_off;
mod filesystems_are_shared;
mod fleet;
mod ledger;
mod many_start_at_once;
mod namespace;
mod programs_are_older;
mod proxy;
mod results_come_late;
mod servers_crash;
mod spools_come_first;
mod spools_drain_under_fire;
#[path = "../support.rs"]
#[expect(dead_code, reason = "the other guarantees use the rest")]
mod support;
mod worker;
mod workers_are_cut_off;
mod workers_are_frozen;
mod workers_are_killed;
mod workers_are_told_to_stop;
