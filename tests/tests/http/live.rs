//! Live changes: an open stream reports a write at once, also from another process on the same database.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use obcms_app::HANDLERS;
use obcms_app::accounts::EndAccess;
use obcms_app::jobs::insert_scheduled_jobs;
use obcms_tests::{Client, PASSWORD, Server, on_both_engines, sample};
use serde_json::{Value as Json, json};

/// Timeout for a loaded machine. The tests assert that the message arrives, not when.
const PATIENCE: Duration = Duration::from_secs(20);

/// Returns the cookie of a new session.
fn cookie(server: &Server, username: &str) -> String {
    let answer = server.anonymous().post_form("/login", &[("username", username), ("password", PASSWORD)]);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Opens a stream and returns its messages.
fn listen(server: &Server, cookie: &str) -> Receiver<Json> {
    greeted(server, cookie).1
}

/// Opens a stream with headers and returns the reason when it ends.
fn ends(server: &Server, header: &str) -> Receiver<String> {
    let address = server.base().trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(connection, "GET /api/v1/stream HTTP/1.1\r\nHost: {address}\r\n{header}\r\n\r\n").unwrap();
    let mut lines = BufReader::new(connection).lines().map_while(Result::ok);
    assert!(lines.by_ref().any(|line| line == "event: open"));
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut reason = String::new();
        while let Some(line) = lines.next() {
            if line == "event: end" {
                let data: Json =
                    serde_json::from_str(lines.next().unwrap().strip_prefix("data: ").unwrap()).unwrap();
                data["reason"].as_str().unwrap().clone_into(&mut reason);
            }
            // The last chunk of the answer.
            if line == "0" {
                let _ = sender.send(reason);
                return;
            }
        }
    });
    receiver
}

/// Opens a stream and returns the revision of its greeting, and its messages.
fn greeted(server: &Server, cookie: &str) -> (Json, Receiver<Json>) {
    let address = server.base().trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    write!(connection, "GET /api/v1/stream HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n").unwrap();
    let (sender, receiver) = channel();
    let mut lines = BufReader::new(connection).lines();
    let status = lines.next().unwrap().unwrap();
    assert!(status.contains("200"), "{status}");
    // The greeting confirms that the stream is open: later writes are received.
    for line in lines.by_ref() {
        if line.unwrap().starts_with("event: open") {
            break;
        }
    }
    let greeting = lines.next().unwrap().unwrap();
    let greeting: Json = serde_json::from_str(greeting.strip_prefix("data: ").unwrap()).unwrap();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some(data) = line.strip_prefix("data: ")
                && let Ok(json) = serde_json::from_str::<Json>(data)
                && sender.send(json).is_err()
            {
                return;
            }
        }
    });
    (greeting["state"].clone(), receiver)
}

fn hears(messages: &Receiver<Json>, kind: &str, id: &str) -> bool {
    let end = std::time::Instant::now() + PATIENCE;
    while let Ok(message) = messages.recv_timeout(end.saturating_duration_since(std::time::Instant::now())) {
        if message["kind"] == kind && message["id"] == id {
            return true;
        }
    }
    false
}

