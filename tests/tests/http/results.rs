//! Results of PPAs: indicators, measurements with their decisions, updates with their follow-up.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Browser, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// PPA of a ministry, with one indicator whose target of 2027 is 200 persons in four quarters.
struct Case {
    coordinator: Client,
    focal: Client,
    ministry: Value,
    ppa: Value,
    indicator: Value,
}

fn case(server: &Server) -> Case {
    let coordinator = server.as_role("coordinator");
    let ministry = make(&coordinator, "organizations", json!({ "name": "Ministry of Health" }));
    let ppa = make(
        &coordinator,
        "ppas",
        json!({ "title": "Six clinics", "category": "moa_ppa", "lead_organization": ministry["id"], "fiscal_year": 2027 }),
    );
    let indicator = make(
        &coordinator,
        "indicators",
        json!({
            "ppa": ppa["id"], "kind": "output", "title": "Patients treated", "unit": "persons", "combines": "sum",
            "targets": [{ "period": "2027", "target": 200 }],
        }),
    );
    let focal = server.person_with(json!({ "roles": ["partner"], "organization": ministry["id"] })).client;
    Case { coordinator, focal, ministry, ppa, indicator }
}

fn report(client: &Client, indicator: &Value, period: &str, value: f64) -> Value {
    make(client, "measurements", json!({ "indicator": indicator["id"], "period": period, "value": value }))
}

fn decide(client: &Client, measurement: &Value, decision: &str, note: &str) -> obcms_tests::Answer {
    let path = format!("/api/v1/measurements/{}/decision", id(measurement));
    client.post(&path, &json!({ "decision": decision, "note": note }))
}

fn of(client: &Client, collection: &str, record: &Value) -> Value {
    client.get(&format!("/api/v1/{collection}/{}", id(record))).expect_status(200).json
}

fn change(client: &Client, collection: &str, record: &Value, patch: &Value) -> obcms_tests::Answer {
    client.patch(&format!("/api/v1/{collection}/{}", id(record)), patch)
}

