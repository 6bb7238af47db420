//! Undo: own recent changes as a whole, with all effects, and never a way around rights.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use obcms_app::AppError;
use obcms_domain::kinds::{self, EVENT, REGISTRY, TASK};
use obcms_domain::registry::FieldType;
use obcms_tests::{Browser, Client, Person, make, on_both_engines, sample};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn total(client: &Client, origin: &Value) -> u64 {
    let address = format!("/api/v1/tasks?origin={}&limit=1", id(origin));
    client.get(&address).expect_status(200).json["total"].as_u64().unwrap()
}

/// Returns the change set of the last change of a record by a person.
fn last_set(client: &Client, path: &str) -> String {
    let history = client.get(&format!("{path}/history")).expect_status(200).json;
    let items = history["items"].as_array().unwrap();
    let own = items.iter().find(|item| item["derived"] == false).unwrap();
    own["change_set"].as_str().unwrap().to_owned()
}

fn project(client: &Client) -> Value {
    let barangay = client.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
    let community = make(client, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
    let need = make(client, "needs", json!({ "title": "Safe water", "community": community["id"] }));
    make(client, "projects", json!({ "need": need["id"] }))
}

const OFFER: &str = "Undo last change";

on_both_engines! {
    fn second_undo_reverts_the_previous_change(server: &Server) {
        let me = server.as_role("coordinator");
        let task = make(&me, "tasks", json!({ "title": "One" }));
        let path = format!("/api/v1/tasks/{}", id(&task));
        for title in ["Two", "Three"] {
            me.patch(&path, &json!({ "title": title })).expect_status(200);
        }
        let undo = || me.post(&format!("{path}/undo"), &json!({}));
        let set = last_set(&me, &path);
        assert_eq!(undo().expect_status(200).json["title"], "Two");
        assert_eq!(undo().expect_status(200).json["title"], "One");
        // The creation cannot be undone this way, because that would archive the record.
        let refused = undo().expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("Nothing left to undo"), "{refused}");
        me.post(&format!("{path}/undo?change_set={set}"), &json!({})).expect_status(409);
        let read = me.get(&path).expect_status(200).json;
        assert_eq!((&read["title"], &read["archived_at"]), (&json!("One"), &Value::Null));
        // Changes after that are undone again.
        me.patch(&path, &json!({ "title": "Four" })).expect_status(200);
        assert_eq!(undo().expect_status(200).json["title"], "One");
        undo().expect_status(409);
    }

    fn undo_is_undone_only_by_its_own_change_set(server: &Server) {
        let me = server.as_role("coordinator");
        let task = make(&me, "tasks", json!({ "title": "One" }));
        let path = format!("/api/v1/tasks/{}", id(&task));
        let created = last_set(&me, &path);
        me.patch(&path, &json!({ "title": "Two" })).expect_status(200);
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        let undone = last_set(&me, &path);
        let again = me.post(&format!("{path}/undo?change_set={undone}"), &json!({})).expect_status(200).json;
        assert_eq!(again["title"], "Two");
        me.post(&format!("{path}/undo?change_set={undone}"), &json!({})).expect_status(409);
        assert_eq!(me.post(&format!("{path}/undo"), &json!({})).expect_status(200).json["title"], "One");
        // The creation is undone by its change set, and that undo by its own.
        let gone = me.post(&format!("{path}/undo?change_set={created}"), &json!({})).expect_status(200).json;
        assert!(gone["archived_at"].is_string());
        assert_eq!(gone["landing"], "/tasks");
        let undone = last_set(&me, &path);
        let back = me.post(&format!("{path}/undo?change_set={undone}"), &json!({})).expect_status(200).json;
        assert_eq!((&back["archived_at"], &back["title"]), (&Value::Null, &json!("One")));
    }

    fn changes_of_others_cannot_be_undone(server: &Server) {
        let (maker, other) = (server.person(&["coordinator"]), server.person(&["coordinator"]));
        let staff = server.person(&["staff"]);
        for (collection, body) in [
            ("tasks", json!({ "title": "Chairs", "assignees": [staff.id] })),
            ("events", json!({ "title": "Meeting", "start": sample::ahead(server, 30) })),
            ("ppas", json!({ "title": "Wells", "category": "moa_ppa" })),
        ] {
            let record = make(&maker.client, collection, body);
            let (path, page) = (format!("/api/v1/{collection}/{}", id(&record)), format!("/{collection}/{}", id(&record)));
            let shown = |person: &Person| {
                let address = if collection == "tasks" { page.clone() } else { format!("{page}?tab=history") };
                Browser::sign_in(server, person).client.get(&address).expect_status(200).text.contains(OFFER)
            };
            let created = last_set(&maker.client, &path);
            for person in [&other, &staff] {
                for address in [format!("{path}/undo"), format!("{path}/undo?change_set={created}")] {
                    let refused = person.client.post(&address, &json!({})).expect_status(403).json;
                    assert!(refused["detail"].as_str().unwrap().contains("Person 1"), "{refused}");
                }
                assert!(!shown(person), "{collection}");
            }
            assert!(!shown(&maker), "a creation is not offered: {collection}");
            maker.client.patch(&path, &json!({ "title": "Changed" })).expect_status(200);
            assert!(shown(&maker) && !shown(&other) && !shown(&staff), "{collection}");
            // The last change is of another person now.
            other.client.patch(&path, &json!({ "title": "Changed again" })).expect_status(200);
            assert!(!shown(&maker) && shown(&other), "{collection}");
            maker.client.post(&format!("{path}/undo"), &json!({})).expect_status(403);
            let superseded = last_set(&maker.client, &path);
            assert_ne!(superseded, created);
            assert_eq!(maker.client.get(&path).json["title"], "Changed again");
        }
    }

    fn old_changes_cannot_be_undone(server: &Server) {
        let person = server.person(&["coordinator"]);
        let me = server.app().actor_of(person.id).unwrap().unwrap();
        let now = server.app().now();
        for (hours, offered, undone) in [(0, true, 200), (2, false, 200), (48, false, 409)] {
            let (past, _) = server.app_at(now - SignedDuration::from_hours(hours));
            let members = json!({ "title": "One" }).as_object().cloned().unwrap();
            let task = past.create(&me, &TASK, &members).unwrap();
            let members = json!({ "title": "Two" }).as_object().cloned().unwrap();
            past.update(&me, &TASK, task.id, &members, None).unwrap();
            assert_eq!(server.app().undo_offer(&me, &TASK, task.id).unwrap().is_some(), offered, "{hours} hours ago");
            person.client.post(&format!("/api/v1/tasks/{}/undo", task.id), &json!({})).expect_status(undone);
        }
        // The database does not know the clock of the actor: a change from the future counts as recent.
        let (ahead, _) = server.app_at(now + SignedDuration::from_hours(3));
        let members = json!({ "title": "Event", "start": now.to_string() }).as_object().cloned().unwrap();
        let event = ahead.create(&me, &EVENT, &members).unwrap();
        let undone = person.client.post(&format!("/api/v1/events/{}/undo", event.id), &json!({}));
        assert!(undone.expect_status(200).json["archived_at"].is_string());
    }

    fn stage_change_is_undone_with_its_visit_and_tasks(server: &Server) {
        let me = server.as_role("coordinator");
        let project = project(&me);
        let path = format!("/api/v1/projects/{}", id(&project));
        let tasks = total(&me, &project);
        let stays = |expected: usize| {
            let read = me.get(&path).expect_status(200).json;
            let stays = read["stages"].as_array().unwrap();
            assert_eq!(stays.len(), expected, "{read}");
            assert!(stays[expected - 1]["left_at"].is_null());
            assert_eq!(stays[expected - 1]["stage"], read["current_stage"]);
        };
        me.post(&format!("{path}/advance"), &json!({})).expect_status(200);
        assert!(total(&me, &project) > tasks);
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        stays(1);
        assert_eq!(total(&me, &project), tasks);
        // Advanced again, its tasks are restored; the same when the undo is undone.
        me.post(&format!("{path}/advance"), &json!({})).expect_status(200);
        let more = total(&me, &project);
        assert!(more > tasks);
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        let undone = last_set(&me, &path);
        me.post(&format!("{path}/undo?change_set={undone}"), &json!({})).expect_status(200);
        stays(2);
        assert_eq!(total(&me, &project), more);
        // The same for skip and return.
        me.patch(&format!("/api/v1/needs/{}", project["need"].as_str().unwrap()), &json!({ "status": "validated" }))
            .expect_status(200);
        for (word, body) in [
            ("skip", json!({ "note": "No policy" })),
            ("return", json!({ "stage": "need_identification", "note": "Wrong survey" })),
        ] {
            me.post(&format!("{path}/{word}"), &body).expect_status(200);
            me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
            stays(2);
            assert_eq!(total(&me, &project), more, "{word}");
        }
    }

    fn undo_is_refused_if_any_part_changed_since(server: &Server) {
        let (maker, other) = (server.person(&["coordinator"]), server.person(&["coordinator"]));
        let project = project(&maker.client);
        let path = format!("/api/v1/projects/{}", id(&project));
        maker.client.post(&format!("{path}/advance"), &json!({})).expect_status(200);
        let address = format!("/api/v1/tasks?origin={}&sort=-created_at&limit=1", id(&project));
        let task = maker.client.get(&address).expect_status(200).json["items"][0].clone();
        let of_task = format!("/api/v1/tasks/{}", id(&task));
        other.client.patch(&of_task, &json!({ "title": "Taken on" })).expect_status(200);
        let refused = maker.client.post(&format!("{path}/undo"), &json!({})).expect_status(409).json;
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("Taken on") && detail.contains("Person 2"), "{detail}");
        assert_eq!(maker.client.get(&path).json["current_stage"], "need_validation");
        // Reset by the person who changed it, it no longer blocks the undo.
        other.client.post(&format!("{of_task}/undo"), &json!({})).expect_status(200);
        maker.client.post(&format!("{path}/undo"), &json!({})).expect_status(200);
    }

    fn undone_submission_archives_its_tasks(server: &Server) {
        let me = server.as_role("coordinator");
        let service = make(&me, "services", json!({ "title": "Legal aid" }));
        let application =
            make(&me, "applications", json!({ "service": service["id"], "applicant_name": "Amina" }));
        let path = format!("/api/v1/applications/{}", id(&application));
        assert_eq!(total(&me, &application), 0);
        for _ in 0..2 {
            me.patch(&path, &json!({ "status": "submitted" })).expect_status(200);
            assert!(total(&me, &application) > 0);
            me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
            assert_eq!(total(&me, &application), 0);
        }
        let event = make(&me, "events", json!({ "title": "Forum", "event_type": "forum", "start": sample::ahead(server, 30) }));
        assert!(total(&me, &event) > 0);
        me.post(&format!("/api/v1/events/{}/undo", id(&event)), &json!({})).expect_status(200);
        assert_eq!(total(&me, &event), 0);
    }

    fn undo_is_refused_if_a_unique_value_is_in_use(server: &Server) {
        let admin = server.as_role("admin");
        let team = make(&admin, "teams", json!({ "name": "North" }));
        let path = format!("/api/v1/teams/{}", id(&team));
        admin.patch(&path, &json!({ "name": "South" })).expect_status(200);
        make(&admin, "teams", json!({ "name": "North" }));
        let refused = admin.post(&format!("{path}/undo"), &json!({})).expect_status(409).json;
        assert_eq!(refused["detail"], "Another team already has this name.");
    }

    fn undo_on_a_page_redirects_to_a_page(server: &Server) {
        let person = server.person(&["admin"]);
        let Browser { client, token, .. } = Browser::sign_in(server, &person);
        for kind in REGISTRY.iter().filter(|kind| kind.is_changeable() && kind.name != "user") {
            let Some(field) = kind.inputs().find(|field| field.name == "description" || field.name == "notes") else {
                continue;
            };
            let record = sample::make(server, kind, 7, Some(person.id));
            let path = format!("/api/v1/{}/{}", kind.collection, record.id);
            person.client.patch(&path, &json!({ (field.name): "Changed" })).expect_status(200);
            let set = last_set(&person.client, &path);
            let form = [("csrf_token", token.as_str()), ("change_set", set.as_str())];
            let undone = client.post_form(&format!("{}/undo", kind.url(record.id)), &form).expect_status(303);
            client.get(undone.header("location")).expect_status(200);
            assert_ne!(person.client.get(&path).json[field.name], "Changed", "{}", kind.name);
        }
    }

    fn undo_of_a_split_redirects_to_the_series(server: &Server) {
        let me = server.as_role("coordinator");
        let body = json!({
            "title": "Staff meeting", "start": "2027-01-04T09:00:00", "end": "2027-01-04T10:30:00",
            "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;BYDAY=MO",
        });
        let event = make(&me, "events", body);
        let date = format!("/api/v1/events/{}/occurrences/2027-01-18T09:00:00?scope=following", id(&event));
        let split = me.patch(&date, &json!({ "title": "Another" })).expect_status(200).json;
        let undone = me.post(split["undo"].as_str().unwrap(), &json!({})).expect_status(200).json;
        assert_eq!(undone["landing"], format!("/events/{}", id(&event)));
    }

    fn creation_is_not_undone_while_referenced(server: &Server) {
        let (maker, other) = (server.person(&["coordinator"]), server.person(&["coordinator"]));
        let body = json!({ "title": "Workshop", "event_type": "forum", "start": sample::ahead(server, 30) });
        let event = make(&maker.client, "events", body);
        let path = format!("/api/v1/events/{}", id(&event));
        let generated = total(&maker.client, &event);
        assert!(generated > 0);
        let origin = json!({ "kind": "event", "id": event["id"] });
        let task = make(&other.client, "tasks", json!({ "title": "Chairs", "origin": origin }));
        let refused = maker.client.post(&format!("{path}/undo"), &json!({})).expect_status(409).json;
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("Workshop") && detail.contains("Chairs (task)"), "{detail}");
        let conflicts = refused["conflicts"].as_array().unwrap();
        assert_eq!(conflicts.len(), 1, "{refused}");
        assert_eq!((&conflicts[0]["id"], &conflicts[0]["reason"]), (&task["id"], &json!("linked")));
        assert_eq!((&conflicts[0]["field"], &conflicts[0]["target"]["id"]), (&json!("origin"), &event["id"]));
        let read = |path: &str| maker.client.get(path).expect_status(200).json;
        assert!(read(&path)["archived_at"].is_null());
        assert_eq!(total(&maker.client, &event), generated + 1);
        // A link to a task generated with it counts as well.
        let of_task = format!("/api/v1/tasks/{}", id(&task));
        other.client.delete(&of_task).expect_status(204);
        let own = maker.client.get(&format!("/api/v1/tasks?origin={}&limit=1", id(&event))).json["items"][0].clone();
        let after = make(&other.client, "tasks", json!({ "title": "Report", "depends_on": [own["id"]] }));
        let refused = maker.client.post(&format!("{path}/undo"), &json!({})).expect_status(409).json;
        assert_eq!(refused["conflicts"][0]["id"], after["id"], "{refused}");
        other.client.patch(&format!("/api/v1/tasks/{}", id(&after)), &json!({ "depends_on": [] })).expect_status(200);
        maker.client.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert!(read(&path)["archived_at"].is_string());
        assert_eq!(total(&maker.client, &event), 0);
        assert!(read(&format!("/api/v1/tasks/{}", id(&after)))["archived_at"].is_null());
    }

    fn reference_of_any_kind_blocks_the_undo_of_a_creation(server: &Server) {
        let person = server.person(&["admin"]);
        let me = server.app().actor_of(person.id).unwrap().unwrap();
        let mut number = 100;
        let mut tried: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
        for source in REGISTRY.iter().filter(|kind| kind.is_changeable()) {
            for field in source.inputs().filter(|field| field.is_reference()) {
                for target in field.target_kinds() {
                    let target = kinds::by_name(target).unwrap();
                    if !target.writable || target.name == "user" {
                        continue;
                    }
                    number += 1;
                    let made = server.app().create(&me, target, &sample::minimal(server, target, number)).unwrap();
                    let link = match field.data {
                        FieldType::Link(_) => json!({ "kind": target.name, "id": made.id }),
                        FieldType::Links(_) => json!([{ "kind": target.name, "id": made.id }]),
                        FieldType::References(_) => json!([made.id]),
                        _ => json!(made.id),
                    };
                    let mut input = sample::minimal(server, source, number + 1000);
                    input.insert(field.name.to_owned(), link);
                    // Some kinds have rules on what their references have in common.
                    let Ok(linked) = server.app().create(&me, source, &input) else { continue };
                    let (detail, more) = match server.app().undo(&me, target, made.id, None, None) {
                        Err(AppError::Conflict { detail, more }) => (detail, more),
                        other => panic!("{} under {}.{}: {other:?}", target.name, source.name, field.name),
                    };
                    let conflicts = &more.iter().find(|(name, _)| *name == "conflicts").unwrap().1;
                    let found = conflicts.as_array().unwrap().iter().any(|conflict| {
                        conflict["id"] == json!(linked.id) && conflict["field"] == field.name
                    });
                    assert!(found && detail.english().contains(linked.title()), "{detail:?} {conflicts}");
                    assert!(!server.app().get(&me, target, made.id).unwrap().is_archived());
                    tried.insert((source.name, field.name, target.name));
                }
            }
        }
        assert!(tried.len() > 60, "{} links were tried of these: {tried:?}", tried.len());
    }

    fn undo_of_a_restore_keeps_earlier_links(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({ "title": "Forum", "start": sample::ahead(server, 30) }));
        let path = format!("/api/v1/events/{}", id(&event));
        let task = make(&me, "tasks", json!({ "title": "Chairs", "links": [{ "kind": "event", "id": event["id"] }] }));
        let restore = || {
            me.delete(&path).expect_status(204);
            me.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        };
        restore();
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        me.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        let another = make(&me, "tasks", json!({ "title": "Tables", "links": [{ "kind": "event", "id": event["id"] }] }));
        let refused = me.post(&format!("{path}/undo"), &json!({})).expect_status(409).json;
        let ids: Vec<&Value> = refused["conflicts"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [&another["id"]], "{refused}");
        assert_ne!(task["id"], another["id"]);
    }

    fn openapi_describes_the_answer_of_an_undo(server: &Server) {
        let described = server.anonymous().get("/api/v1/openapi.json").expect_status(200).json;
        for kind in REGISTRY.iter().filter(|kind| kind.is_changeable()) {
            let address = format!("/api/v1/{}/{{id}}/undo", kind.collection);
            let answer = &described["paths"][&address]["post"]["responses"]["200"]["content"]["application/json"]["schema"];
            assert_eq!(answer["allOf"][1]["required"], json!(["landing"]), "{address}: {answer}");
        }
    }
}
