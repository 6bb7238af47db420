//! Runner: threads of a process that run jobs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use obcms_store::jobs;

use super::Handler;
use super::running::{LEASE, insert_scheduled_jobs, run_next};
use crate::core::{App, AppError};

/// Number of jobs that a process runs at the same time.
const WORKERS: usize = 2;
/// Interval between polls for due jobs: a job that people wait for starts within this time.
const POLL: Duration = Duration::from_secs(1);
/// Pause after a database failure.
const TROUBLE: Duration = Duration::from_secs(10);
/// Interval of the heartbeat; a lease lasts several times as long.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Time after which a running job counts as hung: its lease is no longer renewed.
const LONGEST_RUN: SignedDuration = SignedDuration::from_hours(1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Claims jobs.
    Working,
    /// Claims no new jobs.
    Stopping,
    /// No lease is left to renew.
    Ended,
}

struct Progress {
    stage: Stage,
    workers: usize,
}

struct Shared {
    app: App,
    handlers: &'static [Handler],
    name: String,
    progress: Mutex<Progress>,
    changed: Condvar,
}

/// Running threads. When it is dropped, they end by themselves after the current job.
pub struct Runner {
    shared: Arc<Shared>,
    heart: Option<JoinHandle<()>>,
}

impl Runner {
    /// Inserts the scheduled jobs and starts to run the jobs of the program.
    pub fn start(app: &App) -> Result<Self, AppError> {
        Self::start_with(app, app.handlers())
    }

    /// Does the same as [`Runner::start`] for other handlers.
    pub fn start_with(app: &App, handlers: &'static [Handler]) -> Result<Self, AppError> {
        insert_scheduled_jobs(app, handlers)?;
        let shared = Arc::new(Shared {
            app: app.clone(),
            handlers,
            name: name(app),
            progress: Mutex::new(Progress { stage: Stage::Working, workers: WORKERS }),
            changed: Condvar::new(),
        });
        shared.beat()?;
        let spawn = |label: String, work: fn(&Shared)| {
            let shared = shared.clone();
            thread::Builder::new()
                .name(label)
                .spawn(move || work(&shared))
                .map_err(|error| AppError::Internal(format!("no thread for jobs: {error}")))
        };
        for number in 1..=WORKERS {
            spawn(format!("jobs-{number}"), Shared::work)?;
        }
        let heart = spawn("jobs-heartbeat".to_owned(), Shared::keep_alive)?;
        Ok(Self { shared, heart: Some(heart) })
    }

    /// Returns the name of this process among the runners.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Stops claiming jobs and waits for the current ones, at most that long. Returns false if one is still running:
    /// its lease expires, and it runs again.
    pub fn stop(mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut progress = self.shared.lock();
        progress.stage = Stage::Stopping;
        self.shared.changed.notify_all();
        while progress.workers > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            progress =
                self.shared.changed.wait_timeout(progress, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let all_done = progress.workers == 0;
        progress.stage = Stage::Ended;
        self.shared.changed.notify_all();
        drop(progress);
        if let Some(heart) = self.heart.take() {
            let _ = heart.join();
        }
        let name = self.shared.name.clone();
        let left = self.shared.app.database().write(|tx| Ok::<_, AppError>(jobs::remove_runner(tx, &name)?));
        if let Err(error) = left {
            tracing::warn!("the job runner could not be deregistered: {error}");
        }
        all_done
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.shared.lock().stage = Stage::Ended;
        self.shared.changed.notify_all();
    }
}

/// Returns a name of machine, process and a random part, since processes in containers often share the first two.
fn name(app: &App) -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = if machine.trim().is_empty() { "this machine" } else { machine.trim() };
    let random = u16::from_le_bytes(app.random());
    format!("{machine}, process {} ({random:04x})", std::process::id())
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits that long, or until the stage changes; returns the stage.
    fn wait(&self, time: Duration, known: Stage) -> Stage {
        let deadline = Instant::now() + time;
        let mut progress = self.lock();
        while progress.stage == known {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            progress = self.changed.wait_timeout(progress, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        progress.stage
    }

    fn work(&self) {
        while self.lock().stage == Stage::Working {
            let pause = match run_next(&self.app, self.handlers, &self.name) {
                Ok(Some(_)) => continue,
                Ok(None) => POLL,
                Err(error) => {
                    tracing::warn!("jobs are paused: {error}");
                    TROUBLE
                }
            };
            self.wait(pause, Stage::Working);
        }
        self.lock().workers -= 1;
        self.changed.notify_all();
    }

    fn keep_alive(&self) {
        loop {
            let stage = self.lock().stage;
            if stage == Stage::Ended || self.wait(HEARTBEAT, stage) == Stage::Ended {
                return;
            }
            if let Err(error) = self.beat() {
                tracing::warn!("the heartbeat of the job runner failed: {error}");
            }
        }
    }

    fn beat(&self) -> Result<(), AppError> {
        let now = self.app.now();
        self.app.database().write(|tx| {
            jobs::beat(tx, &self.name, now)?;
            jobs::extend(tx, &self.name, now - LONGEST_RUN, now + LEASE)?;
            Ok(())
        })
    }
}
