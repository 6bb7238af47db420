//! Nightly job that updates the shown occurrence of repeating tasks.
//!
//! The columns of a series hold the state of its shown occurrence, and are written when somebody changes the task. The
//! shown occurrence also changes with the date, and databases of older releases hold the state of the series as a
//! whole.

use obcms_domain::core::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds::TASK;
use obcms_store::{records as store, tasks};
use serde_json::Value as Json;

use super::occurrences;
use super::progress::{ppa_of, roll_up};
use super::rules::refresh_blocked;
use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError, UnitOfWork};

/// Tasks updated in one transaction.
const BATCH: usize = 100;

/// Handler of the job, run every night soon after midnight in the zone of the office.
pub const HANDLER: Handler = Handler {
    kind: "show_occurrences",
    label: "Update repeating tasks",
    description: "Updates lists and the board to the next open occurrence of each repeating task.",
    schedule: "1 0 * * *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run,
};

fn run(app: &App, _: &Json) -> Result<Outcome, JobError> {
    let ids = app.read(|tx| Ok(tasks::series_with_overrides(tx)?))?;
    let mut changed = 0;
    for batch in ids.chunks(BATCH) {
        changed += app.write(&Actor::program(), |work| refresh(work, batch))?;
    }
    Ok(Outcome::done(format!("{changed} of {} repeating tasks changed", ids.len())))
}

/// Updates the shown occurrence of all series in one transaction.
pub(crate) fn refresh_all(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let ids = tasks::series_with_overrides(work.tx)?;
    for batch in ids.chunks(BATCH) {
        refresh(work, batch)?;
    }
    Ok(())
}

/// Copies the state of the shown occurrence to the columns of series. Returns the number of those that changed.
fn refresh(work: &mut UnitOfWork<'_, '_>, ids: &[Id]) -> Result<usize, AppError> {
    work.tx.lock(TASK.table, ids)?;
    let mut changed: Vec<Id> = Vec::new();
    let mut ppas: Vec<Option<Id>> = Vec::new();
    for before in store::load_many(work.tx, &TASK, ids)? {
        let mut record = before.clone();
        // An invalid series must not block the others.
        if let Err(error) = occurrences::show(&mut record, work.today) {
            tracing::warn!("the occurrences of task {} cannot be read: {error}", before.id);
            continue;
        }
        if work.save_computed(&before, &record)? {
            changed.push(record.id);
            ppas.push(ppa_of(&record));
        }
    }
    if !changed.is_empty() {
        roll_up(work, &ppas)?;
        let waiting = tasks::dependents(work.tx, &changed)?;
        refresh_blocked(work, &waiting)?;
    }
    Ok(changed.len())
}
