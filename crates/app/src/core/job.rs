//! Jobs as commands ask for them, and handlers that do them.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_store::jobs::NewJob;
use serde_json::Value as Json;

use super::application::App;
use super::error::AppError;

/// One kind of job.
#[derive(Clone, Copy)]
pub struct Handler {
    /// Name in the table.
    pub kind: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Purpose, in a sentence.
    pub description: &'static str,
    /// Schedule: minute, hour, day, month and weekday in the zone of the office; empty for a job that is
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
    /// Time of the next run; nothing for a job with a schedule, which has its own.
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
