//! Where a job's next attempt goes on.

use simulation::Checkpoint;

use super::checkpoint_files::LARGE;
use super::transaction::Transaction;
use super::value::{Argument, Row, arguments};
use super::{Store, sql};
use crate::{StoreError, Ticket};

impl Store {
    /// Replaces the job's checkpoint. False: superseded, nothing changed.
    ///
    /// # Errors
    /// The database's; a large checkpoint's file can't be written.
    pub async fn save_checkpoint(
        &self,
        ticket: &Ticket,
        checkpoint: &Checkpoint,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write("saving a checkpoint").await?;
        let held = transaction
            .fetch(sql!("hold_job.sql"), ticket.row())
            .await?;
        let mut replaced = Vec::new();
        if !held.is_empty() {
            replaced = self
                .write_checkpoint(&mut transaction, ticket, checkpoint)
                .await?;
        }
        transaction.commit().await?;
        self.remove_files(replaced).await;
        Ok(!held.is_empty())
    }

    /// Writes a checkpoint for a ticket that was just found to be the newest. Returns the files that it
    /// replaces, to be removed after the commit.
    pub(super) async fn write_checkpoint(
        &self,
        transaction: &mut Transaction,
        ticket: &Ticket,
        checkpoint: &Checkpoint,
    ) -> Result<Vec<String>, StoreError> {
        let bytes = checkpoint.as_bytes();
        let (mut data, mut file, mut replaced) = (Argument::from(bytes.to_vec()), None, Vec::new());
        if let Some(files) = &self.checkpoint_files {
            let job = arguments![ticket.job_id.0.as_str()];
            let rows = transaction
                .fetch(sql!("select_checkpoint_file.sql"), job)
                .await?;
            replaced = named_files(&rows)?;
            if bytes.len() > LARGE {
                let name = files.put(ticket, bytes).await?;
                replaced.retain(|old| *old != name);
                (data, file) = (Argument::from(Vec::new()), Some(name));
            }
        }
        let mut row = arguments![ticket.job_id.0.as_str(), ticket.epoch, steps(checkpoint)];
        row.extend([data, file.into()]);
        transaction
            .execute(sql!("upsert_checkpoint.sql"), row)
            .await?;
        Ok(replaced)
    }

    /// The checkpoint of a row with the columns `checkpoint` and `checkpoint_file`. One whose file is gone
    /// or damaged costs work, not the job.
    pub(super) async fn read_checkpoint(
        &self,
        row: &Row,
    ) -> Result<Option<Checkpoint>, StoreError> {
        let name: Option<String> = row.get("checkpoint_file")?;
        let bytes = match (name, &self.checkpoint_files) {
            (Some(name), Some(files)) => files.get(&name).await,
            (Some(_), None) => None,
            (None, _) => row.get("checkpoint")?,
        };
        Ok(bytes.map(Checkpoint::from_bytes))
    }

    /// Removes files that are named no more.
    pub(super) async fn remove_files(&self, names: Vec<String>) {
        if let Some(files) = &self.checkpoint_files {
            files.remove(names).await;
        }
    }

    /// Removes checkpoint files that a crash left behind: those that no checkpoint names. Returns how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_orphans(&self) -> Result<u64, StoreError> {
        let Some(files) = &self.checkpoint_files else {
            return Ok(0);
        };
        let mut found = files.list().await;
        if found.is_empty() {
            return Ok(0);
        }
        let mut transaction = self.write("removing orphaned checkpoints").await?;
        let rows = transaction
            .fetch(sql!("select_checkpoint_files.sql"), Vec::new())
            .await?;
        // Under the write lock, which the first statement takes, nobody is about to name a file; listed again,
        // for what came meanwhile.
        found = files.list().await;
        let named = named_files(&rows)?;
        found.retain(|file| !named.contains(file));
        let orphans = found.len() as u64;
        files.remove(found).await;
        transaction.commit().await?;
        Ok(orphans)
    }
}

/// Steps that a checkpoint saves: none, if it isn't one.
pub(super) fn steps(checkpoint: &Checkpoint) -> i64 {
    checkpoint.steps_done().unwrap_or(0).cast_signed()
}

/// The files that rows with a column `file` name.
pub(super) fn named_files(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    let files = rows.iter().map(|row| row.get::<Option<String>>("file"));
    Ok(files
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}
