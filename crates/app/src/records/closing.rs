//! Input that closes a record and cancels its open tasks and bookings along.

use obcms_domain::records::closing::closing_statuses;
use obcms_domain::registry::Kind;
use serde_json::Value as Json;

use crate::core::AppError;
use crate::core::rules::Input;

/// Member of an input that asks to cancel open tasks and bookings along.
pub const MEMBER: &str = "cancel_open_tasks";
/// Action in the log of what was cancelled with its origin.
pub(crate) const CANCELLED: &str = "cancel_with";
/// Action in the log of what was reopened with its origin.
pub(crate) const REOPENED: &str = "reopen_with";

/// Takes the member out of an input of a kind that knows it. Answers the rest, and whether it was asked for.
pub(crate) fn take(kind: &Kind, input: &Input) -> Result<(Input, bool), AppError> {
    let mut rest = input.clone();
    if closing_statuses(kind).is_empty() {
        return Ok((rest, false));
    }
    let asked = match rest.remove(MEMBER) {
        None | Some(Json::Null | Json::Bool(false)) => false,
        Some(Json::Bool(true)) => true,
        Some(_) => return Err(AppError::field(MEMBER, "type", "Must be true or false.")),
    };
    Ok((rest, asked))
}
