//! Pages of task templates: items and preview of a template, with copy, export and activation.

use axum::extract::State as AxumState;
use axum::response::{Html, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::{ANCHORS, ASSIGNEE_RULES, DUE_RULES, RESOURCE_TYPES, TASK_PHASES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK_TEMPLATE, task_template};
use obcms_domain::registry::{Record, Value};
use obcms_store::records::Directory;
use serde_json::{Map, Value as Json, json};

use super::{template_form, template_import, template_preview};
use crate::components::badges::{Tone, badge, priority};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::detail::{detail, panel, properties};
use crate::components::tables::{Column, Row as TableRow, Table, table};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::import::may_import;
use crate::records::pages::{detail as generic, history_panel};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let create = Access::Policy(Action::Create, TASK_TEMPLATE.area);
    let mut routes = vec![
        PageRoute::get("/task-templates/{id}", Access::Role, show),
        PageRoute::post("/task-templates/{id}/copy", create, copy).purpose("create task templates"),
        PageRoute::post("/task-templates/{id}/active", Access::Role, set_active),
    ];
    routes.extend(template_form::routes());
    routes.extend(template_import::routes());
    routes
}

/// Links above the list.
pub fn list_actions(_: &Page, actor: &Actor) -> Markup {
    html! {
        @if may_import(actor, &TASK_TEMPLATE) {
            (button_link(t!("Import templates"), template_import::PATH, "upload", ButtonKind::Quiet))
        }
        @if actor.may(Action::Export, TASK_TEMPLATE.area) {
            (button_link(t!("Export templates"), "/api/v1/task-templates/export.json", "download", ButtonKind::Quiet))
        }
    }
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["origin", "base_date", "tab"]);
    let asked = template_preview::Asked::of(|name| parameters.get(name).unwrap_or_default().to_owned());
    let html = blocking(|| {
        let record = state.app.get(&actor, &TASK_TEMPLATE, id.0)?;
        let directory = generic::directory_of(&state, &actor, &record)?;
        let zone: TimeZone = page.zone();
        let values = page.values(&directory, &zone);
        let items = items(&record);
        let resources: Vec<Id> =
            items.iter().filter_map(|item| text(item, "booking_resource").parse().ok()).collect();
        let resources = state.app.directory(&actor, &resources)?;
        let title = t!("Tasks ({count})", count = items.len());
        let wide = html! {
            @if !task_template::DESCRIPTION.get(&record).is_empty() {
                p.prose { (task_template::DESCRIPTION.get(&record)) }
            }
            (panel("items", "task_template", &title, &actions(&state, &page, &actor, &record)?, &items_table(items, &resources)))
            (template_preview::panel_of(&state, &page, &actor, &record, &asked)?)
            (history_panel(&state, &page, &actor, &TASK_TEMPLATE, record.id)?)
        };
        let shown = generic::properties(&record, &values);
        let narrow = panel("properties", "task_template", t!("Properties"), &html! {}, &properties(&shown));
        let content = html! { (generic::head(&state, &page, &actor, &record)?) (detail(&wide, &narrow)) };
        Ok::<_, AppError>(below(&page).render(record.title(), &content).into_string())
    })?;
    Ok(Html(html))
}

fn actions(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let address = TASK_TEMPLATE.url(record.id);
    let edits = template_form::may_change(state, actor, Some(record)).is_ok() && !record.is_archived();
    let is_active = task_template::IS_ACTIVE.get(record);
    let post = |label: &str, word: &str, drawing: &str, fields: &[(&str, &str)]| {
        post_button(label, &format!("{address}/{word}"), drawing, ButtonKind::Quiet, page.csrf(), fields)
    };
    Ok(html! {
        @if edits && is_active { (post(t!("Deactivate"), "active", "circle-pause", &[("is_active", "false")])) }
        @if edits && !is_active { (post(t!("Activate"), "active", "circle-check", &[("is_active", "true")])) }
        @if template_form::may_change(state, actor, None).is_ok() { (post(t!("Copy"), "copy", "copy", &[])) }
        @if actor.may(Action::Export, TASK_TEMPLATE.area) {
            (button_link(t!("Export"), &format!("/api/v1/task-templates/export.json?id={}", record.id), "download", ButtonKind::Quiet))
        }
    })
}

async fn copy(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let copy = blocking(|| state.app.copy_template(&actor, id.0))?;
    let undo = blocking(|| state.app.undo_of_last(&actor, &TASK_TEMPLATE, copy.id))?;
    Ok(done(&TASK_TEMPLATE.url(copy.id), t!("Template copied. The copy is not active yet"), undo.as_deref()))
}

