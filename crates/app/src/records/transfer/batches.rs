//! Large imports in short transactions, with one undo for all of them.
//!
//! Each batch is a command of its own, so that other writers get their turn in between. During an import a queued job
//! is ready to undo it; each batch postpones the job, and the last one removes it. So a process that dies in the
//! middle leaves no partial import: the job finds the batches and undoes them.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::registry::{Kind, Record};
use obcms_store::records::changes;
use obcms_store::records::imports::{self, Batch};
use obcms_store::{Tx, jobs as job_store, records};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::core::job::{Enqueue, Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::undo::{self, Basis, Obstacles};

/// Time without a write after which an import counts as aborted.
const BROKEN_OFF: SignedDuration = SignedDuration::from_mins(2);

/// Handler of the job that undoes imports whose process died.
pub const HANDLER: Handler = Handler {
    kind: "take_back_import",
    label: "Undo an unfinished import",
    description: "Undoes an import whose process ended before it was finished.",
    schedule: "",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run: take_back_unfinished,
};

/// Running import.
pub struct Import {
    /// Id, used in the address that undoes it.
    pub id: Id,
    position: i64,
}

impl Import {
    /// Starts an import; nothing is written yet.
    pub fn new(app: &App) -> Self {
        Self { id: app.new_id(), position: 0 }
    }

    /// Notes in the transaction of a batch that it belongs to the import; `record` is one that it changed.
    pub fn note(
        &self,
        work: &mut UnitOfWork<'_, '_>,
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

    /// Moves on to the next batch after one was committed.
    pub fn next(&mut self) {
        self.position += 1;
    }
}

/// Returns the address that undoes an import.
#[must_use]
pub fn undo_address(import: Id) -> String {
    format!("/api/v1/imports/{import}/undo")
}

/// Result of the undo of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportUndo {
    /// Number of batches that were undone.
    pub batches: usize,
    /// Number of records in these batches.
    pub records: usize,
    /// Address of the list of the records' kind.
    pub landing: String,
}

/// Number of batches, and of records in them.
#[derive(Clone, Copy, Default)]
struct Amount {
    batches: usize,
    records: usize,
}

impl Amount {
    fn add(&mut self, records: usize) {
        self.batches += 1;
        self.records += records;
    }

    fn to_json(self) -> Json {
        json!({ "batches": self.batches, "records": self.records })
    }
}

impl App {
    /// Undoes everything that an import of the actor wrote, the last batch first. All batches are checked before the
    /// first one is undone.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is no such import or it is somebody else's; `Conflict` when records were changed since.
    /// It names them and reports what was undone: nothing, unless somebody changed a record between check and undo.
    pub fn undo_import(&self, actor: &Actor, import: Id) -> Result<ImportUndo, AppError> {
        let (batches, records) = self.read(|tx| {
            let batches = imports::all(tx, import)?;
            let sets: Vec<Id> = batches.iter().map(|batch| batch.change_set).collect();
            Ok::<_, AppError>((batches, changes::records_of_sets(tx, &sets)?))
        })?;
        let Some(last) = batches.first() else {
            self.write(actor, |work| Ok(job_store::remove(work.tx, HANDLER.kind, &import.to_string())?))?;
            return Err(AppError::NotFound("import"));
        };
        if batches.iter().any(|batch| batch.actor != actor.id) {
            return Err(AppError::NotFound("import"));
        }
        let kind = kinds::by_name(&last.kind).ok_or(AppError::NotFound("import"))?;
        let mut sizes: HashMap<Id, usize> = HashMap::new();
        for (set, _) in &records {
            *sizes.entry(*set).or_default() += 1;
        }
        let size = |batch: &Batch| sizes.get(&batch.change_set).copied().unwrap_or_default();
        let (mut done, mut remaining) = (Amount::default(), Amount::default());
        for batch in &batches {
            remaining.add(size(batch));
        }

        let together: HashSet<Id> = records.iter().map(|(_, record)| *record).collect();
        let basis = (self.rules(), self.now(), &self.context_of(actor));
        let obstacles = self.read(|tx| {
            let mut found = Obstacles::default();
            for batch in &batches {
                found.extend(obstacles_of(tx, actor, basis, batch, kind, &together)?);
            }
            Ok::<_, AppError>(found)
        })?;
        if !obstacles.is_empty() {
            let (detail, conflicts) = self.read(|tx| obstacles.describe(tx, actor))?;
            return Err(stopped(detail, vec![("conflicts", conflicts)], done, remaining));
        }

        for batch in &batches {
            let taken = self.write(actor, |work| {
                // Another undo of the same import may be running.
                if imports::remove(work.tx, batch)? == 0 {
                    return Ok(false);
                }
                if !undo::is_undone(work.tx, batch.record_id, batch.change_set)? {
                    let record = load(work.tx, kind, batch)?;
                    undo::undo(work, &record, Some(batch.change_set))?;
                }
                Ok(true)
            });
            match taken {
                Ok(true) => done.add(size(batch)),
                Ok(false) => {}
                Err(AppError::Conflict { detail, more }) => {
                    return Err(stopped(detail, more, done, remaining));
                }
                Err(error @ (AppError::Forbidden { .. } | AppError::ForbiddenFields { .. })) => {
                    return Err(stopped(error.message(), Vec::new(), done, remaining));
                }
                Err(error) => return Err(error),
            }
            remaining.batches -= 1;
            remaining.records -= size(batch);
            yield_write_lock();
        }
        self.write(actor, |work| Ok(job_store::remove(work.tx, HANDLER.kind, &import.to_string())?))?;
        Ok(ImportUndo {
            batches: done.batches,
            records: done.records,
            landing: format!("/{}", kind.collection),
        })
    }
}

fn load(tx: &mut Tx<'_>, kind: &'static Kind, batch: &Batch) -> Result<Record, AppError> {
    records::load(tx, kind, batch.record_id)?.ok_or(AppError::NotFound(kind.label))
}

/// Returns the obstacles of undoing a batch; none if it was undone already.
fn obstacles_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    basis: Basis<'_>,
    batch: &Batch,
    kind: &'static Kind,
    together: &HashSet<Id>,
) -> Result<Obstacles, AppError> {
    if undo::is_undone(tx, batch.record_id, batch.change_set)? {
        return Ok(Obstacles::default());
    }
    let record = load(tx, kind, batch)?;
    undo::obstacles(tx, actor, basis, &record, batch.change_set, together)
}

