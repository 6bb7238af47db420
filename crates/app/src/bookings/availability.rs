//! Availability of a resource: bookings, closed times and free times.

use jiff::Timestamp;
use obcms_domain::accounts::Action;
use obcms_domain::bookings::{Closed, Span, Taken, Terms, open};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{RESOURCE, booking};
use obcms_domain::registry::Record;
use obcms_store::bookings::{self as store, Slot};
use obcms_store::{Tx, records};
use serde_json::{Value as Json, json};

use super::conflict_response::{VisibleBookings, shown_instant};
use crate::calendar::CalendarQuery;
use crate::core::{Actor, App, AppError};

/// Availability of a resource within a window.
#[derive(Clone, Debug)]
pub struct Availability {
    /// Resource.
    pub resource: Record,
    /// Booking terms.
    pub terms: Terms,
    /// Booked times, sorted by start.
    pub booked: Vec<Booked>,
    /// Closed times, sorted by start.
    pub closed: Vec<Closed>,
    /// Times with at least one free unit, sorted by start.
    pub free: Vec<Span>,
}

/// Booked time, as the actor sees it.
#[derive(Clone, Debug)]
pub struct Booked {
    /// Slot.
    pub slot: Slot,
    /// Booking, if the actor may see it.
    pub booking: Option<Record>,
    /// Status of the booking.
    pub status: String,
}

impl Availability {
    /// Returns the JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let zone = self.terms.zone();
        let at = |instant: Timestamp| shown_instant(instant, zone);
        let mut busy: Vec<(Timestamp, Json)> = Vec::new();
        for booked in &self.booked {
            let slot = &booked.slot;
            busy.push((
                slot.taken.start,
                json!({
                    "kind": "booking",
                    "start": at(slot.taken.start),
                    "end": at(slot.taken.end),
                    "booked_start": at(slot.booked.start),
                    "booked_end": at(slot.booked.end),
                    "booking": booked.booking.as_ref().map(|booking| booking.id),
                    "title": booked.booking.as_ref().map(Record::title),
                    "status": booked.status,
                    "units": slot.units,
                }),
            ));
        }
        for closed in &self.closed {
            busy.push((
                closed.span.start,
                json!({
                    "kind": closed.kind,
                    "start": at(closed.span.start),
                    "end": at(closed.span.end),
                    "reason": Some(&closed.reason).filter(|reason| !reason.is_empty()),
                }),
            ));
        }
        busy.sort_by_key(|(start, _)| *start);
        let busy: Vec<Json> = busy.into_iter().map(|(_, json)| json).collect();
        let free: Vec<Json> =
            self.free.iter().map(|span| json!({ "start": at(span.start), "end": at(span.end) })).collect();
        json!({
            "resource": self.resource.id,
            "capacity": self.terms.capacity,
            "is_available": self.terms.is_available,
            "busy": busy,
            "free": free,
        })
    }
}

impl App {
    /// Parses `start` and `end`: days of the office or instants, at most 400 days.
    pub fn booking_window(&self, parameters: &[(String, String)]) -> Result<Span, AppError> {
        let window = CalendarQuery::parse(parameters, self.zone())?.window;
        Ok(Span::new(window.start, window.end))
    }

    /// Returns the availability of a resource within a window.
    pub fn availability(&self, actor: &Actor, id: Id, window: Span) -> Result<Availability, AppError> {
        self.read(|tx| {
            let resource = records::load(tx, &RESOURCE, id)?.ok_or(AppError::NotFound(RESOURCE.label))?;
            actor.require(tx, Action::View, &resource)?;
            let mut found = self.availabilities(tx, actor, vec![resource], window)?;
            found.pop().ok_or(AppError::NotFound(RESOURCE.label))
        })
    }

    /// Returns the availability of several resources, in their order.
    pub fn availabilities(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        resources: Vec<Record>,
        window: Span,
    ) -> Result<Vec<Availability>, AppError> {
        let ids: Vec<Id> = resources.iter().map(|resource| resource.id).collect();
        let slots = store::within(tx, &ids, window, None)?;
        let pointers: Vec<&Slot> = slots.iter().collect();
        let known = VisibleBookings::of(tx, actor, &pointers)?;
        let now = self.now();
        Ok(resources
            .into_iter()
            .map(|resource| {
                let terms = Terms::of(&resource, self.zone());
                let own: Vec<&Slot> = slots.iter().filter(|slot| slot.resource == resource.id).collect();
                let taken: Vec<Taken> = own.iter().map(|slot| Taken::from(*slot)).collect();
                let bookable = window.within(&Span::new(now, terms.horizon(now)));
                let free = if terms.is_available && !bookable.is_empty() {
                    open(&terms, &taken, bookable, 1)
                } else {
                    Vec::new()
                };
                let booked = own
                    .into_iter()
                    .map(|slot| Booked {
                        booking: known.visible(slot.booking).cloned(),
                        status: known
                            .find(slot.booking)
                            .map_or("", |booking| booking::STATUS.get(booking))
                            .to_owned(),
                        slot: slot.clone(),
                    })
                    .collect();
                let closed = terms.closed(window, false);
                Availability { resource, terms, booked, closed, free }
            })
            .collect())
    }
}
