//! Panels on other pages: bookings of a record, week of a resource, decision on a booking.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::bookings::{Availability, sees_utilization};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::bookings::{BookingStatus, Span, uses};
use obcms_domain::kinds::{BOOKING, BOOKING_ORIGINS, EVENT, TASK, booking, task};
use obcms_domain::registry::{Kind, Record, output};
use obcms_domain::tasks::is_open;

use super::decisions::covers;
use super::{span_text, timeline};
use crate::components::badges::{self, Tone};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::t;
use crate::components::{detail, feedback};
use crate::core::frame::Page;
use crate::core::input::Form;
use crate::core::state::State;
use crate::records::may_create;

/// Switch between the views of bookings and resources; `current` names the present one.
#[must_use]
pub fn views(actor: &Actor, current: &str) -> Markup {
    let mut all = vec![
        ("bookings", t!("Bookings"), "/bookings"),
        ("waiting", t!("Waiting for approval"), "/bookings/waiting"),
        ("resources", t!("Resources"), "/resources"),
        ("timeline", t!("Timeline"), "/resources/timeline"),
    ];
    if sees_utilization(actor) {
        all.push(("utilisation", t!("Utilization"), "/resources/utilisation"));
    }
    let tab = |(name, label, address): (&str, &str, &str)| Tab {
        label: label.into(),
        href: address.into(),
        count: None,
        current: name == current,
    };
    let all: Vec<Tab> = all.into_iter().map(tab).collect();
    tabs(t!("Bookings and resources"), &all)
}

/// Tabs below the head of the lists of bookings and resources.
#[must_use]
pub fn list_tabs(_: &Page, actor: &Actor, kind: &Kind, _: &Form) -> Markup {
    views(actor, kind.collection)
}

/// Decision on a booking: its result, or the buttons for deciders.
pub fn decision_panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    booking: &Record,
) -> Result<Markup, AppError> {
    let status = BookingStatus::of(booking);
    let decides = actor.may(Action::DecideBooking, BOOKING.area);
    let owns = state.app.read(|tx| actor.may_on(tx, Action::Transition, booking))?;
    let is_open = !booking.is_archived()
        && !actor.read_only
        && uses(booking).iter().any(|one| one.span.end > state.app.now());
    let (may_decide, may_cancel) = (
        is_open && decides && status == BookingStatus::Pending,
        is_open && (decides || owns) && status.blocks(),
    );
    if !may_decide && !may_cancel {
        return Ok(html! {});
    }
    let content = html! {
        @if status == BookingStatus::Pending && !decides {
            p { (t!("Waiting for approval. The time is reserved until then.")) }
        }
        form.stack data-gap="small" method="post" data-in-place action={ (BOOKING.url(booking.id)) "/decision" } {
            input type="hidden" name="csrf_token" value=(page.csrf());
            div {
                label for="decision-note" { (t!("Note")) }
                input.input #decision-note name="note" maxlength="2000" required[may_decide];
                @if may_decide { p.field-help { (t!("Required to reject. The person who booked can read it.")) } }
            }
            div.row {
                @if may_decide {
                    button.button data-kind="main" type="submit" name="decision" value="approve" formnovalidate { (t!("Approve")) }
                    button.button type="submit" name="decision" value="reject" { (t!("Reject")) }
                }
                @if may_cancel {
                    button.button data-kind="quiet" type="submit" name="decision" value="cancel" formnovalidate { (t!("Cancel booking")) }
                }
            }
        }
    };
    let title = if may_decide { t!("Decide") } else { t!("Cancel booking") };
    Ok(detail::panel("decision", "booking", title, &html! {}, &content))
}

