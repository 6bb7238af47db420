//! Bookings and resources beyond the pages of every kind: deciding, what is free, how much is used.

mod decisions;
mod panels;
mod refusal;
mod timeline;
mod utilisation;

pub use decisions::Decider;
pub use panels::{decision_panel, origin_panel, resource_panel, views};
pub use refusal::{alternatives_note, dates_note};

use axum::Router;
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::bookings::Span;

use crate::core::state::State;

/// The pages of this subject.
pub fn router() -> Router<State> {
    Router::new()
        .route("/bookings/waiting", get(decisions::waiting))
        .route("/bookings/{id}/decision", post(decisions::decide))
        .route("/bookings/{id}/follow", post(decisions::follow))
        .route("/resources/timeline", get(timeline::page))
        .route("/resources/utilisation", get(utilisation::page))
}

/// `Tue 1 Dec, 9:00 AM to 11:00 AM`, or with both days when it lasts longer.
fn told(span: Span, all_day: bool, zone: &TimeZone) -> String {
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
            format!("{} to {}", day(&start), day(&last))
        };
    }
    let time = |at: &jiff::Zoned| at.strftime("%-I:%M %p").to_string();
    if end.date() == start.date() {
        format!("{}, {} to {}", day(&start), time(&start), time(&end))
    } else {
        format!("{}, {} to {}, {}", day(&start), time(&start), day(&end), time(&end))
    }
}
