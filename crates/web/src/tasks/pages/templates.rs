//! Task templates: items as a table on the page, and as rows in the form.
//!
//! The rows are edited without script: a button adds, removes or moves one and the form comes back with everything
//! that was typed; only "Save" writes.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::{ANCHORS, ASSIGNEE_RULES, Choice as Entry, PRIORITIES, TASK_PHASES};
use obcms_domain::core::hex::hex;
use obcms_domain::kinds::{TASK_TEMPLATE, task, task_template};
use obcms_domain::registry::{FieldError, Record, Value};
use serde_json::{Map, Value as Json, json};

use crate::components::badges::{Tone, badge, priority};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, detail, page_head, panel, properties};
use crate::components::forms::{FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::tables::{Column, Row as TableRow, Table, table};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::form::REQUEST_KEY;
use crate::records::pages::written::{prefilled, written};
use crate::records::pages::{detail as generic, form_fields, history_panel, read_form};

/// Members of one row of the form, in the order of its inputs.
const MEMBERS: [&str; 11] = [
    "key",
    "title",
    "anchor",
    "offset_days",
    "assignee",
    "priority",
    "phase",
    "estimated_hours",
    "prerequisites",
    "description",
    "visible_to_partners",
];

/// Visibility of the task of a row. A list rather than a checkbox, because an unchecked box sends nothing and the
/// columns would no longer match their rows.
const VISIBILITY: &[Entry] =
    &[Entry { value: "false", label: "Office" }, Entry { value: "true", label: "Office and partners" }];

type Row = Map<String, Json>;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/task-templates/new", Access::Policy(Action::Create, TASK_TEMPLATE.area), new)
            .purpose("create task templates"),
        PageRoute::post("/task-templates/new", Access::Policy(Action::Create, TASK_TEMPLATE.area), create)
            .purpose("create task templates"),
        PageRoute::get("/task-templates/{id}", Access::Role, show),
        PageRoute::get("/task-templates/{id}/edit", Access::Role, edit),
        PageRoute::post("/task-templates/{id}/edit", Access::Role, update),
    ]
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
) -> Result<Html<String>, PageError> {
    let html = blocking(|| {
        let record = state.app.get(&actor, &TASK_TEMPLATE, id.0)?;
        let directory = generic::directory_of(&state, &actor, &record)?;
        let zone: TimeZone = page.zone();
        let values = page.values(&directory, &zone);
        let items = items(&record);
        let wide = html! {
            @if !task::DESCRIPTION.get(&record).is_empty() { p.prose { (task::DESCRIPTION.get(&record)) } }
            (panel("items", "task_template", &t!("Tasks ({count})", count = items.len()), &html! {}, &items_table(items)))
            (history_panel(&state, &page, &actor, &TASK_TEMPLATE, record.id)?)
        };
        let shown = generic::properties(&record, &values);
        let narrow = panel("properties", "task_template", t!("Properties"), &html! {}, &properties(&shown));
        let content = html! { (generic::head(&state, &page, &actor, &record)?) (detail(&wide, &narrow)) };
        Ok::<_, AppError>(below(&page).render(record.title(), &content).into_string())
    })?;
    Ok(Html(html))
}

fn below(page: &Page) -> Page {
    page.clone().below(words::label(TASK_TEMPLATE.plural), "/task-templates")
}

