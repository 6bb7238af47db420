//! Preferences: personal, validated, and applied by the calendar.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Browser, Client, Person, Server, on_both_engines};
use serde_json::{Value, json};

const ME: &str = "/api/v1/me";

/// Signs the person in with a browser; returns the client and the form token.
fn signed_in(server: &Server, person: &Person) -> (Client, String) {
    let client = Browser::sign_in(server, person).client;
    let page = client.get("/me").expect_status(200).text;
    let csrf =
        page.split("name=\"csrf-token\" content=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    (client, csrf)
}

on_both_engines! {
    fn profile_update_requires_the_current_version(server: &Server) {
        let me = server.as_role("staff");
        let seen = me.get("/api/v1/me").expect_status(200).header("etag").to_owned();
        me.patch("/api/v1/me", &json!({ "theme": "dark" })).expect_status(200);
        let stale = me.with_header("if-match", &seen);
        stale.patch("/api/v1/me", &json!({ "theme": "light" })).expect_status(412);
        let now = me.get("/api/v1/me").expect_status(200);
        assert_eq!(now.json["theme"], "dark");
        let current = me.with_header("if-match", now.header("etag"));
        current.patch("/api/v1/me", &json!({ "theme": "light" })).expect_status(200);
        let refused = me.patch("/api/v1/me", &json!({ "roles": ["admin"], "nothing": 1, "password_hash": "x" }));
        let refused = refused.expect_status(422);
        let mut named: Vec<_> = refused.errors("field").into_iter().zip(refused.errors("code")).collect();
        named.sort_unstable();
        assert_eq!(named, [("nothing", "unknown_field"), ("password_hash", "unknown_field"), ("roles", "read_only")]);
    }

    fn preferences_are_personal_and_validated(server: &Server) {
        let amina = server.as_role("staff");
        let before = amina.get(ME).expect_status(200).json;
        assert_eq!((&before["default_view"], &before["show_hijri"]), (&json!("month"), &json!(true)));
        let wanted = json!({
            "default_view": "week", "default_modules": ["tasks", "coordination"], "show_hijri": false,
            "week_start": "sunday",
            "working_hours": { "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }] },
        });
        let saved = amina.patch(ME, &wanted).expect_status(200).json;
        for (name, value) in wanted.as_object().unwrap() {
            assert_eq!(&saved[name], value, "{name}");
        }
        for (field, wrong) in [
            ("default_view", json!("moon")),
            ("default_modules", json!(["moon"])),
            ("working_hours", json!({ "monday": [{ "from": "17:00", "to": "08:00" }] })),
            ("working_hours", json!({ "someday": [] })),
        ] {
            let refused = amina.patch(ME, &json!({ field: wrong })).expect_status(422);
            assert_eq!(refused.errors("field"), [field], "{wrong}");
        }
        let emptied = amina.patch(ME, &json!({ "working_hours": null })).expect_status(200).json;
        assert_eq!(emptied["working_hours"], Value::Null);
        amina.patch(ME, &json!({ "roles": ["admin"] })).expect_status(422);
    }

    fn chosen_columns_belong_to_the_person(server: &Server) {
        let person = server.person(&["coordinator"]);
        let (browser, csrf) = signed_in(server, &person);
        let ppa = json!({ "title": "Water system", "category": "moa_ppa", "sector": "infrastructure" });
        person.client.post("/api/v1/ppas", &ppa).expect_status(201);
        let page = || browser.get("/ppas").expect_status(200).text;
        assert!(page().contains("data-column=\"budget_allocation_centavos\"") && !page().contains("data-column=\"sector\""));
        let form = [
            ("csrf_token", csrf.as_str()), ("table", "ppas"), ("back", "/ppas?sort=title"), ("columns", "sector"),
            ("columns", "progress"),
        ];
        let answer = browser.post_form("/me/columns", &form).expect_status(303);
        assert_eq!(answer.header("location"), "/ppas?sort=title");
        assert!(page().contains("data-column=\"sector\"") && !page().contains("data-column=\"budget_allocation_centavos\""));
        assert!(page().contains("columns=title%2Csector%2Cprogress"), "the export has the columns of the screen");
        // On another device it is the same; for somebody else it is not.
        let (other_device, _) = signed_in(server, &person);
        assert!(other_device.get("/ppas").expect_status(200).text.contains("data-column=\"sector\""));
        let (somebody, _) = signed_in(server, &server.person(&["staff"]));
        assert!(!somebody.get("/ppas").expect_status(200).text.contains("data-column=\"sector\""));
        assert_eq!(
            person.client.get("/api/v1/me/settings").expect_status(200).json,
            json!({ "columns.ppas": ["sector", "progress"] })
        );
        let reset = [("csrf_token", csrf.as_str()), ("table", "ppas"), ("back", "//evil.example"), ("reset", "true")];
        let answer = browser.post_form("/me/columns", &reset).expect_status(303);
        assert_eq!(answer.header("location"), "/");
        assert!(!page().contains("data-column=\"sector\""));
    }

    fn settings_are_checked(server: &Server) {
        let amina = server.as_role("staff");
        let put = |name: &str, body: Value| amina.put(&format!("/api/v1/me/settings/{name}"), &body);
        put("columns.tasks", json!({ "value": ["due_date"] })).expect_status(204);
        put("columns.tasks", json!({ "value": null })).expect_status(204);
        put("columns.moon", json!({ "value": [] })).expect_status(404);
        put("password", json!({ "value": [] })).expect_status(404);
        for wrong in [json!({}), json!({ "value": 7 }), json!({ "value": [7] }), json!({ "value": [], "more": 1 })] {
            put("pins", wrong).expect_status(422);
        }
        put("pins", json!({ "value": vec!["task:1"; 21] })).expect_status(422);
        put("pins", json!({ "value": ["x".repeat(101)] })).expect_status(422);
        assert_eq!(amina.get("/api/v1/me/settings").expect_status(200).json, json!({}));
    }

    fn events_to_come_are_listed_before_past_ones(server: &Server) {
        let person = server.person(&["staff"]);
        let (browser, _) = signed_in(server, &person);
        let now = server.app().now();
        let at = |hours: i64| (now + jiff::SignedDuration::from_hours(hours)).to_string();
        for (title, from) in [("Last week", -168), ("Next year", 8760), ("Tomorrow", 24), ("Yesterday", -24)] {
            let event = json!({ "title": title, "start": at(from), "end": at(from + 1) });
            person.client.post("/api/v1/events", &event).expect_status(201);
        }
        let weekly = json!({
            "title": "Weekly", "start": at(-240), "end": at(-239), "rrule": "FREQ=WEEKLY;COUNT=10",
        });
        person.client.post("/api/v1/events", &weekly).expect_status(201);
        let titles = |address: &str| -> Vec<String> {
            let text = browser.get(address).expect_status(200).text;
            let rows = text.split("class=\"row-link\"").skip(1);
            rows.map(|row| row.split('>').nth(1).unwrap().split('<').next().unwrap().trim().to_owned()).collect()
        };
        assert_eq!(titles("/events"), ["Weekly", "Tomorrow", "Next year"]);
        assert_eq!(titles("/events?when=past"), ["Yesterday", "Last week"]);
        assert_eq!(titles("/events?when=all").len(), 5);
        assert_eq!(titles("/events?q=week"), ["Last week", "Weekly"], "a search looks at all of them");
        person.client.get("/api/v1/events?when=moon").expect_status(400);
        person.client.get("/api/v1/tasks?when=past").expect_status(400);
        assert_eq!(person.client.get("/api/v1/events?when=past").expect_status(200).json["total"], 2);
        assert_eq!(person.client.get("/api/v1/events?mine=true").expect_status(200).json["total"], 5);
    }

    fn page_saves_preferences_and_shows_errors_by_field(server: &Server) {
        let person = server.person(&["staff"]);
        let (browser, csrf) = signed_in(server, &person);
        let form = [
            ("csrf_token", csrf.as_str()), ("default_view", "agenda"), ("default_modules", "tasks"),
            ("hours.monday.from", "09:00"), ("hours.monday.to", "18:00"),
        ];
        browser.post_form("/me/calendar", &form).expect_status(303);
        let saved = person.client.get(ME).json;
        assert_eq!(saved["working_hours"], json!({ "monday": [{ "from": "09:00", "to": "18:00" }] }));
        assert_eq!(saved["show_hijri"], false);
        let page = browser.get("/me").expect_status(200).text;
        assert!(page.contains("name=\"hours.monday.from\" value=\"09:00\""));
        let mut wrong = form.to_vec();
        wrong.retain(|(name, _)| *name != "hours.monday.to");
        wrong.push(("hours.monday.to", "08:00"));
        let refused = browser.post_form("/me/calendar", &wrong).expect_status(422).text;
        assert!(refused.contains("field-working_hours-error"));
        assert!(refused.contains("name=\"hours.monday.from\" value=\"09:00\""), "what was typed stays");
        // The other parts of the page still work.
        let profile = [("csrf_token", csrf.as_str()), ("full_name", "Amina Sali"), ("timezone", "Asia/Tokyo"), ("theme", "dark"), ("week_start", "sunday")];
        browser.post_form("/me", &profile).expect_status(303);
        let saved = person.client.get(ME).json;
        assert_eq!((&saved["full_name"], &saved["timezone"]), (&json!("Amina Sali"), &json!("Asia/Tokyo")));
        assert_eq!(saved["default_view"], "agenda", "a part changes nothing of another");
    }

    fn reminders_are_not_available_yet(server: &Server) {
        let person = server.person(&["admin"]);
        for (field, value) in [
            ("reminders", json!([10])),
            ("reminder_channels", json!(["email"])),
            ("quiet_hours", json!({ "from": "22:00", "to": "06:00" })),
        ] {
            let refused = person.client.patch(ME, &json!({ field: value })).expect_status(422);
            assert_eq!((refused.errors("field"), refused.errors("code")), (vec![field], vec!["unknown_field"]));
        }
        let (browser, _) = signed_in(server, &person);
        let user = format!("/admin/users/{}", person.id);
        for page in ["/me", &user, "/events/new", "/tasks/new", "/calendar", "/admin/jobs"] {
            let text = browser.get(page).expect_status(200).text.to_lowercase();
            for word in ["remind", "quiet hours", "quiet_hours", "notify", "notification"] {
                assert!(!text.contains(word), "{page} promises {word}");
            }
        }
        for path in [ME, "/api/v1/openapi.json", "/api/v1/users"] {
            let text = person.client.get(path).expect_status(200).text;
            assert!(!text.contains("reminder") && !text.contains("quiet_hours"), "{path}");
        }
    }

    fn saving_the_page_keeps_all_working_hours(server: &Server) {
        let person = server.person(&["staff"]);
        let (browser, csrf) = signed_in(server, &person);
        let hours = json!({
            "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }],
            "saturday": [{ "from": "06:00", "to": "07:30" }, { "from": "09:00", "to": "10:00" }, { "from": "20:00", "to": "24:00" }],
        });
        person.client.patch(ME, &json!({ "working_hours": hours })).expect_status(200);
        // The displayed values are submitted unchanged.
        let page = browser.get("/me").expect_status(200).text;
        let mut form = vec![("csrf_token".to_owned(), csrf), ("default_view".to_owned(), "month".to_owned())];
        for input in page.split("<input").filter(|input| input.contains("name=\"hours.")) {
            let part = |name: &str| input.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
            form.push((part("name"), part("value")));
        }
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post_form("/me/calendar", &fields).expect_status(303);
        assert_eq!(person.client.get(ME).json["working_hours"], hours);
        // Overlapping intervals are refused, and stay in the form.
        let mut wrong = fields.clone();
        wrong.extend([("hours.monday.from", "11:00"), ("hours.monday.to", "14:00")]);
        let refused = browser.post_form("/me/calendar", &wrong).expect_status(422).text;
        assert!(refused.contains("field-working_hours-error") && refused.contains("name=\"hours.monday.from\" value=\"11:00\""));
        assert_eq!(person.client.get(ME).json["working_hours"], hours);
    }

    fn calendar_opens_with_preferences(server: &Server) {
        let person = server.person(&["staff"]);
        let (browser, _) = signed_in(server, &person);
        browser.get("/calendar").expect_status(200);
        person.client.patch(ME, &json!({ "default_view": "week", "default_modules": ["tasks", "mana"], "show_hijri": false })).expect_status(200);
        let led = browser.get("/calendar").expect_status(303);
        assert_eq!(led.header("location"), "/calendar?view=week&modules=tasks%2Cmana&mine=true");
        let page = browser.get("/calendar?view=month").expect_status(200).text;
        assert!(page.contains("data-without-hijri"));
        // A default saved view takes precedence.
        let view = json!({ "name": "Mine", "query": "mine=true", "is_default": true });
        person.client.post("/api/v1/saved-views", &view).expect_status(201);
        assert_eq!(browser.get("/calendar").expect_status(303).header("location"), "/calendar?mine=true");
    }

    fn administrators_change_users_without_their_preferences(server: &Server) {
        let person = server.person(&["staff"]);
        let hours = json!({ "monday": [{ "from": "09:00", "to": "18:00" }] });
        person.client.patch(ME, &json!({ "default_view": "week", "working_hours": hours })).expect_status(200);
        let admin = server.person(&["admin"]);
        let (browser, csrf) = signed_in(server, &admin);
        let address = format!("/admin/users/{}", person.id);
        let page = browser.get(&address).expect_status(200).text;
        assert!(page.contains("id=\"field-roles\"") && !page.contains("id=\"field-working_hours\""));
        let form = [
            ("csrf_token", csrf.as_str()), ("username", person.username.as_str()), ("full_name", "Badr Ali"),
            ("roles", "staff"), ("roles", "executive"), ("position", "Planner"), ("timezone", "Asia/Manila"),
        ];
        browser.post_form(&address, &form).expect_status(303);
        let saved = person.client.get(ME).json;
        assert_eq!((&saved["full_name"], &saved["roles"]), (&json!("Badr Ali"), &json!(["staff", "executive"])));
        assert_eq!((&saved["default_view"], &saved["working_hours"]), (&json!("week"), &hours));
        let mut wrong = form.to_vec();
        wrong[1].1 = "No Such Name";
        let refused = browser.post_form(&address, &wrong).expect_status(422).text;
        assert!(refused.contains("field-username-error") && refused.contains("No Such Name"));
    }
}
