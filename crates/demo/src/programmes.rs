//! PPAs of ministries, of the office and of communities: money, dates, approval, milestones and progress.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_app::programme::ppa_status::{StatusChange, change_status};
use obcms_domain::approval::Stage;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_domain::programme::following::StatusAction;
use serde_json::{Value as Json, json};

use crate::approval::{self, Course, Figures, Step};
use crate::content::programmes::{self, OWN_OFFICE, Programme};
use crate::content::tasks::REASONS;
use crate::field::state_of_free_need;
use crate::ledger::{self, Span};
use crate::results;
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{Place, World, centavos, create, explain, update};
use crate::{budget_cycle, days, words};

/// Statuses of PPAs today, in proportion.
const STATES: [&str; 17] = [
    "ongoing",
    "planning",
    "completed",
    "ongoing",
    "planning",
    "ongoing",
    "completed",
    "planning",
    "on_hold",
    "planning",
    "ongoing",
    "cancelled",
    "planning",
    "ongoing",
    "completed",
    "planning",
    "ongoing",
];

/// Courses of the approval of planned PPAs, in proportion, with those that wait for a late decision marked. Nothing is
/// a community request, which has no approval.
const COURSES: [Option<(Course, bool)>; 14] = [
    Some((Course::Waits(Stage::BudgetReview), false)),
    Some((Course::Rejected(Stage::ExecutiveApproval), false)),
    Some((Course::Waits(Stage::TechnicalReview), true)),
    Some((Course::Returned(Stage::BudgetReview), false)),
    Some((Course::Waits(Stage::StakeholderConsultation), false)),
    Some((Course::Draft, false)),
    Some((Course::Enacted, false)),
    Some((Course::Waits(Stage::ExecutiveApproval), true)),
    Some((Course::Waits(Stage::Enactment), false)),
    None,
    Some((Course::WaitsAgain(Stage::BudgetReview), false)),
    Some((Course::Withdrawn, false)),
    Some((Course::Rejected(Stage::BudgetReview), false)),
    Some((Course::Reopened(Stage::TechnicalReview), false)),
];

/// Stages in which a running revision of an enacted budget waits.
const REVISED_IN: [Stage; 4] =
    [Stage::BudgetReview, Stage::ExecutiveApproval, Stage::TechnicalReview, Stage::StakeholderConsultation];

/// Category of community requests.
pub const OBC_REQUEST: &str = "obc_request";

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
    /// Budget in centavos.
    pub budget: i64,
}

impl Draft {
    /// Returns the figures that the approval decides on.
    pub fn figures(&self) -> Figures {
        Figures {
            year: self.start.year(),
            sector: self.programme.sector,
            source: self.programme.funding_source,
            budget: self.budget,
        }
    }
}

/// Draws a PPA.
pub fn draft(world: &mut World, number: usize, start: Date, end: Date) -> Draft {
    let all: Vec<&Programme> = programmes::all().collect();
    let programme = *all[number * 5 % all.len()];
    let category = match number % 5 {
        _ if programme.lead == OWN_OFFICE => "oobc_ppa",
        2 => OBC_REQUEST,
        4 => "oobc_ppa",
        _ => "moa_ppa",
    };
    let manager = if world.random.chance(30) { world.of_role("coordinator") } else { world.of_role("staff") };
    let pesos = world.random.between(programme.budget.from, programme.budget.to) / 10_000 * 10_000;
    Draft { programme, place: world.place(), start, end, category, manager, budget: centavos(pesos) }
}

/// Returns the input for a PPA; the organizations must exist.
pub fn input(world: &mut World, draft: &Draft, needs: &[Id]) -> Json {
    let programme = &draft.programme;
    let random = &mut world.random;
    let slots = random.between(programme.slots.from, programme.slots.to);
    let span = days::apart(draft.start, draft.end);
    let titles = ["Beneficiaries validated", "Procurement finished", "Half of the work done", "Turnover"];
    let milestones: Vec<Json> = titles
        .iter()
        .zip([15, 35, 60, 98])
        .map(|(title, part)| json!({ "title": title, "date": days::working(days::plus(draft.start, span * part / 100)), "status": "planned" }))
        .collect();
    let priority = *random.pick(&["low", "medium", "medium", "high", "high", "critical"]);
    let goals: Vec<Id> = world
        .goals
        .iter()
        .filter(|(sector, _)| *sector == programme.sector)
        .map(|(_, id)| *id)
        .take(1)
        .collect();
    let lead = world.organization(programme.lead).or_else(|| world.organization(OWN_OFFICE));
    json!({
        "title": words::fill(programme.title, &draft.place, draft.start), "category": draft.category,
        "summary": words::fill(programme.summary, &draft.place, draft.start), "sector": programme.sector,
        "needs": needs, "goals": goals, "communities": [draft.place.id], "lead_organization": lead,
        "manager": world.id_of(draft.manager), "start_date": draft.start, "target_end_date": draft.end,
        "budget_allocation_centavos": draft.budget, "funding_source": programme.funding_source,
        "appropriation_class": programme.appropriation_class, "fiscal_year": draft.start.year(), "priority": priority,
        "milestones": milestones, "total_slots": slots, "obc_slots": slots * world.random.between(50, 100) / 100,
        "outcome_framework": { "outputs": [programme.summary], "outcomes": [programme.indicator], "impacts": [] },
    })
}

