//! Bookings of events: made with the event, moved with it, released with it, in one save.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::ToSpan;
use obcms_tests::{Answer, Browser, Client, Server, on_both_engines};
use serde_json::{Value, json};

/// Creates a resource and returns its id.
fn resource(server: &Server, more: &Value) -> String {
    let mut input = json!({ "name": "Room A", "resource_type": "room" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = server.as_role("coordinator").post("/api/v1/resources", &input).expect_status(201).json;
    made["id"].as_str().unwrap().to_owned()
}

/// Returns the next Monday after so many weeks, at a time.
fn monday(server: &Server, weeks: i64, time: &str) -> String {
    let zone = server.app().zone().clone();
    let mut day = server.app().now().to_zoned(zone).date().tomorrow().unwrap();
    while day.weekday() != jiff::civil::Weekday::Monday {
        day = day.tomorrow().unwrap();
    }
    let day = day.checked_add((weeks * 7).days()).unwrap();
    format!("{day}T{time}:00+08:00")
}

fn event(client: &Client, more: &Value) -> Answer {
    let mut input = json!({ "title": "Forum" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/api/v1/events", &input)
}

fn path(record: &Value) -> String {
    format!("/api/v1/events/{}", record["id"].as_str().unwrap())
}

/// Returns the bookings of the event that reserve a resource.
fn bookings(client: &Client, event: &Value) -> Vec<Value> {
    let address = format!("/api/v1/bookings?origin={}&sort=start&limit=100", event["id"].as_str().unwrap());
    let mut found = client.get(&address).expect_status(200).json["items"].as_array().unwrap().clone();
    found.retain(|booking| ["approved", "pending"].contains(&booking["status"].as_str().unwrap()));
    found
}

/// Returns the busy times of a resource, as local start times.
fn busy(client: &Client, server: &Server, resource: &str) -> Vec<String> {
    let address = format!(
        "/api/v1/resources/{resource}/availability?start={}&end={}",
        &monday(server, 0, "00:00")[..10],
        &monday(server, 12, "00:00")[..10]
    );
    let found = client.get(&address).expect_status(200).json;
    found["busy"].as_array().unwrap().iter().map(|span| span["start"].as_str().unwrap().to_owned()).collect()
}

fn of<'a>(booking: &'a Value, name: &str) -> &'a str {
    booking[name].as_str().unwrap_or_default()
}

on_both_engines! {
    fn event_is_saved_with_its_bookings_or_not_at_all(server: &Server) {
        let me = server.as_role("coordinator");
        let (room, van) = (resource(server, &json!({})), resource(server, &json!({ "name": "Van", "resource_type": "vehicle" })));
        let (nine, ten) = (monday(server, 0, "09:00"), monday(server, 0, "10:00"));
        let weekly = json!({ "start": nine, "end": ten, "rrule": "FREQ=WEEKLY;COUNT=4", "resources": [room, van] });
        let made = event(&me, &weekly).expect_status(201).json;
        let found = bookings(&me, &made);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|one| of(one, "rrule") == "FREQ=WEEKLY;COUNT=4" && of(one, "purpose") == "Forum"));
        assert_eq!(busy(&me, server, &room), [0, 1, 2, 3].map(|week| monday(server, week, "09:00")));
        // The second event would need the van on two taken dates: it is not saved, and neither is its free room.
        let other = resource(server, &json!({ "name": "Room B" }));
        let before = me.get("/api/v1/events?limit=1").json["total"].clone();
        let clash = json!({ "start": monday(server, 2, "09:30"), "rrule": "FREQ=WEEKLY;COUNT=3", "resources": [other, van] });
        let refused = event(&me, &clash).expect_status(409);
        assert_eq!(refused.json["field"], "resources");
        assert_eq!(refused.json["conflicts"].as_array().unwrap().len(), 2);
        assert!(of(&refused.json, "detail").starts_with("Van is already booked: Forum"), "{}", refused.json["detail"]);
        assert_eq!(of(&refused.json["refused_bookings"][0], "resource"), van);
        assert_eq!(me.get("/api/v1/events?limit=1").json["total"], before);
        assert!(busy(&me, server, &other).is_empty());
        // Taking a resource off cancels its booking; the other stays.
        let kept = me.patch(&path(&made), &json!({ "resources": [room] })).expect_status(200).json;
        assert_eq!(bookings(&me, &kept).iter().map(|one| of(one, "resource")).collect::<Vec<_>>(), [room.as_str()]);
        event(&me, &clash).expect_status(201);
        // Wrong lists are refused beside their field.
        for wrong in [json!("room"), json!([1]), json!(["x"]), json!({})] {
            let answer = event(&me, &json!({ "start": nine, "resources": wrong })).expect_status(422);
            assert_eq!(answer.errors("field"), ["resources"]);
        }
        event(&me, &json!({ "start": nine, "resources": [made["id"]] })).expect_status(422);
        // An empty list releases everything.
        me.patch(&path(&made), &json!({ "resources": null })).expect_status(200);
        assert!(bookings(&me, &made).is_empty());
    }

    fn bookings_move_with_their_event(server: &Server) {
        let me = server.as_role("coordinator");
        let (room, other) = (resource(server, &json!({ "seats": 20 })), resource(server, &json!({ "name": "Room B", "seats": 30 })));
        let van = resource(server, &json!({ "name": "Van", "resource_type": "vehicle" }));
        let at = |time: &str| monday(server, 0, time);
        let made = event(&me, &json!({ "start": at("09:00"), "end": at("10:00"), "resources": [room] })).expect_status(201).json;
        let origin = json!({ "kind": "event", "id": made["id"] });
        // The van leaves an hour earlier.
        me.post("/api/v1/bookings", &json!({ "resource": van, "start": at("08:00"), "end": at("11:00"), "origin": origin })).expect_status(201);
        let moved = me.patch(&path(&made), &json!({ "start": at("13:00"), "end": at("14:30") })).expect_status(200).json;
        let times = |made: &Value| -> Vec<(String, String)> {
            bookings(&me, made).iter().map(|one| (of(one, "start").to_owned(), of(one, "end").to_owned())).collect()
        };
        assert_eq!(times(&moved), [(at("12:00"), at("15:30")), (at("13:00"), at("14:30"))]);
        // Undo moves all of them back.
        me.post(&format!("{}/undo", path(&made)), &json!({})).expect_status(200);
        assert_eq!(times(&made), [(at("08:00"), at("11:00")), (at("09:00"), at("10:00"))]);
        // The room is taken in the afternoon: the event stays, and the answer has the ways out.
        me.post("/api/v1/bookings", &json!({ "resource": room, "start": at("13:00"), "end": at("15:00"), "purpose": "Audit" })).expect_status(201);
        let entry = format!("event:{}", made["id"].as_str().unwrap());
        let feed = me.get(&format!("/api/v1/calendar?start={}&end={}&kinds=event", &at("00:00")[..10], &monday(server, 1, "00:00")[..10]));
        let entry_id = of(&feed.json["entries"][0], "id").to_owned();
        assert!(entry_id.contains(made["id"].as_str().unwrap()), "{entry_id} {entry}");
        let drag = format!("/api/v1/calendar/entries/{entry_id}");
        let to = json!({ "start": at("14:00"), "end": at("15:00") });
        let refused = me.patch(&drag, &to).expect_status(409).json;
        assert!(of(&refused, "detail").starts_with("Room A is already booked: Audit"), "{}", refused["detail"]);
        assert_eq!(of(&refused["alternatives"][0], "resource"), other);
        assert_eq!(refused["resources"].as_array().unwrap().len(), 2);
        assert_eq!(refused["free_slots"], json!([]), "the van has other times than the event");
        assert_eq!(me.get(&path(&made)).json["start"], at("09:00"));
        assert_eq!(times(&made), [(at("08:00"), at("11:00")), (at("09:00"), at("10:00"))]);
        // Another room in the same save; the van comes along.
        let mut with = to.clone();
        with["resources"] = json!([other, van]);
        me.patch(&drag, &with).expect_status(200);
        assert_eq!(times(&made), [(at("13:00"), at("16:00")), (at("14:00"), at("15:00"))]);
        assert!(!busy(&me, server, &room).contains(&at("09:00")));
        assert_eq!(busy(&me, server, &other), [at("14:00")]);
        // Without the van and without a room.
        let mut without = json!({ "start": at("16:00"), "end": at("17:00") });
        without["resources"] = json!([]);
        me.patch(&drag, &without).expect_status(200);
        assert!(bookings(&me, &made).is_empty());
    }

    fn bookings_of_a_series_follow_each_scope(server: &Server) {
        let me = server.as_role("coordinator");
        let room = resource(server, &json!({}));
        let at = |week: i64, time: &str| monday(server, week, time);
        let weekly = json!({ "start": at(0, "09:00"), "end": at(0, "10:00"), "rrule": "FREQ=WEEKLY;COUNT=5", "resources": [room] });
        let made = event(&me, &weekly).expect_status(201).json;
        let date = |week: i64, time: &str, scope: &str| {
            format!("{}/occurrences/{}T{time}:00?scope={scope}", path(&made), &at(week, "00:00")[..10])
        };
        let taken = || busy(&me, server, &room);
        // One occurrence.
        me.patch(&date(1, "09:00", "this"), &json!({ "start": at(1, "14:00"), "end": at(1, "15:00") })).expect_status(200);
        assert_eq!(taken(), [at(0, "09:00"), at(1, "14:00"), at(2, "09:00"), at(3, "09:00"), at(4, "09:00")]);
        // All occurrences; the one that was moved by itself stays.
        me.patch(&date(2, "09:00", "all"), &json!({ "start": at(2, "10:00"), "end": at(2, "11:00") })).expect_status(200);
        assert_eq!(taken(), [at(0, "10:00"), at(1, "14:00"), at(2, "10:00"), at(3, "10:00"), at(4, "10:00")]);
        // A cancelled occurrence frees the room.
        me.delete(&date(2, "10:00", "this")).expect_status(204);
        assert_eq!(taken(), [at(0, "10:00"), at(1, "14:00"), at(3, "10:00"), at(4, "10:00")]);
        // This and following: the booking is split with the series.
        let split = me.patch(&date(3, "10:00", "following"), &json!({ "start": at(3, "08:00"), "end": at(3, "09:00") })).expect_status(200).json;
        let second = json!({ "id": split["series"]["id"].as_str().or(split["id"].as_str()).unwrap() });
        assert_ne!(second["id"], made["id"]);
        assert_eq!(taken(), [at(0, "10:00"), at(1, "14:00"), at(3, "08:00"), at(4, "08:00")]);
        assert_eq!((bookings(&me, &made).len(), bookings(&me, &second).len()), (1, 1));
        // An undo joins both again.
        me.post(&format!("{}/undo", path(&second)), &json!({})).expect_status(200);
        assert_eq!(taken(), [at(0, "10:00"), at(1, "14:00"), at(3, "10:00"), at(4, "10:00")]);
        assert_eq!(bookings(&me, &made).len(), 1);
        // One date without the room, and one date in another room.
        let other = resource(server, &json!({ "name": "Room B" }));
        me.patch(&date(3, "10:00", "this"), &json!({ "resources": [] })).expect_status(200);
        assert_eq!(taken(), [at(0, "10:00"), at(1, "14:00"), at(4, "10:00")]);
        me.patch(&date(4, "10:00", "this"), &json!({ "resources": [other], "start": at(4, "11:00"), "end": at(4, "12:00") })).expect_status(200);
        assert_eq!(taken(), [at(0, "10:00"), at(1, "14:00")]);
        assert_eq!(busy(&me, server, &other), [at(4, "11:00")]);
        // The end of the series ends the booking.
        me.delete(&date(1, "10:00", "following")).expect_status(204);
        assert_eq!(taken(), [at(0, "10:00")]);
    }

    fn moved_bookings_ask_for_approval_again(server: &Server) {
        let room = resource(server, &json!({ "requires_approval": true }));
        let (staff, coordinator) = (server.as_role("staff"), server.as_role("coordinator"));
        let at = |time: &str| monday(server, 0, time);
        let made = event(&staff, &json!({ "start": at("09:00"), "end": at("10:00"), "resources": [room] })).expect_status(201).json;
        let booking = bookings(&staff, &made).remove(0);
        assert_eq!(of(&booking, "status"), "pending");
        coordinator.post(&format!("/api/v1/bookings/{}/decision", of(&booking, "id")), &json!({ "decision": "approve" })).expect_status(200);
        staff.patch(&path(&made), &json!({ "title": "Forum of elders" })).expect_status(200);
        assert_eq!(of(&bookings(&staff, &made)[0], "status"), "approved");
        staff.patch(&path(&made), &json!({ "start": at("10:00"), "end": at("11:00") })).expect_status(200);
        assert_eq!(of(&bookings(&staff, &made)[0], "status"), "pending");
        coordinator.patch(&path(&made), &json!({ "start": at("11:00"), "end": at("12:00") })).expect_status(200);
        // The terms of the resource hold as for any booking.
        let closed = resource(server, &json!({ "name": "Hall", "opening_hours": { "monday": [{ "from": "08:00", "to": "17:00" }] } }));
        let refused = coordinator.patch(&path(&made), &json!({ "start": at("20:00"), "end": at("21:00"), "resources": [closed] })).expect_status(409);
        assert!(of(&refused.json, "detail").starts_with("Hall: "), "{}", refused.json["detail"]);
        assert_eq!(coordinator.get(&path(&made)).json["start"], at("11:00"));
    }

    fn one_of_two_concurrent_events_gets_the_room(server: &Server) {
        let room = resource(server, &json!({}));
        let clients = [server.as_role("coordinator"), server.as_role("admin")];
        for week in 0..6 {
            let body = json!({ "start": monday(server, week, "09:00"), "resources": [room] });
            let both = |send: &(dyn Fn(&Client, usize) -> Answer + Sync)| -> Vec<Answer> {
                std::thread::scope(|scope| {
                    let threads = [0, 1].map(|place| scope.spawn({ let client = &clients[place]; move || send(client, place) }));
                    threads.map(|thread| thread.join().unwrap()).into_iter().collect()
                })
            };
            // Two forms book the last room.
            let answers = both(&|client, _| event(client, &body));
            let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "week {week}");
            let won = answers.iter().find(|answer| answer.status == 201).unwrap();
            assert_eq!(busy(&clients[0], server, &room).len(), usize::try_from(week).unwrap() + 1);
            // Two people move the same event, which both have seen.
            let version = won.json["version"].as_i64().unwrap();
            let times = [("10:00", "11:00"), ("13:00", "14:00")];
            let moved = both(&|client, place| {
                let (start, end) = times[place];
                let client = client.with_header("if-match", &format!("\"{version}\""));
                client.patch(&path(&won.json), &json!({ "start": monday(server, week, start), "end": monday(server, week, end) }))
            });
            let mut statuses: Vec<u16> = moved.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "week {week}");
            let start = clients[0].get(&path(&won.json)).json["start"].clone();
            assert_eq!(json!(of(&bookings(&clients[0], &won.json)[0], "start")), start, "week {week}");
        }
    }

    fn series_and_its_room_change_at_the_same_time(server: &Server) {
        let (room, other) = (resource(server, &json!({})), resource(server, &json!({ "name": "Room B" })));
        let clients = [server.as_role("coordinator"), server.as_role("admin")];
        let at = |week: i64, time: &str| monday(server, week, time);
        for round in 0..5 {
            let body = json!({ "start": at(0, "09:00"), "end": at(0, "10:00"), "rrule": "FREQ=WEEKLY;COUNT=6", "resources": [room] });
            let made = event(&clients[0], &body).expect_status(201).json;
            let booking = bookings(&clients[0], &made).remove(0);
            let (series, moved) = std::thread::scope(|scope| {
                let series = scope.spawn(|| clients[0].patch(&path(&made), &json!({ "start": at(0, "11:00"), "end": at(0, "12:00") })));
                let moved = scope.spawn(|| clients[1].patch(&format!("/api/v1/bookings/{}", of(&booking, "id")), &json!({ "resource": other })));
                (series.join().unwrap(), moved.join().unwrap())
            });
            assert_eq!(series.status, 200, "round {round}: {}", series.json);
            assert!([200, 409, 412].contains(&moved.status), "round {round}: {}", moved.json);
            let found = bookings(&clients[0], &made);
            assert_eq!(found.len(), 1, "round {round}");
            let expected = if moved.status == 200 { &other } else { &room };
            assert_eq!((of(&found[0], "resource"), of(&found[0], "start")), (expected.as_str(), at(0, "11:00").as_str()), "round {round}");
            assert_eq!(busy(&clients[0], server, expected).len(), 6, "round {round}");
            clients[0].patch(&path(&made), &json!({ "resources": [] })).expect_status(200);
            assert!(busy(&clients[0], server, &room).is_empty() && busy(&clients[0], server, &other).is_empty());
        }
    }
}

