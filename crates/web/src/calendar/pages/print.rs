//! Printed calendar: a month as a table, or the next days as a brief. All content is written out; nothing needs a
//! click.

use std::collections::BTreeMap;

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::calendar::density::RUNNING_DAYS;
use obcms_app::calendar::{Entry, Feed};
use obcms_app::holidays::Day;
use obcms_domain::registry::Module;

use super::asked::{Asked, NO_MODULE};
use super::week_start;
use crate::components::badges::{module_dot, words};
use crate::components::frame::Width;
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::state::{State, blocking};

/// Limits of days in a brief: maximum and default.
const DAYS: (i64, i64) = (60, 14);
/// Maximum number of lines on the fullest day of a week that is kept on one sheet (half a sheet), and characters per
/// line.
const SHORT: usize = 28;
const LINE: usize = 26;

/// `GET /calendar/print`.
pub async fn show(
    SignedIn { page, actor }: SignedIn,
    AxumState(state): AxumState<State>,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.matching(|name| Asked::knows(name) || name == "days");
    // The name of the view has another meaning here than on the calendar.
    let is_month = parameters.get("view") == Some("month");
    let asked = Asked::read(&parameters);
    let zone = page.zone();
    let today = state.app.now().to_zoned(zone.clone()).date();
    let date = asked.date.unwrap_or(today);
    let days = parameters
        .get("days")
        .and_then(|days| days.parse().ok())
        .filter(|days| (1..=DAYS.0).contains(days))
        .unwrap_or(DAYS.1);
    let first_of_week =
        |day: Date| day.saturating_sub(i64::from(day.weekday().since(week_start(&actor))).days());
    let (first, after) = if is_month {
        let last_week = first_of_week(date.last_of_month());
        (first_of_week(date.first_of_month()), last_week.saturating_add(7.days()))
    } else {
        (date, date.saturating_add(days.days()))
    };
    let (feed, calendar) = blocking(|| {
        let feed = if asked.modules == NO_MODULE {
            Feed::default()
        } else {
            state.app.calendar(&actor, &asked.query(first, after, &zone))?.1
        };
        Ok::<_, AppError>((feed, state.app.days(&actor, first, after)?))
    })?;
    let sheet = Sheet { feed: &feed, calendar: &calendar, zone: &zone };
    let title = if is_month {
        date.strftime("%B %Y").to_string()
    } else {
        let last = after.saturating_sub(1.day());
        t!("{first} to {last}", first = first.strftime("%-d %B %Y"), last = last.strftime("%-d %B %Y"))
    };
    let content = html! {
        div.print-sheet data-paper=(if is_month { "month" } else { "brief" }) {
            div.print-head {
                h1 { (title) }
                p.muted.print-note {
                    (entries(feed.entries.len()))
                    @if !asked.modules.is_empty() || asked.mine || !asked.search.is_empty() || asked.set().count() > 0 {
                        (t!(", filtered"))
                    }
                    " · " (t_html!("printed {day} · times of {timezone}", day = today.strftime("%-d %b %Y"), timezone = actor.timezone))
                }
                div.print-actions {
                    button.button data-kind="main" type="button" data-print { (icon("printer")) (t!("Print")) }
                    a.button href=(asked.address("/calendar", asked.date)) { (t!("Back to the calendar")) }
                    @if !is_month {
                        form.print-days method="get" action="/calendar/print" data-plain {
                            input type="hidden" name="view" value="brief";
                            @for (name, value) in parameters.0.iter().filter(|(name, _)| !["view", "days"].contains(&name.as_str())) {
                                input type="hidden" name=(name) value=(value);
                            }
                            label for="print-days" { (t!("Days")) }
                            input #print-days .input type="number" name="days" min="1" max=(DAYS.0) value=(days);
                            button.button type="submit" { (t!("Show")) }
                        }
                    }
                }
            }
            @if is_month { (sheet.month(date)) } @else { (sheet.brief()) }
        }
    };
    let page = page
        .below(t!("Calendar"), "/calendar")
        .width(Width::Full)
        .with_assets(&["calendar.js", "calendar.css"]);
    Ok(Html(page.render(&t!("Calendar, {title}", title), &content).into_string()))
}

fn entries(count: usize) -> String {
    if count == 1 { t!("1 entry").to_owned() } else { t!("{count} entries", count) }
}

struct Sheet<'a> {
    feed: &'a Feed,
    calendar: &'a [Day],
    zone: &'a TimeZone,
}

