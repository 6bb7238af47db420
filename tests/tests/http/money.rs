//! Ledger of a PPA: limits, reversals, and writers at the same time.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::TRANCHE;
use obcms_tests::approval::{DECIDERS, complete_ppa, enact, step};
use obcms_tests::{Answer, Browser, Client, Server, on_both_engines};
use serde_json::{Value, json};

use crate::files::import;

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
                "years": [{
                    "fiscal_year": 2027, "allotted_centavos": 800_00, "obligated_centavos": 500_00,
                    "disbursed_centavos": 250_00,
                }],
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

    fn figures_follow_adjustments_reversals_and_year_ends(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        // Nothing is allotted: rates without a denominator are null, not zero.
        let empty = money(&officer, &ppa);
        assert_eq!((&empty["obligation_rate"], &empty["disbursement_rate"], &empty["utilization"]), (&Value::Null, &Value::Null, &json!(0.0)));
        assert_eq!((&empty["variance_centavos"], &empty["years"]), (&json!(-1_000_00), &json!([])));
        let enter = |kind: &str, adjusts: Option<&str>, amount: i64, date: &str| {
            let body = json!({
                "ppa": ppa["id"], "kind": kind, "adjusts": adjusts, "amount_centavos": amount, "date": date,
                "remarks": adjusts.map(|_| "Realigned"),
            });
            officer.post("/api/v1/tranches", &body).expect_status(201).json
        };
        enter("allocation", None, 400_00, "2026-12-31");
        enter("allocation", None, 300_00, "2027-01-01");
        enter("obligation", None, 350_00, "2026-12-31");
        let wrong = enter("obligation", None, 200_00, "2027-06-30");
        enter("disbursement", None, 100_00, "2027-12-31");
        enter("disbursement", None, 50_00, "2028-01-01");
        enter("adjustment", Some("allocation"), -100_00, "2028-01-01");
        let reverse = format!("/api/v1/tranches/{}/reverse", id(&wrong));
        let reversal = officer.post(&reverse, &json!({ "comment": "Twice" })).expect_status(201).json;
        let year: i64 = reversal["date"].as_str().unwrap()[..4].parse().unwrap();
        let found = money(&officer, &ppa);
        let figure = |name: &str| found[name].clone();
        assert_eq!(figure("allotted_centavos"), 600_00);
        assert_eq!(figure("obligated_centavos"), 350_00);
        assert_eq!(figure("disbursed_centavos"), 150_00);
        assert_eq!(figure("balance_centavos"), 250_00);
        assert_eq!(figure("variance_centavos"), -400_00);
        assert_eq!(figure("obligation_rate"), 0.5833);
        assert_eq!(figure("disbursement_rate"), 0.4286);
        assert_eq!(figure("utilization"), 0.15);
        let sums: Vec<[i64; 4]> = found["years"].as_array().unwrap().iter()
            .map(|one| ["fiscal_year", "allotted_centavos", "obligated_centavos", "disbursed_centavos"]
                .map(|name| one[name].as_i64().unwrap()))
            .collect();
        let mut expected = vec![[2026, 400_00, 350_00, 0], [2027, 300_00, 200_00, 100_00], [2028, -100_00, 0, 50_00]];
        expected.iter_mut().find(|one| one[0] == year).unwrap()[2] -= 200_00;
        assert_eq!(sums, expected);
    }

    fn codes_are_checked_by_segment(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        let enter = |code: &str| {
            let body = json!({ "ppa": ppa["id"], "kind": "allocation", "amount_centavos": 1_00, "date": "2027-02-01", "uacs_code": code });
            officer.post("/api/v1/tranches", &body)
        };
        let stored = "01101101-260010000000-120000000-310100100001000-5020301000";
        let made = enter(&stored.replace('-', " ")).expect_status(201).json;
        assert_eq!(made["uacs_code"], stored);
        let refused = enter(&stored.replace("5020301000", "7020301000")).expect_status(422);
        assert_eq!(refused.errors("field"), ["uacs_code"]);
        assert!(refused.errors("message")[0].starts_with("Object has “7” at position 45: expected 1 (assets)"), "{}", refused.text);
        let page = Browser::of(server, "budget_officer").page(&format!("/ppas/{}?tab=money", id(&ppa)));
        assert!(page.contains("</span>310100100001000</span>"), "{page}");
        // The code of a PPA is the segment of its program.
        let maker = server.as_role("coordinator");
        let path = format!("/api/v1/ppas/{}", id(&ppa));
        let patch = |code: &str| maker.patch(&path, &json!({ "pap_code": code }));
        assert_eq!(patch("310100-100001-000").expect_status(200).json["pap_code"], "310100100001000");
        let refused = patch("3101").expect_status(422);
        assert_eq!(refused.errors("message"), ["The code has 4 digits: expected 15 (as in the General Appropriations Act)."]);
    }

    fn entries_of_several_ppas_are_imported_or_none(server: &Server) {
        let (one, other) = (enacted(server, 1_000_00), enacted(server, 500_00));
        let officer = server.as_role("budget_officer");
        let row = |ppa: &Value, kind: &str, amount: i64| format!("{},{kind},{amount},2027-02-01\n", id(ppa));
        let head = "ppa,kind,amount_centavos,date\n";
        let send = |rows: &str, dry_run: bool| import(&officer, &TRANCHE, format!("{head}{rows}").as_bytes(), dry_run);
        // Limits are checked in the order of the file: the third row exceeds what the first two leave.
        let wrong = [row(&one, "allocation", 600_00), row(&other, "allocation", 500_00), row(&one, "allocation", 500_00)].concat();
        for dry_run in [true, false] {
            let report = send(&wrong, dry_run).json;
            assert_eq!(report["errors"].as_array().map(Vec::len), Some(1), "{report}");
            assert_eq!(report["errors"][0]["row"], 4, "{report}");
            assert!(report["errors"][0]["message"].as_str().unwrap().contains("enacted budget"), "{report}");
            assert_eq!(money(&officer, &one)["allotted_centavos"], 0);
        }
        // More rows than one batch, in one transaction.
        let many: String = (0..60).map(|_| row(&one, "allocation", 10_00)).collect();
        let right = many + &row(&one, "obligation", 600_00) + &row(&other, "allocation", 500_00);
        assert_eq!(send(&right, true).expect_status(200).json["created"], 62);
        assert_eq!(money(&officer, &one)["allotted_centavos"], 0);
        let report = send(&right, false).expect_status(200).json;
        assert_eq!((&report["created"], &report["undo"]), (&json!(62), &Value::Null), "{report}");
        assert_eq!(money(&officer, &one)["obligated_centavos"], 600_00);
        let late = send(&(row(&other, "obligation", 1_00).repeat(60) + &row(&other, "disbursement", 61_00)), false).json;
        assert_eq!(late["errors"][0]["row"], 62, "{late}");
        assert_eq!(money(&officer, &other)["obligated_centavos"], 0);
    }

    fn amounts_below_zero_are_refused_beside_the_field(server: &Server) {
        let maker = server.as_role("coordinator");
        let ppa = complete_ppa(&maker, "Roads", 1_000_00);
        let path = format!("/api/v1/ppas/{}", id(&ppa));
        let refused = maker.patch(&path, &json!({ "budget_allocation_centavos": -1 })).expect_status(422);
        assert_eq!((refused.errors("field"), refused.errors("message")), (vec!["budget_allocation_centavos"], vec!["Must not be below zero."]));
        step(&maker, &ppa, "submit", "").expect_status(200);
        step(&server.as_role("coordinator"), &ppa, "approve", "").expect_status(200);
        let correction = json!({ "action": "approve", "corrections": { "budget_allocation_centavos": -5 } });
        server.as_role("budget_officer").post(&format!("{path}/approval"), &correction).expect_status(422);
        for (collection, field) in [("needs", "estimated_cost_centavos"), ("ceilings", "amount_centavos"), ("scenarios", "envelope_centavos")] {
            let answer = server.as_role("admin").post(&format!("/api/v1/{collection}"), &json!({ field: -1 })).expect_status(422);
            assert!(answer.errors("field").contains(&field), "{}", answer.text);
        }
        // As people write them, on a page; what is wrong is said.
        let browser = Browser::of(server, "coordinator");
        let send = |amount: &str| {
            let fields = [("title", "Wells"), ("category", "moa_ppa"), ("status", "planning"), ("priority", "medium"), ("budget_allocation_centavos", amount)];
            browser.send("/ppas/new", &fields)
        };
        for (typed, message) in [
            ("-5", "Must not be below zero."),
            ("1,25", "Use commas for thousands"),
            ("0.005", "fractions of a centavo"),
            ("much", "an amount in pesos like 1,250,000 or 1.25M"),
        ] {
            let page = send(typed).expect_status(422).text;
            assert!(page.contains(message) && page.contains(&format!("value=\"{typed}\"")), "{typed}: {message}");
        }
        for typed in ["₱1,234,567.89", "1.2M", "PHP 500"] {
            send(typed).expect_status(303);
        }
    }

    fn closed_ppa_takes_only_what_ends_it(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let (officer, coordinator) = (server.as_role("budget_officer"), server.as_role("coordinator"));
        entry(&officer, &ppa, "allocation", 500_00).expect_status(201);
        entry(&officer, &ppa, "obligation", 300_00).expect_status(201);
        let cancel = format!("/api/v1/ppas/{}/cancel", id(&ppa));
        let confirmed = json!({ "reason": "The land was sold", "confirm_open": true });
        coordinator.post(&cancel, &confirmed).expect_status(200);
        let refused = entry(&officer, &ppa, "allocation", 1_00).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("cancelled"), "{refused}");
        entry(&officer, &ppa, "obligation", 1_00).expect_status(409);
        entry(&officer, &ppa, "disbursement", 100_00).expect_status(201);
    }

    fn implausible_dates_are_refused(server: &Server) {
        let ppa = enacted(server, 1_000_00);
        let officer = server.as_role("budget_officer");
        for (date, status) in [("1901-01-01", 422), ("2199-12-31", 422), ("2027-12-31", 201)] {
            let body = json!({ "ppa": ppa["id"], "kind": "allocation", "amount_centavos": 1_00, "date": date });
            let answer = officer.post("/api/v1/tranches", &body).expect_status(status);
            assert_eq!(answer.json["errors"][0]["field"], if status == 422 { json!("date") } else { Value::Null });
        }
    }

    fn portfolio_counts_the_budget_in_force_during_a_revision(server: &Server) {
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Roads", 1_000_00);
        enact(server, &maker, &ppa);
        step(&maker, &ppa, "revise", "Prices rose").expect_status(200);
        let body = json!({ "budget_allocation_centavos": 9_000_00 });
        maker.patch(&format!("/api/v1/ppas/{}", id(&ppa)), &body).expect_status(200);
        let file = maker.get("/api/v1/portfolio/export.csv?fiscal_year=2027").expect_status(200).text;
        let line = file.lines().find(|line| line.starts_with("Roads,")).unwrap();
        assert!(line.contains("1000.00") && !line.contains("9000.00"), "{line}");
    }
}
