//! Many rows into one table. PostgreSQL has a way of its own for that, `COPY ... FROM STDIN (FORMAT binary)`, which makes
//! neither plans nor arrays, looks for no conflicts, and logs a page's rows at once.

use sqlx::postgres::{PgConnection, PgCopyIn};

use super::dialect::{Dialect, as_copy};
use super::together::Rows;
use super::transaction::{Connection, Transaction, answered_within};
use super::value::Argument;
use crate::StoreError;

/// Signature, flags, and the length of what else there is to say, which is nothing.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In place of a row's number of columns, after the last.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// In place of a value's length.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();
/// Sent at a time: the server works on a chunk while the next is made.
const CHUNK_BYTES: usize = 64 * 1024;

/// Rows that begin with the same values.
pub(super) struct Alike<'a> {
    pub shared: Vec<Argument>,
    pub rows: Rows<'a>,
}

impl Transaction {
    /// Inserts rows, none of which may be there already, by an `INSERT` of the shared values and then `{rows: ...}`.
    pub async fn load(
        &mut self,
        insert: &'static str,
        groups: Vec<Alike<'_>>,
    ) -> Result<(), StoreError> {
        if self.dialect() == Dialect::Postgres {
            return self.copy(&as_copy(insert), groups).await;
        }
        for group in groups {
            self.execute_each(insert, &group.shared, group.rows).await?;
        }
        Ok(())
    }

    async fn copy(&mut self, statement: &str, groups: Vec<Alike<'_>>) -> Result<(), StoreError> {
        let (doing, patience) = (self.doing, self.patience);
        let Connection::Postgres(connection) = self.connection() else {
            unreachable!("COPY is PostgreSQL's");
        };
        let copied = async {
            let copy = connection.copy_in_raw(statement).await?;
            send(copy, groups).await
        };
        answered_within(patience, doing, copied).await
    }
}

async fn send(
    mut copy: PgCopyIn<&mut PgConnection>,
    groups: Vec<Alike<'_>>,
) -> Result<(), sqlx::Error> {
    let mut chunk = HEADER.to_vec();
    for group in groups {
        let mut shared = Vec::new();
        encode(&mut shared, &group.shared);
        for row in group.rows {
            let columns = (group.shared.len() + row.len()) as i16;
            chunk.extend(columns.to_be_bytes());
            chunk.extend(&shared);
            encode(&mut chunk, &row);
            if chunk.len() >= CHUNK_BYTES {
                copy.send(chunk.as_slice()).await?;
                chunk.clear();
            }
        }
    }
    chunk.extend(TRAILER);
    copy.send(chunk.as_slice()).await?;
    copy.finish().await.map(drop)
}

/// Each value's length in bytes, then the value.
fn encode(bytes: &mut Vec<u8>, values: &[Argument]) {
    for value in values {
        match value {
            Argument::Integer(Some(value)) => field(bytes, &value.to_be_bytes()),
            Argument::Real(Some(value)) => field(bytes, &value.to_be_bytes()),
            Argument::Text(Some(value)) => field(bytes, value.as_bytes()),
            Argument::Bytes(value) => field(bytes, value),
            Argument::Integer(None) | Argument::Real(None) | Argument::Text(None) => {
                bytes.extend(NULL);
            }
        }
    }
}

fn field(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend((value.len() as i32).to_be_bytes());
    bytes.extend(value);
}
