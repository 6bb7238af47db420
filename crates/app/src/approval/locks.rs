//! Figures that an approval round locks.

use obcms_domain::approval::{State, snapshot};
use obcms_domain::choices::{self, APPROVAL_STATES};
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::kinds::ppa;
use obcms_domain::message;
use obcms_domain::registry::Record;
use serde_json::json;

use crate::core::AppError;

/// Returns the state of the approval of a PPA.
pub(super) fn state_of(record: &Record) -> State {
    State::parse(ppa::APPROVAL_STAGE.get(record)).unwrap_or(State::Draft)
}

/// Refuses a step on a PPA whose approval moved on since the actor saw it.
pub(super) fn require_state(record: &Record, seen: State) -> Result<(), AppError> {
    let state = state_of(record);
    if state == seen {
        return Ok(());
    }
    let state = choices::word(APPROVAL_STATES, state.as_str());
    Err(AppError::conflict(message!(
        "The approval moved on: it is now in the state {state}. Check it again.",
        state
    )))
}

/// Returns the locked fields of a PPA; none in draft.
#[must_use]
pub fn locked_fields(record: &Record) -> &'static [&'static str] {
    if state_of(record) == State::Draft { &[] } else { &snapshot::LOCKED }
}

/// Refuses a change of figures that are locked, and names the way out.
pub(super) fn require_unlocked(before: &Record, record: &Record) -> Result<(), AppError> {
    let state = state_of(before);
    let changed = snapshot::changed(before, record);
    if state == State::Draft || changed.is_empty() {
        return Ok(());
    }
    let labels = changed.iter().map(|name| Word::label(record.kind.field_label(name)));
    let fields = Word::list(Joining::Comma, labels);
    let unlock_hint = Message::new(unlock_hint(state));
    let detail = if changed.len() == 1 {
        message!("{field} is locked by the budget approval. {unlock_hint}", field = fields, unlock_hint)
    } else {
        message!("{fields} are locked by the budget approval. {unlock_hint}", fields, unlock_hint)
    };
    Err(AppError::Conflict {
        detail,
        more: vec![("locked_fields", json!(changed)), ("approval_stage", json!(state.as_str()))],
    })
}

/// Refuses a change of the results framework of a PPA while a round of its approval decides on it.
pub(crate) fn require_open_framework(owner: &Record) -> Result<(), AppError> {
    let state = state_of(owner);
    if matches!(state, State::Draft | State::Enacted | State::Rejected) {
        return Ok(());
    }
    let unlock_hint = Message::new(unlock_hint(state));
    Err(AppError::conflict(message!(
        "The budget approval of this PPA is running and locks its indicators. {unlock_hint}",
        unlock_hint
    )))
}

/// Returns what to do to change a locked figure of a PPA.
#[must_use]
pub fn unlock_hint_of(record: &Record) -> &'static str {
    unlock_hint(state_of(record))
}

const fn unlock_hint(state: State) -> &'static str {
    match state {
        State::TechnicalReview => {
            "Withdraw the submission before the first decision, or ask the decider to return it."
        }
        State::Rejected => "An administrator can reopen the rejected approval.",
        State::Enacted => "Start a budget revision to change the enacted figures.",
        _ => "Ask the decider of the stage to return the PPA for revision.",
    }
}
