//! Portfolio: exact figures, filters, visibility, and immediate updates.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::PPA;
use obcms_tests::{Browser, Client, Server, make, on_both_engines, sample};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
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

/// Creates PPAs, needs, projects and tasks of every sort, and returns two regions.
fn random_world(server: &Server, client: &Client) -> Vec<String> {
    let mut random = StdRng::seed_from_u64(5);
    let barangay = client.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
    let community = make(client, "communities", json!({ "name": "Sitio Lumbac", "barangay": barangay }));
    let other = client.get("/api/v1/regions?limit=500").json["items"].as_array().unwrap().clone();
    let other = other.iter().find(|region| region["id"] != community["region"]).unwrap()["id"].clone();
    let regions: Vec<String> =
        [&community["region"], &other].map(|region| region.as_str().unwrap().to_owned()).to_vec();
    let sectors = [json!("health"), json!("education"), Value::Null];
    for number in 0..24 {
        let need = make(
            client,
            "needs",
            json!({
                "title": format!("Need {number}"), "community": community["id"],
                "sector": sectors[random.random_range(0..2)], "urgency_level": "immediate", "impact_severity": 5,
                "feasibility": "very_high", "affected_population": 100_000,
            }),
        );
        let has_need = random.random_bool(0.5);
        let region = [json!(regions[0]), json!(regions[1]), Value::Null][random.random_range(0..3)].clone();
        let year = [json!(2026), json!(2027), Value::Null][random.random_range(0..3)].clone();
        let source = [json!("gaa"), json!("donor"), Value::Null][random.random_range(0..3)].clone();
        let mut ppa = json!({
            "title": format!("PPA {number}"), "category": "moa_ppa", "sector": sectors[random.random_range(0..3)],
            "fiscal_year": year,
            "coverage_region": region,
            "funding_source": source,
            "budget_allocation_centavos": random.random_range(1..9_999_999_i64), "start_date": "2026-01-05",
            "target_end_date": if random.random_bool(0.5) { "2026-09-30" } else { "2027-09-30" },
        });
        if has_need {
            ppa["needs"] = json!([need["id"]]);
        }
        let made = make(client, "ppas", ppa);
        make(
            client,
            "indicators",
            json!({
                "ppa": made["id"], "kind": "output", "title": format!("Indicator {number}"), "unit": "wells",
                "targets": [{ "period": "2026-Q2", "target": 5 }],
            }),
        );
        let stage =
            ["draft", "technical_review", "budget_review", "enacted", "rejected"][random.random_range(0..5)];
        sample::set(server, &PPA, id(&made), "approval_stage", stage);
        if stage == "enacted" || random.random_bool(0.1) {
            sample::set(
                server,
                &PPA,
                id(&made),
                "enacted_budget_centavos",
                random.random_range(1..9_999_999_i64),
            );
        }
        let status = ["planning", "ongoing", "completed", "cancelled", "on_hold"][random.random_range(0..5)];
        sample::set(server, &PPA, id(&made), "status", status);
        for task in 0..random.random_range(0..3) {
            let due = if random.random_bool(0.5) { "2026-10-01" } else { "2027-10-01" };
            make(
                client,
                "tasks",
                json!({ "title": format!("Task {task}"), "origin": { "kind": "ppa", "id": made["id"] }, "due_date": due }),
            );
        }
        if number % 3 == 0 {
            make(
                client,
                "projects",
                json!({ "need": need["id"], "ppa": if number % 2 == 0 { made["id"].clone() } else { Value::Null } }),
            );
        }
        if number % 11 == 0 {
            client.delete(&format!("/api/v1/ppas/{}", id(&made)));
        }
    }
    server.app().check_alerts(&obcms_app::Actor::program()).unwrap();
    regions
}

