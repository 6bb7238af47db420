//! Approval of budgets: rounds, separation of duties, locks, revisions, ceilings and the queue.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::approval::{complete_ppa, step};
use obcms_tests::{Answer, Client, Server, make, on_both_engines};
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
}
