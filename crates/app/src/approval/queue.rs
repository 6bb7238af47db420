//! Queue of stages that wait for a decision.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::approval::{Action, Stage, State, snapshot};
use obcms_domain::choices::{self, APPROVAL_STATES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Decision, Pending};
use obcms_store::records;
use serde_json::{Map, Value as Json, json};

use super::ceilings::{self, Effect};
use super::locks::state_of;
use super::steps::{ApprovalStep, last_decision, parse_object, separate_duties};
use crate::core::rules::Attention;
use crate::core::{Actor, App, AppError};

/// Items of the queue at most.
const MOST: i64 = 500;

/// Stage of a PPA that waits for a decision.
#[derive(Clone, Debug)]
pub struct QueueItem {
    /// The PPA.
    pub ppa: Id,
    /// Its title.
    pub title: String,
    /// Person who is to decide; anybody with the role without one.
    pub assignee: Option<Id>,
    /// Number of the round.
    pub round: i64,
    /// Revision of an enacted budget.
    pub is_revision: bool,
    /// The stage.
    pub stage: Stage,
    /// Day by which the decision is due.
    pub due_date: Date,
    /// Time of entry.
    pub entered_at: Timestamp,
    /// Days since the entry.
    pub days_in_stage: i64,
    /// True after the due date.
    pub is_late: bool,
    /// Budget in centavos.
    pub budget: i64,
    /// Effect on the ceilings.
    pub ceilings: Vec<Effect>,
    /// True if the actor may decide.
    pub is_mine: bool,
}

impl QueueItem {
    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "ppa": self.ppa, "title": self.title, "url": PPA.url(self.ppa), "round": self.round,
            "is_revision": self.is_revision, "stage": self.stage.as_str(), "due_date": self.due_date,
            "entered_at": self.entered_at, "days_in_stage": self.days_in_stage, "is_late": self.is_late,
            "budget_allocation_centavos": self.budget, "mine": self.is_mine,
            "ceilings": self.ceilings.iter().map(Effect::to_json).collect::<Vec<_>>(),
        })
    }
}

impl App {
    /// Returns the stages that wait for a decision, the most urgent first: those that the actor may decide, or all that
    /// the actor may see.
    pub fn approvals(&self, actor: &Actor, mine: bool) -> Result<Vec<QueueItem>, AppError> {
        let stages = Stage::ALL.into_iter().filter(|stage| !mine || actor.may(stage.right(), PPA.area));
        let stages: Vec<&str> = stages.map(Stage::as_str).collect();
        let (now, today) = (self.now(), self.today());
        self.read(|tx| {
            let mut pending = store::pending(tx, &stages, MOST)?;
            if let Some(scope) = actor.scope(&PPA)? {
                let ids: Vec<Id> = pending.iter().map(|item| item.stage.ppa_id).collect();
                let seen = records::in_scope(tx, &PPA, &ids, &scope)?;
                pending.retain(|item| seen.contains(&item.stage.ppa_id));
            }
            let ids: Vec<Id> = pending.iter().map(|item| item.stage.ppa_id).collect();
            let ppas = records::load_many(tx, &PPA, &ids)?;
            let ppas: HashMap<Id, _> = ppas.into_iter().map(|record| (record.id, record)).collect();
            let decisions = store::last_decisions(tx, &ids)?;
            let mut items = Vec::with_capacity(pending.len());
            for item in pending {
                let Some(stage) = State::parse(&item.stage.stage).and_then(State::stage) else { continue };
                let is_mine = is_mine(actor, &item, stage, decisions.get(&item.stage.ppa_id));
                let Some(record) = ppas.get(&item.stage.ppa_id).filter(|_| is_mine || !mine) else {
                    continue;
                };
                let figures = parse_object(&item.snapshot)?;
                let hours = now.duration_since(item.stage.entered_at).as_hours();
                items.push(QueueItem {
                    ppa: record.id,
                    title: item.title,
                    assignee: item.stage.assignee,
                    round: item.round,
                    is_revision: item.is_revision,
                    stage,
                    due_date: item.stage.due_date,
                    entered_at: item.stage.entered_at,
                    days_in_stage: hours / 24,
                    is_late: item.stage.due_date < today,
                    budget: snapshot::budget(&figures),
                    ceilings: if stage == Stage::BudgetReview {
                        ceilings::effects(tx, record)?
                    } else {
                        Vec::new()
                    },
                    is_mine,
                });
            }
            Ok(items)
        })
    }
}