on_both_engines! {
    fn focal_person_reports_and_somebody_else_approves(server: &Server) {
        let Case { coordinator, focal, ppa, indicator, .. } = case(server);
        let body = json!({
            "indicator": indicator["id"], "period": "2027-q1", "value": 60.5, "notes": "From the registers",
            "disaggregation": [{ "by": "sex", "group": "Women", "value": 40 }, { "by": "sex", "group": "Men", "value": 20.5 }],
        });
        let first = make(&focal, "measurements", body);
        assert_eq!((&first["status"], &first["period"], &first["ppa"]), (&json!("reported"), &json!("2027-Q1"), &ppa["id"]), "{first}");
        assert_eq!(first["reported_by"], first["created_by"], "{first}");
        assert_eq!(of(&coordinator, "indicators", &indicator)["actual"], Value::Null);
        // Neither the focal person nor other roles decide.
        for client in [&focal, &server.as_role("staff"), &server.as_role("executive")] {
            decide(client, &first, "approve", "").expect_status(403);
        }
        let approved = decide(&coordinator, &first, "approve", "").expect_status(200).json;
        assert_eq!(approved["status"], "approved");
        decide(&coordinator, &first, "approve", "").expect_status(409);
        let read = of(&coordinator, "indicators", &indicator);
        assert_eq!([&read["target"], &read["actual"], &read["achievement"]], [&json!(200.0), &json!(60.5), &json!(0.3025)]);
        // What is approved is locked, until it is reopened with a reason.
        let locked = change(&focal, "measurements", &first, &json!({ "value": 70 })).expect_status(409);
        assert!(locked.text.contains("reopen"), "{}", locked.text);
        change(&focal, "measurements", &first, &json!({ "notes": "From the registers of all clinics" })).expect_status(200);
        // The form shows what is locked as text, and why.
        let form = Browser::of(server, "coordinator").page(&format!("/measurements/{}/edit", id(&first)));
        assert!(form.contains("name=\"notes\"") && !form.contains("name=\"value\"") && !form.contains("name=\"period\""), "{form}");
        assert!(form.contains("The figures are approved and locked"), "{form}");
        let refused = decide(&coordinator, &first, "reopen", " ").expect_status(422);
        assert_eq!(refused.errors("field"), ["note"]);
        decide(&coordinator, &first, "reopen", "A clinic is missing").expect_status(200);
        assert_eq!(of(&coordinator, "indicators", &indicator)["actual"], Value::Null);
        change(&focal, "measurements", &first, &json!({ "value": 70 })).expect_status(200);
        decide(&coordinator, &first, "return", "Add the evidence").expect_status(200);
        // A returned one is corrected and reported anew.
        let again = change(&focal, "measurements", &first, &json!({ "value": 75 })).expect_status(200).json;
        assert_eq!((&again["status"], &again["decided_by"]), (&json!("reported"), &Value::Null));
        let decided = decide(&coordinator, &first, "approve", "").expect_status(200).json;
        assert_eq!(of(&coordinator, "indicators", &indicator)["achievement"], json!(0.375));
        coordinator.post(decided["undo"].as_str().unwrap(), &json!({})).expect_status(200);
        assert_eq!(of(&coordinator, "measurements", &first)["status"], "reported");
        assert_eq!(of(&coordinator, "indicators", &indicator)["actual"], Value::Null);
    }

    fn nobody_decides_on_an_own_measurement(server: &Server) {
        let Case { coordinator, indicator, .. } = case(server);
        let admin = server.as_role("admin");
        let own = report(&coordinator, &indicator, "2027-Q1", 1.0);
        decide(&coordinator, &own, "approve", "").expect_status(403);
        decide(&coordinator, &own, "return", "Wrong").expect_status(403);
        // Whoever corrects the value reports it, too.
        change(&admin, "measurements", &own, &json!({ "value": 2 })).expect_status(200);
        for client in [&coordinator, &admin] {
            assert!(decide(client, &own, "approve", "").expect_status(403).text.contains("Somebody else"));
        }
        decide(&server.person(&["coordinator"]).client, &own, "approve", "").expect_status(200);
    }

    fn only_people_of_the_body_report_for_it(server: &Server) {
        let Case { coordinator, focal, ppa, indicator, ministry } = case(server);
        let other = make(&coordinator, "organizations", json!({ "name": "Ministry of Roads" }));
        let stranger = server.person_with(json!({ "roles": ["partner"], "organization": other["id"] })).client;
        let first = report(&focal, &indicator, "2027-Q1", 1.0);
        stranger.get(&format!("/api/v1/measurements/{}", id(&first))).expect_status(404);
        let body = json!({ "indicator": indicator["id"], "period": "2027-Q2", "value": 1 });
        let refused = stranger.post("/api/v1/measurements", &body);
        assert!([403, 422].contains(&refused.status), "{}", refused.text);
        let note = json!({ "ppa": ppa["id"], "notes": "Visited" });
        let refused = stranger.post("/api/v1/updates", &note);
        assert!([403, 422].contains(&refused.status), "{}", refused.text);
        make(&focal, "updates", note);
        // The implementing body reports as the lead body does.
        let theirs = make(
            &coordinator,
            "ppas",
            json!({ "title": "Road", "category": "moa_ppa", "lead_organization": ministry["id"], "implementing_organization": other["id"] }),
        );
        let kilometres = make(&coordinator, "indicators", json!({ "ppa": theirs["id"], "kind": "output", "title": "Kilometres" }));
        report(&stranger, &kilometres, "2027", 12.0);
        // A measurement cannot be moved to the PPA of others, nor can partners write targets.
        change(&focal, "measurements", &first, &json!({ "indicator": kilometres["id"] })).expect_status(422);
        change(&focal, "indicators", &indicator, &json!({ "targets": [] })).expect_status(403);
        server.as_role("staff").post("/api/v1/indicators", &json!({ "ppa": ppa["id"], "kind": "output", "title": "x" })).expect_status(403);
    }

    fn period_is_reported_once(server: &Server) {
        let Case { coordinator, focal, indicator, .. } = case(server);
        let first = report(&focal, &indicator, "2027-Q1", 1.0);
        let body = json!({ "indicator": indicator["id"], "period": "2027 q1", "value": 2 });
        let refused = focal.post("/api/v1/measurements", &body).expect_status(422);
        assert_eq!(refused.errors("field"), ["period"]);
        coordinator.delete(&format!("/api/v1/measurements/{}", id(&first))).expect_status(204);
        let second = report(&focal, &indicator, "2027-Q1", 2.0);
        coordinator.post(&format!("/api/v1/measurements/{}/restore", id(&first)), &json!({})).expect_status(409);
        change(&focal, "measurements", &second, &json!({ "period": "2027-Q5" })).expect_status(422);
        // Of two at once one is taken.
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|number| {
                    let (client, body) = (focal.clone(), json!({ "indicator": indicator["id"], "period": "2027-Q2", "value": number }));
                    scope.spawn(move || client.post("/api/v1/measurements", &body).status)
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| [201, 409, 422].contains(status)), "{answers:?}");
    }

    fn achievement_of_every_target_is_shown(server: &Server) {
        let Case { coordinator, focal, ppa, indicator, .. } = case(server);
        let decider = server.person(&["coordinator"]).client;
        change(&coordinator, "indicators", &indicator, &json!({ "targets": [{ "period": "2026", "target": 10 }, { "period": "2027", "target": 200 }] })).expect_status(200);
        let share = make(
            &coordinator,
            "indicators",
            json!({
                "ppa": ppa["id"], "kind": "outcome", "title": "Children without vaccination", "unit": "%", "baseline": 40,
                "targets": [{ "period": "2026-S2", "target": 20 }],
            }),
        );
        let words = make(&coordinator, "indicators", json!({ "ppa": ppa["id"], "kind": "impact", "title": "Health", "target_note": "Increasing" }));
        for (period, value) in [("2026-Q3", 4.0), ("2026-Q4", 2.25), ("2027-Q1", 50.0)] {
            decide(&decider, &report(&focal, &indicator, period, value), "approve", "").expect_status(200);
        }
        decide(&decider, &report(&focal, &share, "2026-Q4", 30.0), "approve", "").expect_status(200);
        // What only is reported does not count.
        report(&focal, &share, "2026-12", 20.0);
        let results = coordinator.get(&format!("/api/v1/ppas/{}/results", id(&ppa))).expect_status(200).json;
        let all = results["indicators"].as_array().unwrap();
        assert_eq!(all.iter().map(|one| one["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["impact", "outcome", "output"]);
        assert_eq!(all[2]["achievements"][0], json!({ "target_period": "2026", "target": 10.0, "actual": 6.25, "achievement": 0.625 }));
        assert_eq!(all[2]["achievements"][1]["achievement"], json!(0.25));
        assert_eq!((&all[1]["actual"], &all[1]["achievement"]), (&json!(30.0), &json!(0.5)), "half of the way from 40 to 20");
        assert_eq!(all[1]["measurements"].as_array().unwrap().len(), 2);
        assert_eq!(all[0]["achievement"], Value::Null);

        let browser = Browser::of(server, "executive");
        let tab = browser.page(&format!("/ppas/{}?tab=results", id(&ppa)));
        for text in ["Children without vaccination", "Increasing", "50%", "2026-12: 20%", "6.25 persons"] {
            assert!(tab.contains(text), "{text}: {tab}");
        }
        assert!(!tab.contains("Report a value"), "an executive reports nothing: {tab}");
        let page = browser.page(&format!("/indicators/{}", id(&share)));
        assert!(page.contains("way from the baseline") && page.contains("50%"), "{page}");
        let list = browser.page("/indicators");
        assert!(list.contains("Achieved, %") && list.contains("Increasing"), "{list}");
        let file = coordinator.get("/api/v1/indicators/export.csv?sort=title").expect_status(200).text;
        assert!(file.contains("Target,Actual,\"Achieved, %\""), "{file}");
        assert!(file.contains("%,20,30,50,") || file.contains("20,30,50"), "{file}");
        // An indicator with measurements stays at its PPA.
        let other = make(&coordinator, "ppas", json!({ "title": "Road", "category": "moa_ppa" }));
        change(&coordinator, "indicators", &share, &json!({ "ppa": other["id"] })).expect_status(422);
        change(&coordinator, "indicators", &words, &json!({ "ppa": other["id"] })).expect_status(200);
    }

    fn deciders_are_told_what_waits(server: &Server) {
        let Case { coordinator, focal, ppa, indicator, .. } = case(server);
        let own = Browser::of(server, "coordinator");
        let before = own.page("/");
        assert!(!before.contains("Measurements to approve"), "{before}");
        let first = report(&focal, &indicator, "2027-Q1", 1.0);
        let page = own.page("/");
        assert!(page.contains("Measurements to approve") && page.contains(id(&first)), "{page}");
        for role in ["staff", "executive", "budget_officer"] {
            assert!(!Browser::of(server, role).page("/").contains("Measurements to approve"), "{role}");
        }
        let panel = own.page(&format!("/measurements/{}", id(&first)));
        assert!(panel.contains("value=\"approve\""), "{panel}");
        own.send(&format!("/measurements/{}/decision", id(&first)), &[("decision", "approve"), ("note", "")]).expect_status(303);
        assert!(!own.page("/").contains("Measurements to approve"));
        // An archived PPA asks for nothing, and nothing is reported on it.
        report(&focal, &indicator, "2027-Q2", 2.0);
        let path = format!("/api/v1/ppas/{}", id(&ppa));
        coordinator.delete(&path).expect_status(204);
        assert!(!own.page("/").contains("Measurements to approve"));
        let body = json!({ "indicator": indicator["id"], "period": "2027-Q3", "value": 3 });
        coordinator.post("/api/v1/measurements", &body).expect_status(409);
        coordinator.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        assert!(own.page("/").contains("Measurements to approve"));
        assert_eq!(of(&focal, "measurements", &first)["status"], "approved");
    }

    fn follow_up_of_an_update_is_a_task(server: &Server) {
        let Case { coordinator, focal, ppa, .. } = case(server);
        let plain = make(&focal, "updates", json!({ "ppa": ppa["id"], "notes": "Two clinics are open" }));
        assert_eq!(plain["follow_up_task"], Value::Null);
        assert!(!plain["date"].is_null(), "{plain}");
        let body = json!({
            "ppa": ppa["id"], "update_type": "progress", "progress": 40, "notes": "Four clinics are open",
            "next_steps": "Visit the other two", "date": "2026-11-02", "follow_up_date": "2026-12-14",
        });
        let update = make(&focal, "updates", body);
        let task = of(&coordinator, "tasks", &json!({ "id": update["follow_up_task"] }));
        assert_eq!((&task["due_date"], &task["origin"]["id"], &task["description"]), (&json!("2026-12-14"), &ppa["id"], &json!("Visit the other two")));
        assert_eq!(of(&coordinator, "ppas", &ppa)["progress"], 0, "the progress of the PPA follows its tasks");
        change(&focal, "updates", &update, &json!({ "follow_up_date": "2026-12-21" })).expect_status(200);
        assert_eq!(of(&coordinator, "tasks", &task)["due_date"], "2026-12-21");
        change(&focal, "updates", &update, &json!({ "follow_up_date": "2026-11-01" })).expect_status(422);
        let later = change(&focal, "updates", &plain, &json!({ "follow_up_date": "2027-01-11" })).expect_status(200).json;
        assert!(!later["follow_up_task"].is_null(), "{later}");
        let calendar = coordinator.get("/api/v1/calendar?start=2026-12-20&end=2026-12-23").expect_status(200).text;
        assert!(calendar.contains("Follow up: Six clinics"), "{calendar}");
        let tab = Browser::of(server, "coordinator").page(&format!("/ppas/{}?tab=results", id(&ppa)));
        assert!(tab.contains("Four clinics are open") && tab.contains("Next: Visit the other two"), "{tab}");
        // Undoing the change takes the task back with it.
        focal.post(&format!("/api/v1/updates/{}/undo", id(&update)), &json!({})).expect_status(200);
        assert_eq!(of(&coordinator, "tasks", &task)["due_date"], "2026-12-14");
        let archived = |record: &Value| !of(&coordinator, "tasks", record)["archived_at"].is_null();
        coordinator.delete(&format!("/api/v1/updates/{}", id(&update))).expect_status(204);
        assert!(archived(&task));
        coordinator.post(&format!("/api/v1/updates/{}/restore", id(&update)), &json!({})).expect_status(200);
        assert!(!archived(&task));
        change(&focal, "updates", &update, &json!({ "follow_up_date": null })).expect_status(200);
        assert!(archived(&task));
        change(&focal, "updates", &update, &json!({ "follow_up_date": "2026-12-28" })).expect_status(200);
        assert_eq!((archived(&task), &of(&coordinator, "tasks", &task)["due_date"]), (false, &json!("2026-12-28")));
    }

    fn bad_results_are_refused_with_their_field(server: &Server) {
        let Case { coordinator, focal, ppa, indicator, .. } = case(server);
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (body, field) in [
            (json!({ "period": "2027", "value": 1, "indicator": nobody }), "indicator"),
            (json!({ "period": "soon", "value": 1, "indicator": indicator["id"] }), "period"),
            (json!({ "period": "2027", "value": "many", "indicator": indicator["id"] }), "value"),
            (json!({ "period": "2027", "value": 1, "indicator": indicator["id"], "disaggregation": [{ "by": "income" }] }), "disaggregation"),
        ] {
            let refused = coordinator.post("/api/v1/measurements", &body).expect_status(422);
            assert_eq!(refused.errors("field"), [field], "{body}");
        }
        for targets in [json!({}), json!([{ "period": "x", "target": 1 }]), json!([{ "period": "2027", "target": null }])] {
            let body = json!({ "ppa": ppa["id"], "kind": "output", "title": "x", "targets": targets });
            assert_eq!(coordinator.post("/api/v1/indicators", &body).expect_status(422).errors("field"), ["targets"]);
        }
        let first = report(&focal, &indicator, "2027-Q1", 1.0);
        let path = format!("/api/v1/measurements/{}/decision", id(&first));
        for body in [json!({}), json!({ "decision": "burn" }), json!({ "decision": "return" }), json!({ "decision": "approve", "x": 1 })] {
            coordinator.post(&path, &body).expect_status(422);
        }
        coordinator.post(&format!("/api/v1/measurements/{nobody}/decision"), &json!({ "decision": "approve" })).expect_status(404);
        coordinator.with_header("if-match", "\"9\"").post(&path, &json!({ "decision": "approve" })).expect_status(412);
    }

    fn a_running_approval_locks_the_indicators(server: &Server) {
        let maker = server.person(&["coordinator"]).client;
        let ppa = obcms_tests::approval::complete_ppa(&maker, "Health", 1_000);
        let body = json!({ "ppa": ppa["id"], "kind": "output", "title": "Patients", "unit": "persons", "targets": [{ "period": "2027", "target": 5 }] });
        let indicator = make(&maker, "indicators", &body);
        obcms_tests::approval::step(&maker, &ppa, "submit", "").expect_status(200);
        for refused in [
            change(&maker, "indicators", &indicator, &json!({ "targets": [{ "period": "2027", "target": 6 }] })),
            maker.post("/api/v1/indicators", &body),
            maker.delete(&format!("/api/v1/indicators/{}", id(&indicator))),
        ] {
            let refused = refused.expect_status(409);
            assert!(refused.text.contains("locks its indicators"), "{}", refused.text);
        }
        // What is said about them stays open, and so are reports.
        change(&maker, "indicators", &indicator, &json!({ "definition": "Each patient once" })).expect_status(200);
        report(&maker, &indicator, "2027-Q1", 2.0);
        obcms_tests::approval::step(&maker, &ppa, "withdraw", "").expect_status(200);
        change(&maker, "indicators", &indicator, &json!({ "targets": [{ "period": "2027", "target": 6 }] })).expect_status(200);
    }

    fn concurrent_reports_and_decisions_keep_the_figures_right(server: &Server) {
        let Case { coordinator, focal, indicator, .. } = case(server);
        let deciders: Vec<Client> = (0..3).map(|_| server.person(&["coordinator"]).client).collect();
        // Two people report each month at the same time: one report is taken.
        let months: Vec<String> = (1..=6).map(|month| format!("2027-{month:02}")).collect();
        let taken: usize = std::thread::scope(|scope| {
            let writers: Vec<_> = months
                .iter()
                .flat_map(|month| [(month, &focal), (month, &coordinator)])
                .map(|(month, client)| {
                    let indicator = &indicator;
                    scope.spawn(move || {
                        let body = json!({ "indicator": indicator["id"], "period": month, "value": 10 });
                        client.post("/api/v1/measurements", &body).status
                    })
                })
                .collect();
            writers.into_iter().map(|writer| usize::from(writer.join().unwrap() == 201)).sum()
        });
        assert_eq!(taken, months.len());
        // Three people decide on each at the same time: one decision counts.
        let list = coordinator.get(&format!("/api/v1/measurements?indicator={}&limit=50", id(&indicator))).expect_status(200).json;
        let measurements = list["items"].as_array().unwrap();
        let mut approved = 0;
        for (place, measurement) in measurements.iter().enumerate() {
            let verdict = if place % 2 == 0 { "approve" } else { "return" };
            let answers: Vec<u16> = std::thread::scope(|scope| {
                let decided: Vec<_> =
                    deciders.iter().map(|decider| scope.spawn(move || decide(decider, measurement, verdict, "Seen").status)).collect();
                decided.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
            approved += i32::from(verdict == "approve");
        }
        let read = of(&coordinator, "indicators", &indicator);
        assert_eq!(read["actual"], json!(f64::from(approved) * 10.0), "{read}");
    }
}
