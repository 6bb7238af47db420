//! Rules of PPAs under approval, and of ceilings.

use obcms_domain::core::message::Word;
use obcms_domain::core::money;
use obcms_domain::kinds::{ceiling, ceiling_title, ppa};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::approval as store;

use super::{ceilings, locks};
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
        return Err(AppError::conflict(message!(
            "This PPA has allotments of {allotted} in the ledger and stays on record. Only a PPA without money can be archived.",
            allotted = Word::text(money::format(allotted))
        )));
    }
    Ok(())
}

/// Sets the title of a ceiling and refuses a second one for the same year, sector and source.
pub(crate) fn before_save_ceiling(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if before.is_none_or(|before| !has_same_group(before, record))
        && let Some(other) = ceilings::same_group(work.tx, record)?.into_iter().next()
    {
        let title = Word::text(other.title);
        let message = message!("{title} has a ceiling already. Change its amount instead.", title);
        return Err(AppError::field(ceiling::FISCAL_YEAR.name(), "unique", message));
    }
    name_ceiling(record);
    Ok(())
}

/// Sets the title of a ceiling.
pub(crate) fn name_ceiling(record: &mut Record) {
    let year = ceiling::FISCAL_YEAR.get(record).unwrap_or_default();
    let title = ceiling_title(year, ceiling::SECTOR.get(record), ceiling::FUNDING_SOURCE.get(record));
    ceiling::TITLE.set(record, title);
}

/// Refuses, at every write, a second live ceiling: one that is restored, or moved by an undo.
pub(crate) fn before_update_ceiling(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &mut Record,
) -> Result<(), AppError> {
    if record.is_archived() || (!before.is_archived() && has_same_group(before, record)) {
        return Ok(());
    }
    if let Some(other) = ceilings::same_group(work.tx, record)?.into_iter().next() {
        let title = Word::text(other.title);
        return Err(AppError::conflict(message!(
            "{title} has a ceiling already. Archive that one first.",
            title
        )));
    }
    // The only one of its group is no duplicate any more.
    ceiling::DUPLICATE.clear(record);
    Ok(())
}

fn has_same_group(before: &Record, record: &Record) -> bool {
    ceiling::FISCAL_YEAR.is_same(before, record)
        && ceiling::SECTOR.is_same(before, record)
        && ceiling::FUNDING_SOURCE.is_same(before, record)
}
