//! Field rights: fields that partners, creators of requests and invited people may write, and derived statuses.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::{EVENT, PPA};
use obcms_tests::{Browser, Client, Server, make, on_both_engines, sample};
use serde_json::{Value, json};

fn path(collection: &str, record: &Value) -> String {
    format!("/api/v1/{collection}/{}", record["id"].as_str().unwrap())
}

/// Asserts status 403 with the names of all changed fields.
fn refuses(client: &Client, path: &str, body: Value) {
    let answer = client.patch(path, &body);
    assert_eq!(answer.status, 403, "{body}: {}", answer.text);
    let named: Vec<&str> = answer.json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    for field in body.as_object().unwrap().keys() {
        assert!(named.contains(&field.as_str()), "{field} is not named: {}", answer.text);
    }
    assert!(
        answer.json["allowed_roles"].as_array().is_some_and(|roles| !roles.is_empty()),
        "{}",
        answer.text
    );
}

/// Creates an organization, a PPA that it leads, and its focal person.
fn led(server: &Server, boss: &Client) -> (Value, Value, Client) {
    let organization = make(boss, "organizations", json!({ "name": "Ministry of Health" }));
    let ppa = make(
        boss,
        "ppas",
        json!({
            "title": "Clinic", "category": "moa_ppa", "lead_organization": organization["id"], "sector": "health",
            "budget_allocation_centavos": 1_000, "fiscal_year": 2027, "funding_source": "gaa",
            "start_date": "2026-01-05",
        }),
    );
    let partner =
        server.person_with(json!({ "roles": ["partner"], "organization": organization["id"] })).client;
    (organization, ppa, partner)
}

