//! Rules of bookings, applied before one is saved.

use obcms_domain::accounts::Action;
use obcms_domain::bookings::{BookingStatus, Terms, Use, is_bounded, uses};
use obcms_domain::calendar::series::{self, Series};
use obcms_domain::choices::{self, BOOKING_STATUSES};
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{BOOKING, booking};
use obcms_domain::message;
use obcms_domain::registry::{FieldError, Record, Value};

use crate::bookings::conflicts::{self, is_override};
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Maximum number of invalid occurrences that are named.
const MAXIMUM_NAMED: usize = 10;

/// Completes and checks a booking that a person changed.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    require_override(work, before, booking)?;
    name(work, booking)?;
    let resource = conflicts::lock_resource(work, before, booking)?;
    booking::RESOURCE_NAME.set(booking, resource.title());
    let is_new_reservation = before.is_none_or(|before| changes_reservation(before, booking));
    if !is_new_reservation {
        return Ok(());
    }
    if let Some(before) = before {
        require_open(work, before)?;
    }
    let terms = Terms::of(&resource, work.app.zone());
    // Times that are already booked are checked again only for another resource.
    let known: Vec<Use> =
        before.filter(|before| booking::RESOURCE.is_same(before, booking)).map(uses).unwrap_or_default();
    check_terms(work, &known, booking, &terms)?;
    set_status(work, before, booking, &terms);
    if before.is_some() {
        // Conflicts are checked when a change is saved. Until then one occurrence stands for the whole series, and the
        // first part of a split series still has the slots that the second part takes over.
        return Ok(());
    }
    let slot_request = conflicts::slot_request(work, before, booking, &uses(booking))?;
    conflicts::check(work, booking, &slot_request)
}

/// Fields that all occurrences of a booking share.
const COMMON: [&str; 3] = [booking::RESOURCE.name(), booking::UNITS.name(), booking::OVERRIDE_REASON.name()];
/// Fields of the decision, which applies to the whole booking.
const DECIDED: [&str; 5] = [
    booking::STATUS.name(),
    booking::DECIDED_BY.name(),
    booking::DECIDED_AT.name(),
    booking::DECISION_NOTE.name(),
    booking::RESOURCE_NAME.name(),
];

/// Checks the changed occurrences of a series. Conflicts are checked when it is saved.
pub fn before_series(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &mut Record,
) -> Result<(), AppError> {
    if let Some(series) = Series::of(booking) {
        let mut overrides = series.overrides;
        for patch in overrides.values_mut().filter_map(serde_json::Value::as_object_mut) {
            if let Some(field) = COMMON.into_iter().find(|field| patch.contains_key(*field)) {
                let message =
                    "All occurrences of a booking share this value. Make a separate booking for this date.";
                return Err(AppError::field(field, "scope", message));
            }
            patch.retain(|field, _| !DECIDED.contains(&field.as_str()));
        }
        overrides.retain(|_, patch| patch.as_object().is_some_and(|patch| !patch.is_empty()));
        series::set_overrides(booking, overrides);
    }
    // The second part of a split series continues the first.
    let first = match (before, booking::CONTINUES.get(booking)) {
        (None, Some(first)) => obcms_store::records::load(work.tx, &BOOKING, first)?,
        _ => None,
    };
    // With another resource, every occurrence is checked.
    let earlier = before.or(first.as_ref()).filter(|earlier| booking::RESOURCE.is_same(earlier, booking));
    let known = earlier.map(uses).unwrap_or_default();
    let is_asked = |one: &Use| known.iter().any(|known| known.span == one.span);
    if is_bounded(booking) && uses(booking).iter().all(is_asked) {
        return Ok(());
    }
    let resource = conflicts::lock_resource(work, before, booking)?;
    let terms = Terms::of(&resource, work.app.zone());
    check_terms(work, &known, booking, &terms)?;
    set_status(work, before.or(first.as_ref()), booking, &terms);
    Ok(())
}

