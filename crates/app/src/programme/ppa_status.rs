//! Actions that set the status of a PPA: hold, resume, cancel and complete.

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::programme::actions;
use obcms_domain::programme::following::StatusAction;
use obcms_domain::registry::Record;
use obcms_domain::registry::action::ActionBody;

use super::choices::ppa_context;
use super::completion::Consent;
use super::projects::stage_of_link;
use super::{completion, following};
use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{reload, require_live, require_version};

/// Request to change the status of a PPA.
#[derive(Clone, Debug, Default)]
pub struct StatusChange {
    /// Reason.
    pub reason: String,
    /// Also cancel open tasks and bookings.
    pub cancel_open_tasks: bool,
    /// Consent to complete with open tasks or open money.
    pub confirm_open: bool,
}

impl StatusChange {
    /// Parses the body of an action.
    pub fn parse(action: StatusAction, input: &Input) -> Result<Self, AppError> {
        let input = body_of(action).parse(input).map_err(AppError::Invalid)?;
        Ok(Self {
            reason: actions::REASON.get(&input).to_owned(),
            cancel_open_tasks: actions::CANCEL_OPEN_TASKS.get(&input).unwrap_or(false),
            confirm_open: actions::CONFIRM_OPEN.get(&input).unwrap_or(false),
        })
    }
}

/// Returns the body of an action.
#[must_use]
pub const fn body_of(action: StatusAction) -> &'static ActionBody {
    match action {
        StatusAction::Hold => &actions::HOLD,
        StatusAction::Resume => &actions::RESUME,
        StatusAction::Cancel => &actions::CANCEL,
        StatusAction::Complete => &actions::COMPLETE,
    }
}

impl App {
    /// Changes the status of a PPA by an action; `expected` is the version that the actor saw.
    pub fn change_ppa_status(
        &self,
        actor: &Actor,
        id: Id,
        action: StatusAction,
        change: &StatusChange,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| change_status(work, id, action, change, expected))
    }

    /// Returns the actions that are possible on a PPA, and that the actor may take.
    pub fn ppa_status_actions(&self, actor: &Actor, record: &Record) -> Result<Vec<StatusAction>, AppError> {
        if actor.read_only || record.is_archived() {
            return Ok(Vec::new());
        }
        self.read(|tx| {
            if !actor.may_on(tx, Action::Transition, record)? {
                return Ok(Vec::new());
            }
            let context = ppa_context(stage_of_link(tx, "ppa", record.id)?, record);
            let is_possible =
                |action: &StatusAction| context.apply(*action, ppa::STATUS.get(record), self.today()).is_ok();
            Ok(StatusAction::ALL.into_iter().filter(is_possible).collect())
        })
    }
}

/// Changes the status of a PPA by an action.
pub fn change_status(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    action: StatusAction,
    change: &StatusChange,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    crate::records::require_write(work.actor)?;
    let before = work.load(&PPA, id)?;
    work.actor.require(work.tx, Action::Transition, &before)?;
    require_version(&before, expected)?;
    require_live(&before)?;
    if action.needs_reason() && change.reason.trim().is_empty() {
        return Err(AppError::field(actions::REASON.name(), "required", "Enter a reason."));
    }
    let project = stage_of_link(work.tx, "ppa", id)?;
    let status = ppa_context(project, &before)
        .apply(action, ppa::STATUS.get(&before), work.today)
        .map_err(AppError::conflict)?;
    let consent =
        Consent { is_given: change.confirm_open, reason: &change.reason, field: actions::REASON.name() };
    completion::require(work, &before, action, &consent)?;
    work.note.clone_from(&change.reason);
    let mut record = before.clone();
    following::set_status(work, &mut record, status);
    work.save(&before, &mut record, action.as_str())?;
    (work.app.effects().closed)(work, &before, &record, change.cancel_open_tasks)?;
    reload(work, &record)
}
