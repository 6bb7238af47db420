//! Alerts: raised and resolved by writes and by time, acknowledged, snoozed, made into tasks.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::borrow::Borrow;

use jiff::{Timestamp, ToSpan};
use obcms_app::Actor;
use obcms_domain::alerts::RULES;
use obcms_domain::choices::ALERT_TYPES;
use obcms_tests::approval::{complete_ppa, enact, step};
use obcms_tests::sample::BARANGAY;
use obcms_tests::{Browser, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// Alerts about a record, as type, severity and state, ordered by type.
fn about(client: &Client, record: &Value) -> Vec<(String, String, String)> {
    let path = format!("/api/v1/alerts?subject={}&sort=alert_type&limit=100", id(record));
    let found = client.get(&path).expect_status(200).json;
    let text = |alert: &Value, name: &str| alert[name].as_str().unwrap().to_owned();
    let items = found["items"].as_array().unwrap();
    items.iter().map(|one| (text(one, "alert_type"), text(one, "severity"), text(one, "state"))).collect()
}

fn is(client: &Client, record: &Value, expected: &[(&str, &str, &str)]) {
    let found = about(client, record);
    let found: Vec<(&str, &str, &str)> =
        found.iter().map(|(alert_type, severity, state)| (&**alert_type, &**severity, &**state)).collect();
    assert_eq!(found, expected);
}

/// Returns the only alert about a record.
fn one(client: &Client, record: &Value) -> Value {
    let path = format!("/api/v1/alerts?subject={}", id(record));
    let found = client.get(&path).expect_status(200).json;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    found["items"][0].clone()
}

fn change(client: &Client, collection: &str, record: &Value, patch: impl Borrow<Value>) {
    client.patch(&format!("/api/v1/{collection}/{}", id(record)), patch.borrow()).expect_status(200);
}

fn day(server: &Server, days: i64) -> String {
    server.app().today().saturating_add(days.days()).to_string()
}

fn post(client: &Client, alert: &Value, step: &str, body: impl Borrow<Value>) -> obcms_tests::Answer {
    client.post(&format!("/api/v1/alerts/{}/{step}", id(alert)), body.borrow())
}

/// Runs the nightly job some days later.
fn later(server: &Server, days: i64) {
    let then: Timestamp = server.app().now() + (days * 24).hours();
    server.app_at(then).0.check_alerts(&Actor::program()).unwrap();
}

/// A PPA that was to end some days ago.
fn overdue(server: &Server, client: &Client, days: i64) -> Value {
    let members = json!({ "title": "Water for Sitio Mahayag", "category": "moa_ppa", "target_end_date": day(server, -days) });
    make(client, "ppas", members)
}

fn entry(client: &Client, ppa: &Value, kind: &str, amount: i64, date: &str) {
    let body = json!({ "ppa": ppa["id"], "kind": kind, "amount_centavos": amount, "date": date });
    client.post("/api/v1/tranches", &body).expect_status(201);
}

on_both_engines! {
    fn a_late_ppa_is_told_until_it_is_late_no_more(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let ppa = overdue(server, &coordinator, 2);
        let alert = one(&coordinator, &ppa);
        assert_eq!(alert["title"], "Overdue PPA: Water for Sitio Mahayag");
        assert_eq!(alert["kind"], "ppa");
        assert_eq!(alert["subject"], json!({ "kind": "ppa", "id": ppa["id"] }));
        assert!(alert["description"].as_str().unwrap().contains(&day(server, -2)), "{alert}");
        is(&coordinator, &ppa, &[("overdue_ppa", "medium", "active")]);
        // It becomes worse, is moved, and is late again.
        change(&coordinator, "ppas", &ppa, json!({ "target_end_date": day(server, -40) }));
        is(&coordinator, &ppa, &[("overdue_ppa", "high", "active")]);
        change(&coordinator, "ppas", &ppa, json!({ "target_end_date": day(server, 40) }));
        is(&coordinator, &ppa, &[("overdue_ppa", "high", "resolved")]);
        change(&coordinator, "ppas", &ppa, json!({ "target_end_date": day(server, -1) }));
        assert_eq!(about(&coordinator, &ppa).len(), 2);
        // An archived one is not told; an undo of the archiving tells it again.
        coordinator.delete(&format!("/api/v1/ppas/{}", id(&ppa))).expect_status(204);
        assert!(about(&coordinator, &ppa).iter().all(|(_, _, state)| state == "resolved"));
        coordinator.post(&format!("/api/v1/ppas/{}/restore", id(&ppa)), &json!({})).expect_status(200);
        assert_eq!(about(&coordinator, &ppa).iter().filter(|(_, _, state)| state == "active").count(), 1);
        // The history says who caused what.
        let history = coordinator.get(&format!("/api/v1/alerts/{}/history", id(&alert))).expect_status(200).json;
        let actions: Vec<&str> = history["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["resolve", "escalate", "create"], "{history}");
    }

    fn an_undo_raises_and_resolves_anew(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let ppa = overdue(server, &coordinator, 2);
        let path = format!("/api/v1/ppas/{}", id(&ppa));
        coordinator.patch(&path, &json!({ "target_end_date": day(server, 30) })).expect_status(200);
        is(&coordinator, &ppa, &[("overdue_ppa", "medium", "resolved")]);
        coordinator.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        let states: Vec<String> = about(&coordinator, &ppa).into_iter().map(|(_, _, state)| state).collect();
        assert_eq!(states.len(), 2, "{states:?}");
        assert!(states.contains(&"active".to_owned()) && states.contains(&"resolved".to_owned()), "{states:?}");
    }

    fn time_raises_resolves_and_wakes(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let members = json!({ "title": "Clinics", "category": "moa_ppa", "target_end_date": day(server, 3) });
        let ppa = make(&coordinator, "ppas", members);
        is(&coordinator, &ppa, &[]);
        later(server, 2);
        is(&coordinator, &ppa, &[]);
        later(server, 5);
        is(&coordinator, &ppa, &[("overdue_ppa", "medium", "active")]);
        let alert = one(&coordinator, &ppa);
        post(&coordinator, &alert, "snooze", json!({ "until": day(server, 10) })).expect_status(200);
        later(server, 9);
        is(&coordinator, &ppa, &[("overdue_ppa", "medium", "snoozed")]);
        later(server, 10);
        is(&coordinator, &ppa, &[("overdue_ppa", "medium", "active")]);
        // An acknowledged one stays so, until it becomes worse.
        post(&coordinator, &alert, "acknowledge", json!({})).expect_status(200);
        later(server, 20);
        is(&coordinator, &ppa, &[("overdue_ppa", "medium", "acknowledged")]);
        later(server, 40);
        is(&coordinator, &ppa, &[("overdue_ppa", "high", "active")]);
    }

    fn needs_without_a_ppa_are_told(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let community = make(&coordinator, "communities", json!({ "name": "Sitio Mahayag", "barangay": BARANGAY }));
        let members = json!({
            "title": "Water", "community": community["id"], "urgency_level": "immediate", "impact_severity": 5,
            "feasibility": "very_high", "affected_population": 20_000,
        });
        let need = make(&coordinator, "needs", members);
        assert_eq!(need["priority_score"], 100, "{need}");
        is(&coordinator, &need, &[]);
        change(&coordinator, "needs", &need, json!({ "status": "validated" }));
        is(&coordinator, &need, &[("unfunded_needs", "high", "active")]);
        let ppa = make(&coordinator, "ppas", json!({ "title": "Wells", "category": "moa_ppa", "needs": [need["id"]] }));
        is(&coordinator, &need, &[("unfunded_needs", "high", "resolved")]);
        // The PPA turns to something else.
        change(&coordinator, "ppas", &ppa, json!({ "needs": [] }));
        assert_eq!(about(&coordinator, &need).iter().filter(|(_, _, state)| state == "active").count(), 1);
    }

    fn approvals_that_wait_or_fail_are_told(server: &Server) {
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Health", 1_000_00);
        step(&maker, &ppa, "submit", "").expect_status(200);
        is(&maker, &ppa, &[]);
        later(server, 31);
        is(&maker, &ppa, &[("approval_bottleneck", "medium", "active")]);
        later(server, 62);
        is(&maker, &ppa, &[("approval_bottleneck", "high", "active")]);
        step(&server.person(&["coordinator"]).client, &ppa, "approve", "").expect_status(200);
        is(&maker, &ppa, &[("approval_bottleneck", "high", "resolved")]);
        step(&server.as_role("budget_officer"), &ppa, "reject", "No money").expect_status(200);
        let states: Vec<String> = about(&maker, &ppa).into_iter().map(|(_, _, state)| state).collect();
        assert_eq!(states.iter().filter(|state| *state == "active").count(), 1, "{states:?}");
    }

    fn money_that_does_not_move_is_told(server: &Server) {
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Health", 1_000_00);
        enact(server, &maker, &ppa);
        let officer = server.as_role("budget_officer");
        is(&officer, &ppa, &[]);
        // Obligated to 95 % when most of the year is left.
        entry(&officer, &ppa, "allocation", 1_000_00, "2027-01-10");
        entry(&officer, &ppa, "obligation", 950_00, "2027-01-15");
        is(&officer, &ppa, &[("overspending", "high", "active")]);
        entry(&officer, &ppa, "obligation", 50_00, "2027-01-15");
        is(&officer, &ppa, &[("overspending", "critical", "active")]);
        // In June less than half is disbursed; in December the time is over.
        later(server, 190);
        is(&officer, &ppa, &[("disbursement_delay", "medium", "active"), ("overspending", "critical", "active")]);
        later(server, 380);
        is(&officer, &ppa, &[("disbursement_delay", "high", "active"), ("overspending", "critical", "resolved")]);
        entry(&officer, &ppa, "disbursement", 500_00, "2027-06-30");
        let states: Vec<String> = about(&officer, &ppa).into_iter().map(|(_, _, state)| state).collect();
        assert!(states.iter().filter(|state| *state == "active").count() <= 1, "{states:?}");

        let slow = complete_ppa(&maker, "Slow", 1_000_00);
        enact(server, &maker, &slow);
        later(server, 230);
        is(&officer, &slow, &[("underspending", "high", "active")]);
    }

    fn ceilings_are_told_by_the_ppas_that_use_them(server: &Server) {
        let officer = server.as_role("budget_officer");
        let body = json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 1_000_00, "enforcement": "soft" });
        let ceiling = make(&officer, "ceilings", body);
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Health", 950_00);
        is(&officer, &ceiling, &[]);
        enact(server, &maker, &ppa);
        is(&officer, &ceiling, &[("budget_ceiling", "high", "active")]);
        change(&officer, "ceilings", &ceiling, json!({ "amount_centavos": 960_00 }));
        is(&officer, &ceiling, &[("budget_ceiling", "critical", "active")]);
        change(&officer, "ceilings", &ceiling, json!({ "amount_centavos": 2_000_00 }));
        is(&officer, &ceiling, &[("budget_ceiling", "critical", "resolved")]);
    }

    fn projects_policies_milestones_and_reports_are_told(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let members = json!({
            "title": "Wells", "category": "moa_ppa", "manual_progress": 1, "manual_progress_reason": "Begun",
            "milestones": [{ "date": day(server, -5), "title": "Drilled" }, { "date": day(server, 5), "title": "Pumps" }],
        });
        let ppa = make(&coordinator, "ppas", members);
        is(&coordinator, &ppa, &[("milestone_missed", "medium", "active")]);
        let done = json!([{ "date": day(server, -5), "title": "Drilled", "status": "completed" }]);
        change(&coordinator, "ppas", &ppa, json!({ "milestones": done }));
        is(&coordinator, &ppa, &[("milestone_missed", "medium", "resolved")]);

        let policy = make(&coordinator, "policies", json!({ "title": "Madaris", "status": "under_review", "review_deadline": day(server, -3) }));
        is(&coordinator, &policy, &[("policy_lagging", "medium", "active")]);
        let milestone = make(&coordinator, "policy-milestones", json!({ "title": "Draft", "policy": policy["id"], "target_date": day(server, -1) }));
        is(&coordinator, &milestone, &[("milestone_missed", "medium", "active")]);
        change(&coordinator, "policies", &policy, json!({ "status": "withdrawn" }));
        is(&coordinator, &policy, &[("policy_lagging", "medium", "resolved")]);
        is(&coordinator, &milestone, &[("milestone_missed", "medium", "resolved")]);

        let need = make(&coordinator, "needs", json!({ "title": "Water", "community": make(&coordinator, "communities", json!({ "name": "Sitio", "barangay": BARANGAY }))["id"] }));
        let project = make(&coordinator, "projects", json!({ "need": need["id"], "target_completion_date": day(server, -1) }));
        is(&coordinator, &project, &[("overdue_ppa", "medium", "active")]);
        coordinator.post(&format!("/api/v1/projects/{}/block", id(&project)), &json!({ "reason": "No road" })).expect_status(200);
        assert_eq!(about(&coordinator, &project)[1], ("workflow_blocked".into(), "high".into(), "active".into()));
        coordinator.post(&format!("/api/v1/projects/{}/unblock", id(&project)), &json!({})).expect_status(200);
        assert_eq!(about(&coordinator, &project)[1], ("workflow_blocked".into(), "high".into(), "resolved".into()));
    }

    fn a_report_that_is_due_is_told(server: &Server) {
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Health", 1_000_00);
        enact(server, &maker, &ppa);
        change(&maker, "ppas", &ppa, json!({ "start_date": day(server, 0) }));
        let indicator = make(&maker, "indicators", json!({
            "ppa": ppa["id"], "kind": "output", "title": "Patients", "unit": "persons", "combines": "sum",
            "targets": [{ "period": "2026-Q3", "target": 5 }, { "period": "2027-Q4", "target": 10 }],
        }));
        let read = maker.get(&format!("/api/v1/ppas/{}", id(&ppa))).expect_status(200).json;
        assert_eq!(read["status"], "ongoing", "{read}");
        let found = about(&maker, &ppa);
        assert_eq!(found, [("pending_mao_report".to_owned(), "high".to_owned(), "active".to_owned())]);
        let measured = make(&maker, "measurements", json!({ "indicator": indicator["id"], "period": "2026-09", "value": 1 }));
        is(&maker, &ppa, &[("pending_mao_report", "high", "resolved")]);
        // What is returned does not count as reported.
        let decide = json!({ "decision": "return", "note": "Which clinics?" });
        server.person(&["coordinator"]).client.post(&format!("/api/v1/measurements/{}/decision", id(&measured)), &decide).expect_status(200);
        assert_eq!(about(&maker, &ppa).iter().filter(|(_, _, state)| state == "active").count(), 1);
    }

    fn steps_are_for_those_who_answer_for_the_programme(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let ppa = overdue(server, &coordinator, 2);
        let alert = one(&coordinator, &ppa);
        for role in ["staff", "partner"] {
            post(&server.as_role(role), &alert, "acknowledge", json!({})).expect_status(403);
        }
        server.as_role("staff").get(&format!("/api/v1/alerts/{}", id(&alert))).expect_status(200);
        server.as_role("partner").get("/api/v1/alerts").expect_status(403);
        server.as_role("admin").post("/api/v1/alerts", &json!({ "title": "Mine" })).expect_status(405);
        let answer = post(&server.as_role("executive"), &alert, "acknowledge", json!({ "note": "The road is cut." })).expect_status(200).json;
        assert_eq!((&answer["state"], &answer["note"]), (&json!("acknowledged"), &json!("The road is cut.")));
        assert!(answer["acknowledged_by"].is_string() || answer["acknowledged_by"].is_object(), "{answer}");
        post(&coordinator, &alert, "acknowledge", json!({})).expect_status(409);
        // All members are optional, so that the body is, too.
        coordinator.send(ureq::http::Method::POST, &format!("/api/v1/alerts/{}/reopen", id(&alert)), None).expect_status(200);
        // Bad input is named by field.
        assert_eq!(post(&coordinator, &alert, "snooze", json!({})).expect_status(422).errors("field"), ["until"]);
        for until in [day(server, 0), day(server, 800)] {
            assert_eq!(post(&coordinator, &alert, "snooze", json!({ "until": until })).expect_status(422).errors("field"), ["until"]);
        }
        post(&coordinator, &alert, "snooze", json!({ "until": "soon" })).expect_status(422);
        post(&coordinator, &alert, "acknowledge", json!({ "remark": "?" })).expect_status(422);
        change(&coordinator, "ppas", &ppa, json!({ "target_end_date": day(server, 2) }));
        for step in ["acknowledge", "reopen", "task"] {
            post(&coordinator, &alert, step, json!({})).expect_status(409);
        }
    }

    fn many_are_acknowledged_and_the_refused_are_named(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let alerts: Vec<Value> = (2..5).map(|days| one(&coordinator, &overdue(server, &coordinator, days))).collect();
        post(&coordinator, &alerts[0], "acknowledge", json!({})).expect_status(200);
        let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
        let ids: Vec<&str> = alerts.iter().map(id).chain([unknown]).collect();
        let result = coordinator.post("/api/v1/alerts/acknowledge", &json!({ "ids": ids, "note": "Seen" })).expect_status(200).json;
        assert_eq!(result["changed"].as_array().unwrap().len(), 2, "{result}");
        let refused: Vec<&str> = result["refused"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(refused, [id(&alerts[0]), unknown]);
        let snoozed = coordinator.post("/api/v1/alerts/snooze", &json!({ "ids": ids, "until": day(server, 4) })).expect_status(200).json;
        assert_eq!(snoozed["changed"].as_array().unwrap().len(), 3, "{snoozed}");
        for body in [json!({}), json!({ "ids": [] }), json!({ "ids": ["x"] }), json!({ "ids": "x" })] {
            assert_eq!(coordinator.post("/api/v1/alerts/acknowledge", &body).expect_status(422).errors("field"), ["ids"], "{body}");
        }
        server.as_role("staff").post("/api/v1/alerts/acknowledge", &json!({ "ids": ids })).expect_status(403);
    }

    fn an_alert_becomes_a_task(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let ppa = overdue(server, &coordinator, 2);
        let alert = one(&coordinator, &ppa);
        let task = post(&coordinator, &alert, "task", json!({ "due_date": day(server, 5) })).expect_status(201).json;
        assert_eq!(task["title"], alert["title"]);
        assert_eq!(task["origin"], json!({ "kind": "ppa", "id": ppa["id"] }));
        assert_eq!(task["due_date"], day(server, 5));
        assert_eq!(task["assignees"].as_array().unwrap().len(), 1, "{task}");
        let read = one(&coordinator, &ppa);
        assert_eq!((&read["state"], &read["task"]), (&json!("acknowledged"), &task["id"]));
        post(&coordinator, &alert, "task", json!({})).expect_status(409);
        post(&coordinator, &alert, "task", json!({ "title": "" , "due_date": "never" })).expect_status(422);
        // An archived task can be made again.
        coordinator.delete(&format!("/api/v1/tasks/{}", id(&task))).expect_status(204);
        let again = post(&coordinator, &alert, "task", json!({ "title": "Call the manager" })).expect_status(201).json;
        assert_eq!(again["title"], "Call the manager");
    }

    fn writers_at_once_raise_one_alert(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let ppa = overdue(server, &coordinator, 2);
        change(&coordinator, "ppas", &ppa, json!({ "target_end_date": day(server, 2) }));
        std::thread::scope(|scope| {
            for turn in 0..6 {
                let (coordinator, ppa) = (&coordinator, &ppa);
                scope.spawn(move || {
                    if turn % 2 == 0 {
                        let patch = json!({ "target_end_date": day(server, -turn - 1) });
                        coordinator.patch(&format!("/api/v1/ppas/{}", id(ppa)), &patch).expect_status(200);
                    } else {
                        server.app().check_alerts(&Actor::program()).unwrap();
                    }
                });
            }
        });
        let active = about(&coordinator, &ppa).into_iter().filter(|(_, _, state)| state == "active").count();
        assert_eq!(active, 1);
    }

    fn pages_show_count_strip_and_steps(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let coordinator = server.as_role("coordinator");
        assert!(browser.page("/").contains("Active alerts: </span><span class=\"visually-hidden\">none</span>"));
        let ppa = overdue(server, &coordinator, 2);
        let alert = one(&coordinator, &ppa);
        assert!(browser.page("/").contains("Active alerts: </span><span class=\"bell-count\">1</span>"));
        let strip = browser.page(&format!("/ppas/{}", id(&ppa)));
        assert!(strip.contains("alert-strip") && strip.contains("The target end was"), "{strip}");
        let list = browser.page("/alerts?state=active");
        assert!(list.contains("Overdue PPA: Water for Sitio Mahayag") && list.contains("Snooze for a week"));
        let page = browser.page(&format!("/alerts/{}", id(&alert)));
        assert!(page.contains("Acknowledge") && page.contains("Make a task") && page.contains("Open the PPA"));
        browser.send(&format!("/alerts/{}/acknowledge", id(&alert)), &[("note", "Seen")]).expect_status(303);
        assert_eq!(one(&coordinator, &ppa)["state"], "acknowledged");
        browser.send("/alerts/snooze?state=acknowledged", &[("ids", id(&alert))]).expect_status(303);
        assert_eq!(one(&coordinator, &ppa)["state"], "snoozed");
        browser.send("/alerts/snooze", &[]).expect_status(303);
        // A partner has neither the count nor the page; staff read only.
        let partner = Browser::of(server, "partner");
        assert!(!partner.page("/").contains("alert-count"));
        let staff = Browser::of(server, "staff");
        assert!(!staff.page(&format!("/alerts/{}", id(&alert))).contains(">Acknowledge<"));
    }
}

/// Every type of the contract is one of a rule.
#[test]
fn all_types_have_rules() {
    assert_eq!(ALERT_TYPES.len(), 12);
    assert!(ALERT_TYPES.iter().all(|choice| RULES.iter().any(|rule| rule.alert_type == choice.value)));
}
