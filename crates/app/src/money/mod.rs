//! Ledger of PPAs: entries, reversals, sums and rates; budget scenarios.

pub(crate) mod rules;
pub mod scenarios;

use std::collections::HashSet;

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, TRANCHE, ppa, tranche};
use obcms_domain::money::{Totals, YearTotals, actions, by_year};
use obcms_domain::registry::Record;
use obcms_store::{Tx, money as store};
use serde_json::{Value as Json, json};

use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{lists, require_write};

/// Last entries of the ledger of a PPA.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Entries, the last one first.
    pub entries: Vec<Record>,
    /// Those of them that another entry reverses.
    pub reversed: HashSet<Id>,
    /// Number of all entries.
    pub total: i64,
}

impl App {
    /// Returns the last entries of the ledger of a PPA; nothing for an actor who sees no entries.
    pub fn ledger(&self, actor: &Actor, id: Id, limit: usize) -> Result<Option<Ledger>, AppError> {
        if actor.visibility(&TRANCHE).is_none() {
            return Ok(None);
        }
        let parameters =
            [("ppa", id.to_string()), ("sort", "-date".to_owned()), ("limit", limit.to_string())];
        let parameters: Vec<(String, String)> =
            parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = self.list_request(actor, &TRANCHE, &parameters)?;
        self.read(|tx| {
            let listing = lists::list(tx, actor, &TRANCHE, &request)?;
            let ids: Vec<Id> = listing.records.iter().map(|entry| entry.id).collect();
            let reversed = store::reversed(tx, &ids)?;
            Ok(Some(Ledger { entries: listing.records, reversed, total: listing.total }))
        })
    }

    /// Returns true if an entry was reversed.
    pub fn is_reversed(&self, id: Id) -> Result<bool, AppError> {
        self.read(|tx| Ok(store::is_reversed(tx, id)?))
    }

    /// Returns the sums of the ledger of a PPA, as a whole and by fiscal year.
    pub fn money(&self, actor: &Actor, id: Id) -> Result<(Totals, Vec<YearTotals>), AppError> {
        let record = self.get(actor, &PPA, id)?;
        self.read(|tx| Ok((totals(tx, &record)?, by_year(&store::by_date(tx, record.id)?))))
    }

    /// Reverses a ledger entry by an entry of the opposite amount that names it.
    pub fn reverse_entry(&self, actor: &Actor, id: Id, input: &Input) -> Result<Record, AppError> {
        let input = actions::REVERSE.parse(input).map_err(AppError::Invalid)?;
        self.write(actor, |work| reverse(work, id, actions::COMMENT.get(&input)))
    }
}

/// Returns the representation of sums and rates: rates as fractions, null for a zero denominator.
#[must_use]
pub fn totals_json(totals: &Totals) -> Json {
    json!({
        "enacted_centavos": totals.enacted,
        "allotted_centavos": totals.allotted,
        "obligated_centavos": totals.obligated,
        "disbursed_centavos": totals.disbursed,
        "balance_centavos": totals.balance(),
        "variance_centavos": totals.variance(),
        "obligation_rate": totals.obligation_rate(),
        "disbursement_rate": totals.disbursement_rate(),
        "utilization": totals.utilization(),
    })
}

/// Returns the representation of the sums of each fiscal year.
#[must_use]
pub fn years_json(years: &[YearTotals]) -> Json {
    let year = |one: &YearTotals| {
        json!({
            "fiscal_year": one.year, "allotted_centavos": one.totals.allotted,
            "obligated_centavos": one.totals.obligated, "disbursed_centavos": one.totals.disbursed,
        })
    };
    years.iter().map(year).collect()
}

/// Returns the sums of the ledger of a PPA with its enacted budget.
pub(crate) fn totals(tx: &mut Tx<'_>, record: &Record) -> Result<Totals, AppError> {
    let enacted = ppa::ENACTED_BUDGET_CENTAVOS.get(record).unwrap_or_default();
    Ok(Totals { enacted, ..store::totals(tx, record.id)? })
}

/// Reverses a ledger entry.
pub fn reverse(work: &mut UnitOfWork<'_, '_>, id: Id, comment: &str) -> Result<Record, AppError> {
    require_write(work.actor)?;
    let entry = work.load(&TRANCHE, id)?;
    work.actor.require(work.tx, Action::Create, &entry)?;
    if tranche::REVERSES.get(&entry).is_some() {
        return Err(AppError::conflict("This entry is itself a reversal. Enter the amount again instead."));
    }
    if let Some(id) = tranche::PPA.get(&entry) {
        // The lock of the PPA orders the writers of its ledger.
        work.find(&PPA, id)?;
    }
    if store::is_reversed(work.tx, id)? {
        return Err(AppError::conflict("This entry was reversed already."));
    }
    let mut reversal = work.new_record(&TRANCHE);
    tranche::PPA.copy(&entry, &mut reversal);
    tranche::KIND.copy(&entry, &mut reversal);
    tranche::ADJUSTS.copy(&entry, &mut reversal);
    tranche::DOCUMENT.copy(&entry, &mut reversal);
    tranche::PAYEE.copy(&entry, &mut reversal);
    tranche::UACS_CODE.copy(&entry, &mut reversal);
    tranche::DATE.set(&mut reversal, work.today);
    tranche::AMOUNT_CENTAVOS.set(&mut reversal, tranche::AMOUNT_CENTAVOS.get(&entry).map(|amount| -amount));
    tranche::REMARKS.set(&mut reversal, comment);
    tranche::REVERSES.set(&mut reversal, id);
    rules::enter(work, &mut reversal)?;
    work.note = comment.to_owned();
    work.insert(std::slice::from_ref(&reversal))?;
    Ok(reversal)
}
