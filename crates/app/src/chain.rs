//! Effects of a write, in the same transaction, in reading order.
//!
//! need -> project -> generated tasks -> calendar -> done -> progress -> dashboard. The store writes search words,
//! links and calendar entries with each record. Writes to *other* records are called from here. Effects of single
//! kinds are `created` and `changed` of their rules.

use obcms_domain::kinds::{BOOKING_ORIGINS, TASK, task};
use obcms_domain::registry::Record;
use obcms_domain::tasks::TaskStatus;
use obcms_store::tasks as store;

use crate::bookings::{conflicts as bookings, of_event, of_split, of_task};
use crate::cancelling;
use crate::core::rules::Effects;
use crate::core::{AppError, UnitOfWork};
use crate::tasks::due_dates::{DueDates, furthest_of};
use crate::tasks::generation;
use crate::{alerts, attachments};

/// Effects of writes for the whole program.
pub(crate) static EFFECTS: Effects = Effects {
    created,
    changed,
    closed: cancelling::follow,
    reserved: of_event::settle,
    before_split: of_split::before_split,
    split: of_split::split,
    // Alerts about the records that were noted, in a change set of their own.
    finished: alerts::settle,
    undo_attachment: attachments::undo,
};

/// Runs the effects of a new record.
fn created(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    // Slots of a booking, progress of a PPA, the first stage of a project, Islamic holidays, the job of a calendar.
    if let Some(created) = work.rules_of(record.kind).created {
        created(work, record)?;
    }
    alerts::note(work, None, record)?;
    if record.continues().is_some() {
        // The second part of a series that was split: its tasks were generated with the series.
        return Ok(());
    }
    generation::generate_for_origin(work, record)
}

/// Runs the effects of a record that was changed, archived, restored or undone.
fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let rules = work.rules_of(record.kind);
    if before.archived_at != record.archived_at {
        follow_archive(work, before, record)?;
    }
    // Slots of a booking, progress of a PPA and blocked tasks, the title of a project, Islamic holidays, the job of a
    // calendar, the default view.
    if let Some(changed) = rules.changed {
        changed(work, before, record)?;
    }
    if *record.kind == TASK {
        of_task::changed(work, before, record)?;
    }
    alerts::note(work, Some(before), record)?;
    // Tasks of an application are generated at its submission, those of a project at each stage that it enters. An
    // undo enters no stage anew.
    if rules.generates_by_state && before.state() != record.state() && work.undoes.is_none() {
        generation::generate_for_origin(work, record)?;
    }
    let days = |record: &Record| work.app.rules().anchors(record, work.app.zone());
    if days(before) != days(record) {
        shift_generated_tasks(work, record)?;
    }
    Ok(())
}

/// Archives or restores tasks and bookings with their origin.
fn follow_archive(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if BOOKING_ORIGINS.contains(&record.kind.name) {
        bookings::origin_archived(work, before.archived_at, record)?;
    }
    if *record.kind == TASK {
        return Ok(());
    }
    let affected = obcms_store::tasks::of_origin_archived(work.tx, record.id, before.archived_at)?;
    for task in obcms_store::records::load_many(work.tx, &TASK, &affected)? {
        let mut changed = task.clone();
        changed.archived_at = record.archived_at;
        work.save(&task, &mut changed, if record.is_archived() { "archive" } else { "restore" })?;
    }
    Ok(())
}

/// Re-dates generated tasks that nobody edited when the anchors of their origin move.
fn shift_generated_tasks(work: &mut UnitOfWork<'_, '_>, origin: &Record) -> Result<(), AppError> {
    let (start, end) = work.app.rules().anchors(origin, work.app.zone());
    let ids = store::of_origin(work.tx, origin.id)?;
    let tasks = obcms_store::records::load_many(work.tx, &TASK, &ids)?;
    let days = (start.or(end).unwrap_or(work.today), end.or(start).unwrap_or(work.today));
    let dates = DueDates::around(work.tx, days.0, days.1, furthest_of(&tasks))?;
    for before in tasks {
        let untouched =
            !task::TOUCHED.get(&before) && task::STATUS.get(&before) == TaskStatus::NotStarted.as_str();
        let has_anchor = if task::GENERATED_ANCHOR.get(&before) == "end" { end } else { start }.is_some();
        let Some(due) = dates.due_of(&before).filter(|_| untouched && has_anchor) else {
            continue;
        };
        let mut record = before.clone();
        task::DUE_DATE.set(&mut record, due);
        work.save(&before, &mut record, "redate")?;
    }
    Ok(())
}
