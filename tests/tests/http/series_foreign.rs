//! Imported series: overrides for this and following occurrences, and rules with more occurrences than the limit.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, on_both_engines};
use serde_json::{Value, json};
use ureq::http::Method;

/// Returns a calendar with events, each given by its lines separated by `|`.
fn calendar(events: &[&str]) -> String {
    let event = |lines: &&str| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.replace('|', "\r\n"));
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{events}END:VCALENDAR\r\n")
}

struct Import<'a> {
    client: &'a Client,
    id: String,
}

impl<'a> Import<'a> {
    fn new(client: &'a Client) -> Self {
        let made = client.post("/api/v1/external-calendars", &json!({ "name": "Court" })).expect_status(201);
        Self { client, id: made.json["id"].as_str().unwrap().to_owned() }
    }

    fn read(&self, events: &[&str]) -> Value {
        let path = format!("/api/v1/external-calendars/{}/import", self.id);
        let body = Some(("text/calendar", calendar(events).into_bytes()));
        self.client.send(Method::POST, &path, body).expect_status(200).json
    }

    /// Returns the first day and the title of each entry.
    fn days(&self) -> Vec<String> {
        let path = "/api/v1/calendar?start=2027-01-01&end=2027-07-01&modules=external";
        let feed = self.client.get(path).expect_status(200).json;
        let line = |entry: &Value| {
            format!("{} {}", &entry["start"].as_str().unwrap()[5..], entry["title"].as_str().unwrap())
        };
        feed["entries"].as_array().unwrap().iter().map(line).collect()
    }

    /// Returns the calendar entries of the first half of 2027: local start in their zone, minutes, title.
    fn shown(&self) -> Vec<String> {
        let path = "/api/v1/calendar?start=2027-01-01&end=2027-07-01&modules=external";
        let feed = self.client.get(path).expect_status(200).json;
        let line = |entry: &Value| {
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            let end = text("end");
            format!("{}-{} {}", &text("start")[5..16], &end[11..16], text("title"))
        };
        feed["entries"].as_array().unwrap().iter().map(line).collect()
    }
}

const WEEKLY: &str = "UID:w|SUMMARY:Hearing|DTSTART;TZID=Asia/Manila:20270104T090000|\
                      DTEND;TZID=Asia/Manila:20270104T100000|RRULE:FREQ=WEEKLY;COUNT=8|\
                      EXDATE;TZID=Asia/Manila:20270215T090000";

/// Returns an override of the 9:00 occurrence on a day and all following ones.
fn from(day: &str, more: &str) -> String {
    format!("UID:w|RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Manila:{day}T090000|{more}")
}

fn span(start: &str, end: &str) -> String {
    format!("DTSTART;TZID=Asia/Manila:{start}|DTEND;TZID=Asia/Manila:{end}")
}

