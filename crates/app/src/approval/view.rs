//! Representation of the approval of a PPA.

use obcms_domain::accounts::Action as Right;
use obcms_domain::approval::{Action, Stage, State, may_decide, snapshot};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Decision, Round, RoundStage};
use serde_json::{Value as Json, json};

use super::ceilings::{self, Effect};
use super::locks::{locked_fields, state_of};
use super::steps::{last_decision, parse_object};
use crate::core::{Actor, App, AppError};

impl App {
    /// Returns the approval of a PPA: the last round with its stages, all decisions, and what the actor may do.
    pub fn approval(&self, actor: &Actor, id: Id) -> Result<Json, AppError> {
        let record = self.get(actor, &PPA, id)?;
        self.read(|tx| approval(tx, actor, &record))
    }
}

fn approval(tx: &mut Tx<'_>, actor: &Actor, record: &Record) -> Result<Json, AppError> {
    let rounds = store::rounds(tx, record.id)?;
    let decisions = store::decisions(tx, record.id)?;
    let round = rounds.last();
    let entered = round.map_or(Ok(Vec::new()), |round| store::stages(tx, round.id))?;
    let effects: Vec<Json> = ceilings::effects(tx, record)?.iter().map(Effect::to_json).collect();
    let stages: Vec<Json> = Stage::ALL
        .iter()
        .map(|stage| stage_json(record, *stage, round, &entered, &decisions, &effects))
        .collect();
    let figures = match round {
        Some(round) if round.state != "draft" => parse_object(&round.snapshot)?,
        _ => snapshot::of(record),
    };
    let earlier = rounds.iter().rev().skip(1).find(|earlier| earlier.submitted_at.is_some());
    let changes = match earlier {
        Some(earlier) => snapshot::differences(&parse_object(&earlier.snapshot)?, &figures),
        None => serde_json::Map::new(),
    };
    let enacted = store::enacted_round(tx, record.id)?;
    let enacted = enacted.map(|round| parse_object(&round.snapshot)).transpose()?;
    let possible = actions(tx, actor, record, round, &decisions)?;
    Ok(json!({
        "round": round.map_or(0, |round| round.number),
        "is_revision": round.is_some_and(|round| round.is_revision),
        "reason": round.map(|round| round.reason.as_str()).filter(|reason| !reason.is_empty()),
        "state": state_of(record).as_str(),
        "round_state": round.map(|round| round.state.as_str()),
        "submitted_at": round.and_then(|round| round.submitted_at),
        "submitted_by": round.and_then(|round| round.submitted_by),
        "stages": stages,
        "decisions": decisions.iter().map(decision_json).collect::<Result<Vec<_>, _>>()?,
        "locked_fields": locked_fields(record),
        "snapshot": figures,
        "enacted": enacted,
        "changes": changes,
        "actions": possible.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
    }))
}

fn stage_json(
    record: &Record,
    stage: Stage,
    round: Option<&Round>,
    entered: &[RoundStage],
    decisions: &[Decision],
    effects: &[Json],
) -> Json {
    let row = entered.iter().rev().find(|row| row.stage == stage.as_str());
    let decided = decisions.iter().rev().find(|decision| {
        round.is_some_and(|round| round.id == decision.round_id)
            && decision.stage == stage.as_str()
            && Action::parse(&decision.action).is_some_and(Action::decides)
    });
    let required = stage.state().required_fields();
    let missing: Vec<&str> = required.iter().copied().filter(|field| !is_given(record, field)).collect();
    let concerns_ceilings = matches!(stage, Stage::BudgetReview);
    json!({
        "stage": stage.as_str(),
        "state": row.map_or("upcoming", |row| row.state.as_str()),
        "decider": stage.decider().as_str(),
        "assignee": row.and_then(|row| row.assignee),
        "due_date": row.map(|row| row.due_date),
        "entered_at": row.map(|row| row.entered_at),
        "decided_by": decided.and_then(|decision| decision.decided_by),
        "decided_at": decided.map(|decision| decision.decided_at),
        "comment": decided.map(|decision| decision.comment.as_str()),
        "missing": missing,
        "ceilings": if concerns_ceilings { effects } else { &[] },
    })
}

/// Who is to benefit is given by either number of slots.
fn is_given(record: &Record, field: &str) -> bool {
    snapshot::is_filled(record, field)
        || (field == ppa::TOTAL_SLOTS.name() && snapshot::is_filled(record, ppa::OBC_SLOTS.name()))
}

fn decision_json(decision: &Decision) -> Result<Json, AppError> {
    let ceilings: Json = serde_json::from_str(&decision.ceilings)
        .map_err(|error| AppError::Internal(format!("ceilings of a decision: {error}")))?;
    Ok(json!({
        "id": decision.id, "number": decision.number, "stage": decision.stage, "action": decision.action,
        "decided_at": decision.decided_at, "decided_by": decision.decided_by, "role": decision.role,
        "comment": decision.comment, "digest": decision.digest, "ceilings": ceilings,
        "corrections": parse_object(&decision.corrections)?,
    }))
}

/// Returns the actions that the actor may take now.
fn actions(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &Record,
    round: Option<&Round>,
    decisions: &[Decision],
) -> Result<Vec<Action>, AppError> {
    if actor.read_only || record.is_archived() || record.is_request() {
        return Ok(Vec::new());
    }
    let state = state_of(record);
    let is_revision = ppa::ENACTED_BUDGET_CENTAVOS.get(record).is_some();
    let mut candidates = state.actions().to_vec();
    if state == State::Draft && is_revision {
        candidates.push(Action::Withdraw);
    }
    let mut possible = Vec::new();
    for action in candidates {
        let allowed = match action {
            Action::Submit => actor.may_on(tx, Right::Transition, record)?,
            Action::Withdraw => {
                let is_submitter = round.is_some_and(|round| round.submitted_by == actor.id);
                let right = if state == State::Draft { Right::Transition } else { Right::Override };
                is_submitter || actor.may_on(tx, right, record)?
            }
            Action::Reopen => actor.may_on(tx, Right::Override, record)?,
            Action::Revise => {
                actor.may_on(tx, Right::Enact, record)? || actor.may_on(tx, Right::Transition, record)?
            }
            Action::Approve | Action::Return | Action::Reject | Action::Waive => match state.stage() {
                Some(stage) => {
                    actor.may_on(tx, stage.right(), record)? && is_separate(actor, record, stage, decisions)
                }
                None => false,
            },
        };
        if allowed {
            possible.push(action);
        }
    }
    Ok(possible)
}

/// Returns true if the separation of duties lets the actor decide the stage.
pub(super) fn is_separate(actor: &Actor, record: &Record, stage: Stage, decisions: &[Decision]) -> bool {
    match (actor.id, record.created_by) {
        (Some(person), Some(maker)) => may_decide(person, maker, stage, last_decision(decisions)).is_ok(),
        _ => true,
    }
}
