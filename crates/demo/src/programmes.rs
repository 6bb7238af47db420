//! PPAs of ministries, of the office and of communities: money, dates, approval, milestones and progress.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_app::{AppError, UnitOfWork};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ppa};
use serde_json::{Value as Json, json};

use crate::content::programmes::{self, OWN_OFFICE, Programme};
use crate::content::tasks::REASONS;
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{Place, World, centavos, create, update};
use crate::{days, words};

/// Statuses of PPAs today, in proportion.
const STATES: [&str; 15] = [
    "ongoing",
    "completed",
    "ongoing",
    "planning",
    "ongoing",
    "completed",
    "planning",
    "on_hold",
    "ongoing",
    "cancelled",
    "ongoing",
    "planning",
    "completed",
    "ongoing",
    "planning",
];

/// Steps of the budget approval, with the role that takes each.
pub const APPROVAL: [(&str, &str, &str); 6] = [
    ("technical_review", "submit", "coordinator"),
    ("budget_review", "approve", "coordinator"),
    ("stakeholder_consultation", "approve", "budget_officer"),
    ("executive_approval", "approve", "coordinator"),
    ("enactment", "approve", "executive"),
    ("enacted", "approve", "budget_officer"),
];

/// Category of community requests.
const REQUEST: &str = "obc_request";

/// Draft of a PPA.
pub struct Draft {
    /// Texts and figures.
    pub programme: Programme,
    /// Community.
    pub place: Place,
    /// First day.
    pub start: Date,
    /// Planned last day.
    pub end: Date,
    /// Category: who proposed it.
    pub category: &'static str,
    /// Manager.
    pub manager: usize,
}

/// Draws a PPA.
pub fn draft(world: &mut World, number: usize, start: Date, end: Date) -> Draft {
    let all: Vec<&Programme> = programmes::all().collect();
    let programme = *all[number * 5 % all.len()];
    let category = match number % 5 {
        _ if programme.lead == OWN_OFFICE => "oobc_ppa",
        2 => REQUEST,
        4 => "oobc_ppa",
        _ => "moa_ppa",
    };
    let manager = if world.random.chance(30) { world.of_role("coordinator") } else { world.of_role("staff") };
    Draft { programme, place: world.place(), start, end, category, manager }
}

/// Returns the input for a PPA; the organizations must exist.
pub fn input(world: &mut World, draft: &Draft, needs: &[Id]) -> Json {
    let programme = &draft.programme;
    let random = &mut world.random;
    let budget = random.between(programme.budget.from, programme.budget.to) / 10_000 * 10_000;
    let slots = random.between(programme.slots.from, programme.slots.to);
    let span = days::apart(draft.start, draft.end);
    let titles = ["Beneficiaries validated", "Procurement finished", "Half of the work done", "Turnover"];
    let milestones: Vec<Json> = titles
        .iter()
        .zip([15, 35, 60, 98])
        .map(|(title, part)| json!({ "title": title, "date": days::working(days::plus(draft.start, span * part / 100)), "status": "planned" }))
        .collect();
    let priority = *random.pick(&["low", "medium", "medium", "high", "high", "critical"]);
    let lead = world.organization(programme.lead).or_else(|| world.organization(OWN_OFFICE));
    json!({
        "title": words::fill(programme.title, &draft.place, draft.start), "category": draft.category,
        "summary": words::fill(programme.summary, &draft.place, draft.start), "sector": programme.sector,
        "needs": needs, "communities": [draft.place.id], "lead_organization": lead,
        "manager": world.id_of(draft.manager), "start_date": draft.start, "target_end_date": draft.end,
        "budget_allocation_centavos": centavos(budget), "funding_source": programme.funding_source,
        "appropriation_class": programme.appropriation_class, "fiscal_year": draft.start.year(), "priority": priority,
        "milestones": milestones, "total_slots": slots, "obc_slots": slots * world.random.between(50, 100) / 100,
        "outcome_framework": { "outputs": [programme.summary], "outcomes": [programme.indicator], "impacts": [] },
    })
}

