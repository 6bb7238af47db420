//! Input that closes a record and cancels its open tasks and bookings with it.

use obcms_domain::records::closing::closing_statuses;
use obcms_domain::registry::Kind;
use serde_json::Value as Json;

use crate::core::AppError;
use crate::core::rules::Input;

/// Member of an input that requests to cancel open tasks and bookings too.
pub const MEMBER: &str = "cancel_open_tasks";
/// Logged action of a record cancelled with its origin.
pub(crate) const CANCELLED: &str = "cancel_with";
/// Logged action of a record reopened with its origin.
pub(crate) const REOPENED: &str = "reopen_with";

/// Removes the member from an input of a kind that knows it. Returns the rest, and true if cancellation was requested.
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
