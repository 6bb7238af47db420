//! Snapshots of output: OpenAPI document, iCalendar, and the main parts of pages.
//!
//! A failed test writes its output to a `.snap.new` beside the snapshot. `INSTA_UPDATE=always` accepts it; check the
//! difference before you commit it.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use insta::assert_snapshot;
use obcms_tests::{Client, Engine, Server, make};
use serde_json::{Value, json};

/// Runs a test on both databases, which must have the same output.
fn on_both(test: impl Fn(&Server)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        test(&Server::standing(engine));
    }
}

/// Returns a text with its ids numbered in order of appearance.
fn numbered(text: &str) -> String {
    let is_id = |word: &str| {
        word.len() == 36
            && word.bytes().enumerate().all(|(place, letter)| match place {
                8 | 13 | 18 | 23 => letter == b'-',
                _ => letter.is_ascii_hexdigit(),
            })
    };
    let mut known: Vec<&str> = Vec::new();
    let mut shown = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let Some(word) = rest.get(..36).filter(|word| is_id(word)) else {
            shown.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let number = known.iter().position(|id| *id == word).unwrap_or_else(|| {
            known.push(word);
            known.len() - 1
        });
        write!(shown, "ID-{}", number + 1).unwrap();
        rest = &rest[36..];
    }
    shown
}

/// Returns the first element of a page with a given start and content: one tag per line, ids numbered, icons omitted.
fn part(page: &str, start: &str, content: &str) -> String {
    let name = start.trim_start_matches('<').split([' ', '>']).next().unwrap();
    let (opening, closing) = (format!("<{name}"), format!("</{name}>"));
    let whole = |from: usize| {
        let mut depth = 0;
        let mut at = from;
        loop {
            let ends = page[at..].find(&closing)? + at;
            depth += page[at..ends].matches(&opening).count();
            at = ends + closing.len();
            depth -= 1;
            if depth == 0 {
                return Some(&page[from..at]);
            }
        }
    };
    let found =
        page.match_indices(start).filter_map(|(from, _)| whole(from)).find(|whole| whole.contains(content));
    let found = found.unwrap_or_else(|| panic!("no {start} with {content} in {page}"));
    let mut lines = String::new();
    for (place, piece) in found.split("<svg").enumerate() {
        lines.push_str(if place == 0 { piece } else { piece.split_once("</svg>").unwrap().1 });
    }
    numbered(&lines.replace("><", ">\n<"))
}

fn page(client: &Client, path: &str) -> String {
    client.get(path).expect_status(200).text
}

#[test]
fn parts_of_pages() {
    on_both(|server| {
        let boss = server.person(&["coordinator"]);
        let me = &boss.client;
        let task = json!({
            "title": "Inspect the well <b>", "due_date": "2026-11-27", "priority": "high",
            "assignees": [boss.id.to_string()],
        });
        make(me, "tasks", task);
        make(me, "organizations", json!({ "name": "Water & Works", "acronym": "WW" }));
        assert_snapshot!("board_card", part(&page(me, "/board"), "<article class=\"card\"", "Inspect"));
        assert_snapshot!("list_row", part(&page(me, "/organizations"), "<tr", "Water"));
        assert_snapshot!(
            "form_field",
            part(&page(me, "/organizations/new"), "<div class=\"field\"", "name=\"name\"")
        );
        assert_snapshot!(
            "form_choice",
            part(&page(me, "/organizations/new"), "<div class=\"field\"", "<select")
        );
        assert_snapshot!("today_section", part(&page(me, "/"), "<section class=\"panel\"", "Inspect"));
        let event = json!({
            "title": "Council meeting", "start": "2026-12-03T09:00:00+08:00", "end": "2026-12-03T10:30:00+08:00",
            "venue": "Hall A",
        });
        make(me, "events", event);
        let agenda = page(me, "/calendar?date=2026-12-03&view=agenda&plain=true");
        assert_snapshot!("calendar_entry", part(&agenda, "<li", "Council meeting"));
    });
}

