//! Undo of change sets: one's own, recent, and as a whole or not at all.
//!
//! A change set holds all changes of one command. Undo writes the old values again, last change first; its effects run
//! anew, and the tasks that it generated are archived. Refused are changes of other people, changes older than a day,
//! and records that were changed since. A record that others were linked to since is not archived either. The policy
//! is asked about every record and field in the set, so that an undo is no way around rights. Without a given set the
//! last change that is still in effect is undone, so repeated undo goes further back.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::is_series;
use obcms_domain::calendar::series::state::{self, series_record};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{self, TASK, task};
use obcms_domain::message;
use obcms_domain::records::input::Context;
use obcms_domain::registry::{Kind, Record, output};
use obcms_store::records::changes::{self, Change};
use obcms_store::{Tx, records as store};
use serde_json::json;

mod obstacles;

use crate::core::rules::{KindRules, Rules};
use crate::core::unit_of_work::{ARCHIVED, ATTACHMENT, is_logged};
use crate::core::{Actor, App, AppError, UnitOfWork, from_log};
use crate::records::closing::CANCELLED;
use crate::records::reservation::{MOVED, RELEASED};

pub(crate) use obstacles::Obstacles;

/// Time for which pages offer an undo.
const OFFERED: SignedDuration = SignedDuration::from_hours(1);
/// Time after which an undo is refused. It is long enough for servers whose clocks differ by hours.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Age up to which a page reports a change as just done.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(1);
/// Most changes of a record that are searched for the last one still in effect.
const LOOKED_AT: i64 = 200;

/// Returns the address that undoes a change set of a record.
#[must_use]
pub fn undo_address(kind: &Kind, id: Id, set: Id) -> String {
    format!("/api/v1/{}/{id}/undo?change_set={set}", kind.collection)
}

/// Returns the page to show after an undo: that of the record; if it was archived, that of the series that it
/// continued, or the list.
#[must_use]
pub fn landing(record: &Record) -> String {
    let kind = record.kind;
    if !record.is_archived() {
        return kind.url(record.id);
    }
    record.continues().map_or_else(|| format!("/{}", kind.collection), |series| kind.url(series))
}

impl App {
    /// Undoes the last change of a record that is still in effect, or the given change set if it contains the record.
    pub fn undo(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        set: Option<Id>,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| {
            let record = work.load(kind, id)?;
            crate::records::require_version(&record, expected)?;
            undo(work, &record, set)
        })
    }

    /// Returns the change set that the page of a record offers to undo: the last change, if the actor made it a short
    /// time ago and may undo all of it. Creation is not offered, because its undo is archiving.
    pub fn undo_offer(&self, actor: &Actor, kind: &'static Kind, id: Id) -> Result<Option<Id>, AppError> {
        if actor.read_only {
            return Ok(None);
        }
        let now = self.now();
        let (rules, context) = (self.rules(), self.context_of(actor));
        let plan = self.read(|tx| {
            let record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            plan(tx, actor, (rules, now, &context), &record, None, &HashSet::new())
        });
        match plan {
            Ok(plan) if !plan.obstacles.is_empty() => Ok(None),
            Ok(plan) => {
                let makes =
                    plan.changes.iter().any(|change| change.action == "create" && change.record_id == id);
                let is_recent = plan.changes.iter().all(|change| age(change, now) <= OFFERED);
                Ok((is_recent && !makes).then_some(plan.set))
            }
            Err(
                AppError::Forbidden { .. }
                | AppError::ForbiddenFields { .. }
                | AppError::Conflict { .. }
                | AppError::NotFound(_),
            ) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Returns the address that undoes what the actor just did to a record, for the message about it.
    pub fn undo_of_last(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
    ) -> Result<Option<String>, AppError> {
        if !kind.is_changeable() {
            return Ok(None);
        }
        let now = self.now();
        self.read(|tx| {
            let recent = changes::of_record(tx, id, None, LOOKED_AT)?;
            let last = recent.iter().find(|change| !change.is_derived);
            let own = last.filter(|last| {
                last.actor == actor.id && last.undoes.is_none() && age(last, now).abs() <= JUST_NOW
            });
            Ok(own.map(|last| undo_address(kind, id, last.change_set)))
        })
    }
}

/// Rules of the kinds, time and context for checking an undo.
pub(crate) type Basis<'a> = (&'static Rules, Timestamp, &'a Context<'a>);

