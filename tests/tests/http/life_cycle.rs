//! Life cycle of projects and PPAs: blocks, returns, statuses, completion, the board and the budget cycle.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::SignedDuration;
use obcms_app::HANDLERS;
use obcms_app::jobs::{insert_scheduled_jobs, run_next};
use obcms_domain::kinds::PPA;
use obcms_tests::approval::{complete_ppa, enact};
use obcms_tests::{Answer, Browser, Client, Server, make, on_both_engines, sample};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn step(client: &Client, project: &Value, word: &str, body: &Value) -> Answer {
    client.post(&format!("/api/v1/projects/{}/{word}", id(project)), body)
}

fn act(client: &Client, ppa: &Value, word: &str, body: &Value) -> Answer {
    client.post(&format!("/api/v1/ppas/{}/{word}", id(ppa)), body)
}

fn status(client: &Client, ppa: &Value) -> String {
    client.get(&format!("/api/v1/ppas/{}", id(ppa))).expect_status(200).json["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Creates a validated need with its community.
fn need(client: &Client, title: &str) -> Value {
    let community =
        make(client, "communities", json!({ "name": "Sitio Lumbac", "barangay": sample::BARANGAY }));
    let need = make(
        client,
        "needs",
        json!({
            "title": title, "community": community["id"], "sector": "health", "estimated_cost_centavos": 5_000_000,
        }),
    );
    client
        .patch(&format!("/api/v1/needs/{}", id(&need)), &json!({ "status": "validated" }))
        .expect_status(200)
        .json
}

/// Creates a project whose checks hold up to the implementation.
fn ready(server: &Server, client: &Client, title: &str) -> (Value, Value) {
    let need = need(client, title);
    let ppa = make(
        client,
        "ppas",
        json!({
            "title": title, "category": "moa_ppa", "budget_allocation_centavos": 900, "funding_source": "gaa",
        }),
    );
    sample::set(server, &PPA, id(&ppa), "approval_stage", "enacted");
    let project = make(
        client,
        "projects",
        json!({ "need": need["id"], "ppa": ppa["id"], "mao_focal_person": "Amina" }),
    );
    (project, ppa)
}

fn tasks(client: &Client, project: &Value) -> Vec<Value> {
    let address = format!("/api/v1/tasks?origin={}&limit=100", id(project));
    client.get(&address).expect_status(200).json["items"].as_array().unwrap().clone()
}

fn of_stage<'a>(tasks: &'a [Value], stage: &str) -> Vec<&'a Value> {
    let prefix = format!("project_{stage}/");
    tasks
        .iter()
        .filter(|task| task["template_item"].as_str().is_some_and(|item| item.starts_with(&prefix)))
        .collect()
}

