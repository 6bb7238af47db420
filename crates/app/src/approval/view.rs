//! Representation of the approval of a PPA.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::approval::{Action, Stage, State, snapshot};
use obcms_domain::core::id::Id;
use obcms_domain::core::text::sentence;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Decision, Round, RoundStage};
use serde_json::{Map, Value as Json, json};

use super::ceilings::{self, Effect};
use super::locks::{locked_fields, state_of};
use super::steps::{authorize, last_decision, parse_object, separate_duties};
use crate::core::{Actor, App, AppError};

/// Approval of the budget of a PPA: the last round with its stages, all decisions, and what the actor may do.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Number of the round; zero before the first one.
    pub round: i64,
    /// Revision of an enacted budget.
    pub is_revision: bool,
    /// Reason of a revision, or empty.
    pub reason: String,
    /// State of the PPA.
    pub state: State,
    /// State of the round; empty before the first one.
    pub round_state: String,
    /// Time of submission.
    pub submitted_at: Option<Timestamp>,
    /// Person who submitted.
    pub submitted_by: Option<Id>,
    /// The five stages in order.
    pub stages: Vec<StageView>,
    /// Decisions and steps of all rounds in order.
    pub decisions: Vec<DecisionView>,
    /// Fields that cannot be changed now.
    pub locked_fields: &'static [&'static str],
    /// Figures of the round; those of the PPA in draft.
    pub snapshot: Map<String, Json>,
    /// Figures in force.
    pub enacted: Option<Map<String, Json>>,
    /// Old and new value of each figure that changed since the last submitted round.
    pub changes: Map<String, Json>,
    /// Actions that the actor may take.
    pub actions: Vec<Action>,
    /// Reason for which the actor cannot decide although their role may; empty if there is none.
    pub obstacle: String,
}

/// Stage of the last round.
#[derive(Clone, Debug)]
pub struct StageView {
    /// The stage.
    pub stage: Stage,
    /// `upcoming`, `pending`, or how it ended.
    pub state: String,
    /// Person who is to decide; anybody with the role without one.
    pub assignee: Option<Id>,
    /// Day by which the decision is due.
    pub due_date: Option<Date>,
    /// Time of entry.
    pub entered_at: Option<Timestamp>,
    /// Decision on the stage in this round.
    pub decision: Option<DecisionView>,
    /// Fields that must be filled in before the stage is entered.
    pub missing: Vec<&'static str>,
    /// Effect on the ceilings; only of the budget review.
    pub ceilings: Vec<Effect>,
}

/// Decision or step, as it was taken.
#[derive(Clone, Debug)]
pub struct DecisionView {
    /// Identity.
    pub id: Id,
    /// Number of its round.
    pub round: i64,
    /// Number among all of the PPA, from 1.
    pub number: i64,
    /// Stage decided, or the state in which a step was taken.
    pub stage: String,
    /// Action.
    pub action: String,
    /// Time.
    pub decided_at: Timestamp,
    /// Person.
    pub decided_by: Option<Id>,
    /// Role in which they decided.
    pub role: String,
    /// Comment.
    pub comment: String,
    /// SHA-256 of the figures decided on, hexadecimal.
    pub digest: String,
    /// Ceilings and their use when it was taken.
    pub ceilings: Json,
    /// Corrected figures with old and new value.
    pub corrections: Map<String, Json>,
}

impl Approval {
    /// Returns the stage that waits for a decision.
    #[must_use]
    pub fn pending(&self) -> Option<&StageView> {
        self.stages.iter().find(|stage| stage.state == "pending")
    }

    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        json!({
            "round": self.round,
            "is_revision": self.is_revision,
            "reason": given(&self.reason),
            "state": self.state.as_str(),
            "round_state": given(&self.round_state),
            "submitted_at": self.submitted_at,
            "submitted_by": self.submitted_by,
            "stages": self.stages.iter().map(StageView::to_json).collect::<Vec<_>>(),
            "decisions": self.decisions.iter().map(DecisionView::to_json).collect::<Vec<_>>(),
            "locked_fields": self.locked_fields,
            "snapshot": self.snapshot,
            "enacted": self.enacted,
            "changes": self.changes,
            "actions": self.actions.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
        })
    }
}

impl StageView {
    fn to_json(&self) -> Json {
        let decided = self.decision.as_ref();
        json!({
            "stage": self.stage.as_str(),
            "state": self.state,
            "decider": self.stage.decider().as_str(),
            "assignee": self.assignee,
            "due_date": self.due_date,
            "entered_at": self.entered_at,
            "decided_by": decided.and_then(|decision| decision.decided_by),
            "decided_at": decided.map(|decision| decision.decided_at),
            "comment": decided.map(|decision| decision.comment.as_str()),
            "missing": self.missing,
            "ceilings": self.ceilings.iter().map(Effect::to_json).collect::<Vec<_>>(),
        })
    }
}

impl DecisionView {
    fn of(decision: &Decision, rounds: &[Round]) -> Result<Self, AppError> {
        let ceilings: Json = serde_json::from_str(&decision.ceilings)
            .map_err(|error| AppError::Internal(format!("ceilings of a decision: {error}")))?;
        Ok(Self {
            id: decision.id,
            round: rounds.iter().find(|round| round.id == decision.round_id).map_or(0, |round| round.number),
            number: decision.number,
            stage: decision.stage.clone(),
            action: decision.action.clone(),
            decided_at: decision.decided_at,
            decided_by: decision.decided_by,
            role: decision.role.clone(),
            comment: decision.comment.clone(),
            digest: decision.digest.clone(),
            ceilings,
            corrections: parse_object(&decision.corrections)?,
        })
    }

