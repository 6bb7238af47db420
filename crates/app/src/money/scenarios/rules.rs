//! Rules of scenarios, and of budgets that an adoption wrote.

use obcms_domain::accounts::Action;
use obcms_domain::kinds::scenario;
use obcms_domain::registry::Record;
use obcms_store::records::changes::Change;

use super::{ADOPTED, DRAFT};
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Action in the history of a scenario and of the PPAs whose budgets it wrote.
pub(crate) const ADOPT: &str = "adopt";

/// Keeps adopted scenarios as they are, and the year of one with allocations.
pub(crate) fn before_save(
    _: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let status = scenario::STATUS.get(record);
    let was = before.map_or(DRAFT, |before| scenario::STATUS.get(before));
    if status == ADOPTED && was != ADOPTED {
        return Err(AppError::field(
            scenario::STATUS.name(),
            "not_possible",
            "Adopt the scenario on its page.",
        ));
    }
    let Some(before) = before else { return Ok(()) };
    let is_same = scenario::FISCAL_YEAR.is_same(before, record);
    if was == ADOPTED
        && !(is_same
            && scenario::ENVELOPE_CENTAVOS.is_same(before, record)
            && scenario::STATUS.is_same(before, record))
    {
        return Err(AppError::conflict(
            "This scenario is adopted: year, envelope and status are kept. Make a new scenario instead.",
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
