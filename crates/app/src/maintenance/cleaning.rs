//! Nightly job that deletes expired data.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::jobs::BackOff;
use obcms_store::exchange::sharing;
use obcms_store::records::idempotency;
use obcms_store::records::imports;
use obcms_store::{accounts, jobs};
use serde_json::Value as Json;

use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App};

/// Age at which failures to sign in are deleted: they count for minutes; a day of them helps to see what happened.
const FAILURES: SignedDuration = SignedDuration::from_hours(24);
/// Age at which stored answers are deleted: a program that repeats a request does so within minutes.
const ANSWERS: SignedDuration = SignedDuration::from_hours(48);
/// Age at which finished jobs are deleted: late enough to inspect their result.
const DONE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Age at which failed jobs are deleted: late enough for somebody to notice them.
const FAILED: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Age at which views of shared calendars are deleted.
const VIEWS: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Age at which processes that died without stopping are deleted.
const RUNNERS: SignedDuration = SignedDuration::from_hours(24);

/// Handler of the job, run every night outside working hours.
pub const HANDLER: Handler = Handler {
    kind: "clean_up",
    label: "Clean up",
    description: "Deletes expired sessions and links, old idempotency responses and finished jobs.",
    schedule: "23 3 * * *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run: clean_up,
};

fn clean_up(app: &App, _: &Json) -> Result<Outcome, JobError> {
    let (answers, finished) = app.write(&Actor::program(), |work| {
        let ago = |time: SignedDuration| -> Timestamp { work.now - time };
        accounts::forget_devices(work.tx, work.now - crate::accounts::DEVICE_LIFE)?;
        accounts::forget_expired(work.tx, work.now, app.idle_since(work.now), ago(FAILURES))?;
        sharing::forget_views(work.tx, ago(VIEWS))?;
        jobs::forget_runners(work.tx, ago(RUNNERS), work.now + RUNNERS)?;
        imports::forget(work.tx, ago(ANSWERS))?;
        let answers = idempotency::forget(work.tx, ago(ANSWERS))?;
        Ok((answers, jobs::prune(work.tx, ago(DONE), ago(FAILED))?))
    })?;
    Ok(Outcome::done(format!("{answers} stored responses and {finished} finished jobs deleted")))
}