on_both_engines! {
    fn blocked_project_does_not_advance(server: &Server) {
        let person = server.person(&["coordinator"]);
        let client = &person.client;
        let (project, _) = ready(server, client, "Wells");
        let refused = step(client, &project, "block", &json!({ "reason": " " })).expect_status(422);
        assert_eq!(refused.errors("field"), ["reason"]);
        step(client, &project, "unblock", &json!({})).expect_status(409);
        let blocked = step(client, &project, "block", &json!({ "reason": "No deed of the lot" })).expect_status(200).json;
        assert_eq!((&blocked["is_blocked"], &blocked["blocker_description"]), (&json!(true), &json!("No deed of the lot")));
        assert_eq!(blocked["blocked_by"].as_str(), Some(person.id.to_string().as_str()));
        assert!(blocked["blocked_at"].is_string());
        let refused = step(client, &project, "advance", &json!({})).expect_status(409).json;
        assert!(refused["detail"].as_str().unwrap().contains("No deed of the lot"), "{refused}");
        assert_eq!(refused["blocked"]["unblock"], format!("/api/v1/projects/{}/unblock", id(&project)));
        client.patch(&format!("/api/v1/projects/{}", id(&project)), &json!({ "is_blocked": false })).expect_status(422);

        // It is shown in the list, on the board, on its page and in the portfolio.
        assert_eq!(client.get("/api/v1/projects?is_blocked=true").expect_status(200).json["total"], 1);
        let board = client.get("/api/v1/projects/board").expect_status(200).json;
        assert_eq!(board["columns"][0]["cards"][0]["is_blocked"], true);
        assert_eq!(client.get("/api/v1/portfolio").expect_status(200).json["blocked_projects"], 1);
        let browser = Browser::sign_in(server, &person);
        for page in ["/projects", "/projects/board", &format!("/projects/{}", id(&project)), "/portfolio?fiscal_year=all"] {
            assert!(browser.page(page).contains("Blocked"), "{page}");
        }
        let history = client.get(&format!("/api/v1/projects/{}/history", id(&project))).expect_status(200).json;
        assert_eq!((&history["items"][0]["action"], &history["items"][0]["note"]), (&json!("block"), &json!("No deed of the lot")));

        // The form of the page removes the block.
        let address = format!("/projects/{}/stage", id(&project));
        browser.send(&address, &[("step", "unblock"), ("note-unblock", "Signed")]).expect_status(303);
        let free = step(client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!((&free["is_blocked"], &free["blocker_description"]), (&json!(false), &Value::Null));
        step(&server.as_role("staff"), &project, "block", &json!({ "reason": "x" })).expect_status(403);
    }

    fn return_archives_untouched_tasks_and_coming_forward_restores_them(server: &Server) {
        let client = server.as_role("coordinator");
        let (project, _) = ready(server, &client, "Clinic");
        for _ in 0..3 {
            step(&client, &project, "advance", &json!({})).expect_status(200);
        }
        let before = tasks(&client, &project);
        let coordination = of_stage(&before, "mao_coordination");
        let linkage = of_stage(&before, "policy_linkage");
        assert!(coordination.len() >= 2 && linkage.len() >= 2);
        let started = coordination[0];
        let begin = json!({ "status": "in_progress", "force_reason": "Ready" });
        client.post(&format!("/api/v1/tasks/{}/transition", id(started)), &begin).expect_status(200);
        let own = make(&client, "tasks", json!({ "title": "Own", "origin": { "kind": "project", "id": project["id"] } }));

        let back = json!({ "stage": "need_validation", "note": "Counted twice" });
        let returned = step(&client, &project, "return", &back).expect_status(200).json;
        let untouched = coordination.len() - 1 + linkage.len();
        assert_eq!((&returned["archived_tasks"], &returned["kept_tasks"]), (&json!(untouched), &json!(1)), "{returned}");
        let left = tasks(&client, &project);
        assert!(left.iter().any(|task| id(task) == id(started)) && left.iter().any(|task| id(task) == id(&own)));
        assert_eq!(left.len(), before.len() + 1 - untouched);
        // One undo brings all of it back, and another return takes it again.
        client.post(&format!("/api/v1/projects/{}/undo", id(&project)), &json!({})).expect_status(200);
        assert_eq!(tasks(&client, &project).len(), before.len() + 1);
        step(&client, &project, "return", &back).expect_status(200);

        // A task that a person archived stays archived.
        let again = step(&client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!(again["restored_tasks"], linkage.len());
        let undone = client.post(&format!("/api/v1/projects/{}/undo", id(&project)), &json!({})).expect_status(200).json;
        assert_eq!(undone["current_stage"], "need_validation");
        step(&client, &project, "advance", &json!({})).expect_status(200);
        let restored = step(&client, &project, "advance", &json!({})).expect_status(200).json;
        assert_eq!(restored["restored_tasks"], coordination.len() - 1);
        let after = tasks(&client, &project);
        assert_eq!(after.len(), before.len() + 1, "nothing is made twice");
        let mut same: Vec<&str> = after.iter().map(id).filter(|task| *task != id(&own)).collect();
        let mut expected: Vec<&str> = before.iter().map(id).collect();
        same.sort_unstable();
        expected.sort_unstable();
        assert_eq!(same, expected);
    }

    fn concurrent_advances_make_the_tasks_of_a_stage_once(server: &Server) {
        let client = server.as_role("coordinator");
        let (project, _) = ready(server, &client, "Bridge");
        let body = json!({ "from": "need_identification" });
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| step(&client, &project, "advance", &body).status)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        let all = tasks(&client, &project);
        let mut items: Vec<&str> = all.iter().filter_map(|task| task["template_item"].as_str()).collect();
        let count = items.len();
        items.sort_unstable();
        items.dedup();
        assert_eq!(items.len(), count);
        assert_eq!(of_stage(&all, "need_validation").len(), 2);
        let state = client.get(&format!("/api/v1/projects/{}", id(&project))).expect_status(200).json;
        assert_eq!((&state["current_stage"], state["stages"].as_array().unwrap().len()), (&json!("need_validation"), 2));
    }

    fn status_of_a_ppa_follows_and_has_its_own_actions(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa = complete_ppa(&client, "Clinics", 100_000);
        let at = format!("/api/v1/ppas/{}", id(&ppa));
        for wrong in ["ongoing", "completed", "on_hold", "cancelled"] {
            let refused = client.patch(&at, &json!({ "status": wrong })).expect_status(422);
            assert_eq!(refused.errors("field"), ["status"], "{wrong}");
        }
        act(&client, &ppa, "complete", &json!({})).expect_status(409);
        let held = act(&client, &ppa, "hold", &json!({ "reason": "No land" })).expect_status(200).json;
        assert_eq!(held["status"], "on_hold");
        act(&client, &ppa, "hold", &json!({ "reason": "Again" })).expect_status(409);
        // The way back is decided by the approval, not by the person.
        assert_eq!(act(&client, &ppa, "resume", &json!({})).expect_status(200).json["status"], "planning");
        let maker = server.as_role("coordinator");
        let ppa = enact(server, &maker, &complete_ppa(&maker, "Roads", 100_000));
        assert_eq!(status(&client, &ppa), "ongoing");
        act(&client, &ppa, "cancel", &json!({ "reason": "No road" })).expect_status(200);
        assert_eq!(act(&client, &ppa, "resume", &json!({})).expect_status(200).json["status"], "ongoing");
        for role in ["executive", "budget_officer", "staff"] {
            act(&server.as_role(role), &ppa, "hold", &json!({ "reason": "x" })).expect_status(403);
        }
    }

    fn enacted_ppa_begins_on_its_start_date(server: &Server) {
        let maker = server.as_role("coordinator");
        let now = server.app().now();
        let day = |days: i64| {
            let at = now + SignedDuration::from_hours(24 * days);
            at.to_zoned(server.app().zone().clone()).date().to_string()
        };
        let early = complete_ppa(&maker, "Early", 100_000);
        let later = complete_ppa(&maker, "Later", 100_000);
        for (ppa, days) in [(&early, 1), (&later, 40)] {
            let address = format!("/api/v1/ppas/{}", id(ppa));
            maker.patch(&address, &json!({ "start_date": day(days), "target_end_date": day(100) })).expect_status(200);
            enact(server, &maker, ppa);
        }
        let draft = make(&maker, "ppas", json!({ "title": "Draft", "category": "moa_ppa", "start_date": day(1) }));
        assert_eq!((status(&maker, &early), status(&maker, &later)), ("planning".to_owned(), "planning".to_owned()));
        insert_scheduled_jobs(server.app(), HANDLERS).unwrap();
        let (tomorrow, _) = server.app_at(now + SignedDuration::from_hours(36));
        while run_next(&tomorrow, HANDLERS, "test").unwrap().is_some() {}
        let found = [&early, &later, &draft].map(|ppa| status(&maker, ppa));
        assert_eq!(found, ["ongoing", "planning", "planning"]);
        // A start that moves into the past begins the PPA at once.
        let address = format!("/api/v1/ppas/{}", id(&later));
        let moved = maker.patch(&address, &json!({ "start_date": day(-1) })).expect_status(200).json;
        assert_eq!(moved["status"], "ongoing");
    }

    fn completion_asks_about_open_tasks_and_open_money(server: &Server) {
        let person = server.person(&["coordinator"]);
        let maker = &person.client;
        let ppa = enact(server, maker, &complete_ppa(maker, "Clinics", 1_000_000));
        let officer = server.as_role("budget_officer");
        let entry = |kind: &str, amount: i64| {
            let body = json!({ "ppa": ppa["id"], "kind": kind, "amount_centavos": amount, "date": "2027-02-01", "document": "SARO 1" });
            officer.post("/api/v1/tranches", &body).expect_status(201);
        };
        entry("allocation", 800_000);
        entry("obligation", 500_000);
        entry("disbursement", 200_000);
        let refused = act(maker, &ppa, "complete", &json!({})).expect_status(409).json;
        let open = &refused["open"];
        assert_eq!((&open["unobligated_centavos"], &open["undisbursed_centavos"]), (&json!(300_000), &json!(300_000)));
        assert!(open["tasks"].as_u64().unwrap() > 0, "{refused}");
        assert_eq!(open["money_href"], format!("/ppas/{}?tab=money", id(&ppa)));
        let listed = maker.get(&format!("/api/v1{}", open["tasks_href"].as_str().unwrap())).expect_status(200).json;
        assert_eq!(listed["total"], open["tasks"]);
        let refused = act(maker, &ppa, "complete", &json!({ "confirm_open": true })).expect_status(422);
        assert_eq!(refused.errors("field"), ["reason"]);

        // The page shows the figures beside the form.
        let browser = Browser::sign_in(server, &person);
        let address = format!("/ppas/{}", id(&ppa));
        let page = browser.page(&address);
        assert!(page.contains("Allotted, not obligated: ₱3,000.00") && page.contains("confirm_open-complete"), "{page}");
        let fields = [("action", "complete"), ("reason-complete", "Turned over")];
        browser.send(&format!("{address}/status"), &fields).expect_status(409);
        browser.send(&format!("{address}/status"), &[fields[0], fields[1], ("confirm_open-complete", "true")]).expect_status(303);
        let done = maker.get(&format!("/api/v1/ppas/{}", id(&ppa))).json;
        assert_eq!(done["status"], "completed");
        assert!(done["actual_end_date"].is_string());

        // A project asks for the money of its PPA too.
        let (project, _) = ready(server, maker, "Wells");
        for _ in 0..7 {
            step(maker, &project, "advance", &json!({})).expect_status(200);
        }
        let refused = step(maker, &project, "advance", &json!({})).expect_status(409).json;
        assert!(refused["open"]["tasks"].as_u64().unwrap() > 0);
        step(maker, &project, "advance", &json!({ "confirm_open": true })).expect_status(422);
        let at = format!("/projects/{}/stage", id(&project));
        let form = [("step", "advance"), ("note-advance", "Turned over")];
        browser.send(&at, &form).expect_status(409);
        browser.send(&at, &[form[0], form[1], ("confirm_open-advance", "true")]).expect_status(303);
    }

    fn need_with_a_project_is_not_archived(server: &Server) {
        let client = server.as_role("coordinator");
        let (project, _) = ready(server, &client, "Wells");
        let need = format!("/api/v1/needs/{}", project["need"].as_str().unwrap());
        let refused = client.delete(&need).expect_status(409);
        assert!(refused.text.contains("This need has a project."), "{}", refused.text);
        assert_eq!(refused.json["project"], project["id"]);
        client.delete(&format!("/api/v1/projects/{}", id(&project))).expect_status(204);
        client.delete(&need).expect_status(204);
    }

    fn amounts_below_zero_are_refused(server: &Server) {
        let client = server.as_role("coordinator");
        let officer = server.as_role("budget_officer");
        let need = need(&client, "Wells");
        for (client, collection, body) in [
            (&client, "ppas", json!({ "title": "x", "category": "moa_ppa", "budget_allocation_centavos": -1 })),
            (&client, "needs", json!({ "title": "x", "community": need["community"], "estimated_cost_centavos": -1 })),
            (&client, "policies", json!({ "title": "x", "estimated_cost_centavos": -1 })),
            (&client, "services", json!({ "title": "x", "budget_centavos": -1 })),
            (&officer, "ceilings", json!({ "fiscal_year": 2027, "amount_centavos": -1 })),
        ] {
            let refused = client.post(&format!("/api/v1/{collection}"), &body).expect_status(422);
            assert_eq!(refused.errors("code"), ["range"], "{collection}: {}", refused.text);
        }
        let person = server.person(&["coordinator"]);
        let browser = Browser::sign_in(server, &person);
        let fields = [("shown", "title"), ("title", "Wells"), ("shown", "category"), ("category", "moa_ppa"),
            ("shown", "budget_allocation_centavos"), ("budget_allocation_centavos", "-1,000")];
        let page = browser.send("/ppas/new", &fields).expect_status(422).text;
        assert!(page.contains("Must not be below zero.") && page.contains("-1,000"), "{page}");
        let described = client.get("/api/v1/openapi.json").expect_status(200).json;
        let schema = |kind: &str, field: &str| described["components"]["schemas"][kind]["properties"][field]["minimum"].clone();
        assert_eq!((schema("PpaInput", "budget_allocation_centavos"), schema("TrancheInput", "amount_centavos")), (json!(0), Value::Null));
    }

    fn budget_cycle_has_seven_dated_stages_once(server: &Server) {
        let person = server.person(&["coordinator"]);
        let client = &person.client;
        let bare = make(client, "ppas", json!({ "title": "Bare", "category": "moa_ppa" }));
        let refused = act(client, &bare, "budget-cycle", &json!({})).expect_status(409).json;
        assert_eq!(refused["missing"], json!(["fiscal_year"]));
        let ppa = make(client, "ppas", json!({ "title": "Clinics", "category": "moa_ppa", "fiscal_year": 2028 }));
        let made = act(client, &ppa, "budget-cycle", &json!({})).expect_status(201).json;
        let stages: Vec<&str> = made["items"].as_array().unwrap().iter().map(|stage| stage["stage"].as_str().unwrap()).collect();
        let all: Vec<&str> = obcms_domain::choices::BUDGET_CYCLE_STAGES.iter().map(|stage| stage.value).collect();
        assert_eq!(stages, all);
        assert_eq!(act(client, &ppa, "budget-cycle", &json!({})).expect_status(200).json["created"], 0);
        let hearing = &made["items"][2];
        assert_eq!((&hearing["due_date"], &hearing["title"]), (&json!("2027-06-15"), &json!("Technical hearing: Clinics")));
        let of_hearing = format!("/api/v1/budget-cycle-stages/{}", id(hearing));
        client.patch(&of_hearing, &json!({ "hearing_time": "9 am" })).expect_status(422);
        client.patch(&of_hearing, &json!({ "hearing_time": "09:00", "venue": "Room A" })).expect_status(200);
        let twice = json!({ "ppa": ppa["id"], "stage": "budget_call" });
        assert_eq!(client.post("/api/v1/budget-cycle-stages", &twice).expect_status(422).errors("field"), ["stage"]);

        // On the calendar, and movable there.
        let feed = client.get("/api/v1/calendar?start=2027-06-01&end=2027-07-01&kinds=budget_cycle_stage").expect_status(200).json;
        let entry = &feed["entries"][0];
        assert_eq!((&entry["title"], &entry["location"]), (&json!("9:00 AM Technical hearing: Clinics"), &json!("Room A")));
        let to = format!("/api/v1/calendar/entries/{}", id(entry));
        client.patch(&to, &json!({ "start": "2027-06-17", "end": "2027-06-18", "all_day": true })).expect_status(200);
        assert_eq!(client.get(&of_hearing).json["due_date"], "2027-06-17");
        // The tab has them in order, and the approval shows the next hearing.
        let browser = Browser::sign_in(server, &person);
        let page = browser.page(&format!("/ppas/{}?tab=cycle", id(&ppa)));
        let places: Vec<usize> = ["Budget call", "Formulation", "Legislation", "Execution", "Accountability"]
            .iter().map(|label| page.find(&format!("{label}</a>")).unwrap_or_else(|| panic!("{label}: {page}"))).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(browser.page(&format!("/ppas/{}?tab=approval", id(&ppa))).contains("Next hearing"));
        let done = client.patch(&of_hearing, &json!({ "status": "completed" })).expect_status(200).json;
        assert!(done["completed_on"].is_string());
        // They are renamed, archived and restored with the PPA.
        let at = format!("/api/v1/ppas/{}", id(&ppa));
        client.patch(&at, &json!({ "title": "Health posts" })).expect_status(200);
        assert_eq!(client.get(&of_hearing).json["title"], "Technical hearing: Health posts");
        client.delete(&at).expect_status(204);
        assert_eq!(client.get("/api/v1/budget-cycle-stages").json["total"], 0);
        client.post(&format!("{at}/restore"), &json!({})).expect_status(200);
        assert_eq!(client.get("/api/v1/budget-cycle-stages").json["total"], 7);
        server.as_role("staff").post(&format!("{at}/budget-cycle"), &json!({})).expect_status(403);
        let bar = &browser.page(&format!("/ppas/{}?tab=cycle", id(&bare)));
        assert!(bar.contains("Set the fiscal year"), "{bar}");
    }

    fn board_has_nine_columns_in_pages(server: &Server) {
        let client = server.as_role("coordinator");
        let mut projects = Vec::new();
        for number in 0..4 {
            projects.push(ready(server, &client, &format!("Wells {number}")).0);
        }
        step(&client, &projects[3], "advance", &json!({})).expect_status(200);
        let board = client.get("/api/v1/projects/board?limit=2").expect_status(200).json;
        let columns = board["columns"].as_array().unwrap();
        let counts: Vec<u64> = columns.iter().map(|column| column["count"].as_u64().unwrap()).collect();
        assert_eq!(counts, [3, 1, 0, 0, 0, 0, 0, 0, 0]);
        let titles = |column: &Value| -> Vec<String> {
            column["cards"].as_array().unwrap().iter().map(|card| card["title"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(titles(&columns[0]), ["Wells 0", "Wells 1"]);
        let card = &columns[0]["cards"][0];
        assert_eq!((&card["place"], &card["budget_centavos"], &card["days_in_stage"]), (&json!("Sitio Lumbac"), &json!(900), &json!(0)));
        let cursor = columns[0]["next_cursor"].as_str().unwrap();
        let more = client.get(&format!("/api/v1/projects/board?limit=2&column=need_identification&cursor={cursor}")).expect_status(200).json;
        assert_eq!((titles(&more["columns"][0]), &more["columns"][0]["next_cursor"]), (vec!["Wells 2".to_owned()], &Value::Null));
        for wrong in ["sort=title", "column=nowhere", "cursor=12", "column=approval&cursor=12", "colour=red"] {
            client.get(&format!("/api/v1/projects/board?{wrong}")).expect_status(400);
        }
        assert_eq!(client.get("/api/v1/projects/board?q=Wells+2").json["columns"][0]["count"], 1);
        let page = server.as_role("executive");
        let board = page.get("/api/v1/projects/board").expect_status(200).json;
        assert_eq!(board["columns"][0]["count"], 3);
        // A stage that was seen otherwise is not moved.
        step(&client, &projects[3], "advance", &json!({ "from": "need_identification" })).expect_status(409);
    }

    fn need_with_an_answer_links_to_it(server: &Server) {
        let person = server.person(&["coordinator"]);
        let client = &person.client;
        let browser = Browser::sign_in(server, &person);
        let need = need(client, "Safe water");
        let page = || browser.page(&format!("/needs/{}", id(&need)));
        assert!(page().contains("Start project") && page().contains("Create PPA"));
        let ppa = make(client, "ppas", json!({ "title": "Wells", "category": "moa_ppa", "needs": [need["id"]] }));
        assert_eq!((&ppa["budget_allocation_centavos"], &ppa["sector"]), (&json!(5_000_000), &json!("health")));
        assert_eq!(ppa["communities"], json!([need["community"]]));
        let year = server.app().now().to_zoned(server.app().zone().clone()).year();
        assert_eq!(ppa["fiscal_year"], year);
        for place in ["coverage_region", "coverage_province", "coverage_municipality"] {
            assert!(ppa[place].is_string(), "{place}");
        }
        assert!(!page().contains("Start project") && !page().contains("Create PPA") && page().contains("Open PPA"));
        let of_ppa = || browser.page(&format!("/ppas/{}", id(&ppa)));
        assert!(of_ppa().contains("Start project"));
        let project = make(client, "projects", json!({ "need": need["id"], "ppa": ppa["id"] }));
        let address = format!("/projects/{}", id(&project));
        for page in [page(), of_ppa()] {
            assert!(page.contains("Open project") && page.contains(&address) && !page.contains("Start project"));
        }
    }
}
