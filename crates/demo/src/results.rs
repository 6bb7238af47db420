//! Results of PPAs: indicators, measurements of the quarters with their decisions, and updates.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_app::AppError;
use obcms_app::results::{MeasurementDecision, MeasurementVerdict, decide};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{INDICATOR, MEASUREMENT, TASK, UPDATE, update as update_of};
use obcms_domain::results::Period;
use serde_json::{Value as Json, json};

use crate::content::results::{MEASURED, OUTCOMES, OUTPUTS, RETURNED, SEXES, UPDATES};
use crate::days;
use crate::random::Random;
use crate::world::{World, create, update};

/// Days from the end of a quarter to its reports.
const REPORTED: i64 = 9;
/// Days from a report to its decision.
const DECIDED: i64 = 6;

/// Course of a PPA for its results.
#[derive(Clone, Copy)]
pub struct Course {
    /// Place of the PPA in the plan.
    pub slot: usize,
    /// Coordinator who enters the indicators.
    pub maker: usize,
    /// Time at which the PPA is created.
    pub created: Timestamp,
    /// First day of the work.
    pub from: Date,
    /// Planned last day.
    pub to: Date,
    /// Day on which the work ended or stopped, today at the latest; nothing before it has begun.
    pub until: Option<Date>,
}

/// Plans indicators, measurements and updates. It draws from a generator of its own.
pub fn plan(world: &mut World, course: Course) {
    let slot = course.slot;
    let when = course.created.checked_add(45.minutes()).unwrap_or(course.created);
    world.schedule(when, course.maker, move |world, work| {
        let Some(ppa) = world.ppas[slot] else { return Ok(()) };
        let (title, unit, target) = OUTPUTS[slot % OUTPUTS.len()];
        let output = json!({
            "ppa": ppa, "kind": "output", "title": title, "unit": unit, "combines": "sum",
            "targets": targets(course, target), "source": "Registers of the implementing body",
        });
        let output = create(work, &INDICATOR, output)?.id;
        let (title, baseline, target) = OUTCOMES[slot % OUTCOMES.len()];
        let outcome = json!({
            "ppa": ppa, "kind": "outcome", "title": title, "unit": "%", "baseline": baseline, "combines": "latest",
            "targets": targets(course, target), "source": "Survey of beneficiaries",
        });
        let outcome = create(work, &INDICATOR, outcome)?.id;
        if let Some(until) = course.until {
            measurements(world, course, until, [output, outcome]);
            updates(world, course, until, ppa);
        }
        Ok(())
    });
}

/// Targets of the years of the PPA.
fn targets(course: Course, target: i64) -> Vec<Json> {
    (course.from.year()..=course.to.year())
        .map(|year| json!({ "period": year.to_string(), "target": target }))
        .collect()
}

/// Plans the reports of every quarter that is over; those of the last one still wait for many PPAs.
fn measurements(world: &mut World, course: Course, until: Date, [output, outcome]: [Id; 2]) {
    let slot = course.slot;
    let mut random = Random::new(0x5e5 + slot as u64);
    let (_, _, yearly) = OUTPUTS[slot % OUTPUTS.len()];
    let (_, baseline, target) = OUTCOMES[slot % OUTCOMES.len()];
    let mut quarters = Vec::new();
    let mut day = course.from;
    while let Some(quarter) = Period::quarter_of(day).filter(|quarter| quarter.last() < until) {
        quarters.push(quarter);
        day = days::plus(quarter.last(), 1);
    }
    let count = quarters.len();
    for (place, quarter) in quarters.into_iter().enumerate() {
        let is_last = place + 1 == count;
        // A few PPAs reach little, most nearly everything.
        let share = if slot % 7 == 3 { random.between(20, 45) } else { random.between(80, 115) };
        let counted = yearly * share / 400;
        let step = (target - baseline) * share * i64::try_from(place + 1).unwrap_or(1) / 100 / 4;
        let women = counted * random.between(45, 60) / 100;
        let breakdown = [women, counted - women].into_iter().zip(SEXES);
        let breakdown: Vec<Json> =
            breakdown.map(|(value, group)| json!({ "by": "sex", "group": group, "value": value })).collect();
        let measured = [(output, counted, Json::Array(breakdown)), (outcome, baseline + step, Json::Null)];
        for (number, (indicator, value, breakdown)) in measured.into_iter().enumerate() {
            let verdict = match (slot + number + place) % 9 {
                _ if is_last && !slot.is_multiple_of(3) => None,
                4 => Some(MeasurementVerdict::Return),
                _ => Some(MeasurementVerdict::Approve),
            };
            let notes = MEASURED[(slot + place) % MEASURED.len()];
            let body = json!({
                "indicator": indicator, "period": quarter.to_string(), "value": value, "notes": notes,
                "disaggregation": breakdown,
            });
            report(world, days::plus(quarter.last(), REPORTED), slot + number, body, verdict);
        }
    }
}

