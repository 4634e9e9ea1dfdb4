//! Running jobs again, and what came of it.

use sha2::{Digest as _, Sha256};
use simulation::MODEL_VERSION;
use uuid::Uuid;

use super::transaction::Transaction;
use super::value::{Row, arguments};
use super::{Store, sql};
use crate::hexadecimal::hexadecimal;
use crate::{AuditedRun, JobId, Mismatch, RunOrigin, StoreError};

impl Store {
    /// A share (0 to 1) of a sweep's finished jobs, at least one if there is any: the same for the same
    /// seed, the same jobs and the same host. Those that another host than `here` recorded come first: to run
    /// them again shows the most. Runs that the clock cut short can't be repeated and aren't among them.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn sample_results(
        &self,
        sweep: &str,
        share: f64,
        seed: u64,
        here: &str,
    ) -> Result<Vec<JobId>, StoreError> {
        let flow = self.flow(sweep).await?;
        let finished = (flow.finished - flow.truncated) as f64;
        let wanted = (share * finished).ceil().clamp(0.0, finished) as usize;
        let mut transaction = self.read("choosing jobs to run again").await?;
        let start = start_of_sample(seed);
        let mut jobs = Vec::new();
        for elsewhere in [true, false] {
            let source = Source {
                sweep,
                here,
                elsewhere,
            };
            let own = wanted - jobs.len();
            let mut found = sample_from(&mut transaction, &source, &start, own).await?;
            if found.len() < own {
                // Past the last id, go on with the first.
                let missing = own - found.len();
                let first = sample_from(&mut transaction, &source, "", missing).await?;
                found.extend(first.into_iter().filter(|job| job.0 < start));
            }
            jobs.extend(found);
        }
        transaction.commit().await?;
        Ok(jobs)
    }

    /// Keeps what a second run of a finished job found.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_audit(&self, run: &AuditedRun) -> Result<(), StoreError> {
        let mut transaction = self.write("recording an audit").await?;
        let row = arguments![
            Uuid::now_v7().to_string(),
            run.job_id.0.as_str(),
            run.found.host.as_str(),
            run.found.cpu.as_str(),
            run.found.code_version.as_str(),
            run.found.digest.as_str(),
            run.wall_seconds,
        ];
        transaction.execute(sql!("insert_audit.sql"), row).await?;
        transaction.commit().await
    }

    /// Jobs of a sweep that ran twice and gave different bits, the newest first, at most `limit`.
    ///
    /// # Errors
    /// An unknown sweep; the database's.
    pub async fn mismatches(&self, sweep: &str, limit: u32) -> Result<Vec<Mismatch>, StoreError> {
        let mut transaction = self.read("comparing runs").await?;
        super::status::known_sweep(&mut transaction, sweep).await?;
        let rows = transaction
            .fetch(sql!("select_mismatches.sql"), arguments![sweep, limit])
            .await?;
        transaction.commit().await?;
        rows.iter().map(read_mismatch).collect()
    }
}

/// The results of a sweep that one host recorded, or all others.
struct Source<'a> {
    sweep: &'a str,
    here: &'a str,
    elsewhere: bool,
}

/// Where among all ids a sample begins: 32 hexadecimal digits, as an id.
fn start_of_sample(seed: u64) -> String {
    hexadecimal(&Sha256::digest(seed.to_le_bytes())[..16])
}

async fn sample_from(
    transaction: &mut Transaction,
    source: &Source<'_>,
    start: &str,
    wanted: usize,
) -> Result<Vec<JobId>, StoreError> {
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let rows = transaction
        .fetch(
            sql!("sample_results.sql"),
            arguments![
                source.sweep,
                MODEL_VERSION,
                start,
                wanted,
                source.here,
                i64::from(source.elsewhere),
            ],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(JobId(row.get("job_id")?)))
        .collect()
}

fn read_mismatch(row: &Row) -> Result<Mismatch, StoreError> {
    let text = |column: &str| -> Result<String, StoreError> {
        Ok(row
            .get::<Option<String>>(column)?
            .unwrap_or_else(|| "unknown".to_owned()))
    };
    Ok(Mismatch {
        job_id: JobId(row.get("job_id")?),
        kind: row.get("kind")?,
        recorded: RunOrigin {
            digest: text("recorded_digest")?,
            host: text("recorded_host")?,
            cpu: text("recorded_cpu")?,
            code_version: text("recorded_code_version")?,
        },
        other: RunOrigin {
            digest: text("digest")?,
            host: text("host")?,
            cpu: text("cpu")?,
            code_version: text("code_version")?,
        },
    })
}
