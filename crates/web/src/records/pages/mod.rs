//! The pages that every kind gets from its description: list, form, detail, history, import.
//!
//! A kind with a page of its own is named in [`OWN_LISTS`] or [`OWN_DETAILS`] and served elsewhere; the parts here
//! are for those pages too: [`form_fields`], [`read_form`], [`properties`], [`history_panel`], [`Values`].

mod backlinks;
pub mod controls;
pub mod dates;
pub mod detail;
pub mod form;
pub mod history;
pub mod import;
pub mod list;
pub mod occurrence;
mod occurrence_form;
pub mod search;
mod structure;
pub mod value;
pub mod written;

use std::collections::{HashMap, HashSet};

use axum::Router;
use axum::extract::State as AxumState;
use axum::routing::{get, post};
use maud::{Markup, html};
use obcms_app::core::Visibility;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Record};
use obcms_store::records::{self, Directory};

pub use controls::form_fields;
pub use detail::{long_texts, properties};
pub use history::history_panel;
pub use value::Values;
pub use written::read_form;

use crate::core::forms::SafeForm;
use crate::core::frame::SignedIn;
use crate::core::input::{PageParameters, PathId};
use crate::core::state::State;

/// Kinds whose list is a page of its own.
pub const OWN_LISTS: &[&str] = &["task"];
/// Kinds whose records have a page of their own; list, form and history are those of every kind.
pub const OWN_DETAILS: &[&str] =
    &["external_calendar", "feed", "task", "ppa", "project", "task_template", "share"];
/// Kinds whose form is a page of its own: users are made and changed under `/admin/users`.
pub const OWN_FORMS: &[&str] = &["task_template", "user"];

/// The pages of all kinds.
pub fn router() -> Router<State> {
    kinds::REGISTRY.into_iter().fold(Router::new(), |router, kind| router.merge(pages(kind)))
}

fn pages(kind: &'static Kind) -> Router<State> {
    let all = format!("/{}", kind.collection);
    let one = format!("{all}/{{id}}");
    let mut router = Router::new();
    if !OWN_LISTS.contains(&kind.name) {
        router = router.route(
            &all,
            get(move |state: AxumState<State>, signed: SignedIn, parameters: PageParameters| {
                list::list(kind, state, signed, parameters)
            }),
        );
    }
    if !OWN_DETAILS.contains(&kind.name) {
        router = router
            .route(
                &one,
                get(
                    move |state: AxumState<State>,
                          signed: SignedIn,
                          id: PathId,
                          parameters: PageParameters| {
                        detail::detail(kind, state, signed, id, parameters)
                    },
                ),
            )
            .route(&format!("{one}/tasks"), crate::tasks::pages::of_record::changing(kind));
    }
    if kind.writable { router.merge(writing(kind, &all, &one)) } else { router }
}

/// What changes records.
fn writing(kind: &'static Kind, all: &str, one: &str) -> Router<State> {
    let mut router = Router::new();
    if occurrence::has_dates(kind) {
        router = router.route(
            &format!("{one}/occurrences"),
            post(move |state: AxumState<State>, signed: SignedIn, id: PathId, form: SafeForm| {
                occurrence::act(kind, state, signed, id, form)
            }),
        );
    }
    if !OWN_FORMS.contains(&kind.name) {
        router = router
            .route(
                &format!("{all}/new"),
                get(move |state: AxumState<State>, signed: SignedIn, parameters: PageParameters| {
                    form::new(kind, state, signed, parameters)
                })
                .post(move |state: AxumState<State>, signed: SignedIn, typed: SafeForm| {
                    form::create(kind, state, signed, typed)
                }),
            )
            .route(
                &format!("{one}/edit"),
                get(
                    move |state: AxumState<State>,
                          signed: SignedIn,
                          id: PathId,
                          parameters: PageParameters| {
                        form::edit(kind, state, signed, id, parameters)
                    },
                )
                .post(
                    move |state: AxumState<State>, signed: SignedIn, id: PathId, typed: SafeForm| {
                        form::update(kind, state, signed, id, typed)
                    },
                ),
            );
    }
    for (word, archive) in [("archive", true), ("restore", false)] {
        router = router
            .route(
                &format!("{all}/{word}"),
                post(
                    move |state: AxumState<State>,
                          signed: SignedIn,
                          parameters: PageParameters,
                          form: SafeForm| {
                        list::bulk(kind, archive, state, signed, parameters, form)
                    },
                ),
            )
            .route(
                &format!("{one}/{word}"),
                post(move |state: AxumState<State>, signed: SignedIn, id: PathId, _: SafeForm| {
                    detail::archive(kind, archive, state, signed, id)
                }),
            );
    }
    router
        .route(
            &format!("{one}/undo"),
            post(move |state: AxumState<State>, signed: SignedIn, id: PathId, form: SafeForm| {
                detail::undo(kind, state, signed, id, form)
            }),
        )
        .route(
            &format!("{all}/import"),
            get(move |signed: SignedIn| import::page(kind, signed)).post(
                move |state: AxumState<State>, signed: SignedIn, upload: import::Upload| {
                    import::import(kind, state, signed, upload)
                },
            ),
        )
}

/// Whether the kind is made in a form of this module.
#[must_use]
pub fn has_form(kind: &Kind) -> bool {
    kind.writable && !OWN_FORMS.contains(&kind.name)
}

/// Where the record is changed; nothing when the actor changes none of its kind in a form.
#[must_use]
pub fn edit_address(actor: &Actor, record: &Record) -> Option<String> {
    if record.kind.name == "user" {
        let may = actor.may(Action::Manage, record.kind.area);
        return may.then(|| format!("/admin/users/{}", record.id));
    }
    record.kind.writable.then(|| format!("{}/edit", record.kind.url(record.id)))
}

/// The value of a field of a record, drawn by its type; `values` knows the titles of what it points at.
#[must_use]
pub fn value(values: &Values<'_>, record: &Record, field: &str) -> Markup {
    record.kind.field(field).map_or_else(|| html! {}, |field| values.draw(record, field))
}

/// Those of the records that the actor may see.
pub fn visible(state: &State, actor: &Actor, directory: &Directory) -> Result<HashSet<Id>, AppError> {
    let mut by_kind: HashMap<&str, Vec<Id>> = HashMap::new();
    for reference in directory.values() {
        by_kind.entry(reference.kind.as_str()).or_default().push(reference.id);
    }
    let mut seen = HashSet::new();
    for (name, ids) in by_kind {
        let Some(kind) = kinds::by_name(name) else { continue };
        match actor.sight(kind) {
            Some(Visibility::All) => seen.extend(ids),
            // One question for each kind, and there are few kinds.
            Some(Visibility::Within(scope)) => {
                seen.extend(state.app.read(|tx| Ok(records::in_scope(tx, kind, &ids, &scope)?))?);
            }
            None => {}
        }
    }
    Ok(seen)
}
