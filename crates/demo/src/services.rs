//! Services of the offices and applications for them.

use obcms_domain::kinds::{APPLICATION, SERVICE, service};
use serde_json::json;

use crate::content::services_and_resources::SERVICES;
use crate::content::tasks::REASONS;
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{World, centavos, create, update};
use crate::{days, words};

const STATES: [&str; 10] =
    ["active", "active", "paused", "active", "draft", "active", "closed", "active", "archived", "active"];

/// Statuses of applications today, in proportion.
const APPLICATIONS: [&str; 12] = [
    "under_review",
    "approved",
    "submitted",
    "completed",
    "in_progress",
    "additional_info_required",
    "rejected",
    "draft",
    "waitlisted",
    "approved",
    "cancelled",
    "completed",
];

/// Plans services and applications.
pub fn plan(world: &mut World) {
    world.services = vec![None; world.counts.services];
    for number in 0..world.counts.services {
        service(world, number);
    }
    for number in 0..world.counts.applications {
        application(world, number);
    }
}

fn service(world: &mut World, number: usize) {
    let seed = &SERVICES[number % SERVICES.len()];
    let state = STATES[number % STATES.len()];
    let title = if number < SERVICES.len() {
        seed.title.to_owned()
    } else {
        format!("{}, {}", seed.title, world.place().municipality)
    };
    let back = world.random.between(30, 180);
    let open = days::working(match state {
        "draft" => days::plus(world.today, 21),
        "closed" | "archived" => days::plus(world.today, -back - 120),
        _ => days::plus(world.today, -back),
    });
    let deadline = match state {
        "closed" | "archived" => days::plus(open, 60),
        _ => days::plus(world.today, world.random.between(3, 90)).max(days::plus(open, 30)),
    };
    let lead_time = world.random.between(14, 40);
    let created_on =
        world.not_after_yesterday(days::plus(open, -lead_time)).max(days::plus(world.first_day, 44));
    let created = world.office_hours(created_on);
    let coordinator = world.of_role("coordinator");
    let focal_person = world.worker();
    expect(world, created, "service", "status", "draft");
    world.schedule(created, coordinator, move |world, work| {
        let input = json!({
            "title": title, "service_type": seed.service_type, "offering_organization": world.organization(seed.office),
            "focal_person": world.id_of(focal_person), "eligibility_level": seed.eligibility,
            "application_start_date": open, "application_deadline": days::working(deadline),
            "service_start_date": days::working(days::plus(open, 30)),
            "service_end_date": days::working(days::plus(deadline, 90)), "total_slots": seed.slots,
            "budget_centavos": centavos(seed.budget), "description": seed.description,
            "eligibility_criteria": "Members of Bangsamoro communities outside the region, with a paper of the barangay.",
        });
        let id = create(work, &SERVICE, input)?.id;
        world.services[number] = Some(id);
        follow(world, work, id, Ending::Open)?;
        let opened = days::at(&world.zone, open, 8 * 60).max(created);
        let closed = days::at(&world.zone, days::working(days::plus(deadline, 1)), 8 * 60);
        let steps: &[(&str, _)] = match state {
            "draft" => &[],
            "paused" => &[("active", opened), ("paused", world.later(opened, 10, 28))],
            "closed" => &[("active", opened), ("closed", closed)],
            "archived" => &[("active", opened), ("closed", closed), ("archived", world.later(closed, 10, 40))],
            _ => &[("active", opened)],
        };
        for (state, when) in steps {
            let state = *state;
            world.schedule(*when, coordinator, move |_, work| {
                update(work, &SERVICE, id, json!({ "status": state }))?;
                Ok(())
            });
        }
        Ok(())
    });
}

fn application(world: &mut World, number: usize) {
    let target = APPLICATIONS[number % APPLICATIONS.len()];
    let way: &[&str] = match target {
        "draft" => &[],
        "submitted" => &["submitted"],
        "under_review" => &["submitted", "under_review"],
        "completed" => &["submitted", "under_review", "approved", "in_progress", "completed"],
        "in_progress" => &["submitted", "under_review", "approved", "in_progress"],
        "cancelled" => &["submitted", "cancelled"],
        "approved" => &["submitted", "under_review", "approved"],
        "rejected" => &["submitted", "under_review", "rejected"],
        "waitlisted" => &["submitted", "under_review", "waitlisted"],
        _ => &["submitted", "under_review", "additional_info_required"],
    };
    let age = i64::try_from(way.len()).unwrap_or(0) * 16 + world.random.between(3, 30);
    let staff = world.of_role("staff");
    let reviewer = world.of_role("coordinator");
    let created = world.office_hours(world.not_after_yesterday(days::plus(world.today, -age)));
    let place = world.place();
    let name = words::full_name(&mut world.random);
    let mut when = created;
    let mut steps = Vec::new();
    for state in way {
        when = world.later(when, 2, 12);
        if *state == "submitted" {
            expect(world, when, "application", "status", "submitted");
        }
        steps.push((*state, when));
    }
    world.schedule(created, staff, move |world, work| {
        // Applications need an existing service; the newest services get the most.
        let open: Vec<_> = world.services.iter().flatten().copied().collect();
        if open.is_empty() {
            return Ok(());
        }
        let service = *world.random.pick(&open);
        let Some(record) = work.find(&SERVICE, service)? else {
            return Ok(());
        };
        let slots = service::TOTAL_SLOTS.get(&record).unwrap_or(1).max(1);
        let amount = service::BUDGET_CENTAVOS.get(&record).unwrap_or(0) / slots / 10_000 * 10_000;
        let (applicant, beneficiaries) = match service::ELIGIBILITY_LEVEL.get(&record) {
            "individual" => (name, 1),
            "household" => (format!("Household of {name}"), 6),
            "organization" => (format!("Association of {}", place.name), 35),
            "lgu" => (format!("Municipality of {}", place.municipality), 120),
            _ => (place.name.clone(), 80),
        };
        let id = create(
            work,
            &APPLICATION,
            json!({
                "applicant_name": applicant, "service": service, "community": place.id,
                "reviewer": world.id_of(reviewer), "requested_amount_centavos": amount,
                "beneficiary_count": beneficiaries, "details": service::DESCRIPTION.get(&record),
            }),
        )?
        .id;
        for (state, when) in steps {
            let reason = *world.random.pick(REASONS);
            let person = if state == "submitted" { staff } else { reviewer };
            world.schedule(when, person, move |world, work| {
                if ["rejected", "cancelled"].contains(&state) {
                    reason.clone_into(&mut work.note);
                }
                update(work, &APPLICATION, id, json!({ "status": state }))?;
                follow(world, work, id, Ending::Open)
            });
        }
        Ok(())
    });
}
