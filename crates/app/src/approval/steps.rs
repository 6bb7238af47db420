//! Steps of an approval: submit, decide, withdraw, reopen and revise.

use jiff::ToSpan;
use obcms_domain::accounts::{Action as Right, Role};
use obcms_domain::approval::{Action, ApprovalError, Decider, Stage, State, actions, apply, snapshot};
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::core::money;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::message;
use obcms_domain::money::Limit;
use obcms_domain::registry::Record;
use obcms_domain::tasks::templates::template_for;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Commitment, Decision, Round, RoundStage};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::authority::{Authority, Barred, eligible};
use super::ceilings::{self, Effect};
use super::locks::{require_state, state_of};
use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::holidays::working_days;
use crate::records::{require_live, require_version, require_write};
use crate::tasks::generation;

/// Days ahead for which holidays are read to find the day by which a decision is due.
const AHEAD: i64 = 90;
/// Part of the commitments of a PPA: its enacted budget.
const ENACTED: &str = "enacted";
/// Part of the commitments of a PPA: a budget that passed its review in a running round.
const RUNNING: &str = "running";

/// Requested step of an approval.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalStep {
    /// Action.
    pub action: Action,
    /// Comment or reason.
    pub comment: String,
    /// State that the actor saw; the step is refused in another one.
    pub seen: Option<State>,
    /// New values of locked fields, by the budget review.
    pub corrections: Map<String, Json>,
}

impl ApprovalStep {
    /// Reads the body [`actions::APPROVAL`].
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::APPROVAL.parse(input).map_err(AppError::Invalid)?;
        let action = Action::parse(actions::ACTION.get(&input))
            .ok_or_else(|| AppError::field(actions::ACTION.name(), "choice", "Select an action."))?;
        let corrections = match actions::CORRECTIONS.get(&input) {
            Some(Json::Object(corrections)) => corrections.clone(),
            _ => Map::new(),
        };
        let seen = State::parse(actions::SEEN_STAGE.get(&input));
        Ok(Self { action, comment: actions::COMMENT.get(&input).to_owned(), seen, corrections })
    }
}

impl App {
    /// Takes a step of the approval of a PPA; `expected` is the version that the actor saw.
    pub fn approval_step(
        &self,
        actor: &Actor,
        id: Id,
        step: &ApprovalStep,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| take_step(work, id, step, expected))
    }
}

/// Takes a step of the approval of a PPA.
pub fn take_step(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    step: &ApprovalStep,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    require_write(work.actor)?;
    let before = work.load(&PPA, id)?;
    require_version(&before, expected)?;
    require_live(&before)?;
    if let Some(halt) = halt(&before) {
        return Err(AppError::conflict(halt));
    }
    if before.is_request() {
        return Err(AppError::conflict(
            "A community request has no budget approval. A coordinator must change its category to a PPA first.",
        ));
    }
    if let Some(seen) = step.seen {
        require_state(&before, seen)?;
    }
    let state = state_of(&before);
    let last = store::last_round(work.tx, id)?;
    let is_revision = ppa::ENACTED_BUDGET_CENTAVOS.get(&before).is_some();
    let decisions = store::decisions(work.tx, id)?;
    let authority = Authority::load(work.tx, work.actor, work.today)?;
    let context = StepContext { authority: &authority, last: last.as_ref(), decisions: &decisions };
    let decider = context.authorize(work.tx, work.actor, &before, step.action)?;
    let mut record = before.clone();
    correct(&mut record, state, step)?;
    // A revision is given up in draft: the enacted figures come back.
    let gives_up = state == State::Draft && step.action == Action::Withdraw && is_revision;
    let target = if gives_up {
        State::Enacted
    } else {
        let is_filled = |field: &str| snapshot::is_filled(&record, field);
        apply(state, step.action, Some(&step.comment), &is_filled).map_err(|error| refusal(&error))?
    };
    let on_behalf_of = decider.and_then(|decider| decider.on_behalf_of);
    let mut run = Run { work, step, before, record, state, target, is_revision, on_behalf_of };
    run.take(last, &decisions)?;
    let Run { work, mut record, before, .. } = run;
    work.note.clone_from(&step.comment);
    work.save(&before, &mut record, step.action.as_str())?;
    Ok(record)
}

/// Returns the reason why the approval of a PPA stands still: nobody decides on work that is on hold or cancelled.
pub(super) fn halt(record: &Record) -> Option<&'static str> {
    match ppa::STATUS.get(record) {
        "cancelled" => Some("This PPA is cancelled. Resume it first."),
        "on_hold" => Some("This PPA is on hold. Resume it first."),
        _ => None,
    }
}

