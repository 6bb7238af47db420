//! Caches: cached answers equal calculated ones, and nobody gets an answer that was calculated for another actor.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, Server, on_both_engines, sample};
use serde_json::{Value as Json, json};

/// Addresses with cached answers.
const ADDRESSES: [&str; 3] = [
    "/api/v1/calendar?start=2027-03-01&end=2027-04-01",
    "/api/v1/calendar.json?start=2027-03-01&end=2027-04-01",
    "/calendar.ics?modules=coordination",
];

/// Returns an answer without the time of its creation.
fn content(client: &Client, address: &str) -> (Json, String, String) {
    let answer = client.get(address).expect_status(200);
    let tag = answer.header("etag").to_owned();
    let text = if answer.json.is_null() { answer.text.replace("\r\n", "\n") } else { String::new() };
    let text = text.lines().filter(|line| !line.starts_with("DTSTAMP")).collect();
    (answer.json["entries"].clone(), text, tag)
}

/// Returns a client with another token of the same person.
fn token(client: &Client, server: &Server, scope: &str) -> Client {
    let made = client.post("/api/v1/me/tokens", &json!({ "name": scope, "scope": scope })).expect_status(201);
    server.anonymous().with_token(made.json["token"].as_str().unwrap())
}

/// Pseudo-random generator with a fixed sequence.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

on_both_engines! {
    fn read_only_token_leaves_the_feed_of_its_owner_editable(server: &Server) {
        let person = server.person(&["staff"]);
        let event = json!({ "title": "Mine", "start": "2027-03-03T09:00:00+08:00" });
        person.client.post("/api/v1/events", &event).expect_status(201);
        let reader = token(&person.client, server, "read");
        for (client, editable) in [(&reader, false), (&person.client, true), (&reader, false)] {
            let (entries, _, _) = content(client, ADDRESSES[0]);
            let mine = entries.as_array().unwrap().iter().find(|entry| entry["title"] == "Mine").unwrap();
            assert_eq!(mine["editable"], editable);
        }
    }

    fn cached_answers_equal_calculated_ones(server: &Server) {
        let own = sample::make(server, &obcms_domain::kinds::COMMUNITY, 1, None);
        let other = sample::make(server, &obcms_domain::kinds::COMMUNITY, 2, None);
        let admin = server.as_role("admin");
        let people = [
            server.person(&["coordinator"]),
            server.person(&["staff"]),
            server.person_with(json!({ "roles": ["partner"], "communities": [own.id] })),
        ];
        let callers: Vec<Client> = people
            .iter()
            .flat_map(|person| [person.client.clone(), token(&person.client, server, "read")])
            // Addresses in a feed depend on the requested host.
            .map(|client| client.with_header("host", "office.example"))
            .collect();
        let mut numbers = Numbers(8);
        for step in 0..16 {
            let person = &people[numbers.below(people.len())];
            match numbers.below(8) {
                0 => {
                    let roles = [json!(["staff"]), json!(["partner"]), json!(["coordinator"]), json!(["partner", "staff"])];
                    let change = json!({ "roles": roles[numbers.below(4)] });
                    admin.patch(&format!("/api/v1/users/{}", person.id), &change).expect_status(200);
                }
                1 => {
                    let community = if numbers.below(2) == 0 { own.id } else { other.id };
                    let change = json!({ "communities": [community] });
                    admin.patch(&format!("/api/v1/users/{}", person.id), &change).expect_status(200);
                }
                2 => {
                    let community = if numbers.below(2) == 0 { own.id } else { other.id };
                    let start = format!("2027-03-{:02}T09:00:00+08:00", numbers.below(28) + 1);
                    let event = json!({ "title": format!("Step {step}"), "start": start, "community": community,
                        "organizer": person.id });
                    admin.post("/api/v1/events", &event).expect_status(201);
                }
                _ => {}
            }
            let address = ADDRESSES[numbers.below(ADDRESSES.len())];
            let caller = &callers[numbers.below(callers.len())];
            // A new server has empty caches.
            let fresh = server.second();
            assert_eq!(
                content(caller, address),
                content(&caller.at(&fresh.base()), address),
                "step {step}, {address}"
            );
        }
    }
}
