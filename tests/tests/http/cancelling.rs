//! Cancellation with open tasks and bookings: it is one change, and reopening restores exactly that. Moves of generated
//! tasks.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, Server, make, on_both_engines, sample};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn tasks(client: &Client, origin: &Value) -> Vec<Value> {
    let address = format!("/api/v1/tasks?origin={}&limit=100", id(origin));
    client.get(&address).expect_status(200).json["items"].as_array().unwrap().clone()
}

fn open(client: &Client, origin: &Value) -> usize {
    let is_over = |task: &&Value| !["completed", "cancelled"].contains(&task["status"].as_str().unwrap());
    tasks(client, origin).iter().filter(is_over).count()
}

fn forum(server: &Server, client: &Client) -> Value {
    make(
        client,
        "events",
        json!({
            "title": "Forum", "event_type": "forum", "start": sample::ahead(server, 200), "end": sample::ahead(server, 202),
        }),
    )
}

/// Returns the number of tasks on the board, which shows open ones.
fn on_board(client: &Client, origin: &Value) -> usize {
    let board = client.get(&format!("/api/v1/tasks/board?origin={}", id(origin))).expect_status(200).json;
    let columns = board["columns"].as_array().unwrap();
    let live = columns
        .iter()
        .filter(|column| !["completed", "cancelled"].contains(&column["key"].as_str().unwrap()));
    live.map(|column| usize::try_from(column["count"].as_u64().unwrap()).unwrap()).sum()
}

