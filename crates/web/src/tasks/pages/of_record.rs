//! Tasks of a record: generated and added ones, by phase or around the event, with completion and addition.

use axum::extract::State as AxumState;
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::calendar::series::{Scope, Target};
use obcms_app::tasks::board::may_move;
use obcms_app::tasks::occurrences;
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{self, TASK_PHASES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, task};
use obcms_domain::registry::shared::{END, START, TIMEZONE};
use obcms_domain::registry::{Kind, Record, Value};
use serde_json::{Map, json};

use crate::components::burn_up::{BurnUpPoint, burn_up};
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::components::{badges, detail};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;
use crate::records::pages::dates::name_text;
use crate::records::pages::value::{self, Values};

/// Panel with the tasks of the record. Its forms post to `URL/tasks`, served by [`change`].
pub fn panel(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    if !kinds::ORIGINS.contains(&record.kind.name) {
        return Ok(html! {});
    }
    let tasks = state.app.tasks_of(actor, record)?;
    let people: Vec<Id> = tasks.iter().flat_map(|task| task.values.iter().flat_map(Value::targets)).collect();
    let directory = state.app.directory(actor, &people)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let address = format!("{}/tasks", record.kind.url(record.id));
    let day = anchor(record);
    let complete = tasks.iter().filter(|task| task.state() == "completed").count();
    let may_add = !record.is_archived() && may_create(actor, &kinds::TASK);
    let new = format!("/tasks/new?origin={}:{}", record.kind.name, record.id);
    let actions = html! {
        @if !tasks.is_empty() { span.muted { (t_html!("{complete} of {count} done", complete, count = tasks.len())) } }
        @if tasks.len() > 1 {
            (button_link(t!("Gantt chart"), &format!("/tasks/gantt?origin={}:{}", record.kind.name, record.id), "chart-gantt", ButtonKind::Quiet))
        }
        @if may_add { (button_link(t!("Add with details"), &new, "plus", ButtonKind::Quiet)) }
    };
    let content = html! { div.stack data-gap="small" {
        @if tasks.is_empty() {
            p.muted { (t!("No tasks yet.")) }
        }
        // A line of one or two tasks says nothing that the list does not.
        @if tasks.len() > 2 { (burn_up_of(state, actor, record)?) }
        @for group in groups(record, &tasks, day, page.today) {
            (group_head(&group))
            ul.list {
                @for task in &group.tasks { (row(task, day, may_move(actor, task).then_some(&address), page, &values)) }
            }
        }
        @if may_add {
            form.row method="post" data-in-place action=(address) {
                input type="hidden" name="csrf_token" value=(page.csrf());
                input.input.grow name="title" required maxlength="255" aria-label=(t!("Title of a new task"))
                    placeholder=(t!("Add a task"));
                (submit_button(t!("Add task"), "plus", ButtonKind::Plain))
            }
        }
    } };
    Ok(detail::panel("tasks", "task", t!("Tasks"), &actions, &content))
}

/// Group of the tasks of a record.
struct Group<'a> {
    /// Heading, empty for the only group.
    label: String,
    /// Address of the list of its tasks, where a filter finds exactly them.
    href: String,
    tasks: Vec<&'a Record>,
}