impl Sheet<'_> {
    /// Returns the entries of each day; ongoing entries are separate, except on their last day.
    fn by_day(&self) -> (BTreeMap<Date, Vec<Line<'_>>>, Vec<&Entry>) {
        let mut days: BTreeMap<Date, Vec<Line<'_>>> = BTreeMap::new();
        let mut running = Vec::new();
        for entry in &self.feed.entries {
            let (first, last) = entry.days(self.zone);
            if first.until(last).map_or(0, |span| span.get_days()) >= RUNNING_DAYS {
                running.push(entry);
                days.entry(last).or_default().push(Line { entry, note: t!("Ends: ") });
                continue;
            }
            for day in first.series(1.day()).take_while(|day| *day <= last) {
                days.entry(day).or_default().push(Line { entry, note: "" });
            }
        }
        for entries in days.values_mut() {
            entries.sort_by_key(|line| line.entry.row.all_day);
        }
        running.sort_by_key(|entry| entry.row.end);
        (days, running)
    }

    /// Table for each week: its dates are in the table head, which is repeated where a full week continues on the next
    /// page.
    fn month(&self, date: Date) -> Markup {
        let (days, running) = self.by_day();
        html! {
            @for week in self.calendar.chunks(7) {
                @let longest = week.iter().map(|day| length(lines(&days, day.date))).max().unwrap_or(0);
                table.print-month data-short[longest <= SHORT] {
                    thead { tr { @for day in week {
                        th scope="col" data-other[day.date.month() != date.month()] {
                            (day.date.strftime("%a %-d")) @if day.date.day() == 1 { " " (day.date.strftime("%b")) }
                            " " small { (day.hijri.short_text()) }
                        }
                    } } }
                    tbody { tr { @for day in week {
                        td data-day=(day.date.strftime("%a %-d %b")) data-other[day.date.month() != date.month()]
                            data-off[day.is_off()] {
                            @for holiday in &day.holidays { p.print-holiday { (holiday.title()) } }
                            @for line in lines(&days, day.date) { (self.entry(line, day.date)) }
                        }
                    } } }
                }
            }
            (self.running(&running))
        }
    }

    fn entry(&self, Line { entry, note }: &Line<'_>, day: Date) -> Markup {
        html! {
            p.print-entry data-module=(entry.module().key()) {
                @if let Some(time) = clock(entry, self.zone, day) { b { (time) } " " }
                (note) (entry.row.title)
            }
        }
    }

    /// Table for each day, with the day in the table head for the same reason.
    fn brief(&self) -> Markup {
        let (days, running) = self.by_day();
        let is_empty = |day: &Day| !days.contains_key(&day.date) && day.holidays.is_empty();
        html! {
            @if self.calendar.iter().all(is_empty) { p { (t!("No events in this period.")) } }
            @for day in self.calendar.iter().filter(|day| !is_empty(day)) {
                section.brief-day {
                    h2.visually-hidden { (day.date.strftime("%A, %-d %B")) }
                    table.brief-table {
                        thead { tr { th colspan="4" scope="colgroup" {
                            (day.date.strftime("%A, %-d %B")) " "
                            small { (day.hijri.text()) @for holiday in &day.holidays { " · " (holiday.title()) } }
                        } } }
                        tbody {
                            @for line in lines(&days, day.date) {
                                (self.line(line, day.date))
                            }
                        }
                    }
                }
            }
            (self.running(&running))
        }
    }

    fn line(&self, Line { entry, note }: &Line<'_>, day: Date) -> Markup {
        let names: Vec<&str> =
            entry.row.people.iter().filter_map(|id| self.feed.names.get(id)).map(String::as_str).collect();
        html! {
            tr {
                td.brief-time { (hours(entry, self.zone, day)) }
                td {
                    (module_dot(entry.module().key())) " " a href=(entry.url()) { (note) (entry.row.title) }
                    @if !names.is_empty() { small { (names.join(", ")) } }
                }
                td { (entry.row.location) }
                td.brief-module { (words::label(entry.module().label())) @if !entry.row.status.is_empty() { small { (words(&entry.row.status)) } } }
            }
        }
    }

    fn running(&self, running: &[&Entry]) -> Markup {
        html! {
            @if !running.is_empty() {
                section.print-running {
                    h2 { (t!("Ongoing")) }
                    ul {
                        @for entry in running {
                            @let (first, last) = entry.days(self.zone);
                            li {
                                (module_dot(entry.module().key())) " " (entry.row.title) " "
                                small { (first.strftime("%-d %b %Y")) " – " (last.strftime("%-d %b %Y")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Entry on one of its days.
struct Line<'a> {
    entry: &'a Entry,
    note: &'static str,
}

/// Returns the lines of the day; holidays are in its head instead.
fn lines<'a>(days: &'a BTreeMap<Date, Vec<Line<'a>>>, day: Date) -> impl Iterator<Item = &'a Line<'a>> {
    days.get(&day).into_iter().flatten().filter(|line| line.entry.module() != Module::Holidays)
}

/// Estimates the lines that the entries of a day take in the month.
fn length<'a>(lines: impl Iterator<Item = &'a Line<'a>>) -> usize {
    lines.map(|Line { entry, note }| 1 + (note.len() + entry.row.title.len()) / LINE).sum()
}

/// Returns the start time where the entry begins on the day; empty when it began before.
fn clock(entry: &Entry, zone: &TimeZone, day: Date) -> Option<String> {
    let start = entry.row.start.to_zoned(zone.clone());
    (!entry.row.all_day && start.date() >= day).then(|| time_words(&start))
}

/// Returns the hours of an entry within the day.
fn hours(entry: &Entry, zone: &TimeZone, day: Date) -> String {
    let (start, end) = (entry.row.start.to_zoned(zone.clone()), entry.row.end.to_zoned(zone.clone()));
    let last = entry.days(zone).1;
    match (start.date() >= day, last <= day) {
        _ if entry.row.all_day => t!("All day").to_owned(),
        (true, true) if end <= start => time_words(&start),
        (true, true) => format!("{} – {}", time_words(&start), time_words(&end)),
        (true, false) => t!("from {time}", time = time_words(&start)),
        (false, true) => t!("until {time}", time = time_words(&end)),
        (false, false) => t!("All day").to_owned(),
    }
}

fn time_words(time: &Zoned) -> String {
    time.strftime("%-I:%M %p").to_string()
}
