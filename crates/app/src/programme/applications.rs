//! Applications for services: day of submission.

use obcms_domain::kinds::application;
use obcms_domain::registry::Record;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Sets the day of submission.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    _: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if application::STATUS.get(record) == "draft" {
        application::SUBMITTED_ON.clear(record);
    } else if application::SUBMITTED_ON.get(record).is_none() {
        application::SUBMITTED_ON.set(record, work.today);
    }
    Ok(())
}
