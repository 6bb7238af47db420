//! Meeting times at which all required people and a fitting room are free.

use std::collections::HashMap;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};
use obcms_domain::accounts::Action;
use obcms_domain::bookings::{self as rules, Span, Taken, Terms};
use obcms_domain::calendar::floating;
use obcms_domain::calendar::scheduling::{
    Attendee, Busy, Place, Reason, Request, Suggestion, suggest, usual_start,
};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{EVENT, RESOURCE, USER, resource, user};
use obcms_domain::registry::{Record, Value};
use obcms_store::bookings as booked;
use obcms_store::calendar::{self as store, EntryRow, Window};
use obcms_store::records::{self, Filter, Query};
use obcms_store::{SqlValue, Tx};
use serde_json::{Value as Json, json};

use super::{Feed, expand, occupies_people};
use crate::core::{Actor, App, AppError};
use crate::holidays::{days_off, working_days};

/// Maximum number of people in one request.
pub const MAXIMUM_PEOPLE: usize = 50;
/// Days after today whose holidays count for the usual start.
const LOOKED_AHEAD: i64 = 30;
/// Maximum number of rooms considered.
const MAXIMUM_ROOMS: i64 = 200;
/// Working days of people without working hours of their own.
const USUAL_HOURS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

/// Request for suggestions.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// People who must attend.
    pub people: Vec<Id>,
    /// First day and the day after the last.
    pub days: (Date, Date),
    /// Duration in minutes.
    pub minutes: i64,
    /// Type of the required resource, such as `room`; `None` if none is required.
    pub resource_type: Option<String>,
    /// Required seats; by default the number of people.
    pub seats: Option<i64>,
    /// Maximum number of suggestions.
    pub most: usize,
}

/// Suggested times with reasons, and the names in them.
#[derive(Clone, Debug)]
pub struct Suggestions {
    /// Suggestions, best first.
    pub times: Vec<Suggestion>,
    /// Names of people and places.
    pub names: HashMap<Id, String>,
    /// Entries that occupy people, as far as the actor may see them, by index in the reasons.
    pub busy: HashMap<usize, EntryRow>,
}

impl App {
    /// Returns the start that the form of a new event begins with, in the zone of the office.
    pub fn usual_start(&self) -> Result<DateTime, AppError> {
        let now = self.now().to_zoned(self.zone().clone()).datetime();
        let days =
            self.read(|tx| working_days(tx, now.date(), now.date().saturating_add(LOOKED_AHEAD.days())))?;
        Ok(usual_start(now, &days))
    }

    /// Returns the best times for a request.
    pub fn suggestions(&self, actor: &Actor, wanted: &Wanted) -> Result<Suggestions, AppError> {
        let is_alone = wanted.people.iter().all(|person| actor.id == Some(*person));
        if !is_alone && !actor.may(Action::View, USER.area) {
            return Err(AppError::forbidden(Action::View, USER.area, "find free times of others"));
        }
        self.read(|tx| {
            let people = self.known(tx, &wanted.people)?;
            let window = self.span_of(wanted.days);
            let rows = self.busy_rows(tx, &wanted.people, window)?;
            let attendees: Vec<Attendee> =
                people.iter().map(|person| self.attendee(person, &rows, window)).collect();
            let places = match &wanted.resource_type {
                Some(name) => self.places(tx, actor, name, window)?,
                None => Vec::new(),
            };
            let request = Request {
                window,
                minutes: wanted.minutes,
                zone: self.zone().clone(),
                needs_place: wanted.resource_type.is_some(),
                seats: wanted.seats.unwrap_or_else(|| i64::try_from(people.len()).unwrap_or(1)),
                most: wanted.most,
                closed: days_off(tx, wanted.days.0, wanted.days.1)?,
            };
            let free: Vec<Place> = places.iter().map(|(place, _)| place.clone()).collect();
            let times = suggest(&request, &attendees, &free);
            let mut names: HashMap<Id, String> =
                people.iter().map(|person| (person.id, person.title().to_owned())).collect();
            names.extend(places.into_iter().map(|(place, name)| (place.resource, name)));
            let busy = self.seen(tx, actor, &times, rows)?;
            Ok(Suggestions { times, names, busy })
        })
    }

    fn known(&self, tx: &mut Tx<'_>, people: &[Id]) -> Result<Vec<Record>, AppError> {
        let found = records::load_many(tx, &USER, people)?;
        if found.len() < people.len() || found.iter().any(Record::is_archived) {
            return Err(AppError::field("people", "unknown_reference", "This user does not exist."));
        }
        Ok(found)
    }

    /// Converts days of the office to a span of instants.
    pub(super) fn days_span(&self, (first, after): (Date, Date)) -> Span {
        let midnight = |day: Date| {
            day.to_zoned(self.zone().clone()).map_or_else(|_| floating(day), |start| start.timestamp())
        };
        Span::new(midnight(first), midnight(after))
    }

    /// Converts days of the office to a span of instants that starts no earlier than now.
    fn span_of(&self, days: (Date, Date)) -> Span {
        let span = self.days_span(days);
        let start = span.start.max(self.now());
        Span::new(start, span.end.max(start))
    }

