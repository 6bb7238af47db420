//! Unit of work: one transaction of one actor, in which every write is logged.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::mem;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::is_series;
use obcms_domain::calendar::series::state::series_record;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::task;
use obcms_domain::programme::milestones::keep_numbers;
use obcms_domain::records::input;
use obcms_domain::registry::series::{NEXT_DUE, SERIES_STATE};
use obcms_domain::registry::{self, Field, Kind, Record, Source, output};
use obcms_store::database::Message;
use obcms_store::records::changes::{self, Change};
use obcms_store::{Tx, jobs, records};
use serde_json::{Map, Value as Json, json};

use crate::core::error::Passphrase;
use crate::core::job::Enqueue;
use crate::core::security::PendingEvent;
use crate::core::{Actor, App, AppError};

impl App {
    /// Returns the context for reading an input of the actor.
    pub(crate) fn context_of(&self, actor: &Actor) -> input::Context<'_> {
        input::Context {
            actor: actor.id,
            today: self.today(),
            office_timezone: &self.options().office_timezone,
        }
    }
}

/// Hashes of the pass phrases that a command sets.
pub(crate) type Hashes = HashMap<Passphrase, String>;

/// Transaction of a command with its actor, clock and effects.
pub struct UnitOfWork<'a, 'b> {
    /// Program that runs the command.
    pub app: &'a App,
    /// Open transaction.
    pub tx: &'a mut Tx<'b>,
    /// Actor of the command.
    pub actor: &'a Actor,
    /// Time of the command.
    pub now: Timestamp,
    /// Date of the command in the zone of the office.
    pub today: Date,
    /// Change set of the command; undo reverts it as a whole.
    pub change_set: Id,
    /// Reason or remark, stored with the changes.
    pub note: String,
    /// Hashes of pass phrases, calculated before the transaction.
    hashes: &'a Hashes,
    /// Security events, logged when the transaction is committed.
    pub(crate) events: Vec<PendingEvent>,
    /// Depth of effects. Changes in effects are derived: an undo of their cause reverts them.
    depth: u32,
    /// Change set that this command reverts.
    pub(crate) undoes: Option<Id>,
    /// Records that are examined once when the command is done.
    noted: Noted,
    /// Resources that the command requests for its event.
    pub(crate) reservation: Option<Reservation>,
}

/// Resources that a command requests for an event; taken by the effect that books them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reservation {
    /// All resources of the event, or of the occurrence with this recurrence id.
    All {
        /// Resources.
        resources: Vec<Id>,
        /// Recurrence id.
        occurrence: Option<String>,
    },
    /// Another resource in the place of one.
    Replace {
        /// Resource that is booked.
        old: Id,
        /// Resource to book.
        new: Id,
    },
}

