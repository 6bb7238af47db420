//! Bookings of an event: requested with it, moved with it and cancelled with it, in the same transaction.
//!
//! Either the event and all its bookings are saved, or nothing. The refusal names every booking in the way, and what
//! can be chosen instead. Who may change the event may move and release its bookings; a new booking needs the right to
//! book.

use obcms_domain::accounts::Action;
use obcms_domain::bookings::following::{TIMES, copy_times, follow, is_moved, lead, occurrence_at};
use obcms_domain::bookings::{BookingStatus, Span, is_ahead, reserves, uses};
use obcms_domain::calendar::series::{Series, set_list};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::kinds::{BOOKING, EVENT, RESOURCE, booking};
use obcms_domain::message;
use obcms_domain::records::input;
use obcms_domain::registry::{Link, Record};
use obcms_recur::Moment;
use obcms_store::{bookings as store, records as stored};
use serde_json::{Map, Value as Json, json};

use crate::core::unit_of_work::Reservation;
use crate::core::{AppError, UnitOfWork};
use crate::records;
use crate::records::reservation::{MEMBER, MOVED, RELEASED};

/// Books the requested resources of a new event.
pub fn created(work: &mut UnitOfWork<'_, '_>, event: &Record) -> Result<(), AppError> {
    if work.reservation.is_none() { Ok(()) } else { settle(work, event, event) }
}

/// Moves the bookings of a changed event, and books the requested resources.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, event: &Record) -> Result<(), AppError> {
    // An undo reverts the bookings as it reverts the event.
    let is_archived = event.is_archived() || before.is_archived();
    if work.undoes.is_some() || is_archived || (work.reservation.is_none() && !is_moved(before, event)) {
        return Ok(());
    }
    settle(work, before, event)
}

/// Releases, moves and adds bookings until they fit the event and the request.
pub fn settle(work: &mut UnitOfWork<'_, '_>, before: &Record, event: &Record) -> Result<(), AppError> {
    let reservation = work.reservation.take();
    let bookings = held(work, event.id)?;
    let was_logged = work.change_set;
    let touched = work.as_own(|work| {
        let mut changes = Changes::default();
        let request = match &reservation {
            Some(Reservation::All { resources, occurrence }) => {
                Some((resources.as_slice(), occurrence.as_deref().and_then(|name| name.parse().ok())))
            }
            _ => None,
        };
        let mut remaining = bookings;
        if let Some((resources, occurrence)) = request {
            remaining = changes.release(work, before, remaining, resources, occurrence)?;
        }
        let replaced = match reservation {
            Some(Reservation::Replace { old, new }) => Some((old, new)),
            _ => None,
        };
        changes.move_all(work, (before, event), &remaining, replaced)?;
        if let Some((resources, occurrence)) = request {
            changes.add(work, event, &remaining, resources, occurrence)?;
        }
        changes.finish(&remaining, request.map(|(resources, _)| resources))
    })?;
    if touched && before.version == event.version && work.change_set == was_logged {
        // The event itself did not change, but its history shows the bookings.
        work.remark(event, "book")?;
    }
    Ok(())
}

/// Returns the bookings of a record that reserve a resource and are not over, locked.
pub(super) fn held(work: &mut UnitOfWork<'_, '_>, origin: Id) -> Result<Vec<Record>, AppError> {
    let ids = store::of_origins(work.tx, &[origin])?;
    work.tx.lock(BOOKING.table, &ids)?;
    let mut found = stored::load_many(work.tx, &BOOKING, &ids)?;
    let now = work.now;
    found.retain(|booking| reserves(booking, now));
    found.sort_by_key(|booking| booking.id);
    // In a fixed order, before the first booking is written.
    let mut resources: Vec<Id> = found.iter().filter_map(|booking| booking::RESOURCE.get(booking)).collect();
    resources.sort_unstable();
    resources.dedup();
    work.tx.lock(RESOURCE.table, &resources)?;
    Ok(found)
}

