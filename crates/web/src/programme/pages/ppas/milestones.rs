//! Milestones of a PPA: the tab and what its forms send.

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{self, MILESTONE_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::registry::{FieldError, Record, Value, parse_date};
use serde_json::{Map, Value as Json, json};

use super::{refuse, refused};
use crate::components::badges::{self, Tone, badge};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::panel;
use crate::components::forms::{Choice, Control, FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::words::t;
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PathId};
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};
use crate::records::pages::written::{error_of, since};

/// The milestones as they are kept.
pub(super) fn milestones(record: &Record) -> Vec<Json> {
    match ppa::MILESTONES.value(record) {
        Value::Json(Json::Array(items)) => items.clone(),
        _ => Vec::new(),
    }
}

/// The tab.
pub(super) fn panel_of(page: &Page, record: &Record, may_edit: bool, refused: &Refused) -> Markup {
    let items = milestones(record);
    let address = format!("{}/milestones", PPA.url(record.id));
    let wrong: Option<usize> = refused.form.get("index").parse().ok();
    let content = html! {
        @if items.is_empty() { p.muted { (t!("No milestones yet. Milestones appear on the calendar.")) } }
        ol.milestones {
            @for (index, item) in items.iter().enumerate() {
                li { (milestone(page, record, item, index, may_edit, if wrong == Some(index) { Some(refused) } else { None })) }
            }
        }
        @if may_edit {
            @let adding = wrong.is_none().then_some(refused);
            details.more-fields open[items.is_empty() || (wrong.is_none() && !refused.errors.is_empty())] {
                summary { (t!("Add milestone")) }
                (form(page, record, &address, &json!({ "status": "planned" }), None, adding))
            }
        }
    };
    panel("milestones", "ppa", t!("Milestones"), &html! {}, &content)
}

fn text<'a>(item: &'a Json, name: &str) -> &'a str {
    item.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn milestone(
    page: &Page,
    record: &Record,
    item: &Json,
    index: usize,
    may_edit: bool,
    refused: Option<&Refused>,
) -> Markup {
    let address = format!("{}/milestones", PPA.url(record.id));
    let status = if text(item, "status").is_empty() { "planned" } else { text(item, "status") };
    let is_open = status != "completed" && status != "cancelled";
    let day = parse_date(text(item, "date")).ok();
    let act = |action: &str, word: &str, drawing: &str| {
        html! {
            form.post-button method="post" action=(address) {
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name="action" value=(action);
                input type="hidden" name="index" value=(index);
                input type="hidden" name="version" value=(record.version);
                button.button type="submit" data-kind="quiet" aria-label={ (word) " " (text(item, "title")) } {
                    (icon(drawing)) (word)
                }
            }
        }
    };
    html! {
        div.milestone-line {
            @if let Some(day) = day {
                @if is_open { (badges::due_date(day, page.today)) } @else { (badges::date(day, page.today)) }
            }
            strong { (text(item, "title")) }
            (badge(choices::label(MILESTONE_STATUSES, status_of(status)), Tone::of_status(status)))
            @if may_edit {
                @if is_open { (act("complete", t!("Complete"), "circle-check")) }
                (act("remove", t!("Remove"), "x"))
            }
        }
        @if may_edit {
            details.more-fields open[refused.is_some_and(|refused| !refused.errors.is_empty())] {
                summary { (t!("Edit")) span.visually-hidden { " " (text(item, "title")) } }
                (form(page, record, &address, item, Some(index), refused))
            }
        }
    }
}

/// The status as the list knows it.
fn status_of(status: &str) -> &'static str {
    MILESTONE_STATUSES.iter().find(|choice| choice.value == status).map_or("", |choice| choice.value)
}

fn form(
    page: &Page,
    record: &Record,
    address: &str,
    item: &Json,
    index: Option<usize>,
    refused: Option<&Refused>,
) -> Markup {
    let typed = |name: &str| {
        refused
            .filter(|refused| refused.form.has(name))
            .map_or_else(|| text(item, name).to_owned(), |refused| refused.form.get(name).to_owned())
    };
    let error = |name: &str| refused.and_then(|refused| error_of(&refused.errors, name));
    // Several forms stand on one page, and ids are unique.
    let suffix = index.map_or_else(|| "new".to_owned(), |index| index.to_string());
    let chosen = typed("status");
    let options = MILESTONE_STATUSES
        .iter()
        .map(|choice| Choice {
            value: choice.value.to_owned(),
            label: choice.label.to_owned(),
            selected: choice.value == chosen,
        })
        .collect();
    let fields = [
        ("date", t!("Date"), Control::Date { value: typed("date") }),
        ("title", t!("Title"), Control::Text { value: typed("title") }),
        ("status", t!("Status"), Control::Select { options }),
    ]
    .map(|(name, label, control)| FormField {
        name: format!("{name}-{suffix}"),
        label: label.to_owned(),
        error: error(name),
        required: true,
        control,
        ..FormField::default()
    });
    let all: Vec<&FormField> = fields.iter().collect();
    let problem = refused.and_then(Refused::problem_text);
    html! {
        form.form method="post" data-in-place action=(address) novalidate {
            (error_summary(problem.as_deref(), &all))
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name="action" value="save";
            input type="hidden" name="suffix" value=(suffix);
            @if let Some(index) = index { input type="hidden" name="index" value=(index); }
            input type="hidden" name="version" value=(record.version);
            div.fields { @for entry in &fields { (field(entry)) } }
            div.form-actions {
                (submit_button(if index.is_some() { t!("Save milestone") } else { t!("Add milestone") }, "", ButtonKind::Plain))
            }
        }
    }
}

