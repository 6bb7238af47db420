//! Concurrent writers of money: ledger limits, ceilings, decisions, edits and revisions; and a model of the whole.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

mod model;

use std::sync::atomic::{AtomicBool, Ordering};

use obcms_tests::approval::{DECIDERS, complete_ppa, enact, step};
use obcms_tests::race::storm;
use obcms_tests::{Answer, Client, Server, make, on_both_engines};
use rand::RngExt;
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// A PPA with an enacted budget, and its maker.
fn enacted(server: &Server, budget: i64) -> (Value, Client) {
    let maker = server.as_role("coordinator");
    let ppa = complete_ppa(&maker, "Roads", budget);
    enact(server, &maker, &ppa);
    (ppa, maker)
}

fn entry(client: &Client, ppa: &Value, kind: &str, amount: i64) -> Answer {
    let body = json!({ "ppa": ppa["id"], "kind": kind, "amount_centavos": amount, "date": "2027-02-01" });
    client.post("/api/v1/tranches", &body)
}

/// Allotted, obligated, disbursed and enacted of a PPA.
fn sums(client: &Client, ppa: &Value) -> [i64; 4] {
    let money = client.get(&format!("/api/v1/ppas/{}/money", id(ppa))).expect_status(200).json;
    ["allotted_centavos", "obligated_centavos", "disbursed_centavos", "enacted_centavos"]
        .map(|name| money[name].as_i64().unwrap())
}

#[track_caller]
fn assert_limits([allotted, obligated, disbursed, enacted]: [i64; 4]) {
    assert!(
        0 <= disbursed && disbursed <= obligated && obligated <= allotted && allotted <= enacted,
        "disbursed {disbursed}, obligated {obligated}, allotted {allotted}, enacted {enacted}"
    );
}

/// Submits a PPA and lets other people approve its first stages.
fn approve_stages(server: &Server, maker: &Client, ppa: &Value, stages: usize) {
    step(maker, ppa, "submit", "").expect_status(200);
    for role in &DECIDERS[..stages] {
        step(&server.as_role(role), ppa, "approve", "Good").expect_status(200);
    }
}

/// Sends two requests at the same time.
fn at_once<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(one), scope.spawn(other));
        (one.join().unwrap(), other.join().unwrap())
    })
}

