//! Reasons of changes to states that require one.
//!
//! The reason is stored as the note of the change, so the history shows it. Pages always ask for it; a program that
//! sends the member must not leave it empty.

use obcms_domain::records::closing::statuses_with_reason;
use obcms_domain::registry::shared::STATUS;
use obcms_domain::registry::{Kind, Record, check_text};
use serde_json::Value as Json;

use crate::core::{AppError, UnitOfWork};
use crate::records::Input;

/// Member of an input that holds the reason.
pub const MEMBER: &str = "reason";
/// Maximum length of a reason in characters.
const LENGTH: usize = 2000;

/// Removes the member from an input of a kind that knows it. Returns the rest, and the reason if one was given.
pub(crate) fn take(kind: &Kind, input: &Input) -> Result<(Input, Option<String>), AppError> {
    let mut rest = input.clone();
    if statuses_with_reason(kind).is_empty() {
        return Ok((rest, None));
    }
    let reason = match rest.remove(MEMBER) {
        None => None,
        Some(Json::Null) => Some(String::new()),
        Some(Json::String(text)) => Some(text.trim().to_owned()),
        Some(_) => return Err(AppError::field(MEMBER, "type", "Must be text.")),
    };
    if let Some(text) = &reason {
        check_text(text, LENGTH, false).map_err(|(code, message)| AppError::field(MEMBER, code, message))?;
    }
    Ok((rest, reason))
}

/// Notes the reason with the change; refuses an empty one for a state that requires it.
pub(crate) fn note(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
    reason: Option<String>,
) -> Result<(), AppError> {
    let Some(reason) = reason else { return Ok(()) };
    let enters = before.is_none_or(|before| STATUS.get(before) != STATUS.get(record))
        && statuses_with_reason(record.kind).contains(&STATUS.get(record));
    if reason.is_empty() && enters {
        return Err(AppError::field(MEMBER, "required", "Enter a reason."));
    }
    if !reason.is_empty() {
        work.note = reason;
    }
    Ok(())
}
