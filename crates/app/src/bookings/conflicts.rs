//! Reservation of a resource: conflict checks and the slots of a booking.

use jiff::Timestamp;
use obcms_domain::bookings::{
    BookingStatus, MAXIMUM_USES, Span, Taken, Terms, Use, is_bounded, occupied, peak_usage, uses,
};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{BOOKING, RESOURCE, booking};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::bookings::{self as store, Slot};
use obcms_store::records;

use super::conflict_response;
use crate::core::{AppError, UnitOfWork};

/// Requested slots of a booking, with the resource.
pub struct SlotRequest {
    /// Resource, locked until the end of the transaction.
    pub resource: Record,
    /// Booking terms.
    pub terms: Terms,
    /// Slots, with buffers.
    pub slots: Vec<Slot>,
}

/// Returns true if the booking overrides others, with a reason.
#[must_use]
pub fn is_override(booking: &Record) -> bool {
    !booking::OVERRIDE_REASON.is_empty(booking)
}

/// Returns the slots that the booking requires.
#[must_use]
pub fn slots(booking: &Record, resource: Id, terms: &Terms, uses: &[Use]) -> Vec<Slot> {
    let is_override = is_override(booking);
    uses.iter()
        .map(|single| Slot {
            booking: booking.id,
            recurrence_id: single.recurrence_id.clone(),
            resource,
            taken: terms.with_buffers(single.span),
            booked: single.span,
            units: booking::UNITS.get(booking).unwrap_or(1),
            is_override,
            is_exclusive: terms.capacity == 1 && !is_override,
        })
        .collect()
}

/// Locks the resource of a booking and its previous one. A concurrent booking waits here.
pub fn lock_resource(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &Record,
) -> Result<Record, AppError> {
    let mut ids: Vec<Id> =
        before.into_iter().chain([booking]).filter_map(|one| booking::RESOURCE.get(one)).collect();
    ids.dedup();
    work.tx.lock(RESOURCE.table, &ids)?;
    let id = booking::RESOURCE.get(booking).ok_or(AppError::NotFound(RESOURCE.label))?;
    records::load(work.tx, &RESOURCE, id)?.ok_or(AppError::NotFound(RESOURCE.label))
}

/// Returns the demand of a booking record.
pub fn slot_request(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &Record,
    uses: &[Use],
) -> Result<SlotRequest, AppError> {
    let resource = lock_resource(work, before, booking)?;
    let terms = Terms::of(&resource, work.app.zone());
    let slots = slots(booking, resource.id, &terms, uses);
    Ok(SlotRequest { resource, terms, slots })
}

/// Returns the conflicting slots: those that overlap the wanted slot, if they leave too few units.
#[must_use]
pub fn conflicting_slots<'a>(terms: &Terms, wanted: &Slot, others: &'a [Slot]) -> Vec<&'a Slot> {
    let overlapping: Vec<&Slot> = others.iter().filter(|other| other.taken.overlaps(&wanted.taken)).collect();
    let taken: Vec<Taken> = overlapping.iter().map(|other| Taken::from(*other)).collect();
    if peak_usage(&taken, wanted.taken) + wanted.units > terms.capacity { overlapping } else { Vec::new() }
}

/// Returns the smallest span that contains all slots.
#[must_use]
pub fn bounding_span(slots: &[Slot]) -> Option<Span> {
    let start = slots.iter().map(|slot| slot.taken.start).min()?;
    let end = slots.iter().map(|slot| slot.taken.end).max()?;
    Some(Span::new(start, end))
}

/// Refuses conflicts with other bookings. A booking that was overridden can still be changed.
pub fn check(
    work: &mut UnitOfWork<'_, '_>,
    booking: &Record,
    slot_request: &SlotRequest,
) -> Result<(), AppError> {
    let Some(bounding_span) = bounding_span(&slot_request.slots).filter(|_| !is_override(booking)) else {
        return Ok(());
    };
    check_itself(slot_request)?;
    let mut others = store::within(work.tx, &[slot_request.resource.id], bounding_span, Some(booking.id))?;
    if others.iter().any(|other| other.is_override) {
        let before = store::of_bookings(work.tx, &[booking.id])?;
        others.retain(|other| {
            !(other.is_override && before.iter().any(|slot| slot.taken.overlaps(&other.taken)))
        });
    }
    refuse(work, booking, slot_request, &others)
}

