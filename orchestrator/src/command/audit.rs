//! `driftsweep audit SWEEP`: runs a sample of finished jobs again here and compares bits.

use ::worker::{code_version, cpu_name, host_name};
use shared::{AuditedRun, JobId, Mismatch, Purpose, RunOrigin, Store, Table, Value};
use tokio::task::JoinSet;

use super::rerun::rerun;
use super::{store_failure, with_store};
use crate::cli::{AuditArguments, Format};
use crate::failure::{Exit, Failure};
use crate::output;

pub(super) async fn audit(
    database: &str,
    format: Format,
    arguments: &AuditArguments,
) -> Result<Exit, Failure> {
    let sweep = &arguments.sweep;
    let here = host_name();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let slots = arguments.slots.map_or(cores, usize::from);
    let audited = with_store(database, Purpose::Use, async |store| {
        let sampled = store.sample_results(sweep, arguments.sample, arguments.seed, &here);
        let jobs = sampled.await.map_err(store_failure)?;
        run_again(store, jobs, slots).await
    })
    .await?;
    let differ: Vec<&Mismatch> = audited.iter().filter(|each| differs(each)).collect();
    match format {
        Format::Table => output::print(&table(differ.iter().copied()), format)?,
        _ => output::print(&table(audited.iter()), format)?,
    }
    let (all, wrong) = (audited.len(), differ.len());
    let own = audited.iter().filter(|each| each.recorded.host == here);
    let own = own.count();
    if own > 0 {
        eprintln!(
            "{sweep}: {own} of {all} jobs were recorded by this very machine, {here}: equal bits say little of others"
        );
    }
    if wrong == 0 {
        eprintln!("{sweep}: {all} jobs run again here, all with the same bits");
        return Ok(Exit::Done);
    }
    eprintln!(
        "{sweep}: {wrong} of {all} jobs run again here gave other bits: compare the hosts, processors and \
         builds above, and report it"
    );
    Ok(Exit::Machine)
}

/// Runs jobs again, as many at once as there are slots, and keeps what each found. In the order of
/// their ids.
async fn run_again(
    store: &Store,
    jobs: Vec<JobId>,
    slots: usize,
) -> Result<Vec<Mismatch>, Failure> {
    let mut waiting = jobs.into_iter();
    let mut running = JoinSet::new();
    let mut audited = Vec::new();
    loop {
        while running.len() < slots
            && let Some(job) = waiting.next()
        {
            let store = store.clone();
            running.spawn(async move { compare(&store, job).await });
        }
        let Some(compared) = running.join_next().await else {
            break;
        };
        audited.push(compared.map_err(Failure::machine)??);
    }
    audited.sort_by(|a, b| a.job_id.cmp(&b.job_id));
    Ok(audited)
}

/// Runs one job again and keeps what it found beside what is on record.
async fn compare(store: &Store, job_id: JobId) -> Result<Mismatch, Failure> {
    let planned = store.planned_job(&job_id).await.map_err(store_failure)?;
    let (result, wall) = rerun(store, &planned).await?;
    let run = AuditedRun {
        job_id,
        found: RunOrigin {
            digest: result.digest.0,
            host: host_name(),
            cpu: cpu_name(),
            code_version: code_version(),
        },
        wall_seconds: wall.as_secs_f64(),
    };
    store.record_audit(&run).await.map_err(store_failure)?;
    let known = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
    Ok(Mismatch {
        job_id: run.job_id,
        kind: "audit".to_owned(),
        recorded: RunOrigin {
            digest: known(planned.digest),
            host: known(planned.host),
            cpu: known(planned.cpu),
            code_version: known(planned.code_version),
        },
        other: run.found,
    })
}

fn differs(compared: &Mismatch) -> bool {
    compared.recorded.digest != compared.other.digest
}

fn table<'a>(compared: impl Iterator<Item = &'a Mismatch>) -> Table {
    let columns = [
        "job_id",
        "equal",
        "recorded_digest",
        "recorded_host",
        "recorded_cpu",
        "recorded_code_version",
        "digest",
        "host",
        "cpu",
        "code_version",
    ];
    let origin = |origin: &RunOrigin| {
        [
            &origin.digest,
            &origin.host,
            &origin.cpu,
            &origin.code_version,
        ]
        .map(|text| Value::Text(text.clone()))
    };
    let row = |each: &Mismatch| {
        let mut row = vec![
            Value::Text(each.job_id.0.clone()),
            Value::Text(if differs(each) { "no" } else { "yes" }.to_owned()),
        ];
        row.extend(origin(&each.recorded));
        row.extend(origin(&each.other));
        row
    };
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: compared.map(row).collect(),
    }
}
