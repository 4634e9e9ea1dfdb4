//! The subcommands, one file each.

mod analyze;
mod audit;
mod control;
mod estimate;
mod export;
mod methods;
mod migrate;
mod plan;
mod query;
mod report;
mod reproduce;
mod rerun;
mod run;
mod schema;
mod status;
mod submit;
mod validate;
mod watch;
mod worker;

use shared::{OpenError, Purpose, Store, StoreError};

use crate::cli::{Cli, Command, Format};
use crate::failure::{Exit, Failure};
use crate::location::with_password;
use crate::output::not_printed;

/// Carries out what the command line says.
///
/// # Errors
/// Anything that keeps the command from doing so; the failure knows its exit status.
pub async fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let Cli {
        mut database,
        database_password_file,
        format,
        command,
    } = cli;
    if let Some(file) = database_password_file {
        database = with_password(&database, &file).map_err(Failure::input)?;
    }
    if format == Format::Parquet && !matches!(command, Command::Export { .. }) {
        return Err(not_printed());
    }
    match command {
        Command::Run(arguments) => run::run(&database, format, &arguments).await,
        Command::Plan { sweep_file } => plan::plan(&database, format, &sweep_file).await,
        Command::Submit { sweep_file } => submit::submit(&database, &sweep_file).await,
        Command::Migrate => migrate::migrate(&database).await,
        Command::Worker(arguments) => worker::worker(&database, &arguments).await,
        Command::Status { sweep } => status::status(&database, format, sweep.as_deref()).await,
        Command::Watch { sweep, every_s } => {
            watch::watch(&database, sweep.as_deref(), every_s).await
        }
        Command::Pause { sweep } => control::pause(&database, &sweep).await,
        Command::Resume { sweep } => control::resume(&database, &sweep).await,
        Command::Cancel { sweep } => control::cancel(&database, &sweep).await,
        Command::Retry { sweep } => control::retry(&database, &sweep).await,
        Command::Query { sql } => query::query(&database, format, &sql).await,
        Command::Export { sweep, out } => export::export(&database, format, &sweep, &out).await,
        Command::Report(arguments) => report::report(&database, format, &arguments).await,
        Command::Validate(arguments) => validate::validate(&database, format, &arguments).await,
        Command::Audit(arguments) => audit::audit(&database, format, &arguments).await,
        Command::Analyze { command } => analyze::analyze(format, &command),
        Command::Methods { sweep, latex } => methods::methods(&database, &sweep, latex).await,
        Command::Reproduce { job } => reproduce::reproduce(&database, &job).await,
        Command::Schema => schema::schema(),
    }
}

/// Opens the database, telling the user's mistakes from the machine's failures.
async fn open(database: &str, purpose: Purpose) -> Result<Store, Failure> {
    Store::open(database, purpose)
        .await
        .map_err(|error| match error {
            OpenError::Unreachable { .. } | OpenError::Disk { .. } => Failure::machine(error),
            _ => Failure::input(error),
        })
}

/// Opens the database for a command that writes, and closes it whatever came of the work: only then is everything
/// in SQLite's one file, for whoever copies it.
async fn with_store<T>(
    database: &str,
    purpose: Purpose,
    work: impl AsyncFnOnce(&Store) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let store = open(database, purpose).await?;
    let outcome = work(&store).await;
    store.close().await;
    outcome
}

/// A store's refusal: the user's mistake or the machine's failure.
fn store_failure(error: StoreError) -> Failure {
    if error.is_users() {
        Failure::input(error)
    } else {
        Failure::machine(error)
    }
}
