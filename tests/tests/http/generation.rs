//! From need to progress: generated tasks, their due dates and moves, without duplicates.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::choices::{ASSESSMENT_METHODOLOGIES, EVENT_TYPES};
use obcms_domain::holidays::WorkingDays;
use obcms_tests::{Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn due(task: &Value) -> Date {
    day(task["due_date"].as_str().unwrap())
}

/// Returns the tasks of a record by due date.
fn tasks(client: &Client, origin: &Value) -> Vec<Value> {
    let address = format!("/api/v1/tasks?origin={}&sort=due_date&limit=500", id(origin));
    client.get(&address).expect_status(200).json["items"].as_array().unwrap().clone()
}

fn patch(client: &Client, collection: &str, record: &Value, body: Value) -> Value {
    client.patch(&format!("/api/v1/{collection}/{}", id(record)), &body).expect_status(200).json
}

fn read(client: &Client, collection: &str, record: &Value) -> Value {
    client.get(&format!("/api/v1/{collection}/{}", id(record))).expect_status(200).json
}

/// Returns the working days of 2027 as the holidays of the server have them.
fn office(server: &Server) -> WorkingDays {
    let (first, last) = (day("2027-01-01"), day("2027-12-31"));
    server.app().read(|tx| obcms_app::holidays::working_days(tx, first, last)).unwrap()
}

/// Creates a PPA with five equal tasks; its generated tasks are archived.
fn ppa_with_five(client: &Client, title: &str) -> (Value, Vec<Value>) {
    let ppa =
        make(client, "ppas", json!({ "title": title, "category": "moa_ppa", "start_date": "2027-03-01" }));
    for task in tasks(client, &ppa) {
        client.delete(&format!("/api/v1/tasks/{}", id(&task))).expect_status(204);
    }
    let origin = json!({ "kind": "ppa", "id": ppa["id"] });
    let own = (1..=5)
        .map(|number| {
            make(client, "tasks", json!({ "title": format!("{title} {number}"), "origin": origin }))
        })
        .collect();
    (ppa, own)
}

on_both_engines! {
    fn need_leads_to_progress(server: &Server) {
        let client = server.as_role("coordinator");
        let barangay = client.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
        let community = make(&client, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
        let need = make(&client, "needs", json!({ "title": "Safe water", "community": community["id"] }));
        let ppa = make(
            &client,
            "ppas",
            json!({
                "title": "Water system", "category": "moa_ppa", "needs": [need["id"]],
                "start_date": "2027-03-01", "target_end_date": "2027-12-31",
            }),
        );
        let made = tasks(&client, &ppa);
        assert!(made.len() >= 5, "{} tasks", made.len());
        assert!(made.iter().all(|task| task["template_item"].is_string() && task["status"] == "not_started"));
        let first = &made[0];
        let window = format!("start={}&end={}", due(first), due(first).saturating_add(1.day()));
        let feed = client.get(&format!("/api/v1/calendar?{window}&modules=tasks")).expect_status(200).json;
        let entries = feed["entries"].as_array().unwrap();
        assert!(entries.iter().any(|entry| entry["source"]["id"] == first["id"]), "it stands on its day");

        let before = client.get("/api/v1/portfolio").expect_status(200).json;
        assert_eq!(before["totals"]["average_progress"], 0.0);
        patch(&client, "tasks", first, json!({ "status": "completed" }));
        let moved = read(&client, "ppas", &ppa)["progress"].as_i64().unwrap();
        let expected = (100.0 / made.len() as f64).round() as i64;
        assert_eq!(moved, expected);
        let after = client.get("/api/v1/portfolio").expect_status(200).json;
        assert_eq!(after["totals"]["average_progress"], moved as f64);
        assert_eq!(after["tasks"]["completed"], 1);
        assert_eq!(after["tasks"]["open"], made.len() - 1);
    }

    fn every_assessment_method_generates_tasks(server: &Server) {
        let client = server.as_role("coordinator");
        for method in ASSESSMENT_METHODOLOGIES {
            let assessment = make(
                &client,
                "assessments",
                json!({
                    "title": method.label, "primary_methodology": method.value,
                    "planned_start_date": "2027-02-01", "planned_end_date": "2027-03-15",
                }),
            );
            let made = tasks(&client, &assessment);
            assert!(made.len() >= 2, "{}: {} tasks", method.value, made.len());
            for task in &made {
                assert_eq!(task["origin"]["kind"], "assessment", "{}", method.value);
                assert!(!task["assignees"].as_array().unwrap().is_empty() || !task["teams"].as_array().unwrap().is_empty());
            }
        }
    }

    fn every_event_type_generates_preparation_and_follow_up(server: &Server) {
        let client = server.as_role("coordinator");
        let held = day("2027-06-16");
        for kind in EVENT_TYPES {
            let event = make(
                &client,
                "events",
                json!({ "title": kind.label, "event_type": kind.value, "start": "2027-06-16T09:00:00+08:00" }),
            );
            let made = tasks(&client, &event);
            assert!(made.iter().any(|task| due(task) < held), "{}: nothing before", kind.value);
            assert!(made.iter().any(|task| due(task) > held), "{}: nothing after", kind.value);
            for task in &made {
                let title = task["title"].as_str().unwrap().to_lowercase();
                if title.contains("invit") {
                    assert!(due(task) < held, "{}: {title} on {}", kind.value, due(task));
                }
                if title.contains("minutes") {
                    assert!(due(task) >= held, "{}: {title} on {}", kind.value, due(task));
                }
            }
        }
    }

    fn policies_services_and_applications_generate_tasks(server: &Server) {
        let client = server.as_role("coordinator");
        let policy = make(&client, "policies", json!({ "title": "Water code" }));
        assert!(!tasks(&client, &policy).is_empty());
        let milestone = make(
            &client,
            "policy-milestones",
            json!({ "title": "Rules", "policy": policy["id"], "target_date": "2027-05-10" }),
        );
        assert!(!tasks(&client, &milestone).is_empty());
        let service = make(&client, "services", json!({ "title": "Seeds", "application_deadline": "2027-05-10" }));
        assert!(!tasks(&client, &service).is_empty());
        let application =
            make(&client, "applications", json!({ "service": service["id"], "applicant_name": "Amina" }));
        assert!(tasks(&client, &application).is_empty(), "a draft is nobody's work yet");
        patch(&client, "applications", &application, json!({ "status": "submitted" }));
        let made = tasks(&client, &application).len();
        assert!(made > 0);
        patch(&client, "applications", &application, json!({ "status": "draft" }));
        patch(&client, "applications", &application, json!({ "status": "submitted" }));
        assert_eq!(tasks(&client, &application).len(), made, "submitting again makes nothing twice");
        for category in ["moa_ppa", "oobc_ppa", "obc_request"] {
            let ppa = make(&client, "ppas", json!({ "title": category, "category": category }));
            assert!(!tasks(&client, &ppa).is_empty(), "{category}");
        }
    }

    fn unchanged_tasks_follow_the_date_of_their_origin(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa = make(
            &client,
            "ppas",
            json!({
                "title": "Moved", "category": "moa_ppa", "start_date": "2027-03-01", "target_end_date": "2027-12-31",
            }),
        );
        let made = tasks(&client, &ppa);
        let (started, moved_by_hand) = (&made[0], &made[1]);
        patch(&client, "tasks", started, json!({ "status": "in_progress" }));
        patch(&client, "tasks", moved_by_hand, json!({ "due_date": "2027-08-08" }));
        patch(
            &client,
            "ppas",
            &ppa,
            json!({ "start_date": "2027-03-11", "target_end_date": "2028-01-10" }),
        );
        let later = tasks(&client, &ppa);
        let template = client.get("/api/v1/task-templates?name=ppa_budget_cycle").json["items"][0].clone();
        // The offsets are kept; 11 March 2027 is a Thursday, and dates on weekends and holidays move later.
        let moved = |task: &Value| {
            let items = template["items"].as_array().unwrap();
            let of = |item: &&Value| {
                task["template_item"].as_str().unwrap().ends_with(&format!("/{}", item["key"].as_str().unwrap()))
            };
            let days = items.iter().find(of).unwrap()["offset_days"].as_i64().unwrap();
            day("2027-03-11").saturating_add(days.days())
        };
        let office = office(server);
        for task in &made {
            let now = later.iter().find(|other| other["id"] == task["id"]).unwrap();
            let expected = if task["id"] == started["id"] {
                due(task)
            } else if task["id"] == moved_by_hand["id"] {
                day("2027-08-08")
            } else {
                let exact = moved(task);
                if office.is_working(exact) { exact } else { office.after(exact, 1) }
            };
            assert_eq!(due(now), expected, "{}", task["title"]);
        }
        assert_eq!(later.len(), made.len());
    }

    fn progress_ignores_cancelled_tasks(server: &Server) {
        let client = server.as_role("coordinator");
        let (ppa, own) = ppa_with_five(&client, "Goats");
        for task in &own[..3] {
            patch(&client, "tasks", task, json!({ "status": "completed" }));
        }
        assert_eq!(read(&client, "ppas", &ppa)["progress"], 60);
        patch(&client, "tasks", &own[3], json!({ "status": "cancelled" }));
        assert_eq!(read(&client, "ppas", &ppa)["progress"], 75);
        patch(&client, "tasks", &own[4], json!({ "progress": 50 }));
        assert_eq!(read(&client, "ppas", &ppa)["task_progress"], 88);
        let set = patch(
            &client,
            "ppas",
            &ppa,
            json!({ "manual_progress": 40, "manual_progress_reason": "Seen on site" }),
        );
        assert_eq!((&set["progress"], &set["task_progress"]), (&json!(40), &json!(88)));
        let cleared = patch(
            &client,
            "ppas",
            &ppa,
            json!({ "manual_progress": null, "manual_progress_reason": null }),
        );
        assert_eq!(cleared["progress"], 88);
    }

    fn moved_task_updates_the_progress_of_both_ppas(server: &Server) {
        let client = server.as_role("coordinator");
        let (first, tasks_of_first) = ppa_with_five(&client, "First");
        let (second, _) = ppa_with_five(&client, "Second");
        patch(&client, "tasks", &tasks_of_first[0], json!({ "status": "completed" }));
        assert_eq!(read(&client, "ppas", &first)["progress"], 20);
        patch(
            &client,
            "tasks",
            &tasks_of_first[0],
            json!({ "origin": { "kind": "ppa", "id": second["id"] } }),
        );
        assert_eq!(read(&client, "ppas", &first)["progress"], 0);
        assert_eq!(read(&client, "ppas", &second)["progress"], 17);
    }

    fn template_is_used_once_per_origin(server: &Server) {
        let client = server.as_role("coordinator");
        let template = client.get("/api/v1/task-templates?name=event_meeting_standard").json["items"][0].clone();
        let address = format!("/api/v1/task-templates/{}/instantiate", id(&template));
        let need = {
            let barangay = client.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
            let community = make(&client, "communities", json!({ "name": "Sitio A", "barangay": barangay }));
            make(&client, "needs", json!({ "title": "Road", "community": community["id"] }))
        };
        let known = tasks(&client, &need).len();
        let body = json!({ "origin": { "kind": "need", "id": need["id"] }, "base_date": "2027-04-20" });
        let made = client.post(&address, &body).expect_status(201).json;
        let count = made["items"].as_array().unwrap().len();
        assert!(count > 0);
        let item = &template["items"][0];
        let expected = day("2027-04-20").saturating_add(item["offset_days"].as_i64().unwrap().days());
        assert_eq!(due(&made["items"][0]), expected);
        let again = client.post(&address, &body).expect_status(200).json;
        let ids = |answer: &Value| -> Vec<Value> {
            answer["items"].as_array().unwrap().iter().map(|task| task["id"].clone()).collect()
        };
        assert_eq!(ids(&again), ids(&made));
        assert_eq!(tasks(&client, &need).len(), known + count);
    }

    fn concurrent_requests_generate_tasks_once(server: &Server) {
        let client = server.as_role("coordinator");
        let template = client.get("/api/v1/task-templates?name=event_meeting_standard").json["items"][0].clone();
        let address = format!("/api/v1/task-templates/{}/instantiate", id(&template));
        let task_origin = make(&client, "organizations", json!({ "name": "Ministry of Tests" }));
        let body = json!({ "origin": { "kind": "organization", "id": task_origin["id"] }, "base_date": "2027-04-20" });
        let counts: Vec<usize> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8)
                .map(|_| {
                    let (client, address, body) = (client.clone(), &address, &body);
                    scope.spawn(move || {
                        let answer = client.post(address, body);
                        assert!([200, 201].contains(&answer.status), "{}", answer.text);
                        answer.json["items"].as_array().unwrap().len()
                    })
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let made = tasks(&client, &task_origin).len();
        assert!(counts.iter().all(|count| *count == made), "{counts:?} of {made}");
    }

    fn invalid_requests_are_refused_by_field(server: &Server) {
        let client = server.as_role("coordinator");
        let template = client.get("/api/v1/task-templates?name=event_basic").json["items"][0].clone();
        let address = format!("/api/v1/task-templates/{}/instantiate", id(&template));
        for (body, field) in [
            (json!({}), "origin"),
            (json!({ "origin": "x" }), "origin"),
            (json!({ "origin": { "kind": "user", "id": template["id"] } }), "origin"),
            (json!({ "origin": { "kind": "need", "id": template["id"] } }), "origin"),
            (json!({ "origin": { "kind": "need", "id": template["id"] }, "base_date": "soon" }), "base_date"),
            (json!({ "origin": { "kind": "need", "id": template["id"] }, "when": 1 }), "when"),
        ] {
            let answer = client.post(&address, &body).expect_status(422);
            assert!(answer.errors("field").contains(&field), "{body}: {}", answer.text);
        }
        server.as_role("executive").post(&address, &json!({})).expect_status(422);
        let event = make(&client, "events", json!({ "title": "Talk", "start": "2027-06-16T09:00:00+08:00" }));
        let body = json!({ "origin": { "kind": "event", "id": event["id"] } });
        server.as_role("executive").post(&address, &body).expect_status(403);
        client.post("/api/v1/task-templates/0192d3a0-0000-7000-8000-000000000001/instantiate", &body).expect_status(404);
    }

    fn template_item_controls_visibility_for_partners(server: &Server) {
        let client = server.as_role("coordinator");
        let item = |key: &str, more: Value| {
            let mut item = json!({
                "key": key, "title": key, "anchor": "start", "offset_days": 0, "priority": "medium", "assignee": "creator",
            });
            item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            item
        };
        let body = |items: Vec<Value>| json!({ "title": "Shared", "name": "shared", "domain": "general", "items": items });
        for wrong in [json!("true"), json!(1), json!([])] {
            let wrong = body(vec![item("a", json!({ "visible_to_partners": wrong }))]);
            let refused = client.post("/api/v1/task-templates", &wrong).expect_status(422);
            assert_eq!(refused.errors("field"), ["items"]);
        }
        let template = make(&client, "task-templates", body(vec![
            item("open", json!({ "visible_to_partners": true })), item("closed", json!({ "visible_to_partners": false })),
            item("silent", json!({})),
        ]));
        let organization = make(&client, "organizations", json!({ "name": "Ministry of Health" }));
        let ppa = make(&client, "ppas", json!({ "title": "Clinics", "category": "moa_ppa", "lead_organization": organization["id"] }));
        let partner = server.person_with(json!({ "roles": ["partner"], "organization": organization["id"] })).client;
        let count = || partner.get(&format!("/api/v1/tasks?origin={}", id(&ppa))).expect_status(200).json["total"].clone();
        // No built-in template shows a task to partners.
        assert_eq!(count(), 0);
        let origin = json!({ "origin": { "kind": "ppa", "id": ppa["id"] } });
        client.post(&format!("/api/v1/task-templates/{}/instantiate", id(&template)), &origin).expect_status(201);
        assert_eq!(count(), 1);
        let shown: Vec<(Value, Value)> = tasks(&client, &ppa)
            .into_iter()
            .filter(|task| task["template_item"].as_str().is_some_and(|item| item.starts_with("shared/")))
            .map(|task| (task["title"].clone(), task["visible_to_partners"].clone()))
            .collect();
        for (title, is_shown) in &shown {
            assert_eq!(is_shown == &json!(true), title == "open", "{title}");
        }
        assert_eq!(shown.len(), 3);
        let page = client.get(&format!("/task-templates/{}", id(&template))).expect_status(200).text;
        assert_eq!(page.matches("Visible to partners").count(), 1);
        let form = client.get(&format!("/task-templates/{}/edit", id(&template))).expect_status(200).text;
        assert_eq!(form.matches("name=\"items.visible_to_partners\"").count(), 3);
        assert_eq!(form.matches("value=\"true\" selected").count(), 1);
    }
}
