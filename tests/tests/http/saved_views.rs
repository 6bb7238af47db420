//! Saved views: personal, with one default per page.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, on_both_engines};
use serde_json::{Value, json};

const VIEWS: &str = "/api/v1/saved-views";

fn make(client: &Client, input: &Value) -> Value {
    client.post(VIEWS, input).expect_status(201).json
}

fn defaults(client: &Client) -> Vec<String> {
    let items = client.get(&format!("{VIEWS}?is_default=true&sort=name")).expect_status(200).json;
    items["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

fn one(view: &Value) -> String {
    format!("{VIEWS}/{}", view["id"].as_str().unwrap())
}

on_both_engines! {
    fn view_belongs_to_its_creator(server: &Server) {
        let (amina, badr) = (server.as_role("staff"), server.as_role("partner"));
        let view = make(&amina, &json!({ "name": "My month", "query": "?view=month&modules=tasks" }));
        assert_eq!(view["page"], "calendar");
        assert_eq!(view["query"], "view=month&modules=tasks", "the question mark is not part of it");
        assert_eq!(amina.get(VIEWS).json["total"], 1);
        assert_eq!(badr.get(VIEWS).expect_status(200).json["total"], 0);
        badr.get(&one(&view)).expect_status(404);
        badr.patch(&one(&view), &json!({ "name": "Mine" })).expect_status(404);
        badr.delete(&one(&view)).expect_status(404);
        make(&badr, &json!({ "name": "Ours" }));
        amina.delete(&one(&view)).expect_status(204);
        assert_eq!(amina.get(VIEWS).json["total"], 0);
    }

    fn person_has_one_default_per_page(server: &Server) {
        let (amina, badr) = (server.as_role("staff"), server.as_role("staff"));
        let first = make(&amina, &json!({ "name": "First", "is_default": true }));
        make(&amina, &json!({ "name": "Of the board", "page": "board", "is_default": true }));
        make(&badr, &json!({ "name": "Of another", "is_default": true }));
        let second = make(&amina, &json!({ "name": "Second", "is_default": true }));
        assert_eq!(defaults(&amina), ["Of the board", "Second"]);
        assert_eq!(defaults(&badr), ["Of another"]);
        // Undo makes the previous view the default again.
        amina.post(&format!("{}/undo", one(&second)), &json!({})).expect_status(200);
        assert_eq!(defaults(&amina), ["First", "Of the board"]);
        // A default restored from the archive is the only default, too.
        amina.post(&format!("{}/restore", one(&second)), &json!({})).expect_status(200);
        assert_eq!(defaults(&amina), ["Of the board", "Second"]);
        amina.patch(&one(&first), &json!({ "is_default": true })).expect_status(200);
        assert_eq!(defaults(&amina), ["First", "Of the board"]);
    }

    fn concurrent_defaults_leave_one(server: &Server) {
        let amina = server.as_role("staff");
        let views: Vec<String> =
            (0..6).map(|number| one(&make(&amina, &json!({ "name": format!("View {number}") })))).collect();
        let writers: Vec<_> = views
            .into_iter()
            .map(|view| {
                let client = amina.clone();
                std::thread::spawn(move || {
                    client.patch(&view, &json!({ "is_default": true })).expect_status(200);
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(defaults(&amina).len(), 1);
    }

    fn long_input_is_refused(server: &Server) {
        let amina = server.as_role("staff");
        let refused = amina.post(VIEWS, &json!({ "name": "Long", "query": "q".repeat(2001) })).expect_status(422);
        assert_eq!(refused.errors("field"), ["query"]);
        let refused = amina.post(VIEWS, &json!({ "name": "Where", "page": "moon" })).expect_status(422);
        assert_eq!(refused.errors("code"), ["choice"]);
    }
}
