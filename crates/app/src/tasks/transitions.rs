//! Transitions of tasks: to another state, another column, or another position in the order.

use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::Series;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::records::input;
use obcms_domain::registry::Record;
use obcms_domain::tasks::actions;
use obcms_domain::tasks::states::Change;
use obcms_domain::tasks::{TaskStatus, rank};
use obcms_recur::Moment;
use obcms_store::tasks::board::{self as store, Group};
use serde_json::{Value as Json, json};

use super::board::{UNASSIGNED, parse_group};
use super::{occurrences, rules as tasks};
use crate::calendar::series::{
    self, Scope, Target, found_to_change, materialize_occurrence, override_occurrence, too_much,
};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::undo::undo_address;
use crate::records::{Input, check, reload, require_live, require_version, require_write};

/// A task after a step, with what takes the step back.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Task after the step.
    pub task: Record,
    /// Change set to undo; nothing if nothing changed.
    pub change_set: Option<Id>,
    /// Recurrence id of the changed occurrence, if it was one.
    pub date: Option<String>,
}

impl Moved {
    /// Returns the address that undoes the step.
    #[must_use]
    pub fn undo(&self) -> Option<String> {
        self.change_set.map(|set| undo_address(&TASK, self.task.id, set))
    }
}

/// Requested transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Target state.
    pub status: TaskStatus,
    /// Remark, stored with the change.
    pub note: String,
    /// Reason to continue with a blocked task.
    pub force_reason: String,
    /// Occurrence of a repeating task; the shown one by default.
    pub recurrence_id: Option<String>,
    /// `Scope::All` for the series as a whole.
    pub scope: Scope,
}

impl Step {
    /// Parses `{status, note, force_reason, recurrence_id, scope}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::TRANSITION.parse(input).map_err(AppError::Invalid)?;
        let status = TaskStatus::parse(actions::STATUS.get(&input))
            .map_err(|error| AppError::Invalid(vec![actions::STATUS.error("choice", error.message())]))?;
        let recurrence_id = actions::RECURRENCE_ID.get(&input);
        Ok(Self {
            status,
            note: actions::TRANSITION_NOTE.get(&input).to_owned(),
            force_reason: actions::FORCE_REASON.get(&input).to_owned(),
            recurrence_id: Some(recurrence_id.to_owned()).filter(|date| !date.is_empty()),
            scope: Scope::parse(actions::SCOPE.get(&input)).unwrap_or_default(),
        })
    }

    /// Returns remark and reason as one note.
    fn remark(&self) -> String {
        match (self.note.is_empty(), self.force_reason.is_empty()) {
            (_, true) => self.note.clone(),
            (true, false) => self.force_reason.clone(),
            (false, false) => format!("{}\n{}", self.note, self.force_reason),
        }
    }
}

/// Position of a card within its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Directly before this task.
    Before(Id),
    /// Directly after this task.
    After(Id),
    /// After all others.
    End,
}

/// Requested move of a card on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Grouping of the columns.
    pub group: Group,
    /// Key of the target column.
    pub column: String,
    /// Key of the source column: if the task has several assignees, that one is replaced.
    pub from: Option<String>,
    /// Position in the target column.
    pub anchor: Anchor,
    /// Reason to continue with a blocked task.
    pub force_reason: String,
}

impl Move {
    /// Parses `{column, group, from, before|after, force_reason}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::MOVE.parse(input).map_err(AppError::Invalid)?;
        let anchor = match (actions::BEFORE.get(&input), actions::AFTER.get(&input)) {
            (Some(_), Some(_)) => {
                let error = actions::AFTER.error("exclusive", "Send before or after, not both.");
                return Err(AppError::Invalid(vec![error]));
            }
            (Some(task), None) => Anchor::Before(task),
            (None, Some(task)) => Anchor::After(task),
            (None, None) => Anchor::End,
        };
        Ok(Self {
            group: parse_group(actions::GROUP.get(&input)).unwrap_or(Group::Status),
            column: actions::COLUMN.get(&input).to_owned(),
            from: Some(actions::FROM.get(&input).to_owned()).filter(|from| !from.is_empty()),
            anchor,
            force_reason: actions::FORCE_REASON.get(&input).to_owned(),
        })
    }
}

impl App {
    /// Changes the state of a task, or of one occurrence of it; `expected` is the version that the actor saw.
    pub fn transition(
        &self,
        actor: &Actor,
        id: Id,
        step: &Step,
        expected: Option<i64>,
    ) -> Result<Moved, AppError> {
        self.write(actor, |work| {
            if let (Some(date), Scope::This) = (&step.recurrence_id, step.scope) {
                return step_on_date(work, id, date, step, expected);
            }
            let before = open(work, id, Action::Transition, expected)?;
            if let Some(date) = &step.recurrence_id {
                found_to_change(work, &before, date).map_err(unknown_date)?;
            }
            let (saved, date) = step_on(work, &before, step)?;
            let moved = finish(work, &before, saved)?;
            // The answer is the task as it is at the changed occurrence.
            Ok(match date {
                Some(date) => on_date(moved, date)?,
                None => moved,
            })
        })
    }

