//! Series with concurrent changes and with chains of changes: one of two writers wins, and all changes can be undone.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::sync::Barrier;

use obcms_tests::{Answer, Browser, Client, form_token, on_both_engines};
use serde_json::{Value, json};

/// Number of concurrent encounters.
const ROUNDS: usize = 8;

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Creates a series every Monday at 9:00 in Manila, from January 4, 2027.
fn weekly(client: &Client, more: &Value) -> String {
    let mut body = json!({
        "title": "Staff meeting", "start": "2027-01-04T09:00:00", "end": "2027-01-04T10:30:00",
        "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=12",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("/api/v1/events/{}", text(&client.post("/api/v1/events", &body).expect_status(201).json, "id"))
}

fn date(event: &str, day: &str, scope: &str) -> String {
    format!("{event}/occurrences/2027-{day}T09:00:00?scope={scope}")
}

/// Returns the starts of all occurrences with their titles.
fn dates(client: &Client, event: &str) -> Vec<String> {
    let items = client.get(&format!("{event}/occurrences?limit=60")).expect_status(200).json["items"].clone();
    let line = |item: &Value| format!("{} {}", &text(item, "start")[5..16], text(item, "title"));
    items.as_array().unwrap().iter().map(line).collect()
}

/// Returns the members of the record, without counters of changes.
fn facts(client: &Client, path: &str) -> Value {
    let mut json = client.get(path).expect_status(200).json;
    for name in ["version", "updated_at"] {
        json.as_object_mut().unwrap().remove(name);
    }
    json
}

fn seen(client: &Client, event: &str) -> Client {
    client.with_header("If-Match", client.get(event).expect_status(200).header("etag"))
}

fn undo(client: &Client, answer: &Answer) {
    client.post(&text(&answer.json, "undo"), &json!({})).expect_status(200);
}

/// Runs both functions concurrently.
fn at_once(one: impl FnOnce() -> Answer + Send, other: impl FnOnce() -> Answer + Send) -> [Answer; 2] {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let one = scope.spawn(|| {
            barrier.wait();
            one()
        });
        let other = scope.spawn(|| {
            barrier.wait();
            other()
        });
        [one.join().unwrap(), other.join().unwrap()]
    })
}

/// Asserts that exactly one succeeded and that the other got a conflict with the current version.
#[track_caller]
fn assert_one_wins(answers: &[Answer; 2]) -> usize {
    let statuses = answers.each_ref().map(|answer| answer.status);
    let won = statuses.iter().position(|status| [200, 204].contains(status)).unwrap();
    assert_eq!(statuses[1 - won], 412, "{statuses:?}: {}", answers[1 - won].text);
    won
}

