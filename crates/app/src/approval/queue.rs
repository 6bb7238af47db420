//! Queue of stages that wait for a decision.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::approval::{Action, Stage, State, actions, snapshot};
use obcms_domain::choices::{self, APPROVAL_STATES};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::PPA;
use obcms_domain::message;
use obcms_domain::registry::{Record, Total};
use obcms_store::Tx;
use obcms_store::approval::{self as store, Decision, Pending};
use obcms_store::records::{self, Directory};
use serde_json::{Map, Value as Json, json};

use super::authority::Authority;
use super::ceilings::{self, Effect};
use super::steps::{ApprovalStep, last_decision, parse_object};
use crate::core::rules::{Attention, Input};
use crate::core::{Actor, App, AppError};
use crate::records::transfer::{Cell, ReportTable};

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
            "assignee": self.assignee, "entered_at": self.entered_at, "days_in_stage": self.days_in_stage, "is_late": self.is_late,
            "budget_allocation_centavos": self.budget, "mine": self.is_mine,
            "ceilings": self.ceilings.iter().map(Effect::to_json).collect::<Vec<_>>(),
        })
    }
}

impl App {
    /// Returns the stages that wait for a decision, the most urgent first: those that the actor may decide, or all that
    /// the actor may see.
    pub fn approvals(&self, actor: &Actor, mine: bool) -> Result<Vec<QueueItem>, AppError> {
        let (zone, today) = (self.zone().clone(), self.today());
        self.read(|tx| {
            let authority = Authority::load(tx, actor, today)?;
            let stages = if mine { authority.stages() } else { Stage::ALL.to_vec() };
            let stages: Vec<&str> = stages.into_iter().map(Stage::as_str).collect();
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
            let waiting: Vec<&Record> = ppas.values().collect();
            let mut effects = ceilings::effects_of(tx, &waiting)?;
            let mut items = Vec::with_capacity(pending.len());
            for item in pending {
                let Some(stage) = State::parse(&item.stage.stage).and_then(State::stage) else { continue };
                let is_mine = is_mine(actor, &authority, &item, stage, decisions.get(&item.stage.ppa_id));
                let Some(record) = ppas.get(&item.stage.ppa_id).filter(|_| is_mine || !mine) else {
                    continue;
                };
                let figures = parse_object(&item.snapshot)?;
                let entered = item.stage.entered_at.to_zoned(zone.clone()).date();
                items.push(QueueItem {
                    ppa: record.id,
                    title: item.title,
                    assignee: item.stage.assignee,
                    round: item.round,
                    is_revision: item.is_revision,
                    stage,
                    due_date: item.stage.due_date,
                    entered_at: item.stage.entered_at,
                    days_in_stage: i64::from((today - entered).get_days()),
                    is_late: item.stage.due_date < today,
                    budget: snapshot::budget(&figures),
                    ceilings: effects.remove(&record.id).unwrap_or_default(),
                    is_mine,
                });
            }
            Ok(items)
        })
    }
}

/// Returns the queue as a report for a file; `people` has the names of the assignees.
#[must_use]
pub fn queue_table(
    items: &[QueueItem],
    people: &Directory,
    filters: Vec<(String, String)>,
    zone: &TimeZone,
) -> ReportTable {
    let room = |item: &QueueItem| item.ceilings.iter().map(Effect::excess).max();
    let row = |item: &QueueItem| {
        let assignee = item.assignee.and_then(|person| people.get(&person));
        vec![
            Cell::Text(item.title.clone()),
            Cell::Text(choices::label(APPROVAL_STATES, item.stage.as_str()).to_owned()),
            assignee.map_or(Cell::Empty, |person| Cell::Text(person.title.clone())),
            Cell::Number(item.round),
            Cell::Day(item.entered_at.to_zoned(zone.clone()).date()),
            Cell::Day(item.due_date),
            Cell::Number(item.days_in_stage),
            Cell::Text(if item.is_late { "Yes" } else { "No" }.to_owned()),
            Cell::Pesos(item.budget),
            room(item).map_or(Cell::Empty, |excess| Cell::Pesos(excess.saturating_neg())),
        ]
    };
    ReportTable {
        title: "Approvals",
        filters,
        columns: vec![
            ("PPA", Total::Never),
            ("Stage", Total::Never),
            ("Assignee", Total::Never),
            ("Round", Total::Never),
            ("In stage since", Total::Never),
            ("Due", Total::Never),
            ("Days in stage", Total::Never),
            ("Late", Total::Never),
            ("Budget", Total::Sum),
            ("Room under ceilings", Total::Never),
        ],
        rows: items.iter().map(row).collect(),
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
    pub refusal: Option<Message>,
}

impl BulkOutcome {
    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({ "ppa": self.ppa, "title": self.title, "approved": self.refusal.is_none(), "detail": self.refusal })
    }
}

