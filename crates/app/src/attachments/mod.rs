//! Files attached to records: upload, list, download, removal.
//!
//! Whoever sees a record sees its files. Whoever may change it attaches and removes some; of ledger entries, which
//! nobody changes, whoever may enter them. In a running round of an approval its deciders attach files to the round,
//! and only the one who attached a file removes it.

pub(crate) mod cleaning;
mod health;
mod inspection;

use std::fs::File;
use std::io;

use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::attachments::{FileType, MOST_BYTES, MOST_FILES, size_text, stored_name};
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::PPA;
use obcms_domain::message;
use obcms_domain::registry::{Kind, Record};
use obcms_store::attachments::{self as store, Attachment, Blobs, StagedBlob};
use obcms_store::records::changes::Change;
use obcms_store::{StoreError, Tx, records};
use serde_json::{Map, Value as Json, json};

use crate::approval::running_round;
use crate::core::unit_of_work::ATTACHMENT;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{require_live, require_write};

pub use health::FileHealth;

/// Name of a file in errors.
const FILE: &str = "file";

/// Files of a record, with what the actor may do.
#[derive(Clone, Debug, Default)]
pub struct FileList {
    /// Files, oldest first.
    pub files: Vec<FileView>,
    /// Removed files that can be restored.
    pub removed: Vec<FileView>,
    /// True if the actor may attach files to the record.
    pub may_add: bool,
    /// Number of the running round of a PPA, if the actor may attach files to it.
    pub round: Option<i64>,
}

/// File of a record.
#[derive(Clone, Debug)]
pub struct FileView {
    /// The file.
    pub file: Attachment,
    /// True if the actor may remove it, or restore a removed one.
    pub may_change: bool,
}

/// Uploaded file, checked and ready to be attached.
#[derive(Debug)]
pub struct CheckedFile {
    staged: StagedBlob,
    hash: String,
    name: String,
    kind: FileType,
}

impl App {
    /// Returns the folder of contents.
    pub(crate) fn blobs(&self) -> Result<Blobs, AppError> {
        let folder = self.options().files.as_ref();
        folder.map(Blobs::new).ok_or_else(|| AppError::Setting("no folder for files is set".to_owned()))
    }

    /// Returns the files of a record that the actor may see.
    pub fn attachments(&self, actor: &Actor, kind: &'static Kind, id: Id) -> Result<FileList, AppError> {
        self.read(|tx| {
            let record = records::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            list(tx, actor, &record, self.today())
        })
    }

    /// Returns a file of a record that the actor may see, and its content.
    pub fn attachment(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        record: Id,
        id: Id,
    ) -> Result<(Attachment, File), AppError> {
        let file = self.read(|tx| {
            let record = records::load(tx, kind, record)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let file = store::find(tx, record.id, id)?.filter(|file| file.archived_at.is_none());
            file.ok_or(AppError::NotFound(FILE))
        })?;
        let content = self.blobs()?.open(&file.hash).map_err(|error| {
            AppError::Internal(format!(
                "the content {} of the file {} cannot be read: {error}",
                file.hash, file.id
            ))
        })?;
        Ok((file, content))
    }

    /// Refuses an upload that would be refused at its end, before its bytes are read.
    pub fn require_attach(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        round: Option<i64>,
    ) -> Result<(), AppError> {
        self.read(|tx| {
            let record = records::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            Rights::of(tx, actor, &record, self.today())?.require_add(actor, &record, round)
        })
    }

    /// Starts an upload.
    pub fn stage_file(&self) -> Result<StagedBlob, AppError> {
        self.blobs()?.stage(&hex(&self.random::<16>())).map_err(unwritable)
    }

    /// Appends bytes to an upload.
    ///
    /// # Errors
    ///
    /// `TooLarge` for more bytes than a file may have.
    pub fn write_file(&self, staged: &mut StagedBlob, bytes: &[u8]) -> Result<(), AppError> {
        if staged.size() + bytes.len() as u64 > MOST_BYTES {
            return Err(AppError::TooLarge(too_large()));
        }
        staged.write(bytes).map_err(unwritable)
    }

    /// Checks a whole upload: its type by content, its name.
    pub fn check_file(&self, mut staged: StagedBlob, name: &str) -> Result<CheckedFile, AppError> {
        if staged.size() == 0 {
            return Err(AppError::field(FILE, "empty", "The file is empty."));
        }
        let kind = inspection::type_of(&staged, name)?;
        let hash = staged.sync().map_err(unwritable)?;
        Ok(CheckedFile { hash, name: stored_name(name, kind), kind, staged })
    }

    /// Attaches a file to a record, or to a running round of a PPA. Returns true if it is new: a file that is attached
    /// already is not attached twice.
    pub fn attach(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        round: Option<i64>,
        file: &CheckedFile,
    ) -> Result<(Attachment, bool), AppError> {
        self.write(actor, |work| attach(work, kind, id, round, file))
    }

