//! Series through HTTP: occurrences on the calendar; changes and cancellations of one, following or all occurrences,
//! with complete undo.

#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Answer, Client, make, on_both_engines};
use serde_json::{Value, json};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Creates a series every Monday at 9:00 in Manila, from January 4, 2027.
fn weekly(client: &Client, more: &Value) -> Value {
    let mut body = json!({
        "title": "Staff meeting", "start": "2027-01-04T09:00:00", "end": "2027-01-04T10:30:00",
        "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;BYDAY=MO",
    });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    make(client, "events", &body)
}

/// Returns the calendar entries of a window as `start title`, with the local start in their zone.
fn shown(client: &Client, start: &str, end: &str) -> Vec<String> {
    let path = format!("/api/v1/calendar?start={start}&end={end}&modules=coordination,tasks");
    let entries = client.get(&path).expect_status(200).json["entries"].clone();
    let mut lines: Vec<String> = entries
        .as_array()
        .expect("entries")
        .iter()
        // Tasks generated for the meeting are ignored.
        .filter(|entry| entry["source"]["kind"] == "event" || !entry["recurrence_id"].is_null())
        .map(|entry| {
            format!("{} {}", text(entry, "start").chars().take(16).collect::<String>(), text(entry, "title"))
        })
        .collect();
    lines.sort();
    lines
}

fn entry_at(client: &Client, day: &str) -> Value {
    let path = format!("/api/v1/calendar?start={day}&end=2028-01-01&kinds=event");
    client.get(&path).expect_status(200).json["entries"][0].clone()
}

fn date(record: &Value, recurrence_id: &str, scope: &str) -> String {
    format!("/api/v1/events/{}/occurrences/{recurrence_id}?scope={scope}", text(record, "id"))
}

fn undo(client: &Client, answer: &Answer) {
    client.post(&text(&answer.json, "undo"), &json!({})).expect_status(200);
}

fn staff(days: &[&str]) -> Vec<String> {
    days.iter().map(|day| format!("2027-{day} Staff meeting")).collect()
}

