//! Strategic goals of the office, decided in its first weeks.

use obcms_domain::kinds::GOAL;
use serde_json::json;

use crate::days;
use crate::world::{World, create, update};

/// Title, sector, measure and last year of each goal.
const GOALS: [(&str, &str, &str, i16); 6] = [
    (
        "Safe water within half an hour's walk",
        "infrastructure",
        "Communities with a safe source: 9 of 10",
        2028,
    ),
    ("A health worker in every community", "health", "Communities visited each month: all", 2027),
    ("Children finish elementary school", "education", "Completion rate: 95 %", 2028),
    (
        "Income above the poverty line from fishing and farming",
        "livelihood",
        "Households above it: 7 of 10",
        2029,
    ),
    ("Madaris recognized and equipped", "education", "Madaris with a permit: 60", 2027),
    (
        "Peace agreements kept by all neighbours",
        "peace_security",
        "Incidents settled without violence: all",
        2028,
    ),
];

/// Plans the goals: drafted in the second week, active in the fourth.
pub fn plan(world: &mut World) {
    let Some(person) = world.known.get("coordinator").copied() else { return };
    for (number, (title, sector, measure, target)) in GOALS.into_iter().enumerate() {
        let number = i64::try_from(number).unwrap_or(0);
        let drafted = days::at(&world.zone, days::working(days::plus(world.first_day, 9 + number)), 10 * 60);
        let decided = days::at(&world.zone, days::working(days::plus(world.first_day, 24)), 15 * 60 + number);
        let start = world.first_day.year();
        world.schedule(drafted, person, move |world, work| {
            let members = json!({
                "title": title, "sector": sector, "measure": measure, "start_year": start, "target_year": target,
                "priority": "high",
            });
            let goal = create(work, &GOAL, members)?.id;
            world.goals.push((sector, goal));
            world.schedule(decided, person, move |_, work| {
                update(work, &GOAL, goal, json!({ "status": "active" }))?;
                Ok(())
            });
            Ok(())
        });
    }
}
