//! Many at once: whatever happens at the same moment, no unit is booked twice, and nobody sees a failure of the server.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops here.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use obcms_app::{Actor, AppError};
use obcms_domain::id::Id;
use obcms_domain::kinds::RESOURCE;
use obcms_tests::{Client, Engine, Server, on_both_engines};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// People at once.
const CLIENTS: usize = 64;
/// Attempts of all of them.
const ATTEMPTS: usize = 10_000;
/// Times that they want.
const SLOTS: usize = 20;

fn resource(server: &Server, more: &Value) -> Id {
    let mut input = json!({ "name": "Room A", "resource_type": "room" }).as_object().unwrap().clone();
    input.extend(more.as_object().unwrap().clone());
    server.app().create(&Actor::program(), &RESOURCE, &input).unwrap().id
}

/// The first full hour of the day after tomorrow.
fn morning(server: &Server) -> Timestamp {
    let hour = server.app().now().as_second() / 3600 * 3600;
    Timestamp::from_second(hour + 48 * 3600).unwrap()
}

fn shown(instant: Timestamp) -> String {
    instant.to_string()
}

/// Bookings that stand, as the API tells them.
fn standing(client: &Client, resource: Id) -> Vec<(Timestamp, Timestamp, String)> {
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

/// No two bookings of the resource at the same time: asked of the API, and of the database beneath it.
#[track_caller]
fn assert_no_overlap(server: &Server, client: &Client, resource: Id) {
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

/// Sends the attempts from as many threads as there are clients; how often each status was answered.
fn storm(
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

/// One of the wanted times, sometimes shifted so that it reaches into two.
fn wanted(morning: Timestamp, turn: usize, random: &mut StdRng) -> (Timestamp, Timestamp) {
    let slot = i64::try_from(turn % SLOTS).unwrap();
    let shift = if random.random_range(0..4) == 0 { 30 } else { 0 };
    let start = morning + SignedDuration::from_mins(slot * 60 + shift);
    (start, start + SignedDuration::from_hours(1))
}

fn many_want_the_same(server: &Server, others: &[&Server]) {
    let room = resource(server, &json!({}));
    let staff = server.as_role("staff");
    let servers: Vec<String> =
        std::iter::once(server.base()).chain(others.iter().map(|other| other.base())).collect();
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

on_both_engines! {
    fn of_ten_thousand_attempts_none_books_twice(server: &Server) {
        many_want_the_same(server, &[]);
    }
}

#[test]
fn two_processes_on_one_database_book_nothing_twice() {
    let server = Server::start(Engine::Postgres);
    let other = server.second();
    many_want_the_same(&server, &[&other]);
}

on_both_engines! {
    fn whatever_is_done_at_once_nothing_overlaps(server: &Server) {
        let rooms = [resource(server, &json!({})), resource(server, &json!({ "name": "Room B", "requires_approval": true }))];
        let me = server.as_role("coordinator");
        let clients: Vec<Client> = (0..16).map(|_| me.at(&server.base())).collect();
        let morning = morning(server);
        let answers = storm(clients, 800, move |client, turn, random| {
            let (start, end) = wanted(morning, turn, random);
            let room = rooms[random.random_range(0..2)];
            let known = client.get("/api/v1/bookings?limit=30&archived=all").json["items"].as_array().cloned().unwrap_or_default();
            let times = json!({ "resource": room, "start": shown(start), "end": shown(end) });
            if known.is_empty() || random.random_range(0..3) == 0 {
                return client.post("/api/v1/bookings", &times).status;
            }
            let path = format!("/api/v1/bookings/{}", known[random.random_range(0..known.len())]["id"].as_str().unwrap());
            match random.random_range(0..7) {
                0 => client.delete(&path).status,
                1 => client.post(&format!("{path}/restore"), &json!({})).status,
                2 => client.post(&format!("{path}/undo"), &json!({})).status,
                3 => client.post(&format!("{path}/decision"), &json!({ "decision": "approve" })).status,
                4 => client.post(&format!("{path}/decision"), &json!({ "decision": "cancel" })).status,
                _ => client.patch(&path, &times).status,
            }
        });
        assert!(answers.keys().all(|status| [200, 201, 204, 409].contains(status)), "{answers:?}");
        assert!(answers.len() == 4, "every kind of answer was met: {answers:?}");
        for room in rooms {
            assert_no_overlap(server, &me, room);
        }
    }

    fn of_two_who_decide_at_once_one_decides(server: &Server) {
        let room = resource(server, &json!({ "requires_approval": true }));
        let staff = server.as_role("staff");
        let deciders = [server.as_role("coordinator"), server.as_role("admin")];
        let morning = morning(server);
        for round in 0..12 {
            let start = morning + SignedDuration::from_hours(round);
            let times = json!({ "resource": room, "start": shown(start), "end": shown(start + SignedDuration::from_hours(1)) });
            let booking = staff.post("/api/v1/bookings", &times).expect_status(201).json;
            let path = format!("/api/v1/bookings/{}/decision", booking["id"].as_str().unwrap());
            let mut answers: Vec<u16> = std::thread::scope(|scope| {
                let decide = |client: &Client, verdict: &str| {
                    let (client, path) = (client.clone(), path.clone());
                    let body = json!({ "decision": verdict, "note": "Decided" });
                    scope.spawn(move || client.post(&path, &body).status)
                };
                let both = [decide(&deciders[0], "approve"), decide(&deciders[1], "reject")];
                both.map(|thread| thread.join().unwrap()).to_vec()
            });
            answers.sort_unstable();
            assert_eq!(answers, [200, 409], "round {round}");
        }
    }

    fn an_override_and_an_approval_at_once_are_both_answered(server: &Server) {
        let room = resource(server, &json!({ "requires_approval": true }));
        let (staff, admin, coordinator) = (server.as_role("staff"), server.as_role("admin"), server.as_role("coordinator"));
        let morning = morning(server);
        for round in 0..12 {
            let start = morning + SignedDuration::from_hours(round);
            let times = json!({ "resource": room, "start": shown(start), "end": shown(start + SignedDuration::from_hours(1)) });
            let booking = staff.post("/api/v1/bookings", &times).expect_status(201).json;
            let path = format!("/api/v1/bookings/{}/decision", booking["id"].as_str().unwrap());
            let mut over = times.clone();
            over["override_reason"] = json!("Flood response");
            let (approved, overridden) = std::thread::scope(|scope| {
                let approval = scope.spawn(|| coordinator.post(&path, &json!({ "decision": "approve" })));
                let over = scope.spawn(|| admin.post("/api/v1/bookings", &over));
                (approval.join().unwrap(), over.join().unwrap())
            });
            overridden.expect_status(201);
            assert!([200, 409].contains(&approved.status), "{}", approved.text);
            let status = staff.get(&format!("/api/v1/bookings/{}", booking["id"].as_str().unwrap())).json["status"].clone();
            assert_eq!(status, if approved.status == 200 { "approved" } else { "pending" }, "round {round}");
            // Whoever comes later meets both.
            staff.post("/api/v1/bookings", &times).expect_status(409);
        }
    }
}

/// A booking of the naive model: minutes from the first morning on.
#[derive(Clone, Debug)]
struct Modelled {
    id: String,
    start: i64,
    end: i64,
    units: i64,
    stands: bool,
    archived: bool,
}

/// Whether the model has room, minute by minute.
fn fits(
    model: &[Modelled],
    except: Option<usize>,
    wanted: (i64, i64, i64),
    capacity: i64,
    buffer: i64,
) -> bool {
    let (start, end, units) = wanted;
    (start..end + buffer).all(|minute| {
        let taken: i64 = model
            .iter()
            .enumerate()
            .filter(|(place, one)| {
                Some(*place) != except
                    && one.stands
                    && !one.archived
                    && one.start <= minute
                    && minute < one.end + buffer
            })
            .map(|(_, one)| one.units)
            .sum();
        taken + units <= capacity
    })
}

on_both_engines! {
    fn what_is_accepted_is_what_a_naive_model_accepts(server: &Server) {
        let me = server.as_role("coordinator");
        let morning = morning(server);
        for (seed, capacity, buffer) in [(1_u64, 1_i64, 0_i64), (2, 1, 20), (3, 4, 10)] {
            let room = resource(server, &json!({ "capacity": capacity, "buffer_after_minutes": buffer }));
            let mut random = StdRng::seed_from_u64(seed);
            let mut model: Vec<Modelled> = Vec::new();
            for step in 0..130 {
                let start = i64::from(random.random_range(0..40)) * 15;
                let end = start + i64::from(random.random_range(1..9)) * 15;
                let units = random.random_range(1..=capacity);
                let at = |minutes: i64| json!(shown(morning + SignedDuration::from_mins(minutes)));
                let times = json!({ "resource": room, "start": at(start), "end": at(end), "units": units });
                let label = format!("seed {seed}, step {step}: {model:?}");
                if model.is_empty() || random.random_range(0..3) == 0 {
                    let answer = me.post("/api/v1/bookings", &times);
                    let expected = fits(&model, None, (start, end, units), capacity, buffer);
                    assert_eq!(answer.status, if expected { 201 } else { 409 }, "create at {start} to {end}; {label}");
                    if expected {
                        let id = answer.json["id"].as_str().unwrap().to_owned();
                        model.push(Modelled { id, start, end, units, stands: true, archived: false });
                    }
                    continue;
                }
                let place = random.random_range(0..model.len());
                let one = model[place].clone();
                let path = format!("/api/v1/bookings/{}", one.id);
                match random.random_range(0..5) {
                    0 if one.stands && !one.archived => {
                        me.post(&format!("{path}/decision"), &json!({ "decision": "cancel" })).expect_status(200);
                        model[place].stands = false;
                    }
                    1 => {
                        me.delete(&path).expect_status(204);
                        model[place].archived = true;
                    }
                    2 if one.archived => {
                        let answer = me.post(&format!("{path}/restore"), &json!({}));
                        let wanted = (one.start, one.end, one.units);
                        let expected = !one.stands || fits(&model, Some(place), wanted, capacity, buffer);
                        assert_eq!(answer.status, if expected { 200 } else { 409 }, "restore {}; {label}", one.id);
                        model[place].archived = !expected;
                    }
                    _ => {
                        let answer = me.patch(&path, &times);
                        let same = (one.start, one.end, one.units) == (start, end, units);
                        let open = one.stands && fits(&model, Some(place), (start, end, units), capacity, buffer);
                        let expected = !one.archived && (same || open);
                        assert_eq!(answer.status, if expected { 200 } else { 409 }, "move {} to {start}; {label}", one.id);
                        if expected {
                            model[place] = Modelled { start, end, units, ..one };
                        }
                    }
                }
            }
        }
    }
}
