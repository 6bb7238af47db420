//! Input that books resources for an event in the same save.

use std::borrow::Cow;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::EVENT;
use obcms_domain::registry::shared::START;
use obcms_domain::registry::{Kind, Record};
use serde_json::Value as Json;

use crate::core::rules::Input;
use crate::core::unit_of_work::Reservation;
use crate::core::{AppError, UnitOfWork};

/// Member of an input with the resources that are booked for the event.
pub const MEMBER: &str = "resources";
/// Logged action of a booking that moved with its event.
pub(crate) const MOVED: &str = "move_with";
/// Logged action of a booking that was cancelled because its event no longer needs the resource.
pub(crate) const RELEASED: &str = "release_with";
/// Logged action of a task whose booking could not move with it.
pub(crate) const KEPT: &str = "keep_booking";
/// Maximum number of resources of one event.
pub const MAXIMUM_RESOURCES: usize = 50;

/// Removes the member from an input of a kind that knows it. Returns the rest, and the resources if they were given.
pub(crate) fn take<'a>(kind: &Kind, input: &'a Input) -> Result<(Cow<'a, Input>, Option<Vec<Id>>), AppError> {
    if *kind != EVENT || !input.contains_key(MEMBER) {
        return Ok((Cow::Borrowed(input), None));
    }
    let mut rest = input.clone();
    let wrong = || AppError::field(MEMBER, "type", "Must be a list of ids of resources.");
    let items = match rest.remove(MEMBER) {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => items,
        Some(_) => return Err(wrong()),
    };
    if items.len() > MAXIMUM_RESOURCES {
        return Err(AppError::field(MEMBER, "range", "Select at most 50 resources."));
    }
    let mut resources = Vec::with_capacity(items.len());
    for item in items {
        let id = item.as_str().and_then(|text| text.parse::<Id>().ok()).ok_or_else(wrong)?;
        if !resources.contains(&id) {
            resources.push(id);
        }
    }
    Ok((Cow::Owned(rest), Some(resources)))
}

/// Requires the right to move the event if its resources are given.
pub(crate) fn require_right(
    work: &mut UnitOfWork<'_, '_>,
    event: &Record,
    resources: Option<&Vec<Id>>,
) -> Result<(), AppError> {
    match resources {
        Some(_) => work.actor.require_field(work.tx, event, START.name()),
        None => Ok(()),
    }
}

/// Requests the resources for the event that is saved next, or for one of its occurrences.
pub(crate) fn request(work: &mut UnitOfWork<'_, '_>, resources: Option<Vec<Id>>, occurrence: Option<String>) {
    if let Some(resources) = resources {
        work.reservation = Some(Reservation::All { resources, occurrence });
    }
}

/// Books the requested resources if the save of the event changed nothing else; returns true if it did so.
pub(crate) fn settle(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<bool, AppError> {
    let is_open = work.reservation.is_some() && *record.kind == EVENT;
    if is_open {
        (work.app.effects().reserved)(work, record, record)?;
    }
    Ok(is_open)
}
