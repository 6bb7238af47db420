//! Reassigning an entry to another person or resource, for example by dragging it to another row of a timeline.

use obcms_domain::bookings::BookingStatus;
use obcms_domain::calendar::actions;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{BOOKING, EVENT, booking};
use obcms_domain::message;
use obcms_domain::registry::shared::{ALL_DAY, END, START, TIMEZONE};
use obcms_domain::registry::{DateRole, Field, FieldType, Kind, Record, Source};
use obcms_store::{bookings as store, records as stored};
use serde_json::json;

use crate::core::{AppError, UnitOfWork};
use crate::records::{self, Input};

/// New person or resource of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reassignment {
    /// New person.
    pub person: Option<Id>,
    /// New resource.
    pub resource: Option<Id>,
    /// Person or resource to replace.
    pub instead_of: Option<Id>,
}

impl Reassignment {
    /// Returns the booked resource of an event and the one that replaces it.
    pub fn replaced(&self, kind: &Kind) -> Option<(Id, Id)> {
        self.instead_of.zip(self.resource).filter(|_| *kind == EVENT)
    }

    /// Renames errors of people fields to the parameters of the request.
    pub fn with_entry_parameters(&self, error: AppError, kind: &Kind) -> AppError {
        if self.person.is_none() {
            return error;
        }
        let is_of_people = |field: &str| kind.people.iter().any(|name| field.starts_with(name));
        error.rename_fields(|field| is_of_people(field).then_some("person"))
    }
}

/// Returns the resource field of the kind.
pub(super) fn resource_field(kind: &Kind) -> Option<&'static Field> {
    kind.inputs().find(|field| matches!(field.data, FieldType::Reference("resource")))
}

/// Returns the field changes that reassign the entry.
pub(super) fn fields(
    record: &Record,
    role: &DateRole,
    reassignment: &Reassignment,
) -> Result<Input, AppError> {
    let mut fields = Input::new();
    if (reassignment.person.is_some() || reassignment.resource.is_some()) && !role.label.is_empty() {
        return Err(AppError::conflict("This entry is a date of another record and cannot be reassigned."));
    }
    if let Some(person) = reassignment.person {
        let old = reassignment.instead_of.ok_or_else(|| {
            AppError::field(actions::INSTEAD_OF.name(), "required", "Enter the person to replace.")
        })?;
        fields = in_place(record, person, old)?;
    }
    if let Some((resource, field)) = reassignment.resource.zip(resource_field(record.kind)) {
        let current = record.reference(field.name);
        if reassignment.instead_of.is_some_and(|old| current != Some(old) && current != Some(resource)) {
            return Err(AppError::conflict("The resource was changed in the meantime. Nothing was changed."));
        }
        fields.insert(field.name.to_owned(), json!(resource));
    }
    Ok(fields)
}

/// Replaces one person by another in every field that names them.
fn in_place(record: &Record, new: Id, old: Id) -> Result<Input, AppError> {
    let held: Vec<&'static Field> = record
        .kind
        .people
        .iter()
        .filter(|name| record.get(name).targets().contains(&old))
        .filter_map(|name| record.kind.field(name))
        .collect();
    if held.is_empty() {
        return Err(AppError::conflict("The assignee was changed in the meantime. Nothing was changed."));
    }
    let mut fields = Input::new();
    for field in held.iter().filter(|field| field.source == Source::Input) {
        let value = match field.data {
            FieldType::References(_) => {
                let mut people: Vec<Id> = Vec::new();
                for person in record.references(field.name) {
                    let person = if *person == old { new } else { *person };
                    if !people.contains(&person) {
                        people.push(person);
                    }
                }
                json!(people)
            }
            _ => json!(new),
        };
        fields.insert(field.name.to_owned(), value);
    }
    match (fields.is_empty(), held.first()) {
        (true, Some(field)) => Err(AppError::conflict(message!(
            "“{label}” is set automatically and cannot be reassigned.",
            label = Word::label(field.label)
        ))),
        _ => Ok(fields),
    }
}

/// Reassigns the bookings of a record without a resource field, and returns the changed ones. Bookings that had the
/// same times as the record move with it.
pub(super) fn bookings(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    after: &Record,
    reassignment: &Reassignment,
) -> Result<Vec<Record>, AppError> {
    let Some(resource) = reassignment.resource.filter(|_| resource_field(before.kind).is_none()) else {
        return Ok(Vec::new());
    };
    let old = reassignment.instead_of.ok_or_else(|| {
        AppError::field(actions::INSTEAD_OF.name(), "required", "Enter the resource to replace.")
    })?;
    let ids = store::of_origins(work.tx, &[before.id])?;
    let mut bookings = stored::load_many(work.tx, &BOOKING, &ids)?;
    bookings.retain(|booking| {
        let stands = !booking.is_archived() && BookingStatus::of(booking).blocks();
        stands && booking::RESOURCE.get(booking) == Some(old)
    });
    if bookings.is_empty() {
        return Err(AppError::conflict("That resource is no longer booked for this. Nothing was changed."));
    }
    let times = [ALL_DAY.name(), TIMEZONE.name(), START.name(), END.name()];
    let is_moved = times.iter().any(|name| before.get(name) != after.get(name));
    let shown = after.to_json();
    let mut changed = Vec::with_capacity(bookings.len());
    for booking in bookings {
        let mut input = Input::from_iter([booking::RESOURCE.input(resource)]);
        if is_moved && [START, END].into_iter().all(|time| time.is_same(&booking, before)) {
            for name in times {
                input.insert(name.to_owned(), shown.get(name).cloned().unwrap_or_default());
            }
        }
        changed.push(records::update(work, &BOOKING, booking.id, &input, None)?);
    }
    Ok(changed)
}
