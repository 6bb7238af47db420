//! Log of a running server: ids and lines of requests, slow statements, and no secrets.

use crate::accounts::token_of;
use crate::http::{get, get_as, get_with, post_as, post_form};
use crate::program::{Ended, Folder, Serving, program};
use serde_json::Value;

const PASSWORD: &str = "quiet harbour lantern";

/// Returns the text between a start and the next quote or white space.
fn after<'a>(text: &'a str, start: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split(|letter: char| letter == '"' || letter.is_whitespace()).next().unwrap_or_default()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {answer}"))
}

/// Returns the lines of requests, each with its id in `span`.
fn requests(log: &str) -> Vec<Value> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["target"] == "obcms::requests").collect()
}

#[test]
fn secrets_of_requests_are_in_no_log() {
    let folder = Folder::prepared("secrets");
    let token = token_of(&folder, "staff");
    let added = Ended::of(program(&folder, &["user", "add", "ana.tan", "--role", "staff"]));
    let setup = added.output.trim().trim_start_matches("/setup/").to_owned();
    let serving = Serving::start(&folder, &["--log-format", "json", "--log-level", "debug"]);
    let address = &serving.address;

    let feed = post_as(address, "/api/v1/feeds", &token, r#"{"name": "Phone"}"#);
    let feed = after(body(&feed), "/feeds/").trim_end_matches(".ics").to_owned();
    let share = r#"{"name": "March", "modules": ["holidays"], "passphrase": "tulips-in-spring"}"#;
    let share = post_as(address, "/api/v1/shares", &token, share);
    let share = after(body(&share), "/shared/").to_owned();
    let ok = |answer: String| {
        assert!(answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.1 3"), "{answer}");
    };
    ok(get(address, &format!("/feeds/{feed}.ics")));
    ok(get_as(address, &format!("/feeds/{feed}.ics"), &token));
    ok(get(address, &format!("/shared/{share}")));
    ok(post_form(address, &format!("/shared/{share}"), "passphrase=tulips-in-spring"));
    ok(get(address, &format!("/setup/{setup}")));
    // A signed-in user is refused here, which is also a line of the security log.
    get_as(address, &format!("/shared/{share}"), &token);
    // A mistyped address is also logged.
    for missed in [format!("/feed/{feed}.ics"), format!("/x/{share}/y"), format!("/Setup/{setup}")] {
        assert!(get(address, &missed).starts_with("HTTP/1.1 404"), "{missed}");
    }
    let password = PASSWORD.replace(' ', "+");
    ok(post_form(address, &format!("/setup/{setup}"), &format!("password={password}&repeated={password}")));
    let signed_in = post_form(address, "/login", &format!("username=ana.tan&password={password}"));
    let session = after(&signed_in, "obcms_session=").trim_end_matches(';').to_owned();
    ok(get_with(address, "/tasks?q=a-secret-search", &format!("cookie: obcms_session={session}\r\n")));
    get_as(address, "/api/v1/me", "obcms_a-wrong-token");

    let (_, log) = serving.stop();
    let secrets = [&token, &feed, &share, &setup, &session, "tulips-in-spring", PASSWORD, &password];
    for secret in secrets.into_iter().chain(["a-secret-search", "obcms_a-wrong-token"]) {
        assert!(secret.len() > 10 && !log.contains(secret), "{secret} is in the log: {log}");
    }
    let lines = requests(&log);
    let count = |path: &str| lines.iter().filter(|line| line["path"] == path).count();
    for (path, times) in [("/feeds/***", 2), ("/shared/***", 3), ("/setup/***", 2), ("/Setup/***", 1)] {
        assert_eq!(count(path), times, "{path}: {log}");
    }
    for path in ["/feed/***.ics", "/x/***/y", "/login", "/tasks"] {
        assert_eq!(count(path), 1, "{path}: {log}");
    }
    let by = |user: &str| lines.iter().filter(|line| line["user"] == user).count();
    assert_eq!((by("ana.tan"), by("staff")), (1, 4), "{log}");
}

#[test]
fn every_response_has_an_id_in_the_log() {
    let folder = Folder::prepared("ids");
    let token = token_of(&folder, "admin");
    let serving = Serving::start(&folder, &["--log-format", "json", "--slow-statement-ms", "1"]);
    let address = &serving.address;
    let with = |id: &str| {
        let answer = get_with(address, "/api/v1/me?x=1", &format!("x-request-id: {id}\r\n"));
        header(&answer, "x-request-id").to_owned()
    };
    assert_eq!(with("Proxy-1.a_b"), "Proxy-1.a_b");
    let long = "x".repeat(65);
    for wrong in ["", "a b", "a;b", &long] {
        let id = with(wrong);
        assert!(id.len() == 16 && id != wrong, "{wrong} became {id}");
    }
    for path in ["/healthz", "/login", "/nowhere", "/favicon.ico", "/api/v1/openapi.json"] {
        assert_eq!(header(&get(address, path), "x-request-id").len(), 16, "{path}");
    }

    // An internal error is in the log under the id that the response shows.
    let connection = rusqlite::Connection::open(folder.path().join("data/obcms.db")).expect("a database");
    connection.execute_batch("ALTER TABLE communities RENAME TO lost").expect("the table is gone");
    let broken = get_as(address, "/api/v1/communities?q=kapatagan9", &token);
    assert!(broken.starts_with("HTTP/1.1 500"), "{broken}");
    let id = header(&broken, "x-request-id");
    assert_eq!(after(&broken, "\"request_id\":\""), id);
    assert!(broken.contains(&format!("under request {id}.")), "{broken}");
    get_as(address, "/api/v1/barangays?q=kapatagan9&limit=500", &token);

    let (_, log) = serving.stop();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let fault = lines.iter().find(|line| line["message"] == "a request failed").expect("a line of the fault");
    assert_eq!(fault["span"]["id"], id, "{log}");
    let of_request = requests(&log);
    let line = of_request.iter().find(|line| line["span"]["id"] == id).expect("a line of the request");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/api/v1/communities");
    assert_eq!(line["status"], 500);
    assert_eq!(line["user"], "admin");
    assert!(line["duration_ms"].as_f64().is_some_and(|duration| duration > 0.0), "{line}");
    let taken = of_request.iter().find(|line| line["span"]["id"] == "Proxy-1.a_b").expect("its line");
    assert_eq!(
        (&taken["path"], &taken["status"], &taken["user"]),
        (&"/api/v1/me".into(), &401.into(), &Value::Null)
    );

    let slow = lines.iter().find(|line| line["message"] == "slow statement").expect("a slow statement");
    assert!(slow["level"] == "WARN" && slow["duration_ms"].as_u64() >= Some(1), "{slow}");
    assert!(slow["statement"].as_str().is_some_and(|text| !text.is_empty()), "{slow}");
    assert!(!log.contains("kapatagan9"), "no value is in the log: {log}");
}
