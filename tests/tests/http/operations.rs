//! Operations: health checks, metrics, headers, unknown addresses.

use obcms_store::StoreError;
use obcms_store::database::{LiveReceiver, Message, Tx};
use obcms_tests::{Engine, Server, on_both_engines};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use ureq::http::Method;

/// Timeout after which a test fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Returns the answer to a request with an incomplete body. It comes before the rest of the body, and the connection
/// closes.
fn unfinished(base: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).expect("the server accepts");
    let head = format!("{request} HTTP/1.1\r\nhost: a\r\ncontent-length: 6200000\r\n");
    write!(stream, "{head}content-type: application/x-www-form-urlencoded\r\n\r\nusername=").expect("sent");
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&bytes).contains("\r\n\r\n") {
        match stream.read(&mut piece).expect("an answer") {
            0 => panic!("{request}: closed without an answer"),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

on_both_engines! {
    fn health_is_public(server: &Server) {
        let anybody = server.anonymous();
        assert_eq!(anybody.get("/healthz").expect_status(200).text, "ok\n");
        assert_eq!(anybody.get("/readyz").expect_status(200).text, "ready\n");
    }

    fn anonymous_bodies_are_not_read(server: &Server) {
        for (request, status) in [
            ("POST /nowhere", 404),
            ("POST /api/v1/nothing", 404),
            ("POST /api/v1/events", 401),
            ("POST /api/v1/events/import", 401),
            ("POST /events/import", 303),
            ("PUT /api/v1/events", 405),
            ("GET /healthz", 200),
        ] {
            let answer = unfinished(&server.base(), request);
            assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{request}: {answer}");
            assert!(answer.contains("\r\nconnection: close\r\n"), "{request}: {answer}");
        }
        // Forms of anonymous clients are small.
        let large = [("username", "a"), ("password", &"x".repeat(20_000))];
        for path in ["/login", "/setup/guessed"] {
            let answer = server.anonymous().post_form(path, &large).expect_status(413);
            assert_eq!(answer.header("connection"), "close");
        }
    }

    fn outdated_schema_is_not_ready(server: &Server) {
        let last = i64::try_from(obcms_store::migrations::ALL.len()).unwrap_or(0);
        let reverted = obcms_store::migrations::revert(server.app().database(), last - 1);
        assert!(matches!(reverted, Ok(1)), "{reverted:?}");
        let answer = server.anonymous().get("/readyz").expect_status(503);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        server.anonymous().get("/healthz").expect_status(200);
    }

    fn health_ignores_credentials(server: &Server) {
        let cookie = server.anonymous().with_header("cookie", "obcms_session=nobody");
        for client in [server.anonymous().with_token("wrong"), cookie] {
            client.get("/healthz").expect_status(200);
            client.get("/readyz").expect_status(200);
            client.post("/healthz", &json!({})).expect_status(405);
        }
        server.anonymous().with_token("wrong").get("/metrics").expect_status(401);
        server.anonymous().get("/metrics").expect_status(401);
        server.as_role("staff").get("/metrics").expect_status(403);
    }

    fn requests_are_counted_by_route(server: &Server) {
        server.as_role("staff").get("/api/v1/needs").expect_status(200);
        let text = server.as_role("admin").get("/metrics").expect_status(200).text;
        assert!(text.contains("_count{method=\"GET\",route=\"/api/v1/needs\",status=\"200\"} 1"), "{text}");
        assert!(text.contains("obcms_database_bytes "), "{text}");
    }

    fn long_answers_are_complete_and_compressed(server: &Server) {
        let plain = server.as_role("admin");
        let small = plain.with_header("accept-encoding", "br");
        for path in ["/api/v1/openapi.json", "/api/v1/barangays?limit=500", "/api/v1/municipalities/export.csv", "/api/v1/regions/export.xlsx"] {
            let whole = plain.get(path).expect_status(200).text;
            assert!(!whole.is_empty(), "{path}");
            let answer = small.get(path).expect_status(200);
            assert!(!answer.text.is_empty(), "{path}");
            if path.contains("json") || path.contains("limit") {
                assert_eq!(answer.header("content-encoding"), "br", "{path}");
                assert!(answer.text.len() < whole.len(), "{path}");
            }
        }
    }

    fn every_answer_has_security_headers(server: &Server) {
        let page = server.anonymous().get("/login").expect_status(200);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), value, "{name}");
        }
        assert!(!page.text.contains("<script>") && !page.text.contains("onclick="));
        // Each answer has its own nonce.
        assert_ne!(policy, server.anonymous().get("/login").header("content-security-policy"));
    }

    fn unknown_addresses_and_methods_are_refused(server: &Server) {
        let staff = server.as_role("staff");
        for path in ["/api/v1/nothing", "/api/v1/needs/nonsense", "/api/v1/needs/x/y/z"] {
            let answer = staff.get(path).expect_status(404);
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        }
        let answer = staff.send(Method::PUT, "/api/v1/needs", None).expect_status(405);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let page = server.anonymous().with_header("accept", "text/html").get("/no/such/page").expect_status(404);
        assert!(page.text.contains("Nothing found at this address."), "{}", page.text);
        let browser = staff.with_header("accept", "text/html");
        assert_eq!(browser.get("/logout").expect_status(303).header("location"), "/");
        let page = browser.post_form("/search", &[]).expect_status(405);
        assert!(page.text.contains("<h1") && page.text.contains("does not support this method"), "{}", page.text);
    }

    fn openapi_lists_every_route(server: &Server) {
        let document = server.anonymous().get("/api/v1/openapi.json").expect_status(200).json;
        assert_eq!(document["openapi"], "3.1.0");
        for route in obcms_web::SUBJECTS.routes() {
            assert!(document["paths"][&route.path][route.method].is_object(), "{} {}", route.method, route.path);
        }
        // Every reference of the OpenAPI document resolves.
        let text = document.to_string();
        for pointer in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}

