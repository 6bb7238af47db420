//! Change log that invalidates the calendar cache.

use obcms_domain::core::id::Id;

use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Maximum number of records listed for one transaction; above it the log only says that all may have changed.
const MOST: usize = 2_000;
/// Number of revisions in the log. A reader further behind reloads everything. A transaction raises the revision by
/// one for each of its changes.
const STATES: i64 = 50_000;
/// Number of revisions between two clean-ups of the log.
const BETWEEN_CLEARING: i64 = 2_048;

/// Records whose calendar entries changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalidation {
    /// All records.
    All,
    /// These records, each once.
    Records(Vec<Id>),
}

/// Logs the records of a transaction as its last step before the commit with this revision. `steps` is the difference
/// from the previous revision.
pub(crate) fn note(tx: &mut Tx<'_>, state: i64, steps: i64, mut records: Vec<Id>) -> Result<(), StoreError> {
    records.sort_unstable();
    records.dedup();
    if records.len() > MOST {
        records = vec![Id::NIL];
    }
    let rows: Vec<Vec<SqlValue>> =
        records.into_iter().map(|id| vec![SqlValue::Integer(state), id.into()]).collect();
    tx.insert_rows("calendar_touched", &["state", "record_id"], &rows, "")?;
    if state / BETWEEN_CLEARING != (state - steps) / BETWEEN_CLEARING {
        tx.execute("DELETE FROM calendar_touched WHERE state < $1", &[SqlValue::Integer(state - STATES)])?;
    }
    Ok(())
}

/// Returns the invalidations after one revision, up to and including the revision `now` that the transaction sees.
pub fn since(tx: &mut Tx<'_>, state: i64, now: i64) -> Result<Invalidation, StoreError> {
    if now - state > STATES - BETWEEN_CLEARING {
        return Ok(Invalidation::All);
    }
    let sql = "SELECT DISTINCT record_id FROM calendar_touched WHERE state > $1 ORDER BY record_id LIMIT $2";
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = tx.query(sql, &[SqlValue::Integer(state), SqlValue::Integer(most + 1)])?;
    let records: Vec<Id> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let is_many = records.len() > MOST || records.first() == Some(&Id::NIL);
    Ok(if is_many { Invalidation::All } else { Invalidation::Records(records) })
}
