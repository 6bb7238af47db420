//! Which records the calendar shows otherwise since a state of the data.

use obcms_domain::core::id::Id;

use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Records of one transaction that are noted one by one; of more it is only noted that there were many.
const MOST: usize = 2_000;
/// States that are kept; who is further behind reads everything. A transaction goes on by one for each of its changes.
const STATES: i64 = 50_000;
/// How often old states are let go, in states.
const BETWEEN_CLEARING: i64 = 2_048;

/// What the calendar shows otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Anything.
    All,
    /// These records, each once.
    Records(Vec<Id>),
}

/// Notes the records of a transaction, as the last thing before it is committed with this number; `steps` is by how
/// many it is larger than the number before it.
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

/// What was noted after one state, up to and with the state `now` that the transaction sees.
pub fn since(tx: &mut Tx<'_>, state: i64, now: i64) -> Result<Touched, StoreError> {
    if now - state > STATES - BETWEEN_CLEARING {
        return Ok(Touched::All);
    }
    let sql = "SELECT DISTINCT record_id FROM calendar_touched WHERE state > $1 ORDER BY record_id LIMIT $2";
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = tx.query(sql, &[SqlValue::Integer(state), SqlValue::Integer(most + 1)])?;
    let records: Vec<Id> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let is_many = records.len() > MOST || records.first() == Some(&Id::NIL);
    Ok(if is_many { Touched::All } else { Touched::Records(records) })
}
