//! Bookings: conflicts are refused on every path, with the free slots.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::{SignedDuration, Timestamp, ToSpan};
use obcms_domain::core::id::Id;
use obcms_tests::{Answer, Client, Server, on_both_engines};
use serde_json::{Value, json};

/// Creates a resource of the office; `more` adds and replaces members.
fn resource(server: &Server, more: &Value) -> Value {
    let mut input = json!({ "name": "Room A", "resource_type": "room" });
    let members = input.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    server.as_role("coordinator").post("/api/v1/resources", &input).expect_status(201).json
}

/// Returns a time so many days from now, in the zone of the office.
fn at(server: &Server, days: i64, time: &str) -> String {
    let zone = server.app().zone().clone();
    let day = server.app().now().to_zoned(zone).date().checked_add(days.days()).unwrap();
    format!("{day}T{time}:00+08:00")
}

fn day(server: &Server, days: i64) -> String {
    at(server, days, "00:00")[..10].to_owned()
}

fn book(client: &Client, resource: &Value, start: &str, end: &str) -> Answer {
    client.post("/api/v1/bookings", &json!({ "resource": resource["id"], "start": start, "end": end }))
}

fn url(record: &Value) -> String {
    format!("/api/v1/bookings/{}", record["id"].as_str().unwrap())
}

fn of<'a>(answer: &'a Answer, list: &str, member: &str) -> Vec<&'a str> {
    answer.json[list].as_array().unwrap().iter().filter_map(|item| item[member].as_str()).collect()
}

