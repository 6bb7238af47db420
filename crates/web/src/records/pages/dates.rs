//! Occurrences of a series on its page: next ones, overrides and exceptions.

use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Zoned, civil};
use maud::{Markup, html};
use obcms_app::calendar::series::occurrences::{Date, Overview};
use obcms_app::tasks::Facts;
use obcms_app::{Actor, AppError};
use obcms_domain::calendar::series::state::series_state;
use obcms_domain::calendar::series::{Series, describe};
use obcms_domain::calendar::unfloating;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::task;
use obcms_domain::registry::{Kind, Record};
use obcms_domain::tasks::is_open;
use obcms_recur::Moment;

use super::value;
use crate::components::badges::{Tone, badge, date, date_text, due_date};
use crate::components::buttons::{ButtonKind, post_button};
use crate::components::detail::panel as titled;
use crate::components::icons::icon;
use crate::components::words::{t, t_html};
use crate::core::frame::Page;
use crate::core::state::State;

/// Initial number of occurrences.
pub const SHOWN: usize = 10;
/// Maximum number of occurrences.
const MOST: usize = 500;

/// Returns the number of occurrences in the address.
#[must_use]
pub fn count(parameter: Option<&str>) -> usize {
    parameter.and_then(|text| text.parse().ok()).unwrap_or(SHOWN).clamp(1, MOST)
}

/// Returns the address of one occurrence of a series.
#[must_use]
pub fn address(kind: &Kind, id: Id, recurrence_id: &str) -> String {
    format!("{}?occurrence={recurrence_id}", kind.url(id))
}

/// Mark beside the title of a series, with its description; empty for single records.
#[must_use]
pub fn repeats_mark(record: &Record) -> Markup {
    match describe::of_record(record) {
        Some(text) => {
            html! { span.repeats title=(text) { (icon("repeat")) span.visually-hidden { (text) } } }
        }
        None => html! {},
    }
}

/// Formats a recurrence id: "Mon 25 Jan 2027, 9:00 AM".
#[must_use]
pub fn name_text(recurrence_id: &str) -> String {
    // A period is identified by its start.
    let start = recurrence_id.split('/').next().unwrap_or_default();
    match Moment::from_str(start) {
        Ok(Moment::Date(day)) => day.strftime("%a %-d %b %Y").to_string(),
        Ok(Moment::DateTime(local)) => local.strftime("%a %-d %b %Y, %-I:%M %p").to_string(),
        Err(_) => recurrence_id.to_owned(),
    }
}

/// Formats the time of an occurrence: "Mon 25 Jan, 9:00 AM – 10:30 AM".
#[must_use]
pub fn when_text(date: &Date, page: &Page, zone: &TimeZone) -> String {
    let one_second = jiff::SignedDuration::from_secs(1);
    if date.has_days {
        let last = unfloating(date.end.checked_sub(one_second).unwrap_or(date.end));
        let first = unfloating(date.start);
        return days_text(first, last, &|day| date_text(day, page.today));
    }
    let (start, end) = (date.start.to_zoned(zone.clone()), date.end.to_zoned(zone.clone()));
    hours_text(&start, &end, &|day| date_text(day, page.today))
}

/// Formats days, the last one included; `text` formats one of them.
pub fn days_text(first: civil::Date, last: civil::Date, text: &dyn Fn(civil::Date) -> String) -> String {
    if last > first { format!("{} – {}", text(first), text(last)) } else { text(first) }
}

/// Formats a time from hour to hour; `text` formats its day.
pub fn hours_text(start: &Zoned, end: &Zoned, text: &dyn Fn(civil::Date) -> String) -> String {
    let (day, clock) = (text(start.date()), start.strftime("%-I:%M %p"));
    if start.date() == end.date() {
        format!("{day}, {clock} – {}", end.strftime("%-I:%M %p"))
    } else {
        format!("{day}, {clock} – {}, {}", text(end.date()), end.strftime("%-I:%M %p"))
    }
}

