//! Monitoring and evaluation: exact figures, each with exactly its rows.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::PPA;
use obcms_tests::approval::{complete_ppa, enact};
use obcms_tests::{Browser, Client, Server, make, on_both_engines, sample};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn figures(client: &Client, name: &str, query: &str) -> Value {
    client.get(&format!("/api/v1/analytics/{name}{query}")).expect_status(200).json
}

/// Returns the rows behind a figure.
fn rows(client: &Client, href: &Value) -> Value {
    let href = href.as_str().unwrap();
    let join = if href.contains('?') { '&' } else { '?' };
    client.get(&format!("/api/v1{href}{join}limit=500")).expect_status(200).json
}

fn sum(rows: &Value, field: &str) -> i64 {
    rows["items"].as_array().unwrap().iter().map(|row| row[field].as_i64().unwrap_or(0)).sum()
}

/// Two enacted PPAs of health with entries, one of them cancelled later, and a draft of education. All are of 2027.
fn world(server: &Server) -> [Value; 3] {
    let (maker, officer) = (server.as_role("coordinator"), server.as_role("budget_officer"));
    let [clinic, dropped] = ["Clinic", "Dropped"].map(|title| complete_ppa(&maker, title, 1_000_00));
    let entry = |ppa: &Value, kind: &str, amount: i64| {
        make(
            &officer,
            "tranches",
            json!({ "ppa": ppa["id"], "kind": kind, "amount_centavos": amount, "date": "2026-12-01" }),
        )
    };
    for ppa in [&clinic, &dropped] {
        enact(server, &maker, ppa);
        entry(ppa, "allocation", 800_00);
        entry(ppa, "obligation", 500_00);
        entry(ppa, "disbursement", 200_00);
    }
    make(
        &officer,
        "tranches",
        json!({ "ppa": clinic["id"], "kind": "adjustment", "adjusts": "obligation", "amount_centavos": -100_00, "date": "2026-12-01", "remarks": "Price" }),
    );
    sample::set(server, &PPA, id(&dropped), "status", "cancelled");
    let school = make(
        &maker,
        "ppas",
        json!({ "title": "School", "category": "oobc_ppa", "sector": "education", "fiscal_year": 2027, "budget_allocation_centavos": 50_00 }),
    );
    [clinic, dropped, school]
}

