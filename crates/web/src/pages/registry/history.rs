//! What happened to a record: who, when, which field from what to what.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::history::Entry;
use obcms_app::{Actor, AppError};
use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;
use obcms_store::records::Directory;

use super::value::{Values, ids_in};
use crate::components::buttons::{ButtonKind, post_button};
use crate::components::detail::{self, FieldChange, HistoryEntry};
use crate::pages::frame::Page;
use crate::state::State;

/// Entries that the panel shows.
const SHOWN: i64 = 100;

/// The history of a record as a panel with the id `history`, with a button to take the last change back. It
/// follows live changes of the kind.
pub fn history_panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    kind: &'static Kind,
    id: Id,
) -> Result<Markup, AppError> {
    let entries = state.app.history(actor, kind, id, None, SHOWN + 1)?;
    let shown = entries.len().min(usize::try_from(SHOWN).unwrap_or(entries.len()));
    let directory = directory(state, kind, &entries)?;
    let zone: TimeZone = page.zone();
    let values = Values { directory: &directory, today: page.today, zone: &zone };
    let undo = entries.iter().find(|entry| !entry.change.is_derived && kind.writable);
    let actions = html! {
        @if let Some(entry) = undo {
            (post_button(
                "Undo last change",
                &format!("{}/undo", kind.url(id)),
                "undo-2",
                ButtonKind::Quiet,
                page.csrf(),
                &[("change_set", &entry.change.change_set.to_string())],
            ))
        }
    };
    let content = html! {
        @if entries.is_empty() { p.muted { "Nothing has been recorded of this." } }
        (detail::history(&drawn(&entries[..shown], &values)))
        @if entries.len() > shown { p.muted { "Older changes are in the API under " code { "/api/v1/" (kind.collection) "/" (id) "/history" } "." } }
    };
    Ok(detail::panel("history", kind.name, "History", &actions, &content))
}

/// Titles of everything that the entries name.
pub fn directory(state: &State, kind: &Kind, entries: &[Entry]) -> Result<Directory, AppError> {
    let ids: Vec<Id> = entries
        .iter()
        .flat_map(|entry| &entry.fields)
        .filter_map(|change| kind.field(change.field).map(|field| (field, change)))
        .flat_map(|(field, change)| ids_in(field, &change.old).into_iter().chain(ids_in(field, &change.new)))
        .collect();
    state.app.directory(&ids)
}

/// The entries with labels and titles in place of values and ids.
#[must_use]
pub fn drawn(entries: &[Entry], values: &Values<'_>) -> Vec<HistoryEntry> {
    entries
        .iter()
        .map(|entry| {
            let kind = kinds::by_name(&entry.change.kind);
            let changes = entry
                .fields
                .iter()
                .filter_map(|change| {
                    let field = kind?.field(change.field)?;
                    let (old, new) = (values.text(field, &change.old), values.text(field, &change.new));
                    (old != new).then(|| FieldChange { label: change.label.to_owned(), old, new })
                })
                .collect();
            HistoryEntry {
                who: entry.actor.clone(),
                what: what(&entry.change.action, entry.change.is_derived).to_owned(),
                when: values.instant_text(entry.change.at),
                instant: entry.change.at.to_string(),
                changes,
                note: entry.change.note.clone(),
            }
        })
        .collect()
}

/// What was done, as the rest of a sentence that begins with a name.
fn what(action: &str, is_derived: bool) -> &'static str {
    match action {
        "create" if is_derived => "had this made",
        "create" => "created this",
        "update" if is_derived => "changed this by another change",
        "archive" => "archived this",
        "restore" => "restored this",
        "undo" => "undid a change",
        "computed" => "caused this to be computed",
        "move" | "transition" => "moved this",
        "advance" => "advanced this",
        "skip" => "skipped a stage",
        "return" => "returned this",
        "generate" => "had tasks made",
        "renew" => "gave this a new address",
        _ => "changed this",
    }
}
