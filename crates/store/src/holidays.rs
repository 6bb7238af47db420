//! Holidays of a window, those with a key, and what was said of the months of the Hijri year.

use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Holidays that touch the days from the first to the last, both included.
pub fn within(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<Id>, StoreError> {
    ids(
        tx,
        "SELECT id FROM holidays WHERE archived_at IS NULL AND \"date\" <= $2 \
         AND coalesce(end_date, \"date\") >= $1 ORDER BY \"date\", name, id",
        &[first.into(), last.into()],
    )
}

/// Holidays with one of these keys, archived or not.
pub fn with_keys(tx: &mut Tx<'_>, keys: &[String]) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new("SELECT id FROM holidays WHERE \"key\" IN ");
    statement.bind_list(keys.iter().map(|key| SqlValue::from(key.as_str())));
    ids(tx, &statement.sql, &statement.parameters)
}

/// Holidays in use that were computed and await the sighting of the moon.
pub fn awaited(tx: &mut Tx<'_>) -> Result<Vec<Id>, StoreError> {
    ids(
        tx,
        "SELECT id FROM holidays WHERE archived_at IS NULL AND source = 'computed' AND is_estimated = $1",
        &[true.into()],
    )
}

/// What was said of months: year, name of the month or nothing, days; what was said last comes last.
pub fn adjustments(tx: &mut Tx<'_>) -> Result<Vec<(i64, Option<String>, i64)>, StoreError> {
    tx.query(
        "SELECT \"year\", \"month\", \"days\" FROM hijri_adjustments WHERE archived_at IS NULL ORDER BY created_at, id",
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    .collect()
}

fn ids(tx: &mut Tx<'_>, sql: &str, parameters: &[SqlValue]) -> Result<Vec<Id>, StoreError> {
    tx.query(sql, parameters)?.iter().map(|row| row.get(0)).collect()
}