/// Result of a bulk approval for one PPA.
#[derive(Debug)]
pub struct BulkOutcome {
    /// The PPA.
    pub ppa: Id,
    /// Its title; empty when the actor cannot see it.
    pub title: String,
    /// Reason of the refusal; nothing if it was approved.
    pub refusal: Option<String>,
}

impl App {
    /// Approves the pending stages of several PPAs with one comment. Each is decided by itself: one that is refused
    /// does not hold up the others. `stages` are the PPAs with the stages that the actor saw.
    pub fn approve_each(
        &self,
        actor: &Actor,
        stages: &[(Id, Stage)],
        comment: &str,
    ) -> Result<Vec<BulkOutcome>, AppError> {
        let mut outcomes = Vec::with_capacity(stages.len());
        for (ppa, stage) in stages {
            let (title, result) = match self.get(actor, &PPA, *ppa) {
                Ok(record) => (record.title().to_owned(), self.decide_seen(actor, &record, *stage, comment)),
                Err(error) => (String::new(), Err(error)),
            };
            let refusal = match result {
                Ok(()) => None,
                // Nothing is wrong with the others when the database is away.
                Err(error @ (AppError::Internal(_) | AppError::Store(_))) => return Err(error),
                Err(error) => Some(error.to_string()),
            };
            outcomes.push(BulkOutcome { ppa: *ppa, title, refusal });
        }
        Ok(outcomes)
    }

    fn decide_seen(
        &self,
        actor: &Actor,
        record: &Record,
        stage: Stage,
        comment: &str,
    ) -> Result<(), AppError> {
        require_state(record, stage.state())?;
        let step =
            ApprovalStep { action: Action::Approve, comment: comment.to_owned(), corrections: Map::new() };
        self.approval_step(actor, record.id, &step, Some(record.version)).map(|_| ())
    }
}

/// Refuses a step on a PPA whose approval moved on since the actor saw it.
pub fn require_state(record: &Record, seen: State) -> Result<(), AppError> {
    let state = state_of(record);
    if state == seen {
        return Ok(());
    }
    let label = choices::label(APPROVAL_STATES, state.as_str());
    Err(AppError::conflict(format!("The approval moved on: it is now in the state {label}. Check it again.")))
}

/// Returns the PPAs whose pending stage the actor may decide, the most urgent first.
fn mine(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Id>, AppError> {
    let stages: Vec<&str> = Stage::ALL
        .into_iter()
        .filter(|stage| actor.may(stage.right(), PPA.area))
        .map(Stage::as_str)
        .collect();
    if stages.is_empty() || actor.read_only {
        return Ok(Vec::new());
    }
    let pending = store::pending(tx, &stages, MOST)?;
    let ids: Vec<Id> = pending.iter().map(|item| item.stage.ppa_id).collect();
    let decisions = store::last_decisions(tx, &ids)?;
    let is_mine = |item: &Pending| {
        let stage = State::parse(&item.stage.stage).and_then(State::stage);
        stage.is_some_and(|stage| is_mine(actor, item, stage, decisions.get(&item.stage.ppa_id)))
    };
    Ok(pending.iter().filter(|item| is_mine(item)).map(|item| item.stage.ppa_id).collect())
}

fn is_mine(actor: &Actor, item: &Pending, stage: Stage, last: Option<&Decision>) -> bool {
    let is_assigned = item.stage.assignee.is_none_or(|assignee| Some(assignee) == actor.id);
    let last = last.map(std::slice::from_ref).and_then(last_decision);
    let is_separate = separate_duties(actor, item.maker, stage, last).is_ok();
    is_assigned && is_separate && !actor.read_only && actor.may(stage.right(), PPA.area)
}

/// Returns the PPAs that wait for a decision of the actor, the most urgent first.
pub(crate) fn attention(tx: &mut Tx<'_>, actor: &Actor) -> Result<Attention, AppError> {
    let records = mine(tx, actor)?;
    Ok(Attention { label: "Waiting for my decision", href: "/approvals", records })
}
