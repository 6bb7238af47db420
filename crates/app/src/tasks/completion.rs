//! Day of completion of a task, and whether that was in time. Lists filter by both, and the progress report counts them.

use jiff::Timestamp;
use obcms_domain::calendar::series::is_series;
use obcms_domain::kinds::task;
use obcms_domain::registry::Record;
use obcms_domain::tasks::TaskStatus;

use super::generation;
use crate::core::{AppError, UnitOfWork};

/// Completes a changed task at every write.
pub fn before_update(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &mut Record,
) -> Result<(), AppError> {
    generation::detach_duplicate_item(work, before, record)?;
    note(work, record);
    Ok(())
}

/// Sets the day of completion in the zone of the office. A task without a due date, and a series, are neither on time
/// nor late.
pub(super) fn note(work: &UnitOfWork<'_, '_>, record: &mut Record) {
    let is_completed = task::STATUS.get(record) == TaskStatus::Completed.as_str();
    let completed = task::COMPLETED_AT.get(record).filter(|_| is_completed);
    let day = completed.map(|instant| instant.to_zoned(work.app.zone().clone()).date());
    let due = task::DUE_DATE.get(record).filter(|_| !is_series(record));
    let local = |instant: Timestamp| instant.to_zoned(work.app.zone().clone()).date();
    let started = task::STARTED_AT.get(record).map(local);
    let days = started.zip(day).map(|(from, to)| from.until(to).map_or(0, |span| i64::from(span.get_days())));
    task::COMPLETED_ON.set(record, day);
    task::CYCLE_DAYS.set(record, days.map(|days| days.max(0)));
    task::ON_TIME.set(record, day.zip(due).map(|(day, due)| day <= due));
}