    /// Removes a file from a record; it can be restored for a while.
    pub fn remove_attachment(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        record: Id,
        id: Id,
    ) -> Result<Attachment, AppError> {
        self.write(actor, |work| change(work, kind, record, id, true))
    }

    /// Restores a removed file.
    pub fn restore_attachment(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        record: Id,
        id: Id,
    ) -> Result<Attachment, AppError> {
        self.write(actor, |work| change(work, kind, record, id, false))
    }
}

/// Returns the refusal of a file with too many bytes.
#[must_use]
pub fn too_large() -> Message {
    message!("The file must be at most {size}.", size = Word::text(size_text(MOST_BYTES)))
}

/// Returns the error of a folder of files that cannot be used.
fn unwritable(error: io::Error) -> AppError {
    StoreError::from(error).into()
}

/// Rights of an actor on the files of a record.
struct Rights {
    /// The actor may change the record.
    changes: bool,
    /// The actor sees all records of the kind.
    sees_all: bool,
    /// Running round, and whether the actor takes part in it.
    round: Option<(i64, bool)>,
}

impl Rights {
    fn of(tx: &mut Tx<'_>, actor: &Actor, record: &Record, today: Date) -> Result<Self, AppError> {
        if actor.read_only {
            return Ok(Self { changes: false, sees_all: false, round: None });
        }
        let changes = if record.kind.is_changeable() {
            !actor.writable(tx, record)?.is_empty()
        } else {
            actor.may_on(tx, Action::Create, record)?
        };
        let round = if *record.kind == PPA { running_round(tx, actor, record, today)? } else { None };
        let sees_all = actor.may(Action::View, record.kind.area);
        Ok(Self { changes, sees_all, round })
    }

    fn may_add(&self, round: Option<i64>) -> bool {
        match (round, self.round) {
            (None, _) => self.changes,
            (Some(wanted), Some((running, takes_part))) => wanted == running && (self.changes || takes_part),
            (Some(_), None) => false,
        }
    }

    /// Returns true if the actor may remove a file, or restore it. A decided round keeps its files.
    fn may_change(&self, actor: &Actor, file: &Attachment) -> bool {
        let is_own = actor.id.is_none() || file.uploaded_by == actor.id;
        match file.round {
            // Who sees only related records removes only what they added.
            None => !actor.read_only && (is_own || self.changes && self.sees_all),
            Some(round) => is_own && self.round.is_some_and(|(running, _)| running == round),
        }
    }

    fn require_add(&self, actor: &Actor, record: &Record, round: Option<i64>) -> Result<(), AppError> {
        require_write(actor)?;
        require_live(record)?;
        if self.may_add(round) {
            return Ok(());
        }
        let is_running = |round: &i64| self.round.is_some_and(|(running, _)| running == *round);
        if let Some(closed) = round.filter(|round| !is_running(round)) {
            return Err(AppError::conflict(message!(
                "Round {closed} of the approval is not running.",
                closed
            )));
        }
        Err(AppError::forbidden(
            if record.kind.is_changeable() { Action::Edit } else { Action::Create },
            record.kind.area,
            message!("attach files to this {kind}", kind = Word::lower(record.kind.label)),
        ))
    }

    fn require_change(&self, actor: &Actor, record: &Record, file: &Attachment) -> Result<(), AppError> {
        require_write(actor)?;
        require_live(record)?;
        if self.may_change(actor, file) {
            return Ok(());
        }
        match file.round {
            Some(round) if self.round.is_none_or(|(running, _)| running != round) => Err(AppError::conflict(
                message!("Round {round} of the approval is decided and keeps its files.", round),
            )),
            Some(_) => Err(AppError::never_allowed(
                "Only the person who attached this file to the approval can remove it.",
            )),
            None => Err(AppError::forbidden(
                Action::Edit,
                record.kind.area,
                message!("remove files of this {kind}", kind = Word::lower(record.kind.label)),
            )),
        }
    }
}

fn list(tx: &mut Tx<'_>, actor: &Actor, record: &Record, today: Date) -> Result<FileList, AppError> {
    let rights = Rights::of(tx, actor, record, today)?;
    let is_live = !record.is_archived();
    let all = store::of_record(tx, record.id)?
        .into_iter()
        .map(|file| FileView { may_change: is_live && rights.may_change(actor, &file), file });
    let (files, mut removed): (Vec<FileView>, Vec<FileView>) =
        all.partition(|one| one.file.archived_at.is_none());
    removed.retain(|one| one.may_change);
    let round = rights.round.map(|(round, _)| round).filter(|round| is_live && rights.may_add(Some(*round)));
    Ok(FileList { files, removed, may_add: is_live && rights.may_add(None), round })
}

