//! Chain around every link, from both ends.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, make, on_both_engines};
use serde_json::{Value, json};

/// One of each link, connected: a community, an assessment, a need, a policy with a milestone, a project, a PPA with
/// its tasks, an event, a service and an application.
struct Chain {
    community: Value,
    assessment: Value,
    need: Value,
    policy: Value,
    milestone: Value,
    ppa: Value,
    project: Value,
    event: Value,
    service: Value,
    application: Value,
}

fn chain(client: &Client) -> Chain {
    let community = community(client, "Sitio Lumbac");
    let assessment = make(
        client,
        "assessments",
        json!({
            "title": "Water assessment", "primary_methodology": "survey", "community": community["id"],
            "planned_start_date": "2027-02-01", "planned_end_date": "2027-02-20",
        }),
    );
    let need = make(
        client,
        "needs",
        json!({
            "title": "Safe water", "community": community["id"], "assessment": assessment["id"],
            "estimated_cost_centavos": 70_000_000,
        }),
    );
    let policy = make(client, "policies", json!({ "title": "Water for all", "needs": [need["id"]] }));
    let milestone = make(
        client,
        "policy-milestones",
        json!({ "title": "Rules issued", "policy": policy["id"], "target_date": "2027-05-01" }),
    );
    let ppa = make(
        client,
        "ppas",
        json!({
            "title": "Level II water system", "category": "moa_ppa", "needs": [need["id"]],
            "policies": [policy["id"]], "start_date": "2027-03-01", "target_end_date": "2027-09-30",
            "budget_allocation_centavos": 65_000_000,
            "milestones": [{ "date": "2027-06-15", "title": "Pump delivered" }],
        }),
    );
    let project = make(client, "projects", json!({ "need": need["id"], "ppa": ppa["id"] }));
    let event = make(
        client,
        "events",
        json!({ "title": "Groundbreaking", "start": "2027-03-02T09:00:00+08:00", "related_ppa": ppa["id"] }),
    );
    let service = make(
        client,
        "services",
        json!({ "title": "Pump training", "application_deadline": "2027-04-30", "ppas": [ppa["id"]] }),
    );
    let application = make(
        client,
        "applications",
        json!({ "service": service["id"], "applicant_name": "Amina Sali", "status": "submitted" }),
    );
    Chain { community, assessment, need, policy, milestone, ppa, project, event, service, application }
}

fn trace(client: &Client, kind: &str, id: &Value) -> Value {
    client.get(&format!("/api/v1/trace/{kind}/{}", id.as_str().unwrap())).expect_status(200).json
}

fn ids(trace: &Value, group: &str) -> Vec<String> {
    let links = trace[group].as_array().unwrap_or_else(|| panic!("no group {group}"));
    links.iter().map(|link| link["id"].as_str().unwrap().to_owned()).collect()
}

fn has(trace: &Value, group: &str, record: &Value) -> bool {
    ids(trace, group).iter().any(|id| *id == record["id"].as_str().unwrap())
}

/// Returns a task of the record.
fn task_of(client: &Client, record: &Value) -> Value {
    let address = format!("/api/v1/tasks?origin={}&sort=due_date", record["id"].as_str().unwrap());
    client.get(&address).expect_status(200).json["items"][0].clone()
}

/// Creates a community with a name in some barangay.
fn community(client: &Client, name: &str) -> Value {
    let barangay = &client.get("/api/v1/barangays?limit=1").expect_status(200).json["items"][0]["id"];
    make(client, "communities", json!({ "name": name, "barangay": barangay }))
}

