//! The forms that every kind gets from its description, sent as a browser sends them.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops here.

use obcms_tests::{Client, PASSWORD, Server, on_both_engines};
use serde_json::{Value, json};

/// Somebody signed in, with the token of their forms.
struct Browser {
    client: Client,
    token: String,
}

impl Browser {
    fn of(server: &Server, role: &str) -> Self {
        let person = server.person(&[role]);
        let fields = [("username", person.username.as_str()), ("password", PASSWORD), ("next", "/")];
        let answer = server.anonymous().post_form("/login", &fields).expect_status(303);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let client = server.anonymous().with_header("cookie", &cookie);
        let page = client.get("/me").expect_status(200).text;
        let (_, rest) = page.split_once("name=\"csrf_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap().to_owned();
        Self { client, token }
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> obcms_tests::Answer {
        let mut all = vec![("csrf_token", self.token.as_str())];
        all.extend(fields);
        self.client.post_form(path, &all)
    }
}

fn organization(server: &Server) -> (Client, Value, String) {
    let client = server.as_role("coordinator");
    let body = json!({ "name": "Office of the Mayor", "phone": "1", "is_priority": true });
    let made = client.post("/api/v1/organizations", &body).expect_status(201).json;
    let path = format!("/organizations/{}", made["id"].as_str().unwrap());
    (client, made, path)
}

const SHOWN: &str = "name,acronym,phone,is_priority,organization_type,partnership_status";

/// The form of the organization as it was drawn, with some fields typed over.
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
    fn an_address_inside_the_network_is_refused_beside_its_field(server: &Server) {
        let browser = Browser::of(server, "coordinator");
        let fields = [("shown_fields", "name,address,refresh_minutes"), ("name", "Inside"), ("address", "http://10.1.2.3/c.ics"), ("refresh_minutes", "60")];
        let page = browser.send("/external-calendars/new", &fields).expect_status(422).text;
        assert!(page.contains("value=\"http://10.1.2.3/c.ics\""), "{page}");
        let (_, beside) = page.split_once("id=\"field-address-error\"").unwrap();
        assert!(beside.split("</p>").next().unwrap().contains("not on the open network (of a private network)"), "{beside}");
    }

    fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(server: &Server) {
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

    fn money_and_structures_are_read_as_people_write_them(server: &Server) {
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

    fn what_others_changed_in_other_fields_stays(server: &Server) {
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

    fn two_who_change_the_same_field_are_told(server: &Server) {
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
        // Saved again, knowing of it, it is meant.
        let form = typed(&[("phone", "3"), ("acronym", "OM"), ("version", "2")]);
        browser.send(&format!("{path}/edit"), &form).expect_status(303);
        assert_eq!(client.get(&api).json["phone"], "3");
    }

    fn a_box_that_is_not_ticked_is_no(server: &Server) {
        let (client, _, path) = organization(server);
        let browser = Browser::of(server, "coordinator");
        let mut form = typed(&[]);
        form.retain(|(name, _)| *name != "is_priority");
        browser.send(&format!("{path}/edit"), &form).expect_status(303);
        assert_eq!(client.get(&format!("/api/v1{path}")).json["is_priority"], false);
        let same = browser.send(&format!("{path}/edit"), &form).expect_status(303);
        assert!(same.header("set-cookie").contains("Nothing"), "a form sent back as it was changes nothing");
    }

    fn many_are_archived_together_and_brought_back_together(server: &Server) {
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

    fn tasks_are_added_and_completed_on_the_page_of_what_they_belong_to(server: &Server) {
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
    }

    fn a_form_without_its_token_or_right_does_nothing(server: &Server) {
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
}
