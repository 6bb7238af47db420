//! Imported events of subscriptions, by the key that identifies them in the next sync.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::{SqlValue, Statement, Tx};
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

/// Returns the events of a calendar that have these keys, by key.
pub fn known<'a>(
    tx: &mut Tx<'_>,
    calendar: Id,
    keys: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, KnownEvent>, StoreError> {
    let mut statement = Statement::new(
        "SELECT id, source_key, source_hash, archived_at FROM external_events WHERE calendar = ",
    );
    statement.bind(calendar);
    statement.push(" AND source_key IN ");
    statement.bind_list(keys.into_iter().map(SqlValue::from));
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| {
            Ok((
                row.get::<String>(1)?,
                KnownEvent { id: row.get(0)?, hash: row.get(2)?, archived_at: row.get(3)? },
            ))
        })
        .collect()
}

/// Returns the events of a calendar that are live, or were archived at a time.
pub fn event_ids(
    tx: &mut Tx<'_>,
    calendar: Id,
    archived_at: Option<Timestamp>,
) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new("SELECT id FROM external_events WHERE calendar = ");
    statement.bind(calendar);
    match archived_at {
        None => statement.push(" AND archived_at IS NULL"),
        Some(at) => statement.push(" AND archived_at = ").bind(at),
    };
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the number of live events of a calendar.
pub fn count(tx: &mut Tx<'_>, calendar: Id) -> Result<i64, StoreError> {
    tx.one(
        "SELECT count(*) FROM external_events WHERE calendar = $1 AND archived_at IS NULL",
        &[calendar.into()],
    )?
    .get(0)
}
