//! Shares: projection for the public, view limits, pass phrases, expiry, and the log of views.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds;
use obcms_store::migrations;
use obcms_tests::{Answer, Browser, Client, Person, Server, form_token, on_both_engines, path, sample};
use serde_json::{Value, json};
use ureq::http::Method;

const SHARES: &str = "/api/v1/shares";
/// Words in fields that are never shared.
const PRIVATE: [&str; 7] = [
    "Zenaida",
    "Confidential note",
    "secret agenda",
    "quiet minutes",
    "meet.example.org",
    "critical",
    "Kapwa",
];

fn share(client: &Client, input: &Value) -> Value {
    client.post(SHARES, input).expect_status(201).json
}

fn one(share: &Value) -> String {
    format!("{SHARES}/{}", share["id"].as_str().unwrap())
}

fn url(share: &Value) -> String {
    path(share["url"].as_str().unwrap()).to_owned()
}

fn open(server: &Server, share: &Value) -> Answer {
    server.anonymous().get(&url(share))
}

/// Creates an event with a value in every field.
fn full_event(server: &Server, maker: &Client) -> Value {
    let person = server.person_with(json!({ "roles": ["staff"], "full_name": "Zenaida Kapwa" }));
    let event = json!({
        "title": "Consultation in Upi", "start": "2027-03-10T09:00:00+08:00", "end": "2027-03-10T11:30:00+08:00",
        "venue": "Upi gymnasium", "organizer": person.id, "participants": [person.id], "facilitators": [person.id],
        "description": "Confidential note", "agenda": "A secret agenda", "minutes": "The quiet minutes",
        "virtual_link": "https://meet.example.org/x", "priority": "critical",
    });
    maker.post("/api/v1/events", &event).expect_status(201).json
}

