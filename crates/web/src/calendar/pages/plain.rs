//! Calendar without script: the window as a list.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::calendar::{Entry, Feed, Moment};

use super::asked::Asked;
use crate::components::badges::{date_text, module_dot, words};
use crate::components::words::{t, t_html};

/// Maximum number of entries in the list.
const LISTED: usize = 300;

/// Link to the list, for readers without script.
pub fn way(asked: &Asked) -> Markup {
    html! {
        noscript {
            p { a href=(address(asked, asked.date)) { (t!("Show as a list")) } }
        }
    }
}

fn address(asked: &Asked, date: Option<Date>) -> String {
    let address = asked.address("/calendar", date);
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}plain=true")
}

/// List of the window, for readers without script.
pub fn list(feed: &Feed, asked: &Asked, first: Date, after_last: Date, zone: &TimeZone) -> Markup {
    let mut days: Vec<(Date, Vec<(&Entry, String)>)> = Vec::new();
    for entry in feed.entries.iter().take(LISTED) {
        let (day, time) = match entry.start() {
            Moment::Day(day) => (day, t!("All day").to_owned()),
            Moment::Instant(instant, _) => {
                let local = instant.to_zoned(zone.clone());
                (local.date(), local.strftime("%-I:%M %p").to_string())
            }
        };
        let day = day.max(first);
        match days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, entries)) => entries.push((entry, time)),
            None => days.push((day, vec![(entry, time)])),
        }
    }
    days.sort_by_key(|(day, _)| *day);
    let more = feed.entries.len().saturating_sub(LISTED);
    html! {
        noscript {
            nav.calendar-list-steps aria-label=(t!("Other dates")) {
                a.button href=(address(asked, Some(first.saturating_sub(1.day())))) { (t!("Earlier")) }
                a.button href=(address(asked, Some(after_last))) { (t!("Later")) }
            }
            @if days.is_empty() { p.muted { (t_html!("No events from {first} to {last}.", first, last = after_last.saturating_sub(1.day()))) } }
            @for (day, entries) in &days {
                h2.calendar-list-day { (date_text(*day, first)) }
                ul.calendar-list {
                    @for (entry, time) in entries {
                        li {
                            (module_dot(entry.module().key()))
                            span.muted { (time) }
                            a href=(entry.url()) { (entry.row.title) }
                            @if !entry.row.status.is_empty() { small.faint { (words(&entry.row.status)) } }
                        }
                    }
                }
            }
            @if more > 0 { p.muted { (t_html!("And {more} more. Choose a shorter period or fewer modules.", more)) } }
        }
    }
}