/// Schedules a report by staff, and the decision of a coordinator.
fn report(world: &mut World, day: Date, turn: usize, body: Json, verdict: Option<MeasurementVerdict>) {
    let minutes = i64::try_from(9 * 60 + turn % 400).unwrap_or_default();
    let time = |world: &World, day: Date| days::at(&world.zone, days::working(day), minutes);
    let (reported, decided) = (time(world, day), time(world, days::plus(day, DECIDED)));
    let Some((reporter, decider)) = pair(world, turn) else { return };
    world.schedule(reported, reporter, move |world, work| {
        let id = create(work, &MEASUREMENT, body)?.id;
        let Some(verdict) = verdict else { return Ok(()) };
        let note = match verdict {
            MeasurementVerdict::Return => RETURNED[turn % RETURNED.len()].to_owned(),
            _ => String::new(),
        };
        world.schedule(decided, decider, move |_, work| {
            match decide(work, id, &MeasurementDecision { verdict, note }, None) {
                Ok(_) | Err(AppError::Conflict { .. }) => Ok(()),
                Err(error) => Err(error),
            }
        });
        Ok(())
    });
}

/// A member of staff and a coordinator.
fn pair(world: &World, turn: usize) -> Option<(usize, usize)> {
    let of = |role: &str| {
        let all: Vec<usize> =
            (0..world.people.len()).filter(|person| world.people[*person].role == role).collect();
        all.get(turn % all.len().max(1)).copied()
    };
    Some((of("staff")?, of("coordinator")?))
}

/// Plans an update about every two months.
fn updates(world: &mut World, course: Course, until: Date, ppa: Id) {
    let slot = course.slot;
    let mut day = days::plus(course.from, 30);
    let mut number = slot;
    while days::working(day) < until {
        let Some((person, coordinator)) = pair(world, number) else { return };
        let (update_type, notes, next) = UPDATES[number % UPDATES.len()];
        let on = days::working(day);
        let mut body = json!({ "ppa": ppa, "update_type": update_type, "date": on, "notes": notes });
        let due = days::working(days::plus(on, 14));
        if !next.is_empty() {
            body["next_steps"] = json!(next);
        }
        // A PPA that ended or stopped leaves nothing to follow up.
        if update_type == "status" && (due < until || until == world.today) {
            body["follow_up_date"] = json!(due);
        }
        if update_type == "progress" {
            let (past, whole) = (days::apart(course.from, on), days::apart(course.from, course.to).max(1));
            body["progress"] = json!((past * 100 / whole).clamp(0, 100));
        }
        let when = days::at(&world.zone, on, 16 * 60 + i64::try_from(slot % 45).unwrap_or_default());
        let done = days::at(&world.zone, due, 11 * 60);
        let is_forgotten = until == world.today && slot.is_multiple_of(8);
        world.schedule(when, person, move |world, work| {
            let made = create(work, &UPDATE, body)?;
            if let Some(task) = update_of::FOLLOW_UP_TASK.get(&made).filter(|_| !is_forgotten) {
                world.schedule(done, coordinator, move |_, work| {
                    update(work, &TASK, task, json!({ "status": "completed" })).map(|_| ())
                });
            }
            Ok(())
        });
        day = days::plus(day, 62);
        number += 1;
    }
}
