//! Side area of the calendar: density of the next weeks, upcoming entries, conflicts.

use std::collections::BTreeMap;

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::calendar::conflicts::Conflicts;
use obcms_app::calendar::density::{Density, RUNNING_DAYS, density};
use obcms_app::calendar::{Entry, Feed, Moment};
use obcms_domain::calendar::is_called_off;

use super::asked::Asked;
use super::week_start;
use crate::components::badges::{date_text, module_dot};
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::state::{State, blocking};

/// Weeks of the heat map.
const WEEKS: i64 = 8;
/// Entries under "Upcoming".
const UPCOMING: usize = 8;
/// Maximum number of conflicts shown.
const CONFLICTS: usize = 20;
/// Size of a day in the heat map, and space for the labels of days and weeks.
const SIDE: i64 = 28;
const MARGIN: (i64, i64) = (52, 18);

/// `GET /calendar/panels`: content of the side area.
pub async fn show(
    SignedIn { page, actor }: SignedIn,
    AxumState(state): AxumState<State>,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let asked = Asked::read(&parameters.matching(Asked::knows));
    let zone = page.zone();
    let now = state.app.now();
    let today = now.to_zoned(zone.clone()).date();
    let first = today.saturating_sub(i64::from(today.weekday().since(week_start(&actor))).days());
    let after = first.saturating_add((WEEKS * 7).days());
    let (feed, conflicts) = blocking(|| {
        let (_, feed) = state.app.calendar(&actor, &asked.query(first, after, &zone))?;
        let conflicts = state.app.conflicts(&actor, &asked.query(today, after, &zone))?;
        Ok::<_, AppError>((feed, conflicts))
    })?;
    let days = density(&feed.entries, (first, after), &zone);
    let next: Vec<&Entry> = feed
        .entries
        .iter()
        .filter(|entry| {
            let (begins, ends) = entry.days(&zone);
            let is_ahead = if entry.row.all_day { begins >= today } else { entry.row.start >= now };
            let length = begins.until(ends).map_or(0, |span| span.get_days());
            is_ahead && length < RUNNING_DAYS && !is_over(entry)
        })
        .take(UPCOMING)
        .collect();
    let content = html! {
        section.calendar-panel {
            h2 { (t!("Next eight weeks")) }
            (heat_map(&days, first, today, &asked))
        }
        section.calendar-panel {
            h2 { (t!("Conflicts")) @if !conflicts.pairs.is_empty() { " " span.count { (conflicts.pairs.len()) @if conflicts.more { "+" } } } }
            (clashes(&conflicts, &zone, today))
        }
        section.calendar-panel {
            h2 { (t!("Upcoming")) }
            (upcoming(&next, &feed, &zone, today))
        }
    };
    Ok(Html(content.into_string()))
}

fn is_over(entry: &Entry) -> bool {
    is_called_off(&entry.row.status) || &*entry.row.status == "completed"
}

/// Heat map of eight weeks; each day is a link.
fn heat_map(days: &BTreeMap<Date, Density>, first: Date, today: Date, asked: &Asked) -> Markup {
    let mut counts: Vec<usize> = days.values().map(|day| day.count).collect();
    counts.sort_unstable();
    // One day far above the others must not make them all look empty.
    let full = counts.get(counts.len() * 19 / 20).copied().unwrap_or(1).max(1);
    let to_day = Asked { view: "day".to_owned(), ..asked.clone() };
    let (left, top) = MARGIN;
    html! {
        svg.heat-map viewBox={ "0 0 " (left + 7 * SIDE) " " (top + WEEKS * SIDE) } role="group"
            aria-label=(t!("Entries per day, next eight weeks")) {
            @for weekday in 0..7_i64 {
                text.heat-name x=(left + weekday * SIDE + SIDE / 2) y=(top - 6) text-anchor="middle" aria-hidden="true" {
                    (first.saturating_add(weekday.days()).strftime("%a").to_string().chars().take(2).collect::<String>())
                }
            }
            @for week in 0..WEEKS {
                @let monday = first.saturating_add((week * 7).days());
                text.heat-name x="0" y=(top + week * SIDE + SIDE / 2 + 4) aria-hidden="true" { (monday.strftime("%-d %b")) }
                @for weekday in 0..7_i64 {
                    @let date = monday.saturating_add(weekday.days());
                    @let day = days.get(&date);
                    @let count = day.map_or(0, |day| day.count);
                    a href=(to_day.address("/calendar", Some(date))) aria-label={ (date.strftime("%a %-d %b")) ": " (said(count)) } {
                        title { (date.strftime("%a %-d %b")) ": " (said(count)) (parts(day)) }
                        rect.heat-day x=(left + weekday * SIDE + 1) y=(top + week * SIDE + 1) width=(SIDE - 2)
                            height=(SIDE - 2) rx="4" data-level=(level(count, full)) data-today[date == today] {}
                        @if count > 0 {
                            text.heat-count x=(left + weekday * SIDE + SIDE / 2) y=(top + week * SIDE + SIDE / 2 + 4)
                                text-anchor="middle" aria-hidden="true" { (count) }
                        }
                    }
                }
            }
        }
    }
}

