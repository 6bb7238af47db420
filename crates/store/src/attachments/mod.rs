//! Files attached to records: their rows, and their contents by hash.

mod blobs;

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::{Row, SqlValue, Statement, Tx, settings};
use crate::error::StoreError;

pub(crate) use blobs::each_piece;
pub use blobs::{Blobs, SealedBlob, StagedBlob, is_hash};

/// Counter whose row orders the writers of contents.
const COUNTER: &str = "blobs";

/// File attached to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Identity.
    pub id: Id,
    /// Name of the kind of the record.
    pub kind: String,
    /// The record.
    pub record_id: Id,
    /// Approval round of the PPA that it belongs to.
    pub round: Option<i64>,
    /// SHA-256 of the content in hexadecimal.
    pub hash: String,
    /// Name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Time of the upload.
    pub uploaded_at: Timestamp,
    /// Person who uploaded it; nothing for the program.
    pub uploaded_by: Option<Id>,
    /// Time of the removal.
    pub archived_at: Option<Timestamp>,
    /// Person who removed it.
    pub archived_by: Option<Id>,
}

const COLUMNS: &str = "id, kind, record_id, round, hash, name, content_type, size_bytes, uploaded_at, uploaded_by, \
                       archived_at, archived_by";

fn read(row: &Row) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        id: row.get(0)?,
        kind: row.get(1)?,
        record_id: row.get(2)?,
        round: row.get(3)?,
        hash: row.get(4)?,
        name: row.get(5)?,
        content_type: row.get(6)?,
        size_bytes: row.get(7)?,
        uploaded_at: row.get(8)?,
        uploaded_by: row.get(9)?,
        archived_at: row.get(10)?,
        archived_by: row.get(11)?,
    })
}

/// Returns the files of a record with removed ones, oldest first.
pub fn of_record(tx: &mut Tx<'_>, record: Id) -> Result<Vec<Attachment>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE record_id = $1 ORDER BY uploaded_at, id");
    tx.query(&sql, &[record.into()])?.iter().map(read).collect()
}

/// Returns a file of a record, removed or not.
pub fn find(tx: &mut Tx<'_>, record: Id, id: Id) -> Result<Option<Attachment>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE id = $1 AND record_id = $2");
    tx.first(&sql, &[id.into(), record.into()])?.as_ref().map(read).transpose()
}

/// Inserts a file.
pub fn insert(tx: &mut Tx<'_>, file: &Attachment) -> Result<(), StoreError> {
    tx.execute(
        &format!(
            "INSERT INTO attachments ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &[
            file.id.into(),
            file.kind.as_str().into(),
            file.record_id.into(),
            file.round.into(),
            file.hash.as_str().into(),
            file.name.as_str().into(),
            file.content_type.as_str().into(),
            file.size_bytes.into(),
            file.uploaded_at.into(),
            file.uploaded_by.into(),
            file.archived_at.into(),
            file.archived_by.into(),
        ],
    )?;
    Ok(())
}

/// Removes a file, or restores it for `None`. Returns false if its row was deleted meanwhile.
pub fn set_archived(
    tx: &mut Tx<'_>,
    id: Id,
    at: Option<Timestamp>,
    by: Option<Id>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE attachments SET archived_at = $2, archived_by = $3 WHERE id = $1";
    Ok(tx.execute(sql, &[id.into(), at.into(), by.into()])? > 0)
}

/// Waits for other writers of contents until the end of the transaction, so that the sum of all sizes holds.
pub fn lock_contents(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    settings::next_number(tx, COUNTER).map(|_| ())
}

/// Returns the bytes of all contents.
pub fn stored_bytes(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("SELECT CAST(coalesce(sum(size_bytes), 0) AS bigint) FROM blobs", &[])?.get(0)
}

/// Returns true if the content is known.
pub fn has_content(tx: &mut Tx<'_>, hash: &str) -> Result<bool, StoreError> {
    Ok(tx.first("SELECT 1 FROM blobs WHERE hash = $1", &[hash.into()])?.is_some())
}

/// Notes that a content is in use.
pub fn use_content(tx: &mut Tx<'_>, hash: &str, size_bytes: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO blobs (hash, size_bytes, created_at, unused_at) VALUES ($1, $2, $3, NULL) \
         ON CONFLICT (hash) DO UPDATE SET unused_at = NULL",
        &[hash.into(), size_bytes.into(), now.into()],
    )?;
    Ok(())
}

/// Notes contents that lie in the folder without a row as unused, so that they are deleted like others.
pub fn adopt(tx: &mut Tx<'_>, found: &[(String, i64)], now: Timestamp) -> Result<(), StoreError> {
    let rows: Vec<Vec<SqlValue>> = found
        .iter()
        .map(|(hash, size)| vec![hash.as_str().into(), (*size).into(), now.into(), now.into()])
        .collect();
    let columns = ["hash", "size_bytes", "created_at", "unused_at"];
    tx.insert_rows("blobs", &columns, &rows, "ON CONFLICT (hash) DO NOTHING")
}

/// Deletes the rows of files that were removed before, and of files whose record is gone. Returns their number.
pub fn forget(tx: &mut Tx<'_>, removed_before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM attachments WHERE archived_at < $1 \
         OR NOT EXISTS (SELECT 1 FROM records WHERE records.id = attachments.record_id)",
        &[removed_before.into()],
    )
}

/// Notes since when contents are unused.
pub fn mark_unused(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE blobs SET unused_at = $1 WHERE unused_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM attachments WHERE attachments.hash = blobs.hash)",
        &[now.into()],
    )?;
    Ok(())
}

/// Returns contents that are unused since before, at most `limit`.
pub fn unused(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
    tx.query(
        "SELECT hash FROM blobs WHERE unused_at < $1 ORDER BY unused_at, hash LIMIT $2",
        &[before.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Deletes the rows of those contents that no file uses. Returns their hashes. The writers must be locked.
pub fn delete_unused(tx: &mut Tx<'_>, hashes: &[String]) -> Result<Vec<String>, StoreError> {
    let mut deleted = Vec::new();
    for chunk in hashes.chunks(400) {
        let mut statement = Statement::new(
            "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM attachments WHERE attachments.hash = blobs.hash) \
             AND hash IN "
                .to_owned(),
        );
        statement.bind_list(chunk.iter().map(|hash| hash.as_str().into()));
        statement.push(" RETURNING hash");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            deleted.push(row.get(0)?);
        }
    }
    Ok(deleted)
}

/// Returns all contents in use with their sizes, by hash.
pub fn contents(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query(
        "SELECT hash, size_bytes FROM blobs \
         WHERE EXISTS (SELECT 1 FROM attachments WHERE attachments.hash = blobs.hash) ORDER BY hash",
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Returns all known contents, in use or not.
pub fn known_contents(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query("SELECT hash FROM blobs", &[])?.iter().map(|row| row.get(0)).collect()
}

/// Returns the number of files that are not removed.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("SELECT count(*) FROM attachments WHERE archived_at IS NULL", &[])?.get(0)
}

/// Returns files with one of these contents.
pub fn with_contents(tx: &mut Tx<'_>, hashes: &[String]) -> Result<Vec<Attachment>, StoreError> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(400) {
        let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM attachments WHERE hash IN "));
        statement.bind_list(chunk.iter().map(|hash| hash.as_str().into()));
        statement.push(" ORDER BY hash, id");
        for row in &tx.query(&statement.sql, &statement.parameters)? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}
