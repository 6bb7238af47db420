//! Batches of imports: the change sets in which a file was written.

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::Tx;
use crate::error::StoreError;

/// One transaction of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The import.
    pub import: Id,
    /// Position in write order, from 0.
    pub position: i64,
    /// Kind of the records.
    pub kind: String,
    /// Actor who imported the file.
    pub actor: Option<Id>,
    /// Change set of the batch.
    pub change_set: Id,
    /// One of the changed records.
    pub record_id: Id,
}

/// Inserts a batch.
pub fn insert(tx: &mut Tx<'_>, batch: &Batch, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO import_batches (import_id, position, kind, actor, change_set, record_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            batch.import.into(),
            batch.position.into(),
            batch.kind.as_str().into(),
            batch.actor.into(),
            batch.change_set.into(),
            batch.record_id.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Returns the batches of an import that are not undone, last one first.
pub fn all(tx: &mut Tx<'_>, import: Id) -> Result<Vec<Batch>, StoreError> {
    tx.query(
        "SELECT position, kind, actor, change_set, record_id FROM import_batches WHERE import_id = $1 \
         ORDER BY position DESC",
        &[import.into()],
    )?
    .iter()
    .map(|row| {
        Ok(Batch {
            import,
            position: row.get(0)?,
            kind: row.get(1)?,
            actor: row.get(2)?,
            change_set: row.get(3)?,
            record_id: row.get(4)?,
        })
    })
    .collect()
}

/// Deletes a batch. Returns 0 if it was already deleted.
pub fn remove(tx: &mut Tx<'_>, batch: &Batch) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM import_batches WHERE import_id = $1 AND position = $2",
        &[batch.import.into(), batch.position.into()],
    )
}

/// Deletes the batches older than `before`.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM import_batches WHERE at < $1", &[before.into()])
}
