//! Calendar feed and export: rights that match the policy, cache, order, iCalendar.
#![allow(clippy::unwrap_used)] // A failed step ends the test.

mod common;

use common::{bare, input};
use jiff::civil::date;
use obcms_app::calendar::CalendarQuery;
use obcms_app::calendar::icalendar::About;
use obcms_app::{Actor, App};
use obcms_domain::accounts::{Action, Role};
use obcms_domain::kinds::{EVENT, ORGANIZATION, PPA, TASK, TEAM, USER};
use obcms_domain::registry::{Kind, Record};
use obcms_store::records;
use serde_json::{Value as Json, json};

fn make(app: &App, actor: &Actor, kind: &'static Kind, members: Json) -> Record {
    app.create(actor, kind, &input(members)).unwrap()
}

/// Creates a person, and records in every relation that the policy distinguishes.
fn people_and_records(app: &App) -> (Record, Vec<Record>) {
    let program = Actor::program();
    let organization =
        make(app, &program, &ORGANIZATION, json!({ "name": "Ministry", "organization_type": "bmoa" }));
    let user = make(
        app,
        &program,
        &USER,
        json!({
            "username": "nena", "full_name": "Nena", "roles": ["admin"], "organization": organization.id
        }),
    );
    let team = make(app, &program, &TEAM, json!({ "name": "Field", "members": [user.id] }));
    let own = app.actor_of(user.id).unwrap().unwrap();
    let event = |members: Json| {
        let mut all = input(json!({ "title": "Event", "start": "2027-03-10T09:00:00+08:00" }));
        all.extend(input(members));
        Json::Object(all)
    };
    let task = |members: Json| {
        let mut all = input(json!({ "title": "Task", "due_date": "2027-03-10", "assignees": [] }));
        all.extend(input(members));
        Json::Object(all)
    };
    let ppa = |members: Json| {
        let mut all = input(json!({ "title": "PPA", "category": "obc_request", "start_date": "2027-03-10" }));
        all.extend(input(members));
        Json::Object(all)
    };
    let records = vec![
        make(app, &program, &TASK, task(json!({}))),
        make(app, &own, &TASK, task(json!({}))),
        make(app, &program, &TASK, task(json!({ "assignees": [user.id] }))),
        make(app, &program, &TASK, task(json!({ "teams": [team.id] }))),
        make(app, &program, &EVENT, event(json!({}))),
        make(app, &own, &EVENT, event(json!({ "organizer": null }))),
        make(app, &program, &EVENT, event(json!({ "participants": [user.id] }))),
        make(app, &program, &EVENT, event(json!({ "organizations": [organization.id] }))),
        make(app, &program, &PPA, ppa(json!({}))),
        make(app, &own, &PPA, ppa(json!({ "manager": null }))),
        make(app, &program, &PPA, ppa(json!({ "manager": user.id }))),
        make(app, &program, &PPA, ppa(json!({ "lead_organization": organization.id }))),
    ];
    (user, records)
}

#[test]
fn feed_rights_match_the_policy() {
    let home = bare("calendar");
    let app = &home.app;
    let (user, made) = people_and_records(app);
    let query = CalendarQuery::days(date(2027, 3, 10), date(2027, 3, 11), app.zone());
    let as_admin = app.actor_of(user.id).unwrap().unwrap();
    let mut sets: Vec<Vec<Role>> = Role::ALL.into_iter().map(|role| vec![role]).collect();
    sets.extend([vec![], vec![Role::Partner, Role::Staff], vec![Role::Partner, Role::Executive]]);
    for roles in sets {
        let actor = Actor { roles: roles.clone(), ..as_admin.clone() };
        let (_, feed) = app.calendar(&actor, &query).unwrap();
        for record in &made {
            let entry = feed.entries.iter().find(|entry| entry.row.record_id == record.id);
            let (sees, edits) = app
                .read(|tx| {
                    let record = records::load(tx, record.kind, record.id)?.unwrap();
                    let sees = actor.may_on(tx, Action::View, &record)?;
                    // The right to write the field of the date is the right to move.
                    let start = record.kind.dates[0].start;
                    Ok((sees, sees && actor.writable(tx, &record)?.allows_name(start)))
                })
                .unwrap();
            assert_eq!(entry.is_some(), sees, "{roles:?} sees {record:?}");
            assert_eq!(entry.is_some_and(|entry| entry.editable), edits, "{roles:?} moves {record:?}");
        }
    }
}