/// Sets the approval stage of the budget, as the decision on it does. This is the only write of the demo without a
/// command of the program; see `docs/decisions/0048-demo.md`.
pub fn approve(work: &mut UnitOfWork<'_, '_>, ppa: Id, state: &str, action: &str) -> Result<(), AppError> {
    if let Some(before) = work.find(&PPA, ppa)? {
        let mut record = before.clone();
        ppa::APPROVAL_STAGE.set(&mut record, state);
        work.save(&before, &mut record, action)?;
    }
    Ok(())
}

/// Plans the PPAs outside projects.
pub fn plan(world: &mut World) {
    let missing = world.counts.ppas.saturating_sub(world.ppas.len());
    for number in 0..missing {
        let state = STATES[number % STATES.len()];
        let (start, end) = span(world, state, number);
        let mut draft = draft(world, number, start, end);
        if number % 15 == 11 {
            draft.category = REQUEST;
        }
        ppa(world, draft, state, number);
    }
}

/// Returns first and last day of a PPA that has the status today.
fn span(world: &mut World, state: &str, number: usize) -> (Date, Date) {
    let length = world.random.between(120, 380);
    let floor = days::plus(world.first_day, 75);
    let start = match state {
        "completed" => {
            let ago = world.random.between(8, 240);
            days::plus(world.today, -ago - length)
        }
        "planning" if number % 2 == 1 => {
            let january = Date::new(world.today.year() + 1, 1, 5).unwrap_or(world.today);
            let offset = world.random.between(0, 90);
            days::plus(january, offset)
        }
        "planning" => {
            let ahead = world.random.between(6, 120);
            days::plus(world.today, ahead)
        }
        _ => {
            let part = world.random.between(6, 92);
            days::plus(world.today, -(length * part / 100).max(12))
        }
    };
    let start = days::working(start.max(floor));
    let end = match state {
        "completed" => days::plus(start, length).min(days::plus(world.today, -4)),
        _ => days::plus(start, length).max(days::plus(world.today, 10)),
    };
    (start, days::working(end))
}

fn ppa(world: &mut World, draft: Draft, state: &'static str, number: usize) {
    let lead_time = world.random.between(20, 70);
    let created_on =
        world.not_after_yesterday(days::plus(draft.start, -lead_time)).max(days::plus(world.first_day, 42));
    let created = world.office_hours(created_on);
    let start = days::at(&world.zone, draft.start, 9 * 60);
    let coordinator = world.of_role("coordinator");
    expect(world, created, "ppa", "category", draft.category);
    let halt = match state {
        "on_hold" | "cancelled" => {
            let back = world.random.between(1, 30).min(days::apart(draft.start, world.today) - 2).max(1);
            let day = world.not_after_yesterday(days::plus(world.today, -back));
            Some(world.office_hours(day))
        }
        "completed" => Some(world.office_hours(draft.end)),
        _ => None,
    };
    world.schedule(created, coordinator, move |world, work| {
        let needs: Vec<Id> = if world.random.chance(55) {
            world.needs.iter().flatten().copied().collect()
        } else {
            Vec::new()
        };
        let needs = world.random.some(&needs, 1);
        let members = input(world, &draft, &needs);
        let milestones = members["milestones"].clone();
        let id = create(work, &PPA, members)?.id;
        if draft.category == REQUEST && state != "planning" {
            // A request has no approval: it becomes a PPA before it is implemented.
            let turned = created.checked_add(90.minutes()).unwrap_or(created);
            world.schedule(turned, coordinator, move |_, work| {
                update(work, &PPA, id, json!({ "category": "oobc_ppa" }))?;
                Ok(())
            });
        }
        let is_approved = state != "planning" || draft.category != REQUEST;
        let approved =
            if is_approved { approvals(world, id, created, start, state, number) } else { created };
        if state != "planning" {
            let begun = start.max(approved.checked_add(10.minutes()).unwrap_or(approved));
            world.schedule(begun, coordinator, move |_, work| {
                update(work, &PPA, id, json!({ "status": "ongoing" }))?;
                Ok(())
            });
        }
        let ending = match (state, halt) {
            ("completed", Some(when)) => Ending::Done(when),
            ("cancelled", Some(when)) => Ending::Cancelled(when),
            ("on_hold", Some(when)) => Ending::Held(when),
            _ => Ending::Open,
        };
        follow(world, work, id, ending)?;
        watch(world, id, coordinator, &draft, &milestones, halt.unwrap_or(world.now));
        if let Some(when) = halt {
            close(world, id, coordinator, state, when);
        }
        Ok(())
    });
}

