//! Progress of tasks: most are completed in time, some late, some not yet; and the manual tasks.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use obcms_app::{AppError, UnitOfWork};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use serde_json::json;

use crate::content::tasks::{REASONS, REMARKS, TASKS};
use crate::world::{World, create, update};
use crate::{days, words};

/// Outcome of the origin of tasks.
#[derive(Clone, Copy)]
pub enum Ending {
    /// Still in progress.
    Open,
    /// Completed at that time, together with its tasks.
    Done(Timestamp),
    /// Cancelled at that time.
    Cancelled(Timestamp),
    /// On hold from that time.
    Held(Timestamp),
}

/// Outcome of one task.
enum Fate {
    /// Not started.
    Waits,
    /// Started, with this progress.
    Begins(Timestamp, i64),
    /// On hold.
    Rests(Timestamp),
    /// Cancelled.
    Dropped(Timestamp),
    /// Completed.
    Finishes(Timestamp),
}

/// Decides the outcome of the tasks of an origin, in order of their dependencies.
pub fn follow(
    world: &mut World,
    work: &mut UnitOfWork<'_, '_>,
    origin: Id,
    ending: Ending,
) -> Result<(), AppError> {
    let ids = obcms_store::tasks::of_origin(work.tx, origin)?;
    let ids: Vec<Id> = ids.into_iter().filter(|id| !world.followed.contains(id)).collect();
    let mut tasks = obcms_store::records::load_many(work.tx, &TASK, &ids)?;
    tasks.sort_by_key(|task| task.id);
    let mut finished: HashMap<Id, Option<Timestamp>> = HashMap::new();
    let count = tasks.len();
    for (number, task) in tasks.iter().enumerate() {
        world.followed.insert(task.id);
        let is_awaited = tasks.iter().any(|other| task::DEPENDS_ON.get(other).contains(&task.id));
        let mut earliest = work.now.checked_add(20.minutes()).unwrap_or(work.now);
        let mut is_blocked = false;
        for other in task::DEPENDS_ON.get(task) {
            match finished.get(other) {
                Some(Some(done)) => earliest = earliest.max(done.checked_add(20.minutes()).unwrap_or(*done)),
                _ => is_blocked = true,
            }
        }
        let rest = i64::try_from(count - number).unwrap_or(1);
        let fate = match ending {
            Ending::Done(end) => {
                finish_before(world, task, earliest, end.checked_sub((rest * 25).minutes()).unwrap_or(end))
            }
            Ending::Cancelled(end) | Ending::Held(end)
                if is_blocked || due(world, task) >= world.day(end) =>
            {
                let after = end.checked_add((count as i64 - rest + 1).minutes()).unwrap_or(end).max(earliest);
                if matches!(ending, Ending::Held(_)) { Fate::Rests(after) } else { Fate::Dropped(after) }
            }
            _ if is_blocked => Fate::Waits,
            _ => fate(world, task, earliest, is_awaited),
        };
        let done = match fate {
            Fate::Finishes(when) | Fate::Dropped(when) => Some(when).filter(|when| *when < world.now),
            _ => None,
        };
        finished.insert(task.id, done);
        carry_out(world, task, &fate, earliest);
    }
    Ok(())
}

fn due(world: &World, task: &Record) -> Date {
    task::DUE_DATE.get(task).unwrap_or(world.today)
}

fn finish_before(world: &mut World, task: &Record, earliest: Timestamp, end: Timestamp) -> Fate {
    let day = days::working(days::plus(due(world, task), -1));
    let planned = world.office_hours(day);
    Fate::Finishes(planned.min(end).max(earliest))
}

