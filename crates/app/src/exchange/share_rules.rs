//! Rules of shares: a secret, and a passphrase stored as a hash.

use obcms_domain::kinds::{LEAST_PASSPHRASE, share};
use obcms_domain::message;
use obcms_domain::registry::Record;

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
    let given = share::PASSPHRASE.get(record).to_owned();
    if given.trim().is_empty() {
        share::PASSPHRASE.clear(record);
        share::HAS_PASSPHRASE.set(record, false);
        return Ok(());
    }
    if given.chars().count() < LEAST_PASSPHRASE {
        let message = message!("Must have at least {LEAST_PASSPHRASE} characters.", LEAST_PASSPHRASE);
        return Err(AppError::field(share::PASSPHRASE.name(), "too_short", message));
    }
    share::PASSPHRASE.set(record, work.hashed(&given)?);
    share::HAS_PASSPHRASE.set(record, true);
    Ok(())
}
