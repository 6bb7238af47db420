//! Overview of the calendar: the most important entries of each day with counts of all, and the view as it was left.

use obcms_tests::{Browser, Client, make, on_both_engines};
use serde_json::{Value, json};

fn overview(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/calendar?{query}")).expect_status(200).json
}

fn titles(answer: &Value) -> Vec<&str> {
    let entries = answer["entries"].as_array().expect("entries");
    entries.iter().map(|entry| entry["title"].as_str().unwrap_or_default()).collect()
}

const DAY: &str = "start=2027-03-10&end=2027-03-11";

on_both_engines! {
    fn own_entries_and_events_come_before_the_work_of_others(server: &Server) {
        let me = server.person(&["staff"]);
        let other = server.person(&["staff"]);
        let client = &server.as_role("coordinator");
        for number in 0..4 {
            make(client, "tasks", json!({
                "title": format!("Theirs {number}"), "due_date": "2027-03-10", "assignees": [other.id]
            }));
        }
        make(client, "tasks", json!({
            "title": "Urgent", "due_date": "2027-03-10", "assignees": [other.id], "priority": "critical"
        }));
        make(client, "events", json!({ "title": "Meeting", "start": "2027-03-10T15:00:00+08:00" }));
        make(client, "tasks", json!({
            "title": "Long", "start_date": "2027-02-01", "due_date": "2027-03-10", "assignees": [other.id]
        }));
        let mine = make(client, "tasks", json!({
            "title": "Mine", "due_date": "2027-03-10", "assignees": [me.id]
        }));
        let answer = overview(&me.client, &format!("{DAY}&per_day=4"));
        assert_eq!(titles(&answer), ["Mine", "Meeting", "Urgent"]);
        assert_eq!(answer["days"], json!([{
            "date": "2027-03-10", "count": 8, "modules": { "tasks": 7, "coordination": 1 }, "folded": { "task": 5 }
        }]));
        assert_eq!(answer["modules"], json!({ "tasks": 7, "coordination": 1 }));
        assert_eq!(answer["ongoing"], 1);

        // Nothing is folded where there is room, or where certain entries are asked for.
        assert_eq!(titles(&overview(&me.client, &format!("{DAY}&per_day=8"))).len(), 8);
        let found = overview(&me.client, &format!("{DAY}&per_day=2&q=theirs"));
        assert_eq!((titles(&found).len(), &found["days"][0]["folded"]), (2, &json!({})));
        // Counts alone, and entries that were changed on the page.
        assert_eq!(titles(&overview(&me.client, &format!("{DAY}&per_day=0"))), [""; 0]);
        let include = format!("{DAY}&per_day=0&include={}", mine["id"].as_str().expect("id"));
        assert_eq!(titles(&overview(&me.client, &include)), ["Mine"]);
        // Other modules are counted, too, so that one can ask for them.
        let tasks = overview(&me.client, &format!("{DAY}&per_day=1&modules=coordination"));
        assert_eq!((titles(&tasks), &tasks["days"][0]["count"]), (vec!["Meeting"], &json!(1)));
        assert_eq!(tasks["modules"]["tasks"], 7);
        assert_eq!(titles(&overview(&me.client, &format!("{DAY}&ongoing=true"))), ["Long"]);
        for wrong in ["per_day=x", "per_day=501", "per_day=1&include=x", "ongoing=perhaps"] {
            me.client.get(&format!("/api/v1/calendar?{DAY}&{wrong}")).expect_status(400);
        }
        me.client.get(&format!("/api/v1/calendar.json?{DAY}&per_day=1")).expect_status(400);
    }

    fn overview_is_cached_until_something_changes(server: &Server) {
        let me = server.person(&["staff"]);
        let path = format!("/api/v1/calendar?{DAY}&per_day=1");
        let before = me.client.get(&path).expect_status(200).header("etag").to_owned();
        assert_eq!(me.client.get(&path).header("etag"), before);
        let client = &server.as_role("coordinator");
        make(client, "tasks", json!({ "title": "A", "due_date": "2027-03-10" }));
        let with_entry = me.client.get(&path).header("etag").to_owned();
        assert_ne!(with_entry, before);
        make(client, "tasks", json!({ "title": "B", "due_date": "2027-03-10" }));
        assert_ne!(me.client.get(&path).header("etag"), with_entry, "the counts belong to the answer");
    }

    fn days_of_the_overview_are_those_of_the_reader(server: &Server) {
        let me = server.person(&["staff"]);
        me.client.patch("/api/v1/me", &json!({ "timezone": "America/New_York" })).expect_status(200);
        let client = &server.as_role("coordinator");
        make(client, "events", json!({ "title": "Night", "start": "2027-03-11T01:00:00+08:00" }));
        let query = "start=2027-03-10T00:00:00-05:00&end=2027-03-11T00:00:00-05:00&per_day=3";
        assert_eq!(overview(&me.client, query)["days"][0]["date"], "2027-03-10");
        let query = "start=2027-03-11&end=2027-03-12&per_day=3";
        let office = overview(&server.as_role("staff"), query);
        assert_eq!(office["days"][0]["date"], "2027-03-11");
    }

    fn calendar_opens_as_it_was_left(server: &Server) {
        let person = server.person(&["staff"]);
        let browser = Browser::sign_in(server, &person).client;
        let page = browser.get("/calendar").expect_status(200).text;
        let whose = page.split("calendar-whose\"").nth(2).unwrap_or_default();
        assert!(whose.contains("data-mine checked"), "a new person sees what concerns them");
        let set = |value: Value| person.client.put("/api/v1/me/settings/calendar", &json!({ "value": value }));
        set(json!(["view=week", "modules=tasks", "modules=mana", "status=open", "other=1", "date=2027-01-01"]))
            .expect_status(204);
        let led = browser.get("/calendar").expect_status(303);
        assert_eq!(led.header("location"), "/calendar?view=week&modules=tasks%2Cmana&status=open");
        let page = browser.get("/calendar?view=month").expect_status(200).text;
        assert!(page.contains("data-view=\"month\""), "an address wins");
        // New preferences are seen at once.
        person.client.patch("/api/v1/me", &json!({ "default_view": "agenda" })).expect_status(200);
        assert_eq!(browser.get("/calendar").expect_status(303).header("location"), "/calendar?view=agenda&mine=true");
        set(json!(["x".repeat(101)])).expect_status(422);
    }
}
