//! Assessments in all statuses and the needs that they identify.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ASSESSMENT, NEED};
use serde_json::json;

use crate::content::assessments::{ASSESSMENTS, Assessment, FINDINGS, RECOMMENDATIONS};
use crate::content::needs::NEEDS;
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{World, centavos, create, update};
use crate::{days, projects, words};

/// Statuses of assessments today, in proportion.
const ASSESSMENT_STATES: [&str; 16] = [
    "completed",
    "data_collection",
    "completed",
    "planning",
    "analysis",
    "completed",
    "preparation",
    "cancelled",
    "reporting",
    "completed",
    "planning",
    "completed",
    "data_collection",
    "completed",
    "planning",
    "completed",
];

/// Path of an assessment: status, and the percentage of its days after which it is reached.
const ASSESSMENT_WAY: [(&str, i64); 5] =
    [("preparation", 0), ("data_collection", 15), ("analysis", 55), ("reporting", 75), ("completed", 102)];

/// Statuses of needs today that no project takes up, in proportion.
const NEED_STATES: [&str; 10] = [
    "identified",
    "validated",
    "prioritized",
    "identified",
    "deferred",
    "planned",
    "rejected",
    "validated",
    "in_progress",
    "completed",
];

/// Statuses of a need in order.
const NEED_WAY: [&str; 6] = ["identified", "validated", "prioritized", "planned", "in_progress", "completed"];

/// Plans assessments and needs.
pub fn plan(world: &mut World) {
    for number in 0..world.counts.assessments {
        assessment(world, number);
    }
    world.needs = vec![None; world.counts.needs];
    for number in 0..world.counts.needs {
        // Every third one is taken up by a project, which moves it through its statuses.
        let created = if number % 3 == 0 {
            let before = world.random.between(6, 40);
            let day = days::plus(projects::first_day(world, number / 3), -before);
            world.office_hours(days::working(day))
        } else {
            free_need(world, number)
        };
        need(world, number, created);
    }
}

/// Plans an assessment. Method, title and the like come from the tables, each method in turn.
fn assessment(world: &mut World, number: usize) {
    const METHODS: [&str; 8] =
        ["participatory", "survey", "kii", "desk_review", "workshop", "observation", "mixed", "other"];
    let state = ASSESSMENT_STATES[number % ASSESSMENT_STATES.len()];
    let method = if number < METHODS.len() { METHODS[number] } else { *world.random.pick(&METHODS) };
    let fitting = |least: i64| -> Vec<_> {
        let fits = |seed: &&Assessment| method == "other" || seed.methodology == method;
        ASSESSMENTS.iter().filter(fits).filter(|seed| seed.days >= least).collect()
    };
    // In the late phases a short assessment would pass within a weekend, so a long one is drawn.
    let long = if ["analysis", "reporting"].contains(&state) { fitting(35) } else { Vec::new() };
    let seed = **world.random.pick(&if long.is_empty() { fitting(0) } else { long });
    let part = match state {
        "completed" => 0,
        "planning" => -1,
        "preparation" => 7,
        "data_collection" => world.random.between(20, 50),
        "analysis" => world.random.between(58, 72),
        "cancelled" => world.random.between(40, 250),
        _ => world.random.between(86, 97),
    };
    let start = match state {
        "completed" => {
            let ago = world.random.between(6, 300) + seed.days;
            days::plus(world.today, -ago).max(days::plus(world.first_day, 60))
        }
        "planning" => {
            let ahead = world.random.between(8, 110);
            days::plus(world.today, ahead)
        }
        _ => days::plus(world.today, -(seed.days * part / 100).max(1)),
    };
    // An assessment in progress must not start later because of the shift to a working day.
    let start = if state == "planning" { days::working(start) } else { world.not_after_yesterday(start) };
    let end = days::plus(start, seed.days);
    let lead_time = world.random.between(14, 40);
    let created_on =
        world.not_after_yesterday(days::plus(start, -lead_time)).max(days::plus(world.first_day, 42));
    let created = world.office_hours(created_on);
    let place = world.place();
    let coordinator = world.of_role("coordinator");
    // One in nine goes to the printed staff account, so that it has enough work.
    let lead = if number % 9 == 1 { world.known["staff"] } else { world.of_role("staff") };
    let mut members: Vec<Id> = Vec::new();
    for _ in 0..3 {
        let member = world.worker();
        members.extend(world.id_of(member).filter(|_| member != lead));
    }
    members.sort_unstable();
    members.dedup();
    let community = ["community", "barangay"].contains(&seed.level).then_some(place.id);
    let phase = |percent: i64| days::plus(start, seed.days * percent / 100);
    let priority = *world.random.pick(&["low", "medium", "medium", "high", "critical"]);
    let budget = centavos(world.random.between(60, 900) * 1000);
    let input = json!({
        "title": words::fill(seed.title, &place, start), "primary_methodology": method, "category": seed.category,
        "assessment_level": seed.level, "community": community, "description": words::fill(seed.objective, &place, start),
        "objectives": seed.objective, "planned_start_date": start, "planned_end_date": end,
        "planning_completion_date": phase(10), "data_collection_end_date": phase(55),
        "analysis_completion_date": phase(75), "report_due_date": phase(98), "priority": priority,
        "lead_assessor": world.id_of(lead), "team_members": members, "estimated_budget_centavos": budget,
    });
    expect(world, created, "assessment", "primary_methodology", method);
    let cancelled = (state == "cancelled").then(|| {
        let soon = days::plus(start, world.random.between(1, 10)).min(days::plus(world.today, -1));
        world.office_hours(soon).max(world.later(created, 1, 2))
    });
    world.schedule(created, coordinator, move |world, work| {
        let id = create(work, &ASSESSMENT, input)?.id;
        world.assessments.push(id);
        if let Some(when) = cancelled {
            let reason = *world.random.pick(crate::content::tasks::REASONS);
            world.schedule(when, coordinator, move |_, work| {
                reason.clone_into(&mut work.note);
                update(work, &ASSESSMENT, id, json!({ "status": "cancelled" }))?;
                Ok(())
            });
            return follow(world, work, id, Ending::Cancelled(when));
        }
        for (state, percent) in ASSESSMENT_WAY {
            let when = days::at(&world.zone, days::plus(start, seed.days * percent / 100), 9 * 60);
            let when = world.later(when, 0, 1).max(created);
            let mut change = json!({ "status": state });
            if state == "completed" {
                let findings = world.random.some(FINDINGS, 3).join("\n");
                let advice = world.random.some(RECOMMENDATIONS, 2).join("\n");
                change["key_findings"] = json!(findings);
                change["recommendations"] = json!(advice);
            }
            world.schedule(when, coordinator, move |_, work| {
                update(work, &ASSESSMENT, id, change)?;
                Ok(())
            });
        }
        follow(world, work, id, Ending::Open)
    });
}