on_both_engines! {
    fn conflict_is_refused_with_free_slots(server: &Server) {
        let staff = server.person(&["staff"]);
        let me = &staff.client;
        let room = resource(server, &json!({ "seats": 20 }));
        let large = resource(server, &json!({ "name": "Hall", "seats": 60 }));
        let small = resource(server, &json!({ "name": "Room B", "seats": 18 }));
        resource(server, &json!({ "name": "Van", "resource_type": "vehicle" }));
        resource(server, &json!({ "name": "Room C", "is_available": false }));
        let (nine, eleven) = (at(server, 2, "09:00"), at(server, 2, "11:00"));
        let first = book(me, &room, &nine, &eleven).expect_status(201).json;
        assert_eq!((&first["status"], &first["booked_by"]), (&json!("approved"), &json!(staff.id.to_string())));
        assert_eq!((&first["purpose"], &first["resource_name"]), (&json!("Booked by Person 1"), &json!("Room A")));
        let refused = book(me, &room, &at(server, 2, "10:00"), &at(server, 2, "12:00")).expect_status(409);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert_eq!(of(&refused, "conflicts", "booking"), [first["id"].as_str().unwrap()]);
        assert_eq!(of(&refused, "conflicts", "start"), [nine.as_str()]);
        assert_eq!(refused.json["conflicts"][0]["status"], "approved");
        assert!(refused.json["detail"].as_str().unwrap().contains("Room A is already booked: Booked by Person 1"));
        let free = of(&refused, "free_slots", "start");
        assert!(free.contains(&eleven.as_str()) && free.contains(&at(server, 2, "07:00").as_str()), "{free:?}");
        assert_eq!(of(&refused, "alternatives", "name"), ["Room B", "Hall"]);
        // The offered slot can be booked.
        let offered = &refused.json["free_slots"][0];
        book(me, &room, offered["start"].as_str().unwrap(), offered["end"].as_str().unwrap()).expect_status(201);
        book(me, &small, &nine, &eleven).expect_status(201);
        let next = book(me, &room, &nine, &eleven).expect_status(409);
        assert_eq!(of(&next, "alternatives", "resource"), [large["id"].as_str().unwrap()]);
        // Adjacent bookings do not overlap.
        book(me, &room, &eleven, &at(server, 2, "11:30")).expect_status(201);
    }

    fn booking_moves_only_to_a_free_slot(server: &Server) {
        let me = server.as_role("staff");
        let (room, other) = (resource(server, &json!({})), resource(server, &json!({ "name": "Room B" })));
        let first = book(&me, &room, &at(server, 1, "09:00"), &at(server, 1, "10:00")).expect_status(201).json;
        let second = book(&me, &room, &at(server, 1, "10:00"), &at(server, 1, "11:00")).expect_status(201).json;
        me.patch(&url(&second), &json!({ "start": at(server, 1, "09:30") })).expect_status(409);
        // The length stays if only the start is given.
        let moved = me.patch(&url(&second), &json!({ "start": at(server, 1, "10:30") })).expect_status(200).json;
        assert_eq!(moved["end"], at(server, 1, "11:30"));
        me.patch(&url(&first), &json!({ "end": at(server, 1, "10:30") })).expect_status(200);
        me.patch(&url(&first), &json!({ "end": at(server, 1, "10:31") })).expect_status(409);
        me.patch(&url(&first), &json!({ "purpose": "Staff meeting" })).expect_status(200);
        book(&me, &other, &at(server, 1, "09:00"), &at(server, 1, "10:00")).expect_status(201);
        me.patch(&url(&first), &json!({ "resource": other["id"] })).expect_status(409);
        // Dragging on the calendar uses the same path.
        let start = day(server, 1);
        let feed = me.get(&format!("/api/v1/calendar?start={start}&end={}&kinds=booking", day(server, 2)));
        let entry = feed.json["entries"].as_array().unwrap().iter().find(|entry| entry["title"] == "Staff meeting").unwrap().clone();
        assert_eq!((&entry["location"], &entry["module"]), (&json!("Room A"), &json!("resources")));
        let path = format!("/api/v1/calendar/entries/{}", entry["id"].as_str().unwrap());
        let refused = me.patch(&path, &json!({ "start": at(server, 1, "10:30") })).expect_status(409);
        assert_eq!(refused.json["conflicts"].as_array().unwrap().len(), 1);
        me.patch(&path, &json!({ "start": at(server, 1, "13:00") })).expect_status(200);
        book(&me, &room, &at(server, 1, "09:00"), &at(server, 1, "10:00")).expect_status(201);
    }

    fn archived_booking_frees_its_slot(server: &Server) {
        let me = server.as_role("coordinator");
        let room = resource(server, &json!({}));
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        let first = book(&me, &room, &nine, &ten).expect_status(201).json;
        me.delete(&url(&first)).expect_status(204);
        let second = book(&me, &room, &nine, &ten).expect_status(201).json;
        let refused = me.post(&format!("{}/restore", url(&first)), &json!({})).expect_status(409);
        assert_eq!(of(&refused, "conflicts", "booking"), [second["id"].as_str().unwrap()]);
        me.post(&format!("{}/undo", url(&first)), &json!({})).expect_status(409);
        assert!(me.get(&url(&first)).json["archived_at"].is_string(), "nothing of it was kept");
        let moved = me.patch(&url(&second), &json!({ "start": at(server, 3, "09:00"), "end": at(server, 3, "10:00") }));
        moved.expect_status(200);
        me.post(&format!("{}/restore", url(&first)), &json!({})).expect_status(200);
        // Its old time is booked again.
        me.post(&format!("{}/undo", url(&second)), &json!({})).expect_status(409);
        me.delete(&url(&first)).expect_status(204);
        me.post(&format!("{}/undo", url(&second)), &json!({})).expect_status(200);
        assert_eq!(me.get(&url(&second)).json["start"], json!(nine));
    }

    fn terms_of_a_resource_are_enforced(server: &Server) {
        let me = server.as_role("staff");
        let monday: Value = json!([{ "from": "08:00", "to": "17:00" }]);
        let week: serde_json::Map<String, Value> =
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
                .iter()
                .map(|day| ((*day).to_owned(), monday.clone()))
                .collect();
        let room = resource(server, &json!({
            "opening_hours": week, "maximum_hours": 4, "horizon_days": 30, "buffer_after_minutes": 30,
            "blackouts": [{ "start": day(server, 5), "reason": "Painting" }],
        }));
        let refused = |start: &str, end: &str| {
            let answer = book(&me, &room, start, end).expect_status(422);
            (answer.errors("field")[0].to_owned(), answer.errors("code")[0].to_owned())
        };
        let at = |days, time| at(server, days, time);
        let field = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(refused(&at(2, "07:00"), &at(2, "09:00")), field("start", "closed"));
        assert_eq!(refused(&at(2, "16:00"), &at(2, "18:00")), field("end", "closed"));
        assert_eq!(refused(&at(2, "08:00"), &at(2, "12:01")), field("end", "too_long"));
        assert_eq!(refused(&at(31, "09:00"), &at(31, "10:00")), field("start", "horizon"));
        assert_eq!(refused(&at(5, "09:00"), &at(5, "10:00")), field("start", "blackout"));
        assert_eq!(refused(&at(-1, "09:00"), &at(-1, "10:00")), field("start", "past"));
        assert_eq!(refused(&at(2, "10:00"), &at(2, "10:00")), field("end", "order"));
        book(&me, &room, &at(2, "09:00"), &at(2, "10:00")).expect_status(201);
        // It needs a buffer of half an hour after it.
        let close = book(&me, &room, &at(2, "10:15"), &at(2, "11:15")).expect_status(409);
        let free = of(&close, "free_slots", "start").iter().map(|start| (*start).to_owned()).collect::<Vec<_>>();
        assert!(free.contains(&at(2, "10:30")), "{free:?}");
        assert!(!free.contains(&at(2, "08:00")), "cleaning would reach into the next booking: {free:?}");
        book(&me, &room, &at(2, "10:30"), &at(2, "11:30")).expect_status(201);
        let gone = resource(server, &json!({ "name": "Old van", "is_available": false }));
        assert_eq!(book(&me, &gone, &at(2, "09:00"), &at(2, "10:00")).expect_status(422).errors("field"), ["resource"]);
    }

    fn units_of_a_resource_are_counted(server: &Server) {
        let me = server.as_role("coordinator");
        let tablets = resource(server, &json!({ "name": "Tablets", "resource_type": "equipment", "capacity": 10 }));
        let book = |units: i64, start: &str, end: &str| {
            me.post("/api/v1/bookings", &json!({
                "resource": tablets["id"], "units": units, "start": at(server, 1, start), "end": at(server, 1, end)
            }))
        };
        book(6, "09:00", "11:00").expect_status(201);
        let late = book(4, "10:00", "12:00").expect_status(201).json;
        book(1, "10:30", "10:45").expect_status(409);
        book(6, "11:00", "12:00").expect_status(201);
        book(11, "15:00", "16:00").expect_status(422);
        me.patch(&url(&late), &json!({ "units": 5 })).expect_status(409);
        me.patch(&url(&late), &json!({ "units": 3 })).expect_status(200);
        book(1, "10:30", "10:45").expect_status(201);
        // A lower capacity would leave a booking without a unit.
        let path = format!("/api/v1/resources/{}", tablets["id"].as_str().unwrap());
        let refused = me.patch(&path, &json!({ "capacity": 9 })).expect_status(409);
        assert_eq!(refused.json["conflicts"].as_array().unwrap().len(), 3);
        me.patch(&path, &json!({ "capacity": 1 })).expect_status(409);
        me.patch(&path, &json!({ "capacity": 12 })).expect_status(200);
        book(2, "10:30", "10:45").expect_status(201);
        let refused = me.delete(&path).expect_status(409);
        assert!(refused.json["detail"].as_str().unwrap().starts_with("Tablets is booked"));
    }

    fn capacity_of_one_enables_the_database_constraint(server: &Server) {
        let me = server.as_role("coordinator");
        let room = resource(server, &json!({ "capacity": 2 }));
        let path = format!("/api/v1/resources/{}", room["id"].as_str().unwrap());
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        let first = book(&me, &room, &nine, &ten).expect_status(201).json;
        let second = book(&me, &room, &nine, &ten).expect_status(201).json;
        assert_eq!(exclusive(server), 0);
        me.patch(&path, &json!({ "capacity": 1 })).expect_status(409);
        me.patch(&url(&second), &json!({ "start": at(server, 1, "10:00"), "end": at(server, 1, "11:00") })).expect_status(200);
        me.patch(&path, &json!({ "capacity": 1 })).expect_status(200);
        assert_eq!(exclusive(server), 2);
        me.patch(&url(&first), &json!({ "end": at(server, 1, "10:30") })).expect_status(409);
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert_eq!(exclusive(server), 0);
    }

    fn database_refuses_overlapping_bookings(server: &Server) {
        let me = server.as_role("coordinator");
        let room = resource(server, &json!({}));
        book(&me, &room, &at(server, 1, "09:00"), &at(server, 1, "10:00")).expect_status(201);
        book(&me, &room, &at(server, 1, "10:00"), &at(server, 1, "11:00")).expect_status(201);
        let copy = |shift: i64| {
            server.app().database().write::<_, obcms_store::StoreError>(|tx| {
                let ids = tx.query("SELECT booking FROM booking_slots ORDER BY start_at", &[])?;
                let slots = obcms_store::bookings::of_bookings(tx, &[ids[0].get(0)?])?;
                let mut slot = slots[0].clone();
                slot.booking = server.app().new_id();
                slot.taken.start += SignedDuration::from_mins(shift);
                slot.taken.end += SignedDuration::from_mins(shift);
                slot.booked = slot.taken;
                obcms_store::bookings::replace(tx, slot.booking, &[slot])
            })
        };
        let error = copy(30).unwrap_err();
        assert!(error.is_overlap(), "{error}");
        assert!(copy(-30).unwrap_err().is_overlap());
        copy(-60).unwrap();
        let pushed = server.app().database().write::<_, obcms_store::StoreError>(|tx| {
            let later = server.app().now() + SignedDuration::from_hours(200);
            tx.execute("UPDATE booking_slots SET end_at = $1", &[later.into()])
        });
        assert!(pushed.unwrap_err().is_overlap());
    }

    fn override_requires_its_right(server: &Server) {
        let room = resource(server, &json!({}));
        let staff = server.as_role("staff");
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        let first = book(&staff, &room, &nine, &ten).expect_status(201).json;
        let over = json!({ "resource": room["id"], "start": nine, "end": ten, "override_reason": "Flood response" });
        for role in ["staff", "coordinator"] {
            server.as_role(role).post("/api/v1/bookings", &over).expect_status(403);
        }
        let admin = server.as_role("admin");
        let made = admin.post("/api/v1/bookings", &over).expect_status(201).json;
        assert_eq!((&made["status"], &made["decision_note"]), (&json!("approved"), &json!("Flood response")));
        // It blocks like any booking, and the earlier booking can still be changed.
        book(&staff, &room, &nine, &ten).expect_status(409);
        staff.patch(&url(&first), &json!({ "end": at(server, 1, "10:30") })).expect_status(200);
        let log = admin.get(&format!("{}/history", url(&made))).json;
        assert_eq!(log["items"][0]["fields"]["override_reason"]["to"], "Flood response");
        // Without its reason it would be an ordinary booking.
        admin.patch(&url(&made), &json!({ "override_reason": null })).expect_status(409);
    }

    fn bookings_follow_their_event(server: &Server) {
        let me = server.as_role("coordinator");
        let room = resource(server, &json!({}));
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        let event = me.post("/api/v1/events", &json!({ "title": "Forum", "start": nine, "end": ten })).expect_status(201).json;
        let booking = me.post("/api/v1/bookings", &json!({
            "resource": room["id"], "start": nine, "end": ten, "origin": { "kind": "event", "id": event["id"] }
        })).expect_status(201).json;
        assert_eq!(booking["purpose"], "Forum");
        // The entry is part of the event, not a separate one.
        let feed = me.get(&format!("/api/v1/calendar?start={}&end={}&kinds=event,booking", day(server, 1), day(server, 2)));
        assert_eq!(of(&feed, "entries", "kind"), ["event"]);
        let window = format!("/api/v1/calendar?start={}&end={}", day(server, 1), day(server, 2));
        let of_room = me.get(&format!("{window}&resource={}", room["id"].as_str().unwrap()));
        assert_eq!(of(&of_room, "entries", "title"), ["Forum"]);
        let other = resource(server, &json!({ "name": "Room B" }));
        let of_other = me.get(&format!("{window}&resource={}", other["id"].as_str().unwrap()));
        assert_eq!(of_other.json["entries"], json!([]));
        let path = format!("/api/v1/events/{}", event["id"].as_str().unwrap());
        me.delete(&path).expect_status(204);
        let other = book(&me, &room, &nine, &ten).expect_status(201).json;
        me.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        assert!(me.get(&url(&booking)).json["archived_at"].is_string(), "somebody took the time");
        me.delete(&url(&other)).expect_status(204);
        me.delete(&path).expect_status(204);
        me.post(&format!("{path}/restore"), &json!({})).expect_status(200);
    }
}