    /// Moves a card of the board.
    pub fn move_card(
        &self,
        actor: &Actor,
        id: Id,
        asked: &Move,
        expected: Option<i64>,
    ) -> Result<Moved, AppError> {
        self.write(actor, |work| {
            let before = open(work, id, Action::Transition, expected)?;
            let mut record = before.clone();
            change_column(work, &before, &mut record, asked)?;
            if let Some(rank) = rank_at(work, &before, asked.anchor)? {
                task::RANK.set(&mut record, rank);
            }
            if !asked.force_reason.is_empty() {
                work.note.clone_from(&asked.force_reason);
            }
            let saved = work.save(&before, &mut record, "move")?;
            finish(work, &before, saved)
        })
    }
}

/// Loads the task if the actor may do the action on it now.
fn open(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    action: Action,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let before = work.load(&TASK, id)?;
    require_write(work.actor)?;
    work.actor.require(work.tx, action, &before)?;
    require_version(&before, expected)?;
    require_live(&before)?;
    Ok(before)
}

fn finish(work: &mut UnitOfWork<'_, '_>, before: &Record, saved: bool) -> Result<Moved, AppError> {
    let task = reload(work, before)?;
    Ok(Moved { task, change_set: saved.then_some(work.change_set), date: None })
}

/// Returns the target of a change of one occurrence of a task.
const fn target(id: Id, recurrence_id: &str, expected: Option<i64>) -> Target<'_> {
    Target { kind: &TASK, id, recurrence_id, scope: Scope::This, expected }
}

/// Returns the refusal of an occurrence that the task does not have.
fn unknown_date(error: AppError) -> AppError {
    match error {
        AppError::NotFound(what) if what != TASK.label => {
            AppError::field("recurrence_id", "unknown_date", "This is not an occurrence of the task.")
        }
        other => other,
    }
}

/// Returns the changed task as it is at that occurrence, with the version of the series.
fn on_date(moved: Moved, date: Moment) -> Result<Moved, AppError> {
    let single = match Series::of(&moved.task) {
        Some(series) => series.materialize(&moved.task, date).map_err(too_much)?,
        None => None,
    };
    Ok(Moved { task: single.unwrap_or(moved.task), date: Some(date.to_string()), ..moved })
}

/// Changes the state of one occurrence of a repeating task. Returns the task as it is at that occurrence.
fn step_on_date(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    date: &str,
    step: &Step,
    expected: Option<i64>,
) -> Result<Moved, AppError> {
    let target = target(id, date, expected);
    work.note = step.remark();
    let done = series::change_date(work, &target, Action::Transition, |work, single| {
        tasks::apply(work, single, Change::Status(step.status), &step.force_reason)
    });
    let done = done.map_err(unknown_date)?;
    let mut task = done.single.unwrap_or_else(|| done.series.clone());
    task.version = done.series.version;
    Ok(Moved { task, change_set: done.change_set, date: Some(done.recurrence_id) })
}

/// Changes the state of a task; of a series the shown occurrence or all of it. Returns true if anything changed, and
/// the recurrence id of the shown occurrence if it was that.
fn step_on(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    step: &Step,
) -> Result<(bool, Option<Moment>), AppError> {
    let mut record = before.clone();
    let change = Change::Status(step.status);
    let date = if step.scope == Scope::All {
        tasks::apply_to_whole(work, &mut record, change, &step.force_reason)?;
        None
    } else {
        tasks::apply_shown(work, &mut record, change, &step.force_reason)?
    };
    work.note = step.remark();
    if let Some(date) = date {
        work.note_date(date);
    }
    Ok((work.save(before, &mut record, "transition")?, date))
}

