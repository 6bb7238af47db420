//! Policies: the number, counted within the year and never given twice.

use obcms_domain::registry::Record;
use obcms_store::settings;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Gives a new recommendation its number: `OOBC-PR-2027-0001`.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if before.is_none() {
        let year = work.today.year();
        let number = settings::next_number(work.tx, &format!("policy-{year}"))?;
        record.set("reference_number", format!("OOBC-PR-{year}-{number:04}"));
    }
    Ok(())
}