async fn set_active(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let is_active = form.get("is_active") == "true";
    let mut input = Map::new();
    input.insert(task_template::IS_ACTIVE.name().to_owned(), json!(is_active));
    let saved = blocking(|| state.app.update(&actor, &TASK_TEMPLATE, id.0, &input, None))?;
    let undo = blocking(|| state.app.undo_of_last(&actor, &TASK_TEMPLATE, saved.id))?;
    let message = if is_active { t!("Template activated") } else { t!("Template deactivated") };
    Ok(done(&TASK_TEMPLATE.url(saved.id), message, undo.as_deref()))
}

/// Returns the page below the list of templates.
pub(super) fn below(page: &Page) -> Page {
    page.clone().below(words::label(TASK_TEMPLATE.plural), "/task-templates")
}

/// Returns the items of a template.
pub(super) fn items(record: &Record) -> &[Json] {
    match task_template::ITEMS.value(record) {
        Value::Json(Json::Array(items)) => items,
        _ => &[],
    }
}

fn text<'a>(item: &'a Json, name: &str) -> &'a str {
    item.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn is_shown(item: &Json) -> bool {
    item.get("visible_to_partners").and_then(Json::as_bool).unwrap_or(false)
}

/// Formats an offset: "3 days before the start".
fn when(item: &Json) -> String {
    let days = item.get("offset_days").and_then(Json::as_i64).unwrap_or(0);
    let unit = if days.abs() == 1 { t!("day") } else { t!("days") };
    let anchor =
        words::choice(ANCHORS, if text(item, "anchor") == "end" { "end" } else { "start" }).to_lowercase();
    match days {
        0 => t!("On the {anchor}", anchor),
        days if days < 0 => {
            t!("{count} {unit} before the {anchor}", count = days.unsigned_abs(), unit, anchor)
        }
        days => t!("{days} {unit} after the {anchor}", days, unit, anchor),
    }
}

/// Formats the booking of an item: "Room A", "Vehicle".
fn books(item: &Json, resources: &Directory) -> String {
    let resource: Option<Id> = text(item, "booking_resource").parse().ok();
    match (resource, text(item, "booking_resource_type")) {
        (Some(id), _) => {
            resources.get(&id).map_or_else(|| t!("A resource").to_owned(), |found| found.title.clone())
        }
        (None, "") => String::new(),
        (None, kind) => words::choice(RESOURCE_TYPES, kind).to_owned(),
    }
}

fn items_table(items: &[Json], resources: &Directory) -> Markup {
    let column = |key: &str, label: &str, right: bool| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        right,
        ..Column::default()
    };
    let title_of = |key: &str| {
        items.iter().find(|item| text(item, "key") == key).map_or(key, |item| text(item, "title")).to_owned()
    };
    let rows = items
        .iter()
        .map(|item| {
            let waits: Vec<String> = item
                .get("prerequisites")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .map(title_of)
                .collect();
            TableRow {
                id: text(item, "key").to_owned(),
                title: text(item, "title").to_owned(),
                cells: vec![
                    html! { (text(item, "title")) @if is_shown(item) { " " (badge(t!("Visible to partners"), Tone::Neutral)) }
                        @let booked = books(item, resources);
                        @if !booked.is_empty() { p.muted { (t!("Books: {booked}", booked)) } } @if !text(item, "description").is_empty() { p.muted { (text(item, "description")) } } },
                    html! {
                        (when(item))
                        @if !text(item, "due_rule").is_empty() { p.muted { (words::choice(DUE_RULES, text(item, "due_rule"))) } }
                    },
                    html! { (words::choice(ASSIGNEE_RULES, text(item, "assignee"))) },
                    priority(text(item, "priority")),
                    html! { (words::choice(TASK_PHASES, text(item, "phase"))) },
                    html! { @if let Some(hours) = item.get("estimated_hours").and_then(Json::as_f64) { (hours) } },
                    html! { (waits.join(", ")) },
                ],
                ..TableRow::default()
            }
        })
        .collect();
    table(&Table {
        id: "template-items".to_owned(),
        caption: t!("Tasks of the template").to_owned(),
        columns: vec![
            column("title", t!("Task"), false),
            column("when", t!("Due"), false),
            column("assignee", t!("Assignee"), false),
            column("priority", t!("Priority"), false),
            column("phase", t!("Phase"), false),
            column("hours", t!("Hours"), true),
            column("waits", t!("Depends on"), false),
        ],
        rows,
        empty: Some(html! { p.muted { (t!("No tasks yet. Edit the template to add some.")) } }),
        ..Table::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_formatted() {
        assert_eq!(when(&json!({ "anchor": "start", "offset_days": -1 })), "1 day before the start");
        assert_eq!(when(&json!({ "anchor": "end", "offset_days": 14 })), "14 days after the end");
    }
}