/// Sets the corrected figures; only the budget review may correct.
fn correct(record: &mut Record, state: State, step: &ApprovalStep) -> Result<(), AppError> {
    if step.corrections.is_empty() {
        return Ok(());
    }
    if state != State::BudgetReview || step.action != Action::Approve {
        let message = "Figures can be corrected only when the budget review is approved.";
        return Err(AppError::field(actions::CORRECTIONS.name(), "not_possible", message));
    }
    snapshot::correct(&step.corrections, record).map_err(AppError::Invalid)
}

/// Facts about the actor and the PPA by which a step is authorized.
pub(super) struct StepContext<'a> {
    /// Stages that the actor may decide.
    pub authority: &'a Authority,
    /// Last round of the PPA.
    pub last: Option<&'a Round>,
    /// All decisions on the PPA, in order.
    pub decisions: &'a [Decision],
}

impl StepContext<'_> {
    /// Refuses what the policy and the separation of duties forbid. Returns who decides, for a decision.
    pub fn authorize(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        record: &Record,
        action: Action,
    ) -> Result<Option<Decider>, AppError> {
        let state = state_of(record);
        match action {
            Action::Withdraw => {
                let submitter = self.last.and_then(|round| round.submitted_by);
                if submitter.is_some() && submitter == actor.id {
                    Ok(None)
                } else if state == State::Draft {
                    actor.require(tx, Right::Transition, record).map(|()| None)
                } else {
                    actor.require(tx, Right::Override, record).map(|()| None)
                }
            }
            Action::Reopen => actor.require(tx, Right::Override, record).map(|()| None),
            Action::Revise if actor.may_on(tx, Right::Enact, record)? => Ok(None),
            Action::Submit | Action::Revise => actor.require(tx, Right::Transition, record).map(|()| None),
            Action::Approve | Action::Return | Action::Reject | Action::Waive => {
                let Some(stage) = state.stage() else { return Ok(None) };
                let assignee = ppa::APPROVAL_ASSIGNEE.get(record);
                let last = last_decision(self.decisions);
                match self.authority.decider(stage, record.created_by, last, assignee) {
                    Ok(decider) => Ok(decider),
                    Err(Barred::NoRole) => actor.require(tx, stage.right(), record).map(|()| None),
                    Err(Barred::Duties(error)) => Err(AppError::Forbidden {
                        detail: error.message(),
                        what: None,
                        who: vec![stage.decider()],
                    }),
                }
            }
        }
    }
}

/// Returns stage and decider of the last decision on a stage.
pub(super) fn last_decision(decisions: &[Decision]) -> Option<(Stage, Decider)> {
    let decided = decisions.iter().rev().find(|decision| {
        Action::parse(&decision.action).is_some_and(Action::decides) && decision.decided_by.is_some()
    })?;
    let stage = State::parse(&decided.stage)?.stage()?;
    Some((stage, Decider { person: decided.decided_by?, on_behalf_of: decided.on_behalf_of }))
}

fn refusal(error: &ApprovalError) -> AppError {
    match error {
        ApprovalError::NoReason(_) => AppError::field(actions::COMMENT.name(), "required", error.message()),
        ApprovalError::Missing(fields) => {
            AppError::Conflict { detail: error.message(), more: vec![("missing", json!(fields))] }
        }
        other => AppError::conflict(other.message()),
    }
}

/// Step that is allowed, with the PPA before and after it.
struct Run<'u, 'a, 'b> {
    work: &'u mut UnitOfWork<'a, 'b>,
    step: &'u ApprovalStep,
    before: Record,
    record: Record,
    state: State,
    target: State,
    is_revision: bool,
    on_behalf_of: Option<Id>,
}

