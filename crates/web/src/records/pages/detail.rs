//! Page of a record: texts, tasks and backlinks; beside them properties, people and dates.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, PreEscaped, html};
use obcms_app::records::undo::landing;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Field, FieldType, Kind, Record, Value};
use obcms_store::records::Directory;

use super::value::{self, Values};
use super::{backlinks, dates, history_panel, occurrence};
use crate::components::badges::{self, Tone};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{self as components, PageHead, Property};
use crate::components::feedback;
use crate::components::menu::{Menu, MenuItem, menu};
use crate::components::tabs::record_tabs;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::state::{State, blocking};
use crate::core::subject::Column;
use crate::records::may_create;

/// Actions that the person may take on the record.
struct Rights {
    edit: bool,
    archive: bool,
    restore: bool,
}

/// `GET /COLLECTION/{id}`; `?tab=history` shows the history.
pub async fn detail(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Response, PageError> {
    let parameters = parameters.known(&["tab", "occurrence", "dates"]);
    if let Some(date) = parameters.get("occurrence").filter(|date| !date.is_empty()) {
        return occurrence::show(kind, &state, &page, &actor, id.0, date);
    }
    let markup = blocking(|| {
        let record = state.app.get(&actor, kind, id.0)?;
        let in_history = parameters.get("tab") == Some("history");
        let body = if in_history {
            history_panel(&state, &page, &actor, kind, record.id)?
        } else {
            overview(&state, &page, &actor, &record, dates::count(parameters.get("dates")))?
        };
        let head = head(&state, &page, &actor, &record)?;
        let address = kind.url(record.id);
        let content = html! {
            (head)
            @if record.is_archived() {
                (feedback::notice(Tone::Warning, &html! {
                    (t!("Archived: not in lists, pickers and the calendar. Restore it to make changes."))
                }))
            }
            (record_tabs(&address, in_history))
            (body)
        };
        Ok::<_, AppError>(
            page.clone()
                .below(words::label(kind.plural), &format!("/{}", kind.collection))
                .render(record.title(), &content),
        )
    })?;
    Ok(Html(markup.into_string()).into_response())
}

fn rights(state: &State, actor: &Actor, record: &Record) -> Result<Rights, AppError> {
    if !record.kind.is_changeable() || actor.read_only {
        return Ok(Rights { edit: false, archive: false, restore: false });
    }
    state.app.read(|tx| {
        Ok(Rights {
            edit: !record.is_archived() && !actor.writable(tx, record)?.is_empty(),
            archive: !record.is_archived() && actor.may_on(tx, Action::Archive, record)?,
            restore: record.is_archived() && actor.may_on(tx, Action::Restore, record)?,
        })
    })
}

/// Head of the page of a record: title, state and actions.
pub fn head(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let kind = record.kind;
    let address = kind.url(record.id);
    let rights = rights(state, actor, record)?;
    let post = |label: &str, word: &str, icon: &str| MenuItem::Post {
        label: label.to_owned(),
        action: format!("{address}/{word}"),
        icon: icon.to_owned(),
        danger: false,
        fields: Vec::new(),
    };
    let mut items = vec![
        MenuItem::Link { label: t!("Link to this page").into(), href: address.clone(), icon: "link".into() },
        MenuItem::Link {
            label: t!("History").into(),
            href: format!("{address}?tab=history"),
            icon: "history".into(),
        },
    ];
    if rights.archive {
        items.push(MenuItem::Line);
        items.push(post(t!("Archive"), "archive", "archive"));
    }
    if rights.restore {
        items.push(MenuItem::Line);
        items.push(post(t!("Restore"), "restore", "archive-restore"));
    }
    let actions = html! {
        @if !record.is_archived() { (super::views::pin_button(page, record)) }
        (menu(&Menu {
            label: t!("More actions").into(),
            icon: "ellipsis".into(),
            icon_only: true,
            at_end: true,
            csrf_token: page.csrf().to_owned(),
            items,
        }))
        @if !record.is_archived() { (next_steps(state, actor, record)?) }
        @if let (true, Some(edit)) = (rights.edit, super::edit_address(state.subjects, actor, record)) {
            (button_link(t!("Edit"), &edit, "pencil", ButtonKind::Main))
        }
    };
    let badges = html! {
        (dates::repeats_mark(record))
        (value::state_badge(record))
        @if record.is_archived() { (badges::badge(t!("Archived"), Tone::Quiet)) }
    };
    let title = if record.title().is_empty() {
        words::label(kind.label).to_owned()
    } else {
        record.title().to_owned()
    };
    Ok(html! {
        (components::page_head(&PageHead { title, subtitle: String::new(), badges, actions }))
        (panels(state, page, actor, record, Column::Head)?)
    })
}

/// Buttons for next steps after a record.
fn next_steps(state: &State, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let steps = match state.subjects.kind_page(record.kind).next_steps {
        Some(steps) => steps(state, actor, record)?,
        None => Vec::new(),
    };
    Ok(html! {
        @for step in &steps {
            @if step.is_made || may_create(actor, step.kind) {
                (button_link(step.label, &step.address, step.kind.icon, ButtonKind::Plain))
            }
        }
    })
}

/// Panels of the subjects in a column on the page of a record.
pub fn panels(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    column: Column,
) -> Result<Markup, AppError> {
    let mut all = String::new();
    for panel in state.subjects.panels(column) {
        all.push_str(&panel(state, page, actor, record)?.0);
    }
    Ok(PreEscaped(all))
}

fn overview(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    shown: usize,
) -> Result<Markup, AppError> {
    let kind = record.kind;
    let directory = directory_of(state, actor, record)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let texts = long_texts(record, &values);
    let hooks = state.subjects.kind_page(kind);
    let lead = match hooks.lead_panel {
        Some(panel) => panel(state, page, actor, record)?,
        None => html! {},
    };
    let wide = html! {
        (lead)
        @if !texts.0.is_empty() || hooks.lead_panel.is_none() || kind.inputs().any(is_text) {
            (components::panel("texts", kind.name, t!("About"), &html! {}, &html! {
                (path(state, record)?)
                @if texts.0.is_empty() { p.muted { (t!("No description yet.")) } } @else { (texts) }
            }))
        }
        (dates::panel(state, page, actor, record, shown)?)
        (panels(state, page, actor, record, Column::Wide)?)
        (backlinks::panels(state, actor, record)?)
    };
    let people = people(record, &values);
    let in_lead = |property: &Property| {
        hooks.lead_fields.iter().any(|name| property.label == words::label(kind.field_label(name)))
    };
    let own: Vec<Property> =
        properties(record, &values).into_iter().filter(|property| !in_lead(property)).collect();
    let narrow = html! {
        (components::panel("properties", kind.name, t!("Properties"), &html! {}, &components::properties(&own)))
        @if !people.is_empty() && !hooks.leads_people {
            (components::panel("people", kind.name, t!("People"), &html! {}, &components::properties(&people)))
        }
        (panels(state, page, actor, record, Column::Narrow)?)
        (components::panel("record", kind.name, t!("Record"), &html! {}, &components::properties(&record_facts(record, &values))))
    };
    Ok(components::detail(&wide, &narrow))
}

/// Returns the places above a place, outermost first.
fn path(state: &State, record: &Record) -> Result<Markup, AppError> {
    if record.kind.writable {
        return Ok(html! {});
    }
    let mut above: Vec<(String, String)> = Vec::new();
    let mut current = record.clone();
    // A place has at most three parents.
    for _ in 0..3 {
        let next = [
            ("municipality", &kinds::MUNICIPALITY),
            ("province", &kinds::PROVINCE),
            ("region", &kinds::REGION),
        ]
        .into_iter()
        .find_map(|(field, kind)| current.reference(field).map(|id| (kind, id)));
        let Some((kind, id)) = next else { break };
        let found = state.app.read(|tx| Ok(obcms_store::records::load(tx, kind, id)?))?;
        let Some(found) = found else { break };
        above.insert(0, (found.title().to_owned(), kind.url(found.id)));
        current = found;
    }
    Ok(html! {
        @if !above.is_empty() {
            p { @for (title, address) in &above { a href=(address) { (title) } " › " } strong { (record.title()) } }
        }
    })
}

/// Returns true if the field is in the wide column.
fn is_text(field: &Field) -> bool {
    matches!(field.data, FieldType::Multiline(_) | FieldType::Structure(_))
}

/// Returns true if the field belongs to the dates of a series, which have a panel of their own.
fn is_of_dates(field: &Field) -> bool {
    matches!(field.data, FieldType::Moments) || ["overrides", "continues"].contains(&field.name)
}

fn is_person(kind: &Kind, field: &Field) -> bool {
    kind.people.contains(&field.name)
}

/// Main texts of a record with their labels; empty when none is given.
#[must_use]
pub fn long_texts(record: &Record, values: &Values<'_>) -> Markup {
    html! {
        @for (position, field) in record.kind.visible() {
            @if is_text(field) && !is_of_dates(field) && !record.values[position].is_empty() {
                div.text-block { h3 { (words::label(field.label)) } div.prose { (values.draw(record, field)) } }
            }
        }
    }
}

/// Properties of a record: every field except title, texts, people, and empty rare ones.
#[must_use]
pub fn properties(record: &Record, values: &Values<'_>) -> Vec<Property> {
    record
        .kind
        .visible()
        .filter(|(_, field)| {
            field.name != record.kind.title
                && !is_text(field)
                && !is_of_dates(field)
                && !is_person(record.kind, field)
                && field.title_of.is_empty()
        })
        .filter(|(position, field)| {
            let empty = record.values[*position].is_empty();
            !(empty && (field.folded || field.source == obcms_domain::registry::Source::Derived))
        })
        .map(|(_, field)| Property {
            label: words::label(field.label).to_owned(),
            value: values.draw(record, field),
        })
        .collect()
}

/// People of a record.
#[must_use]
pub fn people(record: &Record, values: &Values<'_>) -> Vec<Property> {
    record
        .kind
        .visible()
        .filter(|(position, field)| {
            is_person(record.kind, field) && !(field.folded && record.values[*position].is_empty())
        })
        .map(|(_, field)| Property {
            label: words::label(field.label).to_owned(),
            value: values.draw(record, field),
        })
        .collect()
}

/// Properties of every record: creation and last change.
#[must_use]
pub fn record_facts(record: &Record, values: &Values<'_>) -> Vec<Property> {
    let by = record.created_by.map(|id| values.reference(id, "user"));
    vec![
        Property { label: t!("Created").to_owned(), value: values.instant(record.created_at) },
        Property { label: t!("Created by").to_owned(), value: by.unwrap_or_else(|| html! { (t!("obcms")) }) },
        Property { label: t!("Changed").to_owned(), value: values.instant(record.updated_at) },
    ]
}

/// `POST /COLLECTION/{id}/archive` and `…/restore`.
pub async fn archive(
    kind: &'static Kind,
    archive: bool,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
) -> Result<Response, PageError> {
    let record = blocking(|| {
        if archive {
            state.app.archive(&actor, kind, id.0, None)
        } else {
            state.app.restore(&actor, kind, id.0, None)
        }
    })?;
    let what = words::label(kind.label);
    let message = if archive { t!("{what} archived", what) } else { t!("{what} restored", what) };
    let undo = blocking(|| state.app.undo_of_last(&actor, kind, record.id))?;
    Ok(done(&kind.url(record.id), &message, undo.as_deref()))
}

/// `POST /COLLECTION/{id}/undo`.
pub async fn undo(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let set = form.get("change_set").parse().ok();
    let record = blocking(|| state.app.undo(&actor, kind, id.0, set, None))?;
    Ok(done(&landing(&record), t!("Last change undone"), None))
}

/// Returns the directory of the references of a record, for pages of one record.
pub fn directory_of(state: &State, actor: &Actor, record: &Record) -> Result<Directory, AppError> {
    let mut ids: Vec<Id> = record.values.iter().flat_map(Value::targets).collect();
    ids.extend(record.created_by);
    state.app.directory(actor, &ids)
}
