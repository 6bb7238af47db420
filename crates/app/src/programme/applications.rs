//! Applications for services: day of submission.

use obcms_domain::registry::{Record, Value};

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Sets the day of submission.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    _: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if record.text("status") == "draft" {
        record.set("submitted_on", Value::Null);
    } else if record.date("submitted_on").is_none() {
        record.set("submitted_on", work.today);
    }
    Ok(())
}