/// Checked undo of a change set: it may run unless it has obstacles.
struct Plan {
    /// Id of the change set.
    set: Id,
    /// Changes of the set, the last one first.
    changes: Vec<Change>,
    /// Tasks that the set generated and that are not archived.
    generated: Vec<Id>,
    /// Records that were changed, or linked to the set's records, since.
    obstacles: Obstacles,
}

/// Returns the age of a change by the clock of this server; negative if another clock was ahead.
fn age(change: &Change, now: Timestamp) -> SignedDuration {
    now.duration_since(change.at)
}

/// Returns the change sets that were undone, from changes ordered newest first. An undo that was undone itself does
/// not count.
fn undone_sets(newest_first: &[Change]) -> HashSet<Id> {
    let mut undone = HashSet::new();
    for change in newest_first {
        if let Some(set) = change.undoes.filter(|_| !undone.contains(&change.change_set)) {
            undone.insert(set);
        }
    }
    undone
}

/// Returns the changes of people that are still in effect, newest first.
fn holding(newest_first: &[Change]) -> impl Iterator<Item = &Change> {
    let undone = undone_sets(newest_first);
    newest_first.iter().filter(move |change| {
        !change.is_derived
            && change.action != "undo"
            && change.undoes.is_none()
            && !undone.contains(&change.change_set)
    })
}

/// Returns the set of the last change still in effect. When all changes of a record but its creation are undone, the
/// next undo does not archive it.
fn last_set(recent: &[Change]) -> Result<Id, AppError> {
    let nothing = || AppError::conflict("Nothing left to undo.");
    let change = holding(recent).next().ok_or_else(nothing)?;
    let is_last = recent.iter().find(|last| !last.is_derived).is_some_and(|last| last.id == change.id);
    if change.action == "create" && !is_last {
        return Err(nothing());
    }
    Ok(change.change_set)
}

/// Checks an undo before anything is written. Links from records of `together` are no obstacle, because these are
/// undone too.
fn plan(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (rules, now, context): Basis<'_>,
    record: &Record,
    set: Option<Id>,
    together: &HashSet<Id>,
) -> Result<Plan, AppError> {
    crate::records::require_write(actor)?;
    let recent = changes::of_record(tx, record.id, None, LOOKED_AT)?;
    let set = set.map_or_else(|| last_set(&recent), Ok)?;
    let mut changes = changes::of_set(tx, set)?;
    if !changes.iter().any(|change| change.record_id == record.id) {
        return Err(AppError::NotFound("change"));
    }
    if undone_sets(&recent).contains(&set) {
        return Err(AppError::conflict("This was already undone."));
    }
    let in_set: HashSet<Id> = changes.iter().map(|change| change.record_id).collect();
    let generated: Vec<Change> = changes
        .iter()
        .filter(|change| change.is_derived && change.action == "create" && change.kind == TASK.name)
        .cloned()
        .collect();
    let closed: Vec<Change> =
        changes.iter().filter(|change| change.is_derived && is_remark_of_origin(change)).cloned().collect();
    changes.retain(|change| !change.is_derived);
    if changes.is_empty() {
        return Err(AppError::conflict("Nothing to undo: this change was made by another change."));
    }
    changes.reverse();
    require_own(tx, actor, now, &changes)?;

    // The last change of each record in the set, in the order in which they are undone.
    let mut latest: Vec<&Change> = Vec::new();
    let mut seen: HashSet<Id> = HashSet::new();
    latest.extend(changes.iter().filter(|change| seen.insert(change.record_id)));
    let ids: Vec<Id> = latest.iter().map(|change| change.record_id).collect();
    let current = load(tx, changes.iter().map(|change| (change.kind.as_str(), change.record_id)))?;
    let made = load(tx, generated.iter().map(|change| (change.kind.as_str(), change.record_id)))?;
    let mut all = ids;
    all.extend(made.values().filter(|task| !task.is_archived()).map(|task| task.id));
    let first = changes.iter().chain(&generated).map(|change| change.number).min().unwrap_or(0);
    let since = changes::by_people_since(tx, &all, first)?;

    for change in &changes {
        let current = current.get(&change.record_id).ok_or(AppError::NotFound("record"))?;
        require_right(tx, actor, (rules.of(current.kind), context), change, current)?;
    }
    for origin in load(tx, closed.iter().map(|change| (change.kind.as_str(), change.record_id)))?.values() {
        // Its open tasks were cancelled although it was closed before; that is a right on the origin.
        actor.require(tx, Action::Edit, origin)?;
        actor.require_field(tx, origin, origin.kind.state)?;
    }
    let mut obstacles = Obstacles::default();
    for change in latest {
        let Some(current) = current.get(&change.record_id) else { continue };
        if let Some(last) = blocking_change(&later_than(&since, change))
            && !matches_change(change, current)
        {
            obstacles.add_changed(current, last.actor);
        }
    }
    let mut live = Vec::new();
    for change in &generated {
        let Some(task) = made.get(&change.record_id).filter(|task| !task.is_archived()) else { continue };
        match blocking_change(&later_than(&since, change)) {
            Some(last) => obstacles.add_changed(task, last.actor),
            None => live.push(task.id),
        }
    }

    let mut archived: HashMap<Id, &Record> = HashMap::new();
    let mut restored: HashSet<Id> = HashSet::new();
    for change in &changes {
        if let Some(current) = current.get(&change.record_id).filter(|record| !record.is_archived())
            && undo_archives(change)
        {
            archived.insert(current.id, current);
            if change.action != "create" {
                restored.insert(current.id);
            }
        }
    }
    archived.extend(made.values().filter(|task| !task.is_archived()).map(|task| (task.id, task)));
    obstacles.add_links(tx, &archived, &restored, first, |source| {
        in_set.contains(&source) || together.contains(&source)
    })?;
    Ok(Plan { set, changes, generated: live, obstacles })
}

