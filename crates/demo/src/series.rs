//! Series: meetings of the office and reports, with moved and cancelled occurrences.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use obcms_app::calendar::series::{Scope, Target, change};
use obcms_app::{AppError, UnitOfWork, records};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{EVENT, TASK, event};
use obcms_domain::registry::Kind;
use serde_json::{Value as Json, json};

use crate::days;
use crate::tasks::{Ending, follow};
use crate::world::{World, create};

/// Plans the series.
pub fn plan(world: &mut World) {
    let monday = next(days::plus(world.today, -112), Weekday::Monday);
    meeting(
        world,
        "Weekly staff meeting",
        "FREQ=WEEKLY;BYDAY=MO",
        (monday, 9, 90),
        "Conference room",
        |world| {
            let coming = next(days::plus(world.today, 1), Weekday::Monday);
            vec![
                Change::Moved(
                    coming,
                    json!({ "start": local(days::plus(coming, 1), 13), "venue": "Training hall" }),
                ),
                Change::Cancelled(days::plus(coming, 28)),
                Change::Cancelled(days::plus(coming, -42)),
            ]
        },
    );
    let tuesday = nth(days::plus(world.today, -190), Weekday::Tuesday, 2);
    meeting(
        world,
        "Monthly coordination meeting with ministries and offices",
        "FREQ=MONTHLY;BYDAY=2TU",
        (tuesday, 14, 120),
        "Regional office, session hall",
        |world| {
            let coming = nth(days::plus(world.today, 20), Weekday::Tuesday, 2);
            vec![Change::Moved(
                coming,
                json!({ "title": "Monthly coordination meeting: closing of the year" }),
            )]
        },
    );
    let thursday = nth(days::plus(world.today, -240), Weekday::Thursday, 3);
    let rule = "FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH";
    meeting(
        world,
        "Quarterly OCM meeting",
        rule,
        (thursday, 10, 180),
        "Office of the Chief Minister",
        |_| Vec::new(),
    );
    report(world, "staff", "Monthly accomplishment report", "FREQ=MONTHLY;BYMONTHDAY=-1", month_end(world));
    let friday = next(days::plus(world.today, -40), Weekday::Friday);
    report(world, "coordinator", "Weekly summary for the head of office", "FREQ=WEEKLY;BYDAY=FR", friday);
}

/// Change of a single occurrence.
enum Change {
    Moved(Date, Json),
    Cancelled(Date),
}

fn local(day: Date, hour: i64) -> String {
    format!("{day}T{hour:02}:00:00")
}

/// Returns the day itself or the next one with this weekday.
fn next(day: Date, weekday: Weekday) -> Date {
    days::plus(day, i64::from(day.weekday().until(weekday)))
}

/// Returns this weekday of the month, of the first month in which it is not before the day.
fn nth(day: Date, weekday: Weekday, number: i64) -> Date {
    let of = |month: Date| days::plus(next(month.first_of_month(), weekday), (number - 1) * 7);
    let found = of(day);
    if found < day { of(days::plus(day.last_of_month(), 1)) } else { found }
}

fn month_end(world: &World) -> Date {
    days::plus(world.today, -100).last_of_month()
}

fn meeting(
    world: &mut World,
    title: &'static str,
    rule: &'static str,
    (first, hour, minutes): (Date, i64, i64),
    venue: &'static str,
    changes: impl FnOnce(&World) -> Vec<Change> + 'static,
) {
    let organizer = world.known["coordinator"];
    let mut people: Vec<Id> = world.id_of(organizer).into_iter().collect();
    people.extend(world.id_of(world.known["staff"]));
    let start = days::at(&world.zone, first, hour * 60);
    let end = days::at(&world.zone, first, hour * 60 + minutes);
    let created = days::at(&world.zone, days::plus(first, -7), 10 * 60);
    world.schedule(created, organizer, move |world, work| {
        let members = json!({
            "title": title, "event_type": "meeting", "start": start, "end": end, "venue": venue, "rrule": rule,
            "organizer": people[0], "participants": people, "status": "scheduled",
        });
        let id = create(work, &EVENT, members)?.id;
        let late = days::at(&world.zone, days::plus(world.today, -2), 11 * 60);
        for (number, change) in (0..).zip(changes(world)) {
            let when = late.checked_add((number * 7).minutes()).unwrap_or(late);
            world.schedule(when, organizer, move |_, work| {
                match change {
                    Change::Moved(day, members) => one(work, &EVENT, id, &local(day, hour), members),
                    Change::Cancelled(day) => left_out(work, id, &local(day, hour)),
                }
            });
        }
        follow(world, work, id, Ending::Done(end))
    });
}

/// Plans a monthly or weekly task. Past occurrences are completed, except the last one.
fn report(world: &mut World, role: &'static str, title: &'static str, rule: &'static str, first: Date) {
    let person = world.known[role];
    let by = world.id_of(person);
    let created = days::at(&world.zone, days::plus(first, -7), 9 * 60);
    world.schedule(created, person, move |world, work| {
        let members = json!({ "title": title, "due_date": first, "rrule": rule, "assignees": [by] });
        let id = create(work, &TASK, members)?.id;
        world.followed.insert(id);
        let mut due = first;
        let following = |day: Date| {
            if rule.contains("WEEKLY") { days::plus(day, 7) } else { days::plus(day, 1).last_of_month() }
        };
        while following(due) < world.today {
            let when: Timestamp = days::at(&world.zone, due, 16 * 60);
            world.schedule(when, person, move |_, work| {
                one(work, &TASK, id, &due.to_string(), json!({ "status": "completed" }))
            });
            due = following(due);
        }
        Ok(())
    });
}

/// Changes one occurrence with the commands that people use.
fn one(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    recurrence_id: &str,
    members: Json,
) -> Result<(), AppError> {
    let target = Target { kind, id, recurrence_id, scope: Scope::This, expected: None };
    let Json::Object(input) = members else {
        return Ok(());
    };
    change(work, &target, &input)?;
    Ok(())
}

fn left_out(work: &mut UnitOfWork<'_, '_>, id: Id, recurrence_id: &str) -> Result<(), AppError> {
    let event = work.load(&EVENT, id)?;
    let mut dates: Vec<&str> = event::EXDATES.get(&event);
    dates.push(recurrence_id);
    let input = records::Input::from_iter([("exdates".to_owned(), json!(dates))]);
    records::update(work, &EVENT, id, &input, None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekdays_are_found_by_position() {
        assert_eq!(next(date(2026, 11, 23), Weekday::Monday), date(2026, 11, 23));
        assert_eq!(next(date(2026, 11, 24), Weekday::Monday), date(2026, 11, 30));
        assert_eq!(nth(date(2026, 11, 1), Weekday::Tuesday, 2), date(2026, 11, 10));
        assert_eq!(nth(date(2026, 11, 11), Weekday::Tuesday, 2), date(2026, 12, 8));
    }
}
