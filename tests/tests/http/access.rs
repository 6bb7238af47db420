//! Policy table and route list, checked through HTTP for every role.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use obcms_domain::accounts::{Action, FieldGroup, Relation, Role, allows, allows_field};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::REGISTRY;
use obcms_domain::registry::{Concern, Field, FieldType, Kind};
use obcms_tests::{Answer, Client, Engine, PASSWORD, Server, on_both_engines, sample};
use obcms_web::SUBJECTS;
use obcms_web::core::page_route::PageRoute;
use obcms_web::limits::{ANONYMOUS_BODY, MAXIMUM_BODY};
use obcms_web::route::{Access, Route};
use serde_json::{Value as Json, json};
use ureq::http::Method;

/// Id without a record.
const NOBODY: &str = "01990000-0000-7000-8000-000000000000";

fn ask(client: &Client, route: &Route) -> u16 {
    let path = route.path.replace("{kind}", "need").replace("{", "\u{1}").replace("}", "\u{1}");
    let path: String = path
        .split('\u{1}')
        .enumerate()
        .map(|(part, text)| if part % 2 == 1 { NOBODY } else { text })
        .collect();
    // The filter keeps the export small: there are 42,010 places, and only the right to export is under test.
    let path = if path.contains("/export.") { format!("{path}?q=no+such+name") } else { path };
    let method = Method::from_bytes(route.method.to_uppercase().as_bytes()).unwrap();
    // The content does not matter: missing rights are refused before the body is read.
    let body =
        (method != Method::GET && method != Method::DELETE).then(|| ("application/json", b"{}".to_vec()));
    client.send(method, &path, body).status
}

/// Returns false for streams, which stay open. The tests of live changes cover them.
fn ends(route: &Route) -> bool {
    route.path != "/api/v1/stream"
}