/// Returns the tasks before, on and after the day of an event; by phase or role for other records.
fn groups<'a>(record: &Record, tasks: &'a [Record], day: Option<Date>, today: Date) -> Vec<Group<'a>> {
    let list = |filter: &str| format!("/tasks?origin={}{filter}", record.id);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut add = |label: &str, href: String, tasks: Vec<&'a Record>| {
        if !tasks.is_empty() {
            groups.push(Group { label: label.to_owned(), href, tasks });
        }
    };
    if let Some(day) = day.filter(|_| record.kind.name == "event") {
        let due = |task: &Record| due_of(task, today);
        let of =
            |keep: &dyn Fn(Date) -> bool| tasks.iter().filter(|task| due(task).is_some_and(keep)).collect();
        let last = last_day(record).map_or(day, |last| last.max(day));
        let before = day.saturating_sub(1.day());
        let after = last.saturating_add(1.day());
        add(t!("Before the event"), list(&format!("&due_date_to={before}")), of(&|due| due < day));
        let label = if last == day { t!("On the day of the event") } else { t!("During the event") };
        let during = list(&format!("&due_date_from={day}&due_date_to={last}"));
        add(label, during, of(&|due| due >= day && due <= last));
        add(t!("After the event"), list(&format!("&due_date_from={after}")), of(&|due| due > last));
        let undated = tasks.iter().filter(|task| due(task).is_none()).collect();
        add(t!("Without a date"), list("&due_date=none"), undated);
        return groups;
    }
    for choice in TASK_PHASES {
        let of_phase = tasks.iter().filter(|task| task::PHASE.get(task) == choice.value).collect();
        add(words::label(choice.label), list(&format!("&phase={}", choice.value)), of_phase);
    }
    let others: Vec<&Record> =
        tasks.iter().filter(|task| !choices::contains(TASK_PHASES, task::PHASE.get(task))).collect();
    if others.len() == tasks.len() {
        add("", String::new(), others);
    } else {
        add(t!("Other"), list("&phase=none"), others);
    }
    groups
}

/// Heading of a group with the number of its tasks and their progress.
fn group_head(group: &Group<'_>) -> Markup {
    if group.label.is_empty() {
        return html! {};
    }
    let counted: Vec<&&Record> = group.tasks.iter().filter(|task| task.state() != "cancelled").collect();
    let complete = counted.iter().filter(|task| task.state() == "completed").count();
    let sum: i64 = counted.iter().map(|task| task::PROGRESS.get(task).unwrap_or(0).clamp(0, 100)).sum();
    let progress = sum / i64::try_from(counted.len()).unwrap_or(1).max(1);
    html! {
        h3.task-group {
            a href=(group.href) { (group.label) }
            span.muted { (t_html!("{complete} of {count} done", complete, count = counted.len())) }
            @if !counted.is_empty() { (badges::progress(u8::try_from(progress).unwrap_or(0))) }
        }
    }
}

/// Burn-up of the tasks of a PPA.
fn burn_up_of(state: &State, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    if record.kind.name != "ppa" {
        return Ok(html! {});
    }
    #[allow(clippy::cast_precision_loss)] // Weights are far below 2^53.
    let points: Vec<BurnUpPoint> = state
        .app
        .burn_up(actor, record.id)?
        .iter()
        .map(|point| BurnUpPoint {
            day: point.day,
            scope: point.scope as f64 / 100.0,
            completed: point.completed as f64 / 100.0,
        })
        .collect();
    Ok(if points.len() > 1 {
        burn_up(&points)
    } else {
        html! {}
    })
}

/// Returns the due date of a task; of a series, that of the next open occurrence.
fn due_of(task: &Record, today: Date) -> Option<Date> {
    let open = occurrences::open_date(task, today).ok().flatten();
    open.as_ref().map_or_else(|| task::DUE_DATE.get(task), |open| Some(open.last_day()))
}

/// Returns the day from which the tasks of the record are dated; only events count days from it.
fn anchor(record: &Record) -> Option<Date> {
    let zone = TimeZone::get(TIMEZONE.get(record)).ok()?;
    START.get(record).map(|start| start.to_zoned(zone).date())
}

/// Returns the last day of an event.
fn last_day(record: &Record) -> Option<Date> {
    let zone = TimeZone::get(TIMEZONE.get(record)).ok()?;
    let end = END.get(record)?;
    // An event that ends at midnight ends on the day before.
    Some(end.checked_sub(1.second()).unwrap_or(end).to_zoned(zone).date())
}

