//! Queue of stages that wait for a decision.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::approval::{Stage, State, may_decide, snapshot};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_store::approval::{self as store, Decision, Pending};
use obcms_store::records;
use serde_json::{Value as Json, json};

use super::ceilings::{self, Effect};
use super::steps::{last_decision, parse_object};
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

fn is_mine(actor: &Actor, item: &Pending, stage: Stage, last: Option<&Decision>) -> bool {
    let is_assigned = item.stage.assignee.is_none_or(|assignee| Some(assignee) == actor.id);
    let last = last.map(std::slice::from_ref).and_then(last_decision);
    let is_separate = match (actor.id, item.maker) {
        (Some(person), Some(maker)) => may_decide(person, maker, stage, last).is_ok(),
        _ => true,
    };
    is_assigned && is_separate && !actor.read_only && actor.may(stage.right(), PPA.area)
}
