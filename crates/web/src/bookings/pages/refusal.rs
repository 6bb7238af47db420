//! Refused booking: its conflicts, and alternatives that can be booked with one click.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::bookings::{Preview, PreviewedDate};
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::Span;
use obcms_domain::kinds::{BOOKING, booking};
use obcms_domain::registry::Record;
use serde_json::Value as Json;

use super::span_text;
use crate::components::badges::{self, Tone};
use crate::components::buttons::{ButtonKind, post_button};
use crate::components::feedback;
use crate::components::words::{self, t, t_html};
use crate::core::frame::Page;
use crate::core::input::Form;
use crate::core::state::{State, blocking};
use crate::records::pages::read_form;

/// Maximum number of occurrences that are shown with alternatives.
const DATES: usize = 60;

fn list<'a>(more: &'a [(&'static str, Json)], name: &str) -> &'a [Json] {
    let found = more.iter().find(|(key, _)| *key == name).and_then(|(_, json)| json.as_array());
    found.map_or(&[], Vec::as_slice)
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// Returns the typed values with some replaced, as hidden inputs of a button that sends the form again.
fn typed_with<'a>(typed: &'a Form, replaced: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    typed
        .0
        .iter()
        .filter(|(name, _)| !replaced.iter().any(|(other, _)| other == name))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(replaced.iter().map(|(name, value)| (*name, value.as_str())))
        .collect()
}

/// Returns start and end as the inputs of the form: last day included.
fn inputs(span: Span, all_day: bool, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let start = span.start.to_zoned(zone.clone());
    let end = span.end.to_zoned(zone.clone());
    if all_day {
        let last = end.date().checked_sub(1.day()).unwrap_or(end.date());
        return vec![("start", start.date().to_string()), ("end", last.to_string())];
    }
    let time = |at: &jiff::Zoned| at.strftime("%H:%M").to_string();
    vec![
        ("start", start.date().to_string()),
        ("start.time", time(&start)),
        ("end", end.date().to_string()),
        ("end.time", time(&end)),
    ]
}

/// Parses a span of an API response.
fn span_of(slot: &Json, zone: &TimeZone) -> Option<Span> {
    let at = |name: &str| {
        let text = text(slot, name);
        text.parse::<jiff::Timestamp>().ok().or_else(|| {
            let day: Date = text.parse().ok()?;
            day.to_zoned(zone.clone()).ok().map(|start| start.timestamp())
        })
    };
    Some(Span::new(at("start")?, at("end")?))
}

/// Preview of the occurrences of a booking, for a form that requests it.
pub fn preview(
    state: &State,
    page: &Page,
    actor: &Actor,
    form: &mut Form,
) -> Option<Result<Markup, AppError>> {
    if form.get("intent") != "check" {
        return None;
    }
    let input = read_form(&BOOKING, form);
    form.0.retain(|(name, _)| name != "intent");
    let preview = blocking(|| state.app.preview_booking(actor, &input));
    Some(preview.map(|preview| dates_note(page, "/bookings/new", form, &preview)))
}

/// Alternatives to a refused booking: other times, other resources, or the other dates.
pub fn note(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: Option<&Record>,
    typed: &Form,
    error: &AppError,
) -> Markup {
    let repeats = !typed.get("rrule").trim().is_empty() || !typed.get("rdates").trim().is_empty();
    if repeats && record.is_none() {
        let input = read_form(&BOOKING, typed);
        // With an invalid rule there are no occurrences to show.
        return blocking(|| state.app.preview_booking(actor, &input))
            .map_or_else(|_| html! {}, |preview| dates_note(page, "/bookings/new", typed, &preview));
    }
    let AppError::Conflict { more, .. } = error else { return html! {} };
    let action = match record {
        Some(record) => format!("{}/edit", record.kind.url(record.id)),
        None => "/bookings/new".to_owned(),
    };
    alternatives_note(page, state.app.zone(), &action, typed, more)
}

/// Alternatives below a refused single booking: free times and other resources, each with a button that books it.
fn alternatives_note(
    page: &Page,
    office: &TimeZone,
    action: &str,
    typed: &Form,
    more: &[(&'static str, Json)],
) -> Markup {
    let zone = TimeZone::get(typed.get("timezone")).unwrap_or_else(|_| office.clone());
    let all_day = typed.get("all_day") == "true";
    let conflicts = list(more, "conflicts");
    let free: Vec<Span> = list(more, "free_slots").iter().filter_map(|slot| span_of(slot, office)).collect();
    let others = list(more, "alternatives");
    if conflicts.is_empty() && free.is_empty() && others.is_empty() {
        return html! {};
    }
    feedback::notice(
        Tone::Warning,
        &html! {
            div.stack data-gap="small" {
                @if !conflicts.is_empty() {
                    h2.notice-title { (t!("Conflicting bookings")) }
                    ul.plain-list {
                        @for conflict in conflicts.iter().take(8) {
                            li {
                                @if text(conflict, "url").is_empty() { (t!("Another booking")) }
                                @else { a href=(text(conflict, "url")) { (text(conflict, "title")) } }
                                @if let Some(span) = span_of(conflict, office) { " " span.muted { (span_text(span, false, &zone)) } }
                                " " (badges::status(text(conflict, "status")))
                            }
                        }
                    }
                }
                @if !free.is_empty() {
                    h2.notice-title { (t!("Nearest free times")) }
                    div.row.ways-out {
                        @for span in &free {
                            @let replaced = inputs(*span, all_day, &zone);
                            (post_button(&t!("Book {span}", span = span_text(*span, all_day, &zone)), action, "calendar-check",
                                ButtonKind::Plain, page.csrf(), &typed_with(typed, &replaced)))
                        }
                    }
                }
                @if !others.is_empty() {
                    h2.notice-title { (t!("Free at this time")) }
                    div.row.ways-out {
                        @for other in others {
                            @let replaced = [("resource", text(other, "resource").to_owned())];
                            @let seats = other.get("seats").and_then(Json::as_i64).map(|seats| t!(" ({seats} seats)", seats)).unwrap_or_default();
                            (post_button(&t!("Book {text}{seats}", text = text(other, "name"), seats), action, BOOKING.icon,
                                ButtonKind::Plain, page.csrf(), &typed_with(typed, &replaced)))
                        }
                    }
                }
            }
        },
    )
}

/// Returns a list of dates of the form with one more.
fn with_date(typed: &Form, name: &'static str, dates: &[String]) -> (&'static str, String) {
    let known = typed.get(name).trim().to_owned();
    let all: Vec<&str> = std::iter::once(known.as_str())
        .chain(dates.iter().map(String::as_str))
        .filter(|text| !text.is_empty())
        .collect();
    (name, all.join(", "))
}

/// Returns the two free times that are nearest to an occurrence; of two at the same distance the later one is first.
fn nearest(date: &PreviewedDate) -> Vec<&Span> {
    let mut free: Vec<&Span> = date.free.iter().collect();
    free.sort_by_key(|span| {
        let distance = span.start.duration_since(date.span.start);
        (distance.abs(), distance.is_negative())
    });
    free.truncate(2);
    free
}

/// Occurrences below a refused series: all of them, and alternatives for those that are not available.
fn dates_note(page: &Page, action: &str, typed: &Form, preview: &Preview) -> Markup {
    let zone = TimeZone::get(booking::TIMEZONE.get(&preview.booking)).unwrap_or(TimeZone::UTC);
    let all_day = booking::ALL_DAY.get(&preview.booking);
    let local = |span: Span| {
        let start = span.start.to_zoned(zone.clone());
        if all_day { start.date().to_string() } else { start.strftime("%Y-%m-%dT%H:%M:%S").to_string() }
    };
    let wrong: Vec<String> = preview
        .dates
        .iter()
        .filter(|date| date.state() != "free")
        .map(|date| date.recurrence_id.clone())
        .collect();
    let check = || ("intent", "check".to_owned());
    feedback::notice(
        if wrong.is_empty() { Tone::Good } else { Tone::Warning },
        &html! {
            div.stack data-gap="small" {
                h2.notice-title {
                    @if wrong.is_empty() { (t_html!("All {count} occurrences are available", count = preview.dates.len())) }
                    @else { (t_html!("{count} of {dates} occurrences are not available", count = wrong.len(), dates = preview.dates.len())) }
                }
                @if !wrong.is_empty() && wrong.len() < preview.dates.len() {
                    @let replaced = [with_date(typed, "exdates", &wrong)];
                    (post_button(t!("Book the other occurrences"), action, "check", ButtonKind::Main, page.csrf(), &typed_with(typed, &replaced)))
                }
                @if wrong.is_empty() {
                    @let replaced = [("intent", String::new())];
                    (post_button(t!("Book these occurrences"), action, "check", ButtonKind::Main, page.csrf(), &typed_with(typed, &replaced)))
                }
                ul.list.dates {
                    @for date in preview.dates.iter().take(DATES) {
                        li {
                            span.grow {
                                (span_text(date.span, all_day, &zone)) " "
                                @match date.state() {
                                    "free" => (badges::badge(t!("Free"), Tone::Good)),
                                    "clash" => {
                                        (badges::badge(t!("Booked"), Tone::Bad))
                                        @for conflict in date.conflicts.iter().take(2) { " " span.muted { (text(conflict, "title")) } }
                                    },
                                    _ => {
                                        (badges::badge(t!("Closed"), Tone::Warning)) " "
                                        @if let Some(problem) = &date.problem { span.muted { (words::message(&problem.message)) } }
                                    },
                                }
                            }
                            @if date.state() != "free" {
                                @let skipped = [with_date(typed, "exdates", std::slice::from_ref(&date.recurrence_id)), check()];
                                (post_button(t!("Skip"), action, "x", ButtonKind::Quiet, page.csrf(), &typed_with(typed, &skipped)))
                                @for span in nearest(date) {
                                    @let moved = [
                                        with_date(typed, "exdates", std::slice::from_ref(&date.recurrence_id)),
                                        with_date(typed, "rdates", &[local(*span)]),
                                        check(),
                                    ];
                                    (post_button(&t!("Use {span}", span = span_text(*span, all_day, &zone)), action, "",
                                        ButtonKind::Plain, page.csrf(), &typed_with(typed, &moved)))
                                }
                            }
                        }
                    }
                }
                @if preview.dates.len() > DATES { p.muted { (t_html!("And {count} more.", count = preview.dates.len() - DATES)) } }
            }
        },
    )
}
