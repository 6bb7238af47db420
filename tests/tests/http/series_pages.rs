//! Pages of series: page, form and history of an occurrence, and the page Today.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Answer, Browser, Client, on_both_engines};
use serde_json::{Value, json};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Creates a series every Monday at 9:00 in Manila, from January 4, 2027; returns its address.
fn weekly(api: &Client) -> String {
    let body = json!({
        "title": "Staff meeting", "start": "2027-01-04T09:00:00", "end": "2027-01-04T10:30:00",
        "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;BYDAY=MO",
    });
    format!("/events/{}", text(&api.post("/api/v1/events", &body).expect_status(201).json, "id"))
}

fn date(api: &Client, event: &str, recurrence_id: &str) -> Answer {
    api.get(&format!("/api/v1{event}/occurrences/{recurrence_id}"))
}

/// Returns the target of a redirect, and the undo address of its message.
fn led(answer: &Answer) -> (String, String) {
    let cookie = answer.header("set-cookie");
    let undo = cookie.split("%2Fapi%2Fv1%2F").nth(1).unwrap_or_default();
    let undo = undo.split("%22").next().unwrap_or_default();
    let undo = undo.replace("%2F", "/").replace("%3F", "?").replace("%3D", "=");
    (answer.header("location").to_owned(), format!("/api/v1/{undo}"))
}

