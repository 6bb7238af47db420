//! Large imports in short transactions, and taking all of them back together.
//!
//! Each batch is a command of its own, so that other writers have their turn in between. While an import goes on, a job
//! stands ready to take it back; each batch puts it off, the last one removes it. So a process that dies in the middle
//! leaves nothing half read: the job finds the batches.

use jiff::SignedDuration;
use obcms_domain::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds;
use obcms_store::imports::{self, Batch};
use obcms_store::{jobs as job_store, records};
use serde_json::{Value as Json, json};

use crate::error::AppError;
use crate::jobs::{Enqueue, Handler, JobError, Outcome};
use crate::work::Work;
use crate::{Actor, App, undo};

/// An import that wrote nothing for this long is taken for broken off.
const BROKEN_OFF: SignedDuration = SignedDuration::from_mins(2);

/// Takes back imports whose process died.
pub const HANDLER: Handler = Handler {
    kind: "take_back_import",
    label: "Take back an unfinished import",
    description: "Takes back what an import wrote before its process ended.",
    schedule: "",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run: take_back_unfinished,
};

/// An import that is being written.
pub struct Import {
    /// Identity, in the address that takes it back.
    pub id: Id,
    position: i64,
}

impl Import {
    /// Begins an import; nothing is written yet.
    pub fn new(app: &App) -> Self {
        Self { id: app.new_id(), position: 0 }
    }

    /// Notes in the transaction of a batch that it belongs to the import; `record` is one that it changed.
    pub fn note(
        &self,
        work: &mut Work<'_, '_>,
        record: Option<Id>,
        kind: &str,
        is_last: bool,
    ) -> Result<(), AppError> {
        if let Some(record_id) = record {
            let batch = Batch {
                import: self.id,
                position: self.position,
                kind: kind.to_owned(),
                actor: work.actor.id,
                change_set: work.change_set,
                record_id,
            };
            imports::insert(work.tx, &batch, work.now)?;
        }
        if is_last {
            job_store::remove(work.tx, HANDLER.kind, &self.id.to_string())?;
        } else {
            let job = Enqueue::new(&HANDLER, json!({ "import": self.id }))
                .key(self.id.to_string())
                .at(work.now + BROKEN_OFF);
            work.enqueue_again(&job)?;
        }
        Ok(())
    }

    /// Goes on to the next batch after one was committed.
    pub fn next(&mut self) {
        self.position += 1;
    }
}

/// Address that takes an import back.
#[must_use]
pub fn undo_address(import: Id) -> String {
    format!("/api/v1/imports/{import}/undo")
}

impl App {
    /// Takes back everything that an import of the actor wrote, the last batch first. Answers the number of batches and
    /// the list of the records' kind.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is no such import or it is somebody else's; `Conflict` when a record was changed since: then
    /// what came after that batch is taken back, the rest stays.
    pub fn undo_import(&self, actor: &Actor, import: Id) -> Result<(usize, String), AppError> {
        let mut count = 0;
        let mut landing = None;
        loop {
            let batch = self.write(actor, |work| {
                let Some(batch) = imports::last(work.tx, import)? else {
                    job_store::remove(work.tx, HANDLER.kind, &import.to_string())?;
                    return Ok(None);
                };
                if batch.actor != work.actor.id {
                    return Err(AppError::NotFound("import"));
                }
                let kind = kinds::by_name(&batch.kind).ok_or(AppError::NotFound("import"))?;
                let record =
                    records::load(work.tx, kind, batch.record_id)?.ok_or(AppError::NotFound(kind.label))?;
                undo::undo(work, &record, Some(batch.change_set))?;
                imports::remove(work.tx, &batch)?;
                Ok(Some(kind))
            })?;
            match batch {
                Some(kind) => {
                    count += 1;
                    landing = Some(format!("/{}", kind.collection));
                    give_way();
                }
                None => return landing.map(|list| (count, list)).ok_or(AppError::NotFound("import")),
            }
        }
    }
}

/// Lets other writers have their turn: the lock of the one writer of SQLite is not fair by itself.
pub fn give_way() {
    std::thread::sleep(std::time::Duration::from_millis(2));
}

fn take_back_unfinished(app: &App, payload: &Json) -> Result<Outcome, JobError> {
    let import: Id = payload["import"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| JobError("the job names no import".to_owned()))?;
    let actor = app.read(|tx| match imports::last(tx, import)?.and_then(|batch| batch.actor) {
        Some(actor) => Actor::load(tx, actor),
        None => Ok(None),
    })?;
    let Some(actor) = actor else {
        return Ok(Outcome::done("nothing to take back"));
    };
    let (batches, _) = app.undo_import(&actor, import)?;
    Ok(Outcome::done(format!("{batches} batches taken back")))
}