    /// Loads the timed and all-day events of the people within the span.
    pub(super) fn busy_rows(
        &self,
        tx: &mut Tx<'_>,
        people: &[Id],
        span: Span,
    ) -> Result<Vec<EntryRow>, AppError> {
        let day = |instant: Timestamp| floating(instant.to_zoned(self.zone().clone()).date());
        let window = Window {
            start: span.start,
            end: span.end,
            first_day: day(span.start),
            after_last_day: day(span.end).checked_add(SignedDuration::from_hours(24)).unwrap_or(span.end),
        };
        // Tasks have days, not times: they say when something is due, not where a person is.
        let rows = store::of_people(tx, &EVENT, people, &window)?;
        let mut rows = expand(rows, &window, self.zone());
        rows.retain(occupies_people);
        Ok(rows)
    }

    pub(super) fn attendee(&self, person: &Record, rows: &[EntryRow], window: Span) -> Attendee {
        let mut busy: Vec<Busy> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.people.contains(&person.id))
            .map(|(index, row)| Busy { span: self.taken(row), index })
            .collect();
        busy.sort_by_key(|busy| (busy.span.start, busy.index));
        let hours = match user::WORKING_HOURS.is_in(person.kind).then(|| user::WORKING_HOURS.value(person)) {
            Some(Value::Json(json)) if json.as_object().is_some_and(|days| !days.is_empty()) => json.clone(),
            _ => usual_hours(),
        };
        Attendee { person: person.id, busy, working: rules::open_spans(&hours, window, self.zone()) }
    }

    /// Returns the span that an entry occupies. An all-day entry occupies whole days of the office.
    fn taken(&self, row: &EntryRow) -> Span {
        if !row.all_day {
            return Span::new(row.start, row.end);
        }
        let midnight = |instant: Timestamp| {
            let day = obcms_domain::calendar::unfloating(instant);
            day.to_zoned(self.zone().clone()).map_or(instant, |start| start.timestamp())
        };
        Span::new(midnight(row.start), midnight(row.end))
    }

    /// Returns the available resources of the type that the actor may see, with their free times.
    fn places(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        resource_type: &str,
        window: Span,
    ) -> Result<Vec<(Place, String)>, AppError> {
        let scope = actor.scope(&RESOURCE)?;
        let of_type =
            Filter::OneOf(resource::RESOURCE_TYPE.name().to_owned(), vec![SqlValue::from(resource_type)]);
        let query = Query::first(&RESOURCE, vec![of_type], scope.as_ref(), MAXIMUM_ROOMS);
        let resources = records::list(tx, &query)?.records;
        let ids: Vec<Id> = resources.iter().map(|resource| resource.id).collect();
        let slots = if ids.is_empty() { Vec::new() } else { booked::within(tx, &ids, window, None)? };
        Ok(resources
            .iter()
            .map(|resource| {
                let terms = Terms::of(resource, self.zone());
                let taken: Vec<Taken> =
                    slots.iter().filter(|slot| slot.resource == resource.id).map(Taken::from).collect();
                let until = window.end.min(terms.horizon(self.now()));
                let free = if terms.is_available && until > window.start {
                    let open = rules::open(&terms, &taken, Span::new(window.start, until), 1);
                    open.into_iter().map(|span| within_buffers(span, &terms)).collect()
                } else {
                    Vec::new()
                };
                let place = Place { resource: resource.id, seats: resource::SEATS.get(resource), free };
                (place, resource.title().to_owned())
            })
            .collect())
    }

    /// Returns the conflicting entries that the actor may see. Other people are only shown as busy.
    fn seen(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        times: &[Suggestion],
        rows: Vec<EntryRow>,
    ) -> Result<HashMap<usize, EntryRow>, AppError> {
        let named: Vec<usize> = times
            .iter()
            .flat_map(|time| &time.reasons)
            .filter_map(|reason| match reason {
                Reason::Busy(busy) => Some(busy.iter().map(|(_, index)| *index)),
                _ => None,
            })
            .flatten()
            .collect();
        let wanted: Vec<(usize, EntryRow)> =
            rows.into_iter().enumerate().filter(|(index, _)| named.contains(index)).collect();
        let feed: Feed = self.feed(tx, actor, wanted.iter().map(|(_, row)| row.clone()).collect())?;
        let visible = |row: &EntryRow| {
            feed.entries.iter().any(|entry| {
                entry.row.record_id == row.record_id && entry.row.recurrence_id == row.recurrence_id
            })
        };
        Ok(wanted.into_iter().filter(|(_, row)| visible(row)).collect())
    }
}

/// Reduces a free span by the buffers before and after a booking.
fn within_buffers(span: Span, terms: &Terms) -> Span {
    Span::new(
        span.start.checked_add(terms.before).unwrap_or(span.start),
        span.end.checked_sub(terms.after).unwrap_or(span.end),
    )
}

fn usual_hours() -> Json {
    let day = json!([{ "from": "08:00", "to": "17:00" }]);
    USUAL_HOURS.iter().map(|name| ((*name).to_owned(), day.clone())).collect::<serde_json::Map<_, _>>().into()
}
