//! Jobs as commands enqueue them, and the handlers that run them.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_store::jobs::NewJob;
use serde_json::Value as Json;

use super::application::App;
use super::error::AppError;

/// Handler of one kind of job.
#[derive(Clone, Copy)]
pub struct Handler {
    /// Name of the kind in the table of jobs.
    pub kind: &'static str,
    /// Label for people.
    pub label: &'static str,
    /// Purpose, in a sentence.
    pub description: &'static str,
    /// Cron schedule: minute, hour, day, month and weekday in the zone of the office; empty for a job that runs only
    /// when enqueued.
    pub schedule: &'static str,
    /// Number of failures in a row after which a job fails finally, or waits for the next time of its schedule; 0 for
    /// no limit.
    pub maximum_attempts: i64,
    /// Delay before the next attempt after a failure.
    pub back_off: BackOff,
    /// Runs the job.
    pub run: fn(&App, &Json) -> Result<Outcome, JobError>,
}

/// Result of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Summary in a few words, for administrators.
    pub summary: String,
    /// Time of the next run; nothing for a job with a schedule, which determines it.
    pub again_at: Option<Timestamp>,
}

impl Outcome {
    /// Returns the result of a finished job with its summary.
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

/// Request of a command for a job.
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
    /// Requests a job for the handler that runs as soon as possible.
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

    /// Sets the key: there is at most one job of the kind with it, so that a repeated request runs it once.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the subject, for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets the earliest time of the run.
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
