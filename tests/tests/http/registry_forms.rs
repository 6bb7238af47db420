//! Forms of all kinds from their description, submitted as a browser does.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Browser, Client, Server, on_both_engines};
use serde_json::{Value, json};

/// Returns the value of a hidden input in the form with an action suffix.
fn hidden(page: &str, action: &str, name: &str) -> String {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}"))).unwrap();
    let (_, rest) = form.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn organization(server: &Server) -> (Client, Value, String) {
    let client = server.as_role("coordinator");
    let body = json!({ "name": "Office of the Mayor", "phone": "1", "is_priority": true });
    let made = client.post("/api/v1/organizations", &body).expect_status(201).json;
    let path = format!("/organizations/{}", made["id"].as_str().unwrap());
    (client, made, path)
}

const SHOWN: &str = "name,acronym,phone,is_priority,organization_type,partnership_status";

/// Returns the rendered form of the organization with some fields overwritten.
fn typed<'a>(over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let drawn = [
        ("shown_fields", SHOWN),
        ("version", "1"),
        ("name", "Office of the Mayor"),
        ("acronym", ""),
        ("phone", "1"),
        ("is_priority", "true"),
        ("organization_type", "other"),
        ("partnership_status", "active"),
    ];
    drawn
        .into_iter()
        .map(|(name, value)| over.iter().find(|(other, _)| *other == name).copied().unwrap_or((name, value)))
        .collect()
}

