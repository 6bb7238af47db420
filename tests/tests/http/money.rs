//! Ledger of a PPA: limits, reversals, and writers at the same time.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::approval::{DECIDERS, complete_ppa, enact, step};
use obcms_tests::{Answer, Client, Server, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// A PPA with an enacted budget, through the five stages.
fn enacted(server: &Server, budget: i64) -> Value {
    let maker = server.person(&["coordinator"]).client;
    let ppa = complete_ppa(&maker, "Roads", budget);
    enact(server, &maker, &ppa);
    ppa
}

fn entry(client: &Client, ppa: &Value, kind: &str, amount: i64) -> Answer {
    let body = json!({ "ppa": ppa["id"], "kind": kind, "amount_centavos": amount, "date": "2027-02-01" });
    client.post("/api/v1/tranches", &body)
}

fn money(client: &Client, ppa: &Value) -> Value {
    client.get(&format!("/api/v1/ppas/{}/money", id(ppa))).expect_status(200).json
}

on_both_engines! {
    fn ledger_keeps_its_limits(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        assert_eq!(entry(&officer, &ppa, "obligation", 1).expect_status(409).json["limit"], "allotted");
        assert_eq!(entry(&officer, &ppa, "allocation", 1_001_00).expect_status(409).json["limit"], "enacted");
        let allotment = entry(&officer, &ppa, "allocation", 800_00).expect_status(201).json;
        assert_eq!(allotment["kind"], "allocation");
        entry(&officer, &ppa, "obligation", 500_00).expect_status(201);
        assert_eq!(entry(&officer, &ppa, "disbursement", 501_00).expect_status(409).json["limit"], "obligated");
        entry(&officer, &ppa, "disbursement", 250_00).expect_status(201);
        assert_eq!(
            money(&officer, &ppa),
            json!({
                "enacted_centavos": 1_000_00, "allotted_centavos": 800_00, "obligated_centavos": 500_00,
                "disbursed_centavos": 250_00, "balance_centavos": 300_00, "variance_centavos": -200_00,
                "obligation_rate": 0.625, "disbursement_rate": 0.5, "utilization": 0.25,
            })
        );
        // Wrong input is named by field.
        entry(&officer, &ppa, "allocation", -1).expect_status(422);
        entry(&officer, &ppa, "allocation", 0).expect_status(422);
        let refused = entry(&officer, &ppa, "adjustment", 5).expect_status(422);
        assert_eq!(refused.errors("field"), ["adjusts", "remarks"]);
        entry(&server.as_role("staff"), &ppa, "allocation", 1).expect_status(403);
    }

    fn entries_are_reversed_and_never_changed(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        let allotment = entry(&officer, &ppa, "allocation", 800_00).expect_status(201).json;
        let obligation = entry(&officer, &ppa, "obligation", 500_00).expect_status(201).json;
        let path = format!("/api/v1/tranches/{}", id(&allotment));
        officer.patch(&path, &json!({ "amount_centavos": 1 })).expect_status(405);
        officer.delete(&path).expect_status(405);
        let reverse = |entry: &Value, comment: &str| {
            officer.post(&format!("/api/v1/tranches/{}/reverse", id(entry)), &json!({ "comment": comment }))
        };
        assert_eq!(reverse(&allotment, "Wrong").expect_status(409).json["limit"], "allotted");
        reverse(&obligation, "").expect_status(422);
        let reversal = reverse(&obligation, "Contract withdrawn").expect_status(201).json;
        assert_eq!((&reversal["amount_centavos"], &reversal["reverses"]), (&json!(-500_00), &obligation["id"]));
        reverse(&obligation, "Twice").expect_status(409);
        reverse(&reversal, "Back").expect_status(409);
        reverse(&allotment, "Wrong PPA").expect_status(201);
        assert_eq!(money(&officer, &ppa)["allotted_centavos"], 0);
        // An adjustment is signed.
        entry(&officer, &ppa, "allocation", 800_00).expect_status(201);
        let adjust = |amount: i64| {
            officer.post("/api/v1/tranches", &json!({
                "ppa": ppa["id"], "kind": "adjustment", "adjusts": "allocation", "amount_centavos": amount,
                "date": "2027-03-01", "remarks": "Realigned",
            }))
        };
        adjust(-300_00).expect_status(201);
        adjust(-501_00).expect_status(409);
        assert_eq!(money(&officer, &ppa)["allotted_centavos"], 500_00);
    }

    fn enacted_budget_never_falls_below_allotments(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        entry(&server.as_role("budget_officer"), &ppa, "allocation", 800_00).expect_status(201);
        let person = |role: &str| server.person(&[role]).client;
        let maker = person("coordinator");
        step(&maker, &ppa, "revise", "Smaller").expect_status(200);
        maker
            .patch(&format!("/api/v1/ppas/{}", id(&ppa)), &json!({ "budget_allocation_centavos": 700_00 }))
            .expect_status(200);
        step(&maker, &ppa, "submit", "").expect_status(200);
        for role in &DECIDERS[..4] {
            step(&person(role), &ppa, "approve", "").expect_status(200);
        }
        let refused = step(&person("budget_officer"), &ppa, "approve", "").expect_status(409).json;
        assert_eq!(refused["limit"], "enacted");
    }

    fn concurrent_entries_keep_the_limit(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| entry(&officer, &ppa, "allocation", 100_00).status))
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let accepted = statuses.iter().filter(|status| **status == 201).count();
        assert_eq!((accepted, money(&officer, &ppa)["allotted_centavos"].as_i64()), (10, Some(1_000_00)));
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    }
}
