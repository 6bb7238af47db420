//! Links on all pages for each role: none is refused, and none reveals the title of a hidden record.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use obcms_domain::kinds::{PPA, REGISTRY};
use obcms_tests::{Browser, Client, Person, Server, on_both_engines, sample};
use serde_json::{Value, json};

/// Word in the title of every record that is hidden from the partner.
const HIDDEN: &str = "Zzyzx";
/// Maximum number of pages per role.
const PAGES: usize = 500;

fn make(client: &Client, collection: &str, body: Value) -> String {
    let made = client.post(&format!("/api/v1/{collection}"), &body).expect_status(201).json;
    made["id"].as_str().unwrap().to_owned()
}

/// Creates a partner of an organization and of a community, with related records and others around them.
fn world(server: &Server) -> Person {
    let boss = server.person(&["coordinator"]);
    let me = &boss.client;
    let ministry = make(me, "organizations", json!({ "name": "Ministry of Health" }));
    let own_place = make(me, "communities", json!({ "name": "Own hamlet", "barangay": sample::BARANGAY }));
    let hidden_place =
        make(me, "communities", json!({ "name": "Zzyzx hamlet", "barangay": sample::BARANGAY }));
    let partner = server.person_with(json!({
        "roles": ["partner"], "organization": ministry, "communities": [own_place],
    }));
    let colleague = server.person_with(json!({ "roles": ["partner"], "organization": ministry }));
    let assessment = make(
        me,
        "assessments",
        json!({
            "title": "Zzyzx assessment", "primary_methodology": "survey", "community": hidden_place,
            "planned_start_date": "2027-01-04", "planned_end_date": "2027-02-05",
        }),
    );
    let need =
        make(me, "needs", json!({ "title": "Water", "community": own_place, "assessment": assessment }));
    let hidden_need = make(me, "needs", json!({ "title": "Zzyzx bridge", "community": hidden_place }));
    let policy = make(me, "policies", json!({ "title": "Zzyzx policy", "needs": [hidden_need] }));
    let ppa = make(
        me,
        "ppas",
        json!({
            "title": "Clinics", "category": "moa_ppa", "implementing_organization": ministry,
            "communities": [own_place, hidden_place], "needs": [hidden_need], "policies": [policy],
            "start_date": "2027-01-04", "target_end_date": "2027-11-26", "assessment": assessment,
            "milestones": [{ "date": "2027-03-01", "title": "Ground broken" }],
        }),
    );
    sample::set(server, &PPA, &ppa, "approval_stage", "enacted");
    make(
        me,
        "ppas",
        json!({
            "title": "Zzyzx road", "category": "moa_ppa", "communities": [hidden_place], "fiscal_year": 2031,
        }),
    );
    make(me, "projects", json!({ "need": hidden_need, "ppa": ppa, "notes": "Zzyzx" }));
    make(me, "projects", json!({ "need": need, "ppa": ppa }));
    // A project of the partner with a hidden need, which lacks something there.
    let wall = make(me, "needs", json!({ "title": "Sea wall", "community": hidden_place }));
    let led = make(
        me,
        "ppas",
        json!({
            "title": "Coast", "category": "moa_ppa", "lead_organization": ministry, "needs": [wall],
        }),
    );
    let project = make(me, "projects", json!({ "need": wall, "ppa": led }));
    for _ in 0..2 {
        me.post(&format!("/api/v1/projects/{project}/advance"), &json!({})).expect_status(200);
    }
    let task = |title: &str, more: Value| {
        let mut body =
            json!({ "title": title, "origin": { "kind": "ppa", "id": ppa }, "due_date": "2027-01-20" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        make(me, "tasks", body)
    };
    let hidden_task = task("Zzyzx task", json!({}));
    let own = task(
        "Own task",
        json!({
            "assignees": [partner.id, colleague.id], "depends_on": [hidden_task], "links": [{ "kind": "need", "id": hidden_need }],
        }),
    );
    task("Task of the body", json!({ "assignees": [colleague.id] }));
    task("Shown task", json!({ "visible_to_partners": true }));
    task("Zzyzx task that waits", json!({ "depends_on": [own] }));
    make(
        me,
        "tasks",
        json!({ "title": "Weekly report", "assignees": [partner.id], "due_date": "2027-01-04", "rrule": "FREQ=WEEKLY;COUNT=9" }),
    );
    let room = make(me, "resources", json!({ "name": "Hall", "resource_type": "room" }));
    let event = |title: &str, more: Value| {
        let mut body = json!({ "title": title, "start": sample::ahead(server, 30) });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        make(me, "events", body)
    };
    let meeting = event("Meeting", json!({ "participants": [partner.id], "rrule": "FREQ=WEEKLY;COUNT=3" }));
    event("Zzyzx meeting", json!({ "participants": [boss.id] }));
    for (hours, purpose, origin) in [(30, "Zzyzx booking", Some(&meeting)), (60, "Zzyzx sorting", None)] {
        let mut body = json!({ "resource": room, "start": sample::ahead(server, hours), "purpose": purpose });
        if let Some(event) = origin {
            body["origin"] = json!({ "kind": "event", "id": event });
        }
        make(me, "bookings", body);
    }
    let service = make(
        me,
        "services",
        json!({
            "title": "Seedlings", "offering_organization": ministry, "application_deadline": "2027-06-01",
        }),
    );
    let other_service = make(me, "services", json!({ "title": "Zzyzx seedlings" }));
    make(
        me,
        "applications",
        json!({ "applicant_name": "Cooperative", "service": service, "community": own_place, "status": "submitted" }),
    );
    make(
        me,
        "applications",
        json!({ "applicant_name": "Zzyzx cooperative", "service": other_service, "community": hidden_place }),
    );
    make(&partner.client, "needs", json!({ "title": "Well", "community": own_place }));
    make(
        &partner.client,
        "ppas",
        json!({ "title": "Farm road", "category": "obc_request", "communities": [own_place] }),
    );
    partner
}

/// Returns the links of a page to pages of the program.
fn links(html: &str) -> Vec<String> {
    html.split(" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|link| link.split('#').next().unwrap_or_default().replace("&amp;", "&"))
        .filter(|link| link.starts_with('/') && !link.starts_with("/assets/"))
        .collect()
}

/// Returns the ids that more than one element of a page has; scripts and labels would find only the first.
fn shared_ids(html: &str) -> Vec<&str> {
    let mut known = HashSet::new();
    html.split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|id| !known.insert(*id))
        .collect()
}

/// Returns the same text for all addresses of one kind of page. Ids, numbers and texts count as one. The tab parameter
/// distinguishes pages; with `parameters`, other parameter names do as well, but not their values.
fn pattern(link: &str, parameters: bool) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let is_word = |text: &str| {
        text.len() < 24 && text.bytes().all(|letter| letter.is_ascii_lowercase() || b"-_.".contains(&letter))
    };
    let path: Vec<&str> = path.split('/').map(|part| if is_word(part) { part } else { "*" }).collect();
    let mut names: Vec<&str> = query
        .split('&')
        .filter_map(|pair| match pair.split_once('=') {
            Some(("tab", value)) if is_word(value) => Some(pair),
            Some((name, _)) if parameters => Some(name),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    // Order and groups of a list are pages of their own, and not once more with each other parameter.
    if names.len() > 1 {
        names.retain(|name| !["sort", "group"].contains(name));
    }
    format!("{}?{}", path.join("/"), names.join("&"))
}

/// Follows links from the first page on, one of each pattern. Returns the number of pages and the errors.
///
/// For a partner, from whom much is hidden, it follows two of a pattern without parameters, and more patterns.
fn crawl(server: &Server, person: &Person, is_partner: bool) -> (usize, BTreeSet<String>) {
    let browser = Browser::sign_in(server, person).client;
    let mut queue: VecDeque<(String, String)> = VecDeque::from([("/".to_owned(), "the start".to_owned())]);
    let mut known: HashSet<String> = HashSet::from(["/".to_owned()]);
    let mut patterns: HashMap<String, usize> = HashMap::new();
    let mut faults = BTreeSet::new();
    let mut pages = 0;
    while let Some((address, from)) = queue.pop_front() {
        pages += 1;
        assert!(pages <= PAGES, "more than {PAGES} pages; the last one is {address} from {from}");
        let answer = browser.get(&address);
        if answer.status >= 400 {
            faults.insert(format!("{} {} from {}", answer.status, pattern(&address, true), from));
            continue;
        }
        if is_partner && answer.text.contains(HIDDEN) {
            let at = answer.text.find(HIDDEN).unwrap();
            let start = answer.text[..at].char_indices().rev().nth(80).map_or(0, |(place, _)| place);
            let end = at + HIDDEN.len() + 20;
            let near = String::from_utf8_lossy(&answer.text.as_bytes()[start..end.min(answer.text.len())])
                .into_owned();
            faults.insert(format!("{address} from {from} names what is hidden: {near}"));
        }
        for id in shared_ids(&answer.text) {
            faults.insert(format!("{} has the id {id} twice", pattern(&address, true)));
        }
        let mut found = links(&answer.text);
        if (300..400).contains(&answer.status) {
            found.push(answer.header("location").to_owned());
        }
        for link in found.into_iter().filter(|link| link.starts_with('/') && !link.starts_with("/logout")) {
            if known.insert(link.clone()) {
                let seen = patterns.entry(pattern(&link, is_partner)).or_default();
                *seen += 1;
                if *seen <= if is_partner && !link.contains('?') { 2 } else { 1 } {
                    queue.push_back((link, address.clone()));
                }
            }
        }
    }
    (pages, faults)
}

fn assert_whole(role: &str, (pages, faults): (usize, BTreeSet<String>)) {
    assert!(pages > 60, "{role} found {pages} pages only");
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{role}: {} of {pages} pages:\n{}", faults.len(), faults.join("\n"));
}

on_both_engines! {
    fn no_link_of_a_partner_is_refused_or_reveals_hidden_records(server: &Server) {
        let partner = world(server);
        assert_whole("partner", crawl(server, &partner, true));
        for kind in REGISTRY {
            for address in [
                format!("/api/v1/{}?limit=100", kind.collection), format!("/api/v1/{}/export.csv", kind.collection),
            ] {
                let answer = partner.client.get(&address);
                assert!(answer.status < 500 && !answer.text.contains(HIDDEN), "{address}: {}", answer.text);
            }
        }
        for address in [
            "/api/v1/calendar?start=2026-01-01&end=2027-02-01", "/api/v1/calendar/conflicts?start=2026-01-01&end=2027-02-01",
            "/api/v1/tasks/board", "/api/v1/portfolio", "/api/v1/search?q=zzyzx",
        ] {
            let answer = partner.client.get(address).expect_status(200);
            assert!(!answer.text.contains(HIDDEN), "{address}: {}", answer.text);
        }
    }

    fn no_link_of_an_administrator_is_refused(server: &Server) {
        world(server);
        assert_whole("admin", crawl(server, &server.person(&["admin"]), false));
    }

    fn no_link_of_a_coordinator_is_refused(server: &Server) {
        world(server);
        assert_whole("coordinator", crawl(server, &server.person(&["coordinator"]), false));
    }

    fn no_link_of_a_budget_officer_is_refused(server: &Server) {
        world(server);
        assert_whole("budget_officer", crawl(server, &server.person(&["budget_officer"]), false));
    }

    fn no_link_of_an_executive_is_refused(server: &Server) {
        world(server);
        assert_whole("executive", crawl(server, &server.person(&["executive"]), false));
    }

    fn no_link_of_the_staff_is_refused(server: &Server) {
        world(server);
        assert_whole("staff", crawl(server, &server.person(&["staff"]), false));
    }
}
