//! Jobs: work that is done beside the requests, some time after it was asked for.
//!
//! A command asks for a job with [`Work::enqueue`](crate::Work::enqueue), in its own transaction: it is kept with the
//! rest of the command or not at all. Every serving process has a [`Runner`] whose threads claim what is due. A handler
//! may be run more than once for one job (its process may die just before it says so), so it must not mind.
//!
//! To add a kind of job: write its [`Handler`] and list it in [`HANDLERS`]. What has a schedule is planted when a runner
//! starts.

mod cleaning;
mod holidays;
mod overview;
mod runner;
mod running;
pub(crate) mod series;
mod statistics;

use jiff::Timestamp;
use obcms_domain::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_store::jobs::NewJob;
use serde_json::Value as Json;

use crate::App;
use crate::error::AppError;

pub use obcms_store::jobs::{Filter, Job, RunnerRow};
pub use overview::{ALIVE, Health, LATE};
pub use runner::Runner;
pub use running::{plant, run_next};

/// Every kind of job of the program.
pub static HANDLERS: &[Handler] = &[
    cleaning::HANDLER,
    crate::external::HANDLER,
    holidays::HANDLER,
    crate::files::UNFINISHED_IMPORTS,
    series::HANDLER,
    statistics::HANDLER,
];

/// One kind of job.
#[derive(Clone, Copy)]
pub struct Handler {
    /// Name in the table.
    pub kind: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Purpose, in a sentence.
    pub description: &'static str,
    /// When it comes by itself: minute, hour, day, month and weekday in the zone of the office; empty for a job that is
    /// only asked for.
    pub schedule: &'static str,
    /// After so many failures in a row it is given up, or waits for the next time of its schedule; 0 for never.
    pub maximum_attempts: i64,
    /// Wait after a failure.
    pub back_off: BackOff,
    /// Does it.
    pub run: fn(&App, &Json) -> Result<Outcome, JobError>,
}

/// Result of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Summary in a few words, for administrators.
    pub summary: String,
    /// When it is to run again. A schedule says so by itself.
    pub again_at: Option<Timestamp>,
}

impl Outcome {
    /// Done, with what was done.
    pub fn done(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), again_at: None }
    }
}

/// Failure of a job, for administrators: the cause and, where it helps, the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JobError(pub String);

impl From<AppError> for JobError {
    fn from(error: AppError) -> Self {
        Self(error.to_string())
    }
}

/// The handler of that kind.
#[must_use]
pub fn handler(kind: &str) -> Option<&'static Handler> {
    HANDLERS.iter().find(|handler| handler.kind == kind)
}

/// A job that a command asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enqueue {
    kind: &'static str,
    maximum_attempts: i64,
    key: Option<String>,
    title: String,
    payload: Json,
    run_at: Option<Timestamp>,
}

impl Enqueue {
    /// A job for the handler that is done as soon as may be.
    #[must_use]
    pub fn new(handler: &Handler, payload: Json) -> Self {
        Self {
            kind: handler.kind,
            maximum_attempts: handler.maximum_attempts,
            key: None,
            title: handler.label.to_owned(),
            payload,
            run_at: None,
        }
    }

    /// There is only one job of the kind with this key: asking twice does it once.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Subject, for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Not before this time.
    #[must_use]
    pub fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = Some(run_at);
        self
    }

    pub(crate) fn row(&self, id: Id, now: Timestamp) -> NewJob {
        NewJob {
            id,
            kind: self.kind.to_owned(),
            key: self.key.clone().unwrap_or_else(|| id.to_string()),
            title: self.title.clone(),
            payload: self.payload.to_string(),
            cron: String::new(),
            run_at: self.run_at.unwrap_or(now),
            maximum_attempts: self.maximum_attempts,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::tz::TimeZone;
    use obcms_domain::jobs::next_run;

    use super::*;

    #[test]
    fn kinds_are_unique_and_schedules_can_be_read() {
        let mut seen = HashSet::new();
        for handler in HANDLERS {
            assert!(seen.insert(handler.kind), "{} twice", handler.kind);
            assert!(!handler.label.is_empty() && handler.description.ends_with('.'), "{}", handler.kind);
            if !handler.schedule.is_empty() {
                next_run(handler.schedule, Timestamp::UNIX_EPOCH, &TimeZone::UTC).unwrap();
            }
        }
    }
}
