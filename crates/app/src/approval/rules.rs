//! Rules of PPAs under approval, and of ceilings.

use obcms_domain::core::money;
use obcms_domain::kinds::{ceiling, ceiling_title, ppa};
use obcms_domain::registry::Record;
use obcms_store::approval as store;

use super::locks;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Refuses changes of locked figures.
pub(crate) fn before_save(before: Option<&Record>, record: &Record) -> Result<(), AppError> {
    before.map_or(Ok(()), |before| locks::require_unlocked(before, record))
}

/// Returns true if a PPA gets another category while the approval locks it.
pub(crate) fn locks_category(before: &Record, record: &Record) -> bool {
    !ppa::CATEGORY.is_same(before, record) && locks::locked_fields(before).contains(&ppa::CATEGORY.name())
}

/// Refuses to undo a step of the approval, and locked figures.
pub(crate) fn before_undo(
    _: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &Record,
) -> Result<(), AppError> {
    let is_step = !ppa::APPROVAL_STAGE.is_same(before, record)
        || !ppa::APPROVAL_ROUND.is_same(before, record)
        || !ppa::APPROVAL_ASSIGNEE.is_same(before, record);
    if is_step {
        return Err(AppError::conflict(
            "A step of the budget approval cannot be undone. Withdraw, return or reopen it instead.",
        ));
    }
    locks::require_unlocked(before, record)
}

/// Refuses to archive a PPA during a round of approval, with a budget in force, or with money in the ledger.
pub(crate) fn before_archive(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    if store::last_round(work.tx, record.id)?.is_some_and(|round| round.state == "open") {
        return Err(AppError::conflict(
            "This PPA is in budget approval. Withdraw it, or have it returned, before it is archived.",
        ));
    }
    let is_closed = ["completed", "cancelled"].contains(&ppa::STATUS.get(record));
    if ppa::ENACTED_BUDGET_CENTAVOS.get(record).is_some() && !is_closed {
        return Err(AppError::conflict(
            "The budget of this PPA is enacted. Complete or cancel the PPA before it is archived.",
        ));
    }
    // Portfolio and utilization count the money of live PPAs: spent money may not vanish from them.
    let allotted = obcms_store::money::totals(work.tx, record.id)?.allotted;
    if allotted != 0 {
        return Err(AppError::conflict(format!(
            "This PPA has allotments of {} in the ledger and stays on record. Only a PPA without money can be archived.",
            money::format(allotted)
        )));
    }
    Ok(())
}

/// Sets the title of a ceiling and refuses a second one for the same year, sector and source.
pub(crate) fn before_save_ceiling(
    work: &mut UnitOfWork<'_, '_>,
    _: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let year = ceiling::FISCAL_YEAR.get(record).unwrap_or_default();
    let (sector, source) = (ceiling::SECTOR.get(record), ceiling::FUNDING_SOURCE.get(record));
    let title = ceiling_title(year, sector, source);
    let others = store::ceilings(work.tx, year, sector, source)?;
    let is_same = |other: &store::Ceiling| {
        other.id != record.id && other.sector == sector && other.funding_source == source
    };
    if others.iter().any(is_same) {
        let message = "There is already a ceiling for this year, sector and funding source.";
        return Err(AppError::field(ceiling::FISCAL_YEAR.name(), "unique", message));
    }
    ceiling::TITLE.set(record, title);
    Ok(())
}
