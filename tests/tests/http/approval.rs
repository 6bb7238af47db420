//! Approval of budgets: rounds, separation of duties, locks, revisions, ceilings and the queue.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::approval::{DECIDERS, complete_ppa, step};
use obcms_tests::{Answer, Client, Server, TestClock, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// The people who carry a PPA through its approval.
struct Office {
    maker: Client,
    coordinator: Client,
    budget_officer: Client,
    second_coordinator: Client,
    executive: Client,
    second_officer: Client,
    admin: Client,
}

impl Office {
    fn new(server: &Server) -> Self {
        let person = |role: &str| server.person(&[role]).client;
        Self {
            maker: person("coordinator"),
            coordinator: person("coordinator"),
            budget_officer: person("budget_officer"),
            second_coordinator: person("coordinator"),
            executive: person("executive"),
            second_officer: person("budget_officer"),
            admin: person("admin"),
        }
    }

    fn ppa(&self, budget: i64) -> Value {
        complete_ppa(&self.maker, "Clinics", budget)
    }

    fn deciders(&self) -> [&Client; 5] {
        [
            &self.coordinator,
            &self.budget_officer,
            &self.second_coordinator,
            &self.executive,
            &self.second_officer,
        ]
    }

    /// Submits a PPA and lets every stage approve it.
    fn enact(&self, ppa: &Value) -> Value {
        step(&self.maker, ppa, "submit", "").expect_status(200);
        let mut last = Value::Null;
        for decider in self.deciders() {
            last = step(decider, ppa, "approve", "Good").expect_status(200).json;
        }
        last
    }
}

fn approval(client: &Client, ppa: &Value) -> Value {
    client.get(&format!("/api/v1/ppas/{}/approval", id(ppa))).expect_status(200).json
}

fn patch(client: &Client, ppa: &Value, body: &Value) -> Answer {
    client.patch(&format!("/api/v1/ppas/{}", id(ppa)), body)
}

on_both_engines! {
    fn five_stages_enact_a_budget(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(100_000_00);
        assert_eq!(approval(&office.maker, &ppa)["round"], 0);
        let submitted = step(&office.maker, &ppa, "submit", "").expect_status(200).json;
        assert_eq!(submitted["approval_stage"], "technical_review");
        for (decider, next) in office.deciders().into_iter().zip([
            "budget_review", "stakeholder_consultation", "executive_approval", "enactment", "enacted",
        ]) {
            let decided = step(decider, &ppa, "approve", "Good").expect_status(200).json;
            assert_eq!(decided["approval_stage"], next);
        }
        let shown = approval(&office.maker, &ppa);
        assert_eq!((&shown["round"], &shown["state"]), (&json!(1), &json!("enacted")));
        let states: Vec<&Value> = shown["stages"].as_array().unwrap().iter().map(|stage| &stage["state"]).collect();
        assert_eq!(states, ["approved"; 5]);
        assert!(shown["stages"].as_array().unwrap().iter().all(|stage| stage["due_date"].is_string()));
        assert_eq!(shown["decisions"].as_array().unwrap().len(), 6);
        assert_eq!(shown["decisions"][1]["digest"].as_str().unwrap().len(), 64);
        let ppa = office.maker.get(&format!("/api/v1/ppas/{}", id(&ppa))).json;
        assert_eq!(ppa["enacted_budget_centavos"], 100_000_00);
        assert_eq!(ppa["status"], "ongoing");
    }

    fn step_on_another_stage_than_seen_is_refused(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let approve = |client: &Client| {
            let body = json!({ "action": "approve", "stage": "technical_review" });
            client.post(&format!("/api/v1/ppas/{}/approval", id(&ppa)), &body)
        };
        approve(&office.admin).expect_status(200);
        // A second administrator who saw the same stage does not decide the next one by accident.
        let refused = approve(&server.as_role("admin")).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("moved on"), "{refused}");
        let shown = approval(&office.maker, &ppa);
        assert_eq!(shown["state"], "budget_review");
    }

    fn missing_fields_are_named(server: &Server) {
        let office = Office::new(server);
        let ppa = make(&office.maker, "ppas", json!({ "title": "Bare", "category": "moa_ppa" }));
        let refused = step(&office.maker, &ppa, "submit", "").expect_status(409).json;
        assert_eq!(refused["missing"], json!(["sector", "lead_organization", "summary", "total_slots"]));
        assert_eq!(approval(&office.maker, &ppa)["stages"][0]["missing"], refused["missing"]);
        let request = make(&office.maker, "ppas", json!({ "title": "Request", "category": "obc_request" }));
        step(&office.maker, &request, "submit", "").expect_status(409);
    }

    fn duties_are_separate(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        // The maker decides no stage, and no role decides a stage of another.
        step(&office.maker, &ppa, "approve", "").expect_status(403);
        for other in [&office.budget_officer, &office.executive, &server.as_role("staff")] {
            step(other, &ppa, "approve", "").expect_status(403);
        }
        let both = server.person(&["coordinator", "budget_officer"]).client;
        step(&both, &ppa, "approve", "").expect_status(200);
        let refused = step(&both, &ppa, "approve", "").expect_status(403).json;
        assert!(refused["detail"].as_str().unwrap().contains("previous stage"), "{refused}");
        step(&office.budget_officer, &ppa, "approve", "").expect_status(200);
    }

    fn money_is_locked_from_submission(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let refused = patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 2 })).expect_status(409).json;
        assert_eq!(refused["locked_fields"], json!(["budget_allocation_centavos"]));
        assert!(refused["detail"].as_str().unwrap().contains("Withdraw"), "{refused}");
        patch(&office.maker, &ppa, &json!({ "summary": "Seven clinics" })).expect_status(200);
        step(&office.maker, &ppa, "withdraw", "").expect_status(200);
        patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 900_00 })).expect_status(200);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        assert_eq!(approval(&office.maker, &ppa)["changes"]["budget_allocation_centavos"], json!([1_000_00, 900_00]));
        let undo = format!("/api/v1/ppas/{}/undo", id(&ppa));
        office.maker.post(&undo, &json!({})).expect_status(409);
        step(&office.coordinator, &ppa, "approve", "").expect_status(200);
        step(&office.maker, &ppa, "withdraw", "").expect_status(409);
    }

    fn rejection_is_final_until_an_administrator_reopens(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        step(&office.coordinator, &ppa, "reject", " ").expect_status(422);
        step(&office.coordinator, &ppa, "reject", "Twice the price").expect_status(200);
        step(&office.maker, &ppa, "submit", "").expect_status(409);
        step(&office.coordinator, &ppa, "reopen", "New offer").expect_status(403);
        step(&office.admin, &ppa, "reopen", "New offer").expect_status(200);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        assert_eq!(approval(&office.maker, &ppa)["round"], 2);
    }

    fn only_the_consultation_is_waived_with_a_reason(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        step(&office.coordinator, &ppa, "waive", "Known").expect_status(409);
        step(&office.coordinator, &ppa, "approve", "").expect_status(200);
        step(&office.budget_officer, &ppa, "approve", "").expect_status(200);
        step(&office.second_coordinator, &ppa, "waive", "").expect_status(422);
        let waived = step(&office.second_coordinator, &ppa, "waive", "Held in May").expect_status(200).json;
        assert_eq!(waived["approval_stage"], "executive_approval");
    }

    fn budget_review_corrects_figures(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        let path = format!("/api/v1/ppas/{}/approval", id(&ppa));
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let body = json!({ "action": "approve", "corrections": { "budget_allocation_centavos": 800_00 } });
        office.coordinator.post(&path, &body).expect_status(422);
        step(&office.coordinator, &ppa, "approve", "").expect_status(200);
        let corrected = office.budget_officer.post(&path, &body).expect_status(200).json;
        assert_eq!(corrected["budget_allocation_centavos"], 800_00);
        let shown = approval(&office.maker, &ppa);
        assert_eq!(shown["snapshot"]["budget_allocation_centavos"], 800_00);
        let decisions = shown["decisions"].as_array().unwrap();
        assert_eq!(decisions[2]["corrections"]["budget_allocation_centavos"], json!([1_000_00, 800_00]));
    }

    fn enacted_figures_stay_in_force_during_a_revision(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        office.enact(&ppa);
        patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 2_000_00 })).expect_status(409);
        step(&office.maker, &ppa, "revise", "").expect_status(422);
        let revised = step(&office.maker, &ppa, "revise", "Prices rose").expect_status(200).json;
        assert_eq!((&revised["approval_stage"], &revised["approval_round"]), (&json!("draft"), &json!(2)));
        patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 2_000_00 })).expect_status(200);
        let money = office.maker.get(&format!("/api/v1/ppas/{}/money", id(&ppa))).json;
        assert_eq!(money["enacted_centavos"], 1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let shown = approval(&office.maker, &ppa);
        assert_eq!((&shown["is_revision"], &shown["reason"]), (&json!(true), &json!("Prices rose")));
        assert_eq!(shown["enacted"]["budget_allocation_centavos"], 1_000_00);
        // A rejected revision leaves the enacted figures.
        let rejected = step(&office.coordinator, &ppa, "reject", "Too dear").expect_status(200).json;
        assert_eq!(rejected["approval_stage"], "enacted");
        assert_eq!(rejected["budget_allocation_centavos"], 1_000_00);
        step(&office.maker, &ppa, "revise", "Fewer clinics").expect_status(200);
        patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 700_00 })).expect_status(200);
        let enacted = office.enact(&ppa);
        assert_eq!(enacted["enacted_budget_centavos"], 700_00);
        // One that is given up in draft does the same.
        step(&office.maker, &ppa, "revise", "Again").expect_status(200);
        patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 1 })).expect_status(200);
        let given_up = step(&office.maker, &ppa, "withdraw", "").expect_status(200).json;
        assert_eq!(given_up["budget_allocation_centavos"], 700_00);
        assert_eq!(given_up["approval_stage"], "enacted");
    }

    fn hard_ceiling_refuses_what_soft_one_notes(server: &Server) {
        let office = Office::new(server);
        let ceiling = |members: Value| make(&office.budget_officer, "ceilings", members);
        ceiling(json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 150_00 }));
        ceiling(json!({ "fiscal_year": 2027, "amount_centavos": 50_00, "enforcement": "soft" }));
        let (first, second) = (office.ppa(100_00), office.ppa(100_00));
        for ppa in [&first, &second] {
            step(&office.maker, ppa, "submit", "").expect_status(200);
            step(&office.coordinator, ppa, "approve", "").expect_status(200);
        }
        let effects = &approval(&office.maker, &first)["stages"][1]["ceilings"];
        assert_eq!(effects.as_array().unwrap().len(), 2, "{effects}");
        step(&office.budget_officer, &first, "approve", "").expect_status(200);
        let refused = step(&office.budget_officer, &second, "approve", "").expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("Health"), "{refused}");
        assert_eq!(refused["ceilings"].as_array().unwrap().len(), 2);
        // A soft one is noted on the decision.
        let decisions = approval(&office.maker, &first)["decisions"].clone();
        let noted = decisions[2]["ceilings"].as_array().unwrap().iter().any(|effect| effect["is_exceeded"] == true);
        assert!(noted, "{decisions}");
        // What is returned gives its room back.
        step(&office.second_coordinator, &first, "return", "Later").expect_status(200);
        step(&office.budget_officer, &second, "approve", "").expect_status(200);
    }

    fn queue_holds_what_the_caller_may_decide(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let mine = |client: &Client| {
            let items = client.get("/api/v1/approvals?mine=true").expect_status(200).json["items"].clone();
            items.as_array().unwrap().iter().filter(|item| item["ppa"] == ppa["id"]).count()
        };
        assert_eq!((mine(&office.coordinator), mine(&office.maker), mine(&office.budget_officer)), (1, 0, 0));
        step(&office.coordinator, &ppa, "approve", "").expect_status(200);
        assert_eq!((mine(&office.coordinator), mine(&office.budget_officer)), (0, 1));
        let all = office.executive.get("/api/v1/approvals").expect_status(200).json;
        assert!(all["items"].as_array().unwrap().iter().any(|item| item["ppa"] == ppa["id"]));
        office.executive.get("/api/v1/approvals?mine=maybe").expect_status(400);
    }

    fn separation_holds_for_every_pair_of_roles(server: &Server) {
        let office = Office::new(server);
        for stage in 0..DECIDERS.len() - 1 {
            let ppa = office.ppa(1_000_00);
            step(&office.maker, &ppa, "submit", "").expect_status(200);
            for decider in &office.deciders()[..stage] {
                step(decider, &ppa, "approve", "").expect_status(200);
            }
            let both = server.person(&[DECIDERS[stage], DECIDERS[stage + 1]]).client;
            step(&both, &ppa, "approve", "").expect_status(200);
            for action in ["approve", "return", "reject", "waive"] {
                let refused = step(&both, &ppa, action, "Mine too").expect_status(403).json;
                assert!(refused["detail"].as_str().unwrap().contains("previous stage"), "{stage} {action}: {refused}");
            }
            step(office.deciders()[stage + 1], &ppa, "approve", "").expect_status(200);
        }
        // Whatever roles the maker has, none of the stages is theirs.
        let all = server.person(&["admin", "coordinator", "budget_officer", "executive"]).client;
        let ppa = complete_ppa(&all, "Own clinics", 1_000_00);
        step(&all, &ppa, "submit", "").expect_status(200);
        for decider in office.deciders() {
            step(&all, &ppa, "approve", "").expect_status(403);
            step(decider, &ppa, "approve", "").expect_status(200);
        }
    }

    fn delegate_decides_during_an_absence(server: &Server) {
        let office = Office::new(server);
        let absent = server.person(&["coordinator"]);
        let delegate = server.person(&["staff"]);
        let today = TestClock::start().to_zoned(jiff::tz::TimeZone::get("Asia/Manila").unwrap()).date();
        let day = |days: i32| today.checked_add(jiff::Span::new().days(days)).unwrap().to_string();
        let delegation = |client: &Client, delegate: &obcms_tests::Person, from: i32, until: i32| {
            client.post("/api/v1/delegations", &json!({
                "delegate": delegate.id, "start_date": day(from), "end_date": day(until), "reason": "Leave",
            }))
        };
        let ppa = office.ppa(1_000_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        // Delegations of last week and of next week give nothing today.
        delegation(&absent.client, &delegate, -9, -1).expect_status(201);
        delegation(&absent.client, &delegate, 1, 9).expect_status(201);
        step(&delegate.client, &ppa, "approve", "").expect_status(403);
        let current = delegation(&absent.client, &delegate, 0, 0).expect_status(201).json;
        assert_eq!(current["delegator"], json!(absent.id));
        let queue = delegate.client.get("/api/v1/approvals?mine=true").expect_status(200).json;
        assert!(queue["items"].as_array().unwrap().iter().any(|item| item["ppa"] == ppa["id"]), "{queue}");
        let shown = approval(&delegate.client, &ppa);
        assert_eq!(shown["on_behalf_of"], json!(absent.id));
        step(&delegate.client, &ppa, "approve", "For her").expect_status(200);
        let decision = approval(&office.maker, &ppa)["decisions"][1].clone();
        assert_eq!(decision["decided_by"], json!(delegate.id));
        assert_eq!(decision["on_behalf_of"], json!(absent.id));
        assert_eq!(decision["role"], "coordinator");
        // It is the role of a coordinator, and no other.
        step(&delegate.client, &ppa, "approve", "").expect_status(403);
        // The maker is not represented either.
        let maker = server.person(&["coordinator"]);
        let own = complete_ppa(&maker.client, "Own", 1_000_00);
        step(&maker.client, &own, "submit", "").expect_status(200);
        let second = server.person(&["staff"]);
        delegation(&maker.client, &second, 0, 1).expect_status(201);
        let refused = step(&second.client, &own, "approve", "").expect_status(403).json;
        assert!(refused["detail"].as_str().unwrap().contains("on behalf of"), "{refused}");
        // What ends is over at once.
        absent.client.delete(&format!("/api/v1/delegations/{}", id(&current))).expect_status(204);
        let queue = delegate.client.get("/api/v1/approvals?mine=true").expect_status(200).json;
        assert_eq!(queue["total"], 0, "{queue}");
    }

    fn delegations_are_checked(server: &Server) {
        let (coordinator, staff) = (server.person(&["coordinator"]), server.person(&["staff"]));
        let (partner, executive) = (server.person(&["partner"]), server.person(&["executive"]));
        let admin = server.as_role("admin");
        let send = |client: &Client, body: Value| client.post("/api/v1/delegations", &body);
        let body = |delegate: &obcms_tests::Person| {
            json!({ "delegate": delegate.id, "start_date": "2027-01-04", "end_date": "2027-01-08" })
        };
        let field = |answer: Answer| answer.expect_status(422).json["errors"][0]["field"].clone();
        assert_eq!(field(send(&staff.client, body(&coordinator))), "delegator");
        assert_eq!(field(send(&coordinator.client, body(&partner))), "delegate");
        assert_eq!(field(send(&coordinator.client, body(&coordinator))), "delegate");
        let mut other = body(&staff);
        other["delegator"] = json!(executive.id);
        assert_eq!(field(send(&coordinator.client, other.clone())), "delegator");
        let made = send(&admin, other).expect_status(201).json;
        // Both people see it, nobody else does.
        let path = format!("/api/v1/delegations/{}", id(&made));
        for (person, status) in [(&executive, 200), (&staff, 200), (&coordinator, 404)] {
            person.client.get(&path).expect_status(status);
        }
        let mut long = body(&staff);
        long["end_date"] = json!("2028-06-01");
        assert_eq!(field(send(&coordinator.client, long)), "end_date");
        let mut reversed = body(&staff);
        reversed["end_date"] = json!("2027-01-03");
        assert_eq!(field(send(&coordinator.client, reversed)), "end_date");
    }

    fn pending_stage_is_assigned(server: &Server) {
        let office = Office::new(server);
        let chosen = server.person(&["coordinator"]);
        let ppa = office.ppa(1_000_00);
        let path = format!("/api/v1/ppas/{}/approval/assignee", id(&ppa));
        let assign = |client: &Client, person: Value| client.post(&path, &json!({ "assignee": person }));
        assign(&office.coordinator, json!(chosen.id)).expect_status(409);
        let path_of_ppa = format!("/api/v1/ppas/{}", id(&ppa));
        office.maker.delete(&path_of_ppa).expect_status(204);
        let refused = assign(&office.coordinator, Value::Null).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("archived"), "{refused}");
        office.maker.post(&format!("{path_of_ppa}/restore"), &json!({})).expect_status(200);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        assign(&server.as_role("staff"), json!(chosen.id)).expect_status(403);
        let executive = server.person(&["executive"]);
        let refused = assign(&office.coordinator, json!(executive.id)).expect_status(422).json;
        assert_eq!(refused["errors"][0]["field"], "assignee");
        let assigned = assign(&office.coordinator, json!(chosen.id)).expect_status(200).json;
        assert_eq!(assigned["approval_assignee"], json!(chosen.id));
        assert_eq!(approval(&office.maker, &ppa)["stages"][0]["assignee"], json!(chosen.id));
        let mine = |client: &Client| {
            let items = client.get("/api/v1/approvals?mine=true").expect_status(200).json["items"].clone();
            items.as_array().unwrap().iter().any(|item| item["ppa"] == ppa["id"])
        };
        assert_eq!((mine(&chosen.client), mine(&office.coordinator)), (true, false));
        let found = office.maker.get(&format!("/api/v1/ppas?approval_assignee={}", chosen.id)).expect_status(200).json;
        assert_eq!(found["total"], 1);
        assign(&chosen.client, Value::Null).expect_status(200);
        assert!(mine(&office.coordinator));
        // After a return, the stage goes to the person who knows the PPA.
        step(&chosen.client, &ppa, "return", "Which clinics?").expect_status(200);
        assert_eq!(approval(&office.maker, &ppa)["stages"][0]["state"], "returned");
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let shown = approval(&office.maker, &ppa);
        assert_eq!(shown["stages"][0]["assignee"], json!(chosen.id));
        assert_eq!(shown["rounds"].as_array().unwrap().len(), 2);
        assert_eq!(shown["rounds"][0]["state"], "returned");
        let undo = format!("/api/v1/ppas/{}/undo", id(&ppa));
        assign(&office.coordinator, Value::Null).expect_status(200);
        office.coordinator.post(&undo, &json!({})).expect_status(409);
    }

    fn comments_stay_within_the_office(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        let organization = ppa["lead_organization"].clone();
        let partner = server.person_with(json!({ "roles": ["partner"], "organization": organization })).client;
        let path = format!("/api/v1/ppas/{}/approval/comments", id(&ppa));
        let send = |client: &Client, text: &str| client.post(&path, &json!({ "text": text }));
        send(&office.executive, "Why six?").expect_status(201);
        assert_eq!(send(&office.executive, " ").expect_status(422).json["errors"][0]["field"], "text");
        send(&partner, "We can do seven").expect_status(403);
        let shown = approval(&office.maker, &ppa);
        assert_eq!(shown["comments"][0]["text"], "Why six?");
        assert_eq!(shown["comments"][0]["stage"], "draft");
        assert_eq!(approval(&partner, &ppa)["comments"], Value::Null);
    }

    fn several_are_approved_with_one_comment(server: &Server) {
        let office = Office::new(server);
        let (first, second) = (office.ppa(1_000_00), office.ppa(2_000_00));
        for ppa in [&first, &second] {
            step(&office.maker, ppa, "submit", "").expect_status(200);
        }
        step(&office.second_coordinator, &second, "approve", "").expect_status(200);
        let items = json!([
            { "ppa": first["id"], "stage": "technical_review" }, { "ppa": second["id"], "stage": "technical_review" },
        ]);
        let body = json!({ "items": items, "comment": "Checked together" });
        let outcomes = office.coordinator.post("/api/v1/approvals", &body).expect_status(200).json;
        assert_eq!((&outcomes["items"][0]["approved"], &outcomes["items"][1]["approved"]), (&json!(true), &json!(false)));
        assert!(outcomes["items"][1]["detail"].as_str().unwrap().contains("moved on"), "{outcomes}");
        assert_eq!(approval(&office.maker, &first)["decisions"][1]["comment"], "Checked together");
        for wrong in [json!({}), json!({ "items": [] }), json!({ "items": [{ "ppa": "x", "stage": "y" }] })] {
            let refused = office.coordinator.post("/api/v1/approvals", &wrong).expect_status(422).json;
            assert_eq!(refused["errors"][0]["field"], "items", "{wrong}");
        }
    }

    fn cancelled_ppa_and_ppa_on_hold_wait_for_nobody(server: &Server) {
        let office = Office::new(server);
        for (halt, hint) in [("cancel", "This PPA is cancelled."), ("hold", "This PPA is on hold.")] {
            let ppa = office.ppa(1_000_00);
            step(&office.maker, &ppa, "submit", "").expect_status(200);
            let send = |action: &str| {
                let path = format!("/api/v1/ppas/{}/{action}", id(&ppa));
                office.maker.post(&path, &json!({ "reason": "The mayor withdrew the land" })).expect_status(200);
            };
            let waits = || {
                let queue = office.coordinator.get("/api/v1/approvals?mine=true").expect_status(200).json;
                queue["items"].as_array().unwrap().iter().any(|item| item["ppa"] == ppa["id"])
            };
            assert!(waits());
            send(halt);
            assert!(!waits());
            let refused = step(&office.coordinator, &ppa, "approve", "").expect_status(409);
            assert!(refused.text.contains(hint), "{}", refused.text);
            assert_eq!(approval(&office.coordinator, &ppa)["actions"], json!([]));
            send("resume");
            assert!(waits());
            step(&office.coordinator, &ppa, "approve", "").expect_status(200);
        }
    }

    fn revision_below_the_allotments_warns_until_its_enactment(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        office.enact(&ppa);
        let entry = json!({ "ppa": ppa["id"], "kind": "allocation", "amount_centavos": 800_00, "date": "2027-02-01", "document": "SARO 1" });
        office.budget_officer.post("/api/v1/tranches", &entry).expect_status(201);
        assert_eq!(approval(&office.maker, &ppa)["excess_allotted_centavos"], Value::Null);
        step(&office.maker, &ppa, "revise", "Fewer clinics").expect_status(200);
        patch(&office.maker, &ppa, &json!({ "budget_allocation_centavos": 700_00 })).expect_status(200);
        assert_eq!(approval(&office.maker, &ppa)["excess_allotted_centavos"], 100_00);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        assert_eq!(approval(&office.coordinator, &ppa)["excess_allotted_centavos"], 100_00);
        let back = json!({ "ppa": ppa["id"], "kind": "adjustment", "adjusts": "allocation", "amount_centavos": -100_00, "date": "2027-02-02", "remarks": "Fewer clinics" });
        office.budget_officer.post("/api/v1/tranches", &back).expect_status(201);
        assert_eq!(approval(&office.coordinator, &ppa)["excess_allotted_centavos"], Value::Null);
    }

    fn ppa_with_money_in_force_is_not_archived(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        office.enact(&ppa);
        let address = format!("/api/v1/ppas/{}", id(&ppa));
        let refused = |hint: &str| {
            let answer = office.maker.delete(&address).expect_status(409);
            assert!(answer.text.contains(hint), "{}", answer.text);
        };
        refused("The budget of this PPA is enacted.");
        let entry = json!({ "ppa": ppa["id"], "kind": "allocation", "amount_centavos": 800_00, "date": "2027-02-01", "document": "SARO 1" });
        let entry = office.budget_officer.post("/api/v1/tranches", &entry).expect_status(201).json;
        // Cancelling asks about open money first.
        let cancel = |body: &Value| office.maker.post(&format!("{address}/cancel"), body);
        let asked = cancel(&json!({ "reason": "No land" })).expect_status(409).json;
        assert_eq!((&asked["open"]["unobligated_centavos"], &asked["open"]["tasks"]), (&json!(800_00), &json!(0)));
        cancel(&json!({ "reason": "No land", "confirm_open": true })).expect_status(200);
        refused("This PPA has allotments of ₱800.00");
        let reverse = format!("/api/v1/tranches/{}/reverse", id(&entry));
        office.budget_officer.post(&reverse, &json!({ "comment": "Cancelled" })).expect_status(201);
        office.maker.delete(&address).expect_status(204);
    }

    fn queue_is_exported_for_people(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_234_50);
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        let export = office.coordinator.get("/api/v1/approvals/export.csv?mine=true").expect_status(200);
        let lines: Vec<&str> = export.text.lines().collect();
        assert!(lines[0].ends_with("PPA,Stage,Assignee,Round,In stage since,Due,Days in stage,Late,Budget,Room under ceilings"));
        assert!(lines.iter().any(|line| line.starts_with("Clinics,Technical review,") && line.contains("1234.50")), "{}", export.text);
        let workbook = office.coordinator.get("/api/v1/approvals/export.xlsx").expect_status(200);
        assert!(workbook.header("content-disposition").contains("approvals-"));
        office.coordinator.get("/api/v1/approvals/export.csv?mine=perhaps").expect_status(400);
        server.as_role("partner").get("/api/v1/approvals/export.csv").expect_status(403);
        let portfolio = office.executive.get("/api/v1/portfolio/export.csv?fiscal_year=2027").expect_status(200);
        assert!(portfolio.text.lines().any(|line| line.starts_with("Clinics,Planning,Technical review,Health,") && line.contains("1234.50")), "{}", portfolio.text);
        let other = office.executive.get("/api/v1/portfolio/export.csv?fiscal_year=2031").expect_status(200);
        assert_eq!(other.text.lines().count(), 1);
        office.executive.get("/api/v1/portfolio/export.csv?fiscal_year=soon").expect_status(400);
    }

    fn partners_see_no_internal_words_and_no_ceilings(server: &Server) {
        let office = Office::new(server);
        let ppa = office.ppa(1_000_00);
        make(&office.admin, "ceilings", json!({ "fiscal_year": 2027, "amount_centavos": 9_000_00 }));
        let organization = ppa["lead_organization"].clone();
        let partner = server.person_with(json!({ "roles": ["partner"], "organization": organization })).client;
        step(&office.maker, &ppa, "submit", "").expect_status(200);
        step(&office.coordinator, &ppa, "approve", "Internal words").expect_status(200);
        let comments = format!("/api/v1/ppas/{}/approval/comments", id(&ppa));
        office.executive.post(&comments, &json!({ "text": "Internal question" })).expect_status(201);
        let history = format!("/api/v1/ppas/{}/history", id(&ppa));
        for (client, sees) in [(&office.maker, true), (&partner, false)] {
            let all = client.get(&history).expect_status(200).text + &approval(client, &ppa).to_string();
            assert_eq!(all.contains("Internal words"), sees, "{all}");
            assert_eq!(all.contains("Internal question"), sees, "{all}");
            let ceilings = approval(client, &ppa)["stages"][1]["ceilings"].as_array().unwrap().len();
            assert_eq!(ceilings > 0, sees);
        }
        assert_eq!(approval(&partner, &ppa)["state"], "budget_review");
    }
}
