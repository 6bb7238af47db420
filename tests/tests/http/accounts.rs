//! Sign-in, sessions, tokens and closed accounts, through HTTP.

use obcms_tests::{Answer, Client, PASSWORD, Person, Server, form_token, on_both_engines, path};
use serde_json::json;

fn sign_in(server: &Server, username: &str, password: &str, next: &str) -> Answer {
    server.anonymous().post_form("/login", &[("username", username), ("password", password), ("next", next)])
}

/// Returns a client with the cookie that the answer sets.
fn with_cookie(server: &Server, answer: &Answer) -> Client {
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    server.anonymous().with_header("cookie", cookie.split(';').next().unwrap_or_default())
}

/// Returns a client with a session of a person, which may write.
fn signed_in(server: &Server, person: &Person) -> Client {
    let client = with_cookie(server, &sign_in(server, &person.username, PASSWORD, "/").expect_status(303));
    let csrf = csrf_token(&client);
    client.with_header("x-csrf-token", &csrf)
}

/// Returns the form token of a session.
fn csrf_token(client: &Client) -> String {
    form_token(&client.get("/me").expect_status(200).text).to_owned()
}

on_both_engines! {
    fn session_reads_writes_with_its_token_and_ends(server: &Server) {
        let person = server.person(&["coordinator"]);
        let answer = sign_in(server, &person.username, PASSWORD, "/tasks").expect_status(303);
        assert_eq!(answer.header("location"), "/tasks");
        let client = with_cookie(server, &answer);
        assert_eq!(client.get("/api/v1/me").expect_status(200).json["username"], person.username.as_str());

        let team = json!({ "name": "Field team" });
        client.post("/api/v1/teams", &team).expect_status(403);
        let csrf = csrf_token(&client);
        client.with_header("x-csrf-token", "guessed").post("/api/v1/teams", &team).expect_status(403);
        client.with_header("x-csrf-token", &csrf).post("/api/v1/teams", &team).expect_status(201);

        client.post_form("/logout", &[]).expect_status(403);
        client.post_form("/logout", &[("csrf_token", &csrf)]).expect_status(303);
        client.get("/api/v1/me").expect_status(401);
    }

    fn sign_in_never_redirects_to_another_site(server: &Server) {
        let person = server.person(&["staff"]);
        let session = with_cookie(server, &sign_in(server, &person.username, PASSWORD, "/").expect_status(303));
        for next in [
            "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\t/evil.example",
            "/\n/evil.example", "/%2f/evil.example", "/tasks\r\nx: y", "/\0", "/login?next=/login",
        ] {
            let answer = sign_in(server, &person.username, PASSWORD, next).expect_status(303);
            assert_eq!(answer.header("location"), "/", "{next:?}");
        }
        for next in ["%2F%09%2Fevil.example", "%2F%0Aevil.example", "%2F%00", "%2F%5Cevil.example", "%2F%252f%252fevil"] {
            let answer = session.get(&format!("/login?next={next}")).expect_status(303);
            assert_eq!(answer.header("location"), "/", "{next}");
            let page = server.anonymous().get(&format!("/login?next={next}")).expect_status(200);
            assert!(page.text.contains("name=\"next\" value=\"/\""), "{next}");
        }
    }

    fn sign_in_refuses_forms_of_other_sites(server: &Server) {
        let person = server.person(&["staff"]);
        let fields = [("username", person.username.as_str()), ("password", PASSWORD), ("next", "/")];
        let foreign = server.anonymous().with_header("sec-fetch-site", "cross-site");
        foreign.post_form("/login", &fields).expect_status(403);
    }

    fn guessing_is_locked_without_revealing_accounts(server: &Server) {
        let person = server.person(&["staff"]);
        for name in [person.username.as_str(), "nobody.at.all"] {
            for _ in 0..5 {
                sign_in(server, name, "wrong", "/").expect_status(422);
            }
            let locked = sign_in(server, name, PASSWORD, "/").expect_status(429);
            let seconds: i64 = locked.header("retry-after").parse().expect("a number of seconds");
            assert!((1..=1800).contains(&seconds), "{seconds}");
        }
        // Existing access continues.
        person.client.get("/api/v1/me").expect_status(200);
    }

    fn lock_covers_networks_and_ignores_forged_hops(server: &Server) {
        let person = server.person(&["staff"]);
        let proxied = server.behind_proxy();
        let try_from = |hops: &[&str], password: &str| {
            let fields = [("username", person.username.as_str()), ("password", password)];
            let client = hops.iter().fold(proxied.anonymous(), |client, hop| client.with_header("x-forwarded-for", hop));
            client.post_form("/login", &fields)
        };
        for hops in [
            &["2001:db8:1:2::1"][..],
            &["[2001:db8:1:2::2]:4711"],
            &["198.51.100.1", "2001:db8:1:2:ffff::3"],
            &["198.51.100.2, \"[2001:db8:1:2::4]\", 10.0.0.9"],
            &["2001:db8:1:2::5", "192.168.1.1:80"],
        ] {
            try_from(hops, "wrong").expect_status(422);
        }
        try_from(&["198.51.100.3", "2001:db8:1:2::6"], PASSWORD).expect_status(429);
        try_from(&["2001:db8:1:3::6"], PASSWORD).expect_status(303);
        // A peer that is no proxy counts by its own address, whatever it claims.
        for number in 1..=6 {
            let claimed = server.anonymous().with_header("x-forwarded-for", &format!("203.0.113.{number}"));
            let fields = [("username", person.username.as_str()), ("password", "wrong")];
            claimed.post_form("/login", &fields).expect_status(if number <= 5 { 422 } else { 429 });
        }
    }

    fn password_spraying_is_delayed(server: &Server) {
        let person = server.person(&["staff"]);
        let proxied = server.behind_proxy();
        let try_as = |server: &Server, address: &str, name: &str, password: &str| {
            let client = server.anonymous().with_header("x-forwarded-for", address);
            client.post_form("/login", &[("username", name), ("password", password)])
        };
        for number in 0..20 {
            try_as(&proxied, &format!("2001:db8::{number}"), &format!("somebody.{number}"), "wrong").expect_status(422);
        }
        // Attempts are counted in the database, so another server knows them.
        let again = server.behind_proxy();
        let slowed = try_as(&again, "2001:db8::ffff", &person.username, PASSWORD).expect_status(429);
        let seconds: i64 = slowed.header("retry-after").parse().expect("a number of seconds");
        assert!((1..=300).contains(&seconds), "{seconds}");
        try_as(&again, "2001:db8:0:1::1", &person.username, PASSWORD).expect_status(303);
    }

    fn guessing_never_locks_out_the_owner(server: &Server) {
        let (owner, other) = (server.person(&["staff"]), server.person(&["staff"]));
        let proxied = server.behind_proxy();
        let try_with = |address: &str, name: &str, password: &str, cookie: &str| {
            let client = proxied.anonymous().with_header("x-forwarded-for", address).with_header("cookie", cookie);
            client.post_form("/login", &[("username", name), ("password", password)])
        };
        let device = |answer: &Answer| {
            let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
            let found = cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.contains("obcms_device="));
            found.map(str::to_owned)
        };
        let home = device(&try_with("203.0.113.1", &owner.username, PASSWORD, "").expect_status(303)).expect("a device");
        let foreign = device(&try_with("203.0.113.1", &other.username, PASSWORD, "").expect_status(303)).expect("a device");
        for number in 0..20 {
            let address = format!("198.51.100.{}", number / 4);
            try_with(&address, &owner.username, "wrong", "").expect_status(422);
        }
        let elsewhere = "192.0.2.1";
        try_with(elsewhere, &owner.username, PASSWORD, "").expect_status(429);
        try_with(elsewhere, &owner.username, PASSWORD, &foreign).expect_status(429);
        try_with(elsewhere, &other.username, PASSWORD, "").expect_status(303);
        let welcome = try_with(elsewhere, &owner.username, PASSWORD, &home).expect_status(303);
        assert_eq!(device(&welcome), None, "a known device stays the one that it is");
        // The sign-in of devices has its own limit.
        for _ in 0..5 {
            try_with(elsewhere, &owner.username, "wrong", &home).expect_status(422);
        }
        try_with(elsewhere, &owner.username, PASSWORD, &home).expect_status(429);
    }

    fn guessing_tokens_is_refused_while_valid_tokens_work(server: &Server) {
        let staff = server.as_role("staff");
        staff.get("/api/v1/me").expect_status(200);
        let guess = server.anonymous().with_token("obcms_guessed");
        for _ in 0..60 {
            assert!([401, 429].contains(&guess.get("/api/v1/me").status));
        }
        // The limit releases one attempt a second meanwhile.
        let refused = std::iter::repeat_with(|| guess.get("/api/v1/me")).take(500).find(|answer| answer.status == 429);
        refused.expect("a refusal").header("retry-after");
        staff.get("/api/v1/me").expect_status(200);
        let refused = std::iter::repeat_with(|| server.anonymous().get("/setup/guessed")).take(500).find(|answer| answer.status == 429);
        assert!(refused.is_some());
    }

    fn anonymous_request_redirects_to_sign_in_and_back(server: &Server) {
        let answer = server.anonymous().get("/me?tab=tokens").expect_status(303);
        assert_eq!(answer.header("location"), "/login?next=%2Fme%3Ftab%3Dtokens");
        server.anonymous().get("/login").expect_status(200);
        server.anonymous().get("/api/v1/me").expect_status(401);
        server.anonymous().with_token("obcms_guessed").get("/api/v1/me").expect_status(401);
        let missing = server.anonymous().with_header("accept", "text/html").get("/nowhere").expect_status(404);
        assert!(missing.text.contains("<html"), "{}", missing.text);
    }

    fn tokens_are_created_used_and_revoked(server: &Server) {
        let person = server.person(&["coordinator"]);
        let wrong = person.client.post("/api/v1/me/tokens", &json!({ "name": "", "scope": "all", "days": 0 }));
        assert_eq!(wrong.expect_status(422).errors("field"), ["name", "scope", "days"]);
        let made = person.client.post("/api/v1/me/tokens", &json!({ "name": "reports", "scope": "read" }));
        let made = made.expect_status(201).json;
        let reader = server.anonymous().with_token(made["token"].as_str().expect("the secret"));
        reader.get("/api/v1/teams").expect_status(200);
        reader.post("/api/v1/teams", &json!({ "name": "Field team" })).expect_status(403);
        reader.post("/api/v1/me/tokens", &json!({ "name": "more" })).expect_status(403);

        let listed = person.client.get("/api/v1/me/tokens").expect_status(200);
        assert!(listed.text.contains("reports") && !listed.text.contains(made["token"].as_str().unwrap_or("?")));
        let path = format!("/api/v1/me/tokens/{}", made["id"].as_str().expect("an id"));
        server.as_role("staff").delete(&path).expect_status(404);
        reader.get("/api/v1/teams").expect_status(200);
        person.client.delete(&path).expect_status(204);
        reader.get("/api/v1/teams").expect_status(401);
    }

    fn closed_account_loses_access_at_once(server: &Server) {
        let person = server.person(&["staff"]);
        let session = with_cookie(server, &sign_in(server, &person.username, PASSWORD, "/").expect_status(303));
        let admin = server.person(&["admin"]);
        let path = |id, what| format!("/api/v1/users/{id}/{what}");
        server.as_role("coordinator").post(&path(person.id, "disable"), &json!({})).expect_status(403);
        admin.client.post(&path(person.id, "disable"), &json!({})).expect_status(200);
        person.client.get("/api/v1/me").expect_status(401);
        session.get("/api/v1/me").expect_status(401);
        sign_in(server, &person.username, PASSWORD, "/").expect_status(422);
        admin.client.post(&path(person.id, "enable"), &json!({})).expect_status(200);
        sign_in(server, &person.username, PASSWORD, "/").expect_status(303);
        admin.client.post(&path(admin.id, "disable"), &json!({})).expect_status(409);
    }

    fn account_without_a_role_has_no_access(server: &Server) {
        let person = server.person(&[]);
        let session = with_cookie(server, &sign_in(server, &person.username, PASSWORD, "/").expect_status(303));
        session.get("/api/v1/me").expect_status(200);
        session.get("/api/v1/tasks").expect_status(403);
        let csrf = csrf_token(&session);
        let writing = session.with_header("x-csrf-token", &csrf);
        writing.post("/api/v1/me/tokens", &json!({ "name": "x" })).expect_status(403);
    }

    fn link_sets_the_password_once(server: &Server) {
        let person = server.person(&["staff"]);
        let admin = signed_in(server, &server.person(&["admin"]));
        let made = admin.post(&format!("/api/v1/users/{}/setup-link", person.id), &json!({})).expect_status(201);
        let path = path(made.json["url"].as_str().expect("an address"));
        server.anonymous().get(path).expect_status(200);
        server.anonymous().post_form(path, &[("password", "short")]).expect_status(422);
        server.anonymous().post_form(path, &[("password", "mountain cloud boat")]).expect_status(303);
        server.anonymous().get(path).expect_status(404);
        sign_in(server, &person.username, PASSWORD, "/").expect_status(422);
        sign_in(server, &person.username, "mountain cloud boat", "/").expect_status(303);
    }

    fn token_creates_nothing_that_outlives_it(server: &Server) {
        let admin = server.person(&["admin"]);
        let make = |client: &Client, body: serde_json::Value| client.post("/api/v1/me/tokens", &body);
        // By default a token expires after 90 days; only an explicit "never" has no end.
        let usual = make(&admin.client, json!({ "name": "usual" })).expect_status(201).json;
        assert!(usual["expires_at"].is_string(), "{usual}");
        for none in [json!({ "name": "n", "expires_days": "never" }), json!({ "name": "n", "expires": null })] {
            assert!(make(&admin.client, none).expect_status(201).json["expires_at"].is_null());
        }
        make(&admin.client, json!({ "name": "n", "expires": "soon" })).expect_status(422);
        make(&admin.client, json!({ "name": "n", "expires": "2001-01-01T00:00:00Z" })).expect_status(422);

        let short = make(&admin.client, json!({ "name": "short", "expires_days": 2 })).expect_status(201).json;
        let short_id = short["id"].as_str().expect("an id");
        let short = server.anonymous().with_token(short["token"].as_str().expect("a secret"));
        for longer in [json!({ "name": "x", "expires_days": 3 }), json!({ "name": "x", "expires_days": "never" })] {
            assert_eq!(make(&short, longer).expect_status(422).errors("code"), ["outlives"]);
        }
        let child = make(&short, json!({ "name": "child" })).expect_status(201).json;
        let child = server.anonymous().with_token(child["token"].as_str().expect("a secret"));
        let feed = short.post("/api/v1/feeds", &json!({ "name": "feed" })).expect_status(201).json;
        assert!(feed["expires"].is_string(), "{feed}");
        let longer = json!({ "expires": "2999-01-01T00:00:00Z" });
        short.patch(&format!("/api/v1/feeds/{}", feed["id"].as_str().expect("an id")), &longer).expect_status(422);
        // Tokens created by a token end with it.
        child.get("/api/v1/me").expect_status(200);
        admin.client.delete(&format!("/api/v1/me/tokens/{short_id}")).expect_status(204);
        child.get("/api/v1/me").expect_status(401);

        let user = format!("/api/v1/users/{}", admin.id);
        admin.client.post(&format!("{user}/setup-link"), &json!({})).expect_status(403);
        let change = json!({ "current": PASSWORD, "new": "mountain cloud boat" });
        admin.client.post("/api/v1/me/password", &change).expect_status(403);
    }

    fn revoking_a_token_offers_to_end_its_feeds(server: &Server) {
        let person = server.person(&["coordinator"]);
        let web = signed_in(server, &person);
        let make = |client: &Client, collection: &str, body: serde_json::Value| {
            client.post(&format!("/api/v1/{collection}"), &body).expect_status(201).json
        };
        let id = |made: &serde_json::Value| made["id"].as_str().expect("an id").to_owned();
        let with = |made: &serde_json::Value| {
            server.anonymous().with_token(made["token"].as_str().expect("a secret"))
        };
        let status = |made: &serde_json::Value| {
            server.anonymous().get(path(made["url"].as_str().expect("an address"))).status
        };
        let leaked = make(&web, "me/tokens", json!({ "name": "leaked" }));
        let child = make(&with(&leaked), "me/tokens", json!({ "name": "child" }));
        let own = make(&web, "feeds", json!({ "name": "Own" }));
        let feed = make(&with(&leaked), "feeds", json!({ "name": "Phone" }));
        let share = make(&with(&child), "shares", json!({ "name": "March", "modules": ["holidays"] }));
        // A token sees only the addresses that it created, because others would outlive it.
        let url = |client: &Client, made: &serde_json::Value| {
            client.get(&format!("/api/v1/feeds/{}", id(made))).expect_status(200).json["url"].clone()
        };
        assert!(url(&with(&leaked), &feed).is_string() && url(&web, &feed).is_string());
        assert!(url(&with(&leaked), &own).is_null() && url(&with(&child), &feed).is_null());

        let token = format!("/api/v1/me/tokens/{}", id(&leaked));
        let made = web.get(&format!("{token}/made")).expect_status(200).json;
        assert_eq!(made["tokens"][0]["id"], child["id"]);
        assert_eq!((&made["feeds"][0]["id"], &made["shares"][0]["id"]), (&feed["id"], &share["id"]));
        assert_eq!(made["feeds"].as_array().map(Vec::len), Some(1), "the other feed is not the token's");
        server.as_role("staff").get(&format!("{token}/made")).expect_status(404);
        let page = format!("/me/tokens/{}/revoke", id(&leaked));
        assert!(web.get("/me").expect_status(200).text.contains(&page));
        let asked = web.get(&page).expect_status(200);
        assert!(asked.text.contains("Phone") && asked.text.contains("March") && asked.text.contains("child"));

        web.delete(&format!("{token}?end_feeds=soon")).expect_status(400);
        web.delete(&token).expect_status(204);
        with(&child).get("/api/v1/me").expect_status(401);
        assert_eq!([status(&feed), status(&share), status(&own)], [200; 3], "addresses end when that is asked for");
        // The feeds can also be ended later, one by one or all.
        web.delete(&format!("{token}?end_feeds={}", id(&feed))).expect_status(204);
        assert_eq!([status(&feed), status(&share), status(&own)], [404, 200, 200]);
        let csrf = csrf_token(&web);
        let ticked = format!("share_{}", id(&share));
        web.post_form(&page, &[("csrf_token", &csrf), (&ticked, "true")]).expect_status(303);
        assert_eq!([status(&share), status(&own)], [410, 200]);
        let made = web.get(&format!("{token}/made")).expect_status(200).json;
        assert_eq!((&made["feeds"], &made["shares"]), (&json!([]), &json!([])));

        // A new address belongs to its creator.
        let second = make(&web, "me/tokens", json!({ "name": "second" }));
        with(&second).post(&format!("/api/v1/feeds/{}/renew", id(&own)), &json!({})).expect_status(200);
        web.delete(&format!("/api/v1/me/tokens/{}?end_feeds=true&end_shares=true", id(&second))).expect_status(204);
        let own = web.get(&format!("/api/v1/feeds/{}", id(&own))).expect_status(200).json;
        assert_eq!(status(&own), 404);
    }

    fn password_reset_ends_sessions_and_lists_remaining_access(server: &Server) {
        let person = server.person(&["staff"]);
        let session = signed_in(server, &person);
        person.client.post("/api/v1/feeds", &json!({ "name": "Phone" })).expect_status(201);
        let share = json!({ "name": "March", "modules": ["holidays"] });
        person.client.post("/api/v1/shares", &share).expect_status(201);
        let admin = signed_in(server, &server.person(&["admin"]));
        let user = format!("/api/v1/users/{}", person.id);
        let made = admin.post(&format!("{user}/setup-link"), &json!({})).expect_status(201).json;
        session.get("/api/v1/me").expect_status(401);
        assert_eq!(made["sessions"], json!([]));
        assert_eq!(made["feeds"][0]["name"], "Phone");
        let token = made["tokens"][0]["id"].clone();
        person.client.get("/api/v1/me").expect_status(200);
        server.as_role("coordinator").post(&format!("{user}/end-access"), &json!({})).expect_status(403);
        assert_eq!((&made["shares"][0]["name"], &made["shares"][0]["made_with"]), (&json!("March"), &token));
        let end = json!({ "tokens": [token], "feeds": true, "shares": true });
        let left = admin.post(&format!("{user}/end-access"), &end);
        assert_eq!(left.expect_status(200).json, json!({ "sessions": [], "tokens": [], "feeds": [], "shares": [] }));
        person.client.get("/api/v1/me").expect_status(401);
        let access = admin.get(&format!("{user}/access")).expect_status(200);
        assert_eq!(access.json["feeds"], json!([]));
    }

    fn password_change_ends_tokens_and_feeds_on_request(server: &Server) {
        let person = server.person(&["staff"]);
        let (here, there) = (signed_in(server, &person), signed_in(server, &person));
        let change = json!({ "current": PASSWORD, "new": "mountain cloud boat" });
        let left = here.post("/api/v1/me/password", &change).expect_status(200);
        assert_eq!(left.json["tokens"].as_array().map(Vec::len), Some(1), "listed, not ended");
        there.get("/api/v1/me").expect_status(401);
        let csrf = csrf_token(&here);
        let fields = [("csrf_token", csrf.as_str()), ("current_password", "mountain cloud boat"),
            ("password", "boat cloud mountain"), ("end_access", "true")];
        here.post_form("/me/password", &fields).expect_status(303);
        person.client.get("/api/v1/me").expect_status(401);
        here.get("/api/v1/me").expect_status(200);
    }

    fn signing_in_again_in_a_browser_replaces_its_session(server: &Server) {
        let person = server.person(&["staff"]);
        let first = with_cookie(server, &sign_in(server, &person.username, PASSWORD, "/").expect_status(303));
        let elsewhere = signed_in(server, &person);
        let fields = [("username", person.username.as_str()), ("password", PASSWORD)];
        let second = first.post_form("/login", &fields).expect_status(303);
        first.get("/api/v1/me").expect_status(401);
        let second = with_cookie(server, &second);
        assert_eq!(second.get("/api/v1/me/sessions").json["items"].as_array().map(Vec::len), Some(2));
        // A session secret chosen by someone else is not accepted.
        let fixed = server.anonymous().with_header("cookie", "obcms_session=chosen");
        let answer = fixed.post_form("/login", &fields).expect_status(303);
        assert!(!answer.header("set-cookie").contains("chosen"));

        elsewhere.delete("/api/v1/me/sessions").expect_status(204);
        second.get("/api/v1/me").expect_status(401);
        elsewhere.get("/api/v1/me").expect_status(200);
    }

    fn https_cookie_is_bound_to_the_host(server: &Server) {
        let person = server.person(&["staff"]);
        let fields = [("username", person.username.as_str()), ("password", PASSWORD)];
        let plain = server.anonymous().post_form("/login", &fields).expect_status(303);
        assert!(plain.header("set-cookie").starts_with("obcms_session=") && !plain.header("set-cookie").contains("Secure"));
        // Anybody can claim HTTPS; only a trusted proxy is believed.
        let claimed = server.anonymous().with_header("x-forwarded-proto", "https").post_form("/login", &fields);
        assert!(claimed.header("set-cookie").starts_with("obcms_session="));

        let proxy = server.behind_proxy();
        let client = proxy.anonymous().with_header("x-forwarded-proto", "https");
        let answer = client.post_form("/login", &fields).expect_status(303);
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-obcms_session=") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(cookie.contains("Path=/;") && !cookie.contains("Domain"), "{cookie}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        let cookie = cookie.split(';').next().unwrap_or_default();
        let session = client.with_header("cookie", cookie);
        session.get("/api/v1/me").expect_status(200);
        // A neighboring host can plant a cookie with the plain name.
        client.with_header("cookie", cookie.trim_start_matches("__Host-")).get("/api/v1/me").expect_status(401);
        let csrf = csrf_token(&session);
        let out = session.post_form("/logout", &[("csrf_token", &csrf)]).expect_status(303);
        assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
        session.get("/api/v1/me").expect_status(401);
    }

    fn guessable_passwords_are_refused_with_a_reason(server: &Server) {
        let person = server.person_with(json!({ "roles": ["staff"], "full_name": "Amina Abdullah", "email": "aminah@lamitan.example.org" }));
        let session = signed_in(server, &person);
        let change = |new: &str| session.post("/api/v1/me/password", &json!({ "current": PASSWORD, "new": new }));
        let blanks = " ".repeat(16);
        for (new, code) in [
            ("short", "too_short"), (blanks.as_str(), "too_short"), ("Password2026!", "common"),
            ("dragonmonkey12", "common"), ("ababababababab", "too_simple"), ("200119722003", "too_simple"),
            ("the obcms of 2026", "context"), ("abdullah by the sea", "context"), ("lamitan by the sea", "context"),
        ] {
            assert_eq!(change(new).expect_status(422).errors("code"), [code], "{new}");
        }
        // Decomposed and composed characters are the same characters.
        change("man\u{303}ana by the sea").expect_status(200);
        sign_in(server, &person.username, "ma\u{f1}ana by the sea", "/").expect_status(303);
    }

    fn restored_account_has_no_sessions_or_tokens(server: &Server) {
        let person = server.person(&["staff"]);
        let session = signed_in(server, &person);
        let admin = server.as_role("admin");
        let user = format!("/api/v1/users/{}", person.id);
        admin.delete(&user).expect_status(204);
        admin.post(&format!("{user}/restore"), &json!({})).expect_status(200);
        person.client.get("/api/v1/me").expect_status(401);
        session.get("/api/v1/me").expect_status(401);
    }

    fn password_hashes_are_never_exposed(server: &Server) {
        let person = server.person(&["staff"]);
        let admin = server.as_role("admin");
        let user = format!("/api/v1/users/{}", person.id);
        for path in [user.as_str(), &format!("{user}/history"), "/api/v1/users?limit=500", "/api/v1/me"] {
            let answer = admin.get(path).expect_status(200);
            assert!(!answer.text.contains("argon2") && !answer.text.contains("password_hash"), "{}", answer.text);
        }
        let grab = json!({ "password_hash": "x" });
        admin.patch(&user, &grab).expect_status(422);
        person.client.patch("/api/v1/me", &json!({ "roles": ["admin"] })).expect_status(422);
    }
}
