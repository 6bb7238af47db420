//! Approval of budgets: rounds of decisions on PPAs, each by a person who may take it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_app::approval::{ApprovalStep, add_comment, take_step};
use obcms_domain::approval::{Action, Stage};
use obcms_domain::kinds::{DELEGATION, PPA, ppa};
use serde_json::{Map, json};

use crate::content::approvals::{COMMENTS, CORRECTIONS, QUESTIONS, REOPENINGS, RETURNS, REVISIONS, WAIVERS};
use crate::content::tasks::REASONS;
use crate::days;
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{World, create, explain, update};

/// Course of the approval of a PPA up to today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Never submitted.
    Draft,
    /// Submitted and withdrawn before the first decision.
    Withdrawn,
    /// Waiting in a stage.
    Waits(Stage),
    /// Returned for revision, submitted again, and waiting in a stage.
    WaitsAgain(Stage),
    /// Returned for revision.
    Returned(Stage),
    /// Rejected.
    Rejected(Stage),
    /// Rejected and reopened.
    Reopened(Stage),
    /// Enacted.
    Enacted,
    /// Returned for revision once, then enacted.
    EnactedAgain,
    /// Enacted budget under revision that waits in a stage.
    RevisionWaits(Stage),
    /// Enacted budget that was revised.
    Revised,
}

/// Step of an approval: the action, and the stage that a decision decides.
pub type Step = (Action, Option<Stage>);

impl Course {
    /// Returns the steps of this course in order.
    pub fn steps(self) -> Vec<Step> {
        let mut steps = vec![(Action::Submit, None)];
        let until = |end: Stage| Stage::ALL.into_iter().take_while(move |stage| *stage != end);
        let approved = |end: Stage| until(end).map(|stage| (Action::Approve, Some(stage)));
        let all = || Stage::ALL.into_iter().map(|stage| (Action::Approve, Some(stage)));
        let returned = |end: Stage| approved(end).chain([(Action::Return, Some(end))]);
        match self {
            Self::Draft => steps.clear(),
            Self::Withdrawn => steps.push((Action::Withdraw, None)),
            Self::Waits(stage) => steps.extend(approved(stage)),
            Self::WaitsAgain(stage) => {
                steps.extend(returned(Stage::BudgetReview));
                steps.push((Action::Submit, None));
                steps.extend(approved(stage));
            }
            Self::Returned(stage) => steps.extend(returned(stage)),
            Self::Rejected(stage) | Self::Reopened(stage) => {
                steps.extend(approved(stage));
                steps.push((Action::Reject, Some(stage)));
                if matches!(self, Self::Reopened(_)) {
                    steps.push((Action::Reopen, None));
                }
            }
            Self::Enacted => steps.extend(all()),
            Self::EnactedAgain => {
                steps.extend(returned(Stage::TechnicalReview));
                steps.push((Action::Submit, None));
                steps.extend(all());
            }
            Self::RevisionWaits(stage) => {
                steps.insert(0, (Action::Revise, None));
                steps.extend(approved(stage));
            }
            Self::Revised => {
                steps.insert(0, (Action::Revise, None));
                steps.extend(all());
            }
        }
        steps
    }
}

/// Figures of a PPA that its approval decides on.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Fiscal year.
    pub year: i16,
    /// Sector.
    pub sector: &'static str,
    /// Funding source.
    pub source: &'static str,
    /// Budget in centavos.
    pub budget: i64,
}

/// Demand of a PPA on the ceilings.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// Figures; the budget is the largest that passes the budget review.
    pub figures: Figures,
    /// The budget passed its review.
    pub is_committed: bool,
    /// The commitment ended with a return or a rejection.
    pub is_released: bool,
    /// The budget waits for its review today.
    pub waits: bool,
}

/// Draws the times of `count` steps between two instants; the last one is at least a day before `until` if that is
/// more than nine days per step after `from`.
pub fn times(world: &mut World, from: Timestamp, until: Timestamp, count: usize) -> Vec<Timestamp> {
    let count_of_days = days::apart(world.day(from), world.day(until));
    let span = (count_of_days / (i64::try_from(count).unwrap_or(1) + 2)).clamp(2, 14);
    let mut when = from;
    (0..count)
        .map(|_| {
            when = world.later(when, 1, span);
            when
        })
        .collect()
}

