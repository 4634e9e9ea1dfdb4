//! A submission's jobs as rows: of the queue, of their parameters, and of the groups that summaries tell apart.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use simulation::{MODEL_VERSION, ValidParameters};

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

/// Inserts the jobs that are not there yet; how many they were.
pub(super) async fn insert_jobs(
    transaction: &mut Transaction,
    sweep: &str,
    jobs: &[(JobId, &NewJob)],
) -> Result<u64, StoreError> {
    let rows = jobs.iter().map(|(id, job)| {
        let group = group_id(sweep, group_names(&job.parameters));
        arguments![id.0.as_str(), group, job.estimated_seconds.max(0.0)]
    });
    let shared = arguments![sweep, MODEL_VERSION];
    transaction
        .execute_each(sql!("insert_jobs.sql"), &shared, Box::new(rows))
        .await
}

/// Inserts what is not there yet of these jobs' parameters.
pub(super) async fn insert_parameters(
    transaction: &mut Transaction,
    jobs: &[&(JobId, &NewJob)],
) -> Result<(), StoreError> {
    // A third of a row is names, of which a sweep has few: bound once for all rows that share them.
    let mut alike: BTreeMap<[&'static str; 10], Vec<&(JobId, &NewJob)>> = BTreeMap::new();
    for job in jobs {
        alike.entry(names(&job.1.parameters)).or_default().push(job);
    }
    for (names, jobs) in alike {
        let shared = names.map(Argument::from);
        let rows = jobs
            .into_iter()
            .map(|(id, job)| parameters_row(id, job.replicate, &job.parameters));
        transaction
            .execute_each(sql!("insert_job_parameters.sql"), &shared, Box::new(rows))
            .await?;
    }
    Ok(())
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
