//! Events of external calendars: which are known, by what makes them the same the next time.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::Tx;
use crate::error::StoreError;

/// An event that is known already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its record.
    pub id: Id,
    /// Tells whether it differs.
    pub hash: String,
    /// Whether it was archived, and when.
    pub archived_at: Option<Timestamp>,
}

/// All events of a calendar by their key.
pub fn known(tx: &mut Tx<'_>, calendar: Id) -> Result<HashMap<String, Known>, StoreError> {
    tx.query(
        "SELECT id, source_key, source_hash, archived_at FROM external_events WHERE calendar = $1",
        &[calendar.into()],
    )?
    .iter()
    .map(|row| {
        Ok((row.get::<String>(1)?, Known { id: row.get(0)?, hash: row.get(2)?, archived_at: row.get(3)? }))
    })
    .collect()
}

/// How many events of a calendar are shown.
pub fn count(tx: &mut Tx<'_>, calendar: Id) -> Result<i64, StoreError> {
    tx.one(
        "SELECT count(*) FROM external_events WHERE calendar = $1 AND archived_at IS NULL",
        &[calendar.into()],
    )?
    .get(0)
}
