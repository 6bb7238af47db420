//! Cancellation of open tasks and bookings together with their origin, and its reversal when the origin is reopened.
//!
//! The change log identifies them: they were changed in the same change set as their origin, by an action of its own.
//! An actor who may cancel the origin may also cancel its tasks and bookings.

use obcms_domain::bookings::reserves;
use obcms_domain::calendar::series::is_series;
use obcms_domain::calendar::series::state::{series_record, series_state, store_series_state};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Word};
use obcms_domain::kinds::{BOOKING, PPA, TASK, booking};
use obcms_domain::message;
use obcms_domain::records::closing::{closing_statuses, is_closed};
use obcms_domain::registry::Record;
use obcms_domain::tasks::TaskStatus;
use obcms_domain::tasks::states::Change as Step;
use obcms_store::programme::projects;
use obcms_store::records::changes::{self, Change};
use obcms_store::{Tx, bookings, records as store, tasks as of_tasks};
use serde_json::Value as Json;

use crate::bookings::conflicts;
use crate::core::{Actor, App, AppError, UnitOfWork, from_log};
use crate::records::closing::{CANCELLED, MEMBER, REOPENED};
use crate::tasks::rules as tasks;

/// Most changes of the origin that are searched for the one that closed it.
const LOOKED_AT: i64 = 500;

/// Open tasks and bookings of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Number of open tasks.
    pub tasks: usize,
    /// Number of pending and approved bookings that are not over.
    pub bookings: usize,
}

impl App {
    /// Counts open tasks and bookings of a record; zero if the record cannot be closed.
    pub fn open_with(&self, actor: &Actor, record: &Record) -> Result<Open, AppError> {
        if closing_statuses(record.kind).is_empty() || is_closed(record) || actor.read_only {
            return Ok(Open::default());
        }
        let now = self.now();
        self.read(|tx| {
            let origins = origins(tx, record)?;
            let tasks = of_tasks::open_of_origins(tx, &origins)?.len();
            Ok(Open { tasks, bookings: open_bookings(tx, &origins, now)?.len() })
        })
    }
}

/// Returns the record, and for a PPA also its projects, because their tasks belong to it too.
fn origins(tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Id>, AppError> {
    let mut origins = vec![record.id];
    if *record.kind == PPA {
        origins.extend(projects::of_ppa(tx, record.id)?);
    }
    Ok(origins)
}

fn open_bookings(tx: &mut Tx<'_>, origins: &[Id], now: jiff::Timestamp) -> Result<Vec<Record>, AppError> {
    let ids = bookings::of_origins(tx, origins)?;
    let mut found = store::load_many(tx, &BOOKING, &ids)?;
    found.retain(|booking| reserves(booking, now));
    Ok(found)
}

/// Cancels open tasks and bookings if requested, or reopens those cancelled with the record, after it was written.
pub(crate) fn follow(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &Record,
    asked: bool,
) -> Result<(), AppError> {
    if asked && !is_closed(record) {
        let message = message!(
            "Open tasks can be cancelled only together with the status {statuses}.",
            statuses = Word::texts(Joining::Or, closing_statuses(record.kind))
        );
        return Err(AppError::field(MEMBER, "status", message));
    }
    if asked {
        let cancelled = cancel_with(work, record)?;
        if cancelled && before.version == record.version {
            // The origin itself did not change, but its history must show the cancellation.
            work.remark(record, CANCELLED)?;
        }
    }
    if is_closed(before) && !is_closed(record) {
        reopen_with(work, record)?;
    }
    Ok(())
}

fn cancel_with(work: &mut UnitOfWork<'_, '_>, origin: &Record) -> Result<bool, AppError> {
    let origins = origins(work.tx, origin)?;
    let mut any = false;
    let ids = of_tasks::open_of_origins(work.tx, &origins)?;
    work.tx.lock(TASK.table, &ids)?;
    for before in store::load_many(work.tx, &TASK, &ids)? {
        let mut task = before.clone();
        tasks::apply_to_whole(work, &mut task, Step::Status(TaskStatus::Cancelled), "")?;
        any |= work.save(&before, &mut task, CANCELLED)?;
    }
    for before in open_bookings(work.tx, &origins, work.now)? {
        let mut booking = before.clone();
        booking::STATUS.set(&mut booking, "cancelled");
        booking::DECIDED_BY.set(&mut booking, work.actor.id);
        booking::DECIDED_AT.set(&mut booking, work.now);
        any |= work.save(&before, &mut booking, CANCELLED)?;
    }
    Ok(any)
}

/// Returns the changes that cancelled tasks and bookings with the record since it was closed.
fn cancelled_with(tx: &mut Tx<'_>, origin: &Record) -> Result<Vec<Change>, AppError> {
    let closed = closing_statuses(origin.kind);
    let closes =
        |status: Option<&Json>| status.and_then(Json::as_str).is_some_and(|text| closed.contains(&text));
    let mut sets: Vec<Id> = Vec::new();
    for change in changes::of_record(tx, origin.id, None, LOOKED_AT)? {
        if !sets.contains(&change.change_set) {
            sets.push(change.change_set);
        }
        if let Some(pair) = change.fields.get("status")
            && closes(pair.get(1))
            && !closes(pair.get(0))
        {
            break;
        }
    }
    Ok(changes::of_sets(tx, &sets, CANCELLED)?)
}

fn reopen_with(work: &mut UnitOfWork<'_, '_>, origin: &Record) -> Result<(), AppError> {
    let cancelled = cancelled_with(work.tx, origin)?;
    let ids: Vec<Id> = cancelled.iter().map(|change| change.record_id).collect();
    let first = cancelled.iter().map(|change| change.number).min().unwrap_or(0);
    let since = changes::by_people_since(work.tx, &ids, first)?;
    for change in &cancelled {
        let kind = if change.kind == TASK.name { &TASK } else { &BOOKING };
        let Some(before) = work.find(kind, change.record_id)? else { continue };
        // A person who gave it another status since has decided about it.
        let decided = since.iter().any(|later| {
            later.record_id == before.id
                && later.number > change.number
                && later.fields.contains_key("status")
        });
        if decided || before.is_archived() || series_state(&before) != "cancelled" {
            continue;
        }
        let mut record = series_record(&before);
        for (name, pair) in &change.fields {
            if let Some(position) = kind.position(name) {
                let old = pair.get(0).cloned().unwrap_or_default();
                record.values[position] = from_log(&kind.fields[position], &old)?;
            }
        }
        if is_series(&record) {
            store_series_state(&mut record);
        }
        // As after a restore of the origin: a booking made meanwhile keeps the time.
        if *kind == BOOKING && conflicts::is_taken(work, &record)? {
            continue;
        }
        work.save(&before, &mut record, REOPENED)?;
    }
    Ok(())
}
