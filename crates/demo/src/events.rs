//! Events from nine months ago to six months ahead, mostly on working days and in office hours.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::EVENT;
use serde_json::{Value as Json, json};

use crate::content::events::{AGENDA_FRAME, AGENDA_ITEMS, EVENTS, Event, OUTCOMES};
use crate::content::tasks::REASONS;
use crate::content::venues::{PLATFORMS, VENUES};
use crate::tasks::{Ending, follow};
use crate::templates::expect;
use crate::world::{Place, World, create, update};
use crate::{days, words};

/// Types of events that can be held online.
const VIRTUAL: [&str; 5] = ["meeting", "briefing", "review", "orientation", "seminar"];
/// Statuses of future events.
const ANNOUNCED: [&str; 8] =
    ["scheduled", "confirmed", "planned", "scheduled", "draft", "confirmed", "scheduled", "planned"];

/// Plans the events.
pub fn plan(world: &mut World) {
    for number in 0..world.counts.events {
        let day = day(world, number);
        let seed = seed(world, number);
        event(world, number, &seed, day);
    }
}

/// Draws the day: the first few around today, then four of five in the past, and fewer the further ahead.
fn day(world: &mut World, number: usize) -> Date {
    let offset = match number {
        0..5 => 0,
        5..9 => 1,
        9 => -1,
        10..14 => 2,
        _ if world.random.chance(79) => -world.random.between(1, 274),
        _ => {
            let ahead = world.random.between(1, 182);
            (ahead * ahead / 182).max(1)
        }
    };
    let day = days::plus(world.today, offset);
    // Events shown for today stay there, even on a Sunday.
    if number < 10 || world.random.chance(4) { day } else { days::working(day) }
}

/// Draws the content: every type once, then mostly meetings, and rarely conferences.
fn seed(world: &mut World, number: usize) -> Event {
    let mut types: Vec<&str> = EVENTS.iter().map(|event| event.event_type).collect();
    types.dedup();
    if number == 9 {
        // The event in progress overnight.
        return Event {
            hours: 24,
            ..*EVENTS.iter().find(|event| event.event_type == "workshop").unwrap_or(&EVENTS[0])
        };
    }
    if (20..20 + types.len()).contains(&number) {
        let fitting: Vec<&Event> =
            EVENTS.iter().filter(|event| event.event_type == types[number - 20]).collect();
        return **world.random.pick(&fitting);
    }
    let wanted = match world.random.between(1, 100) {
        1..=34 => &["meeting"][..],
        35..=58 => &["review", "planning", "briefing", "orientation"],
        59..=75 => &["consultation", "field_visit", "courtesy_call", "validation"],
        76..=98 => &["workshop", "forum", "seminar", "assessment", "other", "field_visit"],
        _ => &["conference"],
    };
    let short_only = number < 9;
    let fitting: Vec<&Event> = EVENTS
        .iter()
        .filter(|event| wanted.contains(&event.event_type) && (!short_only || event.hours <= 4))
        .collect();
    if fitting.is_empty() { EVENTS[0] } else { **world.random.pick(&fitting) }
}

/// Draws the venue, and the link for joining.
fn venue(world: &mut World, seed: &Event, place: &Place, is_virtual: bool) -> (String, Option<String>) {
    if is_virtual {
        let platform = world.random.pick(PLATFORMS);
        let room = world.random.between(100_000_000, 999_999_999);
        return ((*platform).to_owned(), Some(format!("https://meet.example.org/{room}")));
    }
    let there: Vec<_> = VENUES
        .iter()
        .filter(|venue| venue.municipality == place.municipality_code && venue.capacity >= seed.participants)
        .collect();
    let is_outside = seed.title.contains("{community}") || seed.title.contains("{municipality}");
    if is_outside && there.is_empty() {
        let hall =
            if seed.title.contains("{community}") { "Barangay hall" } else { "Municipal session hall" };
        let area = if seed.title.contains("{community}") { &place.name } else { &place.municipality };
        return (format!("{hall}, {area}"), None);
    }
    if is_outside {
        return (format!("{}, {}", world.random.pick(&there).name, place.municipality), None);
    }
    let near: Vec<_> =
        VENUES.iter().take(5).filter(|venue| venue.capacity >= seed.participants.min(300)).collect();
    (world.random.pick(&near).name.to_owned(), None)
}

/// Returns start, end and whether the event takes whole days.
fn hours(world: &mut World, seed: &Event, first: Date) -> (bool, Json, Json, Timestamp) {
    if seed.hours > 8 || (seed.hours == 8 && world.random.chance(40)) {
        let days = (seed.hours + 7) / 8;
        let end = days::plus(first, days);
        return (true, json!(first), json!(end), days::at(&world.zone, end, 0));
    }
    let latest = (17 - seed.hours).max(8);
    let mut hour = world.random.between(8, latest);
    // Short events do not begin at lunch time.
    if hour == 12 {
        hour = 13.min(latest);
    }
    let half = if world.random.chance(35) && hour < latest { 30 } else { 0 };
    let start = days::at(&world.zone, first, hour * 60 + half);
    let end = days::at(&world.zone, first, (hour + seed.hours) * 60 + half);
    (false, json!(start), json!(end), end)
}

