//! Rules of tasks: every status and progress passes the one transition function; dependencies have no cycle.

use jiff::Timestamp;
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::{Series, is_series, state};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Word};
use obcms_domain::kinds::task;
use obcms_domain::message;
use obcms_domain::records::input;
use obcms_domain::registry::{Record, Value};
use obcms_domain::tasks::states::{self, Change, Circumstances, TaskState, TransitionError};
use obcms_domain::tasks::{TaskStatus, dependencies, is_open, rank};
use obcms_recur::Moment;
use obcms_store::Tx;
use obcms_store::records::changes::Change as LoggedChange;
use obcms_store::tasks as store;
use serde_json::{Map, Value as Json, json};

use super::progress::{ppa_of, roll_up};
use super::{completion, occurrences, repeating};
use crate::calendar::series::{
    self as dates, keep_start, materialize_occurrence, override_occurrence, too_much,
};
use crate::core::rules::{Choices, Input};
use crate::core::{AppError, UnitOfWork};
use crate::records::references;

/// Applies the rules of tasks to a record that people changed.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    input: &Input,
) -> Result<(), AppError> {
    require_assign(work, before, record)?;
    if before.is_none() {
        let last = store::last_rank(work.tx)?;
        task::RANK.set(record, rank::between(last.as_deref(), None));
    }
    if input.contains_key(task::LABELS.name()) {
        lower_labels(record);
    }
    if depends_on_changed(before, record) {
        check_cycle(work, record)?;
        let open = open_prerequisites(work, record)?;
        task::BLOCKED.set(record, open > 0);
    }
    let dates = [task::DUE_DATE.name(), task::START_DATE.name(), task::RRULE.name(), task::RDATES.name()];
    let dates_by_hand = before.is_some() && dates.iter().any(|name| input.contains_key(*name));
    if dates_by_hand && !task::TEMPLATE_ITEM.is_empty(record) {
        task::TOUCHED.set(record, true);
    }
    move_by_input(work, before, record, input)?;
    // A changed task is completed at its write.
    if before.is_none() {
        completion::note(work, record);
    }
    Ok(())
}

