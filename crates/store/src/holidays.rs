//! Holidays of a window or with a key, and the adjustments of Hijri months.

use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Returns the holidays that overlap the days from the first to the last, both inclusive.
pub fn within(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<Id>, StoreError> {
    ids(
        tx,
        "SELECT id FROM holidays WHERE archived_at IS NULL AND \"date\" <= $2 \
         AND coalesce(end_date, \"date\") >= $1 ORDER BY \"date\", name, id",
        &[first.into(), last.into()],
    )
}

/// Returns the holidays with one of these keys, archived or not.
pub fn with_keys(tx: &mut Tx<'_>, keys: &[String]) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new("SELECT id FROM holidays WHERE \"key\" IN ");
    statement.bind_list(keys.iter().map(|key| SqlValue::from(key.as_str())));
    ids(tx, &statement.sql, &statement.parameters)
}

/// Returns the live calculated holidays that await the moon sighting.
pub fn awaited(tx: &mut Tx<'_>) -> Result<Vec<Id>, StoreError> {
    ids(
        tx,
        "SELECT id FROM holidays WHERE archived_at IS NULL AND source = 'computed' AND is_estimated = $1",
        &[true.into()],
    )
}

/// Returns the adjustments of months as year, name of the month or nothing, and days; the latest comes last.
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