fn march(more: &Value) -> Value {
    let modules: Vec<&str> = kinds::SHARED_MODULES.iter().map(|choice| choice.value).collect();
    let mut input =
        json!({ "name": "March", "start": "2027-03-01", "end": "2027-03-31", "modules": modules });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn log(server: &Server, maker: &Person, share: &Value) -> Vec<String> {
    let actor = server.app().actor_of(maker.id).unwrap().unwrap();
    let views =
        server.app().share_views(&actor, share["id"].as_str().unwrap().parse().unwrap(), 1000).unwrap();
    views.into_iter().map(|view| view.outcome).collect()
}

on_both_engines! {
    fn share_requires_modules(server: &Server) {
        let maker = server.person(&["coordinator"]);
        full_event(server, &maker.client);
        for modules in [None, Some(json!(null)), Some(json!([]))] {
            let mut input = json!({ "name": "March", "start": "2027-03-01", "end": "2027-03-31" });
            if let Some(modules) = modules {
                input["modules"] = modules;
            }
            assert_eq!(maker.client.post(SHARES, &input).expect_status(422).errors("field"), ["modules"], "{input}");
        }
        let made = share(&maker.client, &march(&json!({ "modules": ["coordination"] })));
        let emptied = maker.client.patch(&one(&made), &json!({ "modules": [] })).expect_status(422);
        assert_eq!(emptied.errors("field"), ["modules"]);

        // The form shows the error beside the field and keeps the input.
        let browser = Browser::sign_in(server, &maker).client;
        let form = browser.get("/shares/new").expect_status(200).text;
        assert!(!form.contains("when none is chosen"));
        let token = form_token(&form);
        let refused = browser.post_form("/shares/new", &[("csrf_token", token), ("name", "For partners")]).expect_status(422);
        assert!(refused.text.contains("field-modules-error") && refused.text.contains("For partners"));

        // A share stored by an older release without modules showed all of them; after the migration it lists them.
        let forget = || {
            let none = "UPDATE shares SET modules = NULL";
            server.app().database().write(|tx| tx.execute(none, &[])).unwrap();
        };
        forget();
        assert!(!open(server, &made).expect_status(200).text.contains("Consultation in Upi"));
        let step = migrations::ALL.iter().find(|step| step.name == "shares name their modules").unwrap().version;
        migrations::revert(server.app().database(), step - 1).unwrap();
        migrations::migrate(server.app().database(), server.app().now()).unwrap();
        let all: Vec<&str> = kinds::SHARED_MODULES.iter().map(|choice| choice.value).collect();
        assert_eq!(maker.client.get(&one(&made)).json["modules"], json!(all));
        assert!(open(server, &made).expect_status(200).text.contains("Consultation in Upi"));
    }

    fn views_are_shown_to_the_creator(server: &Server) {
        let maker = server.person(&["staff"]);
        let made = share(&maker.client, &march(&json!({ "max_views": 1 })));
        let views = format!("{}/views", one(&made));
        assert_eq!(maker.client.get(&views).expect_status(200).json, json!({ "items": [] }));
        open(server, &made).expect_status(200);
        open(server, &made).expect_status(410);
        let told = maker.client.get(&views).expect_status(200).json;
        let outcomes: Vec<&str> = told["items"].as_array().unwrap().iter().map(|view| view["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes.last(), Some(&"counted"));
        assert_eq!((outcomes.len(), outcomes[0] != "counted"), (2, true), "{told}");
        assert!(told["items"][0]["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        assert_eq!(maker.client.get(&format!("{views}?limit=1")).expect_status(200).json["items"].as_array().unwrap().len(), 1);
        for wrong in ["limit=0", "limit=x", "limit=501", "what=1"] {
            maker.client.get(&format!("{views}?{wrong}")).expect_status(400);
        }
        server.as_role("staff").get(&views).expect_status(404);
        server.anonymous().get(&views).expect_status(401);
    }

    fn share_shows_only_title_time_place_and_module(server: &Server) {
        let maker = server.person_with(json!({ "roles": ["coordinator"], "full_name": "Kapwa Maker" }));
        let event = full_event(server, &maker.client);
        let made = share(&maker.client, &march(&json!({})));
        let page = open(server, &made).expect_status(200);
        for shown in ["Consultation in Upi", "Upi gymnasium", "9:00 AM – 11:30 AM", "Coordination", "March 2027"] {
            assert!(page.text.contains(shown), "{shown} is missing");
        }
        for word in PRIVATE {
            assert!(!page.text.contains(word), "{word} is shown to strangers");
        }
        assert!(!page.text.contains(event["id"].as_str().unwrap()), "ids are not for strangers");
        assert!(!page.text.contains(made["id"].as_str().unwrap()) && !page.text.contains(&maker.id.to_string()));
        assert!(!page.text.contains("<a ") && !page.text.contains("<script"), "the page leads nowhere");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow, noarchive");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.headers.get("set-cookie").is_none());
    }

    fn share_never_shows_people(server: &Server) {
        let maker = server.person(&["admin"]);
        for module in ["staff", "external", "administration"] {
            let refused = maker.client.post(SHARES, &march(&json!({ "modules": [module] }))).expect_status(422);
            assert_eq!(refused.errors("field"), ["modules"]);
        }
        let booker = server.person_with(json!({ "roles": ["coordinator"], "full_name": "Zenaida Kapwa" }));
        let resource = json!({ "name": "Van 1", "resource_type": "vehicle" });
        let van = booker.client.post("/api/v1/resources", &resource).expect_status(201).json;
        // A booking without a purpose has the name of the person who booked.
        let booking = json!({ "resource": van["id"], "start": "2027-03-10T09:00:00+08:00", "end": "2027-03-10T10:00:00+08:00" });
        booker.client.post("/api/v1/bookings", &booking).expect_status(201);
        // Facilitators are bookable resources with the names of people.
        let resource = json!({ "name": "Farida Kapwa", "resource_type": "facilitator" });
        let trainer = booker.client.post("/api/v1/resources", &resource).expect_status(201).json;
        let training = json!({ "resource": trainer["id"], "start": "2027-03-10T13:00:00+08:00", "end": "2027-03-10T14:00:00+08:00" });
        booker.client.post("/api/v1/bookings", &training).expect_status(201);
        let page = open(server, &share(&maker.client, &march(&json!({})))).expect_status(200).text;
        assert_eq!(page.matches("Van 1").count(), 1);
        assert!(page.contains("Booked"));
        assert!(!page.contains("Zenaida") && !page.contains("Kapwa") && !page.contains("1:00 PM"));
    }

    fn share_shows_only_its_modules_and_period(server: &Server) {
        let maker = server.person(&["coordinator"]);
        full_event(server, &maker.client);
        let task = |title: &str, due: &str| {
            maker.client.post("/api/v1/tasks", &json!({ "title": title, "due_date": due })).expect_status(201);
        };
        task("Count wells", "2027-03-12");
        task("Count roofs", "2027-04-01");
        let tasks = open(server, &share(&maker.client, &march(&json!({ "modules": ["tasks"] })))).expect_status(200).text;
        assert!(tasks.contains("Count wells"));
        assert!(!tasks.contains("Count roofs") && !tasks.contains("Consultation in Upi"));
        let cancelled = json!({ "title": "Called off", "start": "2027-03-11T09:00:00+08:00", "status": "cancelled" });
        maker.client.post("/api/v1/events", &cancelled).expect_status(201);
        let all = open(server, &share(&maker.client, &march(&json!({})))).expect_status(200).text;
        assert!(all.contains("Count wells") && all.contains("Consultation in Upi") && !all.contains("Called off"));
        // Without a period it moves with the current date.
        let today = server.app().today();
        task("Due today", &today.to_string());
        let rolling = open(server, &share(&maker.client, &json!({ "name": "Rolling", "modules": ["tasks"] }))).expect_status(200).text;
        assert!(rolling.contains("Due today") && !rolling.contains("Called off"));
    }

    fn share_shows_only_entries_visible_to_its_creator(server: &Server) {
        let community = sample::make(server, &kinds::COMMUNITY, 1, None).id;
        let maker = server.person_with(json!({ "roles": ["partner"], "communities": [community] }));
        let coordinator = server.as_role("coordinator");
        for (title, community) in [("Ours", json!(community)), ("Theirs", Value::Null)] {
            let event = json!({ "title": title, "start": "2027-03-10T09:00:00+08:00", "community": community });
            coordinator.post("/api/v1/events", &event).expect_status(201);
        }
        let made = share(&maker.client, &march(&json!({})));
        let page = open(server, &made).expect_status(200).text;
        assert!(page.contains("Ours") && !page.contains("Theirs"));
        // When the creator loses access, the share does, too.
        let admin = server.as_role("admin");
        admin.patch(&format!("/api/v1/users/{}", maker.id), &json!({ "communities": [] })).expect_status(200);
        assert!(!open(server, &made).expect_status(200).text.contains("Ours"));
        admin.post(&format!("/api/v1/users/{}/disable", maker.id), &json!({})).expect_status(200);
        open(server, &made).expect_status(410);
        assert_eq!(server.anonymous().get("/shared/no-such-secret").expect_status(404).header("x-robots-tag"), "noindex, nofollow, noarchive");
    }

    fn concurrent_views_never_exceed_the_limit(server: &Server) {
        let maker = server.person(&["staff"]);
        let made = share(&maker.client, &march(&json!({ "max_views": 7 })));
        let visitors: Vec<_> = (0..50)
            .map(|_| {
                let (client, url) = (server.anonymous(), url(&made));
                std::thread::spawn(move || client.get(&url).status)
            })
            .collect();
        let answers: Vec<u16> = visitors.into_iter().map(|visitor| visitor.join().unwrap()).collect();
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 7, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 410).count(), 43, "{answers:?}");
        let read = maker.client.get(&one(&made)).json;
        assert_eq!((&read["view_count"], read["last_viewed_at"].is_string()), (&json!(7), true));
        let log = log(server, &maker, &made);
        assert_eq!(log.iter().filter(|outcome| *outcome == "counted").count(), 7);
        assert_eq!(log.iter().filter(|outcome| *outcome == "used_up").count(), 43);
        // The view limit can be raised.
        maker.client.patch(&one(&made), &json!({ "max_views": 8 })).expect_status(200);
        open(server, &made).expect_status(200);
        open(server, &made).expect_status(410);
    }

    fn only_page_views_are_counted(server: &Server) {
        let maker = server.person(&["coordinator"]);
        full_event(server, &maker.client);
        let made = share(&maker.client, &march(&json!({ "max_views": 2 })));
        let head = |share: &Value| server.anonymous().send(Method::HEAD, &url(share), None);
        let answer = head(&made).expect_status(200);
        assert_eq!((answer.header("cache-control"), answer.text.as_str()), ("no-store", ""));
        for (name, value) in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
            let fetched = server.anonymous().with_header(name, value).get(&url(&made)).expect_status(503);
            assert!(!fetched.text.contains("Consultation"));
        }
        // The link preview of a messenger reveals nothing of the content.
        for agent in ["facebookexternalhit/1.1", "WhatsApp/2.23.20.0 A", "Mozilla/5.0 (compatible; TelegramBot 1.0)", "Viber/13"] {
            let drawn = server.anonymous().with_header("user-agent", agent).get(&url(&made)).expect_status(200);
            assert!(drawn.text.contains("A shared calendar"));
            assert!(!drawn.text.contains("Consultation") && !drawn.text.contains("March"));
        }
        assert_eq!(maker.client.get(&one(&made)).json["view_count"], 0);
        assert!(log(server, &maker, &made).is_empty());
        // Opening it twice counts twice, however fast: the limit is exact.
        open(server, &made).expect_status(200);
        open(server, &made).expect_status(200);
        head(&made).expect_status(410);
        assert_eq!(maker.client.get(&one(&made)).json["view_count"], 2);
        assert_eq!(log(server, &maker, &made), ["counted", "counted"]);
        let locked = share(&maker.client, &march(&json!({ "passphrase": "river stone" })));
        head(&locked).expect_status(200);
        server.anonymous().send(Method::HEAD, "/shared/no-such-secret", None).expect_status(404);
    }

    fn pass_phrase_is_required_and_never_shown(server: &Server) {
        let maker = server.person(&["coordinator"]);
        full_event(server, &maker.client);
        let made = share(&maker.client, &march(&json!({ "passphrase": "river stone" })));
        assert_eq!(made["has_passphrase"], true);
        assert!(made.get("passphrase").is_none());
        let asked = open(server, &made).expect_status(200).text;
        assert!(asked.contains("name=\"passphrase\"") && !asked.contains("Consultation") && !asked.contains("March"));
        let wrong = server.anonymous().post_form(&url(&made), &[("passphrase", "river stones")]).expect_status(422);
        assert!(!wrong.text.contains("river"));
        let right = server.anonymous().post_form(&url(&made), &[("passphrase", "river stone")]).expect_status(303);
        assert_eq!(right.header("location"), url(&made));
        let cookie = right.header("set-cookie").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains(&format!("Path={}", url(&made))));
        let proven = server.anonymous().with_header("cookie", cookie.split(';').next().unwrap());
        assert!(proven.get(&url(&made)).expect_status(200).text.contains("Consultation in Upi"));
        assert_eq!(maker.client.get(&one(&made)).json["view_count"], 1, "asking for the pass phrase is no view");
        // The pass phrase is in no answer, not even as a hash.
        for path in [one(&made), format!("{}/history", one(&made)), SHARES.to_owned(), "/api/v1/shares/export.csv".to_owned()] {
            let answer = server.as_role("admin").get(&path);
            assert!(!answer.text.contains("river") && !answer.text.contains("argon2"), "{path}: {}", answer.text);
        }
        let page = maker.client.get(&format!("/shares/{}/edit", made["id"].as_str().unwrap())).expect_status(200).text;
        assert!(page.contains("type=\"password\"") && !page.contains("argon2"));
        // A new pass phrase invalidates the old proof; without one everybody has access.
        maker.client.patch(&one(&made), &json!({ "passphrase": "stone river" })).expect_status(200);
        assert!(!proven.get(&url(&made)).text.contains("Consultation"));
        let open_now = maker.client.patch(&one(&made), &json!({ "passphrase": null })).expect_status(200).json;
        assert_eq!(open_now["has_passphrase"], false);
        assert!(open(server, &made).text.contains("Consultation in Upi"));
        let short = maker.client.post(SHARES, &march(&json!({ "passphrase": "abc" }))).expect_status(422);
        assert_eq!(short.errors("field"), ["passphrase"]);
    }

    fn pass_phrase_attempts_are_limited(server: &Server) {
        let maker = server.person(&["staff"]);
        let made = share(&maker.client, &march(&json!({ "passphrase": "river stone" })));
        for _ in 0..5 {
            server.anonymous().post_form(&url(&made), &[("passphrase", "guess")]).expect_status(422);
        }
        let locked = server.anonymous().post_form(&url(&made), &[("passphrase", "river stone")]).expect_status(429);
        assert!(locked.header("retry-after").parse::<u32>().unwrap() > 60);
        assert!(log(server, &maker, &made).iter().all(|outcome| outcome == "wrong_passphrase"));
        // The proof for another share stays valid.
        let other = share(&maker.client, &march(&json!({ "passphrase": "stone river" })));
        server.anonymous().post_form(&url(&other), &[("passphrase", "stone river")]).expect_status(303);
    }

    fn share_expires_is_revoked_and_restored(server: &Server) {
        let maker = server.person(&["staff"]);
        let past = share(&maker.client, &march(&json!({ "expires": "2024-01-01T00:00:00Z" })));
        assert!(open(server, &past).expect_status(410).text.contains("This shared calendar has expired"));
        maker.client.patch(&one(&past), &json!({ "expires": "2100-01-01" })).expect_status(200);
        open(server, &past).expect_status(200);
        let day = maker.client.patch(&one(&past), &json!({ "expires": "2027-01-31" })).expect_status(200).json;
        assert_eq!(day["expires"], "2027-01-31T16:00:00Z", "a day means its end in the office");
        let made = share(&maker.client, &march(&json!({})));
        open(server, &made).expect_status(200);
        maker.client.delete(&one(&made)).expect_status(204);
        assert!(open(server, &made).expect_status(410).text.contains("no longer shared"));
        maker.client.post(&format!("{}/restore", one(&made)), &json!({})).expect_status(200);
        open(server, &made).expect_status(200);
        assert_eq!(log(server, &maker, &made), ["counted", "revoked", "counted"]);
        assert_eq!(maker.client.get(&one(&made)).json["view_count"], 2);
    }

    fn share_is_visible_only_to_its_creator(server: &Server) {
        let (maker, other, admin) = (server.person(&["staff"]), server.as_role("coordinator"), server.as_role("admin"));
        let made = share(&maker.client, &march(&json!({})));
        assert!(url(&made).starts_with("/shared/") && url(&made).len() >= "/shared/".len() + 27, "160 bits at least");
        other.get(&one(&made)).expect_status(404);
        other.delete(&one(&made)).expect_status(404);
        assert_eq!(other.get(SHARES).json["total"], 0);
        // An administrator sees and revokes it, but does not get the address.
        assert_eq!(admin.get(&one(&made)).expect_status(200).json["url"], Value::Null);
        assert_eq!(maker.client.get(&one(&made)).json["url"], made["url"]);
        assert_eq!(maker.client.get(SHARES).json["items"][0]["url"], made["url"]);
        let text = admin.get(&format!("{}/history", one(&made))).expect_status(200).text;
        assert!(!text.contains(url(&made).trim_start_matches("/shared/")));
        admin.delete(&one(&made)).expect_status(204);
        open(server, &made).expect_status(410);
    }

    fn creator_sees_address_qr_code_and_log(server: &Server) {
        let maker = server.person(&["staff"]);
        let made = share(&maker.client, &march(&json!({ "max_views": 3 })));
        let visitor = server.anonymous().with_header("user-agent", "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile");
        visitor.get(&url(&made)).expect_status(200);
        let page = maker.client.get(&format!("/shares/{}", made["id"].as_str().unwrap())).expect_status(200).text;
        assert!(page.contains(&url(&made)) && page.contains("<svg class=\"qr-code\""));
        assert!(page.contains("Chrome on Android") && page.contains("127.0.0.0/24") && !page.contains("127.0.0.1<"));
        assert!(page.contains("of 3 views used"));
        let list = maker.client.get("/shares").expect_status(200).text;
        assert!(list.contains("March"));
    }

    fn invalid_input_is_refused(server: &Server) {
        let maker = server.as_role("staff");
        for (input, field) in [
            (json!({ "start": "2027-03-02", "end": "2027-03-01" }), "end"),
            (json!({ "start": "2027-03-02", "end": "2029-03-01" }), "end"),
            (json!({ "max_views": 0 }), "max_views"),
            (json!({ "expires": "soon" }), "expires"),
            (json!({ "passphrase": 5 }), "passphrase"),
            (json!({ "view_count": 5 }), "view_count"),
            (json!({ "secret": "mine" }), "secret"),
        ] {
            let mut body = json!({ "name": "Wrong", "modules": ["tasks"] });
            body.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
            let refused = maker.post(SHARES, &body).expect_status(422);
            assert_eq!(refused.errors("field"), [field], "{input}");
        }
        server.anonymous().post_form("/shared/nothing", &[("passphrase", "x")]).expect_status(303);
        server.anonymous().get("/shared/%00%ff").expect_status(404);
    }
}
