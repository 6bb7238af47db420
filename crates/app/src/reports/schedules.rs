//! Schedules of reports: their job and its times.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::message::Word;
use obcms_domain::jobs::next_run;
use obcms_domain::kinds::report_schedule;
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::jobs;
use serde_json::json;

use super::job::SCHEDULE_JOB;
use super::requests::ReportRequest;
use crate::core::job::Enqueue;
use crate::core::rules::Input;
use crate::core::{App, AppError, UnitOfWork};
use crate::programme::portfolio::Filter;

/// Returns true if the schedule makes reports.
pub(super) fn is_running(record: &Record) -> bool {
    report_schedule::IS_ACTIVE.get(record) && !record.is_archived()
}

/// Returns the next time of a schedule.
pub(super) fn next_of(app: &App, record: &Record) -> Result<Timestamp, AppError> {
    next_run(report_schedule::CRON.get(record), app.now(), app.zone()).map_err(|error| {
        let message = message!("This is no cron line: {error}", error = Word::text(error.to_string()));
        AppError::field(report_schedule::CRON.name(), "format", message)
    })
}

/// Returns the request of a schedule on a day.
pub(super) fn request_of(record: &Record, today: Date) -> ReportRequest {
    let present = i64::from(today.year());
    let fiscal_year = match report_schedule::YEAR.get(record) {
        "previous" => Some(present - 1),
        "next" => Some(present + 1),
        "all" => None,
        _ => Some(present),
    };
    let sector = Some(report_schedule::SECTOR.get(record)).filter(|text| !text.is_empty());
    ReportRequest {
        report: report_schedule::REPORT.get(record).to_owned(),
        format: report_schedule::FORMAT.get(record).to_owned(),
        filter: Filter {
            fiscal_year,
            sector: sector.map(str::to_owned),
            region: report_schedule::REGION.get(record),
        },
    }
}

/// Sets whose rights a schedule has, those of the person who saved it last, and its next time.
pub(crate) fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    _: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if work.actor.id.is_some() {
        report_schedule::RUNS_AS.set(record, work.actor.id);
    }
    if is_running(record) {
        let next = next_of(work.app, record)?;
        report_schedule::NEXT_AT.set(record, next);
    } else {
        report_schedule::NEXT_AT.clear(record);
    }
    Ok(())
}

/// Enqueues the job of a new schedule.
pub(crate) fn created(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    follow(work, record)
}

/// Moves, ends or begins the job with its schedule.
pub(crate) fn changed(work: &mut UnitOfWork<'_, '_>, _: &Record, record: &Record) -> Result<(), AppError> {
    follow(work, record)
}

fn follow(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let key = record.id.to_string();
    if !is_running(record) {
        jobs::remove(work.tx, SCHEDULE_JOB.kind, &key)?;
        return Ok(());
    }
    let next = next_of(work.app, record)?;
    let job = Enqueue::new(&SCHEDULE_JOB, json!({ "schedule": record.id }))
        .key(key)
        .title(format!("Scheduled report: {}", record.title()))
        .at(next);
    work.enqueue_again(&job)
}
