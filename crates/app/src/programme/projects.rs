//! Stages of a project: its moves through the nine stages, and its blocks.

use obcms_domain::accounts::Action;
use obcms_domain::choices;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::core::text::capitalized;
use obcms_domain::kinds::{PPA, PROJECT, ppa, project};
use obcms_domain::message;
use obcms_domain::programme::actions;
use obcms_domain::programme::following::StatusAction;
use obcms_domain::programme::life_cycle::{self, LifeCycleError, Stage};
use obcms_domain::registry::Record;
use obcms_store::programme::projects::{self as store, StageVisit};
use obcms_store::records;
use serde_json::{Value as Json, json};

use super::completion::Consent;
use super::project_state::{check, conditions};
use super::stage_tasks::{self, StageTasks};
use super::{completion, project_rules};
use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{require_live, require_write};

/// Requested step of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One stage forward.
    Advance,
    /// Forward past the next stage, which may be skipped.
    Skip,
    /// Back to an earlier stage.
    Return(Stage),
}

impl Step {
    /// Name in the API and in the history.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Advance => "advance",
            Self::Skip => "skip",
            Self::Return(_) => "return",
        }
    }
}

/// Request to move a project.
#[derive(Clone, Debug)]
pub struct Move {
    /// The step.
    pub step: Step,
    /// Remark; the reason of a skip, a return, or a completion with open work.
    pub note: String,
    /// Stage in which the person saw the project, so that a double click, or a second tab, takes no second step.
    pub seen: Option<Stage>,
    /// Consent to complete with open tasks or open money.
    pub confirm_open: bool,
}

impl Move {
    /// Creates a request without more than a remark.
    #[must_use]
    pub fn new(step: Step, note: &str) -> Self {
        Self { step, note: note.to_owned(), seen: None, confirm_open: false }
    }

    /// Also completes with open tasks or open money.
    #[must_use]
    pub fn confirming_open(mut self) -> Self {
        self.confirm_open = true;
        self
    }
}

/// Project that was moved, and what happened to the tasks of its stages.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The project.
    pub project: Record,
    /// Tasks of the stages.
    pub tasks: StageTasks,
}

impl App {
    /// Moves a project; skip and return require a reason.
    pub fn move_project(&self, actor: &Actor, id: Id, request: &Move) -> Result<Moved, AppError> {
        self.write(actor, |work| move_project(work, id, request))
    }

    /// Marks a project as blocked, with the reason; it does not advance until the block is removed.
    pub fn block_project(&self, actor: &Actor, id: Id, input: &Input) -> Result<Record, AppError> {
        let input = actions::BLOCK.parse(input).map_err(AppError::Invalid)?;
        self.write(actor, |work| block(work, id, actions::REQUIRED_REASON.get(&input)))
    }

    /// Removes the block of a project.
    pub fn unblock_project(&self, actor: &Actor, id: Id, input: &Input) -> Result<Record, AppError> {
        let input = actions::UNBLOCK.parse(input).map_err(AppError::Invalid)?;
        self.write(actor, |work| unblock(work, id, actions::NOTE.get(&input)))
    }
}

/// Returns the stage of a project.
pub(crate) fn stage_of(project: &Record) -> Stage {
    Stage::parse(project::CURRENT_STAGE.get(project)).unwrap_or(Stage::NeedIdentification)
}

/// Returns the stage of the live project whose field `need` or `ppa` refers to a record; of several the furthest.
pub(crate) fn stage_of_link(
    tx: &mut obcms_store::Tx<'_>,
    field: &str,
    target: Id,
) -> Result<Option<Stage>, AppError> {
    let live = records::live_sources(tx, &[target], PROJECT.name, field)?;
    Ok(live.iter().filter_map(|project| Stage::parse(&project.state)).max())
}

