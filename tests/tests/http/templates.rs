//! Task templates: due dates on working days, versions, preview, copies, files.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeMap;

use obcms_tests::{Browser, Client, make, on_both_engines};
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

    fn copy_deactivates_and_counts_up(server: &Server) {
        let client = server.as_role("coordinator");
        let made = template(&client, "letters", json!({ "due_rule": "before" }), vec![item("a", "start", 0, json!({}))]);
        let address = format!("/api/v1/task-templates/{}/copy", id(&made));
        let copy = client.post(&address, &json!({})).expect_status(201).json;
        assert_eq!((&copy["name"], &copy["title"]), (&json!("letters_2"), &json!("letters (copy)")));
        assert_eq!((&copy["is_active"], &copy["items"], &copy["due_rule"]), (&json!(false), &made["items"], &json!("before")));
        assert_eq!(client.post(&address, &json!({})).expect_status(201).json["name"], "letters_3");
        server.as_role("staff").post(&address, &json!({})).expect_status(403);
        let page = client.get(&format!("/task-templates/{}", id(&copy))).expect_status(200).text;
        assert!(page.contains("Activate") && page.contains("/copy"));
        Browser::of(server, "coordinator")
            .send(&format!("/task-templates/{}/active", id(&copy)), &[("is_active", "true")])
            .expect_status(303);
        assert_eq!(client.get(&format!("/api/v1/task-templates/{}", id(&copy))).json["is_active"], true);
    }

    fn preview_equals_the_generated_tasks(server: &Server) {
        let client = server.as_role("coordinator");
        let event = make(&client, "events", json!({ "title": "Forum", "start": "2027-06-07T09:00:00+08:00" }));
        let made = template(&client, "shown", json!({}), vec![
            item("prepare", "start", -2, json!({ "title": "Prepare {name}" })),
            item("after", "end", 5, json!({ "assignee": "team" })),
        ]);
        let address = format!("/api/v1/task-templates/{}", id(&made));
        let origin = json!({ "origin": { "kind": "event", "id": event["id"] } });
        let preview = client.post(&format!("{address}/preview"), &origin).expect_status(200).json;
        let first = &preview["items"][0];
        assert_eq!((&first["title"], &first["due_date"]), (&json!("Prepare Forum"), &json!("2027-06-04")));
        assert_eq!((&first["exact_date"], &first["is_moved"], &first["exists"]), (&json!("2027-06-05"), &json!(true), &json!(false)));
        assert!(first["assignee"]["title"].is_string());
        let generated = client.post(&format!("{address}/instantiate"), &origin).expect_status(201).json;
        for (shown, task) in preview["items"].as_array().unwrap().iter().zip(generated["items"].as_array().unwrap()) {
            assert_eq!((&shown["title"], &shown["due_date"]), (&task["title"], &task["due_date"]));
        }
        let again = client.post(&format!("{address}/preview"), &origin).expect_status(200).json;
        assert_eq!(again["items"][1]["exists"], true);
        // A draft on a date: nothing is saved.
        let draft = json!({ "base_date": "2027-06-06", "items": [item("x", "start", 0, json!({}))], "due_rule": "exact" });
        let preview = client.post(&format!("{address}/preview"), &draft).expect_status(200).json;
        assert_eq!((preview["items"].as_array().unwrap().len(), &preview["items"][0]["due_date"]), (1, &json!("2027-06-06")));
        assert_eq!(client.get(&address).json["items"].as_array().unwrap().len(), 2);
        client.post(&format!("{address}/preview"), &json!({})).expect_status(422);
        let wrong = json!({ "base_date": "2027-06-06", "items": [{}] });
        assert_eq!(client.post(&format!("{address}/preview"), &wrong).expect_status(422).errors("field"), ["items"]);
        let page = client.get(&format!("/task-templates/{}?origin=event:{}", id(&made), id(&event))).expect_status(200).text;
        assert!(page.contains("Moved from Sat 5 Jun") && page.contains("Prepare Forum"), "preview on the page");
        let page = client.get(&format!("/task-templates/{}?origin=nothing", id(&made))).expect_status(200).text;
        assert!(page.contains("Select a record from the list."));
    }

    fn files_bring_templates_to_another_office(server: &Server) {
        let client = server.as_role("coordinator");
        let made = template(&client, "moved", json!({}), vec![item("a", "start", 0, json!({}))]);
        let all = client.get("/api/v1/task-templates/export.json").expect_status(200).json;
        assert_eq!(all["templates"].as_array().unwrap().len(), 47);
        let mut file = client.get(&format!("/api/v1/task-templates/export.json?id={}", id(&made))).expect_status(200).json;
        let import = |file: &Value, preview: bool| {
            let mut body = file.clone();
            body["preview"] = json!(preview);
            client.post("/api/v1/task-templates/import.json", &body)
        };
        let outcome = |answer: &Value| answer["templates"][0]["outcome"].as_str().unwrap().to_owned();
        assert_eq!(outcome(&import(&file, false).expect_status(200).json), "same");
        file["templates"][0]["items"][0]["offset_days"] = json!(3);
        let preview = import(&file, true).expect_status(200).json;
        assert_eq!((outcome(&preview), &preview["templates"][0]["fields"]), ("changed".to_owned(), &json!(["items"])));
        let address = format!("/api/v1/task-templates/{}", id(&made));
        assert_eq!(client.get(&address).json["items"][0]["offset_days"], 0);
        assert_eq!(outcome(&import(&file, false).expect_status(200).json), "changed");
        let changed = client.get(&address).json;
        assert_eq!((&changed["items"][0]["offset_days"], &changed["items_version"]), (&json!(3), &json!(2)));
        // A new one and an invalid one: the preview names both, the import writes neither.
        let mut second = file["templates"][0].clone();
        second["name"] = json!("fresh");
        file["templates"][0]["items"][0]["anchor"] = json!("middle");
        file["templates"].as_array_mut().unwrap().push(second);
        let preview = import(&file, true).expect_status(200).json;
        assert_eq!((&preview["invalid"], &preview["new"]), (&json!(1), &json!(1)));
        let refused = import(&file, false).expect_status(422);
        assert!(refused.text.contains("Template 1 (moved)"), "{}", refused.text);
        assert_eq!(client.get("/api/v1/task-templates?name=fresh").json["total"], 0);
        for wrong in [json!({}), json!({ "templates": [] }), json!({ "templates": [1] }), json!({ "format": "x", "templates": [{}] }), json!({ "version": 2, "templates": [{}] })] {
            let answer = import(&wrong, false);
            assert_eq!(answer.status, 422, "{wrong}: {}", answer.text);
        }
        server.as_role("staff").get("/api/v1/task-templates/export.json?id=x").expect_status(400);
    }

    fn items_book_resources(server: &Server) {
        let client = server.as_role("coordinator");
        let admin = server.as_role("admin");
        let room = make(&admin, "resources", json!({ "name": "Hall", "resource_type": "room" }));
        let van = make(&admin, "resources", json!({ "name": "Van", "resource_type": "vehicle" }));
        let wrong = json!({ "title": "T", "name": "t", "domain": "general", "items": [item("a", "start", 0, json!({ "booking_resource": "0192d3a0-0000-7000-8000-000000000001" }))] });
        assert_eq!(client.post("/api/v1/task-templates", &wrong).expect_status(422).errors("field"), ["items"]);
        let made = template(&client, "booked", json!({}), vec![
            item("hall", "start", 0, json!({ "booking_resource": room["id"], "booking_start": "09:00", "booking_hours": 3 })),
            item("drive", "start", 0, json!({ "booking_resource_type": "vehicle", "booking_days": -1 })),
            item("second", "start", 0, json!({ "booking_resource_type": "vehicle", "booking_days": -1 })),
        ]);
        let body = |title: &str| {
            let origin = make(&client, "organizations", json!({ "name": title }));
            json!({ "origin": { "kind": "organization", "id": origin["id"] }, "base_date": "2027-01-13" })
        };
        let address = format!("/api/v1/task-templates/{}/instantiate", id(&made));
        let first = client.post(&address, &body("First")).expect_status(201).json;
        let bookings = |resource: &Value| {
            client.get(&format!("/api/v1/bookings?resource={}", id(resource))).json["items"].as_array().unwrap().clone()
        };
        let hall = bookings(&room);
        assert_eq!((hall.len(), hall[0]["start"].as_str().unwrap()), (1, "2027-01-13T09:00:00+08:00"));
        assert_eq!(hall[0]["end"], "2027-01-13T12:00:00+08:00");
        assert_eq!(hall[0]["origin"]["id"], first["items"][0]["id"]);
        let drive = bookings(&van);
        assert_eq!((drive.len(), drive[0]["start"].as_str().unwrap()), (1, "2027-01-12T08:00:00+08:00"));
        assert_eq!(drive[0]["end"], "2027-01-12T17:00:00+08:00");
        let text = |task: &Value| client.get(&format!("/api/v1/tasks/{}", id(task))).json["description"].as_str().unwrap_or_default().to_owned();
        assert_eq!(text(&first["items"][0]), "");
        assert!(text(&first["items"][2]).contains("Not booked: vehicle, Tue 12 Jan 2027, 08:00 to 17:00. None is free."));
        // A taken hall does not stop the generation.
        let second = client.post(&address, &body("Second")).expect_status(201).json;
        assert_eq!(second["items"].as_array().unwrap().len(), 3);
        assert!(text(&second["items"][0]).contains("Not booked: Hall, Wed 13 Jan 2027, 09:00 to 12:00. It is already booked at that time."));
        assert_eq!(bookings(&room).len(), 1);
    }

    fn editor_keeps_what_was_typed(server: &Server) {
        let client = server.as_role("coordinator");
        let made = template(&client, "typed", json!({}), vec![item("a", "start", 0, json!({})), item("b", "end", 2, json!({ "prerequisites": ["a"] }))]);
        let address = format!("/task-templates/{}/edit", id(&made));
        let browser = Browser::of(server, "coordinator");
        let row = |title: &'static str, key: &'static str, days: &'static str| {
            vec![
                ("items.title", title), ("items.key", key), ("items.offset_days", days), ("items.anchor", "start"),
                ("items.due_rule", ""), ("items.assignee", "creator"), ("items.priority", "medium"), ("items.phase", ""),
                ("items.estimated_hours", ""), ("items.description", ""), ("items.visible_to_partners", "false"), ("items.booking_resource_type", ""), ("items.booking_days", ""),
                ("items.booking_start", ""), ("items.booking_hours", ""),
            ]
        };
        let send = |pressed: &'static str, rows: Vec<Vec<(&'static str, &'static str)>>, more: &[(&'static str, &'static str)]| {
            let mut form = vec![("title", "Typed"), ("name", "typed"), ("domain", "general"), ("due_rule", "away"), ("is_active", "true"), ("do", pressed)];
            form.extend(rows.into_iter().flatten());
            form.extend(more);
            browser.send(&address, &form)
        };
        // A button of a row changes nothing but the form.
        let moved = send("down:0", vec![row("First", "a", "0"), row("Second", "b", "soon")], &[]).expect_status(200).text;
        assert!(moved.find("value=\"Second\"").unwrap() < moved.find("value=\"First\"").unwrap());
        assert!(moved.contains("value=\"soon\"") && moved.matches("autofocus").count() == 1);
        // Errors stand beside the fields, and nothing is lost.
        let refused = send("save", vec![row("First", "a", "0"), row("Second", "b", "soon")], &[]).expect_status(422).text;
        assert!(refused.contains("Item 2 needs an offset in whole days.") && refused.contains("value=\"soon\""));
        // The preview shows what was typed.
        let preview = send("preview", vec![row("First", "a", "5")], &[("base_date", "2027-06-07")]).expect_status(200).text;
        assert!(preview.contains("Moved from Sat 12 Jun"), "{preview}");
        let saved = send("save", vec![row("First", "a", "0"), row("Second", "", "4"), row("", "", "0")], &[("items.prerequisites.1", "a")]);
        saved.expect_status(303);
        let items = client.get(&format!("/api/v1/task-templates/{}", id(&made))).json["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 2);
        assert_eq!((&items[1]["key"], &items[1]["prerequisites"]), (&json!("second"), &json!(["a"])));
    }
}