    fn to_json(&self) -> Json {
        json!({
            "id": self.id, "number": self.number, "stage": self.stage, "action": self.action,
            "decided_at": self.decided_at, "decided_by": self.decided_by, "role": self.role,
            "comment": self.comment, "digest": self.digest, "ceilings": self.ceilings,
            "corrections": self.corrections,
        })
    }
}

impl App {
    /// Returns the approval of a PPA.
    pub fn approval(&self, actor: &Actor, id: Id) -> Result<Approval, AppError> {
        let record = self.get(actor, &PPA, id)?;
        self.read(|tx| approval(tx, actor, &record))
    }
}

/// Returns the number of the running round of a PPA, and whether the actor may take a step in it.
pub(crate) fn running_round(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &Record,
) -> Result<Option<(i64, bool)>, AppError> {
    let Some(round) = store::last_round(tx, record.id)?.filter(is_under_way) else {
        return Ok(None);
    };
    let decisions = store::decisions(tx, record.id)?;
    let takes_part = !actions(tx, actor, record, Some(&round), &decisions)?.is_empty();
    Ok(Some((round.number, takes_part)))
}

/// Returns true for a round that is not decided yet.
fn is_under_way(round: &Round) -> bool {
    ["draft", "open"].contains(&round.state.as_str())
}

fn approval(tx: &mut Tx<'_>, actor: &Actor, record: &Record) -> Result<Approval, AppError> {
    let rounds = store::rounds(tx, record.id)?;
    let decisions = store::decisions(tx, record.id)?;
    let round = rounds.last();
    let entered = round.map_or(Ok(Vec::new()), |round| store::stages(tx, round.id))?;
    let effects = ceilings::effects(tx, record)?;
    let views = decisions
        .iter()
        .map(|decision| DecisionView::of(decision, &rounds))
        .collect::<Result<Vec<_>, _>>()?;
    let stages = Stage::ALL
        .iter()
        .map(|stage| stage_view(record, *stage, round, &entered, &views, &effects))
        .collect();
    let figures = match round {
        Some(round) if round.state != "draft" && state_of(record) != State::Draft => {
            parse_object(&round.snapshot)?
        }
        _ => snapshot::of(record),
    };
    let is_under_way = round.is_some_and(is_under_way);
    let earlier = rounds
        .iter()
        .rev()
        .skip(usize::from(is_under_way || state_of(record) != State::Draft))
        .find(|earlier| earlier.submitted_at.is_some());
    let changes = match earlier {
        Some(earlier) => snapshot::differences(&parse_object(&earlier.snapshot)?, &figures),
        None => Map::new(),
    };
    let enacted = store::enacted_round(tx, record.id)?;
    let enacted = enacted.map(|round| parse_object(&round.snapshot)).transpose()?;
    let possible = actions(tx, actor, record, round, &decisions)?;
    let obstacle = obstacle(tx, actor, record, &decisions)?;
    Ok(Approval {
        round: round.map_or(0, |round| round.number),
        is_revision: round.is_some_and(|round| round.is_revision),
        reason: round.map_or_else(String::new, |round| round.reason.clone()),
        state: state_of(record),
        round_state: round.map_or_else(String::new, |round| round.state.clone()),
        submitted_at: round.and_then(|round| round.submitted_at),
        submitted_by: round.and_then(|round| round.submitted_by),
        stages,
        decisions: views,
        locked_fields: locked_fields(record),
        snapshot: figures,
        enacted,
        changes,
        actions: possible,
        obstacle,
    })
}

fn stage_view(
    record: &Record,
    stage: Stage,
    round: Option<&Round>,
    entered: &[RoundStage],
    decisions: &[DecisionView],
    effects: &[Effect],
) -> StageView {
    let row = entered.iter().rev().find(|row| row.stage == stage.as_str());
    let decided = decisions.iter().rev().find(|decision| {
        round.is_some_and(|round| round.number == decision.round)
            && decision.stage == stage.as_str()
            && Action::parse(&decision.action).is_some_and(Action::decides)
    });
    let is_filled = |field: &str| snapshot::is_filled(record, field);
    StageView {
        stage,
        state: row.map_or("upcoming", |row| row.state.as_str()).to_owned(),
        assignee: row.and_then(|row| row.assignee),
        due_date: row.map(|row| row.due_date),
        entered_at: row.map(|row| row.entered_at),
        decision: decided.cloned(),
        missing: stage.state().missing_fields(&is_filled),
        ceilings: if stage == Stage::BudgetReview { effects.to_vec() } else { Vec::new() },
    }
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
        match authorize(tx, actor, record, action, round, decisions) {
            Ok(()) => possible.push(action),
            Err(AppError::Forbidden { .. } | AppError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(possible)
}

/// Returns the reason for which the actor cannot decide the pending stage although their role may; empty without one.
fn obstacle(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &Record,
    decisions: &[Decision],
) -> Result<String, AppError> {
    let Some(stage) = state_of(record).stage() else { return Ok(String::new()) };
    let refused = separate_duties(actor, record.created_by, stage, last_decision(decisions)).err();
    match refused {
        Some(error) if !actor.read_only && actor.may_on(tx, stage.right(), record)? => {
            Ok(sentence(&error.to_string()))
        }
        _ => Ok(String::new()),
    }
}
