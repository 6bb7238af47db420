//! Rules of ledger entries.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::choices::{self, PPA_STATUSES, TRANCHE_KINDS};
use obcms_domain::core::message::{Message, Word};
use obcms_domain::core::money;
use obcms_domain::core::uacs;
use obcms_domain::kinds::{PPA, ppa, tranche};
use obcms_domain::message;
use obcms_domain::money::{Limit, Part, Totals};
use obcms_domain::registry::Record;
use serde_json::json;

use super::totals;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};
use crate::records::require_live;

/// Checks a new entry against the sums of its PPA and sets its title.
pub(crate) fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    match before {
        None => enter(work, record),
        Some(_) => Err(AppError::conflict("A ledger entry cannot be changed. Reverse it instead.")),
    }
}

/// Refuses to archive an entry.
pub(crate) fn before_archive(_: &mut UnitOfWork<'_, '_>, _: &Record) -> Result<(), AppError> {
    Err(AppError::conflict("A ledger entry cannot be archived. Reverse it instead."))
}

/// Refuses to undo an entry.
pub(crate) fn before_undo(_: &mut UnitOfWork<'_, '_>, _: &Record, _: &Record) -> Result<(), AppError> {
    Err(AppError::conflict("A ledger entry cannot be undone. Reverse it instead."))
}

/// Locks the PPA of an entry, checks the invariants of its ledger and sets the title.
pub(super) fn enter(work: &mut UnitOfWork<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    let missing = || AppError::field(tranche::PPA.name(), "reference", "Select a PPA.");
    let id = tranche::PPA.get(record).ok_or_else(missing)?;
    let owner = work.find(&PPA, id)?.ok_or_else(missing)?;
    require_live(&owner)?;
    let kind = tranche::KIND.get(record);
    let part = Part::parse(kind)
        .or_else(|| Part::parse(tranche::ADJUSTS.get(record)))
        .ok_or_else(|| AppError::field(tranche::ADJUSTS.name(), "required", "Select what is adjusted."))?;
    let amount = tranche::AMOUNT_CENTAVOS.get(record).unwrap_or_default();
    require_open(record, &owner, part, amount)?;
    require_plausible_date(record, work.today)?;
    let sums = totals(work.tx, &owner)?;
    sums.with(part, amount).map_err(|limit| refusal(&sums, limit, &owner))?;
    // Codes are stored in one form, however they were typed; older ones stay as they are.
    if let Ok(code) = uacs::Code::parse(tranche::UACS_CODE.get(record)) {
        tranche::UACS_CODE.set(record, code.to_string());
    }
    let label = choices::label(TRANCHE_KINDS, tranche::KIND.get(record));
    let title = format!("{label} {}: {}", money::format(amount), owner.title());
    tranche::TITLE.set(record, title.chars().take(400).collect::<String>());
    Ok(())
}

/// Refuses to allot or obligate more of a PPA that is closed. What was obligated is still disbursed, and wrong entries
/// are still corrected.
fn require_open(record: &Record, owner: &Record, part: Part, amount: i64) -> Result<(), AppError> {
    let status = ppa::STATUS.get(owner);
    let adds = amount > 0 && part != Part::Disbursement && tranche::REVERSES.is_empty(record);
    if adds && ["cancelled", "completed"].contains(&status) {
        return Err(AppError::conflict(message!(
            "This PPA is {status}. Only disbursements, reversals and negative adjustments are possible.",
            status = choices::word(PPA_STATUSES, status).within()
        )));
    }
    Ok(())
}

/// Refuses dates that can only be mistakes of typing: before 2000, and more than two years ahead.
fn require_plausible_date(record: &Record, today: Date) -> Result<(), AppError> {
    let last = today.saturating_add(2.years());
    match tranche::DATE.get(record) {
        Some(date) if date.year() < 2000 || date > last => {
            let message = message!(
                "Must be between 1 Jan 2000 and {last}.",
                last = Word::text(last.strftime("%-d %b %Y"))
            );
            Err(AppError::field(tranche::DATE.name(), "range", message))
        }
        _ => Ok(()),
    }
}

fn refusal(sums: &Totals, limit: Limit, owner: &Record) -> AppError {
    let amount = |centavos| Word::text(money::format(centavos));
    let (allotted, obligated) = (amount(sums.allotted), amount(sums.obligated));
    let figures = match limit {
        Limit::Negative(part) => {
            let amount = amount(sums.of(part));
            match part {
                Part::Allocation => message!("The allotted amount is {amount}.", amount),
                Part::Obligation => message!("The obligated amount is {amount}.", amount),
                Part::Disbursement => message!("The disbursed amount is {amount}.", amount),
            }
        }
        Limit::Enacted if ppa::ENACTED_BUDGET_CENTAVOS.is_empty(owner) => {
            "The budget of this PPA is not enacted.".into()
        }
        Limit::Enacted => {
            message!("Enacted: {enacted}, allotted: {allotted}.", enacted = amount(sums.enacted), allotted)
        }
        Limit::Allotted => message!("Allotted: {allotted}, obligated: {obligated}.", allotted, obligated),
        Limit::Obligated => message!(
            "Obligated: {obligated}, disbursed: {disbursed}.",
            obligated,
            disbursed = amount(sums.disbursed)
        ),
    };
    AppError::Conflict {
        detail: Message::sentences([limit.message(), figures]),
        more: vec![("limit", json!(limit.as_str())), ("money", super::totals_json(sums))],
    }
}