/// Sets the value that the cards of the column have in common, by the rules of that field.
fn change_column(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &mut Record,
    asked: &Move,
) -> Result<(), AppError> {
    let column = asked.column.as_str();
    let unknown = || AppError::field("column", "choice", "Unknown column.");
    let (field, value) = match asked.group {
        Group::Status => {
            let status = TaskStatus::parse(column).map_err(|_| unknown())?;
            let date = tasks::apply_shown(work, record, Change::Status(status), &asked.force_reason)?;
            if let Some(date) = date.filter(|_| record.values != before.values) {
                work.note_date(date);
            }
            return Ok(());
        }
        Group::Priority => (task::PRIORITY.name(), json!(column)),
        Group::Domain => (task::DOMAIN.name(), json!(column)),
        Group::Assignee => (task::ASSIGNEES.name(), Json::Null),
        Group::Phase => (task::PHASE.name(), if column == UNASSIGNED { Json::Null } else { json!(column) }),
        Group::Origin => (task::ORIGIN.name(), origin(work, column)?.ok_or_else(unknown)?),
    };
    // The card of a repeating task shows one occurrence, and that one changes.
    let shown = match (occurrences::shown(before, work.today)?, Series::of(before)) {
        (Some(date), Some(series)) => Some((date, materialize_occurrence(&series, before, date)?, series)),
        _ => None,
    };
    let card = shown.as_ref().map_or(before, |(_, single, _)| single);
    let value = match asked.group {
        Group::Assignee => json!(assignees(card, asked).ok_or_else(unknown)?),
        _ => value,
    };
    let mut input = Input::new();
    input.insert(field.to_owned(), value);
    if let Some((date, before_single, series)) = &shown {
        let mut single = before_single.clone();
        input::parse(&mut single, &input, false, &work.context()).map_err(|_| unknown())?;
        if single.values == before_single.values {
            return Ok(());
        }
        work.actor.require(work.tx, Action::Edit, before)?;
        check(work, Some(before_single), &single)?;
        work.before_save(Some(before_single), &mut single, &input)?;
        work.note_date(date);
        return override_occurrence(work, record, series, *date, &single);
    }
    input::parse(record, &input, false, &work.context()).map_err(|_| unknown())?;
    if record.values == before.values {
        return Ok(());
    }
    work.actor.require_input(work.tx, Action::Edit, before, &input)?;
    work.actor.require_given(work.tx, before, record, &input)?;
    check(work, Some(before), record)?;
    work.before_save(Some(before), record, &input)
}

/// Returns the origin of a column as the value of an input; nothing for an unknown one.
fn origin(work: &mut UnitOfWork<'_, '_>, column: &str) -> Result<Option<Json>, AppError> {
    if column == UNASSIGNED {
        return Ok(Some(Json::Null));
    }
    let Ok(id) = column.parse::<Id>() else { return Ok(None) };
    let known = crate::records::references::visible(work.tx, work.actor, &[id])?;
    Ok(known.get(&id).map(|origin| json!({ "kind": origin.kind, "id": id })))
}

/// Returns the assignees of the task in another column: the person of the source column is replaced, the others stay.
fn assignees(before: &Record, asked: &Move) -> Option<Vec<Id>> {
    let present = task::ASSIGNEES.get(before);
    if asked.column == UNASSIGNED {
        return Some(Vec::new());
    }
    let person: Id = asked.column.parse().ok()?;
    if present.contains(&person) {
        return Some(present.to_vec());
    }
    let leaves: Option<Id> = asked.from.as_ref().and_then(|from| from.parse().ok());
    Some(match leaves.filter(|leaves| present.contains(leaves)) {
        Some(leaves) => present.iter().map(|id| if *id == leaves { person } else { *id }).collect(),
        None => vec![person],
    })
}

/// Returns the rank between the anchor and its neighbor; nothing if the card is there already.
///
/// The order is the same for all columns, so that a rank between two neighbors of the whole order is between those of
/// any column. Equal ranks (from two writers at once) are skipped: the new rank is after, or before, all that share
/// it.
fn rank_at(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    anchor: Anchor,
) -> Result<Option<String>, AppError> {
    let (other, above) = match anchor {
        Anchor::After(task) => (task, true),
        Anchor::Before(task) => (task, false),
        Anchor::End => {
            let last = obcms_store::tasks::last_rank(work.tx)?;
            let is_last = last.as_deref() == Some(task::RANK.get(before));
            return Ok((!is_last).then(|| rank::between(last.as_deref(), None)));
        }
    };
    if other == before.id {
        return Ok(None);
    }
    let field = if above { "after" } else { "before" };
    // Read without a lock: two cards that are moved next to each other do not wait for each other.
    let found = obcms_store::records::load(work.tx, &TASK, other)?;
    let visible = match &found {
        Some(task) => work.actor.may_on(work.tx, Action::View, task)?,
        None => false,
    };
    let Some(task) = found.filter(|_| visible) else {
        return Err(AppError::field(field, "unknown_reference", "This task does not exist."));
    };
    let beside = task::RANK.get(&task);
    let next = store::neighbor(work.tx, beside, above, before.id)?;
    Ok(Some(match above {
        true => rank::between(Some(beside), next.as_deref()),
        false => rank::between(next.as_deref(), Some(beside)),
    }))
}
