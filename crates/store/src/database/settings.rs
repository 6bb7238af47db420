//! Settings stored in the database, and counters.

use crate::database::Tx;
use crate::error::StoreError;

/// Returns the value of a setting.
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    tx.first("SELECT value FROM settings WHERE name = $1", &[name.into()])?.map(|row| row.get(0)).transpose()
}

/// Sets a setting.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[name.into(), value.into()],
    )?;
    Ok(())
}

/// Returns the last number of a counter; 0 before the first.
pub fn number(tx: &mut Tx<'_>, name: &str) -> Result<i64, StoreError> {
    tx.first("SELECT value FROM sequences WHERE name = $1", &[name.into()])?.map_or(Ok(0), |row| row.get(0))
}

/// Returns the next number of a counter, starting at 1. Numbers are never reused.
pub fn next_number(tx: &mut Tx<'_>, name: &str) -> Result<i64, StoreError> {
    next_numbers(tx, name, 1)
}

/// Takes `count` numbers of a counter and returns the last of them.
pub fn next_numbers(tx: &mut Tx<'_>, name: &str, count: i64) -> Result<i64, StoreError> {
    tx.one(
        "INSERT INTO sequences (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = sequences.value + excluded.value RETURNING value",
        &[name.into(), count.into()],
    )?
    .get(0)
}

/// Sets the last number of a counter.
pub(crate) fn set_number(tx: &mut Tx<'_>, name: &str, value: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sequences (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[name.into(), super::cell::SqlValue::Integer(value)],
    )?;
    Ok(())
}
