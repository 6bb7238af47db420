//! Rules of task templates.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{RESOURCE, task_template};
use obcms_domain::message;
use obcms_domain::registry::{Record, Value};
use obcms_store::records::references;
use serde_json::Value as Json;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Returns the items of a template.
#[must_use]
pub fn items(template: &Record) -> &[Json] {
    match task_template::ITEMS.value(template) {
        Value::Json(Json::Array(items)) => items,
        _ => &[],
    }
}

/// Refuses items that book something that is no resource.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if before.is_some_and(|before| task_template::ITEMS.is_same(before, record)) {
        return Ok(());
    }
    let booked: Vec<(usize, Id)> = items(record)
        .iter()
        .enumerate()
        .filter_map(|(place, item)| Some((place + 1, item.get("booking_resource")?.as_str()?.parse().ok()?)))
        .collect();
    let ids: Vec<Id> = booked.iter().map(|(_, id)| *id).collect();
    let known = references(work.tx, &ids)?;
    let is_resource = |id: &Id| known.get(id).is_some_and(|found| found.kind == RESOURCE.name);
    match booked.iter().find(|(_, id)| !is_resource(id)) {
        Some((number, _)) => Err(AppError::field(
            task_template::ITEMS.name(),
            "unknown_reference",
            message!("The resource of item {number} does not exist.", number = *number),
        )),
        None => Ok(()),
    }
}

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
