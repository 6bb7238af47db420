//! Jobs that make reports: one for each request, and one for each schedule.

use obcms_domain::attachments::MOST_BYTES;
use obcms_domain::core::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds::{REGION, REPORT, REPORT_SCHEDULE, report, report_schedule};
use obcms_domain::registry::Record;
use obcms_store::records;
use serde_json::Value as Json;

use super::requests::{ReportRequest, filters, may_make, request_report};
use super::{content, pdf, schedules, tables};
use crate::attachments;
use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError};

/// Handler of the job that makes a report.
pub const REPORT_JOB: Handler = Handler {
    kind: "report",
    label: "Make a report",
    description: "Makes a report that somebody asked for, and keeps it.",
    schedule: "",
    maximum_attempts: 3,
    back_off: BackOff::USUAL,
    run,
};

/// Handler of the job of a schedule. It comes again at each time of its cron line.
pub const SCHEDULE_JOB: Handler = Handler {
    kind: "report_schedule",
    label: "Request a scheduled report",
    description: "Requests the report of a schedule at each of its times.",
    schedule: "",
    maximum_attempts: 0,
    back_off: BackOff::USUAL,
    run: run_schedule,
};

fn id_of(payload: &Json, name: &str) -> Result<Id, JobError> {
    let id = payload.get(name).and_then(Json::as_str).and_then(|text| text.parse().ok());
    id.ok_or_else(|| JobError(format!("The job names no {name}.")))
}

fn run(app: &App, payload: &Json) -> Result<Outcome, JobError> {
    let id = id_of(payload, "report")?;
    let Some(record) = app.read(|tx| Ok(records::load(tx, &REPORT, id)?))? else {
        return Ok(Outcome::done("the report is gone"));
    };
    if report::STATE.get(&record) == "done" {
        return Ok(Outcome::done("made already"));
    }
    match make(app, &record) {
        Ok(size) => Ok(Outcome::done(format!("{} kB", size / 1024))),
        Err(error) => {
            let reason = error.message().english();
            note(app, id, |record| {
                report::STATE.set(record, "failed");
                report::ERROR.set(record, reason.chars().take(1000).collect::<String>());
            })?;
            Err(error.into())
        }
    }
}

/// Makes a report and keeps its file. Returns the size in bytes.
fn make(app: &App, record: &Record) -> Result<usize, AppError> {
    note(app, record.id, |record| {
        report::STATE.set(record, "running");
        report::PROGRESS.set(record, 10);
        report::ERROR.clear(record);
    })?;
    let actor = match record.created_by {
        Some(user) => app.actor_of(user)?,
        None => None,
    };
    let actor = actor.filter(may_make).ok_or_else(|| {
        AppError::conflict("The person who asked for this report may not make reports any more.")
    })?;
    let request = ReportRequest::of(record);
    let region = match request.filter.region {
        Some(id) => app.read(|tx| Ok(records::load(tx, &REGION, id)?))?,
        None => None,
    };
    let document =
        content::make(app, &actor, &request.report, &request.filter, filters(&request, region.as_ref()))?;
    note(app, record.id, |record| report::PROGRESS.set(record, 60))?;
    let (bytes, extension) = match request.format.as_str() {
        "pdf" => (pdf::render(app, &document)?, "pdf"),
        "xlsx" => (tables::workbook(&document)?, "xlsx"),
        "csv" => (tables::csv(&document)?, "csv"),
        _ => (serde_json::to_vec(&document).map_err(|error| AppError::Internal(error.to_string()))?, "txt"),
    };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(AppError::conflict(
            "The report is larger than a file may be. Choose a sector or a region.",
        ));
    }
    note(app, record.id, |record| report::PROGRESS.set(record, 90))?;
    let name = format!("{} {}.{extension}", record.title(), document.made_on);
    let mut staged = app.stage_file()?;
    app.write_file(&mut staged, &bytes)?;
    let checked = app.check_file(staged, &name)?;
    let program = Actor::program();
    app.write(&program, |work| {
        let (file, _) = attachments::attach(work, &REPORT, record.id, None, &checked)?;
        let Some(before) = work.find(&REPORT, record.id)? else { return Ok(()) };
        let mut record = before.clone();
        report::STATE.set(&mut record, "done");
        report::PROGRESS.set(&mut record, 100);
        report::FINISHED_AT.set(&mut record, work.now);
        report::FILE.set(&mut record, file.id.to_string());
        work.save_computed(&before, &record)?;
        Ok(())
    })?;
    Ok(bytes.len())
}

/// Writes the progress of a report; open pages follow it.
fn note(app: &App, id: Id, change: impl Fn(&mut Record)) -> Result<(), AppError> {
    app.write(&Actor::program(), |work| {
        let Some(before) = work.find(&REPORT, id)? else { return Ok(()) };
        let mut record = before.clone();
        change(&mut record);
        work.note_computed(
            &before,
            &record,
            &[report::PROGRESS.name(), report::STATE.name(), report::ERROR.name()],
        )
    })
}

fn run_schedule(app: &App, payload: &Json) -> Result<Outcome, JobError> {
    let id = id_of(payload, "schedule")?;
    let found = app.read(|tx| Ok(records::load(tx, &REPORT_SCHEDULE, id)?))?;
    let Some(schedule) = found.filter(schedules::is_running) else {
        return Ok(Outcome::done("the schedule has ended"));
    };
    let actor = match report_schedule::RUNS_AS.get(&schedule) {
        Some(user) => app.actor_of(user)?,
        None => None,
    };
    let actor = actor.filter(may_make).ok_or_else(|| {
        JobError("The person whose rights the schedule has may not make reports any more.".to_owned())
    })?;
    let request = schedules::request_of(&schedule, app.today());
    app.write(&actor, |work| request_report(work, &request, Some(id)))?;
    let next = schedules::next_of(app, &schedule)?;
    app.write(&Actor::program(), |work| {
        let Some(before) = work.find(&REPORT_SCHEDULE, id)? else { return Ok(()) };
        let mut record = before.clone();
        report_schedule::NEXT_AT.set(&mut record, next);
        work.note_computed(&before, &record, &[report_schedule::NEXT_AT.name()])
    })?;
    Ok(Outcome { summary: "requested".to_owned(), again_at: Some(next) })
}
