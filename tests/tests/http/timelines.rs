//! Timelines: rows, and reassignment of entries to another person or resource.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::ToSpan;
use obcms_tests::{Answer, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Returns a time so many days from now, in the zone of the office.
fn at(server: &Server, days: i64, time: &str) -> String {
    let zone = server.app().zone().clone();
    let day = server.app().now().to_zoned(zone).date().checked_add(days.days()).unwrap();
    format!("{day}T{time}:00+08:00")
}

/// Returns the first entry of the record within the next weeks.
fn entry(server: &Server, client: &Client, record: &Value) -> Value {
    let (start, end) = (at(server, 0, "00:00"), at(server, 60, "00:00"));
    let feed =
        client.get(&format!("/api/v1/calendar?start={}&end={}", &start[..10], &end[..10])).expect_status(200);
    let entries = feed.json["entries"].as_array().unwrap().clone();
    entries.into_iter().find(|entry| entry["source"]["id"] == record["id"]).unwrap()
}

fn give(client: &Client, entry: &Value, body: &Value) -> Answer {
    client.patch(&format!("/api/v1/calendar/entries/{}", text(entry, "id")), body)
}

fn get(client: &Client, collection: &str, record: &Value) -> Value {
    client.get(&format!("/api/v1/{collection}/{}", text(record, "id"))).expect_status(200).json
}

fn people(entry: &Value) -> Vec<String> {
    entry["people"].as_array().unwrap().iter().map(|person| text(person, "name")).collect()
}

fn names(answer: &Answer) -> Vec<(String, String)> {
    let rows = answer.json["rows"].as_array().unwrap();
    rows.iter().map(|row| (text(row, "name"), text(row, "note"))).collect()
}

on_both_engines! {
    fn entry_is_reassigned_to_another_person(server: &Server) {
        let me = server.as_role("coordinator");
        let [anna, ben, cora] = ["Anna", "Ben", "Cora"].map(|name| {
            server.person_with(json!({ "full_name": name, "roles": ["staff"] }))
        });
        let task = make(&me, "tasks", json!({
            "title": "Count wells", "due_date": &at(server, 3, "00:00")[..10], "assignees": [anna.id, ben.id],
        }));
        let before = entry(server, &me, &task);
        let given = give(&me, &before, &json!({ "person": cora.id, "instead_of": anna.id })).expect_status(200).json;
        assert_eq!(people(&given), ["Cora", "Ben"]);
        assert_eq!((&given["start"], &given["id"]), (&before["start"], &before["id"]));
        assert_eq!(get(&me, "tasks", &task)["due_date"], task["due_date"]);
        // A person who is already assigned becomes the only assignee.
        let both = give(&me, &before, &json!({ "person": ben.id, "instead_of": cora.id })).expect_status(200).json;
        assert_eq!(people(&both), ["Ben"]);
        // Time and person are one change, undone together.
        let day = at(server, 5, "00:00")[..10].to_owned();
        let moved = give(&me, &before, &json!({ "person": anna.id, "instead_of": ben.id, "start": day })).expect_status(200).json;
        assert_eq!((people(&moved), text(&moved, "start")), (vec!["Anna".to_owned()], day));
        me.post(&text(&moved, "undo"), &json!({})).expect_status(200);
        let back = get(&me, "tasks", &task);
        assert_eq!((&back["assignees"], &back["due_date"]), (&json!([ben.id]), &task["due_date"]));
        // Someone else was faster, or there is no such person.
        give(&me, &before, &json!({ "person": cora.id, "instead_of": anna.id })).expect_status(409);
        let nobody = give(&me, &before, &json!({ "person": task["id"], "instead_of": ben.id })).expect_status(422);
        assert_eq!(nobody.errors("field"), ["person"]);
        let unsaid = give(&me, &before, &json!({ "person": cora.id })).expect_status(422);
        assert_eq!(unsaid.errors("field"), ["instead_of"]);
        assert_eq!(give(&me, &before, &json!({ "person": 7 })).expect_status(422).errors("code"), ["type"]);
        assert_eq!(get(&me, "tasks", &task), back);
        // Actors who may not assign cannot reassign.
        give(&anna.client, &before, &json!({ "person": anna.id, "instead_of": ben.id })).expect_status(403);
        // The organizer has a field of its own.
        let event = make(&me, "events", json!({
            "title": "Forum", "start": at(server, 3, "09:00"), "organizer": anna.id, "participants": [anna.id, ben.id],
        }));
        let forum = give(&me, &entry(server, &me, &event), &json!({ "person": cora.id, "instead_of": anna.id }));
        assert_eq!(people(&forum.expect_status(200).json), ["Cora", "Ben"]);
        let event = get(&me, "events", &event);
        assert_eq!((&event["organizer"], &event["participants"]), (&json!(cora.id), &json!([cora.id, ben.id])));
    }

    fn date_of_a_larger_record_cannot_be_reassigned(server: &Server) {
        let me = server.as_role("coordinator");
        let [anna, ben] = ["Anna", "Ben"].map(|name| server.person_with(json!({ "full_name": name, "roles": ["staff"] })));
        let ppa = make(&me, "ppas", json!({
            "title": "Wells", "category": "moa_ppa", "manager": anna.id, "start_date": &at(server, 3, "00:00")[..10],
        }));
        let refused = give(&me, &entry(server, &me, &ppa), &json!({ "person": ben.id, "instead_of": anna.id })).expect_status(409);
        assert!(text(&refused.json, "detail").contains("a date of another record"));
        // The person who booked is a historical fact.
        let room = make(&me, "resources", json!({ "name": "Room A", "resource_type": "room" }));
        let booking = make(&anna.client, "bookings", json!({ "resource": room["id"], "start": at(server, 3, "09:00") }));
        let refused = give(&me, &entry(server, &me, &booking), &json!({ "person": ben.id, "instead_of": anna.id })).expect_status(409);
        assert!(text(&refused.json, "detail").contains("Booked by"));
    }

    fn one_or_all_occurrences_are_reassigned(server: &Server) {
        let me = server.as_role("coordinator");
        let [anna, ben] = ["Anna", "Ben"].map(|name| server.person_with(json!({ "full_name": name, "roles": ["staff"] })));
        let event = make(&me, "events", json!({
            "title": "Weekly", "start": at(server, 2, "09:00"), "rrule": "FREQ=WEEKLY;COUNT=3",
            "organizer": anna.id, "participants": [anna.id],
        }));
        let first = entry(server, &me, &event);
        let this = give(&me, &first, &json!({ "person": ben.id, "instead_of": anna.id })).expect_status(200).json;
        assert_eq!(people(&this), ["Ben"]);
        assert_eq!(get(&me, "events", &event)["organizer"], json!(anna.id));
        me.post(&text(&this, "undo"), &json!({})).expect_status(200);
        let all = give(&me, &first, &json!({ "person": ben.id, "instead_of": anna.id, "scope": "all" })).expect_status(200).json;
        assert_eq!(people(&all), ["Ben"]);
        assert_eq!(get(&me, "events", &event)["organizer"], json!(ben.id));
        assert_eq!(get(&me, "events", &event)["start"], event["start"]);
    }

    fn all_occurrences_are_reassigned_to_another_room(server: &Server) {
        let me = server.as_role("coordinator");
        let [first, second] = ["Room A", "Room B"].map(|name| make(&me, "resources", json!({ "name": name, "resource_type": "room" })));
        let (start, end) = (at(server, 2, "09:00"), at(server, 2, "11:00"));
        let rule = "FREQ=WEEKLY;COUNT=3";
        let event = make(&me, "events", json!({ "title": "Weekly", "start": start, "end": end, "rrule": rule }));
        let booking = make(&me, "bookings", json!({
            "resource": first["id"], "start": start, "end": end, "rrule": rule, "origin": { "kind": "event", "id": event["id"] },
        }));
        let shown = entry(server, &me, &event);
        let to = |room: &Value, scope: &str| json!({ "resource": room["id"], "instead_of": first["id"], "scope": scope });
        // A single occurrence cannot have its own room, and a new time has priority.
        for scope in ["this", "following"] {
            let refused = give(&me, &shown, &to(&second, scope)).expect_status(409);
            assert!(text(&refused.json, "detail").contains("applies to all occurrences"), "{}", refused.text);
        }
        let mut later = to(&second, "all");
        later["start"] = json!(at(server, 3, "09:00"));
        give(&me, &shown, &later).expect_status(409);
        assert_eq!(get(&me, "events", &event)["start"], event["start"]);
        // The room is reserved on the second date: nothing changes.
        let taken = make(&me, "bookings", json!({ "resource": second["id"], "start": at(server, 9, "10:00"), "end": at(server, 9, "12:00") }));
        let refused = give(&me, &shown, &to(&second, "all")).expect_status(409);
        assert_eq!(refused.json["conflicts"][0]["booking"], taken["id"]);
        assert_eq!(get(&me, "bookings", &booking)["resource"], first["id"]);
        me.delete(&format!("/api/v1/bookings/{}", text(&taken, "id"))).expect_status(204);
        let given = give(&me, &shown, &to(&second, "all")).expect_status(200).json;
        assert_eq!((&given["id"], &given["start"]), (&shown["id"], &shown["start"]));
        assert_eq!(get(&me, "bookings", &booking)["resource"], second["id"]);
        assert_eq!(get(&me, "events", &event)["version"], event["version"]);
        me.post(&text(&given, "undo"), &json!({})).expect_status(200);
        assert_eq!(get(&me, "bookings", &booking)["resource"], first["id"]);
        // The room may have changed meanwhile.
        let stale = json!({ "resource": first["id"], "instead_of": second["id"], "scope": "all" });
        give(&me, &shown, &stale).expect_status(409);
    }

    fn booking_is_reassigned_to_another_resource(server: &Server) {
        let me = server.as_role("coordinator");
        let [first, second, third] =
            ["Room A", "Room B", "Room C"].map(|name| make(&me, "resources", json!({ "name": name, "resource_type": "room" })));
        let book = |room: &Value, purpose: &str| make(&me, "bookings", json!({
            "resource": room["id"], "purpose": purpose, "start": at(server, 2, "09:00"), "end": at(server, 2, "11:00"),
        }));
        let (booking, other) = (book(&first, "Ours"), book(&second, "Theirs"));
        let before = entry(server, &me, &booking);
        let refused = give(&me, &before, &json!({ "resource": second["id"], "instead_of": first["id"] })).expect_status(409);
        assert_eq!(refused.json["conflicts"][0]["booking"], other["id"]);
        assert!(!refused.json["free_slots"].as_array().unwrap().is_empty());
        assert_eq!(refused.json["alternatives"].as_array().unwrap().len(), 2);
        // Another room at another time is one change.
        let body = json!({ "resource": second["id"], "instead_of": first["id"], "start": at(server, 2, "13:00") });
        let moved = give(&me, &before, &body).expect_status(200).json;
        assert_eq!((&moved["resources"], text(&moved, "location")), (&json!([second["id"]]), "Room B".to_owned()));
        assert_eq!(moved["end"], at(server, 2, "15:00"));
        me.post(&text(&moved, "undo"), &json!({})).expect_status(200);
        let back = get(&me, "bookings", &booking);
        assert_eq!((&back["resource"], &back["start"]), (&first["id"], &booking["start"]));
        // Someone else was faster.
        give(&me, &before, &json!({ "resource": third["id"], "instead_of": second["id"] })).expect_status(409);
        // A copy is shown beside the original.
        let path = format!("/api/v1/calendar/entries/{}/copy", text(&before, "id"));
        let copy = me.post(&path, &json!({ "resource": third["id"], "instead_of": first["id"] })).expect_status(201).json;
        assert_eq!((&copy["resources"], &copy["start"]), (&json!([third["id"]]), &before["start"]));
        let event = make(&me, "events", json!({ "title": "Forum", "start": at(server, 4, "09:00") }));
        let path = format!("/api/v1/calendar/entries/{}/copy", text(&entry(server, &me, &event), "id"));
        assert_eq!(me.post(&path, &json!({ "resource": third["id"] })).expect_status(422).errors("field"), ["resource"]);
    }

    fn room_of_an_event_is_shown_with_it_and_reassigned(server: &Server) {
        let me = server.as_role("coordinator");
        let [first, second] =
            ["Room A", "Room B"].map(|name| make(&me, "resources", json!({ "name": name, "resource_type": "room" })));
        let event = make(&me, "events", json!({
            "title": "Forum", "start": at(server, 4, "09:00"), "end": at(server, 4, "11:00"),
        }));
        assert_eq!(entry(server, &me, &event)["resources"], Value::Null);
        let booking = make(&me, "bookings", json!({
            "resource": first["id"], "start": event["start"], "end": event["end"],
            "origin": { "kind": "event", "id": event["id"] },
        }));
        let before = entry(server, &me, &event);
        assert_eq!(before["resources"], json!([first["id"]]));
        let (start, end) = (at(server, 0, "00:00"), at(server, 60, "00:00"));
        let any = me.get(&format!("/api/v1/calendar?start={}&end={}&resource=any", &start[..10], &end[..10])).expect_status(200);
        assert_eq!(any.json["entries"].as_array().unwrap().len(), 1);
        // Only the room.
        let moved = give(&me, &before, &json!({ "resource": second["id"], "instead_of": first["id"] })).expect_status(200).json;
        assert_eq!(moved["resources"], json!([second["id"]]));
        assert_eq!(entry(server, &me, &event)["resources"], json!([second["id"]]));
        assert_eq!(get(&me, "bookings", &booking)["resource"], second["id"]);
        me.post(&text(&moved, "undo"), &json!({})).expect_status(200);
        assert_eq!(get(&me, "bookings", &booking)["resource"], first["id"]);
        // With the time of the event, as one change.
        let body = json!({ "resource": second["id"], "instead_of": first["id"], "start": at(server, 5, "13:00") });
        let moved = give(&me, &before, &body).expect_status(200).json;
        let now = get(&me, "bookings", &booking);
        assert_eq!((&now["resource"], &now["start"], &now["end"]), (&second["id"], &json!(at(server, 5, "13:00")), &json!(at(server, 5, "15:00"))));
        me.post(&text(&moved, "undo"), &json!({})).expect_status(200);
        let back = get(&me, "bookings", &booking);
        assert_eq!((&back["resource"], &back["start"]), (&first["id"], &booking["start"]));
        assert_eq!(get(&me, "events", &event)["start"], event["start"]);
        // Reserved at that time: neither of both moves.
        make(&me, "bookings", json!({ "resource": second["id"], "start": at(server, 5, "13:00"), "end": at(server, 5, "14:00") }));
        let refused = give(&me, &before, &body).expect_status(409);
        assert_eq!(refused.json["conflicts"].as_array().unwrap().len(), 1);
        assert_eq!(get(&me, "events", &event)["start"], event["start"]);
        give(&me, &before, &json!({ "resource": first["id"], "instead_of": second["id"] })).expect_status(409);
        give(&me, &before, &json!({ "resource": second["id"] })).expect_status(422);
        // A rejected or cancelled booking is no longer shown.
        let path = format!("/api/v1/bookings/{}/decision", text(&booking, "id"));
        me.post(&path, &json!({ "decision": "cancel" })).expect_status(200);
        assert_eq!(entry(server, &me, &event)["resources"], Value::Null);
    }

    fn rows_match_the_filters(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "resources", json!({ "name": "Forum hall", "resource_type": "room", "seats": 120 }));
        make(&me, "resources", json!({ "name": "Projector", "resource_type": "equipment", "capacity": 3 }));
        let van = make(&me, "resources", json!({ "name": "Old van", "resource_type": "vehicle", "is_available": false }));
        let rows = |client: &Client, query: &str| names(&client.get(&format!("/api/v1/calendar/rows?{query}")).expect_status(200));
        let pair = |name: &str, note: &str| (name.to_owned(), note.to_owned());
        assert_eq!(rows(&me, "about=resources"), [
            pair("Forum hall", "Room · seats 120"),
            pair("Old van", "Vehicle · not available"),
            pair("Projector", "Equipment · 3 units"),
        ]);
        let only = format!("about=resources&resource={}", text(&van, "id"));
        assert_eq!(rows(&me, &only), [pair("Old van", "Vehicle · not available")]);
        let anna = server.person_with(json!({ "full_name": "Anna", "roles": ["staff"], "position": "Engineer" }));
        let ben = server.person_with(json!({ "full_name": "Ben", "roles": ["staff"] }));
        let team = make(&me, "teams", json!({ "name": "Field team", "members": [ben.id] }));
        let both = format!("about=people&person={}&team={}", anna.id, text(&team, "id"));
        assert_eq!(rows(&me, &both), [pair("Anna", "Engineer"), pair("Ben", "")]);
        assert!(rows(&me, "about=people").contains(&pair("Anna", "Engineer")));
        me.get("/api/v1/calendar/rows").expect_status(400);
        me.get("/api/v1/calendar/rows?about=people&person=nobody").expect_status(400);
        // The page shows them at once.
        let page = me.get("/calendar?view=resources").expect_status(200);
        assert!(page.text.contains("Room · seats 120"), "the rows are in the page");
    }

    fn row_of_a_resource_shows_only_bookings(server: &Server) {
        let me = server.as_role("coordinator");
        let room = make(&me, "resources", json!({ "name": "Room", "resource_type": "room" }));
        let event = make(&me, "events", json!({
            "title": "Forum", "start": at(server, 4, "09:00"), "end": at(server, 4, "10:00"),
        }));
        let booking = make(&me, "bookings", json!({
            "resource": room["id"], "purpose": "Hall", "start": event["start"], "end": event["end"],
            "origin": { "kind": "event", "id": event["id"] },
        }));
        make(&me, "tasks", json!({
            "title": "Sweep", "due_date": &at(server, 4, "00:00")[..10], "origin": { "kind": "resource", "id": room["id"] },
        }));
        let (start, end) = (at(server, 0, "00:00"), at(server, 60, "00:00"));
        let of = |filter: &str| {
            let path = format!("/api/v1/calendar?start={}&end={}&{filter}", &start[..10], &end[..10]);
            let feed = me.get(&path).expect_status(200).json;
            let entries = feed["entries"].as_array().unwrap().iter();
            let told = |entry: &Value| (text(entry, "kind"), text(entry, "start"), entry["resources"].clone());
            entries.map(told).collect::<Vec<_>>()
        };
        let resource = format!("resource={}", text(&room, "id"));
        let taken = json!([room["id"]]);
        let row = |kind: &str, day: i64, time: &str| (kind.to_owned(), at(server, day, time), taken.clone());
        assert_eq!(of(&resource), [row("event", 4, "09:00")]);
        // The booking moves with its event.
        let path = format!("/api/v1/events/{}", text(&event, "id"));
        let to = |day: i64| json!({ "start": at(server, day, "09:00"), "end": at(server, day, "10:00") });
        me.patch(&path, &to(5)).expect_status(200);
        assert_eq!(of(&resource), [row("event", 5, "09:00")]);
        // Moved back alone: the room is reserved at the old time.
        me.patch(&format!("/api/v1/bookings/{}", text(&booking, "id")), &to(4)).expect_status(200);
        for filter in [resource.as_str(), "resource=any"] {
            assert_eq!(of(filter), [row("booking", 4, "09:00")], "{filter}");
        }
        // Someone else reserves the new time.
        make(&me, "bookings", json!({
            "resource": room["id"], "purpose": "Other", "start": at(server, 5, "09:00"), "end": at(server, 5, "10:00"),
        }));
        assert_eq!(of(&resource), [row("booking", 4, "09:00"), row("booking", 5, "09:00")]);
        // The booking is moved alone in its row, and cancelled.
        let name = format!("booking-{}", text(&booking, "id"));
        let list = me.get(&format!("/api/v1/calendar?start={}&end={}&{resource}", &start[..10], &end[..10])).json;
        let entry = list["entries"].as_array().unwrap().iter().find(|entry| entry["source"]["id"] == booking["id"]).unwrap().clone();
        assert!(text(&entry, "id").starts_with("booking"), "{name} {entry}");
        give(&me, &entry, &json!({ "start": at(server, 6, "09:00"), "end": at(server, 6, "10:00") })).expect_status(200);
        assert_eq!(of(&resource), [row("booking", 5, "09:00"), row("booking", 6, "09:00")]);
        me.patch(&path, &json!({ "start": at(server, 6, "09:00"), "end": at(server, 6, "10:00") })).expect_status(200);
        assert_eq!(of(&resource), [row("booking", 5, "09:00"), row("event", 6, "09:00")]);
        // A cancelled event reserves nothing; its booking does.
        me.patch(&path, &json!({ "status": "cancelled" })).expect_status(200);
        assert_eq!(of(&resource), [row("booking", 5, "09:00"), row("booking", 6, "09:00")]);
        let decide = format!("/api/v1/bookings/{}/decision", text(&booking, "id"));
        me.post(&decide, &json!({ "decision": "cancel" })).expect_status(200);
        assert_eq!(of(&resource), [row("booking", 5, "09:00")]);
    }

    fn moved_occurrence_takes_its_booked_room_along(server: &Server) {
        let me = server.as_role("coordinator");
        let room = make(&me, "resources", json!({ "name": "Room", "resource_type": "room" }));
        let body = json!({
            "title": "Forum", "start": at(server, 4, "09:00"), "end": at(server, 4, "10:00"), "rrule": "FREQ=DAILY;COUNT=3",
        });
        let event = make(&me, "events", &body);
        make(&me, "bookings", json!({
            "resource": room["id"], "start": event["start"], "end": event["end"], "rrule": "FREQ=DAILY;COUNT=3",
            "origin": { "kind": "event", "id": event["id"] },
        }));
        let second = &at(server, 5, "09:00")[..19];
        let path = format!("/api/v1/events/{}/occurrences/{second}", text(&event, "id"));
        me.patch(&path, &json!({ "start": at(server, 5, "13:00"), "end": at(server, 5, "14:00") })).expect_status(200);
        let (start, end) = (at(server, 0, "00:00"), at(server, 60, "00:00"));
        let feed = me.get(&format!("/api/v1/calendar?start={}&end={}&resource={}", &start[..10], &end[..10], text(&room, "id")));
        let entries = feed.expect_status(200).json["entries"].as_array().unwrap().clone();
        let told: Vec<_> = entries.iter().map(|entry| (text(entry, "kind"), text(entry, "start"))).collect();
        let row = |day: i64, time: &str| ("event".to_owned(), at(server, day, time));
        assert_eq!(told, [row(4, "09:00"), row(5, "13:00"), row(6, "09:00")]);
    }
}
