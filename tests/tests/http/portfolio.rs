//! Portfolio: exact figures, filters, visibility, and immediate updates.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::PPA;
use obcms_tests::{Client, Server, make, on_both_engines, sample};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn figures(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/portfolio{query}")).expect_status(200).json
}

fn group<'a>(figures: &'a Value, list: &str, key: Value) -> &'a Value {
    let groups = figures[list].as_array().unwrap();
    groups.iter().find(|group| group["key"] == key).unwrap_or(&Value::Null)
}

/// Creates three PPAs (one ongoing and late, one planned, one cancelled) and two needs, one of them answered.
fn world(server: &Server, client: &Client) -> [Value; 3] {
    let barangay = client.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
    let community = make(client, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
    let urgent = |title: &str| {
        make(
            client,
            "needs",
            json!({
                "title": title, "community": community["id"], "sector": "health", "urgency_level": "immediate",
                "impact_severity": 5, "feasibility": "very_high", "affected_population": 100_000,
                "estimated_cost_centavos": 500,
            }),
        )
    };
    let (answered, open) = (urgent("Answered"), urgent("Open"));
    assert!(open["priority_score"].as_i64().unwrap() >= 80, "{open}");
    let ppa = |body: Value| make(client, "ppas", body);
    let late = ppa(json!({
        "title": "Late", "category": "moa_ppa", "sector": "health", "funding_source": "gaa", "fiscal_year": 2025,
        "budget_allocation_centavos": 30_000, "start_date": "2025-01-01",
        "target_end_date": "2025-06-30", "obc_slots": 7, "total_slots": 10, "needs": [answered["id"]],
        "manual_progress": 50, "manual_progress_reason": "Seen",
    }));
    let planned = ppa(json!({
        "title": "Planned", "category": "oobc_ppa", "sector": "education", "fiscal_year": 2027,
        "budget_allocation_centavos": 10_000, "obc_slots": 5,
    }));
    let cancelled = ppa(json!({
        "title": "Cancelled", "category": "oobc_ppa", "sector": "education", "fiscal_year": 2027,
        "status": "cancelled", "budget_allocation_centavos": 5_000, "needs": [open["id"]],
    }));
    make(client, "projects", json!({ "need": answered["id"], "ppa": late["id"] }));
    // As entering the implementation stage does.
    sample::set(server, &PPA, id(&late), "status", "ongoing");
    [late, planned, cancelled]
}

on_both_engines! {
    fn figures_match_the_records(server: &Server) {
        let client = server.as_role("executive");
        let [late, ..] = world(server, &server.as_role("coordinator"));
        let all = figures(&client, "");
        assert_eq!(all["totals"]["ppas"], 3);
        assert_eq!(all["totals"]["budget_centavos"], 45_000);
        assert_eq!(all["totals"]["average_progress"], 25.0);
        assert_eq!(all["totals"]["budget_weighted_progress"], 37.5);
        assert_eq!(all["totals"]["obc_slots"], 12);
        assert_eq!(all["totals"]["late"], 1);
        assert_eq!(
            group(&all, "by_status", json!("ongoing")),
            &json!({ "key": "ongoing", "label": "Ongoing", "count": 1, "budget_centavos": 30_000, "progress": 50.0 })
        );
        assert_eq!(group(&all, "by_sector", json!("education"))["budget_centavos"], 15_000);
        assert_eq!(group(&all, "by_funding_source", Value::Null)["count"], 2);
        assert_eq!(group(&all, "by_approval_stage", json!("draft"))["count"], 3);
        assert_eq!(all["needs"]["total"], 2);
        assert_eq!(all["needs"]["identified"], 2);
        assert_eq!(all["needs"]["validated"], 0);
        assert_eq!(all["needs"]["funded"], 1);
        assert_eq!(all["needs"]["unfunded_high_priority"], 1, "a cancelled PPA funds nothing");
        assert_eq!(all["needs"]["unfunded_cost_centavos"], 500);
        assert_eq!(all["pipeline"]["need_identification"], 1);
        assert_eq!(all["pipeline"].as_object().unwrap().len(), 9);
        assert_eq!(all["ppas"][0]["id"], late["id"], "what is late comes first");
        assert_eq!(all["ppas"][0]["late"], true);
        assert_eq!(all["ppas"][2]["status"], "cancelled");
        for list in ["by_status", "by_sector", "by_funding_source", "by_approval_stage", "by_region"] {
            let groups = all[list].as_array().unwrap();
            let sum = |name: &str| groups.iter().map(|group| group[name].as_i64().unwrap()).sum::<i64>();
            assert_eq!((sum("count"), sum("budget_centavos")), (3, 45_000), "{list}");
        }
    }

    fn joins_do_not_multiply_amounts(server: &Server) {
        let client = server.as_role("coordinator");
        let [late, ..] = world(server, &client);
        let needs: Vec<Value> = client.get("/api/v1/needs").json["items"].as_array().unwrap().clone();
        let ids: Vec<&Value> = needs.iter().map(|need| &need["id"]).collect();
        client.patch(&format!("/api/v1/ppas/{}", id(&late)), &json!({ "needs": ids })).expect_status(200);
        let all = figures(&client, "");
        assert_eq!(all["totals"]["budget_centavos"], 45_000);
        assert_eq!(all["needs"]["unfunded_high_priority"], 0);
        assert_eq!(all["needs"]["total"], 2);
    }

    fn filters_apply_to_all_figures(server: &Server) {
        let client = server.as_role("coordinator");
        let [late, ..] = world(server, &client);
        let health = figures(&client, "?sector=health");
        assert_eq!(health["totals"]["ppas"], 1);
        assert_eq!(health["needs"]["total"], 2);
        let education = figures(&client, "?sector=education");
        assert_eq!((&education["totals"]["ppas"], &education["needs"]["total"]), (&json!(2), &json!(0)));
        assert_eq!(education["pipeline"]["need_identification"], 0);
        assert_eq!(figures(&client, "?fiscal_year=2027")["totals"]["budget_centavos"], 15_000);
        let region = late["coverage_region"].as_str().unwrap().to_owned();
        assert_eq!(figures(&client, &format!("?region={region}"))["totals"]["ppas"], 2);
        assert_eq!(figures(&client, "?fiscal_year=2027&sector=health")["totals"]["ppas"], 0);
        for query in ["?year=2027", "?fiscal_year=x", "?fiscal_year=1", "?sector=magic", "?region=nowhere", "?cursor=-1"] {
            client.get(&format!("/api/v1/portfolio{query}")).expect_status(400);
        }
        server.anonymous().get("/api/v1/portfolio").expect_status(401);
    }

    fn figures_change_with_every_write(server: &Server) {
        let client = server.as_role("coordinator");
        let [_, planned, _] = world(server, &client);
        let address = format!("/api/v1/ppas/{}", id(&planned));
        client.patch(&address, &json!({ "budget_allocation_centavos": 20_000 })).expect_status(200);
        assert_eq!(figures(&client, "")["totals"]["budget_centavos"], 55_000);
        let open = figures(&client, "")["tasks"]["open"].as_i64().unwrap();
        client.delete(&address).expect_status(204);
        let without = figures(&client, "");
        assert_eq!((&without["totals"]["ppas"], &without["totals"]["budget_centavos"]), (&json!(2), &json!(35_000)));
        assert!(without["tasks"]["open"].as_i64().unwrap() < open, "its tasks went with it");
        client.post(&format!("{address}/restore"), &json!({})).expect_status(200);
        let restored = figures(&client, "");
        assert_eq!(restored["totals"]["ppas"], 3);
        assert_eq!(restored["tasks"]["open"], open);
    }

    fn partner_counts_only_visible_records(server: &Server) {
        let client = server.as_role("coordinator");
        let [late, ..] = world(server, &client);
        let organization = make(&client, "organizations", json!({ "name": "Ministry of Health" }));
        client
            .patch(&format!("/api/v1/ppas/{}", id(&late)), &json!({ "lead_organization": organization["id"] }))
            .expect_status(200);
        let partner =
            server.person_with(json!({ "roles": ["partner"], "organization": organization["id"] })).client;
        let own = figures(&partner, "");
        assert_eq!(own["totals"]["ppas"], 1);
        assert_eq!(own["totals"]["budget_centavos"], 30_000);
        assert_eq!(own["needs"]["total"], 0);
    }

    fn partner_sees_nothing_about_hidden_records(server: &Server) {
        let boss = server.person(&["coordinator"]);
        let me = &boss.client;
        let barangay = sample::BARANGAY;
        let ministry = make(me, "organizations", json!({ "name": "Ministry of Health" }));
        let place = make(me, "communities", json!({ "name": "Own", "barangay": barangay }));
        let partner = server.person_with(json!({
            "roles": ["partner"], "organization": ministry["id"], "communities": [place["id"]],
        }));
        let own = make(me, "ppas", json!({
            "title": "Clinics", "category": "moa_ppa", "lead_organization": ministry["id"], "fiscal_year": 2027,
        }));
        let need = make(me, "needs", json!({ "title": "Well", "community": place["id"], "estimated_cost_centavos": 70 }));
        make(me, "ppas", json!({ "title": "Roads", "category": "moa_ppa", "fiscal_year": 2031 }));
        let task = |title: &str, more: Value| {
            let mut body = json!({ "title": title, "origin": { "kind": "ppa", "id": own["id"] }, "due_date": "2020-01-06" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            make(me, "tasks", body)
        };
        let given = task("Own", json!({ "assignees": [partner.id] }));
        task("Shown", json!({ "visible_to_partners": true }));
        let hidden: Vec<Value> = (0..3).map(|_| task("Hidden", json!({ "depends_on": [given["id"]] }))).collect();
        let all = figures(me, "");
        let seen = figures(&partner.client, "");
        let generated = all["tasks"]["open"].as_i64().unwrap() - 5;
        assert!(generated >= 0, "{all}");
        assert_eq!((&seen["tasks"]["open"], &seen["tasks"]["late"]), (&json!(2), &json!(2)), "{seen}");
        assert_eq!((&seen["totals"]["ppas"], &seen["needs"]["total"]), (&json!(1), &json!(1)));
        assert_eq!(seen["ppas"][0]["tasks"]["open"], 2);
        let page = partner.client.get("/portfolio").expect_status(200).text;
        assert!(page.contains("2, 2") && !page.contains("2031"), "{page}");
        assert!(me.get("/portfolio").text.contains("2031"));
        // The list behind a figure has the same total.
        assert_eq!(partner.client.get("/api/v1/tasks?open=true").json["total"], 2);
        // Tasks of others that depend on theirs are hidden as well.
        let waits = |person: &Client| person.get("/").expect_status(200).text.contains("Tasks that block others");
        assert!(!waits(&partner.client));
        me.patch(&format!("/api/v1/tasks/{}", id(&hidden[0])), &json!({ "visible_to_partners": true })).expect_status(200);
        assert!(waits(&partner.client));
        assert_eq!(figures(&partner.client, "")["tasks"]["open"], 3);
        // A PPA that answers a need of the partner is visible to the partner.
        make(me, "ppas", json!({ "title": "Wells", "category": "moa_ppa", "needs": [need["id"]] }));
        assert_eq!(figures(&partner.client, "")["needs"]["funded"], 1);
        partner.client.get("/api/v1/resources/utilisation?start=2027-01-01&end=2027-02-01").expect_status(403);
        me.get("/api/v1/resources/utilisation?start=2027-01-01&end=2027-02-01").expect_status(200);
    }
}
