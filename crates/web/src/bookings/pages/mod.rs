//! Pages of bookings and resources: decisions, timeline, utilization.

mod decisions;
mod panels;
mod refusal;
mod timeline;
mod utilization;

pub use decisions::row_action;
pub use panels::{decision_panel, list_tabs, origin_panel, resource_panel, views};
pub use refusal::{note, preview};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::bookings::Span;
use obcms_domain::kinds::BOOKING;

use crate::components::words::t;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/bookings/waiting", Access::Policy(Action::View, BOOKING.area), decisions::waiting)
            .purpose("see bookings"),
        PageRoute::post("/bookings/{id}/decision", Access::Role, decisions::decide),
        PageRoute::post("/bookings/{id}/follow", Access::Role, decisions::follow),
        PageRoute::get("/resources/timeline", Access::Role, timeline::page),
        PageRoute::get(
            "/resources/utilisation",
            Access::Policy(Action::View, BOOKING.area),
            utilization::page,
        )
        .purpose("see the utilisation of resources"),
    ]
}

/// Formats a span: `Tue 1 Dec, 9:00 AM to 11:00 AM`, or with both days when it is longer.
fn span_text(span: Span, all_day: bool, zone: &TimeZone) -> String {
    let start = span.start.to_zoned(zone.clone());
    let end = span.end.to_zoned(zone.clone());
    let day = |at: &jiff::Zoned| at.strftime("%a %-d %b").to_string();
    if all_day {
        let last = Timestamp::to_zoned(
            span.end.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(span.end),
            zone.clone(),
        );
        return if last.date() == start.date() {
            day(&start)
        } else {
            t!("{first} to {last}", first = day(&start), last = day(&last))
        };
    }
    let time = |at: &jiff::Zoned| at.strftime("%-I:%M %p").to_string();
    if end.date() == start.date() {
        t!("{day}, {start} to {end}", day = day(&start), start = time(&start), end = time(&end))
    } else {
        t!(
            "{first}, {start} to {last}, {end}",
            first = day(&start),
            start = time(&start),
            last = day(&end),
            end = time(&end)
        )
    }
}
