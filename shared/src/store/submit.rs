//! Planning sweeps: submit, resume and extend are one operation.

use ndarray::Array2;
use rayon::prelude::*;
use simulation::Dataset;

use super::claim::longest_first;
use super::dialect::Dialect;
use super::exclusions::adopt_rules;
use super::indexes::Dropped;
use super::job_rows::{insert_groups, insert_jobs, insert_parameters};
use super::transaction::Transaction;
use super::value::arguments;
use super::{Store, sql};
use crate::{JobId, NewJob, NewSweep, StoreError, Submission};

/// Ids read at a time.
const PAGE: usize = 10_000;
/// New jobs that are worth fresh statistics.
const ANALYZE_AFTER: u64 = 1_000;

impl Store {
    /// Plans a sweep, in one transaction: submit, resume and extend in one. Jobs already there are
    /// left as they are, whatever their state; the sweep's source, limits and exclusion rules are
    /// replaced, and its results labelled by the new rules. Equal jobs are one.
    ///
    /// # Errors
    /// An invalid sweep name; the database's. Nothing was written.
    pub async fn submit(
        &self,
        sweep: &NewSweep,
        jobs: &[NewJob],
        datasets: &[Dataset],
    ) -> Result<Submission, StoreError> {
        check_name(&sweep.name)?;
        let jobs = named(&sweep.name, jobs);
        let mut transaction = self.write_unhurried("submitting the sweep").await?;
        insert_sweep(&mut transaction, sweep).await?;
        for dataset in datasets {
            insert_dataset(&mut transaction, dataset).await?;
        }
        insert_groups(&mut transaction, &sweep.name, &jobs).await?;
        let named = jobs.len() as u64;
        let new = new_jobs(&mut transaction, &sweep.name, jobs).await?;
        let inserted = new.len() as u64;
        if inserted > 0 {
            insert(&mut transaction, &sweep.name, new).await?;
            transaction
                .execute(sql!("plan_groups.sql"), arguments![sweep.name.as_str()])
                .await?;
        }
        if inserted >= ANALYZE_AFTER && transaction.dialect() == Dialect::Postgres {
            transaction
                .execute(sql!("analyze.postgres.sql"), Vec::new())
                .await?;
        }
        let counted = transaction
            .fetch(sql!("count_jobs.sql"), arguments![sweep.name.as_str()])
            .await?;
        let planned = counted[0].count("jobs")?;
        let relabelled = adopt_rules(&mut transaction, &sweep.name, &sweep.exclusion_rules).await?;
        transaction.commit().await?;
        Ok(Submission {
            inserted,
            existing: named - inserted,
            unnamed: planned - named,
            relabelled,
        })
    }

    /// The data set of this identity ([`Dataset::id`]).
    ///
    /// # Errors
    /// The database's; bytes that are no data set.
    pub async fn dataset(&self, id: &str) -> Result<Option<Dataset>, StoreError> {
        let mut transaction = self.read("reading a data set").await?;
        let rows = transaction
            .fetch(sql!("select_dataset.sql"), arguments![id])
            .await?;
        transaction.commit().await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let shape = ["n_samples", "input_dim", "output_dim"].map(|column| row.count(column));
        let [samples, inputs, outputs] = shape;
        let bytes: Vec<u8> = row.get("data")?;
        let dataset = decode(
            &bytes,
            samples? as usize,
            inputs? as usize,
            outputs? as usize,
        )
        .filter(|dataset| dataset.id() == id);
        match dataset {
            Some(dataset) => Ok(Some(dataset)),
            None => Err(StoreError::Unreadable {
                what: format!("data set {id}"),
                reason: "its bytes are damaged".to_owned(),
            }),
        }
    }
}

/// Jobs by their ids, equal ones once.
fn named<'a>(sweep: &str, jobs: &'a [NewJob]) -> Vec<(JobId, &'a NewJob)> {
    let mut named: Vec<(JobId, &NewJob)> = jobs
        .par_iter()
        .map(|job| (JobId::new(sweep, &job.parameters), job))
        .collect();
    named.par_sort_by(|a, b| a.0.cmp(&b.0));
    named.dedup_by(|next, kept| next.0 == kept.0);
    named
}

/// Of jobs in the order of their ids, those that the sweep does not have yet. Who submits has the sweep's row locked, so
/// nobody else inserts any before this transaction ends.
async fn new_jobs<'a>(
    transaction: &mut Transaction,
    sweep: &str,
    mut jobs: Vec<(JobId, &'a NewJob)>,
) -> Result<Vec<(JobId, &'a NewJob)>, StoreError> {
    let mut there = vec![false; jobs.len()];
    let mut last = String::new();
    loop {
        let page = arguments![sweep, last.as_str(), PAGE as u32];
        let rows = transaction.fetch(sql!("jobs_of_sweep.sql"), page).await?;
        for row in &rows {
            last = row.get("id")?;
            if let Ok(index) = jobs.binary_search_by(|(id, _)| id.0.cmp(&last)) {
                there[index] = true;
            }
        }
        if rows.len() < PAGE {
            break;
        }
    }
    let mut there = there.into_iter();
    jobs.retain(|_| there.next() == Some(false));
    Ok(jobs)
}