/// Polls until the answer has a status; the result of a check is cached for a second.
fn readiness_becomes(server: &Server, status: u16) {
    let begun = Instant::now();
    while server.anonymous().get("/readyz").status != status {
        assert!(begun.elapsed() < PATIENCE, "readiness does not become {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn postgresql_connections_are_limited_and_none_keeps_a_transaction() {
    let server = Server::start(Engine::Postgres);
    let database = server.app().database();
    let sleep = |tx: &mut Tx<'_>| tx.query("SELECT pg_sleep(0.02)", &[]).map(|_| ());
    let waiting = || database.read(sleep);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..60).map(|_| scope.spawn(waiting)).collect();
        for reader in readers {
            reader.join().expect("no panic").expect("a connection became free");
        }
    });
    // A refused statement ends its transaction, too, and so does an error between statements.
    let refused: Result<(), StoreError> = database
        .write(|tx| tx.execute("UPDATE settings SET value = 'other'", &[]).and(tx.batch("SELECT 1 / 0")));
    assert!(refused.is_err());
    let given_up: Result<(), StoreError> = database.write(|tx| {
        tx.execute("UPDATE settings SET value = 'other'", &[])?;
        Err(StoreError::Damaged("given up".to_owned()))
    });
    assert!(given_up.is_err());

    let counts = || -> Result<[i64; 3], StoreError> {
        let others = "SELECT count(*), count(*) FILTER (WHERE state <> 'idle' AND pid <> pg_backend_pid()), \
                      (SELECT count(*) FROM settings WHERE value = 'other') \
                      FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'obcms'";
        database.read(|tx| {
            let row = tx.one(others, &[])?;
            Ok([row.get(0)?, row.get(1)?, row.get(2)?])
        })
    };
    let begun = Instant::now();
    loop {
        let [open, busy, written] = counts().expect("the counts");
        // The seventeenth listens to changes.
        assert!(open <= 17, "{open} connections");
        assert_eq!(written, 0, "what was given up is not written");
        if busy == 0 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{busy} connections are in a transaction");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn lost_postgresql_server_is_reported_and_recovers() {
    let server = Server::start(Engine::Postgres);
    let admin = server.as_role("admin");
    let name = server.database_url().rsplit('/').next().expect("a name").split('?').next().expect("a name");
    let ended = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    let run = |statement: &str| {
        obcms_tests::on_database_server(&[&format!("ALTER DATABASE {name} {statement}"), &ended])
            .expect("it is done");
    };
    readiness_becomes(&server, 200);

    run("ALLOW_CONNECTIONS false");
    let answer = admin.get("/api/v1/teams").expect_status(503);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("retry-after"), "5");
    let page = admin.get("/calendar").expect_status(503);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
    assert!(page.text.contains("Not available"), "{}", page.text);
    readiness_becomes(&server, 503);
    server.anonymous().get("/healthz").expect_status(200);

    // The server is back, but read-only.
    run("ALLOW_CONNECTIONS true");
    run("SET default_transaction_read_only = on");
    admin.post("/api/v1/teams", &json!({ "name": "Team" })).expect_status(503);
    readiness_becomes(&server, 503);

    let mut live = server.app().database().live().subscribe();
    run("RESET default_transaction_read_only");
    let team = admin.post("/api/v1/teams", &json!({ "name": "Team" })).expect_status(201).json;
    readiness_becomes(&server, 200);
    // The connection for live changes recovers by itself, too: all clients reload, and receive later messages.
    let hear = |live: &mut LiveReceiver, what: &dyn Fn(&Message) -> bool| {
        let begun = Instant::now();
        loop {
            match live.try_recv() {
                Ok(message) if what(&message) => return message,
                _ => assert!(begun.elapsed() < PATIENCE, "no live change arrives"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    hear(&mut live, &|message| message.kind == "*");
    let path = format!("/api/v1/teams/{}", team["id"].as_str().unwrap_or_default());
    // A connection that was made just before the last ones were ended is lost once more: then clients reload again, and
    // the change after that arrives.
    loop {
        admin.delete(&path).expect_status(204);
        let is_archived = |message: &Message| message.kind == "team" && message.action == "archive";
        if hear(&mut live, &|message| message.kind == "*" || is_archived(message)).kind == "team" {
            break;
        }
        admin.post(&format!("{path}/restore"), &json!({})).expect_status(200);
    }
}

#[test]
fn full_sqlite_database_refuses_writes_and_serves_reads() {
    let server = Server::start(Engine::Sqlite);
    let admin = server.as_role("admin");
    let limited: Result<(), StoreError> =
        server.app().database().write(|tx| tx.batch("PRAGMA max_page_count = 1"));
    assert!(limited.is_ok(), "{limited:?}");
    let before = admin.get("/api/v1/teams").json["total"].as_u64().unwrap();
    let mut number = 0;
    let answer = loop {
        number += 1;
        let answer = admin.post("/api/v1/teams", &json!({ "name": format!("Team {number}") }));
        if answer.status != 201 {
            break answer;
        }
    };
    assert_eq!(answer.expect_status(503).header("retry-after"), "5");
    let list = admin.get("/api/v1/teams?limit=500").expect_status(200).json;
    assert_eq!(list["total"].as_u64(), Some(before + number - 1));
}
