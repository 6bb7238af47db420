//! External calendars: subscriptions by address, and imports from files. `external_fetching.rs` tests how they are
//! fetched.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use obcms_app::jobs::run_next;
use obcms_app::records::Input;
use obcms_app::{Actor, App, Entropy, HANDLERS, Options};
use obcms_domain::kinds::EXTERNAL_CALENDAR;
use obcms_tests::other::{Other, answer};
use obcms_tests::{Client, Engine, Server, TestClock, on_both_engines};
use serde_json::{Value as Json, json};
use ureq::http::Method;

fn calendar(events: &[String]) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nX-WR-CALNAME:Supreme Court\r\n{}END:VCALENDAR\r\n",
        events.concat()
    )
}

fn event(uid: &str, title: &str, more: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20270101T000000Z\r\nSUMMARY:{title}\r\n{more}END:VEVENT\r\n"
    )
}

fn at(start: &str, end: &str) -> String {
    format!("DTSTART:{start}\r\nDTEND:{end}\r\n")
}

/// Returns the same application with permission to fetch from this machine.
fn allowed(server: &Server) -> App {
    let options = Options { allow_private_addresses: true, ..Options::default() };
    App::new(server.app().database().clone(), Arc::new(TestClock), Entropy::system(), options).unwrap()
}

/// Runs all due jobs; returns their number.
fn work_off(app: &App) -> usize {
    std::iter::from_fn(|| run_next(app, HANDLERS, "test").unwrap()).take(100).count()
}

/// Subscribes to a calendar, which may be on this machine if the application allows it.
fn subscribe(app: &App, address: &str) -> String {
    let mut input = Input::new();
    input.insert("name".to_owned(), json!("Hearings"));
    input.insert("address".to_owned(), json!(address));
    let made = app.create(&Actor::program(), &EXTERNAL_CALENDAR, &input).unwrap();
    assert_eq!(made.text("last_status"), "waiting");
    made.id.to_string()
}

fn read(client: &Client, id: &str) -> Json {
    client.get(&format!("/api/v1/external-calendars/{id}")).expect_status(200).json
}

fn fetch_now(client: &Client, app: &App, id: &str) -> Json {
    let asked =
        client.post(&format!("/api/v1/external-calendars/{id}/fetch"), &json!({})).expect_status(202).json;
    assert!(asked["next_fetch_at"].is_string());
    assert_eq!(work_off(app), 1);
    read(client, id)
}

fn events(client: &Client, query: &str) -> Vec<Json> {
    let listed =
        client.get(&format!("/api/v1/external-events?sort=title&limit=500{query}")).expect_status(200);
    listed.json["items"].as_array().unwrap().clone()
}

fn titles(client: &Client) -> Vec<String> {
    events(client, "").iter().map(|event| event["title"].as_str().unwrap().to_owned()).collect()
}

