//! Choices that a save accepts now, where they depend on approval, project, validation or prerequisites. Commands refuse
//! the others, and forms do not offer them.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::projects::approval;
use obcms_domain::projects::following::{PpaFacts, refuse_need};
use obcms_domain::projects::life_cycle::Stage;
use obcms_domain::registry::Record;
use obcms_domain::tasks::TaskStatus;
use obcms_domain::tasks::states::{self, Change};
use obcms_store::Tx;

use super::tasks;
use crate::actor::is_request;
use crate::error::AppError;
use crate::projects::stage_of_link;
use crate::work::Work;

/// Circumstances of a record that decide which of its choices a save accepts.
#[derive(Clone, Copy, Debug)]
pub enum Circumstances {
    /// Of a PPA: the stage of its project.
    Ppa(Option<Stage>),
    /// Of a need: the stage of its project.
    Need(Option<Stage>),
    /// Of a task: whether it waits for others.
    Task {
        /// Prerequisites are open.
        is_blocked: bool,
        /// Now.
        now: Timestamp,
    },
    /// Of any other record: every choice is accepted.
    Free,
}

/// A choice that is not accepted: the field and why.
pub type Refusal = (&'static str, String);

impl Circumstances {
    /// Circumstances of a record, new or not.
    pub fn of(tx: &mut Tx<'_>, record: &Record, now: Timestamp) -> Result<Self, AppError> {
        Ok(match record.kind.name {
            "ppa" => Self::Ppa(stage_of_link(tx, "ppa", record.id)?),
            "need" => Self::Need(stage_of_link(tx, "need", record.id)?),
            "task" => Self::Task { is_blocked: record.flag("blocked"), now },
            _ => Self::Free,
        })
    }

    /// Reason why the record is not saved with the choices that it has now; `before` is nothing for a new one.
    #[must_use]
    pub fn refuse(&self, before: Option<&Record>, record: &Record, today: Date) -> Option<Refusal> {
        match self {
            Self::Ppa(project) => refuse_ppa(*project, before, record, today),
            Self::Need(project) => {
                if before.is_some_and(|before| keeps_choices(before, record)) {
                    return None;
                }
                let status = record.text("status");
                let is_validated = before.is_some_and(|before| before.instant("validated_at").is_some());
                refuse_need(is_validated, *project, status).map(|message| ("status", message.to_owned()))
            }
            Self::Task { is_blocked, now } => {
                let status = TaskStatus::parse(record.text("status")).ok()?;
                let circumstances = states::Circumstances {
                    now: *now,
                    open_prerequisites: usize::from(*is_blocked),
                    force_reason: None,
                };
                let refused =
                    states::transition(&tasks::state(before?), Change::Status(status), &circumstances);
                refused.err().map(|error| ("status", error.to_string()))
            }
            Self::Free => None,
        }
    }
}

/// Refuses a PPA or a need with choices that a save does not accept. What keeps its choices is not asked about.
pub(super) fn require(
    work: &mut Work<'_, '_>,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), AppError> {
    if before.is_some_and(|before| keeps_choices(before, record)) {
        return Ok(());
    }
    let circumstances = Circumstances::of(work.tx, record, work.now)?;
    match circumstances.refuse(before, record, work.today) {
        Some((field, message)) => Err(AppError::field(field, "follows", message)),
        None => Ok(()),
    }
}

fn keeps_choices(before: &Record, record: &Record) -> bool {
    before.text("status") == record.text("status") && is_request(before) == is_request(record)
}

fn refuse_ppa(
    project: Option<Stage>,
    before: Option<&Record>,
    record: &Record,
    today: Date,
) -> Option<Refusal> {
    let status = record.text("status");
    let known = before.map_or("planning", |before| before.text("status"));
    if before.map_or(status == known, |before| keeps_choices(before, record)) {
        return None;
    }
    let facts = PpaFacts {
        is_request: is_request(record),
        approval: approval::State::parse(record.text("approval_stage")),
        project,
        start: record.date("start_date"),
    };
    let field = if status == known { "category" } else { "status" };
    facts.refuse(status, today).map(|message| (field, message))
}