impl Run<'_, '_, '_> {
    fn take(&mut self, last: Option<Round>, decisions: &[Decision]) -> Result<(), AppError> {
        let (mut round, is_new) = self.round(last);
        let mut effects = Vec::new();
        if self.state == State::BudgetReview && self.step.action == Action::Approve {
            effects = ceilings::require_room(self.work.tx, &self.record)?;
        }
        match self.step.action {
            Action::Submit => {
                "open".clone_into(&mut round.state);
                round.submitted_at = Some(self.work.now);
                round.submitted_by = self.work.actor.id;
            }
            Action::Approve | Action::Waive => {
                let ended = if self.step.action == Action::Waive { "waived" } else { "approved" };
                store::end_stage(self.work.tx, round.id, ended, self.work.now)?;
            }
            Action::Return => self.end(&mut round, "returned")?,
            Action::Reject => self.end(&mut round, "rejected")?,
            Action::Withdraw => self.withdraw(&mut round, decisions)?,
            Action::Reopen | Action::Revise => {}
        }
        if matches!(self.step.action, Action::Submit | Action::Approve) {
            round.snapshot = Json::Object(snapshot::of(&self.record)).to_string();
        }
        let gives_up = self.step.action == Action::Withdraw && self.target == State::Enacted;
        if self.is_revision && (gives_up || self.target == State::Rejected) {
            self.restore_enacted()?;
        } else if self.target == State::Enacted {
            self.enact(&mut round)?;
        }
        if is_new {
            store::insert_round(self.work.tx, &round)?;
        } else {
            store::update_round(self.work.tx, &round)?;
        }
        self.decide(&round, &effects)?;
        match self.target.stage() {
            Some(stage) => self.enter(&round, stage)?,
            None => ppa::APPROVAL_ASSIGNEE.clear(&mut self.record),
        }
        // A budget that passed its review takes room under the ceilings, its enacted figures do so from then on.
        if self.state == State::BudgetReview && self.step.action == Action::Approve {
            store::commit(self.work.tx, self.record.id, RUNNING, &commitment(&self.record))?;
        }
        ppa::APPROVAL_STAGE.set(&mut self.record, self.target.as_str());
        ppa::APPROVAL_ROUND.set(&mut self.record, round.number);
        Ok(())
    }

    /// Returns the round of the step, and true if it is a new one.
    fn round(&self, last: Option<Round>) -> (Round, bool) {
        let opens = match (self.step.action, &last) {
            (Action::Submit, Some(round)) => round.state != "draft",
            (Action::Revise, _) | (_, None) => true,
            _ => false,
        };
        match last {
            Some(round) if !opens => (round, false),
            last => {
                let reason = if self.step.action == Action::Revise {
                    self.step.comment.clone()
                } else {
                    String::new()
                };
                let round = Round {
                    id: self.work.app.new_id(),
                    ppa_id: self.record.id,
                    number: last.map_or(1, |round| round.number + 1),
                    is_revision: self.is_revision,
                    state: "draft".to_owned(),
                    reason,
                    opened_at: self.work.now,
                    submitted_at: None,
                    submitted_by: None,
                    ended_at: None,
                    snapshot: Json::Object(snapshot::of(&self.record)).to_string(),
                };
                (round, true)
            }
        }
    }

    fn end(&mut self, round: &mut Round, state: &str) -> Result<(), AppError> {
        store::end_stage(self.work.tx, round.id, state, self.work.now)?;
        store::release(self.work.tx, self.record.id, RUNNING)?;
        state.clone_into(&mut round.state);
        round.ended_at = Some(self.work.now);
        Ok(())
    }

    fn withdraw(&mut self, round: &mut Round, decisions: &[Decision]) -> Result<(), AppError> {
        let is_decided = decisions.iter().any(|decision| {
            decision.round_id == round.id && Action::parse(&decision.action).is_some_and(Action::decides)
        });
        if is_decided {
            return Err(AppError::conflict(
                "The first decision was taken. Ask the decider to return the PPA for revision.",
            ));
        }
        self.end(round, "withdrawn")
    }

    /// Puts the enacted figures back after a revision that ended without enactment.
    fn restore_enacted(&mut self) -> Result<(), AppError> {
        let enacted = store::enacted_round(self.work.tx, self.record.id)?;
        if let Some(round) = enacted {
            let figures: Map<String, Json> = parse_object(&round.snapshot)?;
            snapshot::restore(&figures, &mut self.record)
                .map_err(|message| AppError::Internal(message.english()))?;
        }
        self.target = State::Enacted;
        Ok(())
    }

    /// Puts the figures of the round in force.
    fn enact(&mut self, round: &mut Round) -> Result<(), AppError> {
        let budget = ppa::BUDGET_ALLOCATION_CENTAVOS.get(&self.record).unwrap_or_default();
        let allotted = obcms_store::money::totals(self.work.tx, self.record.id)?.allotted;
        if allotted > budget {
            return Err(AppError::Conflict {
                detail: message!(
                    "{allotted} is allotted already. Reverse allotments before a budget of {budget} is enacted.",
                    allotted = Word::text(money::format(allotted)),
                    budget = Word::text(money::format(budget))
                ),
                more: vec![("limit", json!(Limit::Enacted.as_str()))],
            });
        }
        ppa::ENACTED_BUDGET_CENTAVOS.set(&mut self.record, budget);
        ppa::ENACTED_ON.set(&mut self.record, self.work.today);
        store::commit(self.work.tx, self.record.id, ENACTED, &commitment(&self.record))?;
        store::release(self.work.tx, self.record.id, RUNNING)?;
        "enacted".clone_into(&mut round.state);
        round.ended_at = Some(self.work.now);
        Ok(())
    }

    fn decide(&mut self, round: &Round, effects: &[Effect]) -> Result<(), AppError> {
        let corrections = snapshot::differences(&snapshot::of(&self.before), &snapshot::of(&self.record));
        let corrections = if self.step.corrections.is_empty() { Map::new() } else { corrections };
        let decision = Decision {
            id: self.work.app.new_id(),
            round_id: round.id,
            ppa_id: self.record.id,
            number: 0,
            stage: self.state.as_str().to_owned(),
            action: self.step.action.as_str().to_owned(),
            decided_at: self.work.now,
            decided_by: self.work.actor.id,
            on_behalf_of: self.on_behalf_of,
            role: self.role().map_or("", Role::as_str).to_owned(),
            comment: self.step.comment.clone(),
            digest: hex(&Sha256::digest(round.snapshot.as_bytes())),
            ceilings: Json::Array(effects.iter().map(Effect::to_json).collect()).to_string(),
            corrections: Json::Object(corrections).to_string(),
        };
        Ok(store::insert_decision(self.work.tx, &decision)?)
    }

    /// Returns the role in which the actor takes the step.
    fn role(&self) -> Option<Role> {
        let decider = self.state.stage().map(Stage::decider).filter(|_| self.step.action.decides());
        let roles = &self.work.actor.roles;
        let holds = |role: &Role| self.on_behalf_of.is_some() || roles.contains(role);
        decider.filter(holds).or_else(|| roles.first().copied())
    }

    fn enter(&mut self, round: &Round, stage: Stage) -> Result<(), AppError> {
        let today = self.work.today;
        let days = working_days(self.work.tx, today, today.saturating_add(AHEAD.days()))?;
        let number = store::stages(self.work.tx, round.id)?.len();
        let assignee = self.usual_decider(round, stage)?;
        ppa::APPROVAL_ASSIGNEE.set(&mut self.record, assignee);
        store::insert_stage(
            self.work.tx,
            &RoundStage {
                id: self.work.app.new_id(),
                round_id: round.id,
                ppa_id: self.record.id,
                number: i64::try_from(number).unwrap_or(i64::MAX).saturating_add(1),
                stage: stage.as_str().to_owned(),
                state: "pending".to_owned(),
                assignee,
                due_date: days.after(today, stage.due_working_days()),
                entered_at: self.work.now,
                left_at: None,
            },
        )?;
        let Some(name) = template_for("approval_stage", &|_| Some(stage.as_str().to_owned())) else {
            return Ok(());
        };
        let record = &self.record;
        self.work.as_effect(|work| generation::generate_from(work, name, record, Some(today)))
    }
}

