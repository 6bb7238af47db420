//! Generic pages of all kinds: list, form, detail, history, import.
//!
//! A kind with its own page declares it in its [`KindPage`]; the parts here are for those pages too: [`form_fields`],
//! [`read_form`], [`properties`], [`history_panel`], [`Values`].

mod backlinks;
pub mod by_name;
mod columns;
pub mod controls;
pub mod dates;
pub mod detail;
pub mod files;
pub mod form;
pub mod grouping;
pub mod history;
pub mod import;
pub mod import_preview;
pub mod list;
pub mod list_query;
pub mod occurrence;
mod occurrence_form;
pub mod search;
mod structure;
pub mod value;
pub mod views;
pub mod written;

use std::collections::{HashMap, HashSet};

use axum::extract::State as AxumState;
use maud::{Markup, html};
use obcms_app::core::Visibility;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds;
use obcms_domain::message;
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
use crate::core::limits::MAXIMUM_UPLOAD;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::State;
use crate::core::subject::{KindPage, Subjects};

/// Pages of all kinds with their access.
pub fn routes(subjects: &Subjects) -> Vec<PageRoute> {
    let of_kinds = kinds::REGISTRY.into_iter().flat_map(|kind| routes_of(kind, subjects.kind_page(kind)));
    of_kinds.chain(search::routes()).chain(views::routes()).collect()
}

fn routes_of(kind: &'static Kind, page: &KindPage) -> Vec<PageRoute> {
    let all = format!("/{}", kind.collection);
    let one = format!("{all}/{{id}}");
    let mut routes = Vec::new();
    if !page.own_list {
        let show = move |state: AxumState<State>, signed: SignedIn, parameters: PageParameters| {
            list::list(kind, state, signed, parameters)
        };
        let purpose = message!("see {kinds}", kinds = Word::lower(kind.plural));
        routes.push(PageRoute::get(&all, Access::Policy(Action::View, kind.area), show).purpose(purpose));
    }
    if !page.own_detail {
        let show =
            move |state: AxumState<State>, signed: SignedIn, id: PathId, parameters: PageParameters| {
                detail::detail(kind, state, signed, id, parameters)
            };
        routes.push(PageRoute::get(&one, Access::Role, show));
    }
    if kind.writable {
        if !page.own_form {
            routes.extend(forms(kind, &all, &one));
        }
        routes.extend(actions(kind, &all, &one));
    }
    routes
}

/// Forms of new and changed records.
fn forms(kind: &'static Kind, all: &str, one: &str) -> Vec<PageRoute> {
    let creates = Access::Policy(Action::Create, kind.area);
    let new = move |state: AxumState<State>, signed: SignedIn, parameters: PageParameters| {
        form::new(kind, state, signed, parameters)
    };
    let create = move |state: AxumState<State>, signed: SignedIn, typed: SafeForm| {
        form::create(kind, state, signed, typed)
    };
    let edit = move |state: AxumState<State>, signed: SignedIn, id: PathId, parameters: PageParameters| {
        form::edit(kind, state, signed, id, parameters)
    };
    let update = move |state: AxumState<State>, signed: SignedIn, id: PathId, typed: SafeForm| {
        form::update(kind, state, signed, id, typed)
    };
    let purpose = message!("create {kinds}", kinds = Word::lower(kind.plural));
    let mut routes = vec![
        PageRoute::get(format!("{all}/new"), creates, new).purpose(purpose.clone()),
        PageRoute::post(format!("{all}/new"), creates, create).purpose(purpose),
    ];
    if kind.is_changeable() {
        routes.push(PageRoute::get(format!("{one}/edit"), Access::Role, edit));
        routes.push(PageRoute::post(format!("{one}/edit"), Access::Role, update));
    }
    routes
}

/// Other pages that change records.
fn actions(kind: &'static Kind, all: &str, one: &str) -> Vec<PageRoute> {
    let mut routes = Vec::new();
    if occurrence::has_dates(kind) {
        let act = move |state: AxumState<State>, signed: SignedIn, id: PathId, form: SafeForm| {
            occurrence::act(kind, state, signed, id, form)
        };
        routes.push(PageRoute::post(format!("{one}/occurrences"), Access::Role, act));
    }
    let changes: &[(&str, bool)] =
        if kind.is_changeable() { &[("archive", true), ("restore", false)] } else { &[] };
    for (word, archive) in changes.iter().copied() {
        let several =
            move |state: AxumState<State>, signed: SignedIn, parameters: PageParameters, form: SafeForm| {
                list::bulk(kind, archive, state, signed, parameters, form)
            };
        let single = move |state: AxumState<State>, signed: SignedIn, id: PathId, _: SafeForm| {
            detail::archive(kind, archive, state, signed, id)
        };
        routes.push(PageRoute::post(format!("{all}/{word}"), Access::Role, several));
        routes.push(PageRoute::post(format!("{one}/{word}"), Access::Role, single));
    }
    let undo = move |state: AxumState<State>, signed: SignedIn, id: PathId, form: SafeForm| {
        detail::undo(kind, state, signed, id, form)
    };
    if kind.is_changeable() {
        routes.push(PageRoute::post(format!("{one}/undo"), Access::Role, undo));
    }
    let imports = Access::Policy(Action::Import, kind.area);
    let purpose = message!("import {kinds}", kinds = Word::lower(kind.plural));
    let page = move |signed: SignedIn| import::page(kind, signed);
    let import = move |state: AxumState<State>, signed: SignedIn, upload: import::Upload| {
        import::import(kind, state, signed, upload)
    };
    routes.push(PageRoute::get(format!("{all}/import"), imports, page).purpose(purpose.clone()));
    routes.push(
        PageRoute::post(format!("{all}/import"), imports, import).purpose(purpose).body_limit(MAXIMUM_UPLOAD),
    );
    routes
}

/// Returns the address at which the record is edited; `None` when the actor edits none of its kind in a form.
#[must_use]
pub fn edit_address(subjects: &Subjects, actor: &Actor, record: &Record) -> Option<String> {
    match subjects.kind_page(record.kind).edit_address {
        Some(address) => address(actor, record),
        None => record.kind.is_changeable().then(|| format!("{}/edit", record.kind.url(record.id))),
    }
}

/// Renders the value of a field of a record by its type; `values` has the titles of references.
#[must_use]
pub fn value(values: &Values<'_>, record: &Record, field: &str) -> Markup {
    record.kind.field(field).map_or_else(|| html! {}, |field| values.draw(record, field))
}

/// Returns the records that the actor may see.
pub fn visible(state: &State, actor: &Actor, directory: &Directory) -> Result<HashSet<Id>, AppError> {
    let mut by_kind: HashMap<&str, Vec<Id>> = HashMap::new();
    for reference in directory.values() {
        by_kind.entry(reference.kind.as_str()).or_default().push(reference.id);
    }
    let mut seen = HashSet::new();
    for (name, ids) in by_kind {
        let Some(kind) = kinds::by_name(name) else { continue };
        match actor.visibility(kind) {
            Some(Visibility::All) => seen.extend(ids),
            // One query for each kind, and there are few kinds.
            Some(Visibility::Within(scope)) => {
                seen.extend(state.app.read(|tx| Ok(records::in_scope(tx, kind, &ids, &scope)?))?);
            }
            None => {}
        }
    }
    Ok(seen)
}
