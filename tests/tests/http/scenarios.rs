//! Budget scenarios: allocations by hand and by rule, comparison, adoption and its undo.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::approval::{complete_ppa, enact, step};
use obcms_tests::{Answer, Browser, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// A PPA of 2027 in draft that asks for the amount.
fn ppa(server: &Server, title: &str, sector: &str, region: &str, ask: i64) -> Value {
    let maker = server.as_role("coordinator");
    make(
        &maker,
        "ppas",
        json!({
            "title": title, "category": "moa_ppa", "sector": sector, "coverage_region": region,
            "funding_source": "gaa", "fiscal_year": 2027, "budget_allocation_centavos": ask,
        }),
    )
}

/// Gives a PPA a need; the more people, the higher its score.
fn need(server: &Server, ppa: &Value, urgency: &str, severity: i64) -> i64 {
    let maker = server.as_role("coordinator");
    let community = make(&maker, "communities", json!({ "name": "Upper Dalag", "barangay": "1206511001" }));
    let need = make(
        &maker,
        "needs",
        json!({
            "title": "Clinic", "community": community["id"], "urgency_level": urgency, "impact_severity": severity,
            "feasibility": "high", "affected_population": 500,
        }),
    );
    maker.patch(&format!("/api/v1/ppas/{}", id(ppa)), &json!({ "needs": [need["id"]] })).expect_status(200);
    need["priority_score"].as_i64().unwrap()
}

fn scenario(officer: &Client, name: &str, envelope: i64) -> Value {
    make(officer, "scenarios", json!({ "name": name, "fiscal_year": 2027, "envelope_centavos": envelope }))
}

fn post(client: &Client, scenario: &Value, action: &str, body: &Value) -> Answer {
    client.post(&format!("/api/v1/scenarios/{}/{action}", id(scenario)), body)
}

fn allocate(client: &Client, scenario: &Value, amounts: &[(&Value, i64)]) -> Answer {
    let list: Vec<Value> =
        amounts.iter().map(|(ppa, amount)| json!({ "ppa": ppa["id"], "amount_centavos": amount })).collect();
    client.patch(&format!("/api/v1/scenarios/{}/allocations", id(scenario)), &json!({ "allocations": list }))
}

/// Amount of a PPA on the board.
fn amount(board: &Value, ppa: &Value) -> i64 {
    let rows = board["candidates"].as_array().unwrap();
    rows.iter().find(|row| row["ppa"] == ppa["id"]).unwrap()["amount_centavos"].as_i64().unwrap()
}

const SOX: &str = "1200000000";
const DAVAO: &str = "1100000000";

on_both_engines! {
    fn envelope_is_distributed_by_hand(server: &Server) {
        let officer = server.as_role("budget_officer");
        let (wells, clinic) = (ppa(server, "Wells", "infrastructure", SOX, 300_00), ppa(server, "Clinic", "health", DAVAO, 500_00));
        let plan = scenario(&officer, "Plan A", 600_00);
        let board = allocate(&officer, &plan, &[(&wells, 300_00), (&clinic, 200_00)]).expect_status(200).json;
        assert_eq!((&board["allocated_centavos"], &board["remaining_centavos"]), (&json!(500_00), &json!(100_00)));
        // Others stay; zero takes a PPA out.
        let board = allocate(&officer, &plan, &[(&wells, 0)]).expect_status(200).json;
        assert_eq!((amount(&board, &wells), amount(&board, &clinic)), (0, 200_00));
        let record = officer.get(&format!("/api/v1/scenarios/{}", id(&plan))).json;
        assert_eq!((&record["allocated_centavos"], &record["funded"]), (&json!(200_00), &json!(1)));
        // Nothing above the ask, below zero, or for a PPA of another year.
        let refused = allocate(&officer, &plan, &[(&clinic, 500_01)]).expect_status(422);
        assert!(refused.text.contains("Must be at most ₱500.00, as Clinic asks for."), "{}", refused.text);
        assert_eq!(refused.errors("field"), [format!("allocations.{}", id(&clinic))]);
        allocate(&officer, &plan, &[(&clinic, -1)]).expect_status(422);
        let later = server.as_role("coordinator").patch(&format!("/api/v1/ppas/{}", id(&wells)), &json!({ "fiscal_year": 2028 }));
        later.expect_status(200);
        allocate(&officer, &plan, &[(&wells, 1)]).expect_status(422);
        // Two people do not overwrite each other unseen.
        let stale = officer.with_header("if-match", "\"1\"");
        allocate(&stale, &plan, &[(&clinic, 1)]).expect_status(412);
        // Undo takes the last change back.
        post(&officer, &plan, "undo", &json!({})).expect_status(200);
        let board = officer.get(&format!("/api/v1/scenarios/{}/allocations", id(&plan))).expect_status(200).json;
        assert_eq!(board["allocated_centavos"], 500_00);
        assert_eq!(board["others"][0]["ppa"], wells["id"], "{board}");
        for role in ["coordinator", "executive", "staff"] {
            allocate(&server.as_role(role), &plan, &[(&clinic, 1)]).expect_status(403);
        }
        server.as_role("partner").get(&format!("/api/v1/scenarios/{}/allocations", id(&plan))).expect_status(403);
    }

    fn envelope_is_distributed_by_rule_under_ceilings(server: &Server) {
        let (officer, admin) = (server.as_role("budget_officer"), server.as_role("admin"));
        let clinic = ppa(server, "Clinic", "health", SOX, 500_00);
        let school = ppa(server, "School", "education", SOX, 500_00);
        let wells = ppa(server, "Wells", "infrastructure", DAVAO, 500_00);
        let high = need(server, &clinic, "immediate", 5);
        let low = need(server, &school, "long_term", 1);
        assert!(high > low, "{high} and {low}");
        let plan = scenario(&officer, "By score", 700_00);
        let board = post(&officer, &plan, "distribute", &json!({ "rule": "priority" })).expect_status(200).json;
        assert_eq!([&clinic, &school, &wells].map(|ppa| amount(&board, ppa)), [500_00, 200_00, 0]);
        let board = post(&officer, &plan, "distribute", &json!({ "rule": "equity" })).expect_status(200).json;
        assert_eq!([&clinic, &school, &wells].map(|ppa| amount(&board, ppa)), [175_00, 175_00, 350_00]);
        // A hard ceiling holds, and counts the budgets in force of other PPAs.
        let maker = server.as_role("coordinator");
        let enacted = complete_ppa(&maker, "Old clinic", 100_00);
        enact(server, &maker, &enacted);
        make(&admin, "ceilings", json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 250_00 }));
        let board = post(&officer, &plan, "distribute", &json!({ "rule": "priority" })).expect_status(200).json;
        assert_eq!([&clinic, &school, &wells].map(|ppa| amount(&board, ppa)), [150_00, 500_00, 50_00]);
        assert_eq!(board["ceilings"][0]["remaining_centavos"], 0, "{}", board["ceilings"]);
        // Minimum shares come first; what cannot be reached is said.
        let shares = json!([
            { "by": "sector", "key": "infrastructure", "percent": 50 }, { "by": "sector", "key": "health", "percent": 30 },
        ]);
        let body = json!({ "rule": "priority", "minimum_shares": shares });
        let board = post(&officer, &plan, "distribute", &body).expect_status(200).json;
        assert_eq!([&clinic, &school, &wells].map(|ppa| amount(&board, ppa)), [150_00, 200_00, 350_00]);
        assert_eq!(board["shortfalls"], json!([
            { "label": "Health", "minimum_centavos": 210_00, "allocated_centavos": 150_00, "asked_centavos": 500_00 },
        ]));
        for (body, field) in [
            (json!({}), "rule"),
            (json!({ "rule": "luck" }), "rule"),
            (json!({ "rule": "weighted", "score_weight": 101 }), "score_weight"),
            (json!({ "rule": "weighted", "score_weight": 0, "equity_weight": 0 }), "score_weight"),
            (json!({ "rule": "equity", "minimum_shares": [{ "by": "sector", "key": "x", "percent": 1 }] }), "minimum_shares"),
        ] {
            assert_eq!(post(&officer, &plan, "distribute", &body).expect_status(422).errors("field"), [field], "{body}");
        }
        post(&server.as_role("coordinator"), &plan, "distribute", &json!({ "rule": "priority" })).expect_status(403);
    }

    fn adoption_drafts_ceilings_and_budgets_in_one_change(server: &Server) {
        let (officer, maker) = (server.as_role("budget_officer"), server.as_role("coordinator"));
        let clinic = ppa(server, "Clinic", "health", SOX, 500_00);
        let locked = complete_ppa(&maker, "School", 300_00);
        step(&maker, &locked, "submit", "").expect_status(200);
        let plan = scenario(&officer, "Plan A", 700_00);
        post(&officer, &plan, "adopt", &json!({})).expect_status(409);
        allocate(&officer, &plan, &[(&clinic, 400_00), (&locked, 250_00)]).expect_status(200);
        for role in ["coordinator", "executive", "staff"] {
            post(&server.as_role(role), &plan, "adopt", &json!({})).expect_status(403);
        }
        let adopted = post(&officer, &plan, "adopt", &json!({ "ceilings": "sector", "enforcement": "soft" })).expect_status(200).json;
        assert_eq!(adopted["status"], "adopted");
        assert_eq!(adopted["ceilings"]["created"], json!([{ "title": "2027: Health, all sources", "amount_centavos": 650_00, "existing_centavos": null }]));
        assert_eq!(adopted["ppas"]["changed"][0]["ppa"], clinic["id"]);
        assert_eq!((&adopted["ppas"]["left"][0]["ppa"], &adopted["ppas"]["left"][0]["reason"]), (&locked["id"], &json!("locked by its budget approval")));
        let budget = |ppa: &Value| officer.get(&format!("/api/v1/ppas/{}", id(ppa))).json["budget_allocation_centavos"].clone();
        assert_eq!((budget(&clinic), budget(&locked)), (json!(400_00), json!(300_00)));
        let ceilings = officer.get("/api/v1/ceilings?fiscal_year=2027").json;
        assert_eq!((&ceilings["total"], &ceilings["items"][0]["enforcement"]), (&json!(1), &json!("soft")));
        // An adopted scenario is kept as it is.
        allocate(&officer, &plan, &[(&clinic, 1)]).expect_status(409);
        officer.patch(&format!("/api/v1/scenarios/{}", id(&plan)), &json!({ "envelope_centavos": 1 })).expect_status(409);
        // The undo takes back all of it.
        post(&officer, &plan, "undo", &json!({})).expect_status(200);
        assert_eq!((budget(&clinic), budget(&locked)), (json!(500_00), json!(300_00)));
        assert_eq!(officer.get("/api/v1/ceilings?fiscal_year=2027").json["total"], 0);
        assert_eq!(officer.get(&format!("/api/v1/scenarios/{}", id(&plan))).json["status"], "draft");
    }

    fn existing_ceilings_are_updated_only_if_chosen(server: &Server) {
        let officer = server.as_role("budget_officer");
        let clinic = ppa(server, "Clinic", "health", SOX, 500_00);
        let ceiling = make(&officer, "ceilings", json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 300_00 }));
        let plan = scenario(&officer, "Plan A", 700_00);
        allocate(&officer, &plan, &[(&clinic, 400_00)]).expect_status(200);
        // A hard ceiling is in the way unless it is updated.
        let refused = post(&officer, &plan, "adopt", &json!({})).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("2027: Health, all sources is exceeded by ₱100.00"), "{refused}");
        let amount = || officer.get(&format!("/api/v1/ceilings/{}", id(&ceiling))).json["amount_centavos"].clone();
        assert_eq!(amount(), 300_00);
        let adopted = post(&officer, &plan, "adopt", &json!({ "update_ceilings": true })).expect_status(200).json;
        assert_eq!(adopted["ceilings"]["updated"][0]["existing_centavos"], 300_00);
        assert_eq!(amount(), 400_00);
        post(&officer, &plan, "undo", &json!({})).expect_status(200);
        assert_eq!(amount(), 300_00);
        // More than the envelope is not adopted either.
        officer.patch(&format!("/api/v1/scenarios/{}", id(&plan)), &json!({ "envelope_centavos": 100_00 })).expect_status(200);
        let refused = post(&officer, &plan, "adopt", &json!({ "update_ceilings": true })).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("exceed the envelope by ₱300.00"), "{refused}");
    }

    fn undo_of_an_adoption_leaves_submitted_budgets(server: &Server) {
        let (officer, maker) = (server.as_role("budget_officer"), server.as_role("coordinator"));
        let clinic = complete_ppa(&maker, "Clinic", 500_00);
        let plan = scenario(&officer, "Plan A", 700_00);
        allocate(&officer, &plan, &[(&clinic, 400_00)]).expect_status(200);
        post(&officer, &plan, "adopt", &json!({ "ceilings": "none" })).expect_status(200);
        step(&maker, &clinic, "submit", "").expect_status(200);
        post(&officer, &plan, "undo", &json!({})).expect_status(409);
        let budget = officer.get(&format!("/api/v1/ppas/{}", id(&clinic))).json["budget_allocation_centavos"].clone();
        assert_eq!(budget, 400_00);
        assert_eq!(officer.get(&format!("/api/v1/scenarios/{}", id(&plan))).json["status"], "adopted");
    }

    fn scenarios_are_compared_side_by_side(server: &Server) {
        let officer = server.as_role("budget_officer");
        let (clinic, wells) = (ppa(server, "Clinic", "health", SOX, 500_00), ppa(server, "Wells", "infrastructure", DAVAO, 500_00));
        let (one, other) = (scenario(&officer, "Plan A", 600_00), scenario(&officer, "Plan B", 900_00));
        allocate(&officer, &one, &[(&clinic, 400_00)]).expect_status(200);
        allocate(&officer, &other, &[(&clinic, 450_00), (&wells, 300_00)]).expect_status(200);
        let address = format!("ids={},{}", id(&one), id(&other));
        let compared = server.as_role("executive").get(&format!("/api/v1/scenarios/compare?{address}")).expect_status(200).json;
        assert_eq!(compared["ppas"][0]["ppa"], wells["id"]);
        assert_eq!(compared["ppas"][0]["differences_centavos"], json!([0, 300_00]));
        assert_eq!(compared["ppas"][1]["amounts_centavos"], json!([400_00, 450_00]));
        assert_eq!(compared["sectors"], json!([
            { "key": "health", "amounts_centavos": [400_00, 450_00] },
            { "key": "infrastructure", "amounts_centavos": [0, 300_00] },
        ]));
        officer.get(&format!("/api/v1/scenarios/compare?ids={}", id(&one))).expect_status(400);
        officer.get("/api/v1/scenarios/compare?ids=x,y").expect_status(400);
        let page = Browser::of(server, "executive").page(&format!("/scenarios/compare?{address}"));
        assert!(page.contains("+₱300.00") && page.contains("Plan B"), "{page}");
    }

    fn pages_keep_what_was_typed(server: &Server) {
        let person = server.person(&["budget_officer"]);
        let clinic = ppa(server, "Clinic", "health", SOX, 500_00);
        let wells = ppa(server, "Wells", "infrastructure", DAVAO, 500_00);
        let plan = scenario(&person.client, "Plan A", 700_00);
        let browser = Browser::sign_in(server, &person);
        let address = format!("/scenarios/{}", id(&plan));
        let (one, other) = (format!("allocations.{}", id(&clinic)), format!("allocations.{}", id(&wells)));
        let version = plan["version"].to_string();
        let send = |values: [&str; 2]| {
            let fields = [("version", version.as_str()), (&one, values[0]), (&other, values[1])];
            browser.send(&format!("{address}/allocations"), &fields)
        };
        let refused = send(["600", "12.345"]).expect_status(422).text;
        assert!(refused.contains("Must be at most ₱500.00"), "{refused}");
        assert!(refused.contains("fractions of a centavo") && refused.contains("value=\"12.345\""), "{refused}");
        send(["₱0.35k", "1,25"]).expect_status(422);
        send(["₱0.35k", "125.50"]).expect_status(303);
        let board = person.client.get(&format!("/api/v1{address}/allocations")).json;
        assert_eq!((amount(&board, &clinic), amount(&board, &wells)), (350_00, 125_50));
        // The version that the person saw is old now.
        let stale = send(["1", "2"]).expect_status(409).text;
        assert!(stale.contains("Someone else changed this") && stale.contains("value=\"1\""), "{stale}");
    }

    fn amounts_above_the_envelope_are_saved_with_a_warning(server: &Server) {
        let person = server.person(&["budget_officer"]);
        let (clinic, wells) = (ppa(server, "Clinic", "health", SOX, 500_00), ppa(server, "Wells", "infrastructure", DAVAO, 500_00));
        let plan = scenario(&person.client, "Plan A", 700_00);
        let browser = Browser::sign_in(server, &person);
        let address = format!("/scenarios/{}", id(&plan));
        let fields = [(format!("allocations.{}", id(&clinic)), "400"), (format!("allocations.{}", id(&wells)), "500")];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let saved = browser.send(&format!("{address}/allocations"), &fields).expect_status(303);
        let flash = saved.header("set-cookie").to_owned();
        assert!(flash.contains("over") && flash.contains("200.00"), "{flash}");
        let page = browser.page(&address);
        assert!(page.contains("Over the envelope by") && page.contains("₱200.00 over"), "{page}");
        let board = person.client.get(&format!("/api/v1{address}/allocations")).json;
        assert_eq!((&board["excess_centavos"], &board["remaining_centavos"]), (&json!(200_00), &json!(-200_00)));
        let refused = post(&person.client, &plan, "adopt", &json!({})).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("exceed the envelope by ₱200.00"), "{refused}");
        let tab = browser.page(&format!("{address}?tab=adopt"));
        assert!(tab.contains("Cannot be adopted yet") && tab.contains("exceed the envelope by ₱200.00"), "{tab}");
    }

    fn amounts_of_ppas_that_left_are_removed(server: &Server) {
        let person = server.person(&["budget_officer"]);
        let (clinic, wells) = (ppa(server, "Clinic", "health", SOX, 500_00), ppa(server, "Wells", "infrastructure", DAVAO, 500_00));
        let plan = scenario(&person.client, "Plan A", 700_00);
        allocate(&person.client, &plan, &[(&clinic, 100_00), (&wells, 300_00)]).expect_status(200);
        let move_on = |ppa: &Value| {
            let later = json!({ "fiscal_year": 2028 });
            server.as_role("coordinator").patch(&format!("/api/v1/ppas/{}", id(ppa)), &later).expect_status(200);
        };
        move_on(&wells);
        let browser = Browser::sign_in(server, &person);
        let address = format!("/scenarios/{}", id(&plan));
        // Enter in an amount presses the first button of the form.
        let page = browser.page(&address);
        let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}: {page}"));
        assert!(place("Save amounts") < place("Remove former candidates"), "{page}");
        // An amount that is typed for it is refused by its name.
        let stale = format!("allocations.{}", id(&wells));
        let refused = browser.send(&format!("{address}/allocations"), &[(stale.as_str(), "5")]).expect_status(422).text;
        assert!(refused.contains("Wells is no PPA of 2027 that waits for its budget."), "{refused}");
        // What is typed is saved with it.
        let name = format!("allocations.{}", id(&clinic));
        let fields = [(name.as_str(), "200"), ("remove_others", "true")];
        browser.send(&format!("{address}/allocations"), &fields).expect_status(303);
        let board = person.client.get(&format!("/api/v1{address}/allocations")).json;
        assert_eq!((&board["allocated_centavos"], &board["others"]), (&json!(200_00), &json!([])));
        // Without any candidate the amounts can still be cleared.
        move_on(&clinic);
        assert!(browser.page(&address).contains("Clear all amounts"));
        browser.send(&format!("{address}/allocations"), &[("clear", "true")]).expect_status(303);
        assert_eq!(person.client.get(&format!("/api/v1{address}")).json["allocated_centavos"], 0);
    }

    fn board_of_a_scenario_is_computed_once_per_save(server: &Server) {
        let person = server.person(&["budget_officer"]);
        let clinic = ppa(server, "Clinic", "health", SOX, 500_00);
        let plan = scenario(&person.client, "Plan A", 700_00);
        let browser = Browser::sign_in(server, &person);
        let boards = |send: &dyn Fn() -> Answer, status: u16| {
            let recorder = server.app().database().recorder();
            recorder.start();
            send().expect_status(status);
            let statements = recorder.stop();
            statements.iter().filter(|(sql, _)| sql.contains("FROM ppas p LEFT JOIN regions")).count()
        };
        let address = format!("/scenarios/{}", id(&plan));
        let name = format!("allocations.{}", id(&clinic));
        let page = || browser.send(&format!("{address}/allocations"), &[(name.as_str(), "400")]);
        assert_eq!(boards(&page, 303), 1);
        let rule = || browser.send(&format!("{address}/distribute"), &[("rule", "priority")]);
        assert_eq!(boards(&rule, 303), 1);
        assert_eq!(boards(&|| allocate(&person.client, &plan, &[(&clinic, 1)]), 200), 1);
        assert_eq!(boards(&|| post(&person.client, &plan, "distribute", &json!({ "rule": "equity" })), 200), 1);
        // The answer is the board as it is read again.
        let board = allocate(&person.client, &plan, &[(&clinic, 250_00)]).expect_status(200).json;
        assert_eq!(board, person.client.get(&format!("/api/v1{address}/allocations")).json);
        assert_eq!((amount(&board, &clinic), &board["allocated_centavos"]), (250_00, &json!(250_00)));
    }

    fn only_an_adoption_leads_to_adopted(server: &Server) {
        let person = server.person(&["budget_officer"]);
        let browser = Browser::sign_in(server, &person);
        let form = browser.page("/scenarios/new");
        assert!(!form.contains("value=\"adopted\"") && !form.contains("value=\"archived\""), "{form}");
        for status in ["adopted", "archived"] {
            let body = json!({ "name": "Plan", "fiscal_year": 2027, "envelope_centavos": 1, "status": status });
            let refused = person.client.post("/api/v1/scenarios", &body).expect_status(422);
            assert_eq!(refused.errors("field"), ["status"], "{}", refused.text);
        }
        // Draft is the status of a new one.
        let fields = [("shown_fields", "name,fiscal_year,envelope_centavos"), ("name", "Plan A"), ("fiscal_year", "2027"), ("envelope_centavos", "700")];
        browser.send("/scenarios/new", &fields).expect_status(303);
        let plan = person.client.get("/api/v1/scenarios").json["items"][0].clone();
        assert_eq!(plan["status"], "draft", "{plan}");
        let address = format!("/scenarios/{}", id(&plan));
        let edit = browser.page(&format!("{address}/edit"));
        assert!(!edit.contains("value=\"adopted\""), "{edit}");
        person.client.patch(&format!("/api/v1{address}"), &json!({ "status": "adopted" })).expect_status(422);
        // Nor does anything but the undo lead back.
        let clinic = ppa(server, "Clinic", "health", SOX, 500_00);
        allocate(&person.client, &plan, &[(&clinic, 400_00)]).expect_status(200);
        post(&person.client, &plan, "adopt", &json!({})).expect_status(200);
        person.client.patch(&format!("/api/v1{address}"), &json!({ "status": "draft" })).expect_status(422);
        person.client.patch(&format!("/api/v1{address}"), &json!({ "notes": "Adopted in May" })).expect_status(200);
    }

    fn unusual_distributions_are_explained(server: &Server) {
        let officer = server.as_role("budget_officer");
        let plan = scenario(&officer, "Plan A", 700_00);
        let distribute = |body: Value| post(&officer, &plan, "distribute", &body);
        // Nobody to give to: the present amounts are not cleared.
        let refused = distribute(json!({ "rule": "equity" })).expect_status(409).text;
        assert!(refused.contains("No PPA of 2027 waits for its budget."), "{refused}");
        let clinic = ppa(server, "Clinic", "health", SOX, 0);
        let refused = distribute(json!({ "rule": "equity" })).expect_status(409).text;
        assert!(refused.contains("No PPA of 2027 asks for money."), "{refused}");
        server.as_role("coordinator").patch(&format!("/api/v1/ppas/{}", id(&clinic)), &json!({ "budget_allocation_centavos": 900_00 })).expect_status(200);
        let wells = ppa(server, "Wells", "infrastructure", DAVAO, 300_00);
        // All scores are zero: they count as equal.
        let board = distribute(json!({ "rule": "weighted", "score_weight": 100, "equity_weight": 0 })).expect_status(200).json;
        assert_eq!((amount(&board, &clinic), amount(&board, &wells)), (525_00, 175_00));
        // More minimum shares than the envelope has, one of a region without candidates.
        let shares = json!([
            { "by": "sector", "key": "health", "percent": 100 }, { "by": "region", "key": DAVAO, "percent": 60 },
            { "by": "region", "key": "0900000000", "percent": 40 },
        ]);
        let board = distribute(json!({ "rule": "equity", "minimum_shares": shares })).expect_status(200).json;
        assert_eq!(board["allocated_centavos"], 700_00);
        let missing = board["shortfalls"].as_array().unwrap();
        assert!(missing.iter().any(|one| one["asked_centavos"] == 0), "{board}");
        let page = Browser::of(server, "budget_officer").page(&format!("/scenarios/{}", id(&plan)));
        assert!(page.contains("No candidate there asks for money"), "{page}");
        // Shares of more than the envelope, of no region, and of no sector.
        for (share, text) in [
            (json!([{ "by": "sector", "key": "health", "percent": 60 }, { "by": "sector", "key": "education", "percent": 50 }]), "at most 100 %"),
            (json!([{ "by": "region", "key": "1206511001", "percent": 10 }]), "is no region"),
            (json!([{ "by": "sector", "key": "", "percent": 10 }]), "key must be a sector"),
        ] {
            let refused = distribute(json!({ "rule": "equity", "minimum_shares": share })).expect_status(422);
            assert_eq!(refused.errors("field"), ["minimum_shares"]);
            assert!(refused.text.contains(text), "{}", refused.text);
        }
        // Full ceilings leave nothing: the page says what of the envelope is left.
        make(&officer, "ceilings", json!({ "fiscal_year": 2027, "amount_centavos": 0 }));
        let board = distribute(json!({ "rule": "priority", "minimum_shares": [] })).expect_status(200).json;
        assert_eq!((&board["allocated_centavos"], &board["remaining_centavos"]), (&json!(0), &json!(700_00)));
    }
}
