//! What the page of a task that repeats does: it goes on date by date, and as a whole only where that is said.

use jiff::civil::Date as Day;
use maud::{Markup, html};
use obcms_app::calendar::series::occurrences::Date;
use obcms_app::tasks::occurrences;
use obcms_domain::calendar::series::state::whole_state;
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

/// A task that repeats, with the date that is to be done next.
pub struct Repeating<'a> {
    task: &'a Record,
    open: Option<Date>,
    today: Day,
}

impl<'a> Repeating<'a> {
    /// The task, when it repeats.
    pub fn of(task: &'a Record, today: Day) -> Option<Self> {
        let open = || occurrences::open_date(task, today).ok().flatten();
        dates::is_series(task).then(|| Self { task, open: open(), today })
    }

    /// The date that is to be done next, in words: "Next: Mon 25 Jan".
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

    /// What leads on from the present state of the next date, or opens what is closed again.
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
        match (whole_state(self.task).as_str(), &self.open) {
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

    /// What it would do next if it did not wait for others: label, state, and the date that this is about.
    pub fn waits(&self) -> Option<(String, TaskStatus, Option<&str>)> {
        match (whole_state(self.task).as_str(), &self.open) {
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

    /// What is done to all dates at once, less often.
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
            if whole_state(self.task) != "on_hold" {
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

/// How many dates are done, in the place of one progress for all.
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

/// A day within a sentence: "today", "Mon 25 Jan".
fn in_words(day: &str) -> String {
    let is_near = [t!("Today"), t!("Tomorrow"), t!("Yesterday")].contains(&day);
    if is_near { day.to_lowercase() } else { day.to_owned() }
}
