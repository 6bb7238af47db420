//! Timeline of resources: a row for each, a bar for each day, a click to book.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::bookings::Availability;
use obcms_domain::bookings::Span;
use obcms_domain::choices::RESOURCE_TYPES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BOOKING, RESOURCE};
use obcms_domain::registry::{Record, parse_date};

use super::{span_text, views};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::frame::Width;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::{PageParameters, Parameters};
use crate::core::state::{State, blocking};
use crate::records::may_create;

/// Days of one page.
const DAYS: i64 = 7;
/// Width of a bar; a unit is five minutes.
const WIDTH: i64 = 288;
/// Height of a bar.
const HEIGHT: i64 = 24;

/// Returns the days from the first, each with its span.
pub(super) fn week(first: Date, zone: &TimeZone) -> Vec<(Date, Span)> {
    (0..DAYS)
        .filter_map(|offset| {
            let day = first.checked_add(offset.days()).ok()?;
            let start = day.to_zoned(zone.clone()).ok()?.timestamp();
            let end = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp();
            Some((day, Span::new(start, end)))
        })
        .collect()
}

/// `GET /resources/timeline?start=&type=&resource=`.
pub async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["start", "type", "resource"]);
    let first = match parameters.get("start").filter(|text| !text.is_empty()) {
        None => page.today,
        Some(text) => parse_date(text).map_err(|(_, message)| Parameters::wrong("start", message))?,
    };
    let kind = parameters.get("type").unwrap_or_default();
    let only: Option<Id> = match parameters.get("resource").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Parameters::wrong("resource", "Must be the id of a resource."))?)
        }
    };
    let days = week(first, state.app.zone());
    let (Some(start), Some(end)) = (days.first(), days.last()) else {
        return Err(Parameters::wrong("start", "This date is out of range.").into());
    };
    let window = Span::new(start.1.start, end.1.end);
    let found = blocking(|| {
        let mut resources: Vec<Record> = state.app.resources(&actor, kind)?;
        if let Some(only) = only {
            resources.retain(|resource| resource.id == only);
        }
        state.app.read(|tx| state.app.availabilities(tx, &actor, resources, window))
    })
    .map_err(|error: AppError| match error {
        AppError::BadParameter(_) => Parameters::wrong("type", "Unknown resource type.").into(),
        other => PageError::from(other),
    })?;
    let may_book = !actor.read_only && may_create(&actor, &BOOKING);
    let address = |day: Date, kind: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("start", &day.to_string());
        if !kind.is_empty() {
            query.append_pair("type", kind);
        }
        if let Some(only) = only {
            query.append_pair("resource", &only.to_string());
        }
        format!("/resources/timeline?{}", query.finish())
    };
    let earlier = first.checked_sub(DAYS.days()).unwrap_or(first);
    let later = first.checked_add(DAYS.days()).unwrap_or(first);
    let head = PageHead {
        title: t!("Timeline").to_owned(),
        subtitle: t!(
            "{first} to {last}",
            first = first.strftime("%a %-d %b"),
            last = end.0.strftime("%a %-d %b %Y")
        ),
        actions: html! {
            (button_link(t!("Earlier"), &address(earlier, kind), "chevron-left", ButtonKind::Plain))
            (button_link(t!("Today"), &address(page.today, kind), "", ButtonKind::Plain))
            (button_link(t!("Later"), &address(later, kind), "chevron-right", ButtonKind::Plain))
        },
        ..PageHead::default()
    };
    let content = html! {
        (page_head(&head))
        (views(&actor, "timeline"))
        nav.row.ways-out aria-label=(t!("Types of resources")) {
            a.button data-kind="quiet" href=(address(first, "")) aria-current=[kind.is_empty().then_some("true")] { (t!("All")) }
            @for choice in RESOURCE_TYPES {
                a.button data-kind="quiet" href=(address(first, choice.value))
                    aria-current=[(kind == choice.value).then_some("true")] { (words::label(choice.label)) }
            }
        }
        @if found.is_empty() {
            (empty_state(&EmptyState {
                icon: RESOURCE.icon.to_owned(),
                title: t!("No resources").to_owned(),
                text: RESOURCE.purpose.to_owned(),
                action: None,
            }))
        } @else {
            (table(&found, &days, page.today, may_book))
            (legend())
        }
    };
    let page = page.clone().below(words::label(RESOURCE.plural), "/resources").width(Width::Full);
    Ok(Html(page.render(t!("Timeline"), &content).into_string()))
}

/// One row for each resource, one column for each day.
fn table(found: &[Availability], days: &[(Date, Span)], today: Date, may_book: bool) -> Markup {
    html! {
        div #timeline.slots-scroll data-live="booking resource" {
            table.slots {
                caption.visually-hidden { (t!("Bookings by resource and day")) }
                thead { tr {
                    th scope="col" { (t!("Resource")) }
                    @for (day, _) in days { th scope="col" data-today[*day == today] { (day.strftime("%a %-d %b")) } }
                } }
                tbody {
                    @for one in found { tr {
                        th scope="row" {
                            a href=(RESOURCE.url(one.resource.id)) { (one.resource.title()) }
                            @if !one.terms.is_available { " " span.muted { (t!("not available")) } }
                        }
                        @for (day, span) in days { td { (bar(one, *day, *span, may_book)) } }
                    } }
                }
            }
        }
    }
}

