//! Projects: every third need on its way through the nine stages, as far as the time since then allows.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_app::programme::projects::{Move, Step, block as block_project, move_project};
use obcms_domain::kinds::{NEED, PPA, PROJECT, need, project};
use obcms_domain::programme::life_cycle::Stage;
use serde_json::json;

use crate::approval::{self, Course, Figures};
use crate::ledger::{self, Span};
use crate::programmes::{OBC_REQUEST, draft, input, watch};
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{World, create, explain, update};
use crate::{days, words};

/// Stages and how many days a project stays in the previous one.
const STAGES: [(&str, i64, i64); 8] = [
    ("need_validation", 6, 20),
    ("policy_linkage", 8, 24),
    ("mao_coordination", 5, 20),
    ("budget_planning", 10, 30),
    ("approval", 10, 28),
    ("implementation", 45, 75),
    ("monitoring", 70, 150),
    ("completion", 25, 60),
];

/// Reasons of blocked projects.
const BLOCKS: [&str; 3] = [
    "The deed of donation of the lot is not signed yet.",
    "Road to the site is closed after the flood; the contractor cannot deliver.",
    "The ministry has not named a counterpart for the memorandum of agreement.",
];

/// Reasons of returns.
const RETURNS: [&str; 3] = [
    "The survey counted two sitios twice; the figures must be taken again.",
    "The community asked for another site.",
    "The ministry named in the plan has no mandate for this.",
];

/// Reason of a completion with open tasks or money.
const CLOSED: &str = "Turned over; what is left is closed with the books of the year.";

/// Plans the projects.
pub fn plan(world: &mut World) {
    let needs: Vec<usize> = (0..world.counts.needs).step_by(3).collect();
    world.projects = vec![None; needs.len()];
    let mut troubled = 0;
    for (number, need) in needs.into_iter().enumerate() {
        project(world, number, need, &mut troubled);
    }
}

/// Returns the first day of a project. The days are spread so that most stages have a project even in a small office.
pub fn first_day(world: &World, number: usize) -> Date {
    let count = i64::try_from(world.counts.needs.div_ceil(3)).unwrap_or(1).max(1);
    let share = i64::try_from(number).unwrap_or(0) * 37 % count;
    let span = days::apart(days::plus(world.first_day, 96), days::plus(world.today, -5)).max(1);
    // More recent than old ones, because the early stages are short.
    let rest = count - share;
    days::working(days::plus(world.first_day, 94 + span - span * rest * rest / (count * count)))
}

fn project(world: &mut World, number: usize, need: usize, troubled: &mut usize) {
    let begun = first_day(world, number);
    let begun = world.office_hours(begun);
    let coordinator = world.of_role("coordinator");
    let lead = if number % 8 == 1 { world.known["staff"] } else { world.of_role("staff") };
    let target = days::plus(world.day(begun), world.random.between(270, 420));
    let priority = *world.random.pick(&["medium", "medium", "high", "critical"]);
    expect(world, begun, "project", "current_stage", "need_identification");
    world.schedule(begun, coordinator, move |world, work| {
        let Some(need) = world.needs[need] else {
            return Ok(());
        };
        let lead = world.id_of(lead);
        let organization = world.organization("MSSD");
        let project = create(
            work,
            &PROJECT,
            json!({
                "need": need, "lead": lead, "priority": priority, "target_completion_date": target,
                "focal_organization": organization,
            }),
        )?;
        world.projects[number] = Some(project.id);
        follow(world, work, project.id, Ending::Open)
    });
    let mut when = begun;
    let moves: Vec<(&str, Timestamp)> = STAGES
        .iter()
        .map(|(stage, from, to)| {
            when = world.later(when, *from, *to);
            (*stage, when)
        })
        .collect();
    for (position, (stage, when)) in moves.iter().copied().enumerate() {
        if stage == "completion" && number % 5 == 2 {
            // Its results are still monitored, later than planned.
            break;
        }
        expect(world, when, "project", "current_stage", stage);
        match stage {
            "policy_linkage" => validate(world, number, need, when),
            "budget_planning" => name_focal_person(world, number, when, coordinator),
            "approval" => {
                let time = |later: usize| moves.get(position + later).map_or(world.now, |(_, when)| *when);
                let (implementation, completion) = (time(1), time(3));
                make_ppa(world, number, need, coordinator, [when, implementation, completion]);
            }
            "completion" => finish(world, number, when),
            _ => {}
        }
        advance(world, number, when, coordinator, stage == "completion");
    }
    trouble(world, number, &moves, coordinator, troubled);
}

