//! All kinds through HTTP, driven by their description: create, read, update, archive, list, pages.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeSet;

use obcms_domain::kinds::{self, REGISTRY};
use obcms_domain::registry::{Field, FieldType, Kind};
use obcms_tests::{Client, Server, on_both_engines, sample};
use serde_json::{Value, json};
use ureq::http::Method;

fn collection(kind: &Kind) -> String {
    format!("/api/v1/{}", kind.collection)
}

fn one(kind: &Kind, record: &Value) -> String {
    format!("{}/{}", collection(kind), record["id"].as_str().unwrap())
}

fn make(server: &Server, client: &Client, kind: &'static Kind, number: u32) -> Value {
    let input = Value::Object(sample::minimal(server, kind, number));
    client.post(&collection(kind), &input).expect_status(201).json
}

fn writable() -> impl Iterator<Item = &'static Kind> {
    REGISTRY.into_iter().filter(|kind| kind.is_changeable())
}

/// Returns a valid value that differs from the sample.
fn other(server: &Server, field: &Field, number: u32) -> Value {
    match field.data {
        FieldType::Choice(choices) => json!(choices[choices.len() - 1].value),
        FieldType::Choices(choices) => json!([choices[choices.len() - 1].value]),
        FieldType::Integer(least, most) => json!((least + 1).min(most)),
        FieldType::Decimal(least, _) => json!(least + 1),
        FieldType::Date if field.name.contains("start") => json!("2027-02-01"),
        FieldType::Date => json!("2027-04-01"),
        FieldType::Moment if field.name == "start" => json!("2027-03-01T08:00:00+08:00"),
        FieldType::Moment => json!("2027-03-01T12:00:00+08:00"),
        FieldType::Structure(_) if field.name == "milestones" => {
            json!([{ "date": "2027-04-01", "title": "One" }])
        }
        FieldType::Structure(_) if field.name == "outcome_framework" => json!({ "outputs": ["One"] }),
        FieldType::TimeZone => json!("Asia/Tokyo"),
        // Cycles of records are refused, so the target is created separately.
        _ => sample::value(server, field, number),
    }
}

/// Returns the members that the rules of a kind require together with a field.
fn together(kind: &Kind, field: &Field) -> Value {
    match (kind.name, field.name) {
        ("ppa", "manual_progress") => json!({ "manual_progress_reason": "Counted on the spot" }),
        ("task", "rrule" | "rdates" | "exdates" | "due_time") => json!({ "due_date": "2027-03-01" }),
        _ => json!({}),
    }
}

