//! Rules of task templates.

use obcms_domain::kinds::task_template;
use obcms_domain::registry::Record;

use crate::core::{AppError, UnitOfWork};

/// Counts the version of a template up when its items or its rule for due dates change.
pub fn before_update(
    _: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &mut Record,
) -> Result<(), AppError> {
    if !task_template::ITEMS.is_same(before, record) || !task_template::DUE_RULE.is_same(before, record) {
        let version = task_template::ITEMS_VERSION.get(before).unwrap_or(1);
        task_template::ITEMS_VERSION.set(record, version.saturating_add(1));
    }
    Ok(())
}
