//! Bookings: what is completed and checked before one is written.

use obcms_domain::accounts::{Action, who_can};
use obcms_domain::bookings::{BookingStatus, Terms, Use, is_bounded, uses};
use obcms_domain::calendar::series::{self, Series};
use obcms_domain::kinds::BOOKING;
use obcms_domain::registry::{FieldError, Record, Value};

use crate::bookings::conflicts::{self, is_override};
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Wrong dates of a series that are named at most.
const NAMED: usize = 10;

/// Applies the rules of bookings to a record that people changed.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    require_override(work, before, booking)?;
    name(work, booking)?;
    let resource = conflicts::hold(work, before, booking)?;
    booking.set("resource_name", resource.title());
    let asks = before.is_none_or(|before| asks_anew(before, booking));
    if !asks {
        return Ok(());
    }
    if let Some(before) = before {
        require_open(work, before)?;
    }
    let terms = Terms::of(&resource, work.app.zone());
    // Uses that stand are asked again only when it is another resource.
    let known: Vec<Use> = before
        .filter(|before| before.get("resource") == booking.get("resource"))
        .map(uses)
        .unwrap_or_default();
    check_terms(work, &known, booking, &terms)?;
    set_status(work, before, booking, &terms);
    if before.is_some() {
        // What others take is looked at when a change is written: one date of a series stands for many until then,
        // and the first part of a series that is split still holds the times that the second one takes over.
        return Ok(());
    }
    let demand = conflicts::demand(work, before, booking, &uses(booking))?;
    conflicts::check(work, booking, &demand)
}

/// Fields that all dates of a booking have in common.
const COMMON: [&str; 3] = ["resource", "units", "override_reason"];
/// Fields of the decision, which is about the booking as a whole.
const DECIDED: [&str; 5] = ["status", "decided_by", "decided_at", "decision_note", "resource_name"];

/// Checks the dates of a series that changed. What others took is looked at when it is written.
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
    // The second part of a series that was split goes on from the first.
    let first = match (before, booking.reference("continues")) {
        (None, Some(first)) => obcms_store::records::load(work.tx, &BOOKING, first)?,
        _ => None,
    };
    // Another resource is asked for every date.
    let stood = before.or(first.as_ref()).filter(|stood| stood.get("resource") == booking.get("resource"));
    let known = stood.map(uses).unwrap_or_default();
    let is_asked = |one: &Use| known.iter().any(|known| known.span == one.span);
    if is_bounded(booking) && uses(booking).iter().all(is_asked) {
        return Ok(());
    }
    let resource = conflicts::hold(work, before, booking)?;
    let terms = Terms::of(&resource, work.app.zone());
    check_terms(work, &known, booking, &terms)?;
    set_status(work, before.or(first.as_ref()), booking, &terms);
    Ok(())
}

/// Whether the change asks for another time, resource or number.
fn asks_anew(before: &Record, booking: &Record) -> bool {
    uses(before) != uses(booking)
        || ["resource", "units", "override_reason"]
            .iter()
            .any(|field| before.get(field) != booking.get(field))
}

/// To book over others needs a right of its own, and a reason.
fn require_override(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    booking: &mut Record,
) -> Result<(), AppError> {
    if !is_override(booking) {
        booking.set("override_reason", Value::Null);
    }
    let known = before.map_or(&Value::Null, |before| before.get("override_reason"));
    if known == booking.get("override_reason") || work.actor.may(Action::Override, booking.kind.area) {
        return Ok(());
    }
    let detail = "You do not have permission to override other bookings.".to_owned();
    let errors = vec![FieldError::new("override_reason", "forbidden", detail.clone())];
    Err(AppError::ForbiddenFields { detail, who: who_can(Action::Override, booking.kind.area), errors })
}

/// A booking without a purpose is called after what it is for, or after who booked.
fn name(work: &mut UnitOfWork<'_, '_>, booking: &mut Record) -> Result<(), AppError> {
    if !booking.get("purpose").is_empty() {
        return Ok(());
    }
    let origin = match booking.reference("origin") {
        Some(id) => obcms_store::records::references(work.tx, &[id])?.remove(&id),
        None => None,
    };
    let purpose = origin.map_or_else(|| format!("Booked by {}", work.actor.full_name), |origin| origin.title);
    booking.set("purpose", purpose);
    Ok(())
}

/// What is over, refused or given up is not moved.
fn require_open(work: &UnitOfWork<'_, '_>, before: &Record) -> Result<(), AppError> {
    let status = BookingStatus::of(before);
    if !status.blocks() {
        return Err(AppError::conflict(format!("This booking was {}. Make a new booking.", status.as_str())));
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
    if !terms.is_available {
        let message = format!("{} is not available for booking.", terms.name);
        errors.push(FieldError::new("resource", "unavailable", message));
    }
    if booking.integer("units").unwrap_or(1) > terms.capacity {
        let message = format!("{} has only {}.", terms.name, terms.capacity);
        errors.push(FieldError::new("units", "range", message));
    }
    let asked = uses(booking);
    let wrong = asked
        .iter()
        .filter_map(|one| terms.check(one, booking.flag("all_day"), known, is_override(booking), work.now));
    errors.extend(wrong.take(NAMED));
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}

/// A new or moved booking waits for a decision where its resource asks for one. Whoever may decide moves without
/// asking again, and an override is decided by its reason.
fn set_status(work: &UnitOfWork<'_, '_>, before: Option<&Record>, booking: &mut Record, terms: &Terms) {
    let decides = before.is_some() && work.actor.may(Action::DecideBooking, booking.kind.area);
    if is_override(booking) {
        booking.set("status", BookingStatus::Approved.as_str());
        booking.set("decided_by", work.actor.id);
        booking.set("decided_at", work.now);
        booking.set("decision_note", booking.text("override_reason").to_owned());
    } else if !terms.requires_approval {
        booking.set("status", BookingStatus::Approved.as_str());
    } else if !decides {
        booking.set("status", BookingStatus::Pending.as_str());
        for field in ["decided_by", "decided_at", "decision_note"] {
            booking.set(field, Value::Null);
        }
    }
}
