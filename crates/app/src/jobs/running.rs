//! One attempt at one job: claim it, run it, record the result.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use obcms_domain::jobs::{State, next_run};
use obcms_store::jobs::{self, Ending, Job, NewJob};
use serde_json::{Value as Json, json};

use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{App, AppError};

/// Time for which a claim lasts without renewal.
pub const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// Maximum stored length of an error in characters.
const LONGEST_ERROR: usize = 2000;

/// Inserts the scheduled jobs of these handlers; existing ones are not changed.
pub fn insert_scheduled_jobs(app: &App, handlers: &[Handler]) -> Result<(), AppError> {
    let now = app.now();
    for handler in handlers.iter().filter(|handler| !handler.schedule.is_empty()) {
        let new = NewJob {
            id: app.new_id(),
            kind: handler.kind.to_owned(),
            key: "schedule".to_owned(),
            title: handler.label.to_owned(),
            payload: json!({}).to_string(),
            cron: handler.schedule.to_owned(),
            run_at: next_time(app, handler.schedule, now)?,
            maximum_attempts: handler.maximum_attempts,
        };
        app.database().write(|tx| Ok::<_, AppError>(jobs::insert_scheduled(tx, &new, now)?))?;
    }
    Ok(())
}

fn next_time(app: &App, cron: &str, after: Timestamp) -> Result<Timestamp, AppError> {
    next_run(cron, after, app.zone()).map_err(|error| AppError::Internal(error.to_string()))
}

/// Claims the next due job of these handlers for a process and runs it. Returns its id, or nothing if no job was due.
pub fn run_next(app: &App, handlers: &[Handler], runner: &str) -> Result<Option<Id>, AppError> {
    let Some(job) = claim_next(app, handlers, runner)? else {
        return Ok(None);
    };
    let Some(handler) = handlers.iter().find(|handler| handler.kind == job.kind) else {
        return Ok(None);
    };
    let _span = tracing::error_span!("job", kind = job.kind, id = %job.id, attempt = job.attempts).entered();
    let begun = Instant::now();
    let result = if job.maximum_attempts > 0 && job.attempts > job.maximum_attempts {
        // Its leases expired one after another: it ends the process each time, and must not do so forever.
        Err(JobError("The program ended during every attempt. No more attempts.".to_owned()))
    } else {
        attempt(app, handler, &job)
    };
    let duration = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    if let Err(error) = &result {
        tracing::warn!(job = job.kind, title = job.title, attempt = job.attempts, "a job failed: {error}");
    }
    let ending = ending(app, handler, &job, result, duration)?;
    let now = app.now();
    let is_ours = app.database().write(|tx| Ok::<_, AppError>(jobs::finish(tx, &job, &ending, now)?))?;
    if !is_ours {
        tracing::warn!(
            job = job.kind,
            title = job.title,
            "a job took longer than its claim and was reassigned"
        );
    }
    Ok(Some(job.id))
}

fn claim_next(app: &App, handlers: &[Handler], runner: &str) -> Result<Option<Job>, AppError> {
    let kinds: Vec<&str> = handlers.iter().map(|handler| handler.kind).collect();
    // Polled without the write lock, since most of the time no job is due.
    let now = app.now();
    let look = || app.read(|tx| Ok((jobs::is_misdated(tx, now)?, jobs::due(tx, &kinds, now, now + LEASE)?)));
    let (is_misdated, mut due) = look()?;
    if is_misdated {
        let corrected = app.database().write(|tx| Ok::<_, AppError>(jobs::correct(tx, now)?))?;
        tracing::warn!(corrected, "jobs were scheduled by a clock that was ahead; they are rescheduled");
        due = look()?.1;
    }
    for id in due {
        let now = app.now();
        let claimed =
            app.database().write(|tx| Ok::<_, AppError>(jobs::claim(tx, id, runner, now, now + LEASE)?))?;
        if claimed.is_some() {
            return Ok(claimed);
        }
    }
    Ok(None)
}

fn attempt(app: &App, handler: &Handler, job: &Job) -> Result<Outcome, JobError> {
    let payload: Json = serde_json::from_str(&job.payload)
        .map_err(|error| JobError(format!("The data of the job is damaged: {error}")))?;
    catch_unwind(AssertUnwindSafe(|| (handler.run)(app, &payload)))
        .unwrap_or_else(|_| Err(JobError("The job crashed. See the server log.".to_owned())))
}

/// Records the result of an attempt: done, another run, a retry, or failed.
fn ending(
    app: &App,
    handler: &Handler,
    job: &Job,
    result: Result<Outcome, JobError>,
    duration: i64,
) -> Result<Ending, AppError> {
    let now = app.now();
    let scheduled = match job.cron.as_str() {
        "" => None,
        cron => Some(next_time(app, cron, now)?),
    };
    Ok(match result {
        Ok(outcome) => {
            let again = outcome.again_at.or(scheduled);
            Ending {
                state: if again.is_some() { State::Queued } else { State::Done },
                run_at: again.unwrap_or(job.run_at),
                attempts: if again.is_some() { 0 } else { job.attempts },
                result: Some(shorten(&outcome.summary)),
                error: String::new(),
                duration,
            }
        }
        Err(JobError(message)) => {
            let chance = u32::from_le_bytes(app.random());
            let retry_at = now + handler.back_off.pause(job.attempts, chance);
            let gives_up = job.maximum_attempts > 0 && job.attempts >= job.maximum_attempts;
            let (state, run_at, attempts) = match scheduled {
                _ if !gives_up => (State::Queued, retry_at, job.attempts),
                // A scheduled job never fails finally: it gets new attempts at its next time.
                Some(next) => (State::Queued, next, 0),
                None => (State::Failed, job.run_at, job.attempts),
            };
            Ending { state, run_at, attempts, result: None, error: shorten(&message), duration }
        }
    })
}

fn shorten(text: &str) -> String {
    text.chars().take(LONGEST_ERROR).collect()
}