on_both_engines! {
    fn pages_of_series_and_occurrence_link_to_each_other(server: &Server) {
        let api = server.as_role("coordinator");
        let browser = Browser::of(server, "coordinator");
        let event = weekly(&api);
        let change = json!({ "title": "Budget meeting", "start": "2027-01-12T13:00:00" });
        api.patch(&format!("/api/v1{event}/occurrences/2027-01-11T09:00:00"), &change).expect_status(200);
        api.delete(&format!("/api/v1{event}/occurrences/2027-01-18T09:00:00")).expect_status(204);
        let series = browser.page(&event);
        assert!(series.contains("Every week on Monday"));
        assert!(series.contains("Budget meeting") && series.contains("instead of Mon 11 Jan 2027, 9:00 AM"));
        assert!(series.contains("<del>Mon 18 Jan 2027, 9:00 AM</del>") && series.contains("Restore"));
        assert_eq!(series.matches(&format!("{event}?occurrence=")).count(), 10, "the next ten dates");
        assert!(browser.page(&format!("{event}?dates=30")).matches("?occurrence=").count() > 25);

        let moved = browser.page(&format!("{event}?occurrence=2027-01-11T09:00:00"));
        assert!(moved.contains("Part of a series: Every week on Monday"));
        assert!(moved.contains("Reset to series") && moved.contains("This occurrence only"));
        assert!(moved.contains("occurrence=2027-01-04T09:00:00"), "the date before");
        assert!(moved.contains("occurrence=2027-01-25T09:00:00"), "the cancelled one is passed over");
        let same = browser.page(&format!("{event}?occurrence=2027-01-25T09:00:00"));
        assert!(!same.contains("Reset to series"));
        let gone = browser.client.get(&format!("{event}?occurrence=2027-01-18T09:00:00")).expect_status(303);
        assert_eq!(gone.header("location"), format!("{event}#dates"));
        browser.client.get(&format!("{event}?occurrence=2027-01-19T09:00:00")).expect_status(404);
        browser.client.get(&format!("{event}?occurrence=never")).expect_status(404);

        let history = browser.page(&format!("{event}?tab=history"));
        assert!(history.contains("On Mon 11 Jan 2027, 9:00 AM: Title: "), "dates and fields, not raw text");
        assert!(history.contains("<del>Staff meeting</del>"));
        assert!(history.contains(" 9:00 AM</del>") && !history.contains("{&quot;"));
    }

    fn occurrence_is_reset_cancelled_and_restored_on_its_page(server: &Server) {
        let api = server.as_role("coordinator");
        let browser = Browser::of(server, "coordinator");
        let event = weekly(&api);
        let acts = format!("{event}/occurrences");
        let id = "2027-01-11T09:00:00";
        api.patch(&format!("/api/v1{event}/occurrences/{id}"), &json!({ "venue": "Hall" })).expect_status(200);
        let reset = browser.send(&acts, &[("occurrence", id), ("action", "reset")]).expect_status(303);
        assert_eq!(date(&api, &event, id).json["venue"], Value::Null);
        browser.undo(&led(&reset).1);
        assert_eq!(date(&api, &event, id).json["venue"], "Hall");

        let cancelled = [("occurrence", id), ("action", "cancel"), ("scope", "this")];
        assert_eq!(led(&browser.send(&acts, &cancelled).expect_status(303)).0, format!("{event}#dates"));
        date(&api, &event, id).expect_status(404);
        browser.send(&acts, &[("occurrence", id), ("action", "bring_back")]).expect_status(303);
        date(&api, &event, id).expect_status(200);
        browser.send(&acts, &[("occurrence", id), ("action", "bring_back")]).expect_status(404);

        let rest = browser.send(&acts, &[("occurrence", id), ("action", "cancel"), ("scope", "following")]);
        date(&api, &event, "2027-02-01T09:00:00").expect_status(404);
        date(&api, &event, "2027-01-04T09:00:00").expect_status(200);
        browser.undo(&led(&rest).1);
        date(&api, &event, "2027-02-01T09:00:00").expect_status(200);
        browser.send(&acts, &[("occurrence", id), ("action", "cancel"), ("scope", "some")]).expect_status(422);
        browser.send(&acts, &[("occurrence", id), ("action", "explode")]).expect_status(400);
        let other = Browser::of(server, "executive");
        other.send(&acts, &cancelled).expect_status(403);
    }

    fn form_of_an_occurrence_respects_the_scope(server: &Server) {
        let api = server.as_role("coordinator");
        let browser = Browser::of(server, "coordinator");
        let event = weekly(&api);
        let id = "2027-01-11T09:00:00";
        let form = browser.page(&format!("{event}/edit?occurrence={id}"));
        assert!(form.contains("name=\"scope\"") && form.contains("value=\"2027-01-11\""));
        let version = text(&json!({ "v": form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next() }), "v");
        let send = |title: &str, rule: &str, scope: &str, version: &str| {
            let fields = [
                ("shown_fields", "title,rrule"), ("occurrence", id), ("version", version), ("scope", scope),
                ("title", title), ("rrule", rule),
            ];
            browser.send(&format!("{event}/edit"), &fields)
        };
        send("Alone", "FREQ=DAILY", "this", &version).expect_status(303);
        let rule_of = || text(&api.get(&format!("/api/v1{event}")).json, "rrule");
        assert_eq!(rule_of(), "FREQ=WEEKLY;BYDAY=MO", "one date has no rule");
        assert_eq!(date(&api, &event, id).json["title"], "Alone");
        assert_eq!(date(&api, &event, "2027-01-18T09:00:00").json["title"], "Staff meeting");
        let refused = send("", "FREQ=WEEKLY;BYDAY=MO", "this", "2").expect_status(422).text;
        assert!(refused.contains("field-title-error") && refused.contains("name=\"scope\""));
        send("Alone", "FREQ=WEEKLY;BYDAY=MO", "", "2").expect_status(422);
        let split = send("From here on", "FREQ=WEEKLY;BYDAY=MO", "following", "2").expect_status(303);
        let (leads_to, undo) = led(&split);
        assert!(!leads_to.starts_with(&event), "another series goes on: {leads_to}");
        assert!(browser.page(&leads_to).contains("From here on"));
        assert!(browser.page(&event).contains("Continued by"));
        browser.undo(&undo);
        send("For all", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "all", "99").expect_status(303);
        assert_eq!(rule_of(), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO");
    }

    fn recurring_task_is_completed_by_occurrence(server: &Server) {
        let api = server.as_role("coordinator");
        let browser = Browser::of(server, "staff");
        let body = json!({
            "title": "Water the plants", "due_date": "2020-01-01", "rrule": "FREQ=DAILY", "assignees": [browser.id],
        });
        let task = text(&api.post("/api/v1/tasks", &body).expect_status(201).json, "id");
        let page = browser.page("/");
        // Yesterday's overdue occurrence and those until the end of the week, but not the years since 2020.
        let dates = |page: &str| page.matches(&format!("/tasks/{task}?occurrence=")).count();
        assert!((2..=8).contains(&dates(&page)), "{} dates", dates(&page));
        assert!(!page.contains("occurrence=2020-01-01"));
        let first = page.split("name=\"occurrence\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = [("occurrence", first), ("action", "status"), ("status", "completed"), ("back", "/")];
        let answer = browser.send(&format!("/tasks/{task}/occurrences"), &fields).expect_status(303);
        assert_eq!(led(&answer).0, "/");
        assert!(!browser.page("/").contains(&format!("name=\"occurrence\" value=\"{first}\"")));
        let one = api.get(&format!("/api/v1/tasks/{task}/occurrences/{first}")).json;
        assert_eq!((text(&one, "status"), text(&api.get(&format!("/api/v1/tasks/{task}")).json, "status")),
            ("completed".to_owned(), "not_started".to_owned()));
        let late = || api.get("/api/v1/tasks?overdue=true").expect_status(200).json.to_string().contains(&task);
        assert!(!late(), "what was missed before a date that was done is let go");
        browser.undo(&led(&answer).1);
        assert!(late());
    }

    fn preview_describes_the_rule(server: &Server) {
        let api = server.as_role("staff");
        let asked = json!({ "dtstart": "2027-01-12T09:00:00", "rrule": "FREQ=MONTHLY;BYDAY=2TU", "limit": 2 });
        let answer = api.post("/api/v1/recurrence/preview", &asked).expect_status(200).json;
        assert_eq!(answer["text"], "Every month on the second Tuesday");
        assert_eq!(answer["occurrences"][1], "2027-02-09T09:00:00+08:00");
    }
}