/// Writes labels in lower case, so that one label has one form in filters on either engine.
fn lower_labels(record: &mut Record) {
    let mut labels: Vec<String> = Vec::new();
    for label in task::LABELS.get(record) {
        let label = label.trim().trim_start_matches('#').to_lowercase();
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    task::LABELS.set(record, Some(labels).filter(|labels| !labels.is_empty()));
}

/// Requires the right to assign for giving a task to others, unless the actor created the task.
fn require_assign(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), AppError> {
    // For a series the people of the whole are compared, not those of the shown occurrence.
    let before = before.map(state::editable);
    let (before, record) = (before.as_ref(), &state::editable(record));
    let differs = |name: &str| before.is_none_or(|before| before.get(name) != record.get(name));
    let given: Vec<Id> = task::ASSIGNEES.get(record).to_vec();
    let known: &[Id] = before.map_or(&[], |before| task::ASSIGNEES.get(before));
    let only_self = given.iter().all(|person| Some(*person) == work.actor.id || known.contains(person))
        && known.iter().all(|person| Some(*person) == work.actor.id || given.contains(person));
    let assigns = (differs(task::ASSIGNEES.name()) && !only_self)
        || (differs(task::TEAMS.name())
            && before.is_some_and(|before| task::TEAMS.get(before) != task::TEAMS.get(record)));
    let own = record.created_by.is_some() && record.created_by == work.actor.id;
    if !assigns || own || work.actor.may(Action::Assign, record.kind.area) {
        return Ok(());
    }
    let refused = [task::ASSIGNEES.name(), task::TEAMS.name()].into_iter().filter(|name| differs(name));
    Err(AppError::forbidden_fields(Action::Assign, record.kind.area, "assign this task to others", refused))
}

fn depends_on_changed(before: Option<&Record>, record: &Record) -> bool {
    let known: &[Id] = before.map_or(&[], |before| task::DEPENDS_ON.get(before));
    known != task::DEPENDS_ON.get(record)
}

fn check_cycle(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let waits_for = task::DEPENDS_ON.get(record).to_vec();
    let mut edges = store::dependency_edges(work.tx, &waits_for)?;
    edges.retain(|(source, _)| *source != record.id);
    edges.extend(waits_for.iter().map(|target| (record.id, *target)));
    let Some(cycle) = dependencies::cycle(edges) else {
        return Ok(());
    };
    let known = references::visible(work.tx, work.actor, &cycle)?;
    let names: Vec<&str> = cycle
        .iter()
        .map(|id| match known.get(id) {
            Some(reference) => reference.title.as_str(),
            None if *id == record.id => record.title(),
            None => "another task",
        })
        .collect();
    Err(AppError::field(
        task::DEPENDS_ON.name(),
        "cycle",
        message!(
            "These tasks would depend on each other: {names}.",
            names = Word::texts(Joining::Arrow, names)
        ),
    ))
}

/// Counts the open prerequisites of the record, as they are given now.
fn open_prerequisites(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<usize, AppError> {
    let waits_for = task::DEPENDS_ON.get(record);
    if waits_for.is_empty() {
        return Ok(0);
    }
    let found = obcms_store::records::references(work.tx, waits_for)?;
    Ok(found
        .values()
        .filter(|task| !task.is_archived && task.state != "completed" && task.state != "cancelled")
        .count())
}

/// Applies status and progress of an input by the transition function, which decides on them.
fn move_by_input(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    input: &Input,
) -> Result<(), AppError> {
    let asked = asked(record, input);
    // The transition starts from the values before the input.
    match before {
        Some(before) => {
            task::STATUS.copy(before, record);
            task::PROGRESS.copy(before, record);
        }
        None => {
            task::STATUS.set(record, TaskStatus::NotStarted.as_str());
            task::PROGRESS.set(record, 0_i64);
        }
    }
    if before.is_some_and(|before| !is_series(before)) {
        move_state_to_first(work, record)?;
    }
    let reason = work.note.clone();
    for change in asked {
        apply_shown(work, record, change, &reason)?;
    }
    Ok(())
}

/// Returns the changes of status and progress that an input requests, from the record parsed with it.
fn asked(record: &Record, input: &Input) -> Vec<Change> {
    let status = TaskStatus::parse(task::STATUS.get(record)).ok();
    let progress = task::PROGRESS.get(record).and_then(|progress| u8::try_from(progress).ok());
    let progress = progress.filter(|_| input.contains_key("progress")).map(Change::Progress);
    let status = status.filter(|_| input.contains_key("status")).map(Change::Status);
    progress.into_iter().chain(status).collect()
}

/// Moves the state of a task that repeats from now on to its first occurrence.
fn move_state_to_first(work: &mut UnitOfWork<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    let Some(series) = Series::of(record) else {
        return Ok(());
    };
    let done = record.clone();
    let mut fresh = done.clone();
    state::load_series_state(&mut fresh);
    if series.overrides.is_empty()
        && state::STATE_FIELDS.iter().any(|name| fresh.get(name) != done.get(name))
        && let Some(first) = series.first().map_err(too_much)?
        && let Some(mut single) = series.materialize(&fresh, first).map_err(too_much)?
    {
        for name in state::STATE_FIELDS {
            single.set(name, done.get(name).clone());
        }
        *record = fresh;
        override_occurrence(work, record, &series, first, &single)?;
    }
    occurrences::show(record, work.today)
}

/// Applies a change to a task, or to the shown occurrence of a series, and returns its recurrence id. A series that
/// was closed as a whole changes as a whole.
pub fn apply_shown(
    work: &mut UnitOfWork<'_, '_>,
    record: &mut Record,
    change: Change,
    force_reason: &str,
) -> Result<Option<Moment>, AppError> {
    let Some(series) = Series::of(record) else {
        apply(work, record, change, force_reason)?;
        return Ok(None);
    };
    let Some(date) = occurrences::shown(record, work.today)? else {
        apply_to_whole(work, record, change, force_reason)?;
        return Ok(None);
    };
    let before = materialize_occurrence(&series, record, date)?;
    let mut single = before.clone();
    apply(work, &mut single, change, force_reason)?;
    if single.values == before.values {
        return Ok(Some(date));
    }
    keep_start(&before, &mut single, &Input::new());
    override_occurrence(work, record, &series, date, &single)?;
    occurrences::show(record, work.today)?;
    Ok(Some(date))
}

/// Applies a change to a series as a whole, with all its open occurrences; to any other task directly.
pub fn apply_to_whole(
    work: &mut UnitOfWork<'_, '_>,
    record: &mut Record,
    change: Change,
    force_reason: &str,
) -> Result<(), AppError> {
    if Series::of(record).is_none() {
        return apply(work, record, change, force_reason);
    }
    let mut whole = state::series_record(record);
    let start = task::START_DATE.get(&whole);
    apply(work, &mut whole, change, force_reason)?;
    task::START_DATE.set(&mut whole, start);
    state::store_series_state(&mut whole);
    state::forget_open_states(&mut whole);
    *record = whole;
    occurrences::show(record, work.today)
}

/// Applies status and progress of an input to all occurrences.
pub fn change_whole(
    work: &mut UnitOfWork<'_, '_>,
    record: &mut Record,
    input: &Input,
) -> Result<(), AppError> {
    if input.is_empty() {
        return Ok(());
    }
    let mut read = record.clone();
    input::parse(&mut read, input, false, &work.context())?;
    let reason = work.note.clone();
    for change in asked(&read, input) {
        apply_to_whole(work, record, change, &reason)?;
    }
    Ok(())
}

/// Applies a change to a task by the transition function.
pub fn apply(
    work: &mut UnitOfWork<'_, '_>,
    record: &mut Record,
    change: Change,
    force_reason: &str,
) -> Result<(), AppError> {
    let current = state(record);
    let circumstances = Circumstances {
        now: work.now,
        open_prerequisites: open_prerequisites(work, record)?,
        force_reason: Some(force_reason),
    };
    let transition = match states::transition(&current, change, &circumstances) {
        Ok(transition) => transition,
        Err(error @ TransitionError::Blocked { .. }) => return Err(blocked(work, record, &error)?),
        Err(other) => return Err(AppError::field(task::STATUS.name(), "transition", other.message())),
    };
    let next = transition.state;
    task::STATUS.set(record, next.status.as_str());
    task::PROGRESS.set(record, i64::from(next.progress));
    task::STARTED_AT.set(record, next.started_at);
    task::COMPLETED_AT.set(record, next.completed_at);
    task::PROGRESS_BEFORE_COMPLETION.set(record, next.progress_before_completion.map(i64::from));
    if transition.starts && task::START_DATE.get(record).is_none() {
        // Start must not be after the due date: late work starts on its due date.
        let start = task::DUE_DATE.get(record).map_or(work.today, |due| due.min(work.today));
        task::START_DATE.set(record, start);
    }
    Ok(())
}

/// Returns the refusal of a blocked task, with the names of its prerequisites that the actor may see.
fn blocked(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    error: &TransitionError,
) -> Result<AppError, AppError> {
    let all = obcms_store::tasks::board::open_prerequisites(work.tx, task::DEPENDS_ON.get(record))?;
    let ids: Vec<Id> = all.iter().map(|(id, _)| *id).collect();
    let seen = references::visible(work.tx, work.actor, &ids)?;
    let open: Vec<&(Id, String)> = all.iter().filter(|(id, _)| seen.contains_key(id)).collect();
    let mut names: Vec<Word> = open.iter().take(3).map(|(_, title)| Word::text(title)).collect();
    if names.is_empty() {
        names.push(Word::label("other tasks"));
    }
    let has_more = !open.is_empty() && all.len() > names.len();
    let (task, reason) = (Word::text(record.title()), error.message());
    let names = Word::list(Joining::Semicolon, names);
    let detail = if has_more {
        message!("{task}: {reason} It depends on {names} and others.", task, reason, names)
    } else {
        message!("{task}: {reason} It depends on {names}.", task, reason, names)
    };
    let tasks: Vec<_> = open.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect();
    Ok(AppError::Conflict {
        detail,
        more: vec![("open_prerequisites", json!(tasks)), ("needs", json!("force_reason"))],
    })
}

/// Returns the state of a task for the transition function.
#[must_use]
pub fn state(record: &Record) -> TaskState {
    let part = |name: &str| record.integer(name).and_then(|number| u8::try_from(number).ok());
    TaskState {
        status: TaskStatus::parse(task::STATUS.get(record)).unwrap_or(TaskStatus::NotStarted),
        progress: part("progress").unwrap_or(0),
        started_at: task::STARTED_AT.get(record),
        completed_at: task::COMPLETED_AT.get(record),
        progress_before_completion: part("progress_before_completion"),
    }
}

/// Updates the progress of the PPA after a task was created.
pub fn created(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    roll_up(work, &[ppa_of(record)])
}

/// Updates the progress of the PPA, and blocks or unblocks dependents, after a task was changed.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let counts = |task: &Record| {
        (
            ppa_of(task),
            task::STATUS.get(task).to_owned(),
            task::PROGRESS.get(task),
            task::WEIGHT.get(task),
            task.is_archived(),
        )
    };
    repeating::follow(work, before, record)?;
    if counts(before) != counts(record) {
        roll_up(work, &[ppa_of(before), ppa_of(record)])?;
    }
    let holds_up = |task: &Record| !task.is_archived() && is_open(task);
    if holds_up(before) != holds_up(record) {
        let waiting = store::dependents(work.tx, &[record.id])?;
        refresh_blocked(work, &waiting)?;
    }
    Ok(())
}

