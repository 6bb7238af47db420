//! Bookings of vehicles, rooms, equipment and facilitators, without conflicts.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_app::bookings::{Decision, Verdict, decide};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::BOOKING;
use serde_json::{Value as Json, json};

use crate::content::services_and_resources::{
    EQUIPMENT_USES, FACILITATOR_USES, REFUSALS, ROOM_USES, VEHICLE_USES,
};
use crate::days;
use crate::random::Random;
use crate::world::{Bookable, World, create};

/// Days before and after today with bookings.
const PAST: i64 = 120;
const AHEAD: i64 = 45;

/// Booking to create.
struct Wish {
    purpose: String,
    start: Timestamp,
    end: Timestamp,
    units: i64,
    origin: Option<Id>,
}

/// Plans the bookings resource by resource and day by day, so that no two conflict.
pub fn plan(world: &mut World, seed: u64) {
    // A separate generator, so that the bookings do not change the other drawn data.
    let mut random = Random::new(seed ^ 0xb00c);
    for resource in world.bookable.clone() {
        let mut day = days::plus(world.today, -PAST);
        let last = days::plus(world.today, AHEAD);
        while day <= last {
            let busy = match resource.resource_type {
                "room" => 45,
                "vehicle" => 35,
                "facilitator" => 6,
                _ => 9,
            };
            // Fewer bookings far in the future.
            let chance = if day > days::plus(world.today, 14) { busy / 3 } else { busy };
            let mut next = days::plus(day, 1);
            if days::is_working(day) && random.chance(chance) {
                let (wish, length) = wish(world, &mut random, &resource, day);
                next = days::plus(day, length);
                if resource.closed.is_none_or(|closed| closed < day || next <= closed) {
                    book(world, &mut random, &resource, day, &wish);
                }
            }
            day = next;
        }
    }
}

fn wish(world: &World, random: &mut Random, resource: &Bookable, day: Date) -> (Wish, i64) {
    let place = random.pick(&world.places).clone();
    let at = |day: Date, hour: i64| days::at(&world.zone, day, hour * 60);
    let (uses, from, hours, length) = match resource.resource_type {
        "vehicle" => {
            // Field visits take one day, some two or three.
            let length = if random.chance(25) { random.between(2, 3) } else { 1 };
            (VEHICLE_USES, 7, 10, length)
        }
        "room" => (ROOM_USES, random.between(8, 14), random.between(1, 3), 1),
        "facilitator" => (FACILITATOR_USES, 8, 8, random.between(1, 2)),
        _ => (EQUIPMENT_USES, 8, 9, random.between(1, 2)),
    };
    let template = *random.pick(uses);
    let purpose = template.replace("{community}", &place.name).replace("{municipality}", &place.municipality);
    let units = if resource.units > 3 { random.between(1, resource.units / 2) } else { 1 };
    let origin = (template.contains("{community}") && !place.name.is_empty()).then_some(place.id);
    let end = at(days::plus(day, length - 1), from + hours);
    (Wish { purpose, start: at(day, from), end, units, origin }, length)
}

fn book(world: &mut World, random: &mut Random, resource: &Bookable, day: Date, wish: &Wish) {
    let lead_time = random.between(2, 18);
    let created_on = world.not_after_yesterday(days::plus(day, -lead_time).min(days::plus(world.today, -1)));
    let created = days::at(&world.zone, created_on, random.between(8 * 60, 16 * 60));
    let person = world.worker_by(random);
    let decider = world.known["coordinator"];
    let (requires_approval, resource) = (resource.requires_approval, resource.id);
    let fate = random.between(1, 100);
    let refusal = *random.pick(REFUSALS);
    // The latest requests are still pending.
    let waits = random.between(20, 60);
    let origin = wish.origin.map_or(Json::Null, |id| json!({ "kind": "community", "id": id }));
    let input = json!({
        "resource": resource, "purpose": wish.purpose, "start": wish.start, "end": wish.end, "units": wish.units,
        "origin": origin,
    });
    let start = wish.start;
    let is_ahead = day > days::plus(world.today, 2);
    world.schedule(created, person, move |world, work| {
        let booking = create(work, &BOOKING, input)?.id;
        let decided = created + jiff::SignedDuration::from_hours(waits);
        let verdict = match fate {
            1..=4 if requires_approval => Some((Verdict::Reject, decider, refusal)),
            5..=8 => Some((Verdict::Cancel, person, "")),
            // Some future bookings are still pending.
            9..=16 if requires_approval && is_ahead => None,
            _ if requires_approval => Some((Verdict::Approve, decider, "")),
            _ => None,
        };
        if let Some((verdict, who, note)) = verdict
            && decided < start
        {
            world.schedule(decided, who, move |_, work| {
                decide(work, booking, &Decision { verdict, note: note.to_owned() }, None)?;
                Ok(())
            });
        } else if let Some((Verdict::Approve, who, _)) = verdict {
            // Too close to the start to stay pending.
            let at_once = created + jiff::SignedDuration::from_mins(25);
            world.schedule(at_once.min(start), who, move |_, work| {
                decide(work, booking, &Decision { verdict: Verdict::Approve, note: String::new() }, None)?;
                Ok(())
            });
        }
        Ok(())
    });
}