fn later_than(since: &[Change], change: &Change) -> Vec<Change> {
    let is_later = |later: &&Change| {
        let is_another = later.change_set != change.change_set && later.number > change.number;
        is_another && later.record_id == change.record_id
    };
    since.iter().filter(is_later).cloned().collect()
}

/// Returns the last later change that blocks an undo. A change that was undone since, and its undo, do not block.
fn blocking_change(newest_first: &[Change]) -> Option<&Change> {
    let undone = undone_sets(newest_first);
    let sets: HashSet<Id> = newest_first.iter().map(|change| change.change_set).collect();
    newest_first.iter().find(|change| {
        !undone.contains(&change.change_set) && !change.undoes.is_some_and(|undoes| sets.contains(&undoes))
    })
}

fn name_of(tx: &mut Tx<'_>, actor: Option<Id>) -> Result<Word, AppError> {
    let Some(id) = actor else {
        return Ok(Word::label("obcms"));
    };
    let found = store::references(tx, &[id])?;
    Ok(found.get(&id).map_or(Word::label("somebody"), |person| Word::text(&person.title)))
}

/// Refuses changes of other people and old changes.
fn require_own(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, changes: &[Change]) -> Result<(), AppError> {
    if let Some(other) = changes.iter().find(|change| change.actor != actor.id) {
        let by = name_of(tx, other.actor)?;
        let detail = message!("This change was made by {by}. You can undo only your own changes.", by);
        return Err(AppError::never_allowed(detail));
    }
    if changes.iter().any(|change| age(change, now) > LONGEST) {
        return Err(AppError::conflict(
            "This change was made more than 24 hours ago and cannot be undone. Change the record instead.",
        ));
    }
    Ok(())
}

/// Loads the records of changes with one query for each kind.
fn load<'a>(
    tx: &mut Tx<'_>,
    of: impl Iterator<Item = (&'a str, Id)>,
) -> Result<HashMap<Id, Record>, AppError> {
    let mut result = HashMap::new();
    for (kind, ids) in by_kind(of)? {
        for record in store::load_many(tx, kind, &ids)? {
            result.insert(record.id, record);
        }
    }
    Ok(result)
}

