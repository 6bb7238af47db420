//! Editor of a task template: items in order, each with its date, assignee, prerequisites and booking.
//!
//! The rows are edited without script: a button adds, removes or moves one and the form comes back with everything
//! that was typed; only "Save" writes. "Preview" shows the typed items on real dates.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::template_items::problems;
use obcms_domain::kinds::{TASK_TEMPLATE, task_template};
use obcms_domain::registry::{FieldError, Record};
use serde_json::{Map, Value as Json, json};

use super::template_preview;
use super::template_row::{Row, row_fields};
use super::templates::{below, items};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::forms::{FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::form::REQUEST_KEY;
use crate::records::pages::written::{prefilled, written};
use crate::records::pages::{form_fields, read_form};

/// Members of one row of the form, in columns with one input for each row. Prerequisites and resource have the place of
/// the row in their names.
const MEMBERS: [&str; 15] = [
    "key",
    "title",
    "anchor",
    "offset_days",
    "due_rule",
    "assignee",
    "priority",
    "phase",
    "estimated_hours",
    "description",
    "visible_to_partners",
    "booking_resource_type",
    "booking_days",
    "booking_start",
    "booking_hours",
];

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/task-templates/new", Access::Policy(Action::Create, TASK_TEMPLATE.area), new)
            .purpose("create task templates"),
        PageRoute::post("/task-templates/new", Access::Policy(Action::Create, TASK_TEMPLATE.area), create)
            .purpose("create task templates"),
        PageRoute::get("/task-templates/{id}/edit", Access::Role, edit),
        PageRoute::post("/task-templates/{id}/edit", Access::Role, update),
    ]
}

/// Form with its values and errors.
#[derive(Default)]
struct Sheet<'a> {
    record: Option<&'a Record>,
    typed: Form,
    rows: Vec<Row>,
    errors: Vec<FieldError>,
    problem: Option<String>,
    /// Row and control that get the focus after a button of a row was pressed.
    focus: Option<(usize, &'static str)>,
    /// True to show the preview.
    shows_preview: bool,
}

pub(super) fn may_change(state: &State, actor: &Actor, record: Option<&Record>) -> Result<(), AppError> {
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
    let sheet = Sheet { typed, rows: vec![blank()], ..Sheet::default() };
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
        draw(&state, &page, &actor, &Sheet { record: Some(&record), typed, rows, ..Sheet::default() })
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
    if let Some((focus, shows_preview)) = apply(&mut rows, form.get("do")) {
        give_keys(&mut rows);
        let sheet = Sheet { record, typed: form, rows, focus, shows_preview, ..Sheet::default() };
        return Ok(Html(blocking(|| draw(state, page, actor, &sheet))?).into_response());
    }
    rows.retain(|row| !is_blank(row));
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
    let sheet = Sheet { record, typed: form, rows, errors, problem, ..Sheet::default() };
    let html = blocking(|| draw(state, page, actor, &sheet))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}

/// Applies the button of a row. Returns the control that gets the focus, and true for the preview; nothing for a save.
fn apply(rows: &mut Vec<Row>, pressed: &str) -> Option<(Option<(usize, &'static str)>, bool)> {
    let (action, place) = pressed.split_once(':').unwrap_or((pressed, ""));
    let place: usize = place.parse().unwrap_or(usize::MAX);
    match action {
        "add" => {
            rows.push(blank());
            Some((Some((rows.len() - 1, "title")), false))
        }
        "remove" if place < rows.len() => {
            let removed = rows.remove(place);
            forget(rows, &removed);
            let next = place.min(rows.len().saturating_sub(1));
            Some(((!rows.is_empty()).then_some((next, "title")), false))
        }
        "up" if place > 0 && place < rows.len() => {
            rows.swap(place, place - 1);
            Some((Some((place - 1, "up")), false))
        }
        "down" if place.saturating_add(1) < rows.len() => {
            rows.swap(place, place + 1);
            Some((Some((place + 1, "down")), false))
        }
        "preview" => Some((None, true)),
        _ => None,
    }
}

/// Removes the key of a removed row from the prerequisites of the others.
fn forget(rows: &mut [Row], removed: &Row) {
    let Some(key) = removed.get("key") else { return };
    for row in rows {
        if let Some(Json::Array(keys)) = row.get_mut("prerequisites") {
            keys.retain(|other| other != key);
        }
    }
}

/// Returns true if nothing was typed into the row.
fn is_blank(row: &Row) -> bool {
    let has = |name: &str| row.get(name).is_some_and(|value| *value != json!(""));
    !["title", "description", "key", "estimated_hours", "prerequisites"].iter().any(|name| has(name))
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
            let resource = form.get(&format!("items.booking_resource.{place}")).trim();
            if let Some(json) = member("booking_resource", resource) {
                row.insert("booking_resource".to_owned(), json);
            }
            let keys = form.all(&format!("items.prerequisites.{place}"));
            let keys: Vec<&String> = keys.iter().filter(|key| !key.is_empty()).collect();
            if !keys.is_empty() {
                row.insert("prerequisites".to_owned(), json!(keys));
            }
            row
        })
        .collect()
}

