//! Task templates: due dates on working days, versions, preview, copies, files.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeMap;

use obcms_tests::{Client, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// Returns an item of a template.
fn item(key: &str, anchor: &str, days: i64, more: Value) -> Value {
    let mut item = json!({
        "key": key, "title": key, "anchor": anchor, "offset_days": days, "priority": "medium", "assignee": "creator",
    });
    item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    item
}

fn template(client: &Client, name: &str, more: Value, items: Vec<Value>) -> Value {
    let mut body = json!({ "title": name, "name": name, "domain": "general", "items": items });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    make(client, "task-templates", body)
}

/// Returns the due dates of the tasks of a record that the template generated, by item.
fn dates(client: &Client, origin: &Value, template: &str) -> BTreeMap<String, String> {
    let tasks = client.get(&format!("/api/v1/tasks?origin={}&limit=500", id(origin))).expect_status(200).json;
    let of = format!("{template}/");
    let tasks = tasks["items"].as_array().unwrap();
    tasks
        .iter()
        .filter_map(|task| {
            let item = task["template_item"].as_str()?.strip_prefix(&of)?;
            Some((item.to_owned(), task["due_date"].as_str().unwrap().to_owned()))
        })
        .collect()
}

fn on(days: &[(&str, &str)]) -> BTreeMap<String, String> {
    days.iter().map(|(key, day)| ((*key).to_owned(), (*day).to_owned())).collect()
}

on_both_engines! {
    fn due_dates_fall_on_working_days(server: &Server) {
        let client = server.as_role("coordinator");
        // 9 June 2027 is a Wednesday. The office is closed on the Tuesday before.
        make(&client, "holidays", json!({ "name": "Foundation day", "holiday_type": "local", "date": "2027-06-08" }));
        let items = || vec![
            item("sunday_before", "start", -3, json!({})), item("closed", "start", -1, json!({})),
            item("day_itself", "end", 0, json!({})), item("saturday_after", "end", 3, json!({})),
            item("own_rule", "start", -3, json!({ "due_rule": "after" })),
        ];
        let held = json!({ "title": "Talk", "start": "2027-06-09T09:00:00+08:00" });
        let event = make(&client, "events", held);
        for (rule, expected) in [
            ("away", ["2027-06-04", "2027-06-07", "2027-06-09", "2027-06-14"]),
            ("before", ["2027-06-04", "2027-06-07", "2027-06-09", "2027-06-11"]),
            ("after", ["2027-06-07", "2027-06-09", "2027-06-09", "2027-06-14"]),
            ("exact", ["2027-06-06", "2027-06-08", "2027-06-09", "2027-06-12"]),
        ] {
            let name = format!("rule_{rule}");
            let made = template(&client, &name, json!({ "due_rule": rule }), items());
            let body = json!({ "origin": { "kind": "event", "id": event["id"] } });
            client.post(&format!("/api/v1/task-templates/{}/instantiate", id(&made)), &body).expect_status(201);
            let keys = ["sunday_before", "closed", "day_itself", "saturday_after"];
            let mut all: Vec<(&str, &str)> = keys.into_iter().zip(expected).collect();
            all.push(("own_rule", "2027-06-07"));
            assert_eq!(dates(&client, &event, &name), on(&all), "{rule}");
        }
        // The offsets are kept when the event moves to a Saturday, and the rule applies anew.
        let moved = json!({ "start": "2027-06-19T09:00:00+08:00", "end": "2027-06-19T10:00:00+08:00" });
        client.patch(&format!("/api/v1/events/{}", id(&event)), &moved).expect_status(200);
        assert_eq!(
            dates(&client, &event, "rule_away"),
            on(&[
                ("sunday_before", "2027-06-16"), ("closed", "2027-06-18"), ("day_itself", "2027-06-18"),
                ("saturday_after", "2027-06-22"), ("own_rule", "2027-06-16"),
            ])
        );
        assert_eq!(dates(&client, &event, "rule_exact")["saturday_after"], "2027-06-22");
    }

    fn built_in_templates_generate_on_working_days(server: &Server) {
        let client = server.as_role("coordinator");
        // A workshop on a Saturday: the workshop itself stays on its day, everything else moves.
        let event = make(&client, "events", json!({
            "title": "Saturday workshop", "event_type": "workshop", "start": "2027-06-05T09:00:00+08:00",
        }));
        let made = dates(&client, &event, "event_workshop_full");
        assert!(made.len() > 10, "{made:?}");
        for (key, due) in &made {
            let day: jiff::civil::Date = due.parse().unwrap();
            let is_weekend = day.weekday().to_monday_zero_offset() > 4;
            assert_eq!(is_weekend, key == "run_event", "{key} on {day}");
            // 12 June is Independence Day, a Saturday; 6 June 2027 may be no holiday at all.
            assert!(due != "2027-06-12");
        }
        assert_eq!(made["run_event"], "2027-06-05");
        assert_eq!(made["brief_team"], "2027-06-04");
        assert_eq!(made["collect_feedback"], "2027-06-07");
    }

    fn unknown_rules_are_refused(server: &Server) {
        let client = server.as_role("coordinator");
        let body = |rule: &str, own: Value| json!({
            "title": "T", "name": "t", "domain": "general", "due_rule": rule, "items": [item("a", "start", 0, own)],
        });
        let refused = client.post("/api/v1/task-templates", &body("sometimes", json!({}))).expect_status(422);
        assert_eq!(refused.errors("field"), ["due_rule"]);
        let refused =
            client.post("/api/v1/task-templates", &body("away", json!({ "due_rule": "sometimes" }))).expect_status(422);
        assert_eq!(refused.errors("field"), ["items"]);
    }

    fn version_grows_with_the_items(server: &Server) {
        let client = server.as_role("coordinator");
        let made = template(&client, "growing", json!({}), vec![item("a", "start", 0, json!({}))]);
        assert_eq!(made["items_version"], 1);
        let address = format!("/api/v1/task-templates/{}", id(&made));
        let same = client.patch(&address, &json!({ "title": "Growing", "items": made["items"] })).expect_status(200).json;
        assert_eq!(same["items_version"], 1);
        let items = json!([made["items"][0], item("b", "start", 1, json!({}))]);
        let grown = client.patch(&address, &json!({ "items": items })).expect_status(200).json;
        assert_eq!(grown["items_version"], 2);
        client.patch(&address, &json!({ "items_version": 9 })).expect_status(422);
        let origin = make(&client, "organizations", json!({ "name": "Ministry of Versions" }));
        let body = json!({ "origin": { "kind": "organization", "id": origin["id"] } });
        let tasks = client.post(&format!("{address}/instantiate"), &body).expect_status(201).json;
        assert_eq!(tasks["items"][1]["template_version"], 2);
        assert_eq!(tasks["items"][1]["template_item"], "growing/b");
    }
}
