//! Representation of the approval of a PPA.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::accounts::Action as Right;
use obcms_domain::approval::{Action, Stage, State, snapshot};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::kinds::{CEILING, PPA, ppa};
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Comment, Decision, Round, RoundStage};
use serde_json::{Map, Value as Json, json};

use super::assigning::{may_assign, sees_comments};
use super::authority::{Authority, Barred, eligible};
use super::ceilings::{self, Effect};
use super::locks::{locked_fields, state_of};
use super::steps::{StepContext, halt, last_decision, parse_object};
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
    /// Amount in centavos that is allotted above the budget of a running revision; it must be reversed before the
    /// enactment. Nothing for those who see no ceilings.
    pub excess_allotted: Option<i64>,
    /// Actions that the actor may take.
    pub actions: Vec<Action>,
    /// Reason for which the actor cannot decide although their role may.
    pub obstacle: Option<Message>,
    /// Colleague on whose behalf the actor would decide the pending stage.
    pub on_behalf_of: Option<Id>,
    /// People who may be assigned the pending stage; empty if the actor may not assign it.
    pub assignable: Vec<Id>,
    /// All rounds in order.
    pub rounds: Vec<RoundView>,
    /// Comments beside the decisions, the first one first; nothing if the actor does not see them.
    pub comments: Option<Vec<Comment>>,
}

/// Round of an approval.
#[derive(Clone, Debug)]
pub struct RoundView {
    /// Number, from 1.
    pub number: i64,
    /// State.
    pub state: String,
    /// Revision of an enacted budget.
    pub is_revision: bool,
    /// Reason of a revision, or empty.
    pub reason: String,
    /// Time of submission.
    pub submitted_at: Option<Timestamp>,
    /// Person who submitted.
    pub submitted_by: Option<Id>,
    /// Time of its end.
    pub ended_at: Option<Timestamp>,
    /// Frozen figures.
    pub snapshot: Map<String, Json>,
}

impl RoundView {
    fn of(round: &Round) -> Result<Self, AppError> {
        Ok(Self {
            number: round.number,
            state: round.state.clone(),
            is_revision: round.is_revision,
            reason: round.reason.clone(),
            submitted_at: round.submitted_at,
            submitted_by: round.submitted_by,
            ended_at: round.ended_at,
            snapshot: parse_object(&round.snapshot)?,
        })
    }

    fn to_json(&self) -> Json {
        json!({
            "round": self.number, "state": self.state, "is_revision": self.is_revision,
            "reason": given(&self.reason), "submitted_at": self.submitted_at, "submitted_by": self.submitted_by,
            "ended_at": self.ended_at, "snapshot": self.snapshot,
        })
    }
}

/// Returns the representation of a comment.
#[must_use]
pub fn comment_json(comment: &Comment) -> Json {
    json!({
        "id": comment.id, "round": comment.round, "stage": comment.stage, "text": comment.text,
        "created_at": comment.created_at, "created_by": comment.created_by,
    })
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
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
    /// Colleague who delegated the decision.
    pub on_behalf_of: Option<Id>,
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
            "excess_allotted_centavos": self.excess_allotted,
            "actions": self.actions.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
            "on_behalf_of": self.on_behalf_of,
            "assignable": self.assignable,
            "rounds": self.rounds.iter().map(RoundView::to_json).collect::<Vec<_>>(),
            "comments": self.comments.as_ref()
                .map(|comments| comments.iter().map(comment_json).collect::<Vec<_>>()),
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
            "on_behalf_of": decided.and_then(|decision| decision.on_behalf_of),
            "decided_at": decided.map(|decision| decision.decided_at),
            "comment": decided.map(|decision| decision.comment.as_str()),
            "missing": self.missing,
            "ceilings": self.ceilings.iter().map(Effect::to_json).collect::<Vec<_>>(),
        })
    }
}

impl DecisionView {
    /// Removes what partners do not see: comments of others, and ceilings.
    fn conceal(&mut self, actor: &Actor) {
        if self.decided_by != actor.id {
            self.comment.clear();
        }
        self.ceilings = Json::Array(Vec::new());
    }

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
            on_behalf_of: decision.on_behalf_of,
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
            "decided_at": self.decided_at, "decided_by": self.decided_by,
            "on_behalf_of": self.on_behalf_of, "role": self.role,
            "comment": self.comment, "digest": self.digest, "ceilings": self.ceilings,
            "corrections": self.corrections,
        })
    }
}