on_both_engines! {
    fn override_of_following_occurrences_shifts_them(server: &Server) {
        let client = server.as_role("coordinator");
        let import = Import::new(&client);
        // From the third date on a day and half an hour later, and longer; one of these with its own override; from the
        // seventh at the old time with another title.
        let later = from("20270118", &format!("SUMMARY:Moved|{}", span("20270119T093000", "20270119T113000")));
        let single = format!("UID:w|RECURRENCE-ID;TZID=Asia/Manila:20270125T090000|SUMMARY:Guests|{}", span("20270127T130000", "20270127T140000"));
        let back = from("20270208", &format!("SUMMARY:Back|{}", span("20270208T090000", "20270208T100000")));
        let report = import.read(&[WEEKLY, &back, &later, &single]);
        assert_eq!((&report["created"], &report["skipped_count"]), (&json!(3), &json!(0)), "{report}");
        assert_eq!(
            import.shown(),
            [
                "01-04T09:00-10:00 Hearing", "01-11T09:00-10:00 Hearing", "01-19T09:30-11:30 Moved",
                "01-27T13:00-14:00 Guests", "02-02T09:30-11:30 Moved", "02-08T09:00-10:00 Back", "02-22T09:00-10:00 Back",
            ],
        );
        // A repeated import changes nothing; without the overrides the series is complete again.
        let again = import.read(&[WEEKLY, &back, &later, &single]);
        assert_eq!((&again["unchanged"], &again["created"], &again["updated"]), (&json!(3), &json!(0), &json!(0)));
        let whole = import.read(&[WEEKLY]);
        assert_eq!((&whole["updated"], &whole["removed"]), (&json!(1), &json!(2)), "{whole}");
        assert_eq!(import.shown().len(), 7);
    }

    fn endless_rule_continues_from_the_override(server: &Server) {
        let client = server.as_role("coordinator");
        let import = Import::new(&client);
        let endless = WEEKLY.replace(";COUNT=8", "");
        let cancelled = from("20270301", &format!("SUMMARY:Over|STATUS:CANCELLED|{}", span("20270301T090000", "20270301T100000")));
        import.read(&[&endless, &cancelled]);
        let shown = import.shown();
        assert_eq!((shown.len(), shown.last().unwrap().as_str()), (7, "02-22T09:00-10:00 Hearing"));
        // From the first date on: nothing remains of the original series.
        let first = from("20270104", &format!("SUMMARY:New|{}", span("20270105T090000", "20270105T100000")));
        let report = import.read(&[&endless, &first]);
        assert_eq!(report["skipped_count"], 0, "{report}");
        let shown = import.shown();
        assert_eq!((shown.len(), shown[0].as_str(), shown.last().unwrap().as_str()), (25, "01-05T09:00-10:00 New", "06-29T09:00-10:00 New"));
        assert!(!shown.iter().any(|line| line.starts_with("02-16")), "what was left out stays so");
    }

    fn rule_without_a_shifted_form_is_shifted_by_date(server: &Server) {
        let client = server.as_role("coordinator");
        let import = Import::new(&client);
        // The last working day of the month, from March on a day later.
        let last = "UID:w|SUMMARY:Close|DTSTART;TZID=Asia/Manila:20270129T090000|DTEND;TZID=Asia/Manila:20270129T100000|\
                    RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
        let later = from("20270331", &format!("SUMMARY:Close|{}", span("20270401T090000", "20270401T100000")));
        let report = import.read(&[last, &later]);
        assert_eq!(
            import.shown(),
            [
                "01-29T09:00-10:00 Close", "02-26T09:00-10:00 Close", "04-01T09:00-10:00 Close", "05-01T09:00-10:00 Close",
                "06-01T09:00-10:00 Close",
            ],
        );
        assert!(report["skipped"][0]["reason"].as_str().unwrap().contains("only the first 1000 were moved"), "{report}");
    }

    fn start_is_an_occurrence_even_outside_the_rule(server: &Server) {
        let client = server.as_role("coordinator");
        let import = Import::new(&client);
        // From Wednesday on, by a rule for Mondays.
        let odd = |rule: &str, more: &str| {
            format!("UID:o|SUMMARY:Odd|{}|RRULE:{rule}{more}", span("20270106T090000", "20270106T100000"))
        };
        let shown = |event: &str| {
            import.read(&[event]);
            let shown = import.shown();
            shown.iter().map(|line| line.trim_end_matches("T09:00-10:00 Odd").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(shown(&odd("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270126T000000Z", "")), ["01-06", "01-11", "01-18", "01-25"]);
        // The start counts towards `COUNT`.
        assert_eq!(shown(&odd("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "")), ["01-06", "01-11", "01-18"]);
        assert_eq!(shown(&odd("FREQ=WEEKLY;BYDAY=MO;COUNT=1", "")), ["01-06"]);
        assert_eq!(shown(&odd("FREQ=WEEKLY;BYDAY=WE;COUNT=3", "")), ["01-06", "01-13", "01-20"]);
        // A rule without any date leaves the start.
        assert_eq!(shown(&odd("FREQ=WEEKLY;BYDAY=MO;UNTIL=20260101T000000Z", "")), ["01-06"]);
        assert_eq!(shown(&odd("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "|RDATE;TZID=Asia/Manila:20270202T090000")), ["01-06", "02-02"]);
        // Excluded or overridden, it is like any other date.
        assert_eq!(shown(&odd("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "|EXDATE;TZID=Asia/Manila:20270106T090000")), ["01-11", "01-18"]);
        let changed = format!("UID:o|SUMMARY:Odd|RECURRENCE-ID;TZID=Asia/Manila:20270106T090000|{}", span("20270107T090000", "20270107T100000"));
        import.read(&[&odd("FREQ=WEEKLY;BYDAY=MO;COUNT=3", ""), &changed]);
        assert_eq!(import.shown(), ["01-07T09:00-10:00 Odd", "01-11T09:00-10:00 Odd", "01-18T09:00-10:00 Odd"]);
        // All-day series are no different, and the export is the same.
        import.read(&["UID:o|SUMMARY:Odd|DTSTART;VALUE=DATE:20270106|RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=4"]);
        assert_eq!(import.days(), ["01-06 Odd", "02-01 Odd", "03-01 Odd", "04-01 Odd"]);
        let told = client.get("/calendar.ics?modules=external").expect_status(200).text;
        for line in ["DTSTART;VALUE=DATE:20270201", "RRULE:FREQ=MONTHLY;COUNT=3;BYMONTHDAY=1", "RDATE;VALUE=DATE:20270106"] {
            assert!(told.contains(line), "{line}: {told}");
        }
        // Our own events begin on the first date of their rule.
        let own = json!({ "title": "Own", "start": "2027-01-06T09:00:00", "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=3" });
        let made = client.post("/api/v1/events", &own).expect_status(201).json;
        let dates = client.get(&format!("/api/v1/events/{}/occurrences", made["id"].as_str().unwrap())).expect_status(200);
        assert!(!dates.text.contains("2027-01-06T09:00:00\"") && dates.text.contains("2027-01-25T09:00:00"), "{}", dates.text);
    }

    fn override_outside_the_rule_takes_place(server: &Server) {
        let client = server.as_role("coordinator");
        let import = Import::new(&client);
        let changed = |day: &str, title: &str, at: &str| {
            format!("UID:w|RECURRENCE-ID;TZID=Asia/Manila:{day}T090000|SUMMARY:{title}|{}", span(&format!("{at}T130000"), &format!("{at}T140000")))
        };
        let three = WEEKLY.replace("COUNT=8", "COUNT=3");
        // One date outside the rule, and one that is excluded as well.
        let left_out = format!("{three}|EXDATE;TZID=Asia/Manila:20270111T090000");
        let report = import.read(&[&left_out, &changed("20270106", "Beside", "20270107"), &changed("20270111", "Kept", "20270112")]);
        assert_eq!((&report["created"], &report["skipped_count"]), (&json!(1), &json!(0)), "{report}");
        assert_eq!(
            import.shown(),
            ["01-04T09:00-10:00 Hearing", "01-07T13:00-14:00 Beside", "01-12T13:00-14:00 Kept", "01-18T09:00-10:00 Hearing"],
        );
        // A single event may have its date overridden as well.
        let once = WEEKLY.split("|RRULE").next().unwrap();
        import.read(&[once, &changed("20270104", "Moved", "20270105")]);
        assert_eq!(import.shown(), ["01-05T13:00-14:00 Moved"]);
    }

    fn minutely_rule_is_reduced_to_its_first_occurrence(server: &Server) {
        let client = server.as_role("coordinator");
        let import = Import::new(&client);
        let report = import.read(&[&WEEKLY.replace("FREQ=WEEKLY;COUNT=8", "FREQ=MINUTELY")]);
        let reason = report["skipped"][0]["reason"].as_str().unwrap();
        assert!(reason.starts_with("Only its first occurrence was imported") && reason.contains("at most 24 occurrences a day"), "{reason}");
        assert_eq!(import.shown(), ["01-04T09:00-10:00 Hearing"]);
        // Such a rule cannot be saved; the preview accepts any number of occurrences.
        for (rule, words) in [("FREQ=SECONDLY", "at most 24 occurrences a day"), ("FREQ=HOURLY", "at most 4400 occurrences a year")] {
            let body = json!({ "title": "Too often", "start": "2027-01-04T09:00:00", "rrule": rule });
            let refused = client.post("/api/v1/events", &body).expect_status(422);
            assert_eq!((refused.errors("field"), refused.errors("code")), (vec!["rrule"], vec!["too_many"]));
            assert!(refused.text.contains(words), "{}", refused.text);
            let asked = json!({ "dtstart": "2027-01-04T09:00:00", "rrule": rule, "limit": 1000 });
            let preview = client.post("/api/v1/recurrence/preview", &asked).expect_status(200).json;
            assert_eq!(preview["occurrences"].as_array().unwrap().len(), 1000);
        }
        let event = json!({ "title": "Often", "start": "2027-01-04T09:00:00", "rrule": "FREQ=HOURLY;COUNT=24" });
        let made = client.post("/api/v1/events", &event).expect_status(201).json;
        let path = format!("/api/v1/events/{}/occurrences/2027-01-04T11:00:00", made["id"].as_str().unwrap());
        for scope in ["following", "all"] {
            let refused = client.patch(&format!("{path}?scope={scope}"), &json!({ "rrule": "FREQ=MINUTELY" }));
            assert_eq!(refused.expect_status(422).errors("field"), ["rrule"]);
        }
    }
}
