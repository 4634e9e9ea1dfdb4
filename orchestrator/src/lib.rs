//! The command line `driftsweep`: turns sweep files into jobs, embeds or starts workers, reports.

mod cli;
mod command;
mod comparison;
pub mod cost;
pub mod dataset_file;
mod experiment;
mod failure;
mod interrupt;
mod location;
pub mod log;
mod matching;
mod methods;
mod output;
mod parquet_file;
mod progress;
mod reference_table;
mod regression;
mod report;
mod statistics;
mod summary;
pub mod sweep;

pub use cli::Cli;
pub use command::dispatch;
pub use failure::{Exit, Failure};
