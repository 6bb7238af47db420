//! Nine stages of a project: forward if the checks pass, back with a reason, and one optional stage.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::PPA;
use obcms_tests::{Client, make, on_both_engines, sample};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn need(client: &Client) -> Value {
    let barangay = client.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
    let community = make(client, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
    make(client, "needs", json!({ "title": "Safe water", "community": community["id"] }))
}

fn step(client: &Client, project: &Value, word: &str, body: &Value) -> obcms_tests::Answer {
    client.post(&format!("/api/v1/projects/{}/{word}", id(project)), body)
}

fn task_count(client: &Client, project: &Value) -> u64 {
    let address = format!("/api/v1/tasks?origin={}&limit=1", id(project));
    client.get(&address).expect_status(200).json["total"].as_u64().unwrap()
}

on_both_engines! {
    fn failed_checks_block_the_next_stage(server: &Server) {
        let client = server.as_role("coordinator");
        let need = need(&client);
        let project = make(&client, "projects", json!({ "need": need["id"] }));
        assert_eq!(project["current_stage"], "need_identification");
        let mut tasks = task_count(&client, &project);
        assert!(tasks > 0, "the first stage brings its tasks");
        let moved = step(&client, &project, "advance", &json!({ "note": "Seen" })).expect_status(200).json;
        assert_eq!(moved["current_stage"], "need_validation");
        assert_eq!(moved["stages"].as_array().unwrap().len(), 2);
        assert_eq!(moved["stages"][1]["note"], "Seen");
        assert!(moved["stages"][0]["left_at"].is_string() && moved["stages"][1]["left_at"].is_null());
        assert!(task_count(&client, &project) > tasks);
        tasks = task_count(&client, &project);

        step(&client, &project, "advance", &json!({})).expect_status(200);
        let refused = step(&client, &project, "advance", &json!({})).expect_status(409).json;
        let checks = refused["checks"].as_array().unwrap();
        assert_eq!(checks[0]["kind"], "need");
        assert_eq!(checks[0]["field"], "status");
        assert_eq!(checks[0]["id"], need["id"]);
        client
            .patch(&format!("/api/v1/needs/{}", id(&need)), &json!({ "status": "validated" }))
            .expect_status(200);
        step(&client, &project, "advance", &json!({})).expect_status(200);
        client
            .patch(&format!("/api/v1/projects/{}", id(&project)), &json!({ "mao_focal_person": "Amina Sali" }))
            .expect_status(200);
        let planning = step(&client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!(planning["current_stage"], "budget_planning");
        assert!(task_count(&client, &project) > tasks);
        let missing = step(&client, &project, "advance", &json!({})).expect_status(409).json;
        assert_eq!(missing["checks"][0]["field"], "ppa");
        let ppa = make(&client, "ppas", json!({ "title": "Water", "category": "moa_ppa", "needs": [need["id"]] }));
        client
            .patch(&format!("/api/v1/projects/{}", id(&project)), &json!({ "ppa": ppa["id"] }))
            .expect_status(200);
        let missing = step(&client, &project, "advance", &json!({})).expect_status(409).json;
        let fields: Vec<&str> =
            missing["checks"].as_array().unwrap().iter().map(|check| check["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["budget_allocation_centavos", "funding_source"]);
        client
            .patch(
                &format!("/api/v1/ppas/{}", id(&ppa)),
                &json!({ "budget_allocation_centavos": 1_000_000, "funding_source": "gaa" }),
            )
            .expect_status(200);
        let approval = step(&client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!(approval["current_stage"], "approval");
        let waits = step(&client, &project, "advance", &json!({})).expect_status(409).json;
        assert_eq!(waits["checks"][0]["field"], "approval_stage");
        assert_eq!(waits["checks"][0]["href"], format!("/ppas/{}?tab=approval", id(&ppa)));
        // Approval by the executive alone is not enough.
        sample::set(server, &PPA, id(&ppa), "approval_stage", "enactment");
        step(&client, &project, "advance", &json!({})).expect_status(409);
        sample::set(server, &PPA, id(&ppa), "approval_stage", "enacted");
        let running = step(&client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!(running["current_stage"], "implementation");
        let next = step(&client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!(next["current_stage"], "monitoring");
        step(&client, &project, "advance", &json!({ "confirm_open": true, "note": "Done" })).expect_status(200);
        step(&client, &project, "advance", &json!({})).expect_status(409);
    }

    fn return_and_skip_require_a_reason(server: &Server) {
        let client = server.as_role("coordinator");
        let need = need(&client);
        client
            .patch(&format!("/api/v1/needs/{}", id(&need)), &json!({ "status": "validated" }))
            .expect_status(200);
        let project = make(&client, "projects", json!({ "need": need["id"] }));
        step(&client, &project, "skip", &json!({ "note": "No policy" })).expect_status(409);
        step(&client, &project, "advance", &json!({})).expect_status(200);
        let answer = step(&client, &project, "skip", &json!({})).expect_status(422);
        assert_eq!(answer.errors("field"), ["note"]);
        let skipped = step(&client, &project, "skip", &json!({ "note": "No policy fits" })).expect_status(200).json;
        assert_eq!(skipped["current_stage"], "mao_coordination");
        let stages: Vec<(&str, &str)> = skipped["stages"].as_array().unwrap().iter()
            .map(|stage| (stage["stage"].as_str().unwrap(), stage["outcome"].as_str().unwrap_or_default())).collect();
        assert_eq!(stages[1..], [("need_validation", "advanced"), ("policy_linkage", "skipped"), ("mao_coordination", "")]);
        let made = task_count(&client, &project);
        step(&client, &project, "return", &json!({ "stage": "need_validation" })).expect_status(422);
        step(&client, &project, "return", &json!({ "stage": "nowhere", "note": "x" })).expect_status(422);
        step(&client, &project, "return", &json!({ "stage": "completion", "note": "x" })).expect_status(409);
        let back = json!({ "stage": "need_validation", "note": "The survey was wrong" });
        let returned = step(&client, &project, "return", &back).expect_status(200).json;
        assert_eq!(returned["current_stage"], "need_validation");
        let stages = returned["stages"].as_array().unwrap();
        assert_eq!(stages.last().unwrap()["note"], "The survey was wrong");
        assert_eq!(stages[stages.len() - 2]["outcome"], "returned");
        // The tasks of the stage that it left are archived, and none is made twice.
        let archived = returned["archived_tasks"].as_u64().unwrap();
        assert!(archived > 0);
        assert_eq!(task_count(&client, &project), made - archived);
        let answer = step(&client, &project, "advance", &json!({ "colour": 1 })).expect_status(422);
        assert_eq!(answer.errors("field"), ["colour"]);
    }

    fn project_and_ppa_of_one_need_find_each_other(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa_of = |needs: &[&Value]| {
            let needs: Vec<&Value> = needs.iter().map(|need| &need["id"]).collect();
            make(&client, "ppas", json!({ "title": "Water", "category": "moa_ppa", "needs": needs }))
        };
        let project_of = |need: &Value| make(&client, "projects", json!({ "need": need["id"] }));
        let shown = |project: &Value| client.get(&format!("/api/v1/projects/{}", id(project))).json["ppa"].clone();
        // The PPA came first.
        let first = need(&client);
        let ppa = ppa_of(&[&first]);
        assert_eq!(project_of(&first)["ppa"], ppa["id"]);
        // The project came first.
        let second = need(&client);
        let project = project_of(&second);
        assert_eq!(shown(&project), Value::Null);
        let ppa = ppa_of(&[&second]);
        assert_eq!(shown(&project), ppa["id"]);
        // The project keeps its PPA.
        ppa_of(&[&second]);
        assert_eq!(shown(&project), ppa["id"]);
        // One PPA for several needs belongs to none of their projects by itself.
        let (third, fourth) = (need(&client), need(&client));
        let project = project_of(&third);
        ppa_of(&[&third, &fourth]);
        assert_eq!(shown(&project), Value::Null);
    }

    fn ppa_for_several_needs_costs_what_they_cost_together(server: &Server) {
        let client = server.as_role("coordinator");
        let needs: Vec<Value> = [500, 700].into_iter().map(|cost| {
            let need = need(&client);
            let path = format!("/api/v1/needs/{}", id(&need));
            client.patch(&path, &json!({ "estimated_cost_centavos": cost })).expect_status(200).json["id"].clone()
        }).collect();
        let ppa = make(&client, "ppas", json!({ "title": "Water", "category": "moa_ppa", "needs": needs }));
        assert_eq!(ppa["budget_allocation_centavos"], 1200);
    }

    fn project_of_a_cancelled_ppa_does_not_advance(server: &Server) {
        let client = server.as_role("coordinator");
        let need = need(&client);
        let ppa = make(&client, "ppas", json!({ "title": "Water", "category": "moa_ppa" }));
        let project = make(&client, "projects", json!({ "need": need["id"], "ppa": ppa["id"] }));
        let of_ppa = |action: &str| {
            let path = format!("/api/v1/ppas/{}/{action}", id(&ppa));
            client.post(&path, &json!({ "reason": "No land" })).expect_status(200);
        };
        of_ppa("cancel");
        let refused = step(&client, &project, "advance", &json!({})).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("cancelled"), "{refused}");
        of_ppa("resume");
        step(&client, &project, "advance", &json!({})).expect_status(200);
    }

    fn ppa_status_follows_its_project_and_undo(server: &Server) {
        let client = server.as_role("coordinator");
        let need = need(&client);
        let of_need = format!("/api/v1/needs/{}", id(&need));
        client.patch(&of_need, &json!({ "status": "validated" })).expect_status(200);
        let ppa = make(&client, "ppas", json!({
            "title": "Water", "category": "moa_ppa", "budget_allocation_centavos": 900, "funding_source": "gaa",
        }));
        let of_ppa = format!("/api/v1/ppas/{}", id(&ppa));
        let project = make(&client, "projects", json!({ "need": need["id"], "ppa": ppa["id"], "mao_focal_person": "Amina" }));
        sample::set(server, &PPA, id(&ppa), "approval_stage", "enacted");
        let states = || {
            let (ppa, need) = (client.get(&of_ppa).json, client.get(&of_need).json);
            let ended = if ppa["actual_end_date"].is_string() { " ended" } else { "" };
            format!("{}{ended}, {}", ppa["status"].as_str().unwrap(), need["status"].as_str().unwrap())
        };
        let advance = || {
            step(&client, &project, "advance", &json!({ "note": "Done", "confirm_open": true })).expect_status(200)
        };
        let undo = || client.post(&format!("/api/v1/projects/{}/undo", id(&project)), &json!({})).expect_status(200);
        let back = |stage: &str| {
            step(&client, &project, "return", &json!({ "stage": stage, "note": "Not done" })).expect_status(200)
        };
        for _ in 0..5 {
            advance();
        }
        assert_eq!(states(), "planning, planned");
        advance();
        assert_eq!(states(), "ongoing, in_progress");
        back("approval");
        assert_eq!(states(), "planning, planned");
        undo();
        assert_eq!(states(), "ongoing, in_progress");
        for _ in 0..2 {
            advance();
        }
        assert_eq!(states(), "completed ended, completed");
        back("monitoring");
        assert_eq!(states(), "ongoing, in_progress");
        undo();
        assert_eq!(states(), "completed ended, completed");
        back("budget_planning");
        assert_eq!(states(), "planning, planned");
        back("mao_coordination");
        assert_eq!(states(), "planning, validated");
        undo();
        undo();
        undo();
        assert_eq!(states(), "ongoing, in_progress");
        // On hold and cancelled are manual statuses and stay.
        client.post(&format!("{of_ppa}/hold"), &json!({ "reason": "No road" })).expect_status(200);
        back("budget_planning");
        for _ in 0..2 {
            advance();
        }
        assert_eq!(states(), "on_hold, in_progress");
        client.post(&format!("{of_ppa}/resume"), &json!({})).expect_status(200);
        assert_eq!(states(), "ongoing, in_progress");
    }

    fn moving_a_project_requires_its_right(server: &Server) {
        let client = server.as_role("coordinator");
        let project = make(&client, "projects", json!({ "need": need(&client)["id"] }));
        for role in ["executive", "budget_officer", "staff"] {
            step(&server.as_role(role), &project, "advance", &json!({})).expect_status(403);
        }
        step(&server.anonymous(), &project, "advance", &json!({})).expect_status(401);
        let read = client.get(&format!("/api/v1/projects/{}", id(&project))).expect_status(200).json;
        assert_eq!(read["current_stage"], "need_identification");
    }
}

on_both_engines! {
    fn creation_with_idempotency_key_returns_the_full_record(server: &Server) {
        let me = server.as_role("coordinator");
        let community = sample::make(server, &obcms_domain::kinds::COMMUNITY, 900, None);
        let need = me.post("/api/v1/needs", &json!({ "title": "Bridge", "community": community.id })).expect_status(201);
        let keyed = me.with_header("idempotency-key", "one project");
        let first = keyed.post("/api/v1/projects", &json!({ "need": need.json["id"] })).expect_status(201);
        assert_eq!(first.json["stages"][0]["stage"], "need_identification");
        let again = keyed.post("/api/v1/projects", &json!({ "need": need.json["id"] })).expect_status(201);
        assert_eq!(first.json, again.json);
        let read = me.get(&format!("/api/v1/projects/{}", first.json["id"].as_str().unwrap_or_default())).expect_status(200);
        assert_eq!(read.json, first.json);
    }
}
