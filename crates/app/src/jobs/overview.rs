//! Overview of jobs for administrators, and their actions on jobs.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::jobs::State;
use obcms_domain::message;
use obcms_store::jobs::{self, Filter, Job, RunnerRow};

use crate::core::{Actor, App, AppError};
use crate::records::require_write;

/// Age of the last heartbeat after which a process counts as dead.
pub const ALIVE: SignedDuration = SignedDuration::from_secs(90);
/// Delay after which a due job counts as overdue.
pub const LATE: SignedDuration = SignedDuration::from_mins(10);

/// Health of the jobs of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Processes that run jobs at present.
    pub runners: Vec<RunnerRow>,
    /// Number of jobs in each state.
    pub counts: Vec<(State, i64)>,
    /// Number of overdue jobs.
    pub overdue: i64,
    /// Due time of the first overdue job.
    pub overdue_since: Option<Timestamp>,
    /// Number of jobs that failed and will be retried.
    pub retrying: i64,
}

impl Health {
    /// Returns the number of jobs in that state.
    #[must_use]
    pub fn count(&self, state: State) -> i64 {
        self.counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count)
    }

    /// Returns one line on the health: `Ok` if all is well, `Err` with the problem and its remedy.
    pub fn verdict(&self) -> Result<Message, Message> {
        let (queued, overdue) = (self.count(State::Queued), self.overdue);
        let failed = self.count(State::Failed);
        if let (true, Some(since)) = (overdue > 0, self.overdue_since) {
            let since = Word::text(format_args!("{since:.0}"));
            return Err(if self.runners.is_empty() {
                message!(
                    "no process runs jobs; {overdue} overdue since {since}; start obcms serve",
                    overdue,
                    since
                )
            } else {
                message!("{overdue} overdue since {since}; see /admin/jobs", overdue, since)
            });
        }
        if failed > 0 {
            return Err(message!(
                "{failed} failed after their last attempt; see /admin/jobs and press Retry",
                failed
            ));
        }
        let queued = if self.retrying > 0 {
            let retrying = self.retrying;
            message!("{queued} queued, {retrying} of them after a failure", queued, retrying)
        } else {
            message!("{queued} queued", queued)
        };
        Ok(match self.runners.len() {
            0 => message!("no obcms serve is running; {queued}, none overdue", queued),
            1 => message!("1 process runs them; {queued}", queued),
            several => message!("{several} processes run them; {queued}", several, queued),
        })
    }
}

fn require(actor: &Actor, what: &'static str) -> Result<(), AppError> {
    if actor.may(Action::Manage, Area::Settings) {
        return Ok(());
    }
    Err(AppError::forbidden(Action::Manage, Area::Settings, what))
}

impl App {
    /// Returns jobs by the time at which they run, and the number of all that match.
    pub fn jobs(
        &self,
        actor: &Actor,
        filter: &Filter,
        limit: i64,
        offset: i64,
    ) -> Result<(Vec<Job>, i64), AppError> {
        require(actor, "see the jobs")?;
        self.read(|tx| Ok(jobs::list(tx, filter, limit, offset)?))
    }

    /// Returns one job.
    pub fn job(&self, actor: &Actor, id: Id) -> Result<Job, AppError> {
        require(actor, "see the jobs")?;
        self.read(|tx| jobs::find(tx, id)?.ok_or(AppError::NotFound("job")))
    }

    /// Queues a job to run as soon as possible, with all its attempts.
    pub fn run_job(&self, actor: &Actor, id: Id) -> Result<Job, AppError> {
        require(actor, "run jobs")?;
        require_write(actor)?;
        let job = self.write(actor, |work| {
            jobs::find(work.tx, id)?.ok_or(AppError::NotFound("job"))?;
            if !jobs::run_now(work.tx, id, work.now)? {
                return Err(AppError::conflict("This job is already running."));
            }
            jobs::find(work.tx, id)?.ok_or(AppError::NotFound("job"))
        })?;
        tracing::info!(job = job.kind, title = job.title, by = actor.username, "a job was started manually");
        Ok(job)
    }

    /// Returns the health of jobs, for the doctor, the metrics and administrators.
    pub fn job_health(&self) -> Result<Health, AppError> {
        let now = self.now();
        self.read(|tx| {
            let (overdue, overdue_since) = jobs::overdue(tx, now - LATE)?;
            let mut runners = jobs::runners(tx)?;
            runners.retain(|runner| runner.seen_at.duration_since(now).abs() < ALIVE);
            Ok(Health {
                runners,
                counts: jobs::counts(tx)?,
                overdue,
                overdue_since,
                retrying: jobs::retrying(tx)?,
            })
        })
    }
}
