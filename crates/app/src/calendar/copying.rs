//! Copying a calendar entry to another time as a new record.

use obcms_domain::accounts::Action;
use obcms_domain::calendar::actions;
use obcms_domain::entries;
use obcms_domain::kinds::task;
use obcms_domain::registry::{DateRole, Kind, Record};
use obcms_store::calendar as store;
use serde_json::Value as Json;

use super::moving::{MoveRequest, Moved, missing, patch, reassigned_fields, with_entry_parameters};
use super::{EntryId, Feed};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::undo::undo_address;
use crate::records::{self, Input};

/// Fields about the progress of the original, or about its links to other records in time.
const NOT_COPIED: [&str; 7] = [
    task::PROGRESS.name(),
    task::ACTUAL_HOURS.name(),
    task::DEPENDS_ON.name(),
    task::COMPLETED_AT.name(),
    task::RRULE.name(),
    task::RDATES.name(),
    task::EXDATES.name(),
];

impl App {
    /// Creates a copy of the record behind the entry at the times of the input. Undo archives the copy.
    pub fn copy_entry(&self, actor: &Actor, entry: &str, input: &Input) -> Result<Moved, AppError> {
        self.write(actor, |work| copy_entry(work, entry, input))
    }
}

fn copy_entry(work: &mut UnitOfWork<'_, '_>, entry: &str, input: &Input) -> Result<Moved, AppError> {
    let id = EntryId::parse(entry).ok_or_else(missing)?;
    let (kind, role) = id.described().ok_or_else(missing)?;
    let original = work.load(kind, id.record)?;
    work.actor.require(work.tx, Action::View, &original)?;
    // The copy of an occurrence is a single record with the values of that occurrence.
    let (original, current) = match id.recurrence {
        Some(recurrence) => super::moving::single(&original, recurrence)?,
        None => {
            let current = entries::own(&original)
                .into_iter()
                .find(|entry| entry.entry_kind == id.entry_kind && entry.position == id.position)
                .filter(|entry| entry.series.is_none())
                .ok_or_else(missing)?;
            (original, current)
        }
    };
    if !is_whole(kind, role) {
        return Err(AppError::conflict("This entry is a date of another record and cannot be copied."));
    }
    let input = actions::COPY_ENTRY.parse(input).map_err(AppError::Invalid)?;
    let request = MoveRequest::read(&input);
    let mut fields = like(&original);
    fields.extend(patch(&original, role, &current, &request, work.app.zone())?);
    fields.extend(reassigned_fields(&original, role, &request)?);
    let copy = records::create(work, kind, &fields).map_err(|error| with_entry_parameters(error, role))?;
    let mut rows = store::of_record(work.tx, copy.id)?;
    rows.retain(|row| row.entry_kind == id.entry_kind);
    let feed: Feed = work.app.feed(work.tx, work.actor, rows)?;
    let undo = undo_address(kind, copy.id, work.change_set);
    Ok(Moved { feed, undo: Some(undo), version: copy.version })
}

/// Returns true if the entry is the record itself, such as an event, and not one of its dates, such as a deadline.
fn is_whole(kind: &Kind, role: &DateRole) -> bool {
    role.label.is_empty() && kind.dates.iter().any(|own| std::ptr::eq(own, role))
}

/// Returns the values that people entered, without dates and state.
fn like(original: &Record) -> Input {
    let kind = original.kind;
    let mut values = original.to_json();
    let mut fields = Input::new();
    for field in kind.inputs() {
        let is_date = kind.dates.iter().any(|role| role.start == field.name || role.end == field.name);
        if is_date || field.unique || field.name == kind.state || NOT_COPIED.contains(&field.name) {
            continue;
        }
        match values.remove(field.name) {
            None | Some(Json::Null) => {}
            Some(value) => {
                fields.insert(field.name.to_owned(), value);
            }
        }
    }
    fields
}
