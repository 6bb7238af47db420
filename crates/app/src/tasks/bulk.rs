//! Bulk changes of tasks: each is changed or refused by itself, and one undo takes all back.

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::{FieldError, Record};
use obcms_domain::tasks::actions;
use obcms_domain::tasks::dependencies::prerequisites_first;
use serde_json::{Map, Value as Json, json};

use super::occurrences;
use crate::calendar::series::{self, Scope, Target, found_to_change, materialize_occurrence};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::undo::undo_address;
use crate::records::{self, Input, require_live, require_version, require_write};

/// Requested bulk change.
#[derive(Clone, Debug, Default)]
pub struct Bulk {
    /// Tasks to change.
    pub ids: Vec<Id>,
    /// Values that all of them get.
    pub changes: Changes,
    /// Versions that the actor saw.
    pub versions: Map<String, Json>,
    /// Reason to start or complete blocked tasks.
    pub force_reason: String,
}

/// Changes of a bulk change: fields of a task, and steps from the present value of each.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Fields, as in a merge patch.
    pub fields: Input,
    /// Calendar days by which start and due date move.
    pub shift_days: Option<i64>,
    /// Labels to add.
    pub add_labels: Vec<String>,
    /// Labels to remove.
    pub remove_labels: Vec<String>,
    /// People to add.
    pub add_assignees: Vec<Id>,
    /// People to remove.
    pub remove_assignees: Vec<Id>,
    /// Archives or restores.
    pub archived: Option<bool>,
    /// Takes the present dates as baseline, or removes it.
    pub baseline: Option<bool>,
}

/// Result for one task.
#[derive(Debug)]
pub struct Outcome {
    /// The task.
    pub id: Id,
    /// The task after the change with true if it differs, or the refusal.
    pub result: Result<(Record, bool), AppError>,
}

/// Result of a bulk change.
#[derive(Debug)]
pub struct Changed {
    /// Results in the order of the request.
    pub outcomes: Vec<Outcome>,
    /// A changed task, and the change set that takes all changes back; nothing if nothing changed.
    pub changed: Option<(Id, Id)>,
}

impl Changed {
    /// Returns the address that takes all changes back.
    #[must_use]
    pub fn undo(&self) -> Option<String> {
        self.changed.map(|(task, set)| undo_address(&TASK, task, set))
    }
}

/// Days by which dates can be shifted at most.
const MOST_DAYS: i64 = 3650;

impl Bulk {
    /// Parses `{ids, changes, versions, force_reason}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::BULK.parse(input).map_err(AppError::Invalid)?;
        let empty = Map::new();
        let object = |json: Option<&Json>| json.and_then(Json::as_object).unwrap_or(&empty).clone();
        let mut ids: Vec<Id> = Vec::new();
        for id in actions::IDS.get(&input).and_then(Json::as_array).into_iter().flatten() {
            ids.extend(id.as_str().and_then(|id| id.parse().ok()).filter(|id| !ids.contains(id)));
        }
        Ok(Self {
            ids,
            changes: Changes::parse(object(actions::CHANGES.get(&input)))?,
            versions: object(actions::VERSIONS.get(&input)),
            force_reason: actions::FORCE_REASON.get(&input).to_owned(),
        })
    }
}

