//! Board through HTTP: columns, filters, cursors, and concurrent moves.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.

use std::thread;

use obcms_tests::{Answer, Client, on_both_engines};
use serde_json::{Value, json};

fn make(client: &Client, members: Value) -> Value {
    client.post("/api/v1/tasks", &members).expect_status(201).json
}

fn id(task: &Value) -> &str {
    task["id"].as_str().unwrap_or_default()
}

fn move_to(client: &Client, task: &Value, body: &Value) -> Answer {
    client.post(&format!("/api/v1/tasks/{}/move", id(task)), body)
}

fn board(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/tasks/board?{query}")).expect_status(200).json
}

fn column<'a>(board: &'a Value, key: &str) -> &'a Value {
    let columns = board["columns"].as_array().expect("columns");
    columns.iter().find(|column| column["key"] == key).unwrap_or(&Value::Null)
}

fn titles(column: &Value) -> Vec<&str> {
    let cards = column["cards"].as_array().map_or(&[][..], Vec::as_slice);
    cards.iter().filter_map(|card| card["title"].as_str()).collect()
}

fn three(client: &Client) -> [Value; 3] {
    ["A", "B", "C"].map(|title| make(client, json!({ "title": title })))
}

on_both_engines! {
    fn cards_move_within_a_column_and_between(server: &Server) {
        let boss = server.as_role("coordinator");
        let [a, b, c] = three(&boss);
        move_to(&boss, &c, &json!({ "column": "not_started", "before": id(&b) })).expect_status(200);
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["A", "C", "B"]);
        move_to(&boss, &a, &json!({ "column": "not_started", "after": id(&c) })).expect_status(200);
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["C", "A", "B"]);
        let moved = move_to(&boss, &b, &json!({ "column": "in_progress" })).expect_status(200).json;
        assert_eq!(moved["status"], "in_progress");
        assert!(moved["started_at"].is_string(), "the column is entered by the transition: {moved}");
        move_to(&boss, &c, &json!({ "column": "in_progress", "before": id(&b) })).expect_status(200);
        let now = board(&boss, "");
        assert_eq!(titles(column(&now, "in_progress")), ["C", "B"]);
        assert_eq!(titles(column(&now, "not_started")), ["A"]);
        assert_eq!(column(&now, "in_progress")["count"], 2);
        assert!(now["columns"][0]["cards"][0]["at_risk"].is_boolean());
        let undo = move_to(&boss, &c, &json!({ "column": "completed" })).expect_status(200).json;
        boss.post(undo["undo"].as_str().expect("an address"), &json!({})).expect_status(200);
        assert_eq!(titles(column(&board(&boss, ""), "in_progress")), ["C", "B"]);
    }

    fn move_changes_the_field_of_the_group(server: &Server) {
        let boss = server.as_role("coordinator");
        let (one, two) = (server.person(&["staff"]), server.person(&["staff"]));
        let task = make(&boss, json!({ "title": "Visit" }));
        let to = |group: &str, key: &str, from: &str| {
            let body = json!({ "group": group, "column": key, "from": from });
            move_to(&boss, &task, &body).expect_status(200).json
        };
        assert_eq!(to("priority", "critical", "")["priority"], "critical");
        assert_eq!(to("domain", "mana", "")["domain"], "mana");
        let (one, two) = (one.id.to_string(), two.id.to_string());
        assert_eq!(to("assignee", &one, "none")["assignees"], json!([one]));
        assert_eq!(to("assignee", &two, &one)["assignees"], json!([two]));
        let both = json!({ "assignees": [one, two] });
        let third = server.person(&["staff"]).id.to_string();
        boss.patch(&format!("/api/v1/tasks/{}", id(&task)), &both).expect_status(200);
        assert_eq!(to("assignee", &third, &one)["assignees"], json!([third, two]));
        let people = board(&boss, "group=assignee");
        assert_eq!(titles(column(&people, &two)), ["Visit"]);
        assert_eq!(titles(column(&people, &third)), ["Visit"]);
        assert_eq!(column(&people, &one), &Value::Null);
        assert_eq!(to("assignee", "none", &two)["assignees"], json!([]));
        assert_eq!(titles(column(&board(&boss, "group=assignee"), "none")), ["Visit"]);
    }

    fn blocked_card_cannot_be_moved(server: &Server) {
        let boss = server.as_role("coordinator");
        let first = make(&boss, json!({ "title": "First" }));
        let second = make(&boss, json!({ "title": "Second", "depends_on": [first["id"]] }));
        let refused = move_to(&boss, &second, &json!({ "column": "in_progress" })).expect_status(409).json;
        assert_eq!(refused["open_prerequisites"][0]["title"], "First");
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["First", "Second"]);
        let forced = json!({ "column": "in_progress", "force_reason": "It cannot wait" });
        move_to(&boss, &second, &forced).expect_status(200);
    }

    fn invalid_moves_are_refused_by_field(server: &Server) {
        let boss = server.as_role("coordinator");
        let [a, b, _] = three(&boss);
        let nowhere = "01900000-0000-7000-8000-000000000000";
        for (body, field) in [
            (json!({}), "column"),
            (json!({ "column": "done" }), "column"),
            (json!({ "column": 1 }), "column"),
            (json!({ "column": "urgent", "group": "priority" }), "column"),
            (json!({ "column": "nobody", "group": "assignee" }), "column"),
            (json!({ "column": nowhere, "group": "assignee" }), "assignees"),
            (json!({ "column": "completed", "group": "colour" }), "group"),
            (json!({ "column": "completed", "before": "x" }), "before"),
            (json!({ "column": "completed", "before": nowhere }), "before"),
            (json!({ "column": "completed", "before": id(&b), "after": id(&b) }), "after"),
            (json!({ "column": "completed", "rank": "a0" }), "rank"),
        ] {
            let refused = move_to(&boss, &a, &body).expect_status(422);
            assert!(refused.errors("field").contains(&field), "{body}: {}", refused.text);
        }
        let stale = boss.with_header("if-match", "\"7\"");
        move_to(&stale, &a, &json!({ "column": "completed" })).expect_status(412);
        move_to(&boss, &a, &json!({ "column": "not_started", "before": id(&a) })).expect_status(200);
        let now = boss.get(&format!("/api/v1/tasks/{}", id(&a))).expect_status(200).json;
        assert_eq!(now["version"], 1, "nothing was changed");
    }

    fn column_continues_by_cursor(server: &Server) {
        let boss = server.as_role("coordinator");
        let made: Vec<String> = (0..7).map(|number| format!("Task {number}")).collect();
        for title in &made {
            make(&boss, json!({ "title": title, "priority": "high" }));
        }
        let mut seen: Vec<String> = Vec::new();
        let mut first = board(&boss, "group=priority&limit=3");
        assert_eq!(column(&first, "high")["count"], 7);
        loop {
            let high = column(&first, "high");
            seen.extend(titles(high).into_iter().map(ToOwned::to_owned));
            let Some(cursor) = high["next_cursor"].as_str() else { break };
            first = board(&boss, &format!("group=priority&limit=3&column=high&cursor={cursor}"));
            assert_eq!(first["columns"].as_array().map(Vec::len), Some(1));
        }
        assert_eq!(seen, made);
    }

    fn board_has_the_filters_of_the_list(server: &Server) {
        let boss = server.person(&["coordinator"]);
        let client = &boss.client;
        make(client, json!({ "title": "Water survey", "priority": "high", "due_date": "2020-01-01" }));
        make(client, json!({ "title": "Water report", "domain": "policy", "assignees": [boss.id.to_string()] }));
        make(client, json!({ "title": "Road", "due_date": "2020-01-01", "status": "completed" }));
        let all = |query: &str| -> Vec<String> {
            let board = board(client, query);
            let columns = board["columns"].as_array().expect("columns");
            let mut found: Vec<String> =
                columns.iter().flat_map(|column| titles(column)).map(ToOwned::to_owned).collect();
            let counted: i64 = columns.iter().filter_map(|column| column["count"].as_i64()).sum();
            assert_eq!(counted, i64::try_from(found.len()).expect("a number"), "{query}");
            found.sort();
            found
        };
        for group in ["status", "priority", "domain", "assignee"] {
            let with = |filter: &str| all(&format!("group={group}&{filter}"));
            assert_eq!(with("q=water"), ["Water report", "Water survey"]);
            assert_eq!(with("priority=high"), ["Water survey"]);
            assert_eq!(with("domain=policy"), ["Water report"]);
            for mine in ["mine=true", "mine=1", "mine=1&overdue=0"] {
                assert_eq!(with(mine), ["Water report"], "{mine}");
            }
            assert_eq!(with("overdue=true"), ["Water survey"]);
            assert_eq!(with("open=true"), ["Water report", "Water survey"]);
            assert_eq!(with("status=completed"), ["Road"]);
            assert_eq!(with("my_teams=true"), [""; 0]);
        }
        for wrong in ["group=colour", "colour=red", "sort=title", "limit=0", "mine=maybe", "column=done", "cursor=00",
            "column=completed&cursor=zz", "group=assignee&column=x", "status=done"] {
            client.get(&format!("/api/v1/tasks/board?{wrong}")).expect_status(400);
        }
        server.anonymous().get("/api/v1/tasks/board").expect_status(401);
    }

    fn concurrent_moves_keep_one_order(server: &Server) {
        let boss = server.as_role("coordinator");
        let tasks: Vec<Value> = (0..12).map(|number| make(&boss, json!({ "title": format!("T{number}") }))).collect();
        thread::scope(|scope| {
            for worker in 0..8_usize {
                let (boss, tasks) = (&boss, &tasks);
                scope.spawn(move || {
                    for round in 0..6_usize {
                        let task = &tasks[(worker * 5 + round * 7) % tasks.len()];
                        let beside = &tasks[(worker + round) % 3];
                        let column = ["not_started", "in_progress"][(worker + round) % 2];
                        let side = ["before", "after"][round % 2];
                        let answer = move_to(boss, task, &json!({ "column": column, side: id(beside) }));
                        assert_eq!(answer.status, 200, "{}", answer.text);
                    }
                });
            }
        });
        let order = || {
            let board = board(&boss, "");
            let order: Vec<String> = ["not_started", "in_progress"]
                .iter()
                .flat_map(|key| titles(column(&board, key)))
                .map(ToOwned::to_owned)
                .collect();
            order
        };
        let first = order();
        assert_eq!(first.len(), tasks.len(), "no card is lost or doubled: {first:?}");
        assert_eq!(first, order());
        // The order can still be changed afterwards.
        for (task, beside) in tasks.iter().zip(tasks.iter().skip(1)) {
            move_to(&boss, task, &json!({ "column": "on_hold", "after": id(beside) })).expect_status(200);
        }
        move_to(&boss, &tasks[11], &json!({ "column": "on_hold", "before": id(&tasks[0]) })).expect_status(200);
        let held = board(&boss, "");
        let held = titles(column(&held, "on_hold"));
        let at = |title: &str| held.iter().position(|known| *known == title);
        assert_eq!(held.len(), 12);
        assert!(at("T11") < at("T0"), "{held:?}");
    }

    fn equal_ranks_still_order(server: &Server) {
        let boss = server.as_role("coordinator");
        let [a, b, c] = three(&boss);
        // Two concurrent writers may assign the same rank; the test sets it directly.
        server.app().write(&obcms_app::Actor::program(), |work| {
            work.tx.execute("UPDATE tasks SET rank = 'a5V'", &[])?;
            Ok(())
        }).expect("the ranks are equal");
        let d = make(&boss, json!({ "title": "D" }));
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["A", "B", "C", "D"]);
        move_to(&boss, &d, &json!({ "column": "not_started", "before": id(&a) })).expect_status(200);
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["D", "A", "B", "C"]);
        move_to(&boss, &a, &json!({ "column": "not_started", "after": id(&c) })).expect_status(200);
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["D", "B", "C", "A"]);
        move_to(&boss, &b, &json!({ "column": "not_started", "after": id(&c) })).expect_status(200);
        assert_eq!(titles(column(&board(&boss, ""), "not_started")), ["D", "C", "B", "A"]);
    }

    fn one_of_concurrent_writers_wins(server: &Server) {
        let boss = server.as_role("coordinator");
        let task = make(&boss, json!({ "title": "Visit" }));
        let columns = ["in_progress", "on_hold", "completed", "cancelled", "in_progress", "on_hold"];
        let answers: Vec<u16> = thread::scope(|scope| {
            let workers: Vec<_> = columns
                .map(|column| {
                    let (boss, task) = (boss.with_header("if-match", "\"1\""), &task);
                    scope.spawn(move || move_to(&boss, task, &json!({ "column": column })).status)
                })
                .into_iter()
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or(0)).collect()
        });
        let won = answers.iter().filter(|status| **status == 200).count();
        let stale = answers.iter().filter(|status| **status == 412).count();
        assert_eq!((won, stale), (1, columns.len() - 1), "{answers:?}");
    }

    fn concurrent_completions_all_count(server: &Server) {
        let boss = server.as_role("coordinator");
        let ppa = json!({ "title": "Wells", "category": "moa_ppa" });
        let ppa = boss.post("/api/v1/ppas", &ppa).expect_status(201).json;
        let origin = json!({ "kind": "ppa", "id": ppa["id"] });
        let all = boss.get(&format!("/api/v1/tasks?origin={}&limit=500", id(&ppa))).expect_status(200).json;
        let mut tasks: Vec<Value> = all["items"].as_array().cloned().unwrap_or_default();
        tasks.extend((0..6).map(|number| make(&boss, json!({ "title": format!("T{number}"), "origin": origin }))));
        thread::scope(|scope| {
            for task in &tasks {
                let boss = &boss;
                scope.spawn(move || {
                    let forced = json!({ "column": "completed", "force_reason": "All at once" });
                    let answer = move_to(boss, task, &forced);
                    assert_eq!(answer.status, 200, "{}", answer.text);
                });
            }
        });
        let ppa = boss.get(&format!("/api/v1/ppas/{}", id(&ppa))).expect_status(200).json;
        assert_eq!(ppa["task_progress"], 100, "{} tasks", tasks.len());
    }

    fn task_is_unblocked_when_both_dependencies_complete_concurrently(server: &Server) {
        let boss = server.as_role("coordinator");
        for round in 0..3 {
            let first: Vec<Value> = (0..4).map(|number| make(&boss, json!({ "title": format!("{number}") }))).collect();
            let ids: Vec<&str> = first.iter().map(id).collect();
            let last = make(&boss, json!({ "title": "Last", "depends_on": ids }));
            thread::scope(|scope| {
                for task in &first {
                    let boss = &boss;
                    scope.spawn(move || move_to(boss, task, &json!({ "column": "completed" })).expect_status(200));
                }
            });
            let last = boss.get(&format!("/api/v1/tasks/{}", id(&last))).expect_status(200).json;
            assert_eq!(last["blocked"], false, "round {round}");
        }
    }
}
