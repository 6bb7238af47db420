//! Import and export of records in files, and invalid files.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::io::Read;

use obcms_app::jobs::{Enqueue, run_next};
use obcms_app::records::transfer::{Form, MAXIMUM_ROWS, UNFINISHED_IMPORTS};
use obcms_app::{Actor, HANDLERS};
use obcms_domain::kinds::{self, REGISTRY};
use obcms_domain::registry::Kind;
use obcms_tests::{Answer, Client, Server, on_both_engines, sample};
use serde_json::{Value, json};

const BOUNDARY: &str = "----a-line-that-stands-in-no-file";

/// Returns a form with the part `file` and further text parts.
fn multipart(file: &[u8], texts: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
                .bytes(),
        );
    }
    body.extend(
        format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"records\"\r\n\r\n"
        )
        .bytes(),
    );
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// Sends a form with the part `file` and further text parts.
pub fn upload(client: &Client, path: &str, file: &[u8], texts: &[(&str, &str)]) -> Answer {
    let (media_type, body) = multipart(file, texts);
    client.send("POST".parse().unwrap(), path, Some((&media_type, body)))
}

pub fn import(client: &Client, kind: &Kind, file: &[u8], dry_run: bool) -> Answer {
    let path = format!("/api/v1/{}/import", kind.collection);
    upload(client, &path, file, &[("dry_run", if dry_run { "true" } else { "false" })])
}

pub fn all(client: &Client, kind: &Kind) -> Vec<Value> {
    let list =
        client.get(&format!("/api/v1/{}?limit=500&sort=created_at", kind.collection)).expect_status(200).json;
    list["items"].as_array().unwrap().clone()
}

