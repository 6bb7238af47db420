//! Rules of feeds: a secret address from the start, and valid filters.

use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{self, feed};
use obcms_domain::message;
use obcms_domain::registry::{Record, Value};
use serde_json::Value as Json;

use super::feeds;
use crate::accounts::limit_end;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Gives a new feed its secret, and refuses unknown kinds and states of entries.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    limit_end(work.actor, before, record)?;
    if feed::SECRET.get(record).is_empty() {
        feeds::set_secret(work.app, work.actor, record)?;
    }
    let states = kinds::entry_states();
    all_known(
        record,
        "kinds",
        |name| message!("Unknown kind of entry: {name}.", name = Word::text(name)),
        |name| kinds::entry_kind(name).is_some(),
    )?;
    all_known(
        record,
        "status",
        |name| message!("Unknown state: {name}.", name = Word::text(name)),
        |name| states.iter().any(|state| state.value == name),
    )
}

fn all_known(
    record: &Record,
    field: &str,
    message: impl Fn(&str) -> Message,
    is_known: impl Fn(&str) -> bool,
) -> Result<(), AppError> {
    let Value::Json(Json::Array(chosen)) = record.get(field) else {
        return Ok(());
    };
    match chosen.iter().filter_map(Json::as_str).find(|name| !is_known(name)) {
        Some(name) => Err(AppError::field(field, "choice", message(name))),
        None => Ok(()),
    }
}
