//! Actions of a repeating task: on its occurrences, and on the whole only where the page says so.

use jiff::civil::Date as Day;
use maud::{Markup, html};
use obcms_app::calendar::series::occurrences::Date;
use obcms_app::tasks::occurrences;
use obcms_domain::calendar::series::state::series_state;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::{Record, Value};
use obcms_domain::tasks::TaskStatus;
use serde_json::Value as Json;

use super::parts;
use crate::components::badges::date_text;
use crate::components::buttons::{ButtonKind, post_button};
use crate::components::detail::panel;
use crate::components::menu::MenuItem;
use crate::components::words::{t, t_html};
use crate::records::pages::dates;

/// Repeating task with its next open occurrence.
pub struct Repeating<'a> {
    task: &'a Record,
    open: Option<Date>,
    today: Day,
}

impl<'a> Repeating<'a> {
    /// Returns the task when it repeats.
    pub fn of(task: &'a Record, today: Day) -> Option<Self> {
        let open = || occurrences::open_date(task, today).ok().flatten();
        dates::is_series(task).then(|| Self { task, open: open(), today })
    }

    /// Formats the next open occurrence: "Next: Mon 25 Jan".
    pub fn subtitle(&self) -> String {
        match &self.open {
            Some(date) if date.last_day() < self.today => t!("Missed: {day}", day = self.day(date)),
            Some(date) => t!("Next: {day}", day = self.day(date)),
            None if parts::is_open(self.task) => t!("All occurrences done").to_owned(),
            None => String::new(),
        }
    }

    fn day(&self, date: &Date) -> String {
        date_text(date.last_day(), self.today)
    }

    /// Transitions of the next occurrence, or the reopening of a closed one.
    pub fn actions(&self, csrf: &str) -> Markup {
        let page = TASK.url(self.task.id);
        let acts = format!("{page}/occurrences");
        let step = |label: &str, drawing: &str, status: &str, kind| match &self.open {
            Some(date) => {
                let fields = [
                    ("occurrence", date.recurrence_id.as_str()),
                    ("action", "status"),
                    ("status", status),
                    ("back", &page),
                ];
                post_button(
                    &format!("{label} {}", in_words(&self.day(date))),
                    &acts,
                    drawing,
                    kind,
                    csrf,
                    &fields,
                )
            }
            None => html! {},
        };
        let whole = |label: &str, drawing: &str, status: &str, kind| {
            let fields = [("status", status), ("scope", "all")];
            post_button(label, &format!("{page}/transition"), drawing, kind, csrf, &fields)
        };
        match (series_state(self.task).as_str(), &self.open) {
            ("completed" | "cancelled", _) => {
                whole(t!("Reopen series"), "rotate-ccw", "not_started", ButtonKind::Plain)
            }
            (_, None) => {
                let fields = [("status", "not_started")];
                let label = t!("Reopen last occurrence");
                post_button(
                    label,
                    &format!("{page}/transition"),
                    "rotate-ccw",
                    ButtonKind::Plain,
                    csrf,
                    &fields,
                )
            }
            ("on_hold", _) => whole(t!("Resume series"), "play", "not_started", ButtonKind::Main),
            (_, Some(date)) => html! {
                @if task::STATUS.get(&date.record) != "in_progress" {
                    (step(t!("Start"), "play", "in_progress", ButtonKind::Plain))
                }
                (step(t!("Complete"), "check", "completed", ButtonKind::Main))
            },
        }
    }

    /// Returns the transition that is blocked: label, state and occurrence.
    pub fn waits(&self) -> Option<(String, TaskStatus, Option<&str>)> {
        match (series_state(self.task).as_str(), &self.open) {
            ("completed" | "cancelled" | "on_hold", _) | (_, None) => None,
            (_, Some(date)) => {
                let (word, status) = match task::STATUS.get(&date.record) {
                    "in_progress" => (t!("Complete"), TaskStatus::Completed),
                    _ => (t!("Start"), TaskStatus::InProgress),
                };
                let label = format!("{word} {}", in_words(&self.day(date)));
                Some((label, status, Some(&date.recurrence_id)))
            }
        }
    }

    /// Rare actions on all occurrences at once.
    pub fn more(&self) -> Vec<MenuItem> {
        let step = |label: &str, drawing: &str, to: &str, danger| MenuItem::Post {
            label: label.to_owned(),
            action: format!("{}/transition", TASK.url(self.task.id)),
            icon: drawing.to_owned(),
            danger,
            fields: vec![("status".to_owned(), to.to_owned()), ("scope".to_owned(), "all".to_owned())],
        };
        let mut items = Vec::new();
        if parts::is_open(self.task) {
            if series_state(self.task) != "on_hold" {
                items.push(step(t!("Hold series"), "pause", "on_hold", false));
            }
            if self.open.is_some() {
                items.push(step(t!("Complete series"), "check", "completed", false));
            }
            items.push(step(t!("Cancel series"), "ban", "cancelled", true));
        }
        items
    }
}

/// Number of completed occurrences, in place of one progress for all.
pub fn progress(task: &Record) -> Markup {
    let done = match task::OVERRIDES.value(task) {
        Value::Json(Json::Object(dates)) => dates
            .values()
            .filter(|patch| patch.get("status").and_then(Json::as_str) == Some("completed"))
            .count(),
        _ => 0,
    };
    let said = match done {
        0 => t!("No occurrences done yet.").to_owned(),
        1 => t!("1 occurrence done.").to_owned(),
        done => t!("{done} occurrences done.", done),
    };
    panel(
        "progress",
        "",
        t!("Progress"),
        &html! {},
        &html! {
            p.muted { (t_html!("{said} Each occurrence has its own status.", said)) }
        },
    )
}

/// Formats a day within a sentence: "today", "Mon 25 Jan".
fn in_words(day: &str) -> String {
    let is_near = [t!("Today"), t!("Tomorrow"), t!("Yesterday")].contains(&day);
    if is_near { day.to_lowercase() } else { day.to_owned() }
}