impl App {
    /// Returns the approval of a PPA.
    pub fn approval(&self, actor: &Actor, id: Id) -> Result<Approval, AppError> {
        let record = self.get(actor, &PPA, id)?;
        let today = self.today();
        self.read(|tx| approval(tx, actor, &record, today))
    }
}

/// Returns the number of the running round of a PPA, and whether the actor may take a step in it.
pub(crate) fn running_round(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &Record,
    today: Date,
) -> Result<Option<(i64, bool)>, AppError> {
    let Some(round) = store::last_round(tx, record.id)?.filter(is_under_way) else {
        return Ok(None);
    };
    let decisions = store::decisions(tx, record.id)?;
    let authority = Authority::load(tx, actor, today)?;
    let context = StepContext { authority: &authority, last: Some(&round), decisions: &decisions };
    let takes_part = !actions(tx, actor, record, &context)?.is_empty();
    Ok(Some((round.number, takes_part)))
}

/// Returns true for a round that is not decided yet.
fn is_under_way(round: &Round) -> bool {
    ["draft", "open"].contains(&round.state.as_str())
}

fn approval(tx: &mut Tx<'_>, actor: &Actor, record: &Record, today: Date) -> Result<Approval, AppError> {
    let rounds = store::rounds(tx, record.id)?;
    let decisions = store::decisions(tx, record.id)?;
    let round = rounds.last();
    let entered = round.map_or(Ok(Vec::new()), |round| store::stages(tx, round.id))?;
    // Ceilings and comments are internal: partners see the stages and the figures of their own PPAs.
    let sees_money = actor.may(Right::View, CEILING.area);
    let effects = if sees_money { ceilings::effects(tx, record)? } else { Vec::new() };
    let mut views = decisions
        .iter()
        .map(|decision| DecisionView::of(decision, &rounds))
        .collect::<Result<Vec<_>, _>>()?;
    for view in views.iter_mut().filter(|_| !sees_comments(actor)) {
        view.conceal(actor);
    }
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
    let excess_allotted = if sees_money { excess_allotted(tx, record, &figures)? } else { None };
    let authority = Authority::load(tx, actor, today)?;
    let context = StepContext { authority: &authority, last: round, decisions: &decisions };
    let possible = actions(tx, actor, record, &context)?;
    let last = last_decision(&decisions);
    let pending = state_of(record).stage().filter(|_| !actor.read_only);
    let assignee = ppa::APPROVAL_ASSIGNEE.get(record);
    let decider = pending.map(|stage| authority.decider(stage, record.created_by, last, assignee));
    let obstacle = match (halt(record), &decider) {
        (Some(halt), _) => Some(halt.into()),
        (None, Some(Err(Barred::Duties(error)))) => Some(error.message()),
        _ => None,
    };
    let assignable = match pending {
        Some(stage) if may_assign(tx, actor, &authority, stage, record)? => {
            eligible(tx, stage, record.created_by, last)?
        }
        _ => Vec::new(),
    };
    let comments = match sees_comments(actor) {
        true => Some(store::comments(tx, record.id)?),
        false => None,
    };
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
        excess_allotted,
        actions: possible,
        obstacle,
        on_behalf_of: decider.and_then(Result::ok).flatten().and_then(|decider| decider.on_behalf_of),
        assignable,
        rounds: rounds.iter().map(RoundView::of).collect::<Result<_, _>>()?,
        comments,
    })
}

/// Returns the amount allotted above the budget of a running revision, which stops its enactment.
fn excess_allotted(
    tx: &mut Tx<'_>,
    record: &Record,
    figures: &Map<String, Json>,
) -> Result<Option<i64>, AppError> {
    if state_of(record) == State::Enacted || ppa::ENACTED_BUDGET_CENTAVOS.is_empty(record) {
        return Ok(None);
    }
    let allotted = obcms_store::money::totals(tx, record.id)?.allotted;
    Ok(Some(allotted.saturating_sub(snapshot::budget(figures))).filter(|excess| *excess > 0))
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
    context: &StepContext<'_>,
) -> Result<Vec<Action>, AppError> {
    if actor.read_only || record.is_archived() || record.is_request() || halt(record).is_some() {
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
        match context.authorize(tx, actor, record, action) {
            Ok(_) => possible.push(action),
            Err(AppError::Forbidden { .. } | AppError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(possible)
}