/// Returns the conflict of an undo, with the amounts that were undone and that were not.
fn stopped(
    detail: Message,
    mut more: Vec<(&'static str, Json)>,
    done: Amount,
    remaining: Amount,
) -> AppError {
    let amount = if done.batches == 0 {
        "Nothing was undone.".into()
    } else {
        message!(
            "{done} records were undone, {remaining} were not. Undo again to continue.",
            done = done.records,
            remaining = remaining.records
        )
    };
    more.extend([("taken_back", done.to_json()), ("left", remaining.to_json())]);
    AppError::Conflict { detail: Message::sentences([detail, amount]), more }
}

/// Lets other writers have their turn: the write lock of SQLite is not fair by itself.
pub fn yield_write_lock() {
    std::thread::sleep(std::time::Duration::from_millis(2));
}

fn take_back_unfinished(app: &App, payload: &Json) -> Result<Outcome, JobError> {
    let import: Id = payload["import"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| JobError("the job names no import".to_owned()))?;
    let actor = app.read(|tx| match imports::all(tx, import)?.first().and_then(|batch| batch.actor) {
        Some(actor) => Actor::load(tx, actor),
        None => Ok(None),
    })?;
    let Some(actor) = actor else {
        return Ok(Outcome::done("nothing to undo"));
    };
    let undone = app.undo_import(&actor, import)?;
    Ok(Outcome::done(format!("{} batches undone", undone.batches)))
}