/// PPA outside projects as it is planned.
#[derive(Clone, Copy)]
struct Case {
    /// Status today.
    state: &'static str,
    /// Course of the approval, nothing for a request; true if the decision that waits is late.
    course: Option<(Course, bool)>,
    /// Course of the revision of the enacted budget.
    revision: Option<Course>,
    /// Number in the plan.
    number: usize,
}

/// Plans the PPAs outside projects.
pub fn plan(world: &mut World) {
    let missing = world.counts.ppas.saturating_sub(world.ppas.len());
    let (mut planned, mut ongoing) = (0, 0);
    for number in 0..missing {
        let state = STATES[number % STATES.len()];
        let mut case = Case { state, course: Some((Course::Enacted, false)), revision: None, number };
        if number % 6 == 5 {
            case.course = Some((Course::EnactedAgain, false));
        }
        if state == "planning" {
            case.course = COURSES[planned % COURSES.len()];
            planned += 1;
        }
        if state == "ongoing" {
            case.revision = match ongoing % 8 {
                1 => Some(Course::Revised),
                4 => Some(Course::RevisionWaits(REVISED_IN[ongoing / 8 % REVISED_IN.len()])),
                _ => None,
            };
            ongoing += 1;
        }
        let (start, end) = span(world, &case);
        let mut draft = draft(world, number, start, end);
        if case.course.is_none() {
            draft.category = OBC_REQUEST;
        }
        ppa(world, draft, case);
    }
}

/// Returns first and last day of a PPA that has the status today.
fn span(world: &mut World, case: &Case) -> (Date, Date) {
    let length = world.random.between(if case.revision.is_some() { 260 } else { 120 }, 380);
    let floor = days::plus(world.first_day, 106);
    let start = match case.state {
        "completed" => {
            let ago = world.random.between(8, 240);
            days::plus(world.today, -ago - length)
        }
        "planning" if case.number % 2 == 1 => {
            let january = Date::new(world.today.year() + 1, 1, 5).unwrap_or(world.today);
            let offset = world.random.between(0, 90);
            days::plus(january, offset)
        }
        "planning" => {
            let ahead = world.random.between(24, 150);
            days::plus(world.today, ahead)
        }
        _ => {
            let part = world.random.between(6, 92);
            // A revision takes months after the start.
            let least = if case.revision.is_some() { 140 } else { 12 };
            days::plus(world.today, -(length * part / 100).max(least))
        }
    };
    let start = days::working(start.max(floor));
    let end = match case.state {
        "completed" => days::plus(start, length).min(days::plus(world.today, -4)),
        _ => days::plus(start, length).max(days::plus(world.today, 10)),
    };
    (start, days::working(end))
}

/// Draws the days of creation and submission and the times of all steps of the approval.
fn timetable(world: &mut World, draft: &Draft, case: &Case, steps: &[Step]) -> (Timestamp, Vec<Timestamp>) {
    if case.state != "planning" {
        let lead_time = world.random.between(80, 130);
        let created_on = world
            .not_after_yesterday(days::plus(draft.start, -lead_time))
            .max(days::plus(world.first_day, 42));
        let created = world.office_hours(days::working(created_on));
        let start = days::at(&world.zone, draft.start, 0);
        return (created, approval::times(world, created, start, steps.len()));
    }
    let is_late = case.course.is_some_and(|(_, is_late)| is_late);
    let waiting = match case.course {
        Some((Course::Waits(stage) | Course::WaitsAgain(stage), _)) => Some(stage),
        _ => None,
    };
    let last = approval::entry(world, waiting, is_late);
    let mut times = approval::times_before(world, last, steps.len() + 1);
    let created = times.remove(0);
    (created, times)
}

/// Draws the times of the steps of a revision, between the beginning of the work and today.
fn times_of_revision(world: &mut World, begun: Timestamp, course: Course) -> Vec<Timestamp> {
    let count = course.steps().len();
    match course {
        Course::RevisionWaits(stage) => {
            let last = approval::entry(world, Some(stage), false);
            approval::times_before(world, last, count)
        }
        _ => {
            let from = world.later(begun, 20, 40);
            approval::times(world, from, world.now, count)
        }
    }
}

