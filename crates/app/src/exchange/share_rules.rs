//! Rules of shares: a secret, and a passphrase stored as a hash.

use obcms_domain::kinds::LEAST_PASSPHRASE;
use obcms_domain::registry::{Record, Value};

use super::feeds;
use crate::accounts::limit_end;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Gives a new share its secret, and replaces a given passphrase by its hash. An empty passphrase removes it.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    input: &Input,
) -> Result<(), AppError> {
    limit_end(work.actor, before, record)?;
    if before.is_none() {
        feeds::set_secret(work.app, work.actor, record)?;
    }
    if !input.contains_key("passphrase") {
        return Ok(());
    }
    let given = record.text("passphrase").to_owned();
    if given.trim().is_empty() {
        record.set("passphrase", Value::Null);
        record.set("has_passphrase", false);
        return Ok(());
    }
    if given.chars().count() < LEAST_PASSPHRASE {
        let message = format!("Must have at least {LEAST_PASSPHRASE} characters.");
        return Err(AppError::field("passphrase", "too_short", message));
    }
    record.set("passphrase", work.hashed(&given)?);
    record.set("has_passphrase", true);
    Ok(())
}
