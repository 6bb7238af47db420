//! The nightly job that forgets what is over.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::jobs::BackOff;
use obcms_store::exchange::sharing;
use obcms_store::records::idempotency;
use obcms_store::records::imports;
use obcms_store::{accounts, jobs};
use serde_json::Value as Json;

use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App};

/// Failures to sign in count for minutes; a day of them helps to see what happened.
const FAILURES: SignedDuration = SignedDuration::from_hours(24);
/// A program that repeats a request does so within minutes.
const ANSWERS: SignedDuration = SignedDuration::from_hours(48);
/// Jobs that were done, so that their result can be looked at.
const DONE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Jobs that were given up, so that nobody misses them.
const FAILED: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Who looked at shared calendars.
const VIEWS: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Processes that died without a word.
const RUNNERS: SignedDuration = SignedDuration::from_hours(24);

/// Every night, when nobody works.
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
