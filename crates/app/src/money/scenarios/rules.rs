//! Rules of scenarios, and of budgets that an adoption wrote.

use jiff::Timestamp;
use obcms_domain::accounts::Action;
use obcms_domain::kinds::scenario;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::records::changes::Change;

use super::{ADOPTED, DRAFT};
use crate::core::rules::{Choices, Input, Refusal};
use crate::core::{AppError, UnitOfWork};

/// Action in the history of a scenario and of the PPAs whose budgets it wrote.
pub(crate) const ADOPT: &str = "adopt";
/// Status of old scenarios. New ones are archived like all records.
const ARCHIVED: &str = "archived";

/// Returns the check of the statuses of a scenario: only an adoption, and its undo, lead to and from "adopted".
pub(crate) fn choices(_: &mut Tx<'_>, _: &Record, _: Timestamp) -> Result<Choices, AppError> {
    Ok(Box::new(|before, record, _| refuse_status(before, record)))
}

fn refuse_status(before: Option<&Record>, record: &Record) -> Option<Refusal> {
    let status = scenario::STATUS.get(record);
    let was = before.map_or(DRAFT, |before| scenario::STATUS.get(before));
    let reason = match status {
        _ if status == was => return None,
        _ if was == ADOPTED => "This scenario is adopted. Undo the adoption, or create a new scenario.",
        ADOPTED => "Adopt the scenario on its page.",
        ARCHIVED => "Archive the scenario on its page.",
        _ => return None,
    };
    Some((scenario::STATUS.name(), reason.into()))
}

/// Keeps adopted scenarios as they are, and the year of one with allocations.
pub(crate) fn before_save(
    _: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if let Some((field, message)) = refuse_status(before, record) {
        return Err(AppError::field(field, "not_possible", message));
    }
    let Some(before) = before else { return Ok(()) };
    let is_same = scenario::FISCAL_YEAR.is_same(before, record);
    if scenario::STATUS.get(before) == ADOPTED
        && !(is_same && scenario::ENVELOPE_CENTAVOS.is_same(before, record))
    {
        return Err(AppError::conflict(
            "This scenario is adopted: year and envelope are kept. Create a new scenario instead.",
        ));
    }
    if !is_same && scenario::ALLOCATED_CENTAVOS.get(before).unwrap_or_default() > 0 {
        let message = "The scenario has allocations to PPAs of another year. Clear them first.";
        return Err(AppError::field(scenario::FISCAL_YEAR.name(), "not_possible", message));
    }
    Ok(())
}

/// Returns the policy action to undo budgets that an adoption wrote: that of those who adopt.
pub(crate) fn undo_action(change: &Change) -> Option<Action> {
    (change.action == ADOPT).then_some(Action::Enact)
}
