//! The unit of work: one transaction of one actor, in which every write is recorded.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::is_series;
use obcms_domain::calendar::series::state::whole;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::UNASSIGNED;
use obcms_domain::programme::milestones::keep_numbers;
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
    /// Context for reading an input of the actor.
    pub(crate) fn context_of(&self, actor: &Actor) -> registry::Context<'_> {
        registry::Context {
            actor: actor.id,
            today: self.today(),
            office_timezone: &self.options().office_timezone,
        }
    }
}

/// Hashes of the pass phrases that a command sets.
pub(crate) type Hashes = HashMap<Passphrase, String>;

/// One open command.
pub struct UnitOfWork<'a, 'b> {
    /// The program.
    pub app: &'a App,
    /// The transaction.
    pub tx: &'a mut Tx<'b>,
    /// Who acts.
    pub actor: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// The office's date.
    pub today: Date,
    /// Everything done in this command is undone together.
    pub change_set: Id,
    /// Reason or remark, kept with the changes.
    pub note: String,
    /// Hashes of pass phrases, made before the transaction.
    hashes: &'a Hashes,
    /// Security events, logged when the transaction is committed.
    pub(crate) events: Vec<PendingEvent>,
    /// Depth of effects. Changes in effects are derived: an undo of their cause takes them back.
    depth: u32,
    /// The set of changes that this command takes back.
    pub(crate) undoes: Option<Id>,
}

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
        }
    }

    /// Another command in the same transaction, by another person at the time that the clock shows then: for
    /// imports, which bring in what many did over months.
    pub fn step<T>(
        &mut self,
        actor: &Actor,
        command: impl FnOnce(&mut UnitOfWork<'_, '_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut work = UnitOfWork::new(self.app, self.tx, actor, self.hashes);
        let result = command(&mut work);
        self.events.append(&mut work.events);
        result
    }

    /// Notes what the actor does to an account; it is logged when the transaction is committed.
    pub(crate) fn acted(&mut self, event: &'static str, about: String) {
        let Actor { username, address, .. } = self.actor;
        let (user, address) = (username.clone(), address.clone());
        self.events.push(PendingEvent { event, user, address, about });
    }

    /// The hash of a pass phrase. When it is not there yet, the error has [`App::write`] hash it outside the transaction
    /// and run the command again.
    pub(crate) fn hashed(&self, given: &str) -> Result<&'a str, AppError> {
        let given = Passphrase(given.to_owned());
        match self.hashes.get(&given) {
            Some(hash) => Ok(hash),
            None => Err(AppError::Unhashed(given)),
        }
    }

    /// Context for reading an input.
    #[must_use]
    pub fn context(&self) -> registry::Context<'a> {
        registry::Context { today: self.today, ..self.app.context_of(self.actor) }
    }

    /// Loads a record that the actor may see, and keeps others from writing it until the end.
    pub fn load(&mut self, kind: &'static Kind, id: Id) -> Result<Record, AppError> {
        self.tx.lock(kind.table, &[id])?;
        let record = records::load(self.tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
        self.actor.require(self.tx, Action::View, &record)?;
        Ok(record)
    }

    /// Loads a record, whoever asks, and keeps others from writing it until the end: for effects.
    pub fn find(&mut self, kind: &'static Kind, id: Id) -> Result<Option<Record>, AppError> {
        self.tx.lock(kind.table, &[id])?;
        Ok(records::load(self.tx, kind, id)?)
    }

    /// Notes which date of a series a change is about, for its history.
    pub fn note_date(&mut self, date: impl std::fmt::Display) {
        if self.note.is_empty() {
            self.note = format!("Date {date}");
        }
    }

    /// A new, empty record of the kind.
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

    /// Inserts records that passed all checks, records it, and has the effects follow.
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

    /// Inserts tasks of one origin; their effects follow once for all.
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

    /// Writes a changed record that passed all checks, records it, and has the effects follow. Answers
    /// whether anything differed.
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

    /// Writes computed fields: the version stays, as nobody's edit is outdated by them.
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

    /// Writes computed fields of which those named in `quiet` change all the time, as when something was looked at last:
    /// when nothing else differs, open pages hear of it and the log does not.
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

    /// Archives many records of one kind with few statements. Their kind has no effects of its own.
    pub fn archive_many(&mut self, live: &[Record]) -> Result<(), AppError> {
        self.put_many(live, Some(self.now), "archive")
    }

    /// Brings many archived records of one kind back, in the same way.
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

    /// What is written within follows from something else: undoing that takes it back, and by itself it is not undone.
    pub fn consequence<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    /// Writes fields that the log does not keep, as a password, and notes what was done. There is nothing in the
    /// entry to take back, so undoing passes over it.
    pub fn save_secret(&mut self, before: &Record, record: &Record, action: &str) -> Result<(), AppError> {
        records::update(self.tx, before, record)?;
        self.remark(record, action)
    }

    /// Notes in the history of a record what was done beside it, as a token that was made for a user.
    pub fn remark(&mut self, record: &Record, action: &str) -> Result<(), AppError> {
        let mut entry = self.change(Some(record), record, action);
        entry.is_derived = true;
        changes::record(self.tx, &[entry])?;
        Ok(())
    }

    /// Keeps a job that is done after this command is kept, and only then; nothing when there is one of its key
    /// already. Answers whether it is new.
    pub fn enqueue(&mut self, job: &Enqueue) -> Result<bool, AppError> {
        let new = job.row(self.app.new_id(), self.now);
        Ok(jobs::insert(self.tx, &new, self.now)?)
    }

    /// Keeps a job, or has the one of its key run at the new time.
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

/// Member of a change's fields that tells what an undo did to the archive; other actions say it by their name.
pub(crate) const ARCHIVED: &str = "archived_at";

/// Fields that the log does not keep: what was secret once must not be found there, nor be brought back by an undo;
/// what the store works out anew at every write; and where the state of a series is, of which the log tells as a whole.
const UNLOGGED: [&str; 7] =
    ["password_hash", "secret", "secret_hash", "made_with", NEXT_DUE, SERIES_STATE, UNASSIGNED];

/// Whether the log keeps the values of the field; secrets of people stay out of it.
#[must_use]
pub fn is_logged(field: &Field) -> bool {
    field.source != Source::WriteOnly && !UNLOGGED.contains(&field.name)
}

/// Old and new values; those of a series are of the series as a whole.
fn differences(before: Option<&Record>, record: &Record) -> Map<String, Json> {
    if is_series(record) || before.is_some_and(is_series) {
        return plain_differences(before.map(whole).as_ref(), &whole(record));
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
            // At creation the old side is empty everywhere; what is empty now is no news.
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

/// Reads a value back from the log: the inverse of [`output::plain`].
pub fn from_log(field: &Field, json: &Json) -> Result<registry::Value, AppError> {
    registry::stored_value(field, json)
        .map_err(|message| AppError::Internal(format!("{} in the log: {message}", field.name)))
}

/// Whether people see changes of the field in the history.
#[must_use]
pub fn is_shown(field: &Field) -> bool {
    field.is_readable()
}
