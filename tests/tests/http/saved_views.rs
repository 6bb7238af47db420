//! Saved views: personal or shared, with one default per page; groups of lists.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Browser, Client, Person, Server, on_both_engines};
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

/// Signs the person in with a browser; returns the client and the form token.
fn signed_in(server: &Server, person: &Person) -> (Client, String) {
    let client = Browser::sign_in(server, person).client;
    let page = client.get("/me").expect_status(200).text;
    let csrf =
        page.split("name=\"csrf-token\" content=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    (client, csrf)
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

    fn shared_view_is_seen_by_the_office_and_changed_by_its_owner(server: &Server) {
        let (amina, badr, partner) = (server.as_role("staff"), server.as_role("executive"), server.as_role("partner"));
        let view = make(&amina, &json!({ "name": "Open needs", "page": "needs", "query": "status=validated" }));
        badr.get(&one(&view)).expect_status(404);
        amina.patch(&one(&view), &json!({ "is_shared": true })).expect_status(200);
        assert_eq!(badr.get(&one(&view)).expect_status(200).json["name"], "Open needs");
        assert_eq!(badr.get(&format!("{VIEWS}?page=needs")).json["total"], 1);
        badr.patch(&one(&view), &json!({ "name": "Mine" })).expect_status(403);
        badr.delete(&one(&view)).expect_status(403);
        partner.get(&one(&view)).expect_status(404);
        assert_eq!(partner.get(VIEWS).expect_status(200).json["total"], 0);
        amina.patch(&one(&view), &json!({ "is_shared": false })).expect_status(200);
        badr.get(&one(&view)).expect_status(404);
    }

    fn page_saves_shares_renames_pins_and_deletes_views(server: &Server) {
        let (owner, reader) = (server.person(&["staff"]), server.person(&["executive"]));
        let (browser, csrf) = signed_in(server, &owner);
        let list = "/needs?status=validated&sort=title";
        let send = |path: &str, more: &[(&str, &str)]| {
            let mut form = vec![("csrf_token", csrf.as_str()), ("back", list)];
            form.extend_from_slice(more);
            let answer = browser.post_form(path, &form).expect_status(303);
            assert_eq!(answer.header("location"), list);
        };
        let new = [
            ("page", "needs"), ("query", "status=validated&sort=title&cursor=00&q="), ("name", "To rank"),
            ("is_shared", "true"), ("pin", "true"),
        ];
        send("/saved-views/save", &new);
        let view = owner.client.get(&format!("{VIEWS}?page=needs")).json["items"][0].clone();
        assert_eq!((&view["query"], &view["is_shared"]), (&json!("status=validated&sort=title"), &json!(true)));
        let change = format!("/saved-views/{}/change", view["id"].as_str().unwrap());
        let sidebar = |client: &Client| {
            let page = client.get("/").expect_status(200).text;
            page.split("</nav>").next().unwrap().contains("status=validated&amp;sort=title")
        };
        assert!(sidebar(&browser), "the view is pinned");
        let page = browser.get(list).expect_status(200).text;
        assert!(page.contains("To rank") && page.contains("value=\"unshare\""));
        // A reader opens and pins it, and changes nothing of it.
        let (others, others_csrf) = signed_in(server, &reader);
        let page = others.get("/needs").expect_status(200).text;
        assert!(page.contains("To rank") && !page.contains("value=\"unshare\""));
        let pin = [("csrf_token", others_csrf.as_str()), ("back", "/needs"), ("do", "pin")];
        others.post_form(&change, &pin).expect_status(303);
        assert!(sidebar(&others));
        let steal = [("csrf_token", others_csrf.as_str()), ("back", "/needs"), ("do", "delete")];
        others.post_form(&change, &steal).expect_status(403);
        send(&change, &[("do", "rename"), ("name", "To rank soon")]);
        assert_eq!(owner.client.get(&one(&view)).json["name"], "To rank soon");
        send(&change, &[("do", "unshare")]);
        assert!(!sidebar(&others), "a view that is no longer shared is gone from the sidebar of others");
        send(&change, &[("do", "unpin")]);
        assert!(!sidebar(&browser));
        send(&change, &[("do", "delete")]);
        assert_eq!(owner.client.get(VIEWS).json["total"], 0);
    }

    fn list_is_grouped_with_counts(server: &Server) {
        let person = server.person(&["coordinator"]);
        let (browser, _) = signed_in(server, &person);
        for number in 0..12 {
            let ppa = json!({
                "title": format!("PPA {number:02}"), "category": if number < 11 { "moa_ppa" } else { "obc_request" },
            });
            person.client.post("/api/v1/ppas", &ppa).expect_status(201);
        }
        let page = browser.get("/ppas?group=category&sort=title").expect_status(200).text;
        let rows = page.split("<tbody>").nth(1).unwrap();
        assert_eq!(rows.matches("class=\"group-row\"").count(), 2);
        assert!(rows.contains("<span class=\"count\">11</span>"));
        assert!(rows.contains("category=moa_ppa"), "the whole group is a click away");
        assert_eq!(rows.matches("class=\"row-link\"").count(), 11, "ten of the first group, one of the second");
        assert!(rows.find("PPA 00").unwrap() < rows.find("PPA 09").unwrap());
        let by_manager = browser.get("/ppas?group=manager").expect_status(200).text;
        assert!(by_manager.contains("<span class=\"count\">12</span>"));
        let by_needs = browser.get("/ppas?group=needs").expect_status(200).text;
        assert!(by_needs.contains("No needs"), "several references are groups, too");
        let paper = browser.get("/ppas?group=category&print=all").expect_status(200).text;
        assert_eq!(paper.matches("class=\"row-link\"").count(), 12, "paper has whole groups");
        browser.get("/ppas?group=moon").expect_status(200);
        // A task of two people is in the group of each.
        let other = server.person(&["staff"]);
        let task = json!({ "title": "Count boats", "assignees": [person.id, other.id] });
        person.client.post("/api/v1/tasks", &task).expect_status(201);
        let by_person = browser.get("/tasks?group=assignees&q=boats").expect_status(200).text;
        let rows = by_person.split("<tbody>").nth(1).unwrap();
        assert_eq!(rows.matches("class=\"row-link\"").count(), 2);
        assert_eq!(rows.matches("class=\"group-row\"").count(), 2);
        let all = browser.get("/ppas?print=all").expect_status(200).text;
        assert_eq!(all.matches("class=\"row-link\"").count(), 12);
    }

    fn long_input_is_refused(server: &Server) {
        let amina = server.as_role("staff");
        let refused = amina.post(VIEWS, &json!({ "name": "Long", "query": "q".repeat(2001) })).expect_status(422);
        assert_eq!(refused.errors("field"), ["query"]);
        let refused = amina.post(VIEWS, &json!({ "name": "Where", "page": "moon" })).expect_status(422);
        assert_eq!(refused.errors("code"), ["choice"]);
    }
}
