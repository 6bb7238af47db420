//! Feeds for calendar programs: lookup by secret, and read counts.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::FEED;
use obcms_domain::registry::Record;

use crate::database::Tx;
use crate::error::StoreError;
use crate::records;

/// Returns the feed with this secret hash, archived or not.
pub fn by_secret(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Record>, StoreError> {
    let found = tx.first("SELECT id FROM feeds WHERE secret_hash = $1", &[hash.into()])?;
    match found {
        Some(row) => records::load(tx, &FEED, row.get(0)?),
        None => Ok(None),
    }
}

/// Returns the live feeds of a person, oldest first.
pub fn of_owner(tx: &mut Tx<'_>, owner: Id) -> Result<Vec<Record>, StoreError> {
    records::live_of_owner(tx, &FEED, owner)
}

/// Adds `count` reads to a feed, the last of them at `now`.
pub fn note_reads(tx: &mut Tx<'_>, id: Id, now: Timestamp, count: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE feeds SET last_read_at = $1, reads = coalesce(reads, 0) + $2 WHERE id = $3",
        &[now.into(), count.into(), id.into()],
    )?;
    Ok(())
}