/// Row of a task; `address` changes its state, for those who may.
fn row(
    task: &Record,
    day: Option<Date>,
    address: Option<&String>,
    page: &Page,
    values: &Values<'_>,
) -> Markup {
    let is_done = task.state() == "completed";
    let (word, drawing) = if is_done { (t!("Reopen"), "circle-check") } else { (t!("Complete"), "circle") };
    // Of a series, the next open occurrence is completed.
    let open = occurrences::open_date(task, page.today).ok().flatten();
    let due = open.as_ref().map_or_else(|| task::DUE_DATE.get(task), |open| Some(open.last_day()));
    html! {
        li id={ "task-" (task.id) } data-past[is_done || task.state() == "cancelled"] {
            @if let Some(address) = address {
                form.post-button method="post" action=(address) {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    input type="hidden" name="task" value=(task.id);
                    @if let Some(open) = &open { input type="hidden" name="occurrence" value=(open.recurrence_id); }
                    input type="hidden" name="status" value=(if is_done { "not_started" } else { "completed" });
                    button.button data-only="icon" data-kind="quiet" type="submit" title=(word)
                        aria-label={ (word) " " (task.title()) } {
                        (icon(drawing))
                    }
                }
            } @else {
                span.list-mark { (icon(drawing)) }
            }
            a href=(task.kind.url(task.id)) { (task.title()) }
            (value::state_badge(task))
            div.list-more {
                span.muted { (crate::records::pages::value(values, task, "assignees")) }
                span.nowrap {
                    (crate::records::pages::value(values, task, "due_date"))
                    @if let (Some(day), Some(due)) = (day, due) { " " span.faint { "(" (distance(day, due)) ")" } }
                }
            }
        }
    }
}

/// Formats a distance: "3 days before", "on the day", "1 day after".
fn distance(day: Date, due: Date) -> String {
    let days = day.until(due).map_or(0, |span| span.get_days());
    let unit = if days.abs() == 1 { t!("day") } else { t!("days") };
    match days {
        0 => t!("on the day").to_owned(),
        days if days < 0 => t!("{days} {unit} before", days = -days, unit),
        days => t!("{days} {unit} after", days, unit),
    }
}

/// Routes of the tasks of a record, for each kind that tasks may belong to.
pub fn routes() -> Vec<PageRoute> {
    let kinds = kinds::ORIGINS.iter().filter_map(|name| kinds::by_name(name));
    kinds
        .map(|kind| {
            let change = move |state: AxumState<State>, signed: SignedIn, id: PathId, form: SafeForm| {
                change(kind, state, signed, id, form)
            };
            PageRoute::post(format!("/{}/{{id}}/tasks", kind.collection), Access::Role, change)
        })
        .collect()
}

/// `POST /COLLECTION/{id}/tasks`: completes or reopens `task`, or adds one with the title `title`.
pub async fn change(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let tab = state.subjects.kind_page(kind).tasks_tab;
    let address = format!("{}{tab}#tasks", kind.url(id.0));
    let mut input = Map::new();
    if let Ok(task) = form.get("task").parse::<Id>() {
        input.insert("status".to_owned(), json!(form.get("status")));
        let date = form.get("occurrence");
        if !date.is_empty() {
            let target = Target {
                kind: &kinds::TASK,
                id: task,
                recurrence_id: date,
                scope: Scope::This,
                expected: None,
            };
            let changed = blocking(|| state.app.change_occurrence(&actor, &target, &input))?;
            let message = format!("{}: {}", badges::words(form.get("status")), name_text(date));
            return Ok(done(&address, &message, changed.undo().as_deref()));
        }
        let saved = blocking(|| state.app.update(&actor, &kinds::TASK, task, &input, None))?;
        let words = badges::words(saved.state()).to_lowercase();
        let undo = blocking(|| state.app.undo_of_last(&actor, &kinds::TASK, task))?;
        return Ok(done(&address, &t!("Task {words}", words), undo.as_deref()));
    }
    input.insert("title".to_owned(), json!(form.get("title")));
    input.insert("origin".to_owned(), json!({ "kind": kind.name, "id": id.0 }));
    let task = blocking(|| state.app.create(&actor, &kinds::TASK, &input))?;
    let undo = blocking(|| state.app.undo_of_last(&actor, &kinds::TASK, task.id))?;
    Ok(done(&address, t!("Task added"), undo.as_deref()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::distance;

    #[test]
    fn distances_count_from_the_day_of_the_event() {
        let day = date(2027, 1, 25);
        assert_eq!(distance(day, date(2027, 1, 11)), "14 days before");
        assert_eq!(distance(day, day), "on the day");
        assert_eq!(distance(day, date(2027, 1, 26)), "1 day after");
    }
}
