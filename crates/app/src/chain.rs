//! What follows from a write, in the same transaction: the chain, to be read from top to bottom.
//!
//! need -> project -> generated tasks -> calendar -> done -> progress -> dashboard. Search words, links and
//! calendar entries are written with each record by the store; everything that touches *other* records is here.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::id::Id;
use obcms_domain::kinds::{BOOKING_ORIGINS, PPA, TASK};
use obcms_domain::registry::Record;
use obcms_domain::tasks::{TaskStatus, is_open, progress};
use obcms_store::tasks as store;

use crate::behaviour::tasks;
use crate::bookings::guard as bookings;
use crate::error::AppError;
use crate::generation;
use crate::work::Work;

/// After a record was made.
pub fn created(work: &mut Work<'_, '_>, record: &Record) -> Result<(), AppError> {
    match record.kind.name {
        "booking" => bookings::occupy(work, None, record)?,
        "task" => roll_up(work, &[ppa_of(record)])?,
        "project" => crate::projects::enter_first(work, record)?,
        "hijri_adjustment" => crate::holidays::follow_the_moon(work)?,
        "external_calendar" => crate::external::follow(work, None, record)?,
        _ => {}
    }
    if record.continues().is_some() {
        // The rest of a series that was split: its tasks were made with the series.
        return Ok(());
    }
    generation::for_origin(work, record)
}

/// After a record was changed, archived, restored or undone.
pub fn changed(work: &mut Work<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if before.archived_at != record.archived_at {
        follow_archive(work, before, record)?;
    }
    match record.kind.name {
        "user" if before.is_archived() && !record.is_archived() => {
            work.acted("account_restored", record.text("username").to_owned());
        }
        "booking" => bookings::occupy(work, Some(before), record)?,
        "resource" => bookings::follow_resource(work, before, record)?,
        "task" => task_changed(work, before, record)?,
        "need" => rename_project(work, before, record)?,
        "hijri_adjustment" => crate::holidays::follow_the_moon(work)?,
        "external_calendar" => crate::external::follow(work, Some(before), record)?,
        // One that was restored may meet another default.
        "saved_view" => crate::behaviour::saved_views::be_the_only_default(work, record)?,
        // An application is worked on from its submission, a project in each stage that it enters.
        // Going back by undo is no new entry.
        "application" | "project" if before.state() != record.state() && work.undoes.is_none() => {
            generation::for_origin(work, record)?;
        }
        _ => {}
    }
    if anchors(before, work.app.zone()) != anchors(record, work.app.zone()) {
        redate(work, record)?;
    }
    Ok(())
}

fn task_changed(work: &mut Work<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let counts = |task: &Record| {
        (
            ppa_of(task),
            task.text("status").to_owned(),
            task.integer("progress"),
            task.integer("weight"),
            task.is_archived(),
        )
    };
    if counts(before) != counts(record) {
        roll_up(work, &[ppa_of(before), ppa_of(record)])?;
    }
    let holds_up = |task: &Record| !task.is_archived() && is_open(task);
    if holds_up(before) != holds_up(record) {
        let waiting = store::dependents(work.tx, &[record.id])?;
        tasks::refresh_blocked(work, &waiting)?;
    }
    Ok(())
}

/// The PPA that a task belongs to.
pub(crate) fn ppa_of(task: &Record) -> Option<Id> {
    task.link("origin").filter(|origin| origin.kind == "ppa").map(|origin| origin.id)
}

/// Moves the progress of the PPAs to what their tasks say now.
pub fn roll_up(work: &mut Work<'_, '_>, ppas: &[Option<Id>]) -> Result<(), AppError> {
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
        record.set("task_progress", rolled.map(i64::from));
        crate::behaviour::show_progress(&mut record);
        work.save_computed(&before, &record)?;
    }
    Ok(())
}

/// Tasks and bookings of an origin are archived with it, and come back with it.
fn follow_archive(work: &mut Work<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if BOOKING_ORIGINS.contains(&record.kind.name) {
        bookings::follow_origin(work, before.archived_at, record)?;
    }
    if record.kind.name == "task" {
        return Ok(());
    }
    let rows =
        work.tx.query("SELECT id, archived_at FROM tasks WHERE origin_id = $1", &[record.id.into()])?;
    let mut affected = Vec::new();
    for row in rows {
        let archived: Option<jiff::Timestamp> = row.get(1)?;
        if archived == before.archived_at {
            affected.push(row.get(0)?);
        }
    }
    for task in obcms_store::records::load_many(work.tx, &TASK, &affected)? {
        let mut changed = task.clone();
        changed.archived_at = record.archived_at;
        work.save(&task, &mut changed, if record.is_archived() { "archive" } else { "restore" })?;
    }
    Ok(())
}

fn rename_project(work: &mut Work<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if before.title() == record.title() {
        return Ok(());
    }
    let rows = work.tx.query("SELECT id FROM projects WHERE need = $1", &[record.id.into()])?;
    for row in rows {
        if let Some(project) = work.find(&obcms_domain::kinds::PROJECT, row.get(0)?)? {
            let mut renamed = project.clone();
            renamed.set("title", record.title());
            work.save_computed(&project, &renamed)?;
        }
    }
    Ok(())
}

/// First and last day of an origin, from which its generated tasks are dated.
#[must_use]
pub fn anchors(record: &Record, office: &TimeZone) -> (Option<Date>, Option<Date>) {
    let span = |start: &str, end: &str| {
        let first = record.date(start);
        (first, record.date(end).or(first))
    };
    match record.kind.name {
        "event" => event_days(record, office),
        "assessment" => span("planned_start_date", "planned_end_date"),
        "ppa" => span("start_date", "target_end_date"),
        "policy_milestone" => span("target_date", "target_date"),
        "service" => span("application_start_date", "application_deadline"),
        // The tasks of a policy run from the day it was begun; those of an application from its submission.
        "application" => span("submitted_on", "submitted_on"),
        _ => (None, None),
    }
}

fn event_days(record: &Record, office: &TimeZone) -> (Option<Date>, Option<Date>) {
    let zone = TimeZone::get(record.text("timezone")).unwrap_or_else(|_| office.clone());
    let first = record.instant("start").map(|start| start.to_zoned(zone.clone()).date());
    // The end is exclusive: an event until midnight ends on the day before.
    let last = record.instant("end").map(|end| {
        let before_end = end.checked_sub(1.second()).unwrap_or(end);
        before_end.to_zoned(zone.clone()).date()
    });
    (first, last.or(first))
}

/// Generated tasks that nobody touched move with their origin.
fn redate(work: &mut Work<'_, '_>, origin: &Record) -> Result<(), AppError> {
    let (start, end) = anchors(origin, work.app.zone());
    let ids = store::of_origin(work.tx, origin.id)?;
    for before in obcms_store::records::load_many(work.tx, &TASK, &ids)? {
        let untouched = !before.flag("touched") && before.text("status") == TaskStatus::NotStarted.as_str();
        let anchor = if before.text("generated_anchor") == "end" { end } else { start };
        let (true, Some(day), Some(offset)) = (untouched, anchor, before.integer("generated_offset")) else {
            continue;
        };
        let mut record = before.clone();
        record.set("due_date", day.saturating_add(offset.days()));
        work.save(&before, &mut record, "redate")?;
    }
    Ok(())
}