/// Records that are examined once when a command is done: kind, and id or nothing for all of the kind.
pub(crate) type Noted = BTreeSet<(&'static str, Option<Id>)>;

impl<'a, 'b> UnitOfWork<'a, 'b> {
    pub(crate) fn new(app: &'a App, tx: &'a mut Tx<'b>, actor: &'a Actor, hashes: &'a Hashes) -> Self {
        Self {
            app,
            tx,
            actor,
            now: app.now(),
            today: app.today(),
            change_set: app.new_id(),
            note: String::new(),
            hashes,
            events: Vec::new(),
            depth: 0,
            undoes: None,
            noted: Noted::new(),
            reservation: None,
        }
    }

    /// Runs another command in the same transaction, as another actor and at the current time of the clock. Used to
    /// load the work of many people over months.
    pub fn step<T>(
        &mut self,
        actor: &Actor,
        command: impl FnOnce(&mut UnitOfWork<'_, '_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut work = UnitOfWork::new(self.app, self.tx, actor, self.hashes);
        let result = command(&mut work);
        self.events.append(&mut work.events);
        self.noted.append(&mut work.noted);
        result
    }

    /// Runs a part of a command that may be refused without the rest: a refused part writes nothing. The outer error is
    /// a failure, which ends the whole command.
    pub(crate) fn attempt<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, AppError>,
    ) -> Result<Result<T, AppError>, AppError> {
        let savepoint = self.tx.savepoint()?;
        let (depth, events, noted) = (self.depth, self.events.len(), self.noted.clone());
        let note = mem::take(&mut self.note);
        let result = part(self);
        self.note = note;
        match result {
            Ok(value) => {
                self.tx.release(savepoint)?;
                Ok(Ok(value))
            }
            Err(error) if error.is_refusal() => {
                self.tx.rollback_to(savepoint)?;
                (self.depth, self.noted) = (depth, noted);
                self.events.truncate(events);
                Ok(Err(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Notes a record, or all of a kind, to be examined when the command is done.
    pub(crate) fn note_for_end(&mut self, kind: &'static str, id: Option<Id>) {
        self.noted.insert((kind, id));
    }

    /// Runs the last effects of the command.
    pub(crate) fn finish(&mut self) -> Result<(), AppError> {
        let noted = mem::take(&mut self.noted);
        if noted.is_empty() {
            return Ok(());
        }
        // Steps of many days may share a transaction.
        (self.now, self.today) = (self.app.now(), self.app.today());
        (self.app.effects().finished)(self, &noted)
    }

    /// Runs writes as a change set of their own, which an undo of this command does not revert.
    pub(crate) fn apart<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let new = self.app.new_id();
        let own = (mem::replace(&mut self.change_set, new), mem::take(&mut self.note), self.undoes.take());
        let result = self.as_effect(write);
        (self.change_set, self.note, self.undoes) = own;
        result
    }

    /// Notes a security event about an account; it is logged when the transaction is committed.
    pub(crate) fn note_security_event(&mut self, event: &'static str, about: String) {
        let Actor { username, address, .. } = self.actor;
        let (user, address) = (username.clone(), address.clone());
        self.events.push(PendingEvent { event, user, address, about });
    }

    /// Returns the hash of a pass phrase.
    ///
    /// # Errors
    ///
    /// `Unhashed` when it is not calculated yet. [`App::write`] then hashes it outside the transaction and runs the
    /// command again.
    pub(crate) fn hashed(&self, given: &str) -> Result<&'a str, AppError> {
        let given = Passphrase(given.to_owned());
        match self.hashes.get(&given) {
            Some(hash) => Ok(hash),
            None => Err(AppError::Unhashed(given)),
        }
    }

    /// Returns the context for reading an input.
    #[must_use]
    pub fn context(&self) -> input::Context<'a> {
        input::Context { today: self.today, ..self.app.context_of(self.actor) }
    }

    /// Loads a record that the actor may see, and locks it until the end of the transaction.
    pub fn load(&mut self, kind: &'static Kind, id: Id) -> Result<Record, AppError> {
        self.tx.lock(kind.table, &[id])?;
        let record = records::load(self.tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
        self.actor.require(self.tx, Action::View, &record)?;
        Ok(record)
    }

    /// Loads a record whatever the actor may see, and locks it until the end of the transaction; for effects.
    pub fn find(&mut self, kind: &'static Kind, id: Id) -> Result<Option<Record>, AppError> {
        self.tx.lock(kind.table, &[id])?;
        Ok(records::load(self.tx, kind, id)?)
    }

    /// Notes which occurrence of a series a change is about, for its history.
    pub fn note_date(&mut self, date: impl std::fmt::Display) {
        if self.note.is_empty() {
            self.note = format!("Date {date}");
        }
    }

    /// Returns a new, empty record of the kind.
    #[must_use]
    pub fn new_record(&self, kind: &'static Kind) -> Record {
        Record::new(kind, self.app.new_id(), self.now, self.actor.id)
    }

    fn show_occurrence(&self, record: &mut Record) -> Result<(), AppError> {
        match self.rules_of(record.kind).show_occurrence {
            Some(show_occurrence) => show_occurrence(record, self.today),
            None => Ok(()),
        }
    }

    /// Inserts records that passed all checks, logs them, and runs their effects.
    pub fn insert(&mut self, new: &[Record]) -> Result<(), AppError> {
        let mut new = Cow::Borrowed(new);
        if new.iter().any(is_series) {
            for record in new.to_mut() {
                self.show_occurrence(record)?;
            }
        }
        records::insert(self.tx, &new)?;
        let entries: Vec<Change> = new.iter().map(|record| self.change(None, record, "create")).collect();
        changes::record(self.tx, &entries)?;
        self.depth += 1;
        for record in new.iter() {
            (self.app.effects().created)(self, record)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Inserts tasks of one origin; their effects run once for all.
    pub fn insert_together(&mut self, tasks: &[Record]) -> Result<(), AppError> {
        let Some(first) = tasks.first() else {
            return Ok(());
        };
        records::insert(self.tx, tasks)?;
        let entries: Vec<Change> = tasks.iter().map(|record| self.change(None, record, "create")).collect();
        changes::record(self.tx, &entries)?;
        self.depth += 1;
        (self.app.effects().created)(self, first)?;
        self.depth -= 1;
        Ok(())
    }

    /// Writes a changed record that passed all checks, logs it, and runs its effects. Returns true if anything
    /// differed.
    pub fn save(&mut self, before: &Record, record: &mut Record, action: &str) -> Result<bool, AppError> {
        keep_numbers(before, record);
        self.show_occurrence(record)?;
        if before.values == record.values && before.archived_at == record.archived_at {
            return Ok(false);
        }
        if let Some(before_update) = self.rules_of(record.kind).before_update {
            before_update(self, before, record)?;
        }
        record.version = before.version + 1;
        record.updated_at = self.now;
        records::update(self.tx, before, record)?;
        let entry = self.change(Some(before), record, action);
        changes::record(self.tx, &[entry])?;
        self.depth += 1;
        (self.app.effects().changed)(self, before, record)?;
        self.depth -= 1;
        Ok(true)
    }

    /// Writes computed fields. The version is not raised, because they do not make anybody's edit stale.
    pub fn save_computed(&mut self, before: &Record, record: &Record) -> Result<bool, AppError> {
        if before.values == record.values {
            return Ok(false);
        }
        records::update(self.tx, before, record)?;
        let mut entry = self.change(Some(before), record, "computed");
        entry.is_derived = true;
        changes::record(self.tx, &[entry])?;
        Ok(true)
    }

    /// Writes computed fields. Those named in `quiet` change all the time, such as the time of the last use: when
    /// nothing else differs, open pages are notified but the log has no entry.
    pub fn note_computed(
        &mut self,
        before: &Record,
        record: &Record,
        quiet: &[&str],
    ) -> Result<(), AppError> {
        let is_news = record.kind.fields.iter().enumerate().any(|(position, field)| {
            !quiet.contains(&field.name) && before.values[position] != record.values[position]
        });
        if is_news {
            self.save_computed(before, record)?;
        } else if before.values != record.values {
            records::update(self.tx, before, record)?;
            self.tx.publish(Message {
                kind: record.kind.name.to_owned(),
                id: Some(record.id),
                version: record.version,
                action: "computed".to_owned(),
                change: None,
            });
        }
        Ok(())
    }

    /// Archives many records of one kind with few statements. Their kind must have no effects of its own.
    pub fn archive_many(&mut self, live: &[Record]) -> Result<(), AppError> {
        self.put_many(live, Some(self.now), "archive")
    }

    /// Restores many archived records of one kind, in the same way.
    pub fn restore_many(&mut self, archived: &[Record]) -> Result<(), AppError> {
        self.put_many(archived, None, "restore")
    }

    fn put_many(
        &mut self,
        before: &[Record],
        archived_at: Option<Timestamp>,
        action: &str,
    ) -> Result<(), AppError> {
        let mut changed = before.to_vec();
        for record in &mut changed {
            record.version += 1;
            record.updated_at = self.now;
            record.archived_at = archived_at;
        }
        records::archive(self.tx, &changed)?;
        let entries: Vec<Change> = before
            .iter()
            .zip(&changed)
            .map(|(before, record)| self.change(Some(before), record, action))
            .collect();
        Ok(changes::record(self.tx, &entries)?)
    }

    /// Runs a command as an effect. Undoing its cause reverts its writes; they cannot be undone by themselves.
    pub fn as_effect<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    /// Runs writes of an effect as changes of the command itself, which an undo reverts one by one.
    pub(crate) fn as_own<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let depth = mem::take(&mut self.depth);
        let result = write(self);
        self.depth = depth;
        result
    }

    /// Writes fields whose values are not logged, such as a password, and logs the action. The entry has no values to
    /// revert, so an undo skips it.
    pub fn save_secret(&mut self, before: &Record, record: &Record, action: &str) -> Result<(), AppError> {
        records::update(self.tx, before, record)?;
        self.remark(record, action)
    }

    /// Logs an action beside a record in its history, such as a token that was created for a user.
    pub fn remark(&mut self, record: &Record, action: &str) -> Result<(), AppError> {
        let mut entry = self.change(Some(record), record, action);
        entry.is_derived = true;
        changes::record(self.tx, &[entry])?;
        Ok(())
    }

    /// Logs a change of something beside the fields of a record, such as its files. The version is not raised, because
    /// it does not make anybody's edit stale.
    pub(crate) fn log_beside(
        &mut self,
        record: &Record,
        action: &str,
        fields: Map<String, Json>,
    ) -> Result<(), AppError> {
        let mut entry = self.change(Some(record), record, action);
        entry.fields = fields;
        Ok(changes::record(self.tx, &[entry])?)
    }

    /// Enqueues a job that runs after this command is committed, and only then; does nothing if there is one with its
    /// key already. Returns true if it is new.
    pub fn enqueue(&mut self, job: &Enqueue) -> Result<bool, AppError> {
        let new = job.row(self.app.new_id(), self.now);
        Ok(jobs::insert(self.tx, &new, self.now)?)
    }

    /// Enqueues a job, or moves the one with its key to the new time.
    pub fn enqueue_again(&mut self, job: &Enqueue) -> Result<(), AppError> {
        let new = job.row(self.app.new_id(), self.now);
        Ok(jobs::put(self.tx, &new, self.now)?)
    }

    fn change(&self, before: Option<&Record>, record: &Record, action: &str) -> Change {
        let mut fields = differences(before, record);
        let was_archived = before.is_some_and(Record::is_archived);
        if action == "undo" && was_archived != record.is_archived() {
            fields.insert(ARCHIVED.to_owned(), json!([was_archived, record.is_archived()]));
        }
        Change {
            id: self.app.new_id(),
            number: 0,
            at: self.now,
            actor: self.actor.id,
            kind: record.kind.name.to_owned(),
            record_id: record.id,
            version: record.version,
            action: action.to_owned(),
            is_derived: self.depth > 0,
            change_set: self.change_set,
            fields,
            note: self.note.clone(),
            undoes: self.undoes,
        }
    }
}

/// Member of a change's fields for archiving by an undo; other actions show it by their name.
pub(crate) const ARCHIVED: &str = "archived_at";

/// Member of a change's fields for a file that was attached to the record or removed from it: nothing, or an object
/// with its id and name.
pub const ATTACHMENT: &str = "attachment";

/// Fields that are not logged: secrets, which must not be found in the log nor be restored by an undo; fields that the
/// store calculates at every write; and the columns for the state of a series, which is logged as a whole.
const UNLOGGED: [&str; 7] = [
    "password_hash",
    "secret",
    "secret_hash",
    "made_with",
    NEXT_DUE.name(),
    SERIES_STATE.name(),
    task::UNASSIGNED.name(),
];

/// Returns true if the values of the field are logged; secrets of people are not.
#[must_use]
pub fn is_logged(field: &Field) -> bool {
    field.source != Source::WriteOnly && !UNLOGGED.contains(&field.name)
}

/// Returns old and new values by field; those of a series are of the series as a whole.
fn differences(before: Option<&Record>, record: &Record) -> Map<String, Json> {
    if is_series(record) || before.is_some_and(is_series) {
        return plain_differences(before.map(series_record).as_ref(), &series_record(record));
    }
    plain_differences(before, record)
}

fn plain_differences(before: Option<&Record>, record: &Record) -> Map<String, Json> {
    let mut fields = Map::new();
    for (position, field) in record.kind.fields.iter().enumerate() {
        if !is_logged(field) {
            continue;
        }
        let new = &record.values[position];
        match before {
            // At creation every old value is empty, so an empty new value is no change.
            None if new.is_empty() => {}
            None => {
                fields.insert(field.name.to_owned(), json!([Json::Null, output::plain(field, new)]));
            }
            Some(before) if before.values[position] == *new => {}
            Some(before) => {
                let old = output::plain(field, &before.values[position]);
                fields.insert(field.name.to_owned(), json!([old, output::plain(field, new)]));
            }
        }
    }
    fields
}

/// Parses a value from the log: the inverse of [`output::plain`].
pub fn from_log(field: &Field, json: &Json) -> Result<registry::Value, AppError> {
    registry::stored_value(field, json)
        .map_err(|message| AppError::Internal(format!("{} in the log: {}", field.name, message.english())))
}

/// Returns true if the history shows changes of the field.
#[must_use]
pub fn is_shown(field: &Field) -> bool {
    field.is_readable()
}