/// Draws the times of `count` steps, the last one on the day.
pub fn times_before(world: &mut World, last: Date, count: usize) -> Vec<Timestamp> {
    let mut day = world.not_after_yesterday(last);
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        times.push(world.office_hours(day));
        let back = world.random.between(2, 8);
        day = world.not_after_yesterday(days::plus(day, -back));
    }
    times.reverse();
    times
}

/// Draws the day on which a stage was entered that waits today; the decision is late in a third of the cases, or
/// always.
pub fn entry(world: &mut World, stage: Option<Stage>, is_late: bool) -> Date {
    let due = stage.map_or(10, |stage| i64::from(stage.due_working_days()) * 7 / 5);
    let wait = if is_late || world.random.chance(33) {
        due + world.random.between(4, 16)
    } else {
        world.random.between(1, due - 2)
    };
    days::plus(world.today, -wait)
}

/// Effect of the planned steps on the budget.
#[derive(Default)]
struct Effect {
    /// Largest budget that passed its review.
    committed: i64,
    /// Its commitment ended.
    is_released: bool,
    /// Smallest budget ever in force.
    enacted: Option<i64>,
    /// Stage that waits today.
    waiting: Option<Stage>,
}

impl Effect {
    fn add(&mut self, action: Action, stage: Option<Stage>, budget: i64) {
        self.waiting = step_into(action, stage);
        match (action, stage) {
            (Action::Approve, Some(Stage::BudgetReview)) => {
                self.committed = self.committed.max(budget);
                self.is_released = false;
            }
            (Action::Approve, Some(Stage::Enactment)) => {
                self.enacted = Some(self.enacted.map_or(budget, |enacted| enacted.min(budget)));
            }
            (Action::Return | Action::Reject, _) => self.is_released = true,
            _ => {}
        }
    }

    fn demand(&self, figures: Figures) -> Demand {
        let is_committed = self.committed > 0;
        let waits = !is_committed && self.waiting == Some(Stage::BudgetReview);
        let budget = if waits { figures.budget } else { self.committed };
        Demand { figures: Figures { budget, ..figures }, is_committed, is_released: self.is_released, waits }
    }
}

/// Plans the steps of an approval at their times. Returns the smallest budget that was ever in force, if one was.
pub fn plan(
    world: &mut World,
    slot: usize,
    maker: usize,
    mut figures: Figures,
    steps: &[Step],
    times: &[Timestamp],
) -> Option<i64> {
    let mut last: Option<(Stage, usize)> = None;
    let mut effect = Effect::default();
    for (position, ((action, stage), when)) in steps.iter().copied().zip(times.iter().copied()).enumerate() {
        let next = times.get(position + 1).copied();
        let person = match stage {
            Some(stage) => decider(world, stage, maker, last),
            None if action == Action::Reopen => world.of_role("admin"),
            None => maker,
        };
        last = stage.map(|stage| (stage, person)).or(last);
        // Some budgets are corrected in the review of their first round.
        let is_corrected = stage == Some(Stage::BudgetReview) && position == 2 && slot % 9 == 4;
        let mut step = decision(world, action, stage, slot % 7 == 5);
        if is_corrected && action == Action::Approve {
            figures.budget = rounded(figures.budget / 100 * 95);
            step.comment = (*world.random.pick(CORRECTIONS)).to_owned();
            step.corrections.insert(ppa::BUDGET_ALLOCATION_CENTAVOS.name().to_owned(), json!(figures.budget));
        }
        if when < world.now {
            effect.add(action, stage, figures.budget);
        }
        if let Some(entered) = step_into(action, stage) {
            expect(world, when, "approval_stage", "stage", entered.as_str());
        }
        take(world, slot, when, person, step, next);
        // The next submission has another budget: lower after a return, mostly higher in a revision.
        let percent = match action {
            Action::Return => 92,
            Action::Revise if slot % 4 == 3 => 90,
            Action::Revise => 115,
            _ => continue,
        };
        if let Some(next) = next {
            figures.budget = rounded(figures.budget / 100 * percent);
            change_budget(
                world,
                slot,
                next.checked_sub(40.minutes()).unwrap_or(next).max(when),
                maker,
                figures.budget,
            );
        }
    }
    if let (Some(_), Some(last)) = (effect.waiting, times.last()) {
        ask(world, slot, *last, maker);
    }
    world.demands.push(effect.demand(figures));
    effect.enacted
}