fn items(record: &Record) -> &[Json] {
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

fn items_table(items: &[Json]) -> Markup {
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
                    html! { (text(item, "title")) @if is_shown(item) { " " (badge(t!("Visible to partners"), Tone::Neutral)) } @if !text(item, "description").is_empty() { p.muted { (text(item, "description")) } } },
                    html! { (when(item)) },
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

/// Form with its values and errors.
struct Sheet<'a> {
    record: Option<&'a Record>,
    typed: Form,
    rows: Vec<Row>,
    errors: Vec<FieldError>,
    problem: Option<String>,
}

fn may_change(state: &State, actor: &Actor, record: Option<&Record>) -> Result<(), AppError> {
    match record {
        Some(record) => state.app.read(|tx| actor.require(tx, Action::Edit, record)),
        None if crate::records::may_create(actor, &TASK_TEMPLATE) => Ok(()),
        None => Err(AppError::forbidden(Action::Create, TASK_TEMPLATE.area, "create task templates")),
    }
}

async fn new(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    blocking(|| may_change(&state, &actor, None))?;
    let parameters = parameters.matching(|name| TASK_TEMPLATE.inputs().any(|field| field.name == name));
    let typed = prefilled(&state.app, &actor, &TASK_TEMPLATE, &parameters.0);
    let sheet = Sheet { record: None, typed, rows: vec![blank()], errors: Vec::new(), problem: None };
    Ok(Html(blocking(|| draw(&state, &page, &actor, &sheet))?))
}

async fn edit(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
) -> Result<Html<String>, PageError> {
    let html = blocking(|| {
        let record = state.app.get(&actor, &TASK_TEMPLATE, id.0)?;
        may_change(&state, &actor, Some(&record))?;
        let rows = items(&record).iter().filter_map(Json::as_object).cloned().collect();
        let typed = written(&record);
        draw(
            &state,
            &page,
            &actor,
            &Sheet { record: Some(&record), typed, rows, errors: Vec::new(), problem: None },
        )
    })?;
    Ok(Html(html))
}

async fn create(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    save(&state, &page, &actor, None, form)
}

async fn update(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let record = blocking(|| state.app.get(&actor, &TASK_TEMPLATE, id.0))?;
    save(&state, &page, &actor, Some(&record), form)
}

fn save(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: Option<&Record>,
    mut form: Form,
) -> Result<Response, PageError> {
    blocking(|| may_change(state, actor, record))?;
    let mut rows = rows(&form);
    let (action, place) = form.get("do").split_once(':').unwrap_or((form.get("do"), ""));
    let place: usize = place.parse().unwrap_or(usize::MAX);
    let changed = match action {
        "add" => {
            rows.push(blank());
            true
        }
        "remove" if place < rows.len() => {
            rows.remove(place);
            true
        }
        "up" if place > 0 && place < rows.len() => {
            rows.swap(place, place - 1);
            true
        }
        "down" if place.saturating_add(1) < rows.len() => {
            rows.swap(place, place + 1);
            true
        }
        _ => false,
    };
    if changed {
        let sheet = Sheet { record, typed: form, rows, errors: Vec::new(), problem: None };
        return Ok(Html(blocking(|| draw(state, page, actor, &sheet))?).into_response());
    }
    // A row without a title is empty.
    rows.retain(|row| row.get("title").and_then(Json::as_str).is_some_and(|title| !title.is_empty()));
    give_keys(&mut rows);
    let mut input = read_form(&TASK_TEMPLATE, &form);
    input.insert("items".to_owned(), Json::Array(rows.iter().cloned().map(Json::Object).collect()));
    let result = blocking(|| match record {
        Some(record) => {
            let version = form.get("version").parse().ok();
            state.app.update(actor, &TASK_TEMPLATE, record.id, &input, version).map(|saved| saved.id)
        }
        None => state.app.create_from_form(actor, &TASK_TEMPLATE, &input, form.get(REQUEST_KEY)),
    });
    let (errors, problem) = match result {
        Ok(saved) => {
            let undo = blocking(|| state.app.undo_of_last(actor, &TASK_TEMPLATE, saved))?;
            return Ok(done(&TASK_TEMPLATE.url(saved), t!("Task template saved"), undo.as_deref()));
        }
        Err(AppError::Invalid(errors)) => (errors, None),
        Err(AppError::Stale { .. }) => {
            // A repeated save replaces the present template: the person was warned.
            form.0.retain(|(name, _)| name != "version");
            let problem =
                t!("Someone else changed this template. Your changes are still in the form: open the \
                           template in another tab to see theirs, then save again to overwrite them");
            (Vec::new(), Some(problem.to_owned()))
        }
        Err(error @ AppError::Conflict { .. }) => (Vec::new(), Some(words::message(&error.message()))),
        Err(other) => return Err(other.into()),
    };
    let sheet = Sheet { record, typed: form, rows, errors, problem };
    let html = blocking(|| draw(state, page, actor, &sheet))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}

fn blank() -> Row {
    let mut row = Map::new();
    row.insert("anchor".to_owned(), json!("start"));
    row.insert("offset_days".to_owned(), json!(0));
    row.insert("priority".to_owned(), json!("medium"));
    row.insert("assignee".to_owned(), json!("creator"));
    row
}

/// Returns the rows of a form; an invalid value stays as text, so that the check names it and nothing typed is lost.
fn rows(form: &Form) -> Vec<Row> {
    let columns: Vec<Vec<String>> = MEMBERS.iter().map(|name| form.all(&format!("items.{name}"))).collect();
    let count = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..count)
        .map(|place| {
            let mut row = Map::new();
            for (name, column) in MEMBERS.iter().zip(&columns) {
                let typed = column.get(place).map_or("", |text| text.trim());
                if let Some(json) = member(name, typed) {
                    row.insert((*name).to_owned(), json);
                }
            }
            row
        })
        .collect()
}