on_both_engines! {
    fn series_may_begin_at_an_ambiguous_time(server: &Server) {
        let client = server.as_role("coordinator");
        // 2:30 is ambiguous in Berlin that night; a series uses its first occurrence.
        let mut event = json!({
            "title": "Night shift", "timezone": "Europe/Berlin", "start": "2027-10-31T02:30:00+01:00",
            "end": "2027-10-31T04:00:00+01:00",
        });
        let once = client.post("/api/v1/events", &event).expect_status(201).json;
        assert_eq!((&once["start"], &once["end"]), (&json!("2027-10-31T02:30:00+01:00"), &json!("2027-10-31T04:00:00+01:00")));
        event["rrule"] = json!("FREQ=DAILY;COUNT=3");
        let made = client.post("/api/v1/events", &event).expect_status(201).json;
        let path = format!("/api/v1/events/{}", text(&made, "id"));
        let agrees = |path: &str| {
            let series = client.get(path).expect_status(200).json;
            assert_eq!((&series["start"], &series["end"]), (&json!("2027-10-31T02:30:00+02:00"), &json!("2027-10-31T03:00:00+01:00")));
            let first = client.get(&format!("{path}/occurrences/2027-10-31T02:30:00")).expect_status(200).json;
            assert_eq!((&first["start"], &first["end"]), (&series["start"], &series["end"]));
        };
        agrees(&path);
        // So does an event that becomes a series later, and one that is moved to that time.
        let later = format!("/api/v1/events/{}", text(&once, "id"));
        client.patch(&later, &json!({ "rrule": "FREQ=DAILY;COUNT=3" })).expect_status(200);
        agrees(&later);
        client.patch(&path, &json!({ "start": "2027-10-31T02:30:00+01:00", "end": "2027-10-31T04:00:00+01:00" })).expect_status(200);
        agrees(&path);
    }

    fn series_is_shown_on_all_its_dates(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({ "exdates": ["2027-01-18T09:00:00"], "rdates": ["2027-01-20T14:00:00+08:00"] }));
        assert_eq!(made["rrule"], "FREQ=WEEKLY;BYDAY=MO");
        assert_eq!(made["rdates"], json!(["2027-01-20T14:00:00"]));
        let january = shown(&me, "2027-01-01", "2027-02-01");
        assert_eq!(january, staff(&["01-04T09:00", "01-11T09:00", "01-20T14:00", "01-25T09:00"]));
        // A window years later costs and shows the same.
        let later = shown(&me, "2036-03-01", "2036-03-15");
        assert_eq!(later, ["2036-03-03T09:00 Staff meeting", "2036-03-10T09:00 Staff meeting"]);
        let entry = entry_at(&me, "2027-01-25");
        assert_eq!(entry["recurrence_id"], "2027-01-25T09:00:00");
        assert_eq!(entry["end"], "2027-01-25T10:30:00+08:00");
        assert_eq!(entry["source"]["id"], made["id"]);
        assert_eq!(text(&entry, "id"), format!("event-{}-event-0-2027-01-25T09:00:00", text(&made, "id")));
        assert_eq!(text(&entry, "url"), format!("/events/{}?occurrence=2027-01-25T09:00:00", text(&made, "id")));
    }

    fn invalid_rule_is_refused_by_field(server: &Server) {
        let me = server.as_role("coordinator");
        let refused = |more: Value, field: &str| {
            let mut body = json!({ "title": "Wrong", "start": "2027-01-04T09:00:00" });
            for (name, value) in more.as_object().expect("an object") {
                body[name] = value.clone();
            }
            let answer = me.post("/api/v1/events", &body).expect_status(422);
            assert_eq!(answer.json["errors"][0]["field"], field, "{body}: {}", answer.json);
        };
        refused(json!({ "rrule": "FREQ=SOMETIMES" }), "rrule");
        refused(json!({ "rrule": 7 }), "rrule");
        refused(json!({ "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }), "rrule");
        refused(json!({ "rrule": "FREQ=DAILY;UNTIL=20200101T000000Z" }), "rrule");
        refused(json!({ "rrule": "FREQ=DAILY", "exdates": ["tomorrow"] }), "exdates");
        refused(json!({ "rrule": "FREQ=DAILY", "rdates": 7 }), "rdates");
        refused(json!({ "rrule": "FREQ=DAILY", "overrides": {} }), "overrides");
        let task = json!({ "title": "Undated", "rrule": "FREQ=DAILY" });
        assert_eq!(me.post("/api/v1/tasks", &task).expect_status(422).json["errors"][0]["field"], "due_date");
    }

    fn one_occurrence_is_moved_and_renamed(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({}));
        let change = json!({ "title": "Budget meeting", "start": "2027-01-12T13:00:00" });
        let answer = me.patch(&date(&made, "2027-01-11T09:00:00", "this"), &change).expect_status(200);
        assert_eq!(answer.json["title"], "Budget meeting");
        assert_eq!(answer.json["end"], "2027-01-12T14:30:00+08:00", "a moved date keeps its length");
        assert_eq!(answer.json["recurrence_id"], "2027-01-11T09:00:00");
        let expected =
            ["2027-01-04T09:00 Staff meeting", "2027-01-12T13:00 Budget meeting", "2027-01-18T09:00 Staff meeting"];
        assert_eq!(shown(&me, "2027-01-01", "2027-01-20"), expected);
        let moved = entry_at(&me, "2027-01-12");
        assert_eq!(moved["recurrence_id"], "2027-01-11T09:00:00", "its name stays");
        // Moved again by dragging, it keeps its recurrence id.
        let path = format!("/api/v1/calendar/entries/{}", text(&moved, "id"));
        let dragged = me.patch(&path, &json!({ "start": "2027-01-13T13:00:00+08:00" })).expect_status(200);
        assert_eq!(dragged.json["recurrence_id"], "2027-01-11T09:00:00");
        assert_eq!(dragged.json["end"], "2027-01-13T14:30:00+08:00");
        undo(&me, &dragged);
        assert_eq!(shown(&me, "2027-01-01", "2027-01-20"), expected);
        undo(&me, &answer);
        assert_eq!(shown(&me, "2027-01-01", "2027-01-20"), staff(&["01-04T09:00", "01-11T09:00", "01-18T09:00"]));
        // A rule for a single occurrence is invalid, and a date outside the series is not found.
        let rule = json!({ "rrule": "FREQ=DAILY" });
        me.patch(&date(&made, "2027-01-11T09:00:00", "this"), &rule).expect_status(422);
        me.patch(&date(&made, "2027-01-12T09:00:00", "this"), &change).expect_status(404);
        me.patch(&date(&made, "nonsense", "this"), &change).expect_status(404);
        me.patch(&date(&made, "2027-01-11T09:00:00", "some"), &change).expect_status(400);
    }

    fn all_occurrences_move_with_their_overrides(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=6" }));
        me.patch(&date(&made, "2027-01-11T09:00:00", "this"), &json!({ "title": "Guests" })).expect_status(200);
        me.delete(&date(&made, "2027-01-18T09:00:00", "this")).expect_status(204);
        let before = me.get(&format!("/api/v1/events/{}", text(&made, "id"))).json;
        let change = json!({ "start": "2027-01-26T14:00:00", "venue": "Hall" });
        let answer = me.patch(&date(&made, "2027-01-25T09:00:00", "all"), &change).expect_status(200);
        assert_eq!(answer.json["rrule"], "FREQ=WEEKLY;COUNT=6;BYDAY=TU");
        assert_eq!(answer.json["recurrence_id"], "2027-01-26T14:00:00");
        let expected = [
            "2027-01-05T14:00 Staff meeting", "2027-01-12T14:00 Guests", "2027-01-26T14:00 Staff meeting",
            "2027-02-02T14:00 Staff meeting", "2027-02-09T14:00 Staff meeting",
        ];
        assert_eq!(shown(&me, "2027-01-01", "2027-04-01"), expected);
        undo(&me, &answer);
        let after = me.get(&format!("/api/v1/events/{}", text(&made, "id"))).json;
        for field in ["start", "end", "rrule", "rdates", "exdates", "overrides", "venue", "timezone"] {
            assert_eq!(after[field], before[field], "{field}");
        }
    }

    fn this_and_following_splits_the_series(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=6" }));
        me.patch(&date(&made, "2027-01-11T09:00:00", "this"), &json!({ "title": "Early" })).expect_status(200);
        me.patch(&date(&made, "2027-02-01T09:00:00", "this"), &json!({ "title": "Late" })).expect_status(200);
        me.delete(&date(&made, "2027-02-08T09:00:00", "this")).expect_status(204);
        let whole = shown(&me, "2027-01-01", "2028-01-01");
        let path = format!("/api/v1/events/{}", text(&made, "id"));
        let before = me.get(&path).json;
        let tasks = me.get("/api/v1/tasks").json["total"].clone();
        let change = json!({ "title": "New meeting", "start": "2027-01-25T15:00:00" });
        let answer = me.patch(&date(&made, "2027-01-25T09:00:00", "following"), &change).expect_status(200);
        assert_ne!(answer.json["id"], made["id"]);
        assert_eq!(answer.json["continues"], made["id"]);
        assert_eq!(answer.json["recurrence_id"], "2027-01-25T15:00:00");
        let split = [
            "2027-01-04T09:00 Staff meeting", "2027-01-11T09:00 Early", "2027-01-18T09:00 Staff meeting",
            "2027-01-25T15:00 New meeting", "2027-02-01T15:00 Late",
        ];
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), split);
        assert_eq!(me.get("/api/v1/tasks").json["total"], tasks, "the tasks of the series are not made twice");
        // Split twice: the second part is split as well.
        let change = json!({ "title": "Third" });
        let again = me.patch(&date(&answer.json, "2027-02-01T15:00:00", "following"), &change).expect_status(200);
        let thrice = [
            "2027-01-04T09:00 Staff meeting", "2027-01-11T09:00 Early", "2027-01-18T09:00 Staff meeting",
            "2027-01-25T15:00 New meeting", "2027-02-01T15:00 Third",
        ];
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), thrice);
        undo(&me, &again);
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), split);
        undo(&me, &answer);
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), whole);
        let after = me.get(&path).json;
        for field in ["start", "end", "rrule", "rdates", "exdates", "overrides"] {
            assert_eq!(after[field], before[field], "{field}");
        }
    }

    fn endless_series_is_split_and_continues(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({}));
        let change = json!({ "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO" });
        me.patch(&date(&made, "2027-01-18T09:00:00", "following"), &change).expect_status(200);
        let expected = staff(&["01-04T09:00", "01-11T09:00", "01-18T09:00", "02-01T09:00", "02-15T09:00"]);
        assert_eq!(shown(&me, "2027-01-01", "2027-02-20"), expected);
        let head = me.get(&format!("/api/v1/events/{}", text(&made, "id"))).json;
        // The day before in Manila, which is the date that people name.
        assert!(text(&head, "rrule").contains("UNTIL=20270117T155959Z"), "{}", head["rrule"]);
    }

    fn occurrences_are_cancelled_in_every_scope(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=5" }));
        me.delete(&date(&made, "2027-01-11T09:00:00", "this")).expect_status(204);
        me.delete(&date(&made, "2027-01-11T09:00:00", "this")).expect_status(404);
        me.delete(&date(&made, "2027-01-25T09:00:00", "following")).expect_status(204);
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), staff(&["01-04T09:00", "01-18T09:00"]));
        let path = format!("/api/v1/events/{}", text(&made, "id"));
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        let expected = staff(&["01-04T09:00", "01-18T09:00", "01-25T09:00", "02-01T09:00"]);
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), expected);
        me.delete(&date(&made, "2027-01-18T09:00:00", "all")).expect_status(204);
        assert!(shown(&me, "2027-01-01", "2028-01-01").is_empty());
        me.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        assert_eq!(shown(&me, "2027-01-01", "2028-01-01"), expected);
        // Without its last occurrence, the series is archived.
        for left in ["2027-01-04T09:00:00", "2027-01-18T09:00:00", "2027-01-25T09:00:00", "2027-02-01T09:00:00"] {
            me.delete(&date(&made, left, "this")).expect_status(204);
        }
        assert!(!me.get(&path).json["archived_at"].is_null());
    }

    fn new_time_or_zone_keeps_exceptions(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({
            "timezone": "America/New_York", "start": "2027-03-01T09:00:00", "end": "2027-03-01T10:00:00",
        }));
        // Local time stays the same across the change to daylight saving time.
        assert_eq!(
            shown(&me, "2027-03-01", "2027-03-24"),
            ["2027-03-01T09:00 Staff meeting", "2027-03-08T09:00 Staff meeting", "2027-03-15T09:00 Staff meeting", "2027-03-22T09:00 Staff meeting"]
        );
        me.delete(&date(&made, "2027-03-08T09:00:00", "this")).expect_status(204);
        me.patch(&date(&made, "2027-03-15T09:00:00", "this"), &json!({ "title": "Other" })).expect_status(200);
        let path = format!("/api/v1/events/{}", text(&made, "id"));
        let change = json!({ "timezone": "Asia/Tokyo", "start": "2027-03-01T08:00:00", "end": "2027-03-01T09:00:00" });
        let changed = me.patch(&path, &change).expect_status(200);
        assert_eq!(changed.json["exdates"], json!(["2027-03-08T08:00:00"]));
        assert_eq!(
            shown(&me, "2027-03-01", "2027-03-24"),
            ["2027-03-01T08:00 Staff meeting", "2027-03-15T08:00 Other", "2027-03-22T08:00 Staff meeting"]
        );
        // A rule without those dates drops their overrides.
        let changed = me.patch(&path, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=WE" })).expect_status(200);
        assert_eq!(changed.json["overrides"], Value::Null);
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert!(shown(&me, "2027-03-15", "2027-03-16")[0].ends_with("Other"));
        // Without a rule it is a single event.
        let single = me.patch(&path, &json!({ "rrule": null })).expect_status(200);
        assert_eq!(single.json["exdates"], json!([]));
        assert_eq!(shown(&me, "2027-03-01", "2028-01-01"), ["2027-03-01T08:00 Staff meeting"]);
    }

    fn whole_days_and_tasks_recur(server: &Server) {
        let me = server.as_role("coordinator");
        let fair = make(&me, "events", json!({
            "title": "Fair", "start": "2027-01-01", "end": "2027-01-03", "all_day": true,
            "rrule": "FREQ=MONTHLY;BYMONTHDAY=1", "exdates": ["2027-02-01"],
        }));
        assert_eq!(shown(&me, "2027-01-02", "2027-04-01"), ["2027-01-01 Fair", "2027-03-01 Fair"]);
        me.patch(&date(&fair, "2027-03-01", "all"), &json!({ "start": "2027-03-02", "end": "2027-03-03" })).expect_status(200);
        assert_eq!(shown(&me, "2027-01-02", "2027-04-01"), ["2027-01-02 Fair", "2027-03-02 Fair"]);
        let task = make(&me, "tasks", json!({
            "title": "Report", "due_date": "2027-05-31", "rrule": "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3",
        }));
        let dates = format!("/api/v1/tasks/{}/occurrences", text(&task, "id"));
        let due: Vec<String> = me.get(&dates).expect_status(200).json["items"]
            .as_array().expect("items").iter().map(|item| text(item, "due_date")).collect();
        assert_eq!(due, ["2027-05-31", "2027-06-30", "2027-07-31"]);
        let done = me.patch(&format!("{dates}/2027-06-30"), &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(done.json["status"], "completed");
        let entries = me.get("/api/v1/calendar?start=2027-05-01&end=2027-08-01&kinds=task").json["entries"].clone();
        let states: Vec<String> = entries.as_array().expect("entries").iter()
            .filter(|entry| entry["source"]["id"] == task["id"])
            .map(|entry| format!("{} {}", text(entry, "start"), text(entry, "status"))).collect();
        assert_eq!(states, ["2027-05-31 not_started", "2027-06-30 completed", "2027-07-31 not_started"]);
    }

    fn concurrent_changes_of_an_occurrence_conflict(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({}));
        let seen = format!("\"{}\"", made["version"]);
        let both = me.with_header("If-Match", &seen);
        let path = date(&made, "2027-01-11T09:00:00", "this");
        both.patch(&path, &json!({ "start": "2027-01-11T10:00:00" })).expect_status(200);
        both.patch(&path, &json!({ "start": "2027-01-11T11:00:00" })).expect_status(412);
        both.patch(&date(&made, "2027-01-18T09:00:00", "following"), &json!({ "title": "B" })).expect_status(412);
        // Concurrent splits at the same date: one succeeds, the others get a conflict.
        let splits: Vec<u16> = std::thread::scope(|scope| {
            let run = |name: &'static str| {
                let (me, made) = (&me, &made);
                scope.spawn(move || me.patch(&date(made, "2027-02-01T09:00:00", "following"), &json!({ "title": name })).status)
            };
            let running = [run("One"), run("Two"), run("Three")];
            running.into_iter().map(|thread| thread.join().expect("an answer")).collect()
        });
        assert_eq!(splits.iter().filter(|status| **status == 200).count(), 1, "{splits:?}");
        assert_eq!(splits.iter().filter(|status| **status == 409).count(), 2, "{splits:?}");
        let february = shown(&me, "2027-02-01", "2027-02-10");
        assert_eq!(february.len(), 2, "{february:?}");
    }

    fn editing_an_occurrence_requires_the_right_to_edit_the_series(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({}));
        let path = date(&made, "2027-01-11T09:00:00", "this");
        let executive = server.as_role("executive");
        executive.get(path.split('?').next().unwrap_or_default()).expect_status(200);
        executive.patch(&path, &json!({ "title": "Mine" })).expect_status(403);
        executive.delete(&path).expect_status(403);
        server.as_role("partner").get(path.split('?').next().unwrap_or_default()).expect_status(404);
        server.anonymous().patch(&path, &json!({})).expect_status(401);
    }

    fn cancelled_and_changed_occurrences_are_reset(server: &Server) {
        let me = server.as_role("coordinator");
        let made = weekly(&me, &json!({}));
        let one = |id: &str, word: &str| format!("/api/v1/events/{}/occurrences/{id}{word}", text(&made, "id"));
        let (cancelled, changed) = ("2027-01-11T09:00:00", "2027-01-18T09:00:00");
        me.delete(&one(cancelled, "")).expect_status(204);
        me.patch(&one(changed, ""), &json!({ "title": "Guests", "start": "2027-01-19T13:00:00" })).expect_status(200);
        let all = staff(&["01-04T09:00", "01-11T09:00", "01-18T09:00", "01-25T09:00"]);

        let stale = me.with_header("If-Match", &format!("\"{}\"", made["version"]));
        stale.post(&one(cancelled, "/restore"), &json!({})).expect_status(412);
        stale.post(&one(changed, "/reset"), &json!({})).expect_status(412);
        let other = server.as_role("executive");
        other.post(&one(cancelled, "/restore"), &json!({})).expect_status(403);
        other.post(&one(changed, "/reset"), &json!({})).expect_status(403);

        let restored = me.post(&one(cancelled, "/restore"), &json!({})).expect_status(200);
        assert_eq!(restored.json["recurrence_id"], cancelled);
        assert_eq!(restored.json["start"], "2027-01-11T09:00:00+08:00");
        let reset = me.post(&one(changed, "/reset"), &json!({})).expect_status(200);
        assert_eq!((text(&reset.json, "title"), text(&reset.json, "start")),
            ("Staff meeting".to_owned(), "2027-01-18T09:00:00+08:00".to_owned()));
        assert_eq!(shown(&me, "2027-01-01", "2027-02-01"), all);
        undo(&me, &reset);
        assert!(shown(&me, "2027-01-19", "2027-01-20")[0].ends_with("Guests"));
        undo(&me, &restored);
        me.get(&one(cancelled, "")).expect_status(404);

        // An occurrence that takes place cannot be restored, one without an override stays unchanged, and any other
        // date is not found.
        me.post(&one("2027-01-25T09:00:00", "/restore"), &json!({})).expect_status(404);
        let same = me.post(&one("2027-01-25T09:00:00", "/reset"), &json!({})).expect_status(200);
        assert_eq!(same.json["undo"], Value::Null);
        for word in ["/restore", "/reset"] {
            me.post(&one("2027-01-26T09:00:00", word), &json!({})).expect_status(404);
            me.post(&one("nonsense", word), &json!({})).expect_status(404);
            server.anonymous().post(&one(cancelled, word), &json!({})).expect_status(401);
        }
    }

    fn series_starts_on_the_first_date_of_its_rule(server: &Server) {
        let me = server.as_role("coordinator");
        let make = |collection: &str, body: &Value| me.post(&format!("/api/v1/{collection}"), body).expect_status(201).json;
        // A Thursday; every second Tuesday.
        let event = make("events", &json!({
            "title": "Forum", "start": "2027-01-14T09:00:00", "end": "2027-01-14T11:00:00", "timezone": "Asia/Manila",
            "event_type": "meeting", "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3",
        }));
        assert_eq!((&event["start"], &event["end"]), (&json!("2027-01-26T09:00:00+08:00"), &json!("2027-01-26T11:00:00+08:00")));
        let path = format!("/api/v1/events/{}", event["id"].as_str().unwrap());
        let dates = |path: &str| {
            let found = me.get(&format!("{path}/occurrences")).expect_status(200).json;
            let items = found["items"].as_array().unwrap().iter();
            items.map(|date| date["recurrence_id"].as_str().unwrap()[..10].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(dates(&path), ["2027-01-26", "2027-02-09", "2027-02-23"]);
        // Its tasks are dated from the first occurrence, and move when the rule changes.
        let tasks = || {
            let query = format!("/api/v1/tasks?origin={}&limit=200", event["id"].as_str().unwrap());
            let list = me.get(&query).expect_status(200).json["items"].as_array().unwrap().clone();
            let mut due: Vec<String> = list.iter().filter_map(|task| task["due_date"].as_str().map(str::to_owned)).collect();
            due.sort();
            due
        };
        let single = make("events", &json!({
            "title": "Once", "start": "2027-01-26T09:00:00", "end": "2027-01-26T11:00:00", "timezone": "Asia/Manila", "event_type": "meeting",
        }));
        let list = me.get(&format!("/api/v1/tasks?origin={}&limit=200", single["id"].as_str().unwrap())).json;
        let mut wanted: Vec<String> = list["items"].as_array().unwrap().iter().filter_map(|task| task["due_date"].as_str().map(str::to_owned)).collect();
        wanted.sort();
        assert!(!wanted.is_empty());
        assert_eq!(tasks(), wanted);
        let changed = me.patch(&path, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=WE;COUNT=2" })).expect_status(200).json;
        assert_eq!(changed["start"], "2027-01-27T09:00:00+08:00");
        assert_eq!(dates(&path), ["2027-01-27", "2027-02-03"]);
        assert_ne!(tasks(), wanted);
        // Other fields move nothing, and additional dates stay.
        let same = me.patch(&path, &json!({ "title": "Round" })).expect_status(200).json;
        assert_eq!(same["start"], changed["start"]);
        me.patch(&path, &json!({ "rdates": ["2027-03-01T09:00:00"] })).expect_status(200);
        me.patch(&path, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=FR;COUNT=2" })).expect_status(200);
        assert_eq!(dates(&path), ["2027-01-29", "2027-02-05", "2027-03-01"]);

        // Whole days, by start and by due date; additional dates alone move nothing.
        let task = make("tasks", &json!({ "title": "Report", "start_date": "2027-01-05", "due_date": "2027-01-07", "rrule": "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=4" }));
        assert_eq!((&task["start_date"], &task["due_date"]), (&json!("2027-01-15"), &json!("2027-01-17")));
        let due = make("tasks", &json!({ "title": "Report", "due_date": "2027-01-07", "rrule": "FREQ=WEEKLY;BYDAY=FR" }));
        assert_eq!((&due["start_date"], &due["due_date"]), (&Value::Null, &json!("2027-01-08")));
        let some = make("tasks", &json!({ "title": "Some", "due_date": "2027-01-07", "rdates": ["2027-01-02"] }));
        assert_eq!(some["due_date"], "2027-01-07");
        // The same for this and following occurrences.
        let path = format!("/api/v1/tasks/{}/occurrences/2027-01-15?scope=following", due["id"].as_str().unwrap());
        let rest = me.patch(&path, &json!({ "rrule": "FREQ=WEEKLY;BYDAY=MO" })).expect_status(200).json;
        let rest = me.get(&format!("/api/v1/tasks/{}", rest["series"]["id"].as_str().or(rest["id"].as_str()).unwrap())).expect_status(200).json;
        assert_eq!(rest["due_date"], "2027-01-18");
        let body = json!({ "dtstart": "2027-01-14T09:00:00", "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;BYDAY=TU", "exdates": ["2027-01-19"] });
        let told = me.post("/api/v1/recurrence/preview", &body).expect_status(200).json;
        assert_eq!((&told["start"], &told["occurrences"][0]), (&json!("2027-01-19T09:00:00+08:00"), &json!("2027-01-26T09:00:00+08:00")));
    }
}