on_both_engines! {
    fn every_kind_is_created_and_read_back(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let input = sample::minimal(server, kind, number);
            let answer = client.post(&collection(kind), &Value::Object(input.clone())).expect_status(201);
            let made = &answer.json;
            assert_eq!(answer.header("location"), one(kind, made));
            assert_eq!(answer.header("etag"), "\"1\"");
            for (name, given) in &input {
                if !matches!(kind.field(name).unwrap().data, FieldType::Structure(_)) {
                    assert_eq!(&made[name], given, "{kind:?}.{name}");
                }
            }
            let read = client.get(&one(kind, made)).expect_status(200).json;
            assert_eq!(&read, made, "{kind:?}");
            let described: BTreeSet<&str> = kind.visible().map(|(_, field)| field.name).collect();
            for name in &described {
                assert!(read.get(*name).is_some(), "{kind:?} shows no {name}");
            }
            for (position, field) in kind.fields.iter().enumerate() {
                let is_shown = kind.visible().any(|(visible, _)| visible == position);
                // The program calculates this value of a task; the column exists for sorting and counting.
                let is_worked_out = (kind.name, field.name) == ("task", "next_due");
                assert!(is_shown || is_worked_out || read.get(field.name).is_none(), "{kind:?} shows its secret {}", field.name);
            }
        }
    }

    fn every_field_is_changed_logged_and_undone(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip((1..).map(|place| place * 1000)) {
            let made = make(server, &client, kind, number);
            let inputs = |record: &Value| kind.inputs().map(|field| record[field.name].clone()).collect::<Vec<_>>();
            for (field, place) in kind.inputs().zip(1..) {
                // The status of a PPA follows, or is set by actions of its own; that of a scenario is set by its adoption.
                // A measurement stays with its indicator, an update with its PPA.
                if [("ppa", "status"), ("scenario", "status"), ("measurement", "indicator"), ("update", "ppa")]
                    .contains(&(kind.name, field.name))
                {
                    continue;
                }
                let before = client.get(&one(kind, &made)).expect_status(200).json;
                let mut patch = together(kind, field);
                let value = match (kind.name, field.name) {
                    // Bookings must be in the near future.
                    ("booking", "start") => json!(sample::ahead(server, 20)),
                    ("budget_cycle_stage", "hearing_time") | ("task", "due_time") => json!("10:30"),
                    ("measurement", "period") => json!("2026-Q2"),
                    ("feed", "kinds") => json!(["task"]),
                    // Both must be able to decide.
                    ("delegation", "delegator" | "delegate") => json!(server.person(&["coordinator"]).id),
                    ("feed", "status") => json!(["in_progress"]),
                    ("external_calendar", "address") => json!("https://calendar.example/other.ics"),
                    // The series of a booking must end within the horizon.
                    ("booking", "rrule") => json!("FREQ=WEEKLY;COUNT=3"),
                    ("booking", "end") => json!(sample::ahead(server, 30)),
                    ("booking", "rdates") => json!([&sample::ahead(server, 72)[..19]]),
                    _ => other(server, field, number + 500 + place),
                };
                patch[field.name] = value.clone();
                if before[field.name] == value {
                    continue;
                }
                let answer = client.patch(&one(kind, &made), &patch);
                let text = answer.text.clone();
                assert_eq!(answer.status, 200, "{kind:?}.{} = {value}: {text}", field.name);
                if !matches!(field.data, FieldType::Structure(_) | FieldType::Moment | FieldType::Moments | FieldType::Instant) {
                    assert_eq!(answer.json[field.name], value, "{kind:?}.{}", field.name);
                }
                let version = before["version"].as_u64().unwrap() + 1;
                assert_eq!(answer.json["version"], version, "{kind:?}.{}", field.name);
                let history = client.get(&format!("{}/history", one(kind, &made))).expect_status(200).json;
                let entry = history["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|entry| entry["derived"] == false)
                    .unwrap()
                    .clone();
                assert!(!entry["fields"][field.name].is_null(), "{kind:?}.{}: {entry}", field.name);
                let undone = client.post(&format!("{}/undo", one(kind, &made)), &json!({})).expect_status(200).json;
                assert_eq!(inputs(&undone), inputs(&before), "{kind:?}.{} taken back", field.name);
            }
        }
    }

    fn stale_write_is_refused(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let made = make(server, &client, kind, number);
            let field = kind.inputs().find(|field| matches!(field.data, FieldType::Multiline(_) | FieldType::Text(_)) && !field.unique && field.name != "period");
            let Some(field) = field else { continue };
            let change = |text: &str| json!({ field.name: text });
            client.with_header("if-match", "\"1\"").patch(&one(kind, &made), &change("First")).expect_status(200);
            let stale = client.with_header("if-match", "\"1\"").patch(&one(kind, &made), &change("Second"));
            let stale = stale.expect_status(412);
            assert_eq!(stale.json["version"], 2, "{kind:?}");
            client.with_header("if-match", "\"1\"").delete(&one(kind, &made)).expect_status(412);
            assert_eq!(client.get(&one(kind, &made)).json[field.name], "First", "{kind:?}");
            client.with_header("if-match", "nonsense").patch(&one(kind, &made), &change("Third")).expect_status(400);
            let back = |word: &str, version: &str| {
                client.with_header("if-match", version).post(&format!("{}/{word}", one(kind, &made)), &json!({}))
            };
            back("undo", "\"1\"").expect_status(412);
            assert_eq!(client.get(&one(kind, &made)).json[field.name], "First", "{kind:?}");
            back("undo", "\"2\"").expect_status(200);
            // Accounts are closed in another way.
            if kind.name != "user" {
                client.delete(&one(kind, &made)).expect_status(204);
                back("restore", "\"2\"").expect_status(412);
                assert!(!client.get(&one(kind, &made)).json["archived_at"].is_null(), "{kind:?}");
                let version = client.get(&one(kind, &made)).header("etag").to_owned();
                back("restore", &version).expect_status(200);
            }
        }
    }

    fn idempotency_key_creates_one_record(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let input = Value::Object(sample::minimal(server, kind, number));
            let keyed = client.with_header("idempotency-key", &format!("key {number}"));
            let first = keyed.post(&collection(kind), &input).expect_status(201);
            let again = keyed.post(&collection(kind), &input).expect_status(201);
            assert_eq!(first.json, again.json, "{kind:?}");
            assert_eq!(first.header("location"), again.header("location"));
            let mut different = input.clone();
            different[kind.inputs().next().unwrap().name] = json!("Something else");
            let reused = keyed.post(&collection(kind), &different).expect_status(422);
            assert_eq!(reused.errors("code"), ["reused"], "{kind:?}");
        }
    }

    fn archived_record_is_hidden_until_restored(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let made = make(server, &client, kind, number);
            let id = made["id"].as_str().unwrap();
            let has = |parameters: &str| {
                let list = client.get(&format!("{}?limit=500&{parameters}", collection(kind))).expect_status(200).json;
                list["items"].as_array().unwrap().iter().any(|item| item["id"] == id)
            };
            assert!(has("") && !has("archived=true"), "{kind:?}");
            client.delete(&one(kind, &made)).expect_status(204);
            assert!(!has("") && has("archived=true") && has("archived=all"), "{kind:?}");
            assert!(!client.get(&one(kind, &made)).expect_status(200).json["archived_at"].is_null());
            client.patch(&one(kind, &made), &json!({})).expect_status(409);
            let back = client.post(&format!("{}/restore", one(kind, &made)), &json!({})).expect_status(200).json;
            assert!(back["archived_at"].is_null(), "{kind:?}");
            assert!(has("") && !has("archived=true"), "{kind:?}");
            let history = client.get(&format!("{}/history", one(kind, &made))).expect_status(200).json;
            let actions: Vec<&str> = history["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|entry| entry["derived"] == false)
                .filter_map(|entry| entry["action"].as_str())
                .collect();
            assert_eq!(actions, ["restore", "archive", "create"], "{kind:?}");
        }
    }

    fn pagination_is_complete_in_every_order(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip((1..).map(|place| place * 100)) {
            for place in 0..7 {
                make(server, &client, kind, number + place);
            }
            let all = |parameters: &str| {
                let list = client.get(&format!("{}?limit=500&{parameters}", collection(kind))).expect_status(200).json;
                assert_eq!(list["total"].as_u64().unwrap(), list["items"].as_array().unwrap().len() as u64);
                ids(&list)
            };
            let whole: BTreeSet<String> = all("").into_iter().collect();
            assert!(whole.len() >= 7);
            // Three pages, also of kinds with many seeded records.
            let limit = whole.len().div_ceil(3);
            let sorts = kind.visible().map(|(_, field)| field).filter(|field| obcms_app::records::lists::is_sortable(field));
            for name in sorts.map(|field| field.name).chain(["created_at", "updated_at"]) {
                for sign in ["", "-"] {
                    let mut walked = Vec::new();
                    let mut cursor = String::new();
                    loop {
                        let address = format!("{}?limit={limit}&sort={sign}{name}&cursor={cursor}", collection(kind));
                        let page = client.get(&address).expect_status(200).json;
                        walked.extend(ids(&page));
                        match page["next_cursor"].as_str() {
                            Some(next) => cursor = next.to_owned(),
                            None => break,
                        }
                    }
                    assert_eq!(walked.len(), whole.len(), "{kind:?} by {sign}{name}");
                    assert_eq!(walked.iter().cloned().collect::<BTreeSet<_>>(), whole, "{kind:?} by {sign}{name}");
                    assert_eq!(walked, all(&format!("sort={sign}{name}")), "{kind:?} by {sign}{name}");
                }
            }
        }
    }

    fn every_field_is_a_filter(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let made = make(server, &client, kind, number);
            let id = made["id"].as_str().unwrap();
            for (_, field) in kind.visible() {
                if field.sealed {
                    // Encrypted values cannot be compared.
                    client.get(&format!("{}?{}=x", collection(kind), field.name)).expect_status(400);
                    continue;
                }
                let value = match (&made[field.name], field.data) {
                    (_, FieldType::Structure(_) | FieldType::Multiline(_)) => continue,
                    (Value::Null, _) => "none".to_owned(),
                    (Value::Array(items), _) if items.is_empty() => "none".to_owned(),
                    (Value::Array(items), _) => match &items[0] {
                        Value::String(text) => text.clone(),
                        item => item["id"].as_str().unwrap().to_owned(),
                    },
                    (Value::String(text), _) => text.clone(),
                    (value @ Value::Object(_), _) => value["id"].as_str().unwrap().to_owned(),
                    (value, _) => value.to_string(),
                };
                let encoded = value.replace('+', "%2B").replace(' ', "%20");
                let address = format!("{}?limit=500&{}={encoded}", collection(kind), field.name);
                let list = client.get(&address).expect_status(200).json;
                assert!(ids(&list).contains(&id.to_owned()), "{kind:?}.{} = {value}", field.name);
            }
            for wrong in ["nothing=1", "sort=nothing", "limit=0", "limit=501", "limit=x", "cursor=zz", "archived=maybe"] {
                let answer = client.get(&format!("{}?{wrong}", collection(kind))).expect_status(400);
                assert_eq!(answer.errors("field"), [wrong.split('=').next().unwrap()], "{kind:?}?{wrong}");
            }
        }
    }

    fn imported_kinds_are_read_only(server: &Server) {
        let client = server.as_role("admin");
        // Places exist already; the import creates an event of another calendar.
        let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nSUMMARY:Theirs\r\nDTSTART:20270301T010000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        client
            .send(Method::POST, "/api/v1/external-calendars/from-file", Some(("text/calendar", file.into())))
            .expect_status(201);
        // The program raises an alert about a late PPA, and makes a report.
        obcms_tests::make(&client, "ppas", json!({ "title": "Wells", "category": "moa_ppa", "target_end_date": "2026-01-31" }));
        client.post("/api/v1/reports", &json!({ "report": "portfolio" })).expect_status(202);
        for kind in REGISTRY.into_iter().filter(|kind| !kind.writable) {
            let list = client.get(&format!("{}?limit=1", collection(kind))).expect_status(200).json;
            let place = &list["items"][0];
            client.patch(&one(kind, place), &json!({ "name": "Ours" })).expect_status(405);
            // Reports are requested at the same address.
            let refused = if kind.name == "report" { 422 } else { 405 };
            client.post(&collection(kind), &json!({ "name": "Ours" })).expect_status(refused);
            let page = client.get(&format!("/{}/{}", kind.collection, place["id"].as_str().unwrap())).expect_status(200);
            assert!(page.text.contains(place["display_title"].as_str().unwrap()) && !page.text.contains("/edit\""), "{kind:?}");
            client.get(&format!("/{}/new", kind.collection)).expect_status(404);
        }
    }

    fn every_kind_has_its_pages(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let made = make(server, &client, kind, number);
            let id = made["id"].as_str().unwrap();
            let title = made["display_title"].as_str().unwrap();
            if !obcms_web::SUBJECTS.kind_page(kind).own_list {
                let sorted = format!("/{}?sort={}", kind.collection, kind.default_sort);
                let list = client.get(&sorted).expect_status(200);
                assert!(list.text.contains(title), "the list of {kind:?}");
                // A page ignores unknown parameters; the page of holidays redirects to the year.
                let unknown = client.get(&format!("/{}?nothing=1", kind.collection));
                assert!([200, 303].contains(&unknown.status), "{kind:?}: {}", unknown.text);
                let empty = client.get(&format!("/{}?q=nothingofthekind", kind.collection)).expect_status(200);
                assert!(!empty.text.contains(&format!("/{}/{id}\"", kind.collection)), "{kind:?}");
            }
            if !obcms_web::SUBJECTS.kind_page(kind).own_form {
                let form = client.get(&format!("/{}/new", kind.collection)).expect_status(200);
                let edit = client.get(&format!("/{}/{id}/edit", kind.collection)).expect_status(200);
                for field in kind.inputs() {
                    let label = format!("id=\"field-{}\"", field.name);
                    assert!(form.text.contains(&label), "the form of {kind:?} has no {}", field.name);
                    assert!(edit.text.contains(&label), "the form of {kind:?} has no {}", field.name);
                }
            }
            if !obcms_web::SUBJECTS.kind_page(kind).own_detail {
                let page = client.get(&format!("/{}/{id}", kind.collection)).expect_status(200);
                assert!(page.text.contains(title), "the page of {kind:?}");
                let history = client.get(&format!("/{}/{id}?tab=history", kind.collection)).expect_status(200);
                assert!(history.text.contains("created this"), "the history of {kind:?}");
            }
        }
    }

    fn event_form_is_prefilled_from_the_address(server: &Server) {
        let client = server.as_role("coordinator");
        let page = client.get("/events/new?title=Visit&all_day=true&start=2027-01-25&end=2027-01-27").expect_status(200).text;
        assert!(page.contains("value=\"Visit\"") && page.contains("value=\"2027-01-25\""));
        assert!(page.contains("value=\"2027-01-26\""), "an all-day end is inclusive on the screen");
        let need = make(server, &client, &kinds::NEED, 7);
        let id = need["id"].as_str().unwrap();
        let page = client.get(&format!("/ppas/new?needs={id}&category=moa_ppa")).expect_status(200).text;
        assert!(page.contains(&format!("value=\"{id}\" data-title=\"Sample 7\"")), "{page}");
        let detail = client.get(&format!("/needs/{id}")).expect_status(200).text;
        assert!(detail.contains(&format!("/ppas/new?needs={id}")) && detail.contains(&format!("/projects/new?need={id}")));
    }
}

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