fn by_kind<'a>(of: impl Iterator<Item = (&'a str, Id)>) -> Result<Vec<(&'static Kind, Vec<Id>)>, AppError> {
    let mut result: Vec<(&'static Kind, Vec<Id>)> = Vec::new();
    for (name, id) in of {
        let kind = kinds::by_name(name).ok_or(AppError::NotFound("record"))?;
        match result.iter_mut().find(|(known, _)| known.name == kind.name) {
            Some((_, ids)) if ids.contains(&id) => {}
            Some((_, ids)) => ids.push(id),
            None => result.push((kind, vec![id])),
        }
    }
    result.sort_by_key(|(kind, _)| kind.name);
    Ok(result)
}

/// Undoes a change set, the last change first. Effects run anew.
pub(crate) fn undo(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    set: Option<Id>,
) -> Result<Record, AppError> {
    let (kind, id) = (record.kind, record.id);
    let (rules, now, context) = (work.app.rules(), work.now, work.context());
    let mut plan = plan(work.tx, work.actor, (rules, now, &context), record, set, &HashSet::new())?;
    // Everything is locked, and checked again while nobody else can write it.
    let touched = plan.changes.iter().map(|change| (change.kind.as_str(), change.record_id));
    let generated = plan.generated.iter().map(|task| (TASK.name, *task));
    let held = by_kind(touched.chain(generated))?;
    if held.iter().map(|(_, ids)| ids.len()).sum::<usize>() > 1 {
        for (kind, ids) in held {
            work.tx.lock(kind.table, &ids)?;
        }
        plan =
            self::plan(work.tx, work.actor, (rules, now, &context), record, Some(plan.set), &HashSet::new())?;
    }
    plan.obstacles.require_none(work.tx, work.actor)?;
    work.undoes = Some(plan.set);
    for change in &plan.changes {
        let kind = kinds::by_name(&change.kind).ok_or(AppError::NotFound("record"))?;
        let Some(before) = work.find(kind, change.record_id)? else {
            continue;
        };
        let mut record = series_record(&before);
        revert_change(change, &mut record, work.now)?;
        if is_series(&record) {
            state::store_series_state(&mut record);
        }
        if change.fields.contains_key(ATTACHMENT) {
            (work.app.effects().undo_attachment)(work, &before, change)?;
            continue;
        }
        if let Some(before_undo) = work.rules_of(kind).before_undo {
            before_undo(work, &before, &record)?;
        }
        crate::records::require_free(work, &before, &record)?;
        work.save(&before, &mut record, "undo")?;
        if let Some(undone) = work.rules_of(kind).undone {
            undone(work, &before, &record, plan.set)?;
        }
    }
    for task in store::load_many(work.tx, &TASK, &plan.generated)? {
        // Most were archived together with their origin.
        if task.is_archived() {
            continue;
        }
        let mut detached = task.clone();
        detached.archived_at = Some(work.now);
        // It releases its template item, so that the same step generates its tasks again.
        task::TEMPLATE_ITEM.clear(&mut detached);
        work.save(&task, &mut detached, "undo")?;
    }
    work.find(kind, id)?.ok_or(AppError::NotFound(kind.label))
}

/// Returns the obstacles of undoing a change set that contains the record, without undoing it.
pub(crate) fn obstacles(
    tx: &mut Tx<'_>,
    actor: &Actor,
    basis: Basis<'_>,
    record: &Record,
    set: Id,
    together: &HashSet<Id>,
) -> Result<Obstacles, AppError> {
    Ok(plan(tx, actor, basis, record, Some(set), together)?.obstacles)
}

/// Returns true if the change set of the record was undone already.
pub(crate) fn is_undone(tx: &mut Tx<'_>, record: Id, set: Id) -> Result<bool, AppError> {
    Ok(undone_sets(&changes::of_record(tx, record, None, LOOKED_AT)?).contains(&set))
}

/// Returns true if the record has the values that the change left: unchanged since, or changed and changed back.
fn matches_change(change: &Change, record: &Record) -> bool {
    if change.version == record.version {
        return true;
    }
    let left_archived = match (change.action.as_str(), change.fields.get(ARCHIVED)) {
        (_, Some(pair)) => pair.get(1) == Some(&json!(true)),
        ("archive", None) => true,
        ("create" | "restore", None) => false,
        _ => record.is_archived(),
    };
    let creates = change.action == "create";
    let record = &series_record(record);
    left_archived == record.is_archived()
        && record.kind.fields.iter().enumerate().filter(|(_, field)| is_logged(field)).all(
            |(position, field)| match change.fields.get(field.name) {
                Some(pair) => pair.get(1) == Some(&output::plain(field, &record.values[position])),
                None => !creates || record.values[position].is_empty(),
            },
        )
}

/// Returns true if undoing the change archives its record.
fn undo_archives(change: &Change) -> bool {
    match (change.action.as_str(), change.fields.get(ARCHIVED)) {
        (_, Some(pair)) => pair.get(0) == Some(&json!(true)),
        (action, None) => matches!(action, "create" | "restore"),
    }
}

/// Returns the policy action of an undo; nothing for changes that accompany another change of their set.
fn undo_action(rules: &KindRules, change: &Change) -> Option<Action> {
    if let Some(action) = rules.undo_action.and_then(|undo_action| undo_action(change)) {
        return Some(action);
    }
    if change.fields.contains_key(ATTACHMENT) {
        // Whoever may attach or remove the file may take it back; the effect asks.
        return None;
    }
    Some(match change.action.as_str() {
        "follow" | "cancel_with" | "reopen_with" => return None,
        "create" | "restore" => Action::Archive,
        "archive" => Action::Restore,
        "undo" if change.fields.get(ARCHIVED).is_some_and(|pair| pair.get(1) == Some(&json!(true))) => {
            Action::Restore
        }
        "approve" | "reject" => Action::DecideBooking,
        "move" | "cancel" | "transition" | "advance" | "skip" | "return" | "hold" | "resume" | "complete"
        | "block" | "unblock" => Action::Transition,
        _ => Action::Edit,
    })
}

/// Refuses an undo if the actor may not make the change itself now, with all its fields, or its opposite.
fn require_right(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (rules, context): (&KindRules, &Context<'_>),
    change: &Change,
    current: &Record,
) -> Result<(), AppError> {
    if [MOVED, RELEASED].contains(&change.action.as_str()) {
        // Who may move the event back may move its bookings back with it.
        return Ok(());
    }
    let Some(opposite) = undo_action(rules, change) else { return Ok(()) };
    actor.require(tx, opposite, current)?;
    let mut after = series_record(current);
    let mut before = after.clone();
    let follows =
        |name: &str| name == task::START_DATE.name() && change.fields.contains_key(task::STATUS.name());
    for (name, pair) in change.fields.iter().filter(|(name, _)| !follows(name)) {
        let Some(position) = current.kind.position(name) else { continue };
        let field = &current.kind.fields[position];
        before.values[position] = from_log(field, &pair.get(0).cloned().unwrap_or_default())?;
        after.values[position] = from_log(field, &pair.get(1).cloned().unwrap_or_default())?;
    }
    match change.action.as_str() {
        "archive" => actor.require(tx, Action::Archive, current),
        "restore" => actor.require(tx, Action::Restore, current),
        // The second part of a split series is not a new record.
        "create" if current.continues().is_some() => Ok(()),
        "create" => actor.require_new(tx, &after, context),
        // Who may adopt a scenario may take it back, with the budgets that it wrote.
        "adopt" => Ok(()),
        _ => actor.require_fields(tx, &after, &before),
    }
}

/// Returns true if the entry is a remark on an origin that its open tasks were cancelled after it.
fn is_remark_of_origin(change: &Change) -> bool {
    change.action == CANCELLED && ![TASK.name, kinds::BOOKING.name].contains(&change.kind.as_str())
}

fn revert_change(change: &Change, record: &mut Record, now: Timestamp) -> Result<(), AppError> {
    match (change.action.as_str(), change.fields.get(ARCHIVED)) {
        (_, Some(pair)) => record.archived_at = (pair.get(0) == Some(&json!(true))).then_some(now),
        ("create", None) => {
            record.archived_at = Some(now);
            return Ok(());
        }
        ("archive", None) => record.archived_at = None,
        ("restore", None) => record.archived_at = Some(now),
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