fn need(client: &Client, server: &Server) -> String {
    let community = sample::make(server, &obcms_domain::kinds::COMMUNITY, 1, None);
    let need = client
        .post("/api/v1/needs", &json!({"title": "Light", "community": community.id}))
        .expect_status(201);
    need.json["id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    fn write_is_reported(server: &Server) {
        let person = server.person(&["coordinator"]);
        let messages = listen(server, &cookie(server, &person.username));
        let id = need(&person.client, server);
        assert!(hears(&messages, "need", &id));
    }

    fn effects_are_reported(server: &Server) {
        let person = server.person(&["coordinator"]);
        let ppa = person.client.post("/api/v1/ppas", &json!({"title": "Roads", "category": "moa_ppa"})).expect_status(201);
        let ppa = ppa.json["id"].as_str().unwrap().to_owned();
        let tasks = person.client.get(&format!("/api/v1/tasks?origin={ppa}&blocked=false")).expect_status(200);
        let task = tasks.json["items"][0]["id"].as_str().unwrap().to_owned();
        let messages = listen(server, &cookie(server, &person.username));
        person.client.patch(&format!("/api/v1/tasks/{task}"), &json!({"status": "completed"})).expect_status(200);
        assert!(hears(&messages, "ppa", &ppa), "the progress of the PPA moved");
    }

    fn write_of_another_process_is_reported(server: &Server) {
        let person = server.person(&["coordinator"]);
        let messages = listen(server, &cookie(server, &person.username));
        let other = server.second();
        let community = sample::make(server, &obcms_domain::kinds::COMMUNITY, 2, None);
        let there = person.client.at(&other.base());
        let need = there.post("/api/v1/needs", &json!({"title": "Light", "community": community.id})).expect_status(201);
        assert!(hears(&messages, "need", need.json["id"].as_str().unwrap()));
    }

    fn page_rendered_before_a_job_is_outdated(server: &Server) {
        let admin = server.person(&["admin"]);
        let cookie = cookie(server, &admin.username);
        let page = admin.client.get("/admin/jobs").expect_status(200).text;
        let drawn = page.split("data-state=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(greeted(server, &cookie).0, drawn.as_str(), "nothing happened since");

        let app = server.app();
        insert_scheduled_jobs(app, HANDLERS).unwrap();
        assert_ne!(greeted(server, &cookie).0, drawn.as_str(), "a job came");
    }

    fn stream_ends_with_the_access_of_its_owner(server: &Server) {
        // There is no other write, and the access ends in another process.
        let elsewhere = server.second();
        let app = elsewhere.app();
        let program = obcms_app::Actor::program();
        let with_cookie = |username: &str| format!("Cookie: {}", cookie(server, username));
        let people: Vec<_> = (0..6).map(|_| server.person(&["staff"])).collect();
        let token = |person: &obcms_tests::Person| {
            let made = person.client.post("/api/v1/me/tokens", &json!({"name": "x"})).expect_status(201).json;
            (made["id"].as_str().unwrap().parse().unwrap(), format!("Authorization: Bearer {}", made["token"].as_str().unwrap()))
        };
        let (revoked, revoked_header) = token(&people[1]);
        let headers = [
            with_cookie(&people[0].username), revoked_header, token(&people[2]).1,
            with_cookie(&people[3].username), token(&people[4]).1, with_cookie(&people[5].username),
        ];
        let streams: Vec<_> = headers.iter().map(|header| ends(server, header)).collect();
        app.set_disabled(&program, people[0].id, true).unwrap();
        app.revoke_token(&program, revoked, &EndAccess::default()).unwrap();
        let none = json!({"roles": []});
        app.update(&program, &obcms_domain::kinds::USER, people[2].id, none.as_object().unwrap(), None).unwrap();
        app.set_password(&program, people[3].id, "mountain cloud boat").unwrap();
        app.archive(&program, &obcms_domain::kinds::USER, people[4].id, None).unwrap();
        let secret = headers[5].split('=').next_back().unwrap();
        app.sign_out(secret, "192.0.2.1").unwrap();
        let expected = ["disabled", "revoked", "roles_changed", "signed_out", "disabled", "signed_out"];
        for (stream, reason) in streams.iter().zip(expected) {
            assert_eq!(stream.recv_timeout(PATIENCE).as_deref(), Ok(reason));
        }
    }

    fn queued_messages_are_filtered_by_current_rights(server: &Server) {
        let own = sample::make(server, &obcms_domain::kinds::COMMUNITY, 5, None);
        let person = server.person(&["coordinator"]);
        let admin = server.as_role("admin");
        let messages = listen(server, &cookie(server, &person.username));
        let partner = json!({"roles": ["partner"], "communities": [own.id]});
        admin.patch(&format!("/api/v1/users/{}", person.id), &partner).expect_status(200);
        let other = sample::make(server, &obcms_domain::kinds::COMMUNITY, 6, None);
        let hidden = admin.post("/api/v1/needs", &json!({"title": "Hidden", "community": other.id})).expect_status(201);
        let shown = admin.post("/api/v1/needs", &json!({"title": "Shown", "community": own.id})).expect_status(201);
        let mut heard = Vec::new();
        while !heard.contains(&shown.json["id"]) {
            heard.push(messages.recv_timeout(PATIENCE).unwrap()["id"].clone());
        }
        assert!(!heard.contains(&hidden.json["id"]));
    }

    fn partner_receives_only_related_changes(server: &Server) {
        let own = sample::make(server, &obcms_domain::kinds::COMMUNITY, 3, None);
        let other = sample::make(server, &obcms_domain::kinds::COMMUNITY, 4, None);
        let partner = server.person_with(json!({"roles": ["partner"], "communities": [own.id]}));
        let coordinator = server.as_role("coordinator");
        let messages = listen(server, &cookie(server, &partner.username));
        let hidden = coordinator.post("/api/v1/needs", &json!({"title": "Not yours", "community": other.id})).expect_status(201);
        let shown = coordinator.post("/api/v1/needs", &json!({"title": "Yours", "community": own.id})).expect_status(201);
        let mut heard = Vec::new();
        while !heard.contains(&shown.json["id"]) {
            heard.push(messages.recv_timeout(PATIENCE).unwrap()["id"].clone());
        }
        assert!(!heard.contains(&hidden.json["id"]));
    }
}