/// Plans a comment on a stage that waits, on a part of the PPAs.
fn ask(world: &mut World, slot: usize, entered: Timestamp, maker: usize) {
    if slot % 3 != 1 {
        return;
    }
    let when = entered.checked_add(20.hours()).unwrap_or(entered);
    world.schedule(when, maker, move |world, work| {
        if let Some(id) = world.ppas[slot] {
            add_comment(work, id, QUESTIONS[slot % QUESTIONS.len()]).map_err(|error| explain(&PPA, error))?;
        }
        Ok(())
    });
}

/// Plans delegations: one that is over, and one of a budget officer who is away this week.
pub fn plan_delegations(world: &mut World) {
    let mut away = |role: &str, from: i64, until: i64, reason: &'static str| {
        let (absent, delegate) = (world.of_role(role), world.of_role("coordinator"));
        let (start, end) = (days::plus(world.today, from), days::plus(world.today, until));
        let day = world.not_after_yesterday(days::plus(start, -2));
        let when = world.office_hours(day);
        world.schedule(when, absent, move |world, work| {
            let members = json!({
                "delegate": world.id_of(delegate), "start_date": start, "end_date": end, "reason": reason,
            });
            create(work, &DELEGATION, members)?;
            Ok(())
        });
    };
    away("executive", -64, -57, "Session of the parliament");
    away("budget_officer", -1, 5, "Budget hearings in Cotabato City");
}

/// Returns a step with its comment.
fn decision(world: &mut World, action: Action, stage: Option<Stage>, is_waived: bool) -> ApprovalStep {
    let random = &mut world.random;
    let is_waived = is_waived && stage == Some(Stage::StakeholderConsultation) && action == Action::Approve;
    let comments: &[&str] = match (action, stage) {
        _ if is_waived => WAIVERS,
        (Action::Approve, Some(stage)) if random.chance(60) => {
            COMMENTS[Stage::ALL.iter().position(|other| *other == stage).unwrap_or(0)]
        }
        (Action::Return, _) => RETURNS,
        (Action::Reject, _) => REASONS,
        (Action::Reopen, _) => REOPENINGS,
        (Action::Revise, _) => REVISIONS,
        _ => &[""],
    };
    let comment = (*random.pick(comments)).to_owned();
    ApprovalStep {
        action: if is_waived { Action::Waive } else { action },
        comment,
        seen: None,
        corrections: Map::new(),
    }
}

/// Queues a step. The task of the stage that it enters is done before the next step.
fn take(
    world: &mut World,
    slot: usize,
    when: Timestamp,
    person: usize,
    step: ApprovalStep,
    next: Option<Timestamp>,
) {
    world.schedule(when, person, move |world, work| {
        let Some(id) = world.ppas[slot] else { return Ok(()) };
        take_step(work, id, &step, None).map_err(|error| explain(&PPA, error))?;
        match next.filter(|next| *next < world.now) {
            Some(next) => follow(world, work, id, Ending::Done(next))?,
            // The task of a stage that waits is open.
            None => world.followed.extend(obcms_store::tasks::of_origin(work.tx, id)?),
        }
        Ok(())
    });
}

/// Returns true if a PPA with this number of tasks has more than those of the stages of its approval.
pub const fn has_own_tasks(tasks: usize) -> bool {
    tasks > Stage::ALL.len()
}

fn change_budget(world: &mut World, slot: usize, when: Timestamp, person: usize, budget: i64) {
    world.schedule(when, person, move |world, work| {
        if let Some(id) = world.ppas[slot] {
            update(work, &PPA, id, json!({ "budget_allocation_centavos": budget }))?;
        }
        Ok(())
    });
}

/// Returns the stage that a step enters.
fn step_into(action: Action, stage: Option<Stage>) -> Option<Stage> {
    match (action, stage) {
        (Action::Submit, _) => Some(Stage::TechnicalReview),
        (Action::Approve | Action::Waive, Some(stage)) => {
            Stage::ALL.into_iter().skip_while(|other| *other != stage).nth(1)
        }
        _ => None,
    }
}

/// Rounds down to 10,000 pesos.
fn rounded(centavos: i64) -> i64 {
    (centavos / 1_000_000 * 1_000_000).max(1_000_000)
}

/// Draws who decides a stage: neither the maker nor who decided the stage before.
fn decider(world: &mut World, stage: Stage, maker: usize, last: Option<(Stage, usize)>) -> usize {
    let role = stage.decider().as_str();
    let is_free = |person: usize| {
        person != maker && last.is_none_or(|(before, decider)| before == stage || decider != person)
    };
    let all: Vec<usize> = (0..world.people.len())
        .filter(|person| world.people[*person].role == role && is_free(*person))
        .collect();
    *world.random.pick(&all)
}
