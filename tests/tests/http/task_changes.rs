//! Quick add, bulk change, moves with dependent tasks, and repetition after completion.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::thread;

use obcms_tests::{Client, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap_or_default()
}

fn task(client: &Client, task: &Value) -> Value {
    client.get(&format!("/api/v1/tasks/{}", id(task))).expect_status(200).json
}

fn preview(client: &Client, text: &str) -> Value {
    client.post("/api/v1/tasks/quick/preview", &json!({ "text": text })).expect_status(200).json
}

fn quick(client: &Client, text: &str) -> Value {
    client.post("/api/v1/tasks/quick", &json!({ "text": text })).expect_status(201).json
}

fn bulk(client: &Client, ids: &[&Value], changes: Value) -> Value {
    let ids: Vec<&str> = ids.iter().map(|record| id(record)).collect();
    client.post("/api/v1/tasks/bulk", &json!({ "ids": ids, "changes": changes })).expect_status(200).json
}

fn outcome<'a>(answer: &'a Value, of: &Value) -> &'a Value {
    let results = answer["results"].as_array().expect("results");
    results.iter().find(|result| result["id"] == of["id"]).unwrap_or(&Value::Null)
}

on_both_engines! {
    fn line_becomes_a_task_with_people_and_records(server: &Server) {
        let boss = server.person(&["coordinator"]);
        let client = &boss.client;
        let aisha = server.person_with(json!({ "username": "aisha", "full_name": "Aisha Malik", "roles": ["staff"] }));
        let ppa = make(client, "ppas", json!({ "title": "Water supply of Lamitan", "category": "moa_ppa" }));
        let total = || client.get("/api/v1/tasks").expect_status(200).json["total"].as_u64();
        let before = total();
        let line = "Submit Q3 report to MFBM @aisha friday 3pm !high #ppa:water #Reports every month";
        let shown = preview(client, line);
        assert_eq!(shown["title"], "Submit Q3 report to MFBM");
        assert_eq!(shown["due_time"], "15:00");
        assert_eq!(shown["priority"], "high");
        assert_eq!(shown["assignees"], json!([aisha.id]));
        assert_eq!(shown["origin"], json!({ "kind": "ppa", "id": id(&ppa) }));
        assert_eq!(shown["labels"], json!(["reports"]));
        assert_eq!(shown["rrule"], "FREQ=MONTHLY");
        let kinds: Vec<_> = shown["chips"].as_array().unwrap().iter().map(|chip| chip["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["assignees", "due_date", "due_time", "priority", "origin", "labels", "rrule"]);
        assert_eq!(shown["chips"][0]["label"], "Aisha Malik");
        assert_eq!(total(), before, "a preview creates nothing");
        let made = quick(client, line);
        for name in ["title", "due_date", "due_time", "priority", "assignees", "labels", "rrule"] {
            assert_eq!(made[name], shown[name], "{name}");
        }
        assert_eq!(made["origin"]["id"], ppa["id"]);
        client.post(made["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert!(!task(client, &made)["archived_at"].is_null());
    }

    fn task_is_mine_unless_the_line_says_otherwise(server: &Server) {
        let me = server.person(&["staff"]);
        assert_eq!(quick(&me.client, "Call the barangay captain bukas")["assignees"], json!([me.id]));
        make(&server.as_role("admin"), "teams", json!({ "name": "Field team" }));
        let of_team = quick(&me.client, "Count chairs @field-team");
        assert_eq!((of_team["assignees"].clone(), of_team["teams"].as_array().unwrap().len()), (json!([]), 1));
        // Unknown names and quoted words stay in the title.
        let made = quick(&me.client, "Ask @nobody about \"friday\" prayers #ppa:unknown");
        assert_eq!(made["title"], "Ask @nobody about friday prayers #ppa:unknown");
        assert!(made["due_date"].is_null());
        let shown = preview(&me.client, "Ask @nobody");
        assert_eq!(shown["chips"][0]["value"], Value::Null);
        assert!(shown["chips"][0]["problem"].as_str().unwrap().contains("nobody"));
        // What the page presets gives way to the line.
        let body = json!({ "text": "Pack !low", "defaults": { "priority": "critical", "status": "in_progress" } });
        let made = me.client.post("/api/v1/tasks/quick", &body).expect_status(201).json;
        assert_eq!((made["priority"].as_str(), made["status"].as_str()), (Some("low"), Some("in_progress")));
    }

    fn unclear_lines_are_refused(server: &Server) {
        let boss = server.as_role("coordinator");
        for name in ["Ana Cruz", "Ana Reyes"] {
            server.person_with(json!({ "full_name": name, "roles": ["staff"] }));
        }
        let refused = boss.post("/api/v1/tasks/quick", &json!({ "text": "Call @ana" })).expect_status(422);
        let message = refused.json["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("Ana Cruz") && message.contains("Ana Reyes"), "{message}");
        assert_eq!(preview(&boss, "Call @ana")["chips"][0]["choices"].as_array().unwrap().len(), 2);
        for body in [
            json!({}), json!({ "text": "" }), json!({ "text": 7 }), json!({ "text": "friday 3pm" }),
            json!({ "text": "x".repeat(1001) }), json!({ "text": "x".repeat(300) }),
            json!({ "text": "A", "defaults": [] }), json!({ "text": "A", "defaults": { "nothing": 1 } }),
            json!({ "text": "A", "defaults": { "priority": "urgent" } }), json!({ "text": "A", "more": 1 }),
        ] {
            boss.post("/api/v1/tasks/quick", &body).expect_status(422);
        }
        server.as_role("partner").post("/api/v1/tasks/quick", &json!({ "text": "A" })).expect_status(403);
    }

    fn bulk_change_refuses_one_and_changes_the_rest(server: &Server) {
        let boss = server.person(&["coordinator"]);
        let client = &boss.client;
        let [a, b, c] = ["A", "B", "C"].map(|title| {
            make(client, "tasks", json!({ "title": title, "start_date": "2027-03-01", "due_date": "2027-03-05" }))
        });
        let blocked = make(client, "tasks", json!({ "title": "D", "depends_on": [id(&a)] }));
        let done = bulk(client, &[&blocked, &b], json!({ "status": "completed" }));
        assert_eq!((done["changed"].as_u64(), done["refused"].as_u64()), (Some(1), Some(1)));
        assert_eq!(outcome(&done, &blocked)["outcome"], "refused");
        assert_eq!(outcome(&done, &blocked)["status"], 409);
        assert!(outcome(&done, &blocked)["detail"].as_str().unwrap().contains('A'));
        assert_eq!(outcome(&done, &b)["version"], task(client, &b)["version"]);
        assert_eq!(task(client, &b)["status"], "completed");
        // A prerequisite and what depends on it are completed together, in any order of the ids.
        let done = bulk(client, &[&blocked, &a], json!({ "status": "completed" }));
        assert_eq!(done["changed"], 2, "{done}");
        client.post(done["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(task(client, &a)["status"], "not_started");
        assert_eq!(task(client, &blocked)["blocked"], true);

        let shifted = bulk(client, &[&a, &c, &blocked], json!({ "shift_days": 7, "add_labels": ["Field", "x"] }));
        assert_eq!(shifted["changed"], 3);
        assert_eq!(task(client, &c)["due_date"], "2027-03-12");
        assert_eq!(task(client, &c)["start_date"], "2027-03-08");
        assert_eq!(task(client, &a)["labels"], json!(["field", "x"]));
        bulk(client, &[&a], json!({ "remove_labels": ["x"], "add_assignees": [boss.id] }));
        assert_eq!(task(client, &a)["labels"], json!(["field"]));
        assert_eq!(task(client, &a)["assignees"], json!([boss.id]));
        client.post(shifted["undo"].as_str().unwrap(), &json!({})).expect_status(409);

        let ppa = make(client, "ppas", json!({ "title": "Roads", "category": "moa_ppa" }));
        let of_ppa = format!("/api/v1/tasks?ppa={}", id(&ppa));
        let before = client.get(&of_ppa).expect_status(200).json["total"].as_u64().unwrap();
        bulk(client, &[&a, &c], json!({ "ppa": id(&ppa) }));
        assert_eq!(client.get(&of_ppa).expect_status(200).json["total"], before + 2);
        let stranger = server.person(&["staff"]);
        let refused = bulk(&stranger.client, &[&a], json!({ "title": "Mine" }));
        assert_eq!(outcome(&refused, &a)["status"], 403);
        let gone = bulk(client, &[&json!({ "id": "01890000-0000-7000-8000-000000000000" })], json!({ "title": "x" }));
        assert_eq!(gone["results"][0]["status"], 404);
        let stale = json!({ "ids": [id(&a)], "changes": { "title": "x" }, "versions": { id(&a): 1 } });
        let answer = client.post("/api/v1/tasks/bulk", &stale).expect_status(200).json;
        assert_eq!(answer["results"][0]["status"], 412);
        bulk(client, &[&a, &c], json!({ "archived": true }));
        assert!(!task(client, &a)["archived_at"].is_null());
    }

    fn wrong_bulk_changes_are_refused_as_a_whole(server: &Server) {
        let boss = server.as_role("coordinator");
        let a = make(&boss, "tasks", json!({ "title": "A" }));
        for body in [
            json!({}), json!({ "ids": [], "changes": { "title": "x" } }), json!({ "ids": [id(&a)] }),
            json!({ "ids": [id(&a)], "changes": {} }), json!({ "ids": "x", "changes": { "title": "x" } }),
            json!({ "ids": ["x"], "changes": { "title": "x" } }), json!({ "ids": [id(&a)], "changes": { "nothing": 1 } }),
            json!({ "ids": [id(&a)], "changes": { "shift_days": "x" } }),
            json!({ "ids": [id(&a)], "changes": { "shift_days": 99999 } }),
            json!({ "ids": [id(&a)], "changes": { "add_assignees": ["x"] } }),
            json!({ "ids": [id(&a)], "changes": { "archived": 1 } }),
            json!({ "ids": vec![id(&a); 501], "changes": { "title": "x" } }),
        ] {
            boss.post("/api/v1/tasks/bulk", &body).expect_status(422);
        }
    }

    fn moved_task_moves_its_successors_in_one_step(server: &Server) {
        let boss = server.as_role("coordinator");
        let of = |title: &str, start: &str, due: &str, after: &[&Value], lag: u64| {
            let after: Vec<&str> = after.iter().map(|record| id(record)).collect();
            make(&boss, "tasks", json!({
                "title": title, "start_date": start, "due_date": due, "depends_on": after, "lag_days": lag,
            }))
        };
        // 1 March 2027 is a Monday.
        let first = of("Design", "2027-03-01", "2027-03-03", &[], 0);
        let second = of("Build", "2027-03-04", "2027-03-05", &[&first], 0);
        let third = of("Inspect", "2027-03-09", "2027-03-09", &[&second], 1);
        let apart = of("Train", "2027-04-01", "2027-04-02", &[&first], 0);
        let path = format!("/api/v1/tasks/{}/reschedule", id(&first));
        let ask = json!({ "due_date": "2027-03-05", "successors": "preview" });
        let shown = boss.post(&path, &ask).expect_status(200).json;
        let names: Vec<_> = shown["successors"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
        assert_eq!(names, ["Build", "Inspect"]);
        assert_eq!(shown["successors"][0]["new_start_date"], "2027-03-08");
        assert_eq!(shown["successors"][0]["new_due_date"], "2027-03-09");
        assert_eq!(shown["successors"][0]["working_days"], 2);
        // A working day of lag behind the 9th.
        assert_eq!(shown["successors"][1]["new_start_date"], "2027-03-11");
        assert_eq!(task(&boss, &first)["due_date"], "2027-03-03", "a preview writes nothing");
        let moved = boss.post(&path, &json!({ "due_date": "2027-03-05", "successors": "move" })).expect_status(200).json;
        assert_eq!(moved["due_date"], "2027-03-05");
        assert_eq!(task(&boss, &second)["start_date"], "2027-03-08");
        assert_eq!(task(&boss, &third)["due_date"], "2027-03-11");
        assert_eq!(task(&boss, &apart)["start_date"], "2027-04-01");
        boss.post(moved["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(task(&boss, &first)["due_date"], "2027-03-03");
        assert_eq!(task(&boss, &third)["start_date"], "2027-03-09");
        let kept = boss.post(&path, &json!({ "due_date": "2027-03-05" })).expect_status(200).json;
        assert_eq!(kept["successors"], json!([]));
        assert_eq!(task(&boss, &second)["start_date"], "2027-03-04");
        for body in [json!({}), json!({ "due_date": "x" }), json!({ "due_date": "2027-02-01" }),
            json!({ "due_date": "2027-03-05", "successors": "all" })] {
            boss.post(&path, &body).expect_status(422);
        }
        server.as_role("staff").post(&path, &json!({ "due_date": "2027-03-08" })).expect_status(403);
    }

    fn completed_task_is_followed_by_the_next(server: &Server) {
        let boss = server.as_role("coordinator");
        let ppa = make(&boss, "ppas", json!({ "title": "Vehicles", "category": "oobc_ppa" }));
        let made = make(&boss, "tasks", json!({
            "title": "Service vehicle", "start_date": "2027-02-25", "due_date": "2027-02-26", "repeat_after_days": 90,
            "origin": { "kind": "ppa", "id": id(&ppa) }, "checklist": [{ "text": "Oil", "state": "done" }],
        }));
        let path = format!("/api/v1/tasks/{}/transition", id(&made));
        let list = format!("/api/v1/tasks?ppa={}&q=service", id(&ppa));
        let done = boss.post(&path, &json!({ "status": "completed" })).expect_status(200).json;
        let found = boss.get(&format!("{list}&open=true")).expect_status(200).json;
        assert_eq!(found["total"], 1);
        let next = &found["items"][0];
        let due = server.app().today().saturating_add(jiff::Span::new().days(90));
        assert_eq!(next["due_date"], due.to_string());
        assert_eq!(next["start_date"], due.yesterday().unwrap().to_string());
        assert_eq!(next["checklist"], json!([{ "text": "Oil", "state": "open" }]));
        assert_eq!((next["progress"].as_i64(), next["continues"].clone()), (Some(0), made["id"].clone()));
        // The progress of the PPA counts the next one.
        let progress = || boss.get(&format!("/api/v1/ppas/{}", id(&ppa))).expect_status(200).json["progress"].as_i64();
        let with_next = progress();
        boss.post(done["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(boss.get(&list).expect_status(200).json["total"], 1, "undo takes the next one back");
        boss.post(&path, &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(progress(), with_next);
        boss.post(&path, &json!({ "status": "in_progress" })).expect_status(200);
        boss.post(&path, &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(boss.get(&list).expect_status(200).json["total"], 2, "each has one next");
    }

    fn filters_find_tasks(server: &Server) {
        let boss = server.person(&["coordinator"]);
        let client = &boss.client;
        let team = make(&server.as_role("admin"), "teams", json!({ "name": "Field" }));
        let first = make(client, "tasks", json!({ "title": "First", "assignees": [boss.id], "labels": ["Eid"] }));
        make(client, "tasks", json!({ "title": "Second", "teams": [id(&team)], "depends_on": [id(&first)] }));
        make(client, "tasks", json!({ "title": "Third", "marked_at_risk": true, "assignees": [boss.id] }));
        let soon = server.app().today().saturating_add(jiff::Span::new().days(2)).to_string();
        make(client, "tasks", json!({ "title": "Fourth", "due_date": soon, "assignees": [boss.id] }));
        make(client, "tasks", json!({ "title": "Fifth", "due_date": soon, "progress": 50, "assignees": [boss.id] }));
        let titles = |query: &str| -> Vec<String> {
            let found = client.get(&format!("/api/v1/tasks?sort=created_at&{query}")).expect_status(200).json;
            let items = found["items"].as_array().unwrap();
            // Those at risk are exactly those that say so.
            if query == "at_risk=true" {
                assert!(items.iter().all(|item| item["at_risk"] == true));
            }
            items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(titles(&format!("assignee={}&label=eid", boss.id)), ["First"]);
        assert_eq!(titles(&format!("team={}", id(&team))), ["Second"]);
        assert_eq!(titles("unassigned=true"), ["Second"]);
        assert_eq!(titles("blocked=true"), ["Second"]);
        assert_eq!(titles("at_risk=true"), ["Second", "Third", "Fourth"]);
        assert_eq!(titles(&format!("due_date_from={soon}&due_date_to={soon}")), ["Fourth", "Fifth"]);
        client.get("/api/v1/tasks?at_risk=maybe").expect_status(400);
        client.get("/api/v1/tasks?assignee=nobody").expect_status(400);
    }

    fn board_has_columns_of_phases_and_origins(server: &Server) {
        let boss = server.as_role("coordinator");
        let need = make(&boss, "communities", json!({ "name": "Bayside", "barangay": obcms_tests::sample::BARANGAY }));
        let origin = json!({ "kind": "community", "id": id(&need) });
        let made = make(&boss, "tasks", json!({ "title": "A", "phase": "analysis", "origin": origin }));
        make(&boss, "tasks", json!({ "title": "B" }));
        let keys = |group: &str| -> Vec<(String, String, i64)> {
            let board = boss.get(&format!("/api/v1/tasks/board?group={group}")).expect_status(200).json;
            let text = |column: &Value, name: &str| column[name].as_str().unwrap().to_owned();
            let columns = board["columns"].as_array().unwrap();
            columns.iter().map(|one| (text(one, "key"), text(one, "label"), one["count"].as_i64().unwrap())).collect()
        };
        assert_eq!(keys("phase"), [
            ("none".into(), "No phase".into(), 1), ("analysis".into(), "Analysis".into(), 1),
        ]);
        assert_eq!(keys("origin"), [
            ("none".into(), "No origin".into(), 1), (id(&need).into(), "Bayside".into(), 1),
        ]);
        let path = format!("/api/v1/tasks/{}/move", id(&made));
        boss.post(&path, &json!({ "group": "phase", "column": "review" })).expect_status(200);
        boss.post(&path, &json!({ "group": "origin", "column": "none" })).expect_status(200);
        let now = task(&boss, &made);
        assert_eq!((now["phase"].as_str(), now["origin"].is_null()), (Some("review"), true));
        boss.post(&path, &json!({ "group": "origin", "column": id(&need) })).expect_status(200);
        assert_eq!(task(&boss, &made)["origin"]["id"], need["id"]);
        boss.post(&path, &json!({ "group": "origin", "column": id(&made) })).expect_status(422);
        boss.post(&path, &json!({ "group": "phase", "column": "nothing" })).expect_status(422);
    }

    fn last_two_tasks_completed_at_once_make_the_ppa_complete(server: &Server) {
        let boss = server.as_role("coordinator");
        let ppa = make(&boss, "ppas", json!({ "title": "Wells", "category": "obc_request" }));
        let of_ppa = |client: &Client| client.get(&format!("/api/v1/tasks?ppa={}&open=true&limit=500", id(&ppa))).expect_status(200).json;
        let generated: Vec<Value> = of_ppa(&boss)["items"].as_array().unwrap().clone();
        if !generated.is_empty() {
            bulk(&boss, &generated.iter().collect::<Vec<_>>(), json!({ "status": "cancelled" }));
        }
        let origin = json!({ "kind": "ppa", "id": id(&ppa) });
        let two = ["First", "Second"].map(|title| make(&boss, "tasks", json!({ "title": title, "origin": origin })));
        thread::scope(|scope| {
            for made in &two {
                let client = server.as_role("coordinator");
                scope.spawn(move || {
                    let path = format!("/api/v1/tasks/{}/transition", id(made));
                    client.post(&path, &json!({ "status": "completed" })).expect_status(200);
                });
            }
        });
        let progress = boss.get(&format!("/api/v1/ppas/{}", id(&ppa))).expect_status(200).json["progress"].clone();
        assert_eq!(progress, 100);
    }

    fn same_card_dragged_by_two_people_ends_in_one_of_their_columns(server: &Server) {
        let boss = server.as_role("coordinator");
        let made = make(&boss, "tasks", json!({ "title": "A" }));
        let columns = ["in_progress", "on_hold"];
        thread::scope(|scope| {
            for column in columns {
                let (client, made) = (server.as_role("coordinator"), &made);
                scope.spawn(move || {
                    let path = format!("/api/v1/tasks/{}/move", id(made));
                    client.post(&path, &json!({ "column": column })).expect_status(200);
                });
            }
        });
        let now = task(&boss, &made);
        assert!(columns.contains(&now["status"].as_str().unwrap()));
        assert_eq!(now["version"], 3, "both moves count, in one of the two orders");
    }

    fn gantt_has_dates_links_and_baseline(server: &Server) {
        let boss = server.as_role("coordinator");
        let ppa = make(&boss, "ppas", json!({ "title": "Bridge", "category": "obc_request" }));
        let origin = json!({ "kind": "ppa", "id": id(&ppa) });
        let first = make(&boss, "tasks", json!({
            "title": "Survey", "start_date": "2027-03-01", "due_date": "2027-03-03", "origin": origin,
        }));
        let next = make(&boss, "tasks", json!({
            "title": "Draw", "due_date": "2027-03-08", "origin": origin, "depends_on": [id(&first)], "lag_days": 2,
        }));
        let path = format!("/api/v1/tasks/gantt?ppa={}", id(&ppa));
        let chart = boss.get(&path).expect_status(200).json;
        let link = json!({ "from": id(&first), "to": id(&next), "lag_days": 2 });
        assert!(chart["links"].as_array().unwrap().contains(&link), "{chart}");
        assert!(chart["start"].as_str().unwrap() <= "2027-03-01" && chart["end"].as_str().unwrap() >= "2027-03-08");
        let set = bulk(&boss, &[&first, &next], json!({ "baseline": true }));
        assert_eq!(set["changed"], 2);
        boss.patch(&format!("/api/v1/tasks/{}", id(&first)), &json!({ "due_date": "2027-03-05" })).expect_status(200);
        let now = task(&boss, &first);
        assert_eq!((now["baseline_start"].as_str(), now["baseline_due"].as_str()), (Some("2027-03-01"), Some("2027-03-03")));
        boss.patch(&format!("/api/v1/tasks/{}", id(&first)), &json!({ "baseline_due": "2027-03-05" })).expect_status(422);
        bulk(&boss, &[&first], json!({ "baseline": false }));
        assert!(task(&boss, &first)["baseline_due"].is_null());
        boss.get("/api/v1/tasks/gantt?nothing=1").expect_status(400);
        let page = obcms_tests::Browser::of(server, "staff").page(&format!("/tasks/gantt?ppa={}", id(&ppa)));
        assert!(page.contains("gantt-arrow") && !page.contains("Set baseline"), "staff sees it and sets nothing");
    }

    fn description_is_safe_markdown(server: &Server) {
        let boss = server.as_role("coordinator");
        let text = "# Plan\n\n**bold** <script>alert(1)</script> [a](javascript:alert(1)) ![b](https://example.org/x.png)";
        let made = make(&boss, "tasks", json!({ "title": "A", "description": text }));
        let page = obcms_tests::Browser::of(server, "staff").page(&format!("/tasks/{}", id(&made)));
        assert!(page.contains("<strong>bold</strong>") && page.contains("&lt;script&gt;alert(1)"), "{page}");
        assert!(!page.contains("href=\"javascript") && !page.contains("src=\"https://example.org"), "{page}");
    }

    fn forms_of_the_page_change_lists_one_entry_at_a_time(server: &Server) {
        let browser = obcms_tests::Browser::of(server, "coordinator");
        let client = &browser.client;
        let boss = server.as_role("coordinator");
        let [first, made] = ["First", "Second"].map(|title| make(&boss, "tasks", json!({ "title": title })));
        let need = make(&boss, "organizations", json!({ "name": "Ministry of Works" }));
        let path = format!("/tasks/{}/change", id(&made));
        browser.send(&path, &[("add_step", "Call")]).expect_status(303);
        browser.send(&path, &[("toggle_step", "0"), ("step", "Call")]).expect_status(303);
        browser.send(&path, &[("add_dependency", id(&first))]).expect_status(303);
        browser.send(&path, &[("lag_days", "2")]).expect_status(303);
        browser.send(&path, &[("add_link", &format!("organization:{}", id(&need)))]).expect_status(303);
        browser.send(&path, &[("log_hours", "1.5")]).expect_status(303);
        browser.send(&path, &[("log_hours", "2")]).expect_status(303);
        let now = client.get(&format!("/api/v1/tasks/{}", id(&made))).expect_status(200).json;
        assert_eq!(now["checklist"], json!([{ "text": "Call", "state": "done" }]));
        assert_eq!((&now["depends_on"], now["lag_days"].as_i64()), (&json!([id(&first)]), Some(2)));
        assert_eq!((now["links"][0]["id"].as_str(), now["actual_hours"].as_f64()), (Some(id(&need)), Some(3.5)));
        // A cycle is named beside the field, and nothing is lost.
        let refused = browser.send(&format!("/tasks/{}/change", id(&first)), &[("add_dependency", id(&made))]);
        assert!(refused.expect_status(422).text.contains("would depend on each other"));
        let wrong = browser.send(&path, &[("log_hours", "many")]).expect_status(422).text;
        assert!(wrong.contains("Must be hours") && wrong.contains("value=\"many\""));
        browser.send(&path, &[("remove_dependency", id(&first))]).expect_status(303);
        browser.send(&path, &[("remove_link", id(&need))]).expect_status(303);
        let now = client.get(&format!("/api/v1/tasks/{}", id(&made))).expect_status(200).json;
        assert_eq!((&now["depends_on"], &now["links"]), (&json!([]), &json!([])));
    }

    fn list_changes_several_and_names_the_refused(server: &Server) {
        let browser = obcms_tests::Browser::of(server, "coordinator");
        let boss = server.as_role("coordinator");
        let first = make(&boss, "tasks", json!({ "title": "First", "due_date": "2027-03-01" }));
        let made = make(&boss, "tasks", json!({ "title": "Blocked one", "depends_on": [id(&first)] }));
        let ids = [("ids", id(&first)), ("ids", id(&made))];
        let form = |more: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> { ids.iter().chain(more).copied().collect() };
        browser.send("/tasks/bulk/change?open=true", &form(&[("priority", "high"), ("shift_days", "7"), ("add_labels", "eid, field")])).expect_status(303);
        let now = task(&boss, &first);
        assert_eq!((now["priority"].as_str(), now["due_date"].as_str()), (Some("high"), Some("2027-03-08")));
        assert_eq!(now["labels"], json!(["eid", "field"]));
        let only = [("ids", id(&made)), ("status", "completed")];
        let page = browser.send("/tasks/bulk/change?open=true", &only).expect_status(200).text;
        assert!(page.contains("Not all tasks were changed") && page.contains("Blocked one"), "{page}");
        browser.send("/tasks/bulk/change", &form(&[("shift_days", "x")])).expect_status(303);
        browser.send("/tasks/bulk/nothing", &ids).expect_status(404);
    }

    fn concurrent_edits_of_one_field_have_one_winner(server: &Server) {
        let boss = server.as_role("coordinator");
        let made = make(&boss, "tasks", json!({ "title": "A" }));
        let statuses: Vec<(u64, String)> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8).map(|number| {
                let (client, made) = (server.as_role("coordinator"), &made);
                scope.spawn(move || {
                    let title = format!("Title {number}");
                    let body = json!({ "ids": [id(made)], "changes": { "title": title }, "versions": { id(made): 1 } });
                    let answer = client.post("/api/v1/tasks/bulk", &body).expect_status(200).json;
                    (answer["results"][0]["status"].as_u64().unwrap(), title)
                })
            }).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let winners: Vec<_> = statuses.iter().filter(|(status, _)| *status == 200).collect();
        assert_eq!(winners.len(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|(status, _)| [200, 412].contains(status)));
        assert_eq!(task(&boss, &made)["title"].as_str(), Some(winners[0].1.as_str()));
    }
}