/// Blocks every third project in the middle of its course, and returns another third to the stage before.
fn trouble(
    world: &mut World,
    number: usize,
    moves: &[(&'static str, Timestamp)],
    coordinator: usize,
    troubled: &mut usize,
) {
    let Some(last) = moves.iter().rposition(|(_, when)| *when < world.now) else { return };
    let (stage, entered) = moves[last];
    let middle = entered.as_second() / 2 + world.now.as_second() / 2;
    let when = Timestamp::from_second(middle)
        .map_or(world.now, |when| world.office_hours(days::working(world.day(when))));
    if when <= entered || when >= world.now || ["need_validation", "completion"].contains(&stage) {
        return;
    }
    let before = Stage::parse(moves[last - 1].0);
    let turn = *troubled % 3;
    *troubled += 1;
    let (block, back) = (BLOCKS[number % BLOCKS.len()], RETURNS[number % RETURNS.len()]);
    world.schedule(when, coordinator, move |world, work| {
        let Some(project) = world.projects[number] else {
            return Ok(());
        };
        match (turn, before) {
            (0, _) => block_project(work, project, block).map(|_| ()),
            (1, Some(before)) if ["policy_linkage", "budget_planning", "approval"].contains(&stage) => {
                move_project(work, project, &Move::new(Step::Return(before), back)).map(|_| ())
            }
            _ => Ok(()),
        }
        .map_err(|error| explain(&PROJECT, error))
    });
}

fn before(when: Timestamp, minutes: i64) -> Timestamp {
    when.checked_sub(minutes.minutes()).unwrap_or(when)
}

fn advance(world: &mut World, number: usize, when: Timestamp, coordinator: usize, completes: bool) {
    world.schedule(when, coordinator, move |world, work| {
        let Some(project) = world.projects[number] else {
            return Ok(());
        };
        let request = Move::new(Step::Advance, if completes { CLOSED } else { "" });
        move_project(work, project, &if completes { request.confirming_open() } else { request })?;
        follow(world, work, project, Ending::Open)
    });
}

fn validate(world: &mut World, number: usize, need: usize, when: Timestamp) {
    let coordinator = world.of_role("coordinator");
    world.schedule(before(when, 30), coordinator, move |world, work| {
        if let (Some(_), Some(need)) = (world.projects[number], world.needs[need]) {
            update(work, &NEED, need, json!({ "status": "validated" }))?;
        }
        Ok(())
    });
}

fn name_focal_person(world: &mut World, number: usize, when: Timestamp, coordinator: usize) {
    let name = words::full_name(&mut world.random);
    world.schedule(before(when, 60 * 24), coordinator, move |world, work| {
        if let Some(project) = world.projects[number] {
            update(work, &PROJECT, project, json!({ "mao_focal_person": name }))?;
        }
        Ok(())
    });
}

/// Creates the PPA that answers the need while its budget is planned, and plans its approval and its ledger. The times
/// are those at which the project enters the stages of approval, implementation and completion.
fn make_ppa(
    world: &mut World,
    number: usize,
    need: usize,
    coordinator: usize,
    [when, implementation, completion]: [Timestamp; 3],
) {
    let made = before(when, 60 * 26);
    if made >= world.now {
        return;
    }
    let slot = world.ppas.len();
    world.ppas.push(None);
    let start = days::working(days::plus(world.day(when), 60));
    let length = world.random.between(120, 240);
    let mut draft = draft(world, number * 3 + 1, start, days::working(days::plus(start, length)));
    draft.category = if number.is_multiple_of(4) { OBC_REQUEST } else { "moa_ppa" };
    expect(world, made, "ppa", "category", draft.category);
    let (sector, cost) = world.estimates[need];
    let figures = Figures { sector, budget: cost, ..draft.figures() };
    let draft_end = draft.end;
    world.schedule(made, coordinator, move |world, work| {
        let (Some(project), Some(need_id)) = (world.projects[number], world.needs[need]) else {
            return Ok(());
        };
        let mut members = input(world, &draft, &[need_id]);
        let milestones = members["milestones"].clone();
        if let (Some(record), Some(members)) = (work.find(&NEED, need_id)?, members.as_object_mut()) {
            // The need fills in these fields.
            members.insert("title".into(), json!(record.title()));
            members.remove("sector");
            members.remove("communities");
            members.insert("summary".into(), json!(need::DESCRIPTION.get(&record)));
            members.insert(
                "budget_allocation_centavos".into(),
                json!(need::ESTIMATED_COST_CENTAVOS.get(&record)),
            );
        }
        let ppa = create(work, &PPA, members)?.id;
        world.ppas[slot] = Some(ppa);
        if draft.category == OBC_REQUEST {
            // A request has no approval: the coordinator turns it into a PPA.
            update(work, &PPA, ppa, json!({ "category": "moa_ppa" }))?;
        }
        update(work, &PROJECT, project, json!({ "ppa": ppa }))?;
        if implementation < world.now {
            let until = completion.min(world.now);
            watch(world, ppa, coordinator, &draft, &milestones, until);
        }
        follow(world, work, ppa, Ending::Open)
    });
    // The executive decides and the budget is enacted before the work begins.
    let steps = Course::Enacted.steps();
    let times = approval::times(world, when, implementation, steps.len());
    let enacted = approval::plan(world, slot, coordinator, figures, &steps, &times);
    if let Some(budget) = enacted.filter(|_| implementation < world.now) {
        let is_completed = completion < world.now;
        let until = if is_completed { world.day(completion) } else { world.today };
        let from = world.day(implementation);
        ledger::plan(world, slot, budget, Span { from, to: draft_end, until, is_completed });
    }
}

/// Completes or cancels the open tasks before a project is completed.
fn finish(world: &mut World, number: usize, when: Timestamp) {
    let coordinator = world.of_role("coordinator");
    world.schedule(before(when, 45), coordinator, move |world, work| {
        let Some(project) = world.projects[number] else {
            return Ok(());
        };
        let Some(ppa) = work.find(&PROJECT, project)?.and_then(|project| project::PPA.get(&project)) else {
            return Ok(());
        };
        let tasks = obcms_store::tasks::of_origin(work.tx, ppa)?;
        if !approval::has_own_tasks(tasks.len()) {
            let reason = "Turned over; no tasks were recorded here.";
            update(work, &PPA, ppa, json!({ "manual_progress": 100, "manual_progress_reason": reason }))?;
        }
        "Finished before the turnover.".clone_into(&mut work.note);
        for task in tasks {
            let task = work.find(&obcms_domain::kinds::TASK, task)?;
            if let Some(task) = task.filter(obcms_domain::tasks::is_open) {
                update(work, &obcms_domain::kinds::TASK, task.id, json!({ "status": "completed" }))?;
            }
        }
        Ok(())
    });
}