on_both_engines! {
    fn form_books_rooms_and_shows_who_is_free(server: &Server) {
        let person = server.person(&["coordinator"]);
        let browser = Browser::sign_in(server, &person);
        let (me, guest) = (person.client.clone(), server.person(&["staff"]));
        let room = resource(server, &json!({ "name": "Blue room", "seats": 20 }));
        let small = resource(server, &json!({ "name": "Cabin", "seats": 1 }));
        let taken = resource(server, &json!({ "name": "Red room" }));
        let at = |time: &str| monday(server, 0, time);
        let day = &at("00:00")[..10];
        me.post("/api/v1/bookings", &json!({ "resource": taken, "start": at("09:00"), "end": at("12:00"), "purpose": "Audit" })).expect_status(201);
        event(&me, &json!({ "title": "Seminar", "start": at("09:00"), "end": at("11:00"), "participants": [guest.id.to_string()] })).expect_status(201);
        // Free rooms, the one that is too small, the one that is taken, and the guest who is busy.
        let asked = format!("/events/new?title=Forum&start={day}T10:00&end={day}T11:00&participants={}", guest.id);
        let page = browser.client.get(&asked).expect_status(200).text;
        for words in ["Blue room", "Too small for 2", "Not free at this time", "Audit, ", "Busy: ", "Seminar, 9:00 AM – 11:00 AM"] {
            assert!(page.contains(words), "{words}");
        }
        let free = page.find("Blue room").unwrap();
        assert!(free < page.rfind("Cabin").unwrap() && free < page.rfind("Red room").unwrap());
        // Who may not see the other event sees that the guest is busy.
        let part = format!("/events/planner?shown_fields=start,end,participants&start={day}&start.time=10:00&end={day}&end.time=11:00&participants={}", guest.id);
        assert!(browser.client.get(&part).expect_status(200).text.contains("Seminar"));
        // The room is booked in the same save; by its name without script.
        let base = [("title", "Forum"), ("start", day), ("start.time", "10:00"), ("end", day), ("end.time", "11:00"), ("resources_before", "")];
        let with = |more: &[(&'static str, &str)]| -> Answer {
            let mut fields: Vec<(&str, &str)> = base.to_vec();
            fields.extend(more.iter().copied());
            browser.send("/events/new", &fields)
        };
        let refused = with(&[("resources", &taken)]).expect_status(422).text;
        assert!(refused.contains("Red room is already booked: Audit"), "the answer names what is in the way");
        assert!(refused.contains("field-resources-error"), "beside the field");
        assert!(with(&[("resource_name", "Green room")]).expect_status(422).text.contains("No record has the name"));
        assert!(busy(&me, server, &room).is_empty());
        let again = with(&[("resources", &room), ("intent", "check")]).expect_status(200).text;
        assert!(again.contains("Selected"), "the form is drawn again without saving");
        let made = with(&[("resource_name", "Blue room")]).expect_status(303);
        let address = made.header("location").to_owned();
        assert_eq!(busy(&me, server, &room), [at("10:00")]);
        let page = browser.client.get(&address).expect_status(200).text;
        assert!(page.find("Time, place and people").unwrap() < page.find("About").unwrap());
        assert!(page.contains("10:00 AM – 11:00 AM"));
        // Taken off the form, the booking is cancelled; a field that is not changed keeps it.
        let edit = format!("{address}/edit");
        let version = |page: &str| page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let form = browser.client.get(&edit).expect_status(200).text;
        assert!(form.contains(&format!("name=\"resources_before\" value=\"{room}\"")));
        let seen = version(&form);
        let kept = [("version", seen.as_str()), ("shown_fields", "title"), ("title", "Forum of elders"), ("resources_before", &room), ("resources", &room)];
        browser.send(&edit, &kept).expect_status(303);
        assert_eq!(busy(&me, server, &room), [at("10:00")]);
        let seen = version(&browser.client.get(&edit).text);
        let off = [("version", seen.as_str()), ("shown_fields", "title"), ("title", "Forum of elders"), ("resources_before", &room), ("resources", &small)];
        browser.send(&edit, &off).expect_status(303);
        assert!(busy(&me, server, &room).is_empty());
        assert_eq!(busy(&me, server, &small), [at("10:00")]);
        let brief = browser.client.get(&format!("{address}/brief")).expect_status(200).text;
        assert!(brief.contains("Forum of elders") && brief.contains("Cabin") && brief.contains("Preparation and follow-up"));
    }

    fn brief_of_a_series_is_that_of_the_next_or_the_shown_occurrence(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let me = server.as_role("coordinator");
        let at = |week: i64, time: &str| monday(server, week, time);
        let event = json!({ "title": "Staff meeting", "start": at(0, "10:00"), "end": at(0, "11:00"), "rrule": "FREQ=WEEKLY;COUNT=4" });
        let event = me.post("/api/v1/events", &event).expect_status(201).json;
        let (address, name) = (format!("/events/{}", of(&event, "id")), |week: i64| at(week, "10:00")[..19].to_owned());
        let moved = json!({ "start": at(2, "15:00"), "end": at(2, "17:00") });
        me.patch(&format!("/api/v1{address}/occurrences/{}?scope=this", name(2)), &moved).expect_status(200);
        let linked = |page: &str, name: &str| page.contains(&format!("{address}/brief?occurrence={name}"));
        assert!(linked(&browser.client.get(&address).expect_status(200).text, &name(0)));
        let shown = browser.client.get(&format!("{address}?occurrence={}", name(2))).expect_status(200).text;
        assert!(linked(&shown, &name(2)));
        let brief = browser.client.get(&format!("{address}/brief?occurrence={}", name(2))).expect_status(200).text;
        assert!(brief.contains("3:00 PM – 5:00 PM") && !brief.contains("10:00 AM"));
    }

    fn booking_of_a_task_moves_with_its_dates(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let me = server.as_role("coordinator");
        let van = resource(server, &json!({ "name": "Van", "resource_type": "vehicle" }));
        let at = |week: i64, time: &str| monday(server, week, time);
        let day = |week: i64| at(week, "00:00")[..10].to_owned();
        let task = me.post("/api/v1/tasks", &json!({ "title": "Fetch chairs", "due_date": day(0) })).expect_status(201).json;
        let origin = json!({ "kind": "task", "id": task["id"] });
        let booking = me.post("/api/v1/bookings", &json!({ "resource": van, "start": at(0, "08:00"), "end": at(0, "10:00"), "origin": origin })).expect_status(201).json;
        let address = format!("/api/v1/tasks/{}", of(&task, "id"));
        me.patch(&address, &json!({ "due_date": day(1) })).expect_status(200);
        assert_eq!(busy(&me, server, &van), [at(1, "08:00")]);
        me.post(&format!("{address}/undo"), &json!({})).expect_status(200);
        assert_eq!(busy(&me, server, &van), [at(0, "08:00")]);
        // The van is taken two weeks later: the task moves, its page tells of the booking.
        me.post("/api/v1/bookings", &json!({ "resource": van, "start": at(2, "09:00"), "end": at(2, "12:00") })).expect_status(201);
        me.patch(&address, &json!({ "due_date": day(2) })).expect_status(200);
        assert_eq!(me.get(&format!("/api/v1/bookings/{}", of(&booking, "id"))).json["start"], at(0, "08:00"));
        let log = me.get(&format!("{address}/history")).json;
        assert!(log["items"].as_array().unwrap().iter().any(|item| item["action"] == "keep_booking"), "{log}");
        assert!(browser.page(&format!("/tasks/{}", of(&task, "id"))).contains("Outside the task"));
    }

    fn start_moves_to_the_first_date_of_the_rule(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let me = server.as_role("coordinator");
        let day = &monday(server, 0, "00:00")[..10];
        let part = format!("/events/planner?shown_fields=start,end,rrule&start={day}&start.time=10:00&rrule=FREQ%3DWEEKLY%3BBYDAY%3DTU%3BCOUNT%3D3");
        let page = browser.client.get(&part).expect_status(200).text;
        assert!(page.contains("The first date is Tue "), "{page}");
        let made = event(&me, &json!({ "start": monday(server, 0, "10:00"), "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=3" })).expect_status(201).json;
        let start: jiff::civil::Date = of(&made, "start")[..10].parse().unwrap();
        assert_eq!(start, day.parse::<jiff::civil::Date>().unwrap().tomorrow().unwrap());
    }

    fn found_time_books_the_room_that_it_showed(server: &Server) {
        let person = server.person(&["coordinator"]);
        let browser = Browser::sign_in(server, &person);
        let room = resource(server, &json!({ "name": "Blue room", "seats": 20 }));
        let page = browser.client.get(&format!("/calendar/find-time?people={}&minutes=60&resource_type=room", person.id)).expect_status(200).text;
        let address = page.split("href=\"/events/new?").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
        assert!(address.contains(&format!("resources={room}")), "{address}");
        let form = browser.client.get(&format!("/events/new?{address}")).expect_status(200).text;
        assert!(form.contains(&format!("value=\"{room}\" checked")), "the room is selected");
    }
}
