//! Job that fetches one external calendar, repeated at the interval of the calendar.

use std::io::Cursor;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds::{EXTERNAL_CALENDAR, external_calendar};
use obcms_domain::registry::Record;
use obcms_icalendar::read::File;
use obcms_store::exchange::subscriptions as store;
use obcms_store::{jobs, records};
use serde_json::{Value as Json, json};

use super::client::{FetchRequest, FetchResponse, Limits, fetch};
use super::sync::sync;
use super::{Report, read_limits, remarks};
use crate::core::job::{Enqueue, Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError, UnitOfWork};

/// Job handler. Each subscription with an address has one such job.
pub const HANDLER: Handler = Handler {
    kind: "fetch_calendar",
    label: "Fetch an external calendar",
    description: "Fetches an external calendar and updates its events.",
    schedule: "",
    maximum_attempts: 0,
    // Providers do not like requests every minute.
    back_off: BackOff { first: SignedDuration::from_mins(5), longest: SignedDuration::from_hours(6) },
    run,
};

/// Returns the job of a subscription.
fn job_of(calendar: &Record) -> Enqueue {
    Enqueue::new(&HANDLER, json!({ "calendar": calendar.id }))
        .key(calendar.id.to_string())
        .title(format!("Fetch {}", calendar.title()))
}

/// Schedules a fetch as soon as possible.
pub fn schedule_now(work: &mut UnitOfWork<'_, '_>, calendar: &Record) -> Result<(), AppError> {
    work.enqueue_again(&job_of(calendar))
}

/// Updates the job of a subscription after a change; `before` is `None` for a new one.
pub fn reschedule(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    calendar: &Record,
) -> Result<(), AppError> {
    if !is_fetched(calendar) {
        jobs::remove(work.tx, HANDLER.kind, &calendar.id.to_string())?;
        return Ok(());
    }
    let matters = |record: &Record| {
        let values = ["name", "address", "is_active", "refresh_minutes"].map(|name| record.get(name).clone());
        (values, record.is_archived())
    };
    if before.is_none_or(|before| matters(before) != matters(calendar)) {
        schedule_now(work, calendar)?;
    }
    Ok(())
}

/// Returns true if the subscription is fetched by its job.
fn is_fetched(calendar: &Record) -> bool {
    external_calendar::IS_ACTIVE.get(calendar)
        && !calendar.is_archived()
        && !external_calendar::ADDRESS.get(calendar).is_empty()
}

/// Returns the time of the next fetch, if one is scheduled.
pub fn next_fetch(tx: &mut obcms_store::Tx<'_>, calendar: Id) -> Result<Option<Timestamp>, AppError> {
    let job = jobs::by_key(tx, HANDLER.kind, &calendar.to_string())?;
    Ok(job
        .filter(|job| {
            matches!(job.state, obcms_domain::jobs::State::Queued | obcms_domain::jobs::State::Running)
        })
        .map(|job| job.run_at))
}

fn run(app: &App, payload: &Json) -> Result<Outcome, JobError> {
    let id: Id = payload
        .get("calendar")
        .and_then(Json::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| JobError("The job names no calendar.".to_owned()))?;
    let found = app.read(|tx| Ok(records::load(tx, &EXTERNAL_CALENDAR, id)?))?;
    let Some(calendar) =
        found.filter(|found| !found.is_archived() && !external_calendar::ADDRESS.get(found).is_empty())
    else {
        return Ok(Outcome::done("This calendar is no longer fetched."));
    };
    let result = fetch_and_sync(app, &calendar);
    note(app, id, &result)?;
    let fetched = result?;
    let pause = SignedDuration::from_mins(external_calendar::REFRESH_MINUTES.get(&calendar).unwrap_or(60));
    Ok(Outcome {
        summary: fetched.report.map_or_else(|| "No changes.".to_owned(), |report| report.summary()),
        again_at: is_fetched(&calendar).then(|| app.now() + pause),
    })
}

struct Fetched {
    report: Option<Report>,
    asked: FetchRequest,
}

fn fetch_and_sync(app: &App, calendar: &Record) -> Result<Fetched, JobError> {
    // The response of another address says nothing about this one.
    let is_known =
        external_calendar::FETCHED_ADDRESS.get(calendar) == external_calendar::ADDRESS.get(calendar);
    let known = |name: &str| if is_known { calendar.text(name).to_owned() } else { String::new() };
    let asked = FetchRequest {
        address: external_calendar::ADDRESS.get(calendar).to_owned(),
        etag: known("etag"),
        last_modified: known("last_modified"),
    };
    let limits = Limits::with_defaults(app.options().allow_private_addresses);
    match fetch(&asked, &limits).map_err(|error| JobError(error.to_string()))? {
        FetchResponse::Unchanged => Ok(Fetched { report: None, asked }),
        FetchResponse::Calendar { bytes, etag, last_modified } => {
            let file = File::open(Cursor::new(&bytes), app.zone(), read_limits(limits.bytes))
                .map_err(|error| JobError(error.to_string()))?;
            if file.is_cut_off() {
                return Err(JobError(
                    "The response is incomplete: the end of the calendar is missing.".to_owned(),
                ));
            }
            let report = sync(app, &Actor::program(), calendar.id, file, false)?;
            Ok(Fetched { report: Some(report), asked: FetchRequest { etag, last_modified, ..asked } })
        }
    }
}

/// Saves the result of a fetch.
fn note(app: &App, id: Id, result: &Result<Fetched, JobError>) -> Result<(), AppError> {
    app.write(&Actor::program(), |work| {
        let Some(before) = work.find(&EXTERNAL_CALENDAR, id)? else {
            return Ok(());
        };
        let mut calendar = before.clone();
        external_calendar::LAST_FETCHED_AT.set(&mut calendar, work.now);
        match result {
            Ok(fetched) => {
                if let Some(report) = &fetched.report {
                    remarks::keep(&mut calendar, &report.skipped);
                }
                external_calendar::LAST_STATUS.set(&mut calendar, "current");
                external_calendar::LAST_ERROR.clear(&mut calendar);
                external_calendar::FETCHED_ADDRESS.set(&mut calendar, fetched.asked.address.as_str());
                external_calendar::ETAG.set(&mut calendar, fetched.asked.etag.as_str());
                external_calendar::LAST_MODIFIED.set(&mut calendar, fetched.asked.last_modified.as_str());
            }
            Err(error) => {
                external_calendar::LAST_STATUS.set(&mut calendar, "failed");
                external_calendar::LAST_ERROR
                    .set(&mut calendar, error.0.chars().take(2000).collect::<String>());
            }
        }
        external_calendar::EVENT_COUNT.set(&mut calendar, store::count(work.tx, id)?);
        work.note_computed(
            &before,
            &calendar,
            &["last_fetched_at", "fetched_address", "etag", "last_modified"],
        )
    })
}
