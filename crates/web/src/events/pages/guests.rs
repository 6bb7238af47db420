//! Free and busy times of the guests beside the chosen time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use obcms_app::calendar::guests::GuestTimes;
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::Span;

use super::planner::Plan;
use crate::components::badges::{Tone, badge};
use crate::components::words::t;
use crate::core::state::State;

/// First and last hour that are always shown.
const HOURS: (i64, i64) = (7, 19);
/// Width of an hour in the drawing.
const HOUR: i64 = 60;
/// Height of the drawing.
const HEIGHT: i64 = 20;
/// Most entries of a guest that are named.
const NAMED: usize = 3;

/// Day that is shown, and its hours.
struct Axis {
    zone: TimeZone,
    day: Date,
    first: i64,
    last: i64,
}

impl Axis {
    fn new(zone: TimeZone, slot: Span) -> Self {
        let day = slot.start.to_zoned(zone.clone()).date();
        let mut axis = Self { zone, day, first: 0, last: 24 };
        let (from, until) = (axis.minutes(slot.start), axis.minutes(slot.end));
        axis.first = HOURS.0.min(from / 60);
        axis.last = HOURS.1.max((until + 59) / 60).min(24);
        axis
    }

    /// Returns the minutes since midnight, within the day.
    fn minutes(&self, instant: Timestamp) -> i64 {
        let local = instant.to_zoned(self.zone.clone());
        if local.date() < self.day {
            return 0;
        }
        if local.date() > self.day {
            return 24 * 60;
        }
        i64::from(local.hour()) * 60 + i64::from(local.minute())
    }

    /// Returns the place of a span in the drawing, with its width.
    fn place(&self, span: Span) -> Option<(i64, i64)> {
        let (first, last) = (self.first * 60, self.last * 60);
        let from = self.minutes(span.start).clamp(first, last);
        let until = self.minutes(span.end).clamp(first, last);
        (until > from).then(|| ((from - first) * HOUR / 60, (until - from) * HOUR / 60))
    }

    fn width(&self) -> i64 {
        (self.last - self.first) * HOUR
    }

    fn time(&self, instant: Timestamp) -> String {
        instant.to_zoned(self.zone.clone()).strftime("%-I:%M %p").to_string()
    }
}

/// Rows of the guests with the hours of the day.
pub(super) fn times(state: &State, actor: &Actor, plan: &Plan) -> Result<Markup, AppError> {
    let Some(slot) = plan.span() else {
        return Ok(html! { p.muted { (t!("Enter the start to see who is free.")) } });
    };
    if plan.people.is_empty() {
        return Ok(html! { p.muted { (t!("Add participants to see who is free.")) } });
    }
    let axis = Axis::new(plan.zone(state), slot);
    let days = (axis.day, axis.day.saturating_add(1.day()));
    let found = state.app.guest_times(actor, &plan.people, days, plan.known)?;
    if found.is_empty() {
        return Ok(html! { p.muted { (t!("You cannot see the times of others.")) } });
    }
    let is_busy = |guest: &GuestTimes| guest.busy.iter().any(|busy| busy.span.overlaps(&slot));
    let busy: Vec<&str> =
        found.iter().filter(|guest| is_busy(guest)).map(|guest| guest.name.as_str()).collect();
    Ok(html! {
        p.guest-summary role="status" {
            strong { (axis.day.strftime("%a %-d %b")) } " "
            @if busy.is_empty() { (badge(t!("All free"), Tone::Good)) }
            @else { (badge(&t!("Busy: {names}", names = busy.join(", ")), Tone::Warning)) }
        }
        ul.guest-times {
            li.guest-hours aria-hidden="true" {
                span {}
                span.guest-scale { @for hour in (axis.first..axis.last).step_by(2) { span { (hour_text(hour)) } } }
            }
            @for guest in &found { (row(&axis, guest, slot)) }
        }
    })
}

fn hour_text(hour: i64) -> String {
    match hour {
        0 => "12 AM".to_owned(),
        1..=11 => format!("{hour} AM"),
        12 => "12 PM".to_owned(),
        _ => format!("{} PM", hour - 12),
    }
}

fn row(axis: &Axis, guest: &GuestTimes, slot: Span) -> Markup {
    let overlapping: Vec<String> = guest
        .busy
        .iter()
        .filter(|busy| busy.span.overlaps(&slot))
        .map(|busy| {
            let title = busy.title.clone().unwrap_or_else(|| t!("Busy").to_owned());
            if axis.minutes(busy.span.start) == 0 && axis.minutes(busy.span.end) == 24 * 60 {
                return t!("{title}, all day", title);
            }
            format!("{title}, {} – {}", axis.time(busy.span.start), axis.time(busy.span.end))
        })
        .collect();
    let is_working = guest.working.iter().any(|open| open.start <= slot.start && open.end >= slot.end);
    html! {
        li {
            span.guest-name { (guest.name) }
            svg.guest-day viewBox={ "0 0 " (axis.width()) " " (HEIGHT) } preserveAspectRatio="none" aria-hidden="true" {
                rect data-part="closed" width=(axis.width()) height=(HEIGHT) {}
                @for open in &guest.working {
                    @if let Some((x, width)) = axis.place(*open) { rect data-part="open" x=(x) width=(width) height=(HEIGHT) {} }
                }
                @for busy in &guest.busy {
                    @if let Some((x, width)) = axis.place(busy.span) {
                        rect data-part="busy" x=(x) y="4" width=(width) height=(HEIGHT - 8) {}
                    }
                }
                @if let Some((x, width)) = axis.place(slot) {
                    rect data-part="slot" data-taken[!overlapping.is_empty()] x=(x) width=(width) height=(HEIGHT) {}
                }
            }
            span.guest-words {
                @if overlapping.is_empty() && is_working { (t!("Free")) }
                @else if overlapping.is_empty() { (t!("Free, outside working hours")) }
                @else {
                    strong { (t!("Busy")) } ": "
                    (overlapping.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; "))
                }
            }
        }
    }
}
