//! Tasks through HTTP: transitions, dependencies, undo, rights.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.

use obcms_tests::{Answer, Client, on_both_engines};
use serde_json::{Value, json};

fn make(client: &Client, members: Value) -> Value {
    client.post("/api/v1/tasks", &members).expect_status(201).json
}

fn path(task: &Value) -> String {
    format!("/api/v1/tasks/{}", task["id"].as_str().unwrap_or_default())
}

fn step(client: &Client, task: &Value, body: &Value) -> Answer {
    client.post(&format!("{}/transition", path(task)), body)
}

fn read(client: &Client, task: &Value) -> Value {
    client.get(&path(task)).expect_status(200).json
}

const STATUSES: [&str; 5] = ["not_started", "in_progress", "on_hold", "completed", "cancelled"];

on_both_engines! {
    fn every_transition_is_possible(server: &Server) {
        let boss = server.as_role("coordinator");
        for from in STATUSES {
            for to in STATUSES {
                let task = make(&boss, json!({ "title": format!("{from} to {to}"), "progress": 30 }));
                assert_eq!(task["status"], "in_progress", "progress starts a task");
                step(&boss, &task, &json!({ "status": from })).expect_status(200);
                let there = read(&boss, &task);
                let after = step(&boss, &task, &json!({ "status": to })).expect_status(200).json;
                assert_eq!(after["status"], to);
                assert_eq!(after["completed_at"].is_null(), to != "completed", "{from} to {to}: {after}");
                let progress = if to == "completed" { 100 } else { 30 };
                assert_eq!(after["progress"], progress, "{from} to {to}: {after}");
                let version = there["version"].as_i64().expect("a version");
                let same = i64::from(from != to);
                assert_eq!(after["version"], version + same);
                assert_eq!(after["undo"].is_null(), from == to);
                for member in ["at_risk", "overdue", "blocked"] {
                    assert!(after[member].is_boolean(), "{member}: {after}");
                }
            }
        }
    }

    fn transition_is_logged_and_undone(server: &Server) {
        let boss = server.as_role("coordinator");
        let task = make(&boss, json!({ "title": "Visit", "progress": 40 }));
        let answer = step(&boss, &task, &json!({ "status": "completed", "note": "Signed off" })).expect_status(200);
        assert_eq!(answer.header("etag"), "\"2\"");
        let history = boss.get(&format!("{}/history", path(&task))).expect_status(200).json;
        assert_eq!(history["items"][0]["action"], "transition");
        assert_eq!(history["items"][0]["note"], "Signed off");
        let undo = answer.json["undo"].as_str().expect("an address to undo").to_owned();
        let back = boss.post(&undo, &json!({})).expect_status(200).json;
        assert_eq!((&back["status"], &back["progress"]), (&json!("in_progress"), &json!(40)));
        assert!(back["completed_at"].is_null());
    }

    fn starting_a_blocked_task_requires_a_reason(server: &Server) {
        let boss = server.as_role("coordinator");
        let first = make(&boss, json!({ "title": "Book the hall" }));
        let second = make(&boss, json!({ "title": "Invite", "depends_on": [first["id"]] }));
        assert_eq!(second["blocked"], true);
        for status in ["in_progress", "completed"] {
            let refused = step(&boss, &second, &json!({ "status": status })).expect_status(409).json;
            assert_eq!(refused["open_prerequisites"], json!([{ "id": first["id"], "title": "Book the hall" }]));
            step(&boss, &second, &json!({ "status": status, "force_reason": "   " })).expect_status(409);
        }
        boss.patch(&path(&second), &json!({ "status": "in_progress" })).expect_status(409);
        let forced = step(&boss, &second, &json!({ "status": "in_progress", "force_reason": "The hall is ours" }));
        assert_eq!(forced.expect_status(200).json["status"], "in_progress");
        let history = boss.get(&format!("{}/history", path(&second))).expect_status(200).json;
        assert_eq!(history["items"][0]["note"], "The hall is ours");
        step(&boss, &second, &json!({ "status": "not_started" })).expect_status(200);
        step(&boss, &first, &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(read(&boss, &second)["blocked"], false);
        step(&boss, &second, &json!({ "status": "in_progress" })).expect_status(200);
    }

    fn invalid_transitions_are_refused_by_field(server: &Server) {
        let boss = server.as_role("coordinator");
        let task = make(&boss, json!({ "title": "Visit" }));
        for (body, field, code) in [
            (json!({}), "status", "required"),
            (json!({ "status": "done" }), "status", "choice"),
            (json!({ "status": 7 }), "status", "type"),
            (json!({ "status": null }), "status", "required"),
            (json!({ "status": "completed", "note": ["x"] }), "note", "type"),
            (json!({ "status": "completed", "note": "x".repeat(2001) }), "note", "too_long"),
            (json!({ "status": "completed", "note": "a\u{0}b" }), "note", "character"),
            (json!({ "status": "completed", "reason": "x" }), "reason", "unknown_field"),
        ] {
            let refused = step(&boss, &task, &body).expect_status(422);
            assert_eq!((refused.errors("field"), refused.errors("code")), (vec![field], vec![code]), "{body}");
        }
        assert_eq!(read(&boss, &task)["version"], 1, "nothing was changed");
        let stale = boss.with_header("if-match", "\"9\"");
        step(&stale, &task, &json!({ "status": "completed" })).expect_status(412);
        let present = boss.with_header("if-match", "\"1\"");
        step(&present, &task, &json!({ "status": "completed" })).expect_status(200);
        boss.delete(&path(&task)).expect_status(204);
        step(&boss, &task, &json!({ "status": "in_progress" })).expect_status(409);
        let nowhere = "/api/v1/tasks/01900000-0000-7000-8000-000000000000/transition";
        boss.post(nowhere, &json!({ "status": "completed" })).expect_status(404);
    }

    fn staff_change_their_own_tasks_and_those_of_their_team(server: &Server) {
        let boss = server.as_role("coordinator");
        let staff = server.person(&["staff"]);
        let other = server.person(&["staff"]);
        let members = json!([staff.id.to_string()]);
        let team = boss.post("/api/v1/teams", &json!({ "name": "Field", "members": members })).expect_status(201).json;
        let done = json!({ "status": "completed" });
        let own = make(&staff.client, json!({ "title": "Own" }));
        let assigned = make(&boss, json!({ "title": "Assigned", "assignees": [staff.id.to_string()] }));
        let of_team = make(&boss, json!({ "title": "Team", "teams": [team["id"]] }));
        for task in [&own, &assigned, &of_team] {
            step(&other.client, task, &done).expect_status(403);
            other.client.post(&format!("{}/move", path(task)), &json!({ "column": "completed" })).expect_status(403);
            step(&staff.client, task, &done).expect_status(200);
        }
        let theirs = make(&other.client, json!({ "title": "Theirs" }));
        step(&staff.client, &theirs, &done).expect_status(403);
        step(&boss, &theirs, &done).expect_status(200);
        step(&server.anonymous(), &theirs, &done).expect_status(401);
    }

    fn partner_sees_only_related_tasks(server: &Server) {
        let boss = server.as_role("coordinator");
        let partner = server.person(&["partner"]);
        let theirs = make(&boss, json!({ "title": "Send the list", "assignees": [partner.id.to_string()] }));
        let hidden = make(&boss, json!({ "title": "Inside" }));
        step(&partner.client, &hidden, &json!({ "status": "completed" })).expect_status(404);
        let beside = json!({ "column": "completed", "after": hidden["id"] });
        partner.client.post(&format!("{}/move", path(&theirs)), &beside).expect_status(422);
        step(&partner.client, &theirs, &json!({ "status": "completed" })).expect_status(200);
        let board = partner.client.get("/api/v1/tasks/board").expect_status(200).json;
        let counts: i64 =
            board["columns"].as_array().expect("columns").iter().filter_map(|column| column["count"].as_i64()).sum();
        assert_eq!(counts, 1, "{board}");
        assert!(!board.to_string().contains("Inside"));
    }
}
