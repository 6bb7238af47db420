//! Policy recommendations in all statuses, and the milestones of those in implementation.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{POLICY, POLICY_MILESTONE};
use serde_json::json;

use crate::content::policies::{MILESTONES, POLICIES};
use crate::content::tasks::REASONS;
use crate::days;
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{World, centavos, create, update};

/// Statuses of recommendations today, in proportion.
const STATES: [&str; 13] = [
    "in_implementation",
    "under_review",
    "draft",
    "approved",
    "implemented",
    "submitted",
    "needs_revision",
    "under_consideration",
    "on_hold",
    "rejected",
    "withdrawn",
    "expired",
    "draft",
];

/// Regular sequence of statuses.
const WAY: [&str; 7] = [
    "draft",
    "under_review",
    "submitted",
    "under_consideration",
    "approved",
    "in_implementation",
    "implemented",
];

/// Plans the policies.
pub fn plan(world: &mut World) {
    for number in 0..world.counts.policies {
        policy(world, number);
    }
}

/// Returns the statuses up to the one of today.
fn way(target: &'static str) -> Vec<&'static str> {
    match WAY.iter().position(|state| *state == target) {
        Some(last) => WAY[1..=last].to_vec(),
        None => match target {
            "needs_revision" | "withdrawn" => vec!["under_review", target],
            "expired" => vec!["under_review", "submitted", "under_consideration", "approved", target],
            _ => vec!["under_review", "submitted", target],
        },
    }
}

fn policy(world: &mut World, number: usize) {
    let seed = &POLICIES[number % POLICIES.len()];
    let target = STATES[number % STATES.len()];
    let way = way(target);
    let steps = i64::try_from(way.len()).unwrap_or(0);
    let floor = days::plus(world.first_day, 46);
    let age = world.random.between(5, 40) + steps * 36;
    let created = world.office_hours(days::working(days::plus(world.today, -age).max(floor)));
    let created = created.min(world.office_hours(world.not_after_yesterday(world.today)));
    let day = world.day(created);
    let title = if number < POLICIES.len() {
        seed.title.to_owned()
    } else {
        format!("{}: {}", seed.title, world.place().municipality)
    };
    let coordinator = world.of_role("coordinator");
    let author = world.worker();
    let reviewer = world.of_role("coordinator");
    let priority = *world.random.pick(&["medium", "high", "high", "critical", "low"]);
    let cost = centavos(world.random.between(2, 80) * 100_000);
    expect(world, created, "policy", "category", seed.category);
    world.schedule(created, coordinator, move |world, work| {
        let needs: Vec<Id> = world.needs.iter().flatten().copied().collect();
        let needs = world.random.some(&needs, 3);
        let assessments = world.assessments.clone();
        let assessments = world.random.some(&assessments, 1);
        let id = create(
            work,
            &POLICY,
            json!({
                "title": title, "category": seed.category, "scope": seed.scope, "priority": priority,
                "lead_author": world.id_of(author), "assigned_reviewer": world.id_of(reviewer),
                "submission_date": days::working(days::plus(day, 45)), "review_deadline": days::working(days::plus(day, 66)),
                "implementation_start_date": days::working(days::plus(day, 150)),
                "implementation_deadline": days::working(days::plus(day, 420)),
                "description": seed.proposal, "problem_statement": seed.problem, "proposed_solution": seed.proposal,
                "expected_outcomes": "Communities outside the region are reached in every budget year.",
                "needs": needs, "assessments": assessments, "estimated_cost_centavos": cost,
            }),
        )?
        .id;
        follow(world, work, id, Ending::Open)?;
        let mut when = created;
        for state in way {
            when = world.later(when, 14, 30);
            let reason = *world.random.pick(REASONS);
            let has_reason = ["needs_revision", "rejected", "withdrawn", "on_hold"].contains(&state);
            let decided = (state == "approved").then(|| world.day(when));
            world.schedule(when, reviewer, move |_, work| {
                if has_reason {
                    reason.clone_into(&mut work.note);
                }
                update(work, &POLICY, id, json!({ "status": state, "approval_date": decided }))?;
                Ok(())
            });
            if state == "approved" {
                milestones(world, number, id, when, coordinator);
            }
        }
        Ok(())
    });
}

fn milestones(world: &mut World, number: usize, policy: Id, approved: jiff::Timestamp, coordinator: usize) {
    const LATER: [&str; 5] = ["completed", "in_progress", "delayed", "not_started", "cancelled"];
    for (place, title) in MILESTONES.iter().skip(4).enumerate() {
        let made = world.later(approved, 1, 3);
        let offset = i64::try_from(place).unwrap_or(0) * 30 - 5 + world.random.between(0, 20);
        let target = days::working(days::plus(world.day(made), offset.max(5)));
        let person = world.worker();
        let state = LATER[(number + place) % LATER.len()];
        expect(world, made, "policy_milestone", "status", "not_started");
        world.schedule(made, coordinator, move |world, work| {
            let assigned_to = world.id_of(person);
            let id = create(
                work,
                &POLICY_MILESTONE,
                json!({ "title": title, "policy": policy, "target_date": target, "assigned_to": assigned_to }),
            )?
            .id;
            follow(world, work, id, Ending::Open)?;
            if state != "not_started" {
                let when = world.later(made, 4, 16);
                let progress = match state {
                    "completed" => 100,
                    "in_progress" | "delayed" => world.random.between(2, 16) * 5,
                    _ => 0,
                };
                world.schedule(when, coordinator, move |_, work| {
                    update(work, &POLICY_MILESTONE, id, json!({ "status": state, "progress": progress }))?;
                    Ok(())
                });
            }
            Ok(())
        });
    }
}
