//! A submission's jobs as rows: of the queue, of their parameters, and of the groups that summaries tell apart.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use simulation::{MODEL_VERSION, ValidParameters};

use super::load::Alike;
use super::sql;
use super::transaction::Transaction;
use super::value::{Argument, arguments};
use crate::{JobId, NewJob, StoreError};

/// The groups of these jobs, so that a job never names one that isn't there.
pub(super) async fn insert_groups(
    transaction: &mut Transaction,
    sweep: &str,
    jobs: &[(JobId, &NewJob)],
) -> Result<(), StoreError> {
    let groups: BTreeMap<i64, [&'static str; 4]> = jobs
        .iter()
        .map(|(_, job)| {
            let names = group_names(&job.parameters);
            (group_id(sweep, names), names)
        })
        .collect();
    let rows = groups
        .into_iter()
        .map(|(id, [task, algorithm, noise_type, regime])| {
            arguments![id, task, algorithm, noise_type, regime]
        });
    transaction
        .execute_rows(sql!("upsert_groups.sql"), &[sweep.into()], rows.collect())
        .await?;
    Ok(())
}

/// What summaries tell apart within a sweep: task, algorithm, noise type and regime.
fn group_names(p: &ValidParameters) -> [&'static str; 4] {
    [
        p.task.name(),
        p.algorithm.name(),
        p.noise_type().name(),
        p.regime.name(),
    ]
}

/// The first 63 bits of SHA-256 over the sweep's and the four names: the same in every database.
fn group_id(sweep: &str, names: [&str; 4]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(sweep.as_bytes());
    for name in names {
        hash.update([0]);
        hash.update(name.as_bytes());
    }
    let bytes: [u8; 32] = hash.finalize().into();
    let first = u64::from_be_bytes(bytes[..8].try_into().expect("a quarter of it"));
    (first >> 1).cast_signed()
}

/// Inserts jobs, none of which may be there already, available from `now_ms` on.
pub(super) async fn insert_jobs(
    transaction: &mut Transaction,
    sweep: &str,
    jobs: &[(JobId, &NewJob)],
    now_ms: i64,
) -> Result<(), StoreError> {
    let rows = jobs.iter().map(|(id, job)| {
        let group = group_id(sweep, group_names(&job.parameters));
        arguments![id.0.as_str(), group, job.estimated_seconds.max(0.0)]
    });
    let jobs = Alike {
        shared: arguments![sweep, MODEL_VERSION, now_ms],
        rows: Box::new(rows),
    };
    transaction.load(sql!("insert_jobs.sql"), vec![jobs]).await
}

/// Inserts the parameters of new jobs.
pub(super) async fn insert_parameters(
    transaction: &mut Transaction,
    jobs: &[(JobId, &NewJob)],
) -> Result<(), StoreError> {
    // A third of a row is names, of which a sweep has few: bound once for all rows that share them.
    let mut alike: BTreeMap<[&'static str; 10], Vec<&(JobId, &NewJob)>> = BTreeMap::new();
    for job in jobs {
        alike.entry(names(&job.1.parameters)).or_default().push(job);
    }
    let groups = alike.into_iter().map(|(names, jobs)| {
        let rows = jobs
            .into_iter()
            .map(|(id, job)| parameters_row(id, job.replicate, &job.parameters));
        Alike {
            shared: names.map(Argument::from).to_vec(),
            rows: Box::new(rows),
        }
    });
    let statement = sql!("insert_job_parameters.sql");
    transaction.load(statement, groups.collect()).await
}

/// What all rows of one statement of `job_parameters` have in common, in its order.
fn names(p: &ValidParameters) -> [&'static str; 10] {
    [
        p.noise_type().name(),
        p.algorithm.name(),
        p.task.name(),
        p.regime.name(),
        p.update_noise_on.name(),
        p.label_noise_distribution.name(),
        p.data_range.name(),
        p.hessian_eigenvalues.name(),
        p.precision.name(),
        p.reductions.name(),
    ]
}

/// The rest of a row, in the statement's order.
fn parameters_row(id: &JobId, replicate: u32, p: &ValidParameters) -> Vec<Argument> {
    arguments![
        id.0.as_str(),
        replicate,
        p.n_samples,
        p.input_dim,
        p.output_dim,
        p.smoothing_dim.map(i64::from),
        p.hidden_units,
        p.learning_rate(),
        p.update_noise,
        p.label_noise,
        p.input_noise,
        i64::from(p.heading_jitter),
        p.steps.cast_signed(),
        p.linear_measurements,
        p.logarithmic_measurements,
        p.trajectory_points,
        p.unit_activity_snapshots,
        p.hessian_snapshots,
        p.hessian_cost_max,
        i64::from(p.measure_on_manifold),
        p.place_snapshots(),
        p.dataset.clone(),
        p.seed.cast_signed(),
        p.data_seed.map(u64::cast_signed),
        p.weights_seed.map(u64::cast_signed),
        p.canonical_json(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulation::Parameters;

    #[test]
    fn every_parameter_has_its_column() {
        let keys = serde_json::to_value(Parameters::default()).expect("plain data");
        let statement = sql!("insert_job_parameters.sql");
        for key in keys.as_object().expect("a struct").keys() {
            let named = statement
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|word| word == key);
            assert!(named, "{key} has no column in job_parameters");
        }
    }
}
