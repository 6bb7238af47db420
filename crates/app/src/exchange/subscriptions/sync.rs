//! Sync of the events of a subscription: creates new ones, updates changed ones, archives
//! removed ones. It is idempotent.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek};

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{EXTERNAL_CALENDAR, EXTERNAL_EVENT, external_event};
use obcms_domain::registry::Record;
use obcms_icalendar::read::File;
use obcms_store::exchange::subscriptions as store;
use obcms_store::records;
use serde::Serialize;

use super::to_records::{Conversion, Draft, Remark};
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

/// Reads the events of a file and saves them, some at a time. With `keep`, other events of the subscription stay.
pub fn sync(
    app: &App,
    actor: &Actor,
    calendar: Id,
    file: File<'_, impl Read + Seek>,
    keep: bool,
) -> Result<Report, AppError> {
    let mut gone = HashSet::new();
    if !keep {
        gone.extend(app.read(|tx| Ok(store::event_ids(tx, calendar, None)?))?);
    }
    let mut saving =
        Saving { app, actor, calendar, gone, waiting: BTreeMap::new(), report: Report::default() };
    let mut conversion = Conversion::new(app.zone());
    let skips = file.each(|events| saving.add(conversion.drafts(&events)))?;
    let mut report = saving.end()?;
    let remarks = conversion.remarks(skips);
    report.skipped_count = remarks.count;
    report.skipped = remarks.listed;
    Ok(report)
}

/// Events of a file on their way to the database.
struct Saving<'a> {
    app: &'a App,
    actor: &'a Actor,
    calendar: Id,
    /// Events that are archived unless the file has them.
    gone: HashSet<Id>,
    /// Drafts of the next transaction, by key.
    waiting: BTreeMap<String, Draft>,
    report: Report,
}

impl Saving<'_> {
    fn add(&mut self, drafts: Vec<Draft>) -> Result<(), AppError> {
        self.waiting.extend(drafts.into_iter().map(|draft| (draft.key.clone(), draft)));
        if self.waiting.len() < AT_ONCE { Ok(()) } else { self.save() }
    }

    /// Saves what waits, in one transaction.
    fn save(&mut self) -> Result<(), AppError> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let keys = waiting.keys().map(String::as_str);
        let known = self.app.read(|tx| Ok(store::known(tx, self.calendar, keys.clone())?))?;
        let mut new = Vec::new();
        let mut changed = Vec::new();
        for draft in waiting.values() {
            match known.get(&draft.key) {
                None => new.push(draft),
                Some(event) => {
                    self.gone.remove(&event.id);
                    if event.archived_at.is_none() && event.hash == draft.hash {
                        self.report.unchanged += 1;
                    } else {
                        changed.push((event.id, draft));
                    }
                }
            }
        }
        if new.is_empty() && changed.is_empty() {
            return Ok(());
        }
        self.report.updated += self.app.write(self.actor, |work| {
            lock_live(work, self.calendar)?;
            work.as_effect(|work| {
                make(work, self.calendar, &new)?;
                change(work, &changed)
            })
        })?;
        self.report.created += new.len();
        Ok(())
    }

    /// Saves the last ones, and archives the events that the file does not have.
    fn end(mut self) -> Result<Report, AppError> {
        self.save()?;
        let gone: Vec<Id> = self.gone.into_iter().collect();
        for ids in gone.chunks(AT_ONCE) {
            self.app.write(self.actor, |work| {
                lock_live(work, self.calendar)?;
                let removed = records::load_many(work.tx, &EXTERNAL_EVENT, ids)?;
                work.as_effect(|work| work.archive_many(&removed))
            })?;
        }
        self.report.removed = gone.len();
        Ok(self.report)
    }
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