on_both_engines! {
    fn private_address_is_refused_beside_its_field(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let fields = [("shown_fields", "name,address,refresh_minutes"), ("name", "Inside"), ("address", "http://10.1.2.3/c.ics"), ("refresh_minutes", "60")];
        let page = browser.send("/external-calendars/new", &fields).expect_status(422).text;
        assert!(page.contains("value=\"http://10.1.2.3/c.ics\""), "{page}");
        let (_, beside) = page.split_once("id=\"field-address-error\"").unwrap();
        assert!(beside.split("</p>").next().unwrap().contains("not on the public internet (private network)"), "{beside}");
    }

    fn refused_form_keeps_the_input_and_shows_errors(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let answer = browser.send("/ppas/new", &[
            ("title", "Goats & <sheep>"),
            ("category", "oobc_ppa"),
            ("status", "planning"),
            ("priority", "medium"),
            ("budget_allocation_centavos", "a lot"),
            ("fiscal_year", "soon"),
            ("milestones.date", "2026-02-30"),
            ("milestones.title", "Design"),
            ("milestones.status", ""),
        ]);
        let page = answer.expect_status(422).text;
        for kept in ["value=\"Goats &amp; &lt;sheep&gt;\"", "value=\"a lot\"", "value=\"soon\"", "value=\"2026-02-30\""] {
            assert!(page.contains(kept), "{kept} is lost");
        }
        for wrong in ["budget_allocation_centavos", "fiscal_year", "milestones"] {
            assert!(page.contains(&format!("id=\"field-{wrong}-error\"")), "{wrong} is not marked");
            assert!(page.contains(&format!("href=\"#field-{wrong}\"")), "{wrong} is not in the summary");
        }
        assert_eq!(browser.client.get("/api/v1/ppas").json["total"], 0);
    }

    fn money_and_structures_are_parsed_as_typed(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let answer = browser.send("/ppas/new", &[
            ("title", "Goats"),
            ("category", "oobc_ppa"),
            ("budget_allocation_centavos", "1.25M"),
            ("milestones.date", "2027-02-01"),
            ("milestones.title", "Design"),
            ("milestones.status", ""),
            ("milestones.date", ""),
            ("milestones.title", ""),
            ("milestones.status", ""),
            ("outcome_framework.outputs", "Twelve pens\r\nForty goats"),
        ]);
        let place = answer.expect_status(303).header("location").to_owned();
        let ppa = browser.client.get(&format!("/api/v1{place}")).expect_status(200).json;
        assert_eq!(ppa["budget_allocation_centavos"], 125_000_000);
        assert_eq!(ppa["milestones"], json!([{ "date": "2027-02-01", "title": "Design" }]));
        assert_eq!(ppa["outcome_framework"], json!({ "outputs": ["Twelve pens", "Forty goats"] }));
    }

    fn changes_of_others_in_other_fields_are_kept(server: &Server) {
        let (client, made, path) = organization(server);
        let browser = Browser::of(server, "coordinator");
        let api = format!("/api/v1{path}");
        client.patch(&api, &json!({ "phone": "2" })).expect_status(200);
        let form = typed(&[("acronym", "OM")]);
        browser.send(&format!("{path}/edit"), &form).expect_status(303);
        let saved = client.get(&api).expect_status(200).json;
        assert_eq!((&saved["phone"], &saved["acronym"]), (&json!("2"), &json!("OM")));
        assert_eq!(saved["version"], 3);
        assert_eq!(saved["is_priority"], made["is_priority"]);
    }

    fn conflict_in_the_same_field_is_shown(server: &Server) {
        let (client, _, path) = organization(server);
        let browser = Browser::of(server, "coordinator");
        let api = format!("/api/v1{path}");
        client.patch(&api, &json!({ "phone": "2" })).expect_status(200);
        let form = typed(&[("phone", "3"), ("acronym", "OM")]);
        let page = browser.send(&format!("{path}/edit"), &form).expect_status(422).text;
        assert!(page.contains("Changed since you opened this form"));
        assert!(page.contains("<del>1</del>") && page.contains("<ins>2</ins>"), "what changed is shown");
        assert!(page.contains("value=\"3\"") && page.contains("value=\"OM\""), "what was typed is kept");
        assert!(page.contains("name=\"version\" value=\"2\""));
        assert_eq!(client.get(&api).json["phone"], "2");
        // Submitted again with the new version, it is saved.
        let form = typed(&[("phone", "3"), ("acronym", "OM"), ("version", "2")]);
        browser.send(&format!("{path}/edit"), &form).expect_status(303);
        assert_eq!(client.get(&api).json["phone"], "3");
    }

    fn profile_in_two_tabs_keeps_both_changes(server: &Server) {
        let browser = Browser::of(server, "staff");
        let me = || browser.client.get("/api/v1/me").json;
        let drawn = |name: &str| hidden(&browser.client.get("/me").expect_status(200).text, "/me\"", name);
        let (version, shown) = (drawn("version"), drawn("shown_fields"));
        let name = me()["full_name"].as_str().unwrap().to_owned();
        let tab = |email: &str, phone: &str| {
            let fields = [
                ("version", version.as_str()), ("shown_fields", &shown), ("full_name", &name), ("email", email),
                ("phone", phone), ("timezone", "Asia/Manila"), ("theme", "auto"), ("week_start", "monday"),
            ];
            browser.send("/me", &fields)
        };
        tab("", "0917").expect_status(303);
        // The second tab has an old phone number and does not overwrite the new one.
        tab("me@example.org", "").expect_status(303);
        assert_eq!((&me()["phone"], &me()["email"]), (&json!("0917"), &json!("me@example.org")));
        // Both changed the same field: the page shows it beside the field and keeps the input.
        let refused = tab("", "0999");
        assert_eq!(refused.status, 422, "{}", refused.text.len());
        assert!(refused.text.contains("field-phone-error") && refused.text.contains("value=\"0999\""));
        assert_eq!(me()["phone"], "0917");
        // The calendar section works in the same way.
        let version = hidden(&browser.client.get("/me").text, "/me/calendar\"", "version");
        let part = |view: &str, hours: &str| {
            let fields = [
                ("version", version.as_str()), ("default_view", view), ("show_hijri", "true"),
                ("hours.monday.from", hours), ("hours.monday.to", if hours.is_empty() { "" } else { "17:00" }),
            ];
            browser.send("/me/calendar", &fields)
        };
        part("week", "").expect_status(303);
        part("month", "08:00").expect_status(303);
        assert_eq!((&me()["default_view"], &me()["working_hours"]["monday"][0]["from"]), (&json!("week"), &json!("08:00")));
        assert!(part("day", "").expect_status(422).text.contains("field-default_view-error"));
    }

    fn user_and_template_in_two_tabs_lose_nothing(server: &Server) {
        let browser = Browser::of(server, "admin");
        let person = server.person(&["staff"]);
        let address = format!("/admin/users/{}", person.id);
        let page = browser.client.get(&address).expect_status(200).text;
        let (version, shown) = (hidden(&page, &format!("{address}\""), "version"), hidden(&page, &format!("{address}\""), "shown_fields"));
        let tab = |position: &str, role: &str| {
            let fields = [
                ("version", version.as_str()), ("shown_fields", &shown), ("username", &person.username),
                ("full_name", "Badr Ali"), ("position", position), ("roles", role), ("timezone", "Asia/Manila"),
            ];
            browser.send(&address, &fields)
        };
        tab("Planner", "staff").expect_status(303);
        tab("", "coordinator").expect_status(303);
        let user = browser.client.get(&format!("/api/v1/users/{}", person.id)).json;
        assert_eq!((&user["position"], &user["roles"]), (&json!("Planner"), &json!(["coordinator"])));
        let refused = tab("Driver", "coordinator").expect_status(422).text;
        assert!(refused.contains("field-position-error") && refused.contains("value=\"Driver\""));

        // The items of a template are one field: the second tab shows the conflict, and the user decides.
        let item = json!([{ "key": "first", "title": "First", "anchor": "start", "offset_days": 0, "priority": "medium", "assignee": "creator" }]);
        let kind = obcms_domain::kinds::by_name("task_template").unwrap();
        let mut body = Value::Object(obcms_tests::sample::minimal(server, kind, 1));
        body["items"] = item;
        let made = browser.client.with_header("x-csrf-token", &browser.token).post("/api/v1/task-templates", &body).expect_status(201).json;
        let edit = format!("/task-templates/{}/edit", made["id"].as_str().unwrap());
        let page = browser.client.get(&edit).expect_status(200).text;
        let field = |name: &str| hidden(&page, &format!("{edit}\""), name);
        let (version, shown) = (field("version"), field("shown_fields"));
        let tab = |version: &str, title: &str| {
            let mut fields = vec![("version", version), ("shown_fields", "name"), ("do", "save")];
            let name = made["name"].as_str().unwrap();
            fields.extend([("name", name), ("items.key", "first"), ("items.title", title), ("items.anchor", "start"), ("items.offset_days", "0"), ("items.priority", "medium"), ("items.assignee", "creator")]);
            browser.send(&edit, &fields)
        };
        assert!(!shown.is_empty());
        tab(&version, "Theirs").expect_status(303);
        let told = tab(&version, "Mine").expect_status(422).text;
        assert!(told.contains("Your changes are still in the form") && told.contains("value=\"Mine\""));
        tab(&hidden(&told, &format!("{edit}\""), "version"), "Mine").expect_status(303);
        let saved = browser.client.get(&format!("/api/v1/task-templates/{}", made["id"].as_str().unwrap())).json;
        assert_eq!(saved["items"][0]["title"], "Mine");
    }

    fn milestones_in_two_tabs_are_not_confused(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let client = server.as_role("coordinator");
        let milestone = |title: &str, day: &str| json!({ "title": title, "date": day, "status": "planned" });
        let body = json!({ "title": "Wells", "category": "moa_ppa", "milestones": [milestone("Survey", "2027-03-01"), milestone("Drill", "2027-04-01")] });
        let ppa = client.post("/api/v1/ppas", &body).expect_status(201).json;
        let page = format!("/ppas/{}", ppa["id"].as_str().unwrap());
        let titles = || {
            let now = client.get(&format!("/api/v1{page}")).json;
            let items = now["milestones"].as_array().unwrap().clone();
            items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let version = ppa["version"].to_string();
        let change = |action: &str, index: &str, title: &str| {
            let fields = [
                ("version", version.as_str()), ("action", action), ("index", index), ("suffix", "x"),
                ("date-x", "2027-04-01"), ("title-x", title), ("status-x", "planned"),
            ];
            browser.send(&format!("{page}/milestones"), &fields)
        };
        change("remove", "0", "").expect_status(303);
        // The other tab still shows two: its second one is the first now.
        change("save", "1", "Drill deep").expect_status(303);
        assert_eq!(titles(), ["Drill deep"]);
        let refused = change("save", "1", "Drill wide").expect_status(422).text;
        assert!(refused.contains("Your changes are still in the form") && refused.contains("value=\"Drill wide\""));
        assert_eq!(titles(), ["Drill deep"]);
        change("remove", "0", "").expect_status(422);
        assert_eq!(titles(), ["Drill deep"]);
    }

    fn form_sent_twice_creates_one_record(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let page = browser.client.get("/organizations/new").expect_status(200).text;
        let key = hidden(&page, "/organizations/new\"", "request_key");
        let send = |name: &str| {
            let fields = [("request_key", key.as_str()), ("name", name), ("organization_type", "other"), ("partnership_status", "active")];
            browser.send("/organizations/new", &fields).expect_status(303).header("location").to_owned()
        };
        let first = send("Made once");
        assert_eq!(send("Made once"), first);
        assert_ne!(send("Made after going back"), first);
        assert_eq!(browser.client.get("/api/v1/organizations?q=Made").json["total"], 2);
    }

    fn form_with_expired_session_returns_after_sign_in(server: &Server) {
        let host = server.base().trim_start_matches("http://").to_owned();
        let from = |referer: &str| {
            let client = server.anonymous().with_header("referer", referer);
            let answer = client.post_form("/events/new", &[("title", "Visit")]).expect_status(303);
            answer.header("location").to_owned()
        };
        let page = format!("http://{host}/events/new?start=2027-03-10");
        assert_eq!(from(&page), "/login?next=%2Fevents%2Fnew%3Fstart%3D2027-03-10&ended=true");
        for foreign in ["http://elsewhere.example/events/new".to_owned(), format!("http://{host}//elsewhere.example"), format!("http://{host}.example/x"), "nonsense".to_owned()] {
            assert_eq!(from(&foreign), "/login?next=%2Fevents%2Fnew&ended=true", "{foreign}");
        }
        // After a new sign-in, the page leads back to the form.
        let browser = Browser::of(server, "coordinator");
        let old = browser.client.with_header("referer", &page).post_form("/events/new", &[("csrf_token", "old"), ("title", "Visit")]);
        let old = old.expect_status(403).text;
        assert!(old.contains("href=\"/events/new?start=2027-03-10\"") && old.contains("Open the form again"));
    }

    fn unchecked_box_is_false(server: &Server) {
        let (client, _, path) = organization(server);
        let browser = Browser::of(server, "coordinator");
        let mut form = typed(&[]);
        form.retain(|(name, _)| *name != "is_priority");
        browser.send(&format!("{path}/edit"), &form).expect_status(303);
        assert_eq!(client.get(&format!("/api/v1{path}")).json["is_priority"], false);
        let same = browser.send(&format!("{path}/edit"), &form).expect_status(303);
        assert!(same.header("set-cookie").contains("No%20changes%20to%20save"), "a form sent back as it was changes nothing");
    }

    fn bulk_archive_is_undone_together(server: &Server) {
        let (client, first, _) = organization(server);
        let (_, second, _) = organization(server);
        let browser = Browser::of(server, "coordinator");
        let ids = [first["id"].as_str().unwrap(), second["id"].as_str().unwrap()];
        let answer = browser.send("/organizations/archive?sort=name", &[("ids", ids[0]), ("ids", ids[1])]);
        let answer = answer.expect_status(303);
        assert_eq!(answer.header("location"), "/organizations?sort=name");
        let archived = |id: &str| !client.get(&format!("/api/v1/organizations/{id}")).json["archived_at"].is_null();
        assert!(ids.into_iter().all(archived));
        let history = client.get(&format!("/api/v1/organizations/{}/history", ids[0])).json;
        let set = history["items"][0]["change_set"].as_str().unwrap().to_owned();
        browser.send(&format!("/organizations/{}/undo", ids[0]), &[("change_set", &set)]).expect_status(303);
        assert!(!ids.into_iter().any(archived), "one undo brings both back");
    }

    fn tasks_are_added_and_completed_on_the_page_of_their_origin(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let form = [("title", "Consultation"), ("event_type", "consultation"), ("start", "2027-03-10"), ("start.time", "09:00"), ("timezone", "Asia/Manila"), ("status", "scheduled"), ("priority", "medium")];
        let place = browser.send("/events/new", &form).expect_status(303).header("location").to_owned();
        let page = browser.client.get(&place).expect_status(200).text;
        assert!(page.contains(" before)") && page.contains(" after)"), "preparation and follow-up count from the event");
        browser.send(&format!("{place}/tasks"), &[("title", "Bring chairs")]).expect_status(303);
        let id = place.rsplit('/').next().unwrap();
        let tasks = browser.client.get(&format!("/api/v1/tasks?origin={id}&q=chairs")).expect_status(200).json;
        let task = tasks["items"][0]["id"].as_str().unwrap().to_owned();
        browser.send(&format!("{place}/tasks"), &[("task", &task), ("status", "completed")]).expect_status(303);
        assert_eq!(browser.client.get(&format!("/api/v1/tasks/{task}")).json["status"], "completed");
        // Actors without a right on the task see its status and no button.
        let page = Browser::of(server, "staff").client.get(&place).expect_status(200).text;
        assert!(page.contains("Bring chairs") && page.contains("list-mark"), "{page}");
        assert!(!page.contains("aria-label=\"Complete ") && !page.contains("aria-label=\"Reopen "), "{page}");
    }

    fn form_requires_its_token_and_right(server: &Server) {
        let (client, _, path) = organization(server);
        let browser = Browser::of(server, "staff");
        browser.client.post_form(&format!("{path}/archive"), &[]).expect_status(403);
        browser.send(&format!("{path}/archive"), &[]).expect_status(403);
        browser.send(&format!("{path}/edit"), &typed(&[("phone", "9")])).expect_status(403);
        browser.client.get(&format!("{path}/edit")).expect_status(403);
        let kept = client.get(&format!("/api/v1{path}")).json;
        assert_eq!((&kept["phone"], &kept["version"]), (&json!("1"), &json!(1)));
        let page = browser.client.get(&path).expect_status(200).text;
        assert!(!page.contains("/edit\"") && !page.contains("/archive\""), "nothing is offered that is refused");
    }

    fn project_advances_once_from_the_shown_stage(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let api = server.as_role("coordinator");
        let barangay = api.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
        let post = |path: &str, body: &Value| api.post(path, body).expect_status(201).json["id"].clone();
        let community = post("/api/v1/communities", &json!({ "name": "Lumbac", "barangay": barangay }));
        let need = post("/api/v1/needs", &json!({ "title": "Safe water", "community": community }));
        let project = post("/api/v1/projects", &json!({ "need": need }));
        let path = format!("/projects/{}", project.as_str().unwrap());
        // Both tabs show the first stage; the later submission changes nothing.
        let page = browser.client.get(&path).expect_status(200).text;
        let seen = hidden(&page, &format!("{path}/stage"), "from");
        assert_eq!(seen, "need_identification");
        let advance = [("step", "advance"), ("from", seen.as_str()), ("note-advance", "Seen in the field")];
        browser.send(&format!("{path}/stage"), &advance).expect_status(303);
        let again = browser.send(&format!("{path}/stage"), &advance).expect_status(409).text;
        assert!(again.contains("The project is now in Need validation.") && again.contains("Seen in the field"), "{again}");
        assert_eq!(api.get(&format!("/api/v1{path}")).json["current_stage"], "need_validation");
    }

    fn history_describes_the_parts_of_a_structure(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let ppa = json!({ "title": "Boats", "category": "moa_ppa", "outcome_framework": { "outputs": ["12 boats", "3 nets"], "outcomes": [], "impacts": ["Catch"] } });
        let made = server.as_role("coordinator").post("/api/v1/ppas", &ppa).expect_status(201).json;
        let page = browser.client.get(&format!("/ppas/{}?tab=history", made["id"].as_str().unwrap())).expect_status(200).text;
        assert!(page.contains("Outputs: 12 boats, 3 nets; Impacts: Catch"), "{page}");
        assert!(!page.contains("&quot;outputs&quot;"), "{page}");
    }

    fn refusal_lists_the_roles_with_full_rights(server: &Server) {
        let ppa = server.as_role("coordinator").post("/api/v1/ppas", &json!({ "title": "Boats", "category": "moa_ppa" })).expect_status(201).json;
        let browser = Browser::of(server, "staff");
        let page = browser.client.get(&format!("/ppas/{}/edit", ppa["id"].as_str().unwrap())).expect_status(403).text;
        assert!(page.contains("You do not have permission to change this PPA"), "{page}");
        assert!(page.contains("<li>Coordinator</li>"), "{page}");
        // Staff may only change their own PPAs, so they are not listed.
        assert!(!page.contains("<li>Staff</li>") && !page.contains("<li>Partner</li>"), "{page}");
    }
}
