//! Load of concurrent bookings, for tests that nothing is booked twice, in one process and across several.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::RESOURCE;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::{Client, Server};

/// Number of concurrent clients.
pub const CLIENTS: usize = 64;
/// Number of attempts of all clients.
pub const ATTEMPTS: usize = 1_200;
/// Number of contested slots.
pub const SLOTS: usize = 20;

/// Creates a resource, by default a room; `more` adds and replaces members.
pub fn resource(server: &Server, more: &Value) -> Id {
    let mut input = json!({ "name": "Room A", "resource_type": "room" }).as_object().unwrap().clone();
    input.extend(more.as_object().unwrap().clone());
    server.app().create(&Actor::program(), &RESOURCE, &input).unwrap().id
}

/// Returns the first full hour of the day after tomorrow.
pub fn morning(server: &Server) -> Timestamp {
    let hour = server.app().now().as_second() / 3600 * 3600;
    Timestamp::from_second(hour + 48 * 3600).unwrap()
}

/// Formats an instant for the API.
pub fn shown(instant: Timestamp) -> String {
    instant.to_string()
}

/// Returns the active bookings from the API.
pub fn standing(client: &Client, resource: Id) -> Vec<(Timestamp, Timestamp, String)> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client
            .get(&format!("/api/v1/bookings?limit=500&status=pending,approved&resource={resource}{cursor}"))
            .expect_status(200)
            .json;
        for item in page["items"].as_array().unwrap() {
            let at = |name: &str| item[name].as_str().unwrap().parse().unwrap();
            found.push((at("start"), at("end"), item["id"].as_str().unwrap().to_owned()));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// Asserts in the API and in the database that no bookings of the resource overlap.
#[track_caller]
pub fn assert_no_overlap(server: &Server, client: &Client, resource: Id) {
    let mut all = standing(client, resource);
    all.sort();
    for pair in all.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "{} and {} overlap", pair[0].2, pair[1].2);
    }
    let slots: i64 = server
        .app()
        .read(|tx| {
            let pairs: i64 = tx
                .one(
                    "SELECT count(*) FROM booking_slots a JOIN booking_slots b ON a.resource = b.resource \
                     AND a.booking < b.booking AND a.start_at < b.end_at AND b.start_at < a.end_at",
                    &[],
                )?
                .get(0)?;
            assert_eq!(pairs, 0, "the database holds overlapping bookings");
            let sql = "SELECT count(*) FROM booking_slots WHERE resource = $1 AND is_exclusive = $2";
            Ok::<_, AppError>(tx.one(sql, &[resource.into(), true.into()])?.get(0)?)
        })
        .unwrap();
    assert_eq!(usize::try_from(slots).unwrap(), all.len(), "each booking holds its time");
}

/// Sends the attempts from one thread per client; returns the count of each status.
pub fn storm(
    clients: Vec<Client>,
    attempts: usize,
    attempt: impl Fn(&Client, usize, &mut StdRng) -> u16 + Send + Sync + 'static,
) -> HashMap<u16, usize> {
    let next = Arc::new(AtomicUsize::new(0));
    let attempt = Arc::new(attempt);
    let threads: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(number, client)| {
            let (next, attempt) = (next.clone(), attempt.clone());
            std::thread::spawn(move || {
                let mut random = StdRng::seed_from_u64(u64::try_from(number).unwrap());
                let mut answers: HashMap<u16, usize> = HashMap::new();
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= attempts {
                        return answers;
                    }
                    *answers.entry(attempt(&client, turn, &mut random)).or_default() += 1;
                }
            })
        })
        .collect();
    let mut all: HashMap<u16, usize> = HashMap::new();
    for thread in threads {
        for (status, count) in thread.join().unwrap() {
            *all.entry(status).or_default() += count;
        }
    }
    all
}

/// Returns one of the slots, sometimes shifted so that it overlaps two.
pub fn wanted(morning: Timestamp, turn: usize, random: &mut StdRng) -> (Timestamp, Timestamp) {
    let slot = i64::try_from(turn % SLOTS).unwrap();
    let shift = if random.random_range(0..4) == 0 { 30 } else { 0 };
    let start = morning + SignedDuration::from_mins(slot * 60 + shift);
    (start, start + SignedDuration::from_hours(1))
}

/// Sends [`ATTEMPTS`] of 64 clients for twenty slots to the servers at these addresses, which share the database of
/// `server`.
///
/// # Panics
///
/// If anything is booked twice, or if a status is neither 201 nor 409.
pub fn many_want_the_same(server: &Server, servers: &[String]) {
    let room = resource(server, &json!({}));
    let staff = server.as_role("staff");
    let clients: Vec<Client> =
        (0..CLIENTS).map(|number| staff.at(&servers[number % servers.len()])).collect();
    let morning = morning(server);
    let answers = storm(clients, ATTEMPTS, move |client, turn, random| {
        let (start, end) = wanted(morning, turn, random);
        let body = json!({ "resource": room, "start": shown(start), "end": shown(end), "purpose": format!("{turn}") });
        client.post("/api/v1/bookings", &body).status
    });
    let made = answers.get(&201).copied().unwrap_or_default();
    assert_eq!(made + answers.get(&409).copied().unwrap_or_default(), ATTEMPTS, "{answers:?}");
    assert!((SLOTS / 2..=SLOTS).contains(&made), "{made} bookings of {SLOTS} times");
    assert_eq!(standing(&staff, room).len(), made);
    assert_no_overlap(server, &staff, room);
}