/// Inserts new jobs in the order of claims: those that are claimed together then lie side by side, and their states
/// change within a page or two. The last come first: the indexes that claims follow then grow at their ends, where both
/// databases find the place without a search and leave full pages behind.
async fn insert(
    transaction: &mut Transaction,
    sweep: &str,
    mut jobs: Vec<(JobId, &NewJob)>,
) -> Result<(), StoreError> {
    jobs.par_sort_by(|(a_id, a), (b_id, b)| {
        longest_first((b.estimated_seconds, b_id), (a.estimated_seconds, a_id))
    });
    let now = transaction.fetch(sql!("now.sql"), Vec::new()).await?;
    let indexes = Dropped::before(transaction, jobs.len()).await?;
    insert_jobs(transaction, sweep, &jobs, now[0].get("now_ms")?).await?;
    insert_parameters(transaction, &jobs).await?;
    indexes.restore(transaction).await
}

/// The rule for sweep names: 1 to 100 of `A-Z a-z 0-9 . _ -`.
pub(super) fn check_name(name: &str) -> Result<(), StoreError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if (1..=100).contains(&name.len()) && name.chars().all(allowed) {
        return Ok(());
    }
    let start: String = name.chars().take(40).collect();
    let shown = match name.chars().count() {
        0..=40 => format!("{start:?}"),
        length => format!("{start:?}... ({length} characters)"),
    };
    Err(StoreError::InvalidSweepName { shown })
}

async fn insert_sweep(transaction: &mut Transaction, sweep: &NewSweep) -> Result<(), StoreError> {
    let row = arguments![
        sweep.name.as_str(),
        sweep.seed.cast_signed(),
        sweep.source.as_str(),
        sweep.max_errors.max(1),
        sweep.max_crashes.max(1),
        sweep.max_dead.map(i64::from),
        sweep.max_job_ms,
    ];
    transaction.execute(sql!("upsert_sweep.sql"), row).await?;
    Ok(())
}

async fn insert_dataset(
    transaction: &mut Transaction,
    dataset: &Dataset,
) -> Result<(), StoreError> {
    let row = arguments![
        dataset.id(),
        dataset.inputs().nrows() as i64,
        dataset.inputs().ncols() as i64,
        dataset.targets().ncols() as i64,
        encode(dataset),
    ];
    transaction.execute(sql!("insert_dataset.sql"), row).await?;
    Ok(())
}

fn encode(dataset: &Dataset) -> Vec<u8> {
    let values = dataset.inputs().iter().chain(dataset.targets());
    values.flat_map(|value| value.to_le_bytes()).collect()
}

fn decode(bytes: &[u8], samples: usize, inputs: usize, outputs: usize) -> Option<Dataset> {
    let (values, rest) = bytes.as_chunks::<8>();
    let values: Vec<f64> = values
        .iter()
        .map(|value| f64::from_le_bytes(*value))
        .collect();
    if !rest.is_empty() || values.len() != samples * (inputs + outputs) {
        return None;
    }
    let (x, y) = values.split_at(samples * inputs);
    let inputs = Array2::from_shape_vec((samples, inputs), x.to_vec()).ok()?;
    let targets = Array2::from_shape_vec((samples, outputs), y.to_vec()).ok()?;
    Dataset::new(inputs, targets).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::value::Row;
    use super::*;
    use crate::Purpose;
    use simulation::Parameters;

    #[test]
    fn names_with_quotes_newlines_or_ten_thousand_characters_are_refused() {
        assert!(check_name("table2.v-1_a").is_ok());
        for name in ["", "a b", "a'b", "a\nb", "é", "a/b", &"x".repeat(10_000)] {
            let error = check_name(name).expect_err("refused").to_string();
            assert!(!error.contains('\n') && error.len() < 300, "{error}");
        }
    }

    /// The job with this seed.
    pub fn job(seed: u64, estimated_seconds: f64) -> NewJob {
        let parameters = Parameters {
            seed,
            ..Parameters::default()
        };
        NewJob {
            parameters: parameters.check().expect("valid"),
            replicate: 0,
            estimated_seconds,
        }
    }

    #[tokio::test]
    async fn jobs_are_inserted_once_each_and_as_they_will_be_claimed() {
        let jobs = [
            job(1, 1.0),
            job(2, 3.0),
            job(3, 2.0),
            job(4, 2.0),
            job(2, 3.0),
        ];
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let sweep = NewSweep::new("sweep", "", 1);
        let submission = store.submit(&sweep, &jobs, &[]);
        assert_eq!(submission.await.expect("submits").inserted, 4);

        let mut transaction = store.read("looking").await.expect("begins");
        let inserted = "SELECT id, estimated_seconds FROM jobs ORDER BY rowid";
        let rows = transaction.fetch(inserted, Vec::new()).await;
        let rows = rows.expect("reads");
        let column = |row: &Row| -> (f64, String) {
            let seconds = row.get("estimated_seconds").expect("a number");
            (seconds, row.get("id").expect("text"))
        };
        let inserted: Vec<(f64, String)> = rows.iter().map(column).collect();
        let seconds: Vec<f64> = inserted.iter().map(|(seconds, _)| *seconds).collect();
        assert_eq!(seconds, [1.0, 2.0, 2.0, 3.0]);
        assert!(inserted[1].1 < inserted[2].1, "{inserted:?}");
    }

    #[test]
    fn a_data_set_survives_its_bytes() {
        let inputs = Array2::from_shape_fn((3, 2), |(i, j)| i as f64 - j as f64 / 3.0);
        let targets = Array2::from_shape_fn((3, 1), |(i, _)| i as f64);
        let dataset = Dataset::new(inputs, targets).expect("valid");
        let bytes = encode(&dataset);
        assert_eq!(decode(&bytes, 3, 2, 1), Some(dataset));
        assert_eq!(decode(&bytes[1..], 3, 2, 1), None);
    }
}