/// Refuses a booking that conflicts with one of these slots.
pub fn refuse(
    work: &mut UnitOfWork<'_, '_>,
    booking: &Record,
    slot_request: &SlotRequest,
    others: &[Slot],
) -> Result<(), AppError> {
    let mut first: Option<&Slot> = None;
    let mut found: Vec<&Slot> = Vec::new();
    for wanted in &slot_request.slots {
        for other in conflicting_slots(&slot_request.terms, wanted, others) {
            first = first.or(Some(wanted));
            if !found.contains(&other) {
                found.push(other);
            }
        }
    }
    match first {
        None => Ok(()),
        Some(wanted) => Err(conflict_response::clash(work, booking, slot_request, wanted, &found)?),
    }
}

/// Refuses a series whose occurrences conflict with one another.
fn check_itself(slot_request: &SlotRequest) -> Result<(), AppError> {
    let mut last: Option<&Slot> = None;
    let mut sorted: Vec<&Slot> = slot_request.slots.iter().collect();
    sorted.sort_by_key(|slot| slot.taken);
    for slot in sorted {
        if let Some(last) = last
            && last.taken.overlaps(&slot.taken)
            && last.units + slot.units > slot_request.terms.capacity
        {
            let message = "The occurrences of this booking overlap or leave too little time for the buffer.";
            return Err(AppError::field(booking::RRULE.name(), "overlap", message));
        }
        last = Some(slot);
    }
    Ok(())
}

/// Reserves the slots of a new booking.
pub fn created(work: &mut UnitOfWork<'_, '_>, booking: &Record) -> Result<(), AppError> {
    reserve(work, None, booking)
}

/// Reserves the slots of a changed booking anew.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, booking: &Record) -> Result<(), AppError> {
    reserve(work, Some(before), booking)
}

/// Refuses an undo that archives a resource with future bookings.
pub fn before_undo(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    resource: &Record,
) -> Result<(), AppError> {
    if resource.is_archived() && !before.is_archived() { before_archive(work, before) } else { Ok(()) }
}

/// Saves the slots of the booking after the conflict check.
fn reserve(work: &mut UnitOfWork<'_, '_>, before: Option<&Record>, booking: &Record) -> Result<(), AppError> {
    let now_taken = occupied(booking);
    if let Some(before) = before
        && occupied(before) == now_taken
        && [booking::RESOURCE.name(), booking::UNITS.name(), booking::OVERRIDE_REASON.name()]
            .iter()
            .all(|field| before.get(field) == booking.get(field))
    {
        return Ok(());
    }
    if now_taken.is_empty() {
        store::replace(work.tx, booking.id, &[])?;
        return Ok(());
    }
    let slot_request = slot_request(work, before, booking, &now_taken)?;
    if !is_bounded(booking) {
        return Err(unbounded(&slot_request.terms));
    }
    if slot_request.resource.is_archived() {
        return Err(AppError::conflict(message!(
            "{name} is archived. Restore it first.",
            name = Word::text(&slot_request.terms.name)
        )));
    }
    check(work, booking, &slot_request)?;
    store::replace(work.tx, booking.id, &slot_request.slots)?;
    Ok(())
}

/// Returns the error of a series without end, or with too many occurrences.
#[must_use]
pub fn unbounded(terms: &Terms) -> AppError {
    let message = message!(
        "A booking can have at most {MAXIMUM_USES} occurrences, and {name} can be booked at most {days} days ahead. Set an end for the rule.",
        MAXIMUM_USES,
        name = Word::text(&terms.name),
        days = terms.horizon_days
    );
    AppError::field(booking::RRULE.name(), "horizon", message)
}

