//! iCalendar export as read by the Python package `icalendar`. The browser tests read it with `ical.js`.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use obcms_tests::{Client, on_both_engines};
use serde_json::{Value, json};
use ureq::http::Method;

const READERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/readers");

const WINDOW: &str = "start=2027-01-01&end=2028-01-01";

fn make(client: &Client, collection: &str, body: &Value) -> String {
    let made = client.post(&format!("/api/v1/{collection}"), body).expect_status(201).json;
    made["id"].as_str().unwrap().to_owned()
}

/// Returns the output of a Python script for a calendar. Fails without the packages of `scripts/lib/readers.txt`, because a
/// skipped comparison proves nothing.
fn python(script: &str, arguments: &[&str], calendar: &[u8]) -> Value {
    const OF_BUILD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/readers/bin/python3");
    let has_readers = |python: &str| {
        let imported = ["-c", "import recurring_ical_events"];
        Command::new(python)
            .args(imported)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let chosen = std::env::var("OBCMS_TEST_PYTHON").ok();
    let python = match &chosen {
        Some(chosen) => chosen.as_str(),
        None => [OF_BUILD, "/usr/bin/python3", "python3"]
            .into_iter()
            .find(|python| has_readers(python))
            .expect("run scripts/test rust, or set OBCMS_TEST_PYTHON to a Python with recurring-ical-events"),
    };
    let script = format!("{READERS}/{script}.py");
    let mut child = Command::new(python)
        .arg(&script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let calendar = calendar.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&calendar));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{python} {script} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Dates from a first day until before a last one, as another program expands the calendar.
fn expanded(calendar: &[u8], (first, last): (&str, &str)) -> Vec<[String; 3]> {
    serde_json::from_value(python("expand", &[first, last], calendar)).unwrap()
}

fn read(client: &Client) -> Value {
    python(
        "read_calendar",
        &[],
        client.get(&format!("/calendar.ics?{WINDOW}")).expect_status(200).text.as_bytes(),
    )
}

fn event<'a>(calendar: &'a Value, title: &str) -> &'a Value {
    let events = calendar["events"].as_array().unwrap();
    events.iter().find(|event| event["summary"] == title).unwrap_or_else(|| panic!("{title} in {calendar}"))
}

