//! Progress of a PPA, calculated from its tasks.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ppa, task};
use obcms_domain::registry::Record;
use obcms_domain::tasks::{TaskStatus, progress};
use obcms_store::tasks as store;

use crate::core::{AppError, UnitOfWork};

/// Returns the PPA that a task belongs to.
pub(crate) fn ppa_of(task: &Record) -> Option<Id> {
    task::ORIGIN.get(task).filter(|origin| origin.kind == "ppa").map(|origin| origin.id)
}

/// Updates the progress of PPAs from their tasks.
pub fn roll_up(work: &mut UnitOfWork<'_, '_>, ppas: &[Option<Id>]) -> Result<(), AppError> {
    let mut done: Vec<Id> = Vec::new();
    for ppa in ppas.iter().flatten() {
        if done.contains(ppa) {
            continue;
        }
        done.push(*ppa);
        let Some(before) = work.find(&PPA, *ppa)? else {
            continue;
        };
        let shares = store::shares(work.tx, *ppa)?;
        let rolled = progress::roll_up(shares.iter().map(|share| {
            (
                u32::try_from(share.weight).unwrap_or(0),
                TaskStatus::parse(&share.status).unwrap_or(TaskStatus::NotStarted),
                u8::try_from(share.progress).unwrap_or(0),
            )
        }));
        let mut record = before.clone();
        ppa::TASK_PROGRESS.set(&mut record, rolled.map(i64::from));
        show_progress(&mut record);
        work.save_computed(&before, &record)?;
    }
    Ok(())
}

/// Sets the shown progress: the manual value, or that calculated from tasks.
pub fn show_progress(record: &mut Record) {
    let part = |name: &str| record.integer(name).and_then(|number| u8::try_from(number).ok());
    let shown = progress::effective(part("manual_progress"), part("task_progress"));
    ppa::PROGRESS.set(record, i64::from(shown));
}