fn member(name: &str, typed: &str) -> Option<Json> {
    match name {
        "prerequisites" => {
            let keys: Vec<&str> =
                typed.split([',', ' ']).map(str::trim).filter(|key| !key.is_empty()).collect();
            (!keys.is_empty()).then(|| json!(keys))
        }
        _ if typed.is_empty() => None,
        "offset_days" => Some(typed.parse::<i64>().map_or_else(|_| json!(typed), |days| json!(days))),
        "visible_to_partners" => match typed {
            "true" => Some(json!(true)),
            "false" => None,
            _ => Some(json!(typed)),
        },
        "estimated_hours" => {
            let hours = typed.parse::<f64>().ok().filter(|hours| hours.is_finite());
            Some(hours.map_or_else(|| json!(typed), |hours| json!(hours)))
        }
        _ => Some(json!(typed)),
    }
}

/// Generates the key of rows without one from their title.
fn give_keys(rows: &mut [Row]) {
    let mut known: Vec<String> =
        rows.iter().filter_map(|row| row.get("key").and_then(Json::as_str)).map(ToOwned::to_owned).collect();
    for row in rows {
        if row.contains_key("key") {
            continue;
        }
        let title = row.get("title").and_then(Json::as_str).unwrap_or_default();
        let base: String = obcms_domain::records::search::words(title)
            .iter()
            .filter(|word| word.is_ascii())
            .take(4)
            .cloned()
            .collect::<Vec<_>>()
            .join("_")
            .chars()
            .take(50)
            .collect();
        let base = if base.is_empty() { "task".to_owned() } else { base };
        let mut key = base.clone();
        let mut number = 2;
        while known.contains(&key) {
            key = format!("{base}_{number}");
            number += 1;
        }
        known.push(key.clone());
        row.insert("key".to_owned(), json!(key));
    }
}

fn draw(state: &State, page: &Page, actor: &Actor, sheet: &Sheet<'_>) -> Result<String, AppError> {
    let (plain, folded) = form_fields(state, actor, &TASK_TEMPLATE, &sheet.typed, &[], &sheet.errors)?;
    let fields: Vec<FormField> =
        plain.into_iter().chain(folded).filter(|entry| entry.name != "items").collect();
    let (title, action, back) = match sheet.record {
        Some(record) => {
            let address = TASK_TEMPLATE.url(record.id);
            (t!("Edit {title}", title = record.title()), format!("{address}/edit"), address)
        }
        None => (
            t!("New task template").to_owned(),
            "/task-templates/new".to_owned(),
            "/task-templates".to_owned(),
        ),
    };
    let all: Vec<&FormField> = fields.iter().collect();
    let items_errors = sheet.errors.iter().filter(|error| error.field == "items");
    let version = sheet.record.map(|record| record.version.to_string());
    // Unchecked boxes send nothing; this lists the shown ones.
    let names: Vec<&str> = fields.iter().map(|entry| entry.name.as_str()).collect();
    let content = html! {
        (page_head(&PageHead { title: title.clone(), ..PageHead::default() }))
        form.form method="post" action=(action) data-guard novalidate {
            (error_summary(sheet.problem.as_deref(), &all))
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name=(crate::records::pages::written::SHOWN) value=(names.join(","));
            @if version.is_none() { input type="hidden" name=(REQUEST_KEY) value=(sheet.request_key(state)); }
            @if let Some(version) = &version { input type="hidden" name="version" value=(sheet.typed_version(version)); }
            // Enter in a field saves, rather than pressing the first button of a row.
            button.visually-hidden type="submit" name="do" value="save" tabindex="-1" aria-hidden="true" { (t!("Save")) }
            div.fields { @for entry in &fields { (field(entry)) } }
            section.panel id="field-items" tabindex="-1" {
                header.panel-head { h2 { (t!("Tasks")) } }
                @for error in items_errors { p.field-error { (icon("circle-alert")) (words::message(&error.message)) } }
                p.field-help {
                    (t!("Use {name} for the title of the event, assessment or PPA. A task can depend only on tasks above it; enter their keys."))
                }
                ol.template-rows {
                    @for (place, row) in sheet.rows.iter().enumerate() { (row_fields(row, place, sheet.rows.len())) }
                }
                button.button type="submit" name="do" value="add" { (icon("plus")) (t!("Add task")) }
            }
            div.form-actions {
                button.button type="submit" name="do" value="save" data-kind="main" { (t!("Save template")) }
                (button_link(t!("Cancel"), &back, "", ButtonKind::Quiet))
            }
        }
    };
    Ok(below(page).render(&title, &content).into_string())
}