on_both_engines! {
    fn every_route_requires_authentication(server: &Server) {
        let anonymous = server.anonymous();
        for route in SUBJECTS.routes().iter().filter(|route| ends(route) && route.access != Access::Public) {
            assert_eq!(ask(&anonymous, route), 401, "{} {}", route.method, route.path);
        }
        let wrong = server.anonymous().with_token("obcms_wrong");
        assert_eq!(wrong.get("/api/v1/needs").status, 401);
    }

    fn every_route_enforces_its_access(server: &Server) {
        for role in Role::ALL {
            let client = server.as_role(role.as_str());
            for route in SUBJECTS.routes().iter().filter(|route| ends(route)) {
                let status = ask(&client, route);
                let label = format!("{} {} as {}", route.method, route.path, role.as_str());
                assert_ne!(status, 401, "{label}");
                assert!(status < 500, "{label}: {status}");
                if let Access::Policy(action, area) = route.access {
                    if !allows(&[role], action, area, &Relation::ALL) {
                        assert_eq!(status, 403, "{label}");
                    } else if allows(&[role], action, area, &[Relation::None]) {
                        assert_ne!(status, 403, "{label}");
                    }
                }
            }
        }
    }

    fn users_without_a_role_can_do_nothing(server: &Server) {
        let person = server.person(&[]);
        let anonymous = server.anonymous();
        let answer = anonymous.post_form("/login", &[("username", &person.username), ("password", PASSWORD)]);
        answer.expect_status(303);
        let cookie = answer_cookie(&anonymous.post_form("/login", &[("username", &person.username), ("password", PASSWORD)]));
        let client = server.anonymous().with_header("cookie", &cookie);
        for path in ["/api/v1/needs", "/api/v1/tasks", "/api/v1/users", "/api/v1/regions"] {
            assert_eq!(client.get(path).status, 403, "{path}");
        }
        for path in ["/", "/calendar", "/needs"] {
            assert_eq!(client.get(path).status, 403, "{path}");
        }
        assert_eq!(client.get("/api/v1/me").status, 200);
        assert_eq!(client.get("/me").status, 200);
        // Not even a token.
        let token = client.get("/me").text;
        let csrf = token.split("name=\"csrf-token\" content=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let refused = client.with_header("x-csrf-token", &csrf).post("/api/v1/me/tokens", &json!({"name": "x"}));
        assert_eq!(refused.status, 403);
    }

    fn policy_table_applies_to_every_kind(server: &Server) {
        let mut number = 0;
        let somebody = server.person(&["staff"]).id;
        for role in Role::ALL {
            let person = server.person(&[role.as_str()]);
            for kind in REGISTRY.into_iter().filter(|kind| kind.is_changeable() && kind.name != "user") {
                for own in [false, true] {
                    number += 1;
                    let record = sample::make(server, kind, number, own.then_some(person.id));
                    let mut relations = vec![Relation::None];
                    if role == Role::Partner && kind.concerns.contains(&Concern::Everyone) {
                        relations.push(Relation::Organization);
                    }
                    if own {
                        // There is no decision on a new record yet.
                        relations.extend([Relation::Own, Relation::Draft]);
                    }
                    if matches!(kind.name, "need" | "application") {
                        relations.push(Relation::Request);
                    }
                    // People may see the records that they create.
                    let sees = allows(&[role], Action::View, kind.area, &relations)
                        || (own && role == Role::Partner && allows(&[role], Action::View, kind.area, &[Relation::Organization]));
                    let path = format!("/api/v1/{}/{}", kind.collection, record.id);
                    let label = format!("{} of {}own {}", role.as_str(), if own { "" } else { "not " }, kind.name);
                    let found = person.client.get(&path).status;
                    assert_eq!(found == 200, sees, "{label}: {found}");
                    if own && role == Role::Partner {
                        relations.push(Relation::Organization);
                    }
                    for group in FieldGroup::ALL {
                        let Some((field, body)) = edit(kind, group, somebody) else { continue };
                        let may = allows_field(&[role], Action::Edit, kind.area, group, &relations);
                        let answer = person.client.patch(&path, &body);
                        let label = format!("{} by {label}: {}", group.as_str(), answer.text);
                        if !sees {
                            assert!([403, 404].contains(&answer.status), "{label}");
                        } else if may {
                            // An allowed action may still conflict with the current state, such as a derived status.
                            assert!([200, 409, 422].contains(&answer.status), "{label}");
                        } else {
                            assert_eq!(answer.status, 403, "{label}");
                            // The route itself refuses actors without any edit right in the area, whatever the fields.
                            if allows(&[role], Action::Edit, kind.area, &Relation::ALL) {
                                assert_eq!(answer.json["errors"][0]["field"], field, "{label}");
                            }
                        }
                    }
                    let may = allows(&[role], Action::Archive, kind.area, &relations);
                    let archived = person.client.delete(&path).status;
                    assert_eq!(archived == 204, may, "archive by {label}: {archived}");
                }
            }
        }
    }
}

fn answer_cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// Returns a change of a field of the group, if the kind has one that can be changed independently.
fn edit(kind: &Kind, group: FieldGroup, somebody: Id) -> Option<(&'static str, Json)> {
    // An override of bookings and the conversion of a request to a PPA have rights of their own.
    let of_its_own =
        |name: &str| name == "override_reason" || kind.request.is_some_and(|(field, _)| field == name);
    let fields = || kind.inputs().filter(|field| kind.group(field) == group && !of_its_own(field.name));
    let text = |field: &&Field| matches!(field.data, FieldType::Multiline(_) | FieldType::Text(_));
    let (field, value) = None
        .or_else(|| {
            fields()
                .find(|field| text(field) && !field.unique && !sample::is_code(field))
                .map(|field| (field, json!("Changed by the test")))
        })
        .or_else(|| {
            fields().find_map(|field| match field.data {
                FieldType::Integer(least, _) => Some((field, json!(least + 1))),
                FieldType::Money => Some((field, json!(12_345))),
                FieldType::Choice(choices) => choices.last().map(|choice| (field, json!(choice.value))),
                FieldType::Reference("user") => Some((field, json!(somebody))),
                FieldType::References("user") => Some((field, json!([somebody]))),
                _ => None,
            })
        })?;
    Some((field.name, json!({ field.name: value })))
}

/// Returns an address with one text in place of all that varies.
fn filled(address: &str, text: &str) -> String {
    let parts = address.split('/').map(|part| if part.starts_with('{') { text } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Address of a page with something in place of what varies.
fn page_path(page: &PageRoute) -> String {
    filled(&page.path.replace("{kind}", "need").replace("{action}", "archive"), NOBODY)
}

/// Sends a form without the token of the session, or opens the page.
fn ask_page(client: &Client, page: &PageRoute) -> Answer {
    match page.method {
        "get" => client.get(&page_path(page)),
        _ => client.post_form(&page_path(page), &[]),
    }
}

on_both_engines! {
    fn every_page_requires_authentication(server: &Server) {
        let anonymous = server.anonymous();
        let pages = SUBJECTS.pages();
        assert!(pages.len() > 200, "the pages are not declared");
        for page in pages.iter().filter(|page| page.access != Access::Public) {
            let answer = ask_page(&anonymous, page);
            let leads_to_sign_in = answer.status == 303 && answer.header("location").starts_with("/login?next=");
            assert!(leads_to_sign_in, "{} {}: {}", page.method, page.path, answer.status);
        }
    }

    fn addresses_with_impossible_parts_are_not_found_in_the_form_that_was_asked_for(server: &Server) {
        let admin = server.as_role("admin");
        let browser = admin.with_header("accept", "text/html,application/xhtml+xml");
        for part in ["none", "%ff"] {
            for page in SUBJECTS.pages().iter().filter(|page| page.path.contains('{')) {
                let path = filled(&page.path, part);
                let answer = match page.method {
                    "get" => browser.get(&path).expect_status(404),
                    _ => browser.post_form(&path, &[]),
                };
                assert!(answer.status < 500, "{} {path}: {}", page.method, answer.status);
                if (300..400).contains(&answer.status) {
                    continue;
                }
                assert!(answer.header("content-type").starts_with("text/html"), "{} {path}: {}", page.method, answer.text);
                assert!(answer.text.contains("<h1"), "{} {path}: {}", page.method, answer.text);
            }
            for route in SUBJECTS.routes().iter().filter(|route| route.path.contains('{') && route.method == "get") {
                let answer = browser.get(&filled(&route.path, part)).expect_status(404);
                assert_eq!(answer.header("content-type"), "application/problem+json", "{}", route.path);
            }
        }
    }

    fn every_page_keeps_to_its_access(server: &Server) {
        // What a role may open is decided before the database is asked; on PostgreSQL the two that read differently
        // suffice.
        let roles: &[Role] =
            if server.app().database().engine() == obcms_store::Engine::Postgres { &[Role::Admin, Role::Partner] } else { &Role::ALL };
        for role in roles.iter().copied() {
            let client = server.as_role(role.as_str());
            for page in &SUBJECTS.pages() {
                let answer = ask_page(&client, page);
                let label = format!("{} {} as {}: {}", page.method, page.path, role.as_str(), answer.status);
                assert!(answer.status < 500, "{label}");
                let leads_to_sign_in = answer.status == 303 && answer.header("location").starts_with("/login");
                assert!(!leads_to_sign_in || page.access == Access::Public, "{label}");
                if let Access::Policy(action, area) = page.access {
                    let words = format!("You do not have permission to {}", page.purpose.english());
                    let is_refused = answer.status == 403 && answer.text.contains(&words);
                    if !allows(&[role], action, area, &Relation::ALL) {
                        assert!(is_refused, "{label}: {}", answer.text);
                    } else if allows(&[role], action, area, &[Relation::None]) && page.method == "get" {
                        assert_ne!(answer.status, 403, "{label}");
                    }
                }
            }
        }
    }
}

/// Sends a body with any method; returns the status and the rest of the answer.
fn send_body(server: &Server, token: &str, method: &str, path: &str, body: &[u8]) -> (u16, String) {
    let base = server.base();
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{method} {path}: {answer}")), answer)
}

/// Every operation accepts bodies up to its limit in the route table, and refuses one more byte.
#[test]
fn every_route_enforces_its_body_limit() {
    let server = Server::start(Engine::Sqlite);
    let admin = server.as_role("admin");
    let made = admin.post("/api/v1/me/tokens", &json!({ "name": "bodies" })).expect_status(201).json;
    let token = made["token"].as_str().unwrap();
    let padded = |length: usize| format!("{{{}}}", " ".repeat(length - 2)).into_bytes();
    let mut taken = HashSet::new();
    for route in SUBJECTS.routes() {
        let path = route.path.replace("{recurrence_id}", "2027-03-01").replace("{kind}", "task");
        let path = path.replace("{id}", NOBODY).replace("{entry_id}", NOBODY).replace("{file}", NOBODY);
        let (method, limit) = (route.method.to_uppercase(), route.body_limit.bytes);
        let (status, answer) = send_body(&server, token, &method, &path, &padded(limit + 1));
        assert_eq!(status, 413, "{method} {path}: {answer}");
        let told = if route.body_limit.is_file {
            let megabytes = if path.contains("external-calendars") { 20 } else { 25 };
            format!("at most {megabytes} MB")
        } else {
            format!("at most {limit} bytes")
        };
        assert!(
            answer.contains("application/problem+json") && answer.contains(&told),
            "{method} {path}: {answer}"
        );
        if taken.insert((route.method, limit)) {
            let (status, _) = send_body(&server, token, &method, &path, &padded(limit));
            assert_ne!(status, 413, "{method} {path}");
        }
    }
    for page in
        SUBJECTS.pages().iter().filter(|page| page.method == "post" && page.body_limit.bytes != MAXIMUM_BODY)
    {
        let (path, limit) = (&page.path, page.body_limit.bytes);
        let path = path.replace("{id}", NOBODY).replace("{secret}", "x");
        let (kind, begin) = match limit {
            ANONYMOUS_BODY => ("application/x-www-form-urlencoded", "password="),
            _ => (
                "multipart/form-data; boundary=B",
                "--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n",
            ),
        };
        let mut body = begin.as_bytes().to_vec();
        body.resize(limit + 1, b'x');
        admin.send(Method::POST, &path, Some((kind, body))).expect_status(413);
    }
}

/// `docs/routes.md` lists the access of every route; `UPDATE=1` rewrites it.
#[test]
fn route_list_equals_the_document() {
    let mut text = String::from(
        "# Who may ask what\n\nPrinted from the route list by a test (`UPDATE=1 cargo test -p obcms-tests access::route_list_equals_the_document`). \
         \"View in Field\" means: whoever the table in [policy.md](policy.md) lets view something there; whether this very record \
         is theirs to see or change is asked again for it. A body of more bytes than the last column says is refused with 413.\n\n\
         | operation | who | body at most |\n|---|---|---|\n",
    );
    let kib = |bytes: usize| format!("{} KiB", bytes / 1024);
    let who = |access: Access| match access {
        Access::Public => "anybody".to_owned(),
        Access::Account => "anybody signed in".to_owned(),
        Access::Role => "anybody with a role".to_owned(),
        Access::Policy(action, area) => format!("{action:?} in {area:?}"),
    };
    for route in SUBJECTS.routes() {
        let (method, body) = (route.method.to_uppercase(), kib(route.body_limit.bytes));
        writeln!(text, "| `{method} {}` | {} | {body} |", route.path, who(route.access)).unwrap();
    }
    text.push_str("\n## Pages\n\n| page | who | body at most |\n|---|---|---|\n");
    for page in SUBJECTS.pages() {
        let (method, body) = (page.method.to_uppercase(), kib(page.body_limit.bytes));
        writeln!(text, "| `{method} {}` | {} | {body} |", page.path, who(page.access)).unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/routes.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text, "run with UPDATE=1");
}

on_both_engines! {
    fn pages_ignore_unknown_parameters_and_the_api_refuses_them(server: &Server) {
        const TAIL: &str = "fbclid=x&utm_source=y&fbclid=z&%ff=%fe&tabs&=";
        let admin = server.person(&["admin"]);
        let client = &admin.client;
        let collections: std::collections::HashMap<&str, String> = REGISTRY
            .into_iter()
            .zip(1..)
            .map(|(kind, number)| {
                let id = match kind.name {
                    "user" => admin.id.to_string(),
                    "region" => "1200000000".to_owned(),
                    "province" => "1206500000".to_owned(),
                    "municipality" => "1206511000".to_owned(),
                    "barangay" => sample::BARANGAY.to_owned(),
                    _ if kind.writable => sample::make(server, kind, number, Some(admin.id)).id.to_string(),
                    _ => NOBODY.to_owned(),
                };
                (kind.collection, id)
            })
            .collect();
        for page in SUBJECTS.pages().iter().filter(|page| page.method == "get") {
            let address = &page.path;
            let of = address.trim_start_matches("/admin").split('/').nth(1).unwrap_or_default();
            let id = collections.get(of).map_or(NOBODY, String::as_str);
            let path = address
                .replace("/trace/{kind}/{id}", &format!("/trace/need/{}", collections["needs"]))
                .replace("{id}", id)
                .replace("{secret}", "nothing");
            let bare = client.get(&path);
            let answer = client.get(&format!("{path}?tab=&{TAIL}"));
            assert_eq!(answer.status, bare.status, "{path}");
            assert_eq!(answer.headers.get("location"), bare.headers.get("location"), "{path}");
            // Links of the page do not carry unknown parameters.
            assert!(!answer.text.contains("fbclid"), "{path} passes on unknown parameters");
            assert!(bare.status < 400 || [404, 405].contains(&bare.status), "{path}: {}", bare.status);
        }
        for path in ["/tasks?sort=nothing", "/needs?created_by=nobody", "/board?group=x", "/needs?limit=x"] {
            client.get(path).expect_status(400);
        }
        for path in
            ["/api/v1/tasks", "/api/v1/calendar", "/api/v1/tasks/board", "/api/v1/needs", "/api/v1/portfolio"]
        {
            client.get(&format!("{path}?fbclid=x")).expect_status(400);
        }
    }
}

/// A body without its length is refused while it is read; people get a page, programs a problem.
#[test]
fn too_large_chunked_body_is_answered_as_its_sender_reads() {
    let server = Server::start(Engine::Sqlite);
    let chunked = server.as_role("staff").with_header("transfer-encoding", "chunked");
    let person = chunked.with_header("accept", "text/html");
    let page =
        SUBJECTS.pages().into_iter().find(|page| page.path == "/tasks/new" && page.method == "post").unwrap();
    let form = format!("title={}", "x".repeat(page.body_limit.bytes));
    let form = || Some(("application/x-www-form-urlencoded", form.clone().into_bytes()));
    let told = format!("at most {} bytes", page.body_limit.bytes);
    let shown = person.send(Method::POST, "/tasks/new", form()).expect_status(413);
    assert!(shown.text.contains("<h1") && shown.text.contains(&told), "{}", shown.text);
    let problem = chunked.send(Method::POST, "/tasks/new", form()).expect_status(413);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    let object = format!("{{{}}}", " ".repeat(MAXIMUM_BODY)).into_bytes();
    let object = Some(("application/json", object));
    let problem = person.send(Method::POST, "/api/v1/tasks", object).expect_status(413);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert!(problem.json["detail"].as_str().unwrap().contains("at most"), "{}", problem.text);
}
