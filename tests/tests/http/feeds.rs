//! Feeds: a secret address with the calendar of its owner for other programs, until it expires or is revoked.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::tz::TimeZone;
use obcms_icalendar::read::read;
use obcms_tests::{Answer, Server, make, on_both_engines, path};
use serde_json::{Value, json};
use ureq::http::Method;

/// Returns the path of a feed from the address shown to its owner.
fn address(feed: &Value) -> String {
    path(feed["url"].as_str().unwrap_or_else(|| panic!("no address in {feed}"))).to_owned()
}

fn one(feed: &Value) -> String {
    format!("/api/v1/feeds/{}", feed["id"].as_str().unwrap())
}

fn titles(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let calendar = read(answer.text.as_bytes(), &TimeZone::get("Asia/Manila").unwrap()).unwrap();
    calendar.events.into_iter().map(|event| event.summary).collect()
}

/// Returns a day of this month, which every feed includes.
fn day(server: &Server) -> String {
    server.app().today().to_string()
}

on_both_engines! {
    fn secrets_are_encrypted_in_the_database(server: &Server) {
        let owner = server.person(&["staff"]).client.with_header("idempotency-key", "once");
        let body = json!({ "name": "Phone" });
        let made = owner.post("/api/v1/feeds", &body).expect_status(201);
            let url = made.json["url"].as_str().expect("an address").to_owned();
            let again = owner.post("/api/v1/feeds", &body).expect_status(201);
            assert_eq!(again.json, made.json, "the answer to a repeated request is the same");
            let secret = url.trim_end_matches(".ics").rsplit('/').next().expect("a secret").to_owned();
            let stored = |sql: &str| -> String {
                server.app().read(|tx| Ok(tx.one(sql, &[])?.get(0)?)).expect("a row")
            };
            assert!(!stored("SELECT body FROM idempotency_keys").contains(&secret));
            let sealed = stored("SELECT secret FROM feeds");
            assert!(sealed.starts_with("v1:") && !sealed.contains(&secret), "{sealed}");
            server.anonymous().get(path(&url)).expect_status(200);

            // Values stored by older releases are encrypted at the start.
            let plain = format!("UPDATE feeds SET secret = '{secret}'");
            server.app().database().write(|tx| tx.batch(&plain)).expect("written");
            server.app().seal_secrets().expect("sealed");
            assert!(stored("SELECT secret FROM feeds").starts_with("v1:"));
            let id = made.json["id"].as_str().expect("an id");
            assert_eq!(owner.get(&format!("/api/v1/feeds/{id}")).json["url"], url.as_str());
    }

    fn feed_expires(server: &Server) {
        let owner = server.as_role("staff");
        let feed = owner.post("/api/v1/feeds", &json!({ "name": "Phone" })).expect_status(201).json;
        assert!(feed["expires"].is_null(), "without an end unless one is given");
        let address = path(feed["url"].as_str().expect("an address")).to_owned();
        server.anonymous().get(&address).expect_status(200);
        let over = json!({ "expires": "2001-01-01T00:00:00Z" });
        owner.patch(&format!("/api/v1/feeds/{}", feed["id"].as_str().expect("an id")), &over).expect_status(200);
        server.anonymous().get(&address).expect_status(404);
    }

    fn feed_shows_the_calendar_of_its_owner(server: &Server) {
        let owner = server.person(&["coordinator"]);
        let day = day(server);
        make(&owner.client, "tasks", json!({ "title": "Mine", "due_date": day, "assignees": [owner.id] }));
        make(&owner.client, "tasks", json!({ "title": "Another", "due_date": day }));
        make(&owner.client, "events", json!({ "title": "Event", "start": format!("{day}T09:00:00+08:00") }));
        let nobody = server.anonymous();
        let all = make(&owner.client, "feeds", json!({ "name": "Office, all" }));
        let answer = nobody.get(&address(&all)).expect_status(200);
        assert_eq!(titles(&answer), ["Another", "Mine", "Event"]);
        assert!(answer.text.contains("\r\nNAME:Office\\, all\r\n"));
        for (narrowed, expected) in [
            (json!({ "name": "Tasks", "modules": ["tasks"] }), vec!["Another", "Mine"]),
            (json!({ "name": "Events", "kinds": ["event"] }), vec!["Event"]),
            (json!({ "name": "Mine", "mine": true }), vec!["Mine", "Event"]),
            (json!({ "name": "Mine", "mine": true, "modules": ["tasks", "policy"] }), vec!["Mine"]),
        ] {
            let feed = make(&owner.client, "feeds", &narrowed);
            assert_eq!(titles(&nobody.get(&address(&feed)).expect_status(200)), expected, "{narrowed}");
        }
        // The feed of a partner has the entries related to the partner.
        let partner = server.as_role("partner");
        let theirs = make(&partner, "feeds", json!({ "name": "Ours" }));
        assert_eq!(titles(&nobody.get(&address(&theirs)).expect_status(200)), Vec::<String>::new());
    }

    fn feed_has_all_filters_of_the_calendar(server: &Server) {
        let owner = server.person(&["coordinator"]);
        // Bookings cannot be in the past.
        let tomorrow = server.app().today().tomorrow().unwrap();
        let (day, after) = (tomorrow.to_string(), tomorrow.tomorrow().unwrap());
        let at = |hour: &str| format!("{day}T{hour}:00:00+08:00");
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        let region = owner.client.get("/api/v1/regions?limit=1").expect_status(200).json["items"][0]["id"].clone();
        let barangay = owner.client.get("/api/v1/barangays?limit=1").expect_status(200).json["items"][0]["id"].clone();
        let organization = make(&owner.client, "organizations", json!({ "name": "Ministry" }));
        let team = make(&owner.client, "teams", json!({ "name": "Team", "members": [owner.id] }));
        let room = make(&owner.client, "resources", json!({ "name": "Room", "resource_type": "room" }));
        let community = make(&owner.client, "communities", json!({ "name": "Community", "barangay": barangay }));
        for (title, more) in [
            ("Plain", json!({})),
            ("Of a state", json!({ "status": "completed" })),
            ("Urgent", json!({ "priority": "critical" })),
            ("Of a person", json!({ "participants": [owner.id] })),
            ("In a room", json!({ "venue": "Room" })),
            ("With a ministry", json!({ "organizations": [organization["id"]] })),
            ("In a community", json!({ "community": community["id"] })),
        ] {
            let mut body = json!({ "title": title, "start": at("09"), "organizer": null });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            let event = make(&owner.client, "events", &body);
            if title == "In a room" {
                let origin = json!({ "kind": "event", "id": event["id"] });
                let booking = json!({ "resource": room["id"], "start": at("09"), "end": at("10"), "origin": origin });
                make(&owner.client, "bookings", &booking);
            }
        }
        make(&owner.client, "tasks", json!({ "title": "A task", "due_date": day, "assignees": [] }));
        let nobody = server.anonymous();
        for (parameter, field, value, expected) in [
            ("modules", "modules", json!(["tasks"]), "A task"),
            ("kinds", "kinds", json!(["task"]), "A task"),
            ("status", "status", json!(["completed"]), "Of a state"),
            ("priority", "priority", json!(["critical", "high"]), "Urgent"),
            ("person", "person", json!([owner.id]), "Of a person"),
            ("team", "team", json!([team["id"]]), "Of a person"),
            ("organization", "organization", json!([organization["id"]]), "With a ministry"),
            ("resource", "resource", json!([room["id"]]), "In a room"),
            ("place", "place", json!([{ "kind": "barangay", "id": barangay }]), "In a community"),
            ("q", "text", json!("min with"), "With a ministry"),
            ("mine", "mine", json!(true), "Of a person"),
        ] {
            let mut feed = json!({ "name": "Narrow" });
            feed[field] = value.clone();
            let feed = make(&owner.client, "feeds", &feed);
            assert_eq!(titles(&nobody.get(&address(&feed)).expect_status(200)), [expected], "{parameter}");
            // The calendar as a file and as JSON have the same values.
            let texts: Vec<String> = match &value {
                Value::Array(items) => items.iter().map(|item| item.get("id").unwrap_or(item).as_str().unwrap().to_owned()).collect(),
                Value::String(text) => vec![text.replace(' ', "+")],
                other => vec![other.to_string()],
            };
            let query = format!("start={day}&end={after}&{parameter}={}", texts.join(","));
            assert_eq!(titles(&owner.client.get(&format!("/calendar.ics?{query}")).expect_status(200)), [expected], "{query}");
            let entries = owner.client.get(&format!("/api/v1/calendar?{query}")).expect_status(200).json;
            let found: Vec<&str> = entries["entries"].as_array().unwrap().iter().map(|entry| entry["title"].as_str().unwrap()).collect();
            assert_eq!(found, [expected], "{query}");
            owner.client.get(&format!("/api/v1/calendar/conflicts?{query}")).expect_status(200);
        }
        // The form accepts the filters of the calendar address; places show their type.
        let region = region.as_str().unwrap();
        let form = owner.client.get(&format!("/feeds/new?text=min&place={region}&team={}", id(&team))).expect_status(200);
        assert!(form.text.contains(&format!("region:{region}")) && form.text.contains(&id(&team)), "{}", form.text);
    }

    fn address_is_long_and_shown_only_to_the_owner(server: &Server) {
        let owner = server.as_role("staff");
        let feed = make(&owner, "feeds", json!({ "name": "Phone" }));
        let secret = address(&feed);
        let secret = secret.strip_prefix("/feeds/").and_then(|rest| rest.strip_suffix(".ics")).unwrap();
        assert!(secret.len() >= 27, "at least 160 bits in an alphabet of 64: {secret}");
        assert_eq!(owner.get(&one(&feed)).json["url"], feed["url"]);
        assert_eq!(owner.get("/api/v1/feeds").json["items"][0]["url"], feed["url"]);
        let history = owner.get(&format!("{}/history", one(&feed))).expect_status(200);
        assert!(!history.text.contains(secret), "{}", history.text);
        // An administrator sees that the feed exists, not its address.
        let admin = server.as_role("admin");
        let seen = admin.get(&one(&feed)).expect_status(200);
        assert_eq!((&seen.json["name"], &seen.json["url"]), (&json!("Phone"), &Value::Null));
        for path in ["/api/v1/feeds", "/api/v1/feeds/export.csv", &format!("{}/history", one(&feed)), "/api/v1/search?q=phone"] {
            let answer = admin.get(path).expect_status(200);
            assert!(!answer.text.contains(secret), "{path}");
        }
        // Others do not see it at all.
        for role in ["coordinator", "staff", "executive", "partner"] {
            let other = server.as_role(role);
            other.get(&one(&feed)).expect_status(404);
            assert_eq!(other.get("/api/v1/feeds").json["total"], 0, "{role}");
            other.patch(&one(&feed), &json!({ "name": "Theirs" })).expect_status(404);
            other.post(&format!("{}/renew", one(&feed)), &json!({})).expect_status(404);
        }
        server.anonymous().get(&one(&feed)).expect_status(401);
        // The secret cannot be set or filtered by.
        let refused = owner.patch(&one(&feed), &json!({ "secret": "short" })).expect_status(422);
        assert_eq!(refused.errors("field"), ["secret"]);
        owner.get(&format!("/api/v1/feeds?secret={secret}")).expect_status(400);
        owner.get("/api/v1/feeds?sort=secret").expect_status(400);
    }

    fn address_is_absolute_with_the_host_of_the_request(server: &Server) {
        let owner = server.as_role("staff");
        let feed = make(&owner, "feeds", json!({ "name": "Phone" }));
        let path = address(&feed);
        let asked = |host: &str| owner.with_header("host", host).get(&one(&feed)).expect_status(200).json["url"].clone();
        assert_eq!(asked("office.example:8080"), format!("http://office.example:8080{path}"));
        // A host that leads elsewhere is omitted, and a forged one is shown only to the actor who sent it.
        for forged in ["office.example/@", "a b", "x\"y", "me@office.example", "a?b=", "a#"] {
            assert_eq!(asked(forged), path, "{forged}");
        }
        assert_eq!(owner.get(&one(&feed)).json["url"], feed["url"]);
        // Forwarding headers are ignored without a configured proxy.
        let claimed = owner.with_header("x-forwarded-host", "elsewhere.example").with_header("x-forwarded-proto", "https");
        assert_eq!(claimed.get(&one(&feed)).json["url"], feed["url"]);
        assert_eq!(claimed.get("/api/v1/feeds").json["items"][0]["url"], feed["url"]);
    }

    fn address_is_archived_and_restored_with_its_feed(server: &Server) {
        let owner = server.as_role("coordinator");
        let feed = make(&owner, "feeds", json!({ "name": "Phone" }));
        let (address, nobody) = (address(&feed), server.anonymous());
        nobody.get(&address).expect_status(200);
        owner.delete(&one(&feed)).expect_status(204);
        nobody.get(&address).expect_status(404);
        nobody.send(Method::HEAD, &address, None).expect_status(404);
        owner.post(&format!("{}/renew", one(&feed)), &json!({})).expect_status(409);
        owner.post(&format!("{}/restore", one(&feed)), &json!({})).expect_status(200);
        nobody.get(&address).expect_status(200);
        for wrong in ["/feeds/.ics", "/feeds/x.ics", "/feeds/%00.ics", &address.to_uppercase(), &format!("{address}.ics")] {
            let answer = nobody.get(wrong);
            assert!([303, 404].contains(&answer.status), "{wrong}: {}", answer.status);
        }
    }

    fn new_address_replaces_the_old_one_permanently(server: &Server) {
        let owner = server.as_role("coordinator");
        let feed = make(&owner, "feeds", json!({ "name": "Phone" }));
        let old = address(&feed);
        let renewed = owner.post(&format!("{}/renew", one(&feed)), &json!({})).expect_status(200).json;
        let new = address(&renewed);
        assert_ne!(old, new);
        let nobody = server.anonymous();
        nobody.get(&old).expect_status(404);
        nobody.get(&new).expect_status(200);
        let history = owner.get(&format!("{}/history", one(&feed))).json;
        assert_eq!(history["items"][0]["action"], "renew");
        // Undo on the feed does not restore the old address.
        owner.patch(&one(&feed), &json!({ "name": "Tablet" })).expect_status(200);
        owner.post(&format!("{}/undo", one(&feed)), &json!({})).expect_status(200);
        nobody.get(&old).expect_status(404);
        nobody.get(&new).expect_status(200);
    }

    fn feed_uses_the_current_rights_of_its_owner(server: &Server) {
        let owner = server.person(&["staff"]);
        let admin = server.as_role("admin");
        make(&admin, "tasks", json!({ "title": "Task", "due_date": day(server) }));
        let address = address(&make(&owner.client, "feeds", json!({ "name": "Phone" })));
        let nobody = server.anonymous();
        assert_eq!(titles(&nobody.get(&address).expect_status(200)), ["Task"]);
        let user = format!("/api/v1/users/{}", owner.id);
        admin.patch(&user, &json!({ "roles": ["partner"] })).expect_status(200);
        assert_eq!(titles(&nobody.get(&address).expect_status(200)), Vec::<String>::new());
        admin.patch(&user, &json!({ "roles": [] })).expect_status(200);
        nobody.get(&address).expect_status(404);
        admin.patch(&user, &json!({ "roles": ["staff"] })).expect_status(200);
        nobody.get(&address).expect_status(200);
        admin.post(&format!("{user}/disable"), &json!({})).expect_status(200);
        nobody.get(&address).expect_status(404);
    }

    fn repeated_request_is_not_modified(server: &Server) {
        let owner = server.as_role("coordinator");
        let address = address(&make(&owner, "feeds", json!({ "name": "Phone" })));
        let nobody = server.anonymous();
        let first = nobody.get(&address).expect_status(200);
        let tag = first.header("etag").to_owned();
        let asking = nobody.with_header("if-none-match", &tag);
        assert_eq!(asking.get(&address).expect_status(304).text, "");
        let since = first.header("last-modified").to_owned();
        nobody.with_header("if-modified-since", &since).get(&address).expect_status(304);
        assert_eq!(nobody.send(Method::HEAD, &address, None).expect_status(200).header("etag"), tag);
        make(&owner, "tasks", json!({ "title": "New", "due_date": day(server) }));
        assert_eq!(titles(&asking.get(&address).expect_status(200)), ["New"]);
    }

    fn read_is_recorded_without_a_new_revision(server: &Server) {
        let owner = server.as_role("coordinator");
        let feed = make(&owner, "feeds", json!({ "name": "Phone" }));
        assert_eq!(feed["last_read_at"], Value::Null);
        let before = server.app().state().unwrap();
        for _ in 0..5 {
            server.anonymous().get(&address(&feed)).expect_status(200);
        }
        assert_eq!(server.app().state().unwrap(), before, "nobody's page is outdated by it");
        let read = owner.get(&one(&feed)).json;
        assert!(read["last_read_at"].is_string());
        assert_eq!((&read["reads"], &read["version"]), (&json!(1), &json!(1)), "written down once in a while");
        // Read counts that changed meanwhile do not cause a conflict.
        let changed = owner.with_header("if-match", "\"1\"").patch(&one(&feed), &json!({ "mine": true }));
        assert_eq!(changed.expect_status(200).json["reads"], 1);
    }

    fn feed_is_readable_during_writes(server: &Server) {
        let owner = server.person(&["staff"]).client;
        let feed = make(&owner, "feeds", json!({ "name": "Phone" }));
        let reads = || owner.get(&one(&feed)).expect_status(200).json["reads"].clone();
        let (begun, writing) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let database = server.app().database().clone();
        let writer = std::thread::spawn(move || {
            database.write(|tx| {
                tx.execute("UPDATE feeds SET reads = coalesce(reads, 0)", &[])?;
                begun.send(()).unwrap();
                // Wait until the feed has been read.
                ended.recv().unwrap();
                Ok::<_, obcms_store::StoreError>(())
            })
        });
        writing.recv().unwrap();
        server.anonymous().get(&address(&feed)).expect_status(200);
        assert!(reads().is_null(), "it is counted later");
        end.send(()).unwrap();
        writer.join().unwrap().unwrap();
        server.anonymous().get(&address(&feed)).expect_status(200);
        assert_eq!(reads(), 2);
    }

    fn invalid_input_is_refused_by_field(server: &Server) {
        let owner = server.as_role("staff");
        for (body, field) in [
            (json!({}), "name"),
            (json!({ "name": "A", "modules": ["party"] }), "modules"),
            (json!({ "name": "A", "kinds": ["party"] }), "kinds"),
            (json!({ "name": "A", "reads": 7 }), "reads"),
            (json!({ "name": "A", "status": ["sleeping"] }), "status"),
            (json!({ "name": "A", "priority": ["some"] }), "priority"),
            (json!({ "name": "A", "person": ["me"] }), "person"),
            (json!({ "name": "A", "team": ["01943aa9-7a48-7015-bad2-a15810000000"] }), "team"),
            (json!({ "name": "A", "place": [{ "kind": "event", "id": "x" }] }), "place"),
        ] {
            let answer = owner.post("/api/v1/feeds", &body).expect_status(422);
            assert_eq!(answer.errors("field"), [field], "{body}");
        }
        let made = owner.with_header("idempotency-key", "one").post("/api/v1/feeds", &json!({ "name": "A" }));
        let again = owner.with_header("idempotency-key", "one").post("/api/v1/feeds", &json!({ "name": "A" }));
        assert_eq!(made.expect_status(201).json["url"], again.expect_status(201).json["url"]);
    }
}