impl Changes {
    /// Parses the members of the changes; what is not a step is a field.
    pub fn parse(mut given: Map<String, Json>) -> Result<Self, AppError> {
        let mut errors = Vec::new();
        let shift_days = match given.remove("shift_days") {
            None | Some(Json::Null) => None,
            Some(json) => match json.as_i64().filter(|days| days.abs() <= MOST_DAYS) {
                Some(days) => Some(days),
                None => {
                    errors.push(FieldError::new("shift_days", "range", "Must be days from -3650 to 3650."));
                    None
                }
            },
        };
        let mut texts = |name: &'static str| list(given.remove(name), name, &mut errors);
        let (add_labels, remove_labels) = (texts("add_labels"), texts("remove_labels"));
        let (add, remove) = (texts("add_assignees"), texts("remove_assignees"));
        let mut people = |names: Vec<String>, name: &'static str| -> Vec<Id> {
            let ids: Vec<Id> = names.iter().filter_map(|id| id.parse().ok()).collect();
            if ids.len() != names.len() {
                errors.push(FieldError::new(name, "type", "Must be a list of ids."));
            }
            ids
        };
        let (add_assignees, remove_assignees) =
            (people(add, "add_assignees"), people(remove, "remove_assignees"));
        let mut flag = |name: &'static str| match given.remove(name) {
            None | Some(Json::Null) => None,
            Some(Json::Bool(value)) => Some(value),
            Some(_) => {
                errors.push(FieldError::new(name, "type", "Must be true or false."));
                None
            }
        };
        let (archived, baseline) = (flag("archived"), flag("baseline"));
        // Short names, as the filters of a list have them.
        for (short, field) in [("assignee", task::ASSIGNEES.name()), ("team", task::TEAMS.name())] {
            if let Some(json) = given.remove(short) {
                let ids = if json.is_string() { json!([json]) } else { json };
                given.insert(field.to_owned(), ids);
            }
        }
        if let Some(json) = given.remove("ppa") {
            let origin = json.as_str().map_or(Json::Null, |id| json!({ "kind": "ppa", "id": id }));
            given.insert(task::ORIGIN.name().to_owned(), origin);
        }
        let unknown = given.keys().filter(|name| TASK.field(name).is_none());
        errors.extend(unknown.map(|name| FieldError::new(name.clone(), "unknown", "Unknown field.")));
        let changes = Self {
            fields: given,
            shift_days,
            add_labels,
            remove_labels,
            add_assignees,
            remove_assignees,
            archived,
            baseline,
        };
        if errors.is_empty() && changes.is_empty() {
            errors.push(FieldError::new(actions::CHANGES.name(), "required", "Give at least one change."));
        }
        if errors.is_empty() { Ok(changes) } else { Err(AppError::Invalid(errors)) }
    }

    fn is_empty(&self) -> bool {
        let has_fields = !self.fields.is_empty()
            || self.shift_days.is_some()
            || self.archived.is_some()
            || self.baseline.is_some();
        let lists = [self.add_labels.len(), self.remove_labels.len()];
        let people = [self.add_assignees.len(), self.remove_assignees.len()];
        !has_fields && lists.iter().chain(&people).all(|length| *length == 0)
    }

    /// Returns the input of one task: the fields, and the steps from its present values.
    fn input_for(&self, task: &Record) -> Input {
        let mut input = self.fields.clone();
        if let Some(days) = self.shift_days {
            for field in [task::START_DATE, task::DUE_DATE] {
                if let Some(day) = field.get(task) {
                    let moved = day.saturating_add(jiff::Span::new().days(days));
                    input.insert(field.name().to_owned(), json!(moved.to_string()));
                }
            }
        }
        if !self.add_labels.is_empty() || !self.remove_labels.is_empty() {
            let mut labels: Vec<String> = task::LABELS.get(task).into_iter().map(ToOwned::to_owned).collect();
            labels.retain(|label| !self.remove_labels.contains(label));
            labels.extend(
                self.add_labels.iter().filter(|label| !labels.contains(label)).cloned().collect::<Vec<_>>(),
            );
            input.insert(task::LABELS.name().to_owned(), json!(labels));
        }
        if !self.add_assignees.is_empty() || !self.remove_assignees.is_empty() {
            let mut people = task::ASSIGNEES.get(task).to_vec();
            people.retain(|person| !self.remove_assignees.contains(person));
            people.extend(
                self.add_assignees
                    .iter()
                    .filter(|person| !people.contains(person))
                    .copied()
                    .collect::<Vec<_>>(),
            );
            input.insert(task::ASSIGNEES.name().to_owned(), json!(people));
        }
        input
    }
}

fn list(json: Option<Json>, name: &'static str, errors: &mut Vec<FieldError>) -> Vec<String> {
    match json {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::String(text)) => vec![text],
        Some(Json::Array(items)) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).map(ToOwned::to_owned).collect()
        }
        Some(_) => {
            errors.push(FieldError::new(name, "type", "Must be a list of texts."));
            Vec::new()
        }
    }
}

