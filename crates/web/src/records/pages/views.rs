//! Saved views of a page: opened, saved, renamed, shared, pinned and deleted without script.
//!
//! A page shows them with one line: `(views::menu(&views::of(&state, &actor, "tasks")?, &page, &actor, "tasks", &query))`.

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::accounts::user_settings::PINS;
use obcms_app::records;
use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, SAVED_VIEW, page_address, saved_view};
use obcms_domain::registry::Record;
use serde_json::json;

use crate::components::icons::icon;
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done, refused};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::page_route::PageRoute;
use crate::core::return_path::local_path;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;

/// Parameters that belong to a visit and not to a view.
const PASSING: [&str; 3] = ["cursor", "print", "limit"];

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::post("/saved-views/save", Access::Role, save),
        PageRoute::post("/saved-views/{id}/change", Access::Role, change),
        PageRoute::post("/pins", Access::Account, pin),
    ]
}

/// Returns the saved views of a page: those of the person, then those that others share.
pub fn of(state: &State, actor: &Actor, page: &str) -> Result<Vec<Record>, AppError> {
    if actor.visibility(&SAVED_VIEW).is_none() {
        return Ok(Vec::new());
    }
    let parameters =
        [("page", page), ("limit", "200")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut views = state.app.list(actor, &SAVED_VIEW, &parameters.to_vec())?.records;
    // Administrators may see those of everybody; here each has their own.
    views.retain(|view| is_own(actor, view) || saved_view::IS_SHARED.get(view));
    views.sort_by_key(|view| !is_own(actor, view));
    Ok(views)
}

/// Returns true if the person owns the view.
#[must_use]
pub fn is_own(actor: &Actor, view: &Record) -> bool {
    view.created_by.is_some() && view.created_by == actor.id
}

/// Returns the address of a saved view.
#[must_use]
pub fn address(view: &Record) -> String {
    let path = page_address(saved_view::PAGE.get(view)).unwrap_or_else(|| "/".to_owned());
    let query = canonical(saved_view::QUERY.get(view));
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Returns the query of a view without empty and passing parameters. Only a query may follow the question mark.
fn canonical(text: &str) -> String {
    let pairs = form_urlencoded::parse(text.trim_start_matches('?').as_bytes()).into_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.filter(|(name, value)| !value.is_empty() && !PASSING.contains(&name.as_str())));
    query.finish()
}

/// Menu with the saved views of a page, and the form that saves the present one. `query` is that of the address.
#[must_use]
pub fn menu(views: &[Record], page: &Page, actor: &Actor, of: &str, query: &[(String, String)]) -> Markup {
    if actor.visibility(&SAVED_VIEW).is_none() {
        return html! {};
    }
    let mut present = form_urlencoded::Serializer::new(String::new());
    let kept = query.iter().filter(|(name, value)| !value.is_empty() && !PASSING.contains(&name.as_str()));
    present.extend_pairs(kept);
    let present = present.finish();
    let is_present =
        |view: &&Record| !present.is_empty() && canonical(saved_view::QUERY.get(view)) == present;
    let current = views.iter().find(is_present);
    let back = if present.is_empty() { format!("/{of}") } else { format!("/{of}?{present}") };
    let hidden = html! {
        input type="hidden" name="csrf_token" value=(page.csrf());
        input type="hidden" name="back" value=(back);
    };
    html! {
        details.menu.views-menu data-side="end" {
            summary.button data-kind="quiet" title=(t!("Saved views")) {
                (icon("bookmark"))
                span.button-label { (current.map_or(t!("Views"), |view| view.title())) }
            }
            div.menu-panel {
                @if views.is_empty() {
                    p.menu-note { (t!("Save filters, sort and groups under a name.")) }
                }
                @for view in views {
                    (entry(view, actor, page, &hidden, current.is_some_and(|current| current.id == view.id)))
                }
                @if may_create(actor, &SAVED_VIEW) {
                    div.menu-line {}
                    form.menu-form method="post" data-in-place action="/saved-views/save" data-plain {
                        (hidden)
                        input type="hidden" name="page" value=(of);
                        input type="hidden" name="query" value=(present);
                        label.label for="view-name" { (t!("Save current view as")) }
                        input #view-name .input type="text" name="name" maxlength="80" required autocomplete="off";
                        label.check { input type="checkbox" name="is_shared" value="true"; (t!("Share with the office")) }
                        label.check { input type="checkbox" name="pin" value="true" checked; (t!("Pin in the sidebar")) }
                        button.button data-kind="main" type="submit" { (t!("Save view")) }
                    }
                }
            }
        }
    }
}

fn entry(view: &Record, actor: &Actor, page: &Page, hidden: &Markup, is_current: bool) -> Markup {
    let name = view.title();
    let is_shared = saved_view::IS_SHARED.get(view);
    let is_pinned = is_pinned(page, SAVED_VIEW.name, view.id);
    let action = format!("/saved-views/{}/change", view.id);
    let button = |value: &str, label: &str, drawing: &str| {
        html! {
            button.menu-item type="submit" name="do" value=(value) { (icon(drawing)) (label) }
        }
    };
    html! {
        div.view-entry {
            a.menu-item href=(address(view)) aria-current=[is_current.then_some("true")] {
                span.grow { (name) }
                @if is_shared {
                    small.faint { (if is_own(actor, view) { t!("shared") } else { t!("of the office") }) }
                }
            }
            details.view-actions {
                summary.button data-kind="quiet" data-only="icon" title=(t!("Change view"))
                    aria-label={ (t_html!("Change the view {name}", name)) } { (icon("ellipsis")) }
                form method="post" action=(action) data-plain {
                    (hidden)
                    @if is_pinned {
                        (button("unpin", t!("Remove from the sidebar"), "pin-off"))
                    } @else {
                        (button("pin", t!("Pin in the sidebar"), "pin"))
                    }
                    @if is_own(actor, view) {
                        @if is_shared {
                            (button("unshare", t!("Keep private"), "lock"))
                        } @else {
                            (button("share", t!("Share with the office"), "users"))
                        }
                        (button("update", t!("Replace with current view"), "save"))
                        (button("delete", t!("Delete"), "trash-2"))
                    }
                }
                @if is_own(actor, view) {
                    form.view-rename method="post" data-in-place action=(action) data-plain {
                        (hidden)
                        input.input type="text" name="name" value=(name) maxlength="80" required
                            aria-label={ (t_html!("New name of {name}", name)) };
                        button.button type="submit" name="do" value="rename" { (t!("Rename")) }
                    }
                }
            }
        }
    }
}

/// Returns true if the person pinned the record.
#[must_use]
pub fn is_pinned(page: &Page, kind: &str, id: Id) -> bool {
    let pin = format!("{kind}:{id}");
    page.settings().get(PINS).is_some_and(|pins| pins.contains(&pin))
}

/// Button that pins a record in the sidebar, or removes it.
#[must_use]
pub fn pin_button(page: &Page, record: &Record) -> Markup {
    let is_pinned = is_pinned(page, record.kind.name, record.id);
    let (label, drawing) = if is_pinned {
        (t!("Remove from the sidebar"), "pin-off")
    } else {
        (t!("Pin in the sidebar"), "pin")
    };
    html! {
        form.pin-form method="post" action="/pins" data-plain {
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name="pin" value={ (record.kind.name) ":" (record.id) };
            input type="hidden" name="back" value=(record.kind.url(record.id));
            @if is_pinned { input type="hidden" name="remove" value="true"; }
            button.button data-kind="quiet" data-only="icon" type="submit" title=(label) aria-label=(label) {
                (icon(drawing))
            }
        }
    }
}

/// `POST /saved-views/save`.
async fn save(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = local_path(form.get("back"), "/").to_owned();
    let input = json!({
        "name": form.get("name").trim(), "page": form.get("page"), "query": canonical(form.get("query")),
        "is_shared": form.get("is_shared") == "true",
    });
    let saved = blocking(|| {
        let input = input.as_object().cloned().unwrap_or_default();
        let view = state.app.create(&actor, &SAVED_VIEW, &input)?;
        if form.get("pin") == "true" {
            set_pin(&state, &page, &actor, SAVED_VIEW.name, view.id, true)?;
        }
        Ok(view)
    });
    match saved {
        Ok(view) => Ok(done(&back, &t!("View {name} saved", name = view.title()), None)),
        Err(error) => refused(&back, error),
    }
}

/// `POST /saved-views/{id}/change`: `do` is what to do.
async fn change(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = local_path(form.get("back"), "/").to_owned();
    let step = form.get("do").to_owned();
    let query = back.split_once('?').map_or("", |(_, query)| query);
    let input = match step.as_str() {
        "rename" => Some(json!({ "name": form.get("name").trim() })),
        "share" => Some(json!({ "is_shared": true })),
        "unshare" => Some(json!({ "is_shared": false })),
        "update" => Some(json!({ "query": canonical(query) })),
        _ => None,
    };
    let changed: Result<&str, AppError> = blocking(|| match step.as_str() {
        "pin" | "unpin" => {
            state.app.get(&actor, &SAVED_VIEW, id.0)?;
            set_pin(&state, &page, &actor, SAVED_VIEW.name, id.0, step == "pin")?;
            Ok(if step == "pin" { t!("View pinned") } else { t!("View removed from the sidebar") })
        }
        "delete" => {
            state.app.write(&actor, |work| records::archive(work, &SAVED_VIEW, id.0, None).map(|_| ()))?;
            Ok(t!("View deleted"))
        }
        _ => {
            let Some(input) = input.as_ref().and_then(|input| input.as_object().cloned()) else {
                return Err(AppError::BadRequest("There is no such step.".into()));
            };
            state
                .app
                .write(&actor, |work| records::update(work, &SAVED_VIEW, id.0, &input, None).map(|_| ()))?;
            Ok(t!("View changed"))
        }
    });
    match changed {
        Ok(message) => Ok(done(&back, message, None)),
        Err(error) => refused(&back, error),
    }
}

/// `POST /pins`: pins a record in the sidebar, or removes it.
async fn pin(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let back = local_path(form.get("back"), "/").to_owned();
    let (kind, id) = form.get("pin").split_once(':').unwrap_or_default();
    let (Some(kind), Ok(id)) = (kinds::by_name(kind), id.parse::<Id>()) else {
        return Err(AppError::NotFound("record").into());
    };
    let is_added = form.get("remove").is_empty();
    let pinned = blocking(|| {
        // What the person may not see is not pinned.
        state.app.get(&actor, kind, id)?;
        set_pin(&state, &page, &actor, kind.name, id, is_added)
    });
    match pinned {
        Ok(()) if is_added => Ok(done(&back, t!("Pinned in the sidebar"), None)),
        Ok(()) => Ok(done(&back, t!("Removed from the sidebar"), None)),
        Err(error) => refused(&back, error),
    }
}

fn set_pin(
    state: &State,
    page: &Page,
    actor: &Actor,
    kind: &str,
    id: Id,
    is_pinned: bool,
) -> Result<(), AppError> {
    let pin = format!("{kind}:{id}");
    let mut pins = page.settings().get(PINS).unwrap_or_default().to_vec();
    pins.retain(|other| *other != pin);
    if is_pinned {
        pins.push(pin);
    }
    state.app.set_user_setting(actor, PINS, Some(&pins))
}
