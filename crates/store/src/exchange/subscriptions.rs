//! Imported events of subscriptions, by the key that identifies them in the next sync.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::Tx;
use crate::error::StoreError;

/// Imported event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEvent {
    /// Record of the event.
    pub id: Id,
    /// Hash of the content, to detect differences.
    pub hash: String,
    /// Time of archiving, if archived.
    pub archived_at: Option<Timestamp>,
}

/// Returns all events of a calendar by their key.
pub fn known(tx: &mut Tx<'_>, calendar: Id) -> Result<HashMap<String, KnownEvent>, StoreError> {
    tx.query(
        "SELECT id, source_key, source_hash, archived_at FROM external_events WHERE calendar = $1",
        &[calendar.into()],
    )?
    .iter()
    .map(|row| {
        Ok((
            row.get::<String>(1)?,
            KnownEvent { id: row.get(0)?, hash: row.get(2)?, archived_at: row.get(3)? },
        ))
    })
    .collect()
}

/// Returns the number of live events of a calendar.
pub fn count(tx: &mut Tx<'_>, calendar: Id) -> Result<i64, StoreError> {
    tx.one(
        "SELECT count(*) FROM external_events WHERE calendar = $1 AND archived_at IS NULL",
        &[calendar.into()],
    )?
    .get(0)
}