/// Plans the decisions on the budget: all of them before the work begins, some of them for planned PPAs. Returns the
/// time of the last one.
fn approvals(
    world: &mut World,
    id: Id,
    created: Timestamp,
    start: Timestamp,
    state: &str,
    number: usize,
) -> Timestamp {
    let steps = if state == "planning" { number % 7 } else { APPROVAL.len() };
    let span = days::apart(world.day(created), world.day(start).min(world.today)).max(6) / 6;
    let mut when = created;
    for (stage, action, role) in APPROVAL.into_iter().take(steps) {
        when = world.later(when, 1, span.min(14));
        let person = world.of_role(role);
        world.schedule(when, person, move |_, work| approve(work, id, stage, action));
    }
    // Some budgets are rejected.
    if state == "planning" && number % 26 == 3 {
        let when = world.later(when, 1, 3);
        let budget_officer = world.of_role("budget_officer");
        let reason = *world.random.pick(REASONS);
        world.schedule(when, budget_officer, move |_, work| {
            reason.clone_into(&mut work.note);
            approve(work, id, "rejected", "reject")
        });
    }
    when
}

/// Plans reports: milestones reached, and manual progress for PPAs without tasks.
fn watch(world: &mut World, id: Id, person: usize, draft: &Draft, milestones: &Json, until: Timestamp) {
    let span = days::apart(draft.start, draft.end).max(1);
    let mut days_of_report: Vec<Date> = milestones
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|milestone| milestone["date"].as_str()?.parse().ok())
        .collect();
    days_of_report.push(days::plus(draft.start, span * 25 / 100));
    days_of_report.push(days::plus(draft.start, span * 80 / 100));
    days_of_report.sort_unstable();
    let pace = world.random.between(70, 115);
    for day in days_of_report {
        let when = world.office_hours(days::working(days::plus(day, 1)));
        if when >= until {
            break;
        }
        let mut reached = milestones.clone();
        for milestone in reached.as_array_mut().map_or(&mut [][..], |items| items) {
            if milestone["date"]
                .as_str()
                .and_then(|text| text.parse::<Date>().ok())
                .is_some_and(|date| date <= day)
            {
                let is_late = pace < 78 && world.random.chance(50);
                milestone["status"] = json!(if is_late { "delayed" } else { "completed" });
            }
        }
        let part = (days::apart(draft.start, day) * pace / span).clamp(2, 96);
        world.schedule(when, person, move |_, work| {
            let has_tasks = work.find(&PPA, id)?.is_some_and(|ppa| ppa::TASK_PROGRESS.get(&ppa).is_some());
            let mut change = json!({ "milestones": reached });
            if !has_tasks {
                change["manual_progress"] = json!(part);
                change["manual_progress_reason"] =
                    json!("Progress as reported by the implementing office; no tasks are recorded here.");
            }
            update(work, &PPA, id, change)?;
            Ok(())
        });
    }
}

/// Ends a PPA.
pub fn close(world: &mut World, id: Id, person: usize, state: &'static str, when: Timestamp) {
    let reason = *world.random.pick(REASONS);
    world.schedule(when, person, move |_, work| {
        let Some(ppa) = work.find(&PPA, id)? else {
            return Ok(());
        };
        let mut change = json!({ "status": state });
        if state == "completed" {
            let mut milestones = ppa.to_json().get("milestones").cloned().unwrap_or_default();
            for milestone in milestones.as_array_mut().map_or(&mut [][..], |items| items) {
                milestone["status"] = json!("completed");
            }
            change["milestones"] = milestones;
            if ppa::TASK_PROGRESS.get(&ppa).is_none() {
                change["manual_progress"] = json!(100);
                change["manual_progress_reason"] = json!("Turned over; no tasks were recorded here.");
            }
        } else {
            reason.clone_into(&mut work.note);
        }
        update(work, &PPA, id, change)?;
        Ok(())
    });
}
