//! What a checkpoint costs: on the slot that makes it, and in the database that keeps it.

use shared::testing::PostgresCluster;

use crate::fleet::PATIENCE;
use crate::ledger;
use crate::support::{Sandbox, block_on};
use crate::worker::Worker;

/// Time between two by default, in microseconds.
const DEFAULT_EVERY_US: f64 = 60e6;
/// Most of a simulation's time that they may take.
const SHARE_MAX: f64 = 0.02;
/// Adam keeps the largest state. The last number is the steps of a run of a few seconds.
const CASES: [(&str, [u32; 3], u32); 2] = [
    ("5 samples, 20 inputs, 5 outputs", [5, 20, 5], 2_000_000),
    (
        "100 samples, 100 inputs, 100 outputs",
        [100, 100, 100],
        15_000,
    ),
];

/// The numbers that follow `key=` in the log.
fn numbers(log: &str, key: &str) -> Vec<f64> {
    let key = format!("{key}=");
    let pieces = log.split(key.as_str()).skip(1);
    let number = |piece: &str| piece.split_whitespace().next()?.parse().ok();
    pieces.filter_map(number).collect()
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

fn measure(sandbox: &Sandbox, database: &str) {
    for (index, (case, [n_samples, input_dim, output_dim], steps)) in CASES.iter().enumerate() {
        let sweep = format!(
            "name: case-{index}\nfixed: {{algorithm: adam, n_samples: {n_samples}, input_dim: {input_dim}, \
             output_dim: {output_dim}, hidden_units: 100, update_noise: 0.05, steps: {steps}}}\n"
        );
        sandbox.write("sweep.yaml", &sweep);
        let arguments = [
            "run",
            "sweep.yaml",
            "--slots",
            "1",
            "--checkpoint-every",
            "100ms",
        ];
        let mut command = sandbox.command(&arguments);
        command.env("DRIFTSWEEP_LOG", "worker=debug");
        let mut run = Worker::start(command, sandbox.path("run.log"));
        run.expect_success(PATIENCE);
        let log = run.log();
        let (slot, kept) = (numbers(&log, "slot_us"), numbers(&log, "database_us"));
        assert!(slot.len() >= 5 && kept.len() >= 5, "{log}");
        let (bytes, slot, kept) = (mean(&numbers(&log, "bytes")), mean(&slot), mean(&kept));
        let share = (slot + kept) / DEFAULT_EVERY_US;
        assert!(
            share <= SHARE_MAX,
            "{share} of the time: {slot} us on the slot, {kept} us to keep"
        );
        ledger::remark(&format!(
            "{database}, {case}: a checkpoint of {:.0} KiB takes {:.2} ms on the slot and {:.1} ms until the \
             database has it: {:.4} % of the time, one a minute.",
            bytes / 1024.0,
            slot / 1e3,
            kept / 1e3,
            share * 100.0
        ));
    }
}

#[test]
fn in_sqlite() {
    measure(&Sandbox::new(), "SQLite");
}

#[test]
fn in_postgres() {
    let url = block_on(PostgresCluster::shared().fresh_database());
    measure(&Sandbox::on(&url), "PostgreSQL");
}
