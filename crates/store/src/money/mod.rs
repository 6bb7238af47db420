//! Sums of the ledger, and what budget scenarios are made of.

pub mod scenarios;

use std::collections::HashSet;

use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::money::{Part, Totals};

use crate::database::{Statement, Tx};
use crate::error::StoreError;

/// Returns the sums of the ledger of a PPA; the enacted budget is not among them.
pub fn totals(tx: &mut Tx<'_>, ppa: Id) -> Result<Totals, StoreError> {
    let mut totals = Totals::default();
    let rows = tx.query(
        "SELECT coalesce(adjusts, kind), CAST(sum(amount_centavos) AS bigint) FROM tranches \
         WHERE ppa = $1 AND archived_at IS NULL GROUP BY coalesce(adjusts, kind)",
        &[ppa.into()],
    )?;
    for row in rows {
        let part: String = row.get(0)?;
        if let Some(part) = Part::parse(&part) {
            *totals.sum_mut(part) = row.get(1)?;
        }
    }
    Ok(totals)
}

/// Returns the sums of the ledger of a PPA by date and part, in the order of the dates.
pub fn by_date(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<(Date, Part, i64)>, StoreError> {
    let rows = tx.query(
        "SELECT date, coalesce(adjusts, kind), CAST(sum(amount_centavos) AS bigint) FROM tranches \
         WHERE ppa = $1 AND archived_at IS NULL AND date IS NOT NULL \
         GROUP BY date, coalesce(adjusts, kind) ORDER BY date",
        &[ppa.into()],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let part: String = row.get(1)?;
        if let Some(part) = Part::parse(&part) {
            found.push((row.get(0)?, part, row.get(2)?));
        }
    }
    Ok(found)
}

/// Returns those of the entries that another one reverses.
pub fn reversed(tx: &mut Tx<'_>, entries: &[Id]) -> Result<HashSet<Id>, StoreError> {
    let mut found = HashSet::new();
    for chunk in entries.chunks(400) {
        let mut statement = Statement::new("SELECT reverses FROM tranches WHERE reverses IN ");
        statement.bind_list(chunk.iter().map(|id| (*id).into()));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// Returns true if an entry reverses this one.
pub fn is_reversed(tx: &mut Tx<'_>, entry: Id) -> Result<bool, StoreError> {
    Ok(tx.first("SELECT id FROM tranches WHERE reverses = $1", &[entry.into()])?.is_some())
}
