//! Feeds: each has a secret address from its first moment.

use obcms_domain::kinds;
use obcms_domain::registry::{Record, Value};
use serde_json::Value as Json;

use crate::error::AppError;
use crate::feeds;
use crate::work::Work;

/// Gives a new feed its secret, and refuses kinds of entries that there are not.
pub fn prepare(work: &mut Work<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    if record.text("secret").is_empty() {
        feeds::set_secret(work.app, record);
    }
    let Value::Json(Json::Array(chosen)) = record.get("kinds") else {
        return Ok(());
    };
    let is_kind =
        |name: &str| kinds::REGISTRY.iter().flat_map(|kind| kind.dates).any(|role| role.entry_kind == name);
    match chosen.iter().filter_map(Json::as_str).find(|name| !is_kind(name)) {
        Some(name) => Err(AppError::field("kinds", "choice", format!("There is no kind of entry {name}."))),
        None => Ok(()),
    }
}
