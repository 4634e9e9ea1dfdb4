//! The command line `driftsweep`: turns sweep files into jobs, embeds or starts workers, reports.

mod cli;
mod command;
mod comparison;
mod cost;
pub mod dataset_file;
mod failure;
mod interrupt;
mod location;
pub mod log;
mod output;
mod progress;
mod reference_table;
mod statistics;
mod summary;
pub mod sweep;

pub use cli::Cli;
pub use command::dispatch;
pub use failure::{Exit, Failure};
