//! Conflicts and suggested times through HTTP.

use obcms_tests::{Client, make, on_both_engines};
use serde_json::{Value, json};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn event(client: &Client, title: &str, start: &str, end: &str, more: &Value) -> Value {
    let mut body = json!({ "title": title, "start": start, "end": end });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    make(client, "events", &body)
}

/// Returns each pair as `reason: first / second`.
fn pairs(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/api/v1/calendar/conflicts?{query}")).expect_status(200).json;
    let mut lines: Vec<String> = answer["conflicts"]
        .as_array()
        .expect("conflicts")
        .iter()
        .map(|pair| {
            let titles = [text(&pair["entries"][0], "title"), text(&pair["entries"][1], "title")];
            format!("{}: {} / {}", text(pair, "reason"), titles[0], titles[1])
        })
        .collect();
    lines.sort();
    lines
}

const JANUARY: &str = "start=2027-01-01&end=2027-02-01";

on_both_engines! {
    fn conflicts_of_people_and_venues_are_listed(server: &Server) {
        let (ana, ben) = (server.person(&["staff"]), server.person(&["staff"]));
        let me = server.as_role("coordinator");
        let with = |people: &[&str], venue: &str| json!({ "participants": people, "organizer": null, "venue": venue });
        let (a, b) = (ana.id.to_string(), ben.id.to_string());
        event(&me, "Early", "2027-01-05T09:00:00", "2027-01-05T10:00:00", &with(&[&a], "Hall"));
        event(&me, "Same person", "2027-01-05T09:30:00", "2027-01-05T11:00:00", &with(&[&a, &b], "Yard"));
        event(&me, "Right after", "2027-01-05T11:00:00", "2027-01-05T12:00:00", &with(&[&b], "Yard"));
        event(&me, "Same place", "2027-01-05T09:15:00", "2027-01-05T09:20:00", &with(&[], " hall "));
        event(&me, "Cancelled", "2027-01-05T09:00:00", "2027-01-05T12:00:00", &json!({ "participants": [&a], "organizer": null, "status": "cancelled" }));
        event(&me, "All day", "2027-01-05", "2027-01-06", &json!({ "participants": [&a], "organizer": null, "all_day": true, "venue": "Hall" }));
        let found = pairs(&me, JANUARY);
        assert_eq!(found, ["person: Early / Same person", "venue: Early / Same place"]);
        let answer = me.get(&format!("/api/v1/calendar/conflicts?{JANUARY}")).json;
        let person = answer["conflicts"].as_array().expect("pairs").iter().find(|pair| pair["reason"] == "person").expect("one");
        assert_eq!(person["person"]["id"], a.as_str());
        assert_eq!((text(person, "start"), text(person, "end")), ("2027-01-05T09:30:00+08:00".to_owned(), "2027-01-05T10:00:00+08:00".to_owned()));
        // A series conflicts on each of its occurrences within the window.
        event(&me, "Weekly", "2027-01-05T09:00:00", "2027-01-05T09:30:00", &json!({ "participants": [&b], "organizer": null, "rrule": "FREQ=WEEKLY" }));
        event(&me, "Later", "2027-01-19T09:15:00", "2027-01-19T10:00:00", &json!({ "participants": [&b], "organizer": null }));
        let found = pairs(&me, JANUARY);
        assert!(found.contains(&"person: Weekly / Later".to_owned()), "{found:?}");
        assert!(pairs(&me, "start=2027-01-06&end=2027-01-19").is_empty());
        me.get("/api/v1/calendar/conflicts").expect_status(400);
        me.get("/api/v1/calendar/conflicts?start=2027-01-01&end=2029-01-01").expect_status(400);
        server.anonymous().get(&format!("/api/v1/calendar/conflicts?{JANUARY}")).expect_status(401);
    }

    fn override_of_a_booking_is_a_conflict(server: &Server) {
        let admin = server.as_role("admin");
        let van = make(&admin, "resources", json!({ "name": "Van", "resource_type": "vehicle" }));
        let soon = server.app().today().saturating_add(jiff::ToSpan::days(10));
        let booking = |title: &str, hour: u8, more: Value| {
            let mut body = json!({
                "resource": van["id"], "purpose": title, "start": format!("{soon}T{hour:02}:00:00"), "end": format!("{soon}T{:02}:00:00", hour + 2),
            });
            for (name, value) in more.as_object().expect("an object") {
                body[name] = value.clone();
            }
            make(&admin, "bookings", &body)
        };
        booking("Trip", 9, json!({}));
        booking("Emergency", 10, json!({ "override_reason": "Flood" }));
        let window = format!("start={soon}&end={}", soon.saturating_add(jiff::ToSpan::days(1)));
        let found = pairs(&admin, &window);
        assert_eq!(found, ["resource: Trip / Emergency"]);
        let partner = server.as_role("partner");
        assert!(pairs(&partner, &window).is_empty(), "a partner does not see the bookings of others");
    }

    fn suggested_times_have_free_people_and_a_free_room(server: &Server) {
        let (ana, ben) = (server.person(&["staff"]), server.person(&["staff"]));
        let me = server.as_role("coordinator");
        let (a, b) = (ana.id.to_string(), ben.id.to_string());
        // Next Monday, at least a week ahead.
        let mut day = server.app().today().saturating_add(jiff::ToSpan::days(7));
        while day.weekday() != jiff::civil::Weekday::Monday {
            day = day.tomorrow().expect("a day");
        }
        let next = day.tomorrow().expect("a day");
        event(&me, "Morning", &format!("{day}T08:00:00"), &format!("{day}T12:00:00"), &json!({ "participants": [&a], "organizer": null }));
        event(&me, "Afternoon", &format!("{day}T15:00:00"), &format!("{day}T17:00:00"), &json!({ "participants": [&b], "organizer": null }));
        let small = make(&me, "resources", json!({ "name": "Small room", "resource_type": "room", "seats": 4 }));
        make(&me, "resources", json!({ "name": "Large room", "resource_type": "room", "seats": 40 }));
        make(&me, "resources", json!({ "name": "Closet", "resource_type": "room", "seats": 1 }));
        let query = format!("people={a},{b}&minutes=60&start={day}&end={next}&resource_type=room");
        let path = format!("/api/v1/calendar/suggestions?{query}");
        let answer = me.get(&path).expect_status(200).json;
        let best = &answer["suggestions"][0];
        assert_eq!(best["all_free"], true);
        assert_eq!(text(best, "start"), format!("{day}T13:00:00+08:00"), "{answer}");
        assert_eq!(best["place"]["name"], "Small room", "the smallest that fits");
        assert!(best["reasons"].as_array().expect("reasons").contains(&json!("Everyone is free")));
        // The room is reserved: the next one is suggested.
        make(&me, "bookings", json!({ "resource": small["id"], "purpose": "Talk", "start": format!("{day}T13:00:00"), "end": format!("{day}T15:00:00") }));
        let best = me.get(&path).expect_status(200).json["suggestions"][0].clone();
        assert_eq!(best["place"]["name"], "Large room");
        // Nobody is free for so long: the result lists the missing people with the reason.
        let long = format!("/api/v1/calendar/suggestions?people={a},{b}&minutes=480&start={day}&end={next}");
        let answer = me.get(&long).expect_status(200).json;
        assert_eq!(answer["suggestions"][0]["all_free"], false);
        let busy = answer["suggestions"][0]["busy"].as_array().expect("busy");
        assert!(busy.iter().any(|busy| busy["title"] == "Morning" || busy["title"] == "Afternoon"), "{answer}");
        // A holiday is not a working day.
        make(&me, "holidays", json!({ "name": "Rest day", "date": day, "holiday_type": "regular" }));
        let best = me.get(&path).expect_status(200).json["suggestions"][0].clone();
        let reasons = best["reasons"].as_array().expect("reasons");
        assert!(reasons.contains(&json!("The office is closed: Rest day")), "{best}");
        assert!(!reasons.contains(&json!("Within everyone's working hours")), "{best}");
        // Invalid input is refused by field, and actors without access to accounts can only query themselves.
        for (query, field) in [
            ("people=", "people"), ("people=x", "people"), (&*format!("people={a}&minutes=5"), "minutes"),
            (&*format!("people={a}&start=2027-01-05&end=2027-01-04"), "end"), (&*format!("people={a}&resource_type=castle"), "resource_type"),
        ] {
            let answer = me.get(&format!("/api/v1/calendar/suggestions?{query}")).expect_status(400);
            assert_eq!(answer.json["errors"][0]["field"], field, "{query}");
        }
        server.as_role("partner").get(&path).expect_status(403);
    }
}
