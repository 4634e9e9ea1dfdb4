//! The `driftsweep` command.

use std::process::ExitCode;

use clap::Parser;
use orchestrator::{Cli, Failure};

fn main() -> ExitCode {
    let cli = Cli::parse();
    orchestrator::log::start();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Failure::machine)
        .and_then(|runtime| runtime.block_on(orchestrator::dispatch(cli)));
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit().into()
        }
    }
}