/// Loads a project that the actor may move.
fn load(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<Record, AppError> {
    require_write(work.actor)?;
    let project = work.load(&PROJECT, id)?;
    work.actor.require(work.tx, Action::Transition, &project)?;
    require_live(&project)?;
    Ok(project)
}

/// Refuses if the project is in another stage than the one that the person saw.
fn require_stage(project: &Record, seen: Option<Stage>) -> Result<(), AppError> {
    let current = stage_of(project);
    if seen.is_none_or(|seen| seen == current) {
        return Ok(());
    }
    let stage = choices::word(choices::PROJECT_STAGES, current.as_str());
    Err(AppError::Conflict {
        detail: message!(
            "The project is now in {stage}. Nothing was changed; check the stage and choose again.",
            stage
        ),
        more: vec![("current_stage", json!(current.as_str()))],
    })
}

/// Moves a project.
pub fn move_project(work: &mut UnitOfWork<'_, '_>, id: Id, request: &Move) -> Result<Moved, AppError> {
    let Move { step, note, .. } = request;
    let before = load(work, id)?;
    require_stage(&before, request.seen)?;
    let conditions = conditions(work.tx, &before)?;
    let current = stage_of(&before);
    let target = match *step {
        Step::Advance => life_cycle::advance(current, &conditions),
        Step::Skip => life_cycle::skip(current, &conditions, note),
        Step::Return(stage) => life_cycle::return_to(current, stage, note),
    }
    .map_err(|error| refusal(&before, &error))?;
    let is_return = matches!(step, Step::Return(_));
    if !is_return {
        require_unblocked(&before)?;
        require_live_ppa(work, &before)?;
    }
    if target == Stage::Completion {
        let consent = Consent { is_given: request.confirm_open, reason: note, field: actions::NOTE.name() };
        completion::require(work, &before, StatusAction::Complete, &consent)?;
    }
    work.note.clone_from(note);
    let mut record = before.clone();
    project::CURRENT_STAGE.set(&mut record, target.as_str());
    project::STAGE_ENTERED_AT.set(&mut record, work.now);
    project::COMPLETED_ON.set(&mut record, (target == Stage::Completion).then_some(work.today));
    leave_and_enter(work, &before, target, request)?;
    let mut tasks = StageTasks::default();
    if is_return {
        tasks = stage_tasks::archive_after(work, id, target)?;
    }
    work.save(&before, &mut record, step.as_str())?;
    // These are changes of the same set, so that an undo takes them back as they were.
    tasks.restored = stage_tasks::restore(work, id, target)?;
    project_rules::follow(work, project::PPA.get(&record), project::NEED.get(&record))?;
    Ok(Moved { project: crate::records::reload(work, &record)?, tasks })
}

/// Closes the visit of the current stage and opens that of the target. A stage that is skipped before it was entered
/// gets a visit without length.
fn leave_and_enter(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    target: Stage,
    request: &Move,
) -> Result<(), AppError> {
    let current = stage_of(before);
    let outcome = match request.step {
        Step::Advance => "advanced",
        Step::Return(_) => "returned",
        Step::Skip if current.may_be_skipped() => "skipped",
        Step::Skip => {
            if let Some(skipped) = current.next() {
                enter(work, before.id, skipped, &request.note, "advanced")?;
            }
            "skipped"
        }
    };
    enter(work, before.id, target, &request.note, outcome)
}

fn refusal(project: &Record, error: &LifeCycleError) -> AppError {
    match error {
        LifeCycleError::NoReason => AppError::field(actions::NOTE.name(), "required", "Enter a reason."),
        LifeCycleError::Missing(missing) => AppError::Conflict {
            detail: error.message(),
            more: vec![("checks", Json::Array(missing.iter().map(|item| check(project, *item)).collect()))],
        },
        other => AppError::conflict(other.message()),
    }
}

/// Refuses to advance a project whose PPA is cancelled, and names the way out.
fn require_live_ppa(work: &mut UnitOfWork<'_, '_>, project: &Record) -> Result<(), AppError> {
    let Some(id) = project::PPA.get(project) else { return Ok(()) };
    let Some(owner) = records::load(work.tx, &PPA, id)? else { return Ok(()) };
    if ppa::STATUS.get(&owner) != "cancelled" {
        return Ok(());
    }
    Err(AppError::Conflict {
        detail: "The PPA of this project is cancelled. Resume it before the project advances.".into(),
        more: vec![("href", json!(PPA.url(id)))],
    })
}

/// Refuses to advance a blocked project, and names the way out.
fn require_unblocked(project: &Record) -> Result<(), AppError> {
    if !project::IS_BLOCKED.get(project) {
        return Ok(());
    }
    let reason = project::BLOCKER_DESCRIPTION.get(project);
    Err(AppError::Conflict {
        detail: message!(
            "This project is blocked: {reason}. Unblock it before it advances.",
            reason = Word::text(capitalized(reason).trim_end_matches('.'))
        ),
        more: vec![(
            "blocked",
            json!({
                "reason": reason, "by": project::BLOCKED_BY.get(project), "since": project::BLOCKED_AT.get(project),
                "unblock": format!("/api/v1/projects/{}/unblock", project.id), "href": PROJECT.url(project.id),
            }),
        )],
    })
}

/// Marks a project as blocked. A project that is blocked already gets the new reason.
pub fn block(work: &mut UnitOfWork<'_, '_>, id: Id, reason: &str) -> Result<Record, AppError> {
    let before = load(work, id)?;
    if stage_of(&before) == Stage::Completion {
        return Err(AppError::conflict("A completed project cannot be blocked."));
    }
    let mut record = before.clone();
    reason.clone_into(&mut work.note);
    project::IS_BLOCKED.set(&mut record, true);
    project::BLOCKER_DESCRIPTION.set(&mut record, reason);
    project::BLOCKED_BY.set(&mut record, work.actor.id);
    project::BLOCKED_AT.set(&mut record, work.now);
    work.save(&before, &mut record, "block")?;
    Ok(record)
}

/// Removes the block of a project.
pub fn unblock(work: &mut UnitOfWork<'_, '_>, id: Id, note: &str) -> Result<Record, AppError> {
    let before = load(work, id)?;
    if !project::IS_BLOCKED.get(&before) {
        return Err(AppError::conflict("This project is not blocked."));
    }
    let mut record = before.clone();
    note.clone_into(&mut work.note);
    project::IS_BLOCKED.set(&mut record, false);
    project::BLOCKER_DESCRIPTION.clear(&mut record);
    project::BLOCKED_BY.clear(&mut record);
    project::BLOCKED_AT.clear(&mut record);
    work.save(&before, &mut record, "unblock")?;
    Ok(record)
}

/// Removes the stage visits of a step that was undone; an undo of that undo enters the stage again.
pub fn follow_undo(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &Record,
    undone: Id,
) -> Result<(), AppError> {
    if project::CURRENT_STAGE.get(before) == project::CURRENT_STAGE.get(record) {
        return Ok(());
    }
    if store::undo_visits(work.tx, record.id, undone)? == 0 {
        let (from, to) = (stage_of(before), stage_of(record));
        enter(work, record.id, to, "", if to < from { "returned" } else { "advanced" })?;
    }
    Ok(())
}

/// Opens a visit, and closes the current one with its outcome.
pub(super) fn enter(
    work: &mut UnitOfWork<'_, '_>,
    project: Id,
    stage: Stage,
    note: &str,
    outcome: &str,
) -> Result<(), AppError> {
    let visit = StageVisit {
        id: work.app.new_id(),
        project_id: project,
        stage: stage.as_str().to_owned(),
        entered_at: work.now,
        entered_by: work.actor.id,
        left_at: None,
        note: note.to_owned(),
        change_set: Some(work.change_set),
        outcome: None,
    };
    store::enter(work.tx, &visit, outcome)?;
    Ok(())
}