on_both_engines! {
    fn concurrent_entries_of_every_kind_keep_the_limits(server: &Server) {
        let (ppa, _) = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        let clients: Vec<Client> = (0..12).map(|_| officer.at(&server.base())).collect();
        let is_done = AtomicBool::new(false);
        let watched = ppa.clone();
        let answers = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let mut seen = 0;
                while !is_done.load(Ordering::Relaxed) {
                    assert_limits(sums(&officer, &watched));
                    seen += 1;
                }
                seen
            });
            let entered = ppa.clone();
            let answers = storm(clients, 360, move |client, _, random| {
                let amount = random.random_range(1..200_i64) * 100;
                match random.random_range(0..8) {
                    0..=2 => entry(client, &entered, "allocation", amount).status,
                    3 | 4 => entry(client, &entered, "obligation", amount).status,
                    5 => entry(client, &entered, "disbursement", amount).status,
                    6 => {
                        let part = ["allocation", "obligation", "disbursement"][random.random_range(0..3)];
                        let body = json!({
                            "ppa": entered["id"], "kind": "adjustment", "adjusts": part, "date": "2027-03-01",
                            "amount_centavos": random.random_range(-100..=100_i64) * 100 + 1, "remarks": "Realigned",
                        });
                        client.post("/api/v1/tranches", &body).status
                    }
                    _ => {
                        let list = client.get(&format!("/api/v1/tranches?ppa={}&limit=20", id(&entered))).json;
                        let items = list["items"].as_array().cloned().unwrap_or_default();
                        if items.is_empty() {
                            return 409;
                        }
                        let picked = &items[random.random_range(0..items.len())];
                        let path = format!("/api/v1/tranches/{}/reverse", id(picked));
                        client.post(&path, &json!({ "comment": "Wrong" })).status
                    }
                }
            });
            is_done.store(true, Ordering::Relaxed);
            assert!(watcher.join().unwrap() > 0);
            answers
        });
        assert!(answers.keys().all(|status| [201, 409].contains(status)), "{answers:?}");
        assert!(answers.len() == 2, "entries were accepted and refused: {answers:?}");
        let found = sums(&officer, &ppa);
        assert_limits(found);
        // The sums are those of the entries, and no entry is reversed twice.
        let mut listed = [0_i64; 3];
        let mut reversed = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = officer.get(&format!("/api/v1/tranches?ppa={}&limit=500{cursor}", id(&ppa))).expect_status(200).json;
            for item in page["items"].as_array().unwrap() {
                let part = item["adjusts"].as_str().unwrap_or_else(|| item["kind"].as_str().unwrap());
                let place = ["allocation", "obligation", "disbursement"].iter().position(|name| *name == part).unwrap();
                listed[place] += item["amount_centavos"].as_i64().unwrap();
                reversed.extend(item["reverses"].as_str().map(ToOwned::to_owned));
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(listed[..], found[..3]);
        let count = reversed.len();
        reversed.sort_unstable();
        reversed.dedup();
        assert_eq!(reversed.len(), count, "an entry was reversed twice");
    }

    fn concurrent_reversals_reverse_once(server: &Server) {
        let (ppa, _) = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        for round in 0..4 {
            let allotment = entry(&officer, &ppa, "allocation", 900_00).expect_status(201).json;
            let path = format!("/api/v1/tranches/{}/reverse", id(&allotment));
            let reverse = || officer.post(&path, &json!({ "comment": "Wrong" })).status;
            let (one, other) = at_once(reverse, reverse);
            let mut statuses = [one, other];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "round {round}");
            assert_eq!(sums(&officer, &ppa)[0], 0, "round {round}");
        }
    }

    fn of_two_budgets_under_one_ceiling_one_is_refused(server: &Server) {
        let (maker, admin) = (server.as_role("coordinator"), server.as_role("admin"));
        let officers = [server.as_role("budget_officer"), server.as_role("budget_officer")];
        // The ceilings of the years leave other parts open: a sector, a source, nothing but the year.
        let parts = [json!({ "sector": "health" }), json!({ "funding_source": "gaa" }), json!({})];
        for (round, part) in parts.iter().enumerate() {
            let year = 2030 + round;
            let mut members = json!({ "fiscal_year": year, "amount_centavos": 100_00 });
            members.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            let ceiling = make(&admin, "ceilings", &members);
            let ppas = ["Wells", "Roads"].map(|title| {
                let ppa = complete_ppa(&maker, title, 60_00);
                let path = format!("/api/v1/ppas/{}", id(&ppa));
                maker.patch(&path, &json!({ "fiscal_year": year })).expect_status(200);
                approve_stages(server, &maker, &ppa, 1);
                ppa
            });
            let decide = |place: usize| step(&officers[place], &ppas[place], "approve", "Fits");
            let (one, other) = at_once(|| decide(0), || decide(1));
            let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
            won.expect_status(200);
            let lost = lost.expect_status(409).json;
            assert_eq!(lost["ceilings"][0]["id"], ceiling["id"], "round {round}: {lost}");
            assert_eq!(lost["ceilings"][0]["committed_centavos"], 60_00, "round {round}");
            let title = ceiling["title"].as_str().unwrap();
            let detail = lost["detail"].as_str().unwrap();
            assert!(detail.contains(title) && detail.contains("₱20.00"), "{detail}");
        }
    }

    fn of_two_deciders_on_one_stage_one_decides(server: &Server) {
        let maker = server.as_role("coordinator");
        let deciders = [server.as_role("admin"), server.as_role("admin")];
        for round in 0..6 {
            let ppa = complete_ppa(&maker, "Wells", 100_00);
            step(&maker, &ppa, "submit", "").expect_status(200);
            let path = format!("/api/v1/ppas/{}", id(&ppa));
            let seen = maker.get(&path).expect_status(200).header("etag").to_owned();
            let decide = |place: usize, action: &str| {
                let client = deciders[place].with_header("if-match", &seen);
                client.post(&format!("{path}/approval"), &json!({ "action": action, "comment": "Decided" })).status
            };
            let second = ["approve", "reject", "return"][round % 3];
            let (one, other) = at_once(|| decide(0, "approve"), || decide(1, second));
            let mut statuses = [one, other];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "round {round}");
            let approval = maker.get(&format!("{path}/approval")).expect_status(200).json;
            let decided: Vec<&str> = approval["decisions"].as_array().unwrap().iter()
                .filter(|decision| decision["stage"] == "technical_review")
                .map(|decision| decision["action"].as_str().unwrap()).collect();
            assert_eq!(decided.len(), 1, "round {round}: {decided:?}");
            let expected = if one == 200 { "approve" } else { second };
            assert_eq!(decided, [expected], "round {round}");
        }
    }

    fn coordinators_who_decide_at_once_decide_one_stage(server: &Server) {
        let maker = server.as_role("coordinator");
        let deciders = [server.as_role("coordinator"), server.as_role("coordinator")];
        for round in 0..4 {
            let ppa = complete_ppa(&maker, "Wells", 100_00);
            step(&maker, &ppa, "submit", "").expect_status(200);
            let (one, other) =
                at_once(|| step(&deciders[0], &ppa, "approve", "").status, || step(&deciders[1], &ppa, "approve", "").status);
            let mut statuses = [one, other];
            statuses.sort_unstable();
            // The next stage is not theirs.
            assert_eq!(statuses, [200, 403], "round {round}");
            let stage = maker.get(&format!("/api/v1/ppas/{}", id(&ppa))).json["approval_stage"].clone();
            assert_eq!(stage, "budget_review", "round {round}");
        }
    }

    fn a_submission_freezes_the_figures_that_an_edit_leaves(server: &Server) {
        let (maker, colleague) = (server.as_role("coordinator"), server.as_role("coordinator"));
        for round in 0..8 {
            let ppa = complete_ppa(&maker, "Wells", 100_00);
            let path = format!("/api/v1/ppas/{}", id(&ppa));
            let (submitted, edited) = at_once(
                || step(&maker, &ppa, "submit", "").status,
                || colleague.patch(&path, &json!({ "budget_allocation_centavos": 999_00 })).status,
            );
            assert_eq!(submitted, 200, "round {round}");
            assert!([200, 409].contains(&edited), "round {round}: {edited}");
            let budget = maker.get(&path).json["budget_allocation_centavos"].clone();
            assert_eq!(budget, if edited == 200 { 999_00 } else { 100_00 }, "round {round}");
            let approval = maker.get(&format!("{path}/approval")).expect_status(200).json;
            assert_eq!(approval["snapshot"]["budget_allocation_centavos"], budget, "round {round}");
        }
    }

    fn a_decision_and_an_edit_both_hold(server: &Server) {
        let (maker, decider) = (server.as_role("coordinator"), server.as_role("coordinator"));
        for round in 0..6 {
            let ppa = complete_ppa(&maker, "Wells", 100_00);
            step(&maker, &ppa, "submit", "").expect_status(200);
            let path = format!("/api/v1/ppas/{}", id(&ppa));
            let action = if round % 2 == 0 { "approve" } else { "return" };
            let edit = json!({ "title": "Deep wells", "budget_allocation_centavos": 500_00 });
            let (decided, edited) =
                at_once(|| step(&decider, &ppa, action, "Done").status, || maker.patch(&path, &edit).status);
            assert_eq!(decided, 200, "round {round}");
            let record = maker.get(&path).json;
            // Locked while the PPA waits; free again after a return.
            let is_free = action == "return" && edited == 200;
            assert!(edited == 409 || is_free, "round {round}: {edited}");
            assert_eq!(record["budget_allocation_centavos"], if is_free { 500_00 } else { 100_00 }, "round {round}");
            assert_eq!(record["title"], if is_free { "Deep wells" } else { "Wells" }, "round {round}");
            // Fields that are not locked are edited beside a decision.
            maker.patch(&path, &json!({ "title": "Shallow wells" })).expect_status(200);
        }
    }

    fn a_lower_budget_and_an_allotment_exclude_each_other(server: &Server) {
        let (ppa, maker) = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        let mut budget = 1_000_00;
        for round in 0..5 {
            let lower = budget - 100_00;
            step(&maker, &ppa, "revise", "Smaller").expect_status(200);
            let path = format!("/api/v1/ppas/{}", id(&ppa));
            maker.patch(&path, &json!({ "budget_allocation_centavos": lower })).expect_status(200);
            approve_stages(server, &maker, &ppa, 4);
            let decider = server.as_role("budget_officer");
            // More than the lower budget, not more than the one in force.
            let (enacted, allotted) = at_once(
                || step(&decider, &ppa, "approve", "").status,
                || entry(&officer, &ppa, "allocation", budget),
            );
            let label = format!("round {round}: enactment {enacted}, allotment {}", allotted.status);
            assert!(matches!((enacted, allotted.status), (200, 409) | (409, 201)), "{label}");
            let found = sums(&officer, &ppa);
            assert_limits(found);
            if enacted == 200 {
                budget = lower;
                assert_eq!(found, [0, 0, 0, lower], "{label}");
            } else {
                assert_eq!(found, [budget, 0, 0, budget], "{label}");
                let reverse = format!("/api/v1/tranches/{}/reverse", id(&allotted.json));
                officer.post(&reverse, &json!({ "comment": "Again" })).expect_status(201);
                step(&decider, &ppa, "approve", "").expect_status(200);
                budget = lower;
            }
        }
    }
}