on_both_engines! {
    fn every_link_shows_need_and_ppa(server: &Server) {
        let client = server.as_role("coordinator");
        let chain = chain(&client);
        let task = task_of(&client, &chain.ppa);
        for (kind, record) in [
            ("ppa", &chain.ppa),
            ("project", &chain.project),
            ("event", &chain.event),
            ("service", &chain.service),
            ("application", &chain.application),
            ("task", &task),
            ("task", &task_of(&client, &chain.event)),
            ("task", &task_of(&client, &chain.application)),
            ("need", &chain.need),
            ("policy", &chain.policy),
            ("assessment", &chain.assessment),
            ("community", &chain.community),
        ] {
            let trace = trace(&client, kind, &record["id"]);
            assert_eq!(trace["kind"], kind);
            assert_eq!(trace["id"], record["id"]);
            assert!(has(&trace, "needs", &chain.need), "{kind} shows the need: {trace}");
            assert!(has(&trace, "ppas", &chain.ppa), "{kind} shows the PPA: {trace}");
            assert!(has(&trace, "communities", &chain.community), "{kind} shows the community");
        }
        let milestone = trace(&client, "policy_milestone", &chain.milestone["id"]);
        assert!(has(&milestone, "policies", &chain.policy) && has(&milestone, "needs", &chain.need));
    }

    fn need_shows_the_whole_chain(server: &Server) {
        let client = server.as_role("coordinator");
        let chain = chain(&client);
        let trace = trace(&client, "need", &chain.need["id"]);
        for (group, record) in [
            ("communities", &chain.community),
            ("assessments", &chain.assessment),
            ("needs", &chain.need),
            ("policies", &chain.policy),
            ("policy_milestones", &chain.milestone),
            ("projects", &chain.project),
            ("ppas", &chain.ppa),
            ("events", &chain.event),
            ("services", &chain.service),
            ("applications", &chain.application),
            ("tasks", &task_of(&client, &chain.ppa)),
            ("tasks", &task_of(&client, &chain.project)),
            ("tasks", &task_of(&client, &chain.event)),
        ] {
            assert!(has(&trace, group, record), "{group}: {}", trace[group]);
        }
        let task = task_of(&client, &chain.ppa);
        let link = trace["tasks"].as_array().unwrap().iter().find(|link| link["id"] == task["id"]).unwrap();
        assert_eq!(link["due_date"], task["due_date"]);
        assert_eq!(link["progress"], 0);
        assert_eq!(link["url"], format!("/tasks/{}", task["id"].as_str().unwrap()));
        assert_eq!(trace["money"]["budget_allocation_centavos"], 65_000_000);
        assert_eq!(trace["money"]["estimated_cost_centavos"], 70_000_000);
        assert_eq!(trace["money"]["ppas"][0]["budget_allocation_centavos"], 65_000_000);
        let dated: Vec<&str> =
            trace["dates"].as_array().unwrap().iter().map(|date| date["kind"].as_str().unwrap()).collect();
        for kind in ["assessment", "ppa_start", "ppa_target_end", "ppa_milestone", "event", "policy_milestone"] {
            assert!(dated.contains(&kind), "{kind} in {dated:?}");
        }
    }

    fn task_does_not_show_other_branches_of_the_need(server: &Server) {
        let client = server.as_role("coordinator");
        let chain = chain(&client);
        let other = make(
            &client,
            "ppas",
            json!({ "title": "Second PPA", "category": "oobc_ppa", "needs": [chain.need["id"]] }),
        );
        let task = task_of(&client, &chain.ppa);
        let trace = trace(&client, "task", &task["id"]);
        assert_eq!(ids(&trace, "ppas"), [chain.ppa["id"].as_str().unwrap()]);
        assert!(!has(&trace, "ppas", &other));
        let siblings = ids(&trace, "tasks").len();
        let all = client
            .get(&format!("/api/v1/tasks?origin={}", chain.ppa["id"].as_str().unwrap()))
            .expect_status(200)
            .json["total"]
            .as_u64()
            .unwrap();
        assert!((siblings as u64) < all, "{siblings} of {all} tasks");
    }

    fn task_shows_its_dependencies_and_dependents(server: &Server) {
        let client = server.as_role("coordinator");
        let first = make(&client, "tasks", json!({ "title": "First" }));
        let second = make(&client, "tasks", json!({ "title": "Second", "depends_on": [first["id"]] }));
        let third = make(&client, "tasks", json!({ "title": "Third", "depends_on": [second["id"]] }));
        make(&client, "tasks", json!({ "title": "Fourth", "depends_on": [third["id"]] }));
        let trace = trace(&client, "task", &second["id"]);
        let links = trace["tasks"].as_array().unwrap();
        let positions: Vec<(&str, &str)> = links
            .iter()
            .map(|link| (link["title"].as_str().unwrap(), link["position"].as_str().unwrap()))
            .collect();
        assert_eq!(positions, [("Second", "self"), ("First", "prerequisite"), ("Third", "dependent")]);
    }

    fn archived_records_are_omitted(server: &Server) {
        let client = server.as_role("coordinator");
        let chain = chain(&client);
        client.delete(&format!("/api/v1/ppas/{}", chain.ppa["id"].as_str().unwrap())).expect_status(204);
        let trace = trace(&client, "need", &chain.need["id"]);
        assert!(!has(&trace, "ppas", &chain.ppa));
        assert!(!has(&trace, "events", &chain.event), "nothing is reached through what is archived");
        assert_eq!(trace["money"]["budget_allocation_centavos"], 0);
    }

    fn partner_sees_only_related_links(server: &Server) {
        let client = server.as_role("coordinator");
        let chain = chain(&client);
        let other_community = community(&client, "Sitio Other");
        let other_need =
            make(&client, "needs", json!({ "title": "Road", "community": other_community["id"] }));
        let both = make(
            &client,
            "ppas",
            json!({
                "title": "For two needs", "category": "moa_ppa",
                "needs": [chain.need["id"], other_need["id"]],
            }),
        );
        let partner = server
            .person_with(json!({ "roles": ["partner"], "communities": [chain.community["id"]] }))
            .client;
        let seen = trace(&partner, "ppa", &both["id"]);
        assert_eq!(ids(&seen, "needs"), [chain.need["id"].as_str().unwrap()]);
        assert_eq!(ids(&seen, "communities"), [chain.community["id"].as_str().unwrap()]);
        let hidden = format!("/api/v1/trace/need/{}", other_need["id"].as_str().unwrap());
        partner.get(&hidden).expect_status(404);
        client.get(&hidden).expect_status(200);
    }

    fn missing_record_is_not_found(server: &Server) {
        let client = server.as_role("staff");
        let need = chain(&server.as_role("coordinator")).need["id"].as_str().unwrap().to_owned();
        client.get("/api/v1/trace/need/0192d3a0-0000-7000-8000-000000000001").expect_status(404);
        client.get(&format!("/api/v1/trace/ppa/{need}")).expect_status(404);
        client.get(&format!("/api/v1/trace/spaceship/{need}")).expect_status(404);
        client.get("/api/v1/trace/need/x").expect_status(404);
        client.get("/api/v1/trace/%ff/%fe").expect_status(404);
        client.get(&format!("/api/v1/trace/need/{need}?depth=2")).expect_status(400);
        server.anonymous().get(&format!("/api/v1/trace/need/{need}")).expect_status(401);
    }
}