on_both_engines! {
    fn dates_without_a_rule_are_split_and_ended(server: &Server) {
        let client = server.as_role("coordinator");
        // The date of the split is not the earliest one.
        let make = || {
            let body = json!({
                "title": "Hearing", "start": "2027-03-08T09:00:00", "end": "2027-03-08T10:00:00",
                "rdates": ["2027-03-02T09:00:00", "2027-03-20T09:00:00"],
            });
            client.post("/api/v1/events", &body).expect_status(201).json["id"].as_str().unwrap().to_owned()
        };
        let shown = || {
            let feed = client.get("/api/v1/calendar?start=2027-03-01&end=2027-04-01&kinds=event").expect_status(200).json;
            let line = |entry: &Value| format!("{} {}", &entry["start"].as_str().unwrap()[8..16], entry["title"].as_str().unwrap());
            feed["entries"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
        };
        let date = |id: &str, day: &str, scope: &str| format!("/api/v1/events/{id}/occurrences/2027-03-{day}T09:00:00?scope={scope}");
        let id = make();
        client.patch(&date(&id, "02", "this"), &json!({ "title": "Opening" })).expect_status(200);
        // From the second date on at another hour: earlier dates keep their ids, and later ones still exist.
        let later = json!({ "start": "2027-03-08T14:00:00" });
        let rest = client.patch(&date(&id, "08", "following"), &later).expect_status(200).json;
        assert_eq!(shown(), ["02T09:00 Opening", "08T14:00 Hearing", "20T14:00 Hearing"]);
        client.delete(&format!("/api/v1/events/{}", rest["id"].as_str().unwrap())).expect_status(204);
        client.delete(&format!("/api/v1/events/{id}")).expect_status(204);
        // Ended before a date, the earlier ones remain; split at the first additional date, none is lost.
        let id = make();
        client.delete(&date(&id, "20", "following")).expect_status(204);
        assert_eq!(shown(), ["02T09:00 Hearing", "08T09:00 Hearing"]);
        client.delete(&date(&id, "08", "following")).expect_status(204);
        assert_eq!(shown(), ["02T09:00 Hearing"]);
    }

    fn additional_date_moves_to_its_target_when_all_move(server: &Server) {
        let client = server.as_role("coordinator");
        // Mondays and Thursdays, and one Monday after the last of them.
        let body = json!({
            "title": "Class", "start": "2027-03-01T09:00:00", "end": "2027-03-01T10:00:00",
            "rrule": "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", "rdates": ["2027-03-22T09:00:00"],
        });
        let id = client.post("/api/v1/events", &body).expect_status(201).json["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/events/{id}/occurrences/2027-03-22T09:00:00?scope=all");
        client.patch(&path, &json!({ "start": "2027-03-23T09:30:00" })).expect_status(200);
        let feed = client.get("/api/v1/calendar?start=2027-03-01&end=2027-04-01&kinds=event").expect_status(200).json;
        let starts: Vec<&str> = feed["entries"].as_array().unwrap().iter().map(|entry| &entry["start"].as_str().unwrap()[8..16]).collect();
        assert_eq!(starts, ["02T09:30", "04T09:30", "09T09:30", "11T09:30", "23T09:30"]);
    }

    fn one_of_two_moves_of_an_occurrence_wins(server: &Server) {
        let (one, other) = (server.as_role("coordinator"), server.as_role("coordinator"));
        for round in 0..ROUNDS {
            let event = weekly(&one, &json!({}));
            let path = date(&event, "01-11", "this");
            let (first, second) = (seen(&one, &event), seen(&other, &event));
            let answers = at_once(
                || first.patch(&path, &json!({ "start": "2027-01-12T10:00:00" })),
                || second.patch(&path, &json!({ "start": "2027-01-13T11:00:00" })),
            );
            let won = assert_one_wins(&answers);
            let wanted = ["01-12T10:00 Staff meeting", "01-13T11:00 Staff meeting"][won];
            assert_eq!(dates(&one, &event)[1], wanted, "round {round}");
            undo([&one, &other][won], &answers[won]);
            assert_eq!(dates(&one, &event)[1], "01-11T09:00 Staff meeting");
        }
    }

    fn one_of_two_splits_at_a_date_wins(server: &Server) {
        let (one, other) = (server.as_role("coordinator"), server.as_role("coordinator"));
        for _ in 0..ROUNDS {
            let event = weekly(&one, &json!({}));
            let path = date(&event, "02-01", "following");
            let (first, second) = (seen(&one, &event), seen(&other, &event));
            let answers = at_once(
                || first.patch(&path, &json!({ "title": "One" })),
                || second.patch(&path, &json!({ "title": "Other" })),
            );
            let won = assert_one_wins(&answers);
            assert_eq!(dates(&one, &event).len(), 4);
            let tail = format!("/api/v1/events/{}", text(&answers[won].json, "id"));
            let titles = dates(&one, &tail);
            assert_eq!((titles.len(), &titles[0][12..]), (8, ["One", "Other"][won]));
            let id = event.rsplit('/').next().unwrap();
            let tails = one.get("/api/v1/events?limit=500").expect_status(200).json["items"].clone();
            assert_eq!(tails.as_array().unwrap().iter().filter(|event| event["continues"] == id).count(), 1);

            // A writer without a version also gets a conflict; for both operations.
            for late in [other.patch(&path, &json!({ "title": "Late" })), other.delete(&path)] {
                assert_eq!(late.status, 409, "{}", late.text);
            }
            assert_eq!(other.patch(&date(&event, "01-05", "this"), &json!({ "title": "None" })).status, 404);
        }
    }

    fn one_of_cancellation_and_edit_wins(server: &Server) {
        let (one, other) = (server.as_role("coordinator"), server.as_role("coordinator"));
        for round in 0..ROUNDS {
            let event = weekly(&one, &json!({}));
            let all = date(&event, "01-18", "all");
            let single = date(&event, "01-11", "this");
            let (first, second) = (seen(&one, &event), seen(&other, &event));
            let change = json!({ "title": "Kept" });
            let answers = at_once(|| first.delete(&all), || second.patch(&single, &change));
            let won = assert_one_wins(&answers);
            assert_eq!(one.get(&event).json["archived_at"].is_null(), won == 1, "round {round}");

            // A writer without a version comes after the other, or gets a conflict; nothing is lost.
            let event = weekly(&one, &json!({}));
            let (all, single) = (date(&event, "01-18", "all"), date(&event, "01-11", "this"));
            let [cancelled, edited] = at_once(|| one.delete(&all), || other.patch(&single, &change));
            assert_eq!(cancelled.status, 204, "{}", cancelled.text);
            assert!([200, 409].contains(&edited.status), "{}", edited.text);
            one.post(&format!("{event}/restore"), &json!({})).expect_status(200);
            let is_kept = dates(&one, &event)[1] == "01-11T09:00 Kept";
            assert_eq!(is_kept, edited.status == 200);
        }
    }

    fn concurrent_changes_of_different_occurrences_are_all_saved(server: &Server) {
        let me = server.as_role("coordinator");
        let event = weekly(&me, &json!({}));
        let days = ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08", "02-15", "02-22"];
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let running: Vec<_> = days
                .iter()
                .map(|day| {
                    let (me, path) = (&me, date(&event, day, "this"));
                    scope.spawn(move || me.patch(&path, &json!({ "title": day })).status)
                })
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses, [200; 8]);
        for (line, day) in dates(&me, &event).iter().zip(days) {
            assert_eq!(*line, format!("{day}T09:00 {day}"));
        }
    }

    fn split_is_undone_after_later_changes(server: &Server) {
        let me = server.as_role("coordinator");
        let event = weekly(&me, &json!({}));
        let before = facts(&me, &event);
        let split = me.patch(&date(&event, "02-01", "following"), &json!({ "title": "Rest" })).expect_status(200);
        let tail = format!("/api/v1/events/{}", text(&split.json, "id"));
        let later = me.patch(&date(&tail, "02-08", "this"), &json!({ "title": "Guests" })).expect_status(200);
        let refused = me.post(&text(&split.json, "undo"), &json!({})).expect_status(409);
        assert!(text(&refused.json, "detail").contains("changed again"));
        undo(&me, &later);
        undo(&me, &split);
        assert_eq!(facts(&me, &event), before);
        assert!(!me.get(&tail).json["archived_at"].is_null());
        assert_eq!(me.get("/api/v1/calendar?start=2027-02-01&end=2027-02-09&kinds=event").json["entries"].as_array().unwrap().len(), 2);
    }

    fn chain_of_changes_is_undone_step_by_step(server: &Server) {
        let me = server.as_role("coordinator");
        let event = weekly(&me, &json!({}));
        let mut then = vec![(facts(&me, &event), dates(&me, &event))];
        let mut done: Vec<Answer> = Vec::new();
        let mut go = |path: String, body: Value| {
            done.push(me.patch(&path, &body).expect_status(200));
            then.push((facts(&me, &event), dates(&me, &event)));
        };
        go(date(&event, "01-11", "all"), json!({ "start": "2027-01-12T10:00:00" }));
        go(format!("{event}/occurrences/2027-01-19T10:00:00?scope=all"), json!({ "rrule": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=12" }));
        go(format!("{event}/occurrences/2027-01-19T10:00:00?scope=all"), json!({ "timezone": "Asia/Tokyo" }));
        go(format!("{event}/occurrences/2027-02-02T11:00:00?scope=following"), json!({ "title": "Second" }));
        go(format!("{event}/occurrences/2027-01-21T11:00:00?scope=following"), json!({ "title": "Third" }));
        assert_eq!(dates(&me, &event).len(), 5);
        let second = format!("/api/v1/events/{}", text(&done[3].json, "id"));
        let third = format!("/api/v1/events/{}", text(&done[4].json, "id"));
        assert_eq!((dates(&me, &third).len(), dates(&me, &second).len()), (3, 4));
        while let Some(answer) = done.pop() {
            then.pop();
            undo(&me, &answer);
            assert_eq!((facts(&me, &event), dates(&me, &event)), then.last().unwrap().clone());
        }
    }

    fn series_is_split_at_an_additional_date(server: &Server) {
        let me = server.as_role("coordinator");
        // Every second Monday, and one Wednesday between.
        let more = json!({ "rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=4", "rdates": ["2027-01-13T14:00:00"] });
        let event = weekly(&me, &more);
        let path = format!("{event}/occurrences/2027-01-13T14:00:00?scope=following");
        let split = me.patch(&path, &json!({ "title": "Rest" })).expect_status(200);
        assert_eq!(dates(&me, &event), ["01-04T09:00 Staff meeting"]);
        let tail = format!("/api/v1/events/{}", text(&split.json, "id"));
        let rest = ["01-13T14:00 Rest", "01-18T09:00 Rest", "02-01T09:00 Rest", "02-15T09:00 Rest"];
        assert_eq!(dates(&me, &tail), rest);
        // An additional date before the rule begins stays alone, without the first date of the rule.
        let event = weekly(&me, &json!({ "rdates": ["2027-01-02T09:00:00"] }));
        me.patch(&date(&event, "01-04", "following"), &json!({ "title": "Rest" })).expect_status(200);
        assert_eq!(dates(&me, &event), ["01-02T09:00 Staff meeting"]);
    }

    fn blocked_task_starts_its_next_occurrence_with_a_reason(server: &Server) {
        let api = server.as_role("coordinator");
        let make = |body: Value| text(&api.post("/api/v1/tasks", &body).expect_status(201).json, "id");
        let first = make(json!({ "title": "Permit", "due_date": "2031-01-01" }));
        let body = json!({ "title": "Report", "due_date": "2031-01-06", "rrule": "FREQ=WEEKLY;COUNT=3", "depends_on": [first] });
        let id = make(body);
        let browser = Browser::of(server, "coordinator").client;
        let page = browser.get(&format!("/tasks/{id}")).expect_status(200).text;
        assert!(page.contains("Start Mon 6 Jan 2031 anyway"), "the next date, and for a reason only");
        assert!(page.contains("name=\"recurrence_id\" value=\"2031-01-06\"") && page.contains("name=\"force_reason\""));
        let token = form_token(&page);
        let send = |status: &str, reason: &str| {
            let path = format!("/tasks/{id}/transition");
            let fields = [("csrf_token", token), ("status", status), ("recurrence_id", "2031-01-06"), ("force_reason", reason)];
            browser.post_form(&path, &fields)
        };
        let refused = send("in_progress", "").expect_status(409).text;
        assert!(refused.contains("It depends on Permit") && refused.contains("Mon 6 Jan 2031: In progress anyway"));
        send("in_progress", "The governor asks").expect_status(303);
        let states: Vec<String> = api.get(&format!("/api/v1/tasks/{id}/occurrences")).json["items"]
            .as_array().unwrap().iter().map(|item| text(item, "status")).collect();
        assert_eq!(states, ["in_progress", "not_started", "not_started"]);
        assert!(browser.get(&format!("/tasks/{id}")).text.contains("Complete Mon 6 Jan 2031 anyway"));
    }

    fn history_shows_the_old_end_of_an_override(server: &Server) {
        let api = server.as_role("coordinator");
        let event = weekly(&api, &json!({}));
        let change = json!({ "end": "2027-01-11T12:00:00" });
        api.patch(&date(&event, "01-11", "this"), &change).expect_status(200);
        let browser = Browser::of(server, "coordinator").client;
        let page = browser.get(&event[7..]).expect_status(200).text;
        assert!(page.contains("Changed") && !page.contains("instead of"), "it lasts longer, and was not moved");
        let page = browser.get(&format!("{}?tab=history", &event[7..])).text;
        assert!(page.contains("On Mon 11 Jan 2027, 9:00 AM: End"), "the date and the field");
        assert!(page.contains(" 10:30 AM</del>") && page.contains(" 12:00 PM"), "from when to when");
        assert!(!page.contains("same as the series"));
    }
}
