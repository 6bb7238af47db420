//! Ministries, local governments, civil bodies, and the organizations of partners.

use obcms_app::{Actor, App, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ORGANIZATION, RESOURCE, USER, organization};
use obcms_domain::places;
use serde_json::json;

use crate::content::organizations::{
    CIVIL_BODIES, CONTACTS, MINISTRIES, Organization as Body, PUBLIC_BODIES,
};
use crate::content::programmes::OWN_OFFICE;
use crate::content::services_and_resources::RESOURCES;
use crate::world::{Bookable, Organization, PROGRAM, World, centavos, create, update};
use crate::{days, words};

/// Plans the organizations, and completes those that every installation has.
pub fn plan(world: &mut World, app: &App) -> Result<(), AppError> {
    let parameters = vec![("limit".to_owned(), "500".to_owned())];
    let there = app.list(&Actor::program(), &ORGANIZATION, &parameters)?.records;
    let gazetteer = places::gazetteer().map_err(|error| AppError::Internal(error.to_string()))?;
    let region_of = |municipality: &str| {
        gazetteer.municipality(municipality).and_then(|municipality| Id::place(&municipality.region))
    };
    let own = Body {
        name: "Office for Other Bangsamoro Communities",
        acronym: OWN_OFFICE,
        organization_type: "bmoa",
        partnership_level: "coordinating",
        municipality: MINISTRIES[0].municipality,
        mandate: "Serves Bangsamoro communities outside the region.",
    };
    let half = world.counts.organizations;
    let bodies = std::iter::once(&own)
        .chain(MINISTRIES)
        .chain(PUBLIC_BODIES.iter().take(half))
        .chain(CIVIL_BODIES.iter().take(half));
    for (number, body) in bodies.enumerate() {
        let known = there
            .iter()
            .find(|record| !body.acronym.is_empty() && organization::ACRONYM.get(record) == body.acronym);
        add(world, number, body, known.map(|record| record.id), region_of(body.municipality));
    }
    // The largest office works with every town of its four regions.
    let named: Vec<&str> = PUBLIC_BODIES.iter().map(|body| body.name).collect();
    let others = gazetteer.municipalities.iter().filter(|town| outside(&town.code)).map(|town| {
        let kind = if town.name.starts_with("City of ") { "City Government" } else { "Municipal Government" };
        (format!("{kind} of {}", town.name.trim_start_matches("City of ")), Id::place(&town.region))
    });
    let others: Vec<_> = others.filter(|(name, _)| !named.contains(&name.as_str())).collect();
    for (name, region) in others.into_iter().take(half.saturating_sub(200)) {
        let when = world.office_hours(days::working(days::plus(world.first_day, 3)));
        let focal_person = words::full_name(&mut world.random);
        let coordinator = world.of_role("coordinator");
        world.schedule(when, coordinator, move |world, work| {
            let record = create(
                work,
                &ORGANIZATION,
                json!({
                    "name": name, "organization_type": "lgu", "partnership_level": "coordinating",
                    "focal_person": focal_person, "region": region, "engagement_frequency": "annually",
                    "mandate": "Services and plans of the town.",
                }),
            )?;
            keep(world, record.id, "", "lgu");
            Ok(())
        });
    }
    resources(world);
    partners(world);
    Ok(())
}

/// Returns true if a place is in regions IX, X, XI or XII.
pub fn outside(code: &str) -> bool {
    ["09", "10", "11", "12"].iter().any(|region| code.starts_with(region))
}

fn keep(world: &mut World, id: Id, acronym: &str, organization_type: &str) {
    world.organizations.push(Organization {
        id,
        acronym: acronym.to_owned(),
        organization_type: organization_type.to_owned(),
    });
}