/// Returns true if the change affects time, resource or units.
fn changes_reservation(before: &Record, booking: &Record) -> bool {
    uses(before) != uses(booking) || COMMON.iter().any(|field| before.get(field) != booking.get(field))
}

/// Requires the right to override bookings if the override reason changes.
fn require_override(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &mut Record,
) -> Result<(), AppError> {
    if !is_override(booking) {
        booking::OVERRIDE_REASON.clear(booking);
    }
    let known = before.map_or(&Value::Null, |before| booking::OVERRIDE_REASON.value(before));
    if known == booking::OVERRIDE_REASON.value(booking) || work.actor.may(Action::Override, booking.kind.area)
    {
        return Ok(());
    }
    let fields = [booking::OVERRIDE_REASON.name()];
    Err(AppError::forbidden_fields(Action::Override, booking.kind.area, "override other bookings", fields))
}

/// Names a booking without a purpose after its origin, or after the person who booked.
fn name(work: &mut UnitOfWork<'_, '_>, booking: &mut Record) -> Result<(), AppError> {
    if !booking::PURPOSE.is_empty(booking) {
        return Ok(());
    }
    let origin = match booking::ORIGIN.get(booking).map(|origin| origin.id) {
        Some(id) => obcms_store::records::references(work.tx, &[id])?.remove(&id),
        None => None,
    };
    let purpose = origin.map_or_else(|| format!("Booked by {}", work.actor.full_name), |origin| origin.title);
    booking::PURPOSE.set(booking, purpose);
    Ok(())
}

/// Refuses to move a past, rejected or cancelled booking.
fn require_open(work: &UnitOfWork<'_, '_>, before: &Record) -> Result<(), AppError> {
    let status = BookingStatus::of(before);
    if !status.blocks() {
        return Err(AppError::conflict(message!(
            "This booking was {status}. Make a new booking.",
            status = choices::word(BOOKING_STATUSES, status.as_str()).within()
        )));
    }
    if uses(before).iter().all(|one| one.span.end <= work.now) {
        return Err(AppError::conflict("This booking is in the past. Make a new booking."));
    }
    Ok(())
}

fn check_terms(
    work: &UnitOfWork<'_, '_>,
    known: &[Use],
    booking: &Record,
    terms: &Terms,
) -> Result<(), AppError> {
    let mut errors = Vec::new();
    if !is_bounded(booking) {
        return Err(conflicts::unbounded(terms));
    }
    errors.extend(super::preview::unavailable(terms));
    if booking::UNITS.get(booking).unwrap_or(1) > terms.capacity {
        let message = message!(
            "{name} has only {capacity}.",
            name = Word::text(&terms.name),
            capacity = terms.capacity
        );
        errors.push(FieldError::new(booking::UNITS.name(), "range", message));
    }
    let asked = uses(booking);
    let wrong = asked.iter().filter_map(|one| {
        terms.check(one, booking::ALL_DAY.get(booking), known, is_override(booking), work.now)
    });
    errors.extend(wrong.take(MAXIMUM_NAMED));
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}

/// Sets a new or moved booking to pending if its resource requires approval. A move by someone who may decide needs no
/// new approval, and an override counts as decided.
fn set_status(work: &UnitOfWork<'_, '_>, before: Option<&Record>, booking: &mut Record, terms: &Terms) {
    let decides = before.is_some() && work.actor.may(Action::DecideBooking, booking.kind.area);
    if is_override(booking) {
        booking::STATUS.set(booking, BookingStatus::Approved.as_str());
        booking::DECIDED_BY.set(booking, work.actor.id);
        booking::DECIDED_AT.set(booking, work.now);
        booking::DECISION_NOTE.set(booking, booking::OVERRIDE_REASON.get(booking).to_owned());
    } else if !terms.requires_approval {
        booking::STATUS.set(booking, BookingStatus::Approved.as_str());
    } else if !decides {
        booking::STATUS.set(booking, BookingStatus::Pending.as_str());
        for field in ["decided_by", "decided_at", "decision_note"] {
            booking.set(field, Value::Null);
        }
    }
}