/// Returns true if the slots of an archived booking are now taken.
pub fn is_taken(work: &mut UnitOfWork<'_, '_>, booking: &Record) -> Result<bool, AppError> {
    if !BookingStatus::of(booking).blocks() {
        return Ok(false);
    }
    let slot_request = slot_request(work, None, booking, &uses(booking))?;
    if slot_request.resource.is_archived() {
        return Ok(true);
    }
    match check(work, booking, &slot_request) {
        Ok(()) => Ok(false),
        Err(AppError::Conflict { .. } | AppError::Invalid(_)) => Ok(true),
        Err(other) => Err(other),
    }
}

/// Applies the change of a resource to its bookings. Refuses a capacity that future bookings exceed, and names them.
pub fn resource_changed(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    resource: &Record,
) -> Result<(), AppError> {
    if before.title() != resource.title() {
        rename(work, resource)?;
    }
    let terms = Terms::of(resource, work.app.zone());
    if Terms::of(before, work.app.zone()).capacity == terms.capacity {
        return Ok(());
    }
    let ahead = store::ahead(work.tx, resource.id, work.now)?;
    let regular: Vec<Slot> = ahead.into_iter().filter(|slot| !slot.is_override).collect();
    let crowd = too_many(&regular, terms.capacity);
    if !crowd.is_empty() {
        let (name, capacity) = (Word::text(&terms.name), terms.capacity);
        let detail = |bookings| {
            message!(
                "{name} is booked more than {capacity} times at once: {bookings}.",
                name,
                capacity,
                bookings
            )
        };
        return Err(conflict_response::named(work, detail, &crowd)?);
    }
    store::mark(work.tx, resource.id, work.now, terms.capacity == 1)?;
    Ok(())
}

/// Returns the slots that together exceed the capacity.
fn too_many(slots: &[Slot], capacity: i64) -> Vec<&Slot> {
    slots
        .iter()
        .filter(|slot| {
            let taken: Vec<Taken> =
                slots.iter().filter(|other| other.taken.overlaps(&slot.taken)).map(Taken::from).collect();
            peak_usage(&taken, slot.taken) > capacity
        })
        .collect()
}

/// Updates the resource name stored in bookings for search and calendar.
fn rename(work: &mut UnitOfWork<'_, '_>, resource: &Record) -> Result<(), AppError> {
    let ids = store::of_resource(work.tx, resource.id)?;
    for before in records::load_many(work.tx, &BOOKING, &ids)? {
        let mut booking = before.clone();
        booking::RESOURCE_NAME.set(&mut booking, resource.title());
        work.save_computed(&before, &booking)?;
    }
    Ok(())
}

/// Refuses to archive a resource with future bookings.
pub fn before_archive(work: &mut UnitOfWork<'_, '_>, resource: &Record) -> Result<(), AppError> {
    let ahead = store::ahead(work.tx, resource.id, work.now)?;
    if ahead.is_empty() {
        return Ok(());
    }
    let slots: Vec<&Slot> = ahead.iter().collect();
    let name = Word::text(resource.title());
    let detail = |bookings| {
        message!("{name} is booked. Cancel or move these bookings first: {bookings}.", name, bookings)
    };
    Err(conflict_response::named(work, detail, &slots)?)
}

/// Archives and restores the bookings of an origin with it. An archived booking frees its slots; it is restored unless
/// they were taken meanwhile.
pub fn origin_archived(
    work: &mut UnitOfWork<'_, '_>,
    archived_before: Option<Timestamp>,
    origin: &Record,
) -> Result<(), AppError> {
    let ids = store::of_origins(work.tx, &[origin.id])?;
    work.tx.lock(BOOKING.table, &ids)?;
    for before in records::load_many(work.tx, &BOOKING, &ids)? {
        if before.archived_at != archived_before {
            continue;
        }
        let mut booking = before.clone();
        booking.archived_at = origin.archived_at;
        if !origin.is_archived() && is_taken(work, &booking)? {
            continue;
        }
        work.save(&before, &mut booking, if origin.is_archived() { "archive" } else { "restore" })?;
    }
    Ok(())
}
