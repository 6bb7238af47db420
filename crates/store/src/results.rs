//! Measurements of indicators.

use std::collections::HashMap;

use obcms_domain::core::id::Id;
use obcms_domain::results::{Measured, Period};

use crate::database::{Statement, Tx};
use crate::error::StoreError;

/// Returns the approved measurements of indicators.
pub fn approved(tx: &mut Tx<'_>, indicators: &[Id]) -> Result<HashMap<Id, Vec<Measured>>, StoreError> {
    let mut found: HashMap<Id, Vec<Measured>> = HashMap::new();
    for chunk in indicators.chunks(400) {
        let mut statement =
            Statement::new("SELECT indicator, period, value FROM measurements WHERE indicator IN ");
        statement.bind_list(chunk.iter().map(|id| (*id).into()));
        statement.push(" AND status = 'approved' AND archived_at IS NULL AND value IS NOT NULL");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            let period: String = row.get(1)?;
            if let Some(period) = Period::parse(&period) {
                found.entry(row.get(0)?).or_default().push(Measured { period, value: row.get(2)? });
            }
        }
    }
    Ok(found)
}

/// Returns the live measurement of an indicator for a period.
pub fn of_period(tx: &mut Tx<'_>, indicator: Id, period: &str) -> Result<Option<Id>, StoreError> {
    let row = tx.first(
        "SELECT id FROM measurements WHERE indicator = $1 AND period = $2 AND archived_at IS NULL",
        &[indicator.into(), period.into()],
    )?;
    row.map(|row| row.get(0)).transpose()
}

/// Returns true if the indicator has a measurement, archived or not.
pub fn is_measured(tx: &mut Tx<'_>, indicator: Id) -> Result<bool, StoreError> {
    Ok(tx.first("SELECT id FROM measurements WHERE indicator = $1 LIMIT 1", &[indicator.into()])?.is_some())
}

/// Returns the measurements of live PPAs that wait for a decision of somebody else than this user, the oldest first.
pub fn waiting(tx: &mut Tx<'_>, user: Id) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query(
        "SELECT m.id FROM measurements m JOIN ppas p ON p.id = m.ppa WHERE m.status = 'reported' \
         AND m.archived_at IS NULL AND p.archived_at IS NULL \
         AND (m.created_by IS NULL OR m.created_by <> $1) AND (m.reported_by IS NULL OR m.reported_by <> $1) \
         ORDER BY m.created_at, m.id",
        &[user.into()],
    )?;
    rows.iter().map(|row| row.get(0)).collect()
}