/// Returns our entries of some days as [`expanded`] does.
fn shown(client: &Client, (first, last): (&str, &str), module: &str) -> Vec<[String; 3]> {
    let path = format!("/api/v1/calendar?start={first}&end={last}&modules={module}");
    let feed = client.get(&path).expect_status(200).json;
    let text = |value: &Value| {
        let text = value.as_str().unwrap();
        text.parse::<jiff::Timestamp>().map_or_else(|_| text.to_owned(), |instant| instant.to_string())
    };
    let line = |entry: &Value| ["start", "end", "title"].map(|name| text(&entry[name]));
    let mut lines: Vec<_> = feed["entries"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

/// Returns the calendar folded after every so many bytes, also within characters.
fn folded(text: &str, bytes: usize) -> Vec<u8> {
    let fold = |line: &str| line.as_bytes().chunks(bytes).collect::<Vec<_>>().join(b"\r\n ".as_slice());
    text.lines().flat_map(|line| [fold(line), b"\r\n".to_vec()].concat()).collect()
}

/// The rules of libical and ical.net as another program expands them, but for those that it is known to read otherwise.
#[test]
fn reference_rules_agree_with_another_reader() {
    let lines = |path: &str| -> Vec<String> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).map(ToOwned::to_owned).collect()
    };
    // Rule, start, dates; a dot after the last one.
    let rules = lines(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/recur/tests/reference.txt"));
    let parts: Vec<Vec<&str>> =
        rules.iter().map(|line| line.split(' ').filter(|part| *part != ".").collect()).collect();
    let asked: Vec<[&str; 4]> = parts
        .iter()
        .map(|part| [part[0], part[1], *part[1..].iter().min().unwrap(), *part[2..].iter().max().unwrap()])
        .collect();
    let found: Vec<Vec<String>> =
        serde_json::from_value(python("expand_rules", &[], json!(asked).to_string().as_bytes())).unwrap();
    assert_eq!((rules.len(), found.len()), (110, 110));
    let differ: BTreeSet<String> = parts
        .iter()
        .zip(&found)
        .filter(|(part, found)| {
            let (start, dates) = (part[1], &part[2..]);
            let is_date = |date: &&String| date.as_str() != start || dates.contains(&start);
            !found.iter().filter(is_date).eq(dates.iter())
        })
        .map(|(part, _)| format!("{} {}", part[0], part[1]))
        .collect();
    let known = lines(concat!(env!("CARGO_MANIFEST_DIR"), "/readers/rules_read_otherwise.txt"));
    assert_eq!(differ, known.into_iter().collect());
}

on_both_engines! {
    fn imports_agree_with_another_reader(server: &Server) {
        let me = server.as_role("coordinator");
        // What the other reader leaves out: the first date of a series whose end is a day, and a changed date that is
        // excluded, too.
        let left_out = [("2027-02-10T08:00:00Z", "End by a day"), ("2027-06-15T05:00:00Z", "Takes place")];
        let half_year = ("2027-01-01", "2027-07-01");
        for name in ["google", "outlook", "apple", "thunderbird", "odd"] {
            // The samples are our own, in the style of these programs.
            let text = std::fs::read_to_string(format!("{READERS}/foreign/{name}.ics")).unwrap();
            let whole = text.replace('\n', "\r\n");
            let made = me.post("/api/v1/external-calendars", &json!({ "name": name })).expect_status(201).json;
            let one = format!("/api/v1/external-calendars/{}", made["id"].as_str().unwrap());
            let import = |bytes: Vec<u8>| {
                let answer = me.send(Method::POST, &format!("{one}/import"), Some(("text/calendar", bytes)));
                answer.expect_status(200).json
            };
            let report = import(whole.clone().into_bytes());
            let mut ours = shown(&me, half_year, "external");
            ours.retain(|[start, _, title]| !left_out.contains(&(start.as_str(), title.as_str())));
            assert_eq!(ours, expanded(whole.as_bytes(), half_year), "{name}: {report}");
            // The result is independent of line ends and folds.
            let unfolded = text.replace("\n ", "").replace("\n\t", "");
            for other in [
                text.clone().into_bytes(),
                text.replace('\n', "\r").into_bytes(),
                [b"\xef\xbb\xbf", whole.as_bytes()].concat(),
                folded(&unfolded, 7),
                folded(&unfolded, 1),
            ] {
                let again = import(other);
                assert_eq!(again["unchanged"], report["created"], "{name}: {again}");
                assert_eq!((&again["created"], &again["updated"], &again["removed"]), (&json!(0), &json!(0), &json!(0)), "{name}");
            }
            me.delete(&one).expect_status(204);
        }
    }

    fn every_case_is_read_as_written_down(server: &Server) {
        let me = server.as_role("coordinator");
        let mut cases: Vec<_> = std::fs::read_dir(format!("{READERS}/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.retain(|path| path.extension().is_some_and(|extension| extension == "ics"));
        cases.sort();
        assert!(cases.len() >= 13);
        for path in cases {
            let file = std::fs::read(&path).unwrap();
            let path = path.with_extension("txt");
            // The first line has the days that are looked at.
            let written = std::fs::read_to_string(&path).unwrap();
            let days = written.lines().next().unwrap().split_once(" to ").unwrap();
            let made = me.send(Method::POST, "/api/v1/external-calendars/from-file", Some(("text/calendar", file.clone())));
            let made = made.expect_status(201).json;
            let one = format!("/api/v1/external-calendars/{}", made["calendar"]["id"].as_str().unwrap());
            let ours = shown(&me, days, "external");
            let mut text = format!("{} to {}\n", days.0, days.1);
            for [start, end, title] in &ours {
                writeln!(text, "{start} {end} {title}").unwrap();
            }
            for remark in me.get(&one).expect_status(200).json["remarks"].as_array().unwrap() {
                writeln!(text, "line {}: {}", remark["line"], remark["text"].as_str().unwrap()).unwrap();
            }
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&path, &text).unwrap();
            }
            assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{}", path.display());
            me.delete(&one).expect_status(204);
        }
    }

    fn sixty_hard_series_expand_alike(server: &Server) {
        let me = server.as_role("coordinator");
        let year = ("2027-01-01", "2028-01-01");
        let data: Value = serde_json::from_str(&std::fs::read_to_string(format!("{READERS}/series.json")).unwrap()).unwrap();
        let texts = |value: &Value| -> Vec<String> { serde_json::from_value(value.clone()).unwrap_or_default() };
        // The other program adds the length to the clock; RFC 5545 keeps it exact (section 3.8.5.3). The ends differ where
        // the clocks change in between.
        let mut inexact = Vec::new();
        for (row, series) in data["series"].as_array().unwrap().iter().enumerate() {
            for zone in texts(&data["zones"]).iter().skip(row % 2).step_by(2) {
                let mut event = series.clone();
                let title = format!("{} ({zone})", series["title"].as_str().unwrap());
                event["title"] = json!(title);
                event["timezone"] = json!(zone);
                let members = event.as_object_mut().unwrap();
                let (moved, cancelled) = (members.remove("moved"), members.remove("cancelled").unwrap_or_default());
                if members.remove("over_change_of_clocks").is_some() {
                    inexact.push(title);
                }
                let id = make(&me, "events", &event);
                let date = |name: &str| format!("/api/v1/events/{id}/occurrences/{name}?scope=this");
                for (name, times) in moved.iter().filter_map(Value::as_object).flatten() {
                    me.patch(&date(name), &json!({ "start": times[0], "end": times[1] })).expect_status(200);
                }
                for name in texts(&cancelled) {
                    me.delete(&date(&name)).expect_status(204);
                }
            }
        }
        let file = me.get("/calendar.ics?start=2027-01-01&end=2028-01-01&modules=coordination").expect_status(200).text;
        let compared = |rows: Vec<[String; 3]>| -> Vec<[String; 3]> {
            let mut rows: Vec<_> = rows
                .into_iter()
                .map(|[start, end, title]| if inexact.contains(&title) { [start, String::new(), title] } else { [start, end, title] })
                .collect();
            rows.sort();
            rows
        };
        let ours = compared(shown(&me, year, "coordination"));
        assert_eq!(ours.iter().map(|[_, _, title]| title).collect::<BTreeSet<_>>().len(), 60);
        assert_eq!(ours, compared(expanded(file.as_bytes(), year)));
    }

    fn texts_round_trip(server: &Server) {
        let me = server.as_role("coordinator");
        let long = "Consultation with every barangay, one after the other; ".repeat(4);
        let titles = [
            "Plain",
            // This package decodes a backslash before an n as a line break even if the backslash is escaped.
            "Commas, semicolons; colons: and \\ backslashes",
            "Marhabâ, Señor 🗓️👩🏽‍🌾 مرحبا",
            "\"Quoted\" and 'quoted'",
            long.trim(),
        ];
        for title in titles {
            make(&me, "events", &json!({
                "title": title, "start": "2027-03-10T09:00:00+08:00", "venue": title,
                "description": format!("{title}\n\nSecond paragraph,\twith a tab; and an end  of two blanks")
            }));
        }
        let calendar = read(&me);
        assert_eq!(calendar["name"], "OBCMS calendar");
        for title in titles {
            let event = event(&calendar, title);
            assert_eq!(event["location"], title);
            let description = event["description"].as_str().unwrap();
            let given = format!("{title}\n\nSecond paragraph,\twith a tab; and an end  of two blanks\n\nEvent");
            assert!(description.starts_with(&given), "{description}");
        }
    }

    fn times_days_and_statuses_round_trip(server: &Server) {
        let me = server.as_role("coordinator");
        let id = make(&me, "events", &json!({
            "title": "Summer", "timezone": "America/New_York", "start": "2027-07-10T09:00:00", "end": "2027-07-10T12:30:00"
        }));
        make(&me, "events", &json!({
            "title": "Winter", "timezone": "America/New_York", "start": "2027-12-10T09:00:00"
        }));
        make(&me, "events", &json!({
            "title": "Forum", "all_day": true, "start": "2027-03-10", "end": "2027-03-13", "status": "cancelled"
        }));
        make(&me, "tasks", &json!({ "title": "Wells", "due_date": "2027-03-10", "priority": "low" }));
        let calendar = read(&me);
        let summer = event(&calendar, "Summer");
        assert_eq!(summer["uid"], format!("event-{id}-event-0@obcms"));
        assert_eq!((&summer["start"], &summer["end"]), (&json!("2027-07-10T13:00:00Z"), &json!("2027-07-10T16:30:00Z")));
        assert_eq!(event(&calendar, "Winter")["start"], "2027-12-10T14:00:00Z");
        let forum = event(&calendar, "Forum");
        assert_eq!((&forum["start"], &forum["end"]), (&json!("2027-03-10"), &json!("2027-03-13")));
        assert_eq!((&forum["status"], &forum["categories"]), (&json!("CANCELLED"), &json!("Coordination")));
        let wells = event(&calendar, "Wells");
        assert_eq!((&wells["start"], &wells["end"]), (&json!("2027-03-10"), &json!("2027-03-11")));
        assert_eq!(wells["categories"], "Tasks");
        assert_eq!(calendar["zones"], json!(["America/New_York"]));
    }

    fn series_round_trip(server: &Server) {
        let me = server.as_role("coordinator");
        let id = make(&me, "events", &json!({
            "title": "Weekly", "start": "2027-01-04T09:00:00+08:00", "end": "2027-01-04T10:00:00+08:00",
            "rrule": "FREQ=WEEKLY;UNTIL=20270301", "rdates": ["2027-01-06T09:00:00"],
            "exdates": ["2027-01-11T09:00:00"]
        }));
        let date = |day: &str| format!("/api/v1/events/{id}/occurrences/2027-{day}T09:00:00?scope=this");
        me.patch(&date("01-18"), &json!({ "title": "Moved", "start": "2027-01-19T14:00:00+08:00", "end": "2027-01-19T15:00:00+08:00" }))
            .expect_status(200);
        me.delete(&date("01-25")).expect_status(204);
        make(&me, "tasks", &json!({
            "title": "Report", "start_date": "2027-01-04", "due_date": "2027-01-05", "rrule": "FREQ=MONTHLY;COUNT=3"
        }));
        let calendar = read(&me);
        let weekly = event(&calendar, "Weekly");
        assert_eq!(weekly["rule"], "FREQ=WEEKLY;UNTIL=20270301T155959Z");
        assert_eq!((&weekly["start"], &weekly["end"]), (&json!("2027-01-04T01:00:00Z"), &json!("2027-01-04T02:00:00Z")));
        assert_eq!(weekly["rdates"], json!(["2027-01-06T01:00:00Z"]));
        assert_eq!(weekly["exdates"], json!(["2027-01-11T01:00:00Z", "2027-01-25T01:00:00Z"]));
        let moved = event(&calendar, "Moved");
        assert_eq!(moved["uid"], weekly["uid"]);
        assert_eq!(moved["recurrence_id"], "2027-01-18T01:00:00Z");
        assert_eq!(moved["start"], "2027-01-19T06:00:00Z");
        assert!(moved["url"].as_str().unwrap().ends_with("?occurrence=2027-01-18T09:00:00"));
        let report = event(&calendar, "Report");
        assert_eq!((&report["start"], &report["end"]), (&json!("2027-01-04"), &json!("2027-01-06")));
        assert_eq!(report["rule"], "FREQ=MONTHLY;COUNT=3");
    }

    fn export_conforms_to_the_rfc(server: &Server) {
        let me = server.as_role("coordinator");
        for (number, members) in [
            json!({ "start": "2027-01-04T23:30:00", "timezone": "America/New_York", "rrule": "FREQ=WEEKLY;UNTIL=20270302", "exdates": ["2027-01-11"] }),
            json!({ "start": "2027-01-04T09:00:00", "timezone": "Europe/London", "rrule": "FREQ=DAILY;UNTIL=20270501T090000" }),
            json!({ "start": "2027-01-04", "end": "2027-01-06", "all_day": true, "rrule": "FREQ=MONTHLY;UNTIL=20270604T000000Z", "exdates": ["2027-02-04"] }),
            json!({ "start": "2027-01-04T09:00:00", "rdates": ["2027-01-06T09:00:00/PT3H", "2027-01-08"] }),
            json!({ "start": "2027-01-06T09:00:00", "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=4" }),
            json!({ "start": "2027-03-01T22:00:00", "end": "2027-03-02T02:00:00", "status": "cancelled" }),
            json!({ "start": "2027-03-01", "all_day": true, "status": "postponed", "virtual_link": "https://a.example/?a=1;b=2,c" }),
        ]
        .into_iter()
        .enumerate()
        {
            // Characters of two, three and four bytes at every possible position of a fold.
            let mut event = json!({ "title": format!("{}{}", "x".repeat(number), "ñ漢🗓️".repeat(20)), "description": "é".repeat(400) });
            event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            let id = make(&me, "events", &event);
            if number == 1 {
                let date = |day: &str| format!("/api/v1/events/{id}/occurrences/2027-{day}T09:00:00?scope=this");
                me.patch(&date("01-10"), &json!({ "start": "2027-01-10T11:00:00+00:00", "end": "2027-01-10T12:00:00+00:00" })).expect_status(200);
                me.delete(&date("01-12")).expect_status(204);
                let following = format!("/api/v1/events/{id}/occurrences/2027-04-01T09:00:00?scope=following");
                me.patch(&following, &json!({ "title": "From April on" })).expect_status(200);
            }
        }
        make(&me, "tasks", &json!({ "title": "Report", "start_date": "2027-01-04", "due_date": "2027-01-05", "rrule": "FREQ=MONTHLY;UNTIL=20270801", "exdates": ["2027-02-04"] }));
        make(&me, "ppas", &json!({
            "title": "Wells", "category": "moa_ppa", "start_date": "2027-01-10", "target_end_date": "2027-11-30",
            "milestones": [{ "date": "2027-04-01", "title": "First wells" }]
        }));
        let calendar = me.get(&format!("/calendar.ics?{WINDOW}")).expect_status(200).text;
        let checked = python("check_calendar", &[], calendar.as_bytes());
        assert_eq!(checked["complaints"], json!([]));
        assert!(checked["events"].as_u64().unwrap() >= 13, "{checked}");
        // Control: an error is detected.
        let zone = "EXDATE;TZID=America/New_York:20270111T233000";
        for (right, wrong, complaint) in [
            ("UNTIL=20270303T045959Z", "UNTIL=20270303", "UNTIL="),
            (zone, "EXDATE;VALUE=DATE:20270111", "EXDATE of another type"),
            (zone, "EXDATE:20270112T043000Z", "EXDATE in another zone"),
            ("TZID:Europe/London", "TZID:Europe/Paris", "a zone that is not defined"),
        ] {
            assert!(calendar.contains(right), "{right}");
            let found = python("check_calendar", &[], calendar.replace(right, wrong).as_bytes())["complaints"].to_string();
            assert!(found.contains(complaint), "{wrong}: {found}");
        }
    }

    fn exported_series_begins_with_a_date_of_its_rule(server: &Server) {
        let me = server.as_role("coordinator");
        // A Wednesday outside the rule: other programs would count it.
        make(&me, "events", &json!({
            "title": "Mondays", "start": "2027-01-06T09:00:00+08:00", "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=2"
        }));
        assert_eq!(event(&read(&me), "Mondays")["start"], "2027-01-11T01:00:00Z");
    }
}