impl Sheet<'_> {
    /// Returns the key of the form, also after rows were added or moved.
    fn request_key(&self, state: &State) -> String {
        let typed = self.typed.get(REQUEST_KEY);
        if typed.is_empty() { hex(&state.app.random::<16>()) } else { typed.to_owned() }
    }

    /// Returns the version that the person saw first, also after rows were added or moved.
    fn typed_version<'a>(&'a self, current: &'a str) -> &'a str {
        if self.typed.has("version") { self.typed.get("version") } else { current }
    }
}

fn row_fields(row: &Row, place: usize, count: usize) -> Markup {
    let value = |name: &str| match row.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Bool(value)) => value.to_string(),
        _ => String::new(),
    };
    let number = place + 1;
    let label = |words: &str| t!("{words} of task {number}", words, number);
    let line = |name: &str, words: &str, kind: &str| {
        html! {
            label.template-field data-member=(name) {
                span { (words) }
                input.input type=(kind) name={ "items." (name) } value=(value(name)) aria-label=(label(words));
            }
        }
    };
    let list = |name: &str, words: &str, entries: &[Entry], may_be_empty: bool| {
        let chosen = value(name);
        html! {
            label.template-field data-member=(name) {
                span { (words) }
                select.input name={ "items." (name) } aria-label=(label(words)) {
                    @if may_be_empty { option value="" selected[chosen.is_empty()] { "–" } }
                    @for entry in entries { option value=(entry.value) selected[entry.value == chosen] { (words::text(entry.label)) } }
                }
            }
        }
    };
    let act = |action: &str, words: &str, drawing: &str, disabled: bool| {
        html! {
            button.button type="submit" name="do" value={ (action) ":" (place) } data-kind="quiet" data-only="icon"
                title=(words) aria-label={ (t_html!("{action} task {number}", action = words, number)) } disabled[disabled] { (icon(drawing)) }
        }
    };
    html! {
        li.template-row {
            (line("title", t!("Title"), "text"))
            (line("offset_days", t!("Days"), "number"))
            (list("anchor", t!("From"), ANCHORS, false))
            (list("assignee", t!("Assignee"), ASSIGNEE_RULES, false))
            (list("priority", t!("Priority"), PRIORITIES, false))
            (list("phase", t!("Phase"), TASK_PHASES, true))
            (line("estimated_hours", t!("Hours"), "text"))
            (line("key", t!("Key"), "text"))
            (line("prerequisites", t!("Depends on"), "text"))
            (line("description", t!("Description"), "text"))
            (list("visible_to_partners", t!("Visible to"), VISIBILITY, false))
            div.template-actions {
                (act("up", t!("Move up"), "arrow-up", place == 0))
                (act("down", t!("Move down"), "arrow-down", number == count))
                (act("remove", t!("Remove"), "x", false))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, key: Option<&str>) -> Row {
        let mut row = Map::new();
        row.insert("title".to_owned(), json!(title));
        if let Some(key) = key {
            row.insert("key".to_owned(), json!(key));
        }
        row
    }

    #[test]
    fn keys_come_from_titles_and_are_unique() {
        let mut rows = [row("Send letters", Some("send_letters")), row("Send letters", None), row("…", None)];
        give_keys(&mut rows);
        let keys: Vec<&str> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["send_letters", "send_letters_2", "task"]);
    }

    #[test]
    fn invalid_values_stay_as_typed() {
        let form = Form(vec![
            ("items.title".to_owned(), "Visit".to_owned()),
            ("items.offset_days".to_owned(), "soon".to_owned()),
            ("items.prerequisites".to_owned(), "first, second".to_owned()),
        ]);
        let rows = rows(&form);
        assert_eq!(rows[0]["offset_days"], "soon");
        assert_eq!(rows[0]["prerequisites"], json!(["first", "second"]));
    }

    #[test]
    fn offsets_are_formatted() {
        assert_eq!(when(&json!({ "anchor": "start", "offset_days": -1 })), "1 day before the start");
        assert_eq!(when(&json!({ "anchor": "end", "offset_days": 14 })), "14 days after the end");
    }
}
