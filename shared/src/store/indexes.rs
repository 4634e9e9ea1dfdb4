//! SQLite's indexes of the queue, dropped while many jobs are inserted and then made of all of them: to sort once takes
//! a fraction of the time of finding each job's place.

use super::dialect::Dialect;
use super::sql;
use super::transaction::Transaction;
use super::value::arguments;
use crate::StoreError;

/// Fewer jobs would gain some hundredths of a second.
const JOBS_MIN: usize = 10_000;

/// Indexes that a transaction has dropped and must make again before it commits: the statements that do.
#[must_use]
pub(super) struct Dropped(Vec<String>);

impl Dropped {
    /// Drops the indexes if that pays for so many new jobs. On PostgreSQL it never does: the table
    /// would be locked for every worker until the end. SQLite has one writer anyway, and readers see the database as it was.
    pub async fn before(transaction: &mut Transaction, jobs: usize) -> Result<Self, StoreError> {
        let mut dropped = Self(Vec::new());
        if transaction.dialect() != Dialect::Sqlite || jobs < JOBS_MIN {
            return Ok(dropped);
        }
        // Those that are there are sorted again, too.
        let many = jobs as u64 / 2;
        let counted = transaction
            .fetch(sql!("count_some_jobs.sql"), arguments![many.cast_signed()])
            .await?;
        if counted[0].count("jobs")? >= many {
            return Ok(dropped);
        }
        for index in transaction
            .fetch(sql!("list_indexes.sqlite.sql"), Vec::new())
            .await?
        {
            // A user's own may have any name.
            let name = index.get::<String>("name")?.replace('"', "\"\"");
            let statement = format!("DROP INDEX \"{name}\"");
            transaction.execute(&statement, Vec::new()).await?;
            dropped.0.push(index.get("sql")?);
        }
        Ok(dropped)
    }

    /// Makes them again.
    pub async fn restore(self, transaction: &mut Transaction) -> Result<(), StoreError> {
        for statement in self.0 {
            transaction.execute(&statement, Vec::new()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::submit::tests::job;
    use crate::{NewJob, NewSweep, Purpose, Store};

    fn jobs(count: usize) -> Vec<NewJob> {
        (0..count as u64)
            .map(|seed| job(seed, seed as f64))
            .collect()
    }

    async fn indexes(transaction: &mut Transaction) -> Vec<String> {
        let rows = transaction.fetch(sql!("list_indexes.sqlite.sql"), Vec::new());
        let rows = rows.await.expect("reads");
        rows.iter()
            .map(|row| row.get("sql").expect("text"))
            .collect()
    }

    #[tokio::test]
    async fn a_large_submission_leaves_the_indexes_as_they_were() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let mut transaction = store.write("looking").await.expect("begins");
        let own = "CREATE INDEX \"a user's \"\"own\"\"\" ON jobs (attempts)";
        let own = transaction.execute(own, Vec::new());
        own.await.expect("creates");
        let before = indexes(&mut transaction).await;
        assert!(before.len() > 3, "{before:?}");
        transaction.commit().await.expect("commits");

        let sweep = NewSweep::new("large", "", 1);
        let submission = store.submit(&sweep, &jobs(JOBS_MIN), &[]).await;
        assert_eq!(submission.expect("submits").inserted, JOBS_MIN as u64);

        let mut transaction = store.write("looking").await.expect("begins");
        assert_eq!(indexes(&mut transaction).await, before);
        let check = transaction.fetch("PRAGMA integrity_check", Vec::new());
        let check = check.await.expect("checks");
        assert_eq!(
            check[0].get::<String>("integrity_check").expect("text"),
            "ok"
        );
    }

    #[tokio::test]
    async fn they_are_dropped_where_most_jobs_will_be_new() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = Store::open(&url, Purpose::Migrate).await.expect("opens");
        let sweep = NewSweep::new("small", "", 1);
        let submission = store.submit(&sweep, &jobs(JOBS_MIN / 2), &[]).await;
        submission.expect("submits");
        for (new_jobs, expected) in [
            (JOBS_MIN - 1, false),
            (JOBS_MIN, false),
            (JOBS_MIN + 2, true),
        ] {
            let mut transaction = store.write("trying").await.expect("begins");
            let dropped = Dropped::before(&mut transaction, new_jobs).await;
            assert_eq!(
                !dropped.expect("drops").0.is_empty(),
                expected,
                "{new_jobs}"
            );
            assert_eq!(indexes(&mut transaction).await.is_empty(), expected);
        }
    }
}