/// Returns the options of a choice field in a form.
fn options(form: &str, field: &str) -> Vec<String> {
    let Some((_, rest)) = form.split_once(&format!("name=\"{field}\"")) else { return Vec::new() };
    let list = rest.split("</select>").next().unwrap();
    let values =
        list.split("<option value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    values.filter(|value| !value.is_empty()).collect()
}

on_both_engines! {
    fn partner_writes_only_reports_on_a_ppa(server: &Server) {
        let boss = server.as_role("coordinator");
        let (_, ppa, partner) = led(server, &boss);
        let other = make(&boss, "organizations", json!({ "name": "Another" }));
        let at = path("ppas", &ppa);
        for approval in ["draft", "enacted"] {
            sample::set(server, &PPA, ppa["id"].as_str().unwrap(), "approval_stage", approval);
            for body in [
                json!({ "budget_allocation_centavos": 3_000 }), json!({ "category": "oobc_ppa" }),
                json!({ "fiscal_year": 2028 }), json!({ "funding_source": "donor" }), json!({ "sector": "education" }),
                json!({ "appropriation_class": "co" }), json!({ "total_slots": 9 }), json!({ "obc_slots": 9 }),
                json!({ "outcome_framework": { "outputs": [] } }), json!({ "status": "completed" }),
                json!({ "status": "on_hold" }), json!({ "priority": "critical" }), json!({ "title": "Mine" }),
                json!({ "start_date": "2026-02-02" }), json!({ "lead_organization": other["id"] }),
                json!({ "status": "cancelled", "budget_allocation_centavos": 3_000, "fiscal_year": 2028 }),
            ] {
                refuses(&partner, &at, body);
            }
        }
        // Fields with an unchanged value are not counted as changed.
        let milestones = json!([{ "date": "2026-03-02", "title": "Ground broken", "status": "completed" }]);
        let report = json!({
            "milestones": milestones, "manual_progress": 40, "manual_progress_reason": "Walls are up",
            "budget_allocation_centavos": 1_000, "status": "ongoing", "title": "Clinic",
        });
        let reported = partner.patch(&at, &report).expect_status(200).json;
        assert_eq!((&reported["milestones"], &reported["progress"]), (&milestones, &json!(40)));
        assert_eq!(reported["budget_allocation_centavos"], 1_000);
        // The partner can move the milestone in the calendar, but not the start.
        let feed = partner.get("/api/v1/calendar?start=2026-01-01&end=2026-04-01&kinds=ppa_start,ppa_milestone").json;
        for entry in feed["entries"].as_array().unwrap() {
            assert_eq!(entry["editable"], entry["kind"] == "ppa_milestone", "{entry}");
            let moved = json!({ "start": "2026-03-09", "end": "2026-03-10" });
            let to = format!("/api/v1/calendar/entries/{}", entry["id"].as_str().unwrap());
            let answer = partner.patch(&to, &moved);
            assert_eq!(answer.status == 200, entry["editable"] == true, "{}", answer.text);
            if answer.status != 200 {
                assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (403, &json!("start")));
            }
        }
        sample::set(server, &PPA, ppa["id"].as_str().unwrap(), "approval_stage", "draft");
        // The form shows the other fields read-only; a forged submission is refused.
        let page = format!("/ppas/{}/edit", ppa["id"].as_str().unwrap());
        let form = partner.get(&page).expect_status(200).text;
        assert!(form.contains("name=\"manual_progress\"") && form.contains("₱10"), "{form}");
        for name in ["budget_allocation_centavos", "category", "status", "title", "fiscal_year"] {
            assert!(!form.contains(&format!("name=\"{name}\"")), "{name} is offered");
        }
        let boss_form = boss.get(&page).expect_status(200).text;
        assert!(boss_form.contains("name=\"budget_allocation_centavos\""));
    }

    fn form_of_a_partner_makes_a_request_for_their_own(server: &Server) {
        let boss = server.as_role("coordinator");
        let (organization, ..) = led(server, &boss);
        let person = server.person_with(json!({ "roles": ["partner"], "organization": organization["id"] }));
        let browser = Browser::sign_in(server, &person);
        let form = browser.page("/ppas/new");
        assert_eq!(options(&form, "category"), ["obc_request"]);
        let own = organization["id"].as_str().unwrap();
        assert!(form.contains(&format!("value=\"{own}\"")), "{form}");
        let fields = [("shown", "title"), ("title", "Deep well"), ("shown", "category"), ("category", "obc_request"),
            ("shown", "lead_organization"), ("lead_organization", own)];
        browser.send("/ppas/new", &fields).expect_status(303);
        let made = person.client.get("/api/v1/ppas?q=Deep").expect_status(200).json;
        assert_eq!(made["items"][0]["lead_organization"], organization["id"]);
        // A need is of a community, and this person stands for none.
        assert!(!browser.page("/needs").contains("href=\"/needs/new"));
        browser.client.get("/needs/new").expect_status(403);

        let community = make(&boss, "communities", json!({ "name": "Sitio Lumbac", "barangay": sample::BARANGAY }));
        let person = server.person_with(json!({ "roles": ["partner"], "communities": [community["id"]] }));
        let browser = Browser::sign_in(server, &person);
        let own = community["id"].as_str().unwrap();
        assert!(browser.page("/needs").contains("href=\"/needs/new"));
        assert!(browser.page("/needs/new").contains(&format!("value=\"{own}\"")));
        let fields = [("shown", "title"), ("title", "Deep well"), ("shown", "community"), ("community", own)];
        browser.send("/needs/new", &fields).expect_status(303);
    }

    fn partner_cannot_decide(server: &Server) {
        let boss = server.as_role("coordinator");
        let (organization, ppa, partner) = led(server, &boss);
        let barangay = sample::BARANGAY;
        let community = make(&boss, "communities", json!({ "name": "Lumbac", "barangay": barangay }));
        let need = make(
            &boss,
            "needs",
            json!({ "title": "Water", "community": community["id"], "forwarded_to": organization["id"] }),
        );
        boss.patch(&path("needs", &need), &json!({ "status": "rejected" })).expect_status(200);
        for body in [
            json!({ "status": "validated" }), json!({ "urgency_level": "immediate" }), json!({ "impact_severity": 5 }),
            json!({ "feasibility": "high" }), json!({ "affected_population": 5_000 }), json!({ "priority_rank": 1 }),
            json!({ "estimated_cost_centavos": 5 }), json!({ "forwarded_to": null }), json!({ "title": "Mine" }),
        ] {
            refuses(&partner, &path("needs", &need), body);
        }
        partner.patch(&path("needs", &need), &json!({ "evidence_sources": "Photographs" })).expect_status(200);
        let project = make(&boss, "projects", json!({ "need": need["id"], "ppa": ppa["id"] }));
        partner.get(&path("projects", &project)).expect_status(200);
        for step in ["advance", "return", "skip"] {
            let moved = partner.post(&format!("{}/{step}", path("projects", &project)), &json!({ "note": "x" }));
            assert_eq!(moved.status, 403, "{step}: {}", moved.text);
        }
        let service = make(
            &boss,
            "services",
            json!({ "title": "Seeds", "offering_organization": organization["id"], "total_slots": 4 }),
        );
        refuses(&partner, &path("services", &service), json!({ "total_slots": 9, "status": "active" }));
        let application = make(
            &boss,
            "applications",
            json!({ "applicant_name": "Sitio", "service": service["id"], "status": "submitted" }),
        );
        for status in ["approved", "rejected", "under_review", "cancelled"] {
            refuses(&partner, &path("applications", &application), json!({ "status": status }));
        }
        let staff = server.as_role("staff");
        refuses(&staff, &path("applications", &application), json!({ "status": "approved" }));
        boss.patch(&path("applications", &application), &json!({ "status": "approved" })).expect_status(200);
        // Undo of a decision of the office is a decision as well.
        let undone = partner.post(&format!("{}/undo", path("applications", &application)), &json!({}));
        assert!([403, 409].contains(&undone.status), "{}", undone.text);
        assert_eq!(boss.get(&path("applications", &application)).json["status"], "approved");
    }

    fn creator_cannot_turn_a_request_into_a_ppa(server: &Server) {
        let (boss, staff) = (server.as_role("coordinator"), server.as_role("staff"));
        let other = json!({ "title": "Road", "category": "oobc_ppa" });
        let refused = staff.post("/api/v1/ppas", &other);
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (403, &json!("category")), "{}", refused.text);
        staff.with_header("Idempotency-Key", "once").post("/api/v1/ppas", &other).expect_status(403);
        let request = make(&staff, "ppas", json!({ "title": "Road", "category": "obc_request" }));
        let at = path("ppas", &request);
        refuses(&staff, &at, json!({ "category": "oobc_ppa" }));
        let all = json!({ "category": "moa_ppa", "budget_allocation_centavos": 500_000_000, "status": "completed" });
        let answer = staff.patch(&at, &all).expect_status(403);
        assert_eq!(answer.json["errors"][0]["field"], "category");
        refuses(&staff, &at, json!({ "priority": "critical" }));
        staff.patch(&at, &json!({ "summary": "Two kilometres", "category": "obc_request" })).expect_status(200);
        let form = staff.get("/ppas/new").expect_status(200).text;
        assert!(form.contains("value=\"obc_request\"") && !form.contains("value=\"oobc_ppa\""), "{form}");
        assert!(!staff.get(&format!("/ppas/{}/edit", request["id"].as_str().unwrap())).text.contains("name=\"category\""));
        // A coordinator turns it into a PPA. The creator cannot turn it back or achieve that by undo.
        let turned = boss.patch(&at, &json!({ "category": "oobc_ppa" })).expect_status(200).json;
        refuses(&staff, &at, json!({ "category": "obc_request" }));
        let undone = staff.post(&format!("{at}/undo"), &json!({}));
        assert!([403, 409].contains(&undone.status), "{}", undone.text);
        assert_eq!(boss.get(&at).json["version"], turned["version"]);
        // The creator writes the figures of a draft, and the plan also later.
        staff.patch(&at, &json!({ "budget_allocation_centavos": 7_000 })).expect_status(200);
        sample::set(server, &PPA, request["id"].as_str().unwrap(), "approval_stage", "technical_review");
        refuses(&staff, &at, json!({ "budget_allocation_centavos": 9_000, "fiscal_year": 2029, "status": "cancelled" }));
        staff.patch(&at, &json!({ "title": "Farm road" })).expect_status(200);
        staff.delete(&at).expect_status(403);
    }

    fn invited_person_cannot_change_an_event(server: &Server) {
        let boss = server.as_role("coordinator");
        for role in ["staff", "partner", "executive"] {
            let (guest, host) = (server.person(&[role]), server.person(&[role]));
            let event = make(
                &boss,
                "events",
                json!({
                    "title": "Meeting", "start": "2027-03-01T09:00:00+08:00", "participants": [guest.id, host.id],
                    "organizer": host.id, "rrule": "FREQ=WEEKLY;COUNT=4",
                }),
            );
            let at = path("events", &event);
            guest.client.get(&at).expect_status(200);
            for body in [
                json!({ "status": "cancelled" }), json!({ "title": "Mine" }), json!({ "start": "2027-03-01T10:00:00+08:00" }),
                json!({ "participants": [] }), json!({ "organizer": guest.id }), json!({ "minutes": "None" }),
                json!({ "rrule": null }), json!({ "exdates": ["2027-03-08T09:00"] }),
            ] {
                refuses(&guest.client, &at, body);
            }
            let date = format!("{at}/occurrences/2027-03-08T09:00:00");
            for scope in ["this", "following", "all"] {
                refuses(&guest.client, &format!("{date}?scope={scope}"), json!({ "status": "cancelled" }));
                guest.client.delete(&format!("{date}?scope={scope}")).expect_status(403);
            }
            let window = "/api/v1/calendar?start=2027-03-01&end=2027-03-30&kinds=event";
            let editable = |client: &Client| -> Vec<bool> {
                let feed = client.get(window).expect_status(200).json;
                let own = feed["entries"].as_array().unwrap().iter().filter(|entry| entry["source"]["id"] == event["id"]);
                own.map(|entry| entry["editable"] == true).collect()
            };
            assert_eq!(editable(&guest.client), [false; 4], "{role}");
            // A partner who organizes the event reports on it; others run it.
            assert_eq!(editable(&host.client), [role != "partner"; 4], "{role}");
            let entry = guest.client.get(window).json["entries"][0]["id"].as_str().unwrap().to_owned();
            let moved = json!({ "start": "2027-03-02T09:00:00+08:00", "end": "2027-03-02T10:00:00+08:00" });
            let answer = guest.client.patch(&format!("/api/v1/calendar/entries/{entry}"), &moved).expect_status(403);
            assert_eq!(answer.json["errors"][0]["field"], "start");
            guest.client.post(&format!("{at}/undo"), &json!({})).expect_status(403);
            let page = guest.client.get(&EVENT.url(event["id"].as_str().unwrap().parse().unwrap())).expect_status(200);
            assert!(!page.text.contains("/edit\""), "Edit is offered to {role}");
            host.client.patch(&at, &json!({ "minutes": "Agreed" })).expect_status(200);
        }
    }

    fn derived_statuses_cannot_be_set(server: &Server) {
        let boss = server.as_role("coordinator");
        let refused = |answer: obcms_tests::Answer, field: &str| {
            assert_eq!((answer.status, answer.json["errors"][0]["field"].as_str()), (422, Some(field)), "{}", answer.text);
        };
        let ppa = make(&boss, "ppas", json!({ "title": "Hall", "category": "oobc_ppa", "start_date": "2026-01-05" }));
        let at = path("ppas", &ppa);
        let status = |value: &str| boss.patch(&at, &json!({ "status": value }));
        for state in ["ongoing", "completed"] {
            refused(status(state), "status");
            refused(boss.post("/api/v1/ppas", &json!({ "title": "x", "category": "oobc_ppa", "status": state })), "status");
        }
        refused(status("on_hold"), "status");
        refused(status("cancelled"), "status");
        refused(boss.patch(&at, &json!({ "approval_stage": "enacted" })), "approval_stage");
        sample::set(server, &PPA, ppa["id"].as_str().unwrap(), "approval_stage", "enacted");
        status("ongoing").expect_status(200);
        refused(status("planning"), "status");
        let locked = boss.patch(&at, &json!({ "category": "obc_request" })).expect_status(409).json;
        assert_eq!(locked["locked_fields"], json!(["category"]));
        let hold = boss.post(&format!("{at}/hold"), &json!({ "reason": "No road" })).expect_status(200).json;
        assert_eq!(hold["status"], "on_hold");
        refused(status("ongoing"), "status");
        boss.post(&format!("{at}/resume"), &json!({})).expect_status(200);
        let community = make(&boss, "communities", json!({ "name": "Lumbac", "barangay": sample::BARANGAY }));
        let need = make(&boss, "needs", json!({ "title": "Hall", "community": community["id"] }));
        let of_need = path("needs", &need);
        for state in ["prioritized", "planned", "in_progress", "completed"] {
            refused(boss.patch(&of_need, &json!({ "status": state })), "status");
        }
        boss.patch(&of_need, &json!({ "status": "validated" })).expect_status(200);
        let project = make(&boss, "projects", json!({ "need": need["id"], "ppa": ppa["id"] }));
        refused(boss.patch(&path("projects", &project), &json!({ "current_stage": "completion" })), "current_stage");
        for state in ["in_progress", "completed"] {
            refused(boss.patch(&of_need, &json!({ "status": state })), "status");
            if state == "completed" { refused(status(state), "status"); }
        }
        refused(boss.patch(&of_need, &json!({ "status": "planned" })), "status");
    }

    fn stopping_a_ppa_requires_a_reason(server: &Server) {
        let person = server.person(&["coordinator"]);
        let boss = &person.client;
        let ppa = make(boss, "ppas", json!({ "title": "Hall", "category": "oobc_ppa" }));
        let (at, page) = (path("ppas", &ppa), format!("/ppas/{}", ppa["id"].as_str().unwrap()));
        for action in ["hold", "cancel"] {
            for reason in [json!(""), json!("  "), Value::Null] {
                let refused = boss.post(&format!("{at}/{action}"), &json!({ "reason": reason })).expect_status(422);
                assert_eq!((refused.errors("field"), refused.errors("code")), (vec!["reason"], vec!["required"]));
            }
        }
        for reason in [json!(7), json!("x".repeat(2001)), json!("a\u{0}b")] {
            boss.post(&format!("{at}/hold"), &json!({ "reason": reason })).expect_status(422);
        }
        let version = boss.get(&at).json["version"].as_i64().unwrap();
        boss.post(&format!("{at}/hold"), &json!({ "reason": "The road is closed" })).expect_status(200);
        let history = boss.get(&format!("{at}/history")).expect_status(200).json;
        assert_eq!(history["items"][0]["note"], "The road is closed");
        assert_eq!(boss.get(&at).json["version"], version + 1);
        boss.post(&format!("{at}/undo"), &json!({})).expect_status(200);

        // The page has a form for each action, with a field for the reason; the edit form does not offer the status.
        let Browser { client: browser, token, .. } = Browser::sign_in(server, &person);
        let form = browser.get(&page).expect_status(200).text;
        assert!(form.contains("name=\"reason-cancel\"") && form.contains("name=\"reason-hold\""), "{form}");
        assert!(!form.contains("name=\"reason-complete\""), "a planned PPA cannot be completed: {form}");
        assert!(!browser.get(&format!("{page}/edit")).expect_status(200).text.contains("name=\"status\""));
        let send = |action: &str, reason: &str| {
            let name = format!("reason-{action}");
            let shown = [("csrf_token", token.as_str()), ("action", action), (name.as_str(), reason)];
            browser.post_form(&format!("{page}/status"), &shown)
        };
        let refused = send("cancel", " ").expect_status(422).text;
        assert!(refused.contains("Reason is required."), "{refused}");
        send("cancel", "No longer needed").expect_status(303);
        assert_eq!(boss.get(&at).json["status"], "cancelled");
        assert!(browser.get(&format!("{page}?tab=history")).text.contains("No longer needed"));
        // Actors who may not change the status see no form for it.
        let other = server.person_with(json!({ "roles": ["partner"] }));
        boss.patch(&at, &json!({ "manager": other.id })).expect_status(200);
        let form = other.client.get(&page).expect_status(200).text;
        assert!(!form.contains("name=\"reason-resume\""), "{form}");
        other.client.post(&format!("{at}/resume"), &json!({})).expect_status(403);
    }

    fn form_offers_only_valid_choices(server: &Server) {
        let boss = server.as_role("coordinator");
        let ppa = make(&boss, "ppas", json!({
            "title": "Hall", "category": "oobc_ppa", "start_date": "2026-01-05", "budget_allocation_centavos": 900,
            "funding_source": "gaa",
        }));
        let at = path("ppas", &ppa);
        let ppa_form = format!("/ppas/{}/edit", ppa["id"].as_str().unwrap());
        let offered = |page: &str, field: &str| options(&boss.get(page).expect_status(200).text, field);
        let agrees = |page: &str, at: &str, field: &str, all: &[&str]| {
            let form = offered(page, field);
            for value in all {
                let before = boss.get(at).json["version"].clone();
                let answer = boss.patch(at, &json!({ (field): value }));
                assert_eq!(answer.status == 200, form.contains(&(*value).to_owned()), "{field} {value}: {form:?} {}", answer.text);
                if answer.status == 200 && answer.json["version"] != before {
                    boss.post(&format!("{at}/undo"), &json!({})).expect_status(200);
                }
            }
        };
        let statuses = ["planning", "ongoing", "completed", "on_hold", "cancelled"];
        let categories = ["moa_ppa", "oobc_ppa", "obc_request"];
        assert_eq!(offered(&ppa_form, "status"), [""; 0]);
        agrees(&ppa_form, &at, "status", &statuses[1..]);
        agrees(&ppa_form, &at, "category", &categories);
        sample::set(server, &PPA, ppa["id"].as_str().unwrap(), "approval_stage", "enacted");
        assert_eq!(boss.get(&at).json["status"], "ongoing");
        assert_eq!(offered(&ppa_form, "status"), [""; 0]);
        // The approval locks the category.
        assert_eq!(offered(&ppa_form, "category"), [""; 0]);
        boss.patch(&at, &json!({ "category": "moa_ppa" })).expect_status(409);

        let community = make(&boss, "communities", json!({ "name": "Lumbac", "barangay": sample::BARANGAY }));
        let need = make(&boss, "needs", json!({ "title": "Hall", "community": community["id"] }));
        let need_form = format!("/needs/{}/edit", need["id"].as_str().unwrap());
        let states: Vec<&str> = obcms_domain::choices::NEED_STATUSES.iter().map(|choice| choice.value).collect();
        agrees(&need_form, &path("needs", &need), "status", &states);
        assert!(!offered("/needs/new", "status").contains(&"planned".to_owned()));

        let first = make(&boss, "tasks", json!({ "title": "First" }));
        let task = make(&boss, "tasks", json!({ "title": "Second", "depends_on": [first["id"]] }));
        let task_form = format!("/tasks/{}/edit", task["id"].as_str().unwrap());
        assert_eq!(offered(&task_form, "status"), ["not_started", "on_hold", "cancelled"]);
        boss.patch(&path("tasks", &first), &json!({ "status": "completed" })).expect_status(200);
        assert_eq!(offered(&task_form, "status").len(), 5);
        // A field without permitted choices shows its value; so does a status that was decided.
        let staff = server.person(&["staff"]);
        let request = make(&staff.client, "ppas", json!({ "title": "Road", "category": "obc_request" }));
        let form = staff.client.get(&format!("/ppas/{}/edit", request["id"].as_str().unwrap())).expect_status(200).text;
        assert!(!form.contains("name=\"category\"") && !form.contains("name=\"status\""), "{form}");
    }

    fn undo_requires_the_rights_of_the_original_change(server: &Server) {
        let admin = server.as_role("admin");
        let person = server.person(&["coordinator"]);
        let me = &person.client;
        let community = make(me, "communities", json!({ "name": "Lumbac", "barangay": sample::BARANGAY }));
        let created = make(me, "needs", json!({ "title": "Created", "community": community["id"] }));
        let archived = make(me, "needs", json!({ "title": "Archived", "community": community["id"] }));
        let validated = make(me, "needs", json!({ "title": "Validated", "community": community["id"] }));
        let ppa = make(me, "ppas", json!({ "title": "Hall", "category": "oobc_ppa" }));
        let project = make(me, "projects", json!({ "need": validated["id"] }));
        let task = make(me, "tasks", json!({ "title": "Task", "origin": { "kind": "ppa", "id": ppa["id"] } }));
        me.patch(&path("tasks", &task), &json!({ "visible_to_partners": true })).expect_status(200);
        me.delete(&path("needs", &archived)).expect_status(204);
        me.patch(&path("needs", &validated), &json!({ "status": "validated" })).expect_status(200);
        me.post(&format!("{}/cancel", path("ppas", &ppa)), &json!({ "reason": "No land" })).expect_status(200);
        me.patch(&path("ppas", &ppa), &json!({ "cancel_open_tasks": true })).expect_status(200);
        me.post(&format!("{}/advance", path("projects", &project)), &json!({})).expect_status(200);
        let all = [
            path("needs", &validated), path("projects", &project), path("ppas", &ppa), path("needs", &created),
            path("needs", &archived), path("tasks", &task),
        ];
        // The same person with another role may no longer do any of it, or undo it. Staff may write their requests
        // until they are decided, and an executive their own tasks.
        for (role, refused) in [("partner", 6), ("executive", 5), ("staff", 2)] {
            admin.patch(&format!("/api/v1/users/{}", person.id), &json!({ "roles": [role] })).expect_status(200);
            for address in &all[..refused] {
                let history = admin.get(&format!("{address}/history")).expect_status(200).json;
                let set = history["items"][0]["change_set"].as_str().unwrap();
                let answer = me.post(&format!("{address}/undo?change_set={set}"), &json!({}));
                assert!([403, 404].contains(&answer.status), "{role} {address}: {} {}", answer.status, answer.text);
            }
        }
        admin.patch(&format!("/api/v1/users/{}", person.id), &json!({ "roles": ["coordinator"] })).expect_status(200);
        for address in &all[..3] {
            let history = admin.get(&format!("{address}/history")).expect_status(200).json;
            let set = history["items"][0]["change_set"].as_str().unwrap();
            me.post(&format!("{address}/undo?change_set={set}"), &json!({})).expect_status(200);
        }
        assert_eq!(me.get(&path("needs", &validated)).json["status"], "identified");
        assert_eq!(me.get(&path("tasks", &task)).json["status"], "not_started");
    }

    fn openapi_names_the_group_of_each_field(server: &Server) {
        let schemas = server.as_role("staff").get("/api/v1/openapi.json").expect_status(200).json["components"]["schemas"].clone();
        let input = &schemas["PpaInput"]["properties"];
        assert_eq!(input["budget_allocation_centavos"]["x-field-group"], "money");
        assert_eq!(input["milestones"]["x-field-group"], "reporting");
        assert_eq!(
            input["milestones"]["x-may-write"],
            json!(["admin", "coordinator", "staff:own", "staff:draft", "partner:draft", "partner:organisation", "partner:assigned"])
        );
        assert_eq!(input["priority"]["x-may-write"], json!(["admin", "coordinator"]));
        for (name, schema) in schemas.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("Input")) {
            for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
                assert!(schema["x-field-group"].is_string(), "{name}.{field}");
            }
        }
    }
}