#[test]
fn cache_follows_every_change() {
    let home = bare("calendar-kept");
    let app = &home.app;
    let program = Actor::program();
    let user =
        make(app, &program, &USER, json!({ "username": "nena", "full_name": "Nena", "roles": ["admin"] }));
    let query = CalendarQuery::days(date(2027, 3, 1), date(2027, 4, 1), app.zone());
    let admin = app.actor_of(user.id).unwrap().unwrap();
    let shown = || {
        let (_, feed) = app.calendar(&admin, &query).unwrap();
        feed.entries.iter().map(|entry| feed.value(entry).unwrap()).collect::<Vec<Json>>()
    };
    assert!(shown().is_empty());
    let event = make(
        app,
        &program,
        &EVENT,
        json!({
            "title": "Weekly", "start": "2027-03-01T09:00:00+08:00", "rrule": "FREQ=WEEKLY", "participants": [user.id]
        }),
    );
    assert_eq!(shown().len(), 5, "the Mondays of March");
    assert_eq!(shown()[0]["people"][0]["name"], "Nena");
    app.update(&program, &USER, user.id, &input(json!({ "full_name": "Nena Cruz" })), None).unwrap();
    assert!(shown().iter().all(|entry| entry["people"][0]["name"] == "Nena Cruz"));
    app.update(&program, &EVENT, event.id, &input(json!({ "title": "Each week" })), None).unwrap();
    assert!(shown().iter().all(|entry| entry["title"] == "Each week"));
    app.archive(&program, &EVENT, event.id, None).unwrap();
    assert!(shown().is_empty());
    app.restore(&program, &EVENT, event.id, None).unwrap();
    assert_eq!(shown().len(), 5);
}

#[test]
fn occurrences_are_merged_in_order() {
    let home = bare("calendar-order");
    let app = &home.app;
    let program = Actor::program();
    for (title, start, rule) in [
        ("Daily", "2026-01-01T10:00:00+08:00", "FREQ=DAILY"),
        ("Twice a week", "2027-02-26T10:00:00+08:00", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("A first", "2027-03-01T10:00:00+08:00", ""),
        ("Z last", "2027-03-31T10:00:00+08:00", ""),
        ("Between", "2027-03-10T09:00:00+08:00", ""),
        ("Easily the same time", "2027-03-12T10:00:00+08:00", ""),
    ] {
        make(app, &program, &EVENT, json!({ "title": title, "start": start, "rrule": rule }));
    }
    for (title, start) in [("Month", "2027-02-01"), ("Half of it", "2027-03-12")] {
        make(app, &program, &TASK, json!({ "title": title, "start_date": start, "due_date": "2027-03-28" }));
    }
    let query = CalendarQuery::days(date(2027, 3, 1), date(2027, 4, 1), app.zone());
    let (_, feed) = app.calendar(&program, &query).unwrap();
    let found: Vec<_> = feed.entries.iter().map(|entry| (entry.row.start, entry.row.title.clone())).collect();
    assert_eq!(found.len(), 31 + 9 + 4 + 2);
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn icalendar_reflects_every_change() {
    let home = bare("calendar-programs");
    let app = &home.app;
    let program = Actor::program();
    let user =
        make(app, &program, &USER, json!({ "username": "nena", "full_name": "Nena", "roles": ["admin"] }));
    let event = make(
        app,
        &program,
        &EVENT,
        json!({ "title": "Visit", "start": "2027-03-10T09:00:00+08:00", "participants": [user.id] }),
    );
    let query = CalendarQuery::days(date(2027, 3, 1), date(2027, 4, 1), app.zone());
    let about =
        |address: &str| About { name: "All".to_owned(), module: None, address: Some(address.to_owned()) };
    let told = |address: &str| {
        let (_, written) = app.icalendar(&program, &query, &about(address)).unwrap();
        let mut out = Vec::new();
        (0..written.count()).for_each(|piece| written.write(piece, &mut out));
        (String::from_utf8(out).unwrap().replace("\r\n ", ""), written.digest)
    };
    let (first, digest) = told("https://one.example");
    assert!(first.contains("People: Nena") && first.contains("URL:https://one.example/"), "{first}");
    assert_eq!(told("https://one.example"), (first, digest), "the same bytes and tag");
    let (other, _) = told("https://two.example");
    assert!(other.contains("URL:https://two.example/") && !other.contains("one.example"), "{other}");
    // The calendar table contains neither the description nor the names of people.
    app.update(&program, &EVENT, event.id, &input(json!({ "description": "Bring water" })), None).unwrap();
    let (described, second) = told("https://one.example");
    assert!(described.contains("Bring water") && described.contains("SEQUENCE:1"), "{described}");
    assert_ne!(second, digest);
    app.update(&program, &USER, user.id, &input(json!({ "full_name": "Nena Cruz" })), None).unwrap();
    let (renamed, third) = told("https://one.example");
    assert!(renamed.contains("People: Nena Cruz"), "{renamed}");
    assert_ne!(third, second);
}
