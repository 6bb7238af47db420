//! Concurrent bookings: no unit is booked twice, and no request causes a server error.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::SignedDuration;
use obcms_tests::race::{assert_no_overlap, many_want_the_same, morning, resource, shown, storm, wanted};
use obcms_tests::{Client, on_both_engines};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

on_both_engines! {
    fn concurrent_attempts_never_book_twice(server: &Server) {
        many_want_the_same(server, &[server.base()]);
    }
}

on_both_engines! {
    fn concurrent_changes_never_overlap(server: &Server) {
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

    fn one_of_two_concurrent_decisions_wins(server: &Server) {
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

    fn one_of_two_pending_bookings_gets_the_last_unit(server: &Server) {
        // Two units, two pending bookings, and an override of one unit: one of both can be approved.
        let projectors = resource(server, &json!({ "requires_approval": true, "capacity": 2 }));
        let (staff, admin) = (server.as_role("staff"), server.as_role("admin"));
        let deciders = [server.as_role("coordinator"), server.as_role("admin")];
        let morning = morning(server);
        for round in 0..8 {
            let start = morning + SignedDuration::from_hours(round);
            let times = json!({ "resource": projectors, "start": shown(start), "end": shown(start + SignedDuration::from_hours(1)) });
            let waiting = [0, 1].map(|_| staff.post("/api/v1/bookings", &times).expect_status(201).json["id"].as_str().unwrap().to_owned());
            let mut over = times.clone();
            over["override_reason"] = json!("Flood response");
            let over = admin.post("/api/v1/bookings", &over).expect_status(201).json;
            let answers = std::thread::scope(|scope| {
                let both = [0, 1].map(|place| {
                    let path = format!("/api/v1/bookings/{}/decision", waiting[place]);
                    let client = &deciders[place];
                    scope.spawn(move || client.post(&path, &json!({ "decision": "approve" })))
                });
                both.map(|thread| thread.join().unwrap())
            });
            let mut statuses = [answers[0].status, answers[1].status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "round {round}");
            let (won, lost) = if answers[0].status == 200 { (0, 1) } else { (1, 0) };
            let mut named: Vec<&str> = answers[lost].json["conflicts"].as_array().unwrap().iter()
                .map(|conflict| conflict["booking"].as_str().unwrap()).collect();
            let mut expected = vec![waiting[won].as_str(), over["id"].as_str().unwrap()];
            named.sort_unstable();
            expected.sort_unstable();
            assert_eq!(named, expected, "round {round}");
            let status = |place: usize| staff.get(&format!("/api/v1/bookings/{}", waiting[place])).json["status"].clone();
            assert_eq!((status(won), status(lost)), (json!("approved"), json!("pending")), "round {round}");
        }
    }

    fn concurrent_override_and_approval_are_both_answered(server: &Server) {
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
            // Later requests conflict with both.
            staff.post("/api/v1/bookings", &times).expect_status(409);
        }
    }
}

/// Booking of the naive model, in minutes from the first morning.
#[derive(Clone, Debug)]
struct Modelled {
    id: String,
    start: i64,
    end: i64,
    units: i64,
    stands: bool,
    archived: bool,
}

/// Returns true if the model has capacity, checked minute by minute.
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
    fn accepted_bookings_match_a_naive_model(server: &Server) {
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