on_both_engines! {
    fn event_is_cancelled_and_reopened_with_its_tasks_and_bookings(server: &Server) {
        let me = server.as_role("coordinator");
        let event = forum(server, &me);
        let path = format!("/api/v1/events/{}", id(&event));
        let all = tasks(&me, &event);
        let (done, started, dropped) = (&all[0], &all[1], &all[2]);
        for (task, body) in [
            (done, json!({ "status": "completed", "note": "" })),
            (dropped, json!({ "status": "cancelled", "note": "" })),
        ] {
            me.post(&format!("/api/v1/tasks/{}/transition", id(task)), &json!({
                "status": body["status"], "force_reason": "Ready",
            })).expect_status(200);
        }
        me.post(&format!("/api/v1/tasks/{}/transition", id(started)), &json!({ "status": "in_progress", "force_reason": "Ready" }))
            .expect_status(200);
        let resource = make(&me, "resources", json!({ "name": "Hall", "resource_type": "room" }));
        let booking = make(&me, "bookings", json!({
            "resource": resource["id"], "start": event["start"], "end": event["end"],
            "origin": { "kind": "event", "id": event["id"] },
        }));
        let of_booking = format!("/api/v1/bookings/{}", id(&booking));
        let before = open(&me, &event);
        assert_eq!(before, all.len() - 2);

        // Without the option nothing else is cancelled.
        me.patch(&path, &json!({ "status": "cancelled" })).expect_status(200);
        assert_eq!(open(&me, &event), before);
        me.patch(&path, &json!({ "status": "scheduled" })).expect_status(200);

        me.patch(&path, &json!({ "status": "cancelled", "cancel_open_tasks": true })).expect_status(200);
        assert_eq!((open(&me, &event), on_board(&me, &event)), (0, 0));
        assert_eq!(me.get(&of_booking).json["status"], "cancelled");
        assert_eq!(me.get(&format!("/api/v1/tasks/{}", id(done))).json["status"], "completed");
        // One undo reverts all of it.
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert_eq!(open(&me, &event), before);
        assert_eq!(me.get(&of_booking).json["status"], booking["status"]);

        // Reopening restores the records cancelled with it to their old status, and nothing else.
        me.patch(&path, &json!({ "status": "cancelled", "cancel_open_tasks": true })).expect_status(200);
        me.patch(&path, &json!({ "title": "Forum of the year" })).expect_status(200);
        me.patch(&path, &json!({ "status": "scheduled" })).expect_status(200);
        assert_eq!(open(&me, &event), before);
        let status = |task: &Value| me.get(&format!("/api/v1/tasks/{}", id(task))).json["status"].clone();
        assert_eq!((status(started), status(dropped)), (json!("in_progress"), json!("cancelled")));
        assert_eq!(me.get(&of_booking).json["status"], booking["status"]);
        // That is one change, too.
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert_eq!((open(&me, &event), me.get(&path).json["status"].clone()), (0, json!("cancelled")));
    }

    fn reopening_yields_to_a_booking_made_meanwhile(server: &Server) {
        let me = server.as_role("coordinator");
        let event = forum(server, &me);
        let path = format!("/api/v1/events/{}", id(&event));
        let resource = make(&me, "resources", json!({ "name": "Hall", "resource_type": "room" }));
        let book = |origin: Value| make(&me, "bookings", json!({
            "resource": resource["id"], "start": event["start"], "end": event["end"], "origin": origin,
        }));
        let booking = book(json!({ "kind": "event", "id": event["id"] }));
        me.patch(&path, &json!({ "status": "cancelled", "cancel_open_tasks": true })).expect_status(200);
        book(Value::Null);
        me.patch(&path, &json!({ "status": "scheduled" })).expect_status(200);
        assert_eq!(me.get(&format!("/api/v1/bookings/{}", id(&booking))).json["status"], "cancelled");
        assert!(open(&me, &event) > 0);
    }

    fn ppas_assessments_and_applications_are_cancelled_alike(server: &Server) {
        let me = server.as_role("coordinator");
        let service = make(&me, "services", json!({ "title": "Legal aid" }));
        for (collection, body, closed, reopened) in [
            ("ppas", json!({ "title": "Wells", "category": "moa_ppa" }), "cancelled", "planning"),
            ("assessments", json!({
                "title": "Survey", "primary_methodology": "survey", "planned_start_date": "2027-03-01",
                "planned_end_date": "2027-03-05",
            }), "cancelled", "planning"),
            ("applications", json!({ "service": service["id"], "applicant_name": "Amina", "status": "submitted" }), "rejected", "submitted"),
        ] {
            let record = make(&me, collection, body);
            let path = format!("/api/v1/{collection}/{}", id(&record));
            let before = open(&me, &record);
            assert!(before > 0, "{collection}");
            if collection == "ppas" {
                let body = json!({ "reason": "No land", "cancel_open_tasks": true });
                me.post(&format!("{path}/cancel"), &body).expect_status(200);
            } else {
                me.patch(&path, &json!({ "status": closed, "cancel_open_tasks": true })).expect_status(200);
            }
            assert_eq!(open(&me, &record), 0, "{collection}");
            if collection == "ppas" {
                let resumed = me.post(&format!("{path}/resume"), &json!({})).expect_status(200).json;
                assert_eq!(resumed["status"], reopened);
            } else {
                me.patch(&path, &json!({ "status": reopened })).expect_status(200);
            }
            assert_eq!(open(&me, &record), before, "{collection}");
            // The member is only valid together with a closing status.
            let refused = me.patch(&path, &json!({ "cancel_open_tasks": true })).expect_status(422);
            assert_eq!(refused.errors("field"), ["cancel_open_tasks"]);
            me.patch(&path, &json!({ "status": closed, "cancel_open_tasks": "yes" })).expect_status(422);
        }
        let task = make(&me, "tasks", json!({ "title": "Chairs" }));
        let of_task = json!({ "status": "cancelled", "cancel_open_tasks": true });
        me.patch(&format!("/api/v1/tasks/{}", id(&task)), &of_task).expect_status(422);
    }

    fn ppa_is_cancelled_with_the_tasks_of_its_project(server: &Server) {
        let me = server.as_role("coordinator");
        let barangay = me.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
        let community = make(&me, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
        let need = make(&me, "needs", json!({ "title": "Safe water", "community": community["id"] }));
        let ppa = make(&me, "ppas", json!({ "title": "Wells", "category": "moa_ppa", "needs": [need["id"]] }));
        let project = make(&me, "projects", json!({ "need": need["id"], "ppa": ppa["id"] }));
        let before = open(&me, &project);
        assert!(before > 0);
        let path = format!("/api/v1/ppas/{}", id(&ppa));
        me.post(&format!("{path}/cancel"), &json!({ "reason": "No water", "cancel_open_tasks": true })).expect_status(200);
        assert_eq!((open(&me, &project), open(&me, &ppa)), (0, 0));
        me.post(&format!("{path}/resume"), &json!({ "reason": "A spring was found" })).expect_status(200);
        assert_eq!(open(&me, &project), before);
    }

    fn only_a_whole_series_is_cancelled_with_its_tasks(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({
            "title": "Forum", "event_type": "forum", "start": "2027-01-04T09:00:00", "end": "2027-01-04T10:30:00",
            "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;BYDAY=MO",
        }));
        make(&me, "tasks", json!({
            "title": "Chairs", "due_date": "2027-01-04", "rrule": "FREQ=WEEKLY;COUNT=4",
            "origin": { "kind": "event", "id": event["id"] },
        }));
        let before = open(&me, &event);
        let date = format!("/api/v1/events/{}/occurrences/2027-01-11T09:00:00", id(&event));
        let body = json!({ "status": "cancelled", "cancel_open_tasks": true });
        for scope in ["this", "following"] {
            let refused = me.patch(&format!("{date}?scope={scope}"), &body).expect_status(422);
            assert_eq!(refused.errors("field"), ["cancel_open_tasks"]);
        }
        me.patch(&format!("{date}?scope=all"), &body).expect_status(200);
        assert_eq!(open(&me, &event), 0);
        me.patch(&format!("{date}?scope=all"), &json!({ "status": "scheduled" })).expect_status(200);
        assert_eq!(open(&me, &event), before);
    }

    fn generated_task_moves_to_an_origin_with_the_same_task(server: &Server) {
        let me = server.as_role("coordinator");
        let ppas = ["One", "Two"].map(|title| make(&me, "ppas", json!({ "title": title, "category": "moa_ppa" })));
        let moved = tasks(&me, &ppas[0]).into_iter().find(|task| task["blocked"] == false).unwrap();
        let path = format!("/api/v1/tasks/{}", id(&moved));
        me.patch(&path, &json!({ "status": "completed" })).expect_status(200);
        let progress = |ppa: &Value| me.get(&format!("/api/v1/ppas/{}", id(ppa))).expect_status(200).json["task_progress"].clone();
        assert_eq!((progress(&ppas[0]), progress(&ppas[1])), (json!(10), json!(0)));
        let there = json!({ "origin": { "kind": "ppa", "id": ppas[1]["id"] } });
        let answer = me.patch(&path, &there).expect_status(200).json;
        assert_eq!(answer["origin"]["id"], ppas[1]["id"]);
        assert_eq!((progress(&ppas[0]), progress(&ppas[1])), (json!(0), json!(9)));
        assert_eq!((tasks(&me, &ppas[0]).len(), tasks(&me, &ppas[1]).len()), (9, 11));
        // A new task has taken its place, and the move can still be undone.
        let key = moved["template_item"].as_str().unwrap().split('/').next().unwrap();
        let template = me.get(&format!("/api/v1/task-templates?q={key}")).expect_status(200).json["items"].clone();
        let template = template.as_array().unwrap().iter().find(|template| template["name"] == key).unwrap().clone();
        let origin = json!({ "origin": { "kind": "ppa", "id": ppas[0]["id"] } });
        me.post(&format!("/api/v1/task-templates/{}/instantiate", id(&template)), &origin).expect_status(201);
        assert_eq!(tasks(&me, &ppas[0]).len(), 10);
        let back = me.post(&format!("{path}/undo"), &json!({})).expect_status(200).json;
        assert_eq!((&back["origin"]["id"], &back["template_item"]), (&ppas[0]["id"], &Value::Null));
        assert_eq!(tasks(&me, &ppas[0]).len(), 11);
        // Archived and restored, it stays an ordinary task.
        me.delete(&path).expect_status(204);
        me.post(&format!("{path}/restore"), &json!({})).expect_status(200);
    }
}