fn member(name: &str, typed: &str) -> Option<Json> {
    match name {
        _ if typed.is_empty() => None,
        "offset_days" | "booking_days" => {
            Some(typed.parse::<i64>().map_or_else(|_| json!(typed), |days| json!(days)))
        }
        "visible_to_partners" => match typed {
            "true" => Some(json!(true)),
            "false" => None,
            _ => Some(json!(typed)),
        },
        "estimated_hours" | "booking_hours" => {
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
        if row.contains_key("key") || is_blank(row) {
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

/// Returns fields and result of the preview of the typed items.
fn preview(
    state: &State,
    page: &Page,
    actor: &Actor,
    sheet: &Sheet<'_>,
) -> Result<(Markup, Markup), AppError> {
    let asked = template_preview::Asked::of(|name| sheet.typed.get(name).to_owned());
    let mut draft = match sheet.record {
        Some(record) => record.clone(),
        None => Record::new(&TASK_TEMPLATE, Id::NIL, state.app.now(), actor.id),
    };
    task_template::DUE_RULE.set(&mut draft, sheet.typed.get("due_rule"));
    task_template::DOMAIN.set(&mut draft, sheet.typed.get("domain"));
    let rows: Vec<Json> = sheet.rows.iter().filter(|row| !is_blank(row)).cloned().map(Json::Object).collect();
    let items = Json::Array(rows);
    let wrong = problems(&items).unwrap_or_default();
    task_template::ITEMS.set(&mut draft, items);
    let (fields, result) = template_preview::content(state, page, actor, &draft, &asked)?;
    let result = match wrong.first() {
        _ if !sheet.shows_preview => html! {},
        Some(problem) => {
            html! { p.field-error { (icon("circle-alert")) (words::message(&problem.message)) } }
        }
        None => result,
    };
    Ok((fields, result))
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
    let typed = Json::Array(sheet.rows.iter().cloned().map(Json::Object).collect());
    // Errors stand beside the fields of their rows once the form was sent.
    let wrong = if sheet.errors.is_empty() { Vec::new() } else { problems(&typed).unwrap_or_default() };
    let resources: Vec<Id> = sheet
        .rows
        .iter()
        .filter_map(|row| row.get("booking_resource").and_then(Json::as_str)?.parse().ok())
        .collect();
    let resources = state.app.directory(actor, &resources)?;
    let (preview_fields, preview) = preview(state, page, actor, sheet)?;
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
                    (t!("Use {name} for the title of the event, assessment or PPA. A task can depend only on tasks above it."))
                }
                ol.template-rows {
                    @for place in 0..sheet.rows.len() { (row_fields(&sheet.rows, sheet.focus, place, &wrong, &resources)) }
                }
                button.button type="submit" name="do" value="add" { (icon("plus")) (t!("Add task")) }
            }
            section.panel id="preview" {
                header.panel-head { h2 { (t!("Preview")) } }
                (preview_fields)
                button.button type="submit" name="do" value="preview" { (icon("calendar")) (t!("Preview dates")) }
                (preview)
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
            ("items.prerequisites.0".to_owned(), "first".to_owned()),
            ("items.prerequisites.0".to_owned(), "second".to_owned()),
        ]);
        let rows = rows(&form);
        assert_eq!(rows[0]["offset_days"], "soon");
        assert_eq!(rows[0]["prerequisites"], json!(["first", "second"]));
    }

    #[test]
    fn buttons_move_and_remove_rows() {
        let mut rows = vec![row("A", Some("a")), row("B", Some("b")), row("C", Some("c"))];
        rows[2].insert("prerequisites".to_owned(), json!(["a", "b"]));
        assert_eq!(apply(&mut rows, "up:1"), Some((Some((0, "up")), false)));
        assert_eq!(apply(&mut rows, "down:2"), None);
        assert_eq!(apply(&mut rows, "remove:0"), Some((Some((0, "title")), false)));
        assert_eq!((rows[0]["title"].clone(), rows[1]["prerequisites"].clone()), (json!("A"), json!(["a"])));
        assert_eq!(apply(&mut rows, "add"), Some((Some((2, "title")), false)));
        assert!(is_blank(&rows[2]) && apply(&mut rows, "save").is_none());
    }
}