fn level(count: usize, full: usize) -> usize {
    (count * 4).div_ceil(full).min(4)
}

fn said(count: usize) -> String {
    match count {
        0 => "nothing".to_owned(),
        1 => t!("1 entry").to_owned(),
        count => t!("{count} entries", count),
    }
}

fn parts(day: Option<&Density>) -> String {
    let modules = day.map(|day| &day.modules).into_iter().flatten();
    modules.map(|(module, count)| format!("; {module} {count}")).collect()
}

fn clashes(conflicts: &Conflicts, zone: &TimeZone, today: Date) -> Markup {
    if conflicts.pairs.is_empty() {
        return html! { p.muted { (t!("No conflicts in this period.")) } };
    }
    html! {
        ul.clash-list {
            @for pair in conflicts.pairs.iter().take(CONFLICTS) {
                @let start = pair.overlap.start.to_zoned(zone.clone());
                @let end = pair.overlap.end.to_zoned(zone.clone());
                li.clash {
                    p {
                        b { (pair.reason.name()) }
                        span.muted { " " (t_html!("twice, {day}, {start} – {end}", day = date_text(start.date(), today), start = start.strftime("%-I:%M %p"), end = end.strftime("%-I:%M %p"))) }
                    }
                    @for index in pair.entries {
                        @if let Some(entry) = conflicts.feed.entries.get(index) {
                            a.clash-entry href=(entry.url()) {
                                (module_dot(entry.module().key()))
                                span { (entry.row.title) }
                                small.faint { (time(entry, zone)) }
                            }
                        }
                    }
                }
            }
        }
        @if conflicts.pairs.len() > CONFLICTS {
            p.muted { (t_html!("And {count} more. Use filters to see fewer.", count = conflicts.pairs.len() - CONFLICTS)) }
        }
    }
}

fn time(entry: &Entry, zone: &TimeZone) -> String {
    match entry.start() {
        Moment::Day(_) => t!("All day").to_owned(),
        Moment::Instant(instant, _) => instant.to_zoned(zone.clone()).strftime("%-I:%M %p").to_string(),
    }
}

fn upcoming(next: &[&Entry], feed: &Feed, zone: &TimeZone, today: Date) -> Markup {
    if next.is_empty() {
        return html! { p.muted { (t!("No events in the next eight weeks.")) } };
    }
    html! {
        ul.upcoming {
            @for entry in next {
                li {
                    a.clash-entry href=(entry.url()) {
                        (module_dot(entry.module().key()))
                        span { (entry.row.title)
                            small.muted { (date_text(entry.days(zone).0, today)) ", " (time(entry, zone)) (who(entry, feed)) }
                        }
                    }
                }
            }
        }
    }
}

fn who(entry: &Entry, feed: &Feed) -> String {
    let names: Vec<&str> =
        entry.row.people.iter().filter_map(|id| feed.names.get(id)).map(String::as_str).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(" · {one}"),
        [one, others @ ..] => t!(" · {one} and {count} more", one, count = others.len()),
    }
}
