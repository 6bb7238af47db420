//! Tasks of a record: generated and added ones, by phase, with completion and addition.

use axum::extract::State as AxumState;
use axum::response::Response;
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
use obcms_domain::registry::shared::{START, TIMEZONE};
use obcms_domain::registry::{Kind, Record, Value};
use serde_json::{Map, json};

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
        @if may_add { (button_link(t!("Add with details"), &new, "plus", ButtonKind::Quiet)) }
    };
    let content = html! { div.stack data-gap="small" {
        @if tasks.is_empty() {
            p.muted { (t!("No tasks yet.")) }
        }
        @for (label, tasks) in by_phase(&tasks) {
            @if !label.is_empty() { h3 { (label) } }
            ul.list {
                @for task in tasks { (row(task, day, may_move(actor, task).then_some(&address), page, &values)) }
            }
        }
        @if may_add {
            form.row method="post" action=(address) {
                input type="hidden" name="csrf_token" value=(page.csrf());
                input.input.grow name="title" required maxlength="255" aria-label=(t!("Title of a new task"))
                    placeholder=(t!("Add a task"));
                (submit_button(t!("Add task"), "plus", ButtonKind::Plain))
            }
        }
    } };
    Ok(detail::panel("tasks", "task", t!("Tasks"), &actions, &content))
}

fn by_phase(tasks: &[Record]) -> Vec<(&'static str, Vec<&Record>)> {
    let mut groups: Vec<(&'static str, Vec<&Record>)> = Vec::new();
    for choice in TASK_PHASES {
        let of_phase: Vec<&Record> =
            tasks.iter().filter(|task| task::PHASE.get(task) == choice.value).collect();
        if !of_phase.is_empty() {
            groups.push((words::label(choice.label), of_phase));
        }
    }
    let others: Vec<&Record> =
        tasks.iter().filter(|task| !choices::contains(TASK_PHASES, task::PHASE.get(task))).collect();
    if !others.is_empty() {
        groups.push((if groups.is_empty() { "" } else { t!("Other") }, others));
    }
    groups
}

/// Returns the day from which the tasks of the record are dated; only events count days from it.
fn anchor(record: &Record) -> Option<Date> {
    let zone = TimeZone::get(TIMEZONE.get(record)).ok()?;
    START.get(record).map(|start| start.to_zoned(zone).date())
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
