//! Recurring tasks: completed by occurrence; overdue, sorted and counted by the next open occurrence.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_app::{Clock, HANDLERS};
use obcms_tests::{Browser, Client, TestClock, make, on_both_engines};
use serde_json::{Value, json};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Returns the date of the office.
fn today() -> Date {
    // The server has the same clock.
    TestClock.now().in_tz("Asia/Manila").unwrap().date()
}

fn day(days: i64) -> String {
    today().saturating_add(days.days()).to_string()
}

/// Returns the titles of a list of tasks.
fn titles(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api/v1/tasks?{query}")).expect_status(200).json;
    list["items"].as_array().unwrap().iter().map(|task| text(task, "title")).collect()
}

fn task(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/tasks/{id}")).expect_status(200).json
}

fn complete(client: &Client, id: &str, date: &str) -> Value {
    let path = format!("/api/v1/tasks/{id}/occurrences/{date}");
    client.patch(&path, &json!({ "status": "completed" })).expect_status(200).json
}

/// Returns recurrence id, first day, due date and status of each occurrence.
fn occurrences(client: &Client, id: &str) -> Vec<(String, String, String, String)> {
    let found = client.get(&format!("/api/v1/tasks/{id}/occurrences?limit=50")).expect_status(200).json;
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|date| {
            (
                text(date, "recurrence_id"),
                text(date, "start_date"),
                text(date, "due_date"),
                text(date, "status"),
            )
        })
        .collect()
}

/// Returns the board column of a card.
fn column_of(client: &Client, id: &str) -> String {
    let board = client.get("/api/v1/tasks/board?limit=200").expect_status(200).json;
    let columns = board["columns"].as_array().unwrap().iter();
    let mut holding =
        columns.filter(|column| column["cards"].as_array().unwrap().iter().any(|card| card["id"] == id));
    text(holding.next().unwrap(), "key")
}

