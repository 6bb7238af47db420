//! Terms of bookings where days, zones and units meet, and the utilization report.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use obcms_tests::{Answer, Client, Server, on_both_engines};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// Creates a room of the office; `more` adds and replaces members.
fn room(server: &Server, more: &Value) -> Value {
    let mut input = json!({ "name": "Room A", "resource_type": "room" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.as_role("coordinator").post("/api/v1/resources", &input).expect_status(201).json
}

fn date(server: &Server, days: i64) -> Date {
    let zone = server.app().zone().clone();
    server.app().now().to_zoned(zone).date().checked_add(days.days()).unwrap()
}

/// Returns a time so many days from now, in the zone of the office.
fn at(server: &Server, days: i64, time: &str) -> String {
    format!("{}T{time}:00+08:00", date(server, days))
}

fn book(client: &Client, resource: &Value, start: &str, end: &str) -> Answer {
    client.post("/api/v1/bookings", &json!({ "resource": resource["id"], "start": start, "end": end }))
}

fn of(answer: &Answer, list: &str, member: &str) -> Vec<String> {
    let items = answer.json[list].as_array().unwrap();
    items.iter().filter_map(|item| item[member].as_str()).map(str::to_owned).collect()
}

/// Returns the same hours for every day of the week.
fn every_day(from: &str, to: &str) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week: serde_json::Map<String, Value> =
        days.iter().map(|day| ((*day).to_owned(), json!([{ "from": from, "to": to }]))).collect();
    Value::Object(week)
}

on_both_engines! {
    fn buffers_extend_over_midnight(server: &Server) {
        let me = server.as_role("staff");
        let room = room(server, &json!({ "buffer_before_minutes": 30, "buffer_after_minutes": 60 }));
        let late = book(&me, &room, &at(server, 2, "22:30"), &at(server, 2, "23:30")).expect_status(201).json;
        // Cleaning lasts until 0:30, and the next booking needs half an hour to set up.
        let refused = book(&me, &room, &at(server, 3, "00:59"), &at(server, 3, "02:00")).expect_status(409);
        assert_eq!(of(&refused, "conflicts", "booking"), [late["id"].as_str().unwrap()]);
        let free = of(&refused, "free_slots", "start");
        assert!(free.contains(&at(server, 3, "01:00")), "{free:?}");
        let early = book(&me, &room, &at(server, 3, "01:00"), &at(server, 3, "02:00")).expect_status(201).json;
        // Half an hour before 0:15 is the day before.
        let next = book(&me, &room, &at(server, 5, "00:15"), &at(server, 5, "01:00")).expect_status(201).json;
        let refused = book(&me, &room, &at(server, 4, "22:00"), &at(server, 4, "22:46")).expect_status(409);
        assert_eq!(of(&refused, "conflicts", "booking"), [next["id"].as_str().unwrap()]);
        book(&me, &room, &at(server, 4, "22:00"), &at(server, 4, "22:45")).expect_status(201);
        // Reserved times include their buffers on the day that they extend into.
        let path = format!("/api/v1/resources/{}/availability", room["id"].as_str().unwrap());
        let found = me.get(&format!("{path}?start={}&end={}", date(server, 3), date(server, 4))).expect_status(200);
        assert_eq!(of(&found, "busy", "booking"), [late["id"].as_str().unwrap(), early["id"].as_str().unwrap()]);
        assert_eq!(found.json["free"][0]["start"], json!(at(server, 3, "03:00")));
    }

    fn blackout_extends_over_midnight(server: &Server) {
        let me = server.as_role("staff");
        let room = room(server, &json!({ "blackouts": [
            { "start": at(server, 3, "22:00"), "end": at(server, 4, "02:00"), "reason": "Rewiring" },
            { "start": date(server, 6), "end": date(server, 8), "reason": "Inventory" },
        ] }));
        let refused = |from: (i64, &str), to: (i64, &str)| {
            let answer = book(&me, &room, &at(server, from.0, from.1), &at(server, to.0, to.1)).expect_status(422);
            assert_eq!(answer.errors("code"), ["blackout"], "{from:?}");
        };
        refused((3, "23:00"), (3, "23:30"));
        refused((4, "01:30"), (4, "02:30"));
        refused((3, "21:00"), (4, "03:00"));
        refused((3, "21:30"), (3, "22:01"));
        book(&me, &room, &at(server, 3, "21:00"), &at(server, 3, "22:00")).expect_status(201);
        book(&me, &room, &at(server, 4, "02:00"), &at(server, 4, "03:00")).expect_status(201);
        // Whole days are days of the office, the last one exclusive.
        refused((5, "23:30"), (6, "00:30"));
        refused((7, "23:00"), (7, "23:59"));
        book(&me, &room, &at(server, 5, "23:00"), &at(server, 6, "00:00")).expect_status(201);
        book(&me, &room, &at(server, 8, "00:00"), &at(server, 8, "01:00")).expect_status(201);
    }

    fn opening_hours_use_the_zone_of_the_room(server: &Server) {
        let berlin = server.person_with(json!({ "full_name": "Abroad", "roles": ["staff"], "timezone": "Europe/Berlin" }));
        let room = room(server, &json!({ "opening_hours": every_day("08:00", "17:00") }));
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        // The actor's zone shows another time for 9:00 in Manila.
        let local = |time: &str| {
            let instant: Timestamp = at(server, 3, time).parse().unwrap();
            instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
        };
        let book = |start: &str, end: &str| berlin.client.post("/api/v1/bookings", &json!({
            "resource": room["id"], "timezone": "Europe/Berlin", "start": local(start), "end": local(end),
        }));
        let made = book("08:00", "17:00").expect_status(201).json;
        let start: Timestamp = made["start"].as_str().unwrap().parse().unwrap();
        assert_eq!(start, at(server, 3, "08:00").parse::<Timestamp>().unwrap());
        for (start, end, field) in [("07:59", "09:00", "start"), ("16:00", "17:01", "end")] {
            let refused = book(start, end).expect_status(422);
            assert_eq!((refused.errors("field"), refused.errors("code")), (vec![field], vec!["closed"]), "{start}");
        }
        // 9:00 in Berlin is 16:00 in the zone of the room, or 15:00 in summer: too late for three hours.
        let day = date(server, 4);
        let refused = berlin.client.post("/api/v1/bookings", &json!({
            "resource": room["id"], "timezone": "Europe/Berlin",
            "start": format!("{day}T09:00:00"), "end": format!("{day}T12:00:00"),
        }));
        assert_eq!(refused.expect_status(422).errors("code"), ["closed"]);
    }

    fn units_are_counted_for_partial_overlaps(server: &Server) {
        let me = server.as_role("staff");
        let tablets = room(server, &json!({ "name": "Tablets", "resource_type": "equipment", "capacity": 3 }));
        let book = |units: i64, start: &str, end: &str| me.post("/api/v1/bookings", &json!({
            "resource": tablets["id"], "units": units, "start": at(server, 2, start), "end": at(server, 2, end),
        }));
        let first = book(2, "09:00", "11:00").expect_status(201).json;
        let second = book(1, "10:00", "13:00").expect_status(201).json;
        // All three units are reserved from 10:00 to 11:00, and never more than that at once.
        let full = book(1, "08:00", "14:00").expect_status(409);
        let mut named = of(&full, "conflicts", "booking");
        named.sort_unstable();
        let mut both = [first["id"].as_str().unwrap(), second["id"].as_str().unwrap()];
        both.sort_unstable();
        assert_eq!(named, both);
        assert!(full.json["detail"].as_str().unwrap().contains("does not have enough free units"));
        book(1, "08:00", "10:00").expect_status(201);
        book(2, "11:00", "14:00").expect_status(201);
        book(1, "12:59", "13:30").expect_status(409);
        book(1, "13:00", "14:00").expect_status(201);
        book(1, "10:59", "11:01").expect_status(409);
    }

    fn series_respects_the_terms_of_its_new_room(server: &Server) {
        let me = server.as_role("coordinator");
        let first = room(server, &json!({}));
        let shut = room(server, &json!({ "name": "Room B", "blackouts": [{ "start": date(server, 4), "reason": "Painting" }] }));
        let series = me.post("/api/v1/bookings", &json!({
            "resource": first["id"], "start": at(server, 3, "09:00"), "end": at(server, 3, "10:00"), "rrule": "FREQ=DAILY;COUNT=4",
        })).expect_status(201).json;
        let path = format!("/api/v1/bookings/{}", series["id"].as_str().unwrap());
        let give = |day: i64, scope: &str| {
            let id = format!("{}T09:00:00", date(server, day));
            me.patch(&format!("{path}/occurrences/{id}?scope={scope}"), &json!({ "resource": shut["id"] }))
        };
        // The first date is free there, the second is not.
        for refused in [give(3, "all"), give(4, "following")] {
            assert_eq!(refused.expect_status(422).errors("code"), ["blackout"]);
        }
        assert_eq!(give(3, "this").expect_status(422).errors("code"), ["scope"]);
        assert_eq!(me.get(&path).json["resource"], first["id"]);
        // Dates after the blackout move there, the rest stays.
        let moved = give(5, "following").expect_status(200).json;
        assert_eq!((&moved["resource"], &moved["resource_name"]), (&shut["id"], &json!("Room B")));
        assert_eq!(me.get(&path).json["resource"], first["id"]);
        let busy = |room: &Value| {
            let id = room["id"].as_str().unwrap();
            let query = format!("start={}&end={}", date(server, 1), date(server, 20));
            let found = me.get(&format!("/api/v1/resources/{id}/availability?{query}")).expect_status(200);
            of(&found, "busy", "booking").len()
        };
        assert_eq!((busy(&first), busy(&shut)), (2, 2));
    }

    fn override_is_shown_with_its_reason(server: &Server) {
        let room = room(server, &json!({ "requires_approval": true }));
        let (nine, ten) = (at(server, 1, "09:00"), at(server, 1, "10:00"));
        book(&server.as_role("staff"), &room, &nine, &ten).expect_status(201);
        let admin = server.as_role("admin");
        let made = admin.post("/api/v1/bookings", &json!({
            "resource": room["id"], "start": nine, "end": ten, "override_reason": "Flood response in Pikit",
        })).expect_status(201).json;
        let id = made["id"].as_str().unwrap();
        let log = admin.get(&format!("/api/v1/bookings/{id}/history")).expect_status(200).json;
        let items = log["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["action"]), (1, &json!("create")));
        assert_eq!(items[0]["fields"]["override_reason"]["to"], "Flood response in Pikit");
        // A booking that becomes an override later has its reason as well.
        let later = admin.post("/api/v1/bookings", &json!({ "resource": room["id"], "start": at(server, 2, "09:00") })).expect_status(201).json;
        let path = format!("/api/v1/bookings/{}", later["id"].as_str().unwrap());
        admin.patch(&path, &json!({ "start": nine, "end": ten })).expect_status(409);
        admin.patch(&path, &json!({ "start": nine, "end": ten, "override_reason": "Visit of the minister" })).expect_status(200);
        let log = admin.get(&format!("{path}/history")).expect_status(200).json;
        let told = log["items"].as_array().unwrap().iter().find(|item| item["action"] == "update").unwrap();
        assert_eq!(told["fields"]["override_reason"]["to"], "Visit of the minister");
        assert!(told["actor"].is_object() || told["actor"].is_string(), "{told}");
        // The page shows it, too.
        let page = admin.get(&format!("/bookings/{id}")).expect_status(200);
        assert!(page.text.contains("Flood response in Pikit"));
    }

    fn utilization_report_matches_a_naive_count(server: &Server) {
        let me = server.as_role("coordinator");
        let mut random = StdRng::seed_from_u64(7);
        let (from, to) = (1, 15);
        let blackout = (at(server, 4, "13:00"), at(server, 5, "10:00"));
        let room = room(server, &json!({
            "name": "Counted", "capacity": 3, "buffer_after_minutes": 10,
            "opening_hours": every_day("08:00", "17:30"),
            "blackouts": [{ "start": blackout.0, "end": blackout.1 }],
        }));
        // An override may be outside the hours; such time counts as booked but not as open.
        let admin = server.as_role("admin");
        let mut standing: Vec<(Timestamp, Timestamp, i64)> = Vec::new();
        let mut count = 0;
        for turn in 0..90 {
            let days = random.random_range(0..16_i64);
            let start: Timestamp = at(server, days, "06:00").parse::<Timestamp>().unwrap()
                + SignedDuration::from_mins(i64::from(random.random_range(0..56)) * 15);
            let end = start + SignedDuration::from_mins(i64::from(random.random_range(1..20)) * 15);
            let units = random.random_range(1..=3_i64);
            let mut body = json!({ "resource": room["id"], "start": start.to_string(), "end": end.to_string(), "units": units });
            if turn % 5 == 0 {
                body["override_reason"] = json!("Counted");
            }
            let answer = admin.post("/api/v1/bookings", &body);
            if answer.status != 201 {
                assert!([409, 422].contains(&answer.status), "{}", answer.text);
                continue;
            }
            if turn % 7 == 3 {
                let path = format!("/api/v1/bookings/{}/decision", answer.json["id"].as_str().unwrap());
                me.post(&path, &json!({ "decision": "cancel" })).expect_status(200);
                continue;
            }
            standing.push((start, end, units));
        }
        let zone = server.app().zone().clone();
        let instant = |text: &str| text.parse::<Timestamp>().unwrap();
        let (first, last) = (instant(&at(server, from, "00:00")), instant(&at(server, to, "00:00")));
        let (mut open, mut booked) = (0, 0);
        let mut minute = first;
        while minute < last {
            let local = minute.to_zoned(zone.clone()).time();
            let is_open = local >= jiff::civil::time(8, 0, 0, 0) && local < jiff::civil::time(17, 30, 0, 0)
                && !(instant(&blackout.0) <= minute && minute < instant(&blackout.1));
            if is_open {
                open += 3;
                booked += standing.iter().filter(|(start, end, _)| *start <= minute && minute < *end).map(|one| one.2).sum::<i64>();
            }
            minute += SignedDuration::from_mins(1);
        }
        // Only its buffer is in the period.
        admin.post("/api/v1/bookings", &json!({
            "resource": room["id"], "start": at(server, 0, "23:45"), "end": at(server, 1, "00:00"), "override_reason": "Late",
        })).expect_status(201);
        for (start, end, _) in &standing {
            count += usize::from(*start < last && *end > first);
        }
        assert!(count > 20 && booked > 0, "there is something to count: {count}");
        let path = format!("/api/v1/resources/utilisation?start={}&end={}", date(server, from), date(server, to));
        let report = me.get(&path).expect_status(200).json;
        let row = report["items"].as_array().unwrap().iter().find(|row| row["resource"] == room["id"]).unwrap().clone();
        assert_eq!((&row["open_minutes"], &row["booked_minutes"]), (&json!(open), &json!(booked)));
        assert_eq!(row["bookings"], json!(count));
        assert_eq!(row["percent"], json!((booked * 100 + open / 2) / open));
        // The page shows the same, with the last day included.
        let page = me.get(&format!("/resources/utilisation?start={}&last={}&type=room", date(server, from), date(server, to - 1)));
        assert!(page.expect_status(200).text.contains(&format!("{}.{}</td>", booked / 60, booked % 60 / 6)), "{booked}");
        me.get("/resources/utilisation?last=never").expect_status(400);
        let file = me.get(&path.replace("utilisation?", "utilisation.csv?form=raw&")).expect_status(200);
        assert!(file.text.contains(&format!("Counted,room,{count},{booked},{open},")), "{}", file.text);
        let file = me.get(&path.replace("utilisation?", "utilisation.csv?")).expect_status(200).text;
        assert!(file.starts_with("\u{feff}Resource,Type,Bookings,Booked hours,Available hours,Used (%)\r\n"), "{file}");
        assert!(file.contains(&format!("Counted,Room,{count},")), "{file}");
        me.get(&path.replace("utilisation?", "utilisation.xlsx?")).expect_status(200);
        me.get(&path.replace("utilisation?", "utilisation.xlsx?form=raw&")).expect_status(400);
        me.get(&path.replace("utilisation?", "utilisation.csv?form=pretty&")).expect_status(400);
    }
}
