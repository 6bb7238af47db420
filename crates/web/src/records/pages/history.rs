//! History of a record: actor, time, and old and new values of each field.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::core::unit_of_work::{ATTACHMENT, is_shown};
use obcms_app::records::history::{Entry, FieldChange as Change};
use obcms_app::{Actor, AppError};
use obcms_domain::calendar::series;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{FieldType, Kind, Record, output, stored_value};
use obcms_store::records::Directory;
use serde_json::{Map, Value as Json};

use super::dates::name_text;
use super::detail::directory_of;
use super::value::{Values, ids_in};
use crate::components::buttons::{ButtonKind, post_button};
use crate::components::detail::{self, FieldChange, HistoryEntry};
use crate::components::words::{self, t};
use crate::core::frame::Page;
use crate::core::state::State;

/// Entries of the panel.
const SHOWN: i64 = 100;

/// Panel with the id `history` and the history of a record, with a button that undoes the last change. It follows live
/// changes of the kind.
pub fn history_panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    kind: &'static Kind,
    id: Id,
) -> Result<Markup, AppError> {
    let entries = state.app.history(actor, kind, id, None, SHOWN + 1)?;
    let shown = entries.len().min(usize::try_from(SHOWN).unwrap_or(entries.len()));
    let record = state.app.get(actor, kind, id)?;
    let mut directory = directory(state, actor, kind, &entries)?;
    directory.extend(directory_of(state, actor, &record)?);
    let held: Map<String, Json> = kind
        .visible()
        .map(|(position, field)| (field.name.to_owned(), output::plain(field, &record.values[position])))
        .collect();
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let undo = if kind.is_changeable() { state.app.undo_offer(actor, kind, id)? } else { None };
    let actions = html! {
        @if let Some(set) = undo {
            (post_button(
                t!("Undo last change"),
                &format!("{}/undo", kind.url(id)),
                "undo-2",
                ButtonKind::Quiet,
                page.csrf(),
                &[("change_set", &set.to_string())],
            ))
        }
    };
    let content = html! {
        @if entries.is_empty() { p.muted { (t!("No history yet.")) } }
        (detail::history(&drawn(&entries[..shown], &values, held)))
        @if entries.len() > shown { p.muted { (t!("Older changes are available in the API:")) " " code { "/api/v1/" (kind.collection) "/" (id) "/history" } "." } }
    };
    Ok(detail::panel("history", kind.name, t!("History"), &actions, &content))
}

/// Returns the titles of all records in the entries.
pub fn directory(
    state: &State,
    actor: &Actor,
    kind: &Kind,
    entries: &[Entry],
) -> Result<Directory, AppError> {
    let ids: Vec<Id> = entries
        .iter()
        .flat_map(|entry| &entry.fields)
        .filter_map(|change| kind.field(change.field).map(|field| (field, change)))
        .flat_map(|(field, change)| {
            let of = |json: &Json| match field.name {
                "overrides" => ids_of_dates(kind, json),
                _ => ids_in(field, json),
            };
            of(&change.old).into_iter().chain(of(&change.new))
        })
        .collect();
    state.app.directory(actor, &ids)
}

/// Returns the ids in overrides.
fn ids_of_dates(kind: &Kind, json: &Json) -> Vec<Id> {
    let patches = json.as_object().into_iter().flat_map(Map::values).filter_map(Json::as_object);
    patches
        .flatten()
        .filter_map(|(name, value)| kind.field(name).map(|field| ids_in(field, value)))
        .flatten()
        .collect()
}

/// Entries with labels and titles in place of values and ids. `held` is the record after the newest entry, from which
/// the state at each entry follows: occurrences without overrides have its values.
#[must_use]
pub fn drawn(entries: &[Entry], values: &Values<'_>, mut held: Map<String, Json>) -> Vec<HistoryEntry> {
    entries
        .iter()
        .map(|entry| {
            let kind = kinds::by_name(&entry.change.kind);
            let after = held.clone();
            held.extend(entry.fields.iter().map(|change| (change.field.to_owned(), change.old.clone())));
            let of_series = [&held, &after];
            let changes: Vec<FieldChange> =
                entry.fields.iter().flat_map(|change| changes_of(kind, change, values, of_series)).collect();
            HistoryEntry {
                who: entry.actor.clone(),
                what: what(&entry.change.action, entry.change.is_derived).to_owned(),
                when: values.instant_text(entry.change.at),
                instant: entry.change.at.to_string(),
                note: match entry.change.note.strip_prefix("Date ") {
                    Some(date) if date.len() >= 10 => date_note(date, &changes),
                    _ => entry.change.note.clone(),
                },
                changes,
            }
        })
        .collect()
}

/// Formats the note of a change of one occurrence, such as "Date 2027-01-25T09:00:00"; empty when the changes name it.
fn date_note(date: &str, changes: &[FieldChange]) -> String {
    let text = name_text(date);
    let is_named = |change: &FieldChange| {
        [&change.label, &change.old, &change.new].iter().any(|part| part.contains(&text))
    };
    match text == date {
        true => t!("Date {date}", date),
        false if changes.iter().any(is_named) => String::new(),
        false => t!("From {date} on", date = text),
    }
}