/// Bookings of a record with a link to book more; empty where there are none and none can be created.
pub fn origin_panel(state: &State, page: &Page, actor: &Actor, origin: &Record) -> Result<Markup, AppError> {
    if !BOOKING_ORIGINS.contains(&origin.kind.name) {
        return Ok(html! {});
    }
    let may_book = !origin.is_archived() && !actor.read_only && may_create(actor, &BOOKING);
    let bookings = state.app.bookings_of(actor, origin)?;
    let is_event = origin.kind == &EVENT;
    let is_open_task = origin.kind == &TASK && is_open(origin);
    if bookings.is_empty() && !((is_event || is_open_task) && may_book) {
        return Ok(html! {});
    }
    let zone = page.zone();
    let address = book_address(origin, page.today);
    let actions = html! {
        @if may_book { (button_link(t!("Book room or vehicle"), &address, "plus", ButtonKind::Quiet)) }
    };
    let content = html! {
        @if bookings.is_empty() { p.muted { (t!("No rooms, vehicles or equipment booked yet.")) } }
        @else {
            ul.list {
                @for booking in &bookings {
                    @let stands = BookingStatus::of(booking).blocks();
                    li {
                        a href=(BOOKING.url(booking.id)) { (booking::RESOURCE_NAME.get(booking)) }
                        @if let Some(one) = uses(booking).first() {
                            span.muted { (span_text(one.span, booking::ALL_DAY.get(booking), &zone)) }
                        }
                        (badges::status(booking::STATUS.get(booking)))
                        @if is_event && stands && origin.state() == "cancelled" {
                            (badges::badge(t!("Event cancelled"), Tone::Warning))
                            @if may_book {
                                (post_button(t!("Cancel booking"), &format!("{}/decision", BOOKING.url(booking.id)), "x",
                                    ButtonKind::Plain, page.csrf(), &[("decision", "cancel"), ("note", t!("Event cancelled"))]))
                            }
                        } @else if is_open_task && stands && !is_on_days(booking, origin, &zone) {
                            (badges::badge(t!("Outside the task's dates"), Tone::Warning))
                        } @else if is_event && stands && !covers(booking, origin) {
                            (badges::badge(t!("Outside the event's time"), Tone::Warning))
                            @if may_book {
                                (post_button(t!("Move with the event"), &format!("{}/follow", BOOKING.url(booking.id)), "arrow-right",
                                    ButtonKind::Plain, page.csrf(), &[]))
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(detail::panel("bookings", "booking event", t!("Rooms, vehicles, equipment"), &actions, &content))
}

/// Returns true if the booking begins on the days of the task.
fn is_on_days(booking: &Record, task: &Record, zone: &TimeZone) -> bool {
    let (start, due) = (task::START_DATE.get(task), task::DUE_DATE.get(task));
    let (Some(first), Some(last)) = (start.or(due), due.or(start)) else { return true };
    let mut days = uses(booking).into_iter().map(|one| one.span.start.to_zoned(zone.clone()).date());
    days.any(|day| first <= day && day <= last)
}

/// Returns the address of the booking form for a record, with its time.
fn book_address(origin: &Record, today: Date) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("origin", &format!("{}:{}", origin.kind.name, origin.id));
    query.append_pair("purpose", origin.title());
    if origin.kind == &EVENT {
        let all_day = booking::ALL_DAY.get(origin);
        query.append_pair("all_day", if all_day { "true" } else { "false" });
        for name in ["start", "end"] {
            if let Some(instant) = origin.instant(name) {
                query.append_pair(name, &output::moment(instant, all_day, booking::TIMEZONE.get(origin)));
            }
        }
    }
    // A record with a day begins in the morning of it.
    let day =
        if origin.kind == &TASK { task::START_DATE.get(origin).or(task::DUE_DATE.get(origin)) } else { None };
    if let Some(day) = day.filter(|day| *day > today) {
        query.append_pair("start", &format!("{day}T08:00"));
    }
    format!("/bookings/new?{}", query.finish())
}

/// Next days of a resource: bookings, and free times that can be booked with a click.
pub fn resource_panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    resource: &Record,
) -> Result<Markup, AppError> {
    let zone: TimeZone = state.app.zone().clone();
    let days = timeline::week(page.today, &zone);
    let window = Span::new(days[0].1.start, days[days.len() - 1].1.end);
    let found: Availability = state.app.availability(actor, resource.id, window)?;
    let may_book = !resource.is_archived() && !actor.read_only && may_create(actor, &BOOKING);
    let next = page.today.saturating_add(7.days());
    let more = format!("/resources/timeline?resource={}&start={next}", resource.id);
    let actions = html! {
        a href=(more) { (t!("Next week")) }
        @if may_book && found.terms.is_available {
            (button_link(t!("Book"), &format!("/bookings/new?resource={}", resource.id), "plus", ButtonKind::Plain))
        }
    };
    let content = html! {
        @if !found.terms.is_available {
            (feedback::notice(Tone::Warning, &html! { (t!("Not available for booking.")) }))
        }
        (timeline::days_of_one(&found, &days, may_book))
        (timeline::legend())
    };
    Ok(detail::panel("week", "booking resource", t!("Next seven days"), &actions, &content))
}