/// Rows of one resource, one for each day.
pub(super) fn days_of_one(one: &Availability, days: &[(Date, Span)], may_book: bool) -> Markup {
    html! {
        table.slots data-shape="days" {
            caption.visually-hidden { (t_html!("Bookings of {title} by day", title = one.resource.title())) }
            tbody {
                @for (day, span) in days { tr {
                    th scope="row" { (day.strftime("%a %-d %b")) }
                    td { (bar(one, *day, *span, may_book)) (words(one, *span)) }
                } }
            }
        }
    }
}

/// Bookings of a day as text.
fn words(one: &Availability, day: Span) -> Markup {
    let zone = one.terms.zone();
    let time = |instant: jiff::Timestamp| instant.to_zoned(zone.clone()).strftime("%-I:%M %p").to_string();
    html! {
        ul.slot-words {
            @for booked in one.booked.iter().filter(|booked| booked.slot.booked.overlaps(&day)) {
                @let part = booked.slot.booked.within(&day);
                li {
                    (time(part.start)) "–" (time(part.end)) " "
                    @match &booked.booking {
                        Some(booking) => a href=(BOOKING.url(booking.id)) { (booking.title()) },
                        None => (t!("Booked")),
                    }
                    @if booked.status == "pending" { " " span.muted { (t!("(pending)")) } }
                }
            }
        }
    }
}

/// Legend of the colors.
pub(super) fn legend() -> Markup {
    html! {
        ul.slots-legend {
            li { span.slot-mark data-kind="free" {} (t!("Free: click to book")) }
            li { span.slot-mark data-kind="approved" {} (t!("Booked")) }
            li { span.slot-mark data-kind="pending" {} (t!("Waiting for approval")) }
            li { span.slot-mark data-kind="closed" {} (t!("Closed")) }
            li { span.slot-mark data-kind="past" {} (t!("Past, or not available")) }
        }
    }
}

/// Returns start and width within the day, in units of the bar.
fn place(span: Span, day: Span) -> (i64, i64) {
    let part = span.within(&day);
    let length = day.minutes().max(1);
    let at = |minutes: i64| minutes * WIDTH / length;
    let start = at(Span::new(day.start, part.start).minutes());
    let end = at(Span::new(day.start, part.end).minutes());
    (start, (end - start).max(1))
}

/// Bar of a resource for one day from midnight to midnight.
fn bar(one: &Availability, day: Date, span: Span, may_book: bool) -> Markup {
    let zone = one.terms.zone();
    let name = one.resource.title();
    html! {
        svg.slot-bar viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="group"
            aria-label={ (name) ", " (day.strftime("%a %-d %b")) } {
            rect.slot data-kind="past" x="0" y="0" width=(WIDTH) height=(HEIGHT) {}
            @for closed in one.closed.iter().filter(|closed| closed.span.overlaps(&span)) {
                @let (x, width) = place(closed.span, span);
                rect.slot data-kind=(closed.kind) x=(x) y="0" width=(width) height=(HEIGHT) {
                    title { @if closed.reason.is_empty() { (t!("Closed")) } @else { (closed.reason) } }
                }
            }
            @for free in one.free.iter().filter(|free| free.overlaps(&span)) {
                @let (x, width) = place(*free, span);
                @if may_book {
                    a href=(new_address(one, free.within(&span))) tabindex="-1"
                        aria-label={ (t_html!("Book {name} within {span}", name, span = span_text(free.within(&span), false, zone))) } {
                        rect.slot data-kind="free" x=(x) y="0" width=(width) height=(HEIGHT) {}
                    }
                } @else {
                    rect.slot data-kind="free" x=(x) y="0" width=(width) height=(HEIGHT) {}
                }
            }
            @for hour in [6, 12, 18] {
                line.slot-hour x1=(hour * WIDTH / 24) x2=(hour * WIDTH / 24) y1="0" y2=(HEIGHT) {}
            }
            @for booked in one.booked.iter().filter(|booked| booked.slot.taken.overlaps(&span)) {
                @let (x, width) = place(booked.slot.taken, span);
                rect.slot data-kind="buffer" x=(x) y="0" width=(width) height=(HEIGHT) {}
                @if booked.slot.booked.overlaps(&span) {
                    @let (x, width) = place(booked.slot.booked, span);
                    @let label = booked.booking.as_ref().map_or(t!("Booked"), Record::title);
                    @let when = span_text(booked.slot.booked, false, zone);
                    @let shape = html! {
                        rect.slot data-kind=(booked.status) x=(x) y="2" width=(width) height=(HEIGHT - 4) {
                            title { (label) ", " (when) " (" (booked.status) ")" }
                        }
                    };
                    @match &booked.booking {
                        Some(booking) => a href=(BOOKING.url(booking.id)) aria-label={ (label) ", " (when) } { (shape) },
                        None => (shape),
                    }
                }
            }
        }
    }
}

/// Returns the address of the booking form for a free period: its first hour in the working day.
fn new_address(one: &Availability, free: Span) -> String {
    let zone = one.terms.zone();
    let eight = free.start.to_zoned(zone.clone()).date().at(8, 0, 0, 0).to_zoned(zone.clone());
    let from = eight.map_or(free.start, |eight| eight.timestamp().max(free.start));
    let from = if from < free.end { from } else { free.start };
    // Rounded up to a quarter of an hour.
    let second = (from.as_second() + 899).div_euclid(900) * 900;
    let start = jiff::Timestamp::from_second(second).unwrap_or(from);
    let end = start.checked_add(1.hour()).unwrap_or(start).min(free.end.max(start));
    let text = |instant: jiff::Timestamp| {
        instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("resource", &one.resource.id.to_string());
    query.append_pair("start", &text(start));
    if end > start {
        query.append_pair("end", &text(end));
    }
    format!("/bookings/new?{}", query.finish())
}