/// State of a task on a day. For a series its next open occurrence counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// At risk.
    pub at_risk: bool,
    /// Due before today and open.
    pub overdue: bool,
    /// Due date; nothing for a series without open occurrences.
    pub due: Option<jiff::civil::Date>,
    /// True if it is open.
    pub is_open: bool,
    /// Recurrence id of the next open occurrence.
    pub next_occurrence: Option<String>,
}

impl Facts {
    /// Calculates the facts of a task.
    #[must_use]
    pub fn of(record: &Record, today: jiff::civil::Date) -> Self {
        let open = occurrences::open_date(record, today).ok().flatten();
        let single = open.as_ref().map_or(record, |open| &open.record);
        // A series without open occurrences is neither late nor at risk.
        let is_over = open.is_none() && is_series(record);
        let due = if is_over {
            None
        } else {
            task::DUE_DATE.get(single).or_else(|| open.as_ref().map(dates::occurrences::Date::last_day))
        };
        let state = state(single);
        let at_risk = states::at_risk(
            task::MARKED_AT_RISK.get(record),
            state.status,
            state.progress,
            due,
            today,
            task::BLOCKED.get(record),
        );
        Self {
            at_risk,
            overdue: states::overdue(due, state.status, today),
            due,
            is_open: state.status.is_open(),
            next_occurrence: open.map(|open| open.recurrence_id),
        }
    }
}

