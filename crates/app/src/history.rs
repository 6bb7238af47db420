//! What happened to a record, and taking it back.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::people::Action;
use obcms_domain::registry::{Kind, Record, output};
use obcms_domain::series::is_series;
use obcms_domain::series::state::{self, whole};
use obcms_store::changes::{self, Change};
use obcms_store::{Tx, records as store};
use serde_json::{Map, Value as Json, json};

use crate::behaviour;
use crate::error::AppError;
use crate::work::{Work, from_log, is_logged, is_shown};
use crate::{Actor, App};

/// One entry of the history, for people.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The change.
    pub change: Change,
    /// Name of whoever did it.
    pub actor: String,
    /// Field by field what changed.
    pub fields: Vec<FieldChange>,
}

/// What happened to one field.
#[derive(Clone, Debug)]
pub struct FieldChange {
    /// Name of the field.
    pub field: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Before.
    pub old: Json,
    /// After.
    pub new: Json,
}

impl Entry {
    /// The entry as the API shows it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut fields = Map::new();
        for change in &self.fields {
            fields.insert(change.field.to_owned(), json!({ "from": change.old, "to": change.new }));
        }
        json!({
            "id": self.change.id,
            "at": self.change.at,
            "actor": self.change.actor,
            "actor_name": self.actor,
            "action": self.change.action,
            "version": self.change.version,
            "change_set": self.change.change_set,
            "derived": self.change.is_derived,
            "note": self.change.note,
            "fields": fields,
        })
    }
}

/// The address that takes a change of a record back: the given set of changes, or what was done to it last.
#[must_use]
pub fn undo_address(kind: &Kind, id: Id, set: Option<Id>) -> String {
    let last = format!("/api/v1/{}/{id}/undo", kind.collection);
    match set {
        Some(set) => format!("{last}?change_set={set}"),
        None => last,
    }
}

impl App {
    /// The history of a record that the actor may see, newest first.
    pub fn history(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Entry>, AppError> {
        self.read(|tx| {
            let record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let changes = changes::of_record(tx, id, before, limit)?;
            entries(tx, changes)
        })
    }

    /// Takes back what was done to a record last, or the given set of changes if it touched the record.
    pub fn undo(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        set: Option<Id>,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| {
            crate::records::require_version(&work.load(kind, id)?, expected)?;
            undo(work, kind, id, set)
        })
    }
}

/// Changes with the names of who made them and the labels of what they changed.
pub fn entries(tx: &mut Tx<'_>, changes: Vec<Change>) -> Result<Vec<Entry>, AppError> {
    let ids: Vec<Id> = changes.iter().filter_map(|change| change.actor).collect();
    let people = store::references(tx, &ids)?;
    Ok(changes
        .into_iter()
        .map(|change| {
            let actor = match change.actor {
                Some(id) => {
                    people.get(&id).map_or_else(|| "somebody".to_owned(), |person| person.title.clone())
                }
                None => "obcms".to_owned(),
            };
            let fields = fields(&change);
            Entry { change, actor, fields }
        })
        .collect())
}

fn fields(change: &Change) -> Vec<FieldChange> {
    let Some(kind) = kinds::by_name(&change.kind) else {
        return Vec::new();
    };
    change
        .fields
        .iter()
        .filter_map(|(name, pair)| {
            let field = kind.field(name).filter(|field| is_shown(field))?;
            Some(FieldChange {
                field: field.name,
                label: field.label,
                old: pair.get(0).cloned().unwrap_or_default(),
                new: pair.get(1).cloned().unwrap_or_default(),
            })
        })
        .collect()
}

