//! States of a task and the one function that changes them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::core::message::{Message, Word};
use crate::message;

/// Status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// Not started.
    NotStarted,
    /// In progress.
    InProgress,
    /// On hold, started or not.
    OnHold,
    /// Completed.
    Completed,
    /// Cancelled.
    Cancelled,
}

impl TaskStatus {
    /// Every status, in the order of the board.
    pub const ALL: [Self; 5] =
        [Self::NotStarted, Self::InProgress, Self::OnHold, Self::Completed, Self::Cancelled];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the status stored as `text`.
    pub fn parse(text: &str) -> Result<Self, TransitionError> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| TransitionError::UnknownStatus(text.to_owned()))
    }

    /// Returns true if there is work left.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// Fields of a task that only the transition function writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskState {
    /// Status.
    pub status: TaskStatus,
    /// Progress, 0 to 100.
    pub progress: u8,
    /// Start of work.
    pub started_at: Option<Timestamp>,
    /// Time of completion; set exactly while the status is completed.
    pub completed_at: Option<Timestamp>,
    /// Progress before completion, restored when the task is reopened.
    pub progress_before_completion: Option<u8>,
}

impl TaskState {
    /// State of a new task.
    pub const NEW: Self = Self {
        status: TaskStatus::NotStarted,
        progress: 0,
        started_at: None,
        completed_at: None,
        progress_before_completion: None,
    };
}

/// Requested change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// New status.
    Status(TaskStatus),
    /// New progress, 0 to 100.
    Progress(u8),
}

/// Circumstances of the change outside of the task.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Time of the change.
    pub now: Timestamp,
    /// Number of prerequisites that are neither completed nor cancelled.
    pub open_prerequisites: usize,
    /// Reason to continue a blocked task; blank counts as none.
    pub force_reason: Option<&'a str>,
}

/// Result of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// New state.
    pub state: TaskState,
    /// True if work begins with this change: an empty start date is set to today.
    pub starts: bool,
    /// True if it was blocked and continues with the given reason, which is recorded.
    pub forced: bool,
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransitionError {
    /// Prerequisites are open.
    Blocked {
        /// Number of open prerequisites.
        open: usize,
    },
    /// Unknown status.
    UnknownStatus(String),
    /// Progress above 100.
    ProgressOutOfRange(u8),
}

impl TransitionError {
    /// Returns the reason, and how to continue.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Blocked { open: 1 } => {
                "1 task must be done first; enter a reason to continue anyway.".into()
            }
            Self::Blocked { open } => {
                message!("{open} tasks must be done first; enter a reason to continue anyway.", open = *open)
            }
            Self::UnknownStatus(status) => {
                message!("“{status}” is not a status of a task.", status = Word::text(status))
            }
            Self::ProgressOutOfRange(progress) => {
                message!("Progress must be from 0 to 100, not {progress}.", progress = *progress)
            }
        }
    }
}

/// Changes status or progress of a task: the only way either changes.
///
/// Completion sets the progress to 100 and remembers the previous value; leaving completed restores it. Progress 100
/// completes, progress above 0 starts, and progress below 100 reopens. Starting or completing with open prerequisites
/// needs a reason. The present status as target changes nothing.
pub fn transition(
    current: &TaskState,
    change: Change,
    circumstances: &Circumstances<'_>,
) -> Result<Transition, TransitionError> {
    let (status, asked_progress) = match change {
        Change::Status(status) => (status, None),
        Change::Progress(progress) if progress > 100 => {
            return Err(TransitionError::ProgressOutOfRange(progress));
        }
        Change::Progress(100) => (TaskStatus::Completed, None),
        Change::Progress(progress) => (status_for_progress(current.status, progress), Some(progress)),
    };
    let entered = status != current.status;
    let needs_prerequisites = entered && matches!(status, TaskStatus::InProgress | TaskStatus::Completed);
    let forced = needs_prerequisites && circumstances.open_prerequisites > 0;
    if forced && circumstances.force_reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(TransitionError::Blocked { open: circumstances.open_prerequisites });
    }

    let mut state = *current;
    state.status = status;
    if entered && current.status == TaskStatus::Completed {
        state.completed_at = None;
        state.progress = current.progress_before_completion.unwrap_or(0);
        state.progress_before_completion = None;
    }
    if let Some(progress) = asked_progress {
        state.progress = progress;
    }
    let mut starts = false;
    if entered {
        match status {
            TaskStatus::InProgress => starts = state.started_at.is_none(),
            TaskStatus::Completed => {
                starts = state.started_at.is_none();
                state.progress_before_completion = Some(current.progress);
                state.progress = 100;
                state.completed_at = Some(circumstances.now);
            }
            TaskStatus::NotStarted => state.started_at = None,
            TaskStatus::OnHold | TaskStatus::Cancelled => {}
        }
    }
    if starts {
        state.started_at = Some(circumstances.now);
    }
    Ok(Transition { state, starts, forced })
}

/// Returns the status of a task whose progress is set to a number below 100.
const fn status_for_progress(current: TaskStatus, progress: u8) -> TaskStatus {
    match current {
        TaskStatus::Completed => TaskStatus::InProgress,
        TaskStatus::NotStarted if progress > 0 => TaskStatus::InProgress,
        other => other,
    }
}

/// Days before the due date from which little progress is a risk.
pub const RISK_DAYS: i64 = 2;
/// Progress below which a task that is due soon is at risk.
pub const RISK_PROGRESS: u8 = 50;

/// Returns true if an open task is at risk: flagged, blocked, or due within two days and less than half done.
pub fn at_risk(
    flag: bool,
    status: TaskStatus,
    progress: u8,
    due: Option<Date>,
    today: Date,
    blocked: bool,
) -> bool {
    let late = || due.is_some_and(|due| days_between(today, due) <= RISK_DAYS && progress < RISK_PROGRESS);
    status.is_open() && (flag || blocked || late())
}

/// Returns true if an open task was due before today.
pub fn overdue(due: Option<Date>, status: TaskStatus, today: Date) -> bool {
    status.is_open() && due.is_some_and(|due| due < today)
}

/// Returns the days from one date to another, negative backwards.
fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

#[cfg(test)]
mod tests;