/// Members of the representation of a task that depend on today.
#[must_use]
pub fn derived(record: &Record, today: jiff::civil::Date) -> Vec<(&'static str, serde_json::Value)> {
    let facts = Facts::of(record, today);
    vec![
        ("at_risk", json!(facts.at_risk)),
        ("overdue", json!(facts.overdue)),
        ("next_due", json!(facts.due.filter(|_| facts.is_open))),
        ("next_occurrence", json!(facts.next_occurrence)),
    ]
}

/// Updates whether tasks are blocked.
pub fn refresh_blocked(work: &mut UnitOfWork<'_, '_>, tasks: &[Id]) -> Result<(), AppError> {
    if tasks.is_empty() {
        return Ok(());
    }
    // Two prerequisites may be completed at once: the second writer must see the first.
    work.tx.lock(obcms_domain::kinds::TASK.table, tasks)?;
    let open = store::open_prerequisites(work.tx, tasks)?;
    for before in obcms_store::records::load_many(work.tx, &obcms_domain::kinds::TASK, tasks)? {
        let blocked = open.get(&before.id).copied().unwrap_or(0) > 0;
        if task::BLOCKED.value(&before) != &Value::Boolean(blocked) {
            let mut record = before.clone();
            task::BLOCKED.set(&mut record, blocked);
            work.save_computed(&before, &record)?;
        }
    }
    Ok(())
}

/// Returns the policy action of an undo: an actor who may take on a task, or one occurrence of it, may undo that.
pub fn undo_action(change: &LoggedChange) -> Option<Action> {
    match change.action.as_str() {
        "update" if change.fields.keys().all(|field| MOVED.contains(&field.as_str())) => {
            Some(Action::Transition)
        }
        "occurrence" | "update" if moves_dates_only(&change.fields) => Some(Action::Transition),
        _ => None,
    }
}

/// Fields that a task's transition writes.
const MOVED: [&str; 6] = [
    task::STATUS.name(),
    task::PROGRESS.name(),
    task::STARTED_AT.name(),
    task::COMPLETED_AT.name(),
    task::PROGRESS_BEFORE_COMPLETION.name(),
    task::START_DATE.name(),
];

/// Returns true if only the state of single occurrences changed, with the fields that follow it.
fn moves_dates_only(fields: &Map<String, Json>) -> bool {
    let names = |side: &Json| -> Vec<String> {
        side.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
    };
    fields.iter().all(|(name, pair)| {
        let (old, new) = (&pair[0], &pair[1]);
        let mut dates = names(old).into_iter().chain(names(new));
        name == "overrides"
            && dates.all(|date| {
                // A missing value counts as null, and differs from a present one.
                let (before, after) = (&old[&date], &new[&date]);
                let mut fields = names(before).into_iter().chain(names(after));
                fields.all(|field| before[&field] == after[&field] || MOVED.contains(&field.as_str()))
            })
    })
}

/// Returns the policy action of an update with these members: taking on a task needs less than editing it.
pub fn action_for_input(input: &Input) -> Action {
    let moves = |name: &String| name == "status" || name == "progress";
    if !input.is_empty() && input.keys().all(moves) { Action::Transition } else { Action::Edit }
}

/// Returns the check of the status of a task: a blocked task cannot be started.
pub fn choices(_: &mut Tx<'_>, task: &Record, now: Timestamp) -> Result<Choices, AppError> {
    let open_prerequisites = usize::from(task::BLOCKED.get(task));
    Ok(Box::new(move |before, record, _| {
        let status = TaskStatus::parse(task::STATUS.get(record)).ok()?;
        let circumstances = Circumstances { now, open_prerequisites, force_reason: None };
        let refused = states::transition(&state(before?), Change::Status(status), &circumstances);
        refused.err().map(|error| ("status", error.message()))
    }))
}
