//! Ceilings of the years and their main sectors, with room for the budgets that the simulation lets pass.

use std::collections::BTreeMap;

use jiff::civil::Date;
use obcms_domain::kinds::CEILING;
use serde_json::json;

use crate::approval::Demand;
use crate::days;
use crate::world::{World, create};

/// Centavos of a million pesos.
const MILLION: i64 = 100_000_000;

/// Demand of a sector or of a whole year, in centavos.
#[derive(Clone, Copy, Default)]
struct Room {
    /// Most that is committed at any time.
    most: i64,
    /// Committed today.
    today: i64,
    /// Largest budget that waits for its review today.
    waiting: i64,
}

impl Room {
    fn add(&mut self, demand: &Demand) {
        let budget = demand.figures.budget;
        if demand.is_committed {
            self.most += budget;
            self.today += if demand.is_released { 0 } else { budget };
        }
        if demand.waits {
            self.waiting = self.waiting.max(budget);
        }
    }
}

/// Plans the ceilings, once all approvals are planned.
pub fn plan(world: &mut World) {
    let mut years: BTreeMap<i16, BTreeMap<&'static str, Room>> = BTreeMap::new();
    let mut grants: BTreeMap<i16, Room> = BTreeMap::new();
    for demand in &world.demands {
        let figures = &demand.figures;
        years.entry(figures.year).or_default().entry(figures.sector).or_default().add(demand);
        if figures.source == "block_grant" {
            grants.entry(figures.year).or_default().add(demand);
        }
    }
    for (year, sectors) in years {
        let total: i64 = sectors.values().map(|room| room.most + room.waiting).sum();
        ceiling(world, year, "", "", up(total / 100 * 120, 5 * MILLION), true);
        if let Some(grant) = grants.get(&year).filter(|grant| grant.most > 0) {
            ceiling(
                world,
                year,
                "",
                "block_grant",
                up((grant.most + grant.waiting) / 100 * 130, MILLION),
                true,
            );
        }
        // A budget that waits for its review does not fit under the ceiling of its sector.
        let refusing = sectors
            .iter()
            .filter(|(_, room)| room.waiting > 0 && room.today + room.waiting > room.most)
            .max_by_key(|(_, room)| room.today + room.waiting - room.most)
            .map(|(sector, _)| *sector);
        let mut main: Vec<(&'static str, Room)> = sectors.into_iter().collect();
        main.sort_by_key(|(sector, room)| (-room.most, *sector));
        let mut rank = 0;
        for (sector, room) in main {
            if Some(sector) == refusing {
                let middle = room.most + (room.today + room.waiting - room.most) / 2;
                ceiling(world, year, sector, "", middle.max(1_000_000), true);
                continue;
            }
            if room.most == 0 || rank > 5 {
                continue;
            }
            rank += 1;
            match rank {
                // Nearly used up.
                1 => ceiling(world, year, sector, "", up(room.most / 100 * 102, MILLION / 10), true),
                // Only a warning, and exceeded.
                2 => ceiling(world, year, sector, "", up(room.most / 100 * 85, MILLION / 10), false),
                _ => ceiling(world, year, sector, "", up(room.most / 100 * 125, MILLION), true),
            }
        }
    }
}

/// Rounds up to a multiple.
fn up(centavos: i64, multiple: i64) -> i64 {
    (centavos / multiple + 1) * multiple
}

fn ceiling(
    world: &mut World,
    year: i16,
    sector: &'static str,
    source: &'static str,
    amount: i64,
    is_hard: bool,
) {
    // The ceilings of a year come with the budget call in autumn before it.
    let call = Date::new(year - 1, 9, 1).unwrap_or(world.today);
    let call = days::plus(call, world.random.between(0, 9)).max(days::plus(world.first_day, 43));
    let day = world.not_after_yesterday(days::working(call));
    let (officer, when) = (world.of_role("budget_officer"), world.office_hours(day));
    let members = json!({
        "fiscal_year": year, "sector": sector, "funding_source": source, "amount_centavos": amount,
        "enforcement": if is_hard { "hard" } else { "soft" },
    });
    world.schedule(when, officer, move |_, work| {
        create(work, &CEILING, members)?;
        Ok(())
    });
}