on_both_engines! {
    fn booking_is_decided_once_by_authorized_actor(server: &Server) {
        let room = resource(server, &json!({ "requires_approval": true }));
        let (staff, other) = (server.as_role("staff"), server.as_role("staff"));
        let (coordinator, second) = (server.person(&["coordinator"]), server.as_role("coordinator"));
        let decide = |client: &Client, booking: &Value, body: Value| client.post(&format!("{}/decision", url(booking)), &body);
        let (nine, ten, eleven) = (at(server, 1, "09:00"), at(server, 1, "10:00"), at(server, 1, "11:00"));
        let first = book(&staff, &room, &nine, &ten).expect_status(201).json;
        assert_eq!((&first["status"], &first["decided_by"]), (&json!("pending"), &Value::Null));
        // Pending bookings block as well.
        let refused = book(&other, &room, &nine, &ten).expect_status(409);
        assert_eq!(refused.json["conflicts"][0]["status"], "pending");
        for role in ["staff", "executive", "budget_officer"] {
            decide(&server.as_role(role), &first, json!({ "decision": "approve" })).expect_status(403);
        }
        decide(&coordinator.client, &first, json!({ "decision": "maybe" })).expect_status(422);
        let unreasoned = decide(&coordinator.client, &first, json!({ "decision": "reject", "note": " " })).expect_status(422);
        assert_eq!(unreasoned.errors("field"), ["note"]);
        let approved = decide(&coordinator.client, &first, json!({ "action": "approve", "note": "Bring the key back" }));
        let approved = approved.expect_status(200).json;
        assert_eq!((&approved["status"], &approved["decision_note"]), (&json!("approved"), &json!("Bring the key back")));
        assert_eq!(approved["decided_by"], json!(coordinator.id.to_string()));
        for verdict in ["approve", "reject"] {
            let again = decide(&second, &first, json!({ "decision": verdict, "note": "No" })).expect_status(409);
            assert_eq!(again.json["detail"], "This booking was already approved by Person 4.");
        }
        let log = staff.get(&format!("{}/history", url(&first))).json;
        assert_eq!((&log["items"][0]["action"], &log["items"][0]["note"]), (&json!("approve"), &json!("Bring the key back")));
        // A moved booking is pending again; actors with the right to decide move it without approval.
        let moved = staff.patch(&url(&first), &json!({ "start": ten, "end": eleven })).expect_status(200).json;
        assert_eq!((&moved["status"], &moved["decided_by"]), (&json!("pending"), &Value::Null));
        decide(&second, &first, json!({ "decision": "approve" })).expect_status(200);
        let moved = coordinator.client.patch(&url(&first), &json!({ "start": nine, "end": ten })).expect_status(200).json;
        assert_eq!(moved["status"], "approved");
        // A decision on an old version is refused.
        let stale = second.with_header("if-match", "\"1\"");
        decide(&stale, &first, json!({ "decision": "cancel" })).expect_status(412);
        decide(&other, &first, json!({ "decision": "cancel" })).expect_status(403);
        let cancelled = decide(&staff, &first, json!({ "decision": "cancel", "note": "Moved online" })).expect_status(200).json;
        assert_eq!(cancelled["status"], "cancelled");
        decide(&staff, &first, json!({ "decision": "cancel" })).expect_status(409);
        staff.patch(&url(&first), &json!({ "end": eleven })).expect_status(409);
        // The time is free again, and undoing the cancellation checks it again.
        let next = book(&other, &room, &nine, &ten).expect_status(201).json;
        staff.post(cancelled["undo"].as_str().unwrap(), &json!({})).expect_status(409);
        decide(&coordinator.client, &next, json!({ "decision": "reject", "note": "Office day" })).expect_status(200);
        staff.post(cancelled["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(staff.get(&url(&first)).json["status"], "approved");
        let day = format!("start={}&end={}&kinds=booking", day(server, 1), day(server, 2));
        let feed = staff.get(&format!("/api/v1/calendar?{day}")).json;
        assert_eq!(feed["entries"].as_array().unwrap().len(), 1, "what was refused leaves the calendar");
    }

    fn booking_under_an_override_is_not_approved(server: &Server) {
        let room = resource(server, &json!({ "requires_approval": true }));
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        let waiting = book(&server.as_role("staff"), &room, &nine, &ten).expect_status(201).json;
        let admin = server.as_role("admin");
        let over = admin.post("/api/v1/bookings", &json!({
            "resource": room["id"], "start": nine, "end": ten, "override_reason": "Flood response"
        })).expect_status(201).json;
        let path = format!("{}/decision", url(&waiting));
        let refused = admin.post(&path, &json!({ "decision": "approve" })).expect_status(409);
        assert_eq!(of(&refused, "conflicts", "booking"), [over["id"].as_str().unwrap()]);
        assert!(!of(&refused, "free_slots", "start").is_empty());
        admin.post(&format!("{}/decision", url(&over)), &json!({ "decision": "cancel" })).expect_status(200);
        admin.post(&path, &json!({ "decision": "approve" })).expect_status(200);
    }

    fn busy_and_free_times_fill_the_window(server: &Server) {
        let hours = json!([{ "from": "08:00", "to": "17:00" }]);
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let week: serde_json::Map<String, Value> = days.iter().map(|day| ((*day).to_owned(), hours.clone())).collect();
        let room = resource(server, &json!({
            "opening_hours": week, "buffer_before_minutes": 15,
            "blackouts": [{ "start": at(server, 1, "15:00"), "end": at(server, 1, "16:00"), "reason": "Repair" }],
        }));
        let me = server.as_role("staff");
        let made = book(&me, &room, &at(server, 1, "10:00"), &at(server, 1, "11:00")).expect_status(201).json;
        let path = format!("/api/v1/resources/{}/availability", room["id"].as_str().unwrap());
        let found = me.get(&format!("{path}?start={}&end={}", day(server, 1), day(server, 2))).expect_status(200);
        let spans = |list: &str| -> Vec<(String, String)> {
            of(&found, list, "start").iter().zip(of(&found, list, "end")).map(|(start, end)| ((*start)[11..16].to_owned(), end[11..16].to_owned())).collect()
        };
        let pairs = |list: &[(&str, &str)]| list.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect::<Vec<_>>();
        assert_eq!(of(&found, "busy", "kind"), ["closed", "booking", "blackout", "closed"]);
        assert_eq!(spans("busy"), pairs(&[("00:00", "08:00"), ("09:45", "11:00"), ("15:00", "16:00"), ("17:00", "00:00")]));
        assert_eq!(spans("free"), pairs(&[("08:00", "09:45"), ("11:00", "15:00"), ("16:00", "17:00")]));
        assert_eq!(found.json["busy"][1]["booking"], made["id"]);
        assert_eq!(found.json["busy"][2]["reason"], "Repair");
        me.get(&path).expect_status(400);
        me.get(&format!("{path}?start={}&end={}", day(server, 1), day(server, 500))).expect_status(400);
        // Nothing is free in the past.
        let past = me.get(&format!("{path}?start={}&end={}", day(server, -2), day(server, -1))).expect_status(200);
        assert_eq!(past.json["free"], json!([]));
    }

    fn preview_changes_nothing(server: &Server) {
        let me = server.as_role("staff");
        let room = resource(server, &json!({ "blackouts": [{ "start": day(server, 3) }] }));
        let look = |days: i64, start: &str, end: &str| {
            me.post("/api/v1/bookings/preview", &json!({ "resource": room["id"], "start": at(server, days, start), "end": at(server, days, end) }))
        };
        let free = look(1, "09:00", "10:00").expect_status(200).json;
        assert_eq!((&free["total"], &free["free"], &free["occurrences"][0]["state"]), (&json!(1), &json!(1), &json!("free")));
        let made = book(&me, &room, &at(server, 1, "09:00"), &at(server, 1, "10:00")).expect_status(201).json;
        let clash = look(1, "09:30", "10:30").expect_status(200).json;
        assert_eq!(clash["occurrences"][0]["state"], "clash");
        assert_eq!(clash["occurrences"][0]["conflicts"][0]["booking"], made["id"]);
        // For an early time, a slot of the day before is offered first.
        let free_slots = clash["occurrences"][0]["free_slots"].as_array().unwrap();
        assert!(free_slots.iter().any(|slot| slot["start"] == at(server, 1, "10:00")), "{free_slots:?}");
        let closed = look(3, "09:00", "10:00").expect_status(200).json;
        assert_eq!(closed["occurrences"][0]["state"], "closed");
        assert!(closed["occurrences"][0]["reason"].as_str().unwrap().contains("is not available from"));
        // The booking itself does not count when it is moved.
        let moved = me.post("/api/v1/bookings/preview", &json!({ "booking": made["id"], "start": at(server, 1, "09:30") }));
        assert_eq!(moved.expect_status(200).json["free"], 1);
        me.post("/api/v1/bookings/preview", &json!({ "start": "x" })).expect_status(422);
        me.post("/api/v1/bookings/preview", &json!({ "booking": 7 })).expect_status(422);
        assert_eq!(me.get("/api/v1/bookings").json["total"], 1);
    }

    fn partner_learns_nothing_about_conflicting_bookings(server: &Server) {
        let room = resource(server, &json!({}));
        let partner = server.person(&["partner"]);
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        let secret = book(&server.as_role("staff"), &room, &nine, &ten).expect_status(201).json;
        let own = book(&server.as_role("staff"), &room, &ten, &at(server, 1, "11:00")).expect_status(201).json;
        let sql = "UPDATE bookings SET created_by = $1, booked_by = $1 WHERE id = $2";
        server.app().database().write::<_, obcms_store::StoreError>(|tx| {
            tx.execute(sql, &[partner.id.into(), own["id"].as_str().unwrap().parse::<Id>().unwrap().into()])?;
            tx.execute("UPDATE edges SET target = $1 WHERE field = 'booked_by' AND source = $2", &[partner.id.into(), own["id"].as_str().unwrap().parse::<Id>().unwrap().into()])
        }).unwrap();
        partner.client.get(&url(&secret)).expect_status(404);
        // Only the office changes the times of bookings.
        let refused = partner.client.patch(&url(&own), &json!({ "start": nine })).expect_status(403);
        assert_eq!(refused.errors("field"), ["start"]);
        let looked = partner.client.post("/api/v1/bookings/preview", &json!({ "booking": own["id"], "start": nine }));
        for text in [refused.text, looked.text] {
            assert!(!text.contains("Person 2") && !text.contains(secret["id"].as_str().unwrap()), "{text}");
        }
    }
}

on_both_engines! {
    fn series_is_booked_whole_or_without_conflicts(server: &Server) {
        let me = server.as_role("staff");
        let room = resource(server, &json!({}));
        let taken = book(&me, &room, &at(server, 8, "10:00"), &at(server, 8, "11:00")).expect_status(201).json;
        let mut weekly = json!({
            "resource": room["id"], "purpose": "Weekly meeting", "rrule": "FREQ=WEEKLY;COUNT=4",
            "start": at(server, 1, "09:30"), "end": at(server, 1, "10:30"),
        });
        let refused = me.post("/api/v1/bookings", &weekly).expect_status(409);
        assert_eq!(of(&refused, "conflicts", "booking"), [taken["id"].as_str().unwrap()]);
        let seen = me.post("/api/v1/bookings/preview", &weekly).expect_status(200).json;
        let states: Vec<&str> = seen["occurrences"].as_array().unwrap().iter().map(|date| date["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["free", "clash", "free", "free"]);
        // The conflicting date is excluded, and moved to an offered slot.
        let clash = &seen["occurrences"][1];
        let free = clash["free_slots"].as_array().unwrap().iter().find(|slot| slot["start"] == at(server, 8, "11:00")).unwrap();
        weekly["exdates"] = json!([clash["recurrence_id"]]);
        weekly["rdates"] = json!([&free["start"].as_str().unwrap()[..19]]);
        assert_eq!(me.post("/api/v1/bookings/preview", &weekly).expect_status(200).json["free"], 4);
        let made = me.post("/api/v1/bookings", &weekly).expect_status(201).json;
        assert_eq!(exclusive(server), 5);
        let window = format!("/api/v1/calendar?start={}&end={}&kinds=booking&q=weekly", day(server, 0), day(server, 30));
        assert_eq!(of(&me.get(&window), "entries", "start").len(), 4);
        // Each of its dates is reserved.
        book(&me, &room, &at(server, 22, "09:00"), &at(server, 22, "10:00")).expect_status(409);
        book(&me, &room, &at(server, 8, "11:30"), &at(server, 8, "12:30")).expect_status(409);
        book(&me, &room, &at(server, 8, "09:00"), &at(server, 8, "10:00")).expect_status(201);
        me.delete(&url(&made)).expect_status(204);
        assert_eq!(exclusive(server), 2);
        book(&me, &room, &at(server, 15, "09:00"), &at(server, 15, "10:00")).expect_status(201);
        me.post(&format!("{}/restore", url(&made)), &json!({})).expect_status(409);
    }

    fn occurrences_move_only_to_free_slots(server: &Server) {
        let me = server.as_role("staff");
        let room = resource(server, &json!({}));
        let other = book(&me, &room, &at(server, 9, "09:00"), &at(server, 9, "10:00")).expect_status(201).json;
        let daily = me.post("/api/v1/bookings", &json!({
            "resource": room["id"], "purpose": "Sorting", "rrule": "FREQ=DAILY;COUNT=6",
            "start": at(server, 1, "10:00"), "end": at(server, 1, "11:00"),
        })).expect_status(201).json;
        let date = |days: i64, scope: &str| format!("{}/occurrences/{}?scope={scope}", url(&daily), &at(server, days, "10:00")[..19]);
        let to = |days: i64, start: &str, end: &str| json!({ "start": at(server, days, start), "end": at(server, days, end) });
        me.patch(&date(2, "this"), &to(9, "09:30", "10:30")).expect_status(409);
        me.patch(&date(2, "this"), &to(9, "10:00", "11:00")).expect_status(200);
        book(&me, &room, &at(server, 2, "10:00"), &at(server, 2, "11:00")).expect_status(201);
        me.patch(&url(&other), &json!({ "end": at(server, 9, "10:15") })).expect_status(409);
        let elsewhere = resource(server, &json!({ "name": "Room B" }));
        let refused = me.patch(&date(3, "this"), &json!({ "resource": elsewhere["id"] })).expect_status(422);
        assert_eq!(refused.errors("field"), ["resource"]);
        // All dates move; the one moved alone stays.
        book(&me, &room, &at(server, 3, "13:00"), &at(server, 3, "14:00")).expect_status(201);
        me.patch(&date(3, "following"), &to(3, "13:30", "14:30")).expect_status(409);
        let split = me.patch(&date(3, "following"), &to(3, "14:00", "15:00")).expect_status(200);
        book(&me, &room, &at(server, 4, "10:00"), &at(server, 4, "11:00")).expect_status(201);
        book(&me, &room, &at(server, 4, "14:30"), &at(server, 4, "15:30")).expect_status(409);
        assert_eq!(split.json["purpose"], "Sorting");
        // Meanwhile others book the old times of the second part.
        me.post(&format!("{}/undo", url(&daily)), &json!({})).expect_status(409);
        me.delete(&date(1, "this")).expect_status(204);
        book(&me, &room, &at(server, 1, "10:00"), &at(server, 1, "11:00")).expect_status(201);
    }

    fn series_ends_within_the_horizon(server: &Server) {
        let me = server.as_role("staff");
        let room = resource(server, &json!({ "horizon_days": 30 }));
        let book = |rule: &str| {
            me.post("/api/v1/bookings", &json!({
                "resource": room["id"], "rrule": rule, "start": at(server, 1, "10:00"), "end": at(server, 1, "11:00"),
            }))
        };
        let endless = book("FREQ=WEEKLY").expect_status(422);
        assert_eq!((endless.errors("field"), endless.errors("code")), (vec!["rrule"], vec!["horizon"]));
        assert!(endless.text.contains("at most 30 days ahead"));
        assert_eq!(book("FREQ=HOURLY;COUNT=401").expect_status(422).errors("field"), ["rrule"]);
        assert_eq!(book("FREQ=WEEKLY;COUNT=6").expect_status(422).errors("code"), ["horizon"]);
        assert_eq!(book("FREQ=MINUTELY;COUNT=3").expect_status(422).errors("code"), ["overlap"]);
        book("FREQ=WEEKLY;COUNT=5").expect_status(201);
    }

    fn moved_occurrence_of_a_decided_series_is_pending_again(server: &Server) {
        let (staff, coordinator) = (server.as_role("staff"), server.as_role("coordinator"));
        let room = resource(server, &json!({ "requires_approval": true }));
        let made = staff.post("/api/v1/bookings", &json!({
            "resource": room["id"], "rrule": "FREQ=DAILY;COUNT=3", "start": at(server, 1, "10:00"), "end": at(server, 1, "11:00"),
        })).expect_status(201).json;
        coordinator.post(&format!("{}/decision", url(&made)), &json!({ "decision": "approve" })).expect_status(200);
        let date = format!("{}/occurrences/{}", url(&made), &at(server, 2, "10:00")[..19]);
        staff.patch(&date, &json!({ "purpose": "Only this time" })).expect_status(200);
        assert_eq!(staff.get(&url(&made)).json["status"], "approved");
        staff.patch(&date, &json!({ "start": at(server, 2, "12:00"), "end": at(server, 2, "13:00") })).expect_status(200);
        let now = staff.get(&url(&made)).json;
        assert_eq!((&now["status"], &now["decided_by"]), (&json!("pending"), &Value::Null));
        staff.delete(&format!("{date}?scope=this")).expect_status(204);
    }
}

/// Returns the number of times that the database holds exclusively.
fn exclusive(server: &Server) -> i64 {
    server
        .app()
        .read(|tx| {
            let sql = "SELECT count(*) FROM booking_slots WHERE is_exclusive = $1 AND end_at > $2";
            Ok(tx.one(sql, &[true.into(), Timestamp::UNIX_EPOCH.into()])?.get(0)?)
        })
        .unwrap()
}
