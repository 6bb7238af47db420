//! Assignee of the pending stage, and comments beside the decisions.

use obcms_domain::accounts::Action as Right;
use obcms_domain::approval::Stage;
use obcms_domain::approval::actions;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Comment};

use super::authority::{Authority, eligible};
use super::locks::state_of;
use super::steps::last_decision;
use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{require_live, require_version, require_write};

impl App {
    /// Sets the person who is to decide the pending stage of a PPA by the body [`actions::ASSIGN`].
    pub fn assign_approval(
        &self,
        actor: &Actor,
        id: Id,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        let body = actions::ASSIGN.parse(input).map_err(AppError::Invalid)?;
        let assignee = actions::ASSIGNEE.get(&body);
        self.write(actor, |work| assign(work, id, assignee, expected))
    }

    /// Adds a comment to the approval of a PPA by the body [`actions::ADD_COMMENT`].
    pub fn comment_approval(&self, actor: &Actor, id: Id, input: &Input) -> Result<Comment, AppError> {
        let body = actions::ADD_COMMENT.parse(input).map_err(AppError::Invalid)?;
        let text = actions::TEXT.get(&body);
        if text.is_empty() {
            return Err(AppError::field(actions::TEXT.name(), "required", "Enter a comment."));
        }
        self.write(actor, |work| add_comment(work, id, text))
    }
}

fn assign(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    assignee: Option<Id>,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    require_write(work.actor)?;
    let before = work.load(&PPA, id)?;
    require_version(&before, expected)?;
    require_live(&before)?;
    let authority = Authority::load(work.tx, work.actor, work.today)?;
    let Some(stage) = state_of(&before).stage() else {
        return Err(AppError::conflict("No stage of this PPA waits for a decision."));
    };
    if !may_assign(work.tx, work.actor, &authority, stage, &before)? {
        work.actor.require(work.tx, Right::Assign, &before)?;
    }
    let last = last_decision(&store::decisions(work.tx, id)?);
    if let Some(person) = assignee
        && !eligible(work.tx, stage, before.created_by, last)?.contains(&person)
    {
        let message = message!(
            "Select an active {decider} who did not create this PPA and did not decide the previous stage.",
            decider = Word::lower(stage.decider().label())
        );
        return Err(AppError::field(actions::ASSIGNEE.name(), "reference", message));
    }
    let round = store::last_round(work.tx, id)?
        .ok_or_else(|| AppError::Internal("a pending stage without a round".to_owned()))?;
    store::assign_stage(work.tx, round.id, assignee)?;
    let mut record = before.clone();
    ppa::APPROVAL_ASSIGNEE.set(&mut record, assignee);
    work.save(&before, &mut record, "assign")?;
    Ok(record)
}

/// Returns true if the actor may assign a stage: those who may decide it, and those who assign work.
pub(super) fn may_assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    authority: &Authority,
    stage: Stage,
    record: &Record,
) -> Result<bool, AppError> {
    if actor.read_only || record.is_archived() {
        return Ok(false);
    }
    Ok(authority.covers(stage) || actor.may_on(tx, Right::Assign, record)?)
}

/// Returns true if the actor sees and writes comments: everybody in the office, not partners.
pub(super) fn sees_comments(actor: &Actor) -> bool {
    actor.may(Right::View, PPA.area)
}

/// Adds a comment to the approval of a PPA.
pub fn add_comment(work: &mut UnitOfWork<'_, '_>, id: Id, text: &str) -> Result<Comment, AppError> {
    require_write(work.actor)?;
    let record = work.load(&PPA, id)?;
    if !sees_comments(work.actor) {
        return Err(AppError::forbidden(Right::View, PPA.area, "comment on budget approvals"));
    }
    if record.is_request() {
        return Err(AppError::conflict("A community request has no budget approval."));
    }
    let comment = Comment {
        id: work.app.new_id(),
        ppa_id: id,
        round: ppa::APPROVAL_ROUND.get(&record).unwrap_or_default(),
        stage: ppa::APPROVAL_STAGE.get(&record).to_owned(),
        text: text.to_owned(),
        created_at: work.now,
        created_by: work.actor.id,
    };
    store::insert_comment(work.tx, &comment)?;
    work.note = text.to_owned();
    work.remark(&record, "comment")?;
    Ok(comment)
}