fn add(world: &mut World, number: usize, body: &Body, known: Option<Id>, region: Option<Id>) {
    let contact = CONTACTS[number % CONTACTS.len()];
    let (acronym, organization_type) = (body.acronym, body.organization_type);
    let head = words::full_name(&mut world.random);
    let frequency = *world.random.pick(&["monthly", "quarterly", "quarterly", "annually", "as_needed"]);
    let is_civil = !["bmoa", "lgu", "nga"].contains(&organization_type);
    // Some partnerships end.
    let status = match number % 17 {
        16 if is_civil => "inactive",
        9 if is_civil => "suspended",
        4 if is_civil => "terminated",
        _ => "active",
    };
    let is_priority = ["MSSD", "MAFAR", "MBHTE", "MOH", "MPW", OWN_OFFICE].contains(&acronym);
    let mut members = json!({
        "name": body.name, "acronym": acronym, "organization_type": organization_type,
        "partnership_level": body.partnership_level, "partnership_status": status, "mandate": body.mandate,
        "is_priority": is_priority,
        "focal_person": contact.name, "email": contact.email, "phone": contact.telephone, "head": head,
        "engagement_frequency": frequency, "region": region,
    });
    let when = world.office_hours(days::working(days::plus(world.first_day, 2)));
    let coordinator = world.of_role("coordinator");
    world.schedule(when, coordinator, move |world, work| {
        let id = match known {
            Some(id) => {
                // The names come from the program.
                if let Some(members) = members.as_object_mut() {
                    members.remove("name");
                    members.remove("acronym");
                }
                update(work, &ORGANIZATION, id, members)?.id
            }
            None => create(work, &ORGANIZATION, members)?.id,
        };
        keep(world, id, acronym, organization_type);
        Ok(())
    });
}

fn resources(world: &mut World) {
    let hours = json!([{ "from": "07:00", "to": "19:00" }]);
    let week = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let opening: serde_json::Map<String, serde_json::Value> =
        week.iter().map(|day| ((*day).to_owned(), hours.clone())).collect();
    for (number, resource) in RESOURCES.iter().enumerate() {
        let when = world.office_hours(days::working(days::plus(world.first_day, 4)));
        let (is_room, is_vehicle) = (resource.resource_type == "room", resource.resource_type == "vehicle");
        let is_available = number % 14 != 13;
        let inventory = days::plus(world.today, 30);
        let members = json!({
            "name": resource.name, "resource_type": resource.resource_type, "capacity": resource.units,
            "seats": (is_room || is_vehicle).then_some(resource.capacity),
            "opening_hours": is_room.then_some(&opening),
            "buffer_after_minutes": if is_vehicle { 30 } else { 0 },
            "blackouts": (number == 2).then(|| json!([{ "start": inventory, "reason": "Change of oil and tyres" }])),
            "location": "Bangsamoro Government Center, Cotabato City",
            "requires_approval": resource.requires_approval, "is_available": is_available,
            "cost_per_use_centavos": centavos(resource.cost_per_use), "description": resource.description,
        });
        world.schedule(when, PROGRAM, move |world, work| {
            let id = create(work, &RESOURCE, members)?.id;
            if is_available {
                world.bookable.push(Bookable {
                    id,
                    resource_type: resource.resource_type,
                    units: resource.units,
                    requires_approval: resource.requires_approval,
                    closed: (number == 2).then_some(inventory),
                });
            }
            Ok(())
        });
    }
}

/// Assigns partners to organizations, so that they see records.
fn partners(world: &mut World) {
    let partners: Vec<usize> =
        (0..world.people.len()).filter(|person| world.people[*person].role == "partner").collect();
    let when = world.office_hours(days::working(days::plus(world.first_day, 8)));
    world.schedule(when, PROGRAM, move |world, work| {
        for (number, partner) in partners.iter().enumerate() {
            let organization = if number == 0 {
                world.organization("MSSD")
            } else {
                Some(world.random.pick(&world.organizations).id)
            };
            if let Some(user) = world.id_of(*partner) {
                update(work, &USER, user, json!({ "organization": organization }))?;
            }
        }
        Ok(())
    });
}