on_both_engines! {
    fn money_flows_and_opens_its_entries(server: &Server) {
        let [clinic, ..] = world(server);
        let client = server.as_role("executive");
        let flow = figures(&client, "funding-flow", "?fiscal_year=2027");
        let steps = flow["steps"].as_array().unwrap();
        let amounts: Vec<i64> = steps.iter().map(|step| step["centavos"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [1_000_00, 800_00, 400_00, 200_00], "what is cancelled does not count");
        assert_eq!([&flow["obligation_rate"], &flow["disbursement_rate"], &flow["utilization"]], [&json!(0.5), &json!(0.5), &json!(0.2)]);
        assert_eq!(sum(&rows(&client, &steps[0]["href"]), "enacted_budget_centavos"), 1_000_00);
        for step in &steps[1..] {
            assert_eq!(sum(&rows(&client, &step["href"]), "amount_centavos"), step["centavos"].as_i64().unwrap(), "{step}");
        }
        let none = figures(&client, "funding-flow", "?fiscal_year=2031");
        assert_eq!((&none["steps"][0]["centavos"], &none["obligation_rate"]), (&json!(0), &Value::Null));
        // Partners see no ledgers, also after somebody who does.
        let partner = server.as_role("partner");
        let hidden = figures(&partner, "funding-flow", "?fiscal_year=2027");
        assert_eq!((&hidden["steps"], &hidden["utilization"]), (&json!([]), &Value::Null));
        // A new entry counts at once.
        let entry = json!({ "ppa": clinic["id"], "kind": "disbursement", "amount_centavos": 50_00, "date": "2026-12-01" });
        make(&server.as_role("budget_officer"), "tranches", entry);
        assert_eq!(figures(&client, "funding-flow", "?fiscal_year=2027")["steps"][3]["centavos"], 250_00);
    }

    fn groups_have_money_reach_and_their_rows(server: &Server) {
        world(server);
        let client = server.as_role("executive");
        for name in ["sectors", "sources", "regions"] {
            let all = figures(&client, name, "?fiscal_year=2027");
            let items = all["items"].as_array().unwrap();
            assert!(!items.is_empty(), "{name}");
            for item in items {
                let rows = rows(&client, &item["href"]);
                assert_eq!(item["count"], rows["total"], "{name} {item}");
                let budget = sum(&rows, "budget_allocation_centavos");
                assert_eq!(item["budget_centavos"], budget, "{name} {item}");
            }
        }
        let sectors = figures(&client, "sectors", "?fiscal_year=2027");
        let health = sectors["items"].as_array().unwrap().iter().find(|item| item["key"] == "health").unwrap().clone();
        assert_eq!((&health["obligated_centavos"], &health["obc_slots"], &health["utilization"]), (&json!(400_00), &json!(300), &json!(0.2)));
        assert_eq!(health["cost_per_beneficiary_centavos"], 333, "1,000.00 for 300 slots");
        let education = sectors["items"].as_array().unwrap().iter().find(|item| item["key"] == "education").unwrap().clone();
        assert_eq!((&education["cost_per_beneficiary_centavos"], &education["utilization"]), (&Value::Null, &Value::Null));
    }

    fn needs_stages_and_scorecard_open_their_rows(server: &Server) {
        let [clinic, dropped, _] = world(server);
        let maker = server.as_role("coordinator");
        let barangay = maker.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
        let community = make(&maker, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
        let needs = ["Water", "Road", "Light"].map(|title| make(&maker, "needs", json!({ "title": title, "community": community["id"], "sector": "health" })));
        maker.patch(&format!("/api/v1/needs/{}", id(&needs[0])), &json!({ "status": "validated" })).expect_status(200);
        maker.patch(&format!("/api/v1/ppas/{}", id(&clinic)), &json!({ "needs": [needs[0]["id"]] })).expect_status(200);
        maker.patch(&format!("/api/v1/ppas/{}", id(&dropped)), &json!({ "needs": [needs[1]["id"]] })).expect_status(200);
        make(&maker, "projects", json!({ "need": needs[0]["id"], "ppa": clinic["id"] }));
        let indicator = make(&maker, "indicators", json!({ "ppa": clinic["id"], "kind": "output", "title": "Patients" }));
        make(&maker, "measurements", json!({ "indicator": indicator["id"], "period": "2027-Q1", "value": 1 }));
        let client = server.as_role("executive");
        let chain = figures(&client, "needs-to-results", "?sector=health");
        let counts: Vec<i64> = chain["steps"].as_array().unwrap().iter().map(|step| step["count"].as_i64().unwrap()).collect();
        assert_eq!(counts, [3, 1, 1, 0], "a cancelled PPA answers nothing");
        assert_eq!(chain["funding_rate"], json!(0.3333));
        for step in chain["steps"].as_array().unwrap() {
            assert_eq!(rows(&client, &step["href"])["total"], step["count"], "{step}");
        }
        let stages = figures(&client, "time-in-stage", "?fiscal_year=2027&sector=health");
        for stage in stages["stages"].as_array().unwrap() {
            assert_eq!(rows(&client, &stage["href"])["total"], stage["projects"], "{stage}");
        }
        let first = &stages["stages"][0];
        assert_eq!((&first["projects"], &first["intervals"]), (&json!(1), &json!(1)));
        let score = figures(&client, "scorecard", "?fiscal_year=2027");
        let of = |key: &str| score["figures"].as_array().unwrap().iter().find(|figure| figure["key"] == key).unwrap().clone();
        assert_eq!(of("ppas")["value"], 3.0);
        assert_eq!(of("budget_centavos")["value"], 1_050_00.0);
        assert_eq!((&of("indicators")["value"], &of("waiting_measurements")["value"]), (&json!(1.0), &json!(1.0)));
        for figure in score["figures"].as_array().unwrap().iter().filter(|figure| figure["unit"] == "count") {
            assert_eq!(json!(rows(&client, &figure["href"])["total"].as_f64().unwrap()), figure["value"], "{figure}");
        }
        let page = Browser::of(server, "executive").page("/monitoring?fiscal_year=2027");
        for text in ["Monitoring and evaluation", "₱1,050", "Obligated 50% of the allotted", "Health", "₱3.33", "No forecast"] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }

    fn forecast_names_its_method(server: &Server) {
        let maker = server.as_role("coordinator");
        for (year, centavos) in [(2024, 100_00), (2025, 110_00), (2026, 132_00), (2028, 9_00)] {
            make(&maker, "ppas", json!({ "title": format!("Of {year}"), "category": "oobc_ppa", "fiscal_year": year, "budget_allocation_centavos": centavos }));
        }
        let client = server.as_role("executive");
        let forecast = figures(&client, "forecast", "?fiscal_year=2026");
        let years: Vec<(i64, i64)> = forecast["years"].as_array().unwrap().iter().map(|year| (year["fiscal_year"].as_i64().unwrap(), year["budget_centavos"].as_i64().unwrap())).collect();
        assert_eq!(years, [(2024, 100_00), (2025, 110_00), (2026, 132_00), (2027, 151_80), (2028, 174_57), (2029, 200_76)]);
        assert_eq!((&forecast["growth"], &forecast["steps"]), (&json!(0.15), &json!(2)));
        assert!(forecast["method"].as_str().unwrap().contains("15.0% a year over the last 2 steps"), "{forecast}");
        assert_eq!(rows(&client, &forecast["years"][1]["href"])["total"], 1);
        assert_eq!(forecast["years"][3]["href"], Value::Null);
        for wrong in ["?year=2026", "?fiscal_year=x", "?sector=magic", "?region=nowhere"] {
            client.get(&format!("/api/v1/analytics/forecast{wrong}")).expect_status(400);
        }
        server.anonymous().get("/api/v1/analytics/scorecard").expect_status(401);
    }

    fn goals_policies_bodies_and_quarters_open_their_rows(server: &Server) {
        let [clinic, _, school] = world(server);
        let maker = server.as_role("coordinator");
        let goal = make(&maker, "goals", json!({ "title": "A nurse everywhere", "status": "active", "target_year": 2028 }));
        let draft = make(&maker, "goals", json!({ "title": "Later" }));
        let policy = make(&maker, "policies", json!({ "title": "Health code" }));
        for ppa in [&clinic, &school] {
            let patch = json!({ "goals": [goal["id"], draft["id"]], "policies": [policy["id"]] });
            maker.patch(&format!("/api/v1/ppas/{}", id(ppa)), &patch).expect_status(200);
        }
        let reader = server.as_role("executive");
        for name in ["goals", "policies", "bodies"] {
            for query in ["", "?fiscal_year=2027", "?sector=education"] {
                let found = figures(&reader, name, query);
                for group in found["items"].as_array().unwrap() {
                    let rows = rows(&reader, &group["href"]);
                    assert_eq!(group["ppas"], rows["total"], "{name}: {group}");
                    let budget = |ppa: &Value| ppa["enacted_budget_centavos"].as_i64().or_else(|| ppa["budget_allocation_centavos"].as_i64()).unwrap_or(0);
                    let sum: i64 = rows["items"].as_array().unwrap().iter().map(budget).sum();
                    assert_eq!(group["budget_centavos"], sum, "{name}: {group}");
                }
            }
        }
        let goals = figures(&reader, "goals", "");
        // Drafts are no goals yet; the cancelled PPA does not count.
        assert_eq!(goals["items"].as_array().unwrap().len(), 2, "{goals}");
        assert_eq!((&goals["items"][0]["ppas"], &goals["items"][1]["ppas"]), (&json!(2), &json!(0)), "{goals}");
        let read = reader.get(&format!("/api/v1/goals/{}", id(&goal))).expect_status(200).json;
        assert_eq!((&read["ppas"], &read["budget_centavos"]), (&json!(2), &json!(1_050_00)), "{read}");
        let trend = figures(&reader, "trend", "");
        let quarters = trend["items"].as_array().unwrap();
        assert_eq!((quarters.len(), &quarters[7]["quarter"]), (8, &json!("2026-Q4")), "{trend}");
        assert_eq!((&quarters[7]["obligated"]["centavos"], &quarters[7]["disbursed"]["centavos"]), (&json!(400_00), &json!(200_00)));
        for quarter in quarters {
            for part in ["obligated", "disbursed"] {
                let entries = rows(&reader, &quarter[part]["href"]);
                assert_eq!(quarter[part]["centavos"], sum(&entries, "amount_centavos"), "{quarter}");
            }
        }
        assert_eq!(figures(&server.as_role("partner"), "trend", ""), json!({ "items": [] }));
        let page = Browser::of(server, "executive").page("/monitoring?fiscal_year=2027");
        assert!(page.contains("Health code") && page.contains("Participation of lead organizations"), "{page}");
    }
}
