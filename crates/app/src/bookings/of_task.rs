//! Bookings of a task, which move with its dates.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::bookings::is_ahead;
use obcms_domain::calendar::series::{Series, is_series};
use obcms_domain::kinds::{booking, task};
use obcms_domain::registry::Record;

use super::of_event::held;
use crate::core::{AppError, UnitOfWork};
use crate::records::reservation::{KEPT, MOVED};

/// Moves the bookings of a re-dated task by as many days. A booking that cannot move keeps its time, and the history of
/// the task says so: the dates of a task do not depend on a room.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, task: &Record) -> Result<(), AppError> {
    let is_archived = task.is_archived() || before.is_archived();
    // An undo reverts the bookings as it reverts the task; a series has dates of its own.
    if work.undoes.is_some() || is_archived || is_series(task) || is_series(before) {
        return Ok(());
    }
    let (Some(old), Some(new)) = (day(before), day(task)) else { return Ok(()) };
    let days = old.until(new).map_or(0, |span| span.get_days());
    if days == 0 {
        return Ok(());
    }
    for booking in held(work, task.id)? {
        let Some(mut moved) = shifted(&booking, days).filter(|moved| is_ahead(moved, work.now)) else {
            continue;
        };
        let result = work.as_own(|work| {
            work.attempt(|work| {
                work.before_series(Some(&booking), &mut moved)?;
                work.save(&booking, &mut moved, MOVED)
            })
        })?;
        if result.is_err() {
            work.remark(task, KEPT)?;
        }
    }
    Ok(())
}

/// Returns the day by which people name the task.
fn day(record: &Record) -> Option<Date> {
    task::DUE_DATE.get(record).or(task::START_DATE.get(record))
}

/// Returns a single booking so many days later, at its local times.
fn shifted(before: &Record, days: i32) -> Option<Record> {
    if Series::of(before).is_some() {
        return None;
    }
    let zone = TimeZone::get(booking::TIMEZONE.get(before)).ok()?;
    let mut moved = before.clone();
    for field in [booking::START, booking::END] {
        let local = field.get(before)?.to_zoned(zone.clone());
        field.set(&mut moved, local.checked_add(i64::from(days).days()).ok()?.timestamp());
    }
    Some(moved)
}