on_both_engines! {
    fn figures_match_the_records(server: &Server) {
        let client = server.as_role("executive");
        let [late, ..] = world(server, &server.as_role("coordinator"));
        let all = figures(&client, "");
        assert_eq!(all["totals"]["ppas"], 3);
        assert_eq!(all["totals"]["budget_centavos"], 40_000, "what is cancelled does not count");
        assert_eq!((&all["totals"]["draft_centavos"], &all["totals"]["cancelled_centavos"]), (&json!(40_000), &json!(5_000)));
        assert_eq!(all["totals"]["average_progress"], 25.0);
        assert_eq!(all["totals"]["budget_weighted_progress"], 37.5);
        assert_eq!(all["totals"]["obc_slots"], 12);
        assert_eq!(all["totals"]["late"], 1);
        assert_eq!(
            group(&all, "by_status", json!("ongoing")),
            &json!({ "key": "ongoing", "label": "Ongoing", "count": 1, "budget_centavos": 30_000, "progress": 50.0, "href": "/ppas?status=ongoing" })
        );
        assert_eq!(group(&all, "by_sector", json!("education"))["budget_centavos"], 10_000);
        assert_eq!(group(&all, "by_funding_source", Value::Null)["count"], 1);
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
        for (list, sums) in [
            ("by_status", (3, 45_000)),
            ("by_approval_stage", (3, 45_000)),
            ("by_sector", (2, 40_000)),
            ("by_funding_source", (2, 40_000)),
            ("by_region", (2, 40_000)),
        ] {
            let groups = all[list].as_array().unwrap();
            let sum = |name: &str| groups.iter().map(|group| group[name].as_i64().unwrap()).sum::<i64>();
            assert_eq!((sum("count"), sum("budget_centavos")), sums, "{list}");
        }
    }

    fn every_figure_opens_exactly_its_rows(server: &Server) {
        let client = server.as_role("coordinator");
        let regions = random_world(server, &client);
        let mut filters = vec![String::new()];
        for year in ["2026", "2027"] {
            filters.push(format!("?fiscal_year={year}"));
            filters.push(format!("?fiscal_year={year}&sector=health"));
            filters.push(format!("?fiscal_year={year}&sector=health&region={}", regions[0]));
        }
        filters.push(format!("?region={}", regions[1]));
        filters.push("?sector=education".to_owned());
        let reader = server.as_role("executive");
        for filter in filters {
            let all = figures(&reader, &filter);
            let (totals, links) = (&all["totals"], &all["links"]);
            let rows = |href: &Value| {
                let address = format!("/api/v1{}{}limit=500", href.as_str().unwrap(), if href.as_str().unwrap().contains('?') { '&' } else { '?' });
                reader.get(&address).expect_status(200).json
            };
            let check = |figure: &Value, href: &Value| assert_eq!(figure, &rows(href)["total"], "{href} of {filter}");
            let money = |figure: &Value, href: &Value| {
                let rows = rows(href);
                let budget = |ppa: &Value| ppa["enacted_budget_centavos"].as_i64().or_else(|| ppa["budget_allocation_centavos"].as_i64()).unwrap_or(0);
                let sum: i64 = rows["items"].as_array().unwrap().iter().map(budget).sum();
                assert_eq!(figure.as_i64().unwrap(), sum, "{href} of {filter}");
            };
            check(&totals["ppas"], &links["ppas"]);
            check(&totals["late"], &links["late"]);
            for name in ["budget_centavos", "enacted_centavos", "in_approval_centavos", "draft_centavos", "rejected_centavos", "cancelled_centavos"] {
                money(&totals[name], &links[name]);
            }
            let parts: i64 = ["enacted_centavos", "in_approval_centavos", "draft_centavos"].iter().map(|name| totals[*name].as_i64().unwrap()).sum();
            assert_eq!(totals["budget_centavos"], parts);
            check(&all["tasks"]["open"], &links["open_tasks"]);
            check(&all["tasks"]["late"], &links["late_tasks"]);
            check(&all["needs"]["unfunded_high_priority"], &links["unfunded_high_priority"]);
            check(&all["blocked_projects"], &links["blocked_projects"]);
            for (stage, count) in all["pipeline"].as_object().unwrap() {
                check(count, &links["pipeline"][stage]);
            }
            for step in all["steps"].as_array().unwrap() {
                check(&step["count"], &step["href"]);
                if step["name"] != "needed" {
                    money(&step["amount_centavos"], &step["href"]);
                }
            }
            for (part, ratings) in all["health"].as_object().into_iter().flatten() {
                for (rating, figure) in ratings.as_object().unwrap() {
                    let rows = rows(&figure["href"]);
                    assert_eq!(figure["ppas"], rows["total"], "{part} {rating} of {filter}");
                }
            }
            for list in ["by_status", "by_sector", "by_funding_source", "by_approval_stage", "by_region"] {
                for group in all[list].as_array().unwrap() {
                    check(&group["count"], &group["href"]);
                    money(&group["budget_centavos"], &group["href"]);
                }
            }
        }
        // Something is in every figure, so that the comparison proves something.
        let all = figures(&reader, "");
        for name in ["enacted_centavos", "in_approval_centavos", "draft_centavos", "rejected_centavos", "cancelled_centavos", "late"] {
            assert!(all["totals"][name].as_i64().unwrap() > 0, "{name}");
        }
        for (part, rating) in [("schedule", "bad"), ("schedule", "good"), ("money", "bad"), ("results", "bad")] {
            assert!(all["health"][part][rating]["ppas"].as_i64().unwrap() > 0, "{part} {rating}");
        }
        for step in all["steps"].as_array().unwrap() {
            assert!(step["count"].as_i64().unwrap() > 0, "{step}");
        }
        for figure in [&all["tasks"]["open"], &all["tasks"]["late"], &all["needs"]["unfunded_high_priority"]] {
            assert!(figure.as_i64().unwrap() > 0, "{all}");
        }
    }

    fn page_shows_one_year_and_names_money_apart(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa = |title: &str, year: i64, centavos: i64| {
            make(&client, "ppas", json!({ "title": title, "category": "oobc_ppa", "fiscal_year": year, "budget_allocation_centavos": centavos }))
        };
        ppa("This year", 2026, 2_000_000_00);
        ppa("Next year", 2027, 1_000_000_00);
        let dropped = ppa("Dropped", 2026, 5_000_000_00);
        sample::set(server, &PPA, id(&dropped), "status", "cancelled");
        let browser = Browser::of(server, "executive");
        let page = browser.page("/portfolio");
        assert!(page.contains("This year") && !page.contains("Next year"), "{page}");
        assert!(page.contains("₱2M draft") && page.contains("₱5M cancelled") && page.contains("Not counted:"), "{page}");
        assert!(page.contains("/ppas?fiscal_year=2026&amp;status=cancelled"), "{page}");
        let all = browser.page("/portfolio?fiscal_year=all");
        assert!(all.contains("Next year") && all.contains("₱3M"), "{all}");
        // A filter over other records shows in words, and reveals nothing of what somebody may not see.
        let projects = browser.page("/projects?ppa.fiscal_year=2026&need.community.region=0900000000");
        assert!(projects.contains("PPA: Fiscal year"), "{projects}");
        let organization = make(&client, "organizations", json!({ "name": "Ministry" }));
        let partner = server.person_with(json!({ "roles": ["partner"], "organization": organization["id"] })).client;
        let task = make(&client, "tasks", json!({ "title": "Survey", "origin": { "kind": "ppa", "id": dropped["id"] }, "visible_to_partners": true }));
        assert!(!task.is_null());
        assert_eq!(partner.get("/api/v1/tasks?origin.ppa.status=cancelled").expect_status(200).json["total"], 0);
        for wrong in ["origin.ppa.nothing=1", "origin.nothing.title=x", "assignees.username=a", "created_by.username=a", "origin.kind=user", "ppa.fiscal_year=x", "origin.ppa=x", "lead.full_name=x"] {
            let answer = client.get(&format!("/api/v1/tasks?{wrong}"));
            assert_eq!(answer.status, 400, "{wrong}: {}", answer.text);
        }
    }

    fn joins_do_not_multiply_amounts(server: &Server) {
        let client = server.as_role("coordinator");
        let [late, ..] = world(server, &client);
        let needs: Vec<Value> = client.get("/api/v1/needs").json["items"].as_array().unwrap().clone();
        let ids: Vec<&Value> = needs.iter().map(|need| &need["id"]).collect();
        client.patch(&format!("/api/v1/ppas/{}", id(&late)), &json!({ "needs": ids })).expect_status(200);
        let all = figures(&client, "");
        assert_eq!(all["totals"]["budget_centavos"], 40_000);
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
        assert_eq!(figures(&client, "?fiscal_year=2027")["totals"]["budget_centavos"], 10_000);
        assert_eq!(figures(&client, "?fiscal_year=all")["totals"]["ppas"], 3);
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
        assert_eq!(figures(&client, "")["totals"]["budget_centavos"], 50_000);
        let open = figures(&client, "")["tasks"]["open"].as_i64().unwrap();
        client.delete(&address).expect_status(204);
        let without = figures(&client, "");
        assert_eq!((&without["totals"]["ppas"], &without["totals"]["budget_centavos"]), (&json!(2), &json!(30_000)));
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
        let page = partner.client.get("/portfolio?fiscal_year=all").expect_status(200).text;
        assert!(page.contains("overdue=true\">2</a>") && !page.contains("2031"), "{page}");
        assert!(me.get("/portfolio?fiscal_year=all").text.contains("2031"));
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