fn entries(client: &Client, start: &str, end: &str) -> Vec<(String, String)> {
    let feed = client
        .get(&format!("/api/v1/calendar?start={start}&end={end}&modules=external"))
        .expect_status(200)
        .json;
    let text = |entry: &Json, name: &str| entry[name].as_str().unwrap().to_owned();
    feed["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (text(entry, "start"), text(entry, "title")))
        .collect()
}

/// Start and end of the window of the tests.
const WINDOW: (&str, &str) = ("2027-03-01", "2027-04-01");

on_both_engines! {
    fn subscription_is_fetched_conditionally(server: &Server) {
        let content = Arc::new(Mutex::new(calendar(&[
            event("one", "Oral arguments", &at("20270302T010000Z", "20270302T030000Z")),
            event("two", "Holiday of the court", "DTSTART;VALUE=DATE:20270310\r\nDTEND;VALUE=DATE:20270312\r\n"),
        ])));
        let other = Other::with_calendar(&content);
        let app = allowed(server);
        let coordinator = server.as_role("coordinator");
        let id = subscribe(&app, &other.url());
        assert_eq!(work_off(&app), 1);

        let fetched = read(&coordinator, &id);
        assert_eq!((&fetched["last_status"], &fetched["event_count"]), (&json!("current"), &json!(2)));
        assert_eq!(fetched["last_error"], Json::Null);
        assert!(fetched.get("etag").is_none(), "{fetched}");
        let staff = server.as_role("staff");
        assert_eq!(
            entries(&staff, WINDOW.0, WINDOW.1),
            [
                ("2027-03-02T09:00:00+08:00".to_owned(), "Oral arguments".to_owned()),
                ("2027-03-10".to_owned(), "Holiday of the court".to_owned()),
            ]
        );
        let holiday = &events(&staff, "&q=holiday")[0];
        assert_eq!((&holiday["start"], &holiday["end"]), (&json!("2027-03-10"), &json!("2027-03-12")));

        // The second fetch is conditional, and writes nothing.
        let version = holiday["version"].clone();
        let again = fetch_now(&coordinator, &app, &id);
        assert_eq!(again["last_status"], "current");
        assert_ne!(again["last_fetched_at"], fetched["last_fetched_at"]);
        let asked = other.asked();
        assert_eq!(asked.len(), 2);
        assert!(!asked[0].contains("if-none-match"));
        assert!(asked[1].contains("if-none-match: \"v") && asked[1].contains("if-modified-since: mon, 04 jan 2027"), "{}", asked[1]);
        assert_eq!(events(&staff, "&q=holiday")[0]["version"], version);
        // The next fetch is scheduled.
        let next = app.next_fetch(id.parse().unwrap()).unwrap().unwrap();
        assert!(next > app.now() && next <= app.now() + Duration::from_secs(3700));
        assert_eq!(work_off(&app), 0);
    }

    fn changes_of_the_source_are_applied(server: &Server) {
        let march = |day: &str| at(&format!("202703{day}T010000Z"), &format!("202703{day}T020000Z"));
        let content = Arc::new(Mutex::new(calendar(&[
            event("one", "First", &march("02")),
            event("two", "Second", &march("03")),
        ])));
        let other = Other::with_calendar(&content);
        let app = allowed(server);
        let coordinator = server.as_role("coordinator");
        let id = subscribe(&app, &other.url());
        work_off(&app);
        let second = events(&coordinator, "&q=second")[0]["id"].clone();

        *content.lock().unwrap() = calendar(&[
            event("one", "First, moved", &march("05")),
            event("three", "Third", &march("04")),
        ]);
        let fetched = fetch_now(&coordinator, &app, &id);
        assert_eq!(fetched["event_count"], 2);
        assert_eq!(titles(&coordinator), ["First, moved", "Third"]);
        let gone = coordinator.get(&format!("/api/v1/external-events/{}", second.as_str().unwrap())).json;
        assert!(gone["archived_at"].is_string());
        assert_eq!(entries(&coordinator, WINDOW.0, WINDOW.1).len(), 2);

        // It is restored as the same event.
        *content.lock().unwrap() = calendar(&[event("two", "Second", &march("03"))]);
        fetch_now(&coordinator, &app, &id);
        assert_eq!(titles(&coordinator), ["Second"]);
        assert_eq!(events(&coordinator, "")[0]["id"], second);
        let job = coordinator_job(server);
        assert!(job.contains("0 new, 1 changed, 0 unchanged, 2 removed"), "{job}");
    }

    fn series_with_overrides_is_one_record(server: &Server) {
        let weekly = "DTSTART;TZID=Europe/Berlin:20270301T090000\r\nDTEND;TZID=Europe/Berlin:20270301T100000\r\n\
                      RRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE;TZID=Europe/Berlin:20270308T090000\r\n";
        let moved = "RECURRENCE-ID;TZID=Europe/Berlin:20270315T090000\r\nDTSTART;TZID=Europe/Berlin:20270316T110000\r\n\
                     DTEND;TZID=Europe/Berlin:20270316T120000\r\n";
        let cancelled = "RECURRENCE-ID:20270322T080000Z\r\nDTSTART:20270322T080000Z\r\nDTEND:20270322T090000Z\r\n\
                         STATUS:CANCELLED\r\n";
        let alone = "RECURRENCE-ID:20270305T010000Z\r\nDTSTART:20270305T010000Z\r\nDTEND:20270305T020000Z\r\n";
        let content = Arc::new(Mutex::new(calendar(&[
            event("s", "Jour fixe", weekly),
            event("s", "Jour fixe, another day", moved),
            event("s", "Jour fixe", cancelled),
            event("invited", "Only this one", alone),
        ])));
        let other = Other::with_calendar(&content);
        let app = allowed(server);
        let coordinator = server.as_role("coordinator");
        let id = subscribe(&app, &other.url());
        work_off(&app);
        assert_eq!(read(&coordinator, &id)["event_count"], 2);
        let found = entries(&coordinator, WINDOW.0, WINDOW.1);
        assert_eq!(
            found,
            [
                ("2027-03-01T09:00:00+01:00".to_owned(), "Jour fixe".to_owned()),
                ("2027-03-05T09:00:00+08:00".to_owned(), "Only this one".to_owned()),
                ("2027-03-16T11:00:00+01:00".to_owned(), "Jour fixe, another day".to_owned()),
                // The day before, Berlin changed to daylight saving time.
                ("2027-03-29T09:00:00+02:00".to_owned(), "Jour fixe".to_owned()),
            ]
        );
        // The next sync finds all of it.
        content.lock().unwrap().push_str("\r\n");
        fetch_now(&coordinator, &app, &id);
        assert!(coordinator_job(server).contains("0 new, 0 changed, 2 unchanged, 0 removed"));
        assert_eq!(entries(&coordinator, WINDOW.0, WINDOW.1), found);
    }

    fn local_addresses_require_permission(server: &Server) {
        let content = Arc::new(Mutex::new(calendar(&[])));
        let other = Other::with_calendar(&content);
        let coordinator = server.as_role("coordinator");
        // The subscription was created while that was allowed.
        let id = subscribe(&allowed(server), &other.url());
        assert_eq!(work_off(server.app()), 1);
        let failed = read(&coordinator, &id);
        assert_eq!(failed["last_status"], "failed");
        let error = failed["last_error"].as_str().unwrap();
        assert!(error.contains("not on the public internet") && error.contains("OBCMS_ALLOW_PRIVATE_ADDRESSES"), "{error}");
        assert!(other.asked().is_empty(), "it was asked all the same");
        // The page shows it, too, and the job waits before it tries again.
        let page = coordinator.get(&format!("/external-calendars/{id}")).expect_status(200).text;
        assert!(page.contains("not on the public internet") && page.contains("Fetch now"), "{page}");
        assert!(server.app().next_fetch(id.parse().unwrap()).unwrap().unwrap() > server.app().now() + Duration::from_secs(200));
        // Once allowed, the error is cleared.
        let fetched = fetch_now(&coordinator, &allowed(server), &id);
        assert_eq!((&fetched["last_status"], &fetched["last_error"]), (&json!("current"), &Json::Null));
    }

    fn errors_of_the_source_are_reported(server: &Server) {
        let app = allowed(server);
        let coordinator = server.as_role("coordinator");
        let broken = |status: &'static str, body: &'static str| {
            Other::start(Box::new(move |_, stream| answer(stream, status, "", body)))
        };
        for (other, expected) in [
            (broken("404 Not Found", ""), "404 Not Found; the calendar no longer exists"),
            (broken("401 Unauthorized", ""), "not public"),
            (broken("503 Service Unavailable", ""), "error of that server"),
            (broken("200 OK", "<html>Sign in</html>"), "not a calendar file"),
            (broken("200 OK", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"), "incomplete"),
            (broken("302 Found", ""), "redirects without an address"),
        ] {
            let id = subscribe(&app, &other.url());
            work_off(&app);
            let error = read(&coordinator, &id)["last_error"].as_str().unwrap().to_owned();
            assert!(error.contains(expected), "{error}");
        }
        // No server listens there.
        let id = subscribe(&app, "http://127.0.0.1:1/c.ics");
        work_off(&app);
        let failed = read(&coordinator, &id);
        assert!(failed["last_error"].as_str().unwrap().contains("refuses the connection"), "{failed}");
        // A failing subscription does not make the health check fail.
        assert!(server.app().job_health().unwrap().verdict().is_ok());
    }

    fn recovered_source_clears_the_error(server: &Server) {
        let content = Arc::new(Mutex::new(String::new()));
        let there = content.clone();
        let other = Other::start(Box::new(move |_, stream| {
            let body = there.lock().unwrap().clone();
            answer(stream, if body.is_empty() { "404 Not Found" } else { "200 OK" }, "", &body);
        }));
        let file = calendar(&[event("one", "First", &at("20270302T010000Z", "20270302T020000Z"))]);
        content.lock().unwrap().clone_from(&file);
        let app = allowed(server);
        let coordinator = server.as_role("coordinator");
        let id = subscribe(&app, &other.url());
        work_off(&app);
        // 404: the events stay until the calendar is available again, and the intervals between attempts grow.
        content.lock().unwrap().clear();
        let mut pauses = Vec::new();
        for _ in 0..3 {
            let failed = fetch_now(&coordinator, &app, &id);
            assert_eq!((&failed["last_status"], &failed["event_count"]), (&json!("failed"), &json!(1)));
            assert!(failed["last_error"].as_str().unwrap().contains("404 Not Found"), "{failed}");
            pauses.push(app.next_fetch(id.parse().unwrap()).unwrap().unwrap().duration_since(app.now()).as_secs());
        }
        assert!(pauses[0] >= 200, "{pauses:?}");
        assert_eq!(titles(&coordinator), ["First"]);
        *content.lock().unwrap() = file;
        let well = fetch_now(&coordinator, &app, &id);
        assert_eq!((&well["last_status"], &well["last_error"]), (&json!("current"), &Json::Null));
        assert_eq!(titles(&coordinator), ["First"]);
    }

    fn private_address_is_refused_on_input(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let calendars = "/api/v1/external-calendars";
        for closed in [
            "http://localhost:8080/c.ics", "webcal://127.0.0.1/c.ics", "http://127.1/c.ics", "http://2130706433/",
            "https://10.1.2.3/c.ics", "https://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/c.ics", "http://[fe80::1]/c.ics",
        ] {
            let input = json!({ "name": "Inside", "address": closed });
            let refused = coordinator.post(calendars, &input).expect_status(422);
            assert_eq!(refused.errors("field"), ["address"], "{closed}");
            assert!(refused.text.contains("not on the public internet"), "{}", refused.text);
        }
        assert_eq!(coordinator.get(calendars).json["total"], 0);

        let open = json!({ "name": "Outside", "address": "https://a.example/c.ics" });
        let made = coordinator.post(calendars, &open).expect_status(201).json;
        let one = format!("{calendars}/{}", made["id"].as_str().unwrap());
        coordinator.patch(&one, &json!({ "address": "https://10.0.0.1/c.ics" })).expect_status(422);
        // A subscription created while allowed can be renamed, but not get another such address.
        let inside = subscribe(&allowed(server), "http://10.1.2.3/c.ics");
        let inside = format!("{calendars}/{inside}");
        coordinator.patch(&inside, &json!({ "name": "Ours" })).expect_status(200);
        coordinator.patch(&inside, &json!({ "address": "http://10.1.2.4/c.ics" })).expect_status(422);
    }

    fn addresses_are_validated_on_input(server: &Server) {
        let coordinator = server.as_role("coordinator");
        for wrong in ["ftp://a.example/c.ics", "file:///etc/passwd", "a.example", "https://u:p@a.example/c.ics", "https://"] {
            let refused = coordinator
                .post("/api/v1/external-calendars", &json!({ "name": "Wrong", "address": wrong }))
                .expect_status(422);
            assert_eq!(refused.errors("field"), ["address"], "{wrong}");
        }
        for (name, value) in [("refresh_minutes", 1), ("refresh_minutes", 100_000)] {
            let refused = coordinator
                .post("/api/v1/external-calendars", &json!({ "name": "Wrong", name: value }))
                .expect_status(422);
            assert_eq!(refused.errors("field"), [name]);
        }
        coordinator
            .post("/api/v1/external-calendars", &json!({ "name": "Right", "address": "webcal://a.example/c.ics" }))
            .expect_status(201);
    }

    fn subscription_address_is_secret(server: &Server) {
        const ADDRESS: &str = "https://calendar.example/private-s3cret/basic.ics?key=s3cret";
        const MASKED: &str = "https://calendar.example/…";
        let stored = |sql: &str| -> Vec<String> {
            let rows = server.app().read(|tx| Ok(tx.query(sql, &[])?)).unwrap();
            rows.iter().map(|row| row.get::<Option<String>>(0).unwrap().unwrap_or_default()).collect()
        };
        let everywhere = || {
            let mut found = stored("SELECT address FROM external_calendars");
            found.extend(stored("SELECT fetched_address FROM external_calendars"));
            found.extend(stored("SELECT fields FROM changes"));
            found.extend(stored("SELECT body FROM idempotency_keys"));
            found.extend(stored("SELECT last_error FROM jobs"));
            found.join("\n")
        };
        let keyed = server.as_role("coordinator").with_header("idempotency-key", "once");
        let body = json!({ "name": "Hearings", "address": ADDRESS, "is_active": false });
        let made = keyed.post("/api/v1/external-calendars", &body).expect_status(201);
        assert_eq!(keyed.post("/api/v1/external-calendars", &body).expect_status(201).text, made.text);
        let (id, coordinator) = (made.json["id"].as_str().unwrap(), server.as_role("coordinator"));
        let (one, all) = (format!("/api/v1/external-calendars/{id}"), "/api/v1/external-calendars");
        coordinator.patch(&one, &json!({ "address": format!("{ADDRESS}&more=s3cret") })).expect_status(200);
        assert!(!everywhere().contains("s3cret"), "{}", everywhere());
        assert_eq!(stored("SELECT address FROM external_calendars").len(), 1);

        // Actors who may edit it see the whole address; others see only the host.
        let reader = coordinator.post("/api/v1/me/tokens", &json!({ "name": "reader", "scope": "read" }));
        let reader = server.anonymous().with_token(reader.expect_status(201).json["token"].as_str().unwrap());
        let paths = [one.clone(), all.to_owned(), format!("{one}/history"), format!("{all}/export.csv"),
            format!("/external-calendars/{id}"), format!("/external-calendars/{id}?tab=history"),
            "/external-calendars".to_owned()];
        for path in &paths {
            assert!(coordinator.get(path).expect_status(200).text.contains("more=s3cret"), "{path}");
            for other in [&server.as_role("staff"), &server.as_role("executive"), &reader] {
                let answer = other.get(path).expect_status(200);
                assert!(!answer.text.contains("s3cret") && answer.text.contains(MASKED), "{path}: {}", answer.text);
            }
        }
        let found = server.as_role("staff").get("/api/v1/search?q=s3cret").expect_status(200);
        assert!(!found.text.contains(id), "{}", found.text);
        for parameter in ["sort=address", "address=https://calendar.example/", "address_from=a"] {
            coordinator.get(&format!("{all}?{parameter}")).expect_status(400);
        }

        // Undo works on sealed fields.
        coordinator.post(&format!("{one}/undo"), &json!({})).expect_status(200);
        assert_eq!(read(&coordinator, id)["address"], ADDRESS);
        let renamed = coordinator.patch(&one, &json!({ "name": "Courts", "address": ADDRESS })).expect_status(200);
        assert_eq!(renamed.json["address"], ADDRESS);

        // Values stored in plain text by older releases are sealed at the start, in the change log as well.
        let plain = format!(
            "UPDATE external_calendars SET address = '{ADDRESS}', fetched_address = '{ADDRESS}';
             UPDATE changes SET fields = '{{\"name\":[null,\"Hearings\"],\"address\":[null,\"{ADDRESS}\"]}}'
             WHERE kind = 'external_calendar' AND action = 'create';
             DELETE FROM settings WHERE name = 'sealed_log'"
        );
        server.app().database().write(|tx| tx.batch(&plain)).unwrap();
        assert!(everywhere().matches("private-s3cret").count() == 3, "{}", everywhere());
        server.app().seal_secrets().unwrap();
        assert!(!everywhere().contains("s3cret"), "{}", everywhere());
        assert_eq!(read(&coordinator, id)["address"], ADDRESS);
        assert!(coordinator.get(&format!("{one}/history")).text.contains(ADDRESS));
        assert_eq!(server.app().unreadable_secrets().unwrap(), (0, 2));
    }

    fn second_import_of_a_file_changes_nothing(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let day = |day: &str| format!("DTSTART;VALUE=DATE:202703{day}\r\n");
        let file = calendar(&[
            event("one", "First", &day("01")),
            event("two", "Second", &day("02")),
            event("bad", "No start", ""),
        ]);
        let made = import(&coordinator, "/api/v1/external-calendars/from-file", &file).expect_status(201);
        let (id, report) = (made.json["calendar"]["id"].as_str().unwrap().to_owned(), &made.json["report"]);
        assert_eq!(made.header("location"), format!("/api/v1/external-calendars/{id}"));
        assert_eq!(made.json["calendar"]["name"], "Supreme Court");
        assert_eq!((&report["created"], &report["skipped_count"]), (&json!(2), &json!(1)));
        assert_eq!(report["skipped"][0]["title"], "No start");
        assert!(!report["skipped"][0]["reason"].as_str().unwrap().is_empty());

        let path = format!("/api/v1/external-calendars/{id}/import");
        let again = import(&coordinator, &path, &file).expect_status(200).json;
        assert_eq!(
            (&again["created"], &again["updated"], &again["unchanged"], &again["removed"]),
            (&json!(0), &json!(0), &json!(2), &json!(0))
        );
        let other = calendar(&[event("two", "Second, renamed", &day("02")), event("three", "Third", &day("03"))]);
        let kept = import(&coordinator, &format!("{path}?keep=true"), &other).expect_status(200).json;
        assert_eq!((&kept["created"], &kept["updated"], &kept["removed"]), (&json!(1), &json!(1), &json!(0)));
        assert_eq!(titles(&coordinator), ["First", "Second, renamed", "Third"]);
        let whole = import(&coordinator, &path, &other).expect_status(200).json;
        assert_eq!((&whole["unchanged"], &whole["removed"]), (&json!(2), &json!(1)));
        assert_eq!(titles(&coordinator), ["Second, renamed", "Third"]);
        assert_eq!(read(&coordinator, &id)["event_count"], 2);
        // Events after the point of truncation are not known to be deleted.
        let cut = other[..other.find("END:VEVENT").unwrap()].to_owned();
        let cut = import(&coordinator, &path, &cut).expect_status(200).json;
        assert_eq!((&cut["removed"], &cut["skipped_count"]), (&json!(0), &json!(1)));
        assert_eq!(titles(&coordinator), ["Second, renamed", "Third"]);
        // No job fetches an imported file.
        assert!(server.app().next_fetch(id.parse().unwrap()).unwrap().is_none());
        coordinator.post(&format!("/api/v1/external-calendars/{id}/fetch"), &json!({})).expect_status(409);
    }

    fn nonstandard_rule_is_imported_and_reported(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let series = |uid: &str, rule: &str| event(uid, uid, &format!("DTSTART;VALUE=DATE:20270301\r\nRRULE:{rule}\r\n"));
        let file = calendar(&[
            series("Odd", "FREQ=WEEKLY;BYMONTHDAY=1,8,15,22,29;BYDAY=MO"),
            series("Plain", "FREQ=WEEKLY;COUNT=2"),
        ]);
        let report = import(&coordinator, "/api/v1/external-calendars/from-file", &file).expect_status(201).json["report"].clone();
        assert_eq!((&report["created"], &report["skipped_count"]), (&json!(2), &json!(1)), "{report}");
        let reason = report["skipped"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("Imported completely") && reason.contains("BYMONTHDAY must not be used with FREQ=WEEKLY"), "{reason}");
        assert_eq!(entries(&coordinator, WINDOW.0, WINDOW.1).iter().filter(|(_, title)| title == "Odd").count(), 5);
    }

    fn zone_of_the_calendar_is_used(server: &Server) {
        let named = calendar(&[event("one", "Briefing", &at("20270302T090000", "20270302T100000"))])
            .replace("PRODID", "X-WR-TIMEZONE:Europe/Berlin\r\nPRODID");
        let expected = [("2027-03-02T09:00:00+01:00".to_owned(), "Briefing".to_owned())];
        let coordinator = server.as_role("coordinator");
        let made = import(&coordinator, "/api/v1/external-calendars/from-file", &named).expect_status(201).json;
        assert_eq!(entries(&coordinator, WINDOW.0, WINDOW.1), expected);
        coordinator.delete(&format!("/api/v1/external-calendars/{}", made["calendar"]["id"].as_str().unwrap())).expect_status(204);
        assert_eq!(entries(&coordinator, WINDOW.0, WINDOW.1), []);
        let other = Other::with_calendar(&Arc::new(Mutex::new(named)));
        let app = allowed(server);
        subscribe(&app, &other.url());
        work_off(&app);
        assert_eq!(entries(&coordinator, WINDOW.0, WINDOW.1), expected);
    }

    fn files_are_validated(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let path = "/api/v1/external-calendars/from-file";
        for wrong in ["", "no calendar", "BEGIN:VEVENT", "{}"] {
            let refused = import(&coordinator, path, wrong);
            assert_eq!((refused.status, refused.errors("field")), (422, vec!["file"]), "{wrong}");
        }
        let large = calendar(&[format!("X-PAD:{}\r\n", "x".repeat(20 * 1024 * 1024))]);
        import(&coordinator, path, &large).expect_status(413);
        coordinator.post(path, &json!({})).expect_status(415);
        import(&coordinator, &format!("{path}?what=1"), &calendar(&[])).expect_status(400);
        let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.ics\"\r\n\r\n";
        let body = format!("{form}{}\r\n--b--\r\n", calendar(&[event("u", "By form", "DTSTART:20270301T000000Z\r\n")]));
        let made = coordinator
            .send(Method::POST, &format!("{path}?name=Given"), Some(("multipart/form-data; boundary=b", body.into_bytes())))
            .expect_status(201)
            .json;
        assert_eq!((&made["calendar"]["name"], &made["report"]["created"]), (&json!("Given"), &json!(1)));
        assert!(coordinator.get("/api/v1/external-calendars").json["total"] == 1, "a refused file made a calendar");
        let subscribed = subscribe(server.app(), "https://a.example/c.ics");
        import(&coordinator, &format!("/api/v1/external-calendars/{subscribed}/import"), &calendar(&[])).expect_status(409);
    }

    fn import_options_may_be_form_parts(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let part = |name: &str, value: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let form = |file: &str, parts: &str| {
            let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.ics\"\r\n\r\n";
            format!("{head}{file}\r\n{parts}--b--\r\n").into_bytes()
        };
        let send = |path: &str, body: Vec<u8>| coordinator.send(Method::POST, path, Some(("multipart/form-data; boundary=b", body)));
        let path = "/api/v1/external-calendars/from-file";
        let one = calendar(&[event("one", "One", "DTSTART:20270301T000000Z\r\n")]);
        let two = calendar(&[event("two", "Two", "DTSTART:20270302T000000Z\r\n")]);
        let made = send(path, form(&one, &part("name", "Given"))).expect_status(201).json;
        assert_eq!(made["calendar"]["name"], "Given");
        let into = format!("/api/v1/external-calendars/{}/import", made["calendar"]["id"].as_str().unwrap());
        let kept = send(&into, form(&two, &part("keep", "true"))).expect_status(200).json;
        assert_eq!((&kept["created"], &kept["removed"]), (&json!(1), &json!(0)));
        assert_eq!(titles(&coordinator), ["One", "Two"]);
        let refused = |path: &str, parts: &str, field: &str| {
            let answer = send(path, form(&one, parts)).expect_status(400);
            assert_eq!(answer.errors("field"), [field], "{parts}");
        };
        refused(path, &part("title", "Given"), "title");
        refused(path, &part("name", "A").repeat(2), "name");
        refused(&format!("{path}?name=A"), &part("name", "B"), "name");
        refused(&into, &part("keep", "perhaps"), "keep");
        refused("/api/v1/organizations/import", &part("name", "A"), "name");
        assert_eq!(coordinator.get("/api/v1/external-calendars").json["total"], 1);
    }

    fn added_period_keeps_its_duration(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let file = calendar(&[event("one", "One", "DTSTART:20270301T010000Z\r\nDTEND:20270301T020000Z\r\nRRULE:FREQ=DAILY;COUNT=1\r\nRDATE;VALUE=PERIOD:20270305T010000Z/PT3H,20270306T010000Z/20270306T013000Z\r\n")]);
        import(&coordinator, "/api/v1/external-calendars/from-file", &file).expect_status(201);
        let shown = coordinator.get("/api/v1/calendar?start=2027-03-01&end=2027-04-01&modules=external").expect_status(200).json;
        let lengths: Vec<i64> = shown["entries"].as_array().unwrap().iter().map(|entry| {
            let at = |name: &str| entry[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
            (at("end") - at("start")) / 60
        }).collect();
        assert_eq!(lengths, [60, 180, 30]);
    }

    fn override_may_change_between_timed_and_all_day(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let zone = "TZID=Asia/Manila";
        let file = calendar(&[
            event("timed", "Timed", &format!("DTSTART;{zone}:20270301T090000\r\nDTEND;{zone}:20270301T100000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n")),
            event("timed", "Timed, a day", &format!("RECURRENCE-ID;{zone}:20270302T090000\r\nDTSTART;VALUE=DATE:20270302\r\nDTEND;VALUE=DATE:20270304\r\n")),
            event("days", "Days", "DTSTART;VALUE=DATE:20270311\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"),
            event("days", "Days, at nine", &format!("RECURRENCE-ID;VALUE=DATE:20270312\r\nDTSTART;{zone}:20270312T090000\r\nDTEND;{zone}:20270312T103000\r\n")),
        ]);
        let made = import(&coordinator, "/api/v1/external-calendars/from-file", &file).expect_status(201).json;
        assert_eq!((&made["report"]["created"], &made["report"]["skipped_count"]), (&json!(2), &json!(0)), "{made}");
        let path = "/api/v1/calendar?start=2027-03-01&end=2027-04-01&modules=external";
        let shown = coordinator.get(path).expect_status(200).json;
        let mut shown: Vec<[String; 3]> = shown["entries"].as_array().unwrap().iter()
            .map(|entry| ["title", "start", "end"].map(|name| entry[name].as_str().unwrap().to_owned()))
            .collect();
        shown.sort();
        let expected = [
            ["Days", "2027-03-11", "2027-03-12"],
            ["Days", "2027-03-13", "2027-03-14"],
            ["Days, at nine", "2027-03-12T09:00:00+08:00", "2027-03-12T10:30:00+08:00"],
            ["Timed", "2027-03-01T09:00:00+08:00", "2027-03-01T10:00:00+08:00"],
            ["Timed", "2027-03-03T09:00:00+08:00", "2027-03-03T10:00:00+08:00"],
            ["Timed, a day", "2027-03-02", "2027-03-04"],
        ];
        assert_eq!(shown, expected.map(|row| row.map(str::to_owned)));
        // The iCalendar export has the same.
        let told = coordinator.get("/calendar.ics?modules=external").expect_status(200).text;
        for line in [
            "RECURRENCE-ID;TZID=Asia/Manila:20270302T090000", "DTSTART;VALUE=DATE:20270302", "DTEND;VALUE=DATE:20270304",
            "RECURRENCE-ID;VALUE=DATE:20270312", "DTSTART;TZID=Asia/Manila:20270312T090000", "DTEND;TZID=Asia/Manila:20270312T103000",
        ] {
            assert!(told.contains(&format!("{line}\r\n")), "{line} in {told}");
        }
        let id = made["calendar"]["id"].as_str().unwrap();
        let again = import(&coordinator, &format!("/api/v1/external-calendars/{id}/import"), &file).expect_status(200).json;
        assert_eq!((&again["unchanged"], &again["updated"]), (&json!(2), &json!(0)));
    }

    fn events_are_archived_with_their_calendar(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let many: Vec<String> =
            (1..=450).map(|number| event(&format!("u{number}"), &format!("Number {number}"), "DTSTART;VALUE=DATE:20270301\r\n")).collect();
        let made = import(&coordinator, "/api/v1/external-calendars/from-file", &calendar(&many)).expect_status(201).json;
        let id = made["calendar"]["id"].as_str().unwrap().to_owned();
        let shown = || entries(&coordinator, WINDOW.0, WINDOW.1).len();
        assert_eq!(shown(), 450);
        import(&coordinator, &format!("/api/v1/external-calendars/{id}/import"), &calendar(&many[..449])).expect_status(200);
        assert_eq!(shown(), 449);

        let path = format!("/api/v1/external-calendars/{id}");
        coordinator.delete(&path).expect_status(204);
        assert_eq!((shown(), titles(&coordinator).len()), (0, 0));
        import(&coordinator, &format!("{path}/import"), &calendar(&many)).expect_status(409);
        // Events archived before stay archived.
        coordinator.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        assert_eq!((shown(), titles(&coordinator).len()), (449, 449));
        let words = coordinator.get("/api/v1/external-events?q=number+17").expect_status(200).json;
        assert_eq!(words["total"], 11);
        // Undo of the archiving equals restoring.
        coordinator.delete(&path).expect_status(204);
        coordinator.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert_eq!(shown(), 449);
        let history = {
            let one = events(&coordinator, "&q=number+17")[0]["id"].as_str().unwrap().to_owned();
            coordinator.get(&format!("/api/v1/external-events/{one}/history")).expect_status(200).json
        };
        assert_eq!(history["items"].as_array().unwrap().len(), 5, "{history}");
    }

    fn inactive_subscription_has_no_job(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let id = subscribe(server.app(), "https://a.example/c.ics");
        let next = || server.app().next_fetch(id.parse().unwrap()).unwrap();
        assert!(next().is_some());
        let path = format!("/api/v1/external-calendars/{id}");
        coordinator.patch(&path, &json!({ "is_active": false })).expect_status(200);
        assert!(next().is_none());
        coordinator.patch(&path, &json!({ "is_active": true })).expect_status(200);
        assert!(next().is_some());
        coordinator.delete(&path).expect_status(204);
        assert!(next().is_none());
        coordinator.post(&format!("{path}/fetch"), &json!({})).expect_status(409);
        coordinator.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        assert!(next().is_some());
    }

    fn imported_events_are_read_only(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let file = calendar(&[event("one", "First", "DTSTART:20270302T010000Z\r\nDTEND:20270302T020000Z\r\n")]);
        let made = import(&coordinator, "/api/v1/external-calendars/from-file", &file).expect_status(201).json;
        let id = made["calendar"]["id"].as_str().unwrap();
        let event = events(&coordinator, "")[0]["id"].as_str().unwrap().to_owned();
        let admin = server.as_role("admin");
        assert!(admin.patch(&format!("/api/v1/external-events/{event}"), &json!({ "title": "Mine" })).status >= 400);
        assert!(admin.delete(&format!("/api/v1/external-events/{event}")).status >= 400);
        assert_eq!(titles(&admin), ["First"]);
        let feed = admin.get("/api/v1/calendar?start=2027-03-01&end=2027-03-08&modules=external").json;
        assert_eq!(feed["entries"][0]["editable"], false);
        let entry = feed["entries"][0]["id"].as_str().unwrap();
        let moved = admin.patch(
            &format!("/api/v1/calendar/entries/{entry}"),
            &json!({ "start": "2027-03-03T09:00:00+08:00", "end": "2027-03-03T10:00:00+08:00" }),
        );
        assert!((400..500).contains(&moved.status), "{}", moved.status);

        for role in ["staff", "executive", "budget_officer"] {
            let person = server.as_role(role);
            assert_eq!(entries(&person, WINDOW.0, WINDOW.1).len(), 1, "{role}");
            person.get(&format!("/external-calendars/{id}")).expect_status(200);
            import(&person, "/api/v1/external-calendars/from-file", &file).expect_status(403);
            import(&person, &format!("/api/v1/external-calendars/{id}/import"), &file).expect_status(403);
            person.post(&format!("/api/v1/external-calendars/{id}/fetch"), &json!({})).expect_status(403);
            person.get("/external-calendars/from-file").expect_status(403);
        }
        let partner = server.as_role("partner");
        assert!(entries(&partner, WINDOW.0, WINDOW.1).is_empty());
        assert!(titles(&partner).is_empty());
        partner.get(&format!("/api/v1/external-calendars/{id}")).expect_status(404);
    }
}

/// Returns the result of the last fetch, as administrators see it.
fn coordinator_job(server: &Server) -> String {
    let jobs = server.as_role("admin").get("/api/v1/jobs?kind=fetch_calendar").expect_status(200).json;
    jobs["items"][0]["last_result"].as_str().unwrap_or_default().to_owned()
}

fn import(client: &Client, path: &str, file: &str) -> obcms_tests::Answer {
    client.send(Method::POST, path, Some(("text/calendar; charset=utf-8", file.as_bytes().to_vec())))
}

/// Simulates a crash in the middle: the database refuses one of the events.
#[test]
fn interrupted_import_is_completed_by_the_next_one() {
    let server = Server::start(Engine::Sqlite);
    let coordinator = server.as_role("coordinator");
    let many: Vec<String> = (1..=900)
        .map(|number| {
            event(&format!("u{number}"), &format!("Number {number}"), "DTSTART;VALUE=DATE:20270301\r\n")
        })
        .collect();
    let sql = |text: &str| server.app().database().write(|tx| tx.execute(text, &[]).map(|_| ())).unwrap();
    sql(
        "CREATE TRIGGER stop BEFORE INSERT ON external_events WHEN (SELECT count(*) FROM external_events) = 500 \
         BEGIN SELECT RAISE(ABORT, 'stopped'); END",
    );
    let path = "/api/v1/external-calendars/from-file";
    assert_ne!(import(&coordinator, path, &calendar(&many)).status, 201);
    sql("DROP TRIGGER stop");

    let listed = coordinator.get("/api/v1/external-calendars").expect_status(200).json;
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed["items"][0]["last_status"], "reading", "it says that it is not whole");
    let page = coordinator.get(&format!("/external-calendars/{id}")).expect_status(200).text;
    assert!(page.contains("A file is being imported"), "{page}");
    let there = titles(&coordinator).len();
    assert!((1..900).contains(&there), "{there}");

    let again = import(&coordinator, &format!("/api/v1/external-calendars/{id}/import"), &calendar(&many));
    let report = again.expect_status(200).json;
    assert_eq!(report["created"].as_u64().unwrap() + report["unchanged"].as_u64().unwrap(), 900, "{report}");
    assert_eq!(read(&coordinator, &id)["event_count"], 900);
    assert_eq!(read(&coordinator, &id)["last_status"], "file");
    let page = coordinator.get(&format!("/external-calendars/{id}")).expect_status(200).text;
    assert!(!page.contains("A file is being imported"));
}