/// PPAs with the stages that somebody saw, and the comment on all of them.
#[derive(Debug)]
pub struct BulkApproval {
    /// PPAs with their stages.
    pub stages: Vec<(Id, Stage)>,
    /// Comment.
    pub comment: String,
}

impl BulkApproval {
    /// Reads the body [`actions::APPROVE_EACH`].
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let body = actions::APPROVE_EACH.parse(input).map_err(AppError::Invalid)?;
        let items = actions::ITEMS.get(&body).and_then(Json::as_array);
        let text = |item: &Json, name: &str| item.get(name).and_then(Json::as_str).map(str::to_owned);
        let parse = |item: &Json| {
            let id = text(item, "ppa")?.parse().ok()?;
            let stage = State::parse(&text(item, "stage")?)?.stage()?;
            Some((id, stage))
        };
        let stages = items.into_iter().flatten().map(|item| {
            let message = || {
                message!("Must be the id of a PPA and one of its stages: {item}.", item = Word::text(item))
            };
            parse(item).ok_or_else(|| AppError::field(actions::ITEMS.name(), "format", message()))
        });
        let stages = stages.collect::<Result<_, _>>()?;
        Ok(Self { stages, comment: actions::COMMENT.get(&body).to_owned() })
    }
}

impl App {
    /// Approves the pending stages of several PPAs with one comment. Each is decided by itself: one that is refused
    /// does not hold up the others.
    pub fn approve_each(&self, actor: &Actor, bulk: &BulkApproval) -> Result<Vec<BulkOutcome>, AppError> {
        let comment = &bulk.comment;
        let mut outcomes = Vec::with_capacity(bulk.stages.len());
        for (ppa, stage) in &bulk.stages {
            let (title, result) = match self.get(actor, &PPA, *ppa) {
                Ok(record) => (record.title().to_owned(), self.decide_seen(actor, &record, *stage, comment)),
                Err(error) => (String::new(), Err(error)),
            };
            let refusal = match result {
                Ok(()) => None,
                // Nothing is wrong with the others when the database is away.
                Err(error @ (AppError::Internal(_) | AppError::Store(_))) => return Err(error),
                Err(error) => Some(error.message()),
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
        let step = ApprovalStep {
            action: Action::Approve,
            comment: comment.to_owned(),
            seen: Some(stage.state()),
            corrections: Map::new(),
        };
        self.approval_step(actor, record.id, &step, Some(record.version)).map(|_| ())
    }
}

/// Returns the PPAs whose pending stage the actor may decide, the most urgent first.
fn mine(tx: &mut Tx<'_>, actor: &Actor, today: Date) -> Result<Vec<Id>, AppError> {
    if actor.read_only {
        return Ok(Vec::new());
    }
    let authority = Authority::load(tx, actor, today)?;
    let stages: Vec<&str> = authority.stages().into_iter().map(Stage::as_str).collect();
    if stages.is_empty() {
        return Ok(Vec::new());
    }
    let pending = store::pending(tx, &stages, MOST)?;
    let ids: Vec<Id> = pending.iter().map(|item| item.stage.ppa_id).collect();
    let decisions = store::last_decisions(tx, &ids)?;
    let is_mine = |item: &Pending| {
        let stage = State::parse(&item.stage.stage).and_then(State::stage);
        stage.is_some_and(|stage| is_mine(actor, &authority, item, stage, decisions.get(&item.stage.ppa_id)))
    };
    Ok(pending.iter().filter(|item| is_mine(item)).map(|item| item.stage.ppa_id).collect())
}

fn is_mine(
    actor: &Actor,
    authority: &Authority,
    item: &Pending,
    stage: Stage,
    last: Option<&Decision>,
) -> bool {
    let is_assigned =
        item.stage.assignee.is_none_or(|assignee| authority.people().any(|person| person == assignee));
    let last = last.map(std::slice::from_ref).and_then(last_decision);
    is_assigned && !actor.read_only && authority.decider(stage, item.maker, last, item.stage.assignee).is_ok()
}

/// Returns the PPAs that wait for a decision of the actor, the most urgent first.
pub(crate) fn attention(tx: &mut Tx<'_>, actor: &Actor, today: Date) -> Result<Attention, AppError> {
    let records = mine(tx, actor, today)?;
    Ok(Attention { label: "Waiting for my decision", href: "/approvals", records })
}