/// Attaches a checked file to a record.
pub fn attach(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    round: Option<i64>,
    file: &CheckedFile,
) -> Result<(Attachment, bool), AppError> {
    let record = work.load(kind, id)?;
    Rights::of(work.tx, work.actor, &record, work.today)?.require_add(work.actor, &record, round)?;
    let known = store::of_record(work.tx, id)?;
    let mut live = known.into_iter().filter(|one| one.archived_at.is_none());
    let count = live.clone().count();
    if let Some(same) = live.find(|one| one.hash == file.hash && one.round == round) {
        return Ok((same, false));
    }
    if count >= MOST_FILES {
        return Err(AppError::conflict(message!(
            "A record can have at most {MOST_FILES} files.",
            MOST_FILES
        )));
    }
    let attachment = Attachment {
        id: work.app.new_id(),
        kind: kind.name.to_owned(),
        record_id: id,
        round,
        hash: file.hash.clone(),
        name: file.name.clone(),
        content_type: file.kind.media_type().to_owned(),
        size_bytes: i64::try_from(file.staged.size()).unwrap_or(i64::MAX),
        uploaded_at: work.now,
        uploaded_by: work.actor.id,
        archived_at: None,
        archived_by: None,
    };
    keep_content(work, file, attachment.size_bytes)?;
    store::insert(work.tx, &attachment)?;
    log(work, &record, "attach", &attachment, true)?;
    Ok((attachment, true))
}

/// Puts the content in its place. Writers of contents take turns, so that the quota holds and the nightly job deletes
/// nothing that is being attached.
fn keep_content(work: &mut UnitOfWork<'_, '_>, file: &CheckedFile, size: i64) -> Result<(), AppError> {
    store::lock_contents(work.tx)?;
    if !store::has_content(work.tx, &file.hash)? {
        let used = store::stored_bytes(work.tx)?.saturating_add(size);
        let quota = work.app.options().files_quota;
        if u64::try_from(used).unwrap_or_default() > quota {
            let detail = message!(
                "The files of the office would exceed their quota of {quota}. Remove files, or ask an administrator for a larger quota.",
                quota = Word::text(size_text(quota))
            );
            return Err(AppError::field(FILE, "quota", detail));
        }
    }
    store::use_content(work.tx, &file.hash, size, work.now)?;
    work.app.blobs()?.keep(&file.staged.sealed(&file.hash)).map_err(unwritable)
}

/// Removes a file of a record, or restores it. Does nothing if that was done already.
fn change(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    record: Id,
    id: Id,
    removes: bool,
) -> Result<Attachment, AppError> {
    let record = work.load(kind, record)?;
    let missing = || AppError::NotFound(FILE);
    let file = store::find(work.tx, record.id, id)?.ok_or_else(missing)?;
    let rights = Rights::of(work.tx, work.actor, &record, work.today)?;
    if file.archived_at.is_some() && !rights.may_change(work.actor, &file) {
        return Err(missing());
    }
    rights.require_change(work.actor, &record, &file)?;
    if file.archived_at.is_some() == removes {
        return Ok(file);
    }
    set_removed(work, &record, file, removes, if removes { "detach" } else { "reattach" })
}

fn set_removed(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    mut file: Attachment,
    removes: bool,
    action: &str,
) -> Result<Attachment, AppError> {
    file.archived_at = removes.then_some(work.now);
    file.archived_by = work.actor.id.filter(|_| removes);
    if !store::set_archived(work.tx, file.id, file.archived_at, file.archived_by)? {
        return Err(AppError::NotFound(FILE));
    }
    log(work, record, action, &file, !removes)?;
    Ok(file)
}

/// Logs that a file is there, or is no longer.
fn log(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    action: &str,
    file: &Attachment,
    is_there: bool,
) -> Result<(), AppError> {
    let about = json!({ "id": file.id, "name": file.name });
    let pair = if is_there { json!([Json::Null, about]) } else { json!([about, Json::Null]) };
    work.note = file.round.map_or_else(String::new, |round| format!("Approval round {round}"));
    work.log_beside(record, action, Map::from_iter([(ATTACHMENT.to_owned(), pair)]))
}

/// Reverts a change of the files of a record.
pub(crate) fn undo(work: &mut UnitOfWork<'_, '_>, record: &Record, change: &Change) -> Result<(), AppError> {
    let pair = change.fields.get(ATTACHMENT).cloned().unwrap_or_default();
    let was_added = pair.get(1).is_some_and(Json::is_object);
    let id = pair.get(usize::from(was_added)).and_then(|file| file.get("id")).and_then(Json::as_str);
    let id: Option<Id> = id.and_then(|id| id.parse().ok());
    let file = id.map_or(Ok(None), |id| store::find(work.tx, record.id, id))?;
    let Some(file) = file else {
        return Err(AppError::conflict("The content of this file was deleted and cannot be restored."));
    };
    Rights::of(work.tx, work.actor, record, work.today)?.require_change(work.actor, record, &file)?;
    match (file.archived_at.is_some(), was_added) {
        (true, true) => Err(AppError::conflict("This file was removed already.")),
        (false, false) => Err(AppError::conflict("This file was restored already.")),
        _ => set_removed(work, record, file, was_added, "undo").map(|_| ()),
    }
}
