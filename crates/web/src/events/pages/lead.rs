//! Head of the page of an event: when, where and who.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::{BookingStatus, Span, uses};
use obcms_domain::calendar::series::{Series, describe};
use obcms_domain::kinds::{BOOKING, EVENT, booking, event};
use obcms_domain::registry::{FieldName, Record};

use crate::components::badges;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{self, Property};
use crate::components::words::{self, t};
use crate::core::frame::Page;
use crate::core::state::State;
use crate::records::pages::Values;
use crate::records::pages::dates::{days_text, hours_text};
use crate::records::pages::detail::directory_of;

/// Fields that the panel shows.
pub const FIELDS: &[&str] = &[
    event::START.name(),
    event::END.name(),
    event::ALL_DAY.name(),
    event::TIMEZONE.name(),
    event::RRULE.name(),
    event::VENUE.name(),
    event::VIRTUAL_LINK.name(),
    event::ORGANIZATIONS.name(),
];
/// Fields with people, in their order.
const PEOPLE: [FieldName; 4] = [
    event::ORGANIZER.erased(),
    event::PARTICIPANTS.erased(),
    event::FACILITATORS.erased(),
    event::ORGANIZATIONS.erased(),
];

/// Panel of an event; of a series with its next occurrence.
pub fn panel(state: &State, page: &Page, actor: &Actor, event: &Record) -> Result<Markup, AppError> {
    let next = if Series::of(event).is_some() {
        let window = (Some(state.app.now()), None);
        state.app.occurrences(actor, &EVENT, event.id, window, 1)?.pop()
    } else {
        None
    };
    let name = next.as_ref().map(|(name, _)| name.as_str());
    draw(state, page, actor, event, (name, next.as_ref().map(|(_, single)| single)))
}

/// Panel of one occurrence.
pub fn occurrence_panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    occurrence: &Record,
    name: &str,
) -> Result<Markup, AppError> {
    draw(state, page, actor, occurrence, (Some(name), None))
}

/// Draws the panel; the brief is that of the occurrence with this recurrence id, the time that of `next`.
fn draw(
    state: &State,
    page: &Page,
    actor: &Actor,
    event: &Record,
    (occurrence, next): (Option<&str>, Option<&Record>),
) -> Result<Markup, AppError> {
    let directory = directory_of(state, actor, event)?;
    let zone = page.zone();
    let values = page.values(&directory, &zone);
    let bookings = standing(state, actor, event)?;
    let of_occurrence = occurrence.map_or_else(String::new, |name| format!("?occurrence={name}"));
    let brief = format!("{}/brief{of_occurrence}", EVENT.url(event.id));
    let actions = html! { (button_link(t!("Brief"), &brief, "printer", ButtonKind::Quiet)) };
    let content = html! {
        div.event-lead {
            div {
                @match next {
                    Some(next) => p.event-when { (t!("Next: {time}", time = when(next, &own_zone(event, &zone)))) },
                    None => p.event-when { (when(event, &own_zone(event, &zone))) },
                }
                @if let Some(said) = describe::of_record(event) { p.muted { (said) } }
            }
            (detail::properties(&facts(event, &values, &bookings)))
        }
    };
    Ok(detail::panel("lead", "event booking", t!("Time, place and people"), &actions, &content))
}

/// Returns the zone of an event; that of the reader for an event without one.
pub(super) fn own_zone(event: &Record, reader: &TimeZone) -> TimeZone {
    TimeZone::get(event::TIMEZONE.get(event)).unwrap_or_else(|_| reader.clone())
}

/// Returns the bookings at the time of the event that reserve a resource.
pub(super) fn standing(state: &State, actor: &Actor, event: &Record) -> Result<Vec<Record>, AppError> {
    let span = (event::START.get(event), event::END.get(event));
    let is_series = Series::of(event).is_some();
    let mut found = state.app.bookings_of(actor, event)?;
    found.retain(|booking| {
        let overlaps = match span {
            (Some(start), Some(end)) => {
                uses(booking).iter().any(|one| one.span.overlaps(&Span::new(start, end)))
            }
            _ => true,
        };
        BookingStatus::of(booking).blocks() && (is_series || overlaps)
    });
    Ok(found)
}

/// Returns where and who, as far as the event says it.
pub(super) fn facts(event: &Record, values: &Values<'_>, bookings: &[Record]) -> Vec<Property> {
    // A venue that is booked is named by its booking.
    let is_booked = |venue: &str| bookings.iter().any(|booking| booking::RESOURCE_NAME.get(booking) == venue);
    let venue = Some(event::VENUE.get(event)).filter(|venue| !is_booked(venue)).unwrap_or_default();
    let link = event.kind.field(event::VIRTUAL_LINK.name()).filter(|_| !event::VIRTUAL_LINK.is_empty(event));
    let place = html! {
        @if !venue.is_empty() { span.event-venue { (venue) } }
        @if !bookings.is_empty() {
            ul.event-resources {
                @for booking in bookings {
                    li {
                        a href=(BOOKING.url(booking.id)) { (booking::RESOURCE_NAME.get(booking)) }
                        " " (badges::status(booking::STATUS.get(booking)))
                    }
                }
            }
        }
        @if let Some(field) = link { div { (values.draw(event, field)) } }
        @if venue.is_empty() && bookings.is_empty() && link.is_none() { span.muted { (t!("No place yet")) } }
    };
    let mut facts = vec![Property { label: t!("Where").to_owned(), value: place }];
    for name in PEOPLE {
        let Some(field) = event.kind.field(name.as_str()) else { continue };
        if event.get(field.name).is_empty() {
            continue;
        }
        facts.push(Property {
            label: words::label(field.label).to_owned(),
            value: html! { div.event-people { (values.draw(event, field)) } },
        });
    }
    facts
}

/// Formats the time of an event: "Mon 7 Dec 2026, 9:00 AM – 11:00 AM".
pub(super) fn when(event: &Record, zone: &TimeZone) -> String {
    let (Some(start), Some(end)) = (event::START.get(event), event::END.get(event)) else {
        return String::new();
    };
    let local = |instant: Timestamp| instant.to_zoned(zone.clone());
    let day = |day: Date| day.strftime("%a %-d %b %Y").to_string();
    if event::ALL_DAY.get(event) {
        let last = end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(end);
        return days_text(local(start).date(), local(last).date(), &day);
    }
    hours_text(&local(start), &local(end), &day)
}