fn ppa(world: &mut World, draft: Draft, case: Case) {
    let Case { state, course, revision, .. } = case;
    let mut steps = course.map(|(course, _)| course.steps()).unwrap_or_default();
    let (created, mut times) = timetable(world, &draft, &case, &steps);
    let enacted = times.last().copied().unwrap_or(created);
    let begun =
        days::at(&world.zone, draft.start, 9 * 60).max(enacted.checked_add(10.minutes()).unwrap_or(enacted));
    if let Some(course) = revision {
        steps.extend(course.steps());
        times.extend(times_of_revision(world, begun, course));
    }
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
    let slot = world.ppas.len();
    world.ppas.push(None);
    // Staff enter the requests of communities; coordinators turn them into PPAs and submit them.
    let maker = if draft.category == OBC_REQUEST { world.of_role("staff") } else { coordinator };
    let budget = if course.is_some() {
        approval::plan(world, slot, coordinator, draft.figures(), &steps, &times)
    } else {
        None
    };
    let until = halt.map_or(world.today, |when| world.day(when)).min(world.today);
    if let Some(budget) = budget.filter(|_| begun < world.now) {
        let (from, is_completed) = (world.day(begun), state == "completed");
        ledger::plan(world, slot, budget, Span { from, to: draft.end, until, is_completed });
    }
    if budget.is_some() {
        let until = (begun < world.now && state != "planning").then_some(until);
        results::plan(
            world,
            results::Course {
                slot,
                maker: coordinator,
                created,
                from: world.day(begun),
                to: draft.end,
                until,
            },
        );
    }
    world.schedule(created, maker, move |world, work| {
        let needs = if world.random.chance(55) { answered(world, state) } else { Vec::new() };
        let needs = world.random.some(&needs, 1);
        let mut members = input(world, &draft, &needs);
        let milestones = members["milestones"].clone();
        if draft.category == OBC_REQUEST {
            // The priority of a request is decided when it becomes a PPA.
            let priority = members["priority"].take();
            if course.is_some() {
                let turned = created.checked_add(40.minutes()).unwrap_or(created);
                world.schedule(turned, coordinator, move |world, work| {
                    if let Some(id) = world.ppas[slot] {
                        update(work, &PPA, id, json!({ "category": "oobc_ppa", "priority": priority }))?;
                    }
                    Ok(())
                });
            }
        }
        let id = create(work, &PPA, members)?.id;
        world.ppas[slot] = Some(id);
        if state != "planning" {
            world.schedule(begun, coordinator, move |_, work| {
                update(work, &PPA, id, json!({ "status": "ongoing" }))?;
                Ok(())
            });
        }
        if slot.is_multiple_of(2) && draft.category != OBC_REQUEST {
            budget_cycle::plan(world, id, coordinator, created);
        }
        let ending = match (state, halt) {
            ("completed", Some(when)) => Ending::Done(when),
            ("cancelled", Some(when)) => Ending::Cancelled(when),
            ("on_hold", Some(when)) => Ending::Held(when),
            _ => Ending::Open,
        };
        follow(world, work, id, ending)?;
        if state != "planning" {
            watch(world, id, coordinator, &draft, &milestones, halt.unwrap_or(world.now));
        }
        if let Some(when) = halt {
            close(world, id, coordinator, state, when);
        }
        Ok(())
    });
}

/// Returns the needs that a PPA with this status may answer: their status today agrees with it.
fn answered(world: &World, state: &str) -> Vec<Id> {
    let fitting: &[&str] = match state {
        "completed" => &["completed"],
        "ongoing" => &["in_progress"],
        "planning" => &["planned", "prioritized"],
        _ => &["deferred", "planned"],
    };
    let numbers = (0..world.needs.len())
        .filter(|number| number % 3 != 0 && fitting.contains(&state_of_free_need(*number)));
    numbers.filter_map(|number| world.needs[number]).collect()
}

/// Plans reports: milestones reached, and manual progress for PPAs without tasks of the work.
pub fn watch(world: &mut World, id: Id, person: usize, draft: &Draft, milestones: &Json, until: Timestamp) {
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
            let has_tasks = approval::has_own_tasks(obcms_store::tasks::of_origin(work.tx, id)?.len());
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
        let mut status = StatusChange { reason: reason.to_owned(), ..StatusChange::default() };
        let action = match state {
            "on_hold" => StatusAction::Hold,
            "cancelled" => StatusAction::Cancel,
            _ => StatusAction::Complete,
        };
        // What is allotted stays with the office, and what is obligated is still paid.
        status.confirm_open = action == StatusAction::Cancel;
        if action == StatusAction::Complete {
            let mut change = json!({});
            let mut milestones = ppa.to_json().get("milestones").cloned().unwrap_or_default();
            for milestone in milestones.as_array_mut().map_or(&mut [][..], |items| items) {
                milestone["status"] = json!("completed");
            }
            change["milestones"] = milestones;
            if !approval::has_own_tasks(obcms_store::tasks::of_origin(work.tx, id)?.len()) {
                change["manual_progress"] = json!(100);
                change["manual_progress_reason"] = json!("Turned over; no tasks were recorded here.");
            }
            update(work, &PPA, id, change)?;
            "Turned over; the books are closed at the end of the year.".clone_into(&mut status.reason);
            status.confirm_open = true;
        }
        change_status(work, id, action, &status, None).map(|_| ()).map_err(|error| explain(&PPA, error))
    });
}
