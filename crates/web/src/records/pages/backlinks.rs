//! Backlinks: records that refer to a record, in one panel for each kind and field.

use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Record};
use obcms_store::records::{self, Directory, Reference};

use super::value;
use crate::components::detail;
use crate::components::words::{self, t_html};
use crate::core::state::State;

/// Maximum number of sources that are read; the list of the kind has all.
const LOOKED_AT: i64 = 2000;
/// Rows of one panel.
const SHOWN: usize = 12;

/// One panel for each kind of record that refers to this one, in the order of the navigation. References with a panel
/// of a subject are omitted.
pub fn panels(state: &State, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let found = state.app.read(|tx| Ok(records::sources(tx, &[record.id], &[], LOOKED_AT)?))?;
    let directory: Directory =
        found.iter().map(|(_, _, reference)| (reference.id, reference.clone())).collect();
    let seen = super::visible(state, actor, &directory)?;
    let mut groups: Vec<(&'static Kind, String, Vec<Reference>)> = Vec::new();
    for (_, field, reference) in found {
        let Some(kind) = kinds::by_name(&reference.kind) else { continue };
        let has_own_panel = state.subjects.kind_page(kind).panel_field == field;
        if reference.is_archived || has_own_panel || !seen.contains(&reference.id) {
            continue;
        }
        match groups.iter_mut().find(|(other, name, _)| other == &kind && *name == field) {
            Some((_, _, references)) => references.push(reference),
            None => groups.push((kind, field, vec![reference])),
        }
    }
    let place = |kind: &Kind| kinds::REGISTRY.iter().position(|other| *other == kind);
    groups.sort_by_key(|(kind, field, _)| (place(kind), kind.position(field)));
    Ok(html! {
        @for (kind, field, references) in &groups {
            @let several = groups.iter().filter(|(other, _, _)| other == kind).count() > 1;
            (panel(record, kind, field, references, several))
        }
    })
}

fn panel(
    record: &Record,
    kind: &'static Kind,
    field: &str,
    references: &[Reference],
    several: bool,
) -> Markup {
    let label = kind.field(field).map_or(field, |field| words::label(field.label));
    let title = if several {
        format!("{} ({})", words::label(kind.plural), label.to_lowercase())
    } else {
        words::label(kind.plural).to_owned()
    };
    let all = format!("/{}?{field}={}", kind.collection, record.id);
    let actions = html! {
        @if references.len() > SHOWN { a href=(all) { (t_html!("Show all {count}", count = references.len())) } }
    };
    let content = html! {
        ul.list {
            @for reference in references.iter().take(SHOWN) {
                li { a href=(value::address(reference)) { (reference.title) } (value::reference_badge(reference)) }
            }
        }
    };
    detail::panel(&format!("from-{}-{field}", kind.name), kind.name, &title, &actions, &content)
}