/// Panel of a series with `shown` occurrences; empty for single records.
pub fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    shown: usize,
) -> Result<Markup, AppError> {
    let Some(overview) = state.app.series_overview(actor, record, shown)? else {
        return Ok(html! {});
    };
    let may_edit = !record.is_archived()
        && !actor.read_only
        && state.app.read(|tx| actor.writable(tx, record))?.allows_name("exdates");
    let zone: TimeZone = page.zone();
    let said = describe::of_record(record).unwrap_or_default();
    let kind = record.kind;
    let content = html! { div.stack data-gap="small" {
        p.repeats-words { (icon("repeat")) span { (said) } }
        @if let Some((id, title)) = &overview.continues {
            p { (t_html!("Continues {link}. The series was changed from this point on.", link = html! { a href=(kind.url(*id)) { (title) } })) }
        }
        @for (id, title) in &overview.continued_by {
            p { (t_html!("Continued by {link}.", link = html! { a href=(kind.url(*id)) { (title) } })) }
        }
        (next_dates(&overview, record, page, &zone, shown))
        @let listed = |date: &Date| overview.next.iter().any(|next| next.recurrence_id == date.recurrence_id);
        @let others: Vec<&Date> = overview.changed.iter().filter(|date| !listed(date)).collect();
        @if !others.is_empty() {
            h3 { (t!("Other changed occurrences")) }
            ul.list.dates {
                @for date in others { (row(date, record, page, &zone)) }
            }
        }
        @if !overview.left_out.is_empty() {
            h3 { (t!("Cancelled occurrences")) }
            ul.list.dates {
                @for name in &overview.left_out {
                    li {
                        span.grow { del { (name_text(name)) } }
                        @if may_edit {
                            (post_button(
                                t!("Restore"),
                                &format!("{}/occurrences", kind.url(record.id)),
                                "undo-2",
                                ButtonKind::Quiet,
                                page.csrf(),
                                &[("occurrence", name), ("action", "bring_back")],
                            ))
                        }
                    }
                }
            }
        }
    } };
    Ok(titled("dates", kind.name, t!("Occurrences"), &html! {}, &content))
}

fn next_dates(overview: &Overview, record: &Record, page: &Page, zone: &TimeZone, shown: usize) -> Markup {
    html! {
        @if overview.next.is_empty() {
            p.muted { (t!("The series has ended: no more occurrences.")) }
        } @else {
            h3 { (t!("Next occurrences")) }
            ul.list.dates { @for date in &overview.next { (row(date, record, page, zone)) } }
        }
        @if overview.has_more && shown < MOST {
            p { a href={ (record.kind.url(record.id)) "?dates=" ((shown + 40).min(MOST)) "#dates" } { (t!("More occurrences")) } }
        }
    }
}

fn row(date: &Date, record: &Record, page: &Page, zone: &TimeZone) -> Markup {
    let renamed = date.record.title() != record.title();
    html! {
        li {
            span.grow {
                a href=(address(record.kind, record.id, &date.recurrence_id)) { (when_text(date, page, zone)) }
                @if renamed { " " span { (date.record.title()) } }
                @if date.is_moved { " " span.muted { (t_html!("instead of {date}", date = name_text(&date.recurrence_id))) } }
            }
            @if date.record.state() != series_state(record) { (value::state_badge(&date.record)) }
            @if date.is_moved { (badge(t!("Moved"), Tone::Neutral)) } @else if date.is_changed { (badge(t!("Changed"), Tone::Neutral)) }
        }
    }
}

/// Returns true if the record is a series.
#[must_use]
pub fn is_series(record: &Record) -> bool {
    Series::of(record).is_some()
}

/// Due date of a task, red when it has passed and the task is open.
#[must_use]
pub fn due(task: &Record, today: civil::Date) -> Markup {
    let of_series = (is_series(task) && is_open(task)).then(|| Facts::of(task, today).due);
    due_of(task, of_series.flatten(), today)
}

/// Due date as [`due`] shows it. `open` is the day of the open occurrence of a series, from its [`Facts`].
#[must_use]
pub fn due_of(task: &Record, open: Option<civil::Date>, today: civil::Date) -> Markup {
    if is_series(task) && is_open(task) {
        return html! {
            (repeats_mark(task)) " "
            @match open { Some(day) => (due_date(day, today)), None => span.muted { (t!("All occurrences done")) } }
        };
    }
    match task::DUE_DATE.get(task) {
        Some(day) if is_open(task) => due_date(day, today),
        Some(day) => date(day, today),
        None => html! {},
    }
}
