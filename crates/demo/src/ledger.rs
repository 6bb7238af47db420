//! Ledger of PPAs: allotments, obligations and disbursements over the months, with reversals and adjustments.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_app::money::reverse;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TRANCHE;
use serde_json::{Value as Json, json};

use crate::content::approvals::{ADJUSTMENTS, PAYEES, REVERSALS};
use crate::days;
use crate::world::{World, create};

/// Days between two obligations or payments.
const PERIOD: i64 = 20;
/// Periods from one allotment to the next.
const ALLOTMENT: i64 = 3;

/// Spending of a PPA: rates in percent.
#[derive(Clone, Copy)]
struct Pace {
    /// Everything is allotted at once.
    is_early: bool,
    /// Obligated of the allotted.
    obligated: i64,
    /// Disbursed of the obligated.
    disbursed: i64,
}

/// Sums entered so far, in centavos.
#[derive(Clone, Copy, Default)]
struct Sums {
    allotted: i64,
    obligated: i64,
    disbursed: i64,
}

/// Time in which money moves.
#[derive(Clone, Copy)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// Planned last day.
    pub to: Date,
    /// Day before which entries are made.
    pub until: Date,
    /// The PPA is completed on that day.
    pub is_completed: bool,
}

/// Plans the entries of a PPA. `budget` is the smallest budget ever in force.
pub fn plan(world: &mut World, slot: usize, budget: i64, span: Span) {
    let pace = pace(world, slot);
    let to = if span.is_completed { span.until } else { span.to };
    let periods = (days::apart(span.from, to) / PERIOD).max(1);
    let until = span.until.min(world.today);
    let mut sums = Sums::default();
    for period in 0..periods {
        let day = days::plus(span.from, period * PERIOD + 1);
        let is_last = span.is_completed && period + 1 == periods;
        if period % ALLOTMENT == 0 && days::working(day) < until {
            let part = if pace.is_early { 100 } else { ((period + ALLOTMENT) * 100 / periods).min(100) };
            let amount = hundreds(budget / 100 * part - sums.allotted);
            sums.allotted += amount;
            entry(world, slot, "allocation", amount, days::working(day));
        }
        let day = days::working(days::plus(day, world.random.between(3, 7)));
        if day < until {
            let part = if is_last {
                world.random.between(95, 100)
            } else {
                pace.obligated * (60 + 20 * (period % ALLOTMENT)) / 100
            };
            let amount = hundreds(sums.allotted / 100 * part - sums.obligated);
            sums.obligated += amount;
            entry(world, slot, "obligation", amount, day);
        }
        let day = days::working(days::plus(day, 3));
        if slot % 4 == 1 && period == 1 && !is_last && day < until {
            let amount = hundreds((sums.obligated / 100 * 2).min(sums.obligated - sums.disbursed));
            sums.obligated -= amount;
            adjust(world, slot, -amount, day);
        }
        let day = days::working(days::plus(day, world.random.between(6, 12)));
        if day < until {
            let part = if is_last {
                world.random.between(97, 100)
            } else {
                pace.disbursed * (70 + 15 * (period % ALLOTMENT)) / 100
            };
            let amount = hundreds(sums.obligated / 100 * part - sums.disbursed);
            if slot % 5 == 2 && period == 0 {
                wrong(world, slot, hundreds(amount / 10 * 9), day);
                let again = days::working(days::plus(day, 2));
                if again >= until {
                    continue;
                }
                entry(world, slot, "disbursement", amount, again);
            } else {
                entry(world, slot, "disbursement", amount, day);
            }
            sums.disbursed += amount;
        }
    }
}

fn pace(world: &mut World, slot: usize) -> Pace {
    let random = &mut world.random;
    let (is_early, obligated, disbursed) = match slot % 10 {
        // Behind the plan.
        3 | 8 => (false, random.between(15, 35), random.between(40, 70)),
        // Payments delayed.
        5 => (false, random.between(85, 95), random.between(10, 30)),
        // Nearly overspent.
        7 => (true, 97, random.between(70, 90)),
        _ => (false, random.between(75, 95), random.between(60, 85)),
    };
    Pace { is_early, obligated, disbursed }
}

/// Rounds down to 100 pesos; nothing below zero.
fn hundreds(centavos: i64) -> i64 {
    (centavos / 10_000 * 10_000).max(0)
}

/// Returns the members of an entry.
fn input(world: &mut World, ppa: Id, kind: &str, amount: i64, day: Date) -> Json {
    world.documents += 1;
    let number = world.documents;
    let (year, month) = (day.year(), day.month());
    let (document, payee) = match kind {
        "allocation" => (format!("SARO {year}-{number:05}"), None),
        "disbursement" => (format!("DV {year}-{month:02}-{number:05}"), Some(*world.random.pick(PAYEES))),
        _ => (format!("ORS {year}-{month:02}-{number:05}"), Some(*world.random.pick(PAYEES))),
    };
    // Training, supplies, equipment and other services in turn.
    let object = ["5020201000", "5020301000", "1060503000", "5029999099"][number % 4];
    json!({
        "ppa": ppa, "kind": kind, "amount_centavos": amount, "date": day, "document": document, "payee": payee,
        "uacs_code": format!("01101101-260010000000-120000000-310100100001000-{object}"),
    })
}

fn entry(world: &mut World, slot: usize, kind: &'static str, amount: i64, day: Date) {
    if amount == 0 {
        return;
    }
    let (officer, when) = (world.of_role("budget_officer"), world.office_hours(day));
    world.schedule(when, officer, move |world, work| {
        if let Some(ppa) = world.ppas[slot] {
            let members = input(world, ppa, kind, amount, day);
            create(work, &TRANCHE, members)?;
        }
        Ok(())
    });
}

/// Plans an adjustment of the obligations.
fn adjust(world: &mut World, slot: usize, amount: i64, day: Date) {
    if amount == 0 {
        return;
    }
    let (officer, when) = (world.of_role("budget_officer"), world.office_hours(day));
    let reason = *world.random.pick(ADJUSTMENTS);
    world.schedule(when, officer, move |world, work| {
        if let Some(ppa) = world.ppas[slot] {
            let mut members = input(world, ppa, "adjustment", amount, day);
            members["adjusts"] = json!("obligation");
            members["remarks"] = json!(reason);
            create(work, &TRANCHE, members)?;
        }
        Ok(())
    });
}

/// Plans a disbursement of a wrong amount, reversed an hour later.
fn wrong(world: &mut World, slot: usize, amount: i64, day: Date) {
    if amount == 0 {
        return;
    }
    let (officer, when) = (world.of_role("budget_officer"), world.office_hours(day));
    let reason = *world.random.pick(REVERSALS);
    world.schedule(when, officer, move |world, work| {
        let Some(ppa) = world.ppas[slot] else { return Ok(()) };
        let members = input(world, ppa, "disbursement", amount, day);
        let id = create(work, &TRANCHE, members)?.id;
        let later = work.now.checked_add(1.hour()).unwrap_or(work.now);
        world.schedule(later, officer, move |_, work| reverse(work, id, reason).map(|_| ()));
        Ok(())
    });
}