/// Returns the status today of a need that no project takes up.
pub fn state_of_free_need(number: usize) -> &'static str {
    NEED_STATES[(number - number / 3) % NEED_STATES.len()]
}

/// Plans a need without a project up to its status of today. Returns when it is recorded.
fn free_need(world: &mut World, number: usize) -> Timestamp {
    let target = state_of_free_need(number);
    let mut way: Vec<&'static str> = match NEED_WAY.iter().position(|state| *state == target) {
        Some(last) => NEED_WAY[1..=last].to_vec(),
        None => vec![target],
    };
    if target == "deferred" && world.random.chance(50) {
        way.insert(0, "validated");
    }
    let steps = i64::try_from(way.len()).unwrap_or(0);
    let day = days::plus(world.first_day, 45);
    let span = days::apart(day, days::plus(world.today, -4 - 34 * steps)).max(0);
    let offset = world.random.between(0, span);
    let created = world.office_hours(days::working(days::plus(day, offset)));
    let mut when = created;
    for state in way {
        when = world.later(when, 8, 30);
        let coordinator = world.of_role("coordinator");
        let reason = *world.random.pick(crate::content::tasks::REASONS);
        world.schedule(when, coordinator, move |world, work| {
            if ["deferred", "rejected"].contains(&state) {
                reason.clone_into(&mut work.note);
            }
            if let Some(id) = world.needs[number] {
                update(work, &NEED, id, json!({ "status": state }))?;
            }
            Ok(())
        });
    }
    created
}

fn need(world: &mut World, number: usize, created: Timestamp) {
    let seed = NEEDS[number * 7 % NEEDS.len()];
    let place = world.place();
    let affected = world.random.between(seed.affected.from, seed.affected.to);
    // Rounded to 10,000 pesos, as estimates are.
    let cost = centavos(world.random.between(seed.cost.from, seed.cost.to) / 10_000 * 10_000);
    world.estimates.push((seed.sector, cost));
    let severity = (seed.severity + world.random.between(-1, 1)).clamp(1, 5);
    let staff = world.worker();
    let forwarded = world.random.chance(25);
    let coordinator = world.of_role("coordinator");
    let found = world.random.chance(60);
    world.schedule(created, staff, move |world, work| {
        let assessment =
            if found && !world.assessments.is_empty() { Some(*world.random.pick(&world.assessments)) } else { None };
        let ministries: Vec<Id> = world
            .organizations
            .iter()
            .filter(|known| known.organization_type == "bmoa")
            .map(|known| known.id)
            .collect();
        let forwarded_to = forwarded.then(|| *world.random.pick(&ministries));
        let record = create(
            work,
            &NEED,
            json!({
                "title": seed.title, "community": place.id, "sector": seed.sector, "description": seed.description,
                "urgency_level": seed.urgency, "impact_severity": severity, "feasibility": seed.feasibility,
                "affected_population": affected, "affected_households": affected / 5,
                "estimated_cost_centavos": cost, "assessment": assessment,
                "evidence_sources": "Household list, minutes of the assembly and photographs.",
            }),
        )?;
        world.needs[number] = Some(record.id);
        if let Some(ministry) = forwarded_to {
            // Forwarding a need is a decision of the office.
            let when = world.later(created, 1, 3);
            world.schedule(when, coordinator, move |_, work| {
                update(work, &NEED, record.id, json!({ "forwarded_to": ministry }))?;
                Ok(())
            });
        }
        Ok(())
    });
}