fn fate(world: &mut World, task: &Record, earliest: Timestamp, is_awaited: bool) -> Fate {
    let due = due(world, task);
    let age = days::apart(due, world.today);
    let random = &mut world.random;
    let yesterday = days::plus(world.today, -1);
    if age > 0 {
        let open = match age {
            1..=3 => 18,
            4..=14 => 10,
            15..=45 => 5,
            _ => 2,
        };
        // Prerequisites of other tasks are completed sooner.
        let open = if is_awaited { open / 4 } else { open };
        if random.chance(open) {
            let begun = days::plus(due, -random.between(1, 4));
            // Late work is mostly nearly done.
            let part = random.between(8, 19) * 5;
            let choice = random.below(5);
            let when = world.office_hours(days::working(begun).min(yesterday)).max(earliest);
            return match choice {
                0 => Fate::Waits,
                1 => Fate::Rests(when),
                _ => Fate::Begins(when, part),
            };
        }
        let late = random.chance(16);
        let shift = if late { random.between(1, 6) } else { -random.between(0, 4) };
        let day = days::plus(due, shift).min(yesterday);
        let when =
            world.office_hours(if days::is_working(day) { day } else { days::plus(day, -1) }).max(earliest);
        return if world.random.chance(3) { Fate::Dropped(when) } else { Fate::Finishes(when) };
    }
    let (done, begun) = match -age {
        0..=4 => (14, 40),
        5..=14 => (6, 22),
        15..=40 => (2, 6),
        _ => (0, 2),
    };
    let ago = random.between(1, 9);
    let roll = random.between(1, 100);
    let part = random.between(1, 15) * 5;
    let when = world.office_hours(world.not_after_yesterday(days::plus(world.today, -ago))).max(earliest);
    match roll {
        roll if roll <= done => Fate::Finishes(when),
        roll if roll <= done + begun => Fate::Begins(when, part),
        98 => Fate::Rests(when),
        99 if age > -60 => Fate::Dropped(when),
        _ => Fate::Waits,
    }
}

/// Draws who updates the task: an assignee, or a member of the team.
fn performer(world: &mut World, task: &Record) -> usize {
    let assignee = task::ASSIGNEES.get(task).iter().find_map(|id| world.person(*id));
    let of_office =
        |world: &World, person: usize| ["staff", "coordinator", "admin"].contains(&world.people[person].role);
    if let Some(person) = assignee.filter(|person| world.people[*person].role != "partner") {
        return person;
    }
    let teams = task::TEAMS.get(task);
    let members: Vec<usize> = (0..world.people.len())
        .filter(|person| of_office(world, *person))
        .filter(|person| world.people[*person].actor.teams.iter().any(|team| teams.contains(team)))
        .collect();
    if members.is_empty() { world.of_role("coordinator") } else { *world.random.pick(&members) }
}

fn carry_out(world: &mut World, task: &Record, fate: &Fate, earliest: Timestamp) {
    let id = task.id;
    let person = performer(world, task);
    let move_to = |world: &mut World, when: Timestamp, change: serde_json::Value, note: &'static str| {
        world.schedule(when, person, move |_, work| {
            // A project that returned to an earlier stage archives the tasks of later stages.
            if work.find(&TASK, id)?.is_none_or(|task| task.is_archived()) {
                return Ok(());
            }
            note.clone_into(&mut work.note);
            update(work, &TASK, id, change)?;
            Ok(())
        });
    };
    match fate {
        Fate::Waits => {}
        Fate::Begins(when, part) => move_to(world, *when, json!({ "progress": part }), ""),
        Fate::Rests(when) => {
            let reason = *world.random.pick(REASONS);
            move_to(world, *when, json!({ "status": "on_hold" }), reason);
        }
        Fate::Dropped(when) => {
            let reason = *world.random.pick(REASONS);
            move_to(world, *when, json!({ "status": "cancelled" }), reason);
        }
        Fate::Finishes(when) => {
            let draw = world.random.between(2, 72);
            let earlier = |minutes: i64| when.checked_sub(minutes.minutes()).unwrap_or(*when);
            let has_report = earlier(draw * 30) > earliest && world.random.chance(30);
            let part = if has_report { world.random.between(4, 16) * 5 } else { 20 + draw / 5 * 5 };
            // Most work takes a few days.
            let begun = earlier(draw * 120).max(earliest);
            if begun < *when {
                move_to(world, begun, json!({ "progress": part }), "");
            }
            let remark = if world.random.chance(8) { *world.random.pick(REMARKS) } else { "" };
            let done = finished(task, draw);
            move_to(world, *when, done, remark);
        }
    }
}