#[test]
fn calendar_for_other_programs() {
    on_both(|server| {
        let me = server.as_role("coordinator");
        make(
            &me,
            "events",
            json!({
                "title": "Talks, part one; with \"Señor\" 🗓️", "start": "2027-01-10T09:00:00+08:00",
                "end": "2027-01-10T10:30:00+08:00", "venue": "Hall A, north wing", "description": "First line\nsecond; line",
            }),
        );
        make(
            &me,
            "events",
            json!({
                "title": "Weekly", "start": "2027-01-04T08:00:00+08:00", "end": "2027-01-04T08:30:00+08:00",
                "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=5", "exdates": ["2027-01-11T08:00:00+08:00"],
            }),
        );
        make(
            &me,
            "tasks",
            json!({ "title": "Report", "start_date": "2027-01-05", "due_date": "2027-01-07" }),
        );
        let calendar = me.get("/calendar.ics?start=2027-01-01&end=2027-03-01").expect_status(200).text;
        // The position of folds depends on the address of the server.
        let unfolded =
            calendar.replace("\r\n ", "").replace("\r\n", "\n").replace(&server.base(), "http://SERVER");
        assert_snapshot!("icalendar", numbered(&unfolded));
    });
}

/// Returns a schema in one line.
fn schema(value: &Value) -> String {
    if let Some(name) = value["$ref"].as_str() {
        return name.rsplit('/').next().unwrap().to_owned();
    }
    let mut text = match &value["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
        _ => "any".to_owned(),
    };
    if value["items"].is_object() {
        write!(text, " of {}", schema(&value["items"])).unwrap();
    }
    if let Some(choices) = value["enum"].as_array() {
        write!(text, " of {} choices", choices.len()).unwrap();
    }
    for (name, sign) in [
        ("format", ""),
        ("minimum", ">="),
        ("maximum", "<="),
        ("maxLength", "length<="),
        ("readOnly", "read-only="),
    ] {
        if !value[name].is_null() {
            write!(text, " {sign}{}", value[name].to_string().trim_matches('"')).unwrap();
        }
    }
    text
}

/// Returns the OpenAPI document in short lines: operations with parameters and bodies, and the fields of each schema.
fn summary(api: &Value) -> String {
    let mut text = String::new();
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            write!(text, "{} {path}", method.to_uppercase()).unwrap();
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            let names: Vec<&str> = query.filter_map(|parameter| parameter["name"].as_str()).collect();
            if !names.is_empty() {
                write!(text, " ?{}", names.join(",")).unwrap();
            }
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if body.is_object() {
                write!(text, " <- {}", schema(body)).unwrap();
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status != "default" {
                    let content = &response["content"]["application/json"]["schema"];
                    write!(text, " -> {status} {}", schema(content)).unwrap();
                }
            }
            text.push('\n');
        }
    }
    for (name, described) in api["components"]["schemas"].as_object().unwrap() {
        writeln!(text, "\n{name}").unwrap();
        let required = described["required"].as_array().map_or(&[][..], Vec::as_slice);
        for (field, value) in described["properties"].as_object().into_iter().flatten() {
            let sign = if required.iter().any(|name| name == field) { "*" } else { "" };
            writeln!(text, "  {field}{sign}: {}", schema(value)).unwrap();
        }
    }
    text
}

#[test]
fn description_of_the_api() {
    let server = Server::standing(Engine::Sqlite);
    let api = server.as_role("admin").get("/api/v1/openapi.json").expect_status(200).json;
    assert_snapshot!("openapi", summary(&api));
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let named: BTreeSet<String> = include_str!("snapshots.rs")
        .split(concat!("assert_", "snapshot!("))
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| format!("http__snapshots__{name}.snap"))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/snapshots");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|name| !name.ends_with(".snap.new")).collect();
    assert_eq!(files, named);
}