/// Returns the changes of one field. Changes of overrides are listed by occurrence.
fn changes_of(
    kind: Option<&'static Kind>,
    change: &Change,
    values: &Values<'_>,
    of_series: [&Map<String, Json>; 2],
) -> Vec<FieldChange> {
    if change.field == ATTACHMENT {
        let name = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        let label = words::label(change.label).to_owned();
        return vec![FieldChange { label, old: name(&change.old), new: name(&change.new) }];
    }
    let Some((kind, field)) = kind.and_then(|kind| kind.field(change.field).map(|field| (kind, field)))
    else {
        return Vec::new();
    };
    if field.name == "overrides" {
        return changed_dates(kind, change, values, of_series);
    }
    if matches!(field.data, FieldType::Moments) {
        return listed_dates(change);
    }
    let (old, new) = (values.text(field, &change.old), values.text(field, &change.new));
    let differs = old != new;
    differs.then(|| FieldChange { label: change.label.to_owned(), old, new }).into_iter().collect()
}

/// Returns the dates that were added or removed, not the whole list twice.
fn listed_dates(change: &Change) -> Vec<FieldChange> {
    let list = |json: &Json| -> Vec<String> {
        json.as_array().into_iter().flatten().filter_map(Json::as_str).map(ToOwned::to_owned).collect()
    };
    let (before, after) = (list(&change.old), list(&change.new));
    let said = |some: &[String], others: &[String]| -> String {
        let names: Vec<String> =
            some.iter().filter(|name| !others.contains(name)).map(|name| name_text(name)).collect();
        names.join("; ")
    };
    let (old, new) = (said(&before, &after), said(&after, &before));
    vec![FieldChange { label: change.label.to_owned(), old, new }]
}

/// Returns the changed overrides: "On Mon 25 Jan 2027: Title, Staff meeting to Budget meeting".
fn changed_dates(
    kind: &'static Kind,
    change: &Change,
    values: &Values<'_>,
    of_series: [&Map<String, Json>; 2],
) -> Vec<FieldChange> {
    let none = Map::new();
    let (old, new) = (change.old.as_object().unwrap_or(&none), change.new.as_object().unwrap_or(&none));
    let mut dates: Vec<&String> = old.keys().chain(new.keys()).collect();
    dates.sort_unstable();
    dates.dedup();
    let mut changes = Vec::new();
    for date in dates {
        let patch =
            |side: &Map<String, Json>| side.get(date).and_then(Json::as_object).cloned().unwrap_or_default();
        let (before, after) = (patch(old), patch(new));
        for field in kind.fields {
            let (from, to) = (before.get(field.name), after.get(field.name));
            if from == to || !is_shown(field) {
                continue;
            }
            // Where only one side has the value, the other is that of the series then; its time follows from the
            // recurrence id and the length.
            let is_placed =
                kind.dates.first().is_some_and(|role| role.start == field.name || role.end == field.name);
            let said = |side: Option<&Json>, series: &Map<String, Json>| {
                let of_series = match side {
                    Some(_) => None,
                    None if is_placed => {
                        placed(kind, series, date).map(|record| output::plain(field, record.get(field.name)))
                    }
                    None => series.get(field.name).cloned(),
                };
                side.or(of_series.as_ref())
                    .map_or_else(|| t!("same as the series").to_owned(), |json| values.text(field, json))
            };
            let label = t!("On {date}: {label}", date = name_text(date), label = words::label(field.label));
            changes.push(FieldChange { label, old: said(from, of_series[0]), new: said(to, of_series[1]) });
        }
    }
    changes
}

/// Returns start and end of an occurrence of a series with these values.
fn placed(kind: &'static Kind, held: &Map<String, Json>, date: &str) -> Option<Record> {
    let role = kind.dates.first()?;
    let mut record = Record::new(kind, Id::from_parts(0, &[0; 10]), jiff::Timestamp::UNIX_EPOCH, None);
    for name in [role.start, role.end, "all_day", "timezone"] {
        if let (Some(field), Some(json)) = (kind.field(name), held.get(name)) {
            record.set(name, stored_value(field, json).ok()?);
        }
    }
    let (_, length) = series::anchor(&record)?;
    series::place_at(&mut record, date.parse().ok()?, length);
    Some(record)
}

/// Returns the action as the rest of a sentence that begins with a name.
fn what(action: &str, is_derived: bool) -> &'static str {
    match action {
        "create" if is_derived => t!("had this created"),
        "create" => t!("created this"),
        "update" if is_derived => t!("changed this through another change"),
        "archive" => t!("archived this"),
        "restore" => t!("restored this"),
        "undo" => t!("undid a change"),
        "computed" => t!("had this calculated"),
        "move" | "transition" => t!("moved this"),
        "baseline" => t!("set the baseline"),
        "advance" => t!("advanced this"),
        "skip" => t!("skipped a stage"),
        "return" => t!("returned this"),
        "follow" => t!("changed this with its project"),
        "move_with" => t!("moved this with its event or task"),
        "release_with" => t!("cancelled this: no longer needed for its event"),
        "keep_booking" => t!("moved this without its booking: the resource is taken"),
        "book" => t!("changed the bookings"),
        "cancel_with" => t!("cancelled this with its parent"),
        "reopen_with" => t!("reopened this with its parent"),
        "generate" => t!("generated tasks"),
        "acknowledge" => t!("acknowledged this"),
        "snooze" => t!("snoozed this"),
        "reopen" => t!("reopened this"),
        "resolve" => t!("had this resolved"),
        "escalate" => t!("had this become more severe"),
        "wake" => t!("had this come back"),
        "assign" => t!("assigned this"),
        "comment" => t!("commented"),
        "attach" => t!("added a file"),
        "detach" => t!("removed a file"),
        "reattach" => t!("restored a file"),
        "renew" => t!("gave this a new address"),
        "occurrence" => t!("changed one occurrence"),
        "cancel_date" => t!("cancelled occurrences"),
        "reset_date" => t!("reset one occurrence to the series"),
        "bring_back_date" => t!("restored one occurrence"),
        "split" => t!("split this series"),
        _ => t!("changed this"),
    }
}