/// Returns the change that completes a task; most people state the hours, which differ from the estimate.
fn finished(task: &Record, draw: i64) -> serde_json::Value {
    let estimated = task::ESTIMATED_HOURS.get(task).unwrap_or(0);
    if estimated == 0 || draw % 10 > 6 {
        return json!({ "status": "completed" });
    }
    // Quarters of an hour, from 60 to 150 percent of the estimate.
    let quarters = (estimated * (60 + draw * 90 / 72) / 100 / 25).max(1);
    json!({ "status": "completed", "actual_hours": quarters as f64 / 4.0 })
}

/// Plans the manual tasks, as many as are missing to the requested number after the generated ones.
pub fn plan(world: &mut World, generated: usize) {
    let count = world.counts.tasks.saturating_sub(generated);
    let (staff, coordinator) = (world.known["staff"], world.known["coordinator"]);
    for number in 0..count {
        // The first tasks fill the week of two of the printed accounts.
        let (person, due) = match number {
            0..24 => {
                let person = if number % 2 == 0 { staff } else { coordinator };
                let offset = [-9, -6, -4, -3, -2, -1, 0, 0, 1, 2, 3, 5][number / 2];
                (person, days::plus(world.today, offset))
            }
            _ => {
                let span = days::apart(days::plus(world.first_day, 60), world.today);
                let back = world.random.between(0, span);
                // More tasks in recent weeks than in the early days of the office.
                let back = if world.random.chance(60) { back * back / span.max(1) } else { back };
                let ahead = world.random.between(-2, 26);
                (world.worker(), days::working(days::plus(world.today, ahead - back)))
            }
        };
        ad_hoc(world, number, person, due);
    }
}

fn ad_hoc(world: &mut World, number: usize, person: usize, due: Date) {
    let seed = TASKS[(number * 11 + number / TASKS.len()) % TASKS.len()];
    let place = world.place();
    let lead_time = world.random.between(3, 18);
    let created_on = world.not_after_yesterday(days::plus(due, -lead_time));
    let created = world.office_hours(created_on);
    let title = words::fill(seed.title, &place, due);
    let origin = if seed.title.contains("{community}") { Some(place.id) } else { None };
    let start = world.random.chance(40).then(|| days::plus(due, -world.random.between(0, 3)));
    let priority = *world.random.pick(&["low", "medium", "medium", "medium", "high", "high", "critical"]);
    // A few are assigned by a coordinator; most people create their own.
    let maker = if world.random.chance(30) { world.of_role("coordinator") } else { person };
    // Late and open on purpose, so that the two accounts have tasks today.
    let is_kept_open = number < 24 && (6..12).contains(&(number / 2)) || number < 6;
    world.schedule(created, maker, move |world, work| {
        let input = json!({
            "title": title, "domain": seed.domain, "due_date": due, "start_date": start, "priority": priority,
            "assignees": [world.id_of(person)], "estimated_hours": seed.hours,
            "origin": origin.map(|id| json!({ "kind": "community", "id": id })),
        });
        let task = create(work, &TASK, input)?;
        world.followed.insert(task.id);
        let earliest = work.now.checked_add(20.minutes()).unwrap_or(work.now);
        let fate = if is_kept_open {
            match number % 4 {
                0 | 1 => Fate::Waits,
                3 if number > 8 => Fate::Rests(earliest),
                _ => Fate::Begins(earliest, 20 + 5 * i64::try_from(number).unwrap_or(0) % 60),
            }
        } else {
            fate(world, &task, earliest, false)
        };
        carry_out(world, &task, &fate, earliest);
        Ok(())
    });
}