/// Refused booking.
struct Refused {
    /// Booking that should move; nothing for a new one.
    booking: Option<Id>,
    resource: Id,
    name: String,
    reason: Message,
    more: Vec<(&'static str, Json)>,
}

/// Changes to the bookings of an event.
#[derive(Default)]
pub(super) struct Changes {
    any: bool,
    /// True if a booking has other times than the event, so that its free times are not those of the event.
    has_own_times: bool,
    refused: Vec<Refused>,
}

impl Changes {
    /// Writes one booking; a refusal is collected.
    pub(super) fn attempt(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        (booking, resource): (Option<Id>, Id),
        part: impl FnOnce(&mut UnitOfWork<'_, '_>) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        match work.attempt(part)? {
            Ok(()) => {
                self.any = true;
                Ok(())
            }
            Err(AppError::Conflict { detail, more }) => {
                let name = name_of(work, resource)?;
                self.refused.push(Refused { booking, resource, name, reason: detail, more });
                Ok(())
            }
            Err(AppError::Invalid(errors)) => {
                let name = name_of(work, resource)?;
                let mut messages: Vec<Message> = Vec::new();
                for error in errors {
                    if !messages.contains(&error.message) {
                        messages.push(error.message);
                    }
                }
                let reasons = Word::list(Joining::Space, messages);
                let reason = message!("{name}: {reasons}", name = Word::text(&name), reasons);
                self.refused.push(Refused { booking, resource, name, reason, more: Vec::new() });
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// Cancels the bookings of resources that are not requested; returns the others.
    fn release(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        event: &Record,
        bookings: Vec<Record>,
        resources: &[Id],
        occurrence: Option<Moment>,
    ) -> Result<Vec<Record>, AppError> {
        let mut remaining = Vec::with_capacity(bookings.len());
        for before in bookings {
            if booking::RESOURCE.get(&before).is_some_and(|resource| resources.contains(&resource)) {
                remaining.push(before);
                continue;
            }
            match occurrence {
                None => release(work, &before)?,
                Some(name) => match without_occurrence(event, &before, name) {
                    Release::All => release(work, &before)?,
                    Release::None => {
                        remaining.push(before);
                        continue;
                    }
                    Release::Occurrence(mut left) => {
                        work.save(&before, &mut left, RELEASED)?;
                        remaining.push(*left);
                    }
                },
            }
            self.any = true;
        }
        Ok(remaining)
    }

    /// Moves the bookings with the event.
    fn move_all(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        (before, event): (&Record, &Record),
        bookings: &[Record],
        replaced: Option<(Id, Id)>,
    ) -> Result<(), AppError> {
        let mut is_replaced = false;
        for booking in bookings {
            let Some(resource) = booking::RESOURCE.get(booking) else { continue };
            let mut moved = follow(before, event, booking);
            let mut target = resource;
            if let Some((_, new)) = replaced.filter(|(old, _)| *old == resource) {
                work.actor.require(work.tx, Action::Edit, booking)?;
                booking::RESOURCE.set(moved.get_or_insert_with(|| booking.clone()), new);
                (target, is_replaced) = (new, true);
            }
            // What is moved into the past is a correction; nobody needs the resource then.
            let Some(mut moved) = moved.filter(|moved| is_ahead(moved, work.now)) else { continue };
            let has_own_times =
                ![booking::START, booking::END].iter().all(|time| time.is_same(booking, before));
            self.has_own_times |= has_own_times;
            self.attempt(work, (Some(booking.id), target), |work| {
                work.before_series(Some(booking), &mut moved)?;
                if target != resource {
                    booking::RESOURCE_NAME.set(&mut moved, name_of(work, target)?);
                }
                work.save(booking, &mut moved, MOVED).map(|_| ())
            })?;
        }
        if replaced.is_some() && !is_replaced {
            return Err(AppError::conflict(
                "That resource is no longer booked for this. Nothing was changed.",
            ));
        }
        Ok(())
    }

    /// Books the requested resources that are not booked for the event yet.
    pub(super) fn add(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        event: &Record,
        bookings: &[Record],
        resources: &[Id],
        occurrence: Option<Moment>,
    ) -> Result<(), AppError> {
        let single = match (occurrence, Series::of(event)) {
            (Some(name), Some(series)) => {
                series.materialize(event, name).ok().flatten().ok_or(AppError::NotFound("occurrence"))?
            }
            _ => event.clone(),
        };
        let span = Span::new(
            booking::START.get(&single).unwrap_or_default(),
            booking::END.get(&single).unwrap_or_default(),
        );
        for resource in resources {
            let is_booked = bookings.iter().any(|booking| {
                booking::RESOURCE.get(booking) == Some(*resource)
                    && (occurrence.is_none() || uses(booking).iter().any(|one| one.span.overlaps(&span)))
            });
            if !is_booked {
                if stored::load(work.tx, &RESOURCE, *resource)?.is_none() {
                    let message = "This resource does not exist.";
                    return Err(AppError::field(MEMBER, "unknown_reference", message));
                }
                self.attempt(work, (None, *resource), |work| book(work, event, &single, *resource))?;
            }
        }
        Ok(())
    }

    /// Returns true if anything was written.
    ///
    /// # Errors
    ///
    /// The conflict of all refused bookings.
    pub(super) fn finish(self, bookings: &[Record], requested: Option<&[Id]>) -> Result<bool, AppError> {
        if self.refused.is_empty() {
            return Ok(self.any);
        }
        let resources: Vec<Id> = match requested {
            Some(requested) => requested.to_vec(),
            None => bookings.iter().filter_map(|booking| booking::RESOURCE.get(booking)).collect(),
        };
        let is_single = self.refused.len() == 1;
        let offers_times = is_single && !self.has_own_times;
        let detail = Message::sentences(self.refused.iter().map(|one| one.reason.clone()));
        let member = |one: &Refused, name: &str| {
            let found = one.more.iter().find(|(key, _)| *key == name);
            found.and_then(|(_, json)| json.as_array().cloned()).unwrap_or_default()
        };
        let all =
            |name: &str| -> Vec<Json> { self.refused.iter().flat_map(|one| member(one, name)).collect() };
        let refused: Vec<Json> = self
            .refused
            .iter()
            .map(|one| {
                json!({
                    "booking": one.booking,
                    "resource": one.resource,
                    "name": one.name,
                    "reason": one.reason.english(),
                    "conflicts": member(one, "conflicts"),
                    "alternatives": member(one, "alternatives"),
                })
            })
            .collect();
        Err(AppError::Conflict {
            detail,
            more: vec![
                ("field", json!(MEMBER)),
                ("conflicts", Json::Array(all("conflicts"))),
                // Free times of one resource may be taken for another.
                ("free_slots", Json::Array(if offers_times { all("free_slots") } else { Vec::new() })),
                ("alternatives", Json::Array(if is_single { all("alternatives") } else { Vec::new() })),
                ("refused_bookings", Json::Array(refused)),
                (MEMBER, json!(resources)),
            ],
        })
    }
}

fn name_of(work: &mut UnitOfWork<'_, '_>, resource: Id) -> Result<String, AppError> {
    let found = stored::load(work.tx, &RESOURCE, resource)?;
    Ok(found.map_or_else(String::new, |resource| resource.title().to_owned()))
}

/// Cancels a booking.
pub(super) fn release(work: &mut UnitOfWork<'_, '_>, before: &Record) -> Result<(), AppError> {
    let mut booking = before.clone();
    booking::STATUS.set(&mut booking, BookingStatus::Cancelled.as_str());
    booking::DECIDED_BY.set(&mut booking, work.actor.id);
    booking::DECIDED_AT.set(&mut booking, work.now);
    work.save(before, &mut booking, RELEASED)?;
    Ok(())
}

/// Release of one occurrence of an event.
enum Release {
    /// The booking has no such occurrence.
    None,
    /// The booking reserves nothing else.
    All,
    /// Booking without the occurrence.
    Occurrence(Box<Record>),
}

fn without_occurrence(event: &Record, before: &Record, name: Moment) -> Release {
    let Some(series) = Series::of(before) else {
        let span = uses(before).first().map(|one| one.span);
        let is_at = span.and_then(|span| occurrence_at(event, span)) == Some(name);
        return if is_at { Release::All } else { Release::None };
    };
    let Some(shift) = lead(event, before) else { return Release::None };
    let own = shift.carry(name, true).to_string();
    if !uses(before).iter().any(|one| one.recurrence_id == own) {
        return Release::None;
    }
    let mut left = before.clone();
    let mut dates: Vec<String> = booking::EXDATES.get(before).into_iter().map(ToOwned::to_owned).collect();
    dates.push(own.clone());
    set_list(&mut left, booking::EXDATES, dates);
    let mut overrides = series.overrides;
    overrides.remove(&own);
    obcms_domain::calendar::series::set_overrides(&mut left, overrides);
    if uses(&left).is_empty() { Release::All } else { Release::Occurrence(Box::new(left)) }
}

/// Books a resource at the times of the event, or of one occurrence of it.
fn book(work: &mut UnitOfWork<'_, '_>, event: &Record, times: &Record, resource: Id) -> Result<(), AppError> {
    let mut input = Map::new();
    let shown = times.to_json();
    for name in TIMES {
        input.insert(name.to_owned(), shown.get(name).cloned().unwrap_or_default());
    }
    input.extend([
        booking::RESOURCE.input(resource),
        booking::ORIGIN.input(Link { kind: EVENT.name.to_owned(), id: event.id }),
    ]);
    records::require_create(work, &BOOKING)?;
    let mut record = work.new_record(&BOOKING);
    input::parse(&mut record, &input, true, &work.context())?;
    copy_times(times, &mut record);
    work.complete(&mut record)?;
    work.actor.require_new(work.tx, &record, &work.context())?;
    records::check(work, None, &record)?;
    work.before_save(None, &mut record, &input)?;
    work.insert(std::slice::from_ref(&record))
}
