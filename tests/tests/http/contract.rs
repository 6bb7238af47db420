//! API contract: variants of input that external clients send, and guarantees that they rely on.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::{Timestamp, ToSpan};
use obcms_tests::{Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn address(collection: &str, record: &Value) -> String {
    format!("/api/v1/{collection}/{}", record["id"].as_str().unwrap())
}

/// Returns a day so many days from now in the zone of the office.
fn day(server: &Server, days: i64) -> String {
    let today = server.app().now().to_zoned(server.app().zone().clone()).date();
    today.checked_add(days.days()).unwrap().to_string()
}

/// Creates a room with a daily booking from tomorrow on.
fn daily(server: &Server, more: &Value) -> Value {
    let mut room = json!({ "name": "Room A", "resource_type": "room" });
    room.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let room = make(&server.as_role("coordinator"), "resources", &room);
    make(
        &server.as_role("coordinator"),
        "bookings",
        json!({
            "resource": room["id"], "purpose": "Sorting", "rrule": "FREQ=DAILY;COUNT=5",
            "start": format!("{}T10:00:00+08:00", day(server, 1)), "end": format!("{}T11:00:00+08:00", day(server, 1)),
        }),
    )
}

fn starts(client: &Client, url: &str) -> Vec<String> {
    let dates = client.get(&format!("{url}/occurrences")).expect_status(200).json;
    let dates = dates["items"].as_array().unwrap();
    dates.iter().map(|date| date["start"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    fn split_series_does_not_conflict_with_itself(server: &Server) {
        let me = server.as_role("coordinator");
        let series = daily(server, &json!({}));
        let url = address("bookings", &series);
        let date = format!("{url}/occurrences/{}T10:00:00?scope=following", day(server, 3));
        let at = |time: &str| format!("{}T{time}:00+08:00", day(server, 3));
        let split = me.patch(&date, &json!({ "start": at("10:30"), "end": at("11:30") })).expect_status(200);
        assert_eq!(starts(&me, &url).len(), 2);
        let rest = starts(&me, &address("bookings", &split.json));
        assert_eq!(rest.len(), 3);
        assert_eq!(rest[0], at("10:30"));
        let taken = json!({ "resource": series["resource"], "start": at("11:00"), "end": at("12:00") });
        me.post("/api/v1/bookings", &taken).expect_status(409);
        me.post(split.json["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(starts(&me, &url).len(), 5);
        make(&me, "bookings", &taken);
    }

    fn past_booking_cannot_be_moved(server: &Server) {
        let me = server.as_role("coordinator");
        let room = make(&me, "resources", json!({ "name": "Room A", "resource_type": "room" }));
        let book = |days: i64| {
            make(&me, "bookings", json!({
                "resource": room["id"],
                "start": format!("{}T09:00:00+08:00", day(server, days)),
                "end": format!("{}T10:00:00+08:00", day(server, days)),
            }))
        };
        let (over, ahead) = (book(1), book(2));
        let (start, end) = (server.app().now() - 3.hours(), server.app().now() - 2.hours());
        set_times(server, &over, start, end);
        let window = format!("/api/v1/calendar?start={}&end={}&kinds=booking", day(server, -2), day(server, 5));
        let entries = me.get(&window).expect_status(200).json["entries"].as_array().unwrap().clone();
        let editable = |booking: &Value| {
            entries.iter().find(|entry| entry["source"]["id"] == booking["id"]).unwrap()["editable"].clone()
        };
        assert_eq!((editable(&over), editable(&ahead)), (json!(false), json!(true)));
    }

    fn dates_are_parsed_from_a_list_with_commas(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({
            "title": "Staff meeting", "start": "2027-01-25T09:00:00+08:00", "rrule": "FREQ=WEEKLY;COUNT=3",
            "rdates": "2027-01-27T14:00:00, 20270128T010000Z", "exdates": "2027-02-01",
        }));
        assert_eq!(event["rdates"], json!(["2027-01-27T14:00:00", "2027-01-28T09:00:00"]));
        assert_eq!(event["exdates"], json!(["2027-02-01T09:00:00"]));
        let cleared = me.patch(&address("events", &event), &json!({ "rdates": "" })).expect_status(200).json;
        assert_eq!(cleared["rdates"], json!([]));
        for wrong in ["soon", "2027-01-27,soon", "2027-02-30"] {
            let refused = me.patch(&address("events", &event), &json!({ "rdates": wrong })).expect_status(422);
            assert_eq!(refused.errors("field"), ["rdates"], "{wrong}");
        }
        let long = vec!["2027-01-27"; 501].join(",");
        me.patch(&address("events", &event), &json!({ "rdates": long })).expect_status(422);
        // The preview parses them in the same way.
        let seen = me.post("/api/v1/recurrence/preview", &json!({
            "dtstart": "2027-01-25T09:00:00", "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;COUNT=3",
            "rdates": "2027-01-27T14:00:00,2027-01-28", "exdates": "2027-02-01",
        }));
        assert_eq!(seen.expect_status(200).json["occurrences"], json!([
            "2027-01-25T09:00:00+08:00", "2027-01-27T14:00:00+08:00", "2027-01-28T09:00:00+08:00",
            "2027-02-08T09:00:00+08:00",
        ]));
    }

    fn recurrence_id_may_be_an_instant_or_a_local_start(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({
            "title": "Staff meeting", "start": "2027-01-25T09:00:00", "timezone": "America/New_York",
            "rrule": "FREQ=WEEKLY",
        }));
        let date = |name: &str| format!("{}/occurrences/{name}", address("events", &event));
        for name in ["2027-03-15T09:00:00", "2027-03-15T13:00:00Z", "2027-03-15T21:00:00+08:00", "20270315T130000Z"] {
            let found = me.get(&date(name)).expect_status(200).json;
            assert_eq!(found["recurrence_id"], "2027-03-15T09:00:00", "{name}");
        }
        for name in ["2027-03-15T14:00:00Z", "2027-03-15T09:00:00+08:00", "2027-03-15"] {
            me.get(&date(name)).expect_status(404);
        }
    }

    fn decision_is_accepted_in_several_forms(server: &Server) {
        let me = server.as_role("coordinator");
        for (body, status) in [
            (json!({ "decision": "approve" }), "approved"),
            (json!({ "action": "reject", "note": "Taken" }), "rejected"),
            (json!({ "status": "cancelled" }), "cancelled"),
            (json!({ "approve": true, "note": "Fine" }), "approved"),
            (json!({ "approve": false, "reject": true, "note": "Taken" }), "rejected"),
        ] {
            let booking = daily(server, &json!({ "requires_approval": true }));
            let decision = format!("{}/decision", address("bookings", &booking));
            for wrong in [
                json!({}), json!({ "approve": true, "reject": true }), json!({ "approve": "yes" }),
                json!({ "decision": "approve", "status": "rejected" }), json!({ "decision": "pending" }),
            ] {
                let refused = me.post(&decision, &wrong).expect_status(422);
                assert_eq!(refused.errors("field"), ["decision"], "{wrong}");
            }
            assert_eq!(me.post(&decision, &body).expect_status(200).json["status"], status, "{body}");
        }
    }

    fn all_day_dates_may_be_given_as_instants(server: &Server) {
        let me = server.as_role("coordinator");
        let task = make(&me, "tasks", json!({ "title": "Report", "start_date": "2027-03-10", "due_date": "2027-03-11" }));
        let entry = format!("/api/v1/calendar/entries/task-{}-task-0", task["id"].as_str().unwrap());
        let moved = json!({
            "start": "2027-03-15T16:00:00Z", "end": "2027-03-18T00:00:00+08:00", "all_day": true,
        });
        let moved = me.patch(&entry, &moved).expect_status(200).json;
        assert_eq!((&moved["start"], &moved["end"]), (&json!("2027-03-16"), &json!("2027-03-18")));
        let untold = json!({ "start": "2027-03-15T16:00:00Z", "end": "2027-03-18T00:00:00+08:00" });
        assert_eq!(me.patch(&entry, &untold).expect_status(422).errors("field"), ["start"]);
    }

    fn all_day_date_is_the_same_in_another_zone(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({
            "title": "Retreat", "start": "2027-03-10", "end": "2027-03-12", "all_day": true, "event_type": "other",
        }));
        let series = make(&me, "events", json!({
            "title": "Market day", "start": "2027-03-10", "all_day": true, "event_type": "other",
            "rrule": "FREQ=WEEKLY;UNTIL=20270324", "exdates": ["2027-03-17"],
        }));
        for zone in ["America/New_York", "Pacific/Kiritimati", "Europe/Berlin", "Asia/Manila"] {
            let there = json!({ "timezone": zone });
            let moved = me.patch(&address("events", &event), &there).expect_status(200).json;
            assert_eq!((&moved["start"], &moved["end"]), (&json!("2027-03-10"), &json!("2027-03-12")), "{zone}");
            me.patch(&address("events", &series), &there).expect_status(200);
            assert_eq!(starts(&me, &address("events", &series)), ["2027-03-10", "2027-03-24"], "{zone}");
        }
        let date = format!("{}/occurrences/2027-03-24", address("events", &series));
        for scope in ["this", "all", "following"] {
            let changed = me.patch(&format!("{date}?scope={scope}"), &json!({ "timezone": "America/New_York" }));
            let changed = changed.expect_status(200).json;
            let first = if scope == "all" { "2027-03-10" } else { "2027-03-24" };
            assert_eq!((&changed["timezone"], &changed["start"]), (&json!("America/New_York"), &json!(first)), "{scope}");
        }
        let times = json!({ "timezone": "Asia/Tokyo", "all_day": false });
        let timed = me.patch(&address("events", &event), &times).expect_status(200).json;
        assert_eq!(timed["start"], "2027-03-10T00:00:00+09:00");
    }

    fn filter_mine_accepts_a_number(server: &Server) {
        let (me, other) = (server.as_role("staff"), server.as_role("staff"));
        for client in [&me, &other] {
            make(client, "events", json!({ "title": "Mine", "start": "2027-03-10T09:00:00+08:00", "event_type": "other" }));
        }
        let count = |mine: &str| {
            let window = format!("/api/v1/calendar?start=2027-03-10&end=2027-03-11&kinds=event&mine={mine}");
            me.get(&window).expect_status(200).json["entries"].as_array().unwrap().len()
        };
        assert_eq!([count("1"), count("true"), count("0"), count("false")], [1, 1, 2, 2]);
    }

    fn unescaped_plus_is_accepted_in_lists(server: &Server) {
        let me = server.as_role("staff");
        make(&me, "events", json!({ "title": "Meeting", "start": "2027-03-10T09:00:00+08:00", "event_type": "other" }));
        for start in ["2027-03-10T09:00:00+08:00", "2027-03-10T09:00:00%2B08:00", "2027-03-10T01:00:00Z"] {
            assert_eq!(me.get(&format!("/api/v1/events?start={start}")).expect_status(200).json["total"], 1, "{start}");
        }
    }

    fn filter_values_are_combined_in_every_notation(server: &Server) {
        let me = server.as_role("coordinator");
        for (title, status) in [("One", "scheduled"), ("Two", "cancelled"), ("Three", "completed")] {
            let body = json!({ "title": title, "start": "2027-03-10T09:00:00+08:00", "status": status });
            make(&me, "events", &body);
        }
        make(&me, "events", json!({ "title": "Four", "start": "2027-03-11T00:00:00+08:00", "venue": "Hall, east" }));
        let titles = |query: &str| {
            let list = me.get(&format!("/api/v1/events?sort=title&{query}")).expect_status(200).json;
            let items = list["items"].as_array().unwrap().iter();
            items.map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let two = ["Three", "Two"];
        assert_eq!(titles("status=cancelled,completed"), two);
        assert_eq!(titles("status=cancelled&status=completed"), two);
        assert_eq!(titles("status=cancelled&status=&status=completed,cancelled"), two);
        assert_eq!(titles("title=One&title=Four"), ["Four", "One"]);
        assert_eq!(titles("venue=none,x"), [""; 0], "a text is taken whole");
        assert_eq!(titles("venue=none").len(), 3);
        assert_eq!(titles("venue=none&venue=Hall%2C+east").len(), 4);
        // A parameter without a value is no filter, whatever the field.
        assert_eq!(titles("venue=&description=&status=&start=&organizer=&minutes=&q=&cursor=&all_day="), ["Four", "One", "Three", "Two"]);
        // Fields are combined with AND.
        assert_eq!(titles("status=cancelled&title=One"), [""; 0]);
        for (wrong, field) in [
            ("q=a&q=b", "q"), ("limit=1&limit=2", "limit"), ("sort=title&sort=start", "sort"),
            ("start_from=2027-01-01&start_from=2027-02-01", "start_from"), ("nothing=", "nothing"), ("title_from=a", "title_from"),
        ] {
            let query = if field == "sort" { wrong.to_owned() } else { format!("sort=title&{wrong}") };
            let answer = me.get(&format!("/api/v1/events?{query}")).expect_status(400);
            assert_eq!(answer.errors("field"), [field], "{wrong}");
        }
        let window = "start=2027-03-01&end=2027-04-01";
        let answer = me.get(&format!("/api/v1/calendar/dates?{window}&start=2027-03-02")).expect_status(400);
        assert_eq!(answer.errors("field"), ["start"]);
        // More values than a database accepts are refused here.
        let many = vec!["2027-03-10"; 1200].join(",");
        assert_eq!(me.get(&format!("/api/v1/events?start={many}")).expect_status(400).errors("field"), ["start"]);
        let words: Vec<String> = (0..1200).map(|number| format!("w{number}")).collect();
        for path in ["/api/v1/events?", "/api/v1/search?", &format!("/api/v1/calendar?{window}&")] {
            let answer = me.get(&format!("{path}q={}", words.join("+"))).expect_status(400);
            assert_eq!(answer.errors("field"), ["q"], "{path}");
        }
    }

    fn every_filter_of_a_list_is_described(server: &Server) {
        let described = server.anonymous().get("/api/v1/openapi.json").expect_status(200).json;
        let parameters = described["paths"]["/api/v1/events"]["get"]["parameters"].as_array().unwrap();
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        let (me, other) = (server.person(&["coordinator"]), server.as_role("staff"));
        for client in [&me.client, &other] {
            make(client, "events", json!({ "title": "One", "start": "2027-03-10T09:00:00+08:00" }));
        }
        for name in ["q", "archived", "created_by", "status", "start", "start_from", "start_to", "venue"] {
            assert!(names.contains(&name), "{name}");
        }
        for name in names {
            me.client.get(&format!("/api/v1/events?{name}=")).expect_status(200);
        }
        let mine = me.client.get(&format!("/api/v1/events?created_by={}", me.id)).expect_status(200).json;
        assert_eq!(mine["total"], 1);
    }

    fn filter_by_day_includes_all_times_of_the_day(server: &Server) {
        let me = server.as_role("coordinator");
        for (title, start) in [("Night", "2027-03-10T00:00:00+08:00"), ("Noon", "2027-03-10T12:00:00+08:00"), ("Next", "2027-03-11T00:00:00+08:00")] {
            make(&me, "events", json!({ "title": title, "start": start }));
        }
        make(&me, "events", json!({ "title": "Days", "start": "2027-03-10", "end": "2027-03-12", "all_day": true }));
        let titles = |query: &str| {
            let list = me.get(&format!("/api/v1/events?sort=title&{query}")).expect_status(200).json;
            let items = list["items"].as_array().unwrap().iter();
            items.map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(titles("start=2027-03-10"), ["Days", "Night", "Noon"]);
        assert_eq!(titles("start=2027-03-10&start=2027-03-11"), ["Days", "Next", "Night", "Noon"]);
        assert_eq!(titles("start=2027-03-10T12:00:00%2B08:00,2027-03-11"), ["Next", "Noon"]);
        assert_eq!(titles("start_from=2027-03-10T12:00:00%2B08:00"), ["Next", "Noon"]);
        assert_eq!(titles("start_to=2027-03-10T12:00:00%2B08:00"), ["Days", "Night", "Noon"]);
        assert_eq!(titles("start_from=2027-03-10&start_to=2027-03-10"), ["Days", "Night", "Noon"]);
    }
}

/// Moves the entry of a booking, as if time had passed.
fn set_times(server: &Server, booking: &Value, start: Timestamp, end: Timestamp) {
    let id: obcms_domain::core::id::Id = booking["id"].as_str().unwrap().parse().unwrap();
    let sql = "UPDATE calendar_entries SET start_at = $1, end_at = $2 WHERE record_id = $3";
    server
        .app()
        .write(&obcms_app::Actor::program(), |work| {
            work.tx.execute(sql, &[start.into(), end.into(), id.into()])?;
            Ok(())
        })
        .unwrap();
}
