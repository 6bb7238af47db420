//! Ceilings: their use by budgets, and one live ceiling for each year, sector and source.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::CEILING;
use obcms_store::{StoreError, migrations};
use obcms_tests::approval::{complete_ppa, enact, step};
use obcms_tests::{Answer, Browser, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

use crate::files::import;

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn health(officer: &Client, amount: i64) -> Value {
    make(officer, "ceilings", json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": amount }))
}

/// Committed, waiting and remaining centavos of a ceiling.
fn figures(record: &Value) -> [i64; 3] {
    ["committed_centavos", "waiting_centavos", "remaining_centavos"]
        .map(|name| record[name].as_i64().unwrap())
}

fn archive(client: &Client, record: &Value) {
    client.delete(&format!("/api/v1/ceilings/{}", id(record))).expect_status(204);
}

fn restore(client: &Client, record: &Value) -> Answer {
    client.post(&format!("/api/v1/ceilings/{}/restore", id(record)), &json!({}))
}

/// Takes a new PPA to budget review.
fn in_review(server: &Server, maker: &Client, title: &str, amount: i64) -> Value {
    let ppa = complete_ppa(maker, title, amount);
    step(maker, &ppa, "submit", "").expect_status(200);
    step(&server.as_role("coordinator"), &ppa, "approve", "Good").expect_status(200);
    ppa
}

on_both_engines! {
    fn ceilings_show_what_is_committed_and_what_waits(server: &Server) {
        let (officer, maker) = (server.as_role("budget_officer"), server.as_role("coordinator"));
        let ceiling = health(&officer, 1_000_00);
        let other = make(&officer, "ceilings", json!({ "fiscal_year": 2028, "amount_centavos": 50_00 }));
        assert_eq!(figures(&ceiling), [0, 0, 1_000_00]);
        let clinic = complete_ppa(&maker, "Clinic", 300_00);
        enact(server, &maker, &clinic);
        let school = in_review(server, &maker, "School", 200_00);
        // A draft takes no room.
        complete_ppa(&maker, "Wells", 100_00);
        let of = |ceiling: &Value| officer.get(&format!("/api/v1/ceilings/{}", id(ceiling))).expect_status(200).json;
        assert_eq!(figures(&of(&ceiling)), [300_00, 200_00, 700_00]);
        assert_eq!(figures(&of(&other)), [0, 0, 50_00]);
        // Past budget review it is committed.
        step(&server.as_role("budget_officer"), &school, "approve", "Good").expect_status(200);
        assert_eq!(figures(&of(&ceiling)), [500_00, 0, 500_00]);
        // A revision in review asks only for more than its budget in force.
        step(&maker, &clinic, "revise", "More clinics").expect_status(200);
        maker.patch(&format!("/api/v1/ppas/{}", id(&clinic)), &json!({ "budget_allocation_centavos": 450_00 })).expect_status(200);
        step(&maker, &clinic, "submit", "").expect_status(200);
        step(&server.as_role("coordinator"), &clinic, "approve", "Good").expect_status(200);
        assert_eq!(figures(&of(&ceiling)), [500_00, 150_00, 500_00]);
        let list = officer.get("/api/v1/ceilings?sort=fiscal_year").expect_status(200).json;
        assert_eq!(figures(&list["items"][0]), [500_00, 150_00, 500_00], "{list}");
        assert_eq!(figures(&list["items"][1]), [0, 0, 50_00], "{list}");
        // One below what is committed says by how much.
        officer.patch(&format!("/api/v1/ceilings/{}", id(&ceiling)), &json!({ "amount_centavos": 400_00 })).expect_status(200);
        assert_eq!(figures(&of(&ceiling)), [500_00, 150_00, -100_00]);

        // Files have the columns of the list, and an import ignores them.
        let file = officer.get("/api/v1/ceilings/export.csv?sort=fiscal_year").expect_status(200).text;
        let mut lines = file.trim_start_matches('\u{feff}').lines();
        let head = lines.next().unwrap();
        assert!(head.contains("Amount,Committed,In budget review,Remaining,\"Used, %\","), "{head}");
        assert!(lines.next().unwrap().contains(",400.00,500.00,150.00,-100.00,125,"), "{file}");
        let report = import(&officer, &CEILING, file.as_bytes(), true);
        assert_eq!(report.expect_status(200).json["unchanged"], 2);
        let chosen = officer.get("/api/v1/ceilings/export.csv?sort=fiscal_year&columns=title,remaining_centavos");
        assert!(chosen.expect_status(200).text.contains("Title,Remaining"));

        let browser = Browser::of(server, "executive");
        let page = browser.page("/ceilings");
        assert!(page.contains("remaining_centavos%2Ccommitted_percent"), "{page}");
        for text in ["Committed", "In budget review", "₱500.00", "₱150.00", "₱100.00 over", "125%"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        let page = browser.page(&format!("/ceilings/{}", id(&ceiling)));
        let (first, second) = (page.find(id(&clinic)).unwrap(), page.find(id(&school)).unwrap());
        assert!(first < second, "the largest share comes first: {page}");
        assert!(page.contains("₱100.00 over") && !page.contains("Wells"), "{page}");
        let all = browser.page(&format!("/ceilings/{}/ppas", id(&ceiling)));
        assert!(all.contains("1 to 2 of 2") && all.contains(id(&school)), "{all}");
        let beyond = browser.page(&format!("/ceilings/{}/ppas?page=7", id(&ceiling)));
        assert!(!beyond.contains(id(&school)), "{beyond}");
        // Partners see no ceilings.
        let partner = server.as_role("partner");
        partner.get(&format!("/api/v1/ceilings/{}", id(&ceiling))).expect_status(403);
        partner.get("/api/v1/ceilings").expect_status(403);
        Browser::of(server, "partner").client.get(&format!("/ceilings/{}/ppas", id(&ceiling))).expect_status(403);
    }

    fn figures_of_a_list_need_no_query_per_ceiling(server: &Server) {
        let officer = server.as_role("budget_officer");
        let statements = |server: &Server| {
            let recorder = server.app().database().recorder();
            recorder.start();
            officer.get("/api/v1/ceilings").expect_status(200);
            recorder.stop().len()
        };
        health(&officer, 1);
        statements(server);
        let few = statements(server);
        for year in 2028..2040 {
            make(&officer, "ceilings", json!({ "fiscal_year": year, "amount_centavos": 1 }));
        }
        statements(server);
        assert_eq!(statements(server), few);
    }

    fn second_ceiling_of_a_group_is_refused(server: &Server) {
        let officer = server.as_role("budget_officer");
        let first = health(&officer, 100_00);
        let again = json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 1 });
        let refused = officer.post("/api/v1/ceilings", &again).expect_status(422);
        assert_eq!(refused.errors("field"), ["fiscal_year"]);
        assert!(refused.text.contains("2027: Health, all sources has a ceiling already"), "{}", refused.text);
        // Another source, and all sectors, are other groups.
        make(&officer, "ceilings", json!({ "fiscal_year": 2027, "sector": "health", "funding_source": "gaa", "amount_centavos": 1 }));
        let all = make(&officer, "ceilings", json!({ "fiscal_year": 2027, "amount_centavos": 1 }));
        officer.patch(&format!("/api/v1/ceilings/{}", id(&all)), &json!({ "sector": "health" })).expect_status(422);
        // An archived one leaves room, and comes back only when its group is free.
        archive(&officer, &first);
        let second = officer.post("/api/v1/ceilings", &again).expect_status(201).json;
        let refused = restore(&officer, &first).expect_status(409);
        assert!(refused.text.contains("Archive that one first"), "{}", refused.text);
        archive(&officer, &second);
        restore(&officer, &first).expect_status(200);
        officer.post(&format!("/api/v1/ceilings/{}/undo", id(&second)), &json!({})).expect_status(409);
        assert_eq!(officer.get("/api/v1/ceilings?sector=health&fiscal_year=2027").json["total"], 2);
    }

    fn concurrent_ceilings_of_a_group_are_created_once(server: &Server) {
        let officers: Vec<Client> = (0..6).map(|_| server.as_role("budget_officer")).collect();
        for year in 2030..2036 {
            let mut answers: Vec<u16> = std::thread::scope(|scope| {
                let threads: Vec<_> = officers
                    .iter()
                    .map(|officer| {
                        let body = json!({ "fiscal_year": year, "sector": "health", "amount_centavos": 1 });
                        scope.spawn(move || officer.post("/api/v1/ceilings", &body).status)
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            answers.sort_unstable();
            assert_eq!(answers, [201, 422, 422, 422, 422, 422], "{year}");
        }
    }

    fn concurrent_adoptions_draft_a_ceiling_once(server: &Server) {
        let maker = server.as_role("coordinator");
        let officers: Vec<Client> = (0..4).map(|_| server.as_role("budget_officer")).collect();
        for year in 2030..2034 {
            let plans: Vec<String> = officers
                .iter()
                .enumerate()
                .map(|(number, officer)| {
                    let ppa = make(&maker, "ppas", json!({
                        "title": format!("Clinic {number}"), "category": "moa_ppa", "sector": "health",
                        "fiscal_year": year, "budget_allocation_centavos": 100_00,
                    }));
                    let plan = json!({ "name": format!("Plan {number}"), "fiscal_year": year, "envelope_centavos": 500_00 });
                    let address = format!("/api/v1/scenarios/{}", id(&make(officer, "scenarios", plan)));
                    let given = json!({ "allocations": [{ "ppa": ppa["id"], "amount_centavos": 50_00 }] });
                    officer.patch(&format!("{address}/allocations"), &given).expect_status(200);
                    address
                })
                .collect();
            let answers: Vec<Answer> = std::thread::scope(|scope| {
                let threads: Vec<_> = officers
                    .iter()
                    .zip(&plans)
                    .map(|(officer, address)| {
                        let body = json!({ "ceilings": "sector", "enforcement": "soft" });
                        scope.spawn(move || officer.post(&format!("{address}/adopt"), &body))
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let created = answers.iter().filter(|answer| {
                assert_eq!(answer.status, 200, "{}", answer.text);
                answer.json["ceilings"]["created"].as_array().unwrap().len() == 1
            });
            assert_eq!(created.count(), 1, "{year}");
            assert_eq!(officers[0].get(&format!("/api/v1/ceilings?fiscal_year={year}")).json["total"], 1);
        }
    }

    fn migration_keeps_duplicates_in_force(server: &Server) {
        let (officer, database) = (server.as_role("budget_officer"), server.app().database());
        let first = health(&officer, 100_00);
        let second = make(&officer, "ceilings", json!({ "fiscal_year": 2028, "sector": "health", "amount_centavos": 200_00 }));
        migrations::revert(database, 28).unwrap();
        database
            .write(|tx| -> Result<(), StoreError> {
                tx.batch("UPDATE ceilings SET fiscal_year = 2027, title = '2027: Health, all sources'")
            })
            .unwrap();
        migrations::migrate(database, server.app().now()).unwrap();
        // Both stay, and both can be changed.
        assert_eq!(officer.get("/api/v1/ceilings?fiscal_year=2027").json["total"], 2);
        for ceiling in [&first, &second] {
            officer.patch(&format!("/api/v1/ceilings/{}", id(ceiling)), &json!({ "amount_centavos": 300_00 })).expect_status(200);
            let page = Browser::of(server, "budget_officer").page(&format!("/ceilings/{}", id(ceiling)));
            assert!(page.contains("Both apply"), "{page}");
        }
        // No further one is created, and an archived one does not come back.
        let again = json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 1 });
        officer.post("/api/v1/ceilings", &again).expect_status(422);
        archive(&officer, &first);
        officer.post("/api/v1/ceilings", &again).expect_status(422);
        restore(&officer, &first).expect_status(409);
        archive(&officer, &second);
        restore(&officer, &second).expect_status(200);
        restore(&officer, &first).expect_status(409);
    }
}
