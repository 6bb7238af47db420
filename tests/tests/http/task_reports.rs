//! Progress of tasks, burn-up of PPAs, workload, and the groups of the tasks of a record.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.
#![allow(clippy::cast_precision_loss, clippy::float_cmp)] // Small counts.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_app::Actor;
use obcms_domain::core::id::Id;
use obcms_store::SqlValue;
use obcms_tests::{Client, Person, Server, make, on_both_engines};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn today(server: &Server) -> Date {
    server.app().today()
}

fn plus(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// Sets the days from start to completion of a completed task, which a test cannot wait for.
fn set_cycle(server: &Server, task: &Value, days: i64) {
    let id: Id = id(task).parse().unwrap();
    server
        .app()
        .write(&Actor::program(), |work| {
            work.tx.execute(
                "UPDATE tasks SET cycle_days = $1 WHERE id = $2",
                &[SqlValue::Integer(days), id.into()],
            )?;
            Ok(())
        })
        .unwrap();
}

/// Creates tasks of all kinds: statuses, due dates around today, people, teams, domains, phases.
fn some_tasks(server: &Server, client: &Client, people: &[Person], teams: &[Value]) {
    let mut random = StdRng::seed_from_u64(7);
    let day = today(server);
    for number in 0..90 {
        let pick = |random: &mut StdRng, of: &[&str]| of[random.random_range(0..of.len())].to_owned();
        let mut assignees: Vec<Value> =
            people.iter().filter(|_| random.random_bool(0.4)).map(|person| json!(person.id)).collect();
        assignees.truncate(2);
        let team: Vec<&Value> =
            teams.iter().filter(|_| random.random_bool(0.3)).map(|team| &team["id"]).collect();
        let due = plus(day, random.random_range(-40..20));
        let status = pick(
            &mut random,
            &["not_started", "in_progress", "on_hold", "completed", "completed", "cancelled"],
        );
        let mut body = json!({
            "title": format!("Task {number}"), "assignees": assignees, "teams": team,
            "domain": pick(&mut random, &["general", "mana", "policy"]),
            "priority": pick(&mut random, &["low", "high"]), "status": status,
        });
        if random.random_bool(0.9) {
            body["due_date"] = json!(due);
        }
        if random.random_bool(0.6) {
            body["phase"] = json!(pick(&mut random, &["planning", "review"]));
        }
        let task = make(client, "tasks", body);
        if status == "completed" {
            set_cycle(server, &task, random.random_range(0..30));
        }
    }
}

/// Figures of a group as the report states them: tasks, completed, on time, late, overdue, median.
fn figures(row: &Value) -> (i64, i64, i64, i64, i64, Option<f64>) {
    let count = |name: &str| row[name]["count"].as_i64().unwrap();
    (
        count("tasks"),
        count("completed"),
        count("on_time"),
        count("late"),
        count("overdue"),
        row["median_cycle_days"].as_f64(),
    )
}

/// The same figures, computed plainly over the tasks.
fn computed(server: &Server, tasks: &[&Value]) -> (i64, i64, i64, i64, i64, Option<f64>) {
    let count = |keep: &dyn Fn(&Value) -> bool| {
        i64::try_from(tasks.iter().filter(|task| keep(task)).count()).unwrap()
    };
    let due = |task: &Value| task["due_date"].as_str().unwrap().parse::<Date>().unwrap();
    let done = |task: &Value| task["status"] == "completed";
    let on = |task: &Value| task["completed_on"].as_str().unwrap().parse::<Date>().unwrap();
    let mut days: Vec<i64> = server
        .app()
        .read(|tx| {
            let mut days = Vec::new();
            for row in tx.query(
                "SELECT id, cycle_days FROM tasks WHERE status = 'completed' AND cycle_days IS NOT NULL",
                &[],
            )? {
                let key: Id = row.get(0)?;
                if tasks.iter().any(|task| task["id"] == json!(key)) {
                    days.push(row.get(1)?);
                }
            }
            Ok(days)
        })
        .unwrap();
    days.sort_unstable();
    let middle = days.len() / 2;
    let median = match days.len() {
        0 => None,
        length if length % 2 == 1 => Some(days[middle] as f64),
        _ => Some((days[middle - 1] + days[middle]) as f64 / 2.0),
    };
    (
        count(&|_| true),
        count(&done),
        count(&|task| done(task) && on(task) <= due(task)),
        count(&|task| done(task) && on(task) > due(task)),
        count(&|task| !done(task) && due(task) < today(server)),
        median,
    )
}

/// Keys of a task in a grouping; the empty one for none.
fn keys(task: &Value, by: &str) -> Vec<String> {
    let field = match by {
        "person" => "assignees",
        "team" => "teams",
        other => other,
    };
    match &task[field] {
        Value::Array(ids) if ids.is_empty() => vec![String::new()],
        Value::Array(ids) => ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect(),
        Value::String(text) => vec![text.clone()],
        _ => vec![String::new()],
    }
}

on_both_engines! {
    fn progress_equals_a_plain_count(server: &Server) {
        let client = server.as_role("coordinator");
        let people: Vec<Person> = (0..3).map(|_| server.person(&["staff"])).collect();
        let teams: Vec<Value> = ["Team A", "Team B"].iter().map(|name| make(&server.as_role("admin"), "teams", json!({ "name": name }))).collect();
        some_tasks(server, &client, &people, &teams);
        let (start, end) = (plus(today(server), -30), plus(today(server), 10));
        let all = client.get(&format!("/api/v1/tasks?limit=500&due_date_from={start}&due_date_to={end}")).expect_status(200).json;
        let counted: Vec<&Value> = all["items"].as_array().unwrap().iter().filter(|task| task["status"] != "cancelled").collect();
        assert!(counted.len() > 30);
        for by in ["person", "team", "domain", "template", "phase", "priority"] {
            let report = client.get(&format!("/api/v1/tasks/progress?start={start}&end={end}&by={by}")).expect_status(200).json;
            assert_eq!(figures(&report["total"]), computed(server, &counted), "{by}");
            let mut groups: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
            for task in &counted {
                for key in keys(task, by) {
                    groups.entry(key).or_default().push(task);
                }
            }
            let rows = report["items"].as_array().unwrap();
            assert_eq!(rows.len(), groups.len(), "{by}: {report}");
            for row in rows {
                let key = row["key"].as_str().unwrap_or_default();
                assert_eq!(figures(row), computed(server, &groups[key]), "{by} {key}");
                assert_eq!(row["label"].is_null(), key.is_empty(), "{row}");
                // Each figure opens exactly its tasks.
                for name in ["tasks", "completed", "on_time", "late", "overdue"] {
                    let href = row[name]["href"].as_str().unwrap();
                    let listed = client.get(&format!("/api/v1{href}")).expect_status(200).json;
                    assert_eq!(listed["total"], row[name]["count"], "{href}");
                }
            }
            let page = client.get(&format!("/tasks/progress?start={start}&end={end}&by={by}")).expect_status(200).text;
            assert!(page.contains(&report["total"]["tasks"]["count"].to_string()));
        }
    }

    fn progress_follows_completion_and_template(server: &Server) {
        let client = server.as_role("coordinator");
        let day = today(server);
        let period = format!("/api/v1/tasks/progress?start={}&end={}&by=template", plus(day, -5), plus(day, 60));
        let event = make(&client, "events", json!({ "title": "Talk", "start": format!("{}T09:00:00+08:00", plus(day, 20)) }));
        let report = client.get(&period).expect_status(200).json;
        let row = &report["items"][0];
        let tasks = client.get(&format!("/api/v1/tasks?origin={}", id(&event))).json;
        assert_eq!(row["tasks"]["count"], tasks["total"]);
        assert!(row["label"].as_str().is_some_and(|label| !label.is_empty()), "{row}");
        let first = &tasks["items"][0];
        let done = client.patch(&format!("/api/v1/tasks/{}", id(first)), &json!({ "status": "completed" })).expect_status(200).json;
        assert_eq!((&done["completed_on"], &done["on_time"]), (&json!(day), &json!(true)));
        let late = client.patch(&format!("/api/v1/tasks/{}", id(first)), &json!({ "start_date": plus(day, -4), "due_date": plus(day, -3) })).expect_status(200).json;
        assert_eq!(late["on_time"], false);
        assert_eq!(client.get(&period).json["total"]["late"]["count"], 1);
        let open = client.patch(&format!("/api/v1/tasks/{}", id(first)), &json!({ "status": "in_progress" })).expect_status(200).json;
        assert_eq!((&open["completed_on"], &open["on_time"]), (&Value::Null, &Value::Null));
        for wrong in ["start=soon", "by=shape", "start=2027-05-01&end=2027-01-01", "start=1900-01-01", "shape=1",
            "start=-009999-01-01&end=-009999-02-01", "start=9999-01-01&end=9999-02-01"] {
            client.get(&format!("/api/v1/tasks/progress?{wrong}")).expect_status(400);
        }
    }

    fn partners_see_only_their_figures(server: &Server) {
        let client = server.as_role("coordinator");
        let partner = server.person(&["partner"]);
        let due = today(server);
        make(&client, "tasks", json!({ "title": "Theirs", "due_date": due, "assignees": [partner.id], "estimated_hours": 4 }));
        make(&client, "tasks", json!({ "title": "Ours", "due_date": due, "assignees": [server.person(&["staff"]).id], "estimated_hours": 4 }));
        let total = |client: &Client| client.get("/api/v1/tasks/progress").expect_status(200).json["total"]["tasks"]["count"].clone();
        assert_eq!((total(&partner.client), total(&client)), (json!(1), json!(2)));
        let people = |client: &Client| client.get("/api/v1/tasks/workload").expect_status(200).json["people"].as_array().unwrap().len();
        assert_eq!((people(&partner.client), people(&client)), (1, 2));
    }

    fn burn_up_counts_weights(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa = make(&client, "ppas", json!({ "title": "Wells", "category": "moa_ppa", "start_date": "2027-03-01" }));
        for task in client.get(&format!("/api/v1/tasks?origin={}&limit=500", id(&ppa))).json["items"].as_array().unwrap() {
            client.delete(&format!("/api/v1/tasks/{}", id(task))).expect_status(204);
        }
        let address = format!("/api/v1/ppas/{}/burnup", id(&ppa));
        assert_eq!(client.get(&address).expect_status(200).json["points"], json!([]));
        let origin = json!({ "kind": "ppa", "id": ppa["id"] });
        for (title, weight, status) in [("A", 2, "completed"), ("B", 3, "in_progress"), ("C", 5, "cancelled")] {
            make(&client, "tasks", json!({ "title": title, "origin": origin, "weight": weight, "status": status }));
        }
        let points = client.get(&address).expect_status(200).json["points"].clone();
        let points = points.as_array().unwrap();
        assert_eq!((&points[0]["scope"], &points[0]["completed"]), (&json!(0.0), &json!(0.0)));
        let last = points.last().unwrap();
        assert_eq!((&last["scope"], &last["completed"], &last["date"]), (&json!(5.0), &json!(2.0), &json!(today(server))));
        let page = client.get(&format!("/ppas/{}?tab=tasks", id(&ppa))).expect_status(200).text;
        assert!(page.contains("2 of 5 completed"), "chart on the page");
        client.get("/api/v1/ppas/0192d3a0-0000-7000-8000-000000000001/burnup").expect_status(404);
    }

    fn workload_spreads_remaining_hours(server: &Server) {
        let client = server.as_role("coordinator");
        let (busy, helper) = (server.person(&["staff"]), server.person(&["staff"]));
        // A week without holidays: 11 to 15 January 2027.
        let task = |body: Value| make(&client, "tasks", body);
        let both = json!([busy.id, helper.id]);
        task(json!({ "title": "Half done", "start_date": "2027-01-11", "due_date": "2027-01-15", "assignees": [busy.id], "estimated_hours": 40, "progress": 50 }));
        task(json!({ "title": "Stated", "start_date": "2027-01-11", "due_date": "2027-01-15", "assignees": [busy.id], "estimated_hours": 30, "actual_hours": 4 }));
        task(json!({ "title": "Shared", "start_date": "2027-01-14", "due_date": "2027-01-19", "assignees": both, "estimated_hours": 16 }));
        task(json!({ "title": "Daily", "start_date": "2027-01-18", "due_date": "2027-01-18", "rrule": "FREQ=DAILY;COUNT=3", "assignees": [helper.id], "estimated_hours": 2 }));
        task(json!({ "title": "Closed", "due_date": "2027-01-15", "assignees": [busy.id], "estimated_hours": 99, "status": "completed" }));
        task(json!({ "title": "Not estimated", "due_date": "2027-01-15", "assignees": [busy.id] }));
        let address = "/api/v1/tasks/workload?start=2027-01-13&end=2027-01-20";
        let found = client.get(address).expect_status(200).json;
        assert_eq!(found["weeks"], json!(["2027-01-11", "2027-01-18"]));
        let of = |found: &Value, person: &Person| found["people"].as_array().unwrap().iter().find(|row| row["person"]["id"] == json!(person.id)).cloned().unwrap();
        let hours = |row: &Value| row["weeks"].as_array().unwrap().iter().map(|week| week["hours"].as_f64().unwrap()).collect::<Vec<_>>();
        let row = of(&found, &busy);
        // 20 and 26 remaining hours, and 4 of the 8 own hours of the shared task, two of its four days.
        assert_eq!(hours(&row), [50.0, 4.0]);
        assert_eq!(row["uncounted_tasks"], 1);
        assert_eq!((&row["weeks"][0]["capacity"], &row["weeks"][0]["is_over"]), (&json!(40.0), &json!(true)));
        assert_eq!(row["weeks"][0]["tasks"].as_array().unwrap().len(), 3);
        assert_eq!(row["weeks"][0]["tasks"][0]["title"], "Stated");
        // Three occurrences of two hours, and the rest of the shared task.
        assert_eq!(hours(&of(&found, &helper)), [4.0, 10.0]);
        // Absences and holidays shorten the week.
        make(&client, "holidays", json!({ "name": "Festival", "date": "2027-01-15", "holiday_type": "local" }));
        let away = json!({ "delegator": busy.id, "delegate": helper.id, "start_date": "2027-01-11", "end_date": "2027-01-12", "reason": "Leave" });
        server.as_role("admin").post("/api/v1/delegations", &away);
        let row = of(&client.get(address).expect_status(200).json, &busy);
        assert!(row["weeks"][0]["capacity"].as_f64().unwrap() <= 32.0, "{row}");
        // Only the members of a team; a task that they share counts half.
        let team = make(&server.as_role("admin"), "teams", json!({ "name": "Field team", "members": [helper.id] }));
        let of_team = client.get(&format!("{address}&team={}", id(&team))).expect_status(200).json;
        assert_eq!(of_team["people"].as_array().unwrap().len(), 1);
        assert_eq!(hours(&of(&of_team, &helper)).iter().sum::<f64>(), 14.0);
        let page = client.get(&format!("/tasks/workload?start=2027-01-13&end=2027-01-20&person={}&week=2027-01-11", busy.id)).expect_status(200).text;
        assert!(page.contains("Over by") && page.contains("Half done"), "the cell shows its tasks");
        for wrong in ["start=x", "end=1999-01-01", "team=x", "start=2026-01-01&end=2027-12-31", "team=0192d3a0-0000-7000-8000-000000000001", "start=-009999-01-01", "start=9999-12-01"] {
            client.get(&format!("/api/v1/tasks/workload?{wrong}")).expect_status(400);
        }
    }

    fn overdue_work_is_due_now(server: &Server) {
        let client = server.as_role("coordinator");
        let person = server.person(&["staff"]);
        let late = plus(today(server), -30);
        make(&client, "tasks", json!({ "title": "Late", "due_date": late, "assignees": [person.id], "estimated_hours": 6 }));
        let found = client.get("/api/v1/tasks/workload").expect_status(200).json;
        assert_eq!(found["weeks"].as_array().unwrap().len(), 8);
        assert_eq!(found["people"][0]["weeks"][0]["hours"], 6.0);
    }

    fn tasks_of_a_record_are_grouped(server: &Server) {
        let client = server.as_role("coordinator");
        let event = make(&client, "events", json!({ "title": "Talk", "event_type": "meeting", "start": "2027-06-16T09:00:00+08:00" }));
        let page = client.get(&format!("/events/{}", id(&event))).expect_status(200).text;
        for label in ["Before the event", "On the day of the event", "After the event"] {
            let place = page.find(label).unwrap_or_else(|| panic!("{label} is missing"));
            let href = page[..place].rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&");
            let listed = client.get(&format!("/api/v1{href}")).expect_status(200).json;
            assert!(page[place..].split("</span>").next().unwrap().contains(&format!("0 of {} done", listed["total"])), "{label}");
        }
        let assessment = make(&client, "assessments", json!({
            "title": "Survey", "primary_methodology": "survey", "planned_start_date": "2027-02-01", "planned_end_date": "2027-03-15",
        }));
        let page = client.get(&format!("/assessments/{}", id(&assessment))).expect_status(200).text;
        assert!(page.contains("phase=data_collection") && page.contains("0 of"), "groups by phase");
    }
}