/// Returns the file as bytes, because the test client only reads text.
pub fn workbook(server: &Server, kind: &'static Kind, form: Form<'_>) -> Vec<u8> {
    let export = server.app().begin_export(&Actor::program(), kind, &Vec::new(), form).unwrap();
    let mut bytes = Vec::new();
    server.app().export_workbook(export).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

pub fn counts(answer: &Value) -> (u64, u64, u64) {
    let count = |name: &str| answer[name].as_u64().unwrap();
    (count("created"), count("updated"), count("unchanged"))
}

on_both_engines! {
    fn every_kind_is_exported_and_imported_unchanged(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in REGISTRY.into_iter().filter(|kind| kind.writable).zip((1..).map(|place| place * 10)) {
            for place in 0..3 {
                sample::make(server, kind, number + place, None);
            }
            let before = all(&client, kind);
            let answer = client.get(&format!("/api/v1/{}/export.csv?form=raw", kind.collection)).expect_status(200);
            assert!(answer.header("content-disposition").contains(&format!("{}-", kind.collection)));
            assert!(answer.header("content-type").starts_with("text/csv"));
            let head = answer.text.lines().next().unwrap();
            for (_, field) in kind.visible() {
                assert!(head.split(',').any(|name| name == field.name), "{kind:?} has no column {}", field.name);
            }
            for file in [answer.text.clone().into_bytes(), workbook(server, kind, Form::Raw)] {
                let report = import(&client, kind, &file, false).expect_status(200).json;
                assert_eq!(counts(&report), (0, 0, before.len() as u64), "{kind:?}: {report}");
            }
            assert_eq!(all(&client, kind), before, "{kind:?}");
        }
    }

    fn places_are_exported(server: &Server) {
        let client = server.as_role("staff");
        let answer = client.get("/api/v1/regions/export.csv?form=raw").expect_status(200);
        assert!(answer.text.contains("SOCCSKSARGEN") && answer.text.lines().count() > 10);
        let refused = upload(&server.as_role("admin"), "/api/v1/regions/import", b"name\nOurs\n", &[]);
        assert!((404..=405).contains(&refused.status), "{}", refused.text);
    }

    fn export_respects_filters(server: &Server) {
        let client = server.as_role("coordinator");
        for (title, priority) in [("Urgent", "high"), ("Later", "low")] {
            client.post("/api/v1/tasks", &json!({ "title": title, "priority": priority })).expect_status(201);
        }
        let text = client.get("/api/v1/tasks/export.csv?form=raw&priority=high").expect_status(200).text;
        assert!(text.contains("Urgent") && !text.contains("Later"));
        let wrong = client.get("/api/v1/tasks/export.csv?form=raw&nothing=1").expect_status(400);
        assert_eq!(wrong.errors("field"), ["nothing"]);
        client.get("/api/v1/tasks/export.csv?form=raw&cursor=00").expect_status(400);
    }

    fn rows_without_an_id_create_and_rows_with_one_update(server: &Server) {
        let client = server.as_role("coordinator");
        let known = client.post("/api/v1/organizations", &json!({ "name": "Old name", "phone": "1" })).expect_status(201).json;
        let id = known["id"].as_str().unwrap();
        let file = format!("id,name,acronym,is_priority\r\n{id},\"New, name\",NN,yes\r\n,Another,AN,\r\n");
        let dry = import(&client, &kinds::ORGANIZATION, file.as_bytes(), true).expect_status(200).json;
        assert_eq!(counts(&dry), (1, 1, 0));
        let path = format!("/api/v1/organizations/{id}");
        assert_eq!(client.get(&path).json["name"], "Old name", "a dry run writes nothing");
        let done = import(&client, &kinds::ORGANIZATION, file.as_bytes(), false).expect_status(200).json;
        assert_eq!((counts(&done), &done["errors"]), (counts(&dry), &dry["errors"]));
        let changed = client.get(&path).expect_status(200).json;
        assert_eq!(changed["name"], "New, name");
        assert_eq!((&changed["phone"], &changed["is_priority"]), (&json!("1"), &json!(true)));
        let found = client.get("/api/v1/organizations?acronym=AN").expect_status(200).json;
        assert_eq!(found["items"][0]["name"], "Another");
        let history = client.get(&format!("{path}/history")).expect_status(200).json;
        assert_eq!(history["items"][0]["fields"]["name"]["to"], "New, name");
    }

    fn one_invalid_row_refuses_the_whole_file(server: &Server) {
        let client = server.as_role("coordinator");
        let file = "title,due_date,progress,status\nGood,2027-01-25,10,\nBad,2026-02-30,500,sleeping\n,,,\n,2027-01-01,,\n";
        let before = all(&client, &kinds::TASK).len();
        let answer = import(&client, &kinds::TASK, file.as_bytes(), false).expect_status(422).json;
        let errors: Vec<(u64, &str)> = answer["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (error["row"].as_u64().unwrap(), error["field"].as_str().unwrap()))
            .collect();
        assert_eq!(errors, [(3, "due_date"), (3, "progress"), (3, "status"), (5, "title")]);
        assert_eq!(all(&client, &kinds::TASK).len(), before);
        let dry = import(&client, &kinds::TASK, file.as_bytes(), true).expect_status(200).json;
        assert_eq!(dry["errors"], answer["errors"]);
    }

    fn large_imports_are_batched_and_undone_together(server: &Server) {
        let client = server.as_role("coordinator");
        let known = client.post("/api/v1/tasks", &json!({ "title": "Known" })).expect_status(201).json;
        let id = known["id"].as_str().unwrap();
        let rows: String = (0..120).map(|number| format!(",Row {number}\n")).collect();
        let file = format!("id,title\n{rows}{id},Changed\n");
        let before = all(&client, &kinds::TASK).len();
        // An invalid last row refuses the whole file.
        let wrong = import(&client, &kinds::TASK, format!("{file},\nx,Nothing\n").as_bytes(), false).expect_status(422);
        assert_eq!(wrong.json["errors"][0]["row"], 124, "{}", wrong.text);
        assert_eq!(all(&client, &kinds::TASK).len(), before);

        let done = import(&client, &kinds::TASK, file.as_bytes(), false).expect_status(200).json;
        assert_eq!(counts(&done), (120, 1, 0));
        let undo = done["undo"].as_str().unwrap();
        server.as_role("admin").post(undo, &json!({})).expect_status(404);
        assert_eq!(all(&client, &kinds::TASK).len(), before + 120);
        let back = client.post(undo, &json!({})).expect_status(200).json;
        assert_eq!((&back["batches"], &back["landing"]), (&json!(3), &json!("/tasks")));
        assert_eq!(all(&client, &kinds::TASK).len(), before);
        assert_eq!(client.get(&format!("/api/v1/tasks/{id}")).json["title"], "Known");
        client.post(undo, &json!({})).expect_status(404);
    }

    fn import_undo_is_complete_or_reports_its_progress(server: &Server) {
        let (importer, other) = (server.person(&["coordinator"]), server.person(&["coordinator"]));
        let client = &importer.client;
        let rows: String = (0..120).map(|number| format!("Row {number}\n")).collect();
        let done = import(client, &kinds::TASK, format!("title\n{rows}").as_bytes(), false).expect_status(200).json;
        let undo = done["undo"].as_str().unwrap();
        let tasks = all(client, &kinds::TASK);
        let find = |title: &str| tasks.iter().find(|task| task["title"] == title).unwrap()["id"].clone();
        let (first, last) = (find("Row 3"), find("Row 110"));
        // One record of the first batch is changed, and another task depends on one of the last batch.
        let path = format!("/api/v1/tasks/{}", first.as_str().unwrap());
        other.client.patch(&path, &json!({ "title": "Row 3, taken on" })).expect_status(200);
        let body = json!({ "title": "Report", "depends_on": [last] });
        let report = other.client.post("/api/v1/tasks", &body).expect_status(201).json;
        let refused = client.post(undo, &json!({})).expect_status(409).json;
        let detail = refused["detail"].as_str().unwrap();
        for named in ["Row 3, taken on", "Person 2", "Report (task)", "Nothing was undone."] {
            assert!(detail.contains(named), "{named}: {detail}");
        }
        let ids: Vec<&Value> = refused["conflicts"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [&first, &report["id"]], "{refused}");
        assert_eq!(refused["taken_back"], json!({ "batches": 0, "records": 0 }));
        assert_eq!(refused["left"], json!({ "batches": 3, "records": 120 }));
        assert_eq!(all(client, &kinds::TASK).len(), 121);

        // The page posts to the same address and shows its message. After correction all of it is undone.
        other.client.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        other.client.delete(&format!("/api/v1/tasks/{}", report["id"].as_str().unwrap())).expect_status(204);
        let back = client.post(undo, &json!({})).expect_status(200).json;
        assert_eq!((&back["batches"], &back["records"]), (&json!(3), &json!(120)));
        assert_eq!(all(client, &kinds::TASK).len(), 0);
    }

    fn batch_undone_alone_does_not_block_the_undo(server: &Server) {
        let client = server.as_role("coordinator");
        let rows: String = (0..60).map(|number| format!("Row {number}\n")).collect();
        let done = import(&client, &kinds::TASK, format!("title\n{rows}").as_bytes(), false).expect_status(200).json;
        let task = all(&client, &kinds::TASK)[0].clone();
        client.post(&format!("/api/v1/tasks/{}/undo", task["id"].as_str().unwrap()), &json!({})).expect_status(200);
        let left = all(&client, &kinds::TASK).len();
        assert!(left == 10 || left == 50, "one batch is gone: {left}");
        client.post(done["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(all(&client, &kinds::TASK).len(), 0);
    }

    fn import_of_a_crashed_process_is_undone(server: &Server) {
        let client = server.as_role("coordinator");
        let rows: String = (0..60).map(|number| format!("Row {number}\n")).collect();
        let done = import(&client, &kinds::TASK, format!("title\n{rows}").as_bytes(), false).expect_status(200).json;
        let import = done["undo"].as_str().unwrap().split('/').nth(4).unwrap().to_owned();
        let app = server.app();
        // A finished import has no job; an interrupted one leaves the job of its last batch.
        let job = Enqueue::new(&UNFINISHED_IMPORTS, json!({ "import": import })).key(import.as_str());
        let is_new = app.write(&Actor::program(), |work| work.enqueue(&job)).unwrap();
        assert!(is_new, "the last batch left its job behind");
        while run_next(app, HANDLERS, "test").unwrap().is_some() {}
        assert_eq!(all(&client, &kinds::TASK).len(), 0);
    }

    fn unreadable_files_are_refused_with_a_message(server: &Server) {
        let client = server.as_role("coordinator");
        let kind = &kinds::TEAM;
        let refused = |file: &[u8], status: u16| import(&client, kind, file, false).expect_status(status);
        refused(b"", 422);
        refused(b"\xff\xfe\x00", 400);
        refused(b"PK\x03\x04 and no workbook", 400);
        assert_eq!(refused(b"name,shoe_size\nA,4\n", 422).errors("field"), ["shoe_size"]);
        assert_eq!(refused(b"name,name\nA,B\n", 422).errors("field"), ["name"]);
        assert_eq!(refused(b"id,name\nnonsense,A\n", 422).errors("field"), ["id"]);
        let unknown = b"id,name\n01890a5d-ac96-774b-bcce-b302099a8057,A\n";
        assert_eq!(refused(unknown, 422).errors("code"), ["unknown"]);
        let rows = format!("name\n{}", (0..=MAXIMUM_ROWS).map(|row| format!("{row}\n")).collect::<String>());
        assert!(refused(rows.as_bytes(), 400).text.contains("5000"));
        refused(&vec![b'a'; 5 * 1024 * 1024 + 1], 413);
        // Even bodies that are too large for any request are read, so that the client receives the answer.
        refused(&vec![b'a'; 7 * 1024 * 1024], 413);
        refused(&vec![b'a'; 20 * 1024 * 1024], 413);
        client.post("/api/v1/teams/import", &json!({})).expect_status(415);
    }

    fn import_and_export_require_rights(server: &Server) {
        for (role, status) in [("staff", 403), ("partner", 403), ("executive", 403), ("coordinator", 200)] {
            let client = server.as_role(role);
            let file = format!("name\nTeam of {role}\n");
            import(&client, &kinds::ORGANIZATION, file.as_bytes(), true).expect_status(status);
            let page = client.get("/organizations/import");
            assert_eq!(page.status, status, "{role}");
        }
        server.as_role("partner").get("/api/v1/users/export.csv").expect_status(403);
        let anonymous = import(&server.anonymous(), &kinds::TEAM, b"name\nA\n", true);
        assert_eq!(anonymous.status, 401);
    }

    fn exported_cells_are_never_formulas(server: &Server) {
        let client = server.as_role("coordinator");
        let texts = ["=HYPERLINK(\"http://example.org\")", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "＝1", "＋1", "－1", "＠x"];
        for text in texts {
            client.post("/api/v1/organizations", &json!({ "name": text })).expect_status(201);
        }
        for form in ["raw", "people"] {
            let address = format!("/api/v1/organizations/export.csv?form={form}");
            let text = client.get(&address).expect_status(200).text;
            for line in text.lines().skip(1) {
                for cell in line.split(',').map(|cell| cell.trim_start_matches('"')) {
                    assert!(!cell.starts_with(['=', '@', '\t', '+', '＝', '＋', '－', '＠']), "{line}");
                }
            }
            let report = import(&client, &kinds::ORGANIZATION, text.as_bytes(), false).expect_status(200).json;
            assert_eq!(counts(&report), (0, 0, all(&client, &kinds::ORGANIZATION).len() as u64), "{report}");
        }
    }
}