on_both_engines! {
    fn transition_may_apply_to_one_occurrence(server: &Server) {
        let me = server.as_role("coordinator");
        let body = json!({ "title": "Report", "due_date": day(-7), "rrule": "FREQ=WEEKLY;COUNT=4" });
        let id = text(&make(&me, "tasks", &body), "id");
        let path = format!("/api/v1/tasks/{id}/transition");
        let version = task(&me, &id)["version"].as_i64().unwrap();
        let asked = json!({ "status": "completed", "note": "Sent by mail", "recurrence_id": day(0) });
        let done = me.post(&path, &asked).expect_status(200);
        assert_eq!((&done.json["status"], &done.json["recurrence_id"]), (&json!("completed"), &json!(day(0))));
        assert_eq!((&done.json["due_date"], &done.json["progress"]), (&json!(day(0)), &json!(100)));
        assert_eq!(done.header("etag"), format!("\"{}\"", version + 1));
        // The series continues with the next occurrence.
        let whole = task(&me, &id);
        assert_eq!((&whole["status"], &whole["next_due"]), (&json!("not_started"), &json!(day(7))));
        let date = me.get(&format!("/api/v1/tasks/{id}/occurrences/{}", day(0))).expect_status(200).json;
        assert_eq!(date["status"], "completed");
        let history = me.get(&format!("/api/v1/tasks/{id}/history?limit=1")).expect_status(200).text;
        assert!(history.contains("Sent by mail"), "{history}");
        me.post(text(&done.json, "undo").as_str(), &json!({})).expect_status(200);
        assert_eq!(task(&me, &id)["next_due"], day(-7));

        // Assignees may complete it, and it is refused like any other transition.
        let staff = server.as_role("staff");
        let one = json!({ "status": "in_progress", "recurrence_id": day(7) });
        staff.post(&path, &one).expect_status(403);
        let me_of_staff = staff.get("/api/v1/me").expect_status(200).json["id"].clone();
        me.patch(&format!("/api/v1/tasks/{id}"), &json!({ "assignees": [me_of_staff] })).expect_status(200);
        staff.post(&path, &one).expect_status(200);
        for (wrong, field) in [
            (json!({ "status": "completed", "recurrence_id": day(1) }), "recurrence_id"),
            (json!({ "status": "completed", "recurrence_id": "soon" }), "recurrence_id"),
            (json!({ "status": "completed", "recurrence_id": 7 }), "recurrence_id"),
            (json!({ "status": "done", "recurrence_id": day(0) }), "status"),
        ] {
            assert_eq!(me.post(&path, &wrong).expect_status(422).errors("field"), [field], "{wrong}");
        }
        let single = text(&make(&me, "tasks", json!({ "title": "Once", "due_date": day(0) })), "id");
        let wrong = me.post(&format!("/api/v1/tasks/{single}/transition"), &json!({ "status": "completed", "recurrence_id": day(0) }));
        assert_eq!(wrong.expect_status(422).errors("field"), ["recurrence_id"]);
        let stale = me.with_header("if-match", "\"1\"");
        stale.post(&path, &json!({ "status": "completed", "recurrence_id": day(0) })).expect_status(412);
        // A blocked one is refused, or forced with a reason that is stored.
        me.patch(&format!("/api/v1/tasks/{id}"), &json!({ "depends_on": [single] })).expect_status(200);
        let blocked = json!({ "status": "in_progress", "recurrence_id": day(14) });
        me.post(&path, &blocked).expect_status(409);
        let forced = json!({ "status": "in_progress", "recurrence_id": day(14), "force_reason": "Cannot wait" });
        me.post(&path, &forced).expect_status(200);
    }

    fn series_is_overdue_by_its_open_occurrences(server: &Server) {
        let me = server.as_role("coordinator");
        let ppa = make(&me, "ppas", json!({ "title": "Wells", "category": "moa_ppa" }));
        let origin = json!({ "kind": "ppa", "id": ppa["id"] });
        // Three occurrences: two weeks ago, one week ago, today; and one task a month ahead beside it.
        let body = json!({
            "title": "Report", "due_date": day(-14), "rrule": "FREQ=WEEKLY;COUNT=3", "origin": origin,
        });
        let late_before = me.get("/api/v1/portfolio").expect_status(200).json["tasks"]["late"].as_i64().unwrap();
        let id = text(&make(&me, "tasks", &body), "id");
        make(&me, "tasks", json!({ "title": "Ahead", "due_date": day(-1), "origin": origin }));
        let late_of_ppa = || {
            let portfolio = me.get("/api/v1/portfolio").expect_status(200).json;
            portfolio["tasks"]["late"].as_i64().unwrap() - late_before
        };
        let due_in_trace = || {
            let trace = me.get(&format!("/api/v1/trace/task/{id}")).expect_status(200).json;
            trace["tasks"].as_array().unwrap().iter().find(|link| link["id"] == json!(id)).unwrap()["due_date"].clone()
        };

        let facts = task(&me, &id);
        assert_eq!((&facts["overdue"], &facts["next_due"]), (&json!(true), &json!(day(-7))), "the last missed one");
        assert_eq!(facts["next_occurrence"], day(-7));
        assert_eq!(titles(&me, "overdue=true&sort=due_date&template_item=none"), ["Report", "Ahead"]);
        assert_eq!((late_of_ppa(), due_in_trace()), (2, json!(day(-7))));
        let board = me.get("/api/v1/tasks/board?overdue=true").expect_status(200).json;
        assert!(board.to_string().contains("Report"));

        // With the missed one completed, the older one is skipped and today's is next: no longer overdue.
        complete(&me, &id, &day(-7));
        let facts = task(&me, &id);
        // The completion time is in the zone of the office, whose day counts.
        let noted = text(&facts["overrides"][day(-7)], "completed_at");
        assert!(noted.starts_with(&day(0)) && noted.ends_with("+08:00"), "{noted}");
        assert_eq!((&facts["overdue"], &facts["next_due"]), (&json!(false), &json!(day(0))));
        assert_eq!(titles(&me, "overdue=true&template_item=none"), ["Ahead"]);
        assert_eq!(titles(&me, "sort=due_date&template_item=none"), ["Ahead", "Report"]);
        assert_eq!(titles(&me, &format!("due_date_from={0}&due_date_to={0}&template_item=none", day(0))), ["Report"]);
        assert_eq!((late_of_ppa(), due_in_trace()), (1, json!(day(0))));

        // With all occurrences completed, nothing is due, and the task is completed.
        complete(&me, &id, &day(0));
        let facts = task(&me, &id);
        assert_eq!((&facts["overdue"], &facts["at_risk"], &facts["next_due"]), (&json!(false), &json!(false), &Value::Null));
        assert_eq!((late_of_ppa(), text(&facts, "status")), (1, "completed".to_owned()));
        me.post(&format!("/api/v1/tasks/{id}/undo"), &json!({})).expect_status(200);
        assert_eq!(task(&me, &id)["next_due"], day(0));
        // A moved occurrence counts at its new date.
        let path = format!("/api/v1/tasks/{id}/occurrences/{}", day(0));
        me.patch(&path, &json!({ "due_date": day(3) })).expect_status(200);
        assert_eq!(task(&me, &id)["next_due"], day(3));
        me.delete(&path).expect_status(204);
        assert_eq!(task(&me, &id)["next_due"], Value::Null);
    }

    fn ppa_progress_counts_a_series_as_one_task(server: &Server) {
        let me = server.as_role("coordinator");
        let ppa = make(&me, "ppas", json!({ "title": "Wells", "category": "moa_ppa" }));
        let path = format!("/api/v1/ppas/{}", text(&ppa, "id"));
        let origin = json!({ "kind": "ppa", "id": ppa["id"] });
        let series = make(&me, "tasks", json!({
            "title": "Report", "due_date": day(-7), "rrule": "FREQ=WEEKLY;COUNT=2", "origin": origin,
        }));
        make(&me, "tasks", json!({ "title": "Once", "due_date": day(5), "origin": origin }));
        let id = text(&series, "id");
        // Tasks generated for the PPA are archived: two tasks of equal weight remain.
        let others = me.get(&format!("/api/v1/tasks?origin={}&limit=500", text(&ppa, "id"))).json["items"].clone();
        for other in others.as_array().unwrap().iter().filter(|task| !task["template_item"].is_null()) {
            me.delete(&format!("/api/v1/tasks/{}", text(other, "id"))).expect_status(204);
        }
        complete(&me, &id, &day(-7));
        let half = json!({ "progress": 50 });
        me.patch(&format!("/api/v1/tasks/{id}"), &half).expect_status(200);
        assert_eq!(me.get(&path).json["task_progress"], 0, "one date is not the task");
        let last = complete(&me, &id, &day(0));
        assert_eq!(me.get(&path).json["task_progress"], 50, "with its last date the task is done");
        me.post(&text(&last, "undo"), &json!({})).expect_status(200);
        assert_eq!(me.get(&path).json["task_progress"], 0);
        let end = json!({ "status": "completed", "scope": "all" });
        me.post(&format!("/api/v1/tasks/{id}/transition"), &end).expect_status(200);
        assert_eq!(me.get(&path).json["task_progress"], 50);
    }

    fn completed_occurrence_is_undone_by_its_assignee(server: &Server) {
        let me = server.as_role("coordinator");
        let person = server.person(&["staff"]);
        let body = json!({
            "title": "Report", "due_date": day(-7), "rrule": "FREQ=WEEKLY", "assignees": [person.id.to_string()],
        });
        let id = text(&make(&me, "tasks", &body), "id");
        let done = complete(&person.client, &id, &day(-7));
        assert_eq!(task(&me, &id)["overdue"], false);
        person.client.post(&text(&done, "undo"), &json!({})).expect_status(200);
        assert_eq!(task(&me, &id)["overdue"], true);
        // Actors without the right to complete it cannot undo it either.
        let done = complete(&person.client, &id, &day(-7));
        server.as_role("staff").post(&text(&done, "undo"), &json!({})).expect_status(403);
        assert_eq!(task(&me, &id)["overdue"], false);
    }

    fn action_applies_to_the_shown_occurrence(server: &Server) {
        let me = server.as_role("coordinator");
        let bodies = [
            json!({ "due_date": "2027-12-15", "rrule": "FREQ=MONTHLY;COUNT=4" }),
            json!({ "due_date": "2027-12-15", "rrule": "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=4" }),
            json!({ "due_date": "2027-11-30", "rrule": "FREQ=MONTHLY;BYMONTHDAY=30;COUNT=4" }),
            json!({ "due_date": "2027-12-03", "rrule": "FREQ=WEEKLY;BYDAY=FR;COUNT=4" }),
            json!({ "start_date": "2027-12-02", "due_date": "2027-12-03", "rrule": "FREQ=WEEKLY;COUNT=4" }),
            json!({ "due_date": "2027-12-03", "rdates": ["2027-12-03", "2027-12-10", "2028-01-04"] }),
        ];
        for mut body in bodies {
            body["title"] = json!("Report");
            let made = make(&me, "tasks", &body);
            let id = text(&made, "id");
            let path = format!("/api/v1/tasks/{id}");
            let dates = occurrences(&me, &id);
            let (first, second) = (dates[0].0.clone(), dates[1].0.clone());
            let only = |position: usize, status: &str| {
                let mut wanted = dates.clone();
                wanted[position].3 = status.to_owned();
                wanted
            };
            let column = || column_of(&me, &id);
            let gestures: [(&str, &str, Value); 4] = [
                ("post", "/move", json!({ "column": "in_progress" })),
                ("post", "/transition", json!({ "status": "in_progress" })),
                ("patch", "", json!({ "status": "in_progress" })),
                ("patch", "", json!({ "progress": 30 })),
            ];
            for (method, to, gesture) in gestures {
                let address = format!("{path}{to}");
                let answer = if method == "post" { me.post(&address, &gesture) } else { me.patch(&address, &gesture) };
                answer.expect_status(200);
                assert_eq!(occurrences(&me, &id), only(0, "in_progress"), "{body} {gesture}");
                let shown = task(&me, &id);
                assert_eq!((&shown["status"], &shown["next_occurrence"]), (&json!("in_progress"), &json!(first)));
                for name in ["start_date", "due_date", "rrule", "rdates"] {
                    assert_eq!(shown[name], made[name], "{name}");
                }
                assert_eq!((column(), titles(&me, "status=in_progress")), ("in_progress".to_owned(), vec!["Report".to_owned()]));
                me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
                assert_eq!((occurrences(&me, &id), column()), (dates.clone(), "not_started".to_owned()));
            }
            // After completion, the next one is shown with its own status.
            let done = me.post(&format!("{path}/transition"), &json!({ "status": "completed" })).expect_status(200).json;
            assert_eq!((&done["status"], &done["recurrence_id"]), (&json!("completed"), &json!(first)));
            let shown = task(&me, &id);
            assert_eq!((&shown["status"], &shown["progress"]), (&json!("not_started"), &json!(0)));
            assert_eq!((&shown["next_occurrence"], column()), (&json!(second), "not_started".to_owned()));
            assert_eq!(occurrences(&me, &id), only(0, "completed"));
            // After the last one the task is completed; after undo it is not.
            for date in &dates[1..] {
                assert_eq!(task(&me, &id)["next_occurrence"], json!(date.0));
                me.post(&format!("{path}/move"), &json!({ "column": "completed" })).expect_status(200);
            }
            assert_eq!((text(&task(&me, &id), "status"), column()), ("completed".to_owned(), "completed".to_owned()));
            me.post(&format!("{path}/move"), &json!({ "column": "in_progress" })).expect_status(200);
            assert_eq!((text(&task(&me, &id), "status"), column()), ("in_progress".to_owned(), "in_progress".to_owned()));
            assert_eq!(occurrences(&me, &id)[..dates.len() - 1].iter().filter(|date| date.3 != "completed").count(), 0);
            me.delete(&path).expect_status(204);
        }
    }

    fn board_column_changes_the_shown_occurrence(server: &Server) {
        let me = server.as_role("coordinator");
        let person = server.person(&["staff"]);
        let body = json!({ "title": "Report", "due_date": day(3), "rrule": "FREQ=WEEKLY;COUNT=3" });
        let id = text(&make(&me, "tasks", &body), "id");
        let address = format!("/api/v1/tasks/{id}/move");
        let of = |name: &str| {
            let found = me.get(&format!("/api/v1/tasks/{id}/occurrences")).expect_status(200).json;
            found["items"].as_array().unwrap().iter().map(|date| date[name].clone()).collect::<Vec<_>>()
        };
        me.post(&address, &json!({ "group": "priority", "column": "critical" })).expect_status(200);
        assert_eq!(of("priority"), ["critical", "medium", "medium"]);
        let card = me.get("/api/v1/tasks/board?group=priority&column=critical").expect_status(200).text;
        assert!(card.contains(&id), "{card}");
        me.post(&address, &json!({ "group": "assignee", "column": person.id.to_string() })).expect_status(200);
        assert_eq!(of("assignees"), [json!([person.id.to_string()]), json!([]), json!([])]);
        let cards = me.get(&format!("/api/v1/tasks/board?group=assignee&column={}", person.id)).expect_status(200).text;
        assert!(cards.contains(&id), "{cards}");
        let mine = person.client.get("/api/v1/tasks?mine=true").expect_status(200).json;
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
        // Values of the series apply to the other occurrences, and after the first completion to the shown one.
        me.patch(&format!("/api/v1/tasks/{id}"), &json!({ "priority": "high" })).expect_status(200);
        assert_eq!(of("priority"), ["critical", "high", "high"]);
        me.post(&format!("/api/v1/tasks/{id}/transition"), &json!({ "status": "completed" })).expect_status(200);
        assert_eq!((&task(&me, &id)["priority"], &task(&me, &id)["assignees"]), (&json!("high"), &json!([])));
    }

    fn bulk_actions_and_calendar_change_the_shown_occurrence(server: &Server) {
        let person = server.person(&["coordinator"]);
        let me = &person.client;
        let bodies = [
            json!({ "title": "Report", "due_date": "2027-12-15", "rrule": "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=4" }),
            json!({ "title": "Visit", "start_date": "2027-12-02", "due_date": "2027-12-03", "rrule": "FREQ=WEEKLY;COUNT=3" }),
        ];
        let made: Vec<Value> = bodies.iter().map(|body| make(me, "tasks", body)).collect();
        let fields = |id: &str, name: &str| {
            let found = me.get(&format!("/api/v1/tasks/{id}/occurrences")).expect_status(200).json;
            found["items"].as_array().unwrap().iter().map(|date| date[name].clone()).collect::<Vec<_>>()
        };
        let unchanged = |id: &str, made: &Value| {
            let shown = task(me, id);
            for name in ["start_date", "due_date", "rrule", "rdates"] {
                assert_eq!(shown[name], made[name], "{name}");
            }
        };
        // Assign, complete and archive in bulk with the form of the list.
        let Browser { client, token, .. } = Browser::sign_in(server, &person);
        for made in &made {
            let id = &text(made, "id");
            let bulk = |action: &str| {
                let form = [("csrf_token", token.as_str()), ("ids", id.as_str())];
                client.post_form(&format!("/tasks/bulk/{action}"), &form).expect_status(303);
            };
            let before = occurrences(me, id);
            bulk("assign");
            let people = fields(id, "assignees");
            assert_eq!(people[0], json!([person.id.to_string()]));
            assert!(people[1..].iter().all(|people| *people == json!([])), "{people:?}");
            assert_eq!(titles(me, &format!("assignees={}", person.id)), [text(made, "title")]);
            unchanged(id, made);
            me.post(&format!("/api/v1/tasks/{id}/undo"), &json!({})).expect_status(200);
            assert_eq!(titles(me, &format!("assignees={}", person.id)), Vec::<String>::new());
            bulk("complete");
            let mut wanted = before.clone();
            wanted[0].3 = "completed".to_owned();
            assert_eq!(occurrences(me, id), wanted);
            unchanged(id, made);
            me.post(&format!("/api/v1/tasks/{id}/undo"), &json!({})).expect_status(200);
            bulk("archive");
            assert!(task(me, id)["archived_at"].is_null());
            assert_eq!(occurrences(me, id), before[1..]);
            me.post(&format!("/api/v1/tasks/{id}/undo"), &json!({})).expect_status(200);
            // Another column of the board by domain.
            let column = json!({ "group": "domain", "column": "policy" });
            me.post(&format!("/api/v1/tasks/{id}/move"), &column).expect_status(200);
            let domains = fields(id, "domain");
            assert_eq!(domains[0], "policy");
            assert!(domains[1..].iter().all(|domain| domain != "policy"), "{domains:?}");
            let cards = me.get("/api/v1/tasks/board?group=domain&column=policy").expect_status(200).text;
            assert!(cards.contains(id.as_str()), "{cards}");
            me.post(&format!("/api/v1/tasks/{id}/undo"), &json!({})).expect_status(200);
            assert_eq!(occurrences(me, id), before);

            // Only the entry in the calendar is moved and resized.
            let entries = || {
                let window = "start=2027-11-01T00:00:00Z&end=2028-04-01T00:00:00Z&kinds=task";
                let found = me.get(&format!("/api/v1/calendar?{window}")).expect_status(200).json;
                let own = found["entries"].as_array().unwrap().iter().filter(|entry| entry["source"]["id"] == **id);
                own.map(|entry| (text(entry, "id"), text(entry, "start"), text(entry, "end"))).collect::<Vec<_>>()
            };
            let shown = entries();
            assert_eq!(shown.len(), before.len());
            let path = format!("/api/v1/calendar/entries/{}", shown[0].0);
            let due: Date = shown[0].1.parse().unwrap();
            let (start, end) = (due.saturating_add(2.days()), due.saturating_add(5.days()));
            let times = json!({ "start": start.to_string(), "end": end.to_string() });
            me.patch(&path, &times).expect_status(200);
            let moved = entries();
            assert_eq!((moved[0].1.clone(), moved[0].2.clone()), (start.to_string(), end.to_string()));
            assert_eq!(moved[1..], shown[1..]);
            unchanged(id, made);
            me.post(&format!("/api/v1/tasks/{id}/undo"), &json!({})).expect_status(200);
            assert_eq!(entries(), shown);
            me.delete(&format!("/api/v1/tasks/{id}")).expect_status(204);
        }
    }

    fn series_of_an_older_release_shows_its_first_open_occurrence(server: &Server) {
        let me = server.as_role("coordinator");
        let body = json!({ "title": "Report", "due_date": "2027-12-03", "rrule": "FREQ=WEEKLY;COUNT=4" });
        let id = text(&make(&me, "tasks", &body), "id");
        let dates = occurrences(&me, &id);
        complete(&me, &id, &dates[0].0);
        let second = format!("/api/v1/tasks/{id}/occurrences/{}", dates[1].0);
        me.patch(&second, &json!({ "status": "on_hold", "priority": "critical" })).expect_status(200);
        // As in release 16: the columns hold the status of the whole series.
        let database = server.app().database();
        obcms_store::migrations::revert(database, 16).unwrap();
        database
            .write(|tx| {
                let task: obcms_domain::core::id::Id = id.parse().unwrap();
                tx.execute(
                    "UPDATE tasks SET status = 'in_progress', progress = 20, priority = 'medium' WHERE id = $1",
                    &[task.into()],
                )?;
                tx.execute("DELETE FROM settings WHERE name = 'seed-shown-occurrences'", &[])
            })
            .unwrap();
        server.app().prepare().unwrap();
        let shown = task(&me, &id);
        assert_eq!((&shown["status"], &shown["priority"]), (&json!("on_hold"), &json!("critical")), "{shown}");
        assert_eq!(shown["next_occurrence"], json!(dates[1].0));
        assert_eq!(titles(&me, "status=on_hold"), ["Report"]);
        assert_eq!(column_of(&me, &id), "on_hold");
        let states: Vec<String> = occurrences(&me, &id).into_iter().map(|date| date.3).collect();
        assert_eq!(states, ["completed", "on_hold", "in_progress", "in_progress"]);
    }

    fn shown_occurrence_advances_with_the_day(server: &Server) {
        let me = server.as_role("coordinator");
        let body = json!({ "title": "Report", "due_date": day(3), "rrule": "FREQ=WEEKLY;COUNT=4" });
        let id = text(&make(&me, "tasks", &body), "id");
        let first = format!("/api/v1/tasks/{id}/occurrences/{}", day(3));
        me.patch(&first, &json!({ "priority": "critical" })).expect_status(200);
        assert_eq!(titles(&me, "priority=critical"), ["Report"]);
        let (later, _) = server.app_at(server.app().now() + jiff::SignedDuration::from_hours(24 * 11));
        let job = HANDLERS.iter().find(|handler| handler.kind == "show_occurrences").unwrap();
        (job.run)(&later, &Value::Null).unwrap();
        assert_eq!(titles(&me, "priority=critical"), Vec::<String>::new());
        assert_eq!(titles(&me, "priority=medium"), ["Report"]);
    }

    fn series_is_cancelled_only_with_scope_all(server: &Server) {
        let me = server.as_role("coordinator");
        let body = json!({ "title": "Report", "due_date": day(3), "rrule": "FREQ=WEEKLY;COUNT=3" });
        let id = text(&make(&me, "tasks", &body), "id");
        let path = format!("/api/v1/tasks/{id}");
        me.post(&format!("{path}/transition"), &json!({ "status": "completed" })).expect_status(200);
        let states = || occurrences(&me, &id).into_iter().map(|date| date.3).collect::<Vec<_>>();
        for end in ["transition", "occurrence"] {
            let answer = if end == "transition" {
                me.post(&format!("{path}/transition"), &json!({ "status": "cancelled", "scope": "all" }))
            } else {
                me.patch(&format!("{path}/occurrences/{}?scope=all", day(10)), &json!({ "status": "cancelled" }))
            };
            answer.expect_status(200);
            assert_eq!(states(), ["completed", "cancelled", "cancelled"]);
            let shown = task(&me, &id);
            assert_eq!((&shown["status"], &shown["next_due"]), (&json!("cancelled"), &Value::Null));
            assert_eq!(titles(&me, "open=true&template_item=none"), Vec::<String>::new());
            me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
            assert_eq!((states(), text(&task(&me, &id), "next_occurrence")), (vec!["completed".to_owned(), "not_started".to_owned(), "not_started".to_owned()], day(10)));
        }
        let wrong = json!({ "status": "cancelled", "scope": "following" });
        assert_eq!(me.post(&format!("{path}/transition"), &wrong).expect_status(422).errors("field"), ["scope"]);
        me.post(&format!("{path}/transition"), &json!({ "status": "completed", "scope": "all" })).expect_status(200);
        me.post(&format!("{path}/transition"), &json!({ "status": "not_started", "scope": "all" })).expect_status(200);
        assert_eq!(states(), ["completed", "not_started", "not_started"]);
    }

    fn completed_series_unblocks_its_dependents(server: &Server) {
        let me = server.as_role("coordinator");
        let body = json!({ "title": "Report", "due_date": day(3), "rrule": "FREQ=WEEKLY;COUNT=2" });
        let id = text(&make(&me, "tasks", &body), "id");
        let after = make(&me, "tasks", json!({ "title": "After", "depends_on": [id] }));
        let blocked = || task(&me, &text(&after, "id"))["blocked"].clone();
        let path = format!("/api/v1/tasks/{id}/transition");
        me.post(&path, &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(blocked(), true);
        me.post(&path, &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(blocked(), false);
        me.post(&path, &json!({ "status": "not_started" })).expect_status(200);
        assert_eq!(blocked(), true);
    }

    fn started_task_becomes_the_first_occurrence(server: &Server) {
        let me = server.as_role("coordinator");
        let id = text(&make(&me, "tasks", json!({ "title": "Report", "due_date": day(3) })), "id");
        let path = format!("/api/v1/tasks/{id}");
        me.patch(&path, &json!({ "status": "in_progress" })).expect_status(200);
        me.patch(&path, &json!({ "rrule": "FREQ=WEEKLY;COUNT=3", "start_date": null })).expect_status(200);
        let states = || occurrences(&me, &id).into_iter().map(|date| date.3).collect::<Vec<_>>();
        assert_eq!(states(), ["in_progress", "not_started", "not_started"]);
        me.patch(&path, &json!({ "rrule": null })).expect_status(200);
        assert_eq!(task(&me, &id)["status"], "in_progress");
    }
}
