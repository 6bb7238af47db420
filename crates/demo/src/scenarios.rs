//! Budget scenarios of the next fiscal year: one that was adopted, and three alternatives for what is left.

use jiff::civil::Date;
use obcms_app::money::scenarios::{adopt, distribute};
use obcms_app::records::Input;
use obcms_app::{AppError, UnitOfWork};
use obcms_domain::kinds::SCENARIO;
use obcms_store::money::scenarios as store;
use serde_json::{Value as Json, json};

use crate::days;
use crate::world::{World, create};

/// Scenario: name, rule with weights and minimum shares, percent of the asks, days ago.
struct Draft {
    name: &'static str,
    rule: Json,
    percent: i64,
    days: i64,
}

/// Plans the scenarios.
pub fn plan(world: &mut World) {
    let year = world.today.year() + 1;
    let drafts = [
        Draft {
            name: "Plan A: highest scores first",
            rule: json!({ "rule": "priority" }),
            percent: 60,
            days: 30,
        },
        Draft { name: "Plan B: equal by region", rule: json!({ "rule": "equity" }), percent: 60, days: 24 },
        Draft {
            name: "Plan C: health and education secured",
            rule: json!({
                "rule": "weighted", "score_weight": 60, "equity_weight": 40,
                "minimum_shares": [
                    { "by": "sector", "key": "health", "percent": 15 },
                    { "by": "sector", "key": "education", "percent": 15 },
                ],
            }),
            percent: 60,
            days: 17,
        },
    ];
    for draft in drafts {
        schedule(world, year, draft, false);
    }
    // Adopted before the others, which distribute what the PPAs ask for since. No PPA in draft then is enacted today.
    let adopted = Draft { name: "Budget call", rule: json!({ "rule": "equity" }), percent: 100, days: 33 };
    schedule(world, year, adopted, true);
}

fn schedule(world: &mut World, year: i16, draft: Draft, is_adopted: bool) {
    let day: Date = world.not_after_yesterday(days::working(days::plus(world.today, -draft.days)));
    let (officer, when) = (world.of_role("budget_officer"), world.office_hours(day));
    world.schedule(when, officer, move |_, work| write(work, year, &draft, is_adopted));
}

fn write(work: &mut UnitOfWork<'_, '_>, year: i16, draft: &Draft, is_adopted: bool) -> Result<(), AppError> {
    let asks: i64 = store::candidates(work.tx, i64::from(year))?.iter().map(|candidate| candidate.ask).sum();
    let envelope = asks / 100 * draft.percent / 10_000_000 * 10_000_000;
    if envelope == 0 {
        return Ok(());
    }
    let members = json!({
        "name": draft.name, "fiscal_year": year, "envelope_centavos": envelope,
    });
    let id = create(work, &SCENARIO, members)?.id;
    distribute(work, id, &object(&draft.rule), None)?;
    if is_adopted {
        match adopt(work, id, &object(&json!({ "ceilings": "funding_source", "enforcement": "soft" })), None)
        {
            // On some days nothing can be adopted, as when the ceilings leave no room.
            Ok(_) | Err(AppError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn object(json: &Json) -> Input {
    json.as_object().cloned().unwrap_or_default()
}
