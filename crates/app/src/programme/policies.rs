//! Policies: number within the year, never assigned twice.

use obcms_domain::kinds::policy;
use obcms_domain::registry::Record;
use obcms_store::settings;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Assigns a number to a new recommendation: `OOBC-PR-2027-0001`.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if before.is_none() {
        let year = work.today.year();
        let number = settings::next_number(work.tx, &format!("policy-{year}"))?;
        policy::REFERENCE_NUMBER.set(record, format!("OOBC-PR-{year}-{number:04}"));
    }
    Ok(())
}