impl App {
    /// Changes several tasks alike. A refused task does not refuse the others. Of a repeating task the shown
    /// occurrence changes.
    pub fn change_tasks(&self, actor: &Actor, bulk: &Bulk) -> Result<Changed, AppError> {
        require_write(actor)?;
        self.write(actor, |work| {
            let known = obcms_store::records::load_many(work.tx, &TASK, &bulk.ids)?;
            let mut outcomes: Vec<Outcome> = Vec::with_capacity(bulk.ids.len());
            let mut changed = None;
            // Prerequisites come before their dependents: completing both is allowed.
            for id in dependents_last(&known, &bulk.ids) {
                let result = work.attempt(|work| change_one(work, id, bulk))?;
                if let Ok((_, true)) = result {
                    changed.get_or_insert(id);
                }
                outcomes.push(Outcome { id, result });
            }
            outcomes.sort_by_key(|outcome| bulk.ids.iter().position(|id| *id == outcome.id));
            Ok(Changed { outcomes, changed: changed.map(|task| (task, work.change_set)) })
        })
    }
}

/// Returns the ids with prerequisites before the tasks that depend on them; unknown ids, refused one by one, come last.
fn dependents_last(known: &[Record], ids: &[Id]) -> Vec<Id> {
    let tasks = known.iter().map(|task| (task.id, task::DEPENDS_ON.get(task))).collect();
    let mut ordered = prerequisites_first(&tasks);
    ordered.extend(ids.iter().filter(|id| !tasks.contains_key(id)));
    ordered
}

fn change_one(work: &mut UnitOfWork<'_, '_>, id: Id, bulk: &Bulk) -> Result<(Record, bool), AppError> {
    let before = work.load(&TASK, id)?;
    let expected = bulk.versions.get(&id.to_string()).and_then(Json::as_i64);
    require_version(&before, expected)?;
    let changes = &bulk.changes;
    if let Some(archived) = changes.archived {
        return archive_one(work, &before, archived);
    }
    if let Some(is_set) = changes.baseline {
        return set_baseline(work, &before, is_set);
    }
    work.note.clone_from(&bulk.force_reason);
    let after = change_shown(work, &before, |single| changes.input_for(single))?;
    let differs = after.version != before.version;
    Ok((after, differs))
}

/// Changes a task, or the shown occurrence of a repeating one, by an input that its present values give.
pub(crate) fn change_shown(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    input: impl FnOnce(&Record) -> Input,
) -> Result<Record, AppError> {
    let Some(date) = occurrences::shown(before, work.today)? else {
        return records::update(work, &TASK, before.id, &input(before), None);
    };
    let date = date.to_string();
    let (series, moment) = found_to_change(work, before, &date)?;
    let single = materialize_occurrence(&series, before, moment)?;
    let input = input(&single);
    Ok(series::change(work, &this(before.id, &date), &input)?.series)
}

fn archive_one(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    archived: bool,
) -> Result<(Record, bool), AppError> {
    work.actor.require(work.tx, Action::Archive, before)?;
    if before.is_archived() == archived {
        return Ok((before.clone(), false));
    }
    let after = match (archived, occurrences::open_date(before, work.today)?) {
        // Of a repeating task the shown occurrence is cancelled, not the series archived.
        (true, Some(open)) => series::cancel(work, &this(before.id, &open.recurrence_id))?.series,
        (true, None) => records::archive(work, &TASK, before.id, None)?,
        (false, _) => records::restore(work, &TASK, before.id, None)?,
    };
    Ok((after, true))
}

/// Takes the present dates of a task as its baseline, or removes the baseline.
fn set_baseline(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    is_set: bool,
) -> Result<(Record, bool), AppError> {
    work.actor.require(work.tx, Action::Edit, before)?;
    require_live(before)?;
    let mut record = before.clone();
    task::BASELINE_START.set(&mut record, task::START_DATE.get(before).filter(|_| is_set));
    task::BASELINE_DUE.set(&mut record, task::DUE_DATE.get(before).filter(|_| is_set));
    let differs = work.save(before, &mut record, "baseline")?;
    Ok((record, differs))
}

/// Returns the target of a change of one occurrence of a task.
pub(crate) const fn this(id: Id, recurrence_id: &str) -> Target<'_> {
    Target { kind: &TASK, id, recurrence_id, scope: Scope::This, expected: None }
}