/// Takes back a set of changes, the last one first. What followed from them follows anew.
fn undo(work: &mut Work<'_, '_>, kind: &'static Kind, id: Id, set: Option<Id>) -> Result<Record, AppError> {
    crate::records::require_write(work.actor)?;
    let record = work.load(kind, id)?;
    let set = match set {
        Some(set) => set,
        None => last_set(work, &record)?,
    };
    let mut changes = changes::of_set(work.tx, set)?;
    if !changes.iter().any(|change| change.record_id == id) {
        return Err(AppError::NotFound("change"));
    }
    changes.retain(|change| !change.is_derived);
    if changes.is_empty() {
        return Err(AppError::conflict("There is nothing to undo: this followed from another change."));
    }
    changes.reverse();
    // Everything is looked at before anything is written.
    let mut latest: HashMap<Id, &Change> = HashMap::new();
    for change in &changes {
        latest.entry(change.record_id).or_insert(change);
    }
    for change in &changes {
        let kind = kinds::by_name(&change.kind).ok_or(AppError::NotFound("record"))?;
        let current = work.load(kind, change.record_id)?;
        work.actor.require(work.tx, undo_action(change), &current)?;
        if !latest.get(&change.record_id).is_some_and(|latest| is_as_left(latest, &current)) {
            return Err(AppError::conflict(format!(
                "{} was changed again since; undo that first.",
                current.title()
            )));
        }
    }
    for change in changes {
        let kind = kinds::by_name(&change.kind).ok_or(AppError::NotFound("record"))?;
        let Some(before) = work.find(kind, change.record_id)? else {
            continue;
        };
        let mut record = whole(&before);
        take_back(&change, &mut record, work.now)?;
        if is_series(&record) {
            state::keep_whole(&mut record);
        }
        behaviour::before_undo(work, &before, &record)?;
        work.save(&before, &mut record, "undo")?;
    }
    work.find(kind, id)?.ok_or(AppError::NotFound(kind.label))
}

/// Whether the record is as the change left it: not changed since, or changed and taken back.
fn is_as_left(change: &Change, record: &Record) -> bool {
    if change.version == record.version {
        return true;
    }
    let left_archived = match change.action.as_str() {
        "archive" => true,
        "create" | "restore" => false,
        // What an undo did to the archive is not told by its fields.
        "undo" if change.fields.is_empty() => return false,
        _ => record.is_archived(),
    };
    let creates = change.action == "create";
    let record = &whole(record);
    left_archived == record.is_archived()
        && record.kind.fields.iter().enumerate().filter(|(_, field)| is_logged(field)).all(
            |(position, field)| match change.fields.get(field.name) {
                Some(pair) => pair.get(1) == Some(&output::plain(field, &record.values[position])),
                None => !creates || record.values[position].is_empty(),
            },
        )
}

fn undo_action(change: &Change) -> Action {
    match change.action.as_str() {
        "create" => Action::Archive,
        "archive" => Action::Restore,
        "update"
            if change.kind == "task" && change.fields.keys().all(|field| MOVED.contains(&field.as_str())) =>
        {
            Action::Transition
        }
        // Whoever may take one date of a task on may take that back.
        "occurrence" | "update" if change.kind == "task" && moves_dates_only(&change.fields) => {
            Action::Transition
        }
        "approve" | "reject" => Action::DecideBooking,
        "move" | "cancel" | "transition" | "advance" | "skip" | "return" => Action::Transition,
        _ => Action::Edit,
    }
}

/// Fields that a task's transition touches.
const MOVED: [&str; 6] =
    ["status", "progress", "started_at", "completed_at", "progress_before_completion", "start_date"];

/// Whether nothing but the state of single dates changed, with what goes along with it.
fn moves_dates_only(fields: &Map<String, Json>) -> bool {
    let names = |side: &Json| -> Vec<String> {
        side.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
    };
    fields.iter().all(|(name, pair)| {
        let (old, new) = (&pair[0], &pair[1]);
        let mut dates = names(old).into_iter().chain(names(new));
        name == "overrides"
            && dates.all(|date| {
                // What is not there is null, and differs from what is.
                let (before, after) = (&old[&date], &new[&date]);
                let mut fields = names(before).into_iter().chain(names(after));
                fields.all(|field| before[&field] == after[&field] || MOVED.contains(&field.as_str()))
            })
    })
}

fn last_set(work: &mut Work<'_, '_>, record: &Record) -> Result<Id, AppError> {
    let recent = changes::of_record(work.tx, record.id, None, 50)?;
    recent
        .iter()
        .find(|change| !change.is_derived)
        .map(|change| change.change_set)
        .ok_or_else(|| AppError::conflict("There is nothing to undo."))
}

fn take_back(change: &Change, record: &mut Record, now: Timestamp) -> Result<(), AppError> {
    // Who archived or restored by undoing is told from the state itself.
    match change.action.as_str() {
        "create" => {
            record.archived_at = Some(now);
            return Ok(());
        }
        "archive" => record.archived_at = None,
        "restore" => record.archived_at = Some(now),
        "undo" if change.fields.is_empty() => {
            record.archived_at = if record.is_archived() { None } else { Some(now) };
        }
        _ => {}
    }
    for (name, pair) in &change.fields {
        let Some(position) = record.kind.position(name) else {
            continue;
        };
        let old = pair.get(0).cloned().unwrap_or_default();
        record.values[position] = from_log(&record.kind.fields[position], &old)?;
    }
    Ok(())
}