/// Draws the organizer: around today often one of the printed accounts.
fn organizer(world: &mut World, number: usize, first: Date) -> usize {
    let near = days::apart(world.today, first).abs() <= 10;
    match number {
        0 | 5 | 10 => world.known["staff"],
        1 | 6 | 9 | 11 => world.known["coordinator"],
        _ if near && world.random.chance(12) => world.known["coordinator"],
        _ if near && world.random.chance(12) => world.known["staff"],
        _ => world.worker(),
    }
}

fn event(world: &mut World, number: usize, seed: &Event, first: Date) {
    let place = world.place();
    let organizer = organizer(world, number, first);
    let (all_day, start, end, over) = hours(world, seed, first);
    let is_virtual = !all_day && number > 3 && VIRTUAL.contains(&seed.event_type) && world.random.chance(22);
    let (venue, link) = venue(world, seed, &place, is_virtual);
    let mut participants: Vec<Id> = Vec::new();
    if number < 14 {
        participants.extend(
            [world.id_of(world.known["staff"]), world.id_of(world.known["coordinator"])]
                .into_iter()
                .flatten(),
        );
    }
    for _ in 0..world.random.between(2, 7) {
        let guest = world.random.below(world.people.len());
        participants.extend(world.id_of(guest).filter(|id| !participants.contains(id)));
    }
    let bodies: Vec<Id> = world.organizations.iter().map(|known| known.id).collect();
    let invited = if seed.participants > 18 { 3 } else { usize::from(world.random.chance(40)) };
    let invited = world.random.some(&bodies, invited);
    let community = seed.title.contains("{community}").then_some(place.id);
    let items = world.random.some(AGENDA_ITEMS, 3);
    let agenda: Vec<&str> = AGENDA_FRAME.0.iter().chain(&items).chain(AGENDA_FRAME.1).copied().collect();
    let facilitators: Vec<Id> =
        participants.iter().take(usize::from(seed.participants > 25)).copied().collect();
    // Far events are announced in recent weeks, near ones some weeks before.
    let lead_time = world.random.between(9, 32);
    let recent = days::plus(world.today, -world.random.between(1, 24));
    let created = world.office_hours(world.not_after_yesterday(days::plus(first, -lead_time).min(recent)));
    let priority = *world.random.pick(&["low", "medium", "medium", "medium", "high", "critical"]);
    let expected = seed.participants;
    let input = json!({
        "title": words::fill(seed.title, &place, first), "event_type": seed.event_type, "all_day": all_day,
        "start": start, "end": end, "venue": venue, "virtual_link": link, "description": words::fill(seed.purpose, &place, first),
        "status": ANNOUNCED[number % ANNOUNCED.len()], "organizer": world.id_of(organizer), "participants": participants,
        "facilitators": facilitators, "organizations": invited, "community": community, "priority": priority,
        "agenda": agenda.join("\n"), "expected_participants": expected,
    });
    expect(world, created, "event", "event_type", seed.event_type);
    let starts = days::at(&world.zone, first, 8 * 60);
    world.schedule(created, organizer, move |world, work| {
        let id = create(work, &EVENT, input)?.id;
        let before = world.later(created, 2, 6).min(starts).max(created);
        let off = match number {
            0..20 => None,
            _ if number % 23 == 20 => Some("cancelled"),
            _ if number % 31 == 21 => Some("postponed"),
            _ => None,
        };
        if let Some(status) = off {
            let reason = *world.random.pick(REASONS);
            world.schedule(before, organizer, move |_, work| {
                reason.clone_into(&mut work.note);
                update(work, &EVENT, id, json!({ "status": status }))?;
                Ok(())
            });
            let ending = if status == "cancelled" { Ending::Cancelled(before) } else { Ending::Held(before) };
            return follow(world, work, id, ending);
        }
        if number % 37 == 22 {
            world.schedule(before, organizer, move |_, work| {
                update(work, &EVENT, id, json!({ "status": "rescheduled" }))?;
                Ok(())
            });
        }
        if all_day {
            world.schedule(starts, organizer, move |_, work| {
                update(work, &EVENT, id, json!({ "status": "in_progress" }))?;
                Ok(())
            });
        }
        let came = expected * world.random.between(60, 115) / 100;
        let outcomes = world.random.some(OUTCOMES, 2).join("\n");
        let minutes = world.random.chance(45).then(|| agenda.join("\n"));
        // Some reports are overdue, and the status stays until they are written.
        let is_rescheduled = number % 37 == 22;
        if is_rescheduled {
            return follow(world, work, id, Ending::Open);
        }
        world.schedule(over, organizer, move |_, work| {
            let report = json!({
                "status": "completed", "actual_participants": came, "outcomes": outcomes, "minutes": minutes,
            });
            update(work, &EVENT, id, report)?;
            Ok(())
        });
        follow(world, work, id, Ending::Open)
    });
}
