//! The command line's grammar.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::location::DEFAULT_DATABASE;

/// Runs sweeps of noisy network simulations and keeps their results in a database.
#[derive(Debug, Parser)]
#[command(name = "driftsweep", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Database: sqlite://PATH or postgres://USER@HOST/NAME.
    #[arg(long, global = true, env = "DATABASE_URL", default_value = DEFAULT_DATABASE, hide_env_values = true)]
    pub database: String,
    /// File with the password for a postgres:// database whose URL has none.
    #[arg(
        long,
        global = true,
        env = "DATABASE_PASSWORD_FILE",
        value_name = "FILE"
    )]
    pub database_password_file: Option<PathBuf>,
    /// Form of what is printed.
    #[arg(
        long,
        global = true,
        env = "DRIFTSWEEP_FORMAT",
        default_value = "table"
    )]
    pub format: Format,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 the program or the machine failed; 2 the input is at \
fault; 3 finished, but some jobs are dead; 130 interrupted, run the same command to go on.";

/// Form of printed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns, for people.
    Table,
    /// One JSON document.
    Json,
    /// Comma-separated values with a header.
    Csv,
    /// Apache Parquet, for the files of `export` alone.
    Parquet,
}

/// Which rows of a published table to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataChoice {
    /// Those whose inputs are published.
    Published,
    /// Those whose inputs are not.
    Generated,
    /// Both.
    All,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Plan, submit and work here until done; run again to resume.
    Run(RunArguments),
    /// Show what a sweep file would run; writes nothing.
    Plan { sweep_file: PathBuf },
    /// Insert a sweep's jobs for workers elsewhere.
    Submit { sweep_file: PathBuf },
    /// Make the database's tables or bring them up to date, as `run` and `submit` do too: for its owner, before workers
    /// who may not.
    Migrate,
    /// Pull jobs and run them.
    Worker(WorkerArguments),
    /// Counts, throughput, remaining time, workers and failures.
    Status { sweep: Option<String> },
    /// The status again and again, until everything is done.
    Watch {
        sweep: Option<String>,
        /// Seconds between two looks.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
        every_s: u64,
    },
    /// Claim no more jobs of a sweep; what runs goes on.
    Pause { sweep: String },
    /// Go on with a paused sweep.
    Resume { sweep: String },
    /// Stop a sweep: queued jobs now, running ones at their next heartbeat.
    Cancel { sweep: String },
    /// Queue the dead and the cancelled jobs of a sweep again.
    Retry { sweep: String },
    /// Run one read-only SQL statement.
    Query { sql: String },
    /// Write a sweep's tables for pandas, polars, DuckDB or R: CSV files, or Parquet (--format parquet).
    Export {
        sweep: String,
        /// Folder to write to; made when missing.
        #[arg(long)]
        out: PathBuf,
    },
    /// Draw the paper's figures from sweeps, finished or not, on one page.
    Report(ReportArguments),
    /// Compare with published results, row by row, after running what is missing.
    Validate(ValidateArguments),
    /// Run a sample of finished jobs again here, those of other machines first, and compare bits; exit code 1 if
    /// some differ.
    Audit(AuditArguments),
    /// Fit what was measured elsewhere.
    Analyze {
        #[command(subcommand)]
        command: AnalyzeCommand,
    },
    /// A sweep's methods section for a paper: parameters, versions, seeds, hardware, attrition, citations.
    Methods {
        sweep: String,
        /// As LaTeX that needs no package, instead of plain text.
        #[arg(long)]
        latex: bool,
    },
    /// Run one job again here and compare digests.
    Reproduce { job: String },
    /// JSON Schema of the sweep file.
    Schema,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AnalyzeCommand {
    /// Slopes of animals' recordings over sessions, as in Figure 3 of the paper (docs/experiments.md).
    Experiment {
        /// CSV file with columns dataset, measure, animal, time, value.
        data: PathBuf,
        /// Print means and error bars of each session instead of the fits.
        #[arg(long)]
        points: bool,
        /// Folder for figure-3.svg and figure-3.png; made when missing.
        #[arg(long, value_name = "DIR")]
        figures: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The sweep file.
    pub sweep_file: PathBuf,
    #[command(flatten)]
    pub slots: SlotArguments,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArguments {
    #[command(flatten)]
    pub slots: SlotArguments,
    /// Work on this sweep alone.
    #[arg(long)]
    pub sweep: Option<String>,
    /// End when nothing is queued or running.
    #[arg(long)]
    pub drain: bool,
    /// End after this long without a job, such as 5m.
    #[arg(long, value_parser = duration)]
    pub idle_exit: Option<Duration>,
    /// End after this long, such as 11h50m, handing checkpoints over.
    #[arg(long, value_parser = duration)]
    pub time_limit: Option<Duration>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SlotArguments {
    /// Jobs simulated at once; every core when absent.
    #[arg(long, env = "DRIFTSWEEP_SLOTS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub slots: Option<u16>,
    /// Length of a lease; a dead worker's jobs are taken over after it.
    #[arg(long, env = "DRIFTSWEEP_LEASE", value_parser = duration, default_value = "90s", hide = true)]
    pub lease: Duration,
    /// Mean time between two heartbeats; at most a quarter of the lease.
    #[arg(long, env = "DRIFTSWEEP_HEARTBEAT", value_parser = duration, default_value = "15s", hide = true)]
    pub heartbeat: Duration,
    /// Time between two checkpoints of one simulation.
    #[arg(long, env = "DRIFTSWEEP_CHECKPOINT_EVERY", value_parser = duration, default_value = "60s")]
    pub checkpoint_every: Duration,
    /// Folder for results that the database doesn't have yet.
    #[arg(long, env = "DRIFTSWEEP_SPOOL")]
    pub spool: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    pub sweep: String,
    /// Share of the finished jobs, such as 2%.
    #[arg(long, default_value = "2%", value_parser = share)]
    pub sample: f64,
    /// Another number is another sample.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Jobs simulated at once; every core when absent.
    #[arg(long, env = "DRIFTSWEEP_SLOTS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub slots: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Sweeps; a figure is drawn from those that have its data.
    #[arg(required = true, value_name = "SWEEP")]
    pub sweeps: Vec<String>,
    /// The page to write.
    #[arg(long, default_value = "report.html", value_name = "FILE")]
    pub out: PathBuf,
    /// Folder for each figure as SVG and PNG; made when missing.
    #[arg(long, value_name = "DIR")]
    pub figures: Option<PathBuf>,
    /// Published table to stand the runs beside, row by row; inputs are found relative to it.
    #[arg(long, value_name = "TABLE")]
    pub reference: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArguments {
    /// The published table; inputs are found relative to it.
    #[arg(long)]
    pub reference: PathBuf,
    /// Rows to run: those with published inputs, those without (same parameters, data made here), or all.
    #[arg(long, value_name = "WHICH", default_value = "published")]
    pub data: DataChoice,
    /// Only rows of this published set, such as random.
    #[arg(long)]
    pub set: Option<String>,
    /// Only the first so many of those rows.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub rows: Option<u32>,
    /// Only so many of those rows, spread evenly.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: Option<u32>,
    /// Compare eig_max and eig_nonzero too: all eigenvalues, 101 times a run. With every unit active that is
    /// 1 s for 5 samples, 9 s for 10, 70 s for 20; with a fifth of them a tenth to a fortieth.
    #[arg(long)]
    pub hessian: bool,
    /// Steps instead of the published number; for a quick look, not for a verdict.
    #[arg(long)]
    pub steps: Option<u64>,
    /// With `reductions: off`: slower, and the same but for chance, which this is there to show.
    #[arg(long)]
    pub plain: bool,
    /// List every row instead of the groups.
    #[arg(long)]
    pub list: bool,
    #[command(flatten)]
    pub slots: SlotArguments,
}

/// Parses `2%`, `0.5%`, `100%` as a share of one.
fn share(text: &str) -> Result<f64, String> {
    let percent = text
        .strip_suffix('%')
        .and_then(|number| number.parse().ok());
    percent
        .filter(|percent: &f64| *percent > 0.0 && *percent <= 100.0)
        .map(|percent| percent / 100.0)
        .ok_or_else(|| format!("`{text}` is no share: write 2%, 0.5% or 100%"))
}

/// Parses `90s`, `5m`, `11h50m`, `500ms`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration: write 500ms, 90s, 5m or 11h50m");
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let count: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let unit_ms = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        total += Duration::from_millis(count.checked_mul(unit_ms).ok_or_else(wrong)?);
        rest = &rest[letters..];
    }
    if total.is_zero() {
        Err(wrong())
    } else {
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn shares_are_percentages_above_zero() {
        assert_eq!(share("2%"), Ok(0.02));
        assert_eq!(share("100%"), Ok(1.0));
        for wrong in ["", "2", "0%", "-1%", "101%", "NaN%", "two%"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_add_their_parts() {
        assert_eq!(duration("11h50m"), Ok(Duration::from_secs(42_600)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        for wrong in ["", "5", "m", "5x", "-5s", "99999999999999999999s", "0s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