/// Saves, completes or removes one milestone.
pub(super) async fn change(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let record = blocking(|| state.app.get(&actor, &PPA, id.0))?;
    let suffix = form.get("suffix").to_owned();
    // The names of this form without what keeps ids apart.
    let form = Form(
        form.0
            .into_iter()
            .map(|(name, value)| {
                let plain = name.strip_suffix(&format!("-{suffix}")).map(ToOwned::to_owned);
                (plain.unwrap_or(name), value)
            })
            .collect(),
    );
    let seen: i64 = form.get("version").parse().unwrap_or(record.version);
    let mut items = milestones(&record);
    let index = match form.get("index").parse::<usize>() {
        Err(_) => None,
        Ok(index) => {
            // The place of the milestone that the person saw, in the list as it is now.
            let (then, _) = blocking(|| since(&state.app, &actor, &record, seen))?;
            let meant = milestones(&then).into_iter().nth(index);
            let place = |fits: &dyn Fn(&Json, &Json) -> bool| {
                meant.as_ref().and_then(|meant| items.iter().position(|item| fits(item, meant)))
            };
            let found = place(&|item, meant| item == meant);
            if found.is_none() {
                let changed = place(&|item, meant| text(item, "title") == text(meant, "title"));
                return refuse_stale(&state, &page, &actor, id.0, form, changed);
            }
            found
        }
    };
    let (word, is_known) = match (form.get("action"), index) {
        ("remove", Some(index)) => {
            items.remove(index);
            (t!("Milestone removed"), true)
        }
        ("complete", Some(index)) => {
            items[index]["status"] = json!("completed");
            (t!("Milestone completed"), true)
        }
        ("save", index) => {
            let errors = errors_of(&form);
            if !errors.is_empty() {
                return refuse(
                    &state,
                    &page,
                    &actor,
                    id.0,
                    "milestones",
                    &Refused { form, errors, problem: None },
                );
            }
            let item = json!({
                "date": form.get("date").trim(), "title": form.get("title").trim(), "status": form.get("status"),
            });
            match index {
                Some(index) => items[index] = item,
                None => items.push(item),
            }
            (t!("Milestone saved"), true)
        }
        _ => ("", false),
    };
    if !is_known {
        return Err(AppError::BadRequest("This milestone no longer exists. Reload the page.".into()).into());
    }
    items.sort_by(|one, other| text(one, "date").cmp(text(other, "date")));
    let mut input = Map::new();
    input.insert("milestones".to_owned(), Json::Array(items));
    match blocking(|| state.app.update(&actor, &PPA, id.0, &input, Some(record.version))) {
        Ok(_) => {
            let undo = blocking(|| state.app.undo_of_last(&actor, &PPA, id.0))?;
            Ok(done(&format!("{}?tab=milestones", PPA.url(id.0)), word, undo.as_deref()))
        }
        Err(error) => refused(&state, &page, &actor, id.0, "milestones", form, error),
    }
}

/// The form again, when the milestone that it is about was changed or removed meanwhile.
fn refuse_stale(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    mut form: Form,
    changed: Option<usize>,
) -> Result<Response, PageError> {
    // Without its milestone, what was typed becomes a new one when it is saved again.
    form.0.retain(|(name, _)| name != "index");
    form.0.extend(changed.map(|index| ("index".to_owned(), index.to_string())));
    let problem = "Someone else changed this milestone. Your changes are still in the form: check the list, then save again to overwrite it";
    let errors = vec![FieldError::new("title", "stale", "Someone else changed this too.")];
    refuse(state, page, actor, id, "milestones", &Refused { form, errors, problem: Some(problem.into()) })
}

fn errors_of(form: &Form) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Err((code, message)) = parse_date(form.get("date").trim()) {
        errors.push(FieldError::new("date", code, message));
    }
    let title = form.get("title").trim();
    if title.is_empty() || title.chars().count() > 255 {
        errors.push(FieldError::new("title", "required", "Enter a title of at most 255 characters."));
    }
    if !choices::contains(MILESTONE_STATUSES, form.get("status")) {
        errors.push(FieldError::new("status", "choice", "Select an option from the list."));
    }
    errors
}