impl Run<'_, '_, '_> {
    /// Returns the person who is to decide a stage: the one who decided it before, or the only one with its role
    /// besides the submitter. Nobody if several can.
    fn usual_decider(&mut self, round: &Round, stage: Stage) -> Result<Option<Id>, AppError> {
        let decisions = store::decisions(self.work.tx, self.record.id)?;
        let last = last_decision(&decisions);
        let mut people = eligible(self.work.tx, stage, self.record.created_by, last)?;
        people.retain(|person| Some(*person) != round.submitted_by);
        let before = decisions.iter().rev().find(|decision| {
            decision.stage == stage.as_str() && Action::parse(&decision.action).is_some_and(Action::decides)
        });
        let before = before.and_then(|decision| decision.on_behalf_of.or(decision.decided_by));
        Ok(match (before, people.as_slice()) {
            (Some(before), people) if people.contains(&before) => Some(before),
            (_, [only]) => Some(*only),
            _ => None,
        })
    }
}

fn commitment(record: &Record) -> Commitment {
    Commitment {
        fiscal_year: ppa::FISCAL_YEAR.get(record),
        sector: ppa::SECTOR.get(record).to_owned(),
        funding_source: ppa::FUNDING_SOURCE.get(record).to_owned(),
        amount: ppa::BUDGET_ALLOCATION_CENTAVOS.get(record).unwrap_or_default(),
    }
}

/// Parses a JSON object that the store holds as text.
pub(super) fn parse_object(text: &str) -> Result<Map<String, Json>, AppError> {
    serde_json::from_str(text).map_err(|error| AppError::Internal(format!("figures of a round: {error}")))
}
