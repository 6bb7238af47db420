//! iCalendar export: content, visibility and conditional requests.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::tz::TimeZone;
use obcms_icalendar::read::{Calendar, Event, Moment, Status, read};
use obcms_tests::{Answer, Client, make, on_both_engines};
use serde_json::{Value, json};
use ureq::http::Method;

fn parsed(answer: &Answer) -> Calendar {
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let calendar = read(answer.text.as_bytes(), &TimeZone::get("Asia/Manila").unwrap()).unwrap();
    assert_eq!(calendar.skipped, [], "{}", answer.text);
    calendar
}

fn calendar(client: &Client, query: &str) -> Calendar {
    parsed(&client.get(&format!("/calendar.ics{query}")).expect_status(200))
}

fn titles(calendar: &Calendar) -> Vec<&str> {
    calendar.events.iter().map(|event| event.summary.as_str()).collect()
}

fn event_named<'a>(calendar: &'a Calendar, title: &str) -> &'a Event {
    calendar.events.iter().find(|event| event.summary == title).unwrap()
}

const YEAR: &str = "?start=2027-01-01&end=2028-01-01";

on_both_engines! {
    fn entry_is_exported_with_all_properties(server: &Server) {
        let person = server.person(&["coordinator"]);
        let me = &person.client;
        let made = make(me, "events", json!({
            "title": "Talks, part one; with \"Señor\" 🗓️", "start": "2027-01-10T09:00:00+08:00",
            "end": "2027-01-10T10:30:00+08:00", "venue": "Hall A, north wing", "priority": "high",
            "description": "First line\nsecond; line", "status": "planned", "virtual_link": "https://meet.example/1"
        }));
        let id = made["id"].as_str().unwrap();
        me.patch(&format!("/api/v1/events/{id}"), &json!({ "status": "postponed" })).expect_status(200);
        let answer = me.get(&format!("/calendar.ics{YEAR}")).expect_status(200);
        let text = &answer.text;
        for line in text.split("\r\n") {
            assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
        }
        for expected in [
            "VERSION:2.0\r\n",
            "\r\nBEGIN:VTIMEZONE\r\nTZID:Asia/Manila\r\n",
            "\r\nDTSTART;TZID=Asia/Manila:20270110T090000\r\nDTEND;TZID=Asia/Manila:20270110T103000\r\n",
            "\r\nSEQUENCE:1\r\n",
            "\r\nCATEGORIES:Coordination\r\n",
            "\r\nPRIORITY:3\r\n",
            "\r\nTRANSP:OPAQUE\r\n",
            "\r\nCOLOR:royalblue\r\n",
            "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
        let calendar = parsed(&answer);
        assert_eq!(calendar.name, "OBCMS calendar");
        let event = &calendar.events[0];
        assert_eq!(event.uid, format!("event-{id}-event-0@obcms"));
        assert_eq!(event.summary, "Talks, part one; with \"Señor\" 🗓️");
        assert_eq!((event.location.as_str(), event.status), ("Hall A, north wing", Status::Tentative));
        assert_eq!(event.url, format!("{}/events/{id}", server.base()));
        assert_eq!(
            event.description,
            format!(
                "First line\nsecond; line\n\nJoin: https://meet.example/1\n\nEvent · Postponed\nPeople: Person 1\n{}",
                event.url
            )
        );
        assert_eq!(event.organizer, "");
    }

    fn days_are_floating_and_zones_are_defined(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "events", json!({
            "title": "Forum", "all_day": true, "timezone": "America/New_York", "start": "2027-03-10", "end": "2027-03-12"
        }));
        make(&me, "events", json!({
            "title": "Call", "timezone": "America/New_York", "start": "2027-03-10T09:00:00"
        }));
        make(&me, "events", json!({ "title": "Talk", "timezone": "UTC", "start": "2027-03-10T09:00:00" }));
        make(&me, "tasks", json!({ "title": "Wells", "start_date": "2027-03-08", "due_date": "2027-03-10" }));
        let answer = me.get(&format!("/calendar.ics{YEAR}"));
        for expected in [
            "\r\nDTSTART;VALUE=DATE:20270310\r\nDTEND;VALUE=DATE:20270312\r\n",
            "\r\nDTSTART;VALUE=DATE:20270308\r\nDTEND;VALUE=DATE:20270311\r\n",
            "\r\nDTSTART;TZID=America/New_York:20270310T090000\r\n",
            "\r\nDTSTART:20270310T090000Z\r\n",
            "\r\nTZID:America/New_York\r\n",
            "\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n",
        ] {
            assert!(answer.text.contains(expected), "{expected} in {}", answer.text);
        }
        assert_eq!(answer.text.matches("BEGIN:VTIMEZONE").count(), 1, "only zones that are used");
        assert_eq!(answer.text.matches("TRANSP:TRANSPARENT").count(), 2, "days leave their time free");
    }

    fn change_raises_the_sequence_and_keeps_the_uid(server: &Server) {
        let me = server.as_role("coordinator");
        let made = make(&me, "events", json!({ "title": "Old", "start": "2027-03-10T09:00:00+08:00" }));
        let path = format!("/api/v1/events/{}", made["id"].as_str().unwrap());
        let before = calendar(&me, YEAR).events.remove(0);
        let moved = json!({
            "title": "New", "start": "2027-04-10T09:00:00+08:00", "end": "2027-04-10T10:00:00+08:00",
            "status": "cancelled"
        });
        me.patch(&path, &moved).expect_status(200);
        let after = calendar(&me, YEAR).events.remove(0);
        assert_eq!((before.sequence, after.sequence), (0, 1));
        assert_eq!((before.uid, after.status), (after.uid, Status::Cancelled));
        assert!(before.last_modified <= after.last_modified);
        me.delete(&path).expect_status(204);
        assert_eq!(calendar(&me, YEAR).events, []);
    }

    fn milestone_uid_is_independent_of_other_milestones(server: &Server) {
        let me = server.as_role("coordinator");
        let [begun, drilled, pumps] = [("2027-01-10", "Begun"), ("2027-03-10", "Drilled"), ("2027-06-10", "Pumps in")]
            .map(|(date, title)| json!({ "date": date, "title": title }));
        let body = json!({ "title": "Wells", "category": "moa_ppa", "milestones": [drilled, pumps] });
        let path = format!("/api/v1/ppas/{}", make(&me, "ppas", &body)["id"].as_str().unwrap());
        let set = |milestones: &Value| me.patch(&path, &json!({ "milestones": milestones })).expect_status(200).json;
        let names = || -> Vec<(String, String)> {
            let events = calendar(&me, "?start=2027-01-01&end=2028-01-01&kinds=ppa_milestone").events;
            let mut names: Vec<_> = events.into_iter().map(|event| (event.summary, event.uid)).collect();
            names.sort();
            names
        };
        let first = names();
        assert_eq!(first.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["Drilled: Wells", "Pumps in: Wells"]);
        let all = set(&json!([begun, drilled, pumps]));
        assert_eq!(all["milestones"], json!([begun, drilled, pumps]), "nothing is added to what was given");
        let three = names();
        assert_eq!(three[1..], first[..]);
        assert!(!first.iter().any(|(_, uid)| *uid == three[0].1));
        // Removed and restored by undo, each milestone keeps its UID; meanwhile no other one gets it.
        set(&json!([pumps]));
        assert_eq!(names(), first[1..]);
        let late = json!({ "date": "2027-09-10", "title": "Handed over" });
        set(&json!([late, pumps]));
        assert!(!three.iter().any(|(_, uid)| *uid == names()[0].1), "{:?}", names());
        set(&json!([pumps]));
        set(&json!([begun, drilled, pumps]));
        assert_eq!(names(), three);
        let gone = set(&json!([]));
        assert_eq!((names(), gone["milestones"].clone()), (vec![], json!([])));
        me.post(&format!("{path}/undo"), &json!({})).expect_status(200);
        assert_eq!(names(), three);
        // The UID identifies the entry that is moved.
        let entry = three[2].1.strip_suffix("@obcms").unwrap();
        let moved = me.patch(&format!("/api/v1/calendar/entries/{entry}"), &json!({ "start": "2027-06-20" })).expect_status(200).json;
        assert_eq!((moved["id"].as_str().unwrap(), &moved["start"]), (entry, &json!("2027-06-20")));
        assert_eq!(names(), three);
        let kept = me.get(&path).expect_status(200);
        assert_eq!(kept.json["milestones"][2]["date"], "2027-06-20");
        assert!(!kept.text.contains("milestone_numbers"));
    }

    fn entry_without_duration_has_no_end(server: &Server) {
        let me = server.as_role("coordinator");
        let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Deadline\r\nDTSTART:20270310T010000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let body = Some(("text/calendar", file.as_bytes().to_vec()));
        me.send(Method::POST, "/api/v1/external-calendars/from-file", body).expect_status(201);
        let told = me.get(&format!("/calendar.ics{YEAR}")).expect_status(200).text;
        assert!(told.contains("DTSTART;TZID=Asia/Manila:20270310T090000\r\n") && !told.contains("DTEND"), "{told}");
        let read = calendar(&me, YEAR).events.remove(0);
        assert_eq!(read.start, read.end);
    }

    fn ambiguous_time_is_exported_as_the_right_instant(server: &Server) {
        let me = server.as_role("coordinator");
        let both = |name: &str, start: &str, end: &str| {
            let body = json!({ "title": name, "start": start, "end": end, "timezone": "America/New_York" });
            make(&me, "events", &body);
        };
        both("Into it", "2027-11-07T01:30:00-04:00", "2027-11-07T01:30:00-05:00");
        both("From it", "2027-11-07T01:15:00-05:00", "2027-11-07T02:15:00-05:00");
        let repeats = json!({
            "title": "Nightly", "start": "2027-11-06T01:30:00", "timezone": "America/New_York", "rrule": "FREQ=DAILY;COUNT=3",
        });
        make(&me, "events", &repeats);
        let calendar = calendar(&me, YEAR);
        let instants = |title: &str| {
            let event = event_named(&calendar, title);
            [&event.start, &event.end].map(|moment| match moment {
                Moment::Time(time) => time.timestamp().to_string(),
                Moment::Day(day) => day.to_string(),
            })
        };
        assert_eq!(instants("Into it"), ["2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"]);
        assert_eq!(instants("From it"), ["2027-11-07T06:15:00Z", "2027-11-07T07:15:00Z"]);
        assert_eq!(instants("Nightly"), ["2027-11-06T05:30:00Z", "2027-11-06T06:30:00Z"]);
    }

    fn filters_and_rights_apply(server: &Server) {
        let one = server.person(&["coordinator"]);
        let two = server.person(&["staff"]);
        make(&one.client, "events", json!({ "title": "Event", "start": "2027-03-10T09:00:00+08:00" }));
        make(&one.client, "tasks", json!({
            "title": "Task", "due_date": "2027-03-10", "assignees": [two.id], "priority": "critical"
        }));
        let asked = |query: &str| {
            let calendar = calendar(&two.client, &format!("{YEAR}{query}"));
            titles(&calendar).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(asked(""), ["Task", "Event"]);
        assert_eq!(asked("&modules=tasks"), ["Task"]);
        assert_eq!(asked("&kinds=event"), ["Event"]);
        assert_eq!(asked("&mine=true"), ["Task"]);
        assert_eq!(asked("&q=eve"), ["Event"]);
        assert_eq!(asked("&priority=critical"), ["Task"]);
        assert_eq!(asked("&status=scheduled"), ["Event"]);
        assert_eq!(asked(&format!("&person={}", one.id)), ["Event"]);
        let partner = server.as_role("partner");
        assert_eq!(calendar(&partner, YEAR).events, [], "a partner sees what concerns it");
        server.anonymous().get("/calendar.ics").expect_status(401);
        let wrong = two.client.get("/calendar.ics?modules=party&colour=red").expect_status(400);
        assert_eq!(wrong.errors("field"), ["colour", "modules"]);
        two.client.get("/calendar.ics?start=2027-01-01").expect_status(400);
        let name = calendar(&two.client, "?modules=tasks,policy").name;
        assert_eq!(name, "OBCMS: Tasks, Policy");
    }

    fn default_window_is_long(server: &Server) {
        let me = server.as_role("coordinator");
        let today = server.app().today();
        for (title, months) in [("Long ago", -14), ("Last year", -12), ("Today", 0), ("In two years", 24), ("Far", 26)] {
            let day = today.checked_add(jiff::Span::new().months(months)).unwrap();
            make(&me, "tasks", json!({ "title": title, "due_date": day.to_string() }));
        }
        assert_eq!(titles(&calendar(&me, "")), ["Last year", "Today", "In two years"]);
    }

    fn unchanged_export_is_not_sent_again(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "tasks", json!({ "title": "Wells", "due_date": "2027-03-10" }));
        let address = format!("/calendar.ics{YEAR}");
        let first = me.get(&address).expect_status(200);
        let (tag, since) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
        assert_eq!(first.header("cache-control"), "private, no-cache");
        assert_eq!(first.header("content-disposition"), "attachment; filename=\"calendar.ics\"");
        let again = me.with_header("if-none-match", &tag).get(&address).expect_status(304);
        assert_eq!((again.text.as_str(), again.header("etag")), ("", tag.as_str()));
        me.with_header("if-modified-since", &since).get(&address).expect_status(304);
        let head = me.send(Method::HEAD, &address, None).expect_status(200);
        assert_eq!((head.text.as_str(), head.header("etag")), ("", tag.as_str()));
        // A change outside the window keeps the ETag; a change inside it does not.
        let event = make(&me, "events", json!({ "title": "Talks", "start": "2029-03-10T09:00:00+08:00" }));
        me.with_header("if-none-match", &tag).get(&address).expect_status(304);
        let path = format!("/api/v1/events/{}", event["id"].as_str().unwrap());
        let moved = json!({ "start": "2027-03-11T09:00:00+08:00", "end": "2027-03-11T10:00:00+08:00" });
        me.patch(&path, &moved).expect_status(200);
        let changed = me.with_header("if-none-match", &tag).get(&address).expect_status(200);
        assert_ne!(changed.header("etag"), tag);
        assert_eq!(titles(&parsed(&changed)), ["Wells", "Talks"]);
        assert_eq!(event_named(&parsed(&changed), "Talks").start.to_string(), "2027-03-11T09:00:00");
    }
}
