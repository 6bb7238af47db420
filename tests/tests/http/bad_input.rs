//! Invalid input to every collection: it is refused with the name of the field, and never causes a server error.
//! Accepted values are returned exactly as typed.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::mem::discriminant;

use obcms_domain::kinds::{self, REGISTRY};
use obcms_domain::registry::{Field, FieldType, Kind};
use obcms_tests::{Answer, Client, on_both_engines, sample};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use ureq::http::Method;

/// Texts that break careless string building.
const NASTY: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE tasks; --",
    "Robert\\'); --",
    "%00 %s %d {0} ${7*7} {{7*7}}",
    "🌊 👩‍👩‍👧 ñ é ﷽ العربية",
    "\u{202e}backwards\u{202c}",
    "e\u{301}\u{301}\u{301}",
    "&lt;already&gt; &amp; escaped",
    " leading and trailing ",
    "=1+1",
    "null",
    "\u{7f}\u{1b}[31m",
    "]]></title>",
];

fn writable() -> impl Iterator<Item = &'static Kind> {
    REGISTRY.into_iter().filter(|kind| kind.is_changeable())
}

fn collection(kind: &Kind) -> String {
    format!("/api/v1/{}", kind.collection)
}

/// Returns invalid values of a field.
fn wrong(field: &Field) -> Vec<Value> {
    let long = "x".repeat(60_000);
    let days =
        ["2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "tomorrow", "2026-1-1", "", "12026-01-01"];
    match field.data {
        FieldType::Text(_) => {
            vec![json!(7), json!(true), json!(["a"]), json!({}), json!(long), json!("a\nb"), json!("a\u{0}b")]
        }
        FieldType::Multiline(_) => vec![json!(7), json!(["a"]), json!("a\u{0}b"), json!(long)],
        FieldType::Email => vec![json!("nobody"), json!("a b@example.org"), json!(1), json!("a\u{0}@b.c")],
        FieldType::Url => vec![json!("javascript:alert(1)"), json!("ftp://x"), json!(1)],
        FieldType::TimeZone => vec![json!("Mars/Base"), json!("../../etc/passwd"), json!(8), json!("")],
        FieldType::Integer(least, most) => vec![
            json!(least - 1),
            json!(most + 1),
            json!(1.5),
            json!("1"),
            json!(i64::MAX),
            json!(1e300),
            json!(true),
            json!([]),
        ],
        FieldType::Decimal(least, most) => {
            vec![json!(least - 1), json!(most + 1), json!("1"), json!(1e300), json!(-1e300)]
        }
        FieldType::Money => {
            vec![json!("1,000"), json!(1.5), json!(i64::MAX), json!(i64::MIN), json!(u64::MAX)]
        }
        FieldType::Boolean => vec![json!("true"), json!(1), json!([])],
        FieldType::Date => days.iter().map(|day| json!(day)).chain([json!(20_260_101), json!({})]).collect(),
        FieldType::Instant | FieldType::Moment => days
            .iter()
            .map(|day| json!(day))
            .chain([json!("2027-01-25T25:00"), json!("9999-12-31T23:59:59Z"), json!(1), json!([])])
            .collect(),
        FieldType::Choice(_) => vec![json!("no such choice"), json!(1), json!(["x"]), json!({})],
        FieldType::Choices(_) => vec![json!(["no such choice"]), json!("admin"), json!([1])],
        FieldType::Reference(_) => vec![
            json!("nonsense"),
            json!("01890a5d-ac96-774b-bcce-b302099a8057"),
            json!(1),
            json!({ "id": "x" }),
        ],
        FieldType::References(_) => vec![
            json!(["01890a5d-ac96-774b-bcce-b302099a8057"]),
            json!(["x"]),
            json!("x"),
            json!([1]),
            json!(vec!["01890a5d-ac96-774b-bcce-b302099a8057"; 600]),
        ],
        FieldType::Link(_) => vec![
            json!("event:x"),
            json!({ "kind": "event" }),
            json!({ "kind": "user", "id": "01890a5d-ac96-774b-bcce-b302099a8057" }),
            json!({ "kind": "event", "id": "01890a5d-ac96-774b-bcce-b302099a8057" }),
        ],
        FieldType::Links(_) => vec![json!([{ "kind": "event", "id": "x" }]), json!({}), json!(["event:x"])],
        FieldType::Tags => vec![json!([1]), json!("a"), json!(["x".repeat(81)]), json!(["a\u{0}"])],
        FieldType::Recurrence => [
            "FREQ=SOMETIMES",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=DAILY;FREQ=DAILY",
            "BYDAY=MO",
            "daily",
            "FREQ=DAILY;X\u{0}=1",
        ]
        .iter()
        .map(|rule| json!(rule))
        .chain([json!(7), json!(["FREQ=DAILY"]), json!({})])
        .collect(),
        FieldType::Moments => days
            .iter()
            .map(|day| json!([day]))
            .chain([json!("soon"), json!([7]), json!(["2027-01-25T25:00"]), json!(vec!["2027-01-25"; 600])])
            .collect(),
        FieldType::Structure(_) => {
            vec![json!("x"), json!(1), json!([1]), json!([{ "shoe": 4 }]), json!({ "shoe": 4 })]
        }
    }
}

/// Asserts status 422 with the name of the field.
#[track_caller]
fn assert_names(answer: &Answer, kind: &Kind, field: &str, value: &Value) {
    let mut shown = value.to_string();
    shown.truncate(80.min(shown.len()));
    assert_eq!(answer.status, 422, "{kind:?}.{field} = {shown}: {}", answer.text);
    assert!(answer.errors("field").contains(&field), "{kind:?}.{field} = {shown}: {}", answer.text);
}

fn send(client: &Client, method: &str, path: &str, media_type: &str, body: &[u8]) -> Answer {
    client.send(method.parse().unwrap(), path, Some((media_type, body.to_vec())))
}

on_both_engines! {
    fn bodies_are_bounded_in_depth_and_number(server: &Server) {
        let me = server.as_role("admin");
        let send = |kind: &str, path: &str, body: String| {
            me.send(Method::POST, path, Some((kind, body.into_bytes())))
        };
        let json = |body: String| send("application/json", "/api/v1/tasks", body);
        for depth in [33, 100, 100_000] {
            let deep = format!("{{\"title\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            let refused = json(deep).expect_status(400);
            assert!(refused.text.contains("At most 32 levels"), "{}", refused.text);
        }
        let wide = format!("{{\"title\":\"A\",\"labels\":[{}0]}}", "0,".repeat(60_000));
        let refused = json(wide).expect_status(400);
        assert!(refused.text.contains("At most 50000"), "{}", refused.text);
        // Brackets and commas within texts are text.
        let text = format!("[{{,\\\"{}", "[{,".repeat(20_000));
        let made = json(format!("{{\"title\":\"Brackets\",\"description\":\"{text}\"}}"));
        assert!(made.status == 201 || made.text.contains("description"), "{}", made.text);
        json("{\"title\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}".to_owned()).expect_status(201);

        let part = |name: &str, content: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n{content}\r\n")
        };
        let upload = |path: &str, parts: String| send("multipart/form-data; boundary=x", path, format!("{parts}--x--\r\n"));
        let many = part("dry_run", "true").repeat(21) + &part("file", "name\nA\n");
        let refused = upload("/api/v1/teams/import", many).expect_status(400);
        assert!(refused.text.contains("At most 20"), "{}", refused.text);
        let twice = part("file", "name\nA\n").repeat(2);
        upload("/api/v1/teams/import", twice).expect_status(400);

        let fields = "a=1&".repeat(5_000);
        let refused = me.get(&format!("/api/v1/tasks?{}", &fields[..fields.len() - 1])).status;
        assert!(refused == 400 || refused == 414 || refused == 431, "{refused}");
    }

    fn invalid_value_is_refused_with_its_field(server: &Server) {
        let client = server.as_role("admin");
        for (kind, number) in writable().zip(100..) {
            let minimal = sample::minimal(server, kind, number);
            let made = client.post(&collection(kind), &Value::Object(minimal.clone())).expect_status(201).json;
            let one = format!("{}/{}", collection(kind), made["id"].as_str().unwrap());
            // Fields of one type are sent together and must all be named: one at a time would be thousands of requests.
            let mut types: Vec<Vec<(&Field, Vec<Value>)>> = Vec::new();
            for field in kind.inputs() {
                let values = wrong(field);
                let same = types.iter_mut().find(|same| discriminant(&same[0].0.data) == discriminant(&field.data));
                match same {
                    Some(same) => same.push((field, values)),
                    None => types.push(vec![(field, values)]),
                }
            }
            for fields in &types {
                for place in 0..fields[0].1.len() {
                    let bad: Map<String, Value> =
                        fields.iter().map(|(field, values)| (field.name.to_owned(), values[place].clone())).collect();
                    let mut input = minimal.clone();
                    input.extend(bad.clone());
                    let posted = client.post(&collection(kind), &Value::Object(input));
                    let patched = client.patch(&one, &Value::Object(bad));
                    for (field, values) in fields {
                        assert_names(&posted, kind, field.name, &values[place]);
                        assert_names(&patched, kind, field.name, &values[place]);
                    }
                }
            }
            let required: Vec<&Field> = kind.inputs().filter(|field| field.required).collect();
            let emptied: Map<String, Value> = required.iter().map(|field| (field.name.to_owned(), Value::Null)).collect();
            if !required.is_empty() {
                let emptied = client.patch(&one, &Value::Object(emptied));
                for field in required {
                    assert_names(&emptied, kind, field.name, &Value::Null);
                }
            }
            for name in ["no_such_field", "id", "version", "created_at", "archived_at"] {
                let answer = client.patch(&one, &json!({ name: "x" })).expect_status(422);
                assert_eq!(answer.errors("field"), [name], "{kind:?}");
            }
            let unchanged = client.get(&one).expect_status(200).json;
            assert_eq!(unchanged["version"], 1, "{kind:?} was changed by what was refused");
        }
    }

    fn invalid_json_is_refused(server: &Server) {
        let client = server.as_role("admin");
        let json_type = "application/json";
        for kind in writable() {
            let path = collection(kind);
            for body in [&b""[..], b"{", b"[]", b"null", b"\"text\"", b"{\"title\":}", b"{\"title\":\"\xff\xfe\"}", b"\x00", b"{\"a\":1}{\"a\":2}", b"{\"title\":NaN}", b"{\"title\":\"\\ud800\"}"] {
                let answer = send(&client, "POST", &path, json_type, body);
                assert_eq!(answer.status, 400, "{kind:?} {}: {}", String::from_utf8_lossy(body), answer.text);
            }
            let deep = format!("{{\"{}\":{}{}}}", kind.inputs().next().unwrap().name, "[".repeat(50_000), "]".repeat(50_000));
            assert_eq!(send(&client, "POST", &path, json_type, deep.as_bytes()).status, 400, "{kind:?}");
            assert_eq!(send(&client, "POST", &path, "text/plain", b"{}").status, 415, "{kind:?}");
            let large = format!("{{\"title\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
            assert_eq!(send(&client, "POST", &path, json_type, large.as_bytes()).status, 413, "{kind:?}");
            for id in ["nonsense", "01890a5d-ac96-774b-bcce-b302099a8057", "%00", "..%2f..", "%ff"] {
                let one = format!("{path}/{id}");
                for (method, body) in [("GET", &b""[..]), ("PATCH", b"{}"), ("DELETE", b"")] {
                    let answer = send(&client, method, &one, json_type, body);
                    assert!((400..500).contains(&answer.status), "{method} {one}: {}", answer.text);
                }
            }
        }
    }

    fn end_before_start_is_refused(server: &Server) {
        let client = server.as_role("admin");
        let event = |start: &str, end: &str, all_day: bool| {
            client.post("/api/v1/events", &json!({ "title": "Visit", "start": start, "end": end, "all_day": all_day }))
        };
        for (start, end, all_day) in [
            ("2027-01-25T10:00", "2027-01-25T09:00", false),
            ("2027-01-25T10:00", "2027-01-25T10:00", false),
            ("2027-01-25", "2027-01-25", true),
            ("2027-01-25", "2027-01-24", true),
        ] {
            let answer = event(start, end, all_day).expect_status(422);
            assert_eq!(answer.errors("field"), ["end"], "{start} to {end}");
        }
        event("2027-01-25", "2027-01-26", true).expect_status(201);
        for (kind, first, second) in [
            (&kinds::TASK, "start_date", "due_date"),
            (&kinds::ASSESSMENT, "planned_start_date", "planned_end_date"),
            (&kinds::PPA, "start_date", "target_end_date"),
        ] {
            let mut input = sample::minimal(server, kind, 9);
            input.insert(first.to_owned(), json!("2027-02-01"));
            input.insert(second.to_owned(), json!("2027-01-31"));
            let answer = client.post(&collection(kind), &Value::Object(input)).expect_status(422);
            assert_eq!(answer.errors("field"), [second], "{kind:?}");
        }
    }

    fn texts_are_returned_as_typed_and_shown_escaped(server: &Server) {
        let client = server.as_role("admin");
        for (turn, kind) in writable().enumerate() {
            // Each kind gets every text, as many as possible in one record; titles get a different one in every kind.
            let mut left: Vec<&str> = NASTY.iter().cycle().skip(turn % NASTY.len()).take(NASTY.len()).copied().collect();
            for number in (turn as u32 + 1) * 100.. {
                let mut input = sample::minimal(server, kind, number);
                let before = left.len();
                for field in kind.inputs().filter(|field| takes_any_text(kind, field)) {
                    let fits = |text: &str| match field.data {
                        FieldType::Text(most) => text.chars().count() <= most,
                        _ => true,
                    };
                    if let Some(place) = left.iter().position(|text| fits(text)) {
                        input.insert(field.name.to_owned(), json!(left.remove(place)));
                    }
                }
                if left.len() == before {
                    assert!(before == 0 || !kind.inputs().any(|field| takes_any_text(kind, field)), "{kind:?}: {left:?}");
                    break;
                }
                let made = client.post(&collection(kind), &Value::Object(input.clone())).expect_status(201).json;
                let read = client.get(&format!("{}/{}", collection(kind), made["id"].as_str().unwrap())).expect_status(200).json;
                for (name, given) in &input {
                    if let Some(text) = given.as_str().filter(|text| NASTY.contains(text)) {
                        assert_eq!(read[name], text, "{kind:?}.{name}");
                    }
                }
                assert_escaped(&client, kind, &read);
            }
        }
    }

    fn list_parameters_never_cause_a_server_error(server: &Server) {
        let client = server.as_role("admin");
        let mut random = StdRng::seed_from_u64(7);
        for kind in REGISTRY {
            for (_, field) in kind.visible() {
                let mut all = Vec::new();
                for suffix in ["", "_from", "_to"] {
                    let value = match random.random_range(0..4) {
                        0 => NASTY[random.random_range(0..NASTY.len())].to_owned(),
                        1 => random.random_range(i64::MIN..i64::MAX).to_string(),
                        2 => ["2026-02-30", "99999-01-01", "none", ",,,", "-1"][random.random_range(0..5)].to_owned(),
                        _ => (0..random.random_range(1..30)).map(|_| random.random_range('\u{1}'..'\u{d7ff}')).collect(),
                    };
                    let parameter = format!("{}{suffix}={}", field.name, encoded(&value));
                    let address = format!("{}?{parameter}", collection(kind));
                    let answer = client.get(&address);
                    assert!([200, 400].contains(&answer.status), "{address}: {} {}", answer.status, answer.text);
                    all.push(parameter);
                }
                // A page ignores what it does not know, so it takes all three at once; it may redirect to its default view.
                if !obcms_web::SUBJECTS.kind_page(kind).own_list {
                    let address = format!("/{}?{}", kind.collection, all.join("&"));
                    let answer = client.get(&address);
                    assert!([200, 303, 400].contains(&answer.status), "{address}: {} {}", answer.status, answer.text);
                }
            }
            for parameters in ["q=%00", "q=%ff", "q=%25%5F%27%22", "cursor=6e", "cursor=ffff", "cursor=7c", "sort=--name", "sort=id;", "limit=-1", "limit=99999999999999999999"] {
                let answer = client.get(&format!("{}?{parameters}", collection(kind)));
                assert!([200, 400].contains(&answer.status), "{kind:?}?{parameters}: {}", answer.text);
            }
        }
    }

    fn random_objects_never_cause_a_server_error(server: &Server) {
        let client = server.as_role("admin");
        let mut random = StdRng::seed_from_u64(11);
        for (kind, number) in writable().zip(500..) {
            let made = sample::make(server, kind, number, None);
            let one = format!("{}/{}", collection(kind), made.id);
            for _ in 0..12 {
                let mut input = Map::new();
                for field in kind.inputs() {
                    if random.random_bool(0.4) {
                        input.insert(field.name.to_owned(), anything(&mut random, 2));
                    }
                }
                for answer in [client.post(&collection(kind), &Value::Object(input.clone())), client.patch(&one, &Value::Object(input.clone()))] {
                    assert!(answer.status < 500, "{kind:?} {input:?}: {}", answer.text);
                    if answer.status == 422 {
                        assert!(!answer.errors("field").is_empty(), "{kind:?}: {}", answer.text);
                    }
                }
            }
        }
    }
}

/// Returns arbitrary JSON, some of it almost valid.
fn anything(random: &mut StdRng, depth: u32) -> Value {
    match random.random_range(0..if depth == 0 { 8 } else { 10 }) {
        0 => Value::Null,
        1 => json!(random.random_bool(0.5)),
        2 => json!(random.random_range(-5..200)),
        3 => json!(random.random_range(i64::MIN..i64::MAX)),
        4 => json!(random.random_range(-1e12..1e12)),
        5 => json!(NASTY[random.random_range(0..NASTY.len())]),
        6 => json!(format!("2027-{:02}-{:02}", random.random_range(0..14), random.random_range(0..33))),
        7 => json!(
            (0..random.random_range(0..40))
                .map(|_| random.random_range('\u{0}'..'\u{d7ff}'))
                .collect::<String>()
        ),
        8 => Value::Array((0..random.random_range(0..4)).map(|_| anything(random, depth - 1)).collect()),
        _ => {
            let names = ["kind", "id", "date", "title", "x"];
            let mut object = Map::new();
            for name in names.iter().take(random.random_range(0..5)) {
                object.insert((*name).to_owned(), anything(random, depth - 1));
            }
            Value::Object(object)
        }
    }
}

/// Returns whether a text field takes any text; others have a format of their own or must be unique.
fn takes_any_text(kind: &Kind, field: &Field) -> bool {
    match field.data {
        FieldType::Text(_) => {
            !(field.unique
                || sample::is_code(field)
                || ["username", "hearing_time", "due_time", "period"].contains(&field.name)
                || (kind.name == "external_calendar" && field.name == "address"))
        }
        FieldType::Multiline(_) => true,
        _ => false,
    }
}

/// Asserts that the page of the record shows the texts in its fields, and escapes them.
fn assert_escaped(client: &Client, kind: &Kind, record: &Value) {
    if obcms_web::SUBJECTS.kind_page(kind).own_detail {
        return;
    }
    let page = client
        .get(&format!("/{}/{}", kind.collection, record["id"].as_str().unwrap()))
        .expect_status(200)
        .text;
    for text in NASTY.iter().filter(|text| kind.inputs().any(|field| record[field.name] == **text)) {
        let escaped =
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert!(page.contains(&escaped), "{kind:?} does not show {text}");
        if escaped != *text && !escaped.contains(text) {
            assert!(!page.contains(text), "{kind:?} shows {text} as markup");
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
