//! Sync of the events of a subscription: creates new ones, updates changed ones, archives
//! removed ones. It is idempotent.

use std::collections::HashSet;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{EXTERNAL_CALENDAR, EXTERNAL_EVENT, external_event};
use obcms_domain::registry::Record;
use obcms_store::exchange::subscriptions as store;
use obcms_store::records;
use serde::Serialize;

use super::to_records::{Draft, Remark};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::require_live;

/// Events in one transaction, so that other writes can run in between.
const AT_ONCE: usize = 400;

/// Result of a sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// New events.
    pub created: usize,
    /// Changed events, restored ones included.
    pub updated: usize,
    /// Unchanged events.
    pub unchanged: usize,
    /// Archived events, which the calendar no longer contains.
    pub removed: usize,
    /// Events that were skipped or imported only in part, limited in number.
    pub skipped: Vec<Remark>,
    /// Total number of such events.
    pub skipped_count: usize,
}

impl Report {
    /// Returns a short summary.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{} new, {} changed, {} unchanged, {} removed",
            self.created, self.updated, self.unchanged, self.removed
        );
        if self.skipped_count > 0 {
            text.push_str(&format!("; {} with warnings", self.skipped_count));
        }
        text
    }
}

/// Saves the events. With `keep`, other events of the subscription stay.
pub fn apply(
    app: &App,
    actor: &Actor,
    calendar: Id,
    drafts: &[Draft],
    keep: bool,
) -> Result<Report, AppError> {
    let known = app.read(|tx| Ok(store::known(tx, calendar)?))?;
    let mut report = Report::default();
    for chunk in drafts.chunks(AT_ONCE) {
        let mut new = Vec::new();
        let mut changed = Vec::new();
        for draft in chunk {
            match known.get(&draft.key) {
                None => new.push(draft),
                Some(event) if event.archived_at.is_none() && event.hash == draft.hash => {
                    report.unchanged += 1;
                }
                Some(event) => changed.push((event.id, draft)),
            }
        }
        if new.is_empty() && changed.is_empty() {
            continue;
        }
        report.updated += app.write(actor, |work| {
            lock_live(work, calendar)?;
            work.as_effect(|work| {
                make(work, calendar, &new)?;
                change(work, &changed)
            })
        })?;
        report.created += new.len();
    }
    if keep {
        return Ok(report);
    }
    let present: HashSet<&str> = drafts.iter().map(|draft| draft.key.as_str()).collect();
    let vanished: Vec<Id> = known
        .iter()
        .filter(|(key, event)| event.archived_at.is_none() && !present.contains(key.as_str()))
        .map(|(_, event)| event.id)
        .collect();
    for ids in vanished.chunks(AT_ONCE) {
        app.write(actor, |work| {
            lock_live(work, calendar)?;
            let removed = records::load_many(work.tx, &EXTERNAL_EVENT, ids)?;
            work.as_effect(|work| work.archive_many(&removed))
        })?;
    }
    report.removed = vanished.len();
    Ok(report)
}

/// Locks the subscription, so that concurrent syncs run one after the other. An archived one is an error.
fn lock_live(work: &mut UnitOfWork<'_, '_>, calendar: Id) -> Result<Record, AppError> {
    let found = work.find(&EXTERNAL_CALENDAR, calendar)?.ok_or(AppError::NotFound("external calendar"))?;
    require_live(&found)?;
    Ok(found)
}

fn make(work: &mut UnitOfWork<'_, '_>, calendar: Id, drafts: &[&Draft]) -> Result<(), AppError> {
    let new: Vec<Record> = drafts
        .iter()
        .map(|draft| {
            let mut record = work.new_record(&EXTERNAL_EVENT);
            external_event::CALENDAR.set(&mut record, calendar);
            draft.fill(&mut record);
            record
        })
        .collect();
    work.insert(&new)
}

/// Updates events and returns the number that changed.
fn change(work: &mut UnitOfWork<'_, '_>, changed: &[(Id, &Draft)]) -> Result<usize, AppError> {
    let ids: Vec<Id> = changed.iter().map(|(id, _)| *id).collect();
    let mut count = 0;
    for before in records::load_many(work.tx, &EXTERNAL_EVENT, &ids)? {
        let Some((_, draft)) = changed.iter().find(|(id, _)| *id == before.id) else {
            continue;
        };
        let mut record = before.clone();
        draft.fill(&mut record);
        record.archived_at = None;
        let action = if before.is_archived() { "restore" } else { "update" };
        if work.save(&before, &mut record, action)? {
            count += 1;
        }
    }
    Ok(count)
}
