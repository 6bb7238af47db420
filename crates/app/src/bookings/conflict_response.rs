//! Conflict response of a booking: conflicting bookings, free times and alternative resources.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::bookings::{Span, Taken, Terms, Use, format_instant, nearest};
use obcms_domain::choices::{self, BOOKING_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::kinds::{BOOKING, EVENT, RESOURCE, booking, event, resource};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::bookings::{self as store, Slot};
use obcms_store::{Tx, records};
use serde_json::{Value as Json, json};

use super::conflicts::{SlotRequest, bounding_span, conflicting_slots, slots};
use crate::core::{Actor, AppError, UnitOfWork, Visibility};

/// Maximum number of bookings in a response.
const MAXIMUM_CONFLICTS: usize = 50;
/// Maximum number of alternative resources.
const ALTERNATIVES: usize = 5;
/// Maximum number of resources of the type that are checked as alternatives.
const CANDIDATES: i64 = 60;
/// Same limit for a series, which has many times to check.
const CANDIDATES_OF_A_SERIES: i64 = 12;

/// Formats an instant with the offset of the zone, as the API writes it.
#[must_use]
pub fn shown_instant(instant: Timestamp, zone: &TimeZone) -> Json {
    json!(instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// Formats a span as input for a booking: days for an all-day booking, instants otherwise.
pub(super) fn shown_span(span: Span, all_day: bool, zone: &TimeZone) -> (Json, Json) {
    let one = |instant: Timestamp| {
        if all_day { json!(instant.to_zoned(zone.clone()).date()) } else { shown_instant(instant, zone) }
    };
    (one(span.start), one(span.end))
}

/// Bookings of slots, with those that the actor may see.
pub(super) struct VisibleBookings {
    bookings: Vec<Record>,
    visible: HashSet<Id>,
}

impl VisibleBookings {
    pub(super) fn of(tx: &mut Tx<'_>, actor: &Actor, slots: &[&Slot]) -> Result<Self, AppError> {
        let mut ids: Vec<Id> = slots.iter().map(|slot| slot.booking).collect();
        ids.sort_unstable();
        ids.dedup();
        let visible = match actor.visibility(&BOOKING) {
            Some(Visibility::All) => ids.iter().copied().collect(),
            Some(Visibility::Within(scope)) => {
                records::in_scope(tx, &BOOKING, &ids, &scope)?.into_iter().collect()
            }
            None => HashSet::new(),
        };
        let bookings = records::load_many(tx, &BOOKING, &ids)?;
        Ok(Self { bookings, visible })
    }

    /// Returns the booking if the actor may see it.
    pub(super) fn visible(&self, id: Id) -> Option<&Record> {
        self.find(id).filter(|_| self.visible.contains(&id))
    }

    pub(super) fn find(&self, id: Id) -> Option<&Record> {
        self.bookings.iter().find(|booking| booking.id == id)
    }

    /// Describes a conflicting slot as JSON.
    pub(super) fn conflict(&self, slot: &Slot, zone: &TimeZone) -> Json {
        let booking = self.visible(slot.booking);
        json!({
            "booking": booking.map(|booking| booking.id),
            "title": booking.map(Record::title),
            "url": booking.map(|booking| booking.kind.url(booking.id)),
            "recurrence_id": Some(&slot.recurrence_id).filter(|id| !id.is_empty()),
            "start": shown_instant(slot.booked.start, zone),
            "end": shown_instant(slot.booked.end, zone),
            "status": self.find(slot.booking).map(|booking| booking::STATUS.get(booking)),
            "resource": slot.resource,
            "units": slot.units,
        })
    }

    /// Describes a conflicting slot for people.
    pub(super) fn sentence(&self, slot: &Slot, zone: &TimeZone) -> Message {
        let booking = self.visible(slot.booking);
        let title = booking.map_or(Word::label("another booking"), |booking| Word::text(booking.title()));
        let status = self.find(slot.booking).map_or("", |booking| booking::STATUS.get(booking));
        let end = slot.booked.end.to_zoned(zone.clone());
        let same_day = end.date() == slot.booked.start.to_zoned(zone.clone()).date();
        let end = if same_day {
            Word::text(end.strftime("%-I:%M %p"))
        } else {
            Word::text(format_instant(slot.booked.end, zone))
        };
        message!(
            "{title}, {start} to {end} ({status})",
            title,
            start = Word::text(format_instant(slot.booked.start, zone)),
            end,
            status = choices::word(BOOKING_STATUSES, status).within()
        )
    }
}

/// Maximum number of bookings that the sentence of a conflict names.
const MAXIMUM_NAMED: usize = 3;

fn conflicts(known: &VisibleBookings, slots: &[&Slot], zone: &TimeZone) -> Json {
    slots.iter().take(MAXIMUM_CONFLICTS).map(|slot| known.conflict(slot, zone)).collect()
}

/// Lists the first conflicting slots, and counts the others.
fn enumerate(known: &VisibleBookings, slots: &[&Slot], zone: &TimeZone) -> Word {
    let named = slots.iter().take(MAXIMUM_NAMED).map(|slot| known.sentence(slot, zone));
    let more = slots.len().saturating_sub(MAXIMUM_NAMED);
    let more = (more > 0).then(|| message!("and {more} more", more));
    Word::list(Joining::Semicolon, named.chain(more))
}

/// Returns a conflict error that names bookings at the end of its sentence.
pub fn named(
    work: &mut UnitOfWork<'_, '_>,
    detail: impl FnOnce(Word) -> Message,
    slots: &[&Slot],
) -> Result<AppError, AppError> {
    let zone = work.app.zone().clone();
    let known = VisibleBookings::of(work.tx, work.actor, slots)?;
    Ok(AppError::Conflict {
        detail: detail(enumerate(&known, slots, &zone)),
        more: vec![("conflicts", conflicts(&known, slots, &zone))],
    })
}

/// Returns the conflict error of a booking. `wanted` is its first conflicting slot, `found` has the slots of others.
pub fn clash(
    work: &mut UnitOfWork<'_, '_>,
    booking: &Record,
    slot_request: &SlotRequest,
    wanted: &Slot,
    found: &[&Slot],
) -> Result<AppError, AppError> {
    let zone = work.app.zone().clone();
    let known = VisibleBookings::of(work.tx, work.actor, found)?;
    let all_day = booking::ALL_DAY.get(booking);
    let free: Vec<Json> = free(work.tx, &slot_request.terms, wanted, all_day, work.now)?
        .into_iter()
        .map(|span| {
            let (start, end) = shown_span(span, all_day, &zone);
            json!({ "start": start, "end": end })
        })
        .collect();
    let alternatives = alternatives(work, booking, slot_request)?;
    let name = Word::text(&slot_request.terms.name);
    let bookings = enumerate(&known, found, &zone);
    let detail = if slot_request.terms.capacity == 1 {
        message!("{name} is already booked: {bookings}.", name, bookings)
    } else {
        message!("{name} does not have enough free units: {bookings}.", name, bookings)
    };
    Ok(AppError::Conflict {
        detail,
        more: vec![
            ("conflicts", conflicts(&known, found, &zone)),
            ("free_slots", Json::Array(free)),
            ("alternatives", Json::Array(alternatives)),
        ],
    })
}

/// Returns the nearest free times for a slot.
pub(super) fn free(
    tx: &mut Tx<'_>,
    terms: &Terms,
    wanted: &Slot,
    all_day: bool,
    now: Timestamp,
) -> Result<Vec<Span>, AppError> {
    // One day more than the search range, for buffers.
    let margin = jiff::SignedDuration::from_hours(15 * 24);
    let window = Span::new(
        wanted.taken.start.checked_sub(margin).unwrap_or(wanted.taken.start),
        wanted.taken.end.checked_add(margin).unwrap_or(wanted.taken.end),
    );
    let others = store::within(tx, &[wanted.resource], window, Some(wanted.booking))?;
    let taken: Vec<Taken> = others.iter().map(Taken::from).collect();
    Ok(nearest(terms, &taken, wanted.booked, wanted.units, all_day, now))
}

/// Returns the number of seats required: the expected participants, if the booking is for an event.
fn people(tx: &mut Tx<'_>, booking: &Record) -> Result<Option<i64>, AppError> {
    match booking::ORIGIN.get(booking) {
        Some(origin) if origin.kind == "event" => {
            Ok(records::load(tx, &EVENT, origin.id)?
                .and_then(|event| event::EXPECTED_PARTICIPANTS.get(&event)))
        }
        _ => Ok(None),
    }
}

/// Returns other resources of the type that are free at all times, the closest in seats first.
fn alternatives(
    work: &mut UnitOfWork<'_, '_>,
    booking: &Record,
    slot_request: &SlotRequest,
) -> Result<Vec<Json>, AppError> {
    let Some(bounding_span) = bounding_span(&slot_request.slots) else {
        return Ok(Vec::new());
    };
    let limit = if slot_request.slots.len() > 1 { CANDIDATES_OF_A_SERIES } else { CANDIDATES };
    let ids = store::bookable(
        work.tx,
        resource::RESOURCE_TYPE.get(&slot_request.resource),
        slot_request.resource.id,
        limit,
    )?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let people = people(work.tx, booking)?;
    let seats = resource::SEATS.get(&slot_request.resource);
    let mut candidates = records::load_many(work.tx, &RESOURCE, &ids)?;
    candidates
        .retain(|one| people.zip(resource::SEATS.get(one)).is_none_or(|(people, seats)| seats >= people));
    candidates.sort_by_cached_key(|one| {
        let distance = match (seats, resource::SEATS.get(one)) {
            (Some(seats), Some(other)) => (seats - other).abs(),
            // Resources without a number of seats come last.
            (Some(_), None) => i64::MAX,
            (None, _) => 0,
        };
        (distance, one.title().to_owned())
    });
    // The buffers of an alternative may be longer.
    let day = jiff::SignedDuration::from_hours(8 * 24);
    let window = Span::new(
        bounding_span.start.checked_sub(day).unwrap_or(bounding_span.start),
        bounding_span.end.checked_add(day).unwrap_or(bounding_span.end),
    );
    let taken = store::within(work.tx, &ids, window, Some(booking.id))?;
    let uses: Vec<Use> = slot_request
        .slots
        .iter()
        .map(|slot| Use { recurrence_id: slot.recurrence_id.clone(), span: slot.booked })
        .collect();
    let all_day = booking::ALL_DAY.get(booking);
    let mut found = Vec::new();
    for candidate in candidates {
        let terms = Terms::of(&candidate, work.app.zone());
        let wanted = slots(booking, candidate.id, &terms, &uses);
        let others: Vec<Slot> = taken.iter().filter(|slot| slot.resource == candidate.id).cloned().collect();
        let fits = booking::UNITS.get(booking).unwrap_or(1) <= terms.capacity
            && uses.iter().all(|one| terms.check(one, all_day, &[], false, work.now).is_none())
            && wanted.iter().all(|slot| conflicting_slots(&terms, slot, &others).is_empty());
        if fits {
            found.push(json!({
                "resource": candidate.id,
                "name": candidate.title(),
                "resource_type": resource::RESOURCE_TYPE.get(&candidate),
                "seats": resource::SEATS.get(&candidate),
                "location": Some(resource::LOCATION.get(&candidate)).filter(|place| !place.is_empty()),
                "requires_approval": terms.requires_approval,
                "url": candidate.kind.url(candidate.id),
            }));
        }
        if found.len() == ALTERNATIVES {
            break;
        }
    }
    Ok(found)
}
