//! Preview of a booking before it is created: each occurrence, free or not.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::Action;
use obcms_domain::bookings::{Span, Taken, Terms, is_bounded, nearest, uses};
use obcms_domain::calendar::series::{align_start_to_rule, starts_differently};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{BOOKING, RESOURCE, booking};
use obcms_domain::message;
use obcms_domain::records::input::{self, Context};
use obcms_domain::registry::{FieldError, Record};
use obcms_store::bookings::{self as store, Slot};
use obcms_store::records;
use serde_json::{Value as Json, json};

use super::conflict_response::{VisibleBookings, shown_instant, shown_span};
use super::conflicts::{bounding_span, conflicting_slots, slots, unbounded};
use crate::core::{Actor, App, AppError};
use crate::records::Input;

/// Previewed occurrence of a booking.
#[derive(Clone, Debug)]
pub struct PreviewedDate {
    /// Recurrence id; empty for a single booking.
    pub recurrence_id: String,
    /// Start and end.
    pub span: Span,
    /// Violation of the booking terms.
    pub problem: Option<FieldError>,
    /// Conflicting bookings, as the API shows them.
    pub conflicts: Vec<Json>,
    /// Nearest free times.
    pub free: Vec<Span>,
}

impl PreviewedDate {
    /// Returns `free`, `clash` or `closed`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        if self.problem.is_some() {
            "closed"
        } else if self.conflicts.is_empty() {
            "free"
        } else {
            "clash"
        }
    }
}

/// Preview of a booking.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Booking, not saved.
    pub booking: Record,
    /// Requested resource.
    pub resource: Record,
    /// Occurrences in order.
    pub dates: Vec<PreviewedDate>,
}

impl Preview {
    /// Returns the JSON of the API.
    #[must_use]
    pub fn to_json(&self, app: &App) -> Json {
        let (zone, all_day) = (app.zone(), booking::ALL_DAY.get(&self.booking));
        let dates: Vec<Json> = self
            .dates
            .iter()
            .map(|date| {
                let free: Vec<Json> = date
                    .free
                    .iter()
                    .map(|span| {
                        let (start, end) = shown_span(*span, all_day, zone);
                        json!({ "start": start, "end": end })
                    })
                    .collect();
                json!({
                    "recurrence_id": Some(&date.recurrence_id).filter(|id| !id.is_empty()),
                    "start": shown_instant(date.span.start, zone),
                    "end": shown_instant(date.span.end, zone),
                    "state": date.state(),
                    "reason": date.problem.as_ref().map(|problem| problem.message.clone()),
                    "conflicts": date.conflicts,
                    "free_slots": free,
                })
            })
            .collect();
        let count = |state| self.dates.iter().filter(|date| date.state() == state).count();
        json!({
            "resource": self.resource.id,
            "occurrences": dates,
            "total": self.dates.len(),
            "free": count("free"),
            "clash": count("clash"),
            "closed": count("closed"),
        })
    }
}

impl App {
    /// Previews each occurrence of a booking. `booking` in the input names the one to be
    /// changed, whose slots do not count.
    pub fn preview_booking(&self, actor: &Actor, input: &Input) -> Result<Preview, AppError> {
        let mut input = input.clone();
        let changed = match input.shift_remove("booking") {
            None | Some(Json::Null) => None,
            Some(given) => Some(
                given
                    .as_str()
                    .and_then(|text| text.parse::<Id>().ok())
                    .ok_or_else(|| AppError::field("booking", "type", "Must be the id of a booking."))?,
            ),
        };
        self.read(|tx| {
            let context = Context {
                actor: actor.id,
                today: self.today(),
                office_timezone: &self.options().office_timezone,
            };
            let (booking, known) = match changed {
                None => {
                    let mut booking = Record::new(&BOOKING, self.new_id(), self.now(), actor.id);
                    input::parse(&mut booking, &input, true, &context)?;
                    align_start_to_rule(&mut booking);
                    (booking, Vec::new())
                }
                Some(id) => {
                    let before = records::load(tx, &BOOKING, id)?.ok_or(AppError::NotFound(BOOKING.label))?;
                    actor.require(tx, Action::View, &before)?;
                    let mut booking = before.clone();
                    input::parse(&mut booking, &input, false, &context)?;
                    if starts_differently(&before, &booking) {
                        align_start_to_rule(&mut booking);
                    }
                    let same = booking::RESOURCE.is_same(&before, &booking);
                    (booking, if same { uses(&before) } else { Vec::new() })
                }
            };
            let unknown = || {
                AppError::field(
                    booking::RESOURCE.name(),
                    "unknown_reference",
                    "This resource does not exist.",
                )
            };
            let id = booking::RESOURCE.get(&booking).ok_or_else(unknown)?;
            let resource = records::load(tx, &RESOURCE, id)?.ok_or_else(unknown)?;
            actor.require(tx, Action::View, &resource)?;
            let terms = Terms::of(&resource, self.zone());
            if !is_bounded(&booking) {
                return Err(unbounded(&terms));
            }
            let wanted = slots(&booking, id, &terms, &uses(&booking));
            let margin = SignedDuration::from_hours(15 * 24);
            let others = match bounding_span(&wanted) {
                Some(bounding_span) => {
                    let earliest = bounding_span.start.checked_sub(margin).unwrap_or(bounding_span.start);
                    let latest = bounding_span.end.checked_add(margin).unwrap_or(bounding_span.end);
                    store::within(tx, &[id], Span::new(earliest, latest), Some(booking.id))?
                }
                None => Vec::new(),
            };
            let pointers: Vec<&Slot> = others.iter().collect();
            let bookings = VisibleBookings::of(tx, actor, &pointers)?;
            let taken: Vec<Taken> = others.iter().map(Taken::from).collect();
            let all_day = booking::ALL_DAY.get(&booking);
            let dates = wanted
                .iter()
                .zip(uses(&booking))
                .map(|(slot, one)| {
                    let problem =
                        unavailable(&terms).or_else(|| terms.check(&one, all_day, &known, false, self.now()));
                    let conflicts: Vec<Json> = conflicting_slots(&terms, slot, &others)
                        .into_iter()
                        .map(|other| bookings.conflict(other, self.zone()))
                        .collect();
                    let free = if terms.is_available && (problem.is_some() || !conflicts.is_empty()) {
                        let around = near(&taken, slot.booked, margin);
                        nearest(&terms, &around, slot.booked, slot.units, all_day, self.now())
                    } else {
                        Vec::new()
                    };
                    PreviewedDate {
                        recurrence_id: one.recurrence_id,
                        span: slot.booked,
                        problem,
                        conflicts,
                        free,
                    }
                })
                .collect();
            Ok(Preview { booking, resource, dates })
        })
    }
}

pub(super) fn unavailable(terms: &Terms) -> Option<FieldError> {
    let message = message!("{name} is not available for booking.", name = Word::text(&terms.name));
    (!terms.is_available).then(|| FieldError::new(booking::RESOURCE.name(), "unavailable", message))
}

/// Returns the taken times within the margin in which free times are searched.
fn near(taken: &[Taken], span: Span, margin: SignedDuration) -> Vec<Taken> {
    let at = |instant: Timestamp, shift: SignedDuration| instant.checked_add(shift).unwrap_or(instant);
    let window = Span::new(at(span.start, -margin), at(span.end, margin));
    taken.iter().filter(|taken| taken.span.overlaps(&window)).copied().collect()
}
